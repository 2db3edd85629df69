//! Scores several postings with their titles, labels only, through the lens of one source.
//!
//! ```text
//! cargo run --example titles -- wikipedia
//! ```

#![allow(clippy::print_stdout, reason = "an example prints")]

use rolecall::{Classifier, Lens, Options, Scratch};

const POSTINGS: [(&str, &str); 2] = [
    (
        "Product Marketing Manager",
        "Own the roadmap and the backlog of our mobile app, write user stories with acceptance criteria, run \
         discovery interviews, plan sprints with engineers and decide which features get built and which do not.",
    ),
    (
        "Senior PMM",
        "Write the positioning and messaging of every launch, train sales with battlecards and demo scripts, turn \
         customer interviews into case studies, brief analysts and keep the buyer personas of every market current.",
    ),
];

fn main() -> Result<(), rolecall::Error> {
    let lens: Lens = std::env::args().nth(1).as_deref().unwrap_or("consensus").parse()?;
    let options = Options::default().lens(lens).phrases(0);
    let classifier = Classifier::builtin()?.with_options(options);
    // One per thread.
    let mut scratch = Scratch::new();
    for (title, posting) in POSTINGS {
        let verdict = classifier.classify_with(&mut scratch, Some(title), posting);
        let agrees = match verdict.by_duties_alone.title_agrees {
            Some(true) => "as its title says",
            Some(false) => "unlike its title",
            None => "not comparable",
        };
        println!("{:<8} {:.2}  {title}: {agrees}", verdict.label, verdict.confidence);
    }
    Ok(())
}
