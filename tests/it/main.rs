//! Drives the real program and the library's public door.

mod bad_input;
mod common;
mod eval;
mod features;
mod properties;
mod training;
