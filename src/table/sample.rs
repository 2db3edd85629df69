//! The beginning of a table, from which columns are guessed.

use std::collections::HashMap;

use super::json::{Object, push_text};
use super::reader::Reader;
use super::records::{Next, RecordFormat};
use super::source::SAMPLE;
use crate::error::{Error, ErrorKind};
use crate::read::charset::Charset;

/// Maximum number of rows in the sample.
const MAX_ROWS: usize = 2000;
/// First rows whose values are kept.
const KEPT_ROWS: usize = 10;
/// Characters kept of a value.
const KEPT_CHARS: usize = 4000;
/// Levels of nested objects whose fields are sampled.
const DEPTH: usize = 4;

/// What the first rows hold.
#[derive(Debug, Default)]
pub(crate) struct Sample {
    pub rows: usize,
    /// By column; first those of the table, then fields of nested objects.
    pub columns: Vec<ColumnSample>,
    /// Dotted paths of fields in nested objects.
    pub nested: Vec<String>,
    /// Number of fields of the first object, or of columns in a table.
    pub first_width: usize,
}

/// What a column holds.
#[derive(Debug, Default, Clone)]
pub(crate) struct ColumnSample {
    /// Rows with a value.
    pub filled: usize,
    /// Total length of the values in bytes.
    pub bytes: usize,
    /// Words in all values.
    pub words: usize,
    /// Values that are numbers.
    pub numbers: usize,
    /// The values of the first rows, each with the number of its row.
    pub first: Vec<(usize, String)>,
}

impl ColumnSample {
    /// Adds the value in a row, whose number counts from 1.
    fn add(&mut self, value: &str, row: usize) {
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        self.filled += 1;
        self.bytes += value.len();
        self.words += value.split_ascii_whitespace().count();
        let number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+' | '%' | '$' | '€' | '£' | ' ');
        self.numbers += usize::from(value.chars().all(number));
        if row <= KEPT_ROWS {
            self.first.push((row, value.chars().take(KEPT_CHARS).collect()));
        }
    }

    /// Whether values have five words or more on average.
    pub(crate) fn is_prose(&self) -> bool {
        self.words >= 5 * self.filled.max(1)
    }

    /// Whether most values are numbers.
    pub(crate) fn is_numeric(&self) -> bool {
        self.filled > 0 && 2 * self.numbers > self.filled
    }
}

impl Sample {
    /// Average length of the values of a column in bytes, over all rows.
    pub(crate) fn average(&self, column: usize) -> usize {
        self.columns.get(column).map_or(0, |column| column.bytes) / self.rows.max(1)
    }

    /// Reads the first rows. The names of objects are added to `names`.
    pub(crate) fn read(
        reader: &mut Reader<'_>,
        (records, charset): (RecordFormat, Charset),
        max_row_bytes: usize,
        names: &mut Vec<String>,
    ) -> Result<Self, Error> {
        let mut length = SAMPLE;
        // The first object is needed whole for its names; those of a table are known.
        let enough = if records == RecordFormat::Lines { max_row_bytes } else { 4 * SAMPLE };
        let bytes = loop {
            let bytes = reader.peek(length)?;
            if bytes.len() < length || records.next(bytes, 0, false) != Next::More || length > enough {
                break bytes.to_vec();
            }
            length *= 2;
        };
        let last = bytes.len() < length;
        let mut sample =
            Self { columns: vec![ColumnSample::default(); names.len()], first_width: names.len(), ..Self::default() };
        let mut nested = Nested::default();
        let mut known: HashMap<String, usize> = HashMap::new();
        let (mut at, mut ranges, mut buffer) = (0, Vec::new(), String::new());
        while sample.rows < MAX_ROWS {
            let (end, next) = match records.next(&bytes, at, last) {
                Next::Record { end, next } => (end, next),
                Next::Broken { next } => {
                    at = next;
                    continue;
                }
                _ => break,
            };
            let text = charset.decode(&bytes[at..end]);
            at = next;
            if text.trim().is_empty() {
                continue;
            }
            sample.rows += 1;
            match records {
                RecordFormat::Delimited(dialect) => {
                    let stray = dialect.fields(text.as_bytes(), &mut ranges).is_some();
                    // In a table of several columns, a single field is a line of a broken row.
                    if stray || ranges.len() == 1 && sample.columns.len() > 1 {
                        continue;
                    }
                    for (column, &(from, to)) in sample.columns.iter_mut().zip(&ranges) {
                        column.add(dialect.value(&text[from..to], &mut buffer), sample.rows);
                    }
                }
                RecordFormat::Lines => {
                    let Ok(object) = Object::read(&text) else { continue };
                    for (key, value) in &object.0 {
                        let at = known.get(key.as_ref()).copied().unwrap_or_else(|| {
                            known.insert(key.clone().into_owned(), names.len());
                            names.push(key.clone().into_owned());
                            sample.columns.push(ColumnSample::default());
                            names.len() - 1
                        });
                        add_value(&mut sample.columns[at], value.get(), sample.rows);
                        nested.add(key, value.get(), sample.rows, DEPTH);
                    }
                    if sample.first_width == 0 {
                        sample.first_width = names.len();
                    }
                }
            }
        }
        if sample.rows == 0 && bytes.len() > max_row_bytes && records == RecordFormat::Lines {
            let message = format!("the first row is longer than the maximum of {max_row_bytes} bytes");
            return Err(Error::new(ErrorKind::Input, message).hint("raise it with --max-row"));
        }
        if records == RecordFormat::Lines && names.is_empty() && sample.rows > 0 {
            return Err(Error::new(ErrorKind::Input, "has no JSON object with fields"));
        }
        for (path, column) in nested.columns {
            sample.nested.push(path);
            sample.columns.push(column);
        }
        Ok(sample)
    }
}

/// Adds a JSON value, if it is text or a number.
fn add_value(column: &mut ColumnSample, raw: &str, row: usize) {
    let mut text = String::new();
    if push_text(&mut text, raw) {
        column.add(&text, row);
    } else if raw.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
        column.add(raw, row);
    }
}

/// Fields of nested objects by their dotted paths, in the order in which they occur.
#[derive(Default)]
struct Nested {
    columns: Vec<(String, ColumnSample)>,
    known: HashMap<String, usize>,
}

impl Nested {
    /// Adds the fields of the object in `raw`, and of objects nested in it up to `depth` levels.
    fn add(&mut self, path: &str, raw: &str, row: usize, depth: usize) {
        if !raw.starts_with('{') || depth == 0 {
            return;
        }
        let Ok(object) = Object::read(raw) else { return };
        for (key, value) in &object.0 {
            let path = format!("{path}.{key}");
            let at = self.known.get(&path).copied().unwrap_or_else(|| {
                self.known.insert(path.clone(), self.columns.len());
                self.columns.push((path.clone(), ColumnSample::default()));
                self.columns.len() - 1
            });
            add_value(&mut self.columns[at].1, value.get(), row);
            self.add(&path, value.get(), row, depth - 1);
        }
    }
}
