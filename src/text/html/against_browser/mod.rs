//! Compares the text that is read with the text that a browser shows, by the tree that html5ever builds.
//!
//! The reader differs on purpose where a browser would hide most of a page: a form ends at its end tag, and
//! `<script>` or `<title>` without an end tag is no element. A tag with words that are no attributes is text.

mod browser;
mod markup;

use self::browser::Shown;
use self::markup::Author;
use super::attributes::may_have_no_value;
use super::{Markup, Reader};
use crate::text::clean::Cleaned;
use crate::text::layer::Layer;

/// The text that is read of a page.
fn read(page: &str) -> String {
    let mut layer = Layer::default();
    Reader::default().read(page, Markup::of(page), super::Shown::Posting, &mut layer);
    layer.text().to_owned()
}

/// The letters and digits of the text that is judged.
fn judged(posting: &str) -> String {
    let mut buffer = Cleaned::default();
    buffer.clean(posting, &mut |_| false).0.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Words between whitespace; `|` stands between the cells of a row.
fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().filter(|word| *word != "|").collect()
}

/// Postings that are part of the project.
const OWN_POSTINGS: [&str; 6] = ["blob", "hostile", "hybrid", "other", "pm", "pmm"];

/// The postings of the tests, and those with labels where they are at hand.
fn postings() -> Vec<String> {
    let read = |name: &str| std::fs::read_to_string(format!("tests/postings/{name}.txt")).unwrap();
    let mut postings: Vec<String> = OWN_POSTINGS.map(read).into();
    match std::fs::read_to_string("../shared/postings/tune.jsonl") {
        Ok(rows) => postings.extend(rows.lines().map(|row| {
            let row: serde_json::Value = serde_json::from_str(row).unwrap();
            row["text"].as_str().unwrap().to_owned()
        })),
        Err(_) => eprintln!("skipped: postings with labels (no ../shared/postings)"),
    }
    postings
}

#[test]
fn pages_show_what_a_browser_shows() {
    let postings = postings();
    for (seed, posting) in postings.iter().cycle().take(postings.len().max(300)).enumerate() {
        let page = Author::new(seed as u32).page(posting);
        let shown = Shown::of(&page);
        assert!(words(&read(&page)) == words(&shown.text), "page {seed} is not read as it is shown");
        assert!(words(&shown.text) == words(posting), "page {seed} does not show the posting");
        // Its lines may be joined otherwise, and what it shows may be markup.
        if Markup::of(posting) == Markup::Plain && posting.len() > 600 {
            assert!(judged(&page) == judged(&shown.text), "page {seed} is not judged as it is shown");
        }
    }
}

/// Whether the reader differs from a browser on purpose.
fn differs_on_purpose(page: &str, shown: &Shown) -> bool {
    let lower = page.to_ascii_lowercase();
    let is_open = |name: &&str| lower.rfind(&format!("<{name}")) > lower.rfind(&format!("</{name}"));
    Markup::of(page) != Markup::Page
        || shown.has_broken_form
        || ["script", "style", "title", "textarea", "noscript"].iter().any(is_open)
        || shown.words_in_tags.iter().any(|word| !may_have_no_value(word.as_bytes()))
}

#[test]
fn damaged_pages_show_what_a_browser_shows() {
    let (mut compared, mut wrong) = (0, Vec::new());
    let postings = postings();
    let labeled = postings.len() > OWN_POSTINGS.len();
    for (seed, posting) in postings.iter().cycle().take(2400).enumerate() {
        let mut author = Author::new(seed as u32 + 1000);
        let start = author.below(posting.lines().count().saturating_sub(3));
        let part: Vec<&str> = posting.lines().skip(start).take(6).collect();
        let page = author.page(&part.join("\n"));
        let page = author.damaged(&page);
        let shown = Shown::of(&page);
        if differs_on_purpose(&page, &shown) {
            continue;
        }
        compared += 1;
        let found = read(&page);
        // A browser moves text out of a table that is in no cell.
        let letters = |text: &str| {
            let mut letters: Vec<char> = words(text).concat().chars().collect();
            if shown.has_table {
                letters.sort_unstable();
            }
            letters
        };
        let same_words = shown.has_table || words(&found) == words(&shown.text);
        if letters(&found) != letters(&shown.text) || !same_words {
            wrong.push(seed);
        }
    }
    assert!(compared >= 2000, "{compared}");
    // A browser also moves a block out of a hidden element when a formatting element around both ends, which
    // shows text that stands before the end tag. That is rarer in the labeled postings than in the few of the tests.
    let one_in = if labeled { 500 } else { 200 };
    assert!(wrong.len() <= compared / one_in, "seeds {wrong:?} of {compared}");
}
