//! The parameters of training.

/// The parameters of training; they are part of the model file.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "train", derive(serde::Serialize))]
pub(crate) struct Hyperparameters {
    /// Additive smoothing of the counts of each kind (Lidstone's alpha).
    pub alpha: f64,
    /// Pseudo-counts by which a family of other jobs is shrunk toward all other jobs.
    pub shrinkage: f64,
    /// Weight of a written line. A line of a real posting that an annotator labeled has weight 1.
    pub written_weight: f64,
    /// Weight of a line of an unlabeled posting, whose kind is estimated among those that the title
    /// allows; 0 to leave such lines out.
    pub titled_weight: f64,
}

impl Default for Hyperparameters {
    fn default() -> Self {
        Self { alpha: 1.2, shrinkage: 1_500.0, written_weight: 0.3, titled_weight: 0.0 }
    }
}
