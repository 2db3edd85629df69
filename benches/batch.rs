//! Classifying a table, relative to only reading it.
//!
//! ```text
//! cargo bench --bench batch [-- FILE.csv]
//! ```
//!
//! Prints megabytes per second of a bare pass of the `csv` crate on one thread, of the
//! batch with one thread and with one per core, and of the classifier alone, and their
//! ratios. Without a file, a table of about 20 MB is generated.

#![allow(clippy::print_stdout, reason = "benchmarks print their figures")]

use std::hint::black_box;
use std::io::{self, BufReader};
use std::time::Instant;

use rolecall::batch::{Batch, Column};
use rolecall::{Classifier, Options, Scratch};

const POSTINGS: [&str; 3] = [
    "About us\nWe make scheduling software for clinics.\nWhat you will do\n- Own the product roadmap and decide what is \
     built next\n- Prioritize the backlog with engineers and designers\n- Write user stories with acceptance criteria\n\
     - Run discovery interviews with receptionists and nurses\n- Measure adoption of every feature that ships\nWhat you \
     bring\n- Five years in software\n- Clear writing\nBenefits\nHealth insurance, 28 days of leave, a training budget.",
    "We sell payment terminals to small shops. You own positioning and messaging for the whole range, plan launches \
     with a go-to-market calendar, write battlecards and sales decks, train the sales team on competitors, build case \
     studies with customers, and brief analysts. You report to the head of marketing. We offer a pension plan and \
     flexible hours. Applicants of every background are welcome.",
    "You care for patients on a surgical ward, give medication, change dressings, keep charts, comfort relatives, hand \
     over to the night shift, watch drips and monitors, and teach students how wounds are cleaned. Shifts rotate. A \
     registration and two years on a ward are required.",
];

fn generated_table() -> Vec<u8> {
    let mut text = b"id,title,text\n".to_vec();
    for row in 0..40_000 {
        let posting = POSTINGS[row % 3];
        text.extend_from_slice(format!("{row},Product Manager,\"{posting}\"\n").as_bytes());
    }
    text
}

/// Measurements of each contender.
const ROUNDS: usize = 5;

fn seconds(run: impl FnOnce()) -> f64 {
    let started = Instant::now();
    run();
    started.elapsed().as_secs_f64()
}

/// Seconds of reading the table with the `csv` crate, on one thread.
fn bare_pass(table: &[u8]) -> f64 {
    seconds(|| {
        let mut reader = csv::Reader::from_reader(BufReader::with_capacity(1 << 16, table));
        let mut record = csv::ByteRecord::new();
        while reader.read_byte_record(&mut record).is_ok_and(|more| more) {
            black_box(&record);
        }
    })
}

/// Measures `run` and a bare pass alternately, prints the medians of the seconds and of
/// the ratio, and returns the median seconds. Each ratio compares adjacent runs, because
/// the speed of machines varies over time.
fn measure(name: &str, table: &[u8], mut run: impl FnMut()) -> f64 {
    let mut rounds: Vec<(f64, f64)> = (0..ROUNDS)
        .map(|_| {
            let before = bare_pass(table);
            let own = seconds(&mut run);
            (own, own / f64::midpoint(before, bare_pass(table)))
        })
        .collect();
    rounds.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let taken = rounds[ROUNDS / 2].0;
    rounds.sort_unstable_by(|a, b| a.1.total_cmp(&b.1));
    let [least, middle, most] = [0, ROUNDS / 2, ROUNDS - 1].map(|at| rounds[at].1);
    println!(
        "{name:<30} {taken:>8.3} s {:>8.1} MB/s {middle:>7.2} times the bare pass ({least:.2} to {most:.2})",
        table.len() as f64 / 1e6 / taken
    );
    taken
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // `cargo bench` passes --bench.
    let file = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let table = match file {
        Some(path) => std::fs::read(path)?,
        None => generated_table(),
    };
    let rows = csv::Reader::from_reader(table.as_slice()).into_byte_records().count();
    println!("{:.1} MB, {rows} rows, medians of {ROUNDS}", table.len() as f64 / 1e6);
    measure("csv crate, one thread", &table, || {
        bare_pass(&table);
    });

    let mut batch = Batch::new(Classifier::builtin()?);
    batch.table.text_columns = vec!["text".to_owned()];
    let mut scored = |name: &str, jobs: usize, columns: &[Column]| {
        batch.jobs = jobs;
        batch.columns = columns.to_vec();
        measure(name, &table, || {
            let summary = batch.score(table.as_slice(), io::sink(), io::sink(), &mut ());
            assert!(summary.is_ok_and(|summary| summary.rows + summary.rejects == rows as u64));
        })
    };
    let label = [Column::Label, Column::Confidence, Column::PmShare];
    let one = scored("all columns, 1 thread", 1, &Column::ALL);
    scored("all columns, all cores", 0, &Column::ALL);
    let one_label = scored("label and share, 1 thread", 1, &label);
    scored("label and share, all cores", 0, &label);

    let mut reader = csv::Reader::from_reader(table.as_slice());
    let names = reader.headers()?.clone();
    let at = |name: &str| names.iter().position(|found| found == name);
    let (text, title) = (at("text").unwrap_or(2), at("title").unwrap_or(1));
    let rows: Vec<_> = reader.records().collect::<Result<_, _>>()?;
    for (name, whole, phrases, interval) in
        [("classifier alone, evidence", one, 3, true), ("classifier alone, label", one_label, 0, false)]
    {
        let options = Options::default().phrases(phrases).interval(interval).duties(false).context(false);
        let classifier = Classifier::builtin()?.with_options(options);
        let mut scratch = Scratch::new();
        let alone = measure(name, &table, || {
            for row in &rows {
                black_box(classifier.classify_with(&mut scratch, row.get(title), row.get(text).unwrap_or_default()));
            }
        });
        println!("  share of the batch with 1 thread: {:.0}%", alone / whole * 100.0);
    }
    Ok(())
}
