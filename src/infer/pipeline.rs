//! From a posting to scored lines, for training and scoring: clean, tokenize, mask role names,
//! find features, sum their weights, compute the posteriors of the kinds.

use fearless_simd::{Level, dispatch};

use super::likelihood::Sums;
use super::line::{ScoredLine, length_weight};
use super::scratch::Scratch;
use crate::model::{Model, Row};
use crate::text::clean::SpanMap;
use crate::text::shorten::truncate;
use crate::text::{Section, Span};
use crate::tokenize::lookup::CachedLookup;
use crate::tokenize::normalize::WordLookup as _;
use crate::tokenize::tokenizer::scan;
use crate::tokenize::{Token, UNKNOWN};

/// Maximum length of the text that is read, in bytes; the rest is ignored.
const MAX_BYTES: usize = u32::MAX as usize - 1;

/// The cleaned text of a posting, with the map to its places in the posting.
#[derive(Clone, Copy)]
pub(super) struct CleanText<'a> {
    pub text: &'a str,
    map: SpanMap<'a>,
}

impl CleanText<'_> {
    /// The text of the words `first..=last`.
    pub(super) fn words(&self, tokens: &[Token], first: usize, last: usize) -> &str {
        self.text.get(tokens[first].start as usize..tokens[last].end as usize).unwrap_or_default()
    }

    /// Where bytes of the cleaned text are in the posting as given.
    pub(super) fn original(&self, bytes: Span) -> Span {
        self.map.to_original(bytes)
    }

    /// Where the words `first..=last` are in the posting as given.
    pub(super) fn span(&self, tokens: &[Token], first: usize, last: usize) -> Span {
        self.map.to_original(Span::new(tokens[first].start as usize, tokens[last].end as usize))
    }
}

/// Reads `posting` into the tokens, segments, features and scored lines of `scratch`,
/// and passes them on to `then`.
pub(super) fn run<T>(
    (model, rows): (&Model, &[Row]),
    posting: &str,
    scratch: &mut Scratch,
    then: impl FnOnce(&mut Scratch, CleanText<'_>) -> T,
) -> T {
    scratch.use_model(&model.checksum);
    let mut cleaner = std::mem::take(&mut scratch.cleaner);
    let mut known =
        |word: &str| CachedLookup::new(&mut scratch.word_cache, &model.stems, &model.mask).word(word).id != UNKNOWN;
    let (text, map) = cleaner.clean(truncate(posting, MAX_BYTES), &mut known);
    score(model, rows, text, scratch);
    let result = then(scratch, CleanText { text, map });
    scratch.cleaner = cleaner;
    result
}

/// Reads a text for training, into the lines and the soft counts of `scratch`.
#[cfg(feature = "train")]
pub(crate) fn read_lines(model: &Model, scratch: &mut Scratch, text: &str) {
    run((model, model.consensus.all()), text, scratch, |_, _| ());
}

/// Reads cleaned text into `scratch`.
fn score(model: &Model, rows: &[Row], text: &str, scratch: &mut Scratch) {
    let Scratch {
        tokens,
        segments,
        truncated,
        partners,
        lines,
        features,
        word_cache,
        posteriors,
        soft_counts,
        repeats,
        ..
    } = scratch;
    tokens.clear();
    segments.clear();
    lines.clear();
    let mut lookup = CachedLookup::new(word_cache, &model.stems, &model.mask);
    *truncated = scan(text, &mut lookup, tokens, segments);
    model.mask.apply(text, tokens, segments, partners);
    repeats.find(tokens, segments);
    features.find(&model.index, model.mask.opening(), tokens, segments);
    let mut section = Section::Unknown;
    for (at, segment) in segments.iter().enumerate() {
        let own = &tokens[segment.first as usize..segment.last as usize];
        if let Some(opened) = heading(text, own) {
            section = opened;
        }
        let weight = match section {
            // A posting pasted twice counts once.
            _ if repeats.is(at) => 0.0,
            Section::Requirements => model.calibration.requirement_weight,
            _ => 1.0,
        };
        let weight = (weight * length_weight(own.len())) as f32;
        lines.push(ScoredLine::new(own.len(), Sums::of(rows, features.places(at)), weight));
    }
    dispatch!(Level::new(), _ => posteriors.find(model, lines));
    soft_counts.clear(model.index.places());
    for (at, line) in lines.iter().enumerate() {
        if line.counts() {
            soft_counts.add(features.places(at), line.not_filler);
        }
    }
}

/// The section that a segment opens if it is a heading.
fn heading(text: &str, tokens: &[Token]) -> Option<Section> {
    let (first, last) = (tokens.first()?, tokens.last()?);
    if tokens.len() > Section::MAX_WORDS {
        return None;
    }
    Section::opened(text, first.start as usize..last.end as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Role, builtin};

    /// A line's strength is its probability times its weight (by the formula).
    #[test]
    fn lines_under_requirements_have_their_weight() {
        let posting = "Product roadmap and user stories for engineers\nRequirements\n\
            - User stories and a product roadmap for engineers\nWhat you will do\n- Own the product roadmap";
        let lines = |weight: f64| {
            let mut model = (*builtin::model().unwrap()).clone();
            model.calibration.requirement_weight = weight;
            let mut scratch = Scratch::new();
            run((&model, model.consensus.all()), posting, &mut scratch, |scratch, _| scratch.lines.clone())
        };
        let (full, quarter) = (lines(1.0), lines(0.25));
        let ratios: Vec<f64> = full
            .iter()
            .zip(&quarter)
            .map(|(full, quarter)| quarter.strength(Role::Pm) / full.strength(Role::Pm))
            .collect();
        assert_eq!(ratios.first(), Some(&1.0), "{ratios:?}");
        assert_eq!(ratios.last(), Some(&1.0), "{ratios:?}");
        assert_eq!(ratios.iter().filter(|&&ratio| (ratio - 0.25).abs() < 1e-9).count(), 2, "{ratios:?}");
    }

    #[test]
    fn headings_have_at_most_nine_words() {
        let table = [
            ("a b c d e f g h benefits:", Some(Section::Benefits)),
            ("a b c d e f g h i benefits:", None),
            ("a-b c d e f g h i benefits:", None),
            ("", None),
        ];
        for (text, expected) in table {
            let words = text.split([' ', '-', ':']).filter(|word| !word.is_empty());
            let token = |word: &str| {
                let start = word.as_ptr() as usize - text.as_ptr() as usize;
                let (start, end) = (start as u32, (start + word.len()) as u32);
                Token { start, end, id: 0, after_punctuation: false, flags: 0 }
            };
            assert_eq!(heading(text, &words.map(token).collect::<Vec<_>>()), expected, "{text}");
        }
    }

    #[test]
    fn lines_that_occur_twice_count_once_for_the_product_score() {
        let posting = "Own the product roadmap and user stories for engineers\nRank the backlog with care every week\n";
        let counts = |text: &str| {
            let model = builtin::model().unwrap();
            run((&model, model.consensus.all()), text, &mut Scratch::new(), |scratch, _| {
                scratch.soft_counts().values().collect::<Vec<(u32, f32)>>()
            })
        };
        let once = counts(posting);
        assert!(once.len() > 5, "{once:?}");
        assert_eq!(once, counts(&posting.repeat(2)));
    }
}
