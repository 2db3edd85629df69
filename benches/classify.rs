//! Bytes per second, with two yardsticks measured in the same run: splitting at
//! whitespace, which is about the least that reading a text can cost, and whichlang,
//! a detector of languages that also scores hashed n-grams.
//!
//! `cargo bench` prints a table; words as arguments pick rows. Every figure is the
//! median of several rounds, so that a busy machine shows less.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use rolecall::{Classifier, Options, Scratch};

/// A shortened posting: a few duties and no more.
const SHORT: &str = "\
You own the roadmap of our parcel scanner, rank the backlog with six engineers and write the \
requirements of each release. You also brief the sales team on what is new, and visit depots to \
see what slows the drivers down.";

/// Parts of a posting, from which one of ordinary length is made.
const PARTS: [(&str, &[&str]); 4] = [
    (
        "About us",
        &[
            "We build parcel scanners and the software behind them. Two hundred carriers in nine countries use them every day.",
            "We are owned by the people who work here, and we have been profitable since our third year.",
        ],
    ),
    (
        "What you will do",
        &[
            "Own the roadmap for the handheld line and explain to everyone who asks why things are in the order they are.",
            "Spend two days a month in depots, watch how parcels are sorted, and turn what you see into requirements.",
            "Write user stories with acceptance criteria and refine them with engineers, a designer and a tester.",
            "Decide together with the tech lead how much of a quarter goes into debt, and how much into features.",
            "Define what a successful release looks like in numbers, and read those numbers when it is out.",
            "Plan the launch of each release with marketing, support and the country teams.",
            "Write the release notes that carriers read, and the short version that their drivers read.",
            "Keep an eye on competing scanners, and lay out where ours is better and where it is not.",
            "Prepare price changes with finance, and the reasons for them with the account managers.",
            "Present progress, risks and open questions to the steering group once a month.",
        ],
    ),
    (
        "What you bring",
        &[
            "Five years or more of work on technical products, with hardware among them if possible.",
            "You write clearly, you listen well, and you say no kindly.",
            "A degree in engineering, logistics or business, or the same learned on the job.",
            "You can read a data sheet, and a balance sheet at a pinch. SQL helps.",
        ],
    ),
    (
        "What we offer",
        &[
            "Thirty days of holiday, a pension that we match, health insurance for you and your family.",
            "A workshop with every scanner we have ever made, and time to take them apart.",
            "We are an equal opportunity employer. Send a CV and one page about a product you like.",
        ],
    ),
];

fn long() -> String {
    let mut text = String::from("Product Manager, Handhelds\n");
    for (heading, lines) in PARTS {
        text += &format!("\n{heading}\n");
        for line in lines {
            text += &format!("- {line}\n");
        }
    }
    text
}

fn html() -> String {
    let mut text = String::from("<h1 class=\"title\">Product Manager, Handhelds</h1>");
    for (heading, lines) in PARTS {
        text += &format!("<div class=\"section\"><h3><strong>{heading}</strong></h3><ul>");
        for line in lines {
            let line = line.replace(" and ", " &amp; ").replace('\'', "&rsquo;");
            text += &format!("<li><p style=\"margin:0\">{line}</p></li>");
        }
        text += "</ul></div>&nbsp;<br/>\n";
    }
    text
}

/// Median time of one call of `work`, over rounds of about `round`.
fn time(round: Duration, mut work: impl FnMut()) -> Duration {
    let start = Instant::now();
    work();
    let once = start.elapsed().max(Duration::from_nanos(50));
    let calls = (round.as_nanos() / once.as_nanos()).clamp(1, 1_000_000) as u32;
    let mut rounds: Vec<Duration> = (0..9)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..calls {
                work();
            }
            start.elapsed() / calls
        })
        .collect();
    rounds.sort_unstable();
    rounds[rounds.len() / 2]
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // Without --bench somebody is testing: once through is enough.
    let round = Duration::from_millis(if arguments.iter().any(|a| a == "--bench") { 60 } else { 0 });
    let wanted: Vec<&String> = arguments.iter().filter(|a| !a.starts_with('-')).collect();
    let Ok(classifier) = Classifier::builtin() else { return ExitCode::FAILURE };
    let label_only = classifier.clone().with_options(Options::default().phrases(0).interval(false));
    let label_interval = classifier.clone().with_options(Options::default().phrases(0));
    let mut scratch = Scratch::new();
    let (long, html) = (long(), html());
    println!(
        "{:<8} {:<24} {:>8} {:>10} {:>8}  {:>12} {:>11}",
        "text", "work", "bytes", "us", "MB/s", "x whitespace", "x whichlang"
    );
    for (name, text) in [("short", SHORT), ("long", &long), ("html", &html)] {
        if !wanted.is_empty() && !wanted.iter().any(|w| name.contains(w.as_str())) {
            continue;
        }
        let whitespace = time(round, || {
            black_box(black_box(text).split_whitespace().map(str::len).sum::<usize>());
        });
        let whichlang = time(round, || {
            black_box(whichlang::detect_language(black_box(text)));
        });
        let label = time(round, || {
            black_box(label_only.classify_with(&mut scratch, black_box(text)));
        });
        let interval = time(round, || {
            black_box(label_interval.classify_with(&mut scratch, black_box(text)));
        });
        let evidence = time(round, || {
            black_box(classifier.classify_with(&mut scratch, black_box(text)));
        });
        let rows = [
            ("whitespace", whitespace),
            ("whichlang", whichlang),
            ("label only", label),
            ("and interval", interval),
            ("and evidence", evidence),
        ];
        for (work, taken) in rows {
            let seconds = taken.as_secs_f64().max(1e-9);
            println!(
                "{name:<8} {work:<24} {:>8} {:>10.1} {:>8.1}  {:>12.2} {:>11.2}",
                text.len(),
                seconds * 1e6,
                text.len() as f64 / seconds / 1e6,
                seconds / whitespace.as_secs_f64().max(1e-9),
                seconds / whichlang.as_secs_f64().max(1e-9),
            );
        }
    }
    ExitCode::SUCCESS
}
