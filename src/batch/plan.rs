//! All that is decided before the first row: formats, columns, how rows are written.

use std::collections::HashSet;

use super::columns::{Guess, find, find_all, guess_text, guess_title};
use super::encoding::Charset;
use super::fields::Column;
use super::format::{Format, Named, delimiter_name, sniff_delimiter, sniff_format};
use super::input::SAMPLE;
use super::json::{Object, push_text};
use super::reader::{Header, Reader};
use super::scan::{Found, Shape, fields, unquote, write_field};
use super::{Batch, json};
use crate::error::{Error, ErrorKind};

/// How a row is written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Layout {
    /// The record as it came, our fields behind it.
    Append { delimiter: u8 },
    /// These input columns as fields, ours behind them.
    Fields { delimiter: u8, keep: Vec<usize> },
    /// The object as it came, our members before its closing brace.
    Splice,
    /// An object of these input columns, by their keys as JSON, and our members.
    Members { keep: Vec<usize>, keys: Vec<Vec<u8>> },
}

/// The decisions.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub charset: Charset,
    pub shape: Shape,
    /// The input's columns; of objects those of the sample.
    pub names: Vec<String>,
    pub text: Vec<usize>,
    pub title: Option<usize>,
    pub group: Option<usize>,
    pub layout: Layout,
    pub columns: Vec<Column>,
    /// The line end that rows are written with.
    pub line_end: &'static [u8],
    /// What is written before the first row.
    pub header: Vec<u8>,
    pub gzip: bool,
    pub report: bool,
    /// What the user should know: what was found out rather than given.
    pub notes: Vec<String>,
    /// The header's bytes, as records are cut from them, with blank lines before it.
    pub taken: Vec<u8>,
}

/// The beginning of the input as the columns are guessed from it.
struct Sample {
    rows: usize,
    /// Summed length of each column.
    lengths: Vec<usize>,
    /// How many names the first object gave.
    first: usize,
}

impl Plan {
    /// Looks at the beginning of the input and decides.
    pub(crate) fn make(
        batch: &Batch,
        reader: &mut Reader<'_>,
        charset: Charset,
        named: Option<Named>,
        target: Option<Named>,
    ) -> Result<Self, Error> {
        let mut notes = Vec::new();
        if batch.encoding.is_none() && charset != Charset::Utf8 {
            notes.push(format!("encoding: {}", charset.name()));
        }
        let beginning = reader.peek(SAMPLE)?;
        let format = batch.input_format.or(named.and_then(|named| named.format));
        let format = format.unwrap_or_else(|| sniff_format(beginning));
        let shape = shape(batch, format, named, beginning, &mut notes);
        reader.set_shape(shape);
        let mut plan = Self {
            charset,
            shape,
            names: Vec::new(),
            text: Vec::new(),
            title: None,
            group: None,
            layout: Layout::Splice,
            columns: batch.columns.clone(),
            line_end: b"\n",
            header: Vec::new(),
            gzip: target.is_some_and(|target| target.packing == super::format::Packing::Gzip),
            report: batch.report,
            notes,
            taken: Vec::new(),
        };
        if plan.columns.is_empty() {
            return Err(Error::new(ErrorKind::Input, "no output column is asked for"));
        }
        let header = if let Shape::Delimited(delimiter) = shape { plan.table(batch, reader, delimiter)? } else { None };
        let sample = plan.sample(batch, reader)?;
        plan.choose(batch, &sample)?;
        plan.lay_out(batch, (format, target), header, &sample)?;
        Ok(plan)
    }

    /// Reads the header of a table, or counts its columns; gives the header as it came.
    fn table(&mut self, batch: &Batch, reader: &mut Reader<'_>, delimiter: u8) -> Result<Option<Vec<u8>>, Error> {
        let first_line = reader.peek(SAMPLE)?;
        if let Found::Record { end, next } = self.shape.record(first_line, 0, true)
            && first_line[end..next] == *b"\r\n"
        {
            self.line_end = b"\r\n";
        }
        let mut ranges = Vec::new();
        if batch.headers {
            let Some(Header { record, taken }) = reader.header()? else {
                return Err(Error::new(ErrorKind::Input, "is empty: there is no header"));
            };
            let text = self.decode(&record);
            fields(text.as_bytes(), delimiter, &mut ranges);
            let name = |&(from, to): &(usize, usize)| unquote(&text[from..to], &mut String::new()).to_owned();
            self.names = ranges.iter().map(name).collect();
            self.taken = taken;
            if std::str::from_utf8(&record).is_err() && self.charset == Charset::Utf8 {
                return Err(Error::new(ErrorKind::Input, "the header is not UTF-8")
                    .hint("say which encoding it is with --encoding"));
            }
            return Ok(Some(text.into_bytes()));
        }
        let beginning = reader.peek(SAMPLE)?;
        if let Found::Record { end, .. } = self.shape.record(beginning, 0, true) {
            fields(&beginning[..end], delimiter, &mut ranges);
        }
        self.names = (1..=ranges.len()).map(|number| format!("column_{number}")).collect();
        Ok(None)
    }

    /// A record as text, for looking at.
    fn decode(&self, record: &[u8]) -> String {
        match self.charset {
            Charset::SingleByte(encoding) => encoding.decode_without_bom_handling(record).0.into_owned(),
            _ => String::from_utf8_lossy(record).into_owned(),
        }
    }

    /// Reads the first rows: how long the columns are and, of objects, what they are
    /// called.
    fn sample(&mut self, batch: &Batch, reader: &mut Reader<'_>) -> Result<Sample, Error> {
        let mut length = SAMPLE;
        // At least one whole row, however long.
        let bytes = loop {
            let bytes = reader.peek(length)?;
            if bytes.len() < length || matches!(self.shape.record(bytes, 0, false), Found::Record { .. }) {
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
            let Found::Record { end, next } = self.shape.record(&bytes, at, last) else { break };
            let text = self.decode(&bytes[at..end]);
            at = next;
            if text.trim().is_empty() {
                continue;
            }
            sample.rows += 1;
            match self.shape {
                Shape::Delimited(delimiter) => {
                    fields(text.as_bytes(), delimiter, &mut ranges);
                    for (sum, &(from, to)) in sample.lengths.iter_mut().zip(&ranges) {
                        *sum += to - from;
                    }
                }
                Shape::Lines => {
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
        if sample.rows == 0 && bytes.len() > batch.max_row_bytes && self.shape == Shape::Lines {
            return Err(Error::new(ErrorKind::Input, "the first row is longer than rows may be"));
        }
        if self.shape == Shape::Lines && self.names.is_empty() && sample.rows > 0 {
            let array = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
            let error = Error::new(ErrorKind::Input, "is not JSON Lines: no line is a JSON object with fields");
            return Err(if array { error.hint("a JSON array becomes JSON Lines with: jq -c '.[]'") } else { error });
        }
        Ok(sample)
    }

    /// Finds the columns of text, title and group.
    fn choose(&mut self, batch: &Batch, sample: &Sample) -> Result<(), Error> {
        // Without a single object nothing is known of the columns, nor needed.
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
                        "text column: '{name}', the longest ({length} bytes on average); --text-column picks another"
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

    /// Decides how rows are written, and writes the header.
    fn lay_out(
        &mut self,
        batch: &Batch,
        (format, target): (Format, Option<Named>),
        header: Option<Vec<u8>>,
        sample: &Sample,
    ) -> Result<(), Error> {
        let wanted = batch.output_format.or(target.and_then(|target| target.format)).unwrap_or(format);
        let all: Vec<usize> = (0..self.names.len()).collect();
        let keep = if batch.only { find_all(&self.names, &batch.id_columns)? } else { all };
        // An object that has our fields though the first has none is set aside by itself.
        let spliced = self.shape == Shape::Lines && wanted == Format::JsonLines;
        let known = if spliced { sample.first } else { self.names.len() };
        let mut given = keep.iter().filter(|&&at| at < known).map(|&at| &self.names[at]);
        if let Some(taken) = given.find(|name| self.is_ours(name)) {
            return Err(Error::new(ErrorKind::Input, format!("the input has a column '{taken}' already"))
                .hint("rename it, or leave it out with --only or --columns"));
        }
        if wanted == Format::JsonLines {
            if batch.excel {
                return Err(Error::new(ErrorKind::Input, "--excel is for CSV and TSV"));
            }
            self.line_end = b"\n";
            self.layout = if self.shape == Shape::Lines && !batch.only {
                Layout::Splice
            } else {
                let keys = self.keys(&keep);
                Layout::Members { keep, keys }
            };
            return Ok(());
        }
        let delimiter = match (wanted, self.shape, target.and_then(|target| target.delimiter)) {
            (Format::Tsv, _, _) => b'\t',
            (_, _, Some(delimiter)) => delimiter,
            (Format::Csv, Shape::Delimited(own), _) if own != b'\t' => own,
            _ => b',',
        };
        if batch.excel {
            self.header.extend_from_slice("\u{feff}".as_bytes());
        }
        if self.shape == Shape::Delimited(delimiter) && !batch.only {
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

    /// Whether a name is that of a column we write.
    pub(crate) fn is_ours(&self, name: &str) -> bool {
        name.starts_with("rolecall_") && self.columns.iter().any(|column| column.name() == name)
    }

    /// The keys of an object made from columns; a name that comes twice is numbered.
    fn keys(&mut self, keep: &[usize]) -> Vec<Vec<u8>> {
        let (mut used, mut keys) = (HashSet::new(), Vec::with_capacity(keep.len()));
        for &at in keep {
            let name = if self.names[at].is_empty() { format!("column_{}", at + 1) } else { self.names[at].clone() };
            let (mut key, mut number) = (name.clone(), 1);
            while used.contains(&key) || self.is_ours(&key) {
                number += 1;
                key = format!("{name}_{number}");
            }
            if key != self.names[at] {
                self.notes.push(format!("column {} is called '{key}' in the output", at + 1));
            }
            let mut written = Vec::new();
            json::write_string(&mut written, &key);
            written.push(b':');
            keys.push(written);
            used.insert(key);
        }
        keys
    }
}

fn shape(batch: &Batch, format: Format, named: Option<Named>, beginning: &[u8], notes: &mut Vec<String>) -> Shape {
    let given = batch.delimiter.or(named.and_then(|named| named.delimiter));
    match (format, given) {
        (Format::JsonLines, _) => Shape::Lines,
        (_, Some(delimiter)) => Shape::Delimited(delimiter),
        (Format::Tsv, None) => Shape::Delimited(b'\t'),
        (Format::Csv, None) => {
            let delimiter = sniff_delimiter(beginning);
            if delimiter != b',' {
                notes.push(format!("delimiter: {}", delimiter_name(delimiter)));
            }
            Shape::Delimited(delimiter)
        }
    }
}
