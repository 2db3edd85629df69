//! Titles, given and found in the posting.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use rolecall::Classifier;

static CLASSIFIER: LazyLock<Classifier> = LazyLock::new(|| Classifier::builtin().expect("a sound model"));

fuzz_target!(|title: &str| {
    const DUTIES: &str = "Own the roadmap and the backlog. Write positioning and messaging. Plan launches with sales, \
                          interview users, set prices, write user stories with engineers and measure adoption of it.";
    let given = CLASSIFIER.classify_titled(title, DUTIES);
    assert!((0.0..=1.0).contains(&given.confidence));
    let first = CLASSIFIER.classify(&format!("{title}\n\n{DUTIES}"));
    assert!((0.0..=1.0).contains(&first.confidence));
});
