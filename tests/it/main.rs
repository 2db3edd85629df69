//! Drives the real program and the library's public door.
#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests fail as tests do")]
#![allow(clippy::format_push_string, reason = "inputs of tests are put together row by row")]

mod bad_input;
mod batch;
mod batch_input;
mod batch_output;
mod batch_readback;
mod batch_report;
mod batch_resume;
mod classify;
mod common;
mod eval;
mod explain;
mod features;
mod lenses;
mod linear;
mod properties;
mod readme;
mod training;
