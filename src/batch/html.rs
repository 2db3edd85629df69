//! Pieces of a page: text made safe, numbers made readable, bars.

use std::fmt::{self, Display};

use super::quantify::Estimate;

/// Text with the characters escaped that mean something in HTML.
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

/// A count with commas.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A part as a percentage: `12.3%`.
pub(crate) fn percent(part: f64) -> String {
    format!("{:.1}%", part * 100.0)
}

/// `part` of `whole`, nothing of nothing.
pub(crate) fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// A bar of `class` filled to `part`, 0 to 1.
pub(crate) fn bar(class: &str, part: f64) -> String {
    format!("<span class=\"bar\"><i class=\"{class}\" style=\"width:{:.2}%\"></i></span>", part.clamp(0.0, 1.0) * 100.0)
}

/// A share of one label with its interval.
pub(crate) fn estimate(estimate: &Estimate, label: usize) -> String {
    let range = |number: f64| format!("{:.0}", number * 100.0);
    format!(
        "{} <small>{}–{}</small>",
        percent(estimate.share[label]),
        range(estimate.low[label]),
        range(estimate.high[label])
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_text_is_only_text() {
        let text = Text("<script>alert(\"a & b's\")</script>é\0").to_string();
        assert_eq!(text, "&lt;script&gt;alert(&quot;a &amp; b&#39;s&quot;)&lt;/script&gt;é\u{fffd}");
    }

    #[test]
    fn numbers() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(percent(0.1234), "12.3%");
        assert!(bar("pm", 2.0).contains("width:100.00%"));
    }
}
