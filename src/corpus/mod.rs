//! What the model is trained on: sources, duties, topics and lines, loaded and checked.

mod check;
mod load;

pub use check::check;
pub use load::load;

use crate::model::{Duty, Kind, Lens};

/// One of the source texts.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Source {
    /// Short name.
    pub id: String,
    /// What it is.
    pub title: String,
    /// The lenses it holds.
    pub lenses: Vec<String>,
}

/// What one source attributes to whom: one row of `items.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Item {
    /// Its name: `guide.pm.02`.
    pub id: String,
    /// The lens that says it; `None` for what advertised jobs are said to ask.
    pub lens: Option<Lens>,
    /// Whom the source gives it to.
    pub kind: Kind,
    /// The duty in a few words.
    pub term: String,
    /// Line of `items.csv`, from 1.
    pub line: u64,
}

/// A duty with the items it covers: one row of `duties.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DutyEntry {
    /// The duty itself.
    pub duty: Duty,
    /// Names of the items it covers.
    pub items: Vec<String>,
    /// What there is to say where the sources disagree.
    pub note: String,
    /// Line of `duties.csv`, from 1.
    pub line: u64,
}

/// A subject of lines that are no duty of either role: one row of `topics.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Topic {
    /// Short name: `product-design`, `health-benefits`.
    pub id: String,
    /// [`Kind::Other`] or [`Kind::Filler`].
    pub kind: Kind,
    /// The family of jobs, or of filler, it belongs to: `design`, `benefits`.
    pub family: String,
    /// Line of `topics.csv`, from 1.
    pub line: u64,
}

/// A training line: one row of `lines.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Line {
    /// What the line is.
    pub kind: Kind,
    /// Its duty or topic.
    pub id: String,
    /// The line as a posting might phrase it.
    pub text: String,
    /// Line of `lines.csv`, from 1.
    pub line: u64,
}

/// The whole corpus.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Corpus {
    /// The source texts.
    pub sources: Vec<Source>,
    /// The items the sources attribute.
    pub items: Vec<Item>,
    /// The duties, in order.
    pub duties: Vec<DutyEntry>,
    /// The topics of other jobs and of filler, in order.
    pub topics: Vec<Topic>,
    /// The training lines, in order.
    pub lines: Vec<Line>,
}

impl Corpus {
    /// The duty called `id`.
    #[must_use]
    pub fn duty(&self, id: &str) -> Option<&DutyEntry> {
        self.duties.iter().find(|entry| entry.duty.id == id)
    }

    /// The kind of the lines of `id` through `lens`, and the family when they are
    /// another job's.
    pub(crate) fn group_of(&self, id: &str, lens: Lens) -> Option<(Kind, &str)> {
        if let Some(entry) = self.duty(id) {
            return Some((entry.duty.kind(lens), &entry.duty.theme));
        }
        self.topics.iter().find(|topic| topic.id == id).map(|topic| (topic.kind, topic.family.as_str()))
    }
}
