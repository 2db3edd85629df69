//! The label of a plain posting costs no memory once the buffers have grown, one with markup
//! a few allocations of the tokenizer of markup.
//!
//! A program of its own: it counts every allocation of its thread.
#![allow(clippy::expect_used, reason = "helpers of tests fail as tests do")]

use rolecall::{Classifier, Options, Scratch};

/// Postings of this project, plain and HTML, without a title in the first line and with one.
fn postings() -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/postings");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a posting of this project");
    let plain: Vec<_> = ["pm.txt", "pmm.txt", "hybrid.txt", "other.txt", "page.html"].map(read).into();
    let untitled = plain.iter().map(|text| text.split_once('\n').map_or(String::new(), |(_, rest)| rest.to_owned()));
    let html = plain.iter().map(|text| {
        let lines: Vec<_> = text.lines().map(|line| format!("<li>{line} &amp; more&nbsp;&#8217;</li>")).collect();
        format!("<p>we are looking for someone.</p><ul>{}</ul>", lines.concat())
    });
    let titled = plain.iter().map(|text| format!("Senior Product Manager\n\n{text}"));
    untitled.chain(html).chain(titled).collect()
}

#[test]
fn a_label_allocates_nothing() {
    let classifier = Classifier::builtin().expect("a sound model");
    let classifier = classifier.with_options(Options::default().phrases(0).interval(false));
    let mut scratch = Scratch::new();
    let postings = postings();
    for posting in &postings {
        let _ = classifier.classify_with(&mut scratch, None, posting);
    }
    let mut titles = 0;
    for posting in &postings {
        let mut has_title = false;
        let counted = allocation_counter::measure(|| {
            has_title = classifier.classify_with(&mut scratch, None, posting).title.is_some();
        });
        // The verdict owns the text of a title.
        let least = u64::from(has_title);
        titles += least;
        // The tokenizer of markup has buffers of its own.
        let most = if posting.contains('<') { least + 8 } else { least };
        assert!((least..=most).contains(&counted.count_total), "{} for {posting}", counted.count_total);
        assert_eq!(counted.count_current, 0, "{posting}");
    }
    assert!((5..15).contains(&titles), "{titles}");
}

#[test]
fn evidence_allocates_what_it_shows() {
    let classifier = Classifier::builtin().expect("a sound model");
    let mut scratch = Scratch::new();
    for posting in postings() {
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
