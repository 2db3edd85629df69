//! The open elements of a page, by the rules of the HTML standard for tags that are missing or misplaced.

use super::elements::Element;
use crate::hash::fnv1a;

/// Maximum depth; deeper elements count as part of the last one, unless they hide text.
const MAX_DEPTH: usize = 256;

/// An open element.
#[derive(Debug, Clone, Copy)]
struct Open {
    /// `None` for unknown elements.
    element: Option<&'static Element>,
    /// Hash of the name of an unknown element.
    unknown: u64,
    /// Whether line breaks in it count.
    preformatted: bool,
    /// Whether it is not shown.
    hides: bool,
}

impl Open {
    fn name(&self) -> &'static str {
        self.element.map_or("", |element| element.name)
    }

    fn is_special(&self) -> bool {
        self.element.is_some_and(Element::is_special)
    }

    /// Whether end tags within the element do not close elements around it.
    fn limits_scope(&self) -> bool {
        self.element.is_some_and(Element::limits_scope)
    }

    /// Whether tags within the element do not close a paragraph around it: "button scope" in the
    /// standard.
    fn limits_button_scope(&self) -> bool {
        self.limits_scope() || self.name() == "button"
    }

    /// Whether it is this element.
    fn is(&self, element: &'static Element) -> bool {
        self.element.is_some_and(|own| std::ptr::eq(own, element))
    }
}

/// The stack of open elements.
#[derive(Debug, Default)]
pub(super) struct OpenElements {
    stack: Vec<Open>,
    /// The depth of the outermost hidden element: text is hidden while this many are open.
    hidden: Option<usize>,
}

impl OpenElements {
    pub(super) fn clear(&mut self) {
        self.stack.clear();
        self.hidden = None;
    }

    pub(super) fn is_hidden(&self) -> bool {
        self.hidden.is_some()
    }

    pub(super) fn is_preformatted(&self) -> bool {
        self.stack.last().is_some_and(|open| open.preformatted)
    }

    /// Opens an element, after [`close_for_start`](Self::close_for_start).
    pub(super) fn push(&mut self, tag: &[u8], element: Option<&'static Element>, preformatted: bool, hides: bool) {
        if self.stack.len() >= MAX_DEPTH && (self.is_hidden() || !hides) {
            return;
        }
        let preformatted = preformatted || self.is_preformatted();
        let unknown = if element.is_none() { hash(tag) } else { 0 };
        self.stack.push(Open { element, unknown, preformatted, hides });
        if hides && self.hidden.is_none() {
            self.hidden = Some(self.stack.len());
        }
    }

    /// Hides the rest of the innermost open element.
    pub(super) fn hide_rest(&mut self) {
        if let Some(open) = self.stack.last_mut() {
            open.hides = true;
        }
        self.hidden.get_or_insert(self.stack.len());
    }

    /// Handles the end tag `tag`: closes the innermost such element with all within it, unless an
    /// element between them keeps end tags from closing it.
    pub(super) fn close_for_end(&mut self, tag: &[u8], element: Option<&'static Element>) {
        let name = element.map_or("", |element| element.name);
        let found = match element {
            // The content of the page can continue after these end tags.
            _ if matches!(name, "body" | "html") => None,
            Some(element) if element.is_heading() => {
                self.innermost(|open| open.element.is_some_and(Element::is_heading), Open::limits_scope)
            }
            Some(element) if element.is_formatting() => {
                self.end_formatting(name);
                None
            }
            Some(_) if name == "template" => self.innermost(|open| open.name() == name, |_| false),
            Some(element) if element.is_special() || name == "dialog" => self.innermost(
                |open| open.is(element),
                |open| match name {
                    _ if element.is_table_part() => matches!(open.name(), "table" | "template"),
                    "head" => true,
                    "p" => open.limits_button_scope(),
                    "li" => matches!(open.name(), "ul" | "ol") || open.limits_scope(),
                    _ => open.limits_scope(),
                },
            ),
            Some(element) => self.innermost(|open| open.is(element), Open::is_special),
            None => {
                let unknown = hash(tag);
                self.innermost(|open| open.element.is_none() && open.unknown == unknown, Open::is_special)
            }
        };
        if let Some(at) = found {
            self.close(at);
        }
    }

    /// The index of the innermost element that is `wanted`, unless one within it is a `limit`.
    fn innermost(&self, wanted: impl Fn(&Open) -> bool, limit: impl Fn(&Open) -> bool) -> Option<usize> {
        let found = self.stack.iter().rposition(|open| wanted(open) || limit(open))?;
        self.stack.get(found).filter(|open| wanted(open)).map(|_| found)
    }

    /// Closes the element at index `at` and all within it.
    fn close(&mut self, at: usize) {
        self.stack.truncate(at);
        if self.hidden.is_some_and(|depth| self.stack.len() < depth) {
            self.hidden = None;
        }
    }

    /// Ends a formatting element; a block within it stays open.
    fn end_formatting(&mut self, name: &str) {
        let Some(at) = self.innermost(|open| open.name() == name, Open::limits_scope) else { return };
        let Some(block) = self.stack.iter().skip(at).position(Open::is_special) else {
            self.close(at);
            return;
        };
        // Inline elements between the two end as well, unless they are formatting elements, too.
        let mut next = 0;
        self.stack.retain(|open| {
            let index = next;
            next += 1;
            let is_between = (at + 1..at + block).contains(&index);
            index != at && (!is_between || open.element.is_some_and(Element::is_formatting))
        });
        if self.hidden.is_some_and(|depth| depth > at) {
            self.hidden = self.stack.iter().position(|open| open.hides).map(|first| first + 1);
        }
    }

    /// Handles the start tag of `element`: closes open elements that end where it begins, such as a
    /// `p` before a block. Returns whether the tag opens an element.
    pub(super) fn close_for_start(&mut self, element: &'static Element) -> bool {
        let name = element.name;
        if element.ends_foreign()
            && let Some(at) = self.innermost(|open| open.element.is_some_and(Element::is_foreign), |_| false)
        {
            self.close(at);
        }
        if !element.is_metadata()
            && let Some(head) = self.innermost(|open| open.name() == "head", |_| true)
        {
            self.close(head);
        }
        if element.ends_paragraph()
            && let Some(at) = self.innermost(|open| open.name() == "p", Open::limits_button_scope)
        {
            self.close(at);
        }
        if !element.closes_others() {
            return true;
        }
        let keeps_item = |open: &Open| open.is_special() && !matches!(open.name(), "address" | "div" | "p");
        let closed = match name {
            "html" | "body" | "head" => return self.stack.iter().all(|open| open.name() == "html"),
            "form" => {
                // In a table, a form has no content.
                let is_in_table = self
                    .stack
                    .last()
                    .is_some_and(|open| matches!(open.name(), "table" | "thead" | "tbody" | "tfoot" | "tr"));
                return !is_in_table && self.stack.iter().all(|open| open.name() != "form");
            }
            "li" => self.innermost(|open| open.name() == "li", keeps_item),
            "dt" | "dd" => self.innermost(|open| matches!(open.name(), "dt" | "dd"), keeps_item),
            "option" => self.innermost(|open| open.name() == "option", |_| true),
            "a" => {
                self.end_formatting("a");
                None
            }
            "button" => self.innermost(|open| open.name() == "button", Open::limits_scope),
            _ if element.is_heading() => self.innermost(|open| open.element.is_some_and(Element::is_heading), |_| true),
            // The parts of a table.
            _ => {
                let outer = self.innermost(
                    |open| match open.name() {
                        "tr" => matches!(name, "td" | "th"),
                        "thead" | "tbody" | "tfoot" => matches!(name, "td" | "th" | "tr"),
                        other => other == "table",
                    },
                    |open| open.name() == "template",
                );
                let Some(outer) = outer else { return false };
                Some(outer + 1)
            }
        };
        if let Some(at) = closed {
            self.close(at);
        }
        true
    }
}

fn hash(name: &[u8]) -> u64 {
    fnv1a(name.iter().map(|byte| u64::from(*byte)))
}
