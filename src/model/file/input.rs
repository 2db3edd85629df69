//! Reading a model file's numbers and texts.

use super::{HEADER, TABLE};
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
        let Some(taken) = taken else { return Err(self.wrong("cut short")) };
        self.at += len;
        Ok(taken)
    }

    pub(super) fn wrong(&self, what: &str) -> Error {
        Error::new(ErrorKind::Model, format!("damaged model file: {what}")).byte((HEADER + self.at) as u64)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub(super) fn u8(&mut self) -> Result<u8, Error> {
        Ok(self.array::<1>()?[0])
    }

    pub(super) fn flag(&mut self) -> Result<bool, Error> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.wrong("not a flag")),
        }
    }

    pub(super) fn u32(&mut self) -> Result<u32, Error> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub(super) fn f64(&mut self) -> Result<f64, Error> {
        let number = f64::from_le_bytes(self.array()?);
        if number.is_finite() { Ok(number) } else { Err(self.wrong("a number that is not finite")) }
    }

    pub(super) fn count(&mut self, most: usize, what: &str) -> Result<usize, Error> {
        let count = self.u32()? as usize;
        if count > most { Err(self.wrong(&format!("{count} {what}, at most {most}"))) } else { Ok(count) }
    }

    /// A table of so many bytes, at the next place where tables begin.
    pub(super) fn table(&mut self, len: usize) -> Result<&'a [u8], Error> {
        let gap = (HEADER + self.at).next_multiple_of(TABLE) - (HEADER + self.at);
        if self.take(gap)?.iter().any(|byte| *byte != 0) {
            return Err(self.wrong("something between two tables"));
        }
        self.take(len)
    }

    pub(super) fn text(&mut self) -> Result<&'a str, Error> {
        let len = self.u8()? as usize;
        let bytes = self.take(len)?;
        std::str::from_utf8(bytes).map_err(|_| self.wrong("text that is not UTF-8"))
    }

    pub(super) fn kind(&mut self) -> Result<Option<Kind>, Error> {
        let code = self.u8()?;
        if code == 255 {
            return Ok(None);
        }
        let kind = Kind::ALL.get(code as usize).copied();
        kind.map(Some).ok_or_else(|| self.wrong("unknown kind"))
    }
}
