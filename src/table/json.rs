//! JSON objects whose values stay unparsed, so that numbers, escapes, whitespace and the
//! order of the keys are kept.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Maximum number of fields of an object, because one takes much more memory than its bytes.
const MAX_FIELDS: usize = 1 << 17;

/// An object: its keys, unescaped, and the text of their values, in order.
pub(crate) struct Object<'a>(pub Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Object<'a> {
    /// Reads `text`, which must be one JSON object and nothing else.
    ///
    /// # Errors
    /// That of `serde_json`, also if the value is not an object.
    pub(crate) fn read(text: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The value of `key`; of a duplicate key the last, as JSON readers do.
    pub(crate) fn get(&self, key: &str) -> Option<&'a str> {
        self.0.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.get())
    }
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::with_capacity(16);
                while let Some(Key(key)) = map.next_key()? {
                    if fields.len() == MAX_FIELDS {
                        return Err(serde::de::Error::custom(format_args!(
                            "an object has more than {MAX_FIELDS} fields"
                        )));
                    }
                    fields.push((key, map.next_value()?));
                }
                Ok(Object(fields))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

/// A key, borrowed unless it has an escape.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// Members with the text of an object in a list: headings, then contents.
const TEXT_MEMBERS: [&str; 12] =
    ["text", "title", "heading", "header", "name", "label", "content", "description", "body", "html", "value", "items"];

/// Appends the text that `raw` holds to `out`: a string, `null` (nothing), or an array, one
/// item per line, where the text of an object is that of its [`TEXT_MEMBERS`]. Returns `false`
/// for any other value.
pub(crate) fn push_text(out: &mut String, raw: &str) -> bool {
    match raw.as_bytes().first() {
        Some(b'"') => match serde_json::from_str::<Cow<'_, str>>(raw) {
            Ok(text) => {
                out.push_str(&text);
                true
            }
            Err(_) => false,
        },
        Some(b'n') => true,
        Some(b'[') => {
            let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(raw) else { return false };
            let length = out.len();
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push('\n');
                }
                if !push_item(out, item.get()) {
                    out.truncate(length);
                    return false;
                }
            }
            true
        }
        _ => false,
    }
}

/// Appends an item of a list: a string, or the text of an object.
fn push_item(out: &mut String, raw: &str) -> bool {
    if raw.starts_with('"') {
        return push_text(out, raw);
    }
    let Ok(object) = Object::read(raw) else { return false };
    let mut found = false;
    for name in TEXT_MEMBERS {
        let Some(value) = object.get(name) else { continue };
        if found {
            out.push('\n');
        }
        if !push_text(out, value) {
            return false;
        }
        found = true;
    }
    found
}

/// The value at a dotted path. Keys may have dots too, so `a.b.c` is looked up as the key `a.b.c`,
/// then as `b.c` in the object `a`, then as `c` in the object `a.b`; the first one found counts.
pub(crate) fn at_path<'a>(object: &Object<'a>, path: &str) -> Option<&'a str> {
    if let Some(value) = object.get(path) {
        return Some(value);
    }
    let mut dots = path.match_indices('.').map(|(at, _)| at);
    dots.find_map(|at| {
        let inner = Object::read(object.get(&path[..at])?).ok()?;
        at_path(&inner, &path[at + 1..])
    })
}

/// Appends the value `raw` as a cell of a table: a string without its quotes, `null`
/// as nothing, anything else as JSON.
pub(crate) fn push_cell(out: &mut String, raw: &str) {
    match raw.as_bytes().first() {
        Some(b'n') => {}
        Some(b'"') => match serde_json::from_str::<Cow<'_, str>>(raw) {
            Ok(text) => out.push_str(&text),
            // An escaped lone surrogate is not a character, so the JSON is kept.
            Err(_) => out.push_str(raw),
        },
        _ => out.push_str(raw),
    }
}

/// Appends `text` as a JSON string.
pub(crate) fn write_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut written = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.extend_from_slice(&bytes[written..at]);
        written = at + 1;
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            _ => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
        }
    }
    out.extend_from_slice(&bytes[written..]);
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_object_has_a_maximum_of_fields() {
        for (fields, fits) in [(MAX_FIELDS, true), (MAX_FIELDS + 1, false)] {
            let text = format!("{{{}}}", vec!["\"a\":1"; fields].join(","));
            match Object::read(&text) {
                Ok(object) => assert!(fits && object.0.len() == fields),
                Err(error) => assert!(!fits && error.to_string().contains("more than 131072 fields"), "{error}"),
            }
        }
    }

    #[test]
    fn values_keep_their_text() {
        let text = r#" {"a": 1e400, "b\n": "x\u0041", "a": 12345678901234567890123, "c": {"d": [1, 2]}} "#;
        let object = Object::read(text).unwrap();
        let keys: Vec<_> = object.0.iter().map(|(key, _)| key.as_ref()).collect();
        assert_eq!(keys, ["a", "b\n", "a", "c"]);
        assert_eq!(object.get("a"), Some("12345678901234567890123"));
        assert_eq!(object.get("c"), Some(r#"{"d": [1, 2]}"#));
        assert_eq!(object.get("x"), None);
    }

    #[test]
    fn other_values_are_refused() {
        for text in ["", "[]", "1", "{} {}", "{\"a\":}", "{\"a\": 1,}", "null", "{\"a\": 1"] {
            assert!(Object::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn texts() {
        let text = |raw: &str| {
            let mut out = String::new();
            push_text(&mut out, raw).then_some(out)
        };
        assert_eq!(text(r#""a\"b""#).as_deref(), Some("a\"b"));
        assert_eq!(text("null").as_deref(), Some(""));
        assert_eq!(text(r#"["a", "b"]"#).as_deref(), Some("a\nb"));
        assert_eq!(text("5"), None);
        assert_eq!(
            text(r#"[{"id": 1, "text": "Duties", "content": "<li>a</li>"}]"#).as_deref(),
            Some("Duties\n<li>a</li>")
        );
        assert_eq!(text(r#"[{"id": 1}]"#), None);
        assert_eq!(text("[1]"), None);
        assert_eq!(text("{}"), None);
        assert_eq!(text("\"\\ud800\""), None);
    }

    #[test]
    fn dotted_paths() {
        let text = r#"{"a": {"b": {"c": 1}, "b.d": 2}, "a.b.c.x": 3}"#;
        let object = Object::read(text).unwrap();
        for (path, value) in
            [("a.b.c", Some("1")), ("a.b.d", Some("2")), ("a.b.c.x", Some("3")), ("a.x", None), ("", None), (".", None)]
        {
            assert_eq!(at_path(&object, path), value, "{path}");
        }
    }

    proptest! {
        #[test]
        fn strings_read_back(text in any::<String>()) {
            let mut out = Vec::new();
            write_string(&mut out, &text);
            prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }
}
