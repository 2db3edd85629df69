//! Reads in a Parquet file what must be known before the parquet crate reads it: how large a page will be
//! when it is unpacked, and how deep its columns are nested.
//!
//! Both are in structs of the format's
//! [definition](https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift), written in the
//! [compact protocol](https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md) of Thrift.

use std::io::{self, Read};

/// What is known of a page before it is read.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct PageHeader {
    /// Length of the header itself, in bytes.
    pub length: u64,
    pub dictionary: bool,
    /// Length of the page in bytes, unpacked.
    pub unpacked: u64,
    /// Length of the page in the file, in bytes.
    pub packed: u64,
    /// Number of values, nulls included.
    pub values: u64,
    /// Number of the encoding of the values.
    pub encoding: u64,
    /// Length in bytes of the levels before the values, in pages of version 2.
    pub levels: u64,
}

/// Structs within structs that are read at most; the format has three.
const MAX_DEPTH: usize = 16;

impl PageHeader {
    /// # Errors
    /// Those of reading; [`io::ErrorKind::InvalidData`] for bytes that are no header, and for a size below 0.
    pub(super) fn read(bytes: impl Read) -> io::Result<Self> {
        let mut header = Self::default();
        let mut thrift = Thrift { bytes, length: 0 };
        let mut negative = false;
        thrift.fields(MAX_DEPTH, 0, &mut |parent, field, value| {
            let number = u64::try_from(value);
            let mut levels = 0;
            let target = match (parent, field) {
                (0, 1) => {
                    header.dictionary = value == 2;
                    return;
                }
                (0, 2) => &mut header.unpacked,
                (0, 3) => &mut header.packed,
                // The headers of data pages, dictionaries, and data pages of version 2.
                (5 | 7 | 8, 1) => &mut header.values,
                (5 | 7, 2) | (8, 4) => &mut header.encoding,
                (8, 5 | 6) => &mut levels,
                _ => return,
            };
            negative |= number.is_err();
            *target = number.unwrap_or_default();
            header.levels = header.levels.saturating_add(levels);
        })?;
        header.length = thrift.length;
        if negative { Err(invalid()) } else { Ok(header) }
    }
}

/// The depth of the columns in the metadata of a file, a struct `FileMetaData`: 1 if none is nested.
///
/// # Errors
/// Those of reading; [`io::ErrorKind::InvalidData`] for bytes that are no metadata.
pub(super) fn schema_depth(bytes: impl Read) -> io::Result<usize> {
    // The elements are listed parents first. Of those above the next one, the children that are left.
    let mut parents: Vec<i64> = Vec::new();
    let (mut children, mut depth) = (0, 0);
    Thrift { bytes, length: 0 }.fields(MAX_DEPTH, 0, &mut |parent, field, value| match (parent, field) {
        (2, 5) => children = value,
        (2, END) => {
            depth = depth.max(parents.len());
            if let Some(left) = parents.last_mut() {
                *left -= 1;
            }
            parents.push(children);
            children = 0;
            while parents.last().is_some_and(|left| *left <= 0) {
                parents.pop();
            }
        }
        _ => {}
    })?;
    Ok(depth)
}

fn invalid() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a header is not as the format requires")
}

/// Stands for the number of a field at the end of a struct in a list.
const END: i64 = i64::MIN;

/// A reader of the compact protocol that skips all but integers.
struct Thrift<R> {
    bytes: R,
    /// Bytes read so far.
    length: u64,
}

impl<R: Read> Thrift<R> {
    fn byte(&mut self) -> io::Result<u8> {
        let mut byte = [0];
        self.bytes.read_exact(&mut byte)?;
        self.length += 1;
        Ok(byte[0])
    }

    /// An integer of variable length: seven bits a byte, the lowest first.
    fn unsigned(&mut self) -> io::Result<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(invalid())
    }

    /// An integer whose lowest bit is the sign.
    fn signed(&mut self) -> io::Result<i64> {
        let value = self.unsigned()?;
        Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    fn skip_bytes(&mut self, count: u64) -> io::Result<()> {
        let skipped = io::copy(&mut self.bytes.by_ref().take(count), &mut io::sink())?;
        self.length += skipped;
        if skipped == count { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    /// Reads the fields of a struct, which is in the field `parent` of another, or 0. Passes the parent, the
    /// number and the value of each integer to `each`, but not of structs further inside.
    fn fields(&mut self, depth: usize, parent: i64, each: &mut dyn FnMut(i64, i64, i64)) -> io::Result<()> {
        let mut field = 0i64;
        loop {
            let header = self.byte()?;
            if header == 0 {
                return Ok(());
            }
            field = match header >> 4 {
                0 => self.signed()?,
                difference => field.saturating_add(i64::from(difference)),
            };
            match header & 0xf {
                // A boolean is in the header.
                1 | 2 => {}
                kind @ 4..=6 => {
                    let value = self.signed()?;
                    // Another reader may cut it to 32 bits.
                    if kind < 6 && i32::try_from(value).is_err() {
                        return Err(invalid());
                    }
                    each(parent, field, value);
                }
                12 if parent == 0 => self.fields(deeper(depth)?, field, each)?,
                9 if parent == 0 => {
                    let (count, kind) = self.list()?;
                    for _ in 0..count {
                        if kind == 12 {
                            self.fields(deeper(depth)?, field, each)?;
                            each(field, END, 0);
                        } else {
                            self.skip(deeper(depth)?, kind)?;
                        }
                    }
                }
                kind => self.skip(depth, kind)?,
            }
        }
    }

    /// The number of elements of a list, and their type.
    fn list(&mut self) -> io::Result<(u64, u8)> {
        let header = self.byte()?;
        let count = match header >> 4 {
            15 => self.unsigned()?,
            count => u64::from(count),
        };
        Ok((count, header & 0xf))
    }

    /// Skips a value of a type by its number in fields; an element of a list or map has the same.
    fn skip(&mut self, depth: usize, kind: u8) -> io::Result<()> {
        match kind {
            1..=3 => self.skip_bytes(1),
            4..=6 => self.unsigned().map(drop),
            7 => self.skip_bytes(8),
            8 => {
                let length = self.unsigned()?;
                self.skip_bytes(length)
            }
            9 | 10 => {
                let (count, kind) = self.list()?;
                (0..count).try_for_each(|_| self.skip(deeper(depth)?, kind))
            }
            11 => {
                let count = self.unsigned()?;
                let kinds = if count == 0 { 0 } else { self.byte()? };
                (0..count).try_for_each(|_| {
                    self.skip(deeper(depth)?, kinds >> 4)?;
                    self.skip(deeper(depth)?, kinds & 0xf)
                })
            }
            12 => self.fields(deeper(depth)?, -1, &mut |_, _, _| {}),
            13 => self.skip_bytes(16),
            _ => Err(invalid()),
        }
    }
}

fn deeper(depth: usize) -> io::Result<usize> {
    depth.checked_sub(1).ok_or_else(invalid)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// By hand from the protocol: a data page of 300 bytes, 20 packed, with 9 values in a dictionary's
    /// encoding; a checksum, statistics and fields of later versions between.
    #[test]
    fn a_header_is_read_whatever_else_it_has() {
        let mut bytes = vec![0x15, 0, 0x15, 0xd8, 0x04, 0x15, 40, 0x15, 0x0d];
        // Field 5: values, encoding, two encodings of levels, statistics of a minimum.
        bytes.extend([0x1c, 0x15, 18, 0x15, 16, 0x15, 6, 0x15, 6, 0x1c, 0x18, 3, b'a', b'b', b'c', 0, 0]);
        // Field 30 with its number in full: a list of 17 structs with a boolean, then a map of two integers to
        // doubles, and a boolean.
        bytes.extend([0x09, 60, 0xfc, 17]);
        bytes.extend([0x11, 0].repeat(17));
        bytes.extend([0x1b, 2, 0x57, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0x11, 0]);
        let expected = PageHeader {
            length: bytes.len() as u64,
            dictionary: false,
            unpacked: 300,
            packed: 20,
            values: 9,
            encoding: 8,
            levels: 0,
        };
        assert_eq!(PageHeader::read(&[&bytes[..], b"page"].concat()[..]).unwrap(), expected);
        for length in 0..bytes.len() {
            assert!(PageHeader::read(&bytes[..length]).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn dictionaries_and_pages_of_version_2() {
        let dictionary = PageHeader::read(&[0x15, 4, 0x15, 20, 0x15, 20, 0x4c, 0x15, 4, 0x15, 0, 0, 0][..]).unwrap();
        assert!(dictionary.dictionary && dictionary.values == 2 && dictionary.encoding == 0);
        let second = [0x15, 6, 0x15, 20, 0x15, 20, 0x5c, 0x15, 12, 0x15, 0, 0x15, 12, 0x15, 14, 0x15, 0, 0x15, 0, 0, 0];
        let page = PageHeader::read(&second[..]).unwrap();
        assert_eq!((page.values, page.encoding, page.dictionary), (6, 7, false));
    }

    #[test]
    fn sizes_below_0_and_endless_structs_are_refused() {
        assert!(PageHeader::read(&[0x15, 0, 0x15, 1, 0x15, 20, 0][..]).is_err(), "-1 bytes");
        assert!(PageHeader::read(&[0x1c; 99][..]).is_err(), "structs");
        assert!(PageHeader::read(&[0x19; 99][..]).is_err(), "lists");
        assert!(PageHeader::read(&[0xff; 64][..]).is_err(), "a number of 64 bytes");
        let size_of_33_bits = [0x15, 0, 0x15, 0x80, 0x80, 0x80, 0x80, 0x20, 0x15, 20, 0];
        assert!(PageHeader::read(&size_of_33_bits[..]).is_err());
    }

    /// By hand from the protocol: a version, elements that have a type or a number of children, a number of
    /// rows. The depth is that of 1, of 2, and of 3 after a column of 1.
    #[test]
    fn the_depth_of_a_schema() {
        for (children, depth) in [(&[0][..], 0), (&[1, 0], 1), (&[1, 1, 0], 2), (&[2, 0, 2, 0, 1, 0], 3)] {
            let element = |count: &u8| match count {
                0 => vec![0x15, 12, 0x38, 1, b'a', 0],
                count => vec![0x48, 1, b'a', 0x15, 2 * count, 0],
            };
            let elements: Vec<u8> = children.iter().flat_map(element).collect();
            let list = 0x0c | (children.len() as u8) << 4;
            let bytes = [&[0x15, 2, 0x19, list][..], &elements, &[0x16, 0, 0]].concat();
            assert_eq!(schema_depth(&bytes[..]).unwrap(), depth, "{children:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(header) = PageHeader::read(&bytes[..]) {
                prop_assert!(header.length <= bytes.len() as u64);
            }
            let _ = schema_depth(&bytes[..]);
        }
    }
}
