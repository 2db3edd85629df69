//! Further files of each kind of oddity in `tests/cases`, made from one posting, which they must be read like.

#![allow(clippy::too_many_lines, reason = "tables of cases")]

use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;

use super::common::{folder, rolecall, stderr, stdout};
use super::oddities_markup::markup;

/// A kind, the most difference between strengths, and files of that kind.
pub(crate) type Kind = (&'static str, f64, Vec<Vec<u8>>);

pub(crate) fn base() -> String {
    std::fs::read_to_string("tests/cases/base-billing.txt").expect("a posting")
}

/// The posting as HTML. `word` writes a word, `line` the content of an element.
pub(crate) fn html(word: impl Fn(&str) -> String, line: impl Fn(&str) -> String) -> String {
    let base = base();
    let element = |text: &str| {
        let (name, text) = text.strip_prefix("- ").map_or(("p", text), |item| ("li", item));
        let words: Vec<String> = text.split(' ').map(&word).collect();
        format!("<{name}>{}</{name}>\n", line(&words.join(" ")))
    };
    let lines = base.lines().filter(|line| !line.is_empty());
    format!("<div>{}</div>", lines.map(element).collect::<Vec<_>>().concat())
}

pub(crate) fn same(text: &str) -> String {
    text.to_owned()
}

/// The posting with `word` applied to its words.
fn words(word: impl Fn(&str) -> String) -> String {
    base()
        .split_inclusive([' ', '\n'])
        .map(|part| {
            let end = part.len() - usize::from(part.ends_with([' ', '\n']));
            word(&part[..end]) + &part[end..]
        })
        .collect()
}

fn chars(of: impl Fn(char) -> String) -> String {
    base().chars().map(of).collect()
}

/// Letters of an alphabet of Unicode's mathematical letters.
fn alphabet(capital: u32) -> String {
    chars(|c| {
        let shifted = match c {
            'A'..='Z' => u32::from(c) - u32::from('A') + capital,
            'a'..='z' => u32::from(c) - u32::from('a') + capital + 26,
            _ => u32::from(c),
        };
        char::from_u32(shifted).unwrap_or(c).to_string()
    })
}

/// Lines of at most `width` columns; with `hyphens`, long words are broken at line ends.
fn wrapped(width: usize, hyphens: bool, start: &str, indent: &str) -> String {
    let mut out = String::new();
    for line in base().lines() {
        let mut column = start.len();
        out += start;
        for (at, word) in line.split(' ').enumerate() {
            if at > 0 && column + 1 + word.len() > width {
                let left = width.saturating_sub(column + 2);
                let vowel = |c: u8| b"aeiou".contains(&c);
                // Between a vowel and a consonant that another vowel follows.
                let cut = (3..left.min(word.len().saturating_sub(3)))
                    .rev()
                    .find(|&at| {
                        let bytes = word.as_bytes();
                        vowel(bytes[at - 1])
                            && bytes[at].is_ascii_lowercase()
                            && !vowel(bytes[at])
                            && vowel(bytes[at + 1])
                    })
                    .filter(|_| hyphens && word.bytes().all(|byte| byte.is_ascii_lowercase()));
                if let Some(cut) = cut {
                    out += &format!(" {}-\n{start}{indent}{}", &word[..cut], &word[cut..]);
                    column = start.len() + indent.len() + word.len() - cut;
                } else {
                    out += &format!("\n{start}{indent}{word}");
                    column = start.len() + indent.len() + word.len();
                }
            } else {
                if at > 0 {
                    out.push(' ');
                }
                out += word;
                column += word.len() + 1;
            }
        }
        out.push('\n');
    }
    out
}

pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn utf16(text: &str, mark: bool, big: bool) -> Vec<u8> {
    let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
    units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, text.as_bytes()).expect("memory");
    encoder.finish().expect("memory")
}

/// The posting with a sentence in the paragraph about the employer.
pub(crate) fn with(sentence: &str) -> String {
    base().replace("four hundred houses.", &format!("four hundred houses. {sentence}"))
}

pub(crate) fn texts<const N: usize>(texts: [String; N]) -> Vec<Vec<u8>> {
    texts.map(String::into_bytes).into()
}

fn letters() -> Vec<Kind> {
    let wide = |c: char| char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c).to_string();
    let inside = |mark: &str| {
        words(|word| match word.char_indices().nth(3) {
            Some((at, _)) if word.len() > 5 => format!("{}{mark}{}", &word[..at], &word[at..]),
            _ => word.to_owned(),
        })
    };
    vec![
        (
            "mathematical letters",
            0.3,
            [0x1d400, 0x1d468, 0x1d4d0, 0x1d56c, 0x1d5a0, 0x1d670].map(|capital| alphabet(capital).into_bytes()).into(),
        ),
        (
            "full width",
            0.3,
            texts([
                chars(|c| if c.is_ascii_graphic() { wide(c) } else { c.to_string() }),
                chars(|c| if c.is_ascii_alphanumeric() { wide(c) } else { c.to_string() }),
                chars(|c| if c == ' ' { "\u{3000}".to_owned() } else { c.to_string() }),
                chars(|c| if c.is_ascii_uppercase() { wide(c) } else { c.to_string() }),
                words(|word| {
                    if word.len() > 6 {
                        word.chars().map(|c| if c.is_ascii_graphic() { wide(c) } else { c.to_string() }).collect()
                    } else {
                        word.to_owned()
                    }
                }),
            ]),
        ),
        (
            "ligatures",
            0.3,
            texts([
                base().replace("fi", "\u{fb01}"),
                base().replace("fl", "\u{fb02}"),
                base().replace("ffi", "\u{fb03}").replace("ff", "\u{fb00}").replace("fi", "\u{fb01}"),
                base().replace("st", "\u{fb06}"),
                base().replace("fe", "f\u{200d}e").replace("fi", "\u{fb01}"),
            ]),
        ),
        (
            "marks within words",
            0.3,
            ["\u{ad}", "\u{200c}", "\u{200d}", "\u{2060}", "\u{feff}"].map(|mark| inside(mark).into_bytes()).into(),
        ),
        (
            "decomposed letters",
            0.4,
            texts([
                accented().nfd().collect(),
                accented().nfkd().collect(),
                accented().nfd().flat_map(|c| [Some(c), (c == '\u{301}').then_some('\u{34f}')]).flatten().collect(),
                accented().nfc().collect(),
                words(|word| word.replace("oadmap", "oa\u{301}dmap").replace("a\u{301}", "a")),
            ]),
        ),
    ]
}

/// The posting with words that have accents.
fn accented() -> String {
    base().replace("theatre", "th\u{e9}\u{e2}tre").replace("Porto", "M\u{fc}nster").replace("Calm", "Na\u{ef}ve")
}

fn layouts() -> Vec<Kind> {
    let items = |mark: &str| base().replace("\n- ", &format!("\n{mark}"));
    let markdown = |head: &str, item: &str| {
        let line = |line: &str| match line {
            "Your duties" | "About you" | "Benefits" => format!("{head} {line}"),
            _ => line.replacen("- ", item, 1),
        };
        base().lines().map(|text| line(text) + "\n").collect::<Vec<_>>().concat()
    };
    vec![
        ("broken words", 0.6, [36, 44, 52, 60, 80].map(|width| wrapped(width, true, "", "").into_bytes()).into()),
        ("wrapped lines", 0.5, [38, 42, 64, 76, 90].map(|width| wrapped(width, false, "", "").into_bytes()).into()),
        (
            "quoted and indented",
            0.6,
            texts([
                wrapped(60, false, "> ", ""),
                wrapped(70, false, "> > ", ""),
                wrapped(60, false, "", "  "),
                wrapped(72, false, "    ", ""),
                wrapped(50, true, "> ", "  "),
            ]),
        ),
        (
            "bullets",
            0.6,
            ["\u{1f680} ", "\u{2705} ", "\u{25aa} ", "\u{2013} ", "* ", "\u{b7} ", "\u{27a4} "]
                .map(|mark| items(mark).into_bytes())
                .into(),
        ),
        (
            "Markdown",
            0.6,
            texts([
                markdown("##", "* "),
                markdown("###", "+ "),
                markdown("**", "- ").replace("** Your duties", "**Your duties**"),
                words(|word| {
                    if word.len() > 8 && word.bytes().all(|byte| byte.is_ascii_lowercase()) {
                        format!("**{word}**")
                    } else {
                        word.to_owned()
                    }
                }),
                markdown("#", "1. "),
            ]),
        ),
    ]
}

fn files() -> Vec<Kind> {
    let base = base();
    let packed = gzip(&base);
    let middle = base.len() / 2;
    let members = [gzip(&base[..middle]), gzip(&base[middle..])].concat();
    let named = [packed.clone(), vec![0; 700]].concat();
    let zstd =
        |text: &str| ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest);
    let skippable = [&[0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4][..], &zstd(&base)].concat();
    let western = |text: &str| text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect::<Vec<u8>>();
    vec![
        (
            "UTF-16 and marks",
            0.01,
            vec![
                utf16(&base, true, false),
                utf16(&base, true, true),
                utf16(&base, false, false),
                utf16(&base, false, true),
                [&b"\xef\xbb\xbf"[..], base.as_bytes()].concat(),
                utf16(&base.replace('\n', "\r\n"), true, false),
            ],
        ),
        (
            "single bytes",
            0.4,
            vec![
                western(&accented()),
                western(&accented().replace("\n- ", "\n\u{b7} ")),
                western(&accented().replace('\n', "\r\n")),
                western(&base.replace("houses.", "houses. Salary: \u{a3}50k \u{b1} \u{bd}.")),
                western(&base.replace("\n- ", "\n\u{95} ")),
            ],
        ),
        ("packed", 0.01, vec![packed, members, named, zstd(&base), skippable]),
        (
            "line ends",
            0.05,
            texts([
                base.replace('\n', "\r\n"),
                base.replace('\n', "\r"),
                base.replace('\n', "\u{2028}"),
                base.clone() + "\n\n\n",
                base.replace('\n', "\n \n"),
            ]),
        ),
    ]
}

fn verdict(path: &std::path::Path) -> Result<Value, String> {
    let output = rolecall().args(["classify", "--format", "json"]).arg(path).output().expect("it runs");
    match output.status.code() {
        Some(0) => Ok(serde_json::from_str(&stdout(&output)).expect("JSON")),
        code => Err(format!("exit code {code:?}: {}", stderr(&output))),
    }
}

#[test]
fn files_of_each_kind_are_read_like_the_plain_posting() {
    let folder = folder("oddities");
    let plain = verdict(std::path::Path::new("tests/cases/base-billing.txt")).expect("a posting");
    let strength = |verdict: &Value, role: &str| verdict["strength"][role].as_f64().unwrap_or(-1.0);
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (kind, tolerance, contents) in [markup(), letters(), layouts(), files()].into_iter().flatten() {
        assert!(contents.len() >= 5, "{kind}");
        for (at, bytes) in contents.iter().enumerate() {
            count += 1;
            let path = folder.join(format!("{} {}", kind.replace(' ', "-"), at + 1));
            std::fs::write(&path, bytes).expect("written");
            match verdict(&path) {
                Err(message) => wrong.push(format!("{kind} {}: {message}", at + 1)),
                Ok(found) => {
                    let far = ["pm", "pmm"]
                        .iter()
                        .any(|role| (strength(&found, role) - strength(&plain, role)).abs() > tolerance);
                    if found["label"] != plain["label"] || far {
                        wrong.push(format!("{kind} {}: {} {}", at + 1, found["label"], found["strength"]));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} differ from {}:\n{}", wrong.len(), plain["strength"], wrong.join("\n"));
}
