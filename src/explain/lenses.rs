//! One posting through every lens, and the duties that make the difference.

use crate::infer::{Classifier, LineVerdict, Reason, Scratch, Strength, Verdict};
use crate::model::{Kind, Label, Lens};
use crate::text::Span;

/// Changes of fewer points than this, in duty lines, make no difference.
const FELT: f64 = 0.1;

/// Shares this far apart are told apart.
const APART: f64 = 0.05;

/// Duties named for a lens at most.
const MOST: usize = 5;

/// A posting through every lens.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LensTable {
    /// One row a lens, in the order of [`Lens::ALL`].
    pub rows: Vec<LensRow>,
}

/// What one lens shows.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LensRow {
    /// The lens.
    pub lens: Lens,
    /// The label through it.
    pub label: Label,
    /// Why it is unclear.
    pub reason: Option<Reason>,
    /// Probability of the label, 0 to 1.
    pub confidence: f64,
    /// PM's part, 0 to 1.
    pub pm_share: f64,
    /// Its 90% interval.
    pub pm_share_interval: [f64; 2],
    /// The strengths.
    pub strength: Strength,
    /// The duties by which it departs from the consensus, largest change first; none
    /// for the consensus itself.
    pub differs: Vec<DutyShift>,
}

/// A duty that weighs otherwise through a lens than by consensus.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct DutyShift {
    /// Short name of the duty; `None` for lines no duty is named for.
    pub duty: Option<String>,
    /// What it is, in a few words.
    pub name: String,
    /// Its kind by consensus.
    pub consensus: Kind,
    /// Its kind through the lens.
    pub through: Kind,
    /// Points towards PM that its lines gain through the lens; below 0 towards PMM.
    pub points: f64,
    /// The lines.
    pub lines: Vec<Span>,
}

impl LensTable {
    /// Looks at `posting` through every lens. The classifier's other options hold.
    #[must_use]
    pub fn new(classifier: &Classifier, scratch: &mut Scratch, title: Option<&str>, posting: &str) -> Self {
        let mut views = Lens::ALL.into_iter().map(|lens| {
            let through = classifier.clone().with_options(classifier.options().lens(lens).phrases(usize::MAX));
            let verdict = through.classify_titled(scratch, title, posting);
            let lines = through.lines(scratch, posting);
            (verdict, lines)
        });
        let Some(consensus) = views.next() else { return Self { rows: Vec::new() } };
        let mut rows = vec![row(&consensus.0, Vec::new())];
        rows.extend(views.map(|view| {
            let shifts = shifts(classifier, &consensus, &view);
            row(&view.0, shifts)
        }));
        Self { rows }
    }

    /// The rows that give another label than the consensus, or a share that is apart from
    /// its by 0.05 or more, for a duty that can be named.
    pub fn differing(&self) -> impl Iterator<Item = &LensRow> {
        let consensus = self.rows.first();
        self.rows.iter().filter(move |row| {
            let apart = |to: &LensRow| row.label != to.label || (row.pm_share - to.pm_share).abs() >= APART;
            !row.differs.is_empty() && consensus.is_some_and(apart)
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

/// Where the lines' points differ, by duty.
fn shifts(classifier: &Classifier, consensus: &View, view: &View) -> Vec<DutyShift> {
    let lens = view.0.lens;
    let mut shifts: Vec<DutyShift> = Vec::new();
    // Lenses differ in weights, never in how a text is cut into lines.
    for (before, after) in consensus.1.iter().zip(&view.1) {
        let points = after.points - before.points;
        if points.abs() < FELT {
            continue;
        }
        let named = |verdict: &Verdict| {
            let phrase = verdict.evidence.iter().find(|phrase| phrase.line == after.span)?;
            classifier.duties().find(|duty| Some(&duty.id) == phrase.duty.as_ref())
        };
        let found = [named(&view.0), named(&consensus.0)];
        // The duty the lens sees otherwise, if it is among them.
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
    shifts.retain(|shift| shift.points.abs() >= FELT);
    shifts.sort_by(|a, b| b.points.abs().total_cmp(&a.points.abs()).then_with(|| a.duty.cmp(&b.duty)));
    shifts.truncate(MOST);
    shifts
}
