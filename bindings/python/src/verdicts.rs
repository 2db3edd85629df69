//! Verdicts of an iterable, classified on several threads without the GIL.

use std::collections::VecDeque;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyIterator, PyString, PyTuple};

use crate::classifier::{Classifier, backed};
use crate::score::{in_blocks, threads};
use crate::verdict::Verdict;

/// Postings per thread taken from the iterable at once: enough that starting the threads costs
/// nothing next to classifying.
const CHUNK: usize = 256;

/// An iterator of verdicts, in the order of the postings.
#[pyclass(module = "rolecall")]
pub(crate) struct Verdicts {
    classifier: Py<Classifier>,
    postings: Option<Py<PyIterator>>,
    jobs: usize,
    ready: VecDeque<Verdict>,
    /// An exception of the iterable, raised after the verdicts of the postings before it.
    error: Option<PyErr>,
}

/// A posting, and its strings as the library reads them.
struct Item {
    text: Py<PyString>,
    title: Option<Py<PyString>>,
    backed: (PyBackedStr, Option<PyBackedStr>),
}

impl Item {
    /// A string, or a tuple of text and title.
    fn new(item: &Bound<'_, PyAny>) -> PyResult<Self> {
        let (text, title) = if let Ok(text) = item.cast::<PyString>() {
            (text.clone(), None)
        } else if let Ok(pair) = item.cast::<PyTuple>()
            && let Ok((text, title)) = pair.extract::<(Bound<'_, PyString>, Option<Bound<'_, PyString>>)>()
        {
            (text, title)
        } else {
            let kind = item.get_type().name()?;
            return Err(PyTypeError::new_err(format!("a posting must be a str or a tuple (text, title), not {kind}")));
        };
        let backed = (backed(&text)?, title.as_ref().map(backed).transpose()?);
        Ok(Self { text: text.unbind(), title: title.map(Bound::unbind), backed })
    }
}

impl Verdicts {
    pub(crate) fn new(classifier: &Bound<'_, Classifier>, postings: &Bound<'_, PyAny>, jobs: isize) -> PyResult<Self> {
        if postings.is_instance_of::<PyString>() {
            return Err(PyTypeError::new_err("postings must be an iterable of str, not one str"));
        }
        Ok(Self {
            classifier: classifier.clone().unbind(),
            postings: Some(postings.try_iter()?.unbind()),
            jobs: threads(jobs)?,
            ready: VecDeque::new(),
            error: None,
        })
    }

    fn classify_next(&mut self, py: Python<'_>) {
        let Some(postings) = &self.postings else { return };
        let mut postings = postings.bind(py).clone();
        let mut items = Vec::new();
        while items.len() < CHUNK * self.jobs {
            match postings.next().map(|item| item.and_then(|item| Item::new(&item))) {
                Some(Ok(item)) => items.push(item),
                Some(Err(error)) => {
                    self.error = Some(error);
                    self.postings = None;
                    break;
                }
                None => {
                    self.postings = None;
                    break;
                }
            }
        }
        let whole = self.classifier.get().evidence;
        let classifier = &self.classifier.get().inner;
        let options = classifier.options();
        let classifier = rolecall::Classifier::clone(classifier).with_options(options.interval(whole));
        let strings: Vec<_> = items.iter().map(|item| &item.backed).collect();
        let verdicts = py.detach(|| {
            in_blocks(strings.len(), self.jobs, |rows, scratch| {
                let classify = |(text, title): &(PyBackedStr, Option<PyBackedStr>)| {
                    classifier.classify_with(scratch, title.as_deref(), text)
                };
                strings[rows].iter().copied().map(classify).collect::<Vec<_>>()
            })
        });
        for (item, verdict) in items.into_iter().zip(verdicts.into_iter().flatten()) {
            self.ready.push_back(Verdict::new((verdict, whole), item.text, item.title, self.classifier.clone_ref(py)));
        }
    }
}

#[pymethods]
impl Verdicts {
    fn __iter__(this: Py<Self>) -> Py<Self> {
        this
    }

    fn __next__(&mut self, py: Python<'_>) -> PyResult<Option<Verdict>> {
        if self.ready.is_empty() {
            self.classify_next(py);
        }
        match (self.ready.pop_front(), self.error.take()) {
            (Some(verdict), error) => {
                self.error = error;
                Ok(Some(verdict))
            }
            (None, Some(error)) => Err(error),
            (None, None) => Ok(None),
        }
    }
}
