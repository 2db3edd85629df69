//! A posting of any kind of file: what is read can be classified and shown.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use rolecall::explain::{self, html, sanitize};
use rolecall::{Classifier, Document, Scratch, Span};

static CLASSIFIER: LazyLock<Classifier> = LazyLock::new(|| Classifier::builtin().expect("a sound model"));

fuzz_target!(|data: &[u8]| {
    let named = match data.first() {
        Some(1) => Some("utf-16le"),
        Some(2) => Some("windows-1252"),
        Some(3) => Some("shift_jis"),
        _ => None,
    };
    let Ok(document) = Document::read(&data[usize::from(named.is_some())..], named) else { return };
    let text = document.text();
    for at in 0..=text.len().min(64) {
        let _ = document.in_file(Span::new(at, text.len()));
    }
    let mut scratch = Scratch::new();
    let found = explain::explain(&CLASSIFIER, &mut scratch, None, text, false);
    let page = html::page(text, &found);
    assert!(page.ends_with("</html>\n"));
    let json = serde_json::to_string(&found.verdict).expect("JSON");
    assert!(!sanitize::for_json(&json).contains(|c| sanitize::is_unsafe(c)));
    assert_eq!(CLASSIFIER.classify(text), found.verdict, "the same every time");
});
