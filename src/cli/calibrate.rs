//! `rolecall calibrate`: fits the calibration, or compares variants of the model.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use rolecall::eval::Experiment;

use super::Outcome;
use super::output::{stdout, write_whole};

/// Fit the calibration on labeled postings, or compare variants of the model.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Labeled postings, as for 'rolecall eval', each with its 'source' for leave-one-source-out
    postings: PathBuf,
    /// Labeled texts spliced from parts of the postings, with 'share' and 'of'
    #[arg(long, value_name = "FILE")]
    splices: PathBuf,
    /// Labeled lines of the postings
    #[arg(long, value_name = "FILE")]
    lines: Option<PathBuf>,
    /// Corpus folder
    #[arg(long, value_name = "FOLDER", default_value = "corpus")]
    corpus: PathBuf,
    /// Calibration file to start from and to overwrite
    #[arg(long, value_name = "FILE", default_value = "models/calibration.toml")]
    calibration: PathBuf,
    /// Print an ablation table in Markdown instead: the figures of variants of the model
    #[arg(long)]
    ablate: bool,
    /// Set a hyperparameter before fitting; may be repeated
    #[arg(long = "set", value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Print the figures without writing the calibration
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let experiment = Experiment::load(
        &args.corpus,
        &args.calibration,
        &args.postings,
        &args.splices,
        args.lines.as_deref(),
        &args.set,
    )?;
    let mut out = stdout();
    if args.ablate {
        experiment.ablate(&mut |row| {
            writeln!(out, "{row}")?;
            out.flush()
        })?;
        return Ok(Outcome::Done);
    }
    let (file, table) = experiment.calibrate()?;
    write!(out, "{table}")?;
    out.flush()?;
    if !args.dry_run {
        write_whole(&args.calibration, file.as_bytes())?;
    }
    Ok(Outcome::Done)
}
