//! Scores a CSV table from standard input to standard output, and the same rows as an
//! iterator of postings.
//!
//! ```text
//! cargo run --example table < postings.csv
//! ```

#![allow(clippy::print_stderr, reason = "an example prints")]

use std::io::{stderr, stdin, stdout};

use rolecall::Classifier;
use rolecall::batch::{Batch, Column, Posting};

fn main() -> Result<(), rolecall::Error> {
    let mut batch = Batch::new(Classifier::builtin()?);
    batch.columns = vec![Column::Label, Column::Confidence, Column::PmShare];
    // Rows that cannot be read go to stderr, as JSON Lines.
    let summary = batch.score(stdin(), stdout().lock(), stderr().lock(), &mut ())?;
    eprintln!("{} rows, {} rejected", summary.rows, summary.rejects);

    let postings = [
        Posting::new("Own the roadmap, rank the backlog and write user stories.").with_title("Product Owner"),
        Posting::new("Write the messaging of every launch and train sales."),
    ];
    for verdict in batch.verdicts(postings) {
        eprintln!("{} {:.2}", verdict.label, verdict.confidence);
    }
    Ok(())
}
