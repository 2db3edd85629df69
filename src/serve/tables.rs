//! `/api/batch` and `/api/columns`: tables.
//!
//! A table is received as a whole before its rows are classified: browsers and most other clients
//! read no response before they have sent their request, so responding earlier would block both
//! sides. It is kept in memory or, if it is large, in a temporary file.

use std::cell::RefCell;
use std::io::{self, Seek as _, SeekFrom, Write};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use http_body_util::channel::{Channel, Sender};
use tempfile::SpooledTempFile;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};

use super::App;
use super::body::{self, Chunks, time_for};
use super::connections::Connection;
use super::problem::Problem;
use super::query::{NoSettings, Settings};
use super::responses::{json, options};
use super::work::threads;
use crate::batch::{Batch, Column, Format, Observer, Progress, Summary, delimiter};
use crate::model::{Label, Lens};

/// Size in bytes from which a table is kept in a temporary file.
const IN_MEMORY: usize = 8 << 20;

/// Maximum number of chunks of a body that wait to be written.
const MAX_CHUNKS: usize = 4;

/// Time limit for a client to take a chunk of the response; [`time_for`] limits the average.
const TAKE_TIMEOUT: Duration = Duration::from_secs(30);

/// Format of the response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Output {
    #[default]
    Jsonl,
    Csv,
    Tsv,
    /// JSON Lines, with separate lines for progress, rejected rows, and the summary or the error
    /// at the end.
    Events,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BatchQuery {
    /// Separated by commas, like `columns` and `id_column`.
    text_column: Option<String>,
    title_column: Option<String>,
    lens: Option<Lens>,
    ignore_title: Option<bool>,
    min_confidence: Option<f64>,
    #[serde(default)]
    format: Output,
    columns: Option<String>,
    only: Option<bool>,
    id_column: Option<String>,
    headers: Option<bool>,
    delimiter: Option<String>,
    encoding: Option<String>,
}

impl BatchQuery {
    fn batch(&self, app: &App) -> Result<Batch, Problem> {
        let options = options(self.lens, None, self.ignore_title.unwrap_or_default(), self.min_confidence)?;
        let list = |names: &Option<String>| -> Vec<String> {
            names.iter().flat_map(|names| names.split(',')).filter(|name| !name.is_empty()).map(str::to_owned).collect()
        };
        let mut batch = Batch::new(app.work.classifier.clone().with_options(options));
        batch.table.converter.clone_from(&app.settings.converter);
        batch.table.text_columns = list(&self.text_column);
        batch.table.title_column.clone_from(&self.title_column);
        batch.id_columns = list(&self.id_column);
        batch.only = self.only.unwrap_or_default();
        batch.table.headers = self.headers.unwrap_or(true);
        batch.table.encoding.clone_from(&self.encoding);
        if let Some(name) = &self.delimiter {
            batch.table.delimiter = Some(delimiter(name).map_err(|error| Problem::bad_request(error.to_string()))?);
        }
        if self.columns.is_some() {
            let parsed = list(&self.columns).iter().map(|name| name.parse::<Column>()).collect::<Result<_, _>>();
            batch.columns = parsed.map_err(|error| Problem::bad_request(error.to_string()))?;
        }
        batch.output_format = Some(match self.format {
            Output::Jsonl | Output::Events => Format::JsonLines,
            Output::Csv => Format::Csv,
            Output::Tsv => Format::Tsv,
        });
        batch.jobs = threads().div_ceil(2);
        Ok(batch)
    }
}

pub(super) async fn batch(
    State(app): State<Arc<App>>,
    Settings(settings): Settings<BatchQuery>,
    request: Request,
) -> Result<Response, Problem> {
    body::table(request.headers())?;
    let batch = settings.batch(&app)?;
    let connection = request.extensions().get::<Connection>().cloned().unwrap_or_default();
    let permit = app.work.admit_table()?;
    let table = receive(&app, request).await?;
    let (sender, body) = Channel::new(MAX_CHUNKS);
    let (started, start) = oneshot::channel();
    let sink = Sink {
        sender,
        started: Some(started),
        runtime: Handle::current(),
        connection: connection.clone(),
        taken: 0,
        waited: Duration::ZERO,
    };
    let events = settings.format == Output::Events;
    tokio::task::spawn_blocking(move || {
        let _held = (permit, connection.busy());
        classify_rows(&app, &batch, events, table, sink);
    });
    start.await.map_err(|_| Problem::defect())??;
    let media = match settings.format {
        Output::Jsonl | Output::Events => "application/x-ndjson",
        Output::Csv => "text/csv; charset=utf-8",
        Output::Tsv => "text/tab-separated-values; charset=utf-8",
    };
    Ok(([(CONTENT_TYPE, media)], Body::new(body)).into_response())
}

pub(super) async fn columns(
    State(app): State<Arc<App>>,
    _: Settings<NoSettings>,
    request: Request,
) -> Result<Response, Problem> {
    body::table(request.headers())?;
    let permit = app.work.admit_table()?;
    let table = receive(&app, request).await?;
    let mut batch = Batch::new(app.work.classifier.clone());
    batch.table.converter.clone_from(&app.settings.converter);
    let found = app.work.run(false, 0, move |_| {
        let _permit = permit;
        batch.table_columns(table)
    });
    json(&found.await?.map_err(|error| Problem::unreadable("table", &error))?)
}

/// Receives the body of a request into memory or a temporary file.
async fn receive(app: &App, request: Request) -> Result<SpooledTempFile, Problem> {
    let (head, body) = request.into_parts();
    let mut chunks = Chunks::new(&head.headers, body, app.settings.max_table, app.settings.body_timeout)?;
    let (to_file, mut received) = mpsc::channel::<Bytes>(MAX_CHUNKS);
    let written = tokio::task::spawn_blocking(move || {
        let mut file = SpooledTempFile::new(IN_MEMORY);
        while let Some(chunk) = received.blocking_recv() {
            file.write_all(&chunk)?;
        }
        file.seek(SeekFrom::Start(0))?;
        Ok::<_, io::Error>(file)
    });
    while let Some(chunk) = chunks.next().await? {
        // A full disk ends the task early; its error is reported below.
        if to_file.send(chunk).await.is_err() {
            break;
        }
    }
    drop(to_file);
    let written = written.await.map_err(|_| Problem::defect())?;
    written.map_err(|error| {
        Problem::new(StatusCode::INSUFFICIENT_STORAGE, format!("The table cannot be stored: {error}."))
    })
}

/// Writes the body of a response from a thread that may block.
struct Sink {
    sender: Sender<Bytes, io::Error>,
    /// Sends `Ok` before the first write, or the error of a run that has written nothing. `None` after that.
    started: Option<oneshot::Sender<Result<(), Problem>>>,
    runtime: Handle,
    connection: Connection,
    /// Bytes that the client has taken.
    taken: u64,
    /// How long the thread has waited for the client.
    waited: Duration,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(started) = self.started.take() {
            let _ = started.send(Ok(()));
        }
        // As for chunks of the request, but the time spent on classifying does not count against the client.
        let overall = (TAKE_TIMEOUT + time_for(self.taken)).saturating_sub(self.waited);
        let limit = TAKE_TIMEOUT.min(overall);
        let start = Instant::now();
        let send = self.sender.send_data(Bytes::copy_from_slice(bytes));
        let sent = self.runtime.block_on(async { tokio::time::timeout(limit, send).await });
        self.waited += start.elapsed();
        match sent {
            Ok(Ok(())) => {
                self.taken += bytes.len() as u64;
                Ok(bytes.len())
            }
            Ok(Err(_)) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(_) => {
                self.connection.abort();
                Err(io::ErrorKind::BrokenPipe.into())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Rejected rows: separate lines among the events, and otherwise left out.
struct Rejects<'a> {
    sink: &'a RefCell<Sink>,
    events: bool,
}

impl Write for Rejects<'_> {
    fn write(&mut self, lines: &[u8]) -> io::Result<usize> {
        if self.events {
            let mut out = Vec::with_capacity(lines.len() * 2);
            for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                out.extend_from_slice(b"{\"rolecall_rejected\":");
                out.extend_from_slice(line);
                out.extend_from_slice(b"}\n");
            }
            self.sink.borrow_mut().write_all(&out)?;
        }
        Ok(lines.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Classified rows, written into the response; a run has separate writers for rows and for rejects.
struct Rows<'a>(&'a RefCell<Sink>);

impl Write for Rows<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reports notes and progress of a run.
struct Watcher<'a> {
    sink: &'a RefCell<Sink>,
    events: bool,
    /// Size of the table in bytes.
    bytes: u64,
    notes: Vec<String>,
}

impl Observer for Watcher<'_> {
    fn note(&mut self, message: &str) {
        self.notes.push(message.to_owned());
    }

    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        if self.events {
            let Progress { bytes, rows, .. } = progress;
            let line = format!(
                "{{\"rolecall_progress\":{{\"rows\":{rows},\"bytes\":{bytes},\"of_bytes\":{}}}}}\n",
                self.bytes
            );
            // If the client has disconnected, writing the next row reports it.
            let _ = self.sink.borrow_mut().write_all(line.as_bytes());
        }
        ControlFlow::Continue(())
    }
}

/// Classifies the rows of a table into `sink`.
fn classify_rows(app: &App, batch: &Batch, events: bool, mut table: SpooledTempFile, sink: Sink) {
    let sink = RefCell::new(sink);
    let bytes = table.seek(SeekFrom::End(0)).unwrap_or_default();
    let found = table.seek(SeekFrom::Start(0)).map_err(|_| Problem::defect());
    let mut observer = Watcher { sink: &sink, events, bytes, notes: Vec::new() };
    let found = found.and_then(|_| {
        let rejects = Rejects { sink: &sink, events };
        let summary = batch.score(table, Rows(&sink), rejects, &mut observer);
        summary.map_err(|error| Problem::unreadable("table", &error))
    });
    let notes = observer.notes;
    let mut sink = sink.into_inner();
    match found {
        Ok(summary) => {
            app.metrics.rows.fetch_add(summary.rows, Ordering::Relaxed);
            if let Some(started) = sink.started.take() {
                let _ = started.send(Ok(()));
            }
            if events {
                let _ = sink.write_all(summary_line(&summary, &notes).as_bytes());
            }
        }
        Err(problem) => match sink.started.take() {
            Some(started) => _ = started.send(Err(problem)),
            None if events => {
                let _ = sink.write_all(format!("{{\"rolecall_error\":{}}}\n", problem.json()).as_bytes());
            }
            // A response that ends early must not pass for a complete one.
            None => sink.sender.abort(io::ErrorKind::InvalidData.into()),
        },
    }
}

/// The last line of the events.
fn summary_line(summary: &Summary, notes: &[String]) -> String {
    let labels: serde_json::Map<_, _> =
        Label::ALL.iter().map(|label| (label.to_string(), summary.label(*label).into())).collect();
    let reasons: serde_json::Map<_, _> =
        summary.reasons().map(|(reason, rows)| (reason.to_string(), rows.into())).collect();
    let line = serde_json::json!({"rolecall_summary": {
        "rows": summary.rows, "rejected": summary.rejects, "labels": labels, "reasons": reasons,
        "mean_pm_share": summary.mean_share, "mean_confidence": summary.mean_confidence, "notes": notes,
    }});
    format!("{line}\n")
}
