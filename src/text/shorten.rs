//! Shorter forms of a text.

/// Runs of blanks become one.
pub(crate) fn fold(text: &str) -> String {
    // What has to be changed is seldom there: it is looked for without stopping.
    let (mut plain, mut before) = (true, 0);
    for &byte in text.as_bytes() {
        plain &= (b' '..128).contains(&byte) && (byte != b' ' || before != b' ');
        before = byte;
    }
    if plain {
        return text.trim_matches(' ').to_owned();
    }
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

/// The longest prefix of at most `most` bytes that ends at a character.
pub(crate) fn prefix(text: &str, most: usize) -> &str {
    let end = (0..=text.len().min(most)).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_blanks_become_one() {
        let table = [
            ("", ""),
            ("a b", "a b"),
            ("  a  b ", "a b"),
            ("a\tb\r\nc", "a b c"),
            ("\u{e9}\u{a0} \u{2003}b", "\u{e9} b"),
            (" \n ", ""),
        ];
        for (text, expected) in table {
            assert_eq!(fold(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_prefix_ends_at_a_character() {
        for (most, expected) in [(0, ""), (1, "a"), (2, "a"), (3, "a\u{e9}"), (4, "a\u{e9}b"), (usize::MAX, "a\u{e9}b")]
        {
            assert_eq!(prefix("a\u{e9}b", most), expected, "{most}");
        }
    }
}
