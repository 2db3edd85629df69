//! `rolecall report`: the evaluation report and the tables of the model card.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use rolecall::Classifier;
use rolecall::eval::{Experiment, ReportFiles, Sets, load};

use super::Outcome;
use super::output::write_or_check;

/// Measure the model and write its report and the tables of the model card, or check them.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Held-out labeled postings, as for 'rolecall eval': nobody read them or tuned on them
    postings: PathBuf,
    /// Labeled texts spliced from parts of such postings
    #[arg(long, value_name = "FILE")]
    splices: PathBuf,
    /// Folder as for 'rolecall count': its titled postings are measured as a mixed feed,
    /// cross-fitted by source
    #[arg(long, value_name = "FOLDER")]
    feed: Option<PathBuf>,
    /// Corpus folder
    #[arg(long, value_name = "FOLDER", default_value = "corpus")]
    corpus: PathBuf,
    /// Folder with the model, its calibration and its card (README.md)
    #[arg(long, value_name = "FOLDER", default_value = "models")]
    models: PathBuf,
    /// Write nothing; exit with 1 if a file differs from what would be written
    #[arg(long)]
    check: bool,
}

/// The lines of the card before and after its tables.
const MARKS: (&str, &str) = ("<!-- figures: written by rolecall report -->", "<!-- end of figures -->");

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let classifier = Classifier::from_file(args.models.join("rolecall.model"))?;
    let feed = match &args.feed {
        Some(folder) => {
            let calibration = args.models.join("calibration.toml");
            let experiment = Experiment::load(&args.corpus, &calibration, &Sets::in_folder(folder), &[])?;
            Some(experiment.feed_by_source()?)
        }
        None => None,
    };
    let files = ReportFiles::measure(&classifier, &load(&args.postings)?, &load(&args.splices)?, feed)?;
    let card_path = args.models.join("README.md");
    let card = std::fs::read_to_string(&card_path).with_context(|| card_path.display().to_string())?;
    let Some((before, rest)) = card.split_once(MARKS.0) else { bail!("{}: no '{}'", card_path.display(), MARKS.0) };
    let Some((_, after)) = rest.split_once(MARKS.1) else { bail!("{}: no '{}'", card_path.display(), MARKS.1) };
    let card = format!("{before}{}\n\n{}\n{}{after}", MARKS.0, files.tables, MARKS.1);
    let outputs = [(args.models.join("report.json"), files.json), (card_path, card.into_bytes())];
    write_or_check(&outputs, args.check, "rolecall report")
}
