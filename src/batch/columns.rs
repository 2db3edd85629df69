//! Which input columns hold the posting and its title.

use crate::error::{Error, ErrorKind};

/// Names under which postings come, the likelier first; compared without case and marks.
const TEXTS: [&str; 18] = [
    "description",
    "jobdescription",
    "fulldescription",
    "descriptiontext",
    "jobtext",
    "jobposting",
    "posting",
    "postingtext",
    "fulltext",
    "body",
    "text",
    "content",
    "jobdetails",
    "details",
    "jobad",
    "jd",
    "responsibilities",
    "duties",
];

/// Names under which titles come.
const TITLES: [&str; 8] =
    ["title", "jobtitle", "positiontitle", "postingtitle", "roletitle", "position", "jobname", "role"];

/// The name without case, blanks and marks.
fn bare(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Where a wanted column is: by name, by name whatever its case, or by its number
/// from 1.
///
/// # Errors
/// [`ErrorKind::Input`] with the columns there are and the nearest name.
pub(crate) fn find(names: &[String], wanted: &str) -> Result<usize, Error> {
    if let Some(at) = names.iter().position(|name| name == wanted) {
        return Ok(at);
    }
    let trimmed = wanted.trim();
    let mut alike = names.iter().enumerate().filter(|(_, name)| name.trim().to_lowercase() == trimmed.to_lowercase());
    match (alike.next(), alike.next()) {
        (Some((at, _)), None) => return Ok(at),
        (Some(_), Some(_)) => {
            return Err(Error::new(ErrorKind::Input, format!("several columns are called '{trimmed}'"))
                .hint("write the name with its exact case, or the number of the column"));
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

/// The columns that `wanted` names: one, or several parted by commas.
pub(crate) fn find_all(names: &[String], wanted: &[String]) -> Result<Vec<usize>, Error> {
    let mut found = Vec::new();
    for wanted in wanted {
        // A name may hold a comma itself.
        if names.contains(wanted) || !wanted.contains(',') {
            found.push(find(names, wanted)?);
        } else {
            for part in wanted.split(',') {
                found.push(find(names, part)?);
            }
        }
    }
    Ok(found)
}

/// At most so many columns are listed in a message.
const LISTED: usize = 40;

fn listed(names: &[String]) -> String {
    let shown: Vec<_> = names.iter().take(LISTED).map(String::as_str).collect();
    let more = names.len().saturating_sub(LISTED);
    let more = if more > 0 { format!(" … and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

/// The name that is most alike, if any is alike at all.
pub(crate) fn nearest<'a>(names: &'a [String], wanted: &str) -> Option<&'a str> {
    let wanted = bare(wanted);
    let scored = names.iter().filter_map(|name| {
        let bare = bare(name);
        let distance = if !wanted.is_empty() && (bare.contains(&wanted) || !bare.is_empty() && wanted.contains(&bare)) {
            1
        } else {
            distance(&bare, &wanted)
        };
        let most = wanted.chars().count().div_ceil(3).max(1);
        (distance <= most).then_some((distance, name.as_str()))
    });
    scored.min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let here = (diagonal + usize::from(x != *y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], here);
        }
    }
    row[b.len()]
}

/// How a column was found that the caller did not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guess {
    /// By its name.
    Name(usize),
    /// It holds the longest texts: so many characters on average.
    Longest(usize, usize),
}

impl Guess {
    pub(crate) fn column(self) -> usize {
        match self {
            Self::Name(at) | Self::Longest(at, _) => at,
        }
    }
}

/// The column of postings: one of a usual name, or the one with the longest texts.
/// `lengths` are the average lengths of each column in the sample.
pub(crate) fn guess_text(names: &[String], lengths: &[usize]) -> Option<Guess> {
    named(names, &TEXTS).map(Guess::Name).or_else(|| {
        let longest = lengths.iter().enumerate().rev().max_by_key(|(_, length)| **length);
        longest.map(|(at, length)| Guess::Longest(at, *length))
    })
}

/// The column of titles, by its name.
pub(crate) fn guess_title(names: &[String]) -> Option<usize> {
    named(names, &TITLES)
}

fn named(names: &[String], usual: &[&str]) -> Option<usize> {
    let bare: Vec<_> = names.iter().map(|name| bare(name)).collect();
    usual.iter().find_map(|wanted| bare.iter().position(|name| name == wanted))
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
        assert_eq!(find(&names, "id").unwrap(), 0);
        assert_eq!(find(&names, "text").unwrap(), 3);
        assert!(find(&names, "TEXT").unwrap_err().to_string().contains("several"));
        assert_eq!(find(&names, "2").unwrap(), 1);
        assert_eq!(find(&names, "7").unwrap(), 5);
        assert!(find(&names, "9").unwrap_err().to_string().contains("there are 6"));
        assert!(find(&names, "0").is_err());
        assert_eq!(find_all(&names, &["a,b".to_owned()]).unwrap(), [4]);
        assert_eq!(find_all(&names, &["text,job title".to_owned(), "1".to_owned()]).unwrap(), [3, 1, 0]);
    }

    #[test]
    fn an_unknown_column_says_which_there_are() {
        let names = names(&["id", "description", "company"]);
        let error = find(&names, "descripton").unwrap_err().to_string();
        assert_eq!(
            error,
            "there is no column 'descripton' (did you mean 'description'? the columns are: id, description, company)"
        );
        assert!(!find(&names, "zzz").unwrap_err().to_string().contains("did you mean"));
        assert!(find(&names, "desc").unwrap_err().to_string().contains("'description'?"));
    }

    #[test]
    fn columns_are_guessed() {
        assert_eq!(guess_text(&names(&["text", "Job Description"]), &[9, 1]), Some(Guess::Name(1)));
        assert_eq!(guess_text(&names(&["a", "b", "c"]), &[3, 9, 9]), Some(Guess::Longest(1, 9)));
        assert_eq!(guess_text(&[], &[]), None);
        assert_eq!(guess_title(&names(&["id", "job_title"])), Some(1));
        assert_eq!(guess_title(&names(&["id"])), None);
    }
}
