//! Counts by group and label, and verdicts as numbers.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::builder::{Float64Builder, Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{Field, Schema};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use rolecall::batch::GroupCounts;
use rolecall::{Classifier, Label, Role, Scratch};

use crate::classifier;
use crate::error::exception;
use crate::score::{ArrowTable, arrow_error, check_lengths, classify, in_blocks, threads};
use crate::texts::{Texts, Value, Values};

/// The values of a group's columns, and the label; `None` for rows without a verdict.
type Key = (Vec<Option<String>>, Option<&'static str>);

/// Counts rows by the values of `groups` and by label.
pub(crate) fn count(
    classifier: &Classifier,
    (texts, titles): (&Texts, Option<&Texts>),
    groups: &[(String, Values)],
    jobs: isize,
) -> PyResult<ArrowTable> {
    check_lengths(texts, titles)?;
    for (_, values) in groups {
        check_lengths(texts, Some(&values.0))?;
    }
    let options = classifier.options().phrases(0).interval(false);
    let classifier = classifier.clone().with_options(options);
    let parts = in_blocks(texts.len(), threads(jobs)?, |rows, scratch| {
        let mut counts: BTreeMap<Key, i64> = BTreeMap::new();
        for row in rows {
            let label = classify(&classifier, scratch, (texts, titles), row).ok().map(|verdict| verdict.label.as_str());
            let value = |(_, values): &(String, Values)| match values.0.get(row) {
                Value::Text(text) => Some(text.to_owned()),
                Value::Null | Value::NotText => None,
            };
            *counts.entry((groups.iter().map(value).collect(), label)).or_default() += 1;
        }
        counts
    });
    let mut counts: BTreeMap<Key, i64> = BTreeMap::new();
    for (key, rows) in parts.into_iter().flatten() {
        *counts.entry(key).or_default() += rows;
    }
    let names = groups.iter().map(|(name, _)| name.as_str());
    table(grouped(
        names,
        counts.iter().map(|((group, label), rows)| (group.iter().map(Option::as_deref), *label, *rows)),
    ))
}

/// The columns of a table of counts: the values of each group, its label, and the number of rows.
fn grouped<'a, Group: Iterator<Item = Option<&'a str>>>(
    names: impl Iterator<Item = &'a str>,
    counts: impl Iterator<Item = (Group, Option<&'a str>, i64)>,
) -> Vec<(&'a str, ArrayRef)> {
    let mut values: Vec<(&str, StringBuilder)> = names.map(|name| (name, StringBuilder::new())).collect();
    let (mut labels, mut rows) = (StringBuilder::new(), Int64Builder::new());
    for (group, label, count) in counts {
        values.iter_mut().zip(group).for_each(|((_, values), value)| values.append_option(value));
        labels.append_option(label);
        rows.append_value(count);
    }
    let mut arrays: Vec<(&str, ArrayRef)> =
        values.into_iter().map(|(name, mut values)| (name, Arc::new(values.finish()) as ArrayRef)).collect();
    arrays.push(("rolecall_label", Arc::new(labels.finish())));
    arrays.push(("rolecall_count", Arc::new(rows.finish())));
    arrays
}

fn table(arrays: Vec<(&str, ArrayRef)>) -> PyResult<ArrowTable> {
    let fields: Vec<Field> =
        arrays.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
    let schema = Arc::new(Schema::new(fields));
    let arrays = arrays.into_iter().map(|(_, array)| array).collect();
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(arrow_error)?;
    Ok(ArrowTable { schema, batches: vec![batch] })
}

/// The shares of the labels by group, as the program writes them with `--stats`, from rows of
/// values, label and number of rows.
#[pyfunction]
pub(crate) fn shares(
    classifier: &classifier::Classifier,
    names: Vec<String>,
    counts: Vec<(Vec<Option<String>>, Option<String>, u64)>,
) -> PyResult<ArrowTable> {
    let mut groups = GroupCounts::default();
    for (values, label, rows) in &counts {
        let values: Vec<&str> = values.iter().map(|value| value.as_deref().unwrap_or_default()).collect();
        if values.len() != names.len() {
            return Err(PyValueError::new_err("each group must have a value for each name"));
        }
        // Rows without a verdict are in no share.
        if let Some(label) = label {
            groups.add(&values, label.parse::<Label>().map_err(exception)?, *rows);
        }
    }
    let shares = groups.shares(&classifier.inner);
    let mut numbers: Vec<Float64Builder> = NUMBERS.iter().map(|_| Float64Builder::new()).collect();
    for found in &shares {
        let adjusted = found.adjusted.map_or([None; 3], |adjusted| adjusted.map(Some));
        let both = found.share.map(Some).into_iter().chain(adjusted);
        numbers.iter_mut().zip(both).for_each(|(numbers, number)| numbers.append_option(number));
    }
    let counts = shares.iter().map(|found| {
        (found.group.iter().map(|value| Some(value.as_str())), Some(found.label.as_str()), found.count as i64)
    });
    let mut arrays = grouped(names.iter().map(String::as_str), counts);
    for (name, mut numbers) in NUMBERS.into_iter().zip(numbers) {
        arrays.push((name, Arc::new(numbers.finish())));
    }
    table(arrays)
}

const NUMBERS: [&str; 6] = [
    "rolecall_share",
    "rolecall_low",
    "rolecall_high",
    "rolecall_adjusted",
    "rolecall_adjusted_low",
    "rolecall_adjusted_high",
];

/// Features before those of the duties.
const FEATURES: [&str; 5] = ["strength_pm", "strength_pmm", "strength_other", "pm_share", "judged"];

/// Every duty that the model knows, once for each role.
fn duties(classifier: &Classifier) -> Vec<(Role, &str)> {
    let ids: Vec<&str> = classifier.duties().map(|duty| duty.id.as_str()).collect();
    Role::ALL.into_iter().flat_map(|role| ids.iter().map(move |id| (role, *id))).collect()
}

/// The names of the features: strengths, share, and the points of each duty of each role.
pub(crate) fn feature_names(classifier: &Classifier) -> Vec<String> {
    let duties = duties(classifier).into_iter().map(|(role, id)| format!("{role}_{id}"));
    FEATURES.map(str::to_owned).into_iter().chain(duties).collect()
}

/// Probabilities or features of each text, row by row. A text without a PM share gets one half and
/// `judged` 0.
pub(crate) fn numbers(
    classifier: &Classifier,
    texts: &[PyBackedStr],
    titles: &[Option<PyBackedStr>],
    features: bool,
    jobs: isize,
) -> PyResult<Vec<f64>> {
    let phrases = if features { usize::MAX } else { 0 };
    let options = classifier.options().phrases(phrases).context(false).interval(false);
    let classifier = classifier.clone().with_options(options);
    let mut duties: Vec<((Role, &str), usize)> = duties(&classifier).into_iter().zip(FEATURES.len()..).collect();
    duties.sort_unstable();
    let row = |row: usize, scratch: &mut Scratch| -> Vec<f64> {
        let title = titles.get(row).and_then(|title| title.as_deref());
        let verdict = classifier.classify_with(scratch, title, &texts[row]);
        if !features {
            return Label::ALL.map(|label| verdict.probabilities.of(label)).to_vec();
        }
        let mut row = vec![0.0; FEATURES.len() + duties.len()];
        let judged = f64::from(u8::from(verdict.pm_share.is_some()));
        let strength = verdict.strength;
        row[..FEATURES.len()].copy_from_slice(&[
            strength.pm,
            strength.pmm,
            strength.other,
            verdict.pm_share.unwrap_or(0.5),
            judged,
        ]);
        for found in &verdict.evidence {
            let key = found.duty_id().map(|id| (found.role, id));
            let at = key.and_then(|key| duties.binary_search_by_key(&key, |(key, _)| *key).ok());
            if let Some(at) = at {
                row[duties[at].1] += found.points;
            }
        }
        row
    };
    let blocks = in_blocks(texts.len(), threads(jobs)?, |rows, scratch| {
        rows.flat_map(|at| row(at, scratch)).collect::<Vec<f64>>()
    });
    Ok(blocks.concat())
}
