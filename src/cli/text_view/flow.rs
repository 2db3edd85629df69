//! Styled words set to a width.

use std::io::{self, Write};

use rolecall::explain::inert;

/// How a stretch of text looks: by colour at a terminal, by marks elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Style {
    Plain,
    Bold,
    Dim,
    /// Speaks for product management.
    Pm,
    /// Speaks for product marketing.
    Pmm,
    /// Speaks for product management, but little.
    WeakPm,
    /// Speaks for product marketing, but little.
    WeakPmm,
    /// Mentions a partner.
    Underline,
}

impl Style {
    /// The escape sequence that turns it on. Blue and orange are told apart by
    /// colour-blind eyes as well.
    const fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Bold => "\x1b[1m",
            Self::Dim => "\x1b[2m",
            Self::Pm => "\x1b[1;38;5;33m",
            Self::Pmm => "\x1b[1;38;5;208m",
            Self::WeakPm => "\x1b[38;5;33m",
            Self::WeakPmm => "\x1b[38;5;208m",
            Self::Underline => "\x1b[4m",
        }
    }
}

/// Where text goes: how wide, and whether in colour.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct Page {
    /// Columns.
    pub width: usize,
    /// Whether escape sequences may be written.
    pub colour: bool,
}

impl Page {
    /// `text` in a style. It must be inert already.
    pub(in crate::cli) fn paint(self, style: Style, text: &str) -> String {
        if self.colour && style != Style::Plain && !text.is_empty() {
            format!("{}{text}\x1b[0m", style.code())
        } else {
            text.to_owned()
        }
    }
}

/// A paragraph: words with their styles, set with an indent.
#[derive(Debug, Default)]
pub(in crate::cli) struct Flow {
    /// A word, its style, and whether a blank stands before it.
    words: Vec<(String, Option<Style>, bool)>,
}

impl Flow {
    pub(in crate::cli) fn new() -> Self {
        Self::default()
    }

    /// Adds text; blanks in it part words. Active characters become signs.
    pub(in crate::cli) fn add(mut self, style: Style, text: &str) -> Self {
        let text = inert::for_terminal(text);
        let opens = text.starts_with(char::is_whitespace);
        for (index, word) in text.split_whitespace().enumerate() {
            self.words.push((word.to_owned(), Some(style), index > 0 || opens));
        }
        if !text.is_empty() && text.ends_with(char::is_whitespace) {
            // The blank belongs before whatever comes next.
            self.words.push((String::new(), None, true));
        }
        self
    }

    /// Adds text that stands apart from what is there by a blank.
    pub(in crate::cli) fn then(self, style: Style, text: &str) -> Self {
        self.add(Style::Plain, " ").add(style, text)
    }

    /// Writes the paragraph, every line indented by `indent` columns.
    pub(in crate::cli) fn write(&self, out: &mut impl Write, page: Page, indent: usize) -> io::Result<()> {
        let room = page.width.saturating_sub(indent).max(10);
        let mut used = 0;
        let mut blank = false;
        let mut at = 0;
        while at < self.words.len() {
            if self.words[at].1.is_none() {
                blank = true;
                at += 1;
                continue;
            }
            blank |= self.words[at].2;
            // What is not parted by a blank is kept together.
            let mut end = at + 1;
            while end < self.words.len() && !self.words[end].2 {
                end += 1;
            }
            let group = &self.words[at..end];
            let wide: usize = group.iter().map(|(word, _, _)| columns(word)).sum();
            if used > 0 && used + 1 + wide > room {
                writeln!(out)?;
                used = 0;
            }
            if used == 0 {
                write!(out, "{:indent$}", "")?;
            } else if blank {
                // A styled stretch keeps its style over its own blanks.
                write!(out, " ")?;
                used += 1;
            }
            for (word, style, _) in group {
                write!(out, "{}", page.paint(style.unwrap_or(Style::Plain), word))?;
            }
            used += wide;
            blank = false;
            at = end;
        }
        if used > 0 { writeln!(out) } else { Ok(()) }
    }
}

/// Columns a text takes in a terminal: East Asian characters and pictures take two,
/// combining marks none.
pub(in crate::cli) fn columns(text: &str) -> usize {
    text.chars()
        .map(|c| match u32::from(c) {
            0x300..=0x36f | 0x200b..=0x200d | 0xfe00..=0xfe0f => 0,
            0x1100..=0x115f
            | 0x2e80..=0xa4cf
            | 0xac00..=0xd7a3
            | 0xf900..=0xfaff
            | 0xfe30..=0xfe6f
            | 0xff00..=0xff60
            | 0xffe0..=0xffe6
            | 0x1f300..=0x1faff
            | 0x20000..=0x3fffd => 2,
            _ => 1,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(flow: &Flow, width: usize, colour: bool) -> String {
        let mut out = Vec::new();
        flow.write(&mut out, Page { width, colour }, 2).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn words_are_set_to_the_width() {
        let flow = Flow::new().add(Style::Plain, "one two").then(Style::Pm, "three").add(Style::Plain, ", four");
        assert_eq!(set(&flow, 80, false), "  one two three, four\n");
        assert_eq!(set(&flow, 14, false), "  one two\n  three, four\n");
        assert_eq!(set(&flow, 80, true), "  one two \x1b[1;38;5;33mthree\x1b[0m, four\n");
        assert_eq!(set(&Flow::new(), 80, false), "");
    }

    #[test]
    fn nothing_active_reaches_the_terminal() {
        let flow = Flow::new().add(Style::Plain, "a\u{1b}[2J\u{202e}b\u{7}");
        assert!(!set(&flow, 80, false).trim_end().contains(inert::is_active));
    }

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(columns("caf\u{e9}"), 4);
        assert_eq!(columns("e\u{301}"), 1);
        assert_eq!(columns("\u{4ea7}\u{54c1}"), 4);
    }
}
