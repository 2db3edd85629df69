//! Groups rows by the values of columns, or by the periods of dates in them, and counts groups.

use super::period::{NO_DATE, Period, is_date};
use super::report::difference::MIN_ADJUSTED;
use super::report::evaluation;
use super::report::figures::{LabelShares, rounded};
use super::report::groups::{parts, sorted};
use super::report::stats::ReportStats;
use crate::error::{Error, ErrorKind};
use crate::explain::sanitize::for_terminal;
use crate::infer::Classifier;
use crate::model::Label;
use crate::table::Table;
use crate::table::columns::find_all;

/// Separates the values of several columns in the key of a group; no value contains it.
pub(crate) const SEPARATOR: char = '\u{1f}';
/// Characters kept of a value.
const MAX_CHARS: usize = 120;

/// The columns that rows are grouped by.
#[derive(Debug, Clone, Default)]
pub(crate) struct Grouping {
    /// Columns, and the period of the one with dates.
    pub columns: Vec<(usize, Option<Period>)>,
    /// Their names, in one line.
    pub name: String,
}

impl Grouping {
    /// Finds the columns `wanted`.
    ///
    /// With a `period`, the first of these columns that has dates is grouped by the period of each date.
    /// If none has dates, the first column of the table that has dates is added.
    pub(crate) fn find(table: &Table<'_>, wanted: &[String], period: Option<Period>) -> Result<Option<Self>, Error> {
        let dates = |at: &usize| {
            let first = table.sample.columns.get(*at).map(|column| column.first.as_slice()).unwrap_or_default();
            let dates = first.iter().filter(|(_, value)| is_date(value)).count();
            !first.is_empty() && 2 * dates > first.len()
        };
        let mut columns = find_all(&table.names, wanted, &|_| 0)?;
        let dated = columns.iter().copied().find(|at| dates(at));
        let dated = match (period, dated) {
            (None, _) => None,
            (Some(_), Some(at)) => Some(at),
            // A table without rows does not show which column has dates.
            (Some(_), None) if table.sample.rows == 0 => columns.first().copied(),
            (Some(_), None) => {
                let found = (0..table.names.len()).find(dates).ok_or_else(|| {
                    Error::new(ErrorKind::Input, "there is no column of dates")
                        .hint("--by needs one, such as 2026-03-05")
                })?;
                columns.push(found);
                Some(found)
            }
        };
        if columns.is_empty() {
            return Ok(None);
        }
        let columns: Vec<_> = columns.into_iter().map(|at| (at, period.filter(|_| dated == Some(at)))).collect();
        let name = |(at, period): &(usize, Option<Period>)| match period {
            Some(period) => format!("{} ({period})", table.names[*at]),
            None => table.names[*at].clone(),
        };
        let name = columns.iter().map(name).collect::<Vec<_>>().join(" · ");
        Ok(Some(Self { columns, name }))
    }

    /// The position of the column of periods among the columns.
    pub(crate) fn period_at(&self) -> Option<usize> {
        self.columns.iter().position(|(_, period)| period.is_some())
    }

    /// Appends a value to the key of a group; `at` is the position of its column in the grouping.
    pub(crate) fn push(group: &mut String, at: usize, value: &str, period: Option<Period>) {
        if at > 0 {
            group.push(SEPARATOR);
        }
        if let Some(period) = period {
            group.push_str(period.of(value).as_deref().unwrap_or(NO_DATE));
            return;
        }
        // Control characters and those that change the direction of text become visible symbols.
        let line = value.trim().replace(['\n', '\r', '\t'], " ");
        group.extend(for_terminal(&line).chars().take(MAX_CHARS));
    }
}

/// Rows by group and label, added up from any number of parts, for programs that classify
/// rows themselves, for example on several machines. The shares are those that the program
/// writes with `--stats`.
///
/// ```
/// use rolecall::batch::GroupCounts;
/// use rolecall::{Classifier, Label};
///
/// let mut counts = GroupCounts::default();
/// counts.add(&["Acme"], Label::Pm, 3);
/// counts.add(&["Acme"], Label::Unclear, 1);
/// let shares = counts.shares(&Classifier::builtin()?);
/// assert_eq!((shares.len(), shares[0].count, shares[0].share[0]), (4, 3, 0.75));
/// # Ok::<(), rolecall::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GroupCounts(ReportStats);

/// The share of a label in a group. Shares are from 0 to 1, rounded to six decimals.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct GroupShare {
    /// The values of the group's columns; an empty one is `(empty)`.
    pub group: Vec<String>,
    /// The label.
    pub label: Label,
    /// Rows of the group with that label.
    pub count: u64,
    /// Their share of the group, with its 95% interval (Wilson): share, low, high.
    pub share: [f64; 3],
    /// The same adjusted for the errors of the model. `None` for groups of fewer than ten
    /// rows, and for a model or options whose error rates are not known.
    pub adjusted: Option<[f64; 3]>,
}

impl GroupCounts {
    /// Adds rows of the group with these values, one per column.
    pub fn add(&mut self, values: &[&str], label: Label, rows: u64) {
        let mut name = String::new();
        for (at, value) in values.iter().enumerate() {
            Grouping::push(&mut name, at, value, None);
        }
        self.0.groups.entry(name.trim().to_owned()).or_default()[label] += rows;
    }

    /// The shares of the four labels in each group: groups that are dates in their order, others
    /// by size. `classifier` is the one that gave the labels.
    #[must_use]
    pub fn shares(&self, classifier: &Classifier) -> Vec<GroupShare> {
        let evaluation = evaluation::of(classifier);
        let mut shares = Vec::new();
        for (name, counts) in sorted(&self.0, None) {
            let found = LabelShares::new(counts, evaluation.errors.as_ref().ok(), MIN_ADJUSTED);
            for (label, &count) in counts.iter() {
                shares.push(GroupShare {
                    group: parts(name),
                    label,
                    count,
                    share: found.observed(label).unwrap_or_default().map(rounded),
                    adjusted: found.adjusted(label).map(|adjusted| adjusted.map(rounded)),
                });
            }
        }
        shares
    }
}
