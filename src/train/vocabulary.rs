//! The features that occur in enough real postings of enough employers.

use std::collections::BTreeSet;

use crate::corpus::counts::CountedFeature;
use crate::text::clean::Cleaner;
use crate::tokenize::lookup::VocabularyBuilder;
use crate::tokenize::ngrams::{Feature, emit};
use crate::tokenize::role_mask::RoleMask;
use crate::tokenize::tokenizer::scan;
use crate::tokenize::{Segment, StemId, Token};

/// Minimum number of postings in which a feature occurs.
pub(crate) const MIN_POSTINGS: u32 = 5;

/// Minimum number of employers of these postings.
pub(crate) const MIN_EMPLOYERS: u32 = 3;

/// Finds the features of texts.
pub(super) struct FeatureReader {
    /// The stems seen so far.
    pub ids: VocabularyBuilder,
    mask: RoleMask,
    tokens: Vec<Token>,
    segments: Vec<Segment>,
    partners: Vec<(u32, u32)>,
}

impl FeatureReader {
    pub(super) fn new() -> Self {
        let mut ids = VocabularyBuilder::new();
        let mask = RoleMask::new(&mut ids);
        Self { ids, mask, tokens: Vec::new(), segments: Vec::new(), partners: Vec::new() }
    }

    /// The features of a text without markup, each once.
    pub(super) fn features(&mut self, text: &str) -> BTreeSet<Feature> {
        let Self { ids, mask, tokens, segments, partners } = self;
        tokens.clear();
        segments.clear();
        scan(text, ids, tokens, segments);
        mask.apply(text, tokens, segments, partners);
        let mut found = BTreeSet::new();
        for segment in &*segments {
            let tokens = &tokens[segment.first as usize..segment.last as usize];
            emit(tokens, mask.opening(), |feature, _, _| {
                found.insert(feature);
            });
        }
        found
    }
}

/// The features of `postings`, given as text and employer, sorted by name, with the
/// numbers of their postings and employers and no counts of lines yet.
pub(crate) fn vocabulary<'a>(postings: impl Iterator<Item = (&'a str, &'a str)>, groups: usize) -> Vec<CountedFeature> {
    let mut reader = FeatureReader::new();
    let mut cleaned = Cleaner::default();
    // Each feature of each posting, once.
    let mut found: Vec<(Feature, &str)> = Vec::new();
    for (text, employer) in postings {
        let (text, _) = cleaned.clean(text, &mut |_| false);
        found.extend(reader.features(text).into_iter().map(|feature| (feature, employer)));
    }
    found.sort_unstable();
    let stems = reader.ids.stems();
    let mut features: Vec<CountedFeature> = found
        .chunk_by(|a, b| a.0 == b.0)
        .filter_map(|same| {
            let postings = same.len() as u32;
            let employers = same.chunk_by(|a, b| a.1 == b.1).count() as u32;
            (postings >= MIN_POSTINGS && employers >= MIN_EMPLOYERS).then(|| CountedFeature {
                name: name(same[0].0, &stems),
                postings,
                employers,
                lines: vec![0.0; groups],
                product: 0.0,
                scale: 0.0,
                duties: Vec::new(),
            })
        })
        .collect();
    features.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    features
}

/// The name of a feature: its stem, or two stems with a space between.
pub(super) fn name(feature: Feature, stems: &[impl AsRef<str>]) -> String {
    let stem = |id: StemId| stems.get(usize::from(id)).map_or("", AsRef::as_ref);
    match feature {
        Feature::Unigram(a) => stem(a).to_owned(),
        Feature::Bigram(a, b) => format!("{} {}", stem(a), stem(b)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_need_five_postings_of_three_employers() {
        let text = "Own the roadmap";
        let features = |employers: [&'static str; 5]| {
            let found = vocabulary(employers.iter().map(|employer| (text, *employer)), 1);
            found.into_iter().map(|feature| (feature.name, feature.postings, feature.employers)).collect::<Vec<_>>()
        };
        let names = ["^ own", "own", "own the", "roadmap", "the", "the roadmap"];
        assert_eq!(features(["a", "b", "c", "a", "b"]), names.map(|name| (name.to_owned(), 5, 3)));
        assert_eq!(features(["a", "b", "a", "a", "b"]), []);
        let four = ["a", "b", "c", "d"].map(|employer| (text, employer));
        assert!(vocabulary(four.into_iter(), 1).is_empty());
    }
}
