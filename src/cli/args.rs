//! Arguments that several commands share.

use std::ffi::OsStr;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ColorChoice, ValueEnum};
use rolecall::table::{self, TableOptions, delimiter};
use rolecall::{Classifier, Lens, Options};

use super::convert_table::own_program;
use super::view::Page;

/// Output format of commands that have no page to show.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

/// Output format of commands with an HTML page.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum PageFormat {
    Text,
    Json,
    Html,
}

/// A lens, or all of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LensChoice {
    One(Lens),
    All,
}

/// Parser of lenses and `all`.
pub(super) fn lens_or_all() -> impl TypedValueParser<Value = LensChoice> {
    let names = Lens::ALL.map(Lens::as_str).into_iter().chain(["all"]);
    PossibleValuesParser::new(names).try_map(|name| match name.as_str() {
        "all" => Ok(LensChoice::All),
        name => name.parse().map(LensChoice::One),
    })
}

/// Parser of lenses.
pub(super) fn lens() -> impl TypedValueParser<Value = Lens> {
    PossibleValuesParser::new(Lens::ALL.map(Lens::as_str)).try_map(|name| name.parse::<Lens>())
}

/// Where a result is written, and in which colors.
#[derive(clap::Args)]
pub(super) struct OutputArgs {
    /// Write to FILE instead of standard output; a name in .html or .json sets the format
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrite the output file if it exists
    #[arg(long, requires = "output")]
    force: bool,
    /// When to use color; auto means on a terminal, unless NO_COLOR is set
    #[arg(long, alias = "colour", default_value = "auto", value_name = "WHEN")]
    color: ColorChoice,
}

impl OutputArgs {
    /// Refuses to overwrite an input or, without `--force`, any other file, and to write HTML to a
    /// terminal.
    pub(super) fn check(&self, inputs: &[PathBuf], format: PageFormat) -> Result<()> {
        let Some(path) = self.file() else {
            if format == PageFormat::Html && io::stdout().is_terminal() {
                bail!("an HTML page cannot be shown in a terminal; write it to a file with -o FILE");
            }
            return Ok(());
        };
        let Ok(existing) = path.canonicalize() else { return Ok(()) };
        let is_input = |input: &PathBuf| {
            input.canonicalize().is_ok_and(|input| input == existing || existing.parent() == Some(input.as_path()))
        };
        if existing.is_file() && inputs.iter().any(is_input) {
            bail!("{}: is one of the postings", path.display());
        }
        if existing.is_file() && !self.force {
            bail!("{}: exists; overwrite it with --force", path.display());
        }
        Ok(())
    }

    /// The format: the one asked for, or by the file name.
    pub(super) fn format(&self, asked: Option<PageFormat>) -> PageFormat {
        let extension = self.file().and_then(Path::extension).and_then(OsStr::to_str).unwrap_or_default();
        asked.unwrap_or_else(|| match extension.to_ascii_lowercase().as_str() {
            "html" | "htm" => PageFormat::Html,
            "json" => PageFormat::Json,
            _ => PageFormat::Text,
        })
    }

    /// The file to write to; `None` for standard output.
    pub(super) fn file(&self) -> Option<&Path> {
        self.output.as_deref().filter(|path| path.as_os_str() != "-")
    }

    /// Width and color of text output.
    pub(super) fn page(&self) -> Page {
        match self.file() {
            Some(_) => Page::file(self.color),
            None => Page::stdout(self.color),
        }
    }
}

/// The model to use.
#[derive(clap::Args)]
pub(super) struct ModelArgs {
    /// Model file to use instead of the built-in model
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
}

impl ModelArgs {
    /// Loads the model.
    pub(super) fn load(&self, options: Options) -> Result<Classifier> {
        let classifier = match &self.model {
            Some(path) => Classifier::from_file(path)?,
            None => Classifier::builtin()?,
        };
        Ok(classifier.with_options(options))
    }
}

/// Parser of probabilities.
pub(super) fn probability(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.0..=1.0).contains(&number) { Ok(number) } else { Err("must be from 0 to 1".to_owned()) }
}

/// How a table of postings is read.
#[derive(clap::Args)]
pub(super) struct TableArgs {
    /// Column with the posting, by name, by number from 1 or by a path such as job.description;
    /// columns separated by commas are joined. By default it is detected
    #[arg(long, value_name = "COLUMN")]
    text_column: Vec<String>,
    /// Column with the job title; by default it is detected
    #[arg(long, value_name = "COLUMN")]
    title_column: Option<String>,
    /// Input format: csv, tsv, jsonl or json; by default detected
    #[arg(long, value_name = "FORMAT", help_heading = "Input")]
    input_format: Option<table::Format>,
    /// Input delimiter: a single character, or comma, semicolon, tab or pipe; by default detected
    #[arg(long, value_name = "CHAR", value_parser = delimiter, help_heading = "Input")]
    delimiter: Option<u8>,
    /// Input encoding: utf-8, utf-16, windows-1252 or another single-byte one; by default detected
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    encoding: Option<String>,
    /// The file has no header row; refer to columns by number
    #[arg(long, help_heading = "Input")]
    no_headers: bool,
    /// Skip this many lines before the header
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Input")]
    skip_lines: u64,
    /// Escape character, such as \: a quote or delimiter after it is text
    #[arg(long, value_name = "CHAR", value_parser = escape, help_heading = "Input")]
    escape: Option<u8>,
    /// Treat quotation marks as text; detected for TSV files
    #[arg(long, overrides_with = "quoting", help_heading = "Input")]
    no_quoting: bool,
    /// Fields may be in quotes
    #[arg(long, overrides_with = "no_quoting", hide = true)]
    quoting: bool,
    /// Sheet of a workbook, by name or by number from 1; by default the first
    #[arg(long, value_name = "SHEET", help_heading = "Input")]
    sheet: Option<String>,
    /// Reject rows longer than this many megabytes, 1 to 4096
    #[arg(long, value_name = "MB", help_heading = "Input",
          default_value_t = in_megabytes(TableOptions::default().max_row_bytes),
          value_parser = clap::value_parser!(u64).range(1..=4096))]
    max_row: u64,
    /// Memory limit for rows in progress, in megabytes, 64 to 65536; a row may take a sixteenth of
    /// it, a file that is one JSON document a quarter, and reading a workbook or Parquet file half
    #[arg(long, value_name = "MB", help_heading = "Input",
          default_value_t = in_megabytes(TableOptions::default().max_memory_bytes),
          value_parser = clap::value_parser!(u64).range(64..=65536))]
    max_memory: u64,
}

impl TableArgs {
    /// The options for the library.
    pub(super) fn options(&self) -> TableOptions {
        let mut options = TableOptions::default();
        options.format = self.input_format;
        options.delimiter = self.delimiter;
        options.encoding.clone_from(&self.encoding);
        options.headers = !self.no_headers;
        options.skip_lines = self.skip_lines;
        options.escape = self.escape;
        options.quoting = if self.no_quoting { Some(false) } else { self.quoting.then_some(true) };
        options.converter = Some(own_program());
        options.sheet.clone_from(&self.sheet);
        options.text_columns.clone_from(&self.text_column);
        options.title_column.clone_from(&self.title_column);
        options.max_row_bytes = megabytes(self.max_row);
        options.max_memory_bytes = megabytes(self.max_memory);
        options
    }
}

/// Parser of an escape character.
fn escape(text: &str) -> Result<u8, String> {
    let error = |_| format!("'{text}' cannot escape (one ASCII character, neither a quote nor a line end)");
    delimiter(text).map_err(error)
}

fn in_megabytes(bytes: usize) -> u64 {
    (bytes >> 20) as u64
}

fn megabytes(number: u64) -> usize {
    usize::try_from(number << 20).unwrap_or(usize::MAX)
}
