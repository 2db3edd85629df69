//! Posting text made safe to print.
//!
//! Postings are untrusted. Control characters can move a terminal's cursor, change its
//! colors or its title; bidirectional marks can make text read differently from what it
//! says.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character can have effects beyond being displayed: control characters other
/// than line feed and tab, bidirectional marks, invisible tags, and characters of no width and
/// no effect on the letters around them, with which different names can look the same.
#[must_use]
pub const fn is_unsafe(c: char) -> bool {
    matches!(c,
        '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A visible symbol for an unsafe character: `␛` for ESC, `‹U+202E›` for one that has no
/// symbol.
fn symbol(c: char) -> String {
    match c {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}').to_string(),
        '\u{7f}' => '\u{2421}'.to_string(),
        _ => code_point(c),
    }
}

/// A character's code point, `‹U+001B›`: few fonts have symbols for control characters.
pub(super) fn code_point(c: char) -> String {
    format!("\u{2039}U+{:04X}\u{203a}", u32::from(c))
}

/// `text` with unsafe characters replaced by visible symbols. Line breaks and tabs are
/// kept; CRLF and CR become LF.
#[must_use]
pub fn for_terminal(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' => safe.push('\n'),
            c if is_unsafe(c) => safe.push_str(&symbol(c)),
            c => safe.push(c),
        }
    }
    Cow::Owned(safe)
}

/// `json` with unsafe characters written as `\u` escapes: the same value, safe to print.
#[must_use]
pub fn for_json(json: &str) -> Cow<'_, str> {
    // JSON allows a raw carriage return only between values, where an escape would be wrong.
    let escaped = |c: char| is_unsafe(c) && c != '\r';
    if !json.contains(escaped) {
        return Cow::Borrowed(json);
    }
    let mut safe = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if escaped(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsafe_characters_become_visible() {
        let table = [
            ("plain \u{e9}\u{1f600}\n\ttext", "plain \u{e9}\u{1f600}\n\ttext"),
            ("\u{1b}[31mred", "\u{241b}[31mred"),
            ("a\u{202e}b", "a\u{2039}U+202E\u{203a}b"),
            ("one\r\ntwo\rthree", "one\ntwo\nthree"),
            ("\u{7f}\u{9b}2J", "\u{2421}\u{2039}U+009B\u{203a}2J"),
            ("Ac\u{200b}m\u{2060}e", "Ac\u{2039}U+200B\u{203a}m\u{2039}U+2060\u{203a}e"),
            ("family \u{1f468}\u{200d}\u{1f469}", "family \u{1f468}\u{200d}\u{1f469}"),
        ];
        for (text, expected) in table {
            assert_eq!(for_terminal(text), expected);
            assert!(!for_terminal(text).contains(is_unsafe));
        }
    }

    #[test]
    fn json_keeps_its_value() {
        assert_eq!(for_json("{\"a\":\"x\u{202e}y\u{9b}\u{e0041}\"}"), "{\"a\":\"x\\u202ey\\u009b\\udb40\\udc41\"}");
        assert!(matches!(for_json("{\"a\":\"caf\u{e9}\"}"), Cow::Borrowed(_)));
    }
}
