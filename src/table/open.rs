//! Opens a table: format, header and a sample of its rows.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::TableOptions;
use super::columns::{Guess, find, find_all, guess_text, guess_title};
use super::format::{FileName, Format, delimiter_name, detect_delimiter, detect_format};
use super::reader::{Header, Reader};
use super::records::{Next, RecordFormat, fields, unquote};
use super::sample::Sample;
use super::source::{self, SAMPLE};
use crate::error::{Error, ErrorKind};
use crate::read::charset::Charset;

/// A table whose first row is the next to be read.
pub(crate) struct Table<'a> {
    pub reader: Reader<'a>,
    pub charset: Charset,
    pub format: Format,
    pub records: RecordFormat,
    /// The columns; for objects, those in the sample.
    pub names: Vec<String>,
    pub sample: Sample,
    /// The columns of the posting's text.
    pub text: Vec<usize>,
    pub title: Option<usize>,
    /// The header as it stands in the input.
    pub header: Option<String>,
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
}

impl<'a> Table<'a> {
    /// Opens a table; `named` is what its file name says.
    pub(crate) fn open(
        bytes: impl Read + Send + 'a,
        named: Option<FileName>,
        options: &TableOptions,
    ) -> Result<Self, Error> {
        let input = source::open(bytes, options.encoding.as_deref())?;
        let mut notes = Vec::new();
        if options.encoding.is_none() && input.charset != Charset::Utf8 {
            notes.push(format!("encoding: {}", input.charset.name()));
        }
        let mut reader = Reader::new(input.bytes, RecordFormat::Lines, options.max_row_bytes);
        let beginning = reader.peek(SAMPLE)?;
        let format = options.format.or(named.and_then(|named| named.format));
        let format = format.unwrap_or_else(|| detect_format(beginning));
        let records = record_format(options, format, named, beginning, &mut notes);
        reader.set_format(records);
        let mut table = Self {
            reader,
            charset: input.charset,
            format,
            records,
            names: Vec::new(),
            sample: Sample::default(),
            text: Vec::new(),
            title: None,
            header: None,
            header_bytes: Vec::new(),
            bom_length: input.bom_length,
            line_end: b"\n",
            notes,
            bytes_read: input.bytes_read,
        };
        if let RecordFormat::Delimited(delimiter) = records {
            table.read_header(options, delimiter)?;
        }
        let read_as = (records, table.charset);
        table.sample = Sample::read(&mut table.reader, read_as, options.max_row_bytes, &mut table.names)?;
        table.choose_columns(options)?;
        Ok(table)
    }

    /// Reads the header of a table, or counts its columns.
    fn read_header(&mut self, options: &TableOptions, delimiter: u8) -> Result<(), Error> {
        let first_line = self.reader.peek(SAMPLE)?;
        if let Next::Record { end, next } = self.records.next(first_line, 0, true)
            && first_line[end..next] == *b"\r\n"
        {
            self.line_end = b"\r\n";
        }
        let mut ranges = Vec::new();
        if options.headers {
            let Some(Header { record, bytes }) = self.reader.header()? else {
                return Err(Error::new(ErrorKind::Input, "is empty: there is no header"));
            };
            let text = self.charset.decode(&record);
            fields(text.as_bytes(), delimiter, &mut ranges);
            let name = |&(from, to): &(usize, usize)| unquote(&text[from..to], &mut String::new()).to_owned();
            self.names = ranges.iter().map(name).collect();
            self.header_bytes = bytes;
            if std::str::from_utf8(&record).is_err() && self.charset == Charset::Utf8 {
                return Err(
                    Error::new(ErrorKind::Input, "the header is not UTF-8").hint("give its encoding with --encoding")
                );
            }
            self.header = Some(text);
            return Ok(());
        }
        let beginning = self.reader.peek(SAMPLE)?;
        if let Next::Record { end, .. } = self.records.next(beginning, 0, true) {
            fields(&beginning[..end], delimiter, &mut ranges);
        }
        self.names = (1..=ranges.len()).map(|number| format!("column_{number}")).collect();
        Ok(())
    }

    /// Chooses the columns of text and title.
    fn choose_columns(&mut self, options: &TableOptions) -> Result<(), Error> {
        // Without any object there are no columns.
        if self.names.is_empty() {
            return Ok(());
        }
        self.text = find_all(&self.names, &options.text_columns)?;
        if self.text.is_empty()
            && let Some(guess) = guess_text(&self.names, &self.sample.averages())
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
        self.title = match &options.title_column {
            Some(wanted) => Some(find(&self.names, wanted)?),
            None => guess_title(&self.names).filter(|title| !self.text.contains(title)),
        };
        if let (Some(title), None) = (self.title, &options.title_column) {
            self.notes.push(format!("title column: '{}'", self.names[title]));
        }
        Ok(())
    }
}

fn record_format(
    options: &TableOptions,
    format: Format,
    named: Option<FileName>,
    beginning: &[u8],
    notes: &mut Vec<String>,
) -> RecordFormat {
    let given = options.delimiter.or(named.and_then(|named| named.delimiter));
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
