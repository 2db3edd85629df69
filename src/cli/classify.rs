//! `rolecall classify`: one posting.

use std::io::{self, IsTerminal, Read, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use rolecall::explain::{self, DutyTable, LensTable, Split, WhatIf, html, inert};
use rolecall::{Classifier, Label, Lens, Options, Scratch, Verdict};

use super::Outcome;
use super::output::{Colour, columns, complain, stdout, write_whole};
use super::text_view::{self, Extras, Page};

/// For whom the output is.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

/// For whom the verdict on one posting is.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum View {
    /// For people, in a terminal
    Text,
    /// For programs
    Json,
    /// For people, as a page that stands by itself
    Html,
}

/// Phrases of each role that the text view and JSON show unless told otherwise.
const PHRASES: usize = 6;

/// Judge one posting.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The posting: a file, or - for standard input; without it, paste at the prompt
    file: Option<PathBuf>,
    /// The job's title; read beside the duties, never counted as evidence
    #[arg(long)]
    title: Option<String>,
    /// Whose definition of the roles counts: consensus, guide, overlap, lists, thread, aipmm,
    /// wikipedia, or all for one line a lens
    #[arg(long, default_value = "consensus")]
    lens: String,
    /// How many phrases of each role to show at most; 6, and all of them with --highlight,
    /// --duties and in HTML
    #[arg(long, value_name = "N")]
    top: Option<usize>,
    /// Call a verdict less probable than this unclear: 0 to 1
    #[arg(long, default_value_t = 0.0, value_name = "P", value_parser = probability)]
    min_confidence: f64,
    /// Model file; the one inside the program by default
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// How to show it
    #[arg(long, value_enum, default_value = "text")]
    format: View,
    /// Show the whole posting with its phrases marked
    #[arg(long)]
    highlight: bool,
    /// Show the points by duty
    #[arg(long)]
    duties: bool,
    /// Search for the fewest lines whose removal changes the label; a hybrid is also split into
    /// the duties of two postings
    #[arg(long)]
    what_if: bool,
    /// Write to FILE instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// When to colour
    #[arg(long, alias = "color", value_enum, default_value = "auto", value_name = "WHEN")]
    colour: Colour,
}

pub(super) fn probability(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.0..=1.0).contains(&number) { Ok(number) } else { Err("must be from 0 to 1".to_owned()) }
}

/// A verdict with what else was asked for.
#[derive(serde::Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    verdict: &'a Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    duties: Option<DutyTable>,
    #[serde(skip_serializing_if = "Option::is_none")]
    what_if: Option<WhatIf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    split: Option<Split>,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let all = args.lens == "all";
    let lens = if all { Lens::Consensus } else { args.lens.parse()? };
    if args.format == View::Html && args.output.is_none() && io::stdout().is_terminal() {
        bail!("a page is no use in a terminal: name a file with -o");
    }
    if all && args.format == View::Text && (args.highlight || args.duties || args.what_if) {
        bail!("--lens all is one line a lens; for --highlight, --duties or --what-if name one of them");
    }
    let classifier = match &args.model {
        Some(path) => Classifier::from_file(path)?,
        None => Classifier::builtin()?,
    };
    let posting = match &args.file {
        Some(path) => read(path)?,
        None => read_standard_input(true)?,
    };
    let whole = args.highlight || args.duties || args.format == View::Html;
    let phrases = args.top.unwrap_or(if whole { usize::MAX } else { PHRASES });
    let options = Options::default().lens(lens).phrases(phrases).min_confidence(args.min_confidence);
    let classifier = classifier.with_options(options);
    let mut out = Vec::new();
    match (args.format, all) {
        (View::Html, _) => {
            let title = args.title.as_deref();
            let found = explain::explain(&classifier, &mut Scratch::new(), title, &posting, args.what_if);
            out.write_all(html::page(&posting, &found).as_bytes())?;
        }
        (View::Text, true) => {
            let table = LensTable::new(&classifier, &mut Scratch::new(), args.title.as_deref(), &posting);
            text_view::lenses(&mut out, page(args), &table)?;
        }
        (View::Text, false) => text(&mut out, args, &classifier, &posting)?,
        (View::Json, all) => {
            let lenses = if all { Lens::ALL.to_vec() } else { vec![lens] };
            for lens in lenses {
                json(&mut out, args, &classifier.clone().with_options(options.lens(lens)), &posting)?;
            }
        }
    }
    match &args.output {
        Some(path) if path.as_os_str() != "-" => write_whole(path, &out)?,
        _ => {
            let mut stdout = stdout();
            stdout.write_all(&out)?;
            stdout.flush()?;
        }
    }
    Ok(Outcome::Done)
}

/// The width and colour of the text view. A file is no terminal.
fn page(args: &Args) -> Page {
    let colour = args.colour.wanted() && (args.output.is_none() || args.colour == Colour::Always);
    Page { width: columns(), colour }
}

fn text(out: &mut Vec<u8>, args: &Args, classifier: &Classifier, posting: &str) -> Result<()> {
    let mut scratch = Scratch::new();
    let verdict = classifier.classify_titled(&mut scratch, args.title.as_deref(), posting);
    let (what_if, split) = search(args, classifier, &mut scratch, posting, &verdict);
    let extras = Extras { highlight: args.highlight, duties: args.duties, what_if, split };
    Ok(text_view::verdict(out, page(args), (&verdict, posting, classifier), &extras)?)
}

fn json(out: &mut Vec<u8>, args: &Args, classifier: &Classifier, posting: &str) -> Result<()> {
    let mut scratch = Scratch::new();
    let verdict = classifier.classify_titled(&mut scratch, args.title.as_deref(), posting);
    let (what_if, split) = search(args, classifier, &mut scratch, posting, &verdict);
    let duties = args.duties.then(|| DutyTable::new(classifier, &verdict));
    let answer = Answer { verdict: &verdict, duties, what_if, split };
    let json = serde_json::to_string(&answer)?;
    Ok(writeln!(out, "{}", inert::for_json(&json))?)
}

/// What would change the label, and a hybrid's two halves, where they were asked for.
fn search(
    args: &Args,
    classifier: &Classifier,
    scratch: &mut Scratch,
    posting: &str,
    verdict: &Verdict,
) -> (Option<WhatIf>, Option<Split>) {
    let title = args.title.as_deref();
    let what_if = args.what_if.then(|| explain::what_if(classifier, scratch, title, posting));
    let split = (args.what_if && verdict.label == Label::Hybrid).then(|| explain::split(classifier, scratch, posting));
    (what_if, split)
}

/// Reads a posting from a file, or from standard input where `path` is `-`.
pub(super) fn read(path: &Path) -> Result<String> {
    if path.as_os_str() == "-" {
        return read_standard_input(false);
    }
    if path.is_dir() {
        bail!("{}: is a directory, not a posting", path.display());
    }
    let bytes = std::fs::read(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    Ok(decode(bytes, &path.display().to_string()))
}

/// Reads standard input, with a prompt where someone sits at the terminal.
fn read_standard_input(prompt: bool) -> Result<String> {
    let mut bytes = Vec::new();
    if prompt && io::stdin().is_terminal() {
        let _ = writeln!(io::stderr(), "Paste the posting, then Ctrl-D:");
    }
    io::stdin().lock().read_to_end(&mut bytes).context("standard input: cannot be read")?;
    Ok(decode(bytes, "standard input"))
}

fn decode(bytes: Vec<u8>, name: &str) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| {
        let at = error.utf8_error().valid_up_to();
        complain(&format!("{name}: byte {at}: not UTF-8; what cannot be read is replaced"));
        String::from_utf8_lossy(error.as_bytes()).into_owned()
    })
}
