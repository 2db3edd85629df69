//! A verdict.

use std::fmt::Write as _;
use std::sync::OnceLock;

use pyo3::exceptions::PyAttributeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyString, PyTuple};
use rolecall::explain::{self, html};
use rolecall::{Label, Reason, Scratch};

use crate::classifier::{Classifier, backed, with_scratch};
use crate::json;

/// The verdict on one posting.
///
/// Its attributes are the fields of the program's JSON. Offsets in bytes are also given in
/// characters, such as ``start_char``. A notebook shows it as the posting with its phrases marked.
#[pyclass(frozen, module = "rolecall")]
pub(crate) struct Verdict {
    label: Label,
    reason: Option<Reason>,
    confidence: f64,
    pm_share: Option<f64>,
    /// The whole verdict. It is computed later where only labels are wanted, because the interval of
    /// the share takes longer than the rest.
    whole: OnceLock<rolecall::Verdict>,
    text: Py<PyString>,
    title: Option<Py<PyString>>,
    classifier: Py<Classifier>,
    /// All fields as Python objects, made when one is asked for.
    record: PyOnceLock<Py<PyAny>>,
}

impl Verdict {
    /// Keeps the whole verdict if it `is_whole`.
    pub(crate) fn new(
        (verdict, is_whole): (rolecall::Verdict, bool),
        text: Py<PyString>,
        title: Option<Py<PyString>>,
        classifier: Py<Classifier>,
    ) -> Self {
        let rolecall::Verdict { label, reason, confidence, pm_share, .. } = verdict;
        let whole = if is_whole { OnceLock::from(verdict) } else { OnceLock::new() };
        Self { label, reason, confidence, pm_share, whole, text, title, classifier, record: PyOnceLock::new() }
    }

    fn whole(&self, py: Python<'_>) -> PyResult<&rolecall::Verdict> {
        if let Some(whole) = self.whole.get() {
            return Ok(whole);
        }
        let (text, title) = self.strings(py)?;
        let classify =
            |scratch: &mut Scratch| self.classifier.get().inner.classify_with(scratch, title.as_deref(), &text);
        Ok(self.whole.get_or_init(|| with_scratch(classify)))
    }

    /// Text and title as the library reads them.
    fn strings(&self, py: Python<'_>) -> PyResult<(PyBackedStr, Option<PyBackedStr>)> {
        let title = self.title.as_ref().map(|title| backed(title.bind(py))).transpose()?;
        Ok((backed(self.text.bind(py))?, title))
    }

    fn record<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyAny>> {
        let record = self.record.get_or_try_init(py, || {
            let mut value =
                serde_json::to_value(self.whole(py)?).map_err(|error| PyAttributeError::new_err(error.to_string()))?;
            json::add_characters(&mut value, &backed(self.text.bind(py))?);
            let load = py.import(intern!(py, "rolecall._record"))?.getattr(intern!(py, "load"))?;
            load.call1((value.to_string(),)).map(Bound::unbind)
        })?;
        Ok(record.bind(py))
    }
}

#[pymethods]
impl Verdict {
    /// ``pm``, ``pmm``, ``hybrid`` or ``unclear``.
    #[getter]
    fn label(&self) -> &'static str {
        self.label.as_str()
    }

    /// Why the label is ``unclear``.
    #[getter]
    fn reason(&self) -> Option<&'static str> {
        self.reason.map(Reason::as_str)
    }

    /// Probability of the label, 0 to 1.
    #[getter]
    fn confidence(&self) -> f64 {
        self.confidence
    }

    /// PM share of the duties that belong to one role, 0 to 1.
    #[getter]
    fn pm_share(&self) -> Option<f64> {
        self.pm_share
    }

    /// The other fields of the JSON object.
    fn __getattr__<'py>(&self, py: Python<'py>, name: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyAny>> {
        if name.to_cow()?.starts_with('_') {
            return Err(PyAttributeError::new_err(format!("'Verdict' object has no attribute '{name}'")));
        }
        self.record(py)?
            .getattr(name)
            .map_err(|_| PyAttributeError::new_err(format!("'Verdict' object has no attribute '{name}'")))
    }

    fn __dir__<'py>(&self, py: Python<'py>) -> PyResult<Vec<String>> {
        let fields = self.record(py)?.getattr(intern!(py, "__dict__"))?;
        let mut names: Vec<String> = fields.try_iter()?.map(|name| name?.extract()).collect::<PyResult<_>>()?;
        names.extend(["to_dict", "to_json"].map(str::to_owned));
        Ok(names)
    }

    /// The JSON that the program prints, without the line break.
    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        json::text(self.whole(py)?)
    }

    /// The same as a dict.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json::object(py, self.whole(py)?)
    }

    /// The posting with its phrases marked, beside the duties, in a frame of its own.
    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        let ((text, title), classifier) = (self.strings(py)?, &self.classifier.get().inner);
        let page = py.detach(|| {
            let options = classifier.options().phrases(usize::MAX);
            let whole = rolecall::Classifier::clone(classifier).with_options(options);
            let found = with_scratch(|scratch| explain::explain(&whole, scratch, title.as_deref(), &text, false));
            html::page(&text, &found)
        });
        let source = page.replace('&', "&amp;").replace('"', "&quot;");
        let mut frame = String::with_capacity(source.len() + 200);
        let _ = write!(
            frame,
            "<iframe title=\"Verdict\" sandbox srcdoc=\"{source}\" style=\"width:100%;height:40rem;border:0\"></iframe>"
        );
        Ok(frame)
    }

    fn __repr__(&self) -> String {
        let mut shown = format!("Verdict(label='{}', confidence={:.2}", self.label, self.confidence);
        if let Some(reason) = self.reason {
            let _ = write!(shown, ", reason='{reason}'");
        }
        if let Some(share) = self.pm_share {
            let _ = write!(shown, ", pm_share={share:.2}");
        }
        shown + ")"
    }

    fn __eq__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Ok(other) = other.cast::<Self>() else { return Ok(false) };
        Ok(self.whole(py)? == other.get().whole(py)?)
    }

    /// The same posting always gets the same verdict, so it is classified again.
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let classify = self.classifier.bind(py).getattr(intern!(py, "classify"))?;
        let title = self.title.as_ref().map(|title| title.bind(py));
        Ok((classify, (self.text.bind(py), title).into_pyobject(py)?))
    }
}
