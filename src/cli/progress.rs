//! A progress bar on standard error.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rolecall::explain::numbers::grouped;

use super::output::message;

/// Redraws per second.
const REDRAWS: u8 = 5;

/// Progress over the rows of a file. Hidden unless standard error is a terminal.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// `total` is the length of the input in bytes, if known.
    pub(super) fn new(total: Option<u64>, quiet: bool) -> Self {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let target =
            if quiet || dumb { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr_with_hz(REDRAWS) };
        let bar = ProgressBar::with_draw_target(total, target);
        let template = match total {
            Some(_) => "{percent:>3}% [{bar:20}] {decimal_bytes} of {decimal_total_bytes}, {msg}, {eta} left",
            None => "{decimal_bytes}, {msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("#> "));
        }
        Self(bar)
    }

    pub(super) fn update(&self, bytes: u64, rows: u64) {
        if self.0.is_hidden() {
            return;
        }
        let rate = rows as f64 / self.0.elapsed().as_secs_f64().max(1e-9);
        self.0.set_message(format!("{} rows, {} per second", grouped(rows), grouped(rate as u64)));
        self.0.set_position(bytes);
    }

    /// Writes a message above the bar.
    pub(super) fn message(&self, text: &str) {
        self.0.suspend(|| message(text));
    }

    /// Removes the bar.
    pub(super) fn clear(&self) {
        self.0.finish_and_clear();
    }
}
