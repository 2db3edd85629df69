//! Lines of postings with their duties, from tables.

use std::collections::HashMap;
use std::path::Path;

use super::spans::Spans;
use super::{Example, LabelRow, LineExample, label_rows};
use crate::error::Error;
use crate::model::{Duty, Role};

/// A line with the duty that an annotator gave it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DutyExample {
    /// Id of its posting.
    pub posting: String,
    /// The line.
    pub text: String,
    /// The role whose duty it is.
    pub role: Role,
    /// The id of the duty; `None` if no duty of the list fits.
    pub duty: Option<String>,
    /// Other duties that fit.
    pub also: Vec<String>,
}

/// Reads the duties of lines: a table with `posting`, `line`, `kind`, `duty` (an id, or
/// `none`) and `also` (ids separated by commas). `lines` are the lines of the postings.
///
/// # Errors
/// [`ErrorKind::Io`](crate::ErrorKind::Io) if the file cannot be read;
/// [`ErrorKind::Input`](crate::ErrorKind::Input), with the line, for a row that lacks one of these
/// columns, has an unknown kind, an empty duty or no number as `line`, or whose line is not in `lines`.
pub fn load_duties(path: &Path, lines: &[LineExample]) -> Result<Vec<DutyExample>, Error> {
    let texts: HashMap<(&str, u64), &str> =
        lines.iter().map(|line| ((line.posting.as_str(), line.number), line.text.as_str())).collect();
    duties(path, |posting, row| {
        let line = row.whole_number("line")?;
        match texts.get(&(posting, line)) {
            Some(text) => Ok(Some((*text).to_owned())),
            None => Err(format!("there is no line {line} of posting '{posting}' among the lines")),
        }
    })
}

/// Like [`load_duties`], but each row has the place of its line, as [`Spans`] reads it, instead of
/// a line number.
///
/// # Errors
/// As [`load_duties`], and as [`Spans::line`].
pub(crate) fn load_duty_spans(path: &Path, postings: &[&Example]) -> Result<Vec<DutyExample>, Error> {
    let spans = Spans::new(postings);
    duties(path, |posting, row| spans.line(posting, row))
}

/// The rows of a table of duties. `text` finds the line, given the id of the posting and the row; a row
/// without a line is left out.
fn duties(
    path: &Path,
    text: impl Fn(&str, LabelRow<'_>) -> Result<Option<String>, String>,
) -> Result<Vec<DutyExample>, Error> {
    label_rows(path, "duty", |row| {
        let posting = row.text("posting")?;
        let Some(text) = text(posting, row)? else { return Ok(None) };
        let (kind, duty) = (row.text("kind")?, row.text("duty")?);
        if duty.is_empty() {
            return Err(format!("'duty' must be the id of a duty, or {}", Duty::NO_DUTY));
        }
        Ok(Some(DutyExample {
            text,
            posting: posting.to_owned(),
            role: kind.parse().map_err(|_| format!("'kind' must be pm or pmm, not '{kind}'"))?,
            duty: Some(duty).filter(|duty| *duty != Duty::NO_DUTY).map(str::to_owned),
            also: row.text("also")?.split(',').filter(|duty| !duty.is_empty()).map(str::to_owned).collect(),
        }))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::model::Kind;

    #[test]
    fn duties_are_read_by_the_place_of_their_line() {
        let posting = Example { id: "a".to_owned(), text: "Own the roadmap".to_owned(), ..Example::default() };
        let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
        for (rows, expected) in [
            ("a,0,3,pm,none,\nb,0,900,pm,none,", Ok(vec!["Own".to_owned()])),
            ("a,0,3,filler,none,", Err("line 2: 'kind' must be pm or pmm, not 'filler'".to_owned())),
            ("a,0,900,pm,none,", Err("line 2: posting 'a' has no text from byte 0 to 900".to_owned())),
        ] {
            std::fs::write(file.path(), format!("posting,start,end,kind,duty,also\n{rows}\n")).unwrap();
            let found = load_duty_spans(file.path(), &[&posting]);
            check(&file, found.map(|found| found.into_iter().map(|line| line.text).collect()), expected);
        }
    }

    #[test]
    fn a_row_of_duties_that_is_refused_says_why() {
        let line =
            LineExample { posting: "a".to_owned(), number: 7, kind: Kind::Pm, text: "Own the roadmap".to_owned() };
        let row = |change: (&str, Value)| {
            let mut row = serde_json::json!({"posting": "a", "line": 7, "kind": "pm", "duty": "none", "also": ""});
            row[change.0] = change.1;
            row
        };
        let without = |name: &str| {
            let mut row = row(("line", 7.into()));
            row.as_object_mut().unwrap().remove(name);
            row
        };
        // The columns are those of the first row.
        let first = row(("line", "7".into()));
        let file = tempfile::Builder::new().suffix(".jsonl").tempfile().unwrap();
        for (second, message) in [
            (without("posting"), "no 'posting'"),
            (without("line"), "no 'line'"),
            (without("kind"), "no 'kind'"),
            (without("duty"), "no 'duty'"),
            (without("also"), "no 'also'"),
            (row(("line", "x".into())), "'line' must be a whole number"),
            (row(("line", 8.into())), "there is no line 8 of posting 'a' among the lines"),
            (row(("posting", "b".into())), "there is no line 7 of posting 'b' among the lines"),
            (row(("kind", "filler".into())), "'kind' must be pm or pmm, not 'filler'"),
            (row(("posting", 7.into())), "'posting' must be text"),
            (row(("also", Value::Null)), "'also' must be text"),
            (row(("duty", "".into())), "'duty' must be the id of a duty, or none"),
        ] {
            std::fs::write(file.path(), format!("{first}\n{second}\n")).unwrap();
            let found = load_duties(file.path(), std::slice::from_ref(&line)).map(|found| found.len());
            check(&file, found, Err(format!("line 2: {message}")));
        }
    }

    /// Compares a result; the message of an error begins with the file.
    fn check<T: PartialEq + std::fmt::Debug>(
        file: &tempfile::NamedTempFile,
        found: Result<T, Error>,
        expected: Result<T, String>,
    ) {
        let path = file.path().display();
        assert_eq!(found.map_err(|error| error.to_string()), expected.map_err(|message| format!("{path}: {message}")));
    }
}
