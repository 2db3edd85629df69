//! What is counted while rows are scored.
//!
//! Counts and sums are whole numbers (shares and confidences in millionths), so that
//! they come out the same whatever order blocks are added in.

use std::collections::BTreeMap;

use super::reject::RejectReason;
use crate::infer::{Reason, Verdict};
use crate::model::{Label, Role};

/// Millionths.
const MILLION: f64 = 1e6;
/// Bars of the histogram of shares.
pub(crate) const BARS: usize = 20;
/// Titles kept that disagree most with their duties.
pub(crate) const TITLES: usize = 25;
/// Groups told apart; further ones are counted together.
pub(crate) const GROUPS: usize = 10_000;
/// Longest title or group name kept, in characters.
const NAME: usize = 120;

/// Counts of a block, or of all blocks so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Tally {
    /// Rows by label.
    pub labels: [u64; 4],
    /// Unclear rows by reason, in the order of [`REASONS`].
    pub reasons: [u64; 4],
    /// Sum of the shares of rows that are not unclear, in millionths.
    pub share: u64,
    /// Sum of all confidences, in millionths.
    pub confidence: u64,
    /// Rows set aside, in the order of [`RejectReason::ALL`].
    pub rejects: [u64; RejectReason::ALL.len()],
    /// Rows shorter than the header.
    pub short: u64,
    /// Blank lines passed over.
    pub blank: u64,
    /// What only the report needs.
    pub details: Option<Box<Details>>,
}

/// Reasons of [`Label::Unclear`], as they are counted.
pub(crate) const REASONS: [Reason; 4] = [Reason::TooShort, Reason::OffTopic, Reason::NotEnglish, Reason::LowConfidence];

/// Counts for the report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Details {
    /// Rows that are not unclear, by share.
    pub shares: [u64; BARS],
    /// Rows by tenth of their confidence.
    pub confidences: [u64; 10],
    /// In how many rows a duty is among the evidence, by role.
    pub duties: [BTreeMap<String, u64>; 2],
    /// Rows whose title was read and judged, and how many of them disagree.
    pub titled: u64,
    /// How many of those titles disagree with the duties.
    pub disagreeing: u64,
    /// The titles that disagree most.
    pub titles: Vec<OddTitle>,
    /// Rows by group.
    pub groups: BTreeMap<String, Group>,
    /// Rows of groups beyond [`GROUPS`].
    pub beyond: Group,
}

/// A title that claims something else than its duties.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct OddTitle {
    /// 1 less the confidence, in millionths: the surest come first.
    pub doubt: u64,
    /// The row, from 1; within its block until it is added up.
    pub row: u64,
    pub title: String,
    pub says: String,
    pub label: String,
}

/// Rows of one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Group {
    pub labels: [u64; 4],
    /// Sum of the shares of rows that are not unclear, in millionths.
    pub share: u64,
}

impl Group {
    fn add(&mut self, other: &Self) {
        add(&mut self.labels, &other.labels);
        self.share += other.share;
    }

    pub(crate) fn rows(&self) -> u64 {
        self.labels.iter().sum()
    }
}

fn add(to: &mut [u64], from: &[u64]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += from;
    }
}

fn millionths(number: f64) -> u64 {
    (number * MILLION).round().clamp(0.0, MILLION) as u64
}

impl Tally {
    /// Rows that were scored.
    pub(crate) fn scored(&self) -> u64 {
        self.labels.iter().sum()
    }

    /// Rows that were set aside.
    pub(crate) fn rejected(&self) -> u64 {
        self.rejects.iter().sum()
    }

    /// Mean share of the rows that are not unclear.
    pub(crate) fn mean_share(&self) -> Option<f64> {
        let judged = self.scored() - self.labels[Label::Unclear as usize];
        (judged > 0).then(|| self.share as f64 / MILLION / judged as f64)
    }

    /// Mean confidence of all rows.
    pub(crate) fn mean_confidence(&self) -> Option<f64> {
        let scored = self.scored();
        (scored > 0).then(|| self.confidence as f64 / MILLION / scored as f64)
    }

    /// Counts a verdict; `row` is its number within the block.
    pub(crate) fn count(&mut self, verdict: &Verdict, row: u64, group: Option<&str>) {
        let share = if verdict.label == Label::Unclear { 0 } else { millionths(verdict.pm_share) };
        let confidence = millionths(verdict.confidence);
        self.labels[verdict.label as usize] += 1;
        if let Some(at) = verdict.reason.and_then(|reason| REASONS.iter().position(|r| *r == reason)) {
            self.reasons[at] += 1;
        }
        self.share += share;
        self.confidence += confidence;
        if let Some(details) = &mut self.details {
            details.count(verdict, (row, share, confidence), group);
        }
    }

    /// Adds the counts of the next block, which starts after `rows` rows.
    pub(crate) fn add(&mut self, next: &Self, rows: u64) {
        add(&mut self.labels, &next.labels);
        add(&mut self.reasons, &next.reasons);
        self.share += next.share;
        self.confidence += next.confidence;
        add(&mut self.rejects, &next.rejects);
        self.short += next.short;
        self.blank += next.blank;
        if let Some(more) = &next.details {
            self.details.get_or_insert_default().add(more, rows);
        }
    }
}

impl Details {
    fn count(&mut self, verdict: &Verdict, (row, share, confidence): (u64, u64, u64), group: Option<&str>) {
        if verdict.label != Label::Unclear {
            self.shares[(share as usize * BARS / 1_000_000).min(BARS - 1)] += 1;
        }
        self.confidences[(confidence as usize / 100_000).min(9)] += 1;
        for role in Role::ALL {
            let duties = &mut self.duties[usize::from(role == Role::Pmm)];
            let mut seen: Vec<&str> = Vec::new();
            for phrase in verdict.evidence.iter().filter(|phrase| phrase.role == role) {
                let Some(duty) = phrase.duty.as_deref().filter(|duty| !seen.contains(duty)) else { continue };
                seen.push(duty);
                match duties.get_mut(duty) {
                    Some(count) => *count += 1,
                    None => drop(duties.insert(duty.to_owned(), 1)),
                }
            }
        }
        if let Some(title) = &verdict.title
            && let Some(agrees) = title.agrees
        {
            self.titled += 1;
            if !agrees {
                self.disagreeing += 1;
                self.odd(OddTitle {
                    doubt: 1_000_000 - confidence,
                    row,
                    title: title.text.chars().take(NAME).collect(),
                    says: title.says.as_str().to_owned(),
                    label: verdict.label.as_str().to_owned(),
                });
            }
        }
        if let Some(group) = group {
            let mut labels = [0; 4];
            labels[verdict.label as usize] = 1;
            self.group(group, &Group { labels, share });
        }
    }

    /// Keeps the surest titles; of one title that comes often, the surest row.
    fn odd(&mut self, title: OddTitle) {
        if let Some(same) = self.titles.iter().position(|t| t.title == title.title && t.label == title.label) {
            if self.titles[same] <= title {
                return;
            }
            self.titles.remove(same);
        }
        let at = self.titles.partition_point(|kept| *kept <= title);
        self.titles.insert(at, title);
        self.titles.truncate(TITLES);
    }

    fn group(&mut self, name: &str, counts: &Group) {
        let name: String = name.trim().chars().take(NAME).collect();
        let room = self.groups.len() < GROUPS;
        match self.groups.get_mut(&name) {
            Some(group) => group.add(counts),
            None if room => drop(self.groups.insert(name, *counts)),
            None => self.beyond.add(counts),
        }
    }

    fn add(&mut self, next: &Self, rows: u64) {
        add(&mut self.shares, &next.shares);
        add(&mut self.confidences, &next.confidences);
        for (to, from) in self.duties.iter_mut().zip(&next.duties) {
            for (duty, count) in from {
                *to.entry(duty.clone()).or_default() += count;
            }
        }
        self.titled += next.titled;
        self.disagreeing += next.disagreeing;
        for title in &next.titles {
            self.odd(OddTitle { row: title.row + rows, ..title.clone() });
        }
        for (name, counts) in &next.groups {
            self.group(name, counts);
        }
        self.beyond.add(&next.beyond);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(rows: std::ops::Range<u64>) -> Tally {
        let classifier = crate::Classifier::builtin().unwrap();
        let verdict = |label, share: f64, title: &str| {
            let mut verdict = classifier.classify_titled(&mut crate::Scratch::new(), Some(title), "");
            verdict.label = label;
            verdict.reason = None;
            verdict.pm_share = share;
            verdict.confidence = share;
            if let Some(title) = &mut verdict.title {
                title.agrees = Some(label == Label::Pm);
            }
            verdict
        };
        let mut tally = Tally { details: Some(Box::default()), ..Tally::default() };
        for (at, row) in rows.enumerate() {
            let label = Label::ALL[row as usize % 4];
            let group = format!("group {}", row % 3);
            tally.count(
                &verdict(label, row as f64 / 100.0, &format!("Title {}", row % 40)),
                at as u64 + 1,
                Some(&group),
            );
        }
        tally
    }

    #[test]
    fn blocks_add_up_to_the_whole() {
        let whole = tally(0..90);
        let mut sum = Tally { details: Some(Box::default()), ..Tally::default() };
        for (start, end) in [(0, 7), (7, 50), (50, 90)] {
            sum.add(&tally(start..end), start);
        }
        assert_eq!(sum, whole);
        assert_eq!(whole.scored(), 90);
        let details = whole.details.as_deref().unwrap();
        assert_eq!(details.titles.len(), TITLES);
        assert!(details.titles.windows(2).all(|pair| pair[0] <= pair[1]));
        assert_eq!(details.groups.len(), 3);
    }
}
