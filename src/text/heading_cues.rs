//! Cues of headings: phrases that show which section a heading opens.

/// A section of a posting, named by the last heading before a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    /// No heading yet.
    Unknown,
    /// "What you'll do", "Responsibilities".
    Duties,
    /// "Requirements", "Who you are".
    Requirements,
    /// "Benefits", "What we offer".
    Benefits,
    /// "About us", "Our mission".
    Company,
    /// "How to apply", "Equal opportunity", "Privacy".
    Legal,
}

/// The cues, in lower case with ASCII apostrophes, at least three bytes each. Where several
/// sections match, the first in this order wins.
#[rustfmt::skip]
const CUES: [(Section, &[&str]); 5] = [
    (Section::Benefits, &[
        "benefit", "perk", "we offer", "compensation", "salary", "what you get", "what you'll get", "in it for you",
        "we provide", "package", "pay range", "you'll receive", "what's on offer", "we'll give",
    ]),
    (Section::Legal, &[
        "how to apply", "to apply", "equal opportunity", "equal employment", "privacy", "disclaimer", "diversity",
        "accommodation", "application process", "interview process", "hiring process", "next steps", "legal", "eeo",
        "e-verify", "recruitment process",
    ]),
    (Section::Requirements, &[
        "requirement", "qualification", "who you are", "about you", "you have", "you'll have", "you bring",
        "you'll bring", "you'll need", "you need", "looking for", "skills", "must have", "must-have", "nice to have",
        "nice-to-have", "bonus", "experience", "ideal candidate", "desired", "preferred", "what it takes",
        "you might be", "your profile", "background", "education", "competenc", "knowledge", "your strengths",
    ]),
    (Section::Duties, &[
        "responsibilit", "you'll do", "you will do", "what you do", "you'll be doing", "duties", "the role",
        "your role", "this role", "the job", "your job", "day to day", "day-to-day", "your mission", "your impact",
        "you'll own", "job description", "position summary", "tasks", "accountabilit", "key activities",
        "in this position", "you'll work on", "role overview", "the opportunity", "what you'll be", "what you will",
        "about the position", "scope of", "first 30", "first 90", "in your first", "the position",
        "essential functions",
    ]),
    (Section::Company, &[
        "about us", "who we are", "our company", "our team", "the company", "the team", "our mission", "our values",
        "our culture", "about the company", "why join", "why us", "life at", "company description", "our story",
        "why work", "about ", "what we do", "our vision", "meet ",
    ]),
];

/// Number of cues.
const COUNT: usize = {
    let (mut count, mut section) = (0, 0);
    while section < CUES.len() {
        count += CUES[section].1.len();
        section += 1;
    }
    count
};

/// A cue and the index of its section in [`CUES`].
#[derive(Clone, Copy)]
struct Cue {
    text: &'static [u8],
    section: u8,
}

/// Number of possible hashes.
const HASHES: usize = 4096;

/// Hash of three bytes.
const fn hash(a: u8, b: u8, c: u8) -> usize {
    ((a as usize & 31) << 7 ^ (b as usize & 31) << 4 ^ (c as usize & 31)) & (HASHES - 1)
}

/// Hash of the first three bytes of a cue.
const fn hash_of(cue: Cue) -> usize {
    hash(cue.text[0], cue.text[1], cue.text[2])
}

/// All cues, sorted by hash.
static SORTED: [Cue; COUNT] = {
    let mut sorted = [Cue { text: b"", section: 0 }; COUNT];
    let (mut count, mut section) = (0, 0);
    while section < CUES.len() {
        let mut at = 0;
        while at < CUES[section].1.len() {
            let cue = Cue { text: CUES[section].1[at].as_bytes(), section: section as u8 };
            let mut slot = count;
            while slot > 0 && hash_of(sorted[slot - 1]) > hash_of(cue) {
                sorted[slot] = sorted[slot - 1];
                slot -= 1;
            }
            sorted[slot] = cue;
            count += 1;
            at += 1;
        }
        section += 1;
    }
    sorted
};

/// Stands for "no cue" in [`FIRST`].
const NONE: u8 = COUNT as u8;
const _: () = assert!(COUNT < 256);

/// By hash, the index in [`SORTED`] of the first cue that has it.
static FIRST: [u8; HASHES] = {
    let mut first = [NONE; HASHES];
    let mut at = COUNT;
    while at > 0 {
        at -= 1;
        first[hash_of(SORTED[at])] = at as u8;
    }
    first
};

/// The section of a heading in lower case: the first of [`CUES`] with a cue in it.
///
/// A lookup by the first three bytes of cues: an Aho-Corasick automaton takes 1.13 times as long
/// for headings of real postings, and 0.7 ms to build.
pub(super) fn section_of(heading: &[u8]) -> Option<Section> {
    let mut best = u8::MAX;
    for (at, three) in heading.windows(3).enumerate() {
        let hash = hash(three[0], three[1], three[2]);
        if FIRST[hash] == NONE {
            continue;
        }
        for cue in SORTED[FIRST[hash] as usize..].iter().take_while(|cue| hash_of(**cue) == hash) {
            if cue.section < best && heading[at..].starts_with(cue.text) {
                best = cue.section;
            }
        }
    }
    CUES.get(usize::from(best)).map(|(section, _)| *section)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cue_is_found_anywhere_in_a_heading() {
        for (at, (_, cues)) in CUES.into_iter().enumerate() {
            for cue in cues {
                // A cue may contain a cue of a section that comes earlier: "job description".
                let holds = |(_, cues): &&(Section, &[&str])| cues.iter().any(|held| cue.contains(held));
                let expected = CUES[..=at].iter().find(holds).map(|(section, _)| *section);
                for heading in [(*cue).to_owned(), format!("- {cue}"), format!("{cue} -")] {
                    assert_eq!(section_of(heading.as_bytes()), expected, "{heading}");
                }
            }
        }
        for heading in ["", "ab", "product strategy", "benefi"] {
            assert_eq!(section_of(heading.as_bytes()), None, "{heading}");
        }
    }
}
