//! Marks the evidence in a posting and lists the duties and sources of each phrase.
//!
//! ```text
//! cargo run --example highlight -- tests/postings/hybrid.txt
//! ```

#![allow(clippy::print_stdout, reason = "an example prints")]

use rolecall::explain::highlight;
use rolecall::{Classifier, Role};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "tests/postings/hybrid.txt".to_owned());
    let posting = std::fs::read_to_string(path)?;
    let verdict = Classifier::builtin()?.classify(&posting);
    for piece in highlight(&posting, &verdict) {
        let text = piece.span.of(&posting);
        match piece.evidence.map(|index| verdict.evidence[index].role) {
            Some(Role::Pm) => print!("[{text}]"),
            Some(Role::Pmm) => print!("{{{text}}}"),
            None => print!("{text}"),
        }
    }
    println!();
    for found in &verdict.evidence {
        let Some(duty) = &found.duty else { continue };
        let sources: Vec<_> = found.sources.iter().map(|source| source.as_str()).collect();
        println!("{:.2} {}: {} ({})", found.points, found.role, duty.name, sources.join(", "));
    }
    Ok(())
}
