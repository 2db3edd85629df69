//! `rolecall compare`: two postings.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Result, bail};
use rolecall::explain::{compare, sanitize};
use rolecall::{Lens, Options, Scratch};

use super::Outcome;
use super::args::{ColorArgs, Format, ModelArgs, lens};
use super::input::EncodingArgs;
use super::output::write_result;
use super::view::{Page, comparison};

/// Compare two postings, or two versions of one.
#[derive(clap::Args)]
pub(super) struct Args {
    /// First posting: a file, or - for standard input
    #[arg(value_name = "FIRST")]
    a: PathBuf,
    /// Second posting, or an edited version of the first
    #[arg(value_name = "SECOND")]
    b: PathBuf,
    /// Whose definition of the two roles to use
    #[arg(long, default_value = "consensus", value_parser = lens())]
    lens: Lens,
    /// Most duties and phrases to show
    #[arg(long, default_value_t = 12, value_name = "N")]
    top: usize,
    #[command(flatten)]
    encoding: EncodingArgs,
    #[command(flatten)]
    model: ModelArgs,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    color: ColorArgs,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let names = [&args.a, &args.b].map(|path| path.display().to_string());
    if names == ["-", "-"] {
        bail!("only one of the two postings can be standard input");
    }
    let classifier = args.model.load(Options::default().lens(args.lens))?;
    let (a, b) = (args.encoding.read(&args.a)?, args.encoding.read(&args.b)?);
    let found = compare(&classifier, &mut Scratch::new(), a.text(), b.text());
    let mut out = Vec::new();
    match args.format {
        Format::Json => writeln!(out, "{}", sanitize::for_json(&serde_json::to_string(&found)?))?,
        Format::Text => {
            let names = names.each_ref().map(|name| if name == "-" { "standard input" } else { name });
            comparison::write(&mut out, Page::stdout(args.color.color), names, &found, args.top)?;
        }
    }
    write_result(None, &out)?;
    Ok(if a.has_changed() || b.has_changed() { Outcome::Incomplete } else { Outcome::Done })
}
