//! A progress line on stderr, at a terminal only.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use rolecall::explain::words::grouped;

/// Time between two drawings.
const PAUSE: Duration = Duration::from_millis(200);

/// How far a run over rows has come.
pub(super) struct Bar {
    /// Length of the input in bytes, where it is known.
    total: Option<u64>,
    started: Instant,
    drawn: Option<Instant>,
    /// Bytes and rows there were when this run started.
    first: Option<(u64, u64)>,
}

impl Bar {
    /// A bar, unless nobody would see it.
    pub(super) fn new(total: Option<u64>, quiet: bool) -> Option<Self> {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let seen = !quiet && !dumb && io::stderr().is_terminal();
        seen.then(|| Self { total, started: Instant::now(), drawn: None, first: None })
    }

    /// Draws it, not too often.
    pub(super) fn draw(&mut self, bytes: u64, rows: u64) {
        let now = Instant::now();
        let (first_bytes, first_rows) = *self.first.get_or_insert((bytes, rows));
        if self.drawn.is_some_and(|drawn| now - drawn < PAUSE) {
            return;
        }
        self.drawn = Some(now);
        let seconds = (now - self.started).as_secs_f64();
        let line = line(self.total, bytes, rows, (bytes - first_bytes, rows - first_rows), seconds);
        let _ = write!(io::stderr(), "\r\x1b[2K{line}");
    }

    /// Takes it off the screen.
    pub(super) fn clear(&mut self) {
        if self.drawn.take().is_some() {
            let _ = write!(io::stderr(), "\r\x1b[2K");
        }
    }
}

/// `42% [########            ] 420 of 1000 MB, 1,234,567 rows, 98,000 a second, 12 s left`
fn line(total: Option<u64>, bytes: u64, rows: u64, (new_bytes, new_rows): (u64, u64), seconds: f64) -> String {
    const WIDTH: usize = 20;
    let pace = if seconds > 0.0 { new_rows as f64 / seconds } else { 0.0 };
    let counted = format!("{} rows, {} a second", grouped(rows), grouped(pace as u64));
    let Some(total) = total.filter(|total| *total > 0) else {
        return format!("{}, {counted}", size(bytes));
    };
    let done = (bytes as f64 / total as f64).min(1.0);
    let filled = (done * WIDTH as f64) as usize;
    let bar = format!("{}{}", "#".repeat(filled), " ".repeat(WIDTH - filled));
    let left = total.saturating_sub(bytes) as f64 * seconds / new_bytes.max(1) as f64;
    let left = if seconds > 1.0 && new_bytes > 0 { format!(", {} left", duration(left)) } else { String::new() };
    format!("{:>3.0}% [{bar}] {} of {}, {counted}{left}", done * 100.0, size(bytes), size(total))
}

/// Bytes as people read them.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    let mut number = bytes as f64 / 1000.0;
    let mut unit = 0;
    while number >= 1000.0 && unit + 1 < UNITS.len() {
        number /= 1000.0;
        unit += 1;
    }
    format!("{number:.1} {}", UNITS[unit])
}

fn duration(seconds: f64) -> String {
    let seconds = seconds.round() as u64;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        assert_eq!(
            line(Some(1_000_000), 500_000, 1000, (500_000, 1000), 10.0),
            " 50% [##########          ] 500.0 kB of 1.0 MB, 1,000 rows, 100 a second, 10 s left"
        );
        assert_eq!(line(None, 2_000_000_000, 0, (0, 0), 0.0), "2.0 GB, 0 rows, 0 a second");
        // A resumed run is paced by what it did itself.
        assert!(line(Some(1000), 900, 90, (100, 10), 10.0).ends_with("1 a second, 10 s left"));
        assert_eq!(duration(3723.0), "1 h 02 min");
        assert_eq!(duration(83.4), "1 min 23 s");
    }
}
