//! The label of a plain posting costs no memory once the buffers have grown, one with markup
//! a few allocations of the tokenizer of markup.
//!
//! A program of its own: it counts every allocation of its thread.
#![allow(clippy::expect_used, reason = "helpers of tests fail as tests do")]

use rolecall::{Classifier, Options, Scratch};

/// Postings of this project, plain and HTML, with what a title of theirs costs: the
/// verdict owns its text.
fn postings() -> Vec<(String, u64)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/postings");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a posting of this project");
    let plain: Vec<_> = ["pm.txt", "pmm.txt", "hybrid.txt", "other.txt", "page.html"].map(read).into();
    // No title is looked for after fifteen lines.
    let opening = "we are looking for some one who will make a tea of our\nown".replace(' ', "\n");
    let untitled = plain.iter().map(|text| (format!("{opening}\n{text}"), 0));
    let html = plain.iter().map(|text| {
        let lines: Vec<_> = text.lines().map(|line| format!("<li>{line} &amp; more&nbsp;&#8217;</li>")).collect();
        (format!("<pre>{opening}</pre><ul>{}</ul>", lines.concat()), 0)
    });
    let titled = plain.iter().map(|text| (format!("Senior Product Manager\n\n{text}"), 1));
    untitled.chain(html).chain(titled).collect()
}

#[test]
fn a_label_allocates_nothing() {
    let classifier = Classifier::builtin().expect("a sound model");
    let classifier = classifier.with_options(Options::default().phrases(0).interval(false));
    let mut scratch = Scratch::new();
    let postings = postings();
    for (posting, _) in &postings {
        let _ = classifier.classify_with(&mut scratch, None, posting);
    }
    for (posting, expected) in &postings {
        let mut title = None;
        let counted = allocation_counter::measure(|| {
            let verdict = classifier.classify_with(&mut scratch, None, posting);
            title = Some(verdict.title.is_some());
        });
        assert_eq!(title, Some(*expected > 0), "{posting}");
        // The tokenizer of markup has buffers of its own.
        let most = if posting.contains('<') { expected + 8 } else { *expected };
        assert!((*expected..=most).contains(&counted.count_total), "{} for {posting}", counted.count_total);
        assert_eq!(counted.count_current, 0, "{posting}");
    }
}

#[test]
fn evidence_allocates_what_it_shows() {
    let classifier = Classifier::builtin().expect("a sound model");
    let mut scratch = Scratch::new();
    for (posting, _) in postings() {
        let _ = classifier.classify_with(&mut scratch, None, &posting);
        let mut shown = 0;
        let counted = allocation_counter::measure(|| {
            let verdict = classifier.classify_with(&mut scratch, None, &posting);
            shown = verdict.evidence.len() + verdict.partners.len() + verdict.ignored.len();
        });
        // Phrase, keywords, duty and sources of each, and room for the lists and the search.
        assert!(counted.count_total <= 10 * shown as u64 + 60, "{} for {shown}", counted.count_total);
    }
}
