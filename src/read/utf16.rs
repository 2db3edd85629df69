//! Decodes a stream of UTF-16 into UTF-8.
//!
//! A lone surrogate becomes three bytes, as in WTF-8, and the last byte of an input of odd
//! length becomes two. So nothing is lost, and a record with either can be rejected.

use std::io::{self, Read};

use super::charset::{Charset, ODD_BYTE};

/// Decodes UTF-16 into UTF-8 as it is read.
pub(crate) struct Utf16<R> {
    inner: R,
    big_endian: bool,
    raw: Vec<u8>,
    decoded: Vec<u8>,
    at: usize,
    /// A high surrogate whose low one is still to come.
    high: Option<u16>,
    ended: bool,
}

impl<R: Read> Utf16<R> {
    pub(crate) fn new(inner: R, charset: Charset) -> Self {
        let big_endian = charset == Charset::Utf16Be;
        Self { inner, big_endian, raw: Vec::new(), decoded: Vec::new(), at: 0, high: None, ended: false }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.decoded.clear();
        self.at = 0;
        let kept = self.raw.len();
        self.raw.resize(kept + (64 << 10), 0);
        let read = loop {
            match self.inner.read(&mut self.raw[kept..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        self.raw.truncate(kept + read);
        self.ended = read == 0;
        let whole = self.raw.len() & !1;
        for at in (0..whole).step_by(2) {
            let pair = [self.raw[at], self.raw[at + 1]];
            let unit = if self.big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) };
            push_unit(&mut self.decoded, &mut self.high, unit);
        }
        self.raw.drain(..whole);
        if self.ended {
            if let Some(high) = self.high.take() {
                push_surrogate(&mut self.decoded, high);
            }
            for byte in self.raw.drain(..) {
                self.decoded.extend_from_slice(&[ODD_BYTE | byte >> 6, 0x80 | byte & 0x3f]);
            }
        }
        Ok(())
    }
}

fn push_unit(out: &mut Vec<u8>, high: &mut Option<u16>, unit: u16) {
    if let Some(first) = high.take() {
        if (0xdc00..0xe000).contains(&unit) {
            let code = 0x1_0000 + (u32::from(first - 0xd800) << 10) + u32::from(unit - 0xdc00);
            push_char(out, code);
            return;
        }
        push_surrogate(out, first);
    }
    match unit {
        0xd800..0xdc00 => *high = Some(unit),
        0xdc00..0xe000 => push_surrogate(out, unit),
        _ => push_char(out, u32::from(unit)),
    }
}

fn push_char(out: &mut Vec<u8>, code: u32) {
    let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

fn push_surrogate(out: &mut Vec<u8>, unit: u16) {
    out.extend_from_slice(&[0xe0 | (unit >> 12) as u8, 0x80 | (unit >> 6 & 0x3f) as u8, 0x80 | (unit & 0x3f) as u8]);
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.decoded.len() {
            if self.ended {
                return Ok(0);
            }
            self.refill()?;
        }
        let length = buffer.len().min(self.decoded.len() - self.at);
        buffer[..length].copy_from_slice(&self.decoded[self.at..self.at + length]);
        self.at += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode(bytes: &[u8], charset: Charset) -> Vec<u8> {
        let mut out = Vec::new();
        Utf16::new(bytes, charset).read_to_end(&mut out).unwrap();
        out
    }

    proptest! {
        #[test]
        fn any_bytes_come_back(
            units in prop::collection::vec(any::<u16>(), 0..40),
            odd in prop::option::of(any::<u8>()),
            big in any::<bool>(),
        ) {
            let charset = if big { Charset::Utf16Be } else { Charset::Utf16Le };
            let mut bytes: Vec<u8> =
                units.iter().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect();
            bytes.extend(odd);
            let decoded = decode(&bytes, charset);
            prop_assert_eq!(charset.source_length(&decoded), bytes.len() as u64);
            prop_assert_eq!(charset.to_source(&decoded), bytes);
            if let (Ok(text), None) = (String::from_utf16(&units), odd) {
                prop_assert_eq!(decoded, text.into_bytes());
            }
        }
    }
}
