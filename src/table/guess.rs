//! Guesses the columns of the posting and its title, by their names and by what they hold.

use super::columns::column_key;
use super::sample::{ColumnSample, Sample};

/// Usual names of the column with the posting, the most likely first, as [`column_key`] gives them.
const TEXT_NAMES: [&str; 18] = [
    "description", "jobdescription", "fulldescription", "descriptiontext", "jobtext", "jobposting", "posting",
    "postingtext", "fulltext", "body", "text", "content", "jobdetails", "details", "jobad", "jd", "responsibilities",
    "duties",
];

/// Usual names of columns with a section of the posting.
const SECTION_NAMES: [&str; 21] = [
    "responsibilities",
    "keyresponsibilities",
    "jobresponsibilities",
    "roleresponsibilities",
    "duties",
    "jobduties",
    "keyduties",
    "tasks",
    "keytasks",
    "accountabilities",
    "whatyoulldo",
    "whatyouwilldo",
    "requirements",
    "jobrequirements",
    "qualifications",
    "minimumqualifications",
    "preferredqualifications",
    "whatyoubring",
    "whoyouare",
    "lists",
    "additional",
];

/// Usual names of the column with the title.
const TITLE_NAMES: [&str; 11] = [
    "title", "jobtitle", "positiontitle", "postingtitle", "roletitle", "position", "jobname", "role", "offertitle",
    "positionname", "vacancy",
];

/// Minimum average length of postings; shorter texts are summaries.
const POSTING_BYTES: usize = 200;
/// Titles are shorter than this on average.
const TITLE_BYTES: usize = 200;
/// Minimum average length of sections.
const SECTION_BYTES: usize = 30;

/// The columns that seem to hold the posting.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Guess {
    pub columns: Vec<usize>,
    /// The average length in bytes, if a column was chosen as the longest and not by its name.
    pub average_length: Option<usize>,
}

/// The [`column_key`] of the last part of a dotted path.
fn key(name: &str) -> String {
    column_key(name.rsplit('.').next().unwrap_or(name))
}

/// Whether a column of this name usually holds a posting or a part of it.
pub(crate) fn is_text_name(name: &str) -> bool {
    let key = column_key(name);
    TEXT_NAMES.iter().chain(&SECTION_NAMES).any(|known| *known == key)
}

/// Guesses the columns of the posting. `names` are those of the table, then nested fields.
pub(crate) fn guess_text(names: &[String], sample: &Sample) -> Option<Guess> {
    let keys: Vec<String> = names.iter().map(|name| key(name)).collect();
    let column = |at: usize| sample.columns.get(at);
    let average = |at: usize| sample.average(at);
    let is_prose = |at: usize| column(at).is_some_and(ColumnSample::is_prose);
    // Of equally long columns, the first.
    let longest = |among: &mut dyn Iterator<Item = usize>| {
        among.fold(None, |best: Option<usize>, at| match best {
            Some(best) if average(best) >= average(at) => Some(best),
            _ => Some(at),
        })
    };
    let prose = longest(&mut (0..names.len()).filter(|&at| is_prose(at)));
    // A column with a usual name may hold summaries: shorter than postings, and much shorter than the longest
    // column of prose.
    let is_long_enough = |at: usize| average(at) >= POSTING_BYTES || 4 * average(at) >= prose.map_or(0, average);
    // Of columns with the same name, the one with the longest texts.
    let named: Vec<usize> = TEXT_NAMES
        .iter()
        .filter_map(|wanted| longest(&mut (0..names.len()).filter(|&at| keys[at] == *wanted)))
        .filter(|&at| !column(at).is_some_and(ColumnSample::is_numeric))
        .collect();
    // In this order: a usual name with long enough texts, the longest prose, a usual name, the longest column.
    let (chosen, by_name) = match (named.iter().find(|&&at| is_long_enough(at)), prose, named.first()) {
        (None, Some(at), _) => (at, false),
        (Some(&at), _, _) | (None, None, Some(&at)) => (at, true),
        (None, None, None) => (longest(&mut (0..names.len()))?, false),
    };
    let is_section = |at: usize| SECTION_NAMES.contains(&keys[at].as_str());
    let introduces = |at: usize| is_section(chosen) && TEXT_NAMES[..3].contains(&keys[at].as_str());
    let joins = |at: usize| {
        at == chosen
            || ((is_section(at) || introduces(at))
                && is_prose(at)
                && average(at) >= SECTION_BYTES
                && !repeats(sample, at, chosen))
    };
    let columns: Vec<usize> = (0..names.len()).filter(|&at| joins(at)).collect();
    let average_length = (!by_name && columns.len() == 1).then(|| average(chosen));
    Some(Guess { columns, average_length })
}

/// Whether `column` repeats a part of the column `of`: in more than half of the rows, the first 40
/// characters of its text occur in the other's text.
fn repeats(sample: &Sample, column: usize, of: usize) -> bool {
    let (texts, whole) = (&sample.columns[column].first, &sample.columns[of].first);
    let start = |text: &str| text.chars().take(40).collect::<String>();
    let of_row = |row: &usize| whole.iter().find(|(other, _)| other == row);
    let repeated =
        texts.iter().filter(|(row, text)| of_row(row).is_some_and(|(_, whole)| whole.contains(&start(text))));
    2 * repeated.count() > texts.len()
}

/// Guesses the column of titles.
pub(crate) fn guess_title(names: &[String], sample: &Sample, text: &[usize]) -> Option<usize> {
    let keys: Vec<String> = names.iter().map(|name| key(name)).collect();
    let may_be = |at: usize| {
        let column = sample.columns.get(at);
        !text.contains(&at) && !column.is_some_and(ColumnSample::is_numeric) && sample.average(at) < TITLE_BYTES
    };
    // Of columns with the same name, the first with values.
    let of_name = |wanted: &str| {
        let found = || (0..names.len()).filter(|&at| keys[at] == wanted && may_be(at));
        found().find(|&at| sample.columns.get(at).is_some_and(|column| column.filled > 0)).or_else(|| found().next())
    };
    // In postings from Lever, `text` is the title.
    let lists = text.iter().any(|&at| keys[at] == "lists");
    let lever = || if lists { of_name("text") } else { None };
    TITLE_NAMES.iter().find_map(|wanted| of_name(wanted)).or_else(lever)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROSE: &str = "Own the product roadmap and decide with engineers and designers what is built next. ";

    /// A name, the columns with their only value, and the columns expected for text and title.
    type Case<'a> = (&'a str, &'a [(&'a str, String)], &'a [usize], Option<usize>);

    /// Columns by name and value of their only row.
    fn sample(columns: &[(&str, String)]) -> (Vec<String>, Sample) {
        let names = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        let columns = columns.iter().map(|(_, value)| ColumnSample {
            filled: usize::from(!value.is_empty()),
            bytes: value.len(),
            words: value.split_whitespace().count(),
            numbers: usize::from(!value.is_empty() && value.chars().all(|c| c.is_ascii_digit())),
            first: vec![(1, value.clone())],
        });
        (names, Sample { rows: 1, columns: columns.collect(), ..Sample::default() })
    }

    #[test]
    fn columns_are_guessed_by_name_and_content() {
        let long = PROSE.repeat(10);
        let (short, section) = ("We make booking software for small ferries".to_owned(), PROSE.repeat(3));
        let other = PROSE.to_uppercase().repeat(3);
        let table: [Case<'_>; 11] = [
            ("name", &[("text", "b".into()), ("Job Description", "a".into())], &[1], None),
            ("longest", &[("a", "x".into()), ("b", "xx".into()), ("c", "xx".into())], &[1], None),
            ("content", &[("description", short.clone()), ("advert", long.clone())], &[1], None),
            ("name of enough", &[("description", section.clone()), ("raw", long.repeat(9))], &[0], None),
            (
                "sections",
                &[
                    ("description", short.clone()),
                    ("responsibilities", section.clone()),
                    ("requirements", other.clone()),
                ],
                &[0, 1, 2],
                None,
            ),
            ("repeated section", &[("description", long.clone()), ("requirements", section.clone())], &[0], None),
            ("same names", &[("description", "A manager".into()), ("description", long.clone())], &[1], None),
            (
                "nested",
                &[("id", "1".into()), ("job.description", long.clone()), ("job.title", "PM".into())],
                &[1],
                Some(2),
            ),
            (
                "numeric position",
                &[("position", "0".into()), ("job name", "PM".into()), ("text", long.clone())],
                &[2],
                Some(1),
            ),
            (
                "lever",
                &[("text", "PM".into()), ("description", section.clone()), ("lists", other.clone())],
                &[1, 2],
                Some(0),
            ),
            ("no title", &[("title", long.clone()), ("text", long.clone())], &[1], None),
        ];
        for (name, columns, text, title) in table {
            let (names, sample) = sample(columns);
            let guess = guess_text(&names, &sample).unwrap();
            assert_eq!(guess.columns, text, "{name}");
            assert_eq!(guess_title(&names, &sample, &guess.columns), title, "{name}");
        }
        assert_eq!(guess_text(&[], &Sample::default()), None);
    }

    #[test]
    fn sections_are_compared_with_the_text_of_their_row() {
        let names = ["description".to_owned(), "requirements".to_owned()];
        let text = |row: usize| format!("{row} {}", PROSE.repeat(5));
        let column = |rows: &[usize]| ColumnSample {
            filled: rows.len(),
            bytes: 400 * rows.len(),
            words: 80 * rows.len(),
            numbers: 0,
            first: rows.iter().map(|&row| (row, text(row))).collect(),
        };
        // The first row has no requirements; those of the others repeat the description.
        let columns = vec![column(&[1, 2, 3]), column(&[2, 3])];
        let sample = Sample { rows: 3, columns, ..Sample::default() };
        assert_eq!(guess_text(&names, &sample).unwrap().columns, [0]);
    }
}
