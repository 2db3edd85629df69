//! A verdict.

use pyo3::exceptions::PyAttributeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyString, PyTuple};
use rolecall::explain::{self, html};
use std::fmt::Write as _;

use crate::classifier::{Classifier, backed, with_scratch};
use crate::json;

/// The verdict on one posting.
#[pyclass(frozen, module = "rolecall")]
pub(crate) struct Verdict {
    inner: rolecall::Verdict,
    text: Py<PyString>,
    title: Option<Py<PyString>>,
    classifier: Py<Classifier>,
    /// All fields as Python objects, made when one is asked for.
    record: PyOnceLock<Py<PyAny>>,
}

impl Verdict {
    pub(crate) fn new(
        inner: rolecall::Verdict,
        text: Py<PyString>,
        title: Option<Py<PyString>>,
        classifier: Py<Classifier>,
    ) -> Self {
        Self { inner, text, title, classifier, record: PyOnceLock::new() }
    }

    fn record<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyAny>> {
        let record = self.record.get_or_try_init(py, || {
            let mut value =
                serde_json::to_value(&self.inner).map_err(|error| PyAttributeError::new_err(error.to_string()))?;
            json::add_characters(&mut value, &backed(self.text.bind(py))?);
            let load = py.import(intern!(py, "rolecall._record"))?.getattr(intern!(py, "load"))?;
            load.call1((value.to_string(),)).map(Bound::unbind)
        })?;
        Ok(record.bind(py))
    }
}

#[pymethods]
impl Verdict {
    #[getter]
    fn label(&self) -> &'static str {
        self.inner.label.as_str()
    }

    #[getter]
    fn reason(&self) -> Option<&'static str> {
        self.inner.reason.map(rolecall::Reason::as_str)
    }

    #[getter]
    fn confidence(&self) -> f64 {
        self.inner.confidence
    }

    #[getter]
    fn pm_share(&self) -> Option<f64> {
        self.inner.pm_share
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

    fn to_json(&self) -> PyResult<String> {
        json::text(&self.inner)
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json::object(py, &self.inner)
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        let (text, title) = (backed(self.text.bind(py))?, self.title.as_ref().map(|title| backed(title.bind(py))));
        let (title, classifier) = (title.transpose()?, &self.classifier.get().inner);
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
        let verdict = &self.inner;
        let mut shown = format!("Verdict(label='{}', confidence={:.2}", verdict.label, verdict.confidence);
        if let Some(reason) = verdict.reason {
            let _ = write!(shown, ", reason='{reason}'");
        }
        if let Some(share) = verdict.pm_share {
            let _ = write!(shown, ", pm_share={share:.2}");
        }
        shown + ")"
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().inner == self.inner)
    }

    /// The same posting always gets the same verdict, so it is classified again.
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let classify = self.classifier.bind(py).getattr(intern!(py, "classify"))?;
        let title = self.title.as_ref().map(|title| title.bind(py));
        Ok((classify, (self.text.bind(py), title).into_pyobject(py)?))
    }
}
