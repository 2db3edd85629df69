//! Writes a classified row in the layout of the plan.

use super::output::cell::{Scored, write_fields, write_members};
use super::plan::{Layout, Plan};
use crate::infer::Verdict;
use crate::table::fields::write_field;
use crate::table::json::{Object, at_path, push_cell, write_string};
use crate::table::records::RecordFormat;

pub(crate) struct RowWriter<'a> {
    plan: &'a Plan,
    model: &'a str,
    buffer: String,
}

impl<'a> RowWriter<'a> {
    pub(crate) fn new(plan: &'a Plan, model: &'a str) -> Self {
        Self { plan, model, buffer: String::new() }
    }

    /// Writes a row of a table; `ranges` are its fields in `record`.
    pub(crate) fn table_row(&mut self, record: &str, ranges: &[(usize, usize)], verdict: &Verdict, out: &mut Vec<u8>) {
        let plan = self.plan;
        let RecordFormat::Delimited(dialect) = plan.records else { return };
        let field = |at: usize| ranges.get(at).map(|&(from, to)| &record[from..to]);
        match &plan.layout {
            Layout::Append { delimiter } => {
                out.extend_from_slice(record.as_bytes());
                // Missing fields are written empty, so that the new ones are in their columns.
                for _ in ranges.len()..=plan.width {
                    out.push(*delimiter);
                }
                self.fields(*delimiter, verdict, out);
            }
            Layout::Fields { delimiter, keep } => {
                for &at in keep {
                    write_field(out, dialect.value(field(at).unwrap_or_default(), &mut self.buffer), *delimiter);
                    out.push(*delimiter);
                }
                self.fields(*delimiter, verdict, out);
            }
            // Only for rows that are objects.
            Layout::Splice => {}
            Layout::Members { keep, keys } => {
                out.push(b'{');
                for (&at, key) in keep.iter().zip(keys) {
                    out.extend_from_slice(key);
                    match field(at) {
                        Some(raw) => write_string(out, dialect.value(raw, &mut self.buffer)),
                        None => out.extend_from_slice(b"null"),
                    }
                    out.push(b',');
                }
                self.members(verdict, out);
            }
        }
    }

    /// Writes a row that is a JSON object. `cells` has the position of each column's field in the
    /// object, for [`Layout::Fields`].
    pub(crate) fn object_row(
        &mut self,
        record: &str,
        object: &Object<'_>,
        cells: &[Option<usize>],
        verdict: &Verdict,
        out: &mut Vec<u8>,
    ) {
        match &self.plan.layout {
            // Only for rows of a table.
            Layout::Append { .. } => {}
            Layout::Splice => {
                // The last brace closes the object.
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
                    out.extend_from_slice(at_path(object, &self.plan.names[at]).unwrap_or("null").as_bytes());
                    out.push(b',');
                }
                self.members(verdict, out);
            }
            Layout::Fields { delimiter, keep } => {
                for &at in keep {
                    self.buffer.clear();
                    // Nested fields are numbered after the columns.
                    let raw = match cells.get(at) {
                        Some(position) => position.map(|position| object.0[position].1.get()),
                        None => at_path(object, &self.plan.names[at]),
                    };
                    if let Some(raw) = raw {
                        push_cell(&mut self.buffer, raw);
                    }
                    write_field(out, &self.buffer, *delimiter);
                    out.push(*delimiter);
                }
                self.fields(*delimiter, verdict, out);
            }
        }
    }

    /// The added fields and the line end.
    fn fields(&mut self, delimiter: u8, verdict: &Verdict, out: &mut Vec<u8>) {
        let start = out.len();
        write_fields(out, &self.plan.columns, scored(self.plan, self.model, verdict), delimiter, &mut self.buffer);
        // Most readers skip an empty line, but not one with an empty field in quotes.
        if out.len() == start && (start == 0 || out[start - 1] == b'\n') {
            out.extend_from_slice(b"\"\"");
        }
        out.extend_from_slice(self.plan.line_end);
    }

    /// The added members, the closing brace and the line end.
    fn members(&mut self, verdict: &Verdict, out: &mut Vec<u8>) {
        write_members(out, &self.plan.columns, scored(self.plan, self.model, verdict));
        out.extend_from_slice(b"}\n");
    }
}

fn scored<'a>(plan: &Plan, model: &'a str, verdict: &'a Verdict) -> Scored<'a> {
    Scored { verdict, model, phrases: plan.phrases }
}
