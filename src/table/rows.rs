//! Reads the rows of a table one by one, as JSON objects.

use std::fmt;

use serde_json::{Map, Value};

use super::json::{Object, at_path, push_text};
use super::open::Table;
use super::reader::Content;
use super::records::{Next, RecordFormat};
use super::row::{RejectReason, Rejection, decode, is_empty, is_header, not_json, split, unclosed};
use crate::error::{Error, ErrorKind};

/// A row, with its fields by their names.
pub(crate) struct Row {
    pub place: RowPlace,
    pub fields: Map<String, Value>,
}

/// Where a row is, from 1: its line or, in an input that was converted, its number.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RowPlace {
    Line(u64),
    Row(u64),
}

impl RowPlace {
    /// Adds the place to an error.
    pub(crate) fn of(self, error: Error) -> Error {
        match self {
            Self::Line(line) => error.line(line),
            Self::Row(row) => error.row(row),
        }
    }
}

impl fmt::Display for RowPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Row(row) => write!(f, "row {row}"),
        }
    }
}

impl Table<'_> {
    /// Calls `each` for every row. The caller holds them, so their total length is limited.
    ///
    /// # Errors
    /// A row that cannot be read, with its place; rows that are too long in total; any error of
    /// `each`.
    pub(crate) fn rows(mut self, each: &mut dyn FnMut(Row) -> Result<(), Error>) -> Result<(), Error> {
        let (mut block, mut held) = (Vec::new(), 0);
        let (mut line, mut number) = (1 + self.records.lines(&self.header_bytes), 1);
        while let Some(content) = self.reader.block(&mut block)? {
            let mut at = 0;
            loop {
                let place = if self.converted { RowPlace::Row(number) } else { RowPlace::Line(line) };
                let wrong = |(reason, message): Rejection| {
                    let reason = if reason == RejectReason::NotJson { "not JSON" } else { reason.as_str() };
                    place.of(Error::new(ErrorKind::Input, format!("{}: {message}", reason.replace('_', " "))))
                };
                match content {
                    Content::Records => {}
                    Content::Unterminated if self.records != RecordFormat::Lines => return Err(wrong(unclosed())),
                    _ => return Err(wrong((RejectReason::TooLong, "longer than the maximum".to_owned()))),
                }
                let (end, next) = match self.records.next(&block, at, true) {
                    Next::Record { end, next } => (end, next),
                    Next::Broken { .. } | Next::Unclosed => return Err(wrong(unclosed())),
                    Next::More | Next::End => break,
                };
                let record = &block[at..end];
                held += record.len();
                if held > self.max_memory {
                    return Err(super::too_large(self.max_memory));
                }
                if !is_empty(record, self.records) && !is_header(record, &self.header_record) {
                    let fields = self.fields(record).map_err(wrong)?;
                    each(Row { place, fields })?;
                    number += 1;
                }
                line += self.records.lines(&block[at..next]);
                at = next;
            }
        }
        Ok(())
    }

    fn fields(&self, record: &[u8]) -> Result<Map<String, Value>, Rejection> {
        let record = decode(record, self.charset)?;
        let RecordFormat::Delimited(dialect) = self.records else {
            let mut fields: Map<String, Value> = serde_json::from_str(&record).map_err(|error| not_json(&error))?;
            let object = Object::read(&record).map_err(|error| not_json(&error))?;
            for at in self.text.iter().chain(&self.title) {
                let mut text = String::new();
                // Gives nested fields and lists of objects as text.
                if let Some(raw) = at_path(&object, &self.names[*at])
                    && push_text(&mut text, raw)
                {
                    fields.insert(self.names[*at].clone(), Value::from(text));
                }
            }
            return Ok(fields);
        };
        let (mut ranges, mut buffer) = (Vec::new(), String::new());
        let (record, _) = split(&record, dialect, self.names.len(), &mut ranges)?;
        let values = ranges.iter().map(|&(from, to)| Value::from(dialect.value(&record[from..to], &mut buffer)));
        let mut fields = Map::new();
        for (at, (name, value)) in self.names.iter().zip(values).enumerate() {
            // Of columns with the same name, the one that was chosen.
            if !fields.contains_key(name) || self.text.contains(&at) || self.title == Some(at) {
                fields.insert(name.clone(), value);
            }
        }
        Ok(fields)
    }
}
