//! A trained model: stems, features, weights by lens, duties, parameters.

use std::borrow::Cow;
use std::sync::Arc;

use super::calibration::Calibration;
use super::duty_links::LinkList;
use super::feature_index::FeatureIndex;
use super::hyperparameters::Hyperparameters;
use super::product_weights::ProductWeights;
use super::{ByLens, Duty, Group, Lens, Rows};
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
    /// By source, its weights in the lanes that lenses change, by place; empty for the consensus.
    pub changed: ByLens<Cow<'static, [u8]>>,
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
        match lens {
            Lens::Consensus => self.consensus.clone(),
            _ => self.consensus.with(&self.changed[lens]),
        }
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
