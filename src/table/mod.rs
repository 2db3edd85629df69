//! Tables of postings: CSV, TSV, JSON, workbooks and Parquet files, compressed or not, in any
//! common encoding.
//!
//! Every command reads tables through this module, so all of them find the same rows and
//! columns. [`TableOptions`] overrides what is detected.

#![cfg_attr(
    not(all(feature = "train", feature = "batch")),
    allow(dead_code, unused_imports, reason = "some parts are only for one of them")
)]

#[cfg(feature = "parquet")]
mod columnar;
pub(crate) mod columns;
/// For the program; not part of the API.
#[cfg(any(feature = "excel", feature = "parquet"))]
#[doc(hidden)]
pub mod convert;
pub(crate) mod dialect;
pub(crate) mod fields;
pub(crate) mod format;
mod guess;
pub(crate) mod json;
mod json_array;
mod json_document;
mod open;
mod options;
pub(crate) mod reader;
pub(crate) mod records;
pub(crate) mod row;
mod row_end;
#[cfg(feature = "train")]
pub(crate) mod rows;
pub(crate) mod sample;
pub(crate) mod source;
#[cfg(feature = "excel")]
mod workbook;

pub use format::{Format, delimiter};
pub(crate) use open::Table;
pub use options::TableOptions;
pub(crate) use options::{MEMORY_PER_BYTE, too_large};
pub use row::RejectReason;

/// The index in `names` of the column `wanted`: its name, in any case if only one name
/// matches, or its number from 1. Columns in [`TableOptions`] are found the same way.
///
/// # Errors
/// [`ErrorKind::Input`](crate::ErrorKind::Input) if there is no such column, or several; the hint lists
/// the columns and suggests the most similar name.
pub fn find_column(names: &[String], wanted: &str) -> Result<usize, crate::Error> {
    columns::find(names, wanted, &|_| 0)
}
