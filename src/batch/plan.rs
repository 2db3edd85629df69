//! What is decided before the first row: formats, columns and the layout of the output.

use std::collections::HashSet;

use super::Batch;
use super::input::SAMPLE;
use super::input::columns::{Guess, find, find_all, guess_text, guess_title};
use super::input::encoding::Charset;
use super::input::format::{Compression, FileName, Format, delimiter_name, detect_delimiter, detect_format};
use super::input::json::{Object, push_text, write_string};
use super::input::reader::{Header, Reader};
use super::input::records::{Next, RecordFormat, fields, unquote, write_field};
use super::output::column::Column;
use super::output::rejects::Position;
use crate::error::{Error, ErrorKind};

/// The layout of a row in the output.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Layout {
    /// The record unchanged, then the added fields.
    Append { delimiter: u8 },
    /// These input columns as fields, then the added fields.
    Fields { delimiter: u8, keep: Vec<usize> },
    /// The object unchanged, with the added members before its closing brace.
    Splice,
    /// An object of these input columns, with their keys as JSON, and the added members.
    Members { keep: Vec<usize>, keys: Vec<Vec<u8>> },
}

/// The plan of a run.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub charset: Charset,
    pub records: RecordFormat,
    /// The input's columns; for objects, those in the sample.
    pub names: Vec<String>,
    pub text: Vec<usize>,
    pub title: Option<usize>,
    pub group: Option<usize>,
    pub layout: Layout,
    pub columns: Vec<Column>,
    /// The line end of the output.
    pub line_end: &'static [u8],
    /// The header of the output.
    pub header: Vec<u8>,
    pub gzip: bool,
    pub report: bool,
    /// Messages on what was detected.
    pub notes: Vec<String>,
    /// The header of the input, with empty lines before it.
    pub header_bytes: Vec<u8>,
}

/// The beginning of the input, from which columns are guessed.
struct Sample {
    rows: usize,
    /// Total length of each column.
    lengths: Vec<usize>,
    /// Number of names in the first object.
    first: usize,
}

impl Plan {
    /// Makes the plan from the beginning of the input.
    pub(crate) fn new(
        batch: &Batch,
        reader: &mut Reader<'_>,
        charset: Charset,
        named: Option<FileName>,
        target: Option<FileName>,
    ) -> Result<Self, Error> {
        let mut notes = Vec::new();
        if batch.encoding.is_none() && charset != Charset::Utf8 {
            notes.push(format!("encoding: {}", charset.name()));
        }
        let beginning = reader.peek(SAMPLE)?;
        let format = batch.input_format.or(named.and_then(|named| named.format));
        let format = format.unwrap_or_else(|| detect_format(beginning));
        let records = record_format(batch, format, named, beginning, &mut notes);
        reader.set_format(records);
        let mut plan = Self {
            charset,
            records,
            names: Vec::new(),
            text: Vec::new(),
            title: None,
            group: None,
            layout: Layout::Splice,
            columns: batch.columns.clone(),
            line_end: b"\n",
            header: Vec::new(),
            gzip: target.is_some_and(|target| target.compression == Compression::Gzip),
            report: batch.report,
            notes,
            header_bytes: Vec::new(),
        };
        if plan.columns.is_empty() {
            return Err(Error::new(ErrorKind::Input, "no output columns"));
        }
        let header = if let RecordFormat::Delimited(delimiter) = records {
            plan.read_header(batch, reader, delimiter)?
        } else {
            None
        };
        let sample = plan.sample(batch, reader)?;
        plan.choose_columns(batch, &sample)?;
        plan.choose_layout(batch, (format, target), header, &sample)?;
        Ok(plan)
    }

    /// Reads the header of a table, or counts its columns; returns the header unchanged.
    fn read_header(&mut self, batch: &Batch, reader: &mut Reader<'_>, delimiter: u8) -> Result<Option<Vec<u8>>, Error> {
        let first_line = reader.peek(SAMPLE)?;
        if let Next::Record { end, next } = self.records.next(first_line, 0, true)
            && first_line[end..next] == *b"\r\n"
        {
            self.line_end = b"\r\n";
        }
        let mut ranges = Vec::new();
        if batch.headers {
            let Some(Header { record, bytes }) = reader.header()? else {
                return Err(Error::new(ErrorKind::Input, "is empty: there is no header"));
            };
            let text = self.decode(&record);
            fields(text.as_bytes(), delimiter, &mut ranges);
            let name = |&(from, to): &(usize, usize)| unquote(&text[from..to], &mut String::new()).to_owned();
            self.names = ranges.iter().map(name).collect();
            self.header_bytes = bytes;
            if std::str::from_utf8(&record).is_err() && self.charset == Charset::Utf8 {
                return Err(
                    Error::new(ErrorKind::Input, "the header is not UTF-8").hint("give its encoding with --encoding")
                );
            }
            return Ok(Some(text.into_bytes()));
        }
        let beginning = reader.peek(SAMPLE)?;
        if let Next::Record { end, .. } = self.records.next(beginning, 0, true) {
            fields(&beginning[..end], delimiter, &mut ranges);
        }
        self.names = (1..=ranges.len()).map(|number| format!("column_{number}")).collect();
        Ok(None)
    }

    /// A record as text.
    fn decode(&self, record: &[u8]) -> String {
        match self.charset {
            Charset::SingleByte(encoding) => encoding.decode_without_bom_handling(record).0.into_owned(),
            _ => String::from_utf8_lossy(record).into_owned(),
        }
    }

    /// Reads the first rows for the lengths of columns and the names in objects.
    fn sample(&mut self, batch: &Batch, reader: &mut Reader<'_>) -> Result<Sample, Error> {
        let mut length = SAMPLE;
        // At least one complete row.
        let bytes = loop {
            let bytes = reader.peek(length)?;
            if bytes.len() < length || matches!(self.records.next(bytes, 0, false), Next::Record { .. }) {
                break bytes.to_vec();
            }
            if length > batch.max_row_bytes {
                break bytes.to_vec();
            }
            length *= 2;
        };
        let last = bytes.len() < length;
        let mut sample = Sample { rows: 0, lengths: vec![0; self.names.len()], first: self.names.len() };
        let (mut at, mut ranges, mut buffer) = (0, Vec::new(), String::new());
        while sample.rows < 2000 {
            let Next::Record { end, next } = self.records.next(&bytes, at, last) else { break };
            let text = self.decode(&bytes[at..end]);
            at = next;
            if text.trim().is_empty() {
                continue;
            }
            sample.rows += 1;
            match self.records {
                RecordFormat::Delimited(delimiter) => {
                    fields(text.as_bytes(), delimiter, &mut ranges);
                    for (sum, &(from, to)) in sample.lengths.iter_mut().zip(&ranges) {
                        *sum += to - from;
                    }
                }
                RecordFormat::Lines => {
                    let Ok(object) = Object::read(&text) else { continue };
                    for (key, value) in &object.0 {
                        let at = self.names.iter().position(|name| name == key).unwrap_or_else(|| {
                            self.names.push(key.clone().into_owned());
                            sample.lengths.push(0);
                            self.names.len() - 1
                        });
                        buffer.clear();
                        if push_text(&mut buffer, value.get()) {
                            sample.lengths[at] += buffer.len();
                        }
                    }
                    if sample.first == 0 {
                        sample.first = self.names.len();
                    }
                }
            }
        }
        if sample.rows == 0 && bytes.len() > batch.max_row_bytes && self.records == RecordFormat::Lines {
            return Err(Error::new(ErrorKind::Input, "the first row is longer than the maximum"));
        }
        if self.records == RecordFormat::Lines && self.names.is_empty() && sample.rows > 0 {
            let array = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
            let error = Error::new(ErrorKind::Input, "is not JSON Lines: no line is a JSON object with fields");
            return Err(if array { error.hint("convert a JSON array with: jq -c '.[]'") } else { error });
        }
        Ok(sample)
    }

    /// Chooses the columns of text, title and group.
    fn choose_columns(&mut self, batch: &Batch, sample: &Sample) -> Result<(), Error> {
        // Without any object there are no columns.
        if self.names.is_empty() {
            return Ok(());
        }
        self.text = find_all(&self.names, &batch.text_columns)?;
        if self.text.is_empty()
            && let Some(guess) =
                guess_text(&self.names, &sample.lengths.iter().map(|sum| sum / sample.rows.max(1)).collect::<Vec<_>>())
        {
            self.text = vec![guess.column()];
            let name = &self.names[guess.column()];
            self.notes.push(match guess {
                Guess::Name(_) => format!("text column: '{name}'"),
                Guess::Longest(_, length) => {
                    format!(
                        "text column: '{name}', the longest ({length} bytes on average); --text-column selects another"
                    )
                }
            });
        }
        self.title = match &batch.title_column {
            Some(wanted) => Some(find(&self.names, wanted)?),
            None => guess_title(&self.names).filter(|title| !self.text.contains(title)),
        };
        if let (Some(title), None) = (self.title, &batch.title_column) {
            self.notes.push(format!("title column: '{}'", self.names[title]));
        }
        self.group = batch.group_by.as_deref().map(|wanted| find(&self.names, wanted)).transpose()?;
        Ok(())
    }

    /// Chooses the layout and writes the header.
    fn choose_layout(
        &mut self,
        batch: &Batch,
        (format, target): (Format, Option<FileName>),
        header: Option<Vec<u8>>,
        sample: &Sample,
    ) -> Result<(), Error> {
        let wanted = batch.output_format.or(target.and_then(|target| target.format)).unwrap_or(format);
        let all: Vec<usize> = (0..self.names.len()).collect();
        let keep = if batch.only { find_all(&self.names, &batch.id_columns)? } else { all };
        // Only the first object counts: a later one with such a field is rejected by itself.
        let spliced = self.records == RecordFormat::Lines && wanted == Format::JsonLines;
        let figures_for = if spliced { sample.first } else { self.names.len() };
        let mut given = keep.iter().filter(|&&at| at < figures_for).map(|&at| &self.names[at]);
        if let Some(taken) = given.find(|name| self.is_output_column(name)) {
            return Err(Error::new(ErrorKind::Input, format!("the input already has a column '{taken}'"))
                .hint("rename it, or drop it with --only or --columns"));
        }
        if wanted == Format::JsonLines {
            if batch.excel {
                return Err(Error::new(ErrorKind::Input, "--excel is for CSV and TSV"));
            }
            self.line_end = b"\n";
            self.layout = if self.records == RecordFormat::Lines && !batch.only {
                Layout::Splice
            } else {
                let keys = self.keys(&keep);
                Layout::Members { keep, keys }
            };
            return Ok(());
        }
        let delimiter = match (wanted, self.records, target.and_then(|target| target.delimiter)) {
            (Format::Tsv, _, _) => b'\t',
            (_, _, Some(delimiter)) => delimiter,
            (Format::Csv, RecordFormat::Delimited(own), _) if own != b'\t' => own,
            _ => b',',
        };
        if batch.excel {
            self.header.extend_from_slice("\u{feff}".as_bytes());
        }
        if self.records == RecordFormat::Delimited(delimiter) && !batch.only {
            self.layout = Layout::Append { delimiter };
        } else {
            self.layout = Layout::Fields { delimiter, keep: keep.clone() };
        }
        if !batch.headers {
            return Ok(());
        }
        if let (Layout::Append { .. }, Some(header)) = (&self.layout, header) {
            self.header.extend_from_slice(&header);
            self.header.push(delimiter);
        } else {
            for at in keep {
                write_field(&mut self.header, &self.names[at], delimiter);
                self.header.push(delimiter);
            }
        }
        let ours: Vec<_> = self.columns.iter().map(|column| column.name()).collect();
        self.header.extend_from_slice(ours.join(&*char::from(delimiter).to_string()).as_bytes());
        self.header.extend_from_slice(self.line_end);
        Ok(())
    }

    /// The position of the first row, after `bom_length` bytes of a byte order mark.
    pub(crate) fn first_row(&self, bom_length: u64) -> Position {
        Position {
            rows: 0,
            lines: self.records.lines(&self.header_bytes),
            bytes: bom_length + self.charset.source_length(&self.header_bytes),
        }
    }

    /// Whether a column of this name is added.
    pub(crate) fn is_output_column(&self, name: &str) -> bool {
        name.starts_with("rolecall_") && self.columns.iter().any(|column| column.name() == name)
    }

    /// The keys of the members; a name that occurs twice is numbered.
    fn keys(&mut self, keep: &[usize]) -> Vec<Vec<u8>> {
        let (mut used, mut keys) = (HashSet::new(), Vec::with_capacity(keep.len()));
        for &at in keep {
            let name = if self.names[at].is_empty() { format!("column_{}", at + 1) } else { self.names[at].clone() };
            let (mut key, mut number) = (name.clone(), 1);
            while used.contains(&key) || self.is_output_column(&key) {
                number += 1;
                key = format!("{name}_{number}");
            }
            if key != self.names[at] {
                self.notes.push(format!("column {} is named '{key}' in the output", at + 1));
            }
            let mut written = Vec::new();
            write_string(&mut written, &key);
            written.push(b':');
            keys.push(written);
            used.insert(key);
        }
        keys
    }
}

fn record_format(
    batch: &Batch,
    format: Format,
    named: Option<FileName>,
    beginning: &[u8],
    notes: &mut Vec<String>,
) -> RecordFormat {
    let given = batch.delimiter.or(named.and_then(|named| named.delimiter));
    match (format, given) {
        (Format::JsonLines, _) => RecordFormat::Lines,
        (_, Some(delimiter)) => RecordFormat::Delimited(delimiter),
        (Format::Tsv, None) => RecordFormat::Delimited(b'\t'),
        (Format::Csv, None) => {
            let delimiter = detect_delimiter(beginning);
            if delimiter != b',' {
                notes.push(format!("delimiter: {}", delimiter_name(delimiter)));
            }
            RecordFormat::Delimited(delimiter)
        }
    }
}
