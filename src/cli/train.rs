//! `rolecall train`: builds the model from the corpus.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::Outcome;
use super::output::{message, stdout, write_whole};

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
    let files = [("rolecall.model", &trained.model), ("manifest.json", &trained.manifest)];
    if args.check {
        let mut same = true;
        for (name, bytes) in files {
            let path = args.models.join(name);
            let found = std::fs::read(&path).with_context(|| path.display().to_string())?;
            if found != *bytes {
                message(&format!("{}: out of date; run 'rolecall train'", path.display()));
                same = false;
            }
        }
        return Ok(if same { Outcome::Done } else { Outcome::Incomplete });
    }
    for (name, bytes) in files {
        write_whole(&args.models.join(name), bytes)?;
    }
    let mut out = stdout();
    writeln!(out, "{}", trained.summary)?;
    out.flush()?;
    Ok(Outcome::Done)
}
