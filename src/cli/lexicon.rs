//! `rolecall lexicon`: the duties the model knows.

use std::io::{self, Write};

use anyhow::Result;
use clap::ColorChoice;
use rolecall::explain::{LexiconEntry, wording};
use rolecall::{Classifier, Duty, Lens};

use super::Outcome;
use super::args::Format;
use super::output::stdout;
use super::view::{Page, Paragraph, Style};

/// List the duties that the model knows, and the roles that each source assigns them to.
#[derive(clap::Args)]
#[command(after_help = sources_help())]
pub(super) struct Args {
    /// List only duties that the sources disagree about
    #[arg(long)]
    disputed: bool,
    /// Output format; json is one object per line
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

fn sources_help() -> String {
    let [names @ .., last] = Lens::sources().map(Lens::as_str);
    format!(
        "The sources are {} and {last}. 'both' means that a source assigns the duty to both roles, 'neither' that it assigns it \
         to another job.",
        names.join(", ")
    )
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let classifier = Classifier::builtin()?;
    let mut out = stdout()?;
    let page = Page::stdout(ColorChoice::Auto);
    for duty in classifier.duties().filter(|duty| !args.disputed || duty.disputed()) {
        match args.format {
            Format::Json => write_json(&mut out, duty)?,
            Format::Text => write_text(&mut out, page, duty)?,
        }
    }
    out.flush()?;
    Ok(Outcome::Done)
}

fn write_json(out: &mut impl Write, duty: &Duty) -> Result<()> {
    serde_json::to_writer(&mut *out, &LexiconEntry::new(duty))?;
    Ok(writeln!(out)?)
}

fn write_text(out: &mut impl Write, page: Page, duty: &Duty) -> io::Result<()> {
    let name = Paragraph::new().add(Style::Bold, &duty.id).add(Style::Plain, &format!(": {}", duty.name));
    name.write(out, page, 0)?;
    let consensus = wording::roles(duty.kind(Lens::Consensus));
    let sources = wording::sources(duty).replace(": ", " by ");
    let disagree = if duty.disputed() { " (sources disagree)" } else { "" };
    let text = format!("{consensus} by consensus; {sources}{disagree}");
    Paragraph::new().add(Style::Plain, &text).write(out, page, 2)
}
