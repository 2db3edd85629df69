//! From HTML to the text that it shows.

mod emitter;
mod source;

use html5gum::{State, Tokenizer};

use self::source::Source;
use super::attributes::{hides, may_have_no_value};
use super::detect::Markup;
use super::elements::{Effect, Element};
use super::open_elements::OpenElements;
use crate::text::layer::Layer;

/// First words of headings of lists of other postings, such as "Similar jobs".
const SIMILAR: [&str; 5] = ["similar", "related", "recommended", "other", "more"];
/// Words of which one must follow a word of [`SIMILAR`].
const JOBS: [&str; 7] = ["jobs", "roles", "positions", "openings", "vacancies", "opportunities", "postings"];

/// Which parts of a page are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// Those that may be the posting.
    Posting,
    /// All that are shown: forms and navigation, too.
    Page,
}

/// Reads HTML. Its buffers are reused.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    open: OpenElements,
    name: Vec<u8>,
    attribute: Vec<u8>,
    value: Vec<u8>,
    last_start: Vec<u8>,
}

impl Reader {
    /// Writes the text of `source`, whose markup is `markup`, to `layer`.
    pub(crate) fn read(&mut self, source: &str, markup: Markup, shown: Shown, layer: &mut Layer) {
        layer.start(source.len());
        self.open.clear();
        self.last_start.clear();
        let state = Reading {
            reader: self,
            source,
            layer,
            markup,
            shown,
            position: 0,
            done: 0,
            tag_start: 0,
            tag: Tag::default(),
            heading: None,
            in_cdata: false,
            no_end: Vec::new(),
        };
        let mut tokenizer = Tokenizer::new_with_emitter(Source::new(source), state);
        if markup == Markup::Plain {
            // In this state only character references are recognized.
            tokenizer.set_state(State::RcData);
        }
        // The emitter writes to the layer: no token comes out, only interruptions.
        tokenizer.count();
    }
}

/// The tag that is being read.
#[derive(Debug, Clone, Copy, Default)]
struct Tag {
    is_end: bool,
    self_closing: bool,
    hides: bool,
    /// Whether it contains words that cannot be attributes, so that it is text.
    is_text: bool,
    has_attribute: bool,
    has_value: bool,
    wants_value: bool,
}

/// The state of one call of [`Reader::read`]; the tokenizer calls its
/// [`Emitter`](html5gum::Emitter) methods.
struct Reading<'a> {
    reader: &'a mut Reader,
    source: &'a str,
    layer: &'a mut Layer,
    markup: Markup,
    shown: Shown,
    /// How far the tokenizer has read.
    position: usize,
    /// The end of what has been written or dropped.
    done: usize,
    /// The `<` of the tag.
    tag_start: usize,
    tag: Tag,
    /// Where the text of the open heading begins in the layer.
    heading: Option<usize>,
    in_cdata: bool,
    /// Elements whose end tag is known to be missing.
    no_end: Vec<&'static str>,
}

impl Reading<'_> {
    /// Ends the line and adds an empty one, so that the break is not taken for a hard wrap.
    fn line_break(&mut self) {
        let text = self.layer.text();
        if !self.reader.open.is_hidden() && !text.is_empty() && !text.ends_with("\n\n") {
            self.layer.replace(self.tag_start, self.position, "\n\n");
        }
    }

    /// Copies text. Where line ends do not count, one becomes a space, with the whitespace around
    /// it. Empty lines stay, and list items and headings of Markdown get one before them.
    fn write(&mut self, from: usize, to: usize) {
        let keeps_lines = self.in_cdata || self.markup != Markup::Page || self.reader.open.is_preformatted();
        let mut at = from;
        if !keeps_lines {
            let bytes = self.source.as_bytes();
            while let Some(found) = memchr::memchr2(b'\n', b'\r', &bytes[at..to]) {
                let line_end = at + found;
                let before = bytes[at..line_end].iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count();
                let after = bytes[line_end..to].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
                self.layer.copy(self.source, at, line_end - before);
                let (start, end) = (line_end - before, line_end + after);
                let ends = memchr::memchr_iter(b'\n', &bytes[start..end]).count();
                let written = self.layer.text();
                if ends > 1 || is_item(&bytes[end..]) {
                    if !written.is_empty() && !written.ends_with('\n') {
                        self.layer.replace(start, end, "\n\n");
                    }
                } else if written.ends_with(|c: char| !c.is_whitespace()) {
                    self.layer.replace(start, end, " ");
                }
                at = end;
            }
        }
        self.layer.copy(self.source, at, to);
    }

    /// Writes the tag as text, up to a `<` within it: there another tag begins.
    fn write_tag(&mut self) {
        if self.reader.open.is_hidden() {
            return;
        }
        let inside = &self.source.as_bytes()[self.tag_start + 1..self.position];
        match memchr::memchr(b'<', inside) {
            Some(next) => {
                self.write(self.tag_start, self.tag_start + 1 + next);
                self.tag_start += 1 + next;
                self.line_break();
            }
            None => self.write(self.tag_start, self.position),
        }
    }

    fn end_attribute(&mut self) {
        if !self.tag.has_attribute {
            return;
        }
        let Reader { attribute, value, .. } = &*self.reader;
        if self.tag.wants_value {
            self.tag.hides |= hides(attribute, value);
        }
        self.tag.is_text |= !self.tag.has_value && !may_have_no_value(attribute);
        self.tag.has_attribute = false;
    }

    fn start_element(&mut self, element: Option<&'static Element>) -> Option<State> {
        if self.markup == Markup::Xml {
            self.line_break();
            return None;
        }
        let effect = element.map_or(Effect::Inline, |element| element.effect);
        let opens = element.is_none_or(|element| self.reader.open.close_for_start(element));
        match effect {
            Effect::Block | Effect::Preformatted | Effect::Aside => self.line_break(),
            Effect::Cell if !self.reader.open.is_hidden() => {
                // A row of a table is a line, and its first cell begins the line.
                let text = self.layer.text();
                if !text.is_empty() && !text.ends_with('\n') {
                    self.layer.replace(self.tag_start, self.position, " | ");
                }
            }
            _ => {}
        }
        let is_void = element.is_some_and(|element| element.is_void)
            || self.tag.self_closing && (element.is_none() || effect == Effect::Hidden);
        if is_void || !opens {
            return None;
        }
        let state = element.and_then(|element| self.raw_text(element));
        let name = element.map_or("", |element| element.name);
        if self.no_end.contains(&name) {
            return None;
        }
        if element.is_some_and(Element::is_heading) {
            self.heading = Some(self.layer.text().len());
        }
        let hides = self.tag.hides && !matches!(name, "body" | "html")
            || effect == Effect::Hidden
            || effect == Effect::Aside && self.shown == Shown::Posting;
        let Reader { open, name, .. } = &mut *self.reader;
        open.push(name, element, effect == Effect::Preformatted, hides);
        state
    }

    /// The tokenizer's state for an element whose content has no tags; `None` for other elements.
    fn raw_text(&mut self, element: &'static Element) -> Option<State> {
        let state = match element.name {
            "script" => State::ScriptData,
            "style" | "xmp" | "iframe" | "noembed" | "noframes" | "noscript" => State::RawText,
            "textarea" | "title" => State::RcData,
            _ => return None,
        };
        // Without an end tag, the rest of the text would be its content.
        if self.no_end.contains(&element.name) {
            return None;
        }
        let rest = &self.source.as_bytes()[self.position..];
        let name = element.name.as_bytes();
        let is_end =
            |at: usize| rest.get(at + 2..at + 2 + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name));
        if memchr::memmem::find_iter(rest, b"</").any(is_end) {
            return Some(state);
        }
        self.no_end.push(element.name);
        None
    }

    fn end_element(&mut self, element: Option<&'static Element>) {
        if self.markup == Markup::Xml {
            self.line_break();
            return;
        }
        let Reader { open, name, .. } = &mut *self.reader;
        open.close_for_end(name, element);
        if element.is_some_and(Element::is_heading)
            && let Some(from) = self.heading.take()
        {
            self.hide_other_postings(from);
        }
        let effect = element.map_or(Effect::Inline, |element| element.effect);
        // The standard reads `</br>` as a start tag.
        if matches!(effect, Effect::Block | Effect::Preformatted | Effect::Aside) {
            self.line_break();
        }
    }

    /// If the heading that starts at `from` in the layer announces other postings, hides the rest
    /// of the element that it stands in.
    fn hide_other_postings(&mut self, from: usize) {
        let heading = self.layer.text().get(from..).unwrap_or_default().trim();
        if self.reader.open.is_hidden()
            || self.shown == Shown::Page
            || self.markup != Markup::Page
            || heading.len() > 60
        {
            return;
        }
        let heading = heading.to_lowercase();
        let mut words = heading.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let announces = words.next().is_some_and(|word| SIMILAR.contains(&word))
            && words.clone().count() < 5
            && words.any(|word| JOBS.contains(&word));
        if announces {
            self.reader.open.hide_rest();
        }
    }
}

/// Whether a line begins like a list item or a heading in Markdown. Other marks are text: a page
/// marks its lists with tags.
fn is_item(line: &[u8]) -> bool {
    let marks = line.iter().take_while(|byte| **byte == b'#').count();
    match line {
        [b'-' | b'*' | b'+', b' ', ..] => true,
        _ if line.starts_with("\u{2022}".as_bytes()) => true,
        _ => (1..=6).contains(&marks) && line.get(marks) == Some(&b' '),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first heading may have five words and 60 bytes.
    #[test]
    fn headings_announce_other_postings() {
        let long = |letters: usize| format!("Similar jobs {}", "x".repeat(letters));
        for (heading, shown) in [
            ("Similar jobs", false),
            ("Related new and open roles", false),
            ("Related new and open tea roles", true),
            ("Other duties", true),
            ("Our jobs", true),
            (&long(47), false),
            (&long(48), true),
            (&long(70), true),
        ] {
            let page = format!("<div><h3>{heading}</h3>rest</div>");
            let mut layer = Layer::default();
            Reader::default().read(&page, Markup::of(&page), Shown::Posting, &mut layer);
            assert_eq!(layer.text().contains("rest"), shown, "{heading}");
        }
    }

    /// The tokenizer alone overflows the stack at some thousands.
    #[test]
    fn a_tag_may_have_any_number_of_attributes() {
        for number in [0, 1, 63, 64, 65, 128, 129, 130, 50_000] {
            let attributes = "a=\"b &amp;\r\n c\" ".repeat(number);
            for (hides, text) in [("", "before\n\nown\n\nafter"), ("hidden=\"\"", "before\n\nafter")] {
                let page = format!("<div>before<p {attributes}{hides}>own</p>after</div>");
                let mut layer = Layer::default();
                Reader::default().read(&page, Markup::of(&page), Shown::Posting, &mut layer);
                assert_eq!(layer.text().trim(), text, "{number} {hides}");
            }
        }
    }

    #[test]
    fn items_and_headings_of_markdown() {
        for line in ["- Own", "* Own", "+ Own", "\u{2022} Own", "\u{2022}Own", "# Own", "###### Own"] {
            assert!(is_item(line.as_bytes()), "{line}");
        }
        for line in ["Own", "-Own", "\u{2013} Own", "#Own", "####### Own", "#", ""] {
            assert!(!is_item(line.as_bytes()), "{line}");
        }
    }
}
