//! The Python package of Rolecall: types converted, nothing else. What the package offers is
//! described in `python/rolecall`.

#![cfg_attr(clippy, deny(warnings))]

mod classifier;
mod columns;
mod counts;
mod error;
mod json;
mod score;
mod texts;
mod verdict;
mod verdicts;

use pyo3::prelude::*;

/// The compiled part of the package `rolecall`.
#[pymodule]
mod _rolecall {
    #[pymodule_export]
    use super::classifier::{Classifier, train};
    #[pymodule_export]
    use super::counts::shares;
    #[pymodule_export]
    use super::error::RolecallError;
    #[pymodule_export]
    use super::score::{ArrowTable, column_names, find_column};
    #[pymodule_export]
    use super::verdict::Verdict;
    #[pymodule_export]
    use super::verdicts::Verdicts;
}
