//! `rolecall train`: from the corpus to the model.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::Outcome;
use super::output::{complain, stdout, write_whole};

/// Train the model from the corpus.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Folder of the corpus
    #[arg(long, value_name = "FOLDER", default_value = "corpus")]
    corpus: PathBuf,
    /// Folder of the model: it holds calibration.toml, and gets rolecall.model and manifest.json
    #[arg(long, value_name = "FOLDER", default_value = "models")]
    models: PathBuf,
    /// Write nothing; fail with exit code 1 when the model is not what the corpus gives
    #[arg(long)]
    check: bool,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let trained = rolecall::corpus::train(&args.corpus, &args.models.join("calibration.toml"))?;
    let files = [("rolecall.model", &trained.model), ("manifest.json", &trained.manifest)];
    if args.check {
        let mut same = true;
        for (name, bytes) in files {
            let path = args.models.join(name);
            let found = std::fs::read(&path).with_context(|| path.display().to_string())?;
            if found != *bytes {
                complain(&format!("{}: not what the corpus gives; run 'rolecall train'", path.display()));
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
