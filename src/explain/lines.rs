//! The lines of a posting without markup: paragraphs, list items and headings.

use std::ops::Range;

use crate::text::Span;
use crate::text::clean::SpanMap;
use crate::tokenize::tokenizer::MAX_WORDS;

/// What a line of a posting is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LineKind {
    /// A line of a paragraph.
    Text,
    /// The first line of a list item.
    Item,
    /// A heading.
    Heading,
}

/// A line that is not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Its text, without the mark of a list item or heading, in bytes of the clean text.
    pub text: Range<usize>,
    pub kind: LineKind,
    /// Whether it belongs to the paragraph or item of the line before.
    pub continues: bool,
}

/// Marks of list items, if whitespace follows.
const BULLETS: [char; 20] = [
    '-', '*', '\u{2022}', '\u{b7}', '\u{2013}', '\u{2014}', '\u{2023}', '\u{2043}', '\u{25aa}', '\u{25ab}', '\u{25cf}',
    '\u{25cb}', '\u{25e6}', '\u{25a0}', '\u{25b6}', '\u{25ba}', '\u{27a4}', '\u{2713}', '\u{2714}', '\u{f0b7}',
];

/// The lines of `clean`, which is `posting` without markup; `map` leads back to it.
/// At most twice as many as the words that a verdict reads, so that their memory is limited.
pub(super) fn lines(posting: &str, clean: &str, map: SpanMap<'_>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    // End of the last line in the posting, and the number of line breaks since.
    let (mut source_end, mut line_breaks) = (0, 0);
    let mut in_item = false;
    let mut start = 0;
    for whole in clean.split_inclusive(['\n', '\r']) {
        let from = start + (whole.len() - whole.trim_start().len());
        let to = start + whole.trim_end().len();
        start += whole.len();
        if lines.len() >= 2 * MAX_WORDS {
            break;
        }
        if from >= to {
            // A carriage return and a line feed are one line break.
            line_breaks += usize::from(!(whole == "\n" && clean[..from].ends_with("\r\n")));
            continue;
        }
        let source = map.to_original(Span::new(from, to));
        let tags = Tags::of(posting.get(source_end..source.start).unwrap_or_default());
        source_end = source.end;
        let (mark, marked) = mark(&clean[from..to]);
        let kind = match tags {
            Tags { item: true, .. } => LineKind::Item,
            Tags { heading: true, .. } => LineKind::Heading,
            _ => marked,
        };
        let is_next = match tags {
            Tags { breaks: 0, others: false, .. } => line_breaks == 0 && !in_item,
            Tags { breaks: 1, others: false, .. } => true,
            Tags { ends: false, .. } => in_item,
            _ => false,
        };
        let open = lines.last().is_some_and(|last| last.kind != LineKind::Heading);
        let continues = open && is_next && kind == LineKind::Text;
        if !continues {
            in_item = kind == LineKind::Item;
        }
        lines.push(Line { text: from + mark..to, kind, continues });
        line_breaks = 0;
    }
    lines
}

/// Length in bytes of the list or heading mark that a line begins with, and the line's kind.
fn mark(line: &str) -> (usize, LineKind) {
    let rest = line.trim_start_matches('#');
    let (kind, rest) = match line.len() - rest.len() {
        1..=6 => (LineKind::Heading, rest),
        _ => (LineKind::Item, line.strip_prefix(BULLETS).unwrap_or(line)),
    };
    let text = rest.trim_start();
    if rest.len() < line.len() && text.len() < rest.len() && !text.is_empty() {
        (line.len() - text.len(), kind)
    } else {
        (0, LineKind::Text)
    }
}

/// The HTML tags between two lines, whether escaped or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Tags {
    /// Number of `br`.
    breaks: usize,
    /// Whether there are tags other than `br`.
    others: bool,
    item: bool,
    heading: bool,
    /// Whether an item or list ends.
    ends: bool,
}

impl Tags {
    fn of(between: &str) -> Self {
        let mut tags = Self::default();
        let mut at = 0;
        // A `<` as it is, or as `&lt;`, `&#60;`, `\u003c` or `%3C`.
        while let Some(found) = between[at..].find(['<', ';', 'c', 'C']) {
            at += found + 1;
            let opened = &between.as_bytes()[..at];
            let is_open = opened.ends_with(b"<")
                || [&b"lt;"[..], b"#60;", b"003c", b"%3c"].iter().any(|name| ends_with(opened, name));
            if !is_open {
                continue;
            }
            let rest = between[at..].trim_start_matches('\\');
            let (end, rest) = rest.strip_prefix('/').map_or((false, rest), |rest| (true, rest));
            let name = &rest[..rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len())];
            match name.to_ascii_lowercase().as_str() {
                "" => {}
                "br" => tags.breaks += 1,
                name => {
                    tags.others = true;
                    tags.item |= name == "li" && !end;
                    tags.heading |= matches!(name.as_bytes(), [b'h', b'1'..=b'6']) && !end;
                    tags.ends |= matches!(name, "li" | "ul" | "ol") && end;
                }
            }
        }
        tags
    }
}

fn ends_with(text: &[u8], name: &[u8]) -> bool {
    text.len() >= name.len() && text[text.len() - name.len()..].eq_ignore_ascii_case(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::clean::Cleaner;

    /// Each line with a sign for its kind, `|` before one that continues.
    fn shown(posting: &str) -> String {
        let mut cleaned = Cleaner::default();
        let (clean, map) = cleaned.clean(posting, &mut |_| false);
        let sign = |line: &Line| match (line.kind, line.continues) {
            (_, true) => "|",
            (LineKind::Text, _) => "p ",
            (LineKind::Item, _) => "- ",
            (LineKind::Heading, _) => "# ",
        };
        lines(posting, clean, map)
            .iter()
            .map(|line| [sign(line), &clean[line.text.clone()]].concat())
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn lines_have_their_kinds() {
        let table = [
            ("empty", "\n \n", ""),
            ("line ends", "One\r\ntwo\rthree\r\n\r\nfour\r\rfive", "p One\n|two\n|three\np four\np five"),
            ("paragraphs in items", "<ul><li><p>Own</p><p>it<li>Ship</ul>Paris", "- Own\n|it\n- Ship\np Paris"),
            ("plain", "Kettles Ltd\nParis\n\nWe boil.", "p Kettles Ltd\n|Paris\np We boil."),
            ("bullets", "Do:\n- Own\n\n* Ship\n\u{2022} Rank\nEnd", "p Do:\n- Own\n- Ship\n- Rank\np End"),
            ("no bullets", "-5 %\n*own*\n-\n#1 choice", "p -5 %\n|*own*\n|-\n|#1 choice"),
            ("Markdown", "## Do\nOwn it\n# Ask", "# Do\np Own it\n# Ask"),
            (
                "HTML",
                "<h2>Do</h2><p>You:</p><ul><li><p>Own &amp; ship</p></li><li>Rank<br>daily</li></ul><p>Paris<br>Rome<br><br>Oslo",
                "# Do\np You:\n- Own & ship\n- Rank\n|daily\np Paris\n|Rome\np Oslo",
            ),
            ("bullets in items", "<ul><li>\u{2022} Own</li></ul>", "- Own"),
            ("escaped", "&lt;h3&gt;Do&lt;/h3&gt;&lt;li&gt;Own&lt;/li&gt;", "# Do\n- Own"),
            ("escaped for JSON", r"\u003ch3\u003eDo\u003c/h3\u003e\u003cLI\u003eOwn\u003c/li\u003e", "# Do\n- Own"),
            ("attributes", "<h2 class=a>Do</h2>\n<li class='b'>Own</li>", "# Do\n- Own"),
        ];
        for (name, posting, expected) in table {
            assert_eq!(shown(posting), expected, "{name}");
        }
    }
}
