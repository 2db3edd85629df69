//! Labeled postings, lines and duties, from tables.

mod duties;
mod spans;

use std::io::Read;
use std::path::Path;

use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind};
use crate::input_file::{self, CHANGED, FileState};
use crate::model::{ByRole, Kind, Label};
use crate::table::columns::column_key;
use crate::table::format::FileName;
use crate::table::rows::{Row, RowPlace};
use crate::table::{Table, TableOptions};

pub(crate) use duties::load_duty_spans;
pub use duties::{DutyExample, load_duties};
pub(crate) use spans::load_line_spans;

/// A posting with its annotations.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Example {
    /// Its id, or its place in the file if it has none.
    pub id: String,
    /// Where it was found.
    pub source: String,
    /// The company, or the source if none is given. Postings of one employer are alike, so
    /// cross-validation holds out whole employers.
    pub employer: String,
    /// The job title.
    pub title: Option<String>,
    /// The posting.
    pub text: String,
    /// The annotators' label.
    pub label: Option<Label>,
    /// PM share of the role-specific duties, 0 to 1.
    pub share: Option<f64>,
    /// Ids of the postings that a spliced text was made from; empty for other texts.
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
    /// Its number in the posting; 0 if none is given.
    pub number: u64,
    /// The annotator's kind.
    pub kind: Kind,
    /// The line.
    pub text: String,
}

/// Labeled postings of a table.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Dataset {
    /// The postings, in their order.
    pub examples: Vec<Example>,
    /// Postings whose label is missing or empty.
    pub unlabeled: usize,
    /// What was detected in the table, as messages.
    pub notes: Vec<String>,
    /// Whether the file changed while it was read.
    pub changed: bool,
}

/// Reads labeled postings from a file, as [`read`] does.
///
/// # Errors
/// As [`read`], with the name of the file.
pub fn load(path: &Path) -> Result<Vec<Example>, Error> {
    read_file(path, &TableOptions::default()).map(|dataset| dataset.examples)
}

/// Reads labeled postings from a file, as [`read`] does, and notes whether the file changed
/// meanwhile.
///
/// # Errors
/// As [`read`], with the name of the file.
pub fn read_file(path: &Path, options: &TableOptions) -> Result<Dataset, Error> {
    let file = input_file::open(path)?;
    let before = FileState::of(&file);
    let mut dataset = read(file, Some(path), options)?;
    if before.is_some_and(|before| before.has_changed()) {
        dataset.changed = true;
        dataset.notes.push(format!("{}: {CHANGED}", path.display()));
    }
    Ok(dataset)
}

/// Reads labeled postings from any table that [`TableOptions`] describes; `path` is its
/// name, if it is a file.
///
/// The columns of text and title are found as in every table. Further columns are optional.
/// Case and punctuation do not matter in their names:
///
/// | column | holds |
/// |---|---|
/// | `label` | the annotators' label |
/// | `id`, `source`, `company` | see [`Example`] |
/// | `share` | PM share from 0 to 1 |
/// | `pm`, `pmm` | without `share`: amounts of duties of the two roles, in any unit |
/// | `of` | of a spliced text: list of the ids of its postings |
/// | `parts` | of a spliced text: list of pairs of such an id and a line |
/// | `evidence_pm`, `evidence_pmm` | lists of phrases |
///
/// # Errors
/// [`ErrorKind::Io`] if the table cannot be read. [`ErrorKind::Input`] for a table without
/// rows and, with the line, for a row that cannot be read, has no text, an unknown label or
/// a number out of range.
pub fn read(bytes: impl Read + Send, path: Option<&Path>, options: &TableOptions) -> Result<Dataset, Error> {
    let with_path = |error: Error| match path {
        Some(path) => error.file(path.display()),
        None => error,
    };
    let mut dataset = Dataset::default();
    let table = Table::open(bytes, path.map(FileName::parse), options).map_err(with_path)?;
    dataset.notes.clone_from(&table.notes);
    let column_name = |at: &usize| table.names[*at].clone();
    let text: Vec<String> = table.text.iter().map(column_name).collect();
    // The labels are guessed to be the text only if no column has longer values.
    if text.iter().any(|name| column_key(name) == "label") {
        let error = Error::new(ErrorKind::Input, "has no column with the text of the postings");
        return Err(with_path(error.hint("name it with --text-column")));
    }
    let title = table.title.as_ref().map(column_name);
    table
        .rows(&mut |row| {
            let fields = Fields { row: &row.fields, text: &text, title: title.as_deref() };
            let example = fields.example(row.place);
            let example = example.map_err(|message| row.place.of(Error::new(ErrorKind::Input, message)))?;
            dataset.unlabeled += usize::from(example.label.is_none());
            dataset.examples.push(example);
            Ok(())
        })
        .map_err(with_path)?;
    if dataset.examples.is_empty() {
        return Err(with_path(Error::new(ErrorKind::Input, "no postings")));
    }
    Ok(dataset)
}

/// Reads labeled lines: a table with `posting` (an id), `line` (the number of the line in its
/// posting), `kind` and `text`.
///
/// # Errors
/// [`ErrorKind::Io`] if the file cannot be read; [`ErrorKind::Input`], with the line, for a
/// row that cannot be read, has an unknown kind or no text.
pub fn load_lines(path: &Path) -> Result<Vec<LineExample>, Error> {
    rows(path, "text", |row| {
        let wrong = |message: &str| row.place.of(Error::new(ErrorKind::Input, message));
        let field = |name: &str| row.fields.get(name).and_then(Value::as_str);
        Ok(LineExample {
            posting: field("posting").unwrap_or_default().to_owned(),
            number: row.fields.get("line").and_then(number).unwrap_or_default(),
            kind: field("kind").and_then(|name| name.parse().ok()).ok_or_else(|| wrong("unknown or missing 'kind'"))?,
            text: field("text").ok_or_else(|| wrong("no 'text'"))?.to_owned(),
        })
    })
}

/// Reads each row of a table by `read`. A table without the column `required_column` is an error.
fn rows<T>(path: &Path, required_column: &str, read: impl Fn(&Row) -> Result<T, Error>) -> Result<Vec<T>, Error> {
    let with_path = |error: Error| error.file(path.display());
    let mut found = Vec::new();
    let mut options = TableOptions::default();
    options.text_columns.push(required_column.to_owned());
    let table = Table::open(input_file::open(path)?, Some(FileName::parse(path)), &options).map_err(with_path)?;
    table
        .rows(&mut |row| {
            found.push(read(&row)?);
            Ok(())
        })
        .map_err(with_path)?;
    Ok(found)
}

/// A row of a table of labels, whose fields are all required.
#[derive(Clone, Copy)]
struct LabelRow<'a>(&'a Map<String, Value>);

impl<'a> LabelRow<'a> {
    fn value(self, name: &str) -> Result<&'a Value, String> {
        self.0.get(name).ok_or_else(|| format!("no '{name}'"))
    }

    fn text(self, name: &str) -> Result<&'a str, String> {
        self.value(name)?.as_str().ok_or_else(|| format!("'{name}' must be text"))
    }

    fn whole_number(self, name: &str) -> Result<u64, String> {
        number(self.value(name)?).ok_or_else(|| format!("'{name}' must be a whole number"))
    }
}

/// Reads the rows of a table of labels by `read`, whose messages become errors with the line. Rows for
/// which it gives nothing are left out. A table without the column `required_column` is an error.
fn label_rows<T>(
    path: &Path,
    required_column: &str,
    read: impl Fn(LabelRow<'_>) -> Result<Option<T>, String>,
) -> Result<Vec<T>, Error> {
    let found = rows(path, required_column, |row| {
        read(LabelRow(&row.fields)).map_err(|message| row.place.of(Error::new(ErrorKind::Input, message)))
    })?;
    Ok(found.into_iter().flatten().collect())
}

/// A whole number, as JSON or as text.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// Ids of the postings in a list of `[posting, line]` pairs, each once.
fn postings_of_lines(parts: Option<&Value>) -> Vec<String> {
    let lines = parts.and_then(Value::as_array).into_iter().flatten();
    let mut ids: Vec<String> = lines.filter_map(|part| part.get(0)?.as_str().map(str::to_owned)).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The fields of a row, and the names of the columns with text and title.
struct Fields<'a> {
    row: &'a Map<String, Value>,
    text: &'a [String],
    title: Option<&'a str>,
}

impl Fields<'_> {
    /// The value of a field; case and punctuation do not matter in its name.
    fn get(&self, name: &str) -> Option<&Value> {
        self.row.get(name).or_else(|| self.row.iter().find(|(key, _)| column_key(key) == column_key(name)).map(|f| f.1))
    }

    fn string(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    fn list(&self, name: &str) -> Vec<String> {
        let values = self.get(name).and_then(Value::as_array).into_iter().flatten();
        values.filter_map(|value| value.as_str().map(str::to_owned)).collect()
    }

    /// A number from 0 to `max`.
    fn number(&self, name: &str, max: f64) -> Result<Option<f64>, String> {
        let number = match self.get(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) if text.trim().is_empty() => return Ok(None),
            Some(Value::Number(number)) => number.as_f64(),
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(_) => None,
        };
        let fits = |number: &f64| (0.0..=max).contains(number);
        number.filter(fits).map(Some).ok_or_else(|| {
            let range = if max < f64::MAX { format!("from 0 to {max}") } else { "of 0 or more".to_owned() };
            format!("'{name}' must be a number {range}")
        })
    }

    fn label(&self) -> Result<Option<Label>, String> {
        match self.get("label") {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(label)) if label.trim().is_empty() => Ok(None),
            Some(Value::String(label)) => label.trim().parse().map(Some).map_err(|error: Error| error.to_string()),
            Some(_) => Err("'label' must be a string".to_owned()),
        }
    }

    /// The text of the posting; the values of several columns are joined by newlines.
    fn posting(&self) -> Result<String, String> {
        let mut text = String::new();
        for value in self.text.iter().filter_map(|name| self.row.get(name)) {
            if !text.is_empty() {
                text.push('\n');
            }
            match value {
                Value::String(value) => text.push_str(value),
                Value::Array(lines) => {
                    let lines: Vec<_> = lines.iter().filter_map(Value::as_str).collect();
                    text.push_str(&lines.join("\n"));
                }
                _ => {}
            }
        }
        if text.is_empty() { Err(format!("no '{}'", self.text.join("' or '"))) } else { Ok(text) }
    }

    fn example(&self, place: RowPlace) -> Result<Example, String> {
        let id = match self.get("id") {
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => self.string("id").map(str::to_owned),
        };
        let amounts = self.number("pm", f64::MAX)?.zip(self.number("pmm", f64::MAX)?);
        let from_amounts = amounts.filter(|(pm, pmm)| pm + pmm > 0.0).map(|(pm, pmm)| pm / (pm + pmm));
        let title = self.title.and_then(|name| self.row.get(name)).and_then(Value::as_str);
        Ok(Example {
            id: id.unwrap_or_else(|| place.to_string()),
            source: self.string("source").unwrap_or_default().to_owned(),
            employer: self.string("company").or(self.string("source")).unwrap_or_default().to_owned(),
            title: title.filter(|title| !title.is_empty()).map(str::to_owned),
            text: self.posting()?,
            label: self.label()?,
            share: self.number("share", 1.0)?.or(from_amounts),
            parts: [self.list("of"), postings_of_lines(self.get("parts"))].concat(),
            evidence: [self.list("evidence_pm"), self.list("evidence_pmm")].into(),
        })
    }
}
