//! `rolecall calibrate`: fits the calibration, or compares variants of the model.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use rolecall::eval::{Evaluation, Experiment, Sets, Unseen};

use super::Outcome;
use super::output::{stdout, write_whole};

/// Fit the calibration on labeled postings, or compare variants of the model.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Folder with titled.jsonl.zst, tune.jsonl, tune-lines.jsonl, tune-splices.jsonl and,
    /// if there is one, tune-duties.tsv
    postings: PathBuf,
    /// Corpus folder
    #[arg(long, value_name = "FOLDER", default_value = "corpus")]
    corpus: PathBuf,
    /// Calibration file to start from and to overwrite
    #[arg(long, value_name = "FILE", default_value = "models/calibration.toml")]
    calibration: PathBuf,
    /// Print the figures of variants of the model (ablations) instead, as a Markdown table
    #[arg(long)]
    ablate: bool,
    /// What to hold out from the models that score a posting: its employer, or its whole source, such
    /// as a job board. Figures by source are closer to those on postings from elsewhere
    #[arg(long, value_name = "PART", default_value = "employer", value_parser = unseen_part())]
    unseen: Unseen,
    #[arg(long = "set", value_name = "NAME=VALUE", help = set_help())]
    overrides: Vec<String>,
    /// Print the figures without writing the calibration
    #[arg(long)]
    dry_run: bool,
}

/// The help of `--set`.
fn set_help() -> String {
    format!("Set a parameter before fitting; may be repeated: {}", Experiment::PARAMETERS.join(", "))
}

/// Parser of what is held out.
fn unseen_part() -> impl TypedValueParser<Value = Unseen> {
    PossibleValuesParser::new(Unseen::ALL.map(Unseen::as_str)).try_map(|name| name.parse())
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let experiment =
        Experiment::load(&args.corpus, &args.calibration, &Sets::in_folder(&args.postings), &args.overrides)?;
    let experiment = experiment.unseen(args.unseen);
    let mut out = stdout()?;
    if args.ablate {
        experiment.ablate(&mut |row| {
            writeln!(out, "{row}")?;
            out.flush()
        })?;
        return Ok(Outcome::Done);
    }
    let (file, evaluation) = experiment.calibrate()?;
    writeln!(out, "{}\n{}", Evaluation::TABLE_HEAD, evaluation.table_row(&format!("cross-fitted by {}", args.unseen)))?;
    writeln!(out, "\n{}", evaluation.evidence.table())?;
    if let Some(duties) = &evaluation.duties {
        writeln!(out, "\n{}", duties.table())?;
    }
    out.flush()?;
    if !args.dry_run {
        write_whole(&args.calibration, file.as_bytes())?;
    }
    Ok(Outcome::Done)
}
