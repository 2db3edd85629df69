//! Detects the kind of a file by its content.

use super::charset::Charset;
use crate::error::{Error, ErrorKind};

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// Text, in any encoding.
    Text,
    /// An HTML page: text that begins with a doctype or `<html`.
    Html,
    /// An email or a saved page with its parts: text that begins with header fields.
    Mail,
    Rtf,
    Gzip,
    Zstd,
    Xz,
    Bzip2,
    /// An archive or a compressed file that is not read: zip (without a known document in it), tar,
    /// 7z, rar, lz4.
    Archive,
    Docx,
    Xlsx,
    Xlsb,
    Pptx,
    /// An `OpenDocument` text.
    Odt,
    /// An `OpenDocument` spreadsheet.
    Ods,
    Epub,
    /// Word, Excel or `PowerPoint` before 2007.
    OldOffice,
    Pdf,
    PostScript,
    Parquet,
    /// Arrow, Avro, ORC.
    ColumnFile,
    Sqlite,
    Image,
    /// Any other data that is not text.
    Binary,
}

/// Bytes of the beginning that are searched for control characters.
const SAMPLE: usize = 64 << 10;

impl FileKind {
    /// The kind that `sample`, the beginning of a file, shows.
    pub(crate) fn detect(sample: &[u8]) -> Self {
        if let Some(kind) = by_magic(sample) {
            return kind;
        }
        if sample.starts_with(b"PK\x03\x04") || sample.starts_with(b"PK\x05\x06") {
            return zipped(sample);
        }
        let text = sample.strip_prefix(b"\xef\xbb\xbf").unwrap_or(sample).trim_ascii_start();
        let starts = |tag: &[u8]| text.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
        if starts(b"<!doctype html") || starts(b"<html") {
            Self::Html
        } else if is_mail(text) {
            Self::Mail
        } else if is_binary(sample) {
            Self::Binary
        } else {
            Self::Text
        }
    }

    /// Its name in messages.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Html => "an HTML page",
            Self::Mail => "an email",
            Self::Rtf => "an RTF document",
            Self::Gzip => "a gzip file",
            Self::Zstd => "a Zstandard file",
            Self::Xz => "an xz file",
            Self::Bzip2 => "a bzip2 file",
            Self::Archive => "an archive of files",
            Self::Docx => "a Word document (.docx)",
            Self::Xlsx => "an Excel workbook (.xlsx)",
            Self::Xlsb => "a binary Excel workbook (.xlsb)",
            Self::Pptx => "a PowerPoint presentation (.pptx)",
            Self::Odt => "an OpenDocument text (.odt)",
            Self::Ods => "an OpenDocument spreadsheet (.ods)",
            Self::Epub => "an e-book (.epub)",
            Self::OldOffice => "a Word, Excel or PowerPoint file of the format before 2007",
            Self::Pdf => "a PDF document",
            Self::PostScript => "a PostScript document",
            Self::Parquet => "a Parquet file",
            Self::ColumnFile => "an Arrow, Avro or ORC file",
            Self::Sqlite => "an SQLite database",
            Self::Image => "an image",
            Self::Binary => "binary data",
        }
    }

    /// A hint on how to convert it to text.
    pub(crate) const fn advice(self) -> &'static str {
        match self {
            Self::Text | Self::Html => "save it as UTF-8",
            Self::Mail => "save the text of the email",
            Self::Rtf => "convert it first: textutil -convert txt FILE, or pandoc FILE -t plain",
            Self::Gzip => "unpack it first: gunzip FILE",
            Self::Zstd => "unpack it first: unzstd FILE",
            Self::Xz => "unpack it first: unxz FILE",
            Self::Bzip2 => "unpack it first: bunzip2 FILE",
            Self::Archive => "unpack it first, then give the file in it",
            Self::Docx | Self::Odt | Self::Epub => "convert it first: pandoc FILE -t plain",
            Self::Xlsx | Self::Ods => "for a table use 'rolecall batch', or save the sheet as CSV",
            Self::Pptx => "convert it first: soffice --convert-to pdf FILE, then pdftotext",
            Self::OldOffice => {
                "save a text as .docx, for 'rolecall classify', and a table as .xlsx, for 'rolecall batch'"
            }
            Self::Xlsb => "save it as .xlsx",
            Self::Pdf => "convert it first: pdftotext FILE -",
            Self::PostScript => "convert it first: ps2ascii FILE",
            Self::Parquet | Self::ColumnFile => {
                "for a table use 'rolecall batch' or convert it to CSV, for instance with duckdb"
            }
            Self::Sqlite => "export the table as CSV first: sqlite3 -csv -header FILE 'SELECT …'",
            Self::Image => "read its text first: tesseract FILE -",
            Self::Binary => "give a text file",
        }
    }

    /// The error for a file of this kind where it is not supported.
    pub(crate) fn refusal(self) -> Error {
        Error::new(ErrorKind::Input, format!("is {}, not text", self.name())).hint(self.advice())
    }
}

fn by_magic(sample: &[u8]) -> Option<FileKind> {
    #[rustfmt::skip]
    const MAGIC: [(FileKind, &[&[u8]]); 12] = [
        (FileKind::Gzip, &[b"\x1f\x8b"]),
        (FileKind::Zstd, &[b"\x28\xb5\x2f\xfd"]),
        (FileKind::Xz, &[b"\xfd7zXZ\0"]),
        (FileKind::Archive, &[b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x04\x22\x4d\x18"]),
        (FileKind::Rtf, &[b"{\\rtf"]),
        (FileKind::OldOffice, &[b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]),
        (FileKind::PostScript, &[b"%!PS"]),
        (FileKind::Parquet, &[b"PAR1", b"PARE"]),
        (FileKind::ColumnFile, &[b"ARROW1\0", b"Obj\x01", b"FEA1"]),
        (FileKind::Sqlite, &[b"SQLite format 3\0"]),
        (FileKind::Image, &[
            b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"\0\0\x01\0", b"8BPS",
        ]),
        (FileKind::Binary, &[
            b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\0asm", b"\x89HDF\r\n", b"\x80\x04\x95", b"OggS\0",
            b"ID3\x03", b"ID3\x04", b"bplist00",
        ]),
    ];
    if let Some((kind, _)) = MAGIC.iter().find(|(_, magic)| magic.iter().any(|magic| sample.starts_with(magic))) {
        return Some(*kind);
    }
    match *sample {
        // A skippable frame of Zstandard.
        [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(FileKind::Zstd),
        [b'B', b'Z', b'h', b'1'..=b'9', b'1', b'A', b'Y', b'&', ..] => Some(FileKind::Bzip2),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(FileKind::Image),
        [0, 0, 0, _, b'f', b't', b'y', b'p', ..] => Some(FileKind::Binary),
        [b'O', b'R', b'C', second, ..] if second < b' ' => Some(FileKind::ColumnFile),
        _ if sample.starts_with(b"%PDF-") => Some(FileKind::Pdf),
        _ if sample.get(257..262) == Some(b"ustar") => Some(FileKind::Archive),
        // A PDF may have other bytes before its header. Without binary ones, this is a text about PDF.
        _ => sample
            .get(..1024)
            .is_some_and(|start| {
                memchr::memmem::find(start, b"%PDF-1.")
                    .is_some_and(|at| start[..at].iter().any(|byte| *byte >= 128 || *byte == 0))
            })
            .then_some(FileKind::Pdf),
    }
}

/// The document in a zip archive, by the names of its first files.
fn zipped(sample: &[u8]) -> FileKind {
    let has = |name: &[u8]| memchr::memmem::find(sample, name).is_some();
    let table: [(&[u8], FileKind); 10] = [
        (b"mimetypeapplication/vnd.oasis.opendocument.text", FileKind::Odt),
        (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", FileKind::Ods),
        (b"mimetypeapplication/epub", FileKind::Epub),
        (b"word/document.xml", FileKind::Docx),
        (b"xl/workbook.bin", FileKind::Xlsb),
        (b"xl/workbook.", FileKind::Xlsx),
        (b"ppt/presentation.xml", FileKind::Pptx),
        (b"word/", FileKind::Docx),
        (b"xl/", FileKind::Xlsx),
        (b"ppt/", FileKind::Pptx),
    ];
    table.iter().find(|(name, _)| has(name)).map_or(FileKind::Archive, |(_, kind)| *kind)
}

/// Whether a text begins with the header fields of an email: at least one that only programs write,
/// and nothing else up to the first empty line.
fn is_mail(text: &[u8]) -> bool {
    #[rustfmt::skip]
    const OF_PROGRAMS: [&[u8]; 8] = [
        b"mime-version:", b"message-id:", b"received:", b"return-path:", b"delivered-to:", b"content-type:",
        b"content-transfer-encoding:", b"dkim-signature:",
    ];
    let mut by_program = false;
    for (at, line) in text.split(|byte| *byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            return by_program;
        }
        let name = line.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-').count();
        let is_field = name > 0 && line.get(name) == Some(&b':');
        // Mailboxes begin with "From " and a date; long fields continue on indented lines.
        let is_indented = at > 0 && matches!(line[0], b' ' | b'\t');
        if !is_field && !is_indented && !line.starts_with(b"From ") {
            return false;
        }
        let starts = |field: &&[u8]| line.get(..field.len()).is_some_and(|start| start.eq_ignore_ascii_case(field));
        by_program |= OF_PROGRAMS.iter().any(starts);
    }
    false
}

/// Whether bytes are not text in any encoding: more than one in a hundred is a control character
/// that no text has. UTF-16 and UTF-32, which have zeros, are text.
fn is_binary(sample: &[u8]) -> bool {
    let sample = &sample[..sample.len().min(SAMPLE)];
    let control = |byte: &&u8| matches!(byte, 0..=6 | 0x0e..=0x1a | 0x1c..=0x1f);
    // The encoding is tested last because detecting it takes longer.
    100 * sample.iter().filter(control).count() > sample.len()
        && !matches!(sample, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, 0, 0xfe, 0xff, ..])
        && !Charset::detect(sample).is_utf16()
        && Charset::refuse_utf32(sample).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_by_content() {
        let utf16: Vec<u8> = "Own the roadmap".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let table: [(&str, &[u8], FileKind); 25] = [
            ("nothing", b"", FileKind::Text),
            ("text", b"Own the roadmap", FileKind::Text),
            ("Windows-1252", b"caf\xe9 \x95 roadmap", FileKind::Text),
            ("UTF-16", &utf16, FileKind::Text),
            ("a form feed and an escape", b"page\x0c\x1b[1mbold\x1b[0m", FileKind::Text),
            ("page", b" \n<!DOCTYPE HTML><p>x", FileKind::Html),
            ("page with a mark", b"\xef\xbb\xbf<html lang=en>", FileKind::Html),
            ("fragment", b"<p>x", FileKind::Text),
            ("gzip", b"\x1f\x8b\x08\0", FileKind::Gzip),
            ("skippable frame", b"\x50\x2a\x4d\x18\x05\0\0\0", FileKind::Zstd),
            ("bzip2", b"BZh91AY&SY", FileKind::Bzip2),
            ("not bzip2", b"BZh is a name", FileKind::Text),
            ("PDF", b"%PDF-1.7\n", FileKind::Pdf),
            ("text about PDF", b"a file starts with %PDF-1.7", FileKind::Text),
            ("RTF", b"{\\rtf1\\ansi", FileKind::Rtf),
            ("archive", b"PK\x03\x04 a.txt", FileKind::Archive),
            ("binary workbook", b"PK\x03\x04 [Content_Types].xml xl/workbook.bin", FileKind::Xlsb),
            ("workbook", b"PK\x03\x04 [Content_Types].xml xl/worksheets/sheet1.xml", FileKind::Xlsx),
            ("text about archives", b"PK is a name", FileKind::Text),
            ("document", b"PK\x03\x04 word/document.xml", FileKind::Docx),
            ("Parquet", b"PAR1\x15", FileKind::Parquet),
            ("zeros", &[0; 100], FileKind::Binary),
            ("control characters", b"\x01\x02abc\x03", FileKind::Binary),
            ("mail", b"From: a@b\r\nMIME-Version: 1.0\r\nSubject: x\r\n\r\ntext", FileKind::Mail),
            ("a posting with fields", b"Title: x\nLocation: y\n\ntext", FileKind::Text),
        ];
        for (name, bytes, kind) in table {
            assert_eq!(FileKind::detect(bytes), kind, "{name}");
        }
    }
}
