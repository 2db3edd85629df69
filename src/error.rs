//! The error type of the library.

use std::error::Error as StdError;
use std::fmt;

/// The error of every function of this library that can fail.
///
/// Displayed, it is one line: the file, line, row and byte that are known, what is wrong, and
/// a hint if there is one. The line includes the message of the cause, so it suffices to
/// print the error without its [`source`](StdError::source).
///
/// ```
/// use rolecall::{Classifier, ErrorKind};
///
/// let error = Classifier::from_bytes(b"%PDF-1.7").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Model);
/// assert_eq!(error.to_string(), "not a model file (give a file written by 'rolecall train')");
/// ```
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    message: String,
    place: Place,
    hint: Option<String>,
    cause: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kind of an [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A file that is not a model, is damaged, or has another format version.
    Model,
    /// An inconsistent corpus: an unknown duty, a repeated line, a missing item.
    Corpus,
    /// A file that cannot be read or written.
    Io,
    /// Invalid input: a malformed row, an unknown column, an unknown name.
    Input,
    /// The reader of the output closed the pipe. A program should then end quietly.
    Closed,
    /// Stopped because the caller asked for it.
    Stopped,
    /// Training failed with these settings.
    Training,
}

/// Where an [`Error`] occurred, as far as that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The file, as the caller named it.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: Option<u64>,
    /// The row of data, from 1; the header is not counted.
    pub row: Option<u64>,
    /// The byte offset, from 0.
    pub byte: Option<u64>,
}

impl Error {
    /// An error of `kind` with a one-line message.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner { kind, message: message.into(), place: Place::default(), hint: None, cause: None }))
    }

    /// An error of `kind` with the message of its cause.
    #[cfg_attr(not(feature = "train"), allow(dead_code, reason = "inference reads no files"))]
    pub(crate) fn from_cause(kind: ErrorKind, cause: impl StdError + Send + Sync + 'static) -> Self {
        Self::new(kind, cause.to_string()).cause(cause)
    }

    /// Keeps the cause. Its message must already be part of this error's.
    pub(crate) fn cause(mut self, cause: impl StdError + Send + Sync + 'static) -> Self {
        self.0.cause = Some(Box::new(cause));
        self
    }

    /// Names the file.
    #[cfg_attr(not(feature = "train"), allow(dead_code, reason = "inference reads no files"))]
    pub(crate) fn file(mut self, file: impl fmt::Display) -> Self {
        self.0.place.file = Some(file.to_string());
        self
    }

    /// Names the line, from 1.
    #[cfg_attr(not(feature = "train"), allow(dead_code, reason = "inference reads no files"))]
    pub(crate) fn line(mut self, line: u64) -> Self {
        self.0.place.line = Some(line);
        self
    }

    /// Names the row of data, from 1.
    #[cfg(feature = "table")]
    #[cfg_attr(not(any(feature = "train", feature = "batch")), allow(dead_code, reason = "only they read rows"))]
    pub(crate) fn row(mut self, row: u64) -> Self {
        self.0.place.row = Some(row);
        self
    }

    /// Names the byte offset.
    pub(crate) fn byte(mut self, byte: u64) -> Self {
        self.0.place.byte = Some(byte);
        self
    }

    /// Adds a hint on what to do.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// What kind of error it is, for programs that react to it.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Where it occurred, as far as that is known.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.0.place
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { message, place, hint, .. } = &*self.0;
        if let Some(file) = &place.file {
            write!(f, "{file}: ")?;
        }
        if let Some(line) = place.line {
            write!(f, "line {line}: ")?;
        }
        if let Some(row) = place.row {
            write!(f, "row {row}: ")?;
        }
        if let Some(byte) = place.byte {
            write!(f, "byte {byte}: ")?;
        }
        f.write_str(message)?;
        if let Some(hint) = hint {
            write!(f, " ({hint})")?;
        }
        Ok(())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.cause.as_deref().map(|cause| cause as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_place_and_hint() {
        let error = || Error::new(ErrorKind::Corpus, "unknown duty 'x'");
        let table = [
            ("nothing", error(), "unknown duty 'x'"),
            ("line", error().file("a.csv").line(7), "a.csv: line 7: unknown duty 'x'"),
            ("byte", error().byte(0).hint("see b"), "byte 0: unknown duty 'x' (see b)"),
        ];
        for (name, error, expected) in table {
            assert_eq!(error.to_string(), expected, "{name}");
        }
    }

    #[test]
    fn the_cause_is_the_source() {
        let cause = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        let error = Error::from_cause(ErrorKind::Io, cause).file("a.csv");
        let source = error.source().and_then(|source| source.downcast_ref::<std::io::Error>()).unwrap();
        assert_eq!(source.kind(), std::io::ErrorKind::PermissionDenied);
        assert_eq!(error.to_string(), format!("a.csv: {source}"));
        assert!(Error::new(ErrorKind::Io, "x").source().is_none());
    }
}
