//! What is known of a word by itself, whatever the model.

/// A word that holds English sentences together.
pub(crate) const GLUE: u8 = 1;
/// A word that a phrase neither begins nor ends with. Whoever looks words up gives it to
/// those of one letter or digit, too.
pub(crate) const EDGE: u8 = 2;

/// A word that may begin a role's name. It depends on the model's stems: whoever looks
/// words up adds it.
pub(crate) const NAME: u8 = 4;

/// Words that hold English sentences together. About two words in five of any
/// English prose are among them; of other languages' prose, few.
const GLUE_WORDS: [&str; 62] = [
    "a", "about", "across", "all", "also", "an", "and", "are", "as", "at", "be", "been", "but", "by", "can", "for",
    "from", "has", "have", "how", "if", "in", "into", "is", "it", "its", "more", "not", "of", "on", "or", "other",
    "our", "out", "over", "such", "than", "that", "the", "their", "them", "they", "this", "through", "to", "up", "us",
    "was", "we", "well", "what", "when", "which", "while", "who", "will", "with", "within", "work", "would", "you",
    "your",
];

/// Further words that a phrase neither begins nor ends with.
const EDGE_WORDS: [&str; 9] = ["would", "may", "you", "ll", "re", "ve", "including", "etc", "per"];

/// The flags of a word in lower case.
pub(crate) fn flags(word: &str) -> u8 {
    let glue = GLUE_WORDS.binary_search(&word).is_ok();
    let edge = glue && word != "work" || EDGE_WORDS.contains(&word);
    (u8::from(glue) * GLUE) | (u8::from(edge) * EDGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glue_and_edges() {
        assert!(GLUE_WORDS.is_sorted());
        let table = [("the", GLUE | EDGE), ("work", GLUE), ("x", 0), ("etc", EDGE), ("roadmap", 0), ("", 0)];
        for (word, expected) in table {
            assert_eq!(flags(word), expected, "{word}");
        }
    }
}
