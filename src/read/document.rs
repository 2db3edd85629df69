//! A file as the text of one posting.

use std::io::Read;
use std::path::Path;

use super::charset::Charset;
use super::decode::{FileMap, decode};
use super::kind::FileKind;
use super::unpack::unpack;
use super::{mail, office};
use crate::error::Error;
use crate::input_file::{self, CHANGED, FileState};
use crate::text::Span;

/// The text of a file: plain text, Markdown or HTML in any encoding, a Word document or an
/// email, compressed or not.
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
    changed: bool,
}

impl Document {
    /// Maximum size of a file after decompression, in bytes: far more than any posting has, and
    /// little enough for the memory of any machine.
    pub const MAX_BYTES: u64 = 32 << 20;

    /// Reads the file at `path`, as [`Document::read`] does.
    ///
    /// # Errors
    /// As [`Document::read`], with the name of the file.
    pub fn open(path: &Path, encoding: Option<&str>) -> Result<Self, Error> {
        let opened = input_file::open(path)?;
        let before = FileState::of(&opened);
        let mut document = Self::read(opened, encoding).map_err(|error| error.file(path.display()))?;
        if before.is_some_and(|before| before.has_changed()) {
            document.changed = true;
            document.notes.push(CHANGED.to_owned());
        }
        Ok(document)
    }

    /// Reads a file. `encoding` is a name such as `windows-1252`; if it is `None`, the encoding is
    /// detected from the content.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) for
    /// - an unknown encoding;
    /// - a file larger than [`MAX_BYTES`](Self::MAX_BYTES), or a Word document whose text with its markup
    ///   unpacks to more than 64 MB;
    /// - a file that is not text, with a hint on how to convert it;
    /// - a Word document that is damaged.
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) for a file that cannot be read or decompressed.
    pub fn read(file: impl Read + Send, encoding: Option<&str>) -> Result<Self, Error> {
        let named = encoding.map(Charset::from_label).transpose()?;
        let unpacked = unpack(file)?;
        let bytes = input_file::all(unpacked.bytes, Self::MAX_BYTES)?;
        let elsewhere = |what: &str| format!("offsets are those of {what}");
        let mut document = match unpacked.kind {
            FileKind::Text | FileKind::Html => Self::from_text(bytes, named)?,
            FileKind::Binary if named.is_some() => Self::from_text(bytes, named)?,
            FileKind::Docx => Self::from_parts(office::docx(&bytes)?, elsewhere("the text of the Word document")),
            FileKind::Mail => Self::from_parts(mail::text(&bytes)?, elsewhere("the text of the email")),
            other => return Err(other.refusal()),
        };
        document.notes.extend(unpacked.packing.map(|_| elsewhere("the file after decompression")));
        Ok(document)
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
        Ok(Self { text: decoded.text, map: decoded.map, notes, changed: false })
    }

    fn from_parts(text: String, note: String) -> Self {
        Self { text, map: FileMap::default(), notes: vec![note], changed: false }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The byte range of the file, after decompression, that `span` of the text comes from. For a
    /// Word document or an email, whose text is not in the file as such, it is `span` itself.
    #[must_use]
    pub fn in_file(&self, span: Span) -> Span {
        self.map.to_file(span)
    }

    /// Whether [`in_file`](Self::in_file) returns every span unchanged. That is also so for a Word document
    /// or an email, whose offsets are those of its text: see [`notes`](Self::notes).
    #[must_use]
    pub fn has_offsets_of_file(&self) -> bool {
        self.map.is_identity()
    }

    /// Whether the file changed while it was read, so that the text may be part old and part
    /// new. Only [`Document::open`] can tell.
    #[must_use]
    pub fn has_changed(&self) -> bool {
        self.changed
    }

    /// Messages for the user: a detected encoding, replaced bytes, what offsets refer to, a file
    /// that changed while it was read.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}
