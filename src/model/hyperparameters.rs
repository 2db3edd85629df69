//! The parameters of training.

/// The parameters of training; they are part of the model file.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "train", derive(serde::Serialize))]
pub(crate) struct Hyperparameters {
    /// Additive smoothing (Lidstone's alpha) of the kinds.
    pub alpha: f64,
    /// Pseudo-counts by which a family of other jobs is shrunk towards all other jobs.
    pub shrinkage: f64,
    /// Weight of a written line, relative to a real line that a reader labeled.
    pub written_weight: f64,
    /// Weight of a real line whose possible kinds follow from a title, relative to the same.
    pub titled_weight: f64,
}

impl Default for Hyperparameters {
    fn default() -> Self {
        Self { alpha: 1.2, shrinkage: 1_500.0, written_weight: 0.3, titled_weight: 0.0 }
    }
}
