//! Styled text wrapped to a width.

use std::io::{self, Write};

use rolecall::explain::sanitize;
use textwrap::core::display_width;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

use super::page::{Page, Style};

/// Minimum width of the text; with a deeper indent, lines exceed the page's width.
const MIN_ROOM: usize = 10;

/// A paragraph: text in several styles, wrapped as one.
#[derive(Debug, Default)]
pub(in crate::cli) struct Paragraph {
    /// The text, sanitized, every run of whitespace one space.
    text: String,
    /// Where each style ends in `text`, in order.
    styles: Vec<(usize, Style)>,
}

impl Paragraph {
    pub(in crate::cli) fn new() -> Self {
        Self::default()
    }

    /// Appends text. Runs of whitespace become one space, control characters visible symbols.
    pub(in crate::cli) fn add(mut self, style: Style, text: &str) -> Self {
        for c in sanitize::for_terminal(text).chars() {
            match c.is_whitespace() {
                false => self.text.push(c),
                true if self.text.ends_with(' ') || self.text.is_empty() => {}
                true => self.text.push(' '),
            }
        }
        self.styles.push((self.text.len(), style));
        self
    }

    /// Appends a space and text.
    pub(in crate::cli) fn add_word(self, style: Style, text: &str) -> Self {
        self.add(Style::Plain, " ").add(style, text)
    }

    /// Writes the paragraph with every line indented by `indent` columns.
    pub(in crate::cli) fn write(&self, out: &mut impl Write, page: Page, indent: usize) -> io::Result<()> {
        self.write_after(out, page, &" ".repeat(indent))
    }

    /// Writes the paragraph after `prefix`; later lines are indented by its width.
    pub(in crate::cli) fn write_after(&self, out: &mut impl Write, page: Page, prefix: &str) -> io::Result<()> {
        let indent = display_width(prefix);
        let options = Options::new(page.width.saturating_sub(indent).max(MIN_ROOM))
            .word_separator(WordSeparator::AsciiSpace)
            .word_splitter(WordSplitter::NoHyphenation)
            .wrap_algorithm(WrapAlgorithm::FirstFit);
        let mut start = 0;
        for (at, line) in textwrap::wrap(&self.text, options).iter().enumerate() {
            // A line is a slice of the text; spaces at the break belong to neither line.
            start += self.text[start..].len() - self.text[start..].trim_start_matches(' ').len();
            let end = start + line.len();
            if line.is_empty() {
                continue;
            }
            if at == 0 {
                write!(out, "{prefix}")?;
            } else {
                write!(out, "{:indent$}", "")?;
            }
            self.write_styled(out, page, start, end)?;
            writeln!(out)?;
            start = end;
        }
        Ok(())
    }

    /// Writes a part of the text in its styles.
    fn write_styled(&self, out: &mut impl Write, page: Page, start: usize, end: usize) -> io::Result<()> {
        let mut from = start;
        let first = self.styles.partition_point(|&(until, _)| until <= start);
        for &(until, style) in &self.styles[first..] {
            if from == end {
                break;
            }
            let until = until.min(end);
            if until > from {
                write!(out, "{}", page.paint(style, &self.text[from..until]))?;
                from = until;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(paragraph: &Paragraph, width: usize, color: bool) -> String {
        let mut out = Vec::new();
        paragraph.write(&mut out, Page { width, color }, 2).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn wraps_styled_text() {
        let paragraph =
            Paragraph::new().add(Style::Plain, "one two").add_word(Style::Pm, "three").add(Style::Plain, ", four");
        let table = [
            ("one line", 80, false, "  one two three, four\n"),
            ("two lines", 15, false, "  one two\n  three, four\n"),
            ("color", 80, true, "  one two \x1b[1;38;5;33mthree\x1b[0m, four\n"),
            ("never narrower than ten columns", 1, false, "  one two\n  three,\n  four\n"),
        ];
        for (name, width, color, expected) in table {
            assert_eq!(wrapped(&paragraph, width, color), expected, "{name}");
        }
        assert_eq!(wrapped(&Paragraph::new(), 80, false), "", "empty");
    }

    /// Sixteen times the parts take about 16 times as long; if each line went through all parts, 256
    /// times.
    #[test]
    fn any_number_of_parts_takes_linear_time() {
        let time = |parts: usize| {
            let mut paragraph = Paragraph::new();
            for at in 0..parts {
                paragraph = paragraph.add_word(if at % 2 == 0 { Style::Pm } else { Style::Plain }, "word");
            }
            let page = Page { width: 40, color: true };
            let once = || {
                let start = std::time::Instant::now();
                paragraph.write(&mut io::sink(), page, 2).unwrap();
                start.elapsed()
            };
            (0..3).map(|_| once()).min().unwrap()
        };
        let ratios = (0..5).map(|_| time(64_000).as_secs_f64() / time(4_000).as_secs_f64());
        assert!(ratios.into_iter().any(|ratio| ratio < 60.0));
    }

    #[test]
    fn wraps_after_a_prefix() {
        let mut out = Vec::new();
        let paragraph = Paragraph::new().add(Style::Plain, "  one\n two three four");
        paragraph.write_after(&mut out, Page { width: 14, color: false }, "\x1b[1m-\x1b[0m ").unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "\x1b[1m-\x1b[0m one two\n  three four\n");
    }

    #[test]
    fn wide_characters_and_long_words_stay_within_the_width() {
        // East Asian characters take two columns, combining marks none.
        let text = "\u{4ea7}\u{54c1}\u{7ecf}\u{7406}\u{5c97}\u{4f4d} e\u{301}e\u{301}e\u{301}e\u{301} https://example.com/a/very/long/address";
        for line in wrapped(&Paragraph::new().add(Style::Plain, text), 12, false).lines() {
            assert!(display_width(line) <= 12, "{line}");
        }
    }

    #[test]
    fn control_characters_never_reach_the_terminal() {
        let paragraph = Paragraph::new().add(Style::Plain, "a\u{1b}[2J\u{202e}b\u{7}");
        assert!(!wrapped(&paragraph, 80, false).trim_end().contains(sanitize::is_unsafe));
    }
}
