//! Whether verdicts rest on the phrases they list: comprehensiveness and sufficiency as
//! in ERASER (`DeYoung` et al. 2020), compared with random phrases.

use serde::Serialize;

use super::Example;
use crate::explain::without;
use crate::infer::{Classifier, Scratch, Verdict};
use crate::model::{Label, Role};
use crate::random::Random;
use crate::text::Span;

/// Numbers of phrases to measure.
const COUNTS: [usize; 4] = [1, 3, 6, 12];

/// Number of random draws per posting and number of phrases.
const DRAWS: usize = 100;

/// Faithfulness over the postings that are not classified as `unclear`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Faithfulness {
    /// Number of postings classified as `pm`, `pmm` or `hybrid`.
    pub postings: usize,
    /// By number of phrases.
    pub at: Vec<AtPhrases>,
}

/// Means for a number of phrases, over the postings that have any.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AtPhrases {
    /// Maximum number of phrases of the label's role; for a hybrid, of each role.
    pub phrases: usize,
    /// Number of postings that have any.
    pub postings: usize,
    /// Fraction of a posting's words that are in the phrases.
    pub words: f64,
    /// Comprehensiveness: the label's probability minus its probability without the
    /// phrases. High if the verdict rests on them.
    pub comprehensiveness: f64,
    /// The same for random phrases of the same lengths.
    pub comprehensiveness_random: f64,
    /// Mean absolute change of the probability without the phrases.
    pub change: f64,
    /// The same for random phrases of the same lengths.
    pub change_random: f64,
    /// Sufficiency: the label's probability minus its probability from the phrases alone.
    /// Near or below 0 if they are enough.
    pub sufficiency: f64,
    /// The same for random phrases of the same lengths.
    pub sufficiency_random: f64,
}

impl AtPhrases {
    /// Ratio of the changes by the listed phrases and by random phrases.
    #[must_use]
    pub fn times_random(&self) -> f64 {
        self.change / self.change_random.max(f64::MIN_POSITIVE)
    }
}

/// Measures `classifier` on the texts of `examples`, whose labels are ignored. The random
/// phrases are the same on every run.
#[must_use]
pub fn faithfulness(classifier: &Classifier, examples: &[Example]) -> Faithfulness {
    let whole = classifier.clone().with_options(classifier.options().phrases(usize::MAX).interval(false));
    let mut scratch = Scratch::new();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut at: Vec<AtPhrases> =
        COUNTS.into_iter().map(|phrases| AtPhrases { phrases, ..AtPhrases::default() }).collect();
    let mut postings = 0;
    for example in examples {
        let verdict = whole.classify_with(&mut scratch, None, &example.text);
        if verdict.label == Label::Unclear {
            continue;
        }
        postings += 1;
        let mut measure =
            Measure { classifier: &whole, scratch: &mut scratch, posting: &example.text, label: verdict.label };
        let words = words(&example.text);
        for row in &mut at {
            let top = top(&verdict, row.phrases);
            if !top.is_empty() {
                let lengths = lengths(&words, &top);
                let fraction = lengths.iter().sum::<usize>() as f64 / words.len().max(1) as f64;
                let listed = measure.fall(&top);
                let drawn = [(); DRAWS].map(|()| measure.fall(&draw(&words, &lengths, &mut random)));
                row.add(fraction, listed, &drawn);
            }
        }
    }
    for row in &mut at {
        row.divide();
    }
    Faithfulness { postings, at }
}

/// How much the label's probability falls without phrases, and with them alone.
#[derive(Debug, Clone, Copy)]
struct Fall {
    without: f64,
    alone: f64,
}

impl AtPhrases {
    /// Adds a posting: the fraction of its words that is in the phrases, what these change, and what each
    /// of [`DRAWS`] sets of random phrases changes.
    fn add(&mut self, words: f64, listed: Fall, drawn: &[Fall]) {
        self.postings += 1;
        self.words += words;
        self.comprehensiveness += listed.without;
        self.change += listed.without.abs();
        self.sufficiency += listed.alone;
        for random in drawn {
            self.comprehensiveness_random += random.without / DRAWS as f64;
            self.change_random += random.without.abs() / DRAWS as f64;
            self.sufficiency_random += random.alone / DRAWS as f64;
        }
    }

    fn divide(&mut self) {
        let n = self.postings.max(1) as f64;
        for sum in [
            &mut self.words,
            &mut self.comprehensiveness,
            &mut self.comprehensiveness_random,
            &mut self.change,
            &mut self.change_random,
            &mut self.sufficiency,
            &mut self.sufficiency_random,
        ] {
            *sum /= n;
        }
    }
}

struct Measure<'a> {
    classifier: &'a Classifier,
    scratch: &'a mut Scratch,
    posting: &'a str,
    label: Label,
}

impl Measure<'_> {
    fn probability(&mut self, text: &str) -> f64 {
        self.classifier.probabilities(self.scratch, text).of(self.label)
    }

    fn fall(&mut self, parts: &[Span]) -> Fall {
        let before = self.probability(self.posting);
        let without = without(self.posting, parts);
        let alone: Vec<&str> = parts.iter().map(|part| part.of(self.posting)).collect();
        Fall { without: before - self.probability(&without), alone: before - self.probability(&alone.join("\n")) }
    }
}

/// The `limit` clearest phrases of the label's role, in the order of the posting.
fn top(verdict: &Verdict, limit: usize) -> Vec<Span> {
    let roles: &[Role] = match verdict.label {
        Label::Pm => &[Role::Pm],
        Label::Pmm => &[Role::Pmm],
        Label::Hybrid => &Role::ALL,
        Label::Unclear => &[],
    };
    let of = |role: &Role| {
        let role = *role;
        verdict.evidence.iter().filter(move |phrase| phrase.role == role).take(limit).map(|phrase| phrase.span)
    };
    let mut spans: Vec<Span> = roles.iter().flat_map(of).collect();
    spans.sort_unstable();
    spans
}

/// Spans of the words of a text.
fn words(text: &str) -> Vec<Span> {
    let between = |c: char| !c.is_alphanumeric();
    let mut at = 0;
    let word = |part: &str| {
        let word = Span::new(at, at + part.trim_end_matches(between).len());
        at += part.len();
        (!word.is_empty()).then_some(word)
    };
    text.split_inclusive(between).filter_map(word).collect()
}

/// The number of words in each phrase, at least 1.
fn lengths(words: &[Span], phrases: &[Span]) -> Vec<usize> {
    let of = |phrase: &Span| words.iter().filter(|word| word.overlaps(*phrase)).count().max(1);
    phrases.iter().map(of).collect()
}

/// Random phrases of the given lengths in words, in order and without overlap. A phrase
/// for which no room is found in 50 tries is left out.
fn draw(words: &[Span], lengths: &[usize], random: &mut Random) -> Vec<Span> {
    let mut drawn: Vec<(usize, usize)> = Vec::new();
    for &length in lengths {
        let room = words.len().saturating_sub(length) + 1;
        for _ in 0..50 {
            let first = random.below(room);
            let last = (first + length).min(words.len());
            if drawn.iter().all(|&(from, to)| last <= from || to <= first) {
                drawn.push((first, last));
                break;
            }
        }
    }
    drawn.sort_unstable();
    drawn
        .into_iter()
        .filter_map(|(first, last)| Some(Span::new(words.get(first)?.start, words.get(last.checked_sub(1)?)?.end)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_phrases_have_the_given_lengths_and_do_not_overlap() {
        let text = "one two, three four five six seven eight nine ten";
        let words = words(text);
        assert_eq!(words.len(), 10);
        let mut random = Random(7);
        let (mut whole, mut first, mut last) = (0, false, false);
        for _ in 0..100 {
            let drawn = draw(&words, &[3, 2], &mut random);
            assert!(drawn.windows(2).all(|pair| pair[0].end <= pair[1].start));
            let lengths: usize = drawn.iter().map(|span| span.of(text).split_whitespace().count()).sum();
            assert!(lengths == 5 || drawn.len() < 2);
            whole += usize::from(lengths == 5);
            first |= drawn[0].start == 0;
            last |= drawn.last().is_some_and(|span| span.end == text.len());
        }
        assert_eq!(whole, 100, "there is always room");
        assert!(first && last, "any word may be drawn");
    }

    #[test]
    fn the_ratio_is_of_the_listed_to_the_random_phrases() {
        for (change, change_random, expected) in [(0.6, 0.2, 3.0), (0.1, 0.4, 0.25), (0.0, 0.0, 0.0)] {
            let found = AtPhrases { change, change_random, ..AtPhrases::default() }.times_random();
            assert!((found - expected).abs() < 1e-9, "{change} by {change_random}: {found}");
        }
    }

    /// By hand: the means over two postings, all of whose draws are alike.
    #[test]
    fn figures_are_means_over_postings_and_draws() {
        let fall = |without, alone| Fall { without, alone };
        let mut row = AtPhrases { phrases: 3, ..AtPhrases::default() };
        row.add(0.25, fall(0.5, 0.125), &[fall(0.25, 0.75); DRAWS]);
        row.add(0.75, fall(-0.25, 0.375), &[fall(-0.125, 0.25); DRAWS]);
        row.divide();
        assert_eq!((row.phrases, row.postings), (3, 2));
        for (name, found, expected) in [
            ("words", row.words, 0.5),
            ("comprehensiveness", row.comprehensiveness, 0.125),
            ("of random ones", row.comprehensiveness_random, 0.0625),
            ("change", row.change, 0.375),
            ("of random ones", row.change_random, 0.1875),
            ("sufficiency", row.sufficiency, 0.25),
            ("of random ones", row.sufficiency_random, 0.5),
        ] {
            assert!((found - expected).abs() < 1e-9, "{name}: {found}");
        }
        let mut none = AtPhrases::default();
        none.divide();
        assert_eq!(none, AtPhrases::default(), "no postings");
    }

    /// The whole text as the only phrase is all that is known of the posting.
    #[test]
    fn the_fall_is_from_the_probability_of_the_whole_text() {
        let classifier = Classifier::builtin().unwrap();
        let text = "You will own the product roadmap and prioritize the feature backlog with engineers and designers.\n\
                    Write product requirements and user stories with acceptance criteria for every release that we plan.";
        let mut scratch = Scratch::new();
        let [whole, empty] = [text, ""].map(|text| classifier.probabilities(&mut scratch, text).of(Label::Pm));
        let mut measure = Measure { classifier: &classifier, scratch: &mut scratch, posting: text, label: Label::Pm };
        let found = measure.fall(&[Span::new(0, text.len())]);
        assert!(whole > 0.5 && (found.without - (whole - empty)).abs() < 1e-9, "{found:?} of {whole}, {empty}");
        assert!(found.alone.abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn phrases_are_as_long_as_the_words_they_touch() {
        let words = words("one two, three four");
        let phrases = [(0, 7), (4, 12), (7, 9), (14, 19)].map(|(start, end)| Span::new(start, end));
        assert_eq!(lengths(&words, &phrases), [2, 2, 1, 1]);
    }

    #[test]
    fn rows_are_by_the_number_of_phrases() {
        let text = "You will own the product roadmap and prioritize the feature backlog with engineers and designers.\n\
                    Write product requirements and user stories with acceptance criteria for every release that we plan.\n\
                    We offer a pension and a bonus.";
        let posting = |text: &str| Example { text: text.to_owned(), ..Example::default() };
        let found = faithfulness(&Classifier::builtin().unwrap(), &[posting(text), posting("Too short.")]);
        assert_eq!(found.postings, 1, "the other is unclear");
        assert_eq!(found.at.iter().map(|row| (row.phrases, row.postings)).collect::<Vec<_>>(), COUNTS.map(|n| (n, 1)));
        assert!(found.at.is_sorted_by(|a, b| a.words <= b.words), "{found:?}");
        assert!(found.at.iter().all(|row| row.words > 0.0 && row.words < 1.0), "{found:?}");
    }
}
