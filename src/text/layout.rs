//! Undoes what programs do to lines: hard wraps of a whole text, words broken by hyphens, and
//! the marks of quoted mail.
//!
//! Lines are joined where most lines of the text look wrapped. Wrapped paragraphs of other texts
//! are left to the tokenizer's `hard_wrap`, which looks at a few lines around each break.

use std::collections::HashSet;

use super::layer::Layer;
use crate::tokenize::hard_wrap::{characters, fills};

/// Maximum length of a line of wrapped text, in bytes.
const MAX_WIDTH: usize = 200;

/// Minimum width of wrapped text, in characters.
const MIN_WIDTH: usize = 28;

/// A text counts as wrapped if at least this many lines continue the one before.
const MIN_CONTINUED: usize = 3;

/// A text with at least this many words broken by hyphens is set in a narrow column.
const MIN_BROKEN: usize = 3;

/// Maximum number of lines that are joined, so that their memory is limited; the rest stays as it is.
const MAX_LINES: usize = 100_000;

/// Whether `text` may have lines that [`join`] would change. Most texts have none.
pub(super) fn may_be_wrapped(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (mut lower, mut broken, mut quoted) = (0usize, false, usize::from(bytes.first() == Some(&b'>')));
    for end in memchr::memchr_iter(b'\n', bytes) {
        let next = bytes[end + 1..].iter().find(|byte| !matches!(byte, b' ' | b'\t'));
        match next {
            Some(b'a'..=b'z') => {
                lower += 1;
                broken |= hyphen(bytes[..end].trim_ascii_end()).is_some();
            }
            Some(b'>') => quoted += 1,
            _ => {}
        }
    }
    lower >= MIN_CONTINUED || broken || quoted > 2
}

/// A line without its indentation, quote marks and trailing whitespace.
#[derive(Debug, Clone, Copy)]
struct Line {
    /// First byte, with the indentation.
    begin: usize,
    start: usize,
    end: usize,
}

impl Line {
    /// The line as in `source`, with its indentation and quote marks.
    fn indented(self, source: &str) -> &[u8] {
        &source.as_bytes()[self.begin..self.end]
    }

    fn text(self, source: &str) -> &[u8] {
        &source.as_bytes()[self.start..self.end]
    }
}

/// Decides whether a word that is broken at a hyphen keeps it.
struct Hyphenation<'a, 's> {
    /// Whether a word in lower case is in the vocabulary.
    known: &'a mut dyn FnMut(&str) -> bool,
    /// The compounds that the text has on one line; collected when first needed.
    compounds: Option<HashSet<&'s str>>,
}

/// How two lines are joined.
enum Join {
    No,
    Space,
    /// Two parts of a word, without anything between them. Of the hyphen this many bytes are
    /// removed: all, or none.
    Word(usize),
}

/// Joins the lines of `source` and writes the result to `layer`. `known` says whether a word in
/// lower case is in the vocabulary.
pub(super) fn join(source: &str, layer: &mut Layer, known: &mut dyn FnMut(&str) -> bool) {
    layer.start(source.len());
    let lines = lines(source);
    let quoted = lines.iter().any(|line| line.begin < line.start && source[line.begin..line.start].contains('>'));
    let shape = Shape::of(source, &lines);
    let mut hyphenation = Hyphenation { known, compounds: None };
    let mut copied = 0;
    for (at, line) in lines.iter().enumerate() {
        if quoted && copied < line.start {
            // Skips the quote mark of the first line. Later ones are skipped with the line end.
            copied = line.start;
        }
        let Some(next) = lines.get(at + 1) else { break };
        match shape.join(source, *line, *next, &mut hyphenation) {
            Join::No if quoted => {
                layer.copy(source, copied, line.end);
                layer.replace(line.end, next.begin, "\n");
                copied = next.start;
            }
            Join::No => {}
            Join::Space => {
                layer.copy(source, copied, line.end);
                layer.replace(line.end, next.start, " ");
                copied = next.start;
            }
            Join::Word(hyphen) => {
                layer.copy(source, copied, line.end - hyphen);
                copied = next.start;
            }
        }
    }
    layer.copy(source, copied, source.len());
}

/// The lines of `source`. Quote marks are skipped if most lines have them.
fn lines(source: &str) -> Vec<Line> {
    let bytes = source.as_bytes();
    let raw = || {
        let mut from = 0;
        memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]).map(move |end| {
            let begin = from;
            from = end + 1;
            (begin, end)
        })
    };
    let filled = raw().filter(|&(begin, end)| !bytes[begin..end].trim_ascii().is_empty());
    let (mut all, mut marked) = (0usize, 0usize);
    for (begin, end) in filled {
        all += 1;
        marked += usize::from(bytes[begin..end].trim_ascii_start().starts_with(b">"));
    }
    let quoted = marked > 2 && 10 * marked >= 6 * all;
    let line = |(begin, end): (usize, usize)| {
        let text = &bytes[begin..end];
        let skip = |byte: &&u8| matches!(byte, b' ' | b'\t') || quoted && **byte == b'>';
        let start = begin + text.iter().take_while(skip).count();
        let end = begin + text.trim_ascii_end().len();
        Line { begin, start: start.min(end), end }
    };
    raw().take(MAX_LINES).map(line).collect()
}

/// What the lines of a text have in common.
struct Shape {
    /// Length of the longest line that the next line continues, in characters.
    width: usize,
    /// Whether the whole text is wrapped to that width.
    wrapped: bool,
    /// Whether it is set in a narrow column, with many words broken.
    narrow: bool,
}

impl Shape {
    fn of(source: &str, lines: &[Line]) -> Self {
        let pairs = || {
            lines
                .windows(2)
                .map(|pair| (pair[0], pair[1]))
                .filter(|(line, next)| line.end > line.start && !is_item(next.text(source)))
        };
        let lower = |line: &Line| source.as_bytes()[line.start].is_ascii_lowercase();
        let (mut all, mut continued, mut broken, mut width) = (0usize, 0usize, 0usize, 0usize);
        for (line, next) in pairs().filter(|(line, _)| line.end - line.start <= MAX_WIDTH) {
            all += 1;
            if lower(&next) {
                continued += 1;
                broken += usize::from(hyphen(line.text(source)).is_some());
                width = width.max(characters(line.indented(source)));
            }
        }
        let filled = pairs()
            .filter(|(line, next)| lower(next) && fills(line.indented(source), next.text(source), width))
            .count();
        let wrapped =
            continued >= MIN_CONTINUED && width >= MIN_WIDTH && 2 * continued >= all && 5 * filled >= 4 * continued;
        Self { width, wrapped, narrow: broken >= MIN_BROKEN }
    }

    /// How `line` is joined with `next`.
    fn join<'s>(&self, source: &'s str, line: Line, next: Line, hyphenation: &mut Hyphenation<'_, 's>) -> Join {
        let (text, after) = (line.text(source), next.text(source));
        let (Some(last), Some(first)) = (text.last(), after.first()) else { return Join::No };
        if is_item(after) {
            return Join::No;
        }
        if first.is_ascii_lowercase()
            && let Some(hyphen) = hyphen(text)
        {
            return hyphenation.join(source, (line, hyphen), next);
        }
        let open = last.is_ascii_alphanumeric() || matches!(last, b',' | b'&' | b'/' | b'(') || *last >= 128;
        if !open {
            return Join::No;
        }
        let continues = self.wrapped && fills(line.indented(source), next.text(source), self.width)
            || self.narrow && first.is_ascii_lowercase() && text.len() <= MAX_WIDTH;
        if continues { Join::Space } else { Join::No }
    }
}

impl<'s> Hyphenation<'_, 's> {
    /// How a line that ends in a hyphen is joined with one that starts with a lowercase letter.
    fn join(&mut self, source: &'s str, (line, hyphen): (Line, usize), next: Line) -> Join {
        let before = &source[line.start..line.end - hyphen];
        let start = before
            .rfind(|c: char| !c.is_alphanumeric())
            .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        let after = &source[next.start..next.end];
        let end = after.find(|c: char| !c.is_alphanumeric()).unwrap_or(after.len());
        let [left, right] = [&before[start..], &after[..end]].map(str::to_lowercase);
        // "pre- and post-launch"
        if matches!(right.as_str(), "and" | "or" | "to") {
            return Join::Space;
        }
        let Self { known, compounds } = self;
        let compounds = compounds.get_or_insert_with(|| compounds_of(source));
        let compound = before[..start].ends_with('-') || compounds.contains(format!("{left}-{right}").as_str());
        let keeps_hyphen = compound || !known(&format!("{left}{right}")) && known(&left) && known(&right);
        Join::Word(if keeps_hyphen { 0 } else { hyphen })
    }
}

/// The pairs of words in `source` with a hyphen between them, as they are written.
fn compounds_of(source: &str) -> HashSet<&str> {
    let pair = |at: usize| {
        let (before, after) = (&source[..at], &source[at + 1..]);
        let left = before.trim_end_matches(char::is_alphanumeric).len();
        let right = after.len() - after.trim_start_matches(char::is_alphanumeric).len();
        (left < at && right > 0).then(|| &source[left..at + 1 + right])
    };
    memchr::memchr_iter(b'-', source.as_bytes()).filter_map(pair).collect()
}

/// The length of the hyphen after the letter at the end of a line.
fn hyphen(line: &[u8]) -> Option<usize> {
    let rest = line.strip_suffix(b"-").or_else(|| line.strip_suffix("\u{2010}".as_bytes()))?;
    rest.last().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte >= 128).then_some(line.len() - rest.len())
}

/// Whether a line starts with a list marker or the mark of a heading, or is empty. Letters and
/// numbers can be markers, too ("a) ", "1. "), as all lines of a text are judged by this.
fn is_item(line: &[u8]) -> bool {
    let digits = line.iter().take_while(|byte| byte.is_ascii_digit()).count();
    match line {
        [b'"' | b'\'' | b'(' | b'$' | b'&', ..] => false,
        [b'o', b' ' | b'\t', third, ..] => third.is_ascii_uppercase(),
        [first, ..] if first.is_ascii_alphabetic() => matches!(line, [_, b')', b' ', ..]),
        _ if digits > 0 => matches!(line[digits..], [b'.' | b')', b' ', ..]),
        // Letters outside ASCII are not markers.
        _ => !std::str::from_utf8(line).ok().and_then(|line| line.chars().next()).is_some_and(char::is_alphanumeric),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Span;

    fn joined(text: &str) -> String {
        const KNOWN: [&str; 8] = ["roadmap", "engineers", "trade", "offs", "requirements", "user", "test", "road"];
        let mut layer = Layer::default();
        join(text, &mut layer, &mut |word| KNOWN.contains(&word));
        layer.text().to_owned()
    }

    #[test]
    fn letters_outside_ascii_mark_no_item() {
        for (line, expected) in [("étude", false), ("Über", false), ("\u{2022} plan", true), ("\u{2192} plan", true)]
        {
            assert_eq!(is_item(line.as_bytes()), expected, "{line}");
        }
    }

    #[test]
    fn wrapped_lines_are_joined() {
        let forty = "Our firm makes booking software for all\nsmall ferries. We are forty people in\nthe town of Leith and profitable since\n2016.\n\n\
            - Own the product roadmap for our own\n  payments area and decide what gets\n  built next\n- Ship";
        let unwrapped = "Our firm makes booking software for all small ferries. We are forty people in the town of Leith and profitable since 2016.\n\n\
            - Own the product roadmap for our own payments area and decide what gets built next\n- Ship";
        let quoted = |text: &str| format!("> {}\n", text.trim_end().lines().collect::<Vec<_>>().join("\n> "));
        // Four of eight lines continue with a lowercase letter; then three of eleven, as in a list.
        let capitals = "we make the small scanners for the halls\nThe depots of the north use them for all\n\
            parcels that come in from the west coast\nLeith and its harbor are the home of our\n\
            drivers, carriers, clerks, and sorters,\nBerlin has a hall that we like to visit,\n\
            because there the trains of the caf\u{e9}\nKant meet those of every carrier we have\n\
            and nobody has to wait for a new scanner";
        let rows: Vec<&str> = capitals.lines().collect();
        let sparse = [&rows[1..8], &[rows[3], rows[5], rows[1], rows[7], rows[3]]].concat().join("\n");
        let list = "Duties\nown the roadmap of the whole product\nship it\ntalk to customers every week\nplan\n";
        // Two of four lines have room for the first word of the next.
        let roomy = "own the roadmap of all the small ferries\nand ship it\nplan the launch of every new scanner of\n\
            ours with care\ntest it";
        // Three lines go on in the next. The empty line does not, although a lowercase letter follows it.
        let paragraph = "We make the small scanners for the halls\nof our depots in the north and also all of\n\
            the sorters that come in from the west\ncoast of the country and from the islands";
        let below = "\n\nour office has a view of the harbor";
        let table = [
            ("a paragraph in lower case", paragraph.to_owned() + below, paragraph.replace('\n', " ") + below),
            ("lines with room", roomy.to_owned(), roomy.to_owned()),
            ("forty columns", forty.to_owned(), unwrapped.to_owned()),
            ("quoted", quoted(forty), unwrapped.to_owned() + "\n"),
            ("list", list.to_owned(), list.to_owned()),
            ("capitals", capitals.to_owned(), rows.join(" ")),
            ("sparse", sparse.clone(), sparse),
            (
                "half quoted",
                "> One\n> Two\n> Three\nFour\nFive\nSix".into(),
                "> One\n> Two\n> Three\nFour\nFive\nSix".into(),
            ),
            (
                "paragraphs",
                "One two three\n\nfour five\n\nsix\n\nseven\n".into(),
                "One two three\n\nfour five\n\nsix\n\nseven\n".into(),
            ),
        ];
        for (name, text, expected) in table {
            assert!(may_be_wrapped(&text) || text == expected, "{name}");
            assert_eq!(joined(&text), expected, "{name}");
        }
    }

    #[test]
    fn broken_words_are_joined() {
        let table = [
            ("word", "Own the road-\nmap of it", "Own the roadmap of it"),
            ("known beginning", "Own the road-\nxyz of it", "Own the roadxyz of it"),
            ("known end", "Own the xyz-\nroad of it", "Own the xyzroad of it"),
            ("indented", "Write require-\n   ments", "Write requirements"),
            ("compound", "make trade-\noffs", "make trade-offs"),
            ("compound elsewhere", "go-live, and go-\nlive", "go-live, and go-live"),
            ("third part", "the go-to-\nmarket plan", "the go-to-market plan"),
            ("two beginnings", "pre-\nand post-launch", "pre- and post-launch"),
            ("a dash", "Own it -\nall of it", "Own it -\nall of it"),
            ("a name", "the Berlin-\nLondon line", "the Berlin-\nLondon line"),
        ];
        for (name, text, expected) in table {
            assert_eq!(joined(text), expected, "{name}");
        }
        assert!(may_be_wrapped("road-\nmap") && !may_be_wrapped("Own\nShip\n- plan\nx"));
    }

    #[test]
    fn a_compound_has_a_word_on_both_sides_of_its_hyphen() {
        let mut found: Vec<&str> =
            compounds_of("go-to market -map\u{201d}-\nplan- x-\u{e9}t\u{e9}").into_iter().collect();
        found.sort_unstable();
        assert_eq!(found, ["go-to", "x-\u{e9}t\u{e9}"]);
    }

    #[test]
    fn narrow_columns_are_joined() {
        let table = [
            (
                "three broken words",
                "Own the road-\nmap of our\nproducts, write require-\nments and talk\nto the test-\ners of it"
                    .to_owned(),
                "Own the roadmap of our products, write requirements and talk to the testers of it".to_owned(),
            ),
            (
                "two broken words",
                "Own the road-\nmap of our\nproducts, write require-\nments and talk\nto all".to_owned(),
                "Own the roadmap of our\nproducts, write requirements and talk\nto all".to_owned(),
            ),
            (
                "a line of 201 bytes",
                format!("road-\nmap\nroad-\nmap\nroad-\nmap\n{}\nof it", "a".repeat(201)),
                format!("roadmap roadmap roadmap {}\nof it", "a".repeat(201)),
            ),
        ];
        for (name, text, expected) in table {
            assert_eq!(joined(&text), expected, "{name}");
        }
    }

    #[test]
    fn spans_are_those_of_the_source() {
        let source = "Own the road-\n  map of it";
        let mut layer = Layer::default();
        join(source, &mut layer, &mut |word| word == "roadmap");
        let at = layer.text().find("roadmap").unwrap();
        assert_eq!(layer.to_source(Span::new(at, at + 7)).of(source), "road-\n  map");
    }
}
