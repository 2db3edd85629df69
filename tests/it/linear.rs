//! The cost of a posting grows with its length and with nothing else, whatever it
//! looks like.

use std::hint::black_box;
use std::time::{Duration, Instant};

use rolecall::{Classifier, Scratch};

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
        ("attributes without quotes", ended("<a b=", "x zzz>")),
        ("broken words", Box::new(|n| (0..n).fold(String::new(), |text, at| text + &format!("a{at}x-\nb{at} ab-c{at} ")))),
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

/// The least of several times, which is what the work itself takes. A scratch remembers
/// words, and many different ones do not fit: with `forgetful`, none is remembered.
fn cost(classifier: &Classifier, scratch: &mut Scratch, text: &str, forgetful: bool) -> Duration {
    let once = || {
        if forgetful {
            *scratch = Scratch::new();
            black_box(classifier.classify_with(scratch, None, "a"));
        }
        let start = Instant::now();
        black_box(classifier.classify_with(scratch, None, text));
        start.elapsed()
    };
    std::iter::repeat_with(once).take(3).min().unwrap_or_default()
}

#[test]
fn no_shape_is_quadratic() {
    let classifier = Classifier::builtin().expect("a sound model");
    let mut scratch = Scratch::new();
    for (name, shape) in shapes() {
        let (small, large) = (shape(2_000), shape(32_000));
        let forgetful = matches!(name, "different words" | "broken words");
        // Sixteen times the text takes about 16 times as long; at quadratic cost, 256 times. A busy
        // machine distorts single measurements, so one of several must be below the limit.
        let mut measured = Vec::new();
        let below_limit = std::iter::repeat_with(|| {
            let before = cost(&classifier, &mut scratch, &small, forgetful).max(Duration::from_micros(50));
            let after = cost(&classifier, &mut scratch, &large, forgetful);
            measured.push((before, after));
            after < before * 80
        });
        assert!(below_limit.take(5).any(|below| below), "{name}: {measured:?}");
    }
}
