//! Text made safe for HTML.

use std::fmt::{self, Display};

/// Text for an element or a quoted attribute, escaped. NUL, which HTML cannot contain,
/// becomes U+FFFD.
pub(crate) struct Text<'a>(pub &'a str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let escaped = htmlize::escape_all_quotes(self.0);
        if escaped.contains('\0') { f.write_str(&escaped.replace('\0', "\u{fffd}")) } else { f.write_str(&escaped) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped() {
        let text = Text("<script>alert(\"a & b's\")</script>\u{e9}\0").to_string();
        assert_eq!(text, "&lt;script&gt;alert(&quot;a &amp; b&apos;s&quot;)&lt;/script&gt;\u{e9}\u{fffd}");
    }
}
