//! Text made safe for a page.

use std::fmt::{self, Display};

/// Text for an element or an attribute in double quotes: the characters escaped that mean
/// something in HTML, and NUL, which it cannot hold, replaced.
pub(crate) struct Text<'a>(pub &'a str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'', '\0']) {
            f.write_str(&rest[..at])?;
            f.write_str(match rest.as_bytes()[at] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                b'\'' => "&#39;",
                _ => "\u{fffd}",
            })?;
            rest = &rest[at + 1..];
        }
        f.write_str(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_text_is_only_text() {
        let text = Text("<script>alert(\"a & b's\")</script>é\0").to_string();
        assert_eq!(text, "&lt;script&gt;alert(&quot;a &amp; b&#39;s&quot;)&lt;/script&gt;é\u{fffd}");
    }
}
