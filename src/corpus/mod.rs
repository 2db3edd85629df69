//! The training data: sources, duties, topics and lines, loaded and checked.

mod check;
pub(crate) mod counts;
mod load;

pub(crate) use load::load;

use crate::model::{Duty, Kind, Lens};

/// A source's assignment of a duty to a role: a row of `items.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    /// Its id: `guide.pm.02`.
    pub id: String,
    /// The source's lens; `None` for what postings ask for, which belongs to no source.
    pub lens: Option<Lens>,
    /// The role or roles to which the source assigns the duty.
    pub kind: Kind,
    /// Its line in `items.csv`, from 1.
    pub line: u64,
}

/// A duty and the items it covers: a row of `duties.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DutyEntry {
    /// The duty itself.
    pub duty: Duty,
    /// Ids of the items it covers.
    pub items: Vec<String>,
    /// How the sources disagree, if they do.
    pub note: String,
    /// Its line in `duties.csv`, from 1.
    pub line: u64,
}

/// What lines that state no duty of either role are about: a row of `topics.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Topic {
    /// Its id: `product-design`, `health-benefits`.
    pub id: String,
    /// [`Kind::Other`] or [`Kind::Filler`].
    pub kind: Kind,
    /// Its family of jobs or of filler: `design`, `benefits`.
    pub family: String,
    /// Its line in `topics.csv`, from 1.
    pub line: u64,
}

/// A training line: a row of `lines.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TrainingLine {
    /// Its kind.
    pub kind: Kind,
    /// Id of its duty or topic.
    pub id: String,
    /// Its text, as in a posting.
    pub text: String,
    /// Its line in `lines.csv`, from 1.
    pub line: u64,
}

/// The whole corpus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Corpus {
    /// The sources' attributions.
    pub items: Vec<Item>,
    /// The duties, in order.
    pub duties: Vec<DutyEntry>,
    /// The topics of other jobs and of filler, in order.
    pub topics: Vec<Topic>,
    /// The training lines, in order.
    pub lines: Vec<TrainingLine>,
}

impl Corpus {
    /// The duty with this id.
    pub(crate) fn duty(&self, id: &str) -> Option<&DutyEntry> {
        self.duties.iter().find(|entry| entry.duty.id == id)
    }

    /// The kind and family of the duty or topic `id` through `lens`. A duty's family is its
    /// theme.
    pub(crate) fn group_of(&self, id: &str, lens: Lens) -> Option<(Kind, &str)> {
        if let Some(entry) = self.duty(id) {
            return Some((entry.duty.kind(lens), &entry.duty.theme));
        }
        self.topics.iter().find(|topic| topic.id == id).map(|topic| (topic.kind, topic.family.as_str()))
    }
}
