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
}

const fn element(name: &'static str, effect: Effect) -> Element {
    Element { name, effect, is_void: false }
}

const fn void(name: &'static str, effect: Effect) -> Element {
    Element { name, effect, is_void: true }
}

/// The elements of the HTML standard and its predecessors, by name.
#[rustfmt::skip]
static ELEMENTS: [Element; 126] = {
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
    ]
};

/// The elements after `ul`.
#[rustfmt::skip]
static LAST: [Element; 4] = [
    element("var", Effect::Inline), element("video", Effect::Hidden), void("wbr", Effect::Inline),
    element("xmp", Effect::Preformatted),
];

/// The element named `name`, in lower case.
pub(super) fn find(name: &[u8]) -> Option<&'static Element> {
    let known = |elements: &'static [Element]| {
        elements.binary_search_by(|element| element.name.as_bytes().cmp(name)).ok().and_then(|at| elements.get(at))
    };
    known(&ELEMENTS).or_else(|| known(&LAST))
}

impl Element {
    /// Whether the element lays out the text, so that a line end of the source is a space.
    pub(super) fn lays_out(&self) -> bool {
        matches!(self.effect, Effect::Block | Effect::Cell) && self.name != "br"
    }

    /// Whether its start tag closes an open `p`.
    pub(super) fn ends_paragraph(&self) -> bool {
        matches!(self.effect, Effect::Block | Effect::Preformatted | Effect::Aside)
            && (self.name == "table" || !is_table_part(self.name))
            && !matches!(self.name, "br" | "button" | "select" | "option" | "optgroup" | "textarea" | "legend")
    }

    pub(super) fn is_heading(&self) -> bool {
        matches!(self.name.as_bytes(), [b'h', b'1'..=b'6'])
    }

    /// "Special" in the standard: end tags of inline elements do not close it.
    pub(super) fn is_special(&self) -> bool {
        matches!(self.effect, Effect::Block | Effect::Cell | Effect::Preformatted | Effect::Aside)
            && !matches!(self.name, "dialog" | "option" | "optgroup" | "legend")
            || matches!(self.name, "marquee" | "object" | "template")
    }

    /// "Formatting" in the standard: it goes on in blocks that begin within it.
    pub(super) fn is_formatting(&self) -> bool {
        matches!(
            self.name,
            "a" | "b"
                | "big"
                | "code"
                | "em"
                | "font"
                | "i"
                | "nobr"
                | "s"
                | "small"
                | "strike"
                | "strong"
                | "tt"
                | "u"
        )
    }

    /// Whether it can stand in the head of a page.
    pub(super) fn is_metadata(&self) -> bool {
        matches!(
            self.name,
            "base"
                | "head"
                | "html"
                | "link"
                | "meta"
                | "noframes"
                | "noscript"
                | "script"
                | "style"
                | "template"
                | "title"
        )
    }

    /// Whether it ends an open picture (`svg`, `math`), of which it cannot be a part.
    pub(super) fn leaves_picture(&self) -> bool {
        self.is_heading()
            || self.is_formatting() && !matches!(self.name, "a" | "font")
            || matches!(
                self.name,
                "blockquote"
                    | "body"
                    | "br"
                    | "center"
                    | "dd"
                    | "div"
                    | "dl"
                    | "dt"
                    | "embed"
                    | "head"
                    | "hr"
                    | "img"
                    | "li"
                    | "menu"
                    | "meta"
                    | "ol"
                    | "p"
                    | "pre"
                    | "ruby"
                    | "span"
                    | "sub"
                    | "sup"
                    | "table"
                    | "ul"
                    | "var"
            )
    }
}

/// Whether an element is part of a table, or a table.
pub(super) fn is_table_part(name: &str) -> bool {
    matches!(name, "table" | "caption" | "colgroup" | "thead" | "tbody" | "tfoot" | "tr" | "td" | "th")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted() {
        assert!(ELEMENTS.iter().chain(&LAST).is_sorted_by(|a, b| a.name < b.name));
        assert_eq!(find(b"ul").map(|element| element.effect), Some(Effect::Block));
        assert_eq!(find(b"xmp").map(|element| element.name), Some("xmp"));
        assert_eq!(find(b"two"), None);
    }
}
