//! Training from files.

use std::path::Path;

use serde::Serialize;

use super::Parts;
use crate::corpus::counts::RealCounts;
use crate::corpus::{self, Corpus};
use crate::error::{Error, ErrorKind};
use crate::model::calibration::Calibration;
use crate::model::hyperparameters::Hyperparameters;
use crate::model::{Kind, Lens, Model, file};

/// A trained model, ready to be written.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Trained {
    /// Contents of the model file.
    pub model: Vec<u8>,
    /// Contents of the manifest: sizes and hyperparameters of the model, as JSON.
    pub manifest: Vec<u8>,
    /// One line of text about the model.
    pub summary: String,
}

/// Trains a model from the corpus in `folder` and the TOML file `calibration`; if that
/// file does not exist, the model is uncalibrated.
///
/// The same files give the same bytes on every run.
///
/// # Errors
/// If the corpus or the calibration file cannot be read or is invalid.
pub fn train(folder: &Path, calibration: &Path) -> Result<Trained, Error> {
    let corpus = corpus::load(folder)?;
    let calibration = read_calibration(calibration)?;
    let counts = RealCounts::load(&folder.join("counts.csv"))?;
    let model = super::train_model(&corpus, &counts, (&Hyperparameters::default(), &calibration), Parts::All)?;
    let bytes = file::write(&model);
    let manifest = Manifest::of(&corpus, &model, bytes.len());
    let summary = format!(
        "{}: {} lines, {} stems, {} features, {} groups, {} lenses, {} bytes",
        model.id(),
        corpus.lines.len(),
        manifest.stems,
        manifest.features,
        manifest.groups.len(),
        manifest.lenses,
        bytes.len()
    );
    let mut json = serde_json::to_vec_pretty(&manifest)
        .map_err(|error| Error::new(ErrorKind::Training, format!("manifest: {error}")))?;
    json.push(b'\n');
    Ok(Trained { model: bytes, manifest: json, summary })
}

/// Reads a calibration file; the defaults if it does not exist.
pub(crate) fn read_calibration(path: &Path) -> Result<Calibration, Error> {
    match std::fs::read_to_string(path) {
        Ok(text) => toml::from_str(&text)
            .map_err(|error| Error::new(ErrorKind::Training, error.message().to_owned()).file(path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Calibration::default()),
        Err(error) => Err(Error::from_cause(ErrorKind::Io, error).file(path.display())),
    }
}

/// Sizes and hyperparameters of a model.
#[derive(Serialize)]
struct Manifest {
    model: String,
    format_version: u16,
    checksum: String,
    bytes: usize,
    lines: usize,
    lines_by_kind: [(&'static str, usize); 5],
    duties: usize,
    topics: usize,
    stems: usize,
    features: usize,
    groups: Vec<String>,
    lenses: usize,
    hyperparameters: Hyperparameters,
}

impl Manifest {
    fn of(corpus: &Corpus, model: &Model, bytes: usize) -> Self {
        let count = |kind: Kind| corpus.lines.iter().filter(|line| line.kind == kind).count();
        Self {
            model: model.name.clone(),
            format_version: file::VERSION,
            checksum: model.checksum.clone(),
            bytes,
            lines: corpus.lines.len(),
            lines_by_kind: Kind::ALL.map(|kind| (kind.as_str(), count(kind))),
            duties: corpus.duties.len(),
            topics: corpus.topics.len(),
            stems: model.stems.len(),
            features: model.index.features(model.stems.len()).map_or(0, |features| features.len()),
            groups: model.groups.iter().map(|group| group.name.clone()).collect(),
            lenses: Lens::ALL.len(),
            hyperparameters: model.hyperparameters.clone(),
        }
    }
}
