//! `rolecall classify`: one posting.

use std::io::{self, IsTerminal, Read, Write as _};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use rolecall::{Classifier, Lens, Options, Scratch};

use super::output::{colour, columns, complain, stdout};
use super::{Outcome, text_view};

/// For whom the output is.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

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
    /// How many phrases of each role to show at most
    #[arg(long, default_value_t = 6, value_name = "N")]
    top: usize,
    /// Call a verdict less probable than this unclear: 0 to 1
    #[arg(long, default_value_t = 0.0, value_name = "P", value_parser = probability)]
    min_confidence: f64,
    /// Model file; the one inside the program by default
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// For people or for programs
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

pub(super) fn probability(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.0..=1.0).contains(&number) { Ok(number) } else { Err("must be from 0 to 1".to_owned()) }
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let all = args.lens == "all";
    let lens = if all { Lens::Consensus } else { args.lens.parse()? };
    let classifier = match &args.model {
        Some(path) => Classifier::from_file(path)?,
        None => Classifier::builtin()?,
    };
    let posting = read(args)?;
    let options = Options::default().phrases(args.top).min_confidence(args.min_confidence);
    let mut scratch = Scratch::new();
    let mut out = stdout();
    let lenses = if all { Lens::ALL.to_vec() } else { vec![lens] };
    let verdicts: Vec<_> = lenses
        .into_iter()
        .map(|lens| {
            let classifier = classifier.clone().with_options(options.lens(lens));
            classifier.classify_titled(&mut scratch, args.title.as_deref(), &posting)
        })
        .collect();
    match (args.format, all) {
        (Format::Json, _) => {
            for verdict in &verdicts {
                serde_json::to_writer(&mut out, verdict)?;
                writeln!(out)?;
            }
        }
        (Format::Text, true) => text_view::lenses(&mut out, &verdicts, colour())?,
        (Format::Text, false) => {
            let duty = |id: &str| classifier.duties().find(|duty| duty.id == id).map(|duty| duty.name.clone());
            for verdict in &verdicts {
                text_view::verdict(&mut out, verdict, &posting, &duty, colour(), columns())?;
            }
        }
    }
    out.flush()?;
    Ok(Outcome::Done)
}

/// Reads the posting, with a prompt where someone sits at the terminal.
fn read(args: &Args) -> Result<String> {
    let mut bytes = Vec::new();
    let name = match &args.file {
        Some(path) if path.as_os_str() != "-" => {
            if path.is_dir() {
                bail!("{}: is a directory, not a posting", path.display());
            }
            bytes = std::fs::read(path).with_context(|| format!("{}: cannot be read", path.display()))?;
            path.display().to_string()
        }
        given => {
            if given.is_none() && io::stdin().is_terminal() {
                let _ = writeln!(io::stderr(), "Paste the posting, then Ctrl-D:");
            }
            io::stdin().lock().read_to_end(&mut bytes).context("standard input: cannot be read")?;
            "standard input".to_owned()
        }
    };
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            complain(&format!("{name}: byte {at}: not UTF-8; what cannot be read is replaced"));
            Ok(String::from_utf8_lossy(error.as_bytes()).into_owned())
        }
    }
}
