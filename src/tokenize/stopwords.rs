//! Stopwords, and the flags of words.

/// A function word of English.
pub(crate) const STOPWORD: u8 = 1;

/// A word that may start a role name. This depends on the model's stems, so it is set when a word
/// is looked up.
pub(crate) const ROLE_NAME: u8 = 4;

/// A word that may deny that something is a duty of the job.
pub(crate) const DENIAL: u8 = 8;

/// A word that addresses the reader or speaks for the employer: "you", "our".
pub(crate) const ADDRESS: u8 = 16;

/// A form of a verb that states duties, described by [`OFTEN_NOUN`] and [`FORM`].
pub(crate) const VERB: u8 = 32;

/// Of a verb: the same word is often a noun.
pub(crate) const OFTEN_NOUN: u8 = 2;

/// Of a verb: the bits of its form.
pub(crate) const FORM: u8 = 64 + 128;

/// Function words. They make up about two in five words of English prose, and few of other
/// languages.
const STOPWORDS: [&str; 62] = [
    "a", "about", "across", "all", "also", "an", "and", "are", "as", "at", "be", "been", "but", "by", "can", "for",
    "from", "has", "have", "how", "if", "in", "into", "is", "it", "its", "more", "not", "of", "on", "or", "other",
    "our", "out", "over", "such", "than", "that", "the", "their", "them", "they", "this", "through", "to", "up", "us",
    "was", "we", "well", "what", "when", "which", "while", "who", "will", "with", "within", "work", "would", "you",
    "your",
];

/// Words of denials: "will not", "rather than", "our sales team owns", "sit in on".
const DENIALS: [&str; 14] = [
    "not", "t", "rather", "instead", "team", "teams", "colleague", "colleagues", "department", "sit", "attend",
    "observe", "shadow", "listen",
];

/// The flags of a word in lower case.
pub(crate) fn flags(word: &str) -> u8 {
    let stopword = STOPWORDS.binary_search(&word).is_ok();
    let denial = DENIALS.contains(&word);
    let address = ["you", "your", "we", "our", "us", "ll"].contains(&word);
    (u8::from(stopword) * STOPWORD)
        | (u8::from(denial) * DENIAL)
        | (u8::from(address) * ADDRESS)
        | super::verbs::verb(word).map_or(0, super::verbs::Verb::flags)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_of_words() {
        assert!(STOPWORDS.is_sorted());
        let table = [
            ("the", STOPWORD),
            ("work", STOPWORD | VERB | OFTEN_NOUN),
            ("owning", VERB | (2 * (FORM / 3))),
            ("x", 0),
            ("etc", 0),
            ("roadmap", 0),
            ("team", DENIAL),
            ("not", STOPWORD | DENIAL),
            ("", 0),
        ];
        for (word, expected) in table {
            assert_eq!(flags(word), expected, "{word}");
        }
    }
}
