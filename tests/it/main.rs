//! Drives the real program and the library's public door.
#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod bad_input;
mod classify;
mod common;
mod eval;
mod explain;
mod features;
mod properties;
mod readme;
mod training;
