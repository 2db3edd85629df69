//! Counters for Prometheus, without any text of postings.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::model::{ByLabel, Label};

/// Routes that are counted by name; others are counted together.
const ROUTES: [&str; 11] = [
    "/",
    "/assets/{name}",
    "/api/classify",
    "/api/compare",
    "/api/batch",
    "/api/columns",
    "/api/lexicon",
    "/api/model",
    "/api/openapi.json",
    "/healthz",
    "/metrics",
];

/// Statuses that are counted by number; others are counted together.
const STATUSES: [u16; 13] = [200, 304, 400, 403, 404, 405, 408, 413, 415, 421, 422, 500, 503];

/// Upper bounds of the histogram of durations, in microseconds.
const BOUNDS: [u64; 9] = [500, 1_000, 2_500, 5_000, 10_000, 50_000, 100_000, 1_000_000, 10_000_000];

#[derive(Debug, Default)]
pub(super) struct Metrics {
    requests: [[AtomicU64; STATUSES.len() + 1]; ROUTES.len() + 1],
    /// Requests to `/api/classify` by duration; the last bucket has no bound.
    durations: [AtomicU64; BOUNDS.len() + 1],
    /// Sum of these durations.
    microseconds: AtomicU64,
    labels: ByLabel<AtomicU64>,
    /// Classified rows of tables.
    pub rows: AtomicU64,
    /// Requests without a response so far.
    pub in_flight: AtomicU64,
    pub connections: AtomicU64,
    /// Connections closed to make room for others.
    pub evicted: AtomicU64,
}

impl Metrics {
    /// Counts a request and its response.
    pub(super) fn count(&self, route: Option<&str>, status: u16, took: Duration) {
        let at = ROUTES.iter().position(|known| Some(*known) == route).unwrap_or(ROUTES.len());
        let of = STATUSES.iter().position(|known| *known == status).unwrap_or(STATUSES.len());
        self.requests[at][of].fetch_add(1, Ordering::Relaxed);
        if route == Some("/api/classify") {
            let took = took.as_micros() as u64;
            let bucket = BOUNDS.iter().position(|bound| took <= *bound).unwrap_or(BOUNDS.len());
            self.durations[bucket].fetch_add(1, Ordering::Relaxed);
            self.microseconds.fetch_add(took, Ordering::Relaxed);
        }
    }

    /// Counts a verdict.
    pub(super) fn verdict(&self, label: Label) {
        self.labels[label].fetch_add(1, Ordering::Relaxed);
    }

    /// The text of `/metrics`.
    pub(super) fn text(&self) -> String {
        let mut out = String::with_capacity(4096);
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        head(&mut out, "rolecall_requests_total", "counter", "Requests answered.");
        for (route, counts) in ROUTES.iter().copied().chain(["other"]).zip(&self.requests) {
            let statuses = STATUSES.iter().map(ToString::to_string).chain(["other".to_owned()]);
            for (status, count) in statuses.zip(counts).filter(|(_, count)| get(count) > 0) {
                let labels = format!("route=\"{route}\",status=\"{status}\"");
                let _ = writeln!(out, "rolecall_requests_total{{{labels}}} {}", get(count));
            }
        }
        let name = "rolecall_classify_duration_seconds";
        head(&mut out, name, "histogram", "Time to answer /api/classify.");
        let mut sum = 0;
        for (at, count) in self.durations.iter().enumerate() {
            sum += get(count);
            let bound = BOUNDS.get(at).map_or("+Inf".to_owned(), |bound| (*bound as f64 / 1e6).to_string());
            let _ = writeln!(out, "{name}_bucket{{le=\"{bound}\"}} {sum}");
        }
        let _ = writeln!(out, "{name}_sum {}\n{name}_count {sum}", get(&self.microseconds) as f64 / 1e6);
        head(&mut out, "rolecall_verdicts_total", "counter", "Verdicts of /api/classify.");
        for (label, count) in self.labels.iter() {
            let _ = writeln!(out, "rolecall_verdicts_total{{label=\"{label}\"}} {}", get(count));
        }
        for (name, kind, help, value) in [
            ("rolecall_rows_total", "counter", "Rows of tables classified.", &self.rows),
            ("rolecall_connections_evicted_total", "counter", "Connections closed to make room.", &self.evicted),
            ("rolecall_requests_under_way", "gauge", "Requests in progress.", &self.in_flight),
            ("rolecall_connections", "gauge", "Open connections.", &self.connections),
        ] {
            head(&mut out, name, kind, help);
            let _ = writeln!(out, "{name} {}", get(value));
        }
        out
    }
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}
