//! One posting through every lens, and the duties by which the lenses differ.

use std::collections::HashMap;

use crate::infer::{Classifier, Interval, LineVerdict, Reason, Scratch, Strength, Verdict};
use crate::model::{Duty, Kind, Label, Lens};
use crate::text::Span;

/// Smallest change in points that is reported.
const MIN_CHANGE: f64 = 0.1;

/// Smallest difference of shares that is reported.
const MIN_SHARE_DIFFERENCE: f64 = 0.05;

/// Maximum number of duties that are listed per lens.
const MAX_DUTIES: usize = 5;

/// A posting through every lens.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LensTable {
    /// One row per lens, in the order of [`Lens::ALL`].
    pub rows: Vec<LensRow>,
}

/// The verdict through one lens.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LensRow {
    /// The lens.
    pub lens: Lens,
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
    /// The duties by which it differs from the consensus, largest change first; empty for
    /// the consensus itself.
    pub differs: Vec<DutyShift>,
}

/// A duty whose points differ between a lens and the consensus.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct DutyShift {
    /// Id of the duty; `None` for lines without a named duty.
    pub duty: Option<String>,
    /// Its name.
    pub name: String,
    /// Its kind in the consensus.
    pub consensus: Kind,
    /// Its kind through the lens.
    pub through: Kind,
    /// Points by which its lines move toward PM through the lens; negative toward PMM.
    pub points: f64,
    /// The lines.
    pub lines: Vec<Span>,
}

impl LensTable {
    /// Classifies `posting` through every lens, with the classifier's other options.
    #[must_use]
    pub fn new(classifier: &Classifier, scratch: &mut Scratch, title: Option<&str>, posting: &str) -> Self {
        let views = Lens::ALL.map(|lens| {
            let through = classifier.clone().with_options(classifier.options().lens(lens).phrases(usize::MAX));
            let verdict = through.classify_with(scratch, title, posting);
            let lines = through.lines(scratch, posting);
            (verdict, lines)
        });
        Self { rows: views.iter().map(|view| row(&view.0, shifts(&views[0], view))).collect() }
    }

    /// The rows whose label differs from that of the consensus, or whose share does by at least
    /// 0.05, if they list duties in which they differ.
    pub fn differing(&self) -> impl Iterator<Item = &LensRow> {
        let consensus = self.rows.first();
        self.rows.iter().filter(move |row| {
            let differs = |to: &LensRow| {
                let shares = row.pm_share.zip(to.pm_share);
                row.label != to.label || shares.is_some_and(|(a, b)| (a - b).abs() >= MIN_SHARE_DIFFERENCE)
            };
            !row.differs.is_empty() && consensus.is_some_and(differs)
        })
    }

    /// Whether all lenses give the same label.
    #[must_use]
    pub fn agree(&self) -> bool {
        self.rows.windows(2).all(|pair| pair[0].label == pair[1].label)
    }
}

fn row(verdict: &Verdict, differs: Vec<DutyShift>) -> LensRow {
    LensRow {
        lens: verdict.lens,
        label: verdict.label,
        reason: verdict.reason,
        confidence: verdict.confidence,
        pm_share: verdict.pm_share,
        pm_share_interval: verdict.pm_share_interval,
        strength: verdict.strength,
        differs,
    }
}

type View = (Verdict, Vec<LineVerdict>);

/// The duty of each line's first phrase.
fn duty_by_line(verdict: &Verdict) -> HashMap<Span, Option<&Duty>> {
    let mut duties = HashMap::new();
    for phrase in &verdict.evidence {
        duties.entry(phrase.line).or_insert(phrase.duty.as_deref());
    }
    duties
}

/// The differences in points, summed by duty.
fn shifts(consensus: &View, view: &View) -> Vec<DutyShift> {
    let lens = view.0.lens;
    let duties = [&view.0, &consensus.0].map(duty_by_line);
    let mut shifts: Vec<DutyShift> = Vec::new();
    // Lenses differ in weights only: both views have the same lines.
    for (before, after) in consensus.1.iter().zip(&view.1) {
        let points = after.points - before.points;
        if points.abs() < MIN_CHANGE {
            continue;
        }
        let found = [0, 1].map(|of| duties[of].get(&after.span).copied().flatten());
        // Preferably the duty that the lens assigns differently.
        let moved = found.into_iter().flatten().find(|duty| duty.kind(lens) != duty.kind(Lens::Consensus));
        let duty = moved.or_else(|| found.into_iter().flatten().next());
        let id = duty.map(|duty| duty.id.clone());
        match shifts.iter_mut().find(|shift| shift.duty == id) {
            Some(shift) => {
                shift.points += points;
                shift.lines.push(after.span);
            }
            None => shifts.push(DutyShift {
                duty: id,
                name: duty.map_or_else(|| "other lines".to_owned(), |duty| duty.name.clone()),
                consensus: duty.map_or(before.kind, |duty| duty.kind(Lens::Consensus)),
                through: duty.map_or(after.kind, |duty| duty.kind(lens)),
                points,
                lines: vec![after.span],
            }),
        }
    }
    shifts.retain(|shift| shift.points.abs() >= MIN_CHANGE);
    shifts.sort_by(|a, b| b.points.abs().total_cmp(&a.points.abs()).then_with(|| a.duty.cmp(&b.duty)));
    shifts.truncate(MAX_DUTIES);
    shifts
}
