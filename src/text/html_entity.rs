//! Decodes HTML entities: `&amp;`, `&#8217;`.

/// A decoded entity.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Decoded {
    /// One character.
    Char(char),
    /// Several characters.
    Text(String),
}

/// Longest entity, with `&` and `;`. The longest name of the HTML standard has 31 letters.
const MAX: usize = 34;

/// Decodes the entity whose `&` is at `mark`, and gives where it ends. `None` if there is
/// no entity.
pub(super) fn decode_at(original: &str, mark: usize) -> Option<(usize, Decoded)> {
    let (end, name) = name_from(original, mark + 1)?;
    let decoded = decode(name)?;
    // Some feeds escape twice ("&amp;nbsp;").
    if decoded == Decoded::Char('&')
        && let Some((end, name)) = name_from(original, end)
        && let Some(again) = decode(name)
        && again != Decoded::Char('&')
        && !matches!(&again, Decoded::Text(text) if text.starts_with('&'))
    {
        return Some((end, again));
    }
    Some((end, decoded))
}

/// The entity name at `start`, and the index after its `;`.
///
/// It ends at the first other character, so that the `&` of "Search & R&amp;D" is not
/// taken for the start of an entity.
fn name_from(original: &str, start: usize) -> Option<(usize, &str)> {
    let rest = original.as_bytes().get(start..)?;
    let hash = usize::from(rest.first() == Some(&b'#'));
    let letters = rest[hash..].iter().take(MAX).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let len = hash + letters;
    (letters > 0 && len + 2 <= MAX && rest.get(len) == Some(&b';'))
        .then(|| (start + len + 1, &original[start..start + len]))
}

/// Decodes the entity of this name. Those of most postings are decoded without
/// allocating; all others are looked up in the table of the HTML standard.
fn decode(name: &str) -> Option<Decoded> {
    if let Some(c) = frequent(name).or_else(|| number(name)) {
        return Some(Decoded::Char(c));
    }
    let source = format!("&{name};");
    let decoded = htmlize::unescape(&source);
    (decoded != source).then(|| Decoded::Text(decoded.into_owned()))
}

fn frequent(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "ndash" => '\u{2013}',
        "mdash" => '\u{2014}',
        "lsquo" => '\u{2018}',
        "rsquo" => '\u{2019}',
        "ldquo" => '\u{201c}',
        "rdquo" => '\u{201d}',
        "bull" => '\u{2022}',
        "hellip" => '\u{2026}',
        "middot" => '\u{b7}',
        "copy" => '\u{a9}',
        "reg" => '\u{ae}',
        "trade" => '\u{2122}',
        "euro" => '\u{20ac}',
        "pound" => '\u{a3}',
        "eacute" => '\u{e9}',
        _ => return None,
    })
}

/// Decodes a numeric entity, except for the code points that the HTML standard replaces
/// by others: `htmlize` knows those.
fn number(name: &str) -> Option<char> {
    let digits = name.strip_prefix('#')?;
    if digits.len() > 6 {
        return None;
    }
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => digits.parse().ok()?,
    };
    matches!(code, 0x20..=0x7e | 0xa0..=0xd7ff | 0xe000..=0xfdcf | 0xfdf0..=0xfffd)
        .then(|| char::from_u32(code))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortcuts_agree_with_the_standard() {
        let first = ["amp", "lt", "gt", "quot", "apos", "nbsp", "ndash", "mdash", "lsquo", "rsquo", "ldquo", "rdquo"];
        let second = ["bull", "hellip", "middot", "copy", "reg", "trade", "euro", "pound", "eacute"];
        for name in first.into_iter().chain(second) {
            let expected = htmlize::unescape(format!("&{name};")).into_owned();
            assert_eq!(frequent(name).map(String::from), Some(expected), "{name}");
        }
        for code in 0..=0x0001_0100_u32 {
            for name in [format!("#{code}"), format!("#x{code:x}"), format!("#X{code:X}")] {
                if let Some(c) = number(&name) {
                    assert_eq!(htmlize::unescape(format!("&{name};")), String::from(c), "{name}");
                }
            }
        }
    }

    #[test]
    fn entities_are_decoded() {
        let text = |text: &str| Some(Decoded::Text(text.to_owned()));
        let table = [
            ("&amp;", Some(Decoded::Char('&'))),
            ("&amp;nbsp;", Some(Decoded::Char('\u{a0}'))),
            ("&amp;amp;", Some(Decoded::Char('&'))),
            ("&frac12;", text("\u{bd}")),
            ("&#128;", text("\u{20ac}")),
            ("&#x1f600;", text("\u{1f600}")),
            ("&CounterClockwiseContourIntegral;", text("\u{2233}")),
            ("&nosuch;", None),
            ("&;", None),
            ("&#;", None),
            ("&", None),
            ("& amp;", None),
            ("&averyveryverylongnamethatnoentityhas;", None),
        ];
        for (source, expected) in table {
            assert_eq!(decode_at(source, 0).map(|(_, decoded)| decoded), expected, "{source}");
        }
        assert_eq!(decode_at("&amp;nosuch;", 0), Some((5, Decoded::Char('&'))));
        assert_eq!(decode_at("&amp;lt;", 0), Some((8, Decoded::Char('<'))));
    }
}
