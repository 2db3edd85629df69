//! Recognizes hard wraps: line breaks in the middle of sentences, made by a program that
//! wrapped mail or print to a width.
//!
//! This looks at a few lines around one break. Where most lines of a text are wrapped,
//! `text::layout` has joined them before.

/// Maximum length of a line of wrapped text, in bytes.
const MAX_WIDTH: usize = 200;

/// Minimum width of wrapped text, in characters.
const MIN_WIDTH: usize = 45;

/// Maximum number of lines that are compared on each side of a break.
const AROUND: usize = 3;

/// Whether the line break before the word at `at` is a hard wrap.
///
/// - The line before the break ends in a word or a comma, and the line after it starts with a
///   lowercase letter.
/// - The lines around look wrapped: each ends a sentence, or has no room for the first word of the
///   next line. The longest line gives the width.
pub(super) fn wrapped(bytes: &[u8], at: usize) -> bool {
    // Tested first because most lines start with another character.
    if !bytes.get(at).is_some_and(u8::is_ascii_lowercase) {
        return false;
    }
    let first_of_line = |&start: &usize| bytes[start..at].trim_ascii().is_empty();
    let Some(start) = line_start(bytes, at).filter(first_of_line) else { return false };
    let mut lines: [&[u8]; 2 * AROUND] = [&[]; 2 * AROUND];
    let mut end = start;
    let mut first = AROUND;
    while first > 0 {
        let Some(from) = line_start(bytes, end.saturating_sub(1)) else { return false };
        let line = bytes[from..end].trim_ascii();
        if line.is_empty() {
            break;
        }
        first -= 1;
        lines[first] = line;
        end = from;
        if from == 0 || bullet(line) {
            break;
        }
    }
    let mut next = start;
    let mut last = AROUND;
    while last < lines.len() {
        let Some(to) = line_end(bytes, next) else { return false };
        let line = bytes[next..to].trim_ascii();
        if line.is_empty() || bullet(line) {
            break;
        }
        lines[last] = line;
        last += 1;
        next = (to + 1).min(bytes.len());
    }
    let Some(before) = lines[first..AROUND].last().and_then(|line| line.last()) else { return false };
    let lines = &lines[first..last];
    let width = lines.iter().map(|line| characters(line)).max().unwrap_or(0);
    let looks_wrapped = |two: &[&[u8]]| ends(two[0]) || fills(two[0], two[1], width);
    (before.is_ascii_alphanumeric() || *before == b',') && width >= MIN_WIDTH && lines.windows(2).all(looks_wrapped)
}

/// The start of the line that ends at `at`; `None` if it is longer than [`MAX_WIDTH`].
fn line_start(bytes: &[u8], at: usize) -> Option<usize> {
    let from = at.saturating_sub(MAX_WIDTH);
    match bytes[from..at].iter().rposition(|&byte| byte == b'\n') {
        Some(found) => Some(from + found + 1),
        None => (from == 0).then_some(0),
    }
}

/// The end of the line that starts at `from`; `None` if it is longer than [`MAX_WIDTH`].
fn line_end(bytes: &[u8], from: usize) -> Option<usize> {
    let to = bytes.len().min(from + MAX_WIDTH);
    match bytes[from..to].iter().position(|&byte| byte == b'\n') {
        Some(found) => Some(from + found),
        None => (to == bytes.len()).then_some(to),
    }
}

/// Whether a line starts with a mark that may be a list marker. This is faster than the test of
/// `text::layout`, and coarser: the number of an item does not count, and a letter outside ASCII does.
fn bullet(line: &[u8]) -> bool {
    line.first().is_some_and(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'"' | b'\'' | b'('))
}

/// Whether a sentence may end at the end of a line.
fn ends(line: &[u8]) -> bool {
    line.last().is_some_and(|byte| matches!(byte, b'.' | b':' | b';' | b'!' | b'?' | b')'))
}

/// Whether `line` has no room for the first word of `next`, where lines are `width` characters wide.
pub(crate) fn fills(line: &[u8], next: &[u8], width: usize) -> bool {
    let word = next.trim_ascii_start().split(u8::is_ascii_whitespace).next().unwrap_or_default();
    characters(line) + 1 + characters(word) > width
}

/// Number of characters: UTF-8 continuation bytes are not counted.
pub(crate) fn characters(text: &[u8]) -> usize {
    text.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether each line break of `text` is a hard wrap.
    fn hard_wraps(text: &str) -> Vec<bool> {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        let words = breaks.map(|at| at + text[at..].len() - text[at..].trim_start_matches([' ', '\t']).len());
        words.map(|at| wrapped(text.as_bytes(), at)).collect()
    }

    /// The first line has 11 characters, so that "of" fits a width of 14.
    #[test]
    fn a_full_line_has_no_room_for_the_next_word() {
        let fills = |width| fills(b"Own the map", b"of it", width);
        assert!(fills(13) && !fills(14));
    }

    #[test]
    fn wrapped_text_differs_from_lists() {
        let mail = "You will talk to customers every week, write down what they need, and own the\n\
                    roadmap of our scheduling product together with engineers and designers in\n\
                    three cities. You prioritise the backlog and decide with data what the team\n\
                    builds next.\n";
        let list = "write user stories with acceptance criteria for the engineers\n\
                    own the roadmap of our scheduling product and keep it honest\n\
                    talk to customers every week and write down what they need from us\n\
                    decide with data what is built\n";
        let wide = "a ".repeat(150) + "\nand more";
        let of_width = |width: usize| "a".repeat(width) + "\nand more";
        // The second line is as wide as the text, and its first word has three letters.
        let before_wide = |width: usize| format!("{}\nand {}", "a".repeat(width), "b".repeat(46));
        let long_after = |bytes: usize| format!("{}\nand {}", "a".repeat(200), "b".repeat(bytes - 4));
        // As many characters as bytes would be too many.
        let letters = format!("{}\nand {}", "a".repeat(57), "\u{e9}".repeat(56));
        let table: [(&str, &str, &[bool]); 20] = [
            ("200 bytes after", &long_after(200), &[true]),
            ("201 bytes after", &long_after(201), &[false]),
            ("letters outside ASCII", &letters, &[true]),
            ("mail", mail, &[true, true, true, false]),
            ("two mails", &mail.repeat(2), &[true, true, true, false, true, true, true, false]),
            ("CR LF", &mail.replace('\n', "\r\n"), &[true, true, true, false]),
            ("indented", &mail.replace('\n', "\n   "), &[true, true, true, false]),
            ("list", list, &[false; 4]),
            ("list with commas", &list.replace('\n', ",\n"), &[false; 4]),
            ("empty lines between", &mail.replace('\n', "\n\n"), &[false; 8]),
            (
                "bullets",
                "- keep the plan of all releases and tell everyone what it means for\n  them, in time\n- next",
                &[true, false],
            ),
            (
                "bullets below a heading",
                "Duties\n- keep the plan of all releases and tell everyone what it means for\n  them, in time\n- next",
                &[false, true, false],
            ),
            (
                "short line",
                "We plan the routes of forty cities all over europe and beyond\nduties\nown the roadmap of it all",
                &[false, false],
            ),
            ("line too long", &wide, &[false]),
            ("200 bytes", &of_width(200), &[true]),
            ("201 bytes", &of_width(201), &[false]),
            ("45 characters", &of_width(45), &[true]),
            ("44 characters", &of_width(44), &[false]),
            ("room for a word", &before_wide(46), &[false]),
            ("one character too few", &before_wide(47), &[true]),
        ];
        for (name, text, expected) in table {
            assert_eq!(hard_wraps(text), expected, "{name}");
        }
    }

    #[test]
    fn no_hard_wrap_in_tiny_texts() {
        for text in ["", "\n", "\n\n\n", "a\nb", "\na", "a\n", " \r\n \r\na"] {
            for at in 0..=text.len() {
                assert!(!wrapped(text.as_bytes(), at), "{text:?} {at}");
            }
        }
    }
}
