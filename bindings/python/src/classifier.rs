//! The classifier.

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
use pyo3::types::{PyBytes, PyDict, PyString, PyTuple};
use rolecall::explain::{self, LexiconEntry};
use rolecall::{Lens, Options, Scratch};

use crate::error::exception;
use crate::json;
use crate::score::{self, ArrowTable};
use crate::texts::{Texts, Values};
use crate::verdict::Verdict;
use crate::verdicts::Verdicts;

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// Calls `then` with this thread's buffers.
pub(crate) fn with_scratch<T>(then: impl FnOnce(&mut Scratch) -> T) -> T {
    SCRATCH.with(|scratch| match scratch.try_borrow_mut() {
        Ok(mut scratch) => then(&mut scratch),
        Err(_) => then(&mut Scratch::new()),
    })
}

/// A model: the bytes of its file, or its path.
pub(crate) enum ModelSource {
    Bytes(PyBackedBytes),
    Path(PathBuf),
}

impl FromPyObject<'_, '_> for ModelSource {
    type Error = PyErr;

    fn extract(model: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        if let Ok(bytes) = model.extract() {
            return Ok(Self::Bytes(bytes));
        }
        let kind = model.get_type().name()?;
        let error = |_| PyTypeError::new_err(format!("a model must be a path or bytes, not {kind}"));
        model.extract().map(Self::Path).map_err(error)
    }
}

/// Reads postings: a model and options.
#[pyclass(frozen, subclass, module = "rolecall")]
pub(crate) struct Classifier {
    pub(crate) inner: Arc<rolecall::Classifier>,
    /// The bytes of a model that is not the built-in one.
    model: Option<Arc<[u8]>>,
    pub(crate) evidence: bool,
    top: usize,
}

impl Classifier {
    /// A classifier with the built-in options.
    fn from_model(model: Vec<u8>) -> Result<Self, rolecall::Error> {
        let inner = rolecall::Classifier::from_bytes(&model)?;
        Ok(Self { inner: Arc::new(inner), model: Some(model.into()), evidence: true, top: PHRASES })
    }
}

/// Default of `top`: that of `rolecall::Options::phrases`, as a constant for the signature below.
const PHRASES: usize = 6;

#[pymethods]
impl Classifier {
    #[new]
    #[pyo3(signature = (model=None, *, lens="consensus".to_owned(), evidence=true, top=PHRASES as isize, ignore_title=false, min_confidence=0.0))]
    fn new(
        model: Option<ModelSource>,
        lens: String,
        evidence: bool,
        top: isize,
        ignore_title: bool,
        min_confidence: f64,
    ) -> PyResult<Self> {
        if !(0.0..=1.0).contains(&min_confidence) {
            return Err(PyValueError::new_err("min_confidence must be from 0 to 1"));
        }
        let top = usize::try_from(top).map_err(|_| PyValueError::new_err("top must be at least 0"))?;
        let lens: Lens = lens.parse().map_err(exception)?;
        let options = Options::default()
            .lens(lens)
            .phrases(if evidence { top } else { 0 })
            .title(!ignore_title)
            .min_confidence(min_confidence);
        let mut this = match model {
            None => {
                let inner = Arc::new(rolecall::Classifier::builtin().map_err(exception)?);
                Self { inner, model: None, evidence, top }
            }
            Some(ModelSource::Bytes(bytes)) => Self::from_model(bytes.to_vec()).map_err(exception)?,
            Some(ModelSource::Path(path)) => {
                // For errors that name the file.
                rolecall::Classifier::from_file(&path).map_err(exception)?;
                Self::from_model(std::fs::read(&path)?).map_err(exception)?
            }
        };
        (this.evidence, this.top) = (evidence, top);
        this.inner = Arc::new(rolecall::Classifier::clone(&this.inner).with_options(options));
        Ok(this)
    }

    /// Name, version and checksum of the model.
    #[getter]
    fn model(&self) -> &str {
        self.inner.model_id()
    }

    /// Whose definition of the two roles is used.
    #[getter]
    fn lens(&self) -> &'static str {
        self.inner.options().lens.as_str()
    }

    /// Whether verdicts list phrases.
    #[getter]
    fn evidence(&self) -> bool {
        self.evidence
    }

    /// Maximum number of phrases per role.
    #[getter]
    fn top(&self) -> usize {
        self.top
    }

    /// Whether postings are judged by the duties alone.
    #[getter]
    fn ignore_title(&self) -> bool {
        !self.inner.options().title
    }

    /// The minimum probability of a label; less probable ones become ``unclear``.
    #[getter]
    fn min_confidence(&self) -> f64 {
        self.inner.options().min_confidence
    }

    /// The content of the model file; None for the built-in model.
    #[pyo3(name = "_model_bytes")]
    fn model_bytes<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.model.as_ref().map(|model| PyBytes::new(py, model))
    }

    /// Classify one posting: plain text, Markdown or HTML.
    #[pyo3(signature = (text, title=None))]
    fn classify(
        this: &Bound<'_, Self>,
        text: Bound<'_, PyString>,
        title: Option<Bound<'_, PyString>>,
    ) -> PyResult<Verdict> {
        let (backed, backed_title) = (backed(&text)?, title.as_ref().map(backed).transpose()?);
        let classifier = &this.get().inner;
        let verdict = this
            .py()
            .detach(|| with_scratch(|scratch| classifier.classify_with(scratch, backed_title.as_deref(), &backed)));
        Ok(Verdict::new((verdict, true), text.unbind(), title.map(Bound::unbind), this.clone().unbind()))
    }

    /// The verdicts of an iterable, without progress.
    #[pyo3(name = "_verdicts", signature = (postings, jobs=0))]
    fn verdicts(this: &Bound<'_, Self>, postings: &Bound<'_, PyAny>, jobs: isize) -> PyResult<Verdicts> {
        Verdicts::new(this, postings, jobs)
    }

    /// Compare two postings, or two versions of one: the JSON object of ``rolecall compare`` as a dict.
    fn compare<'py>(&self, py: Python<'py>, a: PyBackedStr, b: PyBackedStr) -> PyResult<Bound<'py, PyAny>> {
        let found = py.detach(|| with_scratch(|scratch| explain::compare(&self.inner, scratch, &a, &b)));
        json::object(py, &found)
    }

    /// List the duties that the model knows; with ``disputed`` those that the sources disagree about.
    #[pyo3(signature = (disputed=false))]
    fn lexicon<'py>(&self, py: Python<'py>, disputed: bool) -> PyResult<Bound<'py, PyAny>> {
        let entries = self.inner.duties().map(LexiconEntry::new).filter(|entry| entry.disputed || !disputed);
        json::object(py, &entries.collect::<Vec<_>>())
    }

    /// Scores a column of texts: a table of the `rolecall_` columns.
    #[pyo3(name = "_score_column", signature = (texts, titles=None, jobs=0))]
    fn score_column(&self, py: Python<'_>, texts: Texts, titles: Option<Texts>, jobs: isize) -> PyResult<ArrowTable> {
        py.detach(|| score::score(&self.inner, self.evidence, (&texts, titles.as_ref()), jobs))
    }

    /// Counts rows by label and by the values of other columns.
    #[pyo3(name = "_count_column", signature = (texts, titles, groups, jobs=0))]
    fn count_column(
        &self,
        py: Python<'_>,
        texts: Texts,
        titles: Option<Texts>,
        groups: Vec<(String, Values)>,
        jobs: isize,
    ) -> PyResult<ArrowTable> {
        py.detach(|| crate::counts::count(&self.inner, (&texts, titles.as_ref()), &groups, jobs))
    }

    /// The numbers of each text, row by row, as the bytes of doubles: the probabilities, or
    /// with `features` those of `feature_names`.
    #[pyo3(name = "_numbers", signature = (texts, titles=None, features=false, jobs=0))]
    fn numbers<'py>(
        &self,
        py: Python<'py>,
        texts: Vec<PyBackedStr>,
        titles: Option<Vec<Option<PyBackedStr>>>,
        features: bool,
        jobs: isize,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let titles = titles.unwrap_or_default();
        let numbers = py.detach(|| crate::counts::numbers(&self.inner, &texts, &titles, features, jobs))?;
        let bytes: Vec<u8> = numbers.into_iter().flat_map(f64::to_ne_bytes).collect();
        Ok(PyBytes::new(py, &bytes))
    }

    /// The names of the features.
    #[pyo3(name = "_feature_names")]
    fn feature_names(&self) -> Vec<String> {
        crate::counts::feature_names(&self.inner)
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyTuple>, Bound<'py, PyDict>)> {
        let options = PyDict::new(py);
        options.set_item("lens", self.lens())?;
        options.set_item("evidence", self.evidence)?;
        options.set_item("top", self.top)?;
        options.set_item("ignore_title", self.ignore_title())?;
        options.set_item("min_confidence", self.min_confidence())?;
        Ok((PyTuple::new(py, [self.model_bytes(py)])?, options))
    }

    fn __repr__(&self) -> String {
        format!("Classifier(model='{}', lens='{}')", self.inner.model_id(), self.lens())
    }
}

/// The text of a string, in the encoding of the library.
pub(crate) fn backed(text: &Bound<'_, PyString>) -> PyResult<PyBackedStr> {
    text.clone().try_into()
}

/// Trains a classifier on the corpus in a folder.
#[pyfunction]
#[pyo3(signature = (corpus, calibration))]
pub(crate) fn train(py: Python<'_>, corpus: PathBuf, calibration: PathBuf) -> PyResult<Classifier> {
    let trained = py.detach(|| rolecall::train::train(&corpus, &calibration)).map_err(exception)?;
    Classifier::from_model(trained.model).map_err(exception)
}
