//! The memory that the rows of a Parquet file take while they are read, known before it is taken.
//!
//! A page of a few kilobytes can unpack to gigabytes, a dictionary holds a text once for every row that has
//! it, and lists of millions of values fit in a few bytes.

use std::fs::File;
use std::io::{self, Read};

use flate2::read::MultiGzDecoder;
use parquet::basic::{Compression, Encoding, Type};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::{ChunkReader as _, RowGroupReader};

use super::page_values::{LargestRow, largest_row};
use super::parquet_header::PageHeader;
use crate::error::{Error, ErrorKind};
use crate::text::shorten::truncate;

/// Memory in bytes that an open column takes besides its pages, measured.
pub(super) const PER_COLUMN: u64 = 48 << 10;

/// Values of a column that are decoded at once.
pub(super) const BATCH: usize = 64;

/// Bytes that the parquet crate needs for a value of a dictionary.
const PER_DICTIONARY_VALUE: u64 = 40;

/// Bytes that a value of a row takes besides its text.
const PER_VALUE: u64 = 128;

/// Memory that a text of a row takes for each of its bytes: itself, a copy as JSON with escapes, or the
/// message that it is not UTF-8.
const PER_TEXT_BYTE: u64 = 12;

/// How much LZ4 can unpack from a byte.
const LZ4_RATIO: u64 = 255;

/// Checks that the columns of a row group and its largest row take at most `max` bytes.
///
/// # Errors
/// [`ErrorKind::Input`] if they may take more, or a page is damaged.
pub(super) fn check(file: &File, group: &dyn RowGroupReader, max: u64) -> Result<(), Error> {
    let (mut pages, mut rows) = (0u64, 0u64);
    let mut largest: Option<(u64, String)> = None;
    let mut unknown = Vec::new();
    let mut sizes = Vec::new();
    for column in group.metadata().columns() {
        let size = PageSizes::of_column(file, column).map_err(|error| damaged(&error).cause(error))?;
        let rows = u64::try_from(group.metadata().num_rows()).unwrap_or(u64::MAX);
        let lists = column.column_descr().max_rep_level() > 0;
        if size.values < rows || (size.values > rows && !lists) {
            return Err(damaged(&format_args!("a row group has {rows} rows, its columns {}", size.values)));
        }
        if largest.as_ref().is_none_or(|(most, _)| *most < size.pages()) {
            largest = Some((size.pages(), column.column_path().string()));
        }
        pages = pages.saturating_add(size.pages());
        sizes.push(size);
    }
    let Some((_, name)) = largest else { return Ok(()) };
    if pages > max {
        return Err(too_large(&format!("its columns (most of all '{name}')"), pages, max));
    }
    for (at, (size, column)) in sizes.iter().zip(group.metadata().columns()).enumerate() {
        let descriptor = column.column_descr();
        if descriptor.max_rep_level() > 0 || size.differences {
            unknown.push(at);
        } else if matches!(descriptor.physical_type(), Type::BYTE_ARRAY | Type::FIXED_LEN_BYTE_ARRAY) {
            // No value is longer than its page, or the dictionary.
            rows = rows.saturating_add(PER_TEXT_BYTE.saturating_mul(size.page.max(size.dictionary)));
        }
    }
    // Only if that is too coarse are all pages read for the values in them.
    if pages.saturating_add(rows) > max {
        unknown = (0..sizes.len()).collect();
        rows = 0;
    }
    let mut longest: Option<(u64, usize)> = None;
    for at in unknown {
        let column = group.metadata().column(at).column_descr();
        let of = |LargestRow { values, bytes }: LargestRow| {
            PER_VALUE.saturating_mul(values).saturating_add(PER_TEXT_BYTE.saturating_mul(bytes))
        };
        let row = group
            .get_column_page_reader(at)
            .and_then(|mut pages| largest_row(&mut *pages, column))
            .map_err(|error| damaged(&error).cause(error))?;
        let row = of(row);
        if longest.is_none_or(|(most, _)| most < row) {
            longest = Some((row, at));
        }
        rows = rows.saturating_add(row);
    }
    match longest {
        Some((_, at)) if pages.saturating_add(rows) > max => {
            let name = group.metadata().column(at).column_path().string();
            Err(too_large(&format!("its largest row (most of all '{name}')"), pages.saturating_add(rows), max))
        }
        _ => Ok(()),
    }
}

pub(super) fn damaged(error: &dyn std::fmt::Display) -> Error {
    // A message of the parquet crate may have a text in it, byte by byte.
    let message = error.to_string();
    let message = message.split(". Bytes: ").next().unwrap_or_default();
    Error::new(ErrorKind::Input, format!("the Parquet file is damaged: {}", truncate(message, 200)))
}

fn too_large(what: &str, bytes: u64, max: u64) -> Error {
    let megabytes = bytes.div_ceil(1 << 20);
    let message = format!(
        "a row group of the Parquet file may take {megabytes} MB of memory for {what}, and {} MB are allowed; raise \
         --max-memory, or write the file with smaller pages or row groups",
        max >> 20
    );
    Error::new(ErrorKind::Input, message)
}

/// The largest pages of a column in a row group, in bytes of memory.
#[derive(Default)]
struct PageSizes {
    /// The largest page, unpacked.
    page: u64,
    /// The same page or another, as it is in the file.
    packed: u64,
    /// The dictionary, unpacked.
    dictionary: u64,
    /// The texts that are decoded at once, where the page does not have them whole.
    batch: u64,
    /// Number of values in all pages, nulls included.
    values: u64,
    /// Number of values of the dictionary.
    dictionary_values: u64,
    /// Whether texts or their lengths are stored as differences.
    differences: bool,
}

impl PageSizes {
    fn of_column(file: &File, column: &ColumnChunkMetaData) -> io::Result<Self> {
        let invalid = || io::Error::new(io::ErrorKind::InvalidData, "a column has no valid place");
        let start = column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset());
        let (Ok(mut at), Ok(mut left)) = (u64::try_from(start), u64::try_from(column.compressed_size())) else {
            return Err(invalid());
        };
        let mut sizes = Self::default();
        while left > 0 {
            let header = PageHeader::read(file.get_read(at)?.take(left))?;
            let length = header.length.saturating_add(header.packed);
            left = left.checked_sub(length).ok_or_else(invalid)?;
            let unpacked = match column.compression() {
                Compression::LZ4 => header.unpacked.max(header.packed.saturating_mul(LZ4_RATIO)),
                _ => header.unpacked.max(header.packed),
            };
            // The other decoders stop at the size that the header gives.
            if matches!(column.compression(), Compression::GZIP(_)) {
                let mut page = file.get_read(at + header.length)?.take(header.packed);
                // Levels of pages of version 2 are not compressed.
                io::copy(&mut page.by_ref().take(header.levels), &mut io::sink())?;
                let mut page = MultiGzDecoder::new(page).take(header.unpacked + 1);
                // What is damaged is an error later, at the same place.
                if io::copy(&mut page, &mut io::sink()).unwrap_or_default() > header.unpacked {
                    return Err(io::Error::new(io::ErrorKind::InvalidData, "a page is longer than its header says"));
                }
            }
            sizes.add(&header, unpacked);
            at = at.checked_add(length).ok_or_else(invalid)?;
        }
        Ok(sizes)
    }

    fn add(&mut self, header: &PageHeader, unpacked: u64) {
        self.packed = self.packed.max(header.packed);
        if header.dictionary {
            self.dictionary = self.dictionary.max(unpacked);
            self.dictionary_values = self.dictionary_values.max(header.values);
            return;
        }
        self.page = self.page.max(unpacked);
        self.values = self.values.saturating_add(header.values);
        if header.encoding == Encoding::DELTA_BYTE_ARRAY as u64 {
            self.batch = self.batch.max(unpacked.saturating_mul(BATCH as u64));
        }
        self.differences |= [Encoding::DELTA_BYTE_ARRAY, Encoding::DELTA_LENGTH_BYTE_ARRAY]
            .iter()
            .any(|encoding| header.encoding == *encoding as u64);
    }

    /// The memory of the open column.
    fn pages(&self) -> u64 {
        let dictionary = self.dictionary_values.saturating_mul(PER_DICTIONARY_VALUE);
        [self.page, self.packed, self.dictionary, dictionary, self.batch]
            .into_iter()
            .fold(PER_COLUMN, u64::saturating_add)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::sync::Arc;

    use parquet::basic::{GzipLevel, ZstdLevel};
    use parquet::data_type::{ByteArray, ByteArrayType, Int32Type};
    use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion};
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;

    use super::*;

    const MAX: usize = 16 << 20;

    fn plain() -> WriterPropertiesBuilder {
        WriterProperties::builder().set_dictionary_enabled(false).set_data_page_size_limit(1 << 30)
    }

    /// A file with a column of texts and, if there are levels, the repetition levels of lists of them.
    fn texts(texts: &[&[u8]], levels: Option<&[i16]>, properties: WriterPropertiesBuilder) -> Vec<u8> {
        let kind = if levels.is_some() { "repeated" } else { "required" };
        let schema = parse_message_type(&format!("message row {{ {kind} binary text (UTF8); }}")).unwrap();
        let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties.build())).unwrap();
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let values: Vec<_> = texts.iter().map(|text| ByteArray::from(text.to_vec())).collect();
        let defined = levels.map(|levels| vec![1; levels.len()]);
        column.typed::<ByteArrayType>().write_batch(&values, defined.as_deref(), levels).unwrap();
        column.close().unwrap();
        group.close().unwrap();
        writer.into_inner().unwrap()
    }

    fn numbers(count: usize, per_row: usize, properties: WriterPropertiesBuilder) -> Vec<u8> {
        let schema = parse_message_type("message row { repeated int32 number; }").unwrap();
        let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties.build())).unwrap();
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let levels: Vec<_> = (0..count).map(|at| i16::from(at % per_row > 0)).collect();
        column.typed::<Int32Type>().write_batch(&vec![7; count], Some(&vec![1; count]), Some(&levels)).unwrap();
        column.close().unwrap();
        group.close().unwrap();
        writer.into_inner().unwrap()
    }

    fn read(file: &[u8]) -> io::Result<String> {
        let mut text = String::new();
        super::super::columnar::open(file, MAX).map_err(io::Error::other)?.read_to_string(&mut text)?;
        Ok(text)
    }

    fn refused(name: &str, file: &[u8], what: &str) {
        let error = read(file).unwrap_err().to_string();
        assert!(error.contains(what) && error.contains("and 16 MB are allowed"), "{name}: {error}");
    }

    #[test]
    fn a_page_has_a_maximum_however_it_is_packed() {
        let long = vec![b'a'; 20 << 20];
        let zstd = Compression::ZSTD(ZstdLevel::default());
        for packed in [zstd, Compression::GZIP(GzipLevel::default()), Compression::LZ4_RAW, Compression::SNAPPY] {
            for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
                let properties = || plain().set_compression(packed).set_writer_version(version);
                refused(
                    &format!("{packed}"),
                    &texts(&[&long], None, properties()),
                    "for its columns (most of all 'text')",
                );
                assert_eq!(read(&texts(&[b"a", b"b"], None, properties())).unwrap().lines().count(), 2, "{packed}");
            }
        }
    }

    #[test]
    fn a_row_has_a_maximum() {
        let long = vec![b'a'; 2 << 20];
        let dictionary = WriterProperties::builder().set_dictionary_page_size_limit(1 << 30);
        let largest = "for its largest row (most of all 'text')";
        refused("plain", &texts(&[&long], None, plain()), largest);
        refused("dictionary", &texts(&[&long[..]; 9], None, dictionary.clone()), largest);
        // A text that is shorter than a twelfth, in a page that is longer.
        let short = vec![b'a'; 100 << 10];
        assert_eq!(read(&texts(&[&short[..]; 70], None, plain())).unwrap().lines().count(), 70);
        let values: Vec<_> = (0..90_000).map(|at| format!("text {at} of the dictionary")).collect();
        let values: Vec<_> = values.iter().map(String::as_bytes).collect();
        assert_eq!(read(&texts(&values, None, dictionary.clone())).unwrap().lines().count(), 90_000);
        // Lists.
        let levels: Vec<i16> = (0..9000).map(|at| i16::from(at > 0)).collect();
        refused("a list", &texts(&vec![&short[..9000]; 9000], Some(&levels), dictionary.clone()), largest);
        let levels: Vec<i16> = (0..9000).map(|at| i16::from(at % 9 > 0)).collect();
        let rows = read(&texts(&vec![&short[..900]; 9000], Some(&levels), dictionary)).unwrap();
        assert_eq!(rows.lines().count(), 1000);
        for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
            let properties = || plain().set_writer_version(version);
            refused("numbers", &numbers(300_000, 300_000, properties()), "for its largest row (most of all 'number')");
            for per_row in [1, 7, 8, 100] {
                let rows = read(&numbers(280_000, per_row, properties())).unwrap();
                assert_eq!(rows.lines().count(), 280_000 / per_row);
            }
        }
    }

    #[test]
    fn texts_as_differences() {
        let values: Vec<_> = (0..9000).map(|at| format!("text {} of many, {at}", at * at)).collect();
        let values: Vec<_> = values.iter().map(String::as_bytes).collect();
        let long = vec![b'a'; 300 << 10];
        for encoding in [Encoding::DELTA_BYTE_ARRAY, Encoding::DELTA_LENGTH_BYTE_ARRAY] {
            let properties = || plain().set_encoding(encoding);
            let rows = read(&texts(&values, None, properties())).unwrap();
            assert_eq!(rows, read(&texts(&values, None, plain())).unwrap(), "{encoding}");
            let many = texts(&[&long[..]; 70], None, properties());
            let what = if encoding == Encoding::DELTA_BYTE_ARRAY { "for its columns" } else { "MB" };
            refused(&format!("{encoding}"), &many, what);
        }
    }

    /// The values and what their page is packed to differ, so no change of a header gives other rows.
    #[test]
    fn a_changed_header_is_refused_or_changes_nothing() {
        let zstd = Compression::ZSTD(ZstdLevel::default());
        for packed in [Compression::UNCOMPRESSED, zstd, Compression::GZIP(GzipLevel::default())] {
            let file = texts(&[&b"Own the roadmap"[..]; 40], None, plain().set_compression(packed));
            let rows = read(&file).unwrap();
            let header = 4..4 + PageHeader::read(&file[4..]).unwrap().length as usize;
            for at in header.clone() {
                for bit in 0..8 {
                    let mut changed = file.clone();
                    changed[at] ^= 1 << bit;
                    match read(&changed) {
                        Ok(found) => assert_eq!(found, rows, "{packed}, byte {at}, bit {bit}"),
                        Err(error) => assert!(error.to_string().contains("damaged"), "{error}"),
                    }
                }
            }
        }
    }

    /// A page of 40 texts in gzip, whose header says that it has less.
    #[test]
    fn gzip_is_not_unpacked_further_than_the_header_says() {
        for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
            let packed = Compression::GZIP(GzipLevel::default());
            let properties = plain().set_compression(packed).set_writer_version(version);
            let mut file = texts(&[&b"Own the roadmap"[..]; 40], None, properties.set_encoding(Encoding::PLAIN));
            let header = PageHeader::read(&file[4..]).unwrap();
            assert_eq!((header.unpacked, file[6]), (40 * 19, 0x15));
            // Twice 760 in two bytes, the lowest seven bits first.
            assert_eq!(file[7..9], [0xf0, 0x0b]);
            file[8] = 0x0a;
            let error = read(&file).unwrap_err().to_string();
            assert!(error.contains("a page is longer than its header says"), "{error}");
        }
    }
}
