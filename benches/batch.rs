//! Scoring a table against reading it alone.
//!
//! ```text
//! cargo bench --bench batch [-- FILE.csv]
//! ```
//!
//! Prints megabytes a second of a bare pass of the `csv` crate on one thread, of
//! scoring with one job and with one a core, and of the classifier alone, and the
//! ratios. Without a file a table of about 20 MB is made.

#![allow(clippy::print_stdout, reason = "a bench prints its figures")]

use std::hint::black_box;
use std::io::{self, BufReader};
use std::time::Instant;

use rolecall::batch::{Batch, Column};
use rolecall::{Classifier, Options, Scratch};

const POSTINGS: [&str; 3] = [
    "About us\nWe make scheduling software for clinics.\nWhat you will do\n- Own the product roadmap and decide what is \
     built next\n- Prioritise the backlog with engineers and designers\n- Write user stories with acceptance criteria\n\
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

fn made() -> Vec<u8> {
    let mut text = b"id,title,text\n".to_vec();
    for row in 0..40_000 {
        let posting = POSTINGS[row % 3];
        text.extend_from_slice(format!("{row},Product Manager,\"{posting}\"\n").as_bytes());
    }
    text
}

/// Seconds of the best of three runs.
fn best(mut run: impl FnMut()) -> f64 {
    let once = |run: &mut dyn FnMut()| {
        let started = Instant::now();
        run();
        started.elapsed().as_secs_f64()
    };
    (0..3).map(|_| once(&mut run)).fold(f64::INFINITY, f64::min)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // `cargo bench` itself passes --bench.
    let file = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let table = match file {
        Some(path) => std::fs::read(path)?,
        None => made(),
    };
    let megabytes = table.len() as f64 / 1e6;
    let rows = csv::Reader::from_reader(table.as_slice()).into_byte_records().count();
    println!("{megabytes:.1} MB, {rows} rows");

    let bare = best(|| {
        let mut reader = csv::Reader::from_reader(BufReader::with_capacity(1 << 16, table.as_slice()));
        let mut record = csv::ByteRecord::new();
        while reader.read_byte_record(&mut record).is_ok_and(|more| more) {
            black_box(&record);
        }
    });
    let report = |name: &str, seconds: f64| {
        println!(
            "{name:<28} {seconds:>8.3} s {:>8.1} MB/s {:>7.2} times the bare pass",
            megabytes / seconds,
            seconds / bare
        );
    };
    report("csv crate, one thread", bare);

    let mut batch = Batch::new(Classifier::builtin()?);
    batch.text_columns = vec!["text".to_owned()];
    let mut scored = |name: &str, jobs: usize, columns: &[Column]| {
        batch.jobs = jobs;
        batch.columns = columns.to_vec();
        let seconds = best(|| {
            let summary = batch.score(table.as_slice(), io::sink(), io::sink(), &mut ());
            assert!(summary.is_ok_and(|summary| summary.rows + summary.rejects == rows as u64));
        });
        report(name, seconds);
        seconds
    };
    let label = [Column::Label, Column::Confidence, Column::PmShare];
    let one = scored("all columns, 1 job", 1, &Column::ALL);
    scored("all columns, a job a core", 0, &Column::ALL);
    let one_label = scored("label and share, 1 job", 1, &label);
    scored("label and share, a job a core", 0, &label);

    let mut reader = csv::Reader::from_reader(table.as_slice());
    let names = reader.headers()?.clone();
    let at = |name: &str| names.iter().position(|found| found == name);
    let (text, title) = (at("text").unwrap_or(2), at("title").unwrap_or(1));
    let rows: Vec<_> = reader.records().collect::<Result<_, _>>()?;
    for (name, whole, phrases, interval) in
        [("classifier alone, evidence", one, 6, true), ("classifier alone, label", one_label, 0, false)]
    {
        let options = Options::default().phrases(phrases).interval(interval);
        let classifier = Classifier::builtin()?.with_options(options);
        let mut scratch = Scratch::new();
        let alone = best(|| {
            for row in &rows {
                black_box(classifier.classify_titled(&mut scratch, row.get(title), row.get(text).unwrap_or_default()));
            }
        });
        report(name, alone);
        println!("  of the time of 1 job: {:.0}%", alone / whole * 100.0);
    }
    Ok(())
}
