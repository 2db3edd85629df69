//! Postings compared: what changed between two, or several side by side.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use crate::infer::{Classifier, Evidence, Interval, Reason, Scratch, Strength, TitleReading, Verdict};
use crate::model::{Label, Lens, Role};

use super::DutyTable;
use super::numbers::LEAST_SHOWN;

/// Several postings side by side.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SideBySide {
    /// The postings, in the order given.
    pub postings: Vec<Side>,
    /// Points by duty in each posting, the largest difference first. Those of a role sum to its
    /// strength in the posting.
    pub duties: Vec<DutyRow>,
}

/// A duty's points in several postings.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct DutyRow {
    /// The role.
    pub role: Role,
    /// Id of the duty; `None` for phrases without a named duty and for other wording.
    pub duty: Option<String>,
    /// Name of the duty.
    pub name: String,
    /// Points in each posting, in their order.
    pub points: Vec<f64>,
}

impl DutyRow {
    /// The largest points minus the smallest.
    #[must_use]
    pub fn difference(&self) -> f64 {
        let of = |best: fn(f64, f64) -> f64| self.points.iter().copied().reduce(best).unwrap_or_default();
        of(f64::max) - of(f64::min)
    }

    /// Whether its points in any posting, rounded to two decimals, are above 0.
    #[must_use]
    pub fn has_points(&self) -> bool {
        self.points.iter().any(|points| *points >= LEAST_SHOWN)
    }
}

/// What changed from one posting to another.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Comparison {
    /// The first posting.
    pub a: Side,
    /// The second.
    pub b: Side,
    /// PM share of the second minus that of the first; `None` unless both have one.
    pub share_change: Option<f64>,
    /// Points by duty, the largest change first. The changes of a role sum to the change of its
    /// strength.
    pub duties: Vec<DutyChange>,
    /// Phrases whose points differ or that are in one posting only, largest change first.
    pub phrases: Vec<PhraseChange>,
}

/// One posting of a comparison.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Side {
    /// The label.
    pub label: Label,
    /// Why the label is `unclear`.
    pub reason: Option<Reason>,
    /// Probability of the label, 0 to 1.
    pub confidence: f64,
    /// PM share, 0 to 1; `None` if the label is `unclear`.
    pub pm_share: Option<f64>,
    /// Its 90% interval.
    pub pm_share_interval: Option<Interval>,
    /// Strengths of the roles and of other jobs.
    pub strength: Strength,
    /// The title and what it claims.
    pub title: Option<TitleReading>,
    /// Whether the title had a part in the verdict.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) by_title: bool,
    /// The lens of the verdict.
    pub lens: Lens,
    /// Name, version and checksum of the model.
    pub model: Arc<str>,
}

/// A duty's points in both postings.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct DutyChange {
    /// The role.
    pub role: Role,
    /// Id of the duty; `None` for phrases without a named duty and for other wording.
    pub duty: Option<String>,
    /// Name of the duty.
    pub name: String,
    /// Points in the first posting.
    pub a: f64,
    /// Points in the second.
    pub b: f64,
}

/// A phrase's points in both postings.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct PhraseChange {
    /// The role.
    pub role: Role,
    /// The phrase.
    pub phrase: String,
    /// Id of its duty; `None` without a named duty.
    pub duty: Option<String>,
    /// Points in the first posting; `None` if it is not there.
    pub a: Option<f64>,
    /// Points in the second; `None` if it is not there.
    pub b: Option<f64>,
}

impl DutyChange {
    /// Points in the second minus points in the first.
    #[must_use]
    pub fn change(&self) -> f64 {
        self.b - self.a
    }
}

impl PhraseChange {
    /// Points in the second minus points in the first.
    #[must_use]
    pub fn change(&self) -> f64 {
        self.b.unwrap_or(0.0) - self.a.unwrap_or(0.0)
    }
}

/// Classifies two postings and compares `b` with `a`.
#[must_use]
pub fn compare(classifier: &Classifier, scratch: &mut Scratch, a: &str, b: &str) -> Comparison {
    let [(first, first_duties), (second, second_duties)] = [a, b].map(|posting| read(classifier, scratch, posting));
    let duties = duties(&[first_duties, second_duties]).into_iter().map(|row| {
        let [a, b] = [0, 1].map(|at| row.points.get(at).copied().unwrap_or_default());
        DutyChange { role: row.role, duty: row.duty, name: row.name, a, b }
    });
    Comparison {
        a: side(&first),
        b: side(&second),
        share_change: second.pm_share.zip(first.pm_share).map(|(b, a)| b - a),
        duties: duties.collect(),
        phrases: phrases(&[first, second]),
    }
}

/// Classifies postings and tabulates their points by duty.
///
/// ```
/// use rolecall::{Classifier, Scratch, explain::side_by_side};
///
/// let postings = ["Own the product roadmap.", "Write battle cards for sales.", "Plan the launch."];
/// let found = side_by_side(&Classifier::builtin()?, &mut Scratch::new(), &postings);
/// assert_eq!(found.postings.len(), 3);
/// assert!(found.duties.iter().all(|duty| duty.points.len() == 3));
/// # Ok::<(), rolecall::Error>(())
/// ```
#[must_use]
pub fn side_by_side(classifier: &Classifier, scratch: &mut Scratch, postings: &[&str]) -> SideBySide {
    let (verdicts, tables): (Vec<Verdict>, Vec<DutyTable>) =
        postings.iter().map(|posting| read(classifier, scratch, posting)).unzip();
    SideBySide { postings: verdicts.iter().map(side).collect(), duties: duties(&tables) }
}

/// The verdict on a posting, with all its phrases, and its points by duty.
fn read(classifier: &Classifier, scratch: &mut Scratch, posting: &str) -> (Verdict, DutyTable) {
    let whole = classifier.clone().with_options(classifier.options().phrases(usize::MAX));
    let verdict = whole.classify_with(scratch, None, posting);
    let duties = DutyTable::new(&whole, scratch, &verdict, posting);
    (verdict, duties)
}

impl From<&Comparison> for SideBySide {
    fn from(found: &Comparison) -> Self {
        let row = |duty: &DutyChange| DutyRow {
            role: duty.role,
            duty: duty.duty.clone(),
            name: duty.name.clone(),
            points: vec![duty.a, duty.b],
        };
        Self { postings: vec![found.a.clone(), found.b.clone()], duties: found.duties.iter().map(row).collect() }
    }
}

/// Whether the title had a part in the verdict.
pub(crate) fn by_title(verdict: &Verdict) -> bool {
    let alone = &verdict.by_duties_alone;
    verdict.title.is_some() && (alone.label, alone.confidence) != (verdict.label, verdict.confidence)
}

fn side(verdict: &Verdict) -> Side {
    Side {
        label: verdict.label,
        reason: verdict.reason,
        confidence: verdict.confidence,
        pm_share: verdict.pm_share,
        pm_share_interval: verdict.pm_share_interval,
        strength: verdict.strength,
        title: verdict.title.clone(),
        by_title: by_title(verdict),
        lens: verdict.lens,
        model: Arc::clone(&verdict.model),
    }
}

fn duties(tables: &[DutyTable]) -> Vec<DutyRow> {
    let mut rows: Vec<DutyRow> = Vec::new();
    for (at, table) in tables.iter().enumerate() {
        for role in Role::ALL {
            let named = table.duties(role).map(|duty| (Some(duty.duty.clone()), duty.name.clone(), duty.points));
            let rest = [
                ("phrases without a named duty", table.unnamed.of(role)),
                ("other wording", table.other_wording.of(role)),
            ];
            let rest = rest.into_iter().map(|(name, points)| (None, name.to_owned(), points));
            for (duty, name, points) in named.chain(rest) {
                let same = |row: &DutyRow| row.role == role && row.duty == duty && row.name == name;
                let found = rows.iter().position(same).unwrap_or_else(|| {
                    rows.push(DutyRow { role, duty, name, points: vec![0.0; tables.len()] });
                    rows.len() - 1
                });
                rows[found].points[at] += points;
            }
        }
    }
    rows.sort_by(|x, y| {
        y.difference().total_cmp(&x.difference()).then_with(|| (x.role, &x.name).cmp(&(y.role, &y.name)))
    });
    rows
}

fn phrases([first, second]: &[Verdict; 2]) -> Vec<PhraseChange> {
    let key = |phrase: &Evidence| (phrase.role, phrase.phrase.to_lowercase());
    let change = |phrase: &Evidence, a, b| {
        let duty = phrase.duty_id().map(str::to_owned);
        PhraseChange { role: phrase.role, phrase: phrase.phrase.clone(), duty, a, b }
    };
    let mut changes: Vec<_> = first.evidence.iter().map(|phrase| change(phrase, Some(phrase.points), None)).collect();
    // Phrases of the first posting that have no match yet: one that occurs twice is matched twice.
    let mut unmatched: HashMap<_, VecDeque<usize>> = HashMap::new();
    for (at, phrase) in first.evidence.iter().enumerate() {
        unmatched.entry(key(phrase)).or_default().push_back(at);
    }
    for phrase in &second.evidence {
        match unmatched.get_mut(&key(phrase)).and_then(VecDeque::pop_front) {
            Some(at) => changes[at].b = Some(phrase.points),
            None => changes.push(change(phrase, None, Some(phrase.points))),
        }
    }
    changes.retain(|change| change.change().abs() >= LEAST_SHOWN);
    changes.sort_by(|x, y| {
        let size = |change: &PhraseChange| change.change().abs();
        size(y).total_cmp(&size(x)).then_with(|| (x.role, &x.phrase).cmp(&(y.role, &y.phrase)))
    });
    changes
}
