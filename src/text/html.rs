//! HTML tags and entities out of a posting, with a way back to the original offsets.

use super::Span;
use super::entity::{self, Decoded};

/// A run of cleaned text and where it came from.
#[derive(Debug, Clone, Copy)]
struct Run {
    /// First byte of the run in the cleaned text.
    clean: u32,
    /// First byte of its source in the original.
    origin: u32,
    /// 0 for a run copied as it was; otherwise the number of original bytes
    /// (a tag, an entity) that the whole run stands for.
    replaced: u32,
}

/// A posting without markup. Reused from posting to posting: it keeps its buffers.
#[derive(Debug, Default)]
pub(crate) struct Cleaned {
    text: String,
    runs: Vec<Run>,
    identity: bool,
}

impl Cleaned {
    /// Cleans `original`. Text without `<` and `&` is not copied.
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
        let mut missing = Missing::default();
        let mut at = 0;
        let mut verbatim = 0;
        while let Some(found) = memchr::memchr2(b'<', b'&', &bytes[at..]) {
            let mark = at + found;
            let piece = if bytes[mark] == b'<' {
                tag(bytes, mark + 1, b">", &mut missing)
            } else {
                escaped_tag(bytes, mark, &mut missing).or_else(|| {
                    let (end, decoded) = entity::at(original, mark)?;
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
            // A blank line: no width of a page made it.
            Replacement::Break => self.text.push_str("\n\n"),
            Replacement::Text(Decoded::Char(c)) => self.text.push(*c),
            Replacement::Text(Decoded::Text(text)) => self.text.push_str(text),
        }
        self.runs.push(Run { clean, origin: offset(from), replaced: offset(to - from) });
    }
}

/// The way back from the cleaned text to the original.
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
    Nothing,
    Break,
    Text(Decoded),
}

/// What has been looked for up to the end of the text and not found, and where what
/// was found far ahead stands: looking again from every later mark would make the cost
/// quadratic.
#[derive(Default)]
struct Missing {
    close: [bool; 2],
    /// The last end of a tag that was found.
    found: [usize; 2],
    comment: bool,
    element: [bool; 3],
}

/// Elements whose content is not text.
const RAW: [&str; 3] = ["script", "style", "template"];

/// Elements that do not break a line.
const INLINE: [&str; 22] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "img", "ins", "kbd", "mark", "s", "small",
    "span", "strong", "sub", "sup", "u", "wbr",
];

/// Reads a tag whose name begins at `name`, behind its `<` (or `&lt;`).
fn tag(bytes: &[u8], name: usize, close: &[u8], missing: &mut Missing) -> Option<(usize, Replacement)> {
    let escaped = usize::from(close.len() > 1);
    if missing.close[escaped] {
        return None;
    }
    if escaped == 0 && bytes[name..].starts_with(b"!--") {
        return comment(bytes, name, missing);
    }
    let slash = usize::from(bytes.get(name) == Some(&b'/'));
    let first = *bytes.get(name + slash)?;
    if !(first.is_ascii_alphabetic() || (slash == 0 && escaped == 0 && matches!(first, b'!' | b'?'))) {
        return None;
    }
    if missing.found[escaped] < name {
        let found = match close {
            [byte] => memchr::memchr(*byte, &bytes[name..]),
            _ => memchr::memmem::find(&bytes[name..], close),
        };
        let Some(found) = found else {
            missing.close[escaped] = true;
            return None;
        };
        missing.found[escaped] = name + found;
    }
    let found = missing.found[escaped];
    let end = found + close.len();
    let word = element_name(&bytes[name + slash..found]);
    let word = word.as_str();
    if escaped == 1 && !known(word) {
        return None;
    }
    if slash == 0
        && let Some(kind) = RAW.iter().position(|raw| *raw == word)
    {
        return Some((raw_end(bytes, end, kind, missing).unwrap_or(end), Replacement::Break));
    }
    let inline = INLINE.binary_search(&word).is_ok();
    Some((end, if inline { Replacement::Nothing } else { Replacement::Break }))
}

fn comment(bytes: &[u8], name: usize, missing: &mut Missing) -> Option<(usize, Replacement)> {
    if missing.comment {
        return None;
    }
    if let Some(found) = memchr::memmem::find(&bytes[name..], b"-->") {
        return Some((name + found + 3, Replacement::Nothing));
    }
    missing.comment = true;
    None
}

/// The end of a script's or style's content: where its closing tag ends.
fn raw_end(bytes: &[u8], from: usize, kind: usize, missing: &mut Missing) -> Option<usize> {
    if missing.element[kind] {
        return None;
    }
    let name = RAW[kind].as_bytes();
    let mut at = from;
    while let Some(found) = memchr::memmem::find(&bytes[at..], b"</") {
        let start = at + found + 2;
        let candidate = bytes.get(start..start + name.len());
        if candidate.is_some_and(|word| word.eq_ignore_ascii_case(name)) {
            let close = memchr::memchr(b'>', &bytes[start..]);
            missing.element[kind] |= close.is_none();
            return close.map(|close| start + close + 1);
        }
        at = start;
    }
    missing.element[kind] = true;
    None
}

/// `&lt;p&gt;`: markup that was escaped once more on its way here, as job feeds do.
fn escaped_tag(bytes: &[u8], mark: usize, missing: &mut Missing) -> Option<(usize, Replacement)> {
    bytes[mark..].starts_with(b"&lt;").then(|| tag(bytes, mark + 4, b"&gt;", missing)).flatten()
}

/// The name of an element in lower case; longer names are cut, no known one is.
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

/// Block elements met in postings; an escaped `<` counts as a tag before these only.
fn known(name: &str) -> bool {
    const BLOCK: [&str; 22] = [
        "article",
        "blockquote",
        "br",
        "div",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "td",
        "tr",
        "ul",
    ];
    BLOCK.binary_search(&name).is_ok() || INLINE.binary_search(&name).is_ok() || RAW.contains(&name)
}

/// Offsets are kept in 32 bits; `classify` cuts longer texts first.
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
    fn tags_and_entities() {
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
    fn spans_lead_back() {
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
    fn a_bare_ampersand_leaves_the_next_entity_alone() {
        let text = "Search & Discovery, R&amp;D";
        let mut buffer = Cleaned::default();
        let (clean, map) = buffer.clean(text);
        assert_eq!(clean, "Search & Discovery, R&D");
        let start = clean.find("Discovery").unwrap();
        assert_eq!(map.to_original(Span::new(start, start + 9)).of(text), "Discovery");
    }

    #[test]
    fn known_lists_are_sorted() {
        assert!(INLINE.is_sorted());
        assert!(known("article") && known("ul") && known("wbr") && !known("string"));
    }
}
