//! Texts that are not one posting: résumés, and several postings in one text.

use memchr::memmem;

use super::scratch::Scratch;
use super::title;
use super::verdict::Note;
use crate::model::{ByKind, Kind, TitleClaim};
use crate::text::Section;
use crate::tokenize::stopwords::ADDRESS;
use crate::tokenize::verbs::Form;
use crate::tokenize::words::Words;
use crate::tokenize::{Segment, Token};

/// A résumé has at most one "you", "we" or the like in this many words.
const WORDS_PER_ADDRESS: usize = 60;

/// Fewest lines of a résumé that open with a verb in the past.
const MIN_PAST: usize = 3;

/// Fewest lines of a résumé with the years of a job or of a degree.
const MIN_PERIODS: usize = 2;

/// Words for the end of a period that goes on.
const NOW: [&str; 5] = ["now", "present", "today", "current", "date"];

/// Most words of a title on a line of its own.
const TITLE_WORDS: usize = 9;

/// Most lines between a title and the first duty without a heading.
const NEAR: usize = 6;

/// Fewest words of a line that states a duty.
const MIN_WORDS: usize = 5;

/// Whether a text reads like a résumé: it rarely says "you" or "we", and most of its lines that
/// open with a verb are in the past tense, or several have the years of a job.
pub(super) fn is_resume(text: &str, tokens: &[Token], segments: &[Segment]) -> bool {
    let words = Words { text, tokens };
    let opens = |form: fn(Form) -> bool| {
        // "planned" is no noun, though "plan" may be one.
        let own = segments.iter().filter(|segment| {
            let verb = words.verb(segment.first as usize);
            verb.is_some_and(|verb| form(verb.form) && (verb.form == Form::Past || !verb.often_noun))
        });
        own.count()
    };
    let past = opens(|form| form == Form::Past);
    let in_past = past >= MIN_PAST && past > 2 * opens(|form| form != Form::Past);
    // Most postings end here: years are found faster than words that address the reader.
    if !in_past && memmem::find_iter(text.as_bytes(), "20").take(2 * MIN_PERIODS).count() < MIN_PERIODS {
        return false;
    }
    let addresses = tokens.iter().filter(|token| token.flags & ADDRESS != 0).count();
    let has_period = |segment: &&Segment| (segment.first..segment.last).any(|at| period(words, at as usize, **segment));
    addresses * WORDS_PER_ADDRESS <= tokens.len()
        && (in_past || segments.iter().filter(has_period).count() >= MIN_PERIODS)
}

/// Whether a period begins with the year `at`: "2018 to 2021", "06/2018 \u{2013} 02/2025", "Jan 2022 - Present".
fn period(words: Words<'_>, at: usize, segment: Segment) -> bool {
    let year = |at: usize| matches!(words.word(at).as_bytes(), [b'1', b'9', _, _] | [b'2', b'0', _, _]);
    let ends = |at: usize| year(at) || words.is_any(at, &NOW);
    // A month may stand before the second year.
    let joins = |at: usize| words.gap(at).contains(['-', '\u{2013}', '\u{2014}']) || words.is_any(at, &["to", "until"]);
    let reach = (segment.last as usize).min(at + 4);
    year(at) && (at + 1..reach).find(|&end| ends(end)).is_some_and(|end| (at + 1..=end).any(joins))
}

/// Whether a text holds several postings, or the same one several times. A posting is a title of
/// a role on a line of its own, with a heading of duties after it or a duty soon after it.
pub(super) fn several(text: &str, scratch: &Scratch, odds: &ByKind<f64>) -> Option<Note> {
    let Scratch { tokens, segments, lines, repeats, .. } = scratch;
    let (mut postings, mut copies) = (Vec::new(), 0);
    let mut part: Option<Part> = None;
    for (at, (segment, line)) in segments.iter().zip(lines).enumerate() {
        let (first, last) = (segment.first as usize, segment.last as usize);
        let alone = last - first <= TITLE_WORDS
            && at.checked_sub(1).is_none_or(|before| segments[before].line != segment.line)
            && segments.get(at + 1).is_none_or(|next| next.line != segment.line);
        let range = tokens[first].start as usize..tokens[last - 1].end as usize;
        let title = text.get(range.clone()).unwrap_or_default();
        // A list of titles names other people.
        let before = text.get(..range.start).unwrap_or_default();
        let item = || ["- ", "* ", "\u{2022} "].iter().any(|mark| before.ends_with(mark));
        if alone && matches!(title::claim(title), TitleClaim::Pm | TitleClaim::Pmm | TitleClaim::Both) {
            // After "5+ years of product management" only a heading of duties counts.
            let reach = if title::is_title(title) && !item() { at + NEAR } else { at };
            if let Some(before) = part.replace(Part { title, reach, ..Part::default() }) {
                before.count(&mut postings, &mut copies);
            }
            continue;
        }
        let Some(part) = &mut part else { continue };
        let duty = || last - first >= MIN_WORDS && matches!(line.kind(odds), Kind::Pm | Kind::Pmm | Kind::Shared);
        part.duties |= at <= part.reach && duty();
        part.duties |= alone && Section::opened(text, range) == Some(Section::Duties);
        if part.duties && last - first >= MIN_WORDS {
            *(if repeats.is(at) { &mut part.repeated } else { &mut part.new }) += 1;
        }
    }
    if let Some(part) = part {
        part.count(&mut postings, &mut copies);
    }
    match (postings.len(), copies) {
        (2.., _) => Some(Note::SeveralPostings),
        (_, 1..) => Some(Note::Repeated),
        _ => None,
    }
}

/// What follows a title.
#[derive(Default)]
struct Part<'a> {
    title: &'a str,
    /// The last line that may state its first duty without a heading.
    reach: usize,
    /// Whether it states duties.
    duties: bool,
    /// Lines since the duties began that were in the text before, and others.
    repeated: usize,
    new: usize,
}

impl<'a> Part<'a> {
    /// Adds its title to those of the `postings` if it states duties, unless it is a copy of the first.
    fn count(self, postings: &mut Vec<&'a str>, copies: &mut usize) {
        if self.new < self.repeated && postings.first() == Some(&self.title) {
            *copies += 1;
        } else if self.duties {
            postings.push(self.title);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::infer::{Classifier, Note};

    #[test]
    fn texts_that_are_not_one_posting() {
        let resume = "Ada Example\nProduct Manager, Oak Ltd, 2019-2024\n- Owned the product roadmap for payments\n\
            - Led discovery with forty customers and wrote user stories\n- Shipped three releases a year with two \
            squads\nSkills: SQL, Jira and writing; speaks French, holds a degree in physics";
        let posting = "Product Manager\n\nWhat you will do\n- Own the product roadmap for payments and write user stories \
            with engineers\n- Rank the backlog and decide what gets built next\n";
        let other = posting.replace("Product Manager", "Product Marketing Manager");
        let past = "You owned a roadmap before, led discovery with customers and wrote stories. We want a person who \
            has shipped software, ranked a backlog and talked to the people who use what you built.";
        let nouns = "Ada Example\nProduct Manager, Oak Ltd, 06/2018 \u{2013} 02/2025\n- Responsible for the roadmap and for user \
            stories\n- Planned three releases a year\nAnalyst, Elm Ltd, 2013 to 2018\n- Requirements for online loans\n\
            Skills: SQL, Jira and writing; speaks French, holds a degree in physics";
        let once =
            nouns.replace("06/2018 \u{2013} 02/2025", "Jan 2018 - Present").replace("2013 to 2018", "since 2013");
        let planned = resume.replace("Owned", "Planned").replace("Led", "Researched").replace("Shipped", "Launched");
        let bare = "Product Manager\nYou own the product roadmap for payments and rank the backlog with engineers.\n\
            Salary: 100,000\n\nProduct Marketing Manager\nYou write the messaging and plan each launch with sales.\n";
        let similar =
            format!("{posting}\nSimilar jobs\n- Product Manager\n- Product Marketing Manager\n- Write to us\n");
        for (text, expected) in [
            (nouns.to_owned(), vec![Note::Resume]),
            (nouns.replace("06/2018 \u{2013} 02/2025", "Jan 2018 - Present"), vec![Note::Resume]),
            (once, vec![]),
            (planned, vec![Note::Resume]),
            (bare.to_owned(), vec![Note::SeveralPostings]),
            (similar, vec![]),
            (format!("{posting}\nApply now\n\nProduct Manager\nApply now\n"), vec![]),
            (resume.to_owned(), vec![Note::Resume]),
            (posting.repeat(2), vec![Note::Repeated]),
            (format!("{posting}\n{other}"), vec![Note::SeveralPostings]),
            (posting.to_owned(), vec![]),
            (past.to_owned(), vec![]),
        ] {
            assert_eq!(Classifier::builtin().unwrap().classify(&text).notes, expected, "{text}");
        }
    }
}
