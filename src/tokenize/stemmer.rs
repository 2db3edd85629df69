//! Stems of words.

use rust_stemmers::{Algorithm, Stemmer};

use super::spelling::american;

/// Words that share a stem in Snowball but mean different things in a posting, with the stems
/// that they get instead; sorted by word.
///
/// "Position" mostly means the job, "positioning" is product marketing; every job asks for
/// "experience", product managers run "experiments". The list is short because splitting
/// sixty such stems made the model worse: each half had fewer lines to learn from.
#[rustfmt::skip]
const EXCEPTIONS: [(&str, &str); 16] = [
    ("conversation", "conversation"), ("conversational", "conversation"), ("conversations", "conversation"),
    ("conversion", "conversion"), ("conversions", "conversion"), ("experiment", "experiment"),
    ("experiments", "experiment"), ("marketer", "marketer"), ("marketers", "marketer"), ("marketing", "marketing"),
    ("objection", "objection"), ("objections", "objection"), ("objective", "objective"), ("objectives", "objective"),
    ("position", "position"), ("positions", "position"),
];

/// The Snowball stemmer for English ("Porter2").
pub(super) fn snowball() -> Stemmer {
    Stemmer::create(Algorithm::English)
}

/// Applies `found` to the stem of `word`, which is in lower case: the stem of its American
/// spelling, unless it is one of [`EXCEPTIONS`].
pub(super) fn with_stem<R>(snowball: &Stemmer, word: &str, found: impl FnOnce(&str) -> R) -> R {
    let word = american(word);
    match EXCEPTIONS.binary_search_by_key(&&*word, |&(exception, _)| exception) {
        Ok(at) => found(EXCEPTIONS[at].1),
        Err(_) => found(&snowball.stem(&word)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems() {
        // Stems of words that are not exceptions: by the Python package snowballstemmer 3.1,
        // from the American spelling.
        let table = [
            ("spelling", "prioritise", "priorit"),
            ("spelling", "prioritization", "priorit"),
            ("spelling", "programmes", "program"),
            ("spelling", "analysing", "analyz"),
            ("regular", "consolidating", "consolid"),
            ("regular", "knightly", "knight"),
            ("exception", "positions", "position"),
            ("not an exception", "positioning", "posit"),
            ("exception", "marketing", "marketing"),
            ("not an exception", "markets", "market"),
            ("number", "#", "#"),
            ("number", "2024", "2024"),
            ("number", "1234567890123456789", "1234567890123456789"),
        ];
        for (name, word, stem) in table {
            assert_eq!(with_stem(&snowball(), word, str::to_owned), stem, "{name}: {word}");
        }
    }

    #[test]
    fn every_exception_is_needed() {
        assert!(EXCEPTIONS.is_sorted_by_key(|&(word, _)| word));
        for (word, stem) in EXCEPTIONS {
            assert_ne!(snowball().stem(word), stem, "{word}");
        }
    }
}
