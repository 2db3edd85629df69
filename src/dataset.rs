//! Labeled postings, from JSON Lines or CSV, and labeled lines, from JSON Lines.

use std::path::Path;

use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::model::{ByRole, Kind, Label};

/// A posting with its annotations.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Example {
    /// Its id, or its line number in the file.
    pub id: String,
    /// Where it was found.
    pub source: String,
    /// The company, or the source where none is given. Postings of one employer are alike,
    /// so cross-validation holds out whole employers.
    pub employer: String,
    /// The job title.
    pub title: Option<String>,
    /// The posting.
    pub text: String,
    /// The annotators' label.
    pub label: Option<Label>,
    /// PM share of the role-specific duties, 0 to 1.
    pub share: Option<f64>,
    /// Ids of the postings from which a spliced text was put together.
    pub parts: Vec<String>,
    /// Phrases that the annotators marked, by role.
    pub evidence: ByRole<Vec<String>>,
}

/// A labeled line of a posting.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LineExample {
    /// Id of its posting.
    pub posting: String,
    /// The annotator's kind.
    pub kind: Kind,
    /// The line.
    pub text: String,
}

/// Reads labeled postings: JSON Lines (`.jsonl`, `.ndjson`, `.json`) or CSV with a
/// header. `text` is required; `label`, `id`, `source`, `title`, `pm` and `pmm` (amounts
/// of duties, in any unit), `share`, `of`, `evidence_pm` and `evidence_pmm` are optional.
///
/// # Errors
/// [`ErrorKind::Io`] if the file cannot be read. [`ErrorKind::Input`] for a file without
/// rows and, with the line, for a row that is not an object, has no text, an unknown
/// label or a number out of range.
pub fn load(path: &Path) -> Result<Vec<Example>, Error> {
    let io = |error: std::io::Error| Error::from_cause(ErrorKind::Io, error).file(path.display());
    let text = read_bytes(path).map_err(io)?;
    let text = String::from_utf8_lossy(&text);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let name = path.with_extension(path.extension().filter(|e| !e.eq_ignore_ascii_case("zst")).unwrap_or_default());
    let json = name.extension().is_some_and(|e| ["jsonl", "ndjson", "json"].iter().any(|j| e.eq_ignore_ascii_case(j)));
    let rows = if json || text.trim_start().starts_with('{') { json_rows(text) } else { csv_rows(text) };
    let mut examples = Vec::new();
    for (line, row) in rows {
        let wrong = |message: String| Error::new(ErrorKind::Input, message).file(path.display()).line(line);
        let row = row.map_err(wrong)?;
        examples.push(example(&row, line).map_err(wrong)?);
    }
    if examples.is_empty() {
        return Err(Error::new(ErrorKind::Input, "no postings").file(path.display()));
    }
    Ok(examples)
}

/// Reads labeled lines: JSON Lines with `posting` (an id), `kind` and `text`.
///
/// # Errors
/// [`ErrorKind::Io`] if the file cannot be read; [`ErrorKind::Input`], with the line, for
/// a row that is not JSON, has an unknown kind or no text.
pub fn load_lines(path: &Path) -> Result<Vec<LineExample>, Error> {
    let text =
        std::fs::read_to_string(path).map_err(|error| Error::from_cause(ErrorKind::Io, error).file(path.display()))?;
    let line = |(at, line): (u64, &str)| {
        let wrong = |message: &str| Error::new(ErrorKind::Input, message).file(path.display()).line(at);
        let row: Value = serde_json::from_str(line).map_err(|error| wrong(&format!("not JSON: {error}")))?;
        let field = |name: &str| row.get(name).and_then(Value::as_str);
        Ok(LineExample {
            posting: field("posting").unwrap_or_default().to_owned(),
            kind: field("kind").and_then(|name| name.parse().ok()).ok_or_else(|| wrong("unknown or missing 'kind'"))?,
            text: field("text").ok_or_else(|| wrong("no 'text'"))?.to_owned(),
        })
    };
    (1u64..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()).map(line).collect()
}

/// First bytes of a Zstandard frame (RFC 8878).
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Reads a file, decompressed if it is in the Zstandard format.
fn read_bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    let bytes = std::fs::read(path)?;
    if !bytes.starts_with(&ZSTD) {
        return Ok(bytes);
    }
    let mut text = Vec::new();
    let mut decoder = ruzstd::decoding::StreamingDecoder::new(bytes.as_slice()).map_err(std::io::Error::other)?;
    std::io::Read::read_to_end(&mut decoder, &mut text)?;
    Ok(text)
}

type Rows = Vec<(u64, Result<Value, String>)>;

fn json_rows(text: &str) -> Rows {
    let lines = (1u64..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(at, line)| (at, serde_json::from_str(line).map_err(|error| format!("not JSON: {error}")))).collect()
}

fn csv_rows(text: &str) -> Rows {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => return vec![(1, Err(error.to_string()))],
    };
    let row = |record: Result<csv::StringRecord, csv::Error>| match record {
        Err(error) => (error.position().map_or(0, csv::Position::line), Err(error.to_string())),
        Ok(record) => {
            let fields = header.iter().zip(&record).map(|(name, value)| (name.to_owned(), Value::from(value)));
            (record.position().map_or(0, csv::Position::line), Ok(Value::Object(fields.collect())))
        }
    };
    reader.records().map(row).collect()
}

/// Ids of the postings in a list of `[posting, line]`, each once.
fn postings_of_lines(parts: Option<&Value>) -> Vec<String> {
    let lines = parts.and_then(Value::as_array).into_iter().flatten();
    let mut ids: Vec<String> = lines.filter_map(|part| part.get(0)?.as_str().map(str::to_owned)).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn example(row: &Value, line: u64) -> Result<Example, String> {
    let object = row.as_object().ok_or("not an object")?;
    let text = |name: &str| object.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let number = |name: &str, most: f64| {
        let number = match object.get(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) if text.trim().is_empty() => return Ok(None),
            Some(Value::Number(number)) => number.as_f64(),
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(_) => None,
        };
        let fits = |number: &f64| (0.0..=most).contains(number);
        number.filter(fits).map(Some).ok_or_else(|| {
            let range = if most < f64::MAX { format!("from 0 to {most}") } else { "of 0 or more".to_owned() };
            format!("'{name}' must be a number {range}")
        })
    };
    let list = |name: &str| -> Vec<String> {
        let values = object.get(name).and_then(Value::as_array).into_iter().flatten();
        values.filter_map(|value| value.as_str().map(str::to_owned)).collect()
    };
    let label = match (object.get("label"), text("label")) {
        (None | Some(Value::Null | Value::String(_)), None) => None,
        (_, None) => return Err("'label' must be a string".to_owned()),
        (_, Some(label)) => Some(label.trim().parse::<Label>().map_err(|error| error.to_string())?),
    };
    let amounts = number("pm", f64::MAX)?.zip(number("pmm", f64::MAX)?);
    let from_amounts = amounts.filter(|(pm, pmm)| pm + pmm > 0.0).map(|(pm, pmm)| pm / (pm + pmm));
    Ok(Example {
        id: text("id").map_or_else(|| format!("line {line}"), str::to_owned),
        source: text("source").unwrap_or_default().to_owned(),
        employer: text("company").or(text("source")).unwrap_or_default().to_owned(),
        title: text("title").map(str::to_owned),
        text: text("text").ok_or("no 'text'")?.to_owned(),
        label,
        share: number("share", 1.0)?.or(from_amounts),
        parts: [list("of"), postings_of_lines(object.get("parts"))].concat(),
        evidence: [list("evidence_pm"), list("evidence_pmm")].into(),
    })
}
