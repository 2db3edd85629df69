//! Classifies the rows of a block.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::grouping::Grouping;
use super::output::rejects::{Offset, Reject};
use super::plan::{Layout, Plan};
use super::report::stats::Stats;
use super::row_writer::RowWriter;
use crate::infer::{Scratch, Verdict};
use crate::table::dialect::Dialect;
use crate::table::json::{Object, at_path, push_cell, push_text};
use crate::table::reader::Content;
use crate::table::records::{Next, RecordFormat};
use crate::table::row::{RejectReason, Rejection, decode, is_empty, is_header, not_json, split, unclosed};

/// Classifies a title and a text.
pub(crate) type Classify<'a> = dyn Fn(&mut Scratch, Option<&str>, &str) -> Verdict + Sync + 'a;

/// The result of a block, besides the rows written.
#[derive(Debug, Default)]
pub(crate) struct BlockResult {
    pub stats: Stats,
    pub rejects: Vec<Reject>,
    /// Rows, lines and bytes of the input in the block.
    pub rows: u64,
    pub lines: u64,
    pub bytes: u64,
}

/// Classifies blocks; one per thread.
pub(crate) struct Worker<'a> {
    plan: &'a Plan,
    classify: &'a Classify<'a>,
    writer: RowWriter<'a>,
    scratch: Scratch,
    ranges: Vec<(usize, usize)>,
    /// The column of each name, for objects that become rows of a table.
    column_of: HashMap<&'a str, usize>,
    /// For each column, the position of its field in the object.
    cells: Vec<Option<usize>>,
    text: String,
    title: String,
    group: String,
    buffer: String,
}

/// What is classified and counted of a row.
struct RowParts<'a> {
    text: &'a str,
    title: Option<&'a str>,
    group: Option<&'a str>,
}

impl<'a> Worker<'a> {
    pub(crate) fn new(plan: &'a Plan, model: &'a str, classify: &'a Classify<'a>) -> Self {
        Self {
            plan,
            classify,
            writer: RowWriter::new(plan, model),
            scratch: Scratch::new(),
            ranges: Vec::new(),
            column_of: plan.names[..plan.width].iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect(),
            cells: vec![None; plan.width],
            text: String::new(),
            title: String::new(),
            group: String::new(),
            buffer: String::new(),
        }
    }

    /// Whether rows are compressed block by block.
    pub(crate) fn compresses(&self) -> bool {
        self.plan.gzip && !self.plan.array
    }

    /// Classifies the rows of `block` and appends them to `out`.
    pub(crate) fn block(&mut self, block: &[u8], content: Content, out: &mut Vec<u8>) -> BlockResult {
        let plan = self.plan;
        let mut result = BlockResult {
            lines: plan.records.lines(block),
            bytes: plan.charset.source_length(block),
            ..BlockResult::default()
        };
        if plan.report {
            result.stats.report = Some(Box::default());
        }
        if content != Content::Records {
            reject_block(block, content, plan.records, &mut result);
            return result;
        }
        let (mut at, mut before) = (0, Before::default());
        loop {
            let (end, next, whole) = match plan.records.next(block, at, true) {
                Next::Record { end, next } => (end, next, true),
                Next::Broken { next } => (next, next, false),
                Next::Unclosed => (block.len(), block.len(), false),
                Next::More | Next::End => break,
            };
            let record = &block[at..end];
            if is_empty(record, plan.records) {
                result.stats.empty_lines += 1;
            } else if is_header(record, &plan.header_record) {
                result.stats.repeated_headers += 1;
            } else {
                let written = out.len();
                result.rows += 1;
                let outcome = if whole { self.row(record, out, &mut result) } else { Err(unclosed()) };
                if let Err((reason, message)) = outcome {
                    out.truncate(written);
                    before.advance(plan, &block[..at]);
                    result.stats.rejects[reason as usize] += 1;
                    result.rejects.push(Reject {
                        reason,
                        message,
                        offset: Offset { rows: result.rows - 1, lines: before.lines, bytes: before.bytes },
                        raw: block[at..next].to_vec(),
                        continued: false,
                    });
                }
            }
            at = next;
        }
        result
    }

    fn row(&mut self, record: &[u8], out: &mut Vec<u8>, result: &mut BlockResult) -> Result<(), Rejection> {
        let record = decode(record, self.plan.charset)?;
        match self.plan.records {
            RecordFormat::Delimited(dialect) => self.table_row(&record, dialect, out, result),
            RecordFormat::Lines => self.object_row(&record, out, result),
        }
    }

    fn table_row(
        &mut self,
        record: &str,
        dialect: Dialect,
        out: &mut Vec<u8>,
        result: &mut BlockResult,
    ) -> Result<(), Rejection> {
        let (plan, width) = (self.plan, self.plan.width);
        let mut ranges = std::mem::take(&mut self.ranges);
        let split = split(record, dialect, width, &mut ranges);
        let outcome = split.and_then(|(record, found)| {
            if !plan.text.is_empty() && plan.text.iter().all(|&at| at >= ranges.len()) {
                let message = format!("{found} of {width} fields, without a text field");
                return Err((RejectReason::TooFewFields, message));
            }
            let field = |at: usize| ranges.get(at).map(|&(from, to)| &record[from..to]);
            let (mut text, mut title, mut group) =
                (std::mem::take(&mut self.text), std::mem::take(&mut self.title), std::mem::take(&mut self.group));
            let parts = RowParts {
                text: joined(plan.text.iter().filter_map(|&at| field(at)), dialect, &mut text, &mut self.buffer),
                title: plan.title.and_then(field).map(|raw| dialect.value(raw, &mut title)),
                group: plan.group.as_ref().map(|grouping| {
                    group.clear();
                    for (at, &(column, period)) in grouping.columns.iter().enumerate() {
                        let value = dialect.value(field(column).unwrap_or_default(), &mut self.buffer);
                        Grouping::push(&mut group, at, value, period);
                    }
                    group.as_str()
                }),
            };
            let verdict = classify(self.classify, &mut self.scratch, &parts, result);
            (self.text, self.title, self.group) = (text, title, group);
            verdict.map(|verdict| {
                result.stats.padded_rows += u64::from(found < width);
                self.writer.table_row(record, &ranges, &verdict, out);
            })
        });
        self.ranges = ranges;
        outcome
    }

    fn object_row(&mut self, record: &str, out: &mut Vec<u8>, result: &mut BlockResult) -> Result<(), Rejection> {
        let plan = self.plan;
        let object = Object::read(record).map_err(|error| not_json(&error))?;
        let name = |at: usize| plan.names[at].as_str();
        let value = |at: usize| if at < plan.width { object.get(name(at)) } else { at_path(&object, name(at)) };
        if !matches!(plan.layout, Layout::Members { .. })
            && let Some((key, _)) = object.0.iter().find(|(key, _)| plan.is_output_column(key))
        {
            return Err((RejectReason::DuplicateField, format!("already has a field '{key}'")));
        }
        if let Layout::Fields { keep, .. } = &plan.layout {
            self.place_cells(&object, keep.len() == plan.width)?;
        }
        self.text.clear();
        let mut found = false;
        for &at in &plan.text {
            let Some(raw) = value(at) else { continue };
            if found {
                self.text.push('\n');
            }
            found = true;
            if !push_text(&mut self.text, raw) {
                return Err((RejectReason::NoText, format!("'{}' is not text", name(at))));
            }
        }
        if !found {
            let names: Vec<_> = plan.text.iter().map(|&at| format!("'{}'", name(at))).collect();
            return Err((RejectReason::NoText, format!("has no field {}", names.join(" or "))));
        }
        self.title.clear();
        self.group.clear();
        let has_title = plan.title.and_then(value).is_some_and(|raw| push_text(&mut self.title, raw));
        for (at, &(column, period)) in plan.group.iter().flat_map(|grouping| &grouping.columns).enumerate() {
            self.buffer.clear();
            if let Some(raw) = value(column) {
                push_cell(&mut self.buffer, raw);
            }
            Grouping::push(&mut self.group, at, &self.buffer, period);
        }
        let parts = RowParts {
            text: &self.text,
            title: has_title.then_some(self.title.as_str()),
            group: plan.group.as_ref().map(|_| self.group.as_str()),
        };
        let verdict = classify(self.classify, &mut self.scratch, &parts, result)?;
        self.writer.object_row(record, &object, &self.cells, &verdict, out);
        Ok(())
    }

    /// Finds the field of an object for each column. A field without a column is an error if `all`
    /// columns are written, because it would be lost.
    fn place_cells(&mut self, object: &Object<'_>, all: bool) -> Result<(), Rejection> {
        self.cells.fill(None);
        for (position, (key, _)) in object.0.iter().enumerate() {
            let Some(&at) = self.column_of.get(key.as_ref()) else {
                if all {
                    let message = format!("'{key}' is not a column; the columns are those of the first rows");
                    return Err((RejectReason::UnexpectedField, message));
                }
                continue;
            };
            if self.cells[at].replace(position).is_some() {
                return Err((RejectReason::DuplicateField, format!("field '{key}' occurs twice")));
            }
        }
        Ok(())
    }
}

/// Classifies a row and counts it. A panic rejects the row and does not end the run.
fn classify(
    classify: &Classify<'_>,
    scratch: &mut Scratch,
    parts: &RowParts<'_>,
    result: &mut BlockResult,
) -> Result<Verdict, Rejection> {
    let verdict = catch_unwind(AssertUnwindSafe(|| classify(scratch, parts.title, parts.text)));
    if let Ok(verdict) = verdict {
        result.stats.count(&verdict, result.rows, parts.group);
        return Ok(verdict);
    }
    *scratch = Scratch::new();
    Err((RejectReason::Defect, "classifying this row failed; please report it".to_owned()))
}

/// Lines and bytes before a row in its block; advanced as rows are rejected.
#[derive(Default)]
struct Before {
    counted: usize,
    lines: u64,
    bytes: u64,
}

impl Before {
    fn advance(&mut self, plan: &Plan, before: &[u8]) {
        let more = &before[self.counted..];
        self.lines += plan.records.lines(more);
        self.bytes += plan.charset.source_length(more);
        self.counted = before.len();
    }
}

/// Joins the values of several fields by newlines.
fn joined<'a>(
    mut raw: impl Iterator<Item = &'a str>,
    dialect: Dialect,
    text: &'a mut String,
    buffer: &mut String,
) -> &'a str {
    let Some(first) = raw.next() else { return "" };
    let Some(second) = raw.next() else { return dialect.value(first, text) };
    text.clear();
    text.push_str(dialect.value(first, buffer));
    for raw in std::iter::once(second).chain(raw) {
        text.push('\n');
        text.push_str(dialect.value(raw, buffer));
    }
    text
}

/// Rejects a block that is one unterminated line or a piece of a row that is too long.
fn reject_block(block: &[u8], content: Content, records: RecordFormat, result: &mut BlockResult) {
    let (reason, message, continued) = match (content, records) {
        (Content::Unterminated, RecordFormat::Delimited(_)) => {
            (RejectReason::UnclosedQuote, "a quote is never closed; reading continues with the next line", false)
        }
        (Content::Oversized { first: false }, _) => (RejectReason::TooLong, "continues the row before", true),
        _ => (RejectReason::TooLong, "longer than the maximum", false),
    };
    if !continued {
        result.rows = 1;
        result.stats.rejects[reason as usize] += 1;
    }
    result.rejects.push(Reject {
        reason,
        message: message.to_owned(),
        offset: Offset::default(),
        raw: block.to_vec(),
        continued,
    });
}

#[cfg(test)]
mod tests {
    use super::super::Batch;
    use super::*;
    use crate::table::Table;

    #[test]
    fn a_panic_rejects_its_row_and_no_other() {
        let text = b"id,text\n1,fine\n2,boom\n3,fine\n";
        let classifier = crate::Classifier::builtin().unwrap();
        let batch = Batch::new(classifier.clone());
        let table = Table::open(&text[..], None, &batch.table).unwrap();
        let plan = Plan::new(&batch, &table, None).unwrap();
        let mut reader = table.reader;
        let classify = |scratch: &mut Scratch, title: Option<&str>, text: &str| {
            assert!(text != "boom", "a panic that this test needs");
            classifier.classify_with(scratch, title, text)
        };
        let mut worker = Worker::new(&plan, "m", &classify);
        let (mut block, mut out) = (Vec::new(), Vec::new());
        let content = reader.block(&mut block).unwrap().unwrap();
        let result = worker.block(&block, content, &mut out);
        let out = String::from_utf8(out).unwrap();
        assert_eq!(out.lines().map(|line| &line[..6]).collect::<Vec<_>>(), ["1,fine", "3,fine"]);
        assert_eq!((result.rows, result.stats.rows(), result.stats.rejects()), (3, 2, 1));
        assert_eq!((result.lines, result.bytes), (3, 21));
        let reject = &result.rejects[0];
        assert_eq!((reject.reason, reject.raw.as_slice()), (RejectReason::Defect, &b"2,boom\n"[..]));
    }
}
