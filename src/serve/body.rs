//! Reading the body of a request, within limits of size and time.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http_body_util::BodyExt as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};

use super::problem::Problem;

/// Minimum average rate in bytes per second at which a client must send a table and take its rows.
/// A slower one would keep other tables waiting for hours.
const MIN_RATE: u64 = 64 << 10;

/// What a body is, by its `Content-Type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    /// An object that describes the request.
    Json,
    /// A text or a file.
    File,
}

/// Types that a body with a posting may have. How it is read depends on its content. Some of these types
/// are not supported, such as PDF: they get an error that says how to convert them.
const POSTINGS: [&str; 9] = [
    "text/plain",
    "text/html",
    "text/markdown",
    "application/octet-stream",
    "application/xhtml+xml",
    "application/pdf",
    "application/rtf",
    "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
];

/// Types that a table may have; its format is recognized by its content.
const TABLES: [&str; 12] = [
    "text/csv",
    "text/tab-separated-values",
    "text/plain",
    "application/json",
    "application/jsonl",
    "application/x-ndjson",
    "application/octet-stream",
    "application/gzip",
    "application/zstd",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.apache.parquet",
];

/// How a body with a posting is to be read.
pub(super) fn posting(headers: &HeaderMap) -> Result<Media, Problem> {
    match essence(headers)?.as_str() {
        "application/json" => Ok(Media::Json),
        "" => Ok(Media::File),
        known if POSTINGS.contains(&known) => Ok(Media::File),
        _ => Err(unsupported("application/json", &POSTINGS)),
    }
}

/// Checks that a body is declared as JSON.
pub(super) fn json(headers: &HeaderMap) -> Result<(), Problem> {
    if essence(headers)? == "application/json" { Ok(()) } else { Err(unsupported("application/json", &[])) }
}

/// Checks that a body is declared as something that can be a table.
pub(super) fn table(headers: &HeaderMap) -> Result<(), Problem> {
    let essence = essence(headers)?;
    if essence.is_empty() || TABLES.contains(&essence.as_str()) { Ok(()) } else { Err(unsupported("a table", &TABLES)) }
}

/// The `Content-Type` without parameters, in lower case; empty if there is none.
fn essence(headers: &HeaderMap) -> Result<String, Problem> {
    let Some(value) = headers.get(CONTENT_TYPE) else { return Ok(String::new()) };
    let value = value.to_str().map_err(|_| Problem::bad_request("The Content-Type is not a media type."))?;
    Ok(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

fn unsupported(first: &str, others: &[&str]) -> Problem {
    let mut detail = format!("The Content-Type must be {first}");
    for other in others {
        detail.push_str(", ");
        detail.push_str(other);
    }
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail + ".")
}

/// Reads a body chunk by chunk.
pub(super) struct Chunks {
    body: Body,
    read: u64,
    max: u64,
    chunk_timeout: Duration,
    start: Instant,
}

impl Chunks {
    /// Refuses a body whose `Content-Length` exceeds `max`.
    pub(super) fn new(headers: &HeaderMap, body: Body, max: u64, chunk_timeout: Duration) -> Result<Self, Problem> {
        let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if length.is_some_and(|length| length > max) {
            return Err(Problem::too_large(max));
        }
        Ok(Self { body, read: 0, max, chunk_timeout, start: Instant::now() })
    }

    /// The next chunk; `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        loop {
            // Each chunk has its own time limit. All chunks so far together have the time that they take at the
            // minimum rate, plus one such limit.
            let overall = self.start + self.chunk_timeout + time_for(self.read);
            let deadline = (Instant::now() + self.chunk_timeout).min(overall);
            let frame = timeout_at(deadline, self.body.frame()).await.map_err(|_| Problem::too_slow())?;
            let Some(frame) = frame else { return Ok(None) };
            let frame = frame.map_err(|_| Problem::bad_request("The body ended early."))?;
            let Ok(bytes) = frame.into_data() else { continue };
            self.read += bytes.len() as u64;
            if self.read > self.max {
                return Err(Problem::too_large(self.max));
            }
            if !bytes.is_empty() {
                return Ok(Some(bytes));
            }
        }
    }
}

/// The time that `bytes` take at the minimum rate.
pub(super) fn time_for(bytes: u64) -> Duration {
    Duration::from_millis(bytes * 1000 / MIN_RATE)
}

/// Bytes of a body that are not counted, so that short postings are received whatever others send.
const NOT_COUNTED: usize = 64 << 10;

/// The memory for the bodies that are held at the same time, in units of 1 KB. A body counts twice, as
/// its buffer may have room for as much again.
#[derive(Debug)]
pub(super) struct BodyMemory(Arc<Semaphore>);

impl BodyMemory {
    /// Memory for 256 MB, or for two bodies of `max_body` bytes.
    pub(super) fn new(max_body: u64) -> Self {
        let bytes = usize::try_from(max_body.saturating_mul(4)).unwrap_or(usize::MAX).max(256 << 20);
        Self(Arc::new(Semaphore::new((bytes >> 10).min(Semaphore::MAX_PERMITS))))
    }

    /// Extends `held` to the memory of a body of `length` bytes.
    fn extend(&self, held: &mut Option<OwnedSemaphorePermit>, length: usize) -> Result<(), Problem> {
        let have = held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let more = length.saturating_sub(NOT_COUNTED).div_ceil(1 << 9).saturating_sub(have);
        if more == 0 {
            return Ok(());
        }
        let busy = || Problem::busy("Too many long bodies are being received; try again in a second.");
        let more = u32::try_from(more).map_err(|_| busy())?;
        let permit = Arc::clone(&self.0).try_acquire_many_owned(more).map_err(|_| busy())?;
        match held {
            Some(held) => held.merge(permit),
            None => *held = Some(permit),
        }
        Ok(())
    }
}

/// A whole body, and its memory, which is free again when this is dropped.
pub(super) struct WholeBody {
    pub bytes: Vec<u8>,
    _held: Option<OwnedSemaphorePermit>,
}

/// A whole body of at most `max` bytes, which must arrive within `time`.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
    (max, memory): (u64, &BodyMemory),
    time: Duration,
) -> Result<WholeBody, Problem> {
    let mut chunks = Chunks::new(headers, body, max, time)?;
    let all = async {
        let (mut bytes, mut held) = (Vec::new(), None);
        while let Some(chunk) = chunks.next().await? {
            memory.extend(&mut held, bytes.len() + chunk.len())?;
            bytes.extend_from_slice(&chunk);
        }
        Ok(WholeBody { bytes, _held: held })
    };
    timeout(time, all).await.map_err(|_| Problem::too_slow())?
}
