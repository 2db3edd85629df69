//! Reads a Parquet file as JSON Lines.

use std::io::{self, Cursor, Read};

use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::reader::RowIter;

use crate::error::{Error, ErrorKind};

/// The rows of a Parquet file as lines of JSON, one at a time.
pub(crate) struct Rows {
    rows: RowIter<'static>,
    line: Cursor<String>,
}

/// Memory in bytes that an open column takes, measured.
const PER_COLUMN: usize = 48 << 10;

/// Opens a Parquet file whose columns take at most `max_memory` bytes. It is read from its end, so
/// a stream is first copied to a temporary file.
///
/// # Errors
/// [`ErrorKind::Input`] for a file that is not a Parquet file, or has too many columns.
pub(crate) fn open(mut bytes: impl Read, max_memory: usize) -> Result<Rows, Error> {
    let mut copy = tempfile::tempfile().map_err(super::source::read_error)?;
    io::copy(&mut bytes, &mut copy).map_err(super::source::read_error)?;
    let file = SerializedFileReader::new(copy).map_err(|error| {
        Error::new(ErrorKind::Input, format!("is not a readable Parquet file: {error}")).cause(error)
    })?;
    let columns = file.metadata().file_metadata().schema_descr().num_columns();
    if columns.saturating_mul(PER_COLUMN) > max_memory {
        let most = max_memory / PER_COLUMN;
        return Err(Error::new(ErrorKind::Input, format!("has {columns} columns, and at most {most} are read"))
            .hint("--max-memory raises the limit"));
    }
    Ok(Rows { rows: file.into_iter(), line: Cursor::default() })
}

impl Read for Rows {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.line.position() == self.line.get_ref().len() as u64 {
            let Some(row) = self.rows.next() else { return Ok(0) };
            let damaged =
                |error| io::Error::new(io::ErrorKind::InvalidData, format!("the Parquet file is damaged: {error}"));
            self.line = Cursor::new(format!("{}\n", row.map_err(damaged)?.to_json_value()));
        }
        self.line.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parquet::data_type::{ByteArray, ByteArrayType};
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

    fn read(file: &[u8], max_memory: usize) -> io::Result<String> {
        let mut text = String::new();
        open(file, max_memory).map_err(io::Error::other)?.read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn columns_are_limited_by_the_memory() {
        let file = file(100);
        assert!(read(&file, 100 * PER_COLUMN).unwrap().starts_with("{\"c0\":\"Own the roadmap\""));
        let error = read(&file, 100 * PER_COLUMN - 1).unwrap_err().to_string();
        assert!(error.contains("has 100 columns, and at most 99 are read"), "{error}");
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
