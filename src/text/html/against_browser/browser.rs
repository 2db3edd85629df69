//! The text of a page that a browser shows, from the tree that html5ever builds.

use html5ever::ParseOpts;
use html5ever::tendril::TendrilSink as _;
use html5ever::tree_builder::TreeBuilderOpts;
use markup5ever_rcdom::{Handle, NodeData, RcDom};

/// Elements that start and end a line. In browsers the last row is inline; it is listed because these
/// elements are not part of a posting.
#[rustfmt::skip]
const BLOCKS: [&str; 57] = [
    "address", "article", "blockquote", "body", "br", "caption", "center", "colgroup", "dd", "details", "dir", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header",
    "hgroup", "hr", "html", "legend", "li", "main", "menu", "ol", "p", "pre", "section", "summary", "table", "tbody",
    "td", "tfoot", "th", "thead", "tr", "ul", "xmp", "aside", "dialog", "footer", "form", "nav", "search", "textarea",
    "button", "option", "select",
];

/// Elements that are never shown, or whose content is foreign.
#[rustfmt::skip]
const NOT_SHOWN: [&str; 22] = [
    "audio", "canvas", "datalist", "embed", "iframe", "link", "math", "meta", "meter", "noembed", "noframes",
    "noscript", "object", "progress", "rp", "rt", "script", "style", "svg", "template", "title", "video",
];

/// Elements that a browser shows and that are not part of a posting.
#[rustfmt::skip]
const NOT_OF_POSTING: [&str; 11] = [
    "aside", "button", "dialog", "footer", "form", "nav", "optgroup", "option", "search", "select", "textarea",
];

/// A page as a browser reads it.
pub(super) struct Rendered {
    /// Its text, with a line end before and after each of [`BLOCKS`].
    pub text: String,
    /// Whether it has tables: a browser moves text that is in no cell out of them.
    pub has_table: bool,
    /// Whether a form ended while elements within it were open: for a browser they stay in the form.
    pub has_broken_form: bool,
    /// Attributes without a value, which may be words of a text.
    pub words_in_tags: Vec<String>,
}

impl Rendered {
    pub(super) fn of(html: &str) -> Self {
        // Standards mode for fragments, too, which have no document type.
        let tree_builder = TreeBuilderOpts { iframe_srcdoc: true, ..TreeBuilderOpts::default() };
        let options = ParseOpts { tree_builder, ..ParseOpts::default() };
        let tree = html5ever::parse_document(RcDom::default(), options).one(html);
        let has_broken_form = tree.errors.borrow().iter().any(|error| error.contains("</form>"));
        let mut shown = Self { text: String::new(), has_table: false, has_broken_form, words_in_tags: Vec::new() };
        shown.add(&tree.document, false);
        shown
    }

    fn add(&mut self, node: &Handle, hidden: bool) {
        let (mut hidden, mut makes_line) = (hidden, false);
        match &node.data {
            NodeData::Text { contents } if !hidden => self.text.push_str(&contents.borrow()),
            NodeData::Element { name, attrs, .. } => {
                let name = &*name.local;
                self.has_table |= name == "table";
                makes_line = BLOCKS.contains(&name);
                hidden |= NOT_SHOWN.contains(&name) || NOT_OF_POSTING.contains(&name);
                for attribute in attrs.borrow().iter() {
                    let (key, value) = (&*attribute.name.local, &*attribute.value);
                    if value.is_empty() {
                        self.words_in_tags.push(key.to_owned());
                    }
                    hidden |= !matches!(name, "html" | "body") && hides(key, &value.to_ascii_lowercase());
                }
            }
            _ => {}
        }
        if makes_line {
            self.text.push('\n');
        }
        for child in node.children.borrow().iter() {
            self.add(child, hidden);
        }
        if makes_line {
            self.text.push('\n');
        }
    }
}

/// Whether an attribute hides its element, or says that it is not part of a posting.
fn hides(name: &str, value: &str) -> bool {
    match name {
        "hidden" => value != "false",
        "aria-hidden" => value == "true",
        "style" => {
            let style: String = value.split_whitespace().collect();
            style.split(';').any(|part| part.starts_with("display:none") || part.starts_with("visibility:hidden"))
        }
        "role" => matches!(value, "navigation" | "contentinfo" | "dialog" | "alertdialog" | "search"),
        "class" | "id" => value.contains("similar-jobs") || value.contains("cookie-"),
        _ => false,
    }
}
