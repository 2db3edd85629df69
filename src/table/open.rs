//! Opens a table: format, header and a sample of its rows.

use std::collections::HashMap;
use std::io::{Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::TableOptions;
use super::columns::{find, find_all};
use super::dialect::{self, Dialect};
use super::format::{FileName, Format, delimiter_name};
use super::guess::{Guess, guess_text, guess_title};
use super::json_array::Items;
use super::json_document::{self, Shape};
use super::reader::{Header, Reader};
use super::records::{Next, RecordFormat};
use super::sample::Sample;
use super::source::{self, SAMPLE, read_whole};
use crate::error::{Error, ErrorKind};
use crate::read::charset::Charset;

/// A table whose first row is the next to be read.
pub(crate) struct Table<'a> {
    pub reader: Reader<'a>,
    pub charset: Charset,
    pub format: Format,
    pub records: RecordFormat,
    /// Whether the rows were converted, so that their lines are not those of the input.
    pub converted: bool,
    /// The columns; for objects, those in the sample, then fields of nested objects.
    pub names: Vec<String>,
    /// Number of columns, without nested fields.
    pub width: usize,
    pub sample: Sample,
    /// The columns of the posting's text.
    pub text: Vec<usize>,
    pub title: Option<usize>,
    /// The header as it stands in the input.
    pub header: Option<String>,
    /// The record of the header, to recognize a repeated one; empty if no row can be a header.
    pub header_record: Vec<u8>,
    /// All bytes before the first row, after the byte order mark.
    pub header_bytes: Vec<u8>,
    /// Length of the byte order mark.
    pub bom_length: u64,
    /// The line end of the header.
    pub line_end: &'static [u8],
    /// Messages on what was detected.
    pub notes: Vec<String>,
    /// Bytes read so far, before decompression.
    pub bytes_read: Arc<AtomicU64>,
    /// Maximum memory of the rows in progress in bytes; where rows are held, their maximum length in total.
    pub max_memory: usize,
}

impl<'a> Table<'a> {
    /// Opens a table; `named` is what its file name says of it.
    pub(crate) fn open(
        bytes: impl Read + Send + 'a,
        named: Option<FileName>,
        options: &TableOptions,
    ) -> Result<Self, Error> {
        let input = source::open(bytes, options)?;
        // Reading what is converted takes half of the memory.
        let max_memory = options.max_memory_bytes / if input.converted.is_some() { 2 } else { 1 };
        let row_limit = options.row_limit(max_memory);
        let reader = Reader::new(input.bytes, RecordFormat::Lines, row_limit);
        let mut table = Self {
            reader,
            charset: input.charset,
            format: Format::Csv,
            records: RecordFormat::Lines,
            converted: input.converted.is_some(),
            names: Vec::new(),
            width: 0,
            sample: Sample::default(),
            text: Vec::new(),
            title: None,
            header: None,
            header_record: Vec::new(),
            header_bytes: Vec::new(),
            bom_length: input.bom_length,
            line_end: b"\n",
            notes: input.notes,
            bytes_read: input.bytes_read,
            max_memory,
        };
        for _ in 0..options.skip_lines {
            let line = table.reader.line()?;
            table.header_bytes.extend_from_slice(&line);
        }
        let beginning = table.reader.peek(SAMPLE)?;
        let format = input.converted.or(options.format).or(named.and_then(|named| named.format));
        table.format = format.unwrap_or_else(|| detect_format(beginning));
        match table.format {
            Format::Csv | Format::Tsv => {
                let dialect = table.dialect(options, named)?;
                table.records = RecordFormat::Delimited(dialect);
                table.reader.set_format(table.records);
                table.read_header(options, dialect)?;
            }
            Format::JsonLines | Format::Json => table.find_rows(options)?,
        }
        let read_as = (table.records, table.charset);
        table.sample = Sample::read(&mut table.reader, read_as, row_limit, &mut table.names)?;
        table.width = table.names.len();
        table.reader.set_width(table.width);
        table.names.extend(table.sample.nested.iter().cloned());
        table.choose_columns(options)?;
        Ok(table)
    }

    /// How the fields are delimited.
    fn dialect(&mut self, options: &TableOptions, named: Option<FileName>) -> Result<Dialect, Error> {
        let beginning = self.reader.peek(SAMPLE)?;
        let mut given = options.delimiter;
        if let Some(delimiter) = dialect::separator_line(beginning) {
            given = given.or(Some(delimiter));
            let line = self.reader.line()?;
            self.header_bytes.extend_from_slice(&line);
        }
        let beginning = self.reader.peek(SAMPLE)?;
        let given = given.or(named.filter(|_| !self.converted).and_then(|named| named.delimiter));
        let delimiter = match (self.format, given) {
            (_, Some(delimiter)) => delimiter,
            (Format::Tsv, None) => b'\t',
            _ => {
                let delimiter = dialect::detect_delimiter(beginning);
                if delimiter != b',' {
                    self.notes.push(format!("delimiter: {}", delimiter_name(delimiter)));
                }
                delimiter
            }
        };
        let mut dialect = Dialect { delimiter, quoting: options.quoting.unwrap_or(true), escape: options.escape };
        if options.quoting.is_none() && delimiter == b'\t' && dialect::quotes_are_text(beginning, delimiter) {
            dialect.quoting = false;
            self.notes.push("quotes are read as text; --quoting reads them as quotes around fields".to_owned());
        }
        self.notes.extend(dialect::hint(beginning, dialect));
        Ok(dialect)
    }

    /// Finds the rows of a JSON text: lines, the items of an array, or a list inside an
    /// object.
    fn find_rows(&mut self, options: &TableOptions) -> Result<(), Error> {
        let beginning = self.reader.peek(SAMPLE)?;
        let complete = beginning.len() < SAMPLE;
        let shape = match (json_document::shape(beginning, complete), self.format, options.format) {
            // The first bytes do not say, but the name does.
            (Shape::Document, Format::JsonLines, _) | (_, _, Some(Format::JsonLines)) => Shape::Lines,
            (shape, ..) => shape,
        };
        self.format = if shape == Shape::Lines { Format::JsonLines } else { Format::Json };
        match shape {
            Shape::Lines => {}
            Shape::Array => {
                self.converted = true;
                let items = Items::new(self.reader.take_rest(), options.row_limit(self.max_memory));
                self.reader.replace_rest(Box::new(items));
            }
            Shape::Document => {
                self.converted = true;
                self.max_memory = options.max_memory_bytes / 2;
                let document = read_whole(self.reader.take_rest(), options.max_memory_bytes / 4)?;
                let text = self.charset.decode(&document);
                self.charset = Charset::Utf8;
                let (lines, place) = json_document::rows(&text)
                    .map_err(|error| Error::new(ErrorKind::Input, format!("is not JSON: {error}")).cause(error))?;
                if place.is_none() {
                    self.format = Format::JsonLines;
                }
                self.notes.extend(place.map(|place| format!("rows: {place}")));
                self.reader.replace_rest(Box::new(Cursor::new(lines)));
            }
        }
        Ok(())
    }

    /// Reads the header of a table, or counts its columns.
    fn read_header(&mut self, options: &TableOptions, dialect: Dialect) -> Result<(), Error> {
        let beginning = self.reader.peek(SAMPLE)?;
        let mut ranges = Vec::new();
        if let Next::Record { end, next } = self.records.next(beginning, 0, true) {
            if beginning[end..next] == *b"\r\n" {
                self.line_end = b"\r\n";
            }
            dialect.fields(&beginning[..end], &mut ranges);
        }
        if !options.headers {
            self.names = (1..=ranges.len()).map(|number| format!("column_{number}")).collect();
            return Ok(());
        }
        let Some(Header { record, bytes }) = self.reader.header()? else {
            return Err(Error::new(ErrorKind::Input, "is empty: there is no header"));
        };
        if std::str::from_utf8(&record).is_err() && self.charset == Charset::Utf8 {
            return Err(
                Error::new(ErrorKind::Input, "the header is not UTF-8").hint("give its encoding with --encoding")
            );
        }
        let text = self.charset.decode(&record);
        dialect.fields(text.as_bytes(), &mut ranges);
        let name = |&(from, to): &(usize, usize)| dialect.value(&text[from..to], &mut String::new()).to_owned();
        self.names = ranges.iter().map(name).collect();
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for name in &self.names {
            *counts.entry(name).or_default() += 1;
        }
        for name in self.names.iter().filter(|name| !name.is_empty()) {
            // Removed, so that the note is given once per name.
            if let Some(count) = counts.remove(name.as_str()).filter(|count| *count > 1) {
                self.notes.push(format!("{count} columns are named '{name}'"));
            }
        }
        self.header_bytes.extend_from_slice(&bytes);
        self.header = Some(text);
        // With a single column, a row may be the same as the header.
        if self.names.len() > 1 {
            self.header_record = record;
        }
        Ok(())
    }

    /// Chooses the columns of text and title.
    fn choose_columns(&mut self, options: &TableOptions) -> Result<(), Error> {
        // Without objects there are no columns.
        if self.names.is_empty() {
            return Ok(());
        }
        let filled = |at: usize| self.sample.columns.get(at).map_or(0, |column| column.bytes);
        self.text = find_all(&self.names, &options.text_columns, &filled)?;
        if self.text.is_empty()
            && let Some(guess) = guess_text(&self.names, &self.sample)
        {
            self.notes.push(self.text_note(&guess));
            self.text = guess.columns;
        }
        self.title = match &options.title_column {
            Some(wanted) => Some(find(&self.names, wanted, &filled)?),
            None => guess_title(&self.names, &self.sample, &self.text),
        };
        if let (Some(title), None) = (self.title, &options.title_column) {
            self.notes.push(format!("title column: {}", self.column(title)));
        }
        Ok(())
    }

    /// A column in messages: its name, and its number if another has the same name.
    fn column(&self, at: usize) -> String {
        let name = &self.names[at];
        match self.names.iter().filter(|other| *other == name).count() {
            1 => format!("'{name}'"),
            _ => format!("'{name}' (column {})", at + 1),
        }
    }

    fn text_note(&self, guess: &Guess) -> String {
        let names: Vec<_> = guess.columns.iter().map(|&at| self.column(at)).collect();
        match (&names[..], guess.average_length) {
            ([name], None) => format!("text column: {name}"),
            ([name], Some(length)) => {
                format!("text column: {name}, the longest ({length} bytes on average); --text-column selects another")
            }
            _ => format!("text columns, joined: {}; --text-column selects others", names.join(", ")),
        }
    }
}

/// Detects the format of the decoded beginning of a table.
fn detect_format(sample: &[u8]) -> Format {
    match sample.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{' | b'[') => Format::Json,
        _ if dialect::separator_line(sample).is_some() => Format::Csv,
        _ if dialect::detect_delimiter(sample) == b'\t' => Format::Tsv,
        _ => Format::Csv,
    }
}
