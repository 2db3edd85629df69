//! Words that Snowball stems alike and that mean different things in a posting.
//!
//! "The position", where most postings speak of the job, and "positioning", which is
//! product marketing; "experience", which every job asks for, and "experiments", which
//! product managers run; "the market" and "marketing"; sales' "objections" and a plan's
//! "objectives". The list is short on purpose: parting sixty such stems made the model
//! worse, because every part has fewer lines to learn from.

/// Words and the stem they get instead of Snowball's, by word.
const EXCEPTIONS: [(&str, &str); 16] = [
    ("conversation", "conversation"),
    ("conversational", "conversation"),
    ("conversations", "conversation"),
    ("conversion", "conversion"),
    ("conversions", "conversion"),
    ("experiment", "experiment"),
    ("experiments", "experiment"),
    ("marketer", "marketer"),
    ("marketers", "marketer"),
    ("marketing", "marketing"),
    ("objection", "objection"),
    ("objections", "objection"),
    ("objective", "objective"),
    ("objectives", "objective"),
    ("position", "position"),
    ("positions", "position"),
];

/// The stem of a lower-case word that is an exception.
pub(crate) fn exception(word: &str) -> Option<&'static str> {
    EXCEPTIONS.binary_search_by_key(&word, |&(word, _)| word).ok().map(|at| EXCEPTIONS[at].1)
}

#[cfg(test)]
mod tests {
    use rust_stemmers::{Algorithm, Stemmer};

    use super::*;

    #[test]
    fn each_is_there_for_a_reason() {
        assert!(EXCEPTIONS.is_sorted_by_key(|&(word, _)| word));
        let stemmer = Stemmer::create(Algorithm::English);
        for (word, stem) in EXCEPTIONS {
            assert_ne!(stemmer.stem(word), stem, "{word} needs no entry");
        }
        assert_eq!(exception("positioning"), None);
        assert_eq!(exception("positions"), Some("position"));
    }
}
