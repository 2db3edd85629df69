//! Drives the real program and the library's public door.

mod common;
