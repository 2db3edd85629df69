//! Reading the numbers, texts and tables of a model file.

use super::format::{HEADER, TABLE_ALIGNMENT};
use crate::error::{Error, ErrorKind};
use crate::model::Kind;

/// A reader that never runs past the end.
pub(super) struct Input<'a> {
    pub bytes: &'a [u8],
    pub at: usize,
}

impl<'a> Input<'a> {
    pub(super) fn take(&mut self, len: usize) -> Result<&'a [u8], Error> {
        let taken = self.at.checked_add(len).and_then(|end| self.bytes.get(self.at..end));
        let Some(taken) = taken else { return Err(self.error("truncated")) };
        self.at += len;
        Ok(taken)
    }

    /// Damage at the current position.
    pub(super) fn error(&self, message: &str) -> Error {
        Error::new(ErrorKind::Model, format!("damaged model file: {message}")).byte((HEADER + self.at) as u64)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub(super) fn u8(&mut self) -> Result<u8, Error> {
        Ok(self.array::<1>()?[0])
    }

    pub(super) fn u32(&mut self) -> Result<u32, Error> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub(super) fn f64(&mut self) -> Result<f64, Error> {
        let number = f64::from_le_bytes(self.array()?);
        if number.is_finite() { Ok(number) } else { Err(self.error("a number that is not finite")) }
    }

    /// A number of things, called `what` in the error if there are more than `max`.
    pub(super) fn count(&mut self, max: usize, what: &str) -> Result<usize, Error> {
        let count = self.u32()? as usize;
        if count > max { Err(self.error(&format!("{count} {what}, at most {max}"))) } else { Ok(count) }
    }

    /// A table of `len` bytes, at the next multiple of [`TABLE_ALIGNMENT`].
    pub(super) fn table(&mut self, len: usize) -> Result<&'a [u8], Error> {
        let gap = (HEADER + self.at).next_multiple_of(TABLE_ALIGNMENT) - (HEADER + self.at);
        if self.take(gap)?.iter().any(|byte| *byte != 0) {
            return Err(self.error("bytes other than 0 between two tables"));
        }
        self.take(len)
    }

    pub(super) fn text(&mut self) -> Result<&'a str, Error> {
        let len = self.u8()? as usize;
        let bytes = self.take(len)?;
        std::str::from_utf8(bytes).map_err(|_| self.error("text that is not UTF-8"))
    }

    pub(super) fn kind(&mut self) -> Result<Option<Kind>, Error> {
        let code = self.u8()?;
        if code == 255 {
            return Ok(None);
        }
        let kind = Kind::ALL.get(code as usize).copied();
        kind.map(Some).ok_or_else(|| self.error("unknown kind"))
    }
}
