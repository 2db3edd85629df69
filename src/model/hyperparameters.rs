//! The parameters of training.

/// The parameters of training; they are part of the model file.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "train", derive(serde::Serialize))]
pub(crate) struct Hyperparameters {
    /// Additive smoothing (Lidstone's alpha) of the kinds.
    pub alpha: f64,
    /// Pseudo-counts by which a family of other jobs is shrunk towards all other jobs.
    pub shrinkage: f64,
    /// Fewest training lines with a stem for it to become a feature.
    pub min_lines: u32,
    /// Fewest training lines with a pair of stems for it to become a feature.
    pub min_pair_lines: u32,
}

impl Default for Hyperparameters {
    fn default() -> Self {
        Self { alpha: 1.2, shrinkage: 5_000.0, min_lines: 3, min_pair_lines: 3 }
    }
}
