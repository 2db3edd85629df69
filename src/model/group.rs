//! The classes of the naive Bayes model, and their lanes in a row of weights.

use super::Kind;

/// Number of groups that a row of weights has room for.
pub(crate) const LANES: usize = 16;

/// Lane of product management.
pub(crate) const PM: usize = 0;
/// Lane of product marketing.
pub(crate) const PMM: usize = 1;
/// Lane of shared duties.
pub(crate) const SHARED: usize = 2;
/// Lane of filler.
pub(crate) const FILLER: usize = 3;
/// Lane of all other jobs together.
pub(crate) const OTHER: usize = 4;
/// First lane of the families of other jobs, and so the number of kinds. The families only name the
/// nearest other job.
pub(crate) const FAMILIES: usize = 5;

/// The kinds in the order of their lanes. [`Kind::ALL`] has filler last instead.
pub(crate) const KINDS: [Kind; FAMILIES] = [Kind::Pm, Kind::Pmm, Kind::Shared, Kind::Filler, Kind::Other];

/// A class of the naive Bayes model: one of the kinds, or a family of other jobs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    /// `pm`, `pmm`, `shared`, `filler`, `other`, or a family: `design`, `sales` …
    pub name: String,
    /// The kind of its lines.
    pub kind: Kind,
    /// What the group stands for.
    pub family: Family,
}

/// Whether a group can be named as the nearest other job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// A family of jobs, which can be named; or one of the kinds, which are not compared.
    Job,
    /// Leading and hiring people: part of many jobs, so it is never named.
    Leadership,
    /// Sentences that are not from postings: named only for texts that are off topic.
    Prose,
}

impl Group {
    /// Name of the family of leading and hiring people.
    const LEADERSHIP: &str = "leadership";
    /// Name of the family of sentences that are not from postings.
    pub(crate) const PROSE: &str = "prose";
    /// Name of the family of the jobs that belong to no other family.
    pub(crate) const ELSEWHERE: &str = "elsewhere";

    /// A group by its name and kind.
    pub(crate) fn new(name: &str, kind: Kind) -> Self {
        let family = match (kind, name) {
            (Kind::Other, Self::LEADERSHIP) => Family::Leadership,
            (Kind::Other, Self::PROSE) => Family::Prose,
            _ => Family::Job,
        };
        Self { name: name.to_owned(), kind, family }
    }
}
