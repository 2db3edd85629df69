//! Receives tags and text from the HTML tokenizer.

use std::convert::Infallible;

use html5gum::{Emitter, Error, State};

use super::super::attributes::may_hide;
use super::super::detect::Markup;
use super::super::elements;
use super::{Reading, Tag};

impl Emitter for Reading<'_> {
    type Token = Infallible;

    /// Only for tests of the tokenizer.
    fn set_last_start_tag(&mut self, _: Option<&[u8]>) {}

    fn emit_eof(&mut self) {}

    fn emit_error(&mut self, _: Error) {}

    fn should_emit_errors(&mut self) -> bool {
        false
    }

    fn pop_token(&mut self) -> Option<Infallible> {
        None
    }

    fn move_position(&mut self, offset: isize) {
        self.position = self.position.saturating_add_signed(offset);
    }

    fn emit_string(&mut self, text: &[u8]) {
        let (mut from, to) = (self.done, self.position);
        let bytes = self.source.as_bytes();
        // In some states the bytes of a character come one by one.
        if !self.source.is_char_boundary(to) {
            return;
        }
        let copied = to.checked_sub(text.len()).filter(|&start| start >= from && bytes.get(start..to) == Some(text));
        if let Some(mut start) = copied {
            while !self.source.is_char_boundary(start) {
                start -= 1;
            }
            // Skipped in between: the start or end of a CDATA section, or half of a line end.
            let between = bytes.get(from..start).unwrap_or_default();
            if between.ends_with(b"[CDATA[") {
                self.in_cdata = true;
            } else if memchr::memmem::find(between, b"]]>").is_some() {
                self.in_cdata = false;
            }
            from = start.max(from);
        }
        self.done = to;
        if self.reader.open.is_hidden() || from >= to {
            return;
        }
        let Some(reference) = self.source.get(from..to) else { return };
        // The tokenizer gives a carriage return as a line feed.
        if copied.is_some() || reference.bytes().all(|byte| byte.is_ascii_whitespace()) {
            self.write(from, to);
            return;
        }
        // In plain text a reference needs its semicolon: "sales&copy" is text.
        let is_text = self.markup == Markup::Plain && !reference.ends_with(';') && !reference.starts_with("&nbsp");
        match std::str::from_utf8(text) {
            Ok(_) if is_text => self.layer.copy(self.source, from, to),
            Ok(decoded) => self.layer.replace(from, to, decoded),
            Err(_) => {}
        }
    }

    fn start_open_tag(&mut self) {
        self.tag_start = self.position.saturating_sub(1);
    }

    fn init_start_tag(&mut self) {
        self.reader.name.clear();
        self.tag = Tag::default();
    }

    fn init_end_tag(&mut self) {
        self.reader.name.clear();
        self.tag = Tag { is_end: true, ..Tag::default() };
    }

    fn push_tag_name(&mut self, name: &[u8]) {
        self.reader.name.extend_from_slice(name);
    }

    fn init_attribute(&mut self) {
        self.end_attribute();
        self.reader.attribute.clear();
        self.reader.value.clear();
        self.tag.has_attribute = true;
        self.tag.has_value = false;
        self.tag.wants_value = false;
    }

    fn push_attribute_name(&mut self, name: &[u8]) {
        self.reader.attribute.extend_from_slice(name);
        self.tag.wants_value = may_hide(&self.reader.attribute);
    }

    fn init_attribute_value(&mut self) {
        self.tag.has_value = true;
    }

    fn push_attribute_value(&mut self, value: &[u8]) {
        self.tag.has_value = true;
        if self.tag.wants_value {
            self.reader.value.extend_from_slice(value);
        }
    }

    fn set_self_closing(&mut self) {
        self.tag.self_closing = true;
    }

    fn emit_current_tag(&mut self) -> Option<State> {
        self.end_attribute();
        self.in_cdata = false;
        let element = elements::find(&self.reader.name);
        let state = if self.tag.is_text && !self.tag.is_end && self.markup != Markup::Xml {
            self.write_tag();
            None
        } else if self.tag.is_end {
            self.reader.last_start.clear();
            self.end_element(element);
            None
        } else {
            self.reader.last_start.clear();
            self.reader.last_start.extend_from_slice(&self.reader.name);
            self.start_element(element)
        };
        self.done = self.position;
        state
    }

    fn init_comment(&mut self) {}

    fn emit_current_comment(&mut self) {
        self.done = self.position;
    }

    fn emit_current_doctype(&mut self) {
        self.done = self.position;
    }

    fn set_force_quirks(&mut self) {}

    fn push_comment(&mut self, _: &[u8]) {}

    fn push_doctype_name(&mut self, _: &[u8]) {}

    fn init_doctype(&mut self) {}

    fn set_doctype_public_identifier(&mut self, _: &[u8]) {}

    fn set_doctype_system_identifier(&mut self, _: &[u8]) {}

    fn push_doctype_public_identifier(&mut self, _: &[u8]) {}

    fn push_doctype_system_identifier(&mut self, _: &[u8]) {}

    fn current_is_appropriate_end_tag_token(&mut self) -> bool {
        self.tag.is_end && !self.reader.last_start.is_empty() && self.reader.last_start == self.reader.name
    }

    /// CDATA sections are text everywhere.
    fn adjusted_current_node_present_but_not_in_html_namespace(&mut self) -> bool {
        true
    }
}
