//! Whether the phrases shown as evidence are in lines of their role.

use serde::Serialize;

use super::line_metrics::placed;
use super::metrics::{fractions_table, ratio};
use super::{Example, LineExample};
use crate::infer::{Classifier, Evidence, Scratch};
use crate::model::{ByKind, ByRole, Kind, Role};
use crate::text::Span;

/// Phrases per role that count: those that a reader sees first.
const SHOWN: usize = 5;

/// Where the clearest phrases of each role stand, by the annotators' kinds of lines.
#[derive(Debug, Clone, Default, Serialize)]
#[non_exhaustive]
pub struct EvidenceMetrics {
    /// Number of phrases, at most five per role and posting.
    pub phrases: usize,
    /// Fraction in lines of their role.
    pub own: f64,
    /// Fraction in lines of their role or of both.
    pub own_or_shared: f64,
    /// Fraction in lines of the other role.
    pub other_role: f64,
    /// Fraction in lines that are not duties.
    pub filler: f64,
    /// Fraction in lines of another job.
    pub other_job: f64,
    /// Number of postings without any line of a role.
    pub absent: usize,
    /// Fraction of them that show a phrase of that role.
    pub absent_shown: f64,
    /// Number of roles that a posting has lines of.
    pub present: usize,
    /// Fraction of them that show a phrase.
    pub present_shown: f64,
    /// Of the roles with phrases, the fraction in which other wording is at most a third of the
    /// strength, if all phrases are listed.
    pub other_wording_small: f64,
}

impl EvidenceMetrics {
    /// The fractions as a table in Markdown.
    #[must_use]
    pub fn table(&self) -> String {
        let rows = [
            ("phrases in lines of their role", self.own),
            ("in lines of their role or of both", self.own_or_shared),
            ("in lines of the other role", self.other_role),
            ("in lines that are no duties", self.filler),
            ("in lines of another job", self.other_job),
            ("postings without a duty of a role that show a phrase of it", self.absent_shown),
            ("postings with duties of a role that show a phrase of it", self.present_shown),
            ("other wording at most a third of the strength", self.other_wording_small),
        ];
        fractions_table(&format!("{} phrases, at most five per role and posting", self.phrases), &rows)
    }
}

/// Counts, before they are divided.
#[derive(Debug, Clone, Default)]
pub(super) struct EvidenceCounts {
    /// Phrases in lines of their role, and by kind those in other lines.
    own: usize,
    lines: ByKind<usize>,
    /// Postings without and with lines of a role, and those of them with phrases.
    absent: [usize; 2],
    present: [usize; 2],
    /// Roles with phrases, and those with little other wording.
    wording: [usize; 2],
}

impl EvidenceCounts {
    /// Counts the phrases of the postings whose lines are labeled.
    pub(super) fn add(&mut self, classifier: &Classifier, lines: &[LineExample], postings: &[Example]) {
        let mut scratch = Scratch::new();
        let all = classifier.clone().with_options(classifier.options().phrases(usize::MAX));
        for own in lines.chunk_by(|a, b| a.posting == b.posting) {
            let Some(posting) = postings.iter().find(|posting| posting.id == own[0].posting) else { continue };
            let places = placed(&posting.text, own).filter_map(|(line, place)| Some((place?, line.kind)));
            let placed: Vec<(Span, Kind)> = places.collect();
            let verdict = all.classify_with(&mut scratch, posting.title.as_deref(), &posting.text);
            for role in Role::ALL {
                let mut phrases = verdict.evidence.iter().filter(|phrase| phrase.role == role).peekable();
                let shows = usize::from(phrases.peek().is_some());
                let known = own.iter().any(|line| line.kind == role.into());
                let group = if known { &mut self.present } else { &mut self.absent };
                group[0] += 1;
                group[1] += shows;
                if shows > 0 {
                    self.wording[0] += 1;
                    let strength = ByRole::from([verdict.strength.pm, verdict.strength.pmm])[role];
                    self.wording[1] += usize::from(3.0 * verdict.other_wording.of(role) <= strength);
                }
                for kind in phrases.take(SHOWN).filter_map(|phrase| kind_at(&placed, phrase)) {
                    if kind == role.into() {
                        self.own += 1;
                    } else {
                        self.lines[kind] += 1;
                    }
                }
            }
        }
    }

    /// The fractions.
    pub(super) fn metrics(&self) -> EvidenceMetrics {
        let Self { own, lines, absent, present, wording } = self;
        let phrases = own + lines.values().iter().sum::<usize>();
        EvidenceMetrics {
            phrases,
            own: ratio(*own, phrases),
            own_or_shared: ratio(own + lines[Kind::Shared], phrases),
            other_role: ratio(lines[Kind::Pm] + lines[Kind::Pmm], phrases),
            filler: ratio(lines[Kind::Filler], phrases),
            other_job: ratio(lines[Kind::Other], phrases),
            absent: absent[0],
            absent_shown: ratio(absent[1], absent[0]),
            present: present[0],
            present_shown: ratio(present[1], present[0]),
            other_wording_small: ratio(wording[1], wording[0]),
        }
    }
}

/// Computes in which of `lines` the phrases of `classifier` are. The lines' postings are looked up in
/// `postings`.
#[must_use]
pub fn evidence_metrics(classifier: &Classifier, lines: &[LineExample], postings: &[Example]) -> EvidenceMetrics {
    let mut counts = EvidenceCounts::default();
    counts.add(classifier, lines, postings);
    counts.metrics()
}

/// The kind of the line that a phrase overlaps most.
fn kind_at(placed: &[(Span, Kind)], phrase: &Evidence) -> Option<Kind> {
    let overlap = |line: &&(Span, Kind)| phrase.span.common(line.0);
    placed.iter().filter(|line| overlap(line) > 0).max_by_key(overlap).map(|line| line.1)
}
