//! How a table is read, and how much memory it may take.

use std::path::PathBuf;

use super::format::Format;

/// How a table is read. Made by [`TableOptions::default`], then changed field by field.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TableOptions {
    /// Format of the input. Default: from the file name, else from the first bytes.
    pub format: Option<Format>,
    /// Delimiter, an ASCII character. Default: from the file name, else detected among
    /// comma, semicolon, tab and pipe.
    pub delimiter: Option<u8>,
    /// Encoding by its label (`utf-8`, `utf-16`, `windows-1252` …). Default: from a byte
    /// order mark, else detected.
    pub encoding: Option<String>,
    /// Whether the first record of a table holds the column names. Default: true.
    pub headers: bool,
    /// Lines before the header. Default: 0.
    pub skip_lines: u64,
    /// Escape character: a quote, delimiter or line end after it is text. Default: none.
    pub escape: Option<u8>,
    /// Whether fields may be in quotes. Default: yes, unless the quotes of a TSV file are
    /// found to be text.
    pub quoting: Option<bool>,
    /// Program that reads workbooks and Parquet files in a process of its own, with a limit on its memory and
    /// time: `rolecall`. A file can be made such that it takes any memory, or ends the process. Default: none,
    /// they are read in this process.
    pub converter: Option<PathBuf>,
    /// Sheet of a workbook, by name or by number from 1. Default: the first.
    pub sheet: Option<String>,
    /// Columns with the posting's text, by name or by number from 1, or by a dotted path
    /// such as `job.description`; several are joined by newlines. Default: detected.
    pub text_columns: Vec<String>,
    /// Column with the job title. Default: detected, if there is one.
    pub title_column: Option<String>,
    /// Maximum length of a row in bytes; longer ones are rejected. Default: 32 MiB, and never
    /// more than a sixteenth of [`max_memory_bytes`](Self::max_memory_bytes); in workbooks and Parquet files
    /// a thirty-second.
    pub max_row_bytes: usize,
    /// Maximum memory in bytes for the rows that are being processed. It also limits files that
    /// are read whole: a JSON document may have a quarter of it, an unpacked workbook half, and reading a
    /// workbook or Parquet file may take half. Default: 512 MiB.
    pub max_memory_bytes: usize,
}

impl Default for TableOptions {
    fn default() -> Self {
        Self {
            format: None,
            delimiter: None,
            encoding: None,
            headers: true,
            skip_lines: 0,
            escape: None,
            quoting: None,
            converter: None,
            sheet: None,
            text_columns: Vec::new(),
            title_column: None,
            max_row_bytes: 32 << 20,
            max_memory_bytes: 512 << 20,
        }
    }
}

/// Bytes of memory that are reserved for each byte of a long row: the row, its copies while it is
/// classified, and its output. Measured: 11.
pub(crate) const MEMORY_PER_BYTE: usize = 16;

impl TableOptions {
    /// Maximum length in bytes of a row that may take this much memory with others in progress.
    pub(crate) fn row_limit(&self, max_memory: usize) -> usize {
        self.max_row_bytes.min(max_memory / MEMORY_PER_BYTE)
    }
}

/// The error of a file that is too large to be held in memory.
pub(crate) fn too_large(max: usize) -> crate::Error {
    crate::input_file::too_large(max as u64).hint("--max-memory raises it")
}
