//! Errors as `application/problem+json` (RFC 9457).

use std::error::Error as _;
use std::io;

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::error::{Error, ErrorKind};

/// A response that reports an error.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    pub status: StatusCode,
    detail: String,
    /// Whether the client may try again soon.
    retry: bool,
}

/// The JSON of an error.
#[derive(serde::Serialize)]
struct ProblemJson<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: &'a str,
}

impl Problem {
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), retry: false }
    }

    /// 400: the request is invalid.
    pub(super) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 413: the body is larger than `max` bytes.
    pub(super) fn too_large(max: u64) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, format!("The body is larger than {max} bytes."))
    }

    /// 408: the body did not arrive in time.
    pub(super) fn too_slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "The body took too long to arrive.")
    }

    /// 503: too many requests are in flight. `Retry-After` asks the client to try again.
    pub(super) fn busy(detail: &str) -> Self {
        Self { retry: true, ..Self::new(StatusCode::SERVICE_UNAVAILABLE, detail) }
    }

    /// 500: a bug in this program.
    pub(super) fn defect() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "This request failed; please report it.")
    }

    /// 422 for a file that is not readable, called `what`; 500 if reading it failed.
    pub(super) fn unreadable(what: &str, error: &Error) -> Self {
        // Damaged data is reported as a read error too.
        let cause = error.source().and_then(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
        let is_damaged = matches!(cause, Some(io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof));
        let status = match error.kind() {
            ErrorKind::Io if !is_damaged => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        // Messages about the file as a whole are predicates, such as "is empty" or "has no sheet".
        let message = error.to_string();
        let is_predicate = ["is ", "has "].iter().any(|verb| message.starts_with(verb));
        let link = if is_predicate { "" } else { "cannot be read: " };
        Self::new(status, format!("The {what} {link}{message}."))
    }

    /// As JSON.
    pub(super) fn json(&self) -> String {
        let title = self.status.canonical_reason().unwrap_or("Error");
        let problem = ProblemJson { r#type: "about:blank", title, status: self.status.as_u16(), detail: &self.detail };
        serde_json::to_string(&problem).unwrap_or_default()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.json()).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.retry {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_about_a_file_continue_the_sentence() {
        for (message, expected) in [
            ("is empty", "The table is empty."),
            ("has no sheet 'x'", "The table has no sheet 'x'."),
            ("there is no column 'x'", "The table cannot be read: there is no column 'x'."),
        ] {
            let problem = Problem::unreadable("table", &Error::new(ErrorKind::Input, message));
            assert_eq!((problem.status, &*problem.detail), (StatusCode::UNPROCESSABLE_ENTITY, expected));
        }
    }
}
