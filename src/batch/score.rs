//! Scores the rows of a block.

use std::borrow::Cow;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::encoding::Charset;
use super::fields::{write_delimited, write_members};
use super::json::{Object, push_cell, push_text, write_string};
use super::plan::{Layout, Plan};
use super::reader::Content;
use super::reject::{Reject, RejectReason};
use super::scan::{Found, Shape, fields, unquote, write_field};
use super::tally::{Details, Tally};
use crate::infer::{Scratch, Verdict};

/// Judges a title and a posting.
pub(crate) type Judge<'a> = dyn Fn(&mut Scratch, Option<&str>, &str) -> Verdict + Sync + 'a;

/// What came of a block, besides the rows written.
#[derive(Debug, Default)]
pub(crate) struct Scored {
    pub tally: Tally,
    pub rejects: Vec<Reject>,
    /// Rows, lines and bytes of the input that the block holds.
    pub rows: u64,
    pub lines: u64,
    pub bytes: u64,
}

/// Why a row is set aside, and a line for people.
type Refusal = (RejectReason, String);

/// Scores blocks; one a thread.
pub(crate) struct Worker<'a> {
    plan: &'a Plan,
    model: &'a str,
    judge: &'a Judge<'a>,
    scratch: Scratch,
    ranges: Vec<(usize, usize)>,
    /// Where each column of an object stands in a table.
    places: HashMap<&'a str, usize>,
    cells: Vec<Option<String>>,
    text: String,
    title: String,
    group: String,
    buffer: String,
}

/// The parts of a row that scoring looks at.
struct Parts<'a> {
    text: Cow<'a, str>,
    title: Option<Cow<'a, str>>,
    group: Option<Cow<'a, str>>,
}

impl<'a> Worker<'a> {
    pub(crate) fn new(plan: &'a Plan, model: &'a str, judge: &'a Judge<'a>) -> Self {
        Self {
            plan,
            model,
            judge,
            scratch: Scratch::new(),
            ranges: Vec::new(),
            places: plan.names.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect(),
            cells: vec![None; plan.names.len()],
            text: String::new(),
            title: String::new(),
            group: String::new(),
            buffer: String::new(),
        }
    }

    /// Whether rows are packed.
    pub(crate) fn packs(&self) -> bool {
        self.plan.gzip
    }

    /// Scores the rows of `block` and appends them to `out`.
    pub(crate) fn block(&mut self, block: &[u8], content: Content, out: &mut Vec<u8>) -> Scored {
        let plan = self.plan;
        let mut scored = Scored { lines: plan.shape.lines(block), ..Scored::default() };
        scored.bytes = plan.charset.source_length(block);
        if plan.report {
            scored.tally.details = Some(Box::<Details>::default());
        }
        if content != Content::Records {
            set_aside_whole(block, content, plan.shape, &mut scored);
            return scored;
        }
        let (mut at, mut before) = (0, Before::default());
        while let Found::Record { end, next } = plan.shape.record(block, at, true) {
            let record = &block[at..end];
            if is_blank(record, plan.shape) {
                scored.tally.blank += 1;
            } else {
                let written = out.len();
                scored.rows += 1;
                if let Err((reason, message)) = self.row(record, out, &mut scored) {
                    out.truncate(written);
                    before.advance(plan, &block[..at]);
                    scored.tally.rejects[reason as usize] += 1;
                    scored.rejects.push(Reject {
                        reason,
                        message,
                        rows: scored.rows - 1,
                        lines: before.lines,
                        bytes: before.bytes,
                        raw: block[at..next].to_vec(),
                        continued: false,
                    });
                }
            }
            at = next;
        }
        scored
    }

    fn row(&mut self, record: &[u8], out: &mut Vec<u8>, scored: &mut Scored) -> Result<(), Refusal> {
        let record = match self.plan.charset {
            Charset::SingleByte(encoding) => encoding.decode_without_bom_handling(record).0,
            _ => match std::str::from_utf8(record) {
                Ok(text) => Cow::Borrowed(text),
                Err(error) => {
                    let message =
                        format!("byte {} of the row is not {}", error.valid_up_to(), self.plan.charset.name());
                    return Err((RejectReason::NotText, message));
                }
            },
        };
        match self.plan.shape {
            Shape::Delimited(delimiter) => self.delimited(&record, delimiter, out, scored),
            Shape::Lines => self.object(&record, out, scored),
        }
    }

    fn delimited(
        &mut self,
        record: &str,
        delimiter: u8,
        out: &mut Vec<u8>,
        scored: &mut Scored,
    ) -> Result<(), Refusal> {
        let (plan, width) = (self.plan, self.plan.names.len());
        let mut ranges = std::mem::take(&mut self.ranges);
        fields(record.as_bytes(), delimiter, &mut ranges);
        let found = ranges.len();
        let extra = ranges.get(width..).unwrap_or_default();
        // Delimiters too many at the end are harmless: nothing stands between them.
        let wide = extra.iter().any(|(from, to)| from != to);
        let record = match ranges.get(width.max(1) - 1) {
            Some(&(_, end)) => &record[..end],
            None => record,
        };
        ranges.truncate(width);
        let missing = !plan.text.is_empty() && plan.text.iter().all(|&at| at >= ranges.len());
        let result = if wide {
            Err((RejectReason::TooManyFields, format!("{found} fields where the header has {width}")))
        } else if missing {
            Err((RejectReason::TooFewFields, format!("{found} fields of {width}, and no text among them")))
        } else {
            let field = |at: usize| ranges.get(at).map(|&(from, to)| &record[from..to]);
            let (mut text, mut title, mut group) =
                (std::mem::take(&mut self.text), std::mem::take(&mut self.title), std::mem::take(&mut self.group));
            let parts = Parts {
                text: Cow::Borrowed(joined(plan.text.iter().filter_map(|&at| field(at)), &mut text, &mut self.buffer)),
                title: plan.title.and_then(field).map(|raw| Cow::Borrowed(unquote(raw, &mut title))),
                group: plan.group.map(|at| Cow::Borrowed(unquote(field(at).unwrap_or_default(), &mut group))),
            };
            let verdict = self.judged(&parts, scored);
            drop(parts);
            (self.text, self.title, self.group) = (text, title, group);
            verdict.map(|verdict| {
                scored.tally.short += u64::from(found < width);
                self.write_delimited(record, &ranges, &verdict, out);
            })
        };
        self.ranges = ranges;
        result
    }

    /// Writes a row of a table.
    fn write_delimited(&mut self, record: &str, ranges: &[(usize, usize)], verdict: &Verdict, out: &mut Vec<u8>) {
        let plan = self.plan;
        let field = |at: usize| ranges.get(at).map(|&(from, to)| &record[from..to]);
        match &plan.layout {
            Layout::Append { delimiter } => {
                out.extend_from_slice(record.as_bytes());
                // Missing fields are empty, so that ours stand under their names.
                for _ in ranges.len()..=plan.names.len() {
                    out.push(*delimiter);
                }
                self.fields(*delimiter, verdict, out);
            }
            Layout::Fields { delimiter, keep } => {
                for &at in keep {
                    write_field(out, unquote(field(at).unwrap_or_default(), &mut self.buffer), *delimiter);
                    out.push(*delimiter);
                }
                self.fields(*delimiter, verdict, out);
            }
            Layout::Splice => {}
            Layout::Members { keep, keys } => {
                out.push(b'{');
                for (&at, key) in keep.iter().zip(keys) {
                    out.extend_from_slice(key);
                    match field(at) {
                        Some(raw) => write_string(out, unquote(raw, &mut self.buffer)),
                        None => out.extend_from_slice(b"null"),
                    }
                    out.push(b',');
                }
                self.members(verdict, out);
            }
        }
    }

    /// Our fields and the line end.
    fn fields(&mut self, delimiter: u8, verdict: &Verdict, out: &mut Vec<u8>) {
        let start = out.len();
        write_delimited(out, &self.plan.columns, (verdict, self.model), delimiter, &mut self.buffer);
        // A line that is wholly blank would be no row at all for most readers.
        if out.len() == start && (start == 0 || out[start - 1] == b'\n') {
            out.extend_from_slice(b"\"\"");
        }
        out.extend_from_slice(self.plan.line_end);
    }

    /// Our members, the closing brace and the line end.
    fn members(&mut self, verdict: &Verdict, out: &mut Vec<u8>) {
        write_members(out, &self.plan.columns, (verdict, self.model), &mut self.buffer);
        out.extend_from_slice(b"}\n");
    }

    fn object(&mut self, record: &str, out: &mut Vec<u8>, scored: &mut Scored) -> Result<(), Refusal> {
        let plan = self.plan;
        let object = Object::read(record).map_err(|error| {
            // A line has no lines: only the column says something.
            let message = error.to_string().replace(" at line 1 column ", " at byte ");
            (RejectReason::NotJson, message)
        })?;
        let name = |at: usize| plan.names[at].as_str();
        if let Some((key, _)) = object.0.iter().find(|(key, _)| plan.is_ours(key))
            && !matches!(plan.layout, Layout::Members { .. })
        {
            return Err((RejectReason::DuplicateField, format!("it has a field '{key}' already")));
        }
        if let Layout::Fields { keep, .. } = &plan.layout {
            self.lay_in(&object, keep.len() == plan.names.len())?;
        }
        self.text.clear();
        let mut found = false;
        for &at in &plan.text {
            let Some(raw) = object.get(name(at)) else { continue };
            if found {
                self.text.push('\n');
            }
            found = true;
            if !push_text(&mut self.text, raw) {
                return Err((RejectReason::NoText, format!("'{}' is no text", name(at))));
            }
        }
        if !found {
            let names: Vec<_> = plan.text.iter().map(|&at| format!("'{}'", name(at))).collect();
            return Err((RejectReason::NoText, format!("it has no {}", names.join(" nor "))));
        }
        let (text, mut title, mut group) =
            (std::mem::take(&mut self.text), std::mem::take(&mut self.title), std::mem::take(&mut self.group));
        title.clear();
        group.clear();
        let titled = plan.title.and_then(|at| object.get(name(at))).is_some_and(|raw| push_text(&mut title, raw));
        if let Some(raw) = plan.group.and_then(|at| object.get(name(at))) {
            push_cell(&mut group, raw);
        }
        let parts = Parts {
            text: Cow::Borrowed(&text),
            title: titled.then_some(Cow::Borrowed(&title)),
            group: plan.group.map(|_| Cow::Borrowed(group.as_str())),
        };
        let verdict = self.judged(&parts, scored);
        drop(parts);
        (self.text, self.title, self.group) = (text, title, group);
        self.write_object(record, &object, &verdict?, out);
        Ok(())
    }

    /// Puts the fields of an object where they stand in a table.
    fn lay_in(&mut self, object: &Object<'_>, whole: bool) -> Result<(), Refusal> {
        self.cells.fill(None);
        for (key, value) in &object.0 {
            let Some(&at) = self.places.get(key.as_ref()) else {
                if whole {
                    let message = format!("'{key}' is none of the columns, which the beginning of the input gave");
                    return Err((RejectReason::UnexpectedField, message));
                }
                continue;
            };
            let mut cell = String::new();
            push_cell(&mut cell, value.get());
            if self.cells[at].replace(cell).is_some() {
                return Err((RejectReason::DuplicateField, format!("'{key}' comes twice")));
            }
        }
        Ok(())
    }

    /// Writes a row that came as an object.
    fn write_object(&mut self, record: &str, object: &Object<'_>, verdict: &Verdict, out: &mut Vec<u8>) {
        match &self.plan.layout {
            Layout::Append { .. } => {}
            Layout::Splice => {
                // An object's last brace is its own.
                let open = record.rfind('}').unwrap_or(0);
                out.extend_from_slice(record[..open].trim_end().as_bytes());
                if !object.0.is_empty() {
                    out.push(b',');
                }
                self.members(verdict, out);
            }
            Layout::Members { keep, keys } => {
                out.push(b'{');
                for (&at, key) in keep.iter().zip(keys) {
                    out.extend_from_slice(key);
                    out.extend_from_slice(object.get(&self.plan.names[at]).unwrap_or("null").as_bytes());
                    out.push(b',');
                }
                self.members(verdict, out);
            }
            Layout::Fields { delimiter, keep } => {
                for &at in keep {
                    write_field(out, self.cells[at].as_deref().unwrap_or_default(), *delimiter);
                    out.push(*delimiter);
                }
                self.fields(*delimiter, verdict, out);
            }
        }
    }

    /// Judges a row and counts it. A defect of ours costs the row, not the run.
    fn judged(&mut self, parts: &Parts<'_>, scored: &mut Scored) -> Result<Verdict, Refusal> {
        let judge = AssertUnwindSafe(|| (self.judge)(&mut self.scratch, parts.title.as_deref(), &parts.text));
        if let Ok(verdict) = catch_unwind(judge) {
            scored.tally.count(&verdict, scored.rows, parts.group.as_deref());
            return Ok(verdict);
        }
        self.scratch = Scratch::new();
        Err((RejectReason::Defect, "scoring this row failed; please report it".to_owned()))
    }
}

/// What lies before a row within its block; counted on as rows are set aside.
#[derive(Default)]
struct Before {
    counted: usize,
    lines: u64,
    bytes: u64,
}

impl Before {
    fn advance(&mut self, plan: &Plan, before: &[u8]) {
        let more = &before[self.counted..];
        self.lines += plan.shape.lines(more);
        self.bytes += plan.charset.source_length(more);
        self.counted = before.len();
    }
}

/// Joins the values of several fields by line ends.
fn joined<'a>(mut raw: impl Iterator<Item = &'a str>, text: &'a mut String, buffer: &mut String) -> &'a str {
    let Some(first) = raw.next() else { return "" };
    let Some(second) = raw.next() else { return unquote(first, text) };
    text.clear();
    text.push_str(unquote(first, buffer));
    for raw in std::iter::once(second).chain(raw) {
        text.push('\n');
        text.push_str(unquote(raw, buffer));
    }
    text
}

fn is_blank(record: &[u8], shape: Shape) -> bool {
    match shape {
        Shape::Delimited(_) => record.is_empty(),
        Shape::Lines => record.iter().all(u8::is_ascii_whitespace),
    }
}

/// A block that is no records but a line without end, or a piece of a row too long.
fn set_aside_whole(block: &[u8], content: Content, shape: Shape, scored: &mut Scored) {
    let (reason, message, continued) = match (content, shape) {
        (Content::Endless, Shape::Delimited(_)) => {
            (RejectReason::UnclosedQuote, "a quote in this line is never closed; reading goes on with the next", false)
        }
        (Content::Oversized { first: false }, _) => (RejectReason::TooLong, "goes on the row before", true),
        _ => (RejectReason::TooLong, "longer than rows may be", false),
    };
    if !continued {
        scored.rows = 1;
        scored.tally.rejects[reason as usize] += 1;
    }
    scored.rejects.push(Reject {
        reason,
        message: message.to_owned(),
        rows: 0,
        lines: 0,
        bytes: 0,
        raw: block.to_vec(),
        continued,
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{Batch, reader::Reader};

    #[test]
    fn a_defect_costs_its_row_and_no_other() {
        let text = b"id,text\n1,fine\n2,boom\n3,fine\n";
        let classifier = crate::Classifier::builtin().unwrap();
        let batch = Batch::new(classifier.clone());
        let mut reader = Reader::new(Box::new(&text[..]), Shape::Lines, 1 << 20);
        let plan = Plan::make(&batch, &mut reader, Charset::Utf8, None, None).unwrap();
        let judge = |scratch: &mut Scratch, title: Option<&str>, text: &str| {
            assert!(text != "boom", "a defect that this test makes");
            classifier.classify_titled(scratch, title, text)
        };
        let mut worker = Worker::new(&plan, "m", &judge);
        let (mut block, mut out) = (Vec::new(), Vec::new());
        let content = reader.block(&mut block).unwrap().unwrap();
        let scored = worker.block(&block, content, &mut out);
        let out = String::from_utf8(out).unwrap();
        assert_eq!(out.lines().map(|line| &line[..6]).collect::<Vec<_>>(), ["1,fine", "3,fine"]);
        assert_eq!((scored.rows, scored.tally.scored(), scored.tally.rejected()), (3, 2, 1));
        assert_eq!(
            (scored.rejects[0].reason, scored.rejects[0].raw.as_slice()),
            (RejectReason::Defect, &b"2,boom\n"[..])
        );
    }
}
