//! Scores a column of texts on several threads.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::{ArrayRef, RecordBatch, StructArray};
use arrow_schema::{ArrowError, Field, SchemaRef};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use pyo3_arrow::ffi::{ArrayIterator, to_schema_pycapsule, to_stream_pycapsule};
use rolecall::batch::RejectReason;
use rolecall::{Classifier, Scratch, Verdict};

use crate::columns::{Columns, is_column};
use crate::error::exception;
use crate::texts::{Texts, Value};

/// Maximum number of rows in a batch.
const BATCH: usize = 8192;

/// Threads for `jobs`; 0 is one per core.
pub(crate) fn threads(jobs: isize) -> PyResult<usize> {
    match jobs {
        0 => Ok(std::thread::available_parallelism().map_or(1, std::num::NonZero::get)),
        jobs => {
            usize::try_from(jobs).map_err(|_| PyValueError::new_err("jobs must be at least 1, or None for all cores"))
        }
    }
}

/// Calls `block` for consecutive ranges of rows on `jobs` threads. The results are in order.
pub(crate) fn in_blocks<T: Send>(
    rows: usize,
    jobs: usize,
    block: impl Fn(Range<usize>, &mut Scratch) -> T + Sync,
) -> Vec<T> {
    let size = (rows / (4 * jobs)).clamp(64, BATCH);
    let blocks = rows.div_ceil(size);
    let range = |at: usize| at * size..rows.min((at + 1) * size);
    if jobs == 1 || blocks < 2 {
        return crate::classifier::with_scratch(|scratch| (0..blocks).map(|at| block(range(at), scratch)).collect());
    }
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(blocks));
    std::thread::scope(|scope| {
        for _ in 0..jobs.min(blocks) {
            scope.spawn(|| {
                let mut scratch = Scratch::new();
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= blocks {
                        break;
                    }
                    let result = block(range(at), &mut scratch);
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((at, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// The verdict on a row, or why there is none. A missing text is read as an empty one, as in the
/// program.
pub(crate) fn classify(
    classifier: &Classifier,
    scratch: &mut Scratch,
    (texts, titles): (&Texts, Option<&Texts>),
    row: usize,
) -> Result<Verdict, RejectReason> {
    let read = |value| match value {
        Value::Null => Ok(None),
        Value::NotText => Err(RejectReason::NotText),
        Value::Text(text) => Ok(Some(text)),
    };
    let text = read(texts.get(row))?.unwrap_or_default();
    let title = titles.map_or(Ok(None), |titles| read(titles.get(row)))?;
    catch_unwind(AssertUnwindSafe(|| classifier.classify_with(scratch, title, text))).map_err(|_| {
        *scratch = Scratch::new();
        RejectReason::Defect
    })
}

/// Checks that another column has as many rows as the texts.
pub(crate) fn check_lengths(texts: &Texts, other: Option<&Texts>) -> PyResult<()> {
    match other {
        Some(other) if other.len() != texts.len() => {
            let message = format!("the columns have {} and {} rows", texts.len(), other.len());
            Err(PyValueError::new_err(message))
        }
        _ => Ok(()),
    }
}

/// The columns of the verdicts on `texts`.
pub(crate) fn score(
    classifier: &Classifier,
    evidence: bool,
    (texts, titles): (&Texts, Option<&Texts>),
    jobs: isize,
) -> PyResult<ArrowTable> {
    check_lengths(texts, titles)?;
    let options = classifier.options().context(false);
    let top = evidence.then_some(options.phrases);
    // Duties are summed up over all phrases.
    let phrases = if evidence { usize::MAX } else { 0 };
    let classifier = classifier.clone().with_options(options.phrases(phrases));
    let batches = in_blocks(texts.len(), threads(jobs)?, |rows, scratch| {
        let mut columns = Columns::new(top, rows.len());
        for row in rows {
            match classify(&classifier, scratch, (texts, titles), row) {
                Ok(verdict) => columns.push(&verdict),
                Err(reason) => columns.push_unscored(reason),
            }
        }
        columns.finish()
    });
    let batches = batches.into_iter().collect::<Result<Vec<_>, _>>().map_err(arrow_error)?;
    Ok(ArrowTable { schema: Columns::schema(evidence), batches })
}

pub(crate) fn arrow_error(error: ArrowError) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// A table that other libraries take without copying it.
#[pyclass(frozen, module = "rolecall")]
pub(crate) struct ArrowTable {
    pub(crate) schema: SchemaRef,
    pub(crate) batches: Vec<RecordBatch>,
}

#[pymethods]
impl ArrowTable {
    fn __len__(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        Ok(to_schema_pycapsule(py, self.schema.as_ref())?)
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let arrays = self.batches.clone().into_iter().map(|batch| Ok(Arc::new(StructArray::from(batch)) as ArrayRef));
        let field = Arc::new(Field::new_struct("", self.schema.fields().clone(), false));
        Ok(to_stream_pycapsule(py, Box::new(ArrayIterator::new(arrays, field)), requested_schema)?)
    }
}

/// Finds a column as the program does: by its name, in any case if only one matches, or its number.
#[pyfunction]
pub(crate) fn find_column(names: Vec<String>, wanted: &str) -> PyResult<usize> {
    rolecall::table::find_column(&names, wanted).map_err(exception)
}

/// Those of `names` that scoring would add as columns.
#[pyfunction]
pub(crate) fn column_names(names: Vec<String>) -> Vec<String> {
    names.into_iter().filter(|name| is_column(name)).collect()
}
