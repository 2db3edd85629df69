//! Statistics that are collected while rows are classified.
//!
//! Counts and sums are integers (PM shares and confidences in millionths), so they do not
//! depend on the order in which blocks are merged.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::explain::clearest;
use crate::infer::{Reason, Verdict};
use crate::model::{ByLabel, ByRole, Label, Role};
use crate::table::RejectReason;

const MILLION: f64 = 1e6;
/// Bins of the histogram of PM shares.
pub(crate) const PM_SHARE_BINS: usize = 20;
/// Phrases per role whose duties are counted.
pub(crate) const REPORT_PHRASES: usize = 6;
/// Maximum number of titles kept that disagree with their duties.
pub(crate) const MAX_MISMATCHES: usize = 25;
/// Groups counted separately; rows of further ones are counted together.
pub(crate) const MAX_GROUPS: usize = 10_000;
/// Characters kept of a title.
const MAX_TITLE_CHARS: usize = 120;

/// Counts of a block, or of all blocks so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Stats {
    /// Rows by label.
    pub labels: LabelCounts,
    /// Unclear rows by reason, in the order of [`Reason::ALL`].
    pub reasons: [u64; Reason::ALL.len()],
    /// Sum of the PM shares of rows that are not unclear, in millionths.
    pub pm_share_sum: u64,
    /// Sum of all confidences, in millionths.
    pub confidence_sum: u64,
    /// Rejected rows, in the order of [`RejectReason::ALL`].
    pub rejects: [u64; RejectReason::ALL.len()],
    /// Rows with missing fields.
    pub padded_rows: u64,
    /// Empty lines skipped.
    pub empty_lines: u64,
    /// Records that repeat the header.
    pub repeated_headers: u64,
    /// What only the report needs.
    pub report: Option<Box<ReportStats>>,
}

/// Counts for the report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ReportStats {
    /// Histogram of the PM shares of rows that are not unclear.
    pub pm_shares: [u64; PM_SHARE_BINS],
    /// Histogram of the confidences, in tenths.
    pub confidences: [u64; 10],
    /// For each role, the number of rows with a duty among their evidence.
    pub duties: ByRole<BTreeMap<String, u64>>,
    /// Rows with a title that claims a label and a verdict to compare it with.
    pub compared_titles: u64,
    /// How many of those titles disagree with the verdict.
    pub mismatched_titles: u64,
    /// The mismatches with the highest confidence by duties alone, highest first.
    pub mismatches: Vec<TitleMismatch>,
    /// Rows by group and label.
    pub groups: BTreeMap<String, LabelCounts>,
    /// Rows of groups beyond [`MAX_GROUPS`].
    pub other_groups: LabelCounts,
}

/// A title that claims another label than the duties give.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TitleMismatch {
    /// 1 minus the confidence by duties alone, in millionths; the first field, so that the
    /// highest confidence sorts first.
    pub uncertainty: u64,
    /// The row, from 1; within its block until the block is merged.
    pub row: u64,
    pub title: String,
    pub claim: String,
    /// The label by duties alone.
    pub label: String,
}

/// Rows by label.
pub(crate) type LabelCounts = ByLabel<u64>;

/// Adds `from` to `to`, element by element.
pub(crate) fn add(to: &mut [u64], from: &[u64]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += from;
    }
}

/// Postings of a group.
pub(crate) fn size(counts: &LabelCounts) -> u64 {
    counts.values().iter().sum()
}

fn millionths(number: f64) -> u64 {
    (number * MILLION).round().clamp(0.0, MILLION) as u64
}

impl Stats {
    /// Rows that were classified.
    pub(crate) fn rows(&self) -> u64 {
        self.labels.values().iter().sum()
    }

    /// Rows that were rejected.
    pub(crate) fn rejects(&self) -> u64 {
        self.rejects.iter().sum()
    }

    /// Mean PM share of the rows that are not unclear.
    pub(crate) fn mean_pm_share(&self) -> Option<f64> {
        let rows = self.rows() - self.labels[Label::Unclear];
        (rows > 0).then(|| self.pm_share_sum as f64 / MILLION / rows as f64)
    }

    /// Mean confidence of all rows.
    pub(crate) fn mean_confidence(&self) -> Option<f64> {
        let rows = self.rows();
        (rows > 0).then(|| self.confidence_sum as f64 / MILLION / rows as f64)
    }

    /// Counts a verdict; `row` is its number within the block.
    pub(crate) fn count(&mut self, verdict: &Verdict, row: u64, group: Option<&str>) {
        let confidence = millionths(verdict.confidence);
        self.labels[verdict.label] += 1;
        if let Some(reason) = verdict.reason {
            self.reasons[reason as usize] += 1;
        }
        self.confidence_sum += confidence;
        self.pm_share_sum += verdict.pm_share.map_or(0, millionths);
        if let Some(report) = &mut self.report {
            report.count(verdict, (row, confidence), group);
        }
    }

    /// Adds the counts of the next block, which starts after `rows` rows.
    pub(crate) fn merge(&mut self, next: &Self, rows: u64) {
        add(self.labels.values_mut(), next.labels.values());
        add(&mut self.reasons, &next.reasons);
        self.pm_share_sum += next.pm_share_sum;
        self.confidence_sum += next.confidence_sum;
        add(&mut self.rejects, &next.rejects);
        self.padded_rows += next.padded_rows;
        self.empty_lines += next.empty_lines;
        self.repeated_headers += next.repeated_headers;
        if let Some(next) = &next.report {
            self.report.get_or_insert_default().merge(next, rows);
        }
    }
}

impl ReportStats {
    /// The bins of the histogram of PM shares: from, to and number of rows.
    pub(crate) fn pm_share_bins(&self) -> impl Iterator<Item = (f64, f64, u64)> {
        bins(self.pm_shares)
    }

    /// The bins of the histogram of confidences: from, to and number of rows.
    pub(crate) fn confidence_bins(&self) -> impl Iterator<Item = (f64, f64, u64)> {
        bins(self.confidences)
    }

    /// The duties of a role with their numbers of rows, the most frequent first.
    pub(crate) fn duties_by_frequency(&self, role: Role) -> Vec<(&str, u64)> {
        let mut duties: Vec<_> = self.duties[role].iter().map(|(duty, count)| (duty.as_str(), *count)).collect();
        duties.sort_by_key(|&(duty, count)| (Reverse(count), duty));
        duties
    }

    fn count(&mut self, verdict: &Verdict, (row, confidence): (u64, u64), group: Option<&str>) {
        if let Some(share) = verdict.pm_share {
            let share = millionths(share) as usize;
            self.pm_shares[(share * PM_SHARE_BINS / 1_000_000).min(PM_SHARE_BINS - 1)] += 1;
        }
        self.confidences[(confidence as usize / 100_000).min(9)] += 1;
        for role in Role::ALL {
            let duties = &mut self.duties[role];
            let mut seen: Vec<&str> = Vec::new();
            for phrase in clearest(verdict, REPORT_PHRASES).filter(|phrase| phrase.role == role) {
                let Some(duty) = phrase.duty_id().filter(|duty| !seen.contains(duty)) else { continue };
                seen.push(duty);
                match duties.get_mut(duty) {
                    Some(count) => *count += 1,
                    None => drop(duties.insert(duty.to_owned(), 1)),
                }
            }
        }
        if let Some(title) = &verdict.title
            && let alone = &verdict.by_duties_alone
            && let Some(agrees) = alone.title_agrees
        {
            self.compared_titles += 1;
            if !agrees {
                self.mismatched_titles += 1;
                self.add_mismatch(TitleMismatch {
                    uncertainty: 1_000_000 - millionths(alone.confidence),
                    row,
                    title: title.text.chars().take(MAX_TITLE_CHARS).collect(),
                    claim: title.says.as_str().to_owned(),
                    label: alone.label.as_str().to_owned(),
                });
            }
        }
        if let Some(group) = group {
            let mut labels = LabelCounts::default();
            labels[verdict.label] = 1;
            self.add_group(group, &labels);
        }
    }

    /// Keeps the mismatches with the highest confidence. A title that occurs several times
    /// with one label is kept once, with its highest confidence.
    fn add_mismatch(&mut self, new: TitleMismatch) {
        if let Some(same) = self.mismatches.iter().position(|old| old.title == new.title && old.label == new.label) {
            if self.mismatches[same] <= new {
                return;
            }
            self.mismatches.remove(same);
        }
        let at = self.mismatches.partition_point(|old| *old <= new);
        self.mismatches.insert(at, new);
        self.mismatches.truncate(MAX_MISMATCHES);
    }

    fn add_group(&mut self, name: &str, counts: &LabelCounts) {
        let name = name.trim();
        let has_room = self.groups.len() < MAX_GROUPS;
        match self.groups.get_mut(name) {
            Some(group) => add(group.values_mut(), counts.values()),
            None if has_room => drop(self.groups.insert(name.to_owned(), *counts)),
            None => add(self.other_groups.values_mut(), counts.values()),
        }
    }

    fn merge(&mut self, next: &Self, rows: u64) {
        add(&mut self.pm_shares, &next.pm_shares);
        add(&mut self.confidences, &next.confidences);
        for (role, from) in next.duties.iter() {
            let to = &mut self.duties[role];
            for (duty, count) in from {
                *to.entry(duty.clone()).or_default() += count;
            }
        }
        self.compared_titles += next.compared_titles;
        self.mismatched_titles += next.mismatched_titles;
        for mismatch in &next.mismatches {
            self.add_mismatch(TitleMismatch { row: mismatch.row + rows, ..mismatch.clone() });
        }
        for (name, counts) in &next.groups {
            self.add_group(name, counts);
        }
        add(self.other_groups.values_mut(), next.other_groups.values());
    }
}

/// Equal bins of the range from 0 to 1.
fn bins<const N: usize>(counts: [u64; N]) -> impl Iterator<Item = (f64, f64, u64)> {
    (0..N).zip(counts).map(|(at, count)| (at as f64 / N as f64, (at + 1) as f64 / N as f64, count))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(label: Label, share: f64, confidence: f64, title: &str, agrees: Option<bool>) -> Verdict {
        let mut verdict =
            crate::Classifier::builtin().unwrap().classify_with(&mut crate::Scratch::new(), Some(title), "too short");
        (verdict.label, verdict.confidence) = (label, confidence);
        verdict.pm_share = (label != Label::Unclear).then_some(share);
        let alone = &mut verdict.by_duties_alone;
        (alone.label, alone.confidence, alone.title_agrees) = (label, confidence, agrees);
        verdict
    }

    fn new() -> Stats {
        Stats { report: Some(Box::default()), ..Stats::default() }
    }

    #[test]
    fn lines_that_are_no_rows_are_added_up() {
        let block = Stats { padded_rows: 2, empty_lines: 3, repeated_headers: 5, ..Stats::default() };
        let mut sum = Stats::default();
        sum.merge(&block, 0);
        sum.merge(&block, 9);
        assert_eq!((sum.padded_rows, sum.empty_lines, sum.repeated_headers), (4, 6, 10));
    }

    /// Expected values by hand.
    #[test]
    fn counts_means_and_histograms() {
        let mut stats = new();
        for (row, (label, share, confidence, agrees)) in [
            (Label::Pm, 1.0, 0.95, Some(true)),
            (Label::Pm, 0.849_999_9, 0.05, Some(false)),
            (Label::Pmm, 0.0, 1.0, None),
            (Label::Hybrid, 0.55, 0.6, Some(false)),
            (Label::Unclear, 0.7, 0.4, None),
        ]
        .into_iter()
        .enumerate()
        {
            stats.count(&verdict(label, share, confidence, "Title", agrees), row as u64 + 1, Some(" a "));
        }
        assert_eq!((*stats.labels.values(), stats.reasons, stats.rows()), ([2, 1, 1, 1], [5, 0, 0, 0], 5));
        assert!((stats.mean_pm_share().unwrap() - 2.4 / 4.0).abs() < 1e-6, "the unclear row is left out");
        assert!((stats.mean_confidence().unwrap() - 3.0 / 5.0).abs() < 1e-9);
        let report = stats.report.as_deref().unwrap();
        let filled = |counts: &[u64]| -> Vec<(usize, u64)> {
            counts.iter().copied().enumerate().filter(|(_, count)| *count > 0).collect()
        };
        // Bins of 0.05; 0.8499999 rounds to 0.85, the start of bin 17.
        assert_eq!(filled(&report.pm_shares), [(0, 1), (11, 1), (17, 1), (19, 1)]);
        assert_eq!(filled(&report.confidences), [(0, 1), (4, 1), (6, 1), (9, 2)]);
        assert_eq!((report.compared_titles, report.mismatched_titles), (3, 2));
        assert_eq!(report.groups.iter().collect::<Vec<_>>(), [(&"a".to_owned(), &[2, 1, 1, 1].into())]);
        let kept: Vec<_> = report.mismatches.iter().map(|m| (m.row, m.uncertainty, m.label.as_str())).collect();
        assert_eq!(kept, [(4, 400_000, "hybrid"), (2, 950_000, "pm")]);
        assert_eq!((Stats::default().mean_pm_share(), Stats::default().mean_confidence()), (None, None));
    }

    /// The title may outweigh the duties in the verdict, which would then agree with the title.
    #[test]
    fn a_title_is_listed_with_the_verdict_by_duties_alone() {
        let mut stats = new();
        for (row, (alone, confidence)) in (1..).zip([(Label::Pmm, 0.6), (Label::Unclear, 0.9), (Label::Pmm, 0.7)]) {
            let mut verdict = verdict(Label::Pm, 0.5, 0.8, "Product Manager", Some(false));
            (verdict.by_duties_alone.label, verdict.by_duties_alone.confidence) = (alone, confidence);
            stats.count(&verdict, row, None);
        }
        let report = stats.report.unwrap();
        let kept: Vec<_> = report.mismatches.iter().map(|m| (m.row, m.uncertainty, m.label.as_str())).collect();
        assert_eq!(kept, [(2, 100_000, "unclear"), (3, 300_000, "pmm")], "one title and label is listed once");
        assert_eq!(report.mismatched_titles, 3);
    }

    #[test]
    fn a_duty_is_counted_once_per_row_and_only_for_its_role() {
        let mut verdict = crate::Classifier::builtin().unwrap().classify(
            "You own the product roadmap, prioritize the backlog with engineers and designers, write user stories \
             with acceptance criteria, run discovery interviews with users and measure adoption of every feature.",
        );
        let phrase = verdict.evidence.iter().find(|phrase| phrase.role == Role::Pm && phrase.duty_id().is_some());
        let phrase = phrase.unwrap().clone();
        let duty = phrase.duty_id().unwrap().to_owned();
        verdict.evidence = vec![phrase.clone(), phrase];
        let (mut stats, mut next) = (new(), new());
        for row in 1..=3 {
            stats.count(&verdict, row, None);
        }
        next.count(&verdict, 1, None);
        stats.merge(&next, 3);
        let duties = stats.report.unwrap().duties;
        assert_eq!(duties[Role::Pm], BTreeMap::from([(duty, 4)]));
        assert!(duties[Role::Pmm].is_empty());
    }

    #[test]
    fn merged_blocks_equal_the_whole() {
        let stats = |rows: std::ops::Range<u64>| {
            let mut stats = new();
            for (at, row) in rows.enumerate() {
                let label = Label::ALL[row as usize % 4];
                let (number, title) = (row as f64 / 100.0, format!("Title {}", row % 40));
                let verdict = verdict(label, number, number, &title, Some(label == Label::Pm));
                stats.count(&verdict, at as u64 + 1, Some(&format!("group {}", row % 3)));
                stats.padded_rows += row % 2;
                stats.empty_lines += row % 4;
                stats.rejects[row as usize % 3] += 1;
            }
            stats
        };
        let (whole, mut sum) = (stats(0..90), new());
        for (start, end) in [(0, 7), (7, 50), (50, 90)] {
            sum.merge(&stats(start..end), start);
        }
        assert_eq!(sum, whole);
        assert_eq!((whole.rows(), whole.rejects(), whole.padded_rows, whole.empty_lines), (90, 90, 45, 133));
        let report = whole.report.as_deref().unwrap();
        assert_eq!((report.mismatches.len(), report.groups.len()), (MAX_MISMATCHES, 3));
        assert!(report.mismatches.is_sorted());
        // The highest confidences: rows 90, 87, 86 … from 1, without every fourth.
        assert_eq!(report.mismatches.iter().map(|m| m.row).take(4).collect::<Vec<_>>(), [90, 88, 87, 86]);
    }

    #[test]
    fn groups_beyond_the_limit_are_counted_together() {
        let mut report = ReportStats::default();
        for group in 0..MAX_GROUPS + 2 {
            report.add_group(&group.to_string(), &[1, 0, 0, 0].into());
        }
        report.add_group("0", &[0, 1, 0, 0].into());
        assert_eq!(report.groups.len(), MAX_GROUPS);
        assert_eq!((report.other_groups, report.groups["0"]), ([2, 0, 0, 0].into(), [1, 1, 0, 0].into()));
    }
}
