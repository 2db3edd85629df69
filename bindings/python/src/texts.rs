//! A column of texts, read without a copy.

use arrow_array::cast::AsArray as _;
use arrow_array::{Array, ArrayRef, BinaryArray, BinaryViewArray, LargeBinaryArray};
use arrow_cast::cast;
use arrow_schema::DataType;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3_arrow::input::AnyArray;

/// A column of texts in any layout of Arrow, in chunks. Nothing is copied, except from
/// dictionaries.
///
/// Other programs may pass bytes that are not UTF-8 in a column of strings, so the values are
/// bytes here.
pub(crate) struct Texts {
    /// Chunks, each with the number of the row after its last.
    chunks: Vec<(usize, Chunk)>,
}

enum Chunk {
    Small(BinaryArray),
    Large(LargeBinaryArray),
    View(BinaryViewArray),
    Null,
}

/// A value of a column.
#[derive(Clone, Copy)]
pub(crate) enum Value<'a> {
    Null,
    /// Bytes that are not UTF-8.
    NotText,
    Text(&'a str),
}

impl Texts {
    fn new(chunks: Vec<ArrayRef>) -> PyResult<Self> {
        let mut end = 0;
        let chunks = chunks.into_iter().map(|array| {
            end += array.len();
            Ok((end, Chunk::new(&array)?))
        });
        Ok(Self { chunks: chunks.collect::<PyResult<_>>()? })
    }

    pub(crate) fn len(&self) -> usize {
        self.chunks.last().map_or(0, |(end, _)| *end)
    }

    pub(crate) fn get(&self, row: usize) -> Value<'_> {
        let at = self.chunks.partition_point(|(end, _)| *end <= row);
        let start = if at == 0 { 0 } else { self.chunks[at - 1].0 };
        let bytes = self.chunks.get(at).and_then(|(_, chunk)| chunk.get(row - start));
        bytes.map_or(Value::Null, |bytes| std::str::from_utf8(bytes).map_or(Value::NotText, Value::Text))
    }
}

impl Chunk {
    fn new(array: &ArrayRef) -> PyResult<Self> {
        Ok(match array.data_type() {
            DataType::Utf8 => Self::Small(array.as_string::<i32>().clone().into()),
            DataType::LargeUtf8 => Self::Large(array.as_string::<i64>().clone().into()),
            DataType::Utf8View => Self::View(array.as_string_view().clone().to_binary_view()),
            DataType::Binary => Self::Small(array.as_binary::<i32>().clone()),
            DataType::LargeBinary => Self::Large(array.as_binary::<i64>().clone()),
            DataType::BinaryView => Self::View(array.as_binary_view().clone()),
            DataType::Null => Self::Null,
            DataType::Dictionary(_, values) if !matches!(**values, DataType::Dictionary(..)) => {
                Self::new(&cast(array, values).map_err(|error| PyTypeError::new_err(error.to_string()))?)?
            }
            other => return Err(PyTypeError::new_err(format!("the column holds {other}, not text"))),
        })
    }

    fn get(&self, row: usize) -> Option<&[u8]> {
        match self {
            Self::Small(array) => array.is_valid(row).then(|| array.value(row)),
            Self::Large(array) => array.is_valid(row).then(|| array.value(row)),
            Self::View(array) => array.is_valid(row).then(|| array.value(row)),
            Self::Null => None,
        }
    }
}

fn chunks(column: Borrowed<'_, '_, PyAny>) -> PyResult<Vec<ArrayRef>> {
    Ok(column.extract::<AnyArray>()?.into_chunked_array()?.into_inner().0)
}

impl FromPyObject<'_, '_> for Texts {
    type Error = PyErr;

    fn extract(column: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        Self::new(chunks(column)?)
    }
}

/// A column of any values, converted to text.
pub(crate) struct Values(pub Texts);

impl FromPyObject<'_, '_> for Values {
    type Error = PyErr;

    fn extract(column: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let text = |array: ArrayRef| match array.data_type() {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => Ok(array),
            _ => cast(&array, &DataType::Utf8),
        };
        let chunks = chunks(column)?.into_iter().map(text).collect::<Result<_, _>>();
        Ok(Self(Texts::new(chunks.map_err(|error| PyTypeError::new_err(error.to_string()))?)?))
    }
}
