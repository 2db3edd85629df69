//! Looks up the stems of words: in the vocabulary of a model, or in one that training builds.

#[cfg(any(feature = "train", test))]
use std::collections::BTreeMap;

use rust_stemmers::Stemmer;

use super::normalize::{WordLookup, is_number};
use super::role_mask::RoleMask;
use super::stemmer::{snowball, with_stem};
use super::vocabulary::Vocabulary;
use super::word_cache::{ShortWord, WordCache, WordInfo};
use super::{NUMBER, StemId, stopwords};

/// Looks words up in a vocabulary.
pub(crate) struct VocabularyLookup<'a> {
    vocabulary: &'a Vocabulary,
    snowball: Stemmer,
}

impl<'a> VocabularyLookup<'a> {
    /// A lookup in `vocabulary`.
    pub(crate) fn new(vocabulary: &'a Vocabulary) -> Self {
        Self { vocabulary, snowball: snowball() }
    }
}

impl WordLookup for VocabularyLookup<'_> {
    fn stem_id(&mut self, word: &str) -> StemId {
        with_stem(&self.snowball, word, |stem| self.vocabulary.id(stem))
    }
}

/// Looks words up in a cache first, and then in the vocabulary: stemming allocates memory and
/// takes far longer.
pub(crate) struct CachedLookup<'a> {
    cache: &'a mut WordCache,
    vocabulary: VocabularyLookup<'a>,
    /// The stems that role names start with.
    role_starts: [StemId; 5],
}

impl<'a> CachedLookup<'a> {
    /// A lookup in `vocabulary`. `cache` and `mask` must be of the same model.
    pub(crate) fn new(cache: &'a mut WordCache, vocabulary: &'a Vocabulary, mask: &RoleMask) -> Self {
        Self { cache, vocabulary: VocabularyLookup::new(vocabulary), role_starts: mask.first_stems() }
    }

    /// Looks up a word that is not the most recent of its set. Apart from [`Self::short`], because
    /// this is rare in the tokenizer's loop.
    #[cold]
    #[inline(never)]
    fn not_most_recent(&mut self, word: ShortWord) -> WordInfo {
        let Self { cache, vocabulary, role_starts } = self;
        cache.short(word, || word.with(|word| find(vocabulary, role_starts, word)))
    }
}

impl WordLookup for CachedLookup<'_> {
    fn stem_id(&mut self, word: &str) -> StemId {
        self.vocabulary.stem_id(word)
    }

    #[inline]
    fn short(&mut self, word: ShortWord) -> WordInfo {
        match self.cache.most_recent(word) {
            Some(found) => found,
            None => self.not_most_recent(word),
        }
    }

    fn word(&mut self, word: &str) -> WordInfo {
        let Self { cache, vocabulary, role_starts } = self;
        cache.of_any_length(word.as_bytes(), || find(vocabulary, role_starts, word))
    }
}

/// The stem of a word or number, and all its flags.
fn find(vocabulary: &mut VocabularyLookup<'_>, role_starts: &[StemId], word: &str) -> WordInfo {
    let id = vocabulary.stem_id(if is_number(word) { NUMBER } else { word });
    let role_name = u8::from(role_starts.contains(&id)) * stopwords::ROLE_NAME;
    WordInfo { id, flags: stopwords::flags(word) | role_name }
}

/// Gives every new stem the next id: the lookup of training.
#[cfg(any(feature = "train", test))]
pub(crate) struct VocabularyBuilder {
    ids: BTreeMap<Box<str>, StemId>,
    snowball: Stemmer,
}

#[cfg(any(feature = "train", test))]
impl VocabularyBuilder {
    /// An empty vocabulary.
    pub(crate) fn new() -> Self {
        Self { ids: BTreeMap::new(), snowball: snowball() }
    }

    /// The stems so far, by id.
    pub(crate) fn stems(&self) -> Vec<Box<str>> {
        let mut stems: Vec<_> = self.ids.iter().map(|(stem, id)| (*id, stem.clone())).collect();
        stems.sort_unstable();
        stems.into_iter().map(|(_, stem)| stem).collect()
    }

    /// The id of a word that is a stem already; [`UNKNOWN`](super::UNKNOWN) once the
    /// vocabulary is full.
    #[cfg(feature = "train")]
    pub(crate) fn intern(&mut self, stem: &str) -> StemId {
        intern(&mut self.ids, stem)
    }
}

#[cfg(any(feature = "train", test))]
impl WordLookup for VocabularyBuilder {
    fn stem_id(&mut self, word: &str) -> StemId {
        let Self { ids, snowball } = self;
        with_stem(snowball, word, |stem| intern(ids, stem))
    }
}

#[cfg(any(feature = "train", test))]
fn intern(ids: &mut BTreeMap<Box<str>, StemId>, stem: &str) -> StemId {
    if let Some(&id) = ids.get(stem) {
        return id;
    }
    if ids.len() >= super::MAX_STEMS {
        return super::UNKNOWN;
    }
    let id = ids.len() as StemId;
    ids.insert(stem.into(), id);
    id
}

#[cfg(test)]
mod tests {
    use super::super::UNKNOWN;
    use super::*;

    #[test]
    fn a_word_is_looked_up_with_its_flags_and_then_cached() {
        let vocabulary = Vocabulary::new(&["roadmap", "prioriti", "product", "#"]);
        let mut cache = WordCache::default();
        let mask = RoleMask::new(&mut VocabularyLookup::new(&vocabulary));
        let mut lookup = CachedLookup::new(&mut cache, &vocabulary, &mask);
        let short = |word: &str| ShortWord::new(word.as_bytes()).unwrap();
        let table = [
            ("roadmaps", 0, 0),
            ("products", 2, stopwords::ROLE_NAME),
            ("the", UNKNOWN, stopwords::STOPWORD),
            ("q", UNKNOWN, 0),
        ];
        assert_eq!(lookup.stem_id("products"), 2);
        for round in 0..3 {
            for (word, id, flags) in table {
                assert_eq!(lookup.short(short(word)), WordInfo { id, flags }, "{word}, round {round}");
                assert_eq!(lookup.word(word), WordInfo { id, flags }, "{word}, round {round}");
            }
            assert_eq!(lookup.short(short("2024")), WordInfo { id: 3, flags: 0 });
            assert_eq!(lookup.short(short("7")), WordInfo { id: 3, flags: 0 });
        }
    }

    #[test]
    fn the_builder_numbers_stems_in_order_of_appearance() {
        let mut builder = VocabularyBuilder::new();
        let ids = ["launching", "roadmap", "launches"].map(|word| builder.stem_id(word));
        assert_eq!(ids, [0, 1, 0]);
        assert_eq!(builder.stems(), ["launch", "roadmap"].map(Box::from));
    }
}
