//! Reads a Parquet file as JSON Lines.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek as _, SeekFrom};

use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::reader::{ReaderIter, TreeBuilder};
use parquet::record::{Field, Row};

use super::json::write_string;
use super::source::read_error;
use crate::error::{Error, ErrorKind};
use crate::panics::{DAMAGED, caught};
use crate::text::shorten::truncate;

/// The rows of a Parquet file as lines of JSON, a piece at a time.
pub(crate) struct Rows {
    reader: SerializedFileReader<File>,
    /// Number of the row group to be read next.
    next_group: usize,
    group: Option<ReaderIter>,
    /// The row whose line is being written.
    row: Option<Row>,
    /// Where its next piece starts: the number of the column, and a place in its text.
    next: (usize, usize),
    piece: Cursor<Vec<u8>>,
    /// An error after what has been read.
    failed: Option<Error>,
}

/// Memory in bytes that the metadata at the end of a file takes for each of its bytes at most, measured.
const PER_METADATA_BYTE: u64 = 16;

/// Memory in bytes that an open column takes besides its pages, measured.
const PER_COLUMN: u64 = 48 << 10;

/// Rows that are decoded at once. Each may be the only one of a large page, and the texts of a list may be
/// copies of one.
const BATCH: usize = 1;

/// Bytes of a name that a message shows.
const MAX_NAME: usize = 60;

/// Length in bytes of the pieces of a long text.
const PIECE: usize = 64 << 10;

/// Opens a Parquet file. Its metadata and columns may take `max_memory` bytes, but a page, a dictionary or a
/// list is unpacked whole by the parquet crate.
///
/// # Errors
/// [`ErrorKind::Input`] for a file that is not a Parquet file, or has too many columns.
pub(crate) fn open(mut file: File, max_memory: usize) -> Result<Rows, Error> {
    let max_memory = max_memory as u64;
    check_metadata(&mut file, max_memory)?;
    let reader = caught(|| SerializedFileReader::new(file)).unwrap_or_else(|| Err(panicked())).map_err(|error| {
        Error::new(ErrorKind::Input, format!("is not a readable Parquet file: {error}")).cause(error)
    })?;
    let schema = reader.metadata().file_metadata().schema_descr();
    check_number(schema.num_columns() as u64, "columns", max_memory / PER_COLUMN)?;
    // The crate would read the last one in place of each.
    let mut paths = HashSet::new();
    if let Some(column) = schema.columns().iter().find(|column| !paths.insert(column.path())) {
        let message = format!("has two columns named '{}'", truncate(&column.path().string(), MAX_NAME));
        return Err(Error::new(ErrorKind::Input, message).hint("give one of them another name"));
    }
    let (piece, failed) = (Cursor::default(), None);
    Ok(Rows { reader, next_group: 0, group: None, row: None, next: (0, 0), piece, failed })
}

/// Checks the length of the metadata at the end of the file, since the parquet crate reads them whole.
fn check_metadata(file: &mut File, max_memory: u64) -> Result<(), Error> {
    let size = file.metadata().map_err(read_error)?.len();
    if size < 8 {
        return Ok(());
    }
    // The last bytes are the length of the metadata and a mark.
    let mut end = [0; 8];
    file.seek(SeekFrom::End(-8)).and_then(|_| file.read_exact(&mut end)).map_err(read_error)?;
    let [length @ .., b'P', b'A', b'R', b'1'] = end else { return Ok(()) };
    let length = u64::from(u32::from_le_bytes(length));
    // A length that the file does not have is an error of the crate.
    if length < size { check_number(length, "bytes of metadata", max_memory / PER_METADATA_BYTE) } else { Ok(()) }
}

fn check_number(number: u64, of_what: &str, most: u64) -> Result<(), Error> {
    if number <= most {
        return Ok(());
    }
    let message = format!("has {number} {of_what}, and at most {most} are read");
    Err(Error::new(ErrorKind::Input, message).hint("--max-memory raises the limit"))
}

fn damaged(error: &dyn std::fmt::Display) -> Error {
    // A message of the parquet crate may have a text in it, byte by byte.
    let message = error.to_string();
    let message = message.split(". Bytes: ").next().unwrap_or_default();
    if let Some(codec) = message.split("Disabled feature at compile time: ").nth(1) {
        let message = format!("is compressed with {codec}, which is not read");
        return Error::new(ErrorKind::Input, message).hint("write it with zstd, snappy, gzip or lz4");
    }
    Error::new(ErrorKind::Input, format!("the Parquet file is damaged: {}", truncate(message, 200)))
}

/// A date or time as it is stored: some, such as "infinity", are in no calendar.
fn time_as_number(field: &Field) -> Option<String> {
    match field {
        Field::Date(days) => Some(days.to_string()),
        Field::TimestampMillis(since) | Field::TimestampMicros(since) => Some(since.to_string()),
        _ => None,
    }
}

fn panicked() -> parquet::errors::ParquetError {
    parquet::errors::ParquetError::General(DAMAGED.to_owned())
}

impl Rows {
    /// The next row, or `None` after the last.
    fn row(&mut self) -> Result<Option<Row>, Error> {
        loop {
            if let Some(group) = &mut self.group {
                let row = caught(|| group.next()).unwrap_or_else(|| Some(Err(panicked())));
                match row {
                    Some(row) => return row.map(Some).map_err(|error| damaged(&error)),
                    None => self.group = None,
                }
            }
            if self.next_group >= self.reader.num_row_groups() {
                return Ok(None);
            }
            let group = caught(|| {
                let group = self.reader.get_row_group(self.next_group).map_err(|error| damaged(&error))?;
                let schema = self.reader.metadata().file_metadata().schema_descr_ptr();
                TreeBuilder::new().with_batch_size(BATCH).as_iter(schema, &*group).map_err(|error| damaged(&error))
            });
            self.group = Some(group.unwrap_or_else(|| Err(damaged(&panicked())))?);
            self.next_group += 1;
        }
    }

    /// Puts the next piece of a line into `piece`, if there is one.
    fn advance(&mut self) -> Result<bool, Error> {
        if self.row.is_none() {
            self.row = self.row()?;
            self.next = (0, 0);
        }
        let Some(row) = &self.row else { return Ok(false) };
        self.piece.set_position(0);
        let piece = self.piece.get_mut();
        piece.clear();
        let (column, from) = self.next;
        let Some((name, field)) = row.get_column_iter().nth(column) else {
            piece.extend_from_slice(if column == 0 { b"{}\n" } else { b"}\n" });
            self.row = None;
            return Ok(true);
        };
        if from == 0 {
            piece.push(if column == 0 { b'{' } else { b',' });
            write_string(piece, name);
            piece.push(b':');
        }
        self.next = (column + 1, 0);
        let Field::Str(text) = field else {
            let value = caught(|| field.to_json_value()).map(|value| value.to_string());
            let value = value.or_else(|| time_as_number(field)).ok_or_else(|| damaged(&panicked()))?;
            piece.extend_from_slice(value.as_bytes());
            return Ok(true);
        };
        // An escape takes up to six bytes, so a long text is not written at once.
        let part = truncate(&text[from..], PIECE);
        let start = piece.len();
        write_string(piece, part);
        let end = from + part.len();
        if from > 0 {
            // Without the quote.
            piece.remove(start);
        }
        if end < text.len() {
            piece.pop();
            self.next = (column, end);
        }
        Ok(true)
    }
}

impl Read for Rows {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        // Many pieces at once, as each read has its cost.
        while filled < buffer.len() && self.failed.is_none() {
            if self.piece.position() < self.piece.get_ref().len() as u64 {
                filled += self.piece.read(&mut buffer[filled..])?;
            } else {
                match self.advance() {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(error) => {
                        self.failed = Some(error);
                        (self.row, self.group, self.next_group) = (None, None, usize::MAX);
                        self.piece = Cursor::default();
                    }
                }
            }
        }
        match self.failed.take() {
            Some(error) if filled == 0 => Err(io::Error::new(io::ErrorKind::InvalidData, error)),
            failed => {
                self.failed = failed;
                Ok(filled)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::sync::Arc;

    use parquet::data_type::{ByteArray, ByteArrayType, Int32Type};
    use parquet::file::properties::WriterProperties;
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;

    use super::*;

    /// A file with `columns` columns of one text each.
    fn file(columns: usize) -> Vec<u8> {
        let fields: Vec<_> = (0..columns).map(|at| format!("required binary c{at} (UTF8);")).collect();
        let schema = parse_message_type(&format!("message row {{ {} }}", fields.concat())).unwrap();
        let properties = Arc::new(WriterProperties::builder().set_dictionary_enabled(false).build());
        let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema), properties).unwrap();
        let mut group = writer.next_row_group().unwrap();
        while let Some(mut column) = group.next_column().unwrap() {
            let text = ByteArray::from("Own the roadmap");
            column.typed::<ByteArrayType>().write_batch(&[text], None, None).unwrap();
            column.close().unwrap();
        }
        group.close().unwrap();
        writer.into_inner().unwrap()
    }

    fn copy(file: &[u8]) -> File {
        let mut copy = tempfile::tempfile().unwrap();
        copy.write_all(file).unwrap();
        copy
    }

    fn read(file: &[u8], max_memory: usize) -> io::Result<String> {
        let mut text = String::new();
        open(copy(file), max_memory).map_err(io::Error::other)?.read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn columns_are_limited_by_the_memory() {
        let file = file(100);
        assert!(read(&file, 100 * PER_COLUMN as usize).unwrap().starts_with("{\"c0\":\"Own the roadmap\""));
        let error = read(&file, 100 * PER_COLUMN as usize - 1).unwrap_err().to_string();
        assert!(error.contains("has 100 columns, and at most 99 are read"), "{error}");
    }

    /// Texts are written in pieces that end between characters, with their escapes, and after an error there is
    /// nothing more.
    #[test]
    fn long_texts_are_written_in_pieces() {
        let schema = "message row { required binary text (UTF8); required int32 date (DATE); required binary other; \
                      required group inner { required int32 date (DATE); } }";
        let long: String = "é\"\u{1}\n".chars().cycle().take(3 * PIECE).collect();
        let texts = [&long[..], "", &long[2..=PIECE], "a"];
        let properties = Arc::new(WriterProperties::builder().build());
        let schema = Arc::new(parse_message_type(schema).unwrap());
        let mut writer = SerializedFileWriter::new(Vec::new(), schema, properties).unwrap();
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let values: Vec<ByteArray> = texts.iter().map(|text| ByteArray::from(&text[..])).collect();
        column.typed::<ByteArrayType>().write_batch(&values, None, None).unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        // No calendar has the last day. It is a number, except in a group.
        column.typed::<Int32Type>().write_batch(&[0, 1, 2, i32::MAX], None, None).unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&values, None, None).unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<Int32Type>().write_batch(&[0, 1, 2, i32::MAX], None, None).unwrap();
        column.close().unwrap();
        group.close().unwrap();
        let file = writer.into_inner().unwrap();
        let mut rows = open(copy(&file), 512 << 20).unwrap();
        let mut lines = Vec::new();
        let error = rows.read_to_end(&mut lines).unwrap_err().to_string();
        assert!(error.contains("the Parquet file is damaged: "), "{error}");
        assert_eq!(rows.read(&mut [0; 9]).unwrap(), 0);
        let lines = String::from_utf8(lines).unwrap();
        let read: Vec<_> =
            lines.lines().take(3).map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()).collect();
        let found: Vec<_> = read.iter().map(|row| row["text"].as_str().unwrap()).collect();
        assert_eq!(found, texts[..3]);
        assert_eq!((read[1]["date"].as_str(), read[1]["other"].as_str()), (Some("1970-01-02"), Some("")));
        assert_eq!(lines.lines().last(), Some("{\"text\":\"a\",\"date\":2147483647,\"other\":\"YQ==\""));
    }

    #[test]
    fn long_metadata_are_refused() {
        let error = read(&file(1), 1600).unwrap_err().to_string();
        assert!(error.contains("bytes of metadata, and at most 100 are read"), "{error}");
    }

    /// A file of pyarrow with one text and the checksum of its page.
    #[test]
    fn a_flipped_bit_in_a_page_is_never_accepted() {
        let file = include_bytes!("../../tests/cases/checksum.parquet").to_vec();
        let text = "Own the product roadmap and write user stories for engineers.";
        assert_eq!(read(&file, usize::MAX).unwrap(), format!("{{\"text\":\"{text}\"}}\n"));
        let at = file.windows(text.len()).position(|window| window == text.as_bytes()).unwrap();
        for bit in 0..8 * text.len() {
            let mut damaged = file.clone();
            damaged[at + bit / 8] ^= 1 << (bit % 8);
            let error = read(&damaged, usize::MAX).unwrap_err().to_string();
            assert!(error.contains("the Parquet file is damaged"), "{error}");
        }
    }
}
