//! Results as the JSON that the program prints, and as Python objects made from it.

use pyo3::exceptions::PyRuntimeError;
use pyo3::intern;
use pyo3::prelude::*;
use rolecall::explain::sanitize;
use serde::Serialize;
use serde_json::Value;

/// The JSON that the program prints.
pub(crate) fn text(value: &impl Serialize) -> PyResult<String> {
    let json = serde_json::to_string(value).map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
    Ok(sanitize::for_json(&json).into_owned())
}

/// The same as dicts and lists.
pub(crate) fn object<'py>(py: Python<'py>, value: &impl Serialize) -> PyResult<Bound<'py, PyAny>> {
    py.import(intern!(py, "json"))?.call_method1(intern!(py, "loads"), (text(value)?,))
}

/// The fields that hold an offset in bytes.
const OFFSETS: [&str; 4] = ["start", "end", "line_start", "line_end"];

/// Adds to each offset in bytes the same in characters: `start_char` to `start`.
pub(crate) fn add_characters(value: &mut Value, text: &str) {
    let mut bytes = Vec::new();
    each_object(value, &mut |fields| {
        bytes.extend(OFFSETS.iter().filter_map(|name| offset(fields, name)));
    });
    bytes.sort_unstable();
    bytes.dedup();
    let (mut at, mut count) = (0, 0);
    let characters = bytes.iter().map(|&byte| {
        count += text.get(at..byte).unwrap_or_default().chars().count();
        at = byte;
        count
    });
    let characters: Vec<usize> = characters.collect();
    each_object(value, &mut |fields| {
        for name in OFFSETS {
            if let Some(Ok(found)) = offset(fields, name).map(|byte| bytes.binary_search(&byte)) {
                fields.insert(format!("{name}_char"), characters[found].into());
            }
        }
    });
}

fn offset(fields: &serde_json::Map<String, Value>, name: &str) -> Option<usize> {
    fields.get(name).and_then(Value::as_u64).map(|byte| byte as usize)
}

fn each_object(value: &mut Value, then: &mut impl FnMut(&mut serde_json::Map<String, Value>)) {
    match value {
        Value::Object(fields) => {
            then(fields);
            fields.values_mut().for_each(|value| each_object(value, then));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| each_object(value, then)),
        _ => {}
    }
}
