//! Features and scores of lines against a plain, slow reference.

use std::collections::BTreeMap;

use super::Scratch;
use super::pipeline;
use crate::model::{LANES, Model, builtin};
use crate::random;
use crate::tokenize::lookup::VocabularyLookup;
use crate::tokenize::ngrams::Feature;
use crate::tokenize::normalize::WordLookup as _;
use crate::tokenize::{StemId, UNKNOWN};

/// The weights of every feature, by the feature itself.
struct Reference<'a> {
    model: &'a Model,
    weights: BTreeMap<Feature, [i32; LANES]>,
}

impl<'a> Reference<'a> {
    fn new(model: &'a Model) -> Self {
        let rows = model.consensus.all();
        let features = model.index.features(model.stems.len()).unwrap();
        let weights = features
            .into_iter()
            .map(|(feature, place)| (feature, rows[place as usize].map(|weight| i32::from(weight as i8))))
            .collect();
        Self { model, weights }
    }

    /// The number of known features of a line and their weights, summed. The line is words, single blanks, and
    /// a full stop.
    fn score(&self, line: &str) -> (u32, [i32; LANES]) {
        let mut lookup = VocabularyLookup::new(&self.model.stems);
        let stems: Vec<StemId> = line
            .trim_start_matches("- ")
            .trim_end_matches('.')
            .split(' ')
            .map(|word| {
                let word = word.to_lowercase();
                if word.bytes().all(|byte| byte.is_ascii_digit()) { lookup.number().id } else { lookup.stem_id(&word) }
            })
            .collect();
        let mut features = Vec::new();
        for (at, &stem) in stems.iter().enumerate() {
            features.push(Feature::Unigram(stem));
            let before = if at == 0 { self.model.mask.opening() } else { stems[at - 1] };
            features.push(Feature::Bigram(before, stem));
        }
        let (mut known, mut sums) = (0, [0; LANES]);
        for weights in features.iter().filter_map(|feature| self.weights.get(feature)) {
            known += 1;
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum += weight;
            }
        }
        (known, sums)
    }
}

/// Words of the sample postings, but for those that name roles, deny duties or belong to names of roles.
fn words() -> Vec<String> {
    const SPECIAL: [&str; 30] = [
        "product", "products", "manager", "managers", "management", "marketing", "marketer", "marketers", "owner",
        "owners", "pm", "pmm", "pms", "pmms", "po", "senior", "lead", "not", "no", "never", "without", "nor",
        "neither", "cannot", "none", "instead", "rather", "with", "team", "teams",
    ];
    let texts = ["pm", "pmm", "hybrid", "other"].map(|name| {
        std::fs::read_to_string(format!("{}/tests/postings/{name}.txt", env!("CARGO_MANIFEST_DIR"))).unwrap()
    });
    let words = texts.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    words
        .filter(|word| word.len() > 1 && word.is_ascii() && !SPECIAL.contains(&&*word.to_lowercase()))
        .map(str::to_owned)
        .collect()
}

#[test]
fn lines_have_the_sums_of_the_reference() {
    let model = builtin::model().unwrap();
    let reference = Reference::new(&model);
    let words = words();
    let mut random = random::numbers(16);
    let mut below = move |n: usize| random() as usize % n;
    let (mut scratch, mut compared, mut known) = (Scratch::new(), 0, 0);
    for _ in 0..200 {
        let lines: Vec<String> = (0..20)
            .map(|_| {
                let line: Vec<_> = (0..=4 + below(20)).map(|_| words[below(words.len())].clone()).collect();
                format!("- {}.", line.join(" "))
            })
            .collect();
        let posting = lines.join("\n");
        let found = pipeline::run((&model, model.consensus.all()), &posting, &mut scratch, |scratch, _| {
            // Partner mentions and denied duties are masked, which the reference does not do.
            let masked = |line: usize| {
                let segment = scratch.segments[line];
                scratch.tokens[segment.first as usize..segment.last as usize]
                    .iter()
                    .any(|token| crate::tokenize::MASKED <= token.id && token.id < UNKNOWN)
            };
            let lines = scratch.lines.iter().enumerate();
            lines.map(|(at, line)| (masked(at), line.words, line.known, line.sums)).collect::<Vec<_>>()
        });
        assert_eq!(found.len(), lines.len(), "a line is a segment: {posting}");
        for (line, (is_masked, count, features, sums)) in lines.iter().zip(found) {
            if is_masked {
                continue;
            }
            assert_eq!(count as usize, line.split(' ').count() - 1, "{line}");
            assert_eq!((features, sums), reference.score(line), "{line}");
            (compared, known) = (compared + 1, known + features);
        }
    }
    assert!(compared > 3900 && known > 40_000, "{compared} lines with {known} features");
}
