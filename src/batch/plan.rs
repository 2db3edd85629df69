//! What is decided before the first row: columns and the layout of the output.

use std::collections::{HashMap, HashSet};

use super::Batch;
use super::grouping::Grouping;
use super::output::column::Column;
use super::output::rejects::Offset;
use crate::error::{Error, ErrorKind};
use crate::read::charset::Charset;
use crate::table::Table;
use crate::table::columns::find_all;
use crate::table::dialect::Dialect;
use crate::table::fields::write_field;
use crate::table::format::{Compression, FileName, Format};
use crate::table::json::write_string;
use crate::table::records::RecordFormat;

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
    /// Whether the lines of the input are unknown, because it was converted.
    pub converted: bool,
    /// Maximum memory of the rows in progress, in bytes.
    pub max_memory: usize,
    /// The record of the header, to recognize a repeated one; empty if no row can be a header.
    pub header_record: Vec<u8>,
    /// The input's columns; for objects, those in the sample, then fields of nested objects.
    pub names: Vec<String>,
    /// Number of columns, without nested fields.
    pub width: usize,
    pub text: Vec<usize>,
    pub title: Option<usize>,
    pub group: Option<Grouping>,
    pub layout: Layout,
    pub columns: Vec<Column>,
    /// Maximum number of phrases per role in the evidence.
    pub phrases: usize,
    /// The line end of the output.
    pub line_end: &'static [u8],
    /// The header of the output.
    pub header: Vec<u8>,
    pub gzip: bool,
    /// Whether rows are written as the items of a JSON array.
    pub array: bool,
    pub report: bool,
    /// Estimate of the bytes that are added to a row: by new columns and, in JSON, by keys.
    pub added_bytes: usize,
    /// Messages on what was detected.
    pub notes: Vec<String>,
    /// What is before the first row.
    pub start: Offset,
}

/// Estimate of the bytes of a row's added columns. Phrases of evidence may be as long as the text,
/// for which other memory is reserved.
const ADDED_COLUMNS: usize = 2000;

impl Plan {
    /// Makes the plan for a table.
    pub(crate) fn new(batch: &Batch, table: &Table<'_>, target: Option<FileName>) -> Result<Self, Error> {
        if batch.columns.is_empty() {
            return Err(Error::new(ErrorKind::Input, "no output columns"));
        }
        let names = table.names.clone();
        let wanted = if names.is_empty() { &[][..] } else { &batch.group_by };
        let mut plan = Self {
            charset: table.charset,
            records: table.records,
            converted: table.converted,
            max_memory: table.max_memory,
            header_record: table.header_record.clone(),
            width: table.width,
            group: Grouping::find(table, wanted, batch.period.filter(|_| !names.is_empty()))?,
            names,
            text: table.text.clone(),
            title: table.title,
            layout: Layout::Splice,
            columns: batch.columns.clone(),
            phrases: batch.classifier.options().phrases,
            line_end: table.line_end,
            header: Vec::new(),
            gzip: target.is_some_and(|target| target.compression == Compression::Gzip),
            array: false,
            report: batch.report,
            added_bytes: 0,
            notes: table.notes.clone(),
            start: Offset {
                rows: 0,
                lines: table.records.lines(&table.header_bytes),
                bytes: table.bom_length + table.charset.source_length(&table.header_bytes),
            },
        };
        plan.choose_layout(batch, table, target)?;
        plan.added_bytes = ADDED_COLUMNS
            + match &plan.layout {
                Layout::Append { .. } | Layout::Splice => 0,
                // One delimiter each.
                Layout::Fields { keep, .. } => keep.len(),
                Layout::Members { keys, .. } => keys.iter().map(|key| key.len() + 4).sum(),
            };
        Ok(plan)
    }

    /// Chooses the layout and writes the header.
    fn choose_layout(&mut self, batch: &Batch, table: &Table<'_>, target: Option<FileName>) -> Result<(), Error> {
        let wanted = batch.output_format.or(target.and_then(|target| target.format)).unwrap_or(table.format);
        if let Some(format) = target.and_then(|target| target.read_only) {
            return Err(Error::new(ErrorKind::Input, format!("output cannot be written as {format}"))
                .hint("give the output a name in .csv, .tsv, .jsonl or .json"));
        }
        let is_json = |format| matches!(format, Format::JsonLines | Format::Json);
        let keep =
            if batch.only { find_all(&self.names, &batch.id_columns, &|_| 0)? } else { (0..self.width).collect() };
        // Objects may differ in their fields. Those of the first are checked here; a later row with such
        // a field is rejected.
        let spliced = self.records == RecordFormat::Lines && is_json(wanted);
        let checked = if spliced { table.sample.first_width } else { self.width };
        let mut given = keep.iter().filter(|&&at| at < checked).map(|&at| &self.names[at]);
        if let Some(taken) = given.find(|name| self.is_output_column(name)) {
            return Err(Error::new(ErrorKind::Input, format!("the input already has a column '{taken}'"))
                .hint("rename it, drop it with --only, or leave the added one out with --columns"));
        }
        if is_json(wanted) {
            let wrong = [(batch.excel, "--excel"), (batch.output_delimiter.is_some(), "--output-delimiter")];
            if let Some((_, option)) = wrong.into_iter().find(|(given, _)| *given) {
                return Err(Error::new(ErrorKind::Input, format!("{option} is for CSV and TSV")));
            }
            self.array = wanted == Format::Json;
            if self.array {
                self.header.push(b'[');
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
        let named = target.and_then(|target| target.delimiter);
        let delimiter = match (batch.output_delimiter, wanted, named, self.records) {
            (Some(delimiter), ..) => delimiter,
            (_, Format::Tsv, ..) => b'\t',
            (_, _, Some(delimiter), _) => delimiter,
            (.., RecordFormat::Delimited(own)) if own.delimiter != b'\t' => own.delimiter,
            _ => b',',
        };
        if batch.excel {
            self.header.extend_from_slice("\u{feff}".as_bytes());
        }
        // Records with other quoting or escapes are not copied but written anew.
        if self.records == RecordFormat::Delimited(Dialect::new(delimiter)) && !batch.only {
            self.layout = Layout::Append { delimiter };
        } else {
            self.layout = Layout::Fields { delimiter, keep: keep.clone() };
        }
        if !batch.table.headers {
            return Ok(());
        }
        if let (Layout::Append { .. }, Some(header)) = (&self.layout, &table.header) {
            self.header.extend_from_slice(header.as_bytes());
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

    /// Whether a column of this name is added.
    pub(crate) fn is_output_column(&self, name: &str) -> bool {
        name.starts_with("rolecall_") && self.columns.iter().any(|column| column.name() == name)
    }

    /// The keys of the members as JSON; a repeated name gets a number.
    fn keys(&mut self, keep: &[usize]) -> Vec<Vec<u8>> {
        let (mut used, mut keys) = (HashSet::new(), Vec::with_capacity(keep.len()));
        // The last number given to each name, so that numbering many equal names takes linear time.
        let mut numbers: HashMap<String, usize> = HashMap::new();
        for &at in keep {
            let name = if self.names[at].is_empty() { format!("column_{}", at + 1) } else { self.names[at].clone() };
            let mut key = name.clone();
            let number = numbers.entry(name.clone()).or_insert(1);
            while used.contains(&key) || self.is_output_column(&key) {
                *number += 1;
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
