//! Classifies one posting and prints its label, its probabilities and its clearest phrases.
//!
//! ```text
//! cargo run --example classify -- tests/postings/pm.txt
//! ```

#![allow(clippy::print_stdout, reason = "an example prints")]

use rolecall::{Classifier, Label};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "tests/postings/hybrid.txt".to_owned());
    let posting = std::fs::read_to_string(path)?;
    let verdict = Classifier::builtin()?.classify(&posting);
    println!("{} with a probability of {:.2}", verdict.label, verdict.confidence);
    if let Some(reason) = verdict.reason {
        println!("because it is {reason}");
    }
    for label in Label::ALL {
        println!("  {label:<8} {:.2}", verdict.probabilities.of(label));
    }
    for found in verdict.evidence.iter().take(3) {
        println!("{:.2} points for {}: {}", found.points, found.role, found.phrase);
    }
    Ok(())
}
