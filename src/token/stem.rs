//! Words to stem ids, through a bounded memo.

use std::collections::BTreeMap;

use rust_stemmers::{Algorithm, Stemmer};

use super::scan::StemIds;
use super::{MAX_STEMS, StemId, UNKNOWN};

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

/// Longest word the memo keeps.
const MEMO_WORD: usize = 21;
/// Sets of the memo; each holds [`WAYS`] words.
const SETS: usize = 2048;
/// Words of one set.
const WAYS: usize = 4;

#[derive(Clone, Copy)]
struct Entry {
    word: [u8; MEMO_WORD],
    len: u8,
    id: StemId,
}

/// Remembers the stem ids of words met lately. Bounded: a set that is full
/// forgets its oldest word, so hostile input costs time, never memory.
pub(crate) struct Memo {
    entries: Vec<Entry>,
    next: Vec<u8>,
}

impl Default for Memo {
    fn default() -> Self {
        let empty = Entry { word: [0; MEMO_WORD], len: 0, id: UNKNOWN };
        Self { entries: vec![empty; SETS * WAYS], next: vec![0; SETS] }
    }
}

impl std::fmt::Debug for Memo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memo")
            .field("words", &self.entries.iter().filter(|e| e.len > 0).count())
            .finish_non_exhaustive()
    }
}

impl Memo {
    /// Forgets every word: another model gives other ids.
    pub(crate) fn clear(&mut self) {
        self.entries.iter_mut().for_each(|entry| entry.len = 0);
    }

    fn get_or(&mut self, word: &str, make: impl FnOnce() -> StemId) -> StemId {
        let bytes = word.as_bytes();
        if bytes.is_empty() || bytes.len() > MEMO_WORD {
            return make();
        }
        let set = hash(bytes) as usize & (SETS - 1);
        let ways = &mut self.entries[set * WAYS..(set + 1) * WAYS];
        if let Some(entry) = ways.iter().find(|e| e.len as usize == bytes.len() && &e.word[..bytes.len()] == bytes) {
            return entry.id;
        }
        let id = make();
        let turn = self.next[set] as usize;
        self.next[set] = ((turn + 1) % WAYS) as u8;
        let entry = &mut ways[turn];
        entry.word[..bytes.len()].copy_from_slice(bytes);
        entry.len = bytes.len() as u8;
        entry.id = id;
        id
    }
}

/// The scoring side of [`StemIds`]: memo first, then stemmer and table.
pub(crate) struct Lookup<'a> {
    /// The stems of the model.
    pub table: &'a StemTable,
    /// What was looked up lately.
    pub memo: &'a mut Memo,
    /// How the model stems.
    pub stemming: Stemming,
    /// The stemmer itself.
    pub stemmer: &'a Stemmer,
}

impl StemIds for Lookup<'_> {
    fn stem_id(&mut self, word: &str) -> StemId {
        let Self { table, memo, stemming, stemmer } = self;
        memo.get_or(word, || stemming.with(stemmer, word, |stem| table.id(stem)))
    }
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
        let mut lookup = Lookup { table: &table, memo: &mut memo, stemming: Stemming::Snowball, stemmer: &stemmer };
        for _ in 0..3 {
            assert_eq!(lookup.stem_id("roadmaps"), 0);
            assert_eq!(lookup.stem_id("customers"), 2);
            assert_eq!(lookup.stem_id("zebra"), UNKNOWN);
        }
    }

    #[test]
    fn the_memo_is_bounded() {
        let mut memo = Memo::default();
        for n in 0..100_000u32 {
            memo.get_or(&format!("w{n}"), || (n % 1000) as StemId);
        }
        assert_eq!(memo.entries.len(), SETS * WAYS);
        assert_eq!(memo.get_or("w99999", || 7), 999);
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
