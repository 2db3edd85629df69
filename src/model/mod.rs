//! The trained model: stems, features, weights by lens, duties, calibration.

pub(crate) mod builtin;
pub(crate) mod duty;
pub(crate) mod duty_links;
pub(crate) mod feature_index;
pub(crate) mod file;
pub(crate) mod hyperparameters;
mod indexed;
mod kind;
mod label;
#[cfg(any(feature = "train", test))]
pub(crate) mod layout;
mod lens;
mod named;
mod role;
mod weights;

pub use duty::Duty;
pub use indexed::{ByKind, ByLabel, ByLens, ByRole};
pub use kind::Kind;
pub use label::Label;
pub use lens::Lens;
pub use role::Role;
pub(crate) use weights::{CHANGED, Row, Rows, weight};

use std::borrow::Cow;

use crate::tokenize::role_mask::MaskIds;
use crate::tokenize::stemmer::{StemTable, Stems, english};
use duty_links::LinkList;
use feature_index::FeatureIndex;
use hyperparameters::{Calibration, Settings};

/// Groups a row of weights has room for.
pub(crate) const LANES: usize = 16;

/// Weights are kept in fixed point: one log-odds is this many units. Sums of
/// integers are exact in any order, so evidence adds up to the score to the last bit.
pub(crate) const UNITS: f64 = 16.0;

/// A class of the naive Bayes model: one of the kinds, or a family of other jobs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    /// `pm`, `pmm`, `shared`, `filler`, or a family: `design`, `sales` …
    pub name: String,
    /// The kind of line it stands for.
    pub kind: Kind,
}

/// A trained model. Immutable; share it behind an [`std::sync::Arc`].
#[derive(Debug, Clone)]
pub(crate) struct Model {
    /// Name and version, without the checksum.
    pub name: String,
    /// Checksum of the file, in hexadecimal.
    pub checksum: String,
    /// How features are made.
    pub settings: Settings,
    /// How scores are read.
    pub calibration: Calibration,
    /// The classes.
    pub groups: Vec<Group>,
    /// The stems, by id.
    pub stems: StemTable,
    /// Role names and partner cues.
    pub mask: MaskIds,
    /// From a feature to its place.
    pub index: FeatureIndex,
    /// Weights through the consensus lens, by place.
    pub consensus: Rows,
    /// By source, the lanes that differ from the consensus, by place; empty for the consensus itself.
    pub changed: ByLens<Cow<'static, [u8]>>,
    /// The duties.
    pub duties: Vec<Duty>,
    /// Which duties a feature speaks of.
    pub links: LinkList,
}

/// The lanes of the three kinds that lenses disagree about, and of filler.
pub(crate) const PM: usize = 0;
/// Lane of product marketing.
pub(crate) const PMM: usize = 1;
/// Lane of shared duties.
pub(crate) const SHARED: usize = 2;
/// Lane of filler.
pub(crate) const FILLER: usize = 3;
/// First lane of the families of other jobs.
pub(crate) const OTHER: usize = 4;

impl Model {
    /// The weights seen through `lens`.
    pub(crate) fn rows(&self, lens: Lens) -> Rows {
        match lens {
            Lens::Consensus => self.consensus.clone(),
            _ => self.consensus.with(&self.changed[lens]),
        }
    }

    /// Name, version and checksum, as verdicts carry it.
    pub(crate) fn id(&self) -> String {
        format!("{} {}", self.name, self.checksum.get(..12).unwrap_or(&self.checksum))
    }

    /// The mask of a vocabulary.
    pub(crate) fn mask_of(stems: &StemTable) -> MaskIds {
        MaskIds::new(&mut Stems { table: stems, stemmer: &english() })
    }
}
