//! The attributes that hide an element, and the attributes that make a tag credible.

/// Attributes that can stand without a value.
#[rustfmt::skip]
const BOOLEAN: [&str; 34] = [
    "allowfullscreen", "async", "autofocus", "autoplay", "border", "checked", "compact", "contenteditable", "controls",
    "crossorigin", "declare", "default", "defer", "disabled", "download", "draggable", "hidden", "inert", "ismap",
    "itemscope", "loop", "multiple", "muted", "nomodule", "noresize", "noshade", "novalidate", "nowrap", "open",
    "readonly", "required", "reversed", "selected", "spellcheck",
];

/// Parts of the class or id of elements with other postings or a cookie notice.
const OTHER_PARTS: [&[u8]; 14] = [
    b"similar-job", b"similarjob", b"similar_job", b"related-job", b"relatedjob", b"related_job", b"recommended-job",
    b"recommendedjob", b"other-jobs", b"more-jobs", b"cookie-", b"cookie_", b"cookieb", b"cookiec",
];

/// Whether `name` without a value can be an attribute. If not, the `<` before it is text.
pub(super) fn may_have_no_value(name: &[u8]) -> bool {
    BOOLEAN.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(name))
        || name.iter().any(|byte| matches!(byte, b'-' | b':' | b'@' | b'_' | b'#' | b'[')) && name.is_ascii()
        || matches!(name, b"/" | b"")
}

/// Whether [`hides`] depends on the value of this attribute.
pub(super) fn may_hide(name: &[u8]) -> bool {
    matches!(name, b"hidden" | b"style" | b"aria-hidden" | b"role" | b"class" | b"id")
}

/// Whether an element with this attribute is not shown, or not part of the posting.
pub(super) fn hides(name: &[u8], value: &[u8]) -> bool {
    let is = |word: &[u8]| value.trim_ascii().eq_ignore_ascii_case(word);
    match name {
        b"hidden" => !is(b"false"),
        b"aria-hidden" => is(b"true"),
        b"role" => {
            [&b"navigation"[..], b"contentinfo", b"dialog", b"alertdialog", b"search"].iter().any(|role| is(role))
        }
        b"style" => value.split(|byte| *byte == b';').any(|declaration| {
            let mut parts = declaration.splitn(2, |byte| *byte == b':').map(<[u8]>::trim_ascii);
            let (property, value) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            let value = value.split(|byte| matches!(byte, b' ' | b'!')).next().unwrap_or_default();
            property.eq_ignore_ascii_case(b"display") && value.eq_ignore_ascii_case(b"none")
                || property.eq_ignore_ascii_case(b"visibility") && value.eq_ignore_ascii_case(b"hidden")
        }),
        b"class" | b"id" => {
            let has = |word: &[u8]| value.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word));
            OTHER_PARTS.iter().any(|word| has(word))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_parts() {
        let table: [(&str, &str, bool); 14] = [
            ("hidden", "", true),
            ("hidden", "until-found", true),
            ("aria-hidden", "true", true),
            ("aria-hidden", "false", false),
            ("style", "color:red; DISPLAY : none !important", true),
            ("style", "visibility:hidden", true),
            ("style", "visibility:visible", false),
            ("style", "overflow:hidden", false),
            ("style", "display:block; --x: none", false),
            ("class", "card similar-jobs-list", true),
            ("class", "job description", false),
            ("id", "Cookie-Banner", true),
            ("role", "navigation", true),
            ("role", "main", false),
        ];
        for (name, value, expected) in table {
            assert_eq!(hides(name.as_bytes(), value.as_bytes()), expected, "{name}={value}");
        }
        for (name, expected) in
            [("hidden", true), ("v-cloak", true), ("hours.", false), ("of", false), ("ITEMSCOPE", true)]
        {
            assert_eq!(may_have_no_value(name.as_bytes()), expected, "{name}");
        }
    }
}
