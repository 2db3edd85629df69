//! Headings, and the part of a posting they open.

/// The part of a posting a line stands in, as the last heading before it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Section {
    /// No heading yet, or one that says nothing.
    #[default]
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

/// A heading has at most so many words.
const MAX_WORDS: usize = 9;

/// What a heading holds, most telling first: the first list with a match decides.
const CUES: [(Section, &[&str]); 5] = [
    (
        Section::Benefits,
        &[
            "benefit",
            "perk",
            "we offer",
            "compensation",
            "salary",
            "what you get",
            "what you'll get",
            "in it for you",
            "we provide",
            "package",
            "pay range",
            "you'll receive",
            "what's on offer",
            "we'll give",
        ],
    ),
    (
        Section::Legal,
        &[
            "how to apply",
            "to apply",
            "equal opportunity",
            "equal employment",
            "privacy",
            "disclaimer",
            "diversity",
            "accommodation",
            "application process",
            "interview process",
            "hiring process",
            "next steps",
            "legal",
            "eeo",
            "e-verify",
            "recruitment process",
        ],
    ),
    (
        Section::Requirements,
        &[
            "requirement",
            "qualification",
            "who you are",
            "about you",
            "you have",
            "you'll have",
            "you bring",
            "you'll bring",
            "you'll need",
            "you need",
            "looking for",
            "skills",
            "must have",
            "must-have",
            "nice to have",
            "nice-to-have",
            "bonus",
            "experience",
            "ideal candidate",
            "desired",
            "preferred",
            "what it takes",
            "you might be",
            "your profile",
            "background",
            "education",
            "competenc",
            "knowledge",
            "your strengths",
        ],
    ),
    (
        Section::Duties,
        &[
            "responsibilit",
            "you'll do",
            "you will do",
            "what you do",
            "you'll be doing",
            "duties",
            "the role",
            "your role",
            "this role",
            "the job",
            "your job",
            "day to day",
            "day-to-day",
            "your mission",
            "your impact",
            "you'll own",
            "job description",
            "position summary",
            "tasks",
            "accountabilit",
            "key activities",
            "in this position",
            "you'll work on",
            "role overview",
            "the opportunity",
            "what you'll be",
            "what you will",
            "about the position",
            "scope of",
            "first 30",
            "first 90",
            "in your first",
            "the position",
            "essential functions",
        ],
    ),
    (
        Section::Company,
        &[
            "about us",
            "who we are",
            "our company",
            "our team",
            "the company",
            "the team",
            "our mission",
            "our values",
            "our culture",
            "about the company",
            "why join",
            "why us",
            "life at",
            "company description",
            "our story",
            "why work",
            "about ",
            "what we do",
            "our vision",
            "meet ",
        ],
    ),
];

impl Section {
    /// The section that `line` opens when it is a heading, from its cleaned text.
    ///
    /// A heading is short, ends in no full stop and holds a known cue.
    pub(crate) fn of_heading(line: &str) -> Option<Self> {
        let trimmed = line.trim_matches(|c: char| !c.is_alphanumeric());
        if trimmed.is_empty() || trimmed.len() > 70 || line.trim_end().ends_with(['.', ';', ',']) {
            return None;
        }
        let words = trimmed.split_whitespace().count();
        if words > MAX_WORDS {
            return None;
        }
        // A heading is marked as one, or so short that it can hardly be a duty.
        let marked = words <= 4
            || line.trim_end().ends_with([':', '?', '*'])
            || line.trim_start().starts_with(['#', '*', '_'])
            || !trimmed.chars().any(char::is_lowercase);
        if !marked {
            return None;
        }
        let lower = trimmed.to_lowercase().replace('\u{2019}', "'");
        CUES.iter().find(|(_, cues)| cues.iter().any(|cue| lower.contains(cue))).map(|(section, _)| *section)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings() {
        let table = [
            ("What you\u{2019}ll do", Some(Section::Duties)),
            ("**Key Responsibilities:**", Some(Section::Duties)),
            ("Minimum qualifications:", Some(Section::Requirements)),
            ("PERKS", Some(Section::Benefits)),
            ("What we offer", Some(Section::Benefits)),
            ("About us", Some(Section::Company)),
            ("How to apply", Some(Section::Legal)),
            ("Own the roadmap for the role editor and its salary module", None),
            ("Strong knowledge of pricing.", None),
            ("", None),
            ("###", None),
        ];
        for (line, expected) in table {
            assert_eq!(Section::of_heading(line), expected, "{line}");
        }
    }
}
