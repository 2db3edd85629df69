//! Errors of the library as Python exceptions, with the same words.

use std::error::Error as _;
use std::io;

use pyo3::create_exception;
use pyo3::exceptions::{PyFileNotFoundError, PyOSError, PyPermissionError, PyValueError};
use pyo3::prelude::*;
use rolecall::ErrorKind;

create_exception!(rolecall, RolecallError, PyValueError, "Invalid input, an invalid model or an invalid corpus.");

/// The exception for an error: `OSError` or its kind for a file that cannot be read, else
/// `RolecallError`.
pub(crate) fn exception(error: rolecall::Error) -> PyErr {
    let message = error.to_string();
    if error.kind() != ErrorKind::Io {
        return RolecallError::new_err(message);
    }
    let cause = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
    match cause.map(io::Error::kind) {
        Some(io::ErrorKind::NotFound) => PyFileNotFoundError::new_err(message),
        Some(io::ErrorKind::PermissionDenied) => PyPermissionError::new_err(message),
        _ => PyOSError::new_err(message),
    }
}
