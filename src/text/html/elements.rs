//! What HTML elements mean for the lines of a text.

/// What an element does to the text around and in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// Leaves no trace.
    Inline,
    /// Begins and ends a line.
    Block,
    /// A cell of a table: cells of a row are in one line.
    Cell,
    /// Preformatted text: its line breaks count.
    Preformatted,
    /// Not part of the text of a page.
    Hidden,
    /// Not part of the posting: navigation, forms, other postings.
    Aside,
}

/// A known element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element {
    pub name: &'static str,
    pub effect: Effect,
    /// Whether it has no content and no end tag.
    pub is_void: bool,
    /// Its properties in the standard, as bits: comparing names takes longer.
    traits: u16,
}

const SPECIAL: u16 = 1;
const FORMATTING: u16 = 2;
const METADATA: u16 = 4;
const ENDS_PARAGRAPH: u16 = 8;
const ENDS_FOREIGN: u16 = 16;
const LIMITS_SCOPE: u16 = 32;
const TABLE_PART: u16 = 64;
const HEADING: u16 = 128;
const FOREIGN: u16 = 256;
const CLOSES: u16 = 512;

const fn element(name: &'static str, effect: Effect) -> Element {
    Element { name, effect, is_void: false, traits: traits(name.as_bytes(), effect) }
}

const fn void(name: &'static str, effect: Effect) -> Element {
    Element { is_void: true, ..element(name, effect) }
}

#[rustfmt::skip]
const fn traits(name: &[u8], effect: Effect) -> u16 {
    let is_block = matches!(effect, Effect::Block | Effect::Preformatted | Effect::Aside);
    let special = (is_block || matches!(effect, Effect::Cell))
        && !matches!(name, b"dialog" | b"option" | b"optgroup" | b"legend")
        || matches!(name, b"marquee" | b"object" | b"template");
    let formatting = matches!(
        name,
        b"a" | b"b" | b"big" | b"code" | b"em" | b"font" | b"i" | b"nobr" | b"s" | b"small" | b"strike" | b"strong"
            | b"tt" | b"u"
    );
    let metadata = matches!(
        name,
        b"base" | b"head" | b"html" | b"link" | b"meta" | b"noframes" | b"noscript" | b"script" | b"style"
            | b"template" | b"title"
    );
    let table_part =
        matches!(name, b"table" | b"caption" | b"colgroup" | b"thead" | b"tbody" | b"tfoot" | b"tr" | b"td" | b"th");
    let heading = matches!(name, [b'h', b'1'..=b'6']);
    let ends_paragraph = is_block
        && (matches!(name, b"table") || !table_part)
        && !matches!(name, b"br" | b"button" | b"select" | b"option" | b"optgroup" | b"textarea" | b"legend");
    let ends_foreign = heading
        || formatting && !matches!(name, b"a" | b"font")
        || matches!(
            name,
            b"blockquote" | b"body" | b"br" | b"center" | b"dd" | b"div" | b"dl" | b"dt" | b"embed" | b"head" | b"hr"
                | b"img" | b"li" | b"menu" | b"meta" | b"ol" | b"p" | b"pre" | b"ruby" | b"span" | b"sub" | b"sup"
                | b"table" | b"ul" | b"var"
        );
    let limits_scope =
        matches!(name, b"table" | b"td" | b"th" | b"caption" | b"template" | b"object" | b"marquee" | b"select");
    let closes = heading
        || table_part && !matches!(name, b"table")
        || matches!(name, b"html" | b"body" | b"head" | b"form" | b"li" | b"dt" | b"dd" | b"option" | b"a" | b"button");
    (special as u16 * SPECIAL)
        | (formatting as u16 * FORMATTING)
        | (metadata as u16 * METADATA)
        | (ends_paragraph as u16 * ENDS_PARAGRAPH)
        | (ends_foreign as u16 * ENDS_FOREIGN)
        | (limits_scope as u16 * LIMITS_SCOPE)
        | (table_part as u16 * TABLE_PART)
        | (heading as u16 * HEADING)
        | (matches!(name, b"svg" | b"math") as u16 * FOREIGN)
        | (closes as u16 * CLOSES)
}

/// The elements of the HTML standard and its predecessors, by name.
#[rustfmt::skip]
static ELEMENTS: [Element; 130] = {
    use Effect::{Aside, Block, Cell, Hidden, Inline, Preformatted};
    [
        element("a", Inline), element("abbr", Inline), element("acronym", Inline), element("address", Block),
        void("area", Hidden), element("article", Block), element("aside", Aside), element("audio", Hidden),
        element("b", Inline), void("base", Hidden), element("bdi", Inline), element("bdo", Inline),
        element("big", Inline), element("blockquote", Block), element("body", Block), void("br", Block),
        element("button", Aside), element("canvas", Hidden), element("caption", Block), element("center", Block),
        element("cite", Inline), element("code", Inline), void("col", Hidden), element("colgroup", Block),
        element("data", Inline), element("datalist", Hidden), element("dd", Block), element("del", Inline),
        element("details", Block), element("dfn", Inline), element("dialog", Aside), element("dir", Block),
        element("div", Block), element("dl", Block), element("dt", Block), element("em", Inline),
        void("embed", Hidden), element("fieldset", Block), element("figcaption", Block), element("figure", Block),
        element("font", Inline), element("footer", Aside), element("form", Aside), void("frame", Hidden),
        element("frameset", Block), element("h1", Block), element("h2", Block), element("h3", Block),
        element("h4", Block), element("h5", Block), element("h6", Block), element("head", Block),
        element("header", Block), element("hgroup", Block), void("hr", Block), element("html", Block),
        element("i", Inline), element("iframe", Hidden), void("img", Inline), void("input", Inline),
        element("ins", Inline), element("kbd", Inline), element("label", Inline), element("legend", Block),
        element("li", Block), void("link", Hidden), element("main", Block), element("map", Inline),
        element("mark", Inline), element("marquee", Inline), element("math", Hidden), element("menu", Block),
        void("meta", Hidden), element("meter", Hidden), element("nav", Aside), element("nobr", Inline),
        element("noembed", Hidden), element("noframes", Hidden), element("noscript", Hidden),
        element("object", Hidden), element("ol", Block), element("optgroup", Aside), element("option", Aside),
        element("output", Inline), element("p", Block), void("param", Hidden), element("picture", Inline),
        element("pre", Preformatted), element("progress", Hidden), element("q", Inline), element("rb", Inline),
        element("rp", Hidden), element("rt", Hidden), element("ruby", Inline), element("s", Inline),
        element("samp", Inline), element("script", Hidden), element("search", Aside), element("section", Block),
        element("select", Aside), element("slot", Inline), element("small", Inline), void("source", Hidden),
        element("span", Inline), element("strike", Inline), element("strong", Inline), element("style", Hidden),
        element("sub", Inline), element("summary", Block), element("sup", Inline), element("svg", Hidden),
        element("table", Block), element("tbody", Block), element("td", Cell), element("template", Hidden),
        element("textarea", Aside), element("tfoot", Block), element("th", Cell), element("thead", Block),
        element("time", Inline), element("title", Hidden), element("tr", Block), void("track", Hidden),
        element("tt", Inline), element("u", Inline), element("ul", Block),
        element("var", Inline), element("video", Hidden), void("wbr", Inline), element("xmp", Preformatted),
    ]
};

/// Slots of [`TABLE`].
const SLOTS: usize = 512;

/// By hash of a name, its index in [`ELEMENTS`] plus one; 0 for a free slot.
static TABLE: [u8; SLOTS] = {
    let mut table = [0; SLOTS];
    let mut at = 0;
    while at < ELEMENTS.len() {
        let mut slot = slot_of(ELEMENTS[at].name.as_bytes());
        while table[slot] != 0 {
            slot = (slot + 1) % SLOTS;
        }
        table[slot] = at as u8 + 1;
        at += 1;
    }
    table
};

/// The slot in [`TABLE`] where the search for a name begins.
const fn slot_of(name: &[u8]) -> usize {
    let [first, .., last] = name else { return if let [only] = name { *only as usize } else { 0 } };
    (*first as usize * 7 + *last as usize * 31 + name[1] as usize * 3 + name.len() * 57) % SLOTS
}

/// The element named `name`, in lower case.
pub(super) fn find(name: &[u8]) -> Option<&'static Element> {
    let mut slot = slot_of(name);
    loop {
        let element = &ELEMENTS[usize::from(TABLE[slot]).checked_sub(1)?];
        if element.name.as_bytes() == name {
            return Some(element);
        }
        slot = (slot + 1) % SLOTS;
    }
}

impl Element {
    const fn has(&self, traits: u16) -> bool {
        self.traits & traits != 0
    }

    /// Whether the element lays out the text, so that a line end of the source is a space.
    pub(super) fn lays_out(&self) -> bool {
        matches!(self.effect, Effect::Block | Effect::Cell) && self.name != "br"
    }

    /// Whether its start tag closes an open `p`.
    pub(super) const fn ends_paragraph(&self) -> bool {
        self.has(ENDS_PARAGRAPH)
    }

    pub(super) const fn is_heading(&self) -> bool {
        self.has(HEADING)
    }

    /// "Special" in the standard: end tags of inline elements do not close it.
    pub(super) const fn is_special(&self) -> bool {
        self.has(SPECIAL)
    }

    /// "Formatting" in the standard: it continues in blocks that begin within it.
    pub(super) const fn is_formatting(&self) -> bool {
        self.has(FORMATTING)
    }

    /// Whether it can stand in the head of a page.
    pub(super) const fn is_metadata(&self) -> bool {
        self.has(METADATA)
    }

    /// Whether its content is foreign (`svg`, `math`): not HTML elements.
    pub(super) const fn is_foreign(&self) -> bool {
        self.has(FOREIGN)
    }

    /// Whether its start tag ends foreign content, in which it cannot stand.
    pub(super) const fn ends_foreign(&self) -> bool {
        self.has(ENDS_FOREIGN)
    }

    /// Whether it is part of a table, or a table.
    pub(super) const fn is_table_part(&self) -> bool {
        self.has(TABLE_PART)
    }

    /// Whether end tags within it do not close elements around it: "scope" in the standard.
    pub(super) const fn limits_scope(&self) -> bool {
        self.has(LIMITS_SCOPE)
    }

    /// Whether its start tag closes elements other than a paragraph, foreign content or a head.
    pub(super) const fn closes_others(&self) -> bool {
        self.has(CLOSES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_by_their_names() {
        for element in &ELEMENTS {
            assert_eq!(find(element.name.as_bytes()), Some(element));
        }
        for unknown in ["", "x", "two", "foo-bar", "divx"] {
            assert_eq!(find(unknown.as_bytes()), None, "{unknown}");
        }
    }

    /// From the HTML standard and its predecessors.
    #[test]
    fn elements_without_content() {
        let found = ELEMENTS.iter().filter(|element| element.is_void).map(|element| element.name).collect::<Vec<_>>();
        let expected = "area base br col embed frame hr img input link meta param source track wbr";
        assert_eq!(found.join(" "), expected);
    }

    /// From the HTML standard.
    #[test]
    fn traits_of_elements() {
        type Trait = fn(&Element) -> bool;
        let table: [(&str, Trait, &str, &str); 10] = [
            ("special", Element::is_special, "div td template", "span dialog option"),
            ("formatting", Element::is_formatting, "a b nobr", "span div"),
            ("metadata", Element::is_metadata, "meta title script", "body div"),
            ("ends a paragraph", Element::ends_paragraph, "div ul table h2", "span td button br"),
            ("ends foreign content", Element::ends_foreign, "p span b h1", "a font button"),
            ("limits scope", Element::limits_scope, "table td select", "div p button"),
            ("part of a table", Element::is_table_part, "table tr th", "div li"),
            ("closes others", Element::closes_others, "li a h3 tr", "p table span"),
            ("heading", Element::is_heading, "h1 h6", "hr head p"),
            ("foreign", Element::is_foreign, "svg math", "img a"),
        ];
        for (name, has, yes, no) in table {
            let all = |names: &str, expected: bool| {
                names.split(' ').all(|element| find(element.as_bytes()).is_some_and(|found| has(found) == expected))
            };
            assert!(all(yes, true) && all(no, false), "{name}");
        }
    }
}
