//! How faithful the listed phrases are to the verdict: comprehensiveness and
//! sufficiency as in ERASER (`DeYoung` et al. 2020), against random phrases.

use serde::Serialize;

use super::Example;
use crate::explain::without;
use crate::infer::{Classifier, Scratch, Verdict};
use crate::model::{Label, Role};
use crate::text::Span;

/// Numbers of phrases that are measured.
const COUNTS: [usize; 4] = [1, 3, 6, 12];

/// Random draws a posting, for each number of phrases.
const DRAWS: usize = 10;

/// The figures over the postings that are given a role's label.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Faithfulness {
    /// Postings labelled `pm`, `pmm` or `hybrid` by the classifier. Postings called
    /// unclear have no phrases that speak for it.
    pub postings: usize,
    /// By number of phrases.
    pub at: Vec<AtPhrases>,
}

/// The figures for a number of phrases. Means over the postings that have phrases.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AtPhrases {
    /// At most so many phrases of the label's role; of each role for a hybrid.
    pub phrases: usize,
    /// Postings that have any.
    pub postings: usize,
    /// Part of a posting's words that they are.
    pub words: f64,
    /// Comprehensiveness: probability of the label less its probability without the
    /// phrases. High where the verdict rests on them.
    pub comprehensiveness: f64,
    /// The same for random phrases of the same lengths.
    pub comprehensiveness_random: f64,
    /// Mean absolute change of the probability without the phrases.
    pub change: f64,
    /// The same for random phrases: over all draws.
    pub change_random: f64,
    /// Sufficiency: probability of the label less its probability from the phrases
    /// alone. Low (or below 0) where they are enough.
    pub sufficiency: f64,
    /// The same for random phrases of the same lengths.
    pub sufficiency_random: f64,
}

impl AtPhrases {
    /// How many times as much the listed phrases change the label's probability as
    /// random ones.
    #[must_use]
    pub fn times_random(&self) -> f64 {
        self.change / self.change_random.max(f64::MIN_POSITIVE)
    }
}

/// Measures `classifier` on the texts of `examples`; their labels are not looked at.
/// The random phrases come from a generator of fixed seed: the same on every run.
#[must_use]
pub fn faithfulness(classifier: &Classifier, examples: &[Example]) -> Faithfulness {
    let whole = classifier.clone().with_options(classifier.options().phrases(usize::MAX).interval(false));
    let mut scratch = Scratch::new();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut at: Vec<AtPhrases> = COUNTS.into_iter().map(AtPhrases::empty).collect();
    let mut postings = 0;
    for example in examples {
        let verdict = whole.classify_with(&mut scratch, &example.text);
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
                row.add(&mut measure, &words, &top, &mut random);
            }
        }
    }
    for row in &mut at {
        row.divide();
    }
    Faithfulness { postings, at }
}

impl AtPhrases {
    const fn empty(phrases: usize) -> Self {
        Self {
            phrases,
            postings: 0,
            words: 0.0,
            comprehensiveness: 0.0,
            comprehensiveness_random: 0.0,
            change: 0.0,
            change_random: 0.0,
            sufficiency: 0.0,
            sufficiency_random: 0.0,
        }
    }

    fn add(&mut self, measure: &mut Measure<'_>, words: &[Span], top: &[Span], random: &mut Random) {
        self.postings += 1;
        let lengths: Vec<usize> =
            top.iter().map(|span| words.iter().filter(|word| word.overlaps(*span)).count().max(1)).collect();
        self.words += lengths.iter().sum::<usize>() as f64 / words.len().max(1) as f64;
        let (removed, kept) = measure.changes(top);
        self.comprehensiveness += removed;
        self.change += removed.abs();
        self.sufficiency += kept;
        for _ in 0..DRAWS {
            let drawn = draw(words, &lengths, random);
            let (removed, kept) = measure.changes(&drawn);
            self.comprehensiveness_random += removed / DRAWS as f64;
            self.change_random += removed.abs() / DRAWS as f64;
            self.sufficiency_random += kept / DRAWS as f64;
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
        self.classifier.probabilities_of_part(self.scratch, text).of(self.label)
    }

    /// What the label's probability loses without `parts`, and with nothing else.
    fn changes(&mut self, parts: &[Span]) -> (f64, f64) {
        let before = self.probability(self.posting);
        let without = without(self.posting, parts);
        let alone: Vec<&str> = parts.iter().map(|part| part.of(self.posting)).collect();
        (before - self.probability(&without), before - self.probability(&alone.join("\n")))
    }
}

/// The strongest phrases of the label's role, in the order of the posting.
fn top(verdict: &Verdict, most: usize) -> Vec<Span> {
    let roles: &[Role] = match verdict.label {
        Label::Pm => &[Role::Pm],
        Label::Pmm => &[Role::Pmm],
        Label::Hybrid => &Role::ALL,
        Label::Unclear => &[],
    };
    let of = |role: &Role| {
        let role = *role;
        verdict.evidence.iter().filter(move |phrase| phrase.role == role).take(most).map(|phrase| phrase.span)
    };
    let mut spans: Vec<Span> = roles.iter().flat_map(of).collect();
    spans.sort_unstable();
    spans
}

/// The words of a text.
fn words(text: &str) -> Vec<Span> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices() {
        match (c.is_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                words.push(Span::new(from, at));
                start = None;
            }
            _ => {}
        }
    }
    words.extend(start.map(|from| Span::new(from, text.len())));
    words
}

/// Random phrases of the given lengths in words, which do not overlap unless there is
/// hardly room, in order.
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

/// xorshift64* (Vigna 2016).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % n.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_phrases_are_as_long_and_apart() {
        let text = "one two, three four five six seven eight nine ten";
        let words = words(text);
        assert_eq!(words.len(), 10);
        let mut random = Random(7);
        for _ in 0..100 {
            let drawn = draw(&words, &[3, 2], &mut random);
            assert!(drawn.windows(2).all(|pair| pair[0].end <= pair[1].start));
            let lengths: usize = drawn.iter().map(|span| span.of(text).split_whitespace().count()).sum();
            assert!(lengths == 5 || drawn.len() < 2);
        }
    }
}
