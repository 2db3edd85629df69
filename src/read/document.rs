//! A file as the text of one posting.

use std::io::Read;

use super::charset::Charset;
use super::decode::{FileMap, decode};
use super::kind::FileKind;
use super::unpack::{read_error, unpack};
use super::{mail, office};
use crate::error::Error;
use crate::text::Span;

/// The text of a file: plain text, Markdown or HTML in any encoding, a Word document or a
/// mail, compressed or not.
///
/// ```
/// use rolecall::{Document, Span};
///
/// let document = Document::read(&b"Own the caf\xe9 roadmap"[..], None)?;
/// assert_eq!(document.text(), "Own the caf\u{e9} roadmap");
/// let roadmap = document.text().find("roadmap").unwrap();
/// assert_eq!(document.in_file(Span::new(roadmap, roadmap + 7)), Span::new(13, 20));
/// # Ok::<(), rolecall::Error>(())
/// ```
#[derive(Debug)]
pub struct Document {
    text: String,
    map: FileMap,
    notes: Vec<String>,
}

impl Document {
    /// Reads a file, decoded as `encoding`, a name such as `windows-1252`, or by its content.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) for an unknown encoding and for a file
    /// that is not text, with its kind and how to convert it;
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) for one that cannot be read or is damaged.
    pub fn read(file: impl Read + Send, encoding: Option<&str>) -> Result<Self, Error> {
        let named = encoding.map(Charset::from_label).transpose()?;
        let mut unpacked = unpack(file)?;
        let mut bytes = Vec::new();
        unpacked.bytes.read_to_end(&mut bytes).map_err(read_error)?;
        let elsewhere = |what: &str| format!("offsets are those of {what}");
        let document = match unpacked.kind {
            FileKind::Text | FileKind::Html => Self::from_text(bytes, named)?,
            FileKind::Binary if named.is_some() => Self::from_text(bytes, named)?,
            FileKind::Docx => Self::from_parts(office::docx(&bytes)?, elsewhere("the text of the Word document")),
            FileKind::Mail => Self::from_parts(mail::text(&bytes)?, elsewhere("the text of the mail")),
            other => return Err(other.refusal()),
        };
        let packed = unpacked.packing.map(|_| elsewhere("the file after decompression"));
        Ok(Self { notes: document.notes.into_iter().chain(packed).collect(), ..document })
    }

    fn from_text(bytes: Vec<u8>, named: Option<Charset>) -> Result<Self, Error> {
        if named.is_none() {
            Charset::refuse_utf32(&bytes)?;
        }
        let decoded = decode(bytes, named);
        let mut notes = Vec::new();
        if named.is_none() && decoded.charset != Charset::Utf8 {
            notes.push(format!("encoding: {}", decoded.charset.name()));
        }
        if let Some(at) = decoded.invalid {
            notes.push(format!("byte {at}: not {}; invalid bytes are replaced", decoded.charset.name()));
        }
        Ok(Self { text: decoded.text, map: decoded.map, notes })
    }

    fn from_parts(text: String, note: String) -> Self {
        Self { text, map: FileMap::default(), notes: vec![note] }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The range of the file, after decompression, that `span` of the text comes from. Of a
    /// Word document or a mail, whose text is not in the file as such, `span` itself.
    #[must_use]
    pub fn in_file(&self, span: Span) -> Span {
        self.map.to_file(span)
    }

    /// Whether all offsets of the text are those of the file.
    #[must_use]
    pub fn has_offsets_of_file(&self) -> bool {
        self.map.is_identity()
    }

    /// What the reader should know: a detected encoding, replaced bytes, what offsets refer to.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}
