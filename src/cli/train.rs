//! `rolecall train`: builds the model from the corpus.

use std::path::PathBuf;

use anyhow::Result;

use super::Outcome;
use super::output::{write_or_check, write_result};

/// Train the model from the corpus, or check that it is up to date.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Corpus folder
    #[arg(long, value_name = "FOLDER", default_value = "corpus")]
    corpus: PathBuf,
    /// Model folder: calibration.toml is read, rolecall.model and manifest.json are written
    #[arg(long, value_name = "FOLDER", default_value = "models")]
    models: PathBuf,
    /// Write nothing; exit with 1 if the model differs from what training gives
    #[arg(long)]
    check: bool,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let trained = rolecall::train::train(&args.corpus, &args.models.join("calibration.toml"))?;
    let files = [("rolecall.model", trained.model), ("manifest.json", trained.manifest)]
        .map(|(name, bytes)| (args.models.join(name), bytes));
    let outcome = write_or_check(&files, args.check, "rolecall train")?;
    if !args.check {
        write_result(None, format!("{}\n", trained.summary).as_bytes())?;
    }
    Ok(outcome)
}
