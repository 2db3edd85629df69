//! `rolecall count`: counts the features of real postings by kind of line.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use rolecall::eval::{Experiment, Sets};

use super::Outcome;
use super::output::{stdout, write_whole};

/// Count stems and pairs of stems in real postings, by kind of line, for training.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Folder with titled.jsonl.zst, tune.jsonl, tune-lines.jsonl, tune-splices.jsonl and,
    /// if there is one, tune-duties.tsv
    postings: PathBuf,
    /// Corpus folder; counts.csv is written there
    #[arg(long, value_name = "FOLDER", default_value = "corpus")]
    corpus: PathBuf,
    /// Calibration file, used to find the kind of each line
    #[arg(long, value_name = "FILE", default_value = "models/calibration.toml")]
    calibration: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let mut out = stdout()?;
    let experiment = Experiment::load(&args.corpus, &args.calibration, &Sets::in_folder(&args.postings), &[])?;
    let table = experiment.count("rolecall count")?;
    let path = args.corpus.join("counts.csv");
    write_whole(&path, &table)?;
    writeln!(out, "{}: {} bytes", path.display(), table.len())?;
    out.flush()?;
    Ok(Outcome::Done)
}
