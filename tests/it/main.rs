//! Drives the real program and the library's public door.
#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod classify;
mod common;
mod explain;
