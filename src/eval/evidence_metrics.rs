//! Whether the phrases shown as evidence are in lines of their role.

use serde::Serialize;

use super::line_metrics::placed;
use super::metrics::{fractions_table, ratio};
use super::{Example, LineExample};
use crate::infer::{Classifier, Scratch};
use crate::model::{ByKind, ByRole, Kind, Role};
use crate::text::Span;

/// Number of phrases per role that count: those that are listed first.
const SHOWN: usize = 5;

/// The kinds, by the annotators, of the lines that hold the clearest phrases of each role.
#[derive(Debug, Clone, Default, Serialize)]
#[non_exhaustive]
pub struct EvidenceMetrics {
    /// Number of phrases in labeled lines, at most five per role and posting.
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
    /// Number of pairs of a posting and a role of which it has no line.
    pub absent: usize,
    /// Fraction of these pairs with a phrase of the role.
    pub absent_shown: f64,
    /// Number of pairs of a posting and a role of which it has a line.
    pub present: usize,
    /// Fraction of these pairs with a phrase of the role.
    pub present_shown: f64,
    /// Of the pairs with a phrase, the fraction in which other wording is at most a third of the role's
    /// strength, with all phrases listed.
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
            ("of postings without duties of a role: with a phrase of it", self.absent_shown),
            ("of postings with duties of a role: with a phrase of it", self.present_shown),
            ("other wording at most a third of the strength", self.other_wording_small),
        ];
        fractions_table(&format!("{} phrases, at most five per role and posting", self.phrases), &rows)
    }
}

/// Counts, before they are divided.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct EvidenceCounts {
    /// Phrases in lines of their role, and by kind those in other lines.
    own: usize,
    lines: ByKind<usize>,
    /// Pairs of a posting and a role of which it has no line, and how many of them have a phrase. Then
    /// those with a line.
    absent: [usize; 2],
    present: [usize; 2],
    /// Pairs with a phrase, and how many of them have little other wording.
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
                let known = own.iter().any(|line| line.kind == role.into());
                let strength = ByRole::from([verdict.strength.pm, verdict.strength.pmm])[role];
                let phrases: Vec<_> = verdict.evidence.iter().filter(|phrase| phrase.role == role).collect();
                self.count(known, !phrases.is_empty(), (verdict.other_wording.of(role), strength));
                let kinds = phrases.into_iter().take(SHOWN).filter_map(|phrase| kind_at(&placed, phrase.span));
                kinds.for_each(|kind| self.count_phrase(role, kind));
            }
        }
    }

    /// Counts a pair of a posting and a role: whether the posting has lines of the role, whether it shows
    /// a phrase of it, and how much of the strength is other wording.
    fn count(&mut self, known: bool, shows: bool, (other, strength): (f64, f64)) {
        let group = if known { &mut self.present } else { &mut self.absent };
        group[0] += 1;
        group[1] += usize::from(shows);
        self.wording[0] += usize::from(shows);
        self.wording[1] += usize::from(shows && 3.0 * other <= strength);
    }

    /// Counts a phrase of a role in a line of a kind.
    fn count_phrase(&mut self, role: Role, kind: Kind) {
        if kind == role.into() {
            self.own += 1;
        } else {
            self.lines[kind] += 1;
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

/// Measures in lines of which kind the phrases of `classifier` are. `lines` are labeled lines, those of
/// a posting one after another; `postings` are looked up by id.
#[must_use]
pub fn evidence_metrics(classifier: &Classifier, lines: &[LineExample], postings: &[Example]) -> EvidenceMetrics {
    let mut counts = EvidenceCounts::default();
    counts.add(classifier, lines, postings);
    counts.metrics()
}

/// The kind of the line that a phrase overlaps most.
fn kind_at(placed: &[(Span, Kind)], phrase: Span) -> Option<Kind> {
    let overlap = |line: &&(Span, Kind)| phrase.common(line.0);
    placed.iter().filter(|line| overlap(line) > 0).max_by_key(overlap).map(|line| line.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand; each row adds to the one before.
    #[test]
    fn roles_are_counted_by_what_is_shown_of_them() {
        let mut counts = EvidenceCounts::default();
        for (name, (known, shows, other), absent, present, wording) in [
            ("phrases alone", (true, true, (0.0, 3.0)), [0, 0], [1, 1], [1, 1]),
            ("a third is other wording", (true, true, (1.0, 3.0)), [0, 0], [2, 2], [2, 2]),
            ("more is", (true, true, (2.0, 5.0)), [0, 0], [3, 3], [3, 2]),
            ("no phrases", (true, false, (0.0, 0.2)), [0, 0], [4, 3], [3, 2]),
            ("no lines", (false, true, (2.0, 4.0)), [1, 1], [4, 3], [4, 2]),
            ("neither", (false, false, (0.0, 0.0)), [2, 1], [4, 3], [4, 2]),
        ] {
            counts.count(known, shows, other);
            let expected = EvidenceCounts { absent, present, wording, ..EvidenceCounts::default() };
            assert_eq!(counts, expected, "{name}");
        }
    }

    /// By hand: 4 + 8 phrases of PM and 8 of PMM.
    #[test]
    fn phrases_are_divided_by_the_kinds_of_their_lines() {
        let mut counts =
            EvidenceCounts { absent: [4, 1], present: [10, 9], wording: [8, 6], ..EvidenceCounts::default() };
        for (role, kind, times) in [
            (Role::Pm, Kind::Pm, 4),
            (Role::Pm, Kind::Pmm, 1),
            (Role::Pm, Kind::Shared, 2),
            (Role::Pm, Kind::Filler, 5),
            (Role::Pmm, Kind::Pmm, 2),
            (Role::Pmm, Kind::Pm, 3),
            (Role::Pmm, Kind::Other, 3),
        ] {
            (0..times).for_each(|_| counts.count_phrase(role, kind));
        }
        let found = counts.metrics();
        assert_eq!((found.phrases, found.absent, found.present), (20, 4, 10));
        for (name, found, expected) in [
            ("own", found.own, 6.0 / 20.0),
            ("own or shared", found.own_or_shared, 8.0 / 20.0),
            ("other role", found.other_role, 4.0 / 20.0),
            ("filler", found.filler, 5.0 / 20.0),
            ("other job", found.other_job, 3.0 / 20.0),
            ("absent", found.absent_shown, 0.25),
            ("present", found.present_shown, 0.9),
            ("other wording", found.other_wording_small, 0.75),
        ] {
            assert!((found - expected).abs() < 1e-9, "{name}: {found}");
        }
        assert!(found.table().contains("20 phrases"), "{}", found.table());
    }

    /// By hand: the annotators found no duty in the second line of the first posting.
    #[test]
    fn phrases_are_looked_up_in_the_lines_of_their_posting() {
        let texts = [
            "Own the product roadmap and the backlog for payments.\nWrite user stories with acceptance criteria for engineers.",
            "Write positioning and messaging for every launch.",
        ];
        let posting =
            |(id, text): (&str, &str)| Example { id: id.to_owned(), text: text.to_owned(), ..Example::default() };
        let line = |(posting, kind, text): (&str, Kind, &str)| LineExample {
            posting: posting.to_owned(),
            number: 0,
            kind,
            text: text.to_owned(),
        };
        let (first, second) = texts[0].split_once('\n').unwrap();
        let lines = [("a", Kind::Pm, first), ("a", Kind::Filler, second), ("b", Kind::Pmm, texts[1])].map(line);
        let postings = [("a", texts[0]), ("b", texts[1])].map(posting);
        let found = evidence_metrics(&Classifier::builtin().unwrap(), &lines, &postings);
        assert_eq!((found.phrases, found.present, found.absent), (3, 2, 2));
        for (name, found, expected) in [
            ("own", found.own, 2.0 / 3.0),
            ("filler", found.filler, 1.0 / 3.0),
            ("present", found.present_shown, 1.0),
            ("absent", found.absent_shown, 0.0),
        ] {
            assert!((found - expected).abs() < 1e-9, "{name}: {found}");
        }
    }

    #[test]
    fn a_phrase_is_in_the_line_that_it_overlaps_most() {
        let lines = [(Span::new(0, 10), Kind::Pm), (Span::new(11, 20), Kind::Pmm), (Span::new(21, 30), Kind::Other)];
        for (start, end, expected) in [
            (0, 10, Some(Kind::Pm)),
            (8, 16, Some(Kind::Pmm)),
            (4, 13, Some(Kind::Pm)),
            (19, 30, Some(Kind::Other)),
            (10, 11, None),
            (30, 40, None),
        ] {
            assert_eq!(kind_at(&lines, Span::new(start, end)), expected, "{start} to {end}");
        }
    }
}
