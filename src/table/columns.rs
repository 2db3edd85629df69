//! Finds the columns that a user names.

use crate::error::{Error, ErrorKind};

/// The name in lower case, without whitespace and punctuation.
pub(crate) fn column_key(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The index of a column, given by its name (in the exact case or, if only one matches, in any)
/// or by its number from 1. Of columns with the same name, the one with the highest `filled`.
///
/// # Errors
/// [`ErrorKind::Input`], with a hint that lists the columns and suggests the most similar name.
pub(crate) fn find(names: &[String], wanted: &str, filled: &dyn Fn(usize) -> usize) -> Result<usize, Error> {
    // Reversed, because of equal ones `max_by_key` returns the last, and the first is wanted.
    let same = (0..names.len()).filter(|&at| names[at] == wanted).rev();
    if let Some(at) = same.max_by_key(|&at| filled(at)) {
        return Ok(at);
    }
    let trimmed = wanted.trim();
    let mut alike = names.iter().enumerate().filter(|(_, name)| name.trim().to_lowercase() == trimmed.to_lowercase());
    match (alike.next(), alike.next()) {
        (Some((at, _)), None) => return Ok(at),
        (Some(_), Some(_)) => {
            return Err(Error::new(ErrorKind::Input, format!("several columns are named '{trimmed}'"))
                .hint("give the exact case, or the number of the column"));
        }
        _ => {}
    }
    if let Ok(number) = trimmed.parse::<usize>() {
        if (1..=names.len()).contains(&number) {
            return Ok(number - 1);
        }
        let message = format!("there is no column {number}: there are {}", names.len());
        return Err(Error::new(ErrorKind::Input, message));
    }
    let near = nearest(names, trimmed).map(|name| format!("did you mean '{name}'? ")).unwrap_or_default();
    let error = Error::new(ErrorKind::Input, format!("there is no column '{trimmed}'"));
    Err(error.hint(format!("{near}the columns are: {}", listed(names))))
}

/// The indexes of several columns; each item may name one or, with commas, several.
pub(crate) fn find_all(
    names: &[String],
    wanted: &[String],
    filled: &dyn Fn(usize) -> usize,
) -> Result<Vec<usize>, Error> {
    let mut found = Vec::new();
    for wanted in wanted {
        // A name may contain a comma.
        if names.contains(wanted) || !wanted.contains(',') {
            found.push(find(names, wanted, filled)?);
        } else {
            for part in wanted.split(',') {
                found.push(find(names, part, filled)?);
            }
        }
    }
    Ok(found)
}

/// Maximum number of columns that a message lists.
const LISTED: usize = 40;

fn listed(names: &[String]) -> String {
    let shown: Vec<_> = names.iter().take(LISTED).map(String::as_str).collect();
    let more = names.len().saturating_sub(LISTED);
    let more = if more > 0 { format!(" … and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

/// Jaro-Winkler similarity above which a name is suggested.
const SIMILAR: f64 = 0.8;

/// The name most similar to `wanted`, if any is similar enough.
pub(crate) fn nearest<'a>(names: &'a [String], wanted: &str) -> Option<&'a str> {
    let wanted = column_key(wanted);
    let scored = names.iter().map(|name| (strsim::jaro_winkler(&column_key(name), &wanted), name.as_str()));
    let best = scored.reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.filter(|(similarity, _)| *similarity > SIMILAR).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn by_name_case_and_number() {
        let names = names(&["ID", "Job Title", "Text", "text", "a,b", "7"]);
        assert_eq!(find(&names, "id", &|_| 0).unwrap(), 0);
        assert_eq!(find(&names, "text", &|_| 0).unwrap(), 3);
        assert!(find(&names, "TEXT", &|_| 0).unwrap_err().to_string().contains("several"));
        assert_eq!(find(&names, "2", &|_| 0).unwrap(), 1);
        assert_eq!(find(&names, "7", &|_| 0).unwrap(), 5);
        assert!(find(&names, "9", &|_| 0).unwrap_err().to_string().contains("there are 6"));
        assert!(find(&names, "0", &|_| 0).is_err());
        assert_eq!(find_all(&names, &["a,b".to_owned()], &|_| 0).unwrap(), [4]);
        assert_eq!(find_all(&names, &["text,job title".to_owned(), "1".to_owned()], &|_| 0).unwrap(), [3, 1, 0]);
    }

    #[test]
    fn similar_names_are_suggested() {
        let columns = names(&["id", "Job Description", "company"]);
        for (wanted, name) in [
            ("descripton", Some("Job Description")),
            ("job descripton", Some("Job Description")),
            ("jobdesc", Some("Job Description")),
            ("compny", Some("company")),
            ("comapny", Some("company")),
            ("ids", Some("id")),
            ("salary", None),
            ("zzz", None),
            ("", None),
        ] {
            assert_eq!(nearest(&columns, wanted), name, "{wanted}");
        }
    }

    #[test]
    fn an_unknown_column_lists_the_columns() {
        let names = names(&["id", "description", "company"]);
        let error = find(&names, "descripton", &|_| 0).unwrap_err().to_string();
        assert_eq!(
            error,
            "there is no column 'descripton' (did you mean 'description'? the columns are: id, description, company)"
        );
        assert!(!find(&names, "zzz", &|_| 0).unwrap_err().to_string().contains("did you mean"));
        assert!(find(&names, "desc", &|_| 0).unwrap_err().to_string().contains("'description'?"));
    }
}
