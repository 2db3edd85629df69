//! The tokenizer's view of the source.

use std::convert::Infallible;
use std::fmt;

use html5gum::{Readable as _, Reader, StringReader};

/// Number of attribute values in double quotes after which the tokenizer is interrupted.
const VALUES: u32 = 64;

/// The source of a tokenizer. The tokenizer reads a tag's attributes by a recursion as long as their
/// values are in double quotes, and many would overflow the stack. After some, this source returns an
/// error, which ends the recursion; the tokenizer's next call continues at the same byte.
pub(super) struct Source<'a> {
    reader: StringReader<'a>,
    values: u32,
}

impl<'a> Source<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { reader: text.to_reader(), values: 0 }
    }
}

fn never<T>(read: Result<T, Infallible>) -> Result<T, Interruption> {
    read.map_err(|error| match error {})
}

impl Reader for Source<'_> {
    type Error = Interruption;

    #[inline]
    fn read_byte(&mut self) -> Result<Option<u8>, Interruption> {
        never(self.reader.read_byte())
    }

    #[inline]
    fn try_read_string(&mut self, text: &[u8], case_sensitive: bool) -> Result<bool, Interruption> {
        never(self.reader.try_read_string(text, case_sensitive))
    }

    #[inline]
    fn read_until<'b>(
        &'b mut self,
        needle: &[u8],
        char_buf: &'b mut [u8; 4],
    ) -> Result<Option<&'b [u8]>, Interruption> {
        // What is read up to a double quote, and not up to a single one, is such a value.
        if needle.first() == Some(&b'"') {
            self.values += 1;
            if self.values > VALUES {
                self.values = 0;
                return Err(Interruption);
            }
        }
        never(self.reader.read_until(needle, char_buf))
    }
}

/// No error: the tokenizer is to be called again.
#[derive(Debug)]
pub(super) struct Interruption;

impl fmt::Display for Interruption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("interrupted")
    }
}

impl std::error::Error for Interruption {}
