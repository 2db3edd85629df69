//! Width and colors of text output.

use std::io;

use anstream::AutoStream;
use clap::ColorChoice;

/// A text style. It has no effect without color; views then use marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Style {
    Plain,
    Bold,
    Dim,
    /// Strong evidence for product management.
    Pm,
    /// Strong evidence for product marketing.
    Pmm,
    /// Weak evidence for product management.
    WeakPm,
    /// Weak evidence for product marketing.
    WeakPmm,
    /// A mention of a partner role.
    Underline,
}

impl Style {
    /// The escape sequence that turns it on. Blue and orange are distinct to color-blind readers.
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

/// Width and color of the output.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct Page {
    /// Columns.
    pub width: usize,
    /// Whether to write escape sequences.
    pub color: bool,
}

impl Page {
    /// The page for standard output: the terminal's width, from 40 to 200 columns, or 80.
    pub(in crate::cli) fn stdout(color: ColorChoice) -> Self {
        let color = match color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never,
        };
        let terminal = || terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0));
        Self { width: columns_variable().or_else(terminal).map_or(80, |width| width.clamp(40, 200)), color }
    }

    /// The page of a text file: 80 columns, and color only if it is asked for.
    pub(in crate::cli) fn file(color: ColorChoice) -> Self {
        Self { width: 80, color: color == ColorChoice::Always }
    }

    /// `text` in a style. It must be free of control characters.
    pub(in crate::cli) fn paint(self, style: Style, text: &str) -> String {
        if self.color && style != Style::Plain && !text.is_empty() {
            format!("{}{text}\x1b[0m", style.code())
        } else {
            text.to_owned()
        }
    }
}

/// The environment variable `COLUMNS`, which overrides the terminal's width.
fn columns_variable() -> Option<usize> {
    std::env::var("COLUMNS").ok()?.parse().ok().filter(|columns| *columns > 0)
}
