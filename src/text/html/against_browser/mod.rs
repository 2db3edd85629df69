//! Compares the text that the reader finds with what a browser shows, by the tree that html5ever builds.
//!
//! The reader differs on purpose where a browser would hide most of a page: a form ends at its end tag, and
//! `<script>` or `<title>` without an end tag is no element. A tag with words that are no attributes is text.

mod browser;
mod markup;

use self::browser::Rendered;
use self::markup::PageWriter;
use super::attributes::may_have_no_value;
use super::{Markup, Reader, Shown};
use crate::text::clean::Cleaner;
use crate::text::layer::Layer;

/// The text that is read of a page.
fn read(page: &str) -> String {
    let mut layer = Layer::default();
    Reader::default().read(page, Markup::of(page), Shown::Posting, &mut layer);
    layer.text().to_owned()
}

/// The letters and digits of the cleaned text.
fn cleaned(posting: &str) -> String {
    let mut buffer = Cleaner::default();
    buffer.clean(posting, &mut |_| false).0.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Words between whitespace; `|` stands between the cells of a row.
fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().filter(|word| *word != "|").collect()
}

/// Postings in `tests/postings`.
const OWN_POSTINGS: [&str; 6] = ["blob", "hostile", "hybrid", "other", "pm", "pmm"];

/// The postings of the tests, and the labeled ones where they are available.
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
        let page = PageWriter::new(seed as u32).page(posting);
        let shown = Rendered::of(&page);
        assert!(words(&read(&page)) == words(&shown.text), "page {seed} is not read as it is shown");
        assert!(words(&shown.text) == words(posting), "page {seed} does not show the posting");
        // Cleaning may join its lines differently, and read text of a posting as markup.
        if Markup::of(posting) == Markup::Plain && posting.len() > 600 {
            assert!(cleaned(&page) == cleaned(&shown.text), "page {seed} is not cleaned as it is shown");
        }
    }
}

/// Whether the reader differs from a browser on purpose.
fn differs_on_purpose(page: &str, shown: &Rendered) -> bool {
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
        let mut writer = PageWriter::new(seed as u32 + 1000);
        let start = writer.below(posting.lines().count().saturating_sub(3));
        let part: Vec<&str> = posting.lines().skip(start).take(6).collect();
        let page = writer.page(&part.join("\n"));
        let page = writer.damaged(&page);
        let shown = Rendered::of(&page);
        if differs_on_purpose(&page, &shown) {
            continue;
        }
        compared += 1;
        let found = read(&page);
        // A browser moves text that is in no cell out of its table.
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
    // A browser also moves a block out of a hidden element when a formatting element around both ends, so that
    // text before the end tag is shown. That is rarer in the labeled postings than in the few of the tests.
    let one_in = if labeled { 500 } else { 200 };
    assert!(wrong.len() <= compared / one_in, "seeds {wrong:?} of {compared}");
}

/// What is hidden tells where an element ends. By hand from the HTML standard, and as a browser shows it.
#[test]
fn elements_end_where_a_browser_ends_them() {
    for (name, html, expected) in [
        ("a cell limits what an end tag closes", "<div hidden><table><tr><td></div>b </table></div>c ", "c"),
        ("any heading's end tag ends a heading", "<h2 hidden>a </h3>b ", "b"),
        ("an item's end tag stays in its list", "<ul><li hidden>a <ul></li>b </ul></li>c </ul>", "c"),
        ("a table's end tag ends its cells", "<table hidden><tr><td>a </table>b ", "b"),
        ("unknown elements differ", "<x-a hidden>a </x-b>b </x-a>c ", "c"),
        ("a block outlives formatting", "<b hidden>a <p>b </b>c </p>d ", "c d"),
        ("within formatting, too", "<i><b hidden>a <p>b </b>c </p>d </i>e ", "c d e"),
        ("formatting between goes on", "<b hidden>a <i>b <p>c </b>d </p>e </i>f ", "d e f"),
        ("other inline elements between do not", "<b hidden>a <span hidden>b <p>c </b>d </p>e ", "d e"),
        ("a hidden block stays hidden", "<b><p hidden>a </b>b </p>c ", "c"),
        ("a paragraph ends the head", "<html><head hidden><p>a </p>", "a"),
        ("a second head is none", "<div>a <head hidden>b </head>c </div>", "a b c"),
        ("a description ends a term", "<dl><dt hidden>a <dd>b </dl>", "b"),
        ("what is no part of the head outlives it", "<head><x-a hidden></head>a </x-a>b ", "b"),
        ("a form in a form is none", "<form>a <form>b </form>c ", "c"),
        ("a form in a table has no content", "<table><tr><form><td>a </table>b ", "a b"),
        ("an option ends an option", "<option>a <option>b </option>c ", "c"),
        ("a button ends a button", "<button>a <button>b </button>c ", "c"),
        ("a link ends a link", "<a hidden>a <a>b </a>c ", "b c"),
        ("a heading ends a heading", "<h2 hidden>a <h3>b </h3>c ", "b c"),
        ("a cell ends a cell", "<table><tr><td hidden>a <td>b </table>", "b"),
        ("a row ends a row", "<table><tr hidden><td>a <tr><td>b </table>", "b"),
        ("a nested table ends no cell", "<table><tr><td hidden>a <table><tr><td>b </table>c </table>d ", "d"),
    ] {
        let page = format!("<!DOCTYPE html>{html}");
        assert_eq!(words(&Rendered::of(&page).text).join(" "), expected, "a browser: {name}");
        assert_eq!(words(&read(&page)).join(" "), expected, "{name}");
    }
}
