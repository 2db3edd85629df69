//! Finds the posting in the structured data of a page.

use crate::text::Span;

/// The range of the description in the JSON-LD of a page: the inside of a JSON string, with
/// its escapes. `None` if the page has no `JobPosting` of schema.org.
pub(crate) fn job_posting(page: &str) -> Option<Span> {
    let bytes = page.as_bytes();
    let start = memchr::memmem::find(bytes, b"application/ld+json")?;
    let posting = start + memchr::memmem::find(&bytes[start..], b"\"JobPosting\"")?;
    // The description may stand before the type: search the whole script.
    let script = memchr::memmem::rfind(&bytes[..posting], b"<script").unwrap_or(start);
    let end = memchr::memmem::find(&bytes[posting..], b"</script").map_or(bytes.len(), |end| posting + end);
    let mut longest = None;
    let mut at = script;
    while let Some(found) = memchr::memmem::find(&bytes[at..end], b"\"description\"") {
        at += found + 13;
        let Some(open) = after_colon(&bytes[at..end]) else { continue };
        let from = at + open;
        let to = from + string_length(&bytes[from..end])?;
        let span = Span::new(from, to);
        if longest.is_none_or(|longest: Span| longest.len() < span.len()) {
            longest = Some(span);
        }
        at = to;
    }
    longest
}

/// Where the string after a colon begins; `None` for another value.
fn after_colon(bytes: &[u8]) -> Option<usize> {
    let mut rest = bytes.iter().enumerate().filter(|(_, byte)| !byte.is_ascii_whitespace());
    (rest.next()?.1 == &b':').then_some(())?;
    let (quote, byte) = rest.next()?;
    (*byte == b'"').then_some(quote + 1)
}

/// The length of a JSON string up to its closing quote.
fn string_length(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr::memchr2(b'"', b'\\', &bytes[at.min(bytes.len())..])?;
        if bytes[at] == b'"' {
            return Some(at);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_of_postings() {
        let page = |json: &str| format!("<script type=\"application/ld+json\">{json}</script><p>x");
        let table = [
            ("posting", r#"{"@type": "JobPosting", "description" : "Own \"it\"\n all"}"#, Some(r#"Own \"it\"\n all"#)),
            ("fields before", r#"{"description":"Own it","@type":"JobPosting"}"#, Some("Own it")),
            ("the longest", r#"{"@type":"JobPosting","o":{"description":"A"},"description":"Own it"}"#, Some("Own it")),
            (
                "two of one length",
                r#"{"@type":"JobPosting","o":{"description":"A b"},"description":"C d"}"#,
                Some("A b"),
            ),
            ("an escape first", r#"{"@type":"JobPosting","description":"\"Own\" it"}"#, Some(r#"\"Own\" it"#)),
            ("another type", r#"{"@type":"Organization","description":"A firm"}"#, None),
            ("no string", r#"{"@type":"JobPosting","description":null}"#, None),
            ("cut off", r#"{"@type":"JobPosting","description":"Own"#, None),
        ];
        for (name, json, expected) in table {
            let page = page(json);
            assert_eq!(job_posting(&page).map(|span| span.of(&page)), expected, "{name}");
        }
        assert_eq!(job_posting("plain text with \"JobPosting\""), None);
    }
}
