//! Titles in capitals, escaped, with marks around them: random ones of the table.

use proptest::prelude::*;

use super::normalize::decode;
use super::tests::TITLES;
use super::{claim, find_title};

fn table_title() -> impl Strategy<Value = &'static str> {
    let titles: Vec<_> = TITLES.iter().flat_map(|(_, titles)| titles.iter().copied()).collect();
    prop::sample::select(titles)
}

/// What is put before a title and changes nothing.
const PREFIXES: [&str; 6] = ["", "Senior ", "Sr. ", "(Senior) ", "Remote - ", "[2031] "];

/// What is put after a title and changes nothing.
const SUFFIXES: [&str; 9] =
    ["", " II", " (m/w/d)", " (all genders)", " - Remote", ", EMEA", " #20413", " | Full-time", " [Contract]"];

fn full_width(title: &str) -> String {
    let wide = |c: char| match c {
        ' ' => '\u{3000}',
        '!'..='~' => char::from_u32(c as u32 + 0xfee0).unwrap_or(c),
        _ => c,
    };
    title.chars().map(wide).collect()
}

fn escaped(title: &str) -> String {
    title.replace('&', "&amp;").replace('-', "&#45;").replace('/', "&sol;").replace(' ', "&nbsp;")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn dress_changes_no_claim(
        title in table_title(),
        prefix in prop::sample::select(&PREFIXES[..]),
        suffix in prop::sample::select(&SUFFIXES[..]),
        dress in 0..6,
    ) {
        let plain = decode(title);
        let marked = format!("{prefix}{plain}{suffix}");
        let dressed = match dress {
            0 => marked.to_uppercase(),
            1 => marked.to_lowercase(),
            2 => full_width(&marked),
            3 => escaped(&marked),
            4 => escaped(&escaped(&marked)),
            _ => marked.replace(' ', "  "),
        };
        prop_assert_eq!(claim(&dressed), claim(title), "{} as {}", title, dressed);
    }

    #[test]
    fn any_text_is_read(text in "(?s)(product|manager|marketing| |&amp;|/|-|,|PM|of|\\PC|.){0,60}") {
        let _ = claim(&text);
        if let Some(found) = find_title(&text) {
            prop_assert!(text.contains(found) && !found.is_empty());
        }
    }

    #[test]
    fn a_title_after_a_label_is_found(title in table_title()) {
        let expected = find_title(title).filter(|found| *found == title);
        prop_assume!(expected.is_some());
        let posting = format!("Fernhollow Tea\n\n**Job title:** {title}\nHull");
        prop_assert_eq!(find_title(&posting), expected);
    }
}
