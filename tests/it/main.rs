//! Tests of the program and of the library's public API.
#![allow(clippy::expect_used, clippy::panic, reason = "test helpers fail like tests")]
#![allow(clippy::format_push_string, reason = "test inputs are built row by row")]

mod adversarial;
mod api;
mod bad_input;
mod batch;
mod batch_input;
mod batch_interrupt;
mod batch_output;
mod batch_readback;
mod batch_report;
mod batch_stats;
mod cases;
mod classify;
mod common;
mod compare;
mod converted;
mod data_frames;
mod duty_lines;
mod eval;
mod explain;
mod faults;
mod features;
mod hostile_names;
mod lenses;
mod limits;
mod linear;
#[path = "../../benches/common/load.rs"]
mod load;
mod meanings;
mod oddities;
mod oddities_markup;
mod properties;
mod readme;
mod report;
mod serve;
mod serve_limits;
mod server;
mod tables;
mod training;
