//! Words to stem ids.

use std::collections::BTreeMap;

use rust_stemmers::{Algorithm, Stemmer};

use super::memo::{Found, Memo, Short};
use super::scan::StemIds;
use super::{MAX_STEMS, StemId, UNKNOWN, word};

/// How words become stems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stemming {
    /// The Snowball stemmer for English ("Porter2").
    Snowball,
    /// Words as they are.
    None,
}

impl Stemming {
    /// Applies `found` to the stem of the lower-case `word`.
    pub(crate) fn with<R>(self, stemmer: &Stemmer, word: &str, found: impl FnOnce(&str) -> R) -> R {
        match self {
            Self::Snowball => found(&stemmer.stem(word)),
            Self::None => found(word),
        }
    }
}

/// The English Snowball stemmer.
pub(crate) fn english() -> Stemmer {
    Stemmer::create(Algorithm::English)
}

/// A fixed list of stems with their ids: the scoring side.
#[derive(Debug, Clone)]
pub(crate) struct StemTable {
    /// Open addressing: id + 1, or 0 for a free slot.
    slots: Vec<u16>,
    stems: Vec<Box<str>>,
}

impl StemTable {
    /// Ids are positions in `stems`; at most [`MAX_STEMS`] are kept.
    pub(crate) fn new(stems: Vec<Box<str>>) -> Self {
        let capacity = (stems.len().max(8) * 2).next_power_of_two();
        let mut slots = vec![0u16; capacity];
        for (id, stem) in stems.iter().enumerate().take(MAX_STEMS) {
            let mut slot = hash(stem.as_bytes()) as usize & (capacity - 1);
            while slots[slot] != 0 {
                slot = (slot + 1) & (capacity - 1);
            }
            slots[slot] = u16::try_from(id + 1).unwrap_or(0);
        }
        Self { slots, stems }
    }

    /// The id of a stem, or [`UNKNOWN`].
    pub(crate) fn id(&self, stem: &str) -> StemId {
        let mask = self.slots.len() - 1;
        let mut slot = hash(stem.as_bytes()) as usize & mask;
        loop {
            match self.slots[slot] {
                0 => return UNKNOWN,
                held if &*self.stems[held as usize - 1] == stem => return held - 1,
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    /// All stems, by id.
    pub(crate) fn stems(&self) -> &[Box<str>] {
        &self.stems
    }
}

/// FNV-1a with a final mix: short keys, no adversary inside a fixed table.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for &byte in bytes {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash ^ (hash >> 29)
}

/// The scoring side of [`StemIds`], word by word: stemmer and table.
pub(crate) struct Stems<'a> {
    /// The stems of the model.
    pub table: &'a StemTable,
    /// How the model stems.
    pub stemming: Stemming,
    /// The stemmer itself.
    pub stemmer: &'a Stemmer,
}

impl Stems<'_> {
    fn find(&self, word: &str) -> Found {
        let id = self.stemming.with(self.stemmer, word, |stem| self.table.id(stem));
        Found { id, flags: word::flags(word) }
    }
}

impl StemIds for Stems<'_> {
    fn stem_id(&mut self, word: &str) -> StemId {
        self.find(word).id
    }
}

/// The scoring side of [`StemIds`]: memo first, then [`Stems`].
pub(crate) struct Lookup<'a> {
    /// What was looked up lately.
    pub memo: &'a mut Memo,
    /// Where new words are looked up.
    pub stems: Stems<'a>,
}

impl StemIds for Lookup<'_> {
    fn stem_id(&mut self, word: &str) -> StemId {
        self.word(word).id
    }

    #[inline]
    fn short(&mut self, word: Short) -> Found {
        let Self { memo, stems } = self;
        memo.short(word, || met_first(stems, word))
    }

    fn word(&mut self, word: &str) -> Found {
        let Self { memo, stems } = self;
        memo.any(word.as_bytes(), || stems.find(word))
    }
}

/// Kept out of the scanner's loop: new words are few.
#[cold]
#[inline(never)]
fn met_first(stems: &Stems<'_>, word: Short) -> Found {
    word.with(|word| stems.find(word))
}

/// The training side of [`StemIds`]: every stem it meets gets the next id.
pub(crate) struct Interner {
    ids: BTreeMap<Box<str>, StemId>,
    stemming: Stemming,
    stemmer: Stemmer,
}

#[cfg_attr(not(any(feature = "train", test)), expect(dead_code, reason = "training meets new stems"))]
impl Interner {
    /// An empty vocabulary.
    pub(crate) fn new(stemming: Stemming) -> Self {
        Self { ids: BTreeMap::new(), stemming, stemmer: english() }
    }

    /// The stems met so far, by id.
    pub(crate) fn into_stems(self) -> Vec<Box<str>> {
        let mut stems: Vec<_> = self.ids.into_iter().map(|(stem, id)| (id, stem)).collect();
        stems.sort_unstable();
        stems.into_iter().map(|(_, stem)| stem).collect()
    }
}

impl StemIds for Interner {
    fn stem_id(&mut self, word: &str) -> StemId {
        let Self { ids, stemming, stemmer } = self;
        stemming.with(stemmer, word, |stem| {
            if let Some(&id) = ids.get(stem) {
                return id;
            }
            let next = ids.len();
            if next >= MAX_STEMS {
                return UNKNOWN;
            }
            let id = next as StemId;
            ids.insert(stem.into(), id);
            id
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memo_changes_nothing() {
        let stems = ["roadmap", "prioriti", "custom", "#"].map(Box::from).to_vec();
        let table = StemTable::new(stems);
        let (mut memo, stemmer) = (Memo::default(), english());
        let stems = Stems { table: &table, stemming: Stemming::Snowball, stemmer: &stemmer };
        let mut lookup = Lookup { memo: &mut memo, stems };
        for _ in 0..3 {
            assert_eq!(lookup.stem_id("roadmaps"), 0);
            assert_eq!(lookup.stem_id("customers"), 2);
            assert_eq!(lookup.stem_id("zebra"), UNKNOWN);
        }
    }

    #[test]
    fn interner_ids_follow_first_sight() {
        let mut interner = Interner::new(Stemming::Snowball);
        assert_eq!(interner.stem_id("launching"), 0);
        assert_eq!(interner.stem_id("roadmap"), 1);
        assert_eq!(interner.stem_id("launches"), 0);
        assert_eq!(interner.into_stems().len(), 2);
    }
}
