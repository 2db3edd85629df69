//! Two postings compared, or two versions of one.

use std::collections::{HashMap, VecDeque};

use crate::infer::{Classifier, Evidence, Interval, Reason, Scratch, Strength, TitleReading, Verdict};
use crate::model::{Label, Role};

use super::DutyTable;

/// What changed from one posting to another.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Comparison {
    /// The first posting.
    pub a: Side,
    /// The second.
    pub b: Side,
    /// PM share of the second minus that of the first.
    pub share_change: Option<f64>,
    /// Points by duty, largest change first. The changes of a role sum to the change of its
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
    /// PM share, 0 to 1.
    pub pm_share: Option<f64>,
    /// Its 90% interval.
    pub pm_share_interval: Option<Interval>,
    /// Strengths of the roles and of the nearest other job.
    pub strength: Strength,
    /// The title and what it claims.
    pub title: Option<TitleReading>,
}

/// A duty's points in both postings.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct DutyChange {
    /// The role.
    pub role: Role,
    /// Its id; `None` for phrases without a named duty and for other wording.
    pub duty: Option<String>,
    /// Its name.
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
    /// Id of its duty.
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

/// Changes below this are rounding errors.
const MIN_CHANGE: f64 = 0.005;

/// Compares posting `b` with posting `a`.
#[must_use]
pub fn compare(classifier: &Classifier, scratch: &mut Scratch, a: &str, b: &str) -> Comparison {
    let whole = classifier.clone().with_options(classifier.options().phrases(usize::MAX));
    let verdicts = [a, b].map(|posting| whole.classify_with(scratch, None, posting));
    let tables = [(&verdicts[0], a), (&verdicts[1], b)]
        .map(|(verdict, posting)| DutyTable::new(&whole, scratch, verdict, posting));
    let [first, second] = &verdicts;
    Comparison {
        a: side(first),
        b: side(second),
        share_change: second.pm_share.zip(first.pm_share).map(|(b, a)| b - a),
        duties: duties(&tables),
        phrases: phrases(&verdicts),
    }
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
    }
}

fn duties(tables: &[DutyTable; 2]) -> Vec<DutyChange> {
    let mut changes: Vec<DutyChange> = Vec::new();
    for (which, table) in tables.iter().enumerate() {
        for role in Role::ALL {
            let named = table.duties(role).map(|duty| (Some(duty.duty.clone()), duty.name.clone(), duty.points));
            let rest = [
                ("phrases without a named duty", table.unnamed.of(role)),
                ("other wording", table.other_wording.of(role)),
            ];
            let rest = rest.into_iter().map(|(name, points)| (None, name.to_owned(), points));
            for (duty, name, points) in named.chain(rest) {
                let same = |change: &&mut DutyChange| change.role == role && change.duty == duty && change.name == name;
                let found = changes.iter_mut().find(same);
                match (found, which) {
                    (Some(change), 0) => change.a += points,
                    (Some(change), _) => change.b += points,
                    (None, 0) => changes.push(DutyChange { role, duty, name, a: points, b: 0.0 }),
                    (None, _) => changes.push(DutyChange { role, duty, name, a: 0.0, b: points }),
                }
            }
        }
    }
    changes.sort_by(|x, y| {
        let size = |change: &DutyChange| change.change().abs();
        size(y).total_cmp(&size(x)).then_with(|| (x.role, &x.name).cmp(&(y.role, &y.name)))
    });
    changes
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
    changes.retain(|change| change.change().abs() >= MIN_CHANGE);
    changes.sort_by(|x, y| {
        let size = |change: &PhraseChange| change.change().abs();
        size(y).total_cmp(&size(x)).then_with(|| (x.role, &x.phrase).cmp(&(y.role, &y.phrase)))
    });
    changes
}
