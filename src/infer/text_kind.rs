//! Texts that are not one posting: résumés, and several postings in one text.

use super::line::ScoredLine;
use super::title;
use crate::model::{Kind, TitleClaim};
use crate::text::shorten::truncate;
use crate::tokenize::stopwords::ADDRESS;
use crate::tokenize::verbs::{Form, Verb};
use crate::tokenize::words::Words;
use crate::tokenize::{Segment, Token};

/// A résumé has at most one "you", "we" or the like per this many words.
const WORDS_PER_ADDRESS: usize = 60;

/// Minimum number of lines of a résumé that open with a verb in the past tense.
const MIN_PAST: usize = 3;

/// Maximum number of words of a title on a line of its own.
const TITLE_WORDS: usize = 9;

/// Minimum number of words of a posting, from its title to the next.
const POSTING_WORDS: usize = 30;

/// Probability of a duty of a role or of both from which a line counts as stating one.
const STATED: f64 = 0.5;

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

/// Whether a text holds several postings: titles of a role on lines of their own, each followed by
/// enough words for a posting, and by a duty before the next. A title that comes again after an
/// introduction of the company opens no second posting.
pub(super) fn holds_several(text: &str, tokens: &[Token], segments: &[Segment], lines: &[ScoredLine]) -> bool {
    let (mut postings, mut next, mut titled) = (0, 0, false);
    for (segment, line) in segments.iter().zip(lines) {
        let first = segment.first as usize;
        let short = segment.last as usize - first <= TITLE_WORDS;
        if short && first >= next && first + POSTING_WORDS <= tokens.len() && opens_posting(text, &tokens[first]) {
            titled = true;
            next = first + POSTING_WORDS;
        } else if titled && line.kinds[Kind::Pm] + line.kinds[Kind::Pmm] + line.kinds[Kind::Shared] >= STATED {
            titled = false;
            postings += 1;
        }
    }
    postings > 1
}

/// Whether the title of a role is on a line of its own that begins with this word.
fn opens_posting(text: &str, word: &Token) -> bool {
    let line = line_from(text, word.start as usize);
    title::is_title(line) && matches!(title::claim(line), TitleClaim::Pm | TitleClaim::Pmm | TitleClaim::Both)
}

/// The line from its first word at `start`, cut at a length that no title reaches. Empty if a word
/// precedes `start` on that line, or if a `*` bullet does.
fn line_from(text: &str, start: usize) -> &str {
    let (before, after) = text.split_at_checked(start).unwrap_or_default();
    // Besides Markdown's marks, a number may precede the first word: "2. Product Manager".
    let mark = |c: char| title::MARKDOWN.contains(&c) || c.is_ascii_digit() || " \t.)".contains(c);
    let line_before = before.trim_end_matches(mark);
    if !(line_before.is_empty() || line_before.ends_with('\n')) || before.ends_with("* ") {
        return "";
    }
    truncate(after, 2 * title::MAX_LINE).lines().next().unwrap_or_default()
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
            with engineers\n- Rank the backlog and decide what gets built next and when and why we do it\n";
        let other = posting.replace("Product Manager", "Product Marketing Manager");
        let past = "You owned a roadmap before, led discovery with customers and wrote stories. We want a person who \
            has shipped software, ranked a backlog and talked to the people who use what you built.";
        let company = "We are a family of bakeries with ninety shops in the north. Our ovens have been warm since 1921, \
            and a third of our staff has been with us for ten years and more.";
        let planned = resume.replace("Owned", "Planned").replace("Led", "Researched").replace("Shipped", "Launched");
        for (text, expected) in [
            (planned, vec![Note::Resume]),
            (resume.to_owned(), vec![Note::Resume]),
            (posting.repeat(2), vec![Note::SeveralPostings]),
            (format!("Product Manager\n\nAbout us\n{company}\n{posting}"), vec![]),
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

    /// Every posting has 30 words, the title's among them, or 29.
    #[test]
    fn postings_are_counted_by_their_titles() {
        let classifier = Classifier::builtin().unwrap();
        let posting = |title: &str, words: usize| {
            let duties = "Own the product roadmap for payments and write user stories with engineers. ".repeat(3);
            let left = words - title.split_whitespace().count();
            format!("{title}\n{}\n", duties.split_whitespace().take(left).collect::<Vec<_>>().join(" "))
        };
        // The line goes on after 122 bytes.
        let spaced = format!("Product Manager{}and nobody else is wanted", " ".repeat(107));
        for (first, second, expected) in [
            (("Product Manager", 30), ("Product Marketing Manager", 30), true),
            (("Product Manager", 30), (spaced.as_str(), 30), false),
            (("Product Manager", 29), ("Product Marketing Manager", 30), false),
            (("Product Manager", 30), ("Product Marketing Manager", 29), false),
            (("Product Manager", 30), ("# Product Manager", 31), true),
            (("Product Manager", 30), ("**Product Manager**", 30), true),
            (("Product Manager", 30), ("2. Product Manager", 31), true),
            (("Product Manager", 30), ("- Product Manager", 31), false),
            (("Product Manager", 30), ("* Product Manager", 31), false),
            (("Product Manager", 30), ("Join us today. Product Manager", 33), false),
            (("Product Manager", 30), ("Nurse", 30), false),
            (("Product Manager", 30), ("You may also like: Product Owner", 30), false),
            (("Product Manager", 30), ("Product Management", 30), false),
            (("About us", 30), ("Product Manager", 30), false),
        ] {
            let text = posting(first.0, first.1) + &posting(second.0, second.1);
            let expected = if expected { vec![Note::SeveralPostings] } else { vec![] };
            assert_eq!(classifier.classify(&text).notes, expected, "{text}");
        }
    }
}
