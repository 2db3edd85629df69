//! What headings hold. All cues are looked for at once: their first bytes pick the few that
//! may begin at a place.

use super::section::Section;

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

const COUNT: usize = {
    let (mut count, mut list) = (0, 0);
    while list < CUES.len() {
        count += CUES[list].1.len();
        list += 1;
    }
    count
};

/// Values of [`key`].
const KEYS: usize = 4096;

/// The first three bytes of a cue, mixed; no cue is shorter.
const fn key(a: u8, b: u8, c: u8) -> usize {
    ((a as usize & 31) << 7 ^ (b as usize & 31) << 4 ^ (c as usize & 31)) & (KEYS - 1)
}

/// A cue and the list it stands in.
#[derive(Clone, Copy)]
struct Cue {
    text: &'static [u8],
    list: u8,
}

const fn key_of(cue: Cue) -> usize {
    key(cue.text[0], cue.text[1], cue.text[2])
}

/// By key; where the cues of a key begin is in [`STARTS`].
static SORTED: [Cue; COUNT] = {
    let mut sorted = [Cue { text: b"", list: 0 }; COUNT];
    let (mut count, mut list) = (0, 0);
    while list < CUES.len() {
        let mut at = 0;
        while at < CUES[list].1.len() {
            let cue = Cue { text: CUES[list].1[at].as_bytes(), list: list as u8 };
            let mut slot = count;
            while slot > 0 && key_of(sorted[slot - 1]) > key_of(cue) {
                sorted[slot] = sorted[slot - 1];
                slot -= 1;
            }
            sorted[slot] = cue;
            count += 1;
            at += 1;
        }
        list += 1;
    }
    sorted
};

/// No cue has this key.
const NONE: u8 = COUNT as u8;

static STARTS: [u8; KEYS] = {
    let mut starts = [NONE; KEYS];
    let mut at = COUNT;
    while at > 0 {
        at -= 1;
        starts[key_of(SORTED[at])] = at as u8;
    }
    starts
};

const _: () = assert!(COUNT < 256);

/// The section of the first list of [`CUES`] with a cue that `line`, in lower case, holds.
pub(super) fn first(line: &[u8]) -> Option<Section> {
    let mut best = u8::MAX;
    for (at, three) in line.windows(3).enumerate() {
        let key = key(three[0], three[1], three[2]);
        if STARTS[key] == NONE {
            continue;
        }
        for cue in SORTED[STARTS[key] as usize..].iter().take_while(|cue| key_of(**cue) == key) {
            if cue.list < best && line[at..].starts_with(cue.text) {
                best = cue.list;
            }
        }
    }
    CUES.get(usize::from(best)).map(|list| list.0)
}
