//! Speed of a verdict, relative to yardsticks measured in the same run.
//!
//! ```text
//! cargo bench --bench classify
//! ```
//!
//! Everything is measured on one thread, on the same 45 MB. In every round, each
//! contender reads all of it in turn, so that a busy machine slows all of them, and long
//! enough that refilling the caches does not count. `README.md` explains the rows.

#![allow(clippy::print_stdout, reason = "benchmarks print their figures")]

#[path = "common/postings.rs"]
mod postings;

use std::hint::black_box;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use rolecall::{Classifier, Options, Scratch};

/// Minimum number of bytes that each contender reads in a round.
const BYTES: usize = 45_000_000;

/// Number of rounds.
const ROUNDS: usize = 7;

/// A task to measure, on its texts.
struct Contender<'a> {
    name: &'static str,
    texts: &'a [String],
    work: Box<dyn FnMut(&str) + 'a>,
    rounds: Vec<Duration>,
}

impl<'a> Contender<'a> {
    fn new(name: &'static str, texts: &'a [String], work: impl FnMut(&str) + 'a) -> Self {
        Self { name, texts, work: Box::new(work), rounds: Vec::new() }
    }

    /// Reads the texts `passes` times and records the time per pass.
    fn round(&mut self, passes: u32) {
        let start = Instant::now();
        for text in (0..passes).flat_map(|_| self.texts) {
            (self.work)(black_box(text));
        }
        self.rounds.push(start.elapsed() / passes);
    }

    fn bytes(&self) -> usize {
        self.texts.iter().map(String::len).sum()
    }

    /// Megabytes per second in the round of this rank: 0 is the fastest, 0.5 the median.
    fn rate(&self, rank: f64) -> f64 {
        let mut rounds = self.rounds.clone();
        rounds.sort_unstable();
        let at = (rank * (rounds.len().saturating_sub(1)) as f64) as usize;
        rounds.get(at).map_or(0.0, |taken| self.bytes() as f64 / 1e6 / taken.as_secs_f64())
    }

    /// How many times as fast as `other`: the median of the ratios in each round.
    fn ratio(&self, other: &Contender<'_>) -> f64 {
        let rate = |contender: &Contender<'_>, taken: &Duration| contender.bytes() as f64 / taken.as_secs_f64();
        let mut ratios: Vec<f64> =
            self.rounds.iter().zip(&other.rounds).map(|(own, others)| rate(self, own) / rate(other, others)).collect();
        ratios.sort_unstable_by(f64::total_cmp);
        ratios.get(ratios.len() / 2).copied().unwrap_or_default()
    }
}

/// Reads a table with the `csv` crate; returns the bytes in its fields.
fn csv_pass(table: &str) -> usize {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(table.as_bytes());
    let (mut record, mut bytes) = (csv::ByteRecord::new(), 0);
    while reader.read_byte_record(&mut record).unwrap_or(false) {
        bytes += record.iter().map(<[u8]>::len).sum::<usize>();
    }
    bytes
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let start = Instant::now();
    let Ok(classifier) = Classifier::builtin() else { return ExitCode::FAILURE };
    let first = start.elapsed();
    let label = classifier.clone().with_options(Options::default().phrases(0).interval(false));
    let evidence = classifier.clone().with_options(Options::default().interval(false).context(false));
    let (texts, source) = postings::postings();
    // For instructions.sh: `--passes N KIND` runs one task and nothing else.
    if let Some(at) = arguments.iter().position(|argument| argument == "--passes") {
        let passes = arguments.get(at + 1).and_then(|passes| passes.parse().ok()).unwrap_or(1);
        let kind = arguments.last().map_or("", String::as_str);
        let contender = match kind {
            "verdict" => &classifier,
            "evidence" => &evidence,
            _ => &label,
        };
        let mut scratch = Scratch::new();
        for text in std::iter::repeat_n(&texts, passes).flatten() {
            black_box(contender.classify_with(&mut scratch, None, text));
        }
        println!("{}", texts.iter().map(String::len).sum::<usize>());
        return ExitCode::SUCCESS;
    }
    let html: Vec<String> = texts.iter().map(|text| postings::html(text)).collect();
    let rows: Vec<String> = texts.iter().map(|text| format!("\"{}\"\n", text.replace('"', "\"\""))).collect();
    let table = [rows.concat()];
    let mut scratches: Vec<Scratch> = std::iter::repeat_with(Scratch::new).take(5).collect();
    let Ok([a, b, c, d, e]) = scratches.get_disjoint_mut([0, 1, 2, 3, 4]) else { return ExitCode::FAILURE };
    let mut contenders = vec![
        Contender::new("split at whitespace", &texts, |text| {
            black_box(text.split_whitespace().map(str::len).sum::<usize>());
        }),
        Contender::new("csv pass", &table, |text| {
            black_box(csv_pass(text));
        }),
        Contender::new("whichlang", &texts, |text| {
            black_box(whichlang::detect_language(text));
        }),
        Contender::new("label only", &texts, |text| {
            black_box(label.classify_with(a, None, text));
        }),
        Contender::new("label and evidence", &texts, |text| {
            black_box(evidence.classify_with(b, None, text));
        }),
        Contender::new("whole verdict", &texts, |text| {
            black_box(classifier.classify_with(c, None, text));
        }),
        Contender::new("label only, HTML", &html, |text| {
            black_box(label.classify_with(d, None, text));
        }),
        Contender::new("whole verdict, HTML", &html, |text| {
            black_box(classifier.classify_with(e, None, text));
        }),
    ];
    // Without --bench, cargo is only testing that it runs.
    let bench = arguments.iter().any(|argument| argument == "--bench");
    let bytes: usize = texts.iter().map(String::len).sum();
    let (passes, rounds) = if bench { (BYTES.div_ceil(bytes), ROUNDS) } else { (1, 1) };
    for _ in 0..rounds {
        for contender in &mut contenders {
            contender.round(passes as u32);
        }
    }
    println!("{} postings, {bytes} bytes, {rounds} rounds of {passes} passes: {source}", texts.len());
    println!("{:<22} {:>9} {:>9} {:>11} {:>10} {:>12}", "", "MB/s", "fastest", "postings/s", "x split", "x whichlang");
    for contender in &contenders {
        println!(
            "{:<22} {:>9.1} {:>9.1} {:>11.0} {:>10.2} {:>12.2}",
            contender.name,
            contender.rate(0.5),
            contender.rate(0.0),
            contender.rate(0.5) * 1e6 * texts.len() as f64 / contender.bytes() as f64,
            contender.ratio(&contenders[0]),
            contender.ratio(&contenders[2]),
        );
    }
    println!("first call of Classifier::builtin {:.2} ms", first.as_secs_f64() * 1e3);
    processes(if bench { 40 } else { 1 });
    ExitCode::SUCCESS
}

/// Run times of whole processes: a short posting, and training.
fn processes(runs: usize) {
    let Some(program) = option_env!("CARGO_BIN_EXE_rolecall") else { return };
    let root = env!("CARGO_MANIFEST_DIR");
    let posting = format!("{root}/tests/postings/short.txt");
    let [nothing, classify] = in_turn(runs, [&["/bin/true"], &[program, "classify", &posting]]);
    println!(
        "rolecall classify of a short posting {:.2} ms, /bin/true {:.2} ms",
        classify.as_secs_f64() * 1e3,
        nothing.as_secs_f64() * 1e3
    );
    let [train] = in_turn(runs.min(3), [&[program, "train", "--check"]]);
    println!("rolecall train --check {:.2} s", train.as_secs_f64());
}

/// Median time of each command, run alternately.
fn in_turn<const N: usize>(runs: usize, commands: [&[&str]; N]) -> [Duration; N] {
    let mut taken = [const { Vec::new() }; N];
    for _ in 0..runs {
        for (taken, command) in taken.iter_mut().zip(commands) {
            let start = Instant::now();
            let status = Command::new(command[0])
                .args(&command[1..])
                .current_dir(env!("CARGO_MANIFEST_DIR"))
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            taken.push(start.elapsed());
            if !status.is_ok_and(|status| status.success()) {
                println!("{} failed", command.join(" "));
            }
        }
    }
    taken.map(|mut taken: Vec<Duration>| {
        taken.sort_unstable();
        taken[taken.len() / 2]
    })
}
