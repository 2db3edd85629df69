//! The columns that a run adds, and how they are written.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind};
use crate::infer::Verdict;
use crate::model::Role;
use crate::table::columns::nearest;
use crate::table::fields::write_field;
use crate::table::json::write_string;

/// A column that a run adds. In files its name starts with `rolecall_`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Column {
    /// `pm`, `pmm`, `hybrid` or `unclear`.
    Label,
    /// Why the label is unclear: `too_short`, `off_topic`, `not_english`, `low_confidence`;
    /// empty for other labels.
    Reason,
    /// Probability of the label, from 0 to 1, with four decimals like all numbers here.
    Confidence,
    /// Probability of `pm`.
    PPm,
    /// Probability of `pmm`.
    PPmm,
    /// Probability of `hybrid`.
    PHybrid,
    /// Probability of `unclear`.
    PUnclear,
    /// PM share of the duties that belong to one role, from 0 to 1.
    PmShare,
    /// Lower bound of its 90% interval.
    PmShareLow,
    /// Upper bound of its 90% interval.
    PmShareHigh,
    /// The clearest phrases for product management, separated by ` | `.
    EvidencePm,
    /// The clearest phrases for product marketing, separated by ` | `.
    EvidencePmm,
    /// `true` or `false`: whether the duties alone give the label that the title claims; empty
    /// without a title that claims one.
    TitleAgrees,
    /// Name, version and checksum of the model.
    Model,
}

/// Phrases per role in the evidence columns.
pub(crate) const MAX_PHRASES: usize = 3;

impl Column {
    /// All columns, in their default order.
    pub const ALL: [Self; 14] = [
        Self::Label,
        Self::Reason,
        Self::Confidence,
        Self::PPm,
        Self::PPmm,
        Self::PHybrid,
        Self::PUnclear,
        Self::PmShare,
        Self::PmShareLow,
        Self::PmShareHigh,
        Self::EvidencePm,
        Self::EvidencePmm,
        Self::TitleAgrees,
        Self::Model,
    ];

    /// Its name in files, such as `rolecall_label`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Label => "rolecall_label",
            Self::Reason => "rolecall_reason",
            Self::Confidence => "rolecall_confidence",
            Self::PPm => "rolecall_p_pm",
            Self::PPmm => "rolecall_p_pmm",
            Self::PHybrid => "rolecall_p_hybrid",
            Self::PUnclear => "rolecall_p_unclear",
            Self::PmShare => "rolecall_pm_share",
            Self::PmShareLow => "rolecall_pm_share_low",
            Self::PmShareHigh => "rolecall_pm_share_high",
            Self::EvidencePm => "rolecall_evidence_pm",
            Self::EvidencePmm => "rolecall_evidence_pmm",
            Self::TitleAgrees => "rolecall_title_agrees",
            Self::Model => "rolecall_model",
        }
    }

    /// Whether it needs the evidence of a verdict, which takes time.
    pub(crate) fn needs_evidence(self) -> bool {
        matches!(self, Self::EvidencePm | Self::EvidencePmm)
    }

    /// Whether it needs the interval of the share, which takes time.
    pub(crate) fn needs_interval(self) -> bool {
        matches!(self, Self::PmShareLow | Self::PmShareHigh)
    }

    /// Its value in a verdict.
    fn value<'a>(self, verdict: &'a Verdict, model: &'a str, buffer: &'a mut String) -> Value<'a> {
        let probabilities = &verdict.probabilities;
        match self {
            Self::Label => Value::Keyword(verdict.label.as_str()),
            Self::Reason => verdict.reason.map_or(Value::Null, |reason| Value::Keyword(reason.as_str())),
            Self::Confidence => Value::Number(verdict.confidence),
            Self::PPm => Value::Number(probabilities.pm),
            Self::PPmm => Value::Number(probabilities.pmm),
            Self::PHybrid => Value::Number(probabilities.hybrid),
            Self::PUnclear => Value::Number(probabilities.unclear),
            Self::PmShare => verdict.pm_share.map_or(Value::Null, Value::Number),
            Self::PmShareLow => verdict.pm_share_interval.map_or(Value::Null, |interval| Value::Number(interval.low)),
            Self::PmShareHigh => verdict.pm_share_interval.map_or(Value::Null, |interval| Value::Number(interval.high)),
            Self::EvidencePm => evidence(verdict, Role::Pm, buffer),
            Self::EvidencePmm => evidence(verdict, Role::Pmm, buffer),
            Self::TitleAgrees => match verdict.by_duties_alone.title_agrees {
                None => Value::Null,
                Some(agrees) => Value::Bool(agrees),
            },
            Self::Model => Value::Text(model),
        }
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Column {
    type Err = Error;

    /// Parses a name in any case, with or without `rolecall_`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let wanted = text.trim().to_ascii_lowercase();
        let short = |column: &Self| column.name().trim_start_matches("rolecall_").to_owned();
        Self::ALL.into_iter().find(|column| column.name() == wanted || short(column) == wanted).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(short).collect();
            let near = nearest(&names, &wanted).map(|name| format!("did you mean '{name}'? ")).unwrap_or_default();
            Error::new(ErrorKind::Input, format!("no output column is named '{text}'"))
                .hint(format!("{near}the columns are: {}", names.join(", ")))
        })
    }
}

fn evidence<'a>(verdict: &Verdict, role: Role, buffer: &'a mut String) -> Value<'a> {
    buffer.clear();
    for phrase in verdict.evidence.iter().filter(|phrase| phrase.role == role).take(MAX_PHRASES) {
        if !buffer.is_empty() {
            buffer.push_str(" | ");
        }
        buffer.push_str(&phrase.phrase);
    }
    Value::Text(buffer)
}

enum Value<'a> {
    Null,
    /// A fixed word, which needs no quotes.
    Keyword(&'static str),
    /// Any text.
    Text(&'a str),
    Number(f64),
    Bool(bool),
}

/// Writes the columns of a verdict as fields of a table.
pub(crate) fn write_fields(
    out: &mut Vec<u8>,
    columns: &[Column],
    (verdict, model): (&Verdict, &str),
    delimiter: u8,
    buffer: &mut String,
) {
    for (at, column) in columns.iter().enumerate() {
        if at > 0 {
            out.push(delimiter);
        }
        match column.value(verdict, model, buffer) {
            Value::Null => {}
            Value::Keyword(word) => out.extend_from_slice(word.as_bytes()),
            Value::Text(text) if is_formula(text) => write_field(out, &format!("'{text}"), delimiter),
            Value::Text(text) => write_field(out, text, delimiter),
            Value::Number(number) => write_number(out, number),
            Value::Bool(value) => out.extend_from_slice(if value { b"true" } else { b"false" }),
        }
    }
}

/// Writes the columns of a verdict as members of a JSON object, without braces.
pub(crate) fn write_members(
    out: &mut Vec<u8>,
    columns: &[Column],
    (verdict, model): (&Verdict, &str),
    buffer: &mut String,
) {
    for (at, column) in columns.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        out.push(b'"');
        out.extend_from_slice(column.name().as_bytes());
        out.extend_from_slice(b"\":");
        match column.value(verdict, model, buffer) {
            Value::Null => out.extend_from_slice(b"null"),
            Value::Keyword(text) | Value::Text(text) => write_string(out, text),
            Value::Number(number) => write_number(out, number),
            Value::Bool(value) => out.extend_from_slice(if value { b"true" } else { b"false" }),
        }
    }
}

/// Whether a spreadsheet would run the cell as a formula, also after whitespace.
fn is_formula(text: &str) -> bool {
    text.starts_with(['\t', '\r'])
        || text
            .trim_start_matches([' ', '\u{a0}', '\n', '\t', '\r'])
            .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

/// Writes a number from 0 to 1 with four decimals.
fn write_number(out: &mut Vec<u8>, number: f64) {
    let scaled = (number * 10_000.0).round().clamp(0.0, 10_000.0) as u32;
    let digit = |power: u32| b'0' + (scaled / power % 10) as u8;
    out.extend_from_slice(&[digit(10_000), b'.', digit(1000), digit(100), digit(10), digit(1)]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::Classifier;

    #[test]
    fn names_round_trip() {
        for column in Column::ALL {
            for name in
                [column.to_string(), column.name().to_uppercase(), column.name()["rolecall_".len()..].to_owned()]
            {
                assert_eq!(name.parse::<Column>().unwrap(), column);
            }
        }
        let error = "lable".parse::<Column>().unwrap_err().to_string();
        assert!(error.contains("did you mean 'label'?"), "{error}");
    }

    #[test]
    fn numbers() {
        for (number, text) in
            [(0.0, "0.0000"), (1.0, "1.0000"), (0.12345, "0.1235"), (0.99996, "1.0000"), (f64::NAN, "0.0000")]
        {
            let mut out = Vec::new();
            write_number(&mut out, number);
            assert_eq!(String::from_utf8(out).unwrap(), text);
        }
    }

    #[test]
    fn formulas_are_escaped() {
        let mut verdict = Classifier::builtin().unwrap().classify("");
        for (phrase, cell) in [
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
            verdict.evidence = vec![crate::Evidence {
                role: Role::Pm,
                phrase: phrase.to_owned(),
                span: crate::Span::new(0, 0),
                line: crate::Span::new(0, 0),
                keywords: Vec::new(),
                points: 1.0,
                duty: None,
                sources: Vec::new(),
            }];
            let mut out = Vec::new();
            write_fields(&mut out, &[Column::EvidencePm], (&verdict, "m"), b',', &mut String::new());
            assert_eq!(String::from_utf8(out).unwrap(), cell);
        }
    }
}
