//! The beginning of a table, from which columns are guessed.

use super::json::{Object, push_text};
use super::reader::Reader;
use super::records::{Next, RecordFormat, fields};
use super::source::SAMPLE;
use crate::error::{Error, ErrorKind};
use crate::read::charset::Charset;

/// Rows that are looked at.
const MAX_ROWS: usize = 2000;

/// Figures of the first rows.
#[derive(Debug, Default)]
pub(crate) struct Sample {
    pub rows: usize,
    /// Total length of the texts of each column.
    pub lengths: Vec<usize>,
    /// Number of names in the first object.
    pub first: usize,
}

impl Sample {
    /// Average length of the texts of each column.
    pub(crate) fn averages(&self) -> Vec<usize> {
        self.lengths.iter().map(|sum| sum / self.rows.max(1)).collect()
    }

    /// Reads the first rows. The names of objects are added to `names`.
    pub(crate) fn read(
        reader: &mut Reader<'_>,
        (records, charset): (RecordFormat, Charset),
        max_row_bytes: usize,
        names: &mut Vec<String>,
    ) -> Result<Self, Error> {
        let mut length = SAMPLE;
        // At least one complete row.
        let bytes = loop {
            let bytes = reader.peek(length)?;
            if bytes.len() < length
                || matches!(records.next(bytes, 0, false), Next::Record { .. })
                || length > max_row_bytes
            {
                break bytes.to_vec();
            }
            length *= 2;
        };
        let last = bytes.len() < length;
        let mut sample = Self { rows: 0, lengths: vec![0; names.len()], first: names.len() };
        let (mut at, mut ranges, mut buffer) = (0, Vec::new(), String::new());
        while sample.rows < MAX_ROWS {
            let Next::Record { end, next } = records.next(&bytes, at, last) else { break };
            let text = charset.decode(&bytes[at..end]);
            at = next;
            if text.trim().is_empty() {
                continue;
            }
            sample.rows += 1;
            match records {
                RecordFormat::Delimited(delimiter) => {
                    fields(text.as_bytes(), delimiter, &mut ranges);
                    for (sum, &(from, to)) in sample.lengths.iter_mut().zip(&ranges) {
                        *sum += to - from;
                    }
                }
                RecordFormat::Lines => {
                    let Ok(object) = Object::read(&text) else { continue };
                    for (key, value) in &object.0 {
                        let at = names.iter().position(|name| name == key).unwrap_or_else(|| {
                            names.push(key.clone().into_owned());
                            sample.lengths.push(0);
                            names.len() - 1
                        });
                        buffer.clear();
                        if push_text(&mut buffer, value.get()) {
                            sample.lengths[at] += buffer.len();
                        }
                    }
                    if sample.first == 0 {
                        sample.first = names.len();
                    }
                }
            }
        }
        if sample.rows == 0 && bytes.len() > max_row_bytes && records == RecordFormat::Lines {
            return Err(Error::new(ErrorKind::Input, "the first row is longer than the maximum"));
        }
        if records == RecordFormat::Lines && names.is_empty() && sample.rows > 0 {
            let array = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
            let error = Error::new(ErrorKind::Input, "is not JSON Lines: no line is a JSON object with fields");
            return Err(if array { error.hint("convert a JSON array with: jq -c '.[]'") } else { error });
        }
        Ok(sample)
    }
}
