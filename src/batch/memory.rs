//! Estimates the memory that a row takes while it is classified.

/// Bytes of memory for each byte of a text: the row, its copies and its output.
const BYTE: u16 = 4;

/// Bytes of memory for a byte at which a word can begin or end.
const SEPARATOR: u16 = 40;

/// Bytes of memory for a byte at which a line, a sentence or a clause can begin or end.
const BREAK: u16 = 330;

/// By byte, the memory that it adds. Measured on texts of one short piece, repeated: the memory of a
/// line, a word and a byte.
const COSTS: [u16; 256] = {
    let mut costs = [BYTE; 256];
    let mut byte = 0;
    while byte < 256 {
        costs[byte] = match byte as u8 {
            // A backslash begins an escaped line break in JSON; the last three begin bullets, dashes and the
            // full stops of East Asia.
            b'\n' | b'\r' | b'\\' | b'.' | b':' | b';' | b'<' | b'&' | 0xe2 | 0xe3 | 0xef => BYTE + BREAK,
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | 0x80..=0xc1 | 0xc3.. => BYTE,
            _ => BYTE + SEPARATOR,
        };
        byte += 1;
    }
    costs
};

/// An upper estimate of the memory in bytes that a text takes while it is classified.
pub(super) fn memory_to_classify(text: &[u8]) -> usize {
    text.iter().map(|&byte| usize::from(COSTS[usize::from(byte)])).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Measured with the program, as the growth of its memory with a row of 6 MB (bytes per byte).
    #[test]
    fn no_text_needs_more_than_estimated() {
        let table = [
            ("a\n", 148.9),
            ("a ", 18.7),
            ("own\n", 80.7),
            ("own it\n", 56.1),
            ("Own.", 80.4),
            ("\u{2022} a ", 51.1),
            ("\u{2022}a", 80.5),
            ("a;b, ", 67.2),
            ("own a; ", 49.7),
            ("a: b\n", 69.9),
            ("- a\n", 80.5),
            ("a?b!", 18.7),
            ("<p>a", 85.0),
            ("a<br>", 75.3),
            ("<p>Own the roadmap</p>", 30.3),
            ("a&#10;", 55.7),
            ("Own the product roadmap and write user stories\n", 15.3),
            ("with product marketing, ", 5.8),
            ("roadmaps", 2.9),
            ("\u{4ea7}\u{54c1}\u{8def}", 2.1),
            ("\u{4ea7}\u{54c1}\u{3002}", 38.2),
            ("\u{434}\u{43e}\u{440} ", 3.8),
        ];
        for (piece, measured) in table {
            let estimate = memory_to_classify(piece.as_bytes()) as f64 / piece.len() as f64;
            assert!(estimate >= measured && estimate < 2.6 * measured + 4.0, "{piece:?}: {estimate} for {measured}");
        }
    }
}
