//! The error type of the library.

use std::fmt;

/// What the library returns when it cannot do what was asked.
///
/// The message is one line: what is wrong, where (file, line, row, byte where they
/// are known), and a hint where there is one.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    message: String,
    place: Place,
    hint: Option<String>,
}

/// The kind of an [`Error`], for callers that act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A model file that is damaged, of another format version or no model at all.
    Model,
    /// A corpus that contradicts itself: an unknown duty, a line twice, a missing item.
    Corpus,
    /// A file that cannot be read or written.
    Io,
    /// Input that is not what it should be: a bad row, an unknown column.
    Input,
    /// Whoever read the output has gone: a closed pipe. Most programs end quietly then.
    Closed,
    /// Stopped because the caller asked for it.
    Stopped,
    /// Training that cannot be done with these settings.
    Training,
}

/// Where an error was met. Every part is optional.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The file, as it was named by the caller.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: Option<u64>,
    /// The data row, from 1, headers not counted.
    pub row: Option<u64>,
    /// The byte offset, from 0.
    pub byte: Option<u64>,
}

impl Error {
    /// An error of `kind` with a one-line message.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner { kind, message: message.into(), place: Place::default(), hint: None }))
    }

    /// Names the file.
    #[cfg_attr(
        not(any(feature = "train", feature = "batch", test)),
        expect(dead_code, reason = "inference reads no files")
    )]
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

    /// Names the data row, from 1.
    #[cfg(feature = "batch")]
    pub(crate) fn row(mut self, row: u64) -> Self {
        self.0.place.row = Some(row);
        self
    }

    /// Names the byte offset.
    pub(crate) fn byte(mut self, byte: u64) -> Self {
        self.0.place.byte = Some(byte);
        self
    }

    /// Says what the reader could do.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// What kind of error this is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Where it was met.
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

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_carry_their_place() {
        let error = Error::new(ErrorKind::Corpus, "unknown duty 'x'").file("lines.csv").line(7).hint("see duties.csv");
        assert_eq!(error.to_string(), "lines.csv: line 7: unknown duty 'x' (see duties.csv)");
        assert_eq!(error.kind(), ErrorKind::Corpus);
        assert_eq!(error.place().line, Some(7));
    }
}
