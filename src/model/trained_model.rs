//! A trained model: stems, features, weights by lens, duties, parameters.

use std::sync::Arc;

use super::calibration::Calibration;
use super::duty_links::LinkList;
use super::feature_index::FeatureIndex;
use super::hyperparameters::Hyperparameters;
use super::product_weights::ProductWeights;
use super::{ByLens, Duty, Group, Lens, LensChanges, Rows};
use crate::tokenize::role_mask::RoleMask;
use crate::tokenize::{lookup::VocabularyLookup, vocabulary::Vocabulary};

/// A trained model. It is immutable and shared in an [`Arc`].
#[derive(Debug, Clone)]
pub(crate) struct Model {
    /// Name and version, without the checksum.
    pub name: String,
    /// Checksum of the file, in hexadecimal.
    pub checksum: String,
    /// The parameters it was trained with.
    #[cfg_attr(not(feature = "train"), expect(dead_code, reason = "written to model files by training"))]
    pub hyperparameters: Hyperparameters,
    /// The parameters that turn line scores into a verdict.
    pub calibration: Calibration,
    /// The classes, by lane.
    pub groups: Vec<Group>,
    /// The stems, by id.
    pub stems: Vocabulary,
    /// Role names and partner cues.
    pub mask: RoleMask,
    /// From a feature to its place.
    pub index: FeatureIndex,
    /// Weights through the consensus, by place.
    pub consensus: Rows,
    /// By lens, what it changes in them.
    pub changes: ByLens<LensChanges>,
    /// Weights of a product role against all other jobs, by place.
    pub product: ProductWeights,
    /// The duties, and the topics of filler.
    pub duties: Vec<Arc<Duty>>,
    /// The duties that a feature is linked to.
    pub links: LinkList,
}

impl Model {
    /// The weights through `lens`.
    pub(crate) fn rows(&self, lens: Lens) -> Rows {
        self.changes[lens].of(&self.consensus)
    }

    /// Name, version and checksum, as in verdicts.
    pub(crate) fn id(&self) -> String {
        format!("{} {}", self.name, self.checksum.get(..12).unwrap_or(&self.checksum))
    }

    /// The mask of a vocabulary.
    pub(crate) fn mask_of(stems: &Vocabulary) -> RoleMask {
        RoleMask::new(&mut VocabularyLookup::new(stems))
    }
}
