//! The cost of a posting grows with its length and with nothing else, whatever it
//! looks like.

use std::hint::black_box;
use std::time::{Duration, Instant};

use rolecall::explain::{compare, explain, html};
use rolecall::{Classifier, Options, Scratch};

use super::common::{folder, run, stderr};

/// A text of that many pieces.
type Shape = Box<dyn Fn(usize) -> String>;

/// Shapes that have made readers of text quadratic, by the number of their pieces.
fn shapes() -> Vec<(&'static str, Shape)> {
    fn times(piece: &'static str) -> Box<dyn Fn(usize) -> String> {
        Box::new(move |n| piece.repeat(n))
    }
    fn ended(piece: &'static str, end: &'static str) -> Box<dyn Fn(usize) -> String> {
        Box::new(move |n| piece.repeat(n) + end)
    }
    vec![
        ("one word", times("roadmaps")),
        ("one word beyond ASCII", times("r\u{e9}sum\u{e9}s")),
        ("one number", times("12345678")),
        ("words, no other mark", times("roadmap ")),
        ("different words", Box::new(|n| (0..n).fold(String::new(), |text, at| text + "w" + &at.to_string() + " "))),
        ("no line break", times("you own the roadmap and the launch, ")),
        ("newlines", times("\n\n\n\n\n\n\n\n")),
        ("short lines", times("own it\n")),
        ("bullets", times("\u{2022}\u{2022}\u{2022}")),
        ("bullets and words, no blank", times("\u{2022}roadmap")),
        ("bullets and letters beyond ASCII, no blank", times("\u{2022}\u{440}\u{43e}\u{43b}\u{44c}")),
        ("headings, no blank", times("Perks:*Perks?")),
        ("dashes", times("--------")),
        ("full stops", times("a.B.")),
        ("colons", times("a:B:")),
        ("web addresses", times("https://x.y/z ")),
        ("schemes", times("a://")),
        ("tags", times("<b>x</b>")),
        ("tags without end", times("<a ")),
        ("tags with one end", ended("<a ", ">")),
        ("nested tags", Box::new(|n| "<div>".repeat(n) + "x" + &"</div>".repeat(n))),
        ("comments", times("<!-- x -->")),
        ("comments without end", times("<!--")),
        ("comments without end, and one tag's end", ended("<!-- x ", ">")),
        ("attributes in one tag", Box::new(|n| format!("<p {}>x</p>", "a=\"b\" ".repeat(n)))),
        ("attributes without quotes", ended("<a b=", "x zzz>")),
        (
            "broken words",
            Box::new(|n| (0..n).fold(String::new(), |text, at| text + &format!("a{at}x-\nb{at} ab-c{at} "))),
        ),
        ("scripts without end", times("<script>")),
        ("scripts without the end of their end", ended("<script>", "</script")),
        ("scripts and ends of others", times("<script></style>")),
        ("less than", times("< < ")),
        ("ampersands", times("&&&&")),
        ("entities", times("&amp;nbsp;")),
        ("unknown entities", times("&zz;")),
        ("escaped less than", times("&lt;")),
        ("escaped tags without end", times("&lt;b ")),
        ("escaped unknown tags with one end", ended("&lt;zz ", "&gt;")),
        ("role names", times("Work with product marketing. ")),
        ("role names, one line", times("product manager ")),
        ("evidence in every line", times("Own the product roadmap and write user stories\n")),
    ]
}

/// Checks that sixteen times the text does not take much more than 16 times as long; at
/// quadratic cost it takes 256 times. A busy machine distorts single measurements, so one of
/// several must be below the limit, and each is the least of three.
fn check_linear(name: &str, small: &str, large: &str, mut run: impl FnMut(&str) -> Duration) {
    let mut least = |text| (0..3).map(|_| run(text)).min().unwrap_or_default();
    let mut measured = Vec::new();
    let below_limit = std::iter::repeat_with(|| {
        let (before, after) = (least(small).max(Duration::from_micros(50)), least(large));
        measured.push((before, after));
        after < before * 80
    });
    assert!(below_limit.take(5).any(|below| below), "{name}: {measured:?}");
}

#[test]
fn no_shape_is_quadratic() {
    let classifier = Classifier::builtin().expect("a sound model");
    let mut scratch = Scratch::new();
    for (name, shape) in shapes() {
        // A scratch remembers words, and many different ones do not fit: then none is remembered.
        let forgetful = matches!(name, "different words" | "broken words");
        check_linear(name, &shape(2_000), &shape(32_000), |text| {
            if forgetful {
                scratch = Scratch::new();
                black_box(classifier.classify_with(&mut scratch, None, "a"));
            }
            let start = Instant::now();
            black_box(classifier.classify_with(&mut scratch, None, text));
            start.elapsed()
        });
    }
}

#[test]
fn no_explanation_is_quadratic() {
    let classifier = Classifier::builtin().expect("a sound model");
    let classifier = classifier.with_options(Options::default().phrases(usize::MAX));
    let mut scratch = Scratch::new();
    let wanted =
        ["short lines", "tags without end", "tags with one end", "less than", "role names", "evidence in every line"];
    for (name, shape) in shapes().into_iter().filter(|(name, _)| wanted.contains(name)) {
        check_linear(name, &shape(1_000), &shape(16_000), |text| {
            let start = Instant::now();
            black_box(html::page(text, &explain(&classifier, &mut scratch, None, text, false)));
            black_box(compare(&classifier, &mut scratch, text, text));
            start.elapsed()
        });
    }
}

/// The program's views, as the user gets them.
#[test]
fn no_view_is_quadratic() {
    let folder = folder("linear-views");
    let views: [&[&str]; 7] = [
        &["classify", "--highlight"],
        &["classify", "--duties"],
        &["classify", "--what-if"],
        &["classify", "--lens", "all"],
        &["classify", "--format", "html"],
        &["classify", "--format", "json", "--top", "1000000", "--duties"],
        &["compare"],
    ];
    for (name, piece) in [
        ("evidence in every line", "Own the product roadmap and write user stories\n"),
        // Many parts of one line in different styles.
        ("role names, one line", "Work with product marketing. "),
    ] {
        let paths = [1_000, 16_000].map(|pieces: usize| {
            let path = folder.join(format!("{pieces}.txt"));
            std::fs::write(&path, piece.repeat(pieces)).expect("written");
            path.into_os_string().into_string().expect("UTF-8")
        });
        for view in views {
            check_linear(&format!("{view:?}, {name}"), &paths[0], &paths[1], |path| {
                let files = if view[0] == "compare" { vec![path, path] } else { vec![path] };
                let start = Instant::now();
                let output = run(&[view, &files].concat(), b"");
                assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
                start.elapsed()
            });
        }
    }
}
