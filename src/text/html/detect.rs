//! Decides whether a text is HTML.

use super::attributes::may_have_no_value;
use super::elements::{self, Element};

/// What markup a text has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Markup {
    /// None: every `<` is text, and line ends are kept.
    Plain,
    /// Inline elements only: line ends are kept.
    Inline,
    /// Block elements: line ends become spaces.
    Page,
    /// XML: every element is a block, and line ends are kept.
    Xml,
}

impl Markup {
    /// Finds out what markup `text` has.
    pub(crate) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let start = text.trim_start();
        if start.starts_with("<?xml") && !start.get(..1000).unwrap_or(start).contains("<html") {
            return Self::Xml;
        }
        // A search that found nothing is not repeated: that would take quadratic time.
        let (Some(last), mut no_comment_end, mut no_quote) = (memchr::memrchr(b'>', bytes), false, [false; 2]) else {
            return Self::Plain;
        };
        let mut found = Self::Plain;
        let (mut at, mut breaks) = (0, 0usize);
        while let Some(next) = memchr::memchr(b'<', &bytes[at..]) {
            let mark = at + next;
            at = mark + 1;
            if mark > last {
                break;
            }
            if bytes[at..].starts_with(b"![CDATA[") {
                return if found == Self::Plain { Self::Xml } else { found };
            }
            if bytes[at..].starts_with(b"!--") {
                let end = if no_comment_end { None } else { memchr::memmem::find(&bytes[at..], b"-->") };
                match end {
                    Some(end) => (found, at) = (Self::Inline, at + end),
                    None => no_comment_end = true,
                }
                continue;
            }
            if bytes[at..].get(..8).is_some_and(|start| start.eq_ignore_ascii_case(b"!doctype")) {
                return Self::Page;
            }
            let Some((element, end)) = tag(bytes, mark, &mut no_quote) else { continue };
            if element.is_some_and(Element::lays_out) {
                return Self::Page;
            }
            breaks += usize::from(element.is_some_and(|element| element.name == "br"));
            // Names of unknown elements, such as "<name>", are often text.
            if element.is_some() {
                found = Self::Inline;
            }
            at = end;
        }
        // Where `br` ends most lines, line ends are spaces.
        if breaks > memchr::memchr_iter(b'\n', bytes).count() { Self::Page } else { found }
    }
}

/// The known element of the tag at `mark`, and where the tag ends. `None` for text: "<two hours",
/// "a <b".
fn tag(bytes: &[u8], mark: usize, no_quote: &mut [bool; 2]) -> Option<(Option<&'static Element>, usize)> {
    let rest = bytes.get(mark + 1..)?;
    let slash = usize::from(rest.first() == Some(&b'/'));
    let name = &rest[slash..];
    let length = name.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b':')).count();
    if !name.first().is_some_and(u8::is_ascii_alphabetic) {
        return None;
    }
    let mut lower = [0; 12];
    let element = lower.get_mut(..length).and_then(|lower| {
        lower.copy_from_slice(&name[..length]);
        lower.make_ascii_lowercase();
        elements::find(lower)
    });
    let mut at = mark + 1 + slash + length;
    // Attributes up to the end of the tag.
    loop {
        let after = bytes.get(at..)?.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == b'/').count();
        at += after;
        if *bytes.get(at)? == b'>' {
            return Some((element, at + 1));
        }
        if after == 0 {
            return None;
        }
        let name = at;
        at += bytes[at..]
            .iter()
            .take_while(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'=' | b'>' | b'/'))
            .count();
        let name = &bytes[name..at];
        if name.contains(&b'<') {
            return None;
        }
        let space = bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        if bytes.get(at + space) != Some(&b'=') {
            if !may_have_no_value(name) {
                return None;
            }
            continue;
        }
        at += space + 1;
        at += bytes.get(at..)?.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let first = *bytes.get(at)?;
        if matches!(first, b'"' | b'\'') {
            let searched = &mut no_quote[usize::from(first == b'"')];
            if *searched {
                return None;
            }
            let end = memchr::memchr(first, &bytes[at + 1..]);
            *searched = end.is_none();
            at += end? + 2;
        } else {
            let value = bytes[at..].iter().take_while(|byte| !byte.is_ascii_whitespace() && **byte != b'>').count();
            // Another tag begins in the value and is read next: reading it twice would take
            // quadratic time.
            if bytes[at..at + value].contains(&b'<') {
                return None;
            }
            at += value;
        }
    }
}

/// Whether a text has a character reference with its semicolon, such as `&amp;`.
pub(crate) fn has_reference(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'&', bytes).any(|at| {
        let name = &bytes[at + 1..];
        let length = name.iter().take(34).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'#').count();
        length > 1 && name.get(length) == Some(&b';') || name.starts_with(b"nbsp")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_of_texts() {
        let table = [
            ("", Markup::Plain),
            ("Response times <two hours. Revenue >90k", Markup::Plain),
            ("for a <b round of >2m", Markup::Plain),
            ("<a lot of people> like it, I <3 maps", Markup::Plain),
            ("open <a tag", Markup::Plain),
            ("the value <b title=\"is not> closed", Markup::Plain),
            ("write to <ada@example.org> or <https://example.org/p>", Markup::Plain),
            ("Dear <name>, own it", Markup::Plain),
            ("Own <b>it</b>", Markup::Inline),
            ("an empty value <b title=\"\">it", Markup::Inline),
            ("spaces <b title = \"x\">it", Markup::Inline),
            ("no quotes <b title=x>it", Markup::Inline),
            ("Own <!-- all of --> it", Markup::Inline),
            ("line<br>line<br/>line", Markup::Page),
            ("line\nline\nline<br>", Markup::Inline),
            ("as many\nline ends as breaks<br>", Markup::Inline),
            ("a > b <![CDATA[ c", Markup::Plain),
            ("a > b <!DOCTYPE c", Markup::Plain),
            ("x <P CLASS=a>y", Markup::Page),
            ("<li title='a > b' hidden>", Markup::Page),
            ("<!DOCTYPE html>x", Markup::Page),
            ("</div>", Markup::Page),
            ("<?xml version=\"1.0\"?><job/>", Markup::Xml),
            ("<job><![CDATA[x]]></job>", Markup::Xml),
        ];
        for (text, expected) in table {
            assert_eq!(Markup::of(text), expected, "{text}");
        }
        for (text, expected) in
            [("R&D; Q&A", false), ("R&amp;D", true), ("a&nbspb", true), ("&#8217;", true), ("& ;", false)]
        {
            assert_eq!(has_reference(text), expected, "{text}");
        }
    }
}
