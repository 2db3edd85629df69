//! Labeled lines that a table names by their place in a posting, so that it holds no text.

use std::collections::HashMap;
use std::path::Path;

use super::{Example, LabelRow, LineExample, label_rows};
use crate::error::Error;

/// The texts in which lines are looked up, by the id of their posting.
pub(super) struct Spans<'a>(HashMap<&'a str, &'a str>);

impl<'a> Spans<'a> {
    pub(super) fn new(postings: &[&'a Example]) -> Self {
        Self(postings.iter().map(|posting| (posting.id.as_str(), posting.text.as_str())).collect())
    }

    /// The line of a row with the byte range `start` to `end` in its posting; `None` if the posting
    /// is not among those known.
    ///
    /// # Errors
    /// A message if the range is missing, empty or not in its posting.
    pub(super) fn line(&self, posting: &str, row: LabelRow<'_>) -> Result<Option<String>, String> {
        let Some(text) = self.0.get(posting) else { return Ok(None) };
        let (start, end) = (row.whole_number("start")?, row.whole_number("end")?);
        let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
        match range.and_then(|(start, end)| text.get(start..end)).filter(|line| !line.is_empty()) {
            Some(line) => Ok(Some(line.to_owned())),
            None => Err(format!("posting '{posting}' has no text from byte {start} to {end}")),
        }
    }
}

/// Reads labeled lines by their place: a table with `posting` (an id), `start` and `end` (bytes) and
/// `kind`. Rows of postings that are not in `postings` are left out.
///
/// # Errors
/// [`ErrorKind::Io`](crate::ErrorKind::Io) if the file cannot be read; [`ErrorKind::Input`](crate::ErrorKind::Input), with the line,
/// for a row that lacks one of these columns, has an unknown kind, or a range that is empty or not in its posting.
pub(crate) fn load_line_spans(path: &Path, postings: &[&Example]) -> Result<Vec<LineExample>, Error> {
    let spans = Spans::new(postings);
    label_rows(path, "kind", |row| {
        let (posting, kind) = (row.text("posting")?, row.text("kind")?);
        let kind = kind.parse().map_err(|error: Error| error.to_string())?;
        let text = spans.line(posting, row)?;
        Ok(text.map(|text| LineExample { posting: posting.to_owned(), number: 0, kind, text }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_ranges_of_their_posting() {
        let posting =
            Example { id: "a".to_owned(), text: "Own the caf\u{e9} roadmap".to_owned(), ..Example::default() };
        let no_text = |range: &str| Err(format!("line 2: posting 'a' has no text from byte {range}"));
        let table = [
            ("a,0,3,pm", Ok(vec!["Own"])),
            ("a,8,13,filler\nb,0,900,pm", Ok(vec!["caf\u{e9}"])),
            ("a,8,12,pm", no_text("8 to 12")),
            ("a,3,3,pm", no_text("3 to 3")),
            ("a,4,3,pm", no_text("4 to 3")),
            ("a,0,900,pm", no_text("0 to 900")),
            ("a,x,3,pm", Err("line 2: 'start' must be a whole number".to_owned())),
            ("a,0,3,design", Err("line 2: unknown kind 'design' (pm, pmm, shared, other, filler)".to_owned())),
        ];
        let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
        for (rows, expected) in table {
            std::fs::write(file.path(), format!("posting,start,end,kind\n{rows}\n")).unwrap();
            let found = load_line_spans(file.path(), &[&posting])
                .map(|found| found.into_iter().map(|line| line.text).collect::<Vec<_>>())
                .map_err(|error| error.to_string());
            let path = file.path().display();
            let expected = expected.map(|lines| lines.into_iter().map(str::to_owned).collect());
            assert_eq!(found, expected.map_err(|message| format!("{path}: {message}")), "{rows}");
        }
    }
}
