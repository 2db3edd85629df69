//! Removes HTML tags and entities from a posting and maps offsets back to the original.

use super::Span;
use super::html_entity::{self, Decoded};

/// A run of cleaned text and its place in the original.
#[derive(Debug, Clone, Copy)]
struct Run {
    /// First byte of the run in the cleaned text.
    clean: u32,
    /// First byte of its source in the original.
    origin: u32,
    /// Length of the tag or entity that the run replaces, in bytes; 0 for a run that was
    /// copied unchanged.
    replaced: u32,
}

/// Cleans postings of markup, reusing its buffers.
#[derive(Debug, Default)]
pub(crate) struct Cleaned {
    text: String,
    runs: Vec<Run>,
    identity: bool,
}

impl Cleaned {
    /// Removes the markup of `original`. Text without `<` and `&` is not copied.
    pub(crate) fn clean<'a>(&'a mut self, original: &'a str) -> (&'a str, SpanMap<'a>) {
        self.text.clear();
        self.runs.clear();
        self.identity = memchr::memchr2(b'<', b'&', original.as_bytes()).is_none();
        if !self.identity {
            self.strip(original);
        }
        let text = if self.identity { original } else { &self.text };
        (text, SpanMap { runs: &self.runs, identity: self.identity, original })
    }

    fn strip(&mut self, original: &str) {
        let bytes = original.as_bytes();
        let mut searched = Searched::default();
        let mut at = 0;
        let mut verbatim = 0;
        while let Some(found) = memchr::memchr2(b'<', b'&', &bytes[at..]) {
            let mark = at + found;
            let piece = if bytes[mark] == b'<' {
                tag(bytes, mark + 1, b">", &mut searched)
            } else {
                escaped_tag(bytes, mark, &mut searched).or_else(|| {
                    let (end, decoded) = html_entity::decode_at(original, mark)?;
                    Some((end, Replacement::Text(decoded)))
                })
            };
            let Some((end, replacement)) = piece else {
                at = mark + 1;
                continue;
            };
            self.copy(original, verbatim, mark);
            self.replace(mark, end, &replacement);
            at = end;
            verbatim = end;
        }
        self.copy(original, verbatim, bytes.len());
    }

    fn copy(&mut self, original: &str, from: usize, to: usize) {
        if from < to {
            self.runs.push(Run { clean: offset(self.text.len()), origin: offset(from), replaced: 0 });
            self.text.push_str(&original[from..to]);
        }
    }

    fn replace(&mut self, from: usize, to: usize, with: &Replacement) {
        let clean = offset(self.text.len());
        match with {
            Replacement::Nothing => return,
            // An empty line is never taken for a hard wrap.
            Replacement::Break => self.text.push_str("\n\n"),
            Replacement::Text(Decoded::Char(c)) => self.text.push(*c),
            Replacement::Text(Decoded::Text(text)) => self.text.push_str(text),
        }
        self.runs.push(Run { clean, origin: offset(from), replaced: offset(to - from) });
    }
}

/// Maps ranges of the cleaned text to ranges of the original.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SpanMap<'a> {
    runs: &'a [Run],
    identity: bool,
    original: &'a str,
}

impl SpanMap<'_> {
    /// The range of the original that `clean` came from.
    pub(crate) fn to_original(self, clean: Span) -> Span {
        if self.identity {
            return clean;
        }
        if clean.is_empty() {
            let at = self.start(clean.start);
            return Span::new(at, at);
        }
        let start = self.start(clean.start);
        Span::new(start, self.end(clean.end).max(start))
    }

    fn run(self, clean: usize) -> Option<Run> {
        let after = self.runs.partition_point(|run| run.clean as usize <= clean);
        after.checked_sub(1).and_then(|i| self.runs.get(i)).copied()
    }

    fn start(self, clean: usize) -> usize {
        match self.run(clean) {
            None => 0,
            Some(run) if run.replaced > 0 => run.origin as usize,
            Some(run) => (run.origin as usize + clean - run.clean as usize).min(self.original.len()),
        }
    }

    fn end(self, clean: usize) -> usize {
        let last = clean - 1;
        match self.run(last) {
            None => 0,
            Some(run) if run.replaced > 0 => (run.origin + run.replaced) as usize,
            Some(run) => (run.origin as usize + clean - run.clean as usize).min(self.original.len()),
        }
    }
}

enum Replacement {
    /// Inline elements and comments leave no trace.
    Nothing,
    /// Block elements end a line.
    Break,
    Text(Decoded),
}

/// Results of searches that ran ahead. Repeating them from every later `<` or `&` would
/// take quadratic time.
#[derive(Default)]
struct Searched {
    /// Whether no further `>` (index 0) or `&gt;` (index 1) exists.
    no_close: [bool; 2],
    /// The last `>` and `&gt;` that were found.
    close: [usize; 2],
    /// Whether no further `-->` exists.
    no_comment_end: bool,
    /// Whether the end tag of each of [`RAW`] is missing.
    no_end_tag: [bool; 3],
}

/// Elements whose content is not text.
const RAW: [&str; 3] = ["script", "style", "template"];

/// Elements that do not break a line.
const INLINE: [&str; 22] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "img", "ins", "kbd", "mark", "s", "small",
    "span", "strong", "sub", "sup", "u", "wbr",
];

/// Reads the tag whose name begins at `name`, after its `<` or `&lt;`, up to `close`: where
/// it ends and what replaces it.
fn tag(bytes: &[u8], name: usize, close: &[u8], searched: &mut Searched) -> Option<(usize, Replacement)> {
    let escaped = usize::from(close.len() > 1);
    if searched.no_close[escaped] {
        return None;
    }
    if escaped == 0 && bytes[name..].starts_with(b"!--") {
        return comment(bytes, name, searched);
    }
    let slash = usize::from(bytes.get(name) == Some(&b'/'));
    let first = *bytes.get(name + slash)?;
    if !(first.is_ascii_alphabetic() || (slash == 0 && escaped == 0 && matches!(first, b'!' | b'?'))) {
        return None;
    }
    if searched.close[escaped] < name {
        let found = match close {
            [byte] => memchr::memchr(*byte, &bytes[name..]),
            _ => memchr::memmem::find(&bytes[name..], close),
        };
        let Some(found) = found else {
            searched.no_close[escaped] = true;
            return None;
        };
        searched.close[escaped] = name + found;
    }
    let found = searched.close[escaped];
    let end = found + close.len();
    let word = element_name(&bytes[name + slash..found]);
    let word = word.as_str();
    if escaped == 1 && !known(word) {
        return None;
    }
    if slash == 0
        && let Some(kind) = RAW.iter().position(|raw| *raw == word)
    {
        return Some((raw_end(bytes, end, kind, searched).unwrap_or(end), Replacement::Break));
    }
    let inline = INLINE.binary_search(&word).is_ok();
    Some((end, if inline { Replacement::Nothing } else { Replacement::Break }))
}

fn comment(bytes: &[u8], name: usize, searched: &mut Searched) -> Option<(usize, Replacement)> {
    if searched.no_comment_end {
        return None;
    }
    if let Some(found) = memchr::memmem::find(&bytes[name..], b"-->") {
        return Some((name + found + 3, Replacement::Nothing));
    }
    searched.no_comment_end = true;
    None
}

/// The index after the end tag of the raw element `RAW[kind]`, whose content begins at `from`.
fn raw_end(bytes: &[u8], from: usize, kind: usize, searched: &mut Searched) -> Option<usize> {
    if searched.no_end_tag[kind] {
        return None;
    }
    let name = RAW[kind].as_bytes();
    let mut at = from;
    while let Some(found) = memchr::memmem::find(&bytes[at..], b"</") {
        let start = at + found + 2;
        let candidate = bytes.get(start..start + name.len());
        if candidate.is_some_and(|word| word.eq_ignore_ascii_case(name)) {
            let close = memchr::memchr(b'>', &bytes[start..]);
            searched.no_end_tag[kind] |= close.is_none();
            return close.map(|close| start + close + 1);
        }
        at = start;
    }
    searched.no_end_tag[kind] = true;
    None
}

/// Reads a tag with escaped brackets, `&lt;p&gt;`, as some job feeds have them.
fn escaped_tag(bytes: &[u8], mark: usize, searched: &mut Searched) -> Option<(usize, Replacement)> {
    bytes[mark..].starts_with(b"&lt;").then(|| tag(bytes, mark + 4, b"&gt;", searched)).flatten()
}

/// The name of an element in lower case, cut at 12 bytes: more than any known name has.
#[derive(Default)]
struct Name {
    bytes: [u8; 12],
    len: usize,
}

impl Name {
    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }
}

fn element_name(inside: &[u8]) -> Name {
    let mut name = Name::default();
    let letters = inside.iter().take_while(|b| b.is_ascii_alphanumeric());
    for (slot, letter) in name.bytes.iter_mut().zip(letters) {
        *slot = letter.to_ascii_lowercase();
        name.len += 1;
    }
    name
}

/// Whether an escaped `<` before this name is a tag. Any other is text: `a &lt; b`.
fn known(name: &str) -> bool {
    #[rustfmt::skip]
    const BLOCK: [&str; 22] = [
        "article", "blockquote", "br", "div", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li",
        "ol", "p", "pre", "section", "table", "td", "tr", "ul",
    ];
    BLOCK.binary_search(&name).is_ok() || INLINE.binary_search(&name).is_ok() || RAW.contains(&name)
}

/// Offsets take 32 bits; longer texts are truncated before they are cleaned.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(text: &str) -> String {
        Cleaned::default().clean(text).0.to_owned()
    }

    #[test]
    fn markup_is_removed() {
        let table = [
            ("plain text", "plain text"),
            ("<p>Own the <b>roadmap</b></p>", "\n\nOwn the roadmap\n\n"),
            ("a &lt; b &amp; c", "a < b & c"),
            ("fish &amp;nbsp; chips", "fish \u{a0} chips"),
            ("&lt;li&gt;Ship it&lt;/li&gt;", "\n\nShip it\n\n"),
            ("less < more, I <3 maps", "less < more, I <3 maps"),
            ("x<script>if (a < b) {}</script>y", "x\n\ny"),
            ("x<STYLE>p{}</Style >y", "x\n\ny"),
            ("a<!-- hidden <p> -->b", "ab"),
            ("open <a tag", "open <a tag"),
            ("R&D and Q&A;", "R&D and Q&A;"),
            ("caf&eacute; &#8217; &#x2022;", "caf\u{e9} \u{2019} \u{2022}"),
        ];
        for (input, expected) in table {
            assert_eq!(cleaned(input), expected, "{input}");
        }
    }

    #[test]
    fn spans_map_back_to_the_original() {
        let text = "<p>R&amp;D <b>roadmap</b> caf&eacute;</p>";
        let mut buffer = Cleaned::default();
        let (clean, map) = buffer.clean(text);
        for word in ["R&D", "roadmap", "caf\u{e9}"] {
            let start = clean.find(word).unwrap();
            let span = map.to_original(Span::new(start, start + word.len()));
            let source = span.of(text);
            assert_eq!(htmlize::unescape(source), word);
        }
    }

    #[test]
    fn a_bare_ampersand_is_text() {
        let text = "Search & Discovery, R&amp;D";
        let mut buffer = Cleaned::default();
        let (clean, map) = buffer.clean(text);
        assert_eq!(clean, "Search & Discovery, R&D");
        let start = clean.find("Discovery").unwrap();
        assert_eq!(map.to_original(Span::new(start, start + 9)).of(text), "Discovery");
    }

    #[test]
    fn element_lists_are_sorted() {
        assert!(INLINE.is_sorted());
        assert!(known("article") && known("ul") && known("wbr") && !known("string"));
    }
}
