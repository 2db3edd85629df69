//! `rolecall calibrate`: the numbers fitted on labelled postings, and the ablations.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use rolecall::eval::ablation;

use super::Outcome;
use super::output::{stdout, write_whole};

/// Fit the calibration on labelled postings.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Labelled postings, as for 'eval', with a 'source' to leave out in turn
    postings: PathBuf,
    /// Labelled texts put together from parts of them, with 'share' and 'of'
    #[arg(long, value_name = "FILE")]
    splices: PathBuf,
    /// Labelled lines of them
    #[arg(long, value_name = "FILE")]
    lines: Option<PathBuf>,
    /// Folder of the corpus
    #[arg(long, value_name = "FOLDER", default_value = "corpus")]
    corpus: PathBuf,
    /// Calibration file to start from and to write
    #[arg(long, value_name = "FILE", default_value = "models/calibration.toml")]
    calibration: PathBuf,
    /// Compare variants of the model instead, a table in Markdown
    #[arg(long)]
    ablate: bool,
    /// Change a number before anything else: name=value
    #[arg(long = "set", value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Print the figures and write nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let task = ablation::Task::load(
        &args.corpus,
        &args.calibration,
        &args.postings,
        &args.splices,
        args.lines.as_deref(),
        &args.set,
    )?;
    let mut out = stdout();
    if args.ablate {
        task.ablate(&mut |row| {
            writeln!(out, "{row}")?;
            out.flush()
        })?;
        return Ok(Outcome::Done);
    }
    let (file, table) = task.calibrate()?;
    write!(out, "{table}")?;
    out.flush()?;
    if !args.dry_run {
        write_whole(&args.calibration, file.as_bytes())?;
    }
    Ok(Outcome::Done)
}
