//! The columns that a run adds, as fields of a table and as members of a JSON object.

use std::fmt::Write as _;

use super::column::Column;
use crate::explain::{clearest, duty_points, wording};
use crate::infer::{Note, Verdict};
use crate::model::{Duty, Role};
use crate::table::fields::write_field;
use crate::table::json::write_string;

/// Separates the items of a cell.
const SEPARATOR: &str = " | ";

/// A classified row.
#[derive(Clone, Copy)]
pub(crate) struct Scored<'a> {
    pub verdict: &'a Verdict,
    pub model: &'a str,
    /// Maximum number of phrases per role in the evidence.
    pub phrases: usize,
}

enum Value<'a> {
    Null,
    /// A fixed word, which needs no quotes.
    Keyword(&'static str),
    /// Any text.
    Text(&'a str),
    Number(f64),
    Bool(bool),
    Duties(Vec<(&'a Duty, f64)>),
    Evidence,
    Notes(&'a [Note]),
}

impl<'a> Value<'a> {
    fn new(column: Column, Scored { verdict, model, .. }: Scored<'a>) -> Self {
        let probabilities = &verdict.probabilities;
        let number = |number: Option<f64>| number.map_or(Self::Null, Self::Number);
        match column {
            Column::Label => Self::Keyword(verdict.label.as_str()),
            Column::Reason => verdict.reason.map_or(Self::Null, |reason| Self::Keyword(reason.as_str())),
            Column::Confidence => Self::Number(verdict.confidence),
            Column::PPm => Self::Number(probabilities.pm),
            Column::PPmm => Self::Number(probabilities.pmm),
            Column::PHybrid => Self::Number(probabilities.hybrid),
            Column::PUnclear => Self::Number(probabilities.unclear),
            Column::PmShare => number(verdict.pm_share),
            Column::PmShareLow => number(verdict.pm_share_interval.map(|interval| interval.low)),
            Column::PmShareHigh => number(verdict.pm_share_interval.map(|interval| interval.high)),
            Column::StrengthPm => Self::Number(verdict.strength.pm),
            Column::StrengthPmm => Self::Number(verdict.strength.pmm),
            Column::StrengthOther => Self::Number(verdict.strength.other),
            Column::OtherJob => verdict.other_job.as_deref().map_or(Self::Null, Self::Text),
            Column::TitleSays => verdict.title.as_ref().map_or(Self::Null, |title| Self::Keyword(title.says.as_str())),
            Column::TitleAgrees => verdict.by_duties_alone.title_agrees.map_or(Self::Null, Self::Bool),
            Column::LabelByDuties => Self::Keyword(verdict.by_duties_alone.label.as_str()),
            Column::ConfidenceByDuties => Self::Number(verdict.by_duties_alone.confidence),
            Column::Lens => Self::Keyword(verdict.lens.as_str()),
            Column::Model => Self::Text(model),
            Column::DutiesPm => Self::Duties(duty_points(verdict, Role::Pm)),
            Column::DutiesPmm => Self::Duties(duty_points(verdict, Role::Pmm)),
            Column::Evidence => Self::Evidence,
            Column::Notes => Self::Notes(&verdict.notes),
        }
    }
}

/// Writes the columns of a row as fields of a table.
pub(crate) fn write_fields(
    out: &mut Vec<u8>,
    columns: &[Column],
    scored: Scored<'_>,
    delimiter: u8,
    buffer: &mut String,
) {
    for (at, column) in columns.iter().enumerate() {
        if at > 0 {
            out.push(delimiter);
        }
        let text = match Value::new(*column, scored) {
            Value::Null => continue,
            Value::Keyword(word) => {
                out.extend_from_slice(word.as_bytes());
                continue;
            }
            Value::Number(number) => {
                write_number(out, number);
                continue;
            }
            Value::Bool(value) => {
                out.extend_from_slice(bool_word(value));
                continue;
            }
            Value::Text(text) => text,
            Value::Duties(duties) => {
                join(buffer, duties.into_iter().map(|(duty, points)| format!("{points:.2} {}", duty.id)));
                buffer.as_str()
            }
            Value::Evidence => {
                let cell = |phrase: &crate::Evidence| {
                    format!("{} {:.2} {}", wording::role(phrase.role), phrase.points, phrase.phrase)
                };
                join(buffer, clearest(scored.verdict, scored.phrases).map(cell));
                buffer.as_str()
            }
            Value::Notes(notes) => {
                join(buffer, notes.iter().map(Note::to_string));
                buffer.as_str()
            }
        };
        if is_formula(text) {
            write_field(out, &format!("'{text}"), delimiter);
        } else {
            write_field(out, text, delimiter);
        }
    }
}

fn join(buffer: &mut String, items: impl Iterator<Item = String>) {
    buffer.clear();
    for item in items {
        let separator = if buffer.is_empty() { "" } else { SEPARATOR };
        let _ = write!(buffer, "{separator}{item}");
    }
}

/// Writes the columns of a row as members of a JSON object, without braces.
pub(crate) fn write_members(out: &mut Vec<u8>, columns: &[Column], scored: Scored<'_>) {
    for (at, column) in columns.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        out.push(b'"');
        out.extend_from_slice(column.name().as_bytes());
        out.extend_from_slice(b"\":");
        match Value::new(*column, scored) {
            Value::Null => out.extend_from_slice(b"null"),
            Value::Keyword(text) | Value::Text(text) => write_string(out, text),
            Value::Number(number) => write_number(out, number),
            Value::Bool(value) => out.extend_from_slice(bool_word(value)),
            Value::Notes(notes) => write_list(out, notes, |out, note| write_string(out, note.as_str())),
            Value::Duties(duties) => write_objects(out, duties, |out, (duty, points)| {
                out.extend_from_slice(b"\"duty\":");
                write_string(out, &duty.id);
                out.extend_from_slice(b",\"name\":");
                write_string(out, &duty.name);
                out.extend_from_slice(b",\"points\":");
                write_number(out, points);
            }),
            Value::Evidence => write_objects(out, clearest(scored.verdict, scored.phrases), |out, phrase| {
                out.extend_from_slice(b"\"role\":");
                write_string(out, phrase.role.as_str());
                out.extend_from_slice(b",\"phrase\":");
                write_string(out, &phrase.phrase);
                out.extend_from_slice(
                    format!(",\"start\":{},\"end\":{}", phrase.span.start, phrase.span.end).as_bytes(),
                );
                out.extend_from_slice(b",\"points\":");
                write_number(out, phrase.points);
                out.extend_from_slice(b",\"duty\":");
                match phrase.duty_id() {
                    Some(duty) => write_string(out, duty),
                    None => out.extend_from_slice(b"null"),
                }
            }),
        }
    }
}

/// A list of items that `write` writes.
fn write_list<T>(out: &mut Vec<u8>, items: impl IntoIterator<Item = T>, write: impl Fn(&mut Vec<u8>, T)) {
    out.push(b'[');
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write(out, item);
    }
    out.push(b']');
}

/// A list of objects, whose members `write` writes.
fn write_objects<T>(out: &mut Vec<u8>, items: impl IntoIterator<Item = T>, write: impl Fn(&mut Vec<u8>, T)) {
    write_list(out, items, |out, item| {
        out.push(b'{');
        write(out, item);
        out.push(b'}');
    });
}

fn bool_word(value: bool) -> &'static [u8] {
    if value { b"true" } else { b"false" }
}

/// Whether a spreadsheet would run the cell as a formula, which some do after whitespace too.
fn is_formula(text: &str) -> bool {
    text.starts_with(['\t', '\r'])
        || text
            .trim_start_matches([' ', '\u{a0}', '\n', '\t', '\r'])
            .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

/// Writes a number that is not negative with four decimals.
fn write_number(out: &mut Vec<u8>, number: f64) {
    let scaled = (number * 10_000.0).round().max(0.0) as u64;
    let (mut digits, mut at, mut whole) = ([b'0'; 20], 20, scaled / 10_000);
    while at == 20 || whole > 0 {
        at -= 1;
        digits[at] = b'0' + (whole % 10) as u8;
        whole /= 10;
    }
    out.extend_from_slice(&digits[at..]);
    let digit = |power: u64| b'0' + (scaled / power % 10) as u8;
    out.extend_from_slice(&[b'.', digit(1000), digit(100), digit(10), digit(1)]);
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Classifier, Evidence, Span};

    #[test]
    fn numbers() {
        for (number, text) in [
            (0.0, "0.0000"),
            (1.0, "1.0000"),
            (0.12345, "0.1235"),
            (0.99996, "1.0000"),
            (12_345.678_94, "12345.6789"),
            (-0.00001, "0.0000"),
            (f64::NAN, "0.0000"),
            (f64::INFINITY, "1844674407370955.1615"),
        ] {
            let mut out = Vec::new();
            write_number(&mut out, number);
            assert_eq!(String::from_utf8(out).unwrap(), text);
        }
    }

    fn phrase(role: Role, points: f64, phrase: &str, duty: Option<&str>) -> Evidence {
        Evidence {
            role,
            phrase: phrase.to_owned(),
            span: Span::new(3, 9),
            line: Span::new(0, 0),
            keywords: Vec::new(),
            points,
            duty: duty.map(|id| Arc::new(Duty::with_name(id.to_owned(), format!("the {id}")))),
            sources: Vec::new(),
        }
    }

    #[test]
    fn lists_in_tables_and_in_json() {
        let mut verdict = Classifier::builtin().unwrap().classify("");
        verdict.evidence = vec![
            phrase(Role::Pm, 0.987_65, "Own the \"roadmap\", all of it", Some("roadmap")),
            phrase(Role::Pmm, 0.9, "Write", Some("content")),
            phrase(Role::Pm, 0.8, "Plan", Some("roadmap")),
            phrase(Role::Pm, 0.7, "Left out", None),
        ];
        verdict.notes = vec![Note::Resume, Note::Truncated];
        let columns = [Column::DutiesPm, Column::DutiesPmm, Column::Evidence, Column::Notes];
        let scored = Scored { verdict: &verdict, model: "m", phrases: 2 };
        let mut out = Vec::new();
        write_fields(&mut out, &columns, scored, b',', &mut String::new());
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "1.79 roadmap,0.90 content,\
             \"PM 0.99 Own the \"\"roadmap\"\", all of it | PMM 0.90 Write | PM 0.80 Plan\",\
             resume | truncated"
        );
        let mut out = Vec::new();
        write_members(&mut out, &columns, scored);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "\"rolecall_duties_pm\":[{\"duty\":\"roadmap\",\"name\":\"the roadmap\",\"points\":1.7877}],\
             \"rolecall_duties_pmm\":[{\"duty\":\"content\",\"name\":\"the content\",\"points\":0.9000}],\
             \"rolecall_evidence\":[\
             {\"role\":\"pm\",\"phrase\":\"Own the \\\"roadmap\\\", all of it\",\"start\":3,\"end\":9,\"points\":0.9877,\"duty\":\"roadmap\"},\
             {\"role\":\"pmm\",\"phrase\":\"Write\",\"start\":3,\"end\":9,\"points\":0.9000,\"duty\":\"content\"},\
             {\"role\":\"pm\",\"phrase\":\"Plan\",\"start\":3,\"end\":9,\"points\":0.8000,\"duty\":\"roadmap\"}],\
             \"rolecall_notes\":[\"resume\",\"truncated\"]"
        );
        verdict.evidence.clear();
        verdict.notes.clear();
        let mut out = Vec::new();
        write_members(&mut out, &columns[2..], Scored { verdict: &verdict, model: "m", phrases: 2 });
        assert_eq!(String::from_utf8(out).unwrap(), "\"rolecall_evidence\":[],\"rolecall_notes\":[]");
    }

    #[test]
    fn formulas_are_escaped() {
        let verdict = Classifier::builtin().unwrap().classify("");
        for (model, cell) in [
            ("=1+1", "'=1+1"),
            ("  +a", "'  +a"),
            ("-a", "'-a"),
            ("@a", "'@a"),
            ("\ta", "'\ta"),
            ("\ra", "\"'\ra\""),
            ("\u{a0}=a", "'\u{a0}=a"),
            ("=a,b", "\"'=a,b\""),
            ("a=b", "a=b"),
            ("'a", "'a"),
        ] {
            let mut out = Vec::new();
            let scored = Scored { verdict: &verdict, model, phrases: 0 };
            write_fields(&mut out, &[Column::Model], scored, b',', &mut String::new());
            assert_eq!(String::from_utf8(out).unwrap(), cell);
        }
    }
}
