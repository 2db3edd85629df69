//! `rolecall lexicon`: duties, roles by lens, sources.

use std::io::Write as _;

use anyhow::Result;
use rolecall::{Classifier, Duty, Kind, Lens, Role};

use super::output::stdout;
use super::{Outcome, classify};

/// List the duties the model knows.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Only the duties the sources disagree about
    #[arg(long)]
    disputed: bool,
    /// For people or for programs
    #[arg(long, value_enum, default_value = "text")]
    format: classify::Format,
}

#[derive(serde::Serialize)]
struct Entry<'a> {
    duty: &'a str,
    name: &'a str,
    theme: &'a str,
    consensus: Kind,
    by_lens: serde_json::Map<String, serde_json::Value>,
    sources_pm: Vec<Lens>,
    sources_pmm: Vec<Lens>,
    disputed: bool,
}

fn said(duty: &Duty, lens: Lens) -> Option<Kind> {
    let at = Lens::ALL.iter().position(|l| *l == lens)?;
    duty.kinds[at]
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let classifier = Classifier::builtin()?;
    let mut out = stdout();
    let duties = classifier.duties().filter(|duty| !args.disputed || duty.disputed());
    if args.format == classify::Format::Json {
        for duty in duties {
            let by_lens = Lens::sources()
                .into_iter()
                .filter_map(|lens| Some((lens.to_string(), said(duty, lens)?.as_str().into())))
                .collect();
            let entry = Entry {
                duty: &duty.id,
                name: &duty.name,
                theme: &duty.theme,
                consensus: duty.kind(Lens::Consensus),
                by_lens,
                sources_pm: duty.sources(Role::Pm),
                sources_pmm: duty.sources(Role::Pmm),
                disputed: duty.disputed(),
            };
            serde_json::to_writer(&mut out, &entry)?;
            writeln!(out)?;
        }
    } else {
        writeln!(
            out,
            "{:<26} {:<9} {:<6} {:<7} {:<6} {:<6} {:<6} {:<9}",
            "duty", "consensus", "guide", "overlap", "lists", "thread", "aipmm", "wikipedia"
        )?;
        for duty in duties {
            write!(out, "{:<26} {:<9}", duty.id, duty.kind(Lens::Consensus))?;
            for (lens, width) in Lens::sources().into_iter().zip([6, 7, 6, 6, 6, 9]) {
                write!(out, " {:<width$}", said(duty, lens).map_or("-", Kind::as_str))?;
            }
            writeln!(out, "{}", if duty.disputed() { "  *" } else { "" })?;
        }
        writeln!(out, "\n* the sources that speak of it disagree; - a source does not speak of it")?;
    }
    out.flush()?;
    Ok(Outcome::Done)
}
