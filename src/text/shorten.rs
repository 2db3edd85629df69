//! Shortening a text for display or to a limit.

/// Trims `text` and replaces every run of whitespace in it with one space.
pub(crate) fn collapse_whitespace(text: &str) -> String {
    // Most texts need no change, which this branch-free loop finds out.
    let (mut unchanged, mut before) = (true, 0);
    for &byte in text.as_bytes() {
        unchanged &= (b' '..128).contains(&byte) && (byte != b' ' || before != b' ');
        before = byte;
    }
    if unchanged {
        return text.trim_matches(' ').to_owned();
    }
    let mut collapsed = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !collapsed.is_empty() {
            collapsed.push(' ');
        }
        collapsed.push_str(word);
    }
    collapsed
}

/// The longest prefix of at most `most` bytes that ends at a character boundary.
pub(crate) fn truncate(text: &str, most: usize) -> &str {
    let end = (0..=text.len().min(most)).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whitespace_is_collapsed() {
        let table = [
            ("", ""),
            ("a b", "a b"),
            ("  a  b ", "a b"),
            ("a\tb\r\nc", "a b c"),
            ("\u{e9}\u{a0} \u{2003}b", "\u{e9} b"),
            (" \n ", ""),
        ];
        for (text, expected) in table {
            assert_eq!(collapse_whitespace(text), expected, "{text:?}");
        }
    }

    #[test]
    fn truncation_keeps_characters_whole() {
        for (most, expected) in [(0, ""), (1, "a"), (2, "a"), (3, "a\u{e9}"), (4, "a\u{e9}b"), (usize::MAX, "a\u{e9}b")]
        {
            assert_eq!(truncate("a\u{e9}b", most), expected, "{most}");
        }
    }
}
