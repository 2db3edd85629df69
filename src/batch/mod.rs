//! Scores files of postings: CSV, TSV and JSON Lines, of any size, on all cores.
//!
//! [`Batch`] says what is wanted; [`Batch::score`] goes from a reader to a writer,
//! [`Batch::score_file`] from file to file, whole or not at all. Rows come out in the
//! order they came in, and the bytes written are the same for any number of jobs.
//!
//! ```
//! use rolecall::{Classifier, batch::Batch};
//!
//! let input = "id,description\n7,\"You own the product roadmap, prioritise the backlog with engineers \
//!              and designers, write user stories, run discovery interviews with users and measure \
//!              adoption of every feature you ship to them.\"\n";
//! let (mut output, mut rejects) = (Vec::new(), Vec::new());
//! let batch = Batch::new(Classifier::builtin()?);
//! let summary = batch.score(input.as_bytes(), &mut output, &mut rejects, &mut ())?;
//! assert_eq!((summary.rows, summary.rejects), (1, 0));
//! assert!(String::from_utf8_lossy(&output).starts_with("id,description,rolecall_label,"));
//! # Ok::<(), rolecall::Error>(())
//! ```
//!
//! Limits: memory stays flat whatever the size of the input, but one row is held whole,
//! and rows may be up to [`Batch::max_row_bytes`] long.

mod columns;
mod encoding;
mod fields;
mod files;
mod format;
mod html;
mod input;
mod json;
mod paths;
mod pipeline;
mod plan;
mod quantify;
mod reader;
mod reject;
mod reliability;
mod report;
mod run;
mod scan;
mod score;
mod summary;
mod tally;

use crate::infer::Classifier;

pub use fields::Column;
pub use files::{Files, Finished, Source, Target};
pub use format::{Format, delimiter};
pub use reject::RejectReason;
pub use run::{Progress, Watch};
pub use summary::Summary;

/// What to score and how to write it. Made by [`Batch::new`], then changed field by
/// field.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Batch {
    /// What judges; its options (lens, least confidence) hold for every row.
    pub classifier: Classifier,
    /// Format of the input. Default: by the file's name, else by its first bytes.
    pub input_format: Option<Format>,
    /// Delimiter of the input, one byte of ASCII. Default: by the file's name, else
    /// comma, semicolon, tab or pipe, whichever fits the beginning.
    pub delimiter: Option<u8>,
    /// Encoding of the input by its label (`utf-8`, `utf-16`, `windows-1252` …).
    /// Default: found from a byte order mark or from the beginning.
    pub encoding: Option<String>,
    /// Whether the first record of a table names the columns. Default: true.
    pub headers: bool,
    /// Columns with the posting's text, by name or by number from 1; several are
    /// joined by line ends. Default: found.
    pub text_columns: Vec<String>,
    /// Column with the job's title. Default: found by its name, if there is one.
    pub title_column: Option<String>,
    /// Format of the output. Default: by the file's name, else that of the input.
    pub output_format: Option<Format>,
    /// Columns to add, in this order. Default: all.
    pub columns: Vec<Column>,
    /// Whether input columns are left out of the output, but for
    /// [`id_columns`](Self::id_columns). Default: false.
    pub only: bool,
    /// Input columns that are kept with [`only`](Self::only).
    pub id_columns: Vec<String>,
    /// Whether a byte order mark is written, by which Excel knows UTF-8. Default: false.
    pub excel: bool,
    /// Whether the first row that cannot be read or scored is an error. Default: false.
    pub strict: bool,
    /// Whether what a report shows is counted too. Default: false.
    pub report: bool,
    /// Column by whose values the report counts.
    pub group_by: Option<String>,
    /// Threads that score; 0 is one a core. Default: 0.
    pub jobs: usize,
    /// Longest row in bytes; longer ones are set aside. Default: 64 MiB.
    pub max_row_bytes: usize,
}

impl Batch {
    /// All defaults.
    #[must_use]
    pub fn new(classifier: Classifier) -> Self {
        Self {
            classifier,
            input_format: None,
            delimiter: None,
            encoding: None,
            headers: true,
            text_columns: Vec::new(),
            title_column: None,
            output_format: None,
            columns: Column::ALL.to_vec(),
            only: false,
            id_columns: Vec::new(),
            excel: false,
            strict: false,
            report: false,
            group_by: None,
            jobs: 0,
            max_row_bytes: 64 << 20,
        }
    }
}
