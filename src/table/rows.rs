//! Reads the rows of a table one by one, as JSON objects.

use serde_json::{Map, Value};

use super::open::Table;
use super::reader::Content;
use super::records::{Next, RecordFormat, unquote};
use super::row::{RejectReason, Rejection, decode, is_empty, not_json, split};
use crate::error::{Error, ErrorKind};

/// A row: its line from 1, and its fields by their names.
pub(crate) struct Row {
    pub line: u64,
    pub fields: Map<String, Value>,
}

impl Table<'_> {
    /// Reads all rows. Of several columns of one name, the last counts.
    ///
    /// # Errors
    /// With the line, when a row cannot be read; that of `each`.
    pub(crate) fn rows(mut self, each: &mut dyn FnMut(Row) -> Result<(), Error>) -> Result<(), Error> {
        let mut block = Vec::new();
        let mut line = 1 + self.records.lines(&self.header_bytes);
        while let Some(content) = self.reader.block(&mut block)? {
            let wrong = |line: u64, (reason, message): Rejection| {
                let reason = if reason == RejectReason::NotJson { "not JSON" } else { reason.as_str() };
                Error::new(ErrorKind::Input, format!("{}: {message}", reason.replace('_', " "))).line(line)
            };
            match content {
                Content::Records => {}
                Content::Unterminated if self.records != RecordFormat::Lines => {
                    return Err(wrong(line, (RejectReason::UnclosedQuote, "a quote is never closed".to_owned())));
                }
                _ => return Err(wrong(line, (RejectReason::TooLong, "longer than the maximum".to_owned()))),
            }
            let mut at = 0;
            while let Next::Record { end, next } = self.records.next(&block, at, true) {
                let record = &block[at..end];
                if !is_empty(record, self.records) {
                    let fields = self.fields(record).map_err(|rejection| wrong(line, rejection))?;
                    each(Row { line, fields })?;
                }
                line += self.records.lines(&block[at..next]);
                at = next;
            }
        }
        Ok(())
    }

    fn fields(&self, record: &[u8]) -> Result<Map<String, Value>, Rejection> {
        let record = decode(record, self.charset)?;
        let RecordFormat::Delimited(delimiter) = self.records else {
            return serde_json::from_str(&record).map_err(|error| not_json(&error));
        };
        let (mut ranges, mut buffer) = (Vec::new(), String::new());
        let (record, _) = split(&record, delimiter, self.names.len(), &mut ranges)?;
        let values = ranges.iter().map(|&(from, to)| Value::from(unquote(&record[from..to], &mut buffer)));
        Ok(self.names.iter().cloned().zip(values).collect())
    }
}
