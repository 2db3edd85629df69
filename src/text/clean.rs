//! Cleans a posting as given: removes markup, normalizes letters and joins wrapped lines.

use std::borrow::Cow;

use super::escapes::Escapes;
use super::html::{Markup, Reader, Shown, has_reference, job_posting};
use super::layer::Layer;
use super::{Span, layout, letters};

/// Maximum number of rounds of removing markup: text that was escaped twice needs three.
const MAX_ROUNDS: usize = 4;

/// A page with fewer bytes of text than this counts as having none.
const MIN_TEXT: usize = 400;

/// Cleans postings, reusing its buffers. Each step that changes the text writes a layer, and
/// most postings need none or one.
#[derive(Debug, Default)]
pub(crate) struct Cleaner {
    layers: Vec<Layer>,
    /// Layers in use.
    used: usize,
    reader: Reader,
}

impl Cleaner {
    /// Cleans `original`. It is not copied if nothing needs to be changed. `known` says whether
    /// a word in lower case is in the vocabulary: it decides how broken words are joined.
    pub(crate) fn clean<'a>(
        &'a mut self,
        original: &'a str,
        known: &mut dyn FnMut(&str) -> bool,
    ) -> (&'a str, SpanMap<'a>) {
        self.used = 0;
        if let Some(escapes) = Escapes::of(original) {
            self.add_layer(original, |text, layer, _| escapes.remove(text, layer));
        }
        self.remove_markup(original);
        if letters::has_odd_letters(self.text(original)) {
            self.add_layer(original, |text, layer, _| letters::normalize(text, layer));
        }
        if layout::may_be_wrapped(self.text(original)) {
            self.add_layer(original, |text, layer, _| layout::join(text, layer, known));
        }
        let layers = self.layers.get(..self.used).unwrap_or_default();
        (layers.last().map_or(original, Layer::text), SpanMap { layers })
    }

    /// The text so far.
    fn text<'a>(&'a self, original: &'a str) -> &'a str {
        self.used.checked_sub(1).and_then(|last| self.layers.get(last)).map_or(original, Layer::text)
    }

    /// Adds a layer: `write` gets the text so far and writes the new one.
    fn add_layer(&mut self, original: &str, write: impl FnOnce(&str, &mut Layer, &mut Reader)) {
        if self.layers.len() == self.used {
            self.layers.push(Layer::default());
        }
        let Some((layer, before)) = self.layers.get_mut(..=self.used).and_then(<[Layer]>::split_last_mut) else {
            return;
        };
        write(before.last().map_or(original, |last| last.text()), layer, &mut self.reader);
        self.used += 1;
    }

    fn remove_markup(&mut self, original: &str) {
        for _ in 0..MAX_ROUNDS {
            let text = self.text(original);
            if memchr::memchr2(b'<', b'&', text.as_bytes()).is_none() {
                return;
            }
            let markup = Markup::of(text);
            if markup == Markup::Plain && !has_reference(text) {
                return;
            }
            self.add_layer(original, |text, layer, reader| reader.read(text, markup, Shown::Posting, layer));
            if markup == Markup::Page && self.text(original).len() < MIN_TEXT {
                self.read_other_parts(original);
            }
        }
    }

    /// Finds the posting of a page with hardly any text: in its structured data, or in parts that
    /// are usually not the posting.
    fn read_other_parts(&mut self, original: &str) {
        let found = self.text(original).len();
        self.used -= 1;
        let page = self.text(original);
        if let Some(posting) = job_posting(page).filter(|posting| posting.len() > found) {
            self.add_layer(original, |page, layer, _| {
                layer.start(page.len());
                layer.copy(page, posting.start, posting.end);
            });
            self.add_layer(original, |text, layer, _| Escapes::Json.remove(text, layer));
            return;
        }
        self.add_layer(original, |text, layer, reader| reader.read(text, Markup::Page, Shown::Page, layer));
        // Unless the other parts hold more text than the posting's own, they are not the posting.
        if self.text(original).len() < 2 * found {
            self.used -= 1;
            self.add_layer(original, |text, layer, reader| reader.read(text, Markup::Page, Shown::Posting, layer));
        }
    }
}

/// A few words, such as a title, with character references decoded and letters normalized.
pub(crate) fn clean_words(words: &str) -> Cow<'_, str> {
    let mut cleaned = Cow::Borrowed(words);
    let mut layer = Layer::default();
    // Exports that went through several programs are escaped more than once.
    for _ in 1..MAX_ROUNDS {
        if !has_reference(&cleaned) {
            break;
        }
        Reader::default().read(&cleaned, Markup::Plain, Shown::Page, &mut layer);
        cleaned = Cow::Owned(layer.text().to_owned());
    }
    if letters::has_odd_letters(&cleaned) {
        letters::normalize(&cleaned, &mut layer);
        cleaned = Cow::Owned(layer.text().to_owned());
    }
    cleaned
}

/// Maps ranges of the cleaned text to ranges of the original.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SpanMap<'a> {
    layers: &'a [Layer],
}

impl SpanMap<'_> {
    /// The range of the original that `clean` came from.
    pub(crate) fn to_original(self, clean: Span) -> Span {
        self.layers.iter().rev().fold(clean, |span, layer| layer.to_source(span))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Parts of random texts: markup, escapes, letters, line ends.
    #[rustfmt::skip]
    const PARTS: [&str; 48] = [
        "Own ", "the ", "roadmap", ". ", "\n", "\r\n", "\n\n", "\n  ", "- ", "> ", "-\n", "=\n", "<p>", "</p>", "<li>", "<b>",
        "</b>", "<div hidden>", "</div>", "<script>", "</script>", "<!--", "-->", "<![CDATA[", "]]>", "<a href='x>y'>", "<two ",
        "<", ">", "&amp;", "&lt;p&gt;", "&nbsp", "&#60;", "&", "\\n", "\\u003cp\\u003e", "\\", "%20", "=E2=80=A2", "caf\u{e9}",
        "cafe\u{301}", "\u{fb01}", "\u{1d40e}", "\u{ad}", "\u{200d}", "\u{1f680}", "<table><tr><td>", "<pre>",
    ];

    proptest! {
        /// Every character comes from whole characters of the original, in their order.
        #[test]
        fn offsets_are_in_order(parts in prop::collection::vec(prop::sample::select(&PARTS[..]), 0..40)) {
            let original = parts.concat();
            let mut buffer = Cleaner::default();
            let (clean, map) = buffer.clean(&original, &mut |word| word.len() > 6);
            let mut before = Span::default();
            for (at, c) in clean.char_indices() {
                let span = map.to_original(Span::new(at, at + c.len_utf8()));
                prop_assert!(original.get(span.start..span.end).is_some(), "{:?} of {:?}", span, original);
                prop_assert!(span.start >= before.start && span.end >= before.end, "{:?} {:?} {:?}", span, before, original);
                if c.is_alphabetic() && !original.contains(['\\', '%', '=', '&']) && c.is_ascii() {
                    prop_assert!(original[span.start..span.end].contains(|source: char| !source.is_ascii() || source == c));
                }
                before = span;
            }
        }

        /// Text that is not taken for markup keeps all its characters but whitespace.
        #[test]
        fn plain_text_is_not_swallowed(text in "[A-Za-z<>,. 0-9-]{0,80}") {
            let found = cleaned(&text);
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            if Markup::of(&text) == Markup::Plain {
                prop_assert_eq!(letters(&found), letters(&text));
            }
        }
    }

    fn cleaned(text: &str) -> String {
        Cleaner::default().clean(text, &mut |_| false).0.to_owned()
    }

    #[test]
    fn markup_is_removed() {
        let table = [
            ("plain text", "plain text"),
            ("<p>Own the <b>roadmap</b></p>", "Own the roadmap\n\n"),
            ("a &lt; b &amp; c", "a < b & c"),
            ("fish &amp;nbsp; chips", "fish \u{a0} chips"),
            ("&lt;li&gt;Ship it&lt;/li&gt;", "Ship it\n\n"),
            ("&amp;lt;li&amp;gt;Ship it&amp;lt;/li&amp;gt;", "Ship it\n\n"),
            ("&#60;li&#62;Ship it", "Ship it"),
            (r"\u003cli\u003eShip it", "Ship it"),
            ("%3Cli%3EShip%20it", "Ship it"),
            ("less < more, I <3 maps", "less < more, I <3 maps"),
            ("Response times <two hours. Revenue >90k", "Response times <two hours. Revenue >90k"),
            ("<p>Times <two hours. Own</p>", "Times <two hours. Own\n\n"),
            ("x<script>if (a < b) {}</script>y <b>z</b>", "xy z"),
            ("x<STYLE>p{}</Style ><p>y", "x\n\ny"),
            ("<p>x<script>a = '</b>'</script>y", "xy"),
            ("<h3>Similar jobs for you</h3>no<b>no<p>no</b>no", "Similar jobs for you"),
            ("a<!-- hidden <p> -->b", "ab"),
            ("open <a tag", "open <a tag"),
            ("<p>open <script> tag", "open  tag"),
            ("R&D and Q&A;", "R&D and Q&A;"),
            ("sales&copy and R&amp;D", "sales&copy and R&D"),
            ("<p>week&nbspand&nbspturn</p>", "week\u{a0}and\u{a0}turn\n\n"),
            ("caf&eacute; &#8217; &#x2022;", "caf\u{e9} \u{2019} \u{2022}"),
            ("<li title=\"a > b\">Own</li>", "Own\n\n"),
            ("<p>Own\n   the\r\nroadmap</p>", "Own the roadmap\n\n"),
            ("<div>Own\n\nShip</div>", "Own\n\nShip\n\n"),
            ("<div>Own\n- Ship\n# Plan\nit</div>", "Own\n\n- Ship\n\n# Plan it\n\n"),
            ("<div>Own <i hidden><table><tr><td>a<td>b</table></i>it</div>", "Own it\n\n"),
            ("Own <b>it</b>\nShip\n", "Own it\nShip\n"),
            ("<li>Own <q>it</q> <foo>and</foo> <x-y a=b>ship</x-y></li>", "Own it and ship\n\n"),
            ("<div>\n\nOwn</div>", "Own\n\n"),
            ("<p>Own <svg/>it</p>", "Own it\n\n"),
            ("<pre>Own\nShip</pre><p>x\ny</p>", "Own\nShip\n\nx y\n\n"),
            ("<p>Own</p><div style='display:none'>no<p>no</div><p hidden>no<p>Ship", "Own\n\nShip"),
            ("<nav>x</nav>Own<aside>n</aside>it<footer>n", "Own\n\nit\n\n"),
            ("<tr><td>Own</td><td><b>it</b></td></tr><tr><td>Ship</td></tr>", "Own | it\n\nShip\n\n"),
            (
                "<?xml version='1.0'?><job><title><![CDATA[PM]]></title><d><![CDATA[A & B\n- Own]]></d></job>",
                "PM\n\nA & B\n- Own\n\n",
            ),
            (
                "<div><h3>Own</h3>it</div><div><h3>Similar jobs for you</h3>no</div><p>Ship",
                "Own\n\nit\n\nSimilar jobs for you\n\nShip",
            ),
            ("<ul><li>Own<li>it</ul>Ship", "Own\n\nit\n\nShip"),
        ];
        for (input, expected) in table {
            assert_eq!(cleaned(input), expected, "{input}");
        }
    }

    #[test]
    fn what_is_hidden_deep_in_a_page_stays_hidden() {
        assert_eq!(cleaned(&("<div>".repeat(300) + "Own <i hidden>all of </i>it")), "Own it");
    }

    #[test]
    fn elements_count_to_a_depth_of_256() {
        for (depth, expected) in [(255, "Own\nit"), (256, "Own it")] {
            assert_eq!(cleaned(&("<div>".repeat(depth) + "<pre>Own\nit")), expected, "{depth}");
        }
    }

    #[test]
    fn pages_without_text() {
        let duty = "Own the roadmap. ".repeat(60);
        let data = format!(
            "<p>Careers<script type=\"application/ld+json\">{{\"@type\":\"JobPosting\",\"description\":\"&lt;p&gt;A \\\"b\\\"\\n{duty}\"}}</script>"
        );
        assert_eq!(cleaned(&data), format!("A \"b\" {duty}"));
        let form = format!("<form><p>{duty}</form>");
        assert_eq!(cleaned(&form), format!("{duty}\n\n"));
    }

    /// A page has hardly any text below 400 bytes; structured data has to be longer than that, and the
    /// page with all its parts twice as long.
    #[test]
    fn limits_of_pages_without_text() {
        let page = |nav: usize, text: usize| format!("<nav>{}</nav><p>{}", "n".repeat(nav), "t".repeat(text));
        let both = |nav: usize, text: usize| format!("{}\n\n{}", "n".repeat(nav), "t".repeat(text));
        for (nav, text, expected) in [
            (1000, 400, "t".repeat(400)),
            (1000, 399, both(1000, 399)),
            // The empty line between the two counts.
            (98, 100, both(98, 100)),
            (97, 100, "t".repeat(100)),
        ] {
            assert_eq!(cleaned(&page(nav, text)), expected, "{nav} {text}");
        }
        for (data, expected) in [(100, "t".repeat(100)), (101, "d".repeat(101))] {
            let page = format!(
                "<script type=\"application/ld+json\">{{\"@type\":\"JobPosting\",\"description\":\"{}\"}}</script><p>{}",
                "d".repeat(data),
                "t".repeat(100)
            );
            assert_eq!(cleaned(&page), expected, "{data}");
        }
    }

    #[test]
    fn spans_map_back_to_the_original() {
        let text =
            "<p>R&amp;D <b>roadmap</b> caf&eacute;</p> \u{fb01}rst road-\nmap &amp;lt;i&amp;gt;more&amp;lt;/i&amp;gt;";
        let mut buffer = Cleaner::default();
        let (clean, map) = buffer.clean(text, &mut |_| false);
        let table = [
            ("R&D", "R&amp;D"),
            ("roadmap", "roadmap"),
            ("caf\u{e9}", "caf&eacute;"),
            ("first", "\u{fb01}rst"),
            ("more", "more"),
        ];
        for (word, source) in table {
            let start = clean.find(word).unwrap();
            assert_eq!(map.to_original(Span::new(start, start + word.len())).of(text), source);
        }
    }

    #[test]
    fn spans_leave_out_what_is_not_shown_before_them() {
        for text in ["<p>Own <!-- all of -->&amp; ship", "<!DOCTYPE html>&amp; ship"] {
            let mut buffer = Cleaner::default();
            let (clean, map) = buffer.clean(text, &mut |_| false);
            let start = clean.find('&').unwrap();
            assert_eq!(map.to_original(Span::new(start, start + 1)).of(text), "&amp;", "{clean}");
        }
    }

    #[test]
    fn a_bare_ampersand_is_text() {
        let text = "Search & Discovery, R&amp;D";
        let mut buffer = Cleaner::default();
        let (clean, map) = buffer.clean(text, &mut |_| false);
        assert_eq!(clean, "Search & Discovery, R&D");
        let start = clean.find("Discovery").unwrap();
        assert_eq!(map.to_original(Span::new(start, start + 9)).of(text), "Discovery");
    }
}
