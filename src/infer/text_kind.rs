//! Texts that are not one posting: résumés, and several postings in one text.

use super::title;
use crate::model::TitleClaim;
use crate::text::Section;
use crate::tokenize::stopwords::ADDRESS;
use crate::tokenize::verbs::{Form, Verb};
use crate::tokenize::words::Words;
use crate::tokenize::{Segment, Token};

/// A résumé has at most one "you", "we" or the like per this many words.
const WORDS_PER_ADDRESS: usize = 60;

/// Fewest lines of a résumé that open with a verb in the past tense.
const MIN_PAST: usize = 3;

/// Most words of a title on a line of its own.
const TITLE_WORDS: usize = 9;

/// Whether a text reads like a résumé: most of its lines that open with a verb are in the past
/// tense, and it rarely says "you" or "we".
pub(super) fn is_resume(text: &str, tokens: &[Token], segments: &[Segment]) -> bool {
    let words = Words { text, tokens };
    let opens = |form: fn(Form) -> bool| {
        // "plan" may be a noun, but "planned" is none.
        let counts = |verb: Verb| form(verb.form) && (verb.form == Form::Past || !verb.often_noun);
        segments.iter().filter(|segment| words.verb(segment.first as usize).is_some_and(counts)).count()
    };
    let past = opens(|form| form == Form::Past);
    let addresses = || tokens.iter().filter(|token| token.flags & ADDRESS != 0).count();
    past >= MIN_PAST && past > 2 * opens(|form| form != Form::Past) && addresses() * WORDS_PER_ADDRESS <= tokens.len()
}

/// Whether a text holds several postings: more than one title of a role on a line of its own,
/// each followed by a heading of duties.
pub(super) fn holds_several(text: &str, tokens: &[Token], segments: &[Segment]) -> bool {
    let (mut postings, mut titled) = (0, false);
    for (at, segment) in segments.iter().enumerate() {
        let (first, last) = (segment.first as usize, segment.last as usize);
        let alone = last - first <= TITLE_WORDS
            && at.checked_sub(1).is_none_or(|before| segments[before].line != segment.line)
            && segments.get(at + 1).is_none_or(|next| next.line != segment.line);
        if !alone {
            continue;
        }
        let range = tokens[first].start as usize..tokens[last - 1].end as usize;
        if titled && Section::opened(text, range.clone()) == Some(Section::Duties) {
            (postings, titled) = (postings + 1, false);
        }
        let claim = title::claim(text.get(range).unwrap_or_default());
        titled |= matches!(claim, TitleClaim::Pm | TitleClaim::Pmm | TitleClaim::Both);
    }
    postings > 1
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
        let planned = resume.replace("Owned", "Planned").replace("Led", "Researched").replace("Shipped", "Launched");
        for (text, expected) in [
            (planned, vec![Note::Resume]),
            (resume.to_owned(), vec![Note::Resume]),
            (posting.repeat(2), vec![Note::SeveralPostings]),
            (format!("{posting}\n{other}"), vec![Note::SeveralPostings]),
            (posting.to_owned(), vec![]),
            (past.to_owned(), vec![]),
            // Like a résumé it addresses nobody, but it is not in the past tense.
            (posting.replace("What you will do", "Duties"), vec![]),
        ] {
            assert_eq!(Classifier::builtin().unwrap().classify(&text).notes, expected, "{text}");
        }
    }

    const PAST: [&str; 6] = [
        "Owned the product roadmap for payments",
        "Led discovery with forty customers and wrote user stories",
        "Shipped three releases a year with two squads",
        "Researched the market with surveys of small firms",
        "Launched an app for tea shops in Leeds",
        "Ranked the backlog with engineers",
    ];
    const OTHER: [&str; 3] =
        ["Own the budget for tools", "Lead a squad of six people", "Write user stories for new features"];

    /// More than twice as many lines in the past tense as others, and at least three.
    #[test]
    fn most_lines_of_a_resume_are_in_the_past_tense() {
        let classifier = Classifier::builtin().unwrap();
        for (past, other, end, is_resume) in [
            (3, 0, "", true),
            (2, 0, "", false),
            (3, 1, "", true),
            (4, 2, "", false),
            (5, 2, "", true),
            (6, 3, "", false),
            (3, 0, "We like you.", false),
        ] {
            let lines: Vec<_> = PAST[..past].iter().chain(&OTHER[..other]).map(|line| format!("- {line}\n")).collect();
            let text = format!(
                "Ada Example\nProduct Manager, Oak Ltd, 2019-2024\n{}Skills: SQL, Jira and writing; speaks French, holds a \
                 degree in physics\n{end}",
                lines.concat()
            );
            let expected = if is_resume { vec![Note::Resume] } else { vec![] };
            assert_eq!(classifier.classify(&text).notes, expected, "{past} and {other} {end}");
        }
    }

    /// A posting begins with a title on a line of its own, and has a heading of duties.
    #[test]
    fn postings_are_counted_by_title_and_heading() {
        let classifier = Classifier::builtin().unwrap();
        for (title, heading, expected) in [
            ("Product Manager\n", "What you will do", vec![Note::SeveralPostings]),
            ("Product Manager. Join us today.\n", "What you will do", vec![]),
            ("Join us today. Product Manager\n", "What you will do", vec![]),
            ("", "What you will do", vec![]),
            ("Product Manager\n", "About us", vec![]),
        ] {
            let posting = format!(
                "{title}\n{heading}\n- Own the product roadmap for payments and write user stories with engineers\n\
                 - Rank the backlog and decide what gets built next\n"
            );
            assert_eq!(classifier.classify(&posting.repeat(2)).notes, expected, "{title}{heading}");
        }
    }
}
