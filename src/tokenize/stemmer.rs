//! Words to stem ids.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rust_stemmers::{Algorithm, Stemmer};

use super::spelling::american;
use super::stem_exceptions::exception;
use super::stem_ids::{StemIds, is_number};
use super::word_cache::{Found, Memo, Short};
use super::{MAX_STEMS, NUMBER, StemId, UNKNOWN, stopwords};

/// Applies `found` to the stem of the lower-case `word`: that of the Snowball stemmer for
/// English ("Porter2") on American spellings, with a few [exceptions](super::stem_exceptions).
fn with_stem<R>(stemmer: &Stemmer, word: &str, found: impl FnOnce(&str) -> R) -> R {
    let word = american(word);
    match exception(&word) {
        Some(stem) => found(stem),
        None => found(&stemmer.stem(&word)),
    }
}

/// The English Snowball stemmer.
pub(crate) fn english() -> Stemmer {
    Stemmer::create(Algorithm::English)
}

/// A fixed list of stems with their ids: the scoring side. Model files hold it as it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StemTable {
    /// Open addressing: id + 1, or 0 for a free slot.
    slots: Cow<'static, [u8]>,
    /// By id, where in the text its stem ends.
    ends: Cow<'static, [u8]>,
    /// The stems, one behind the other.
    text: Cow<'static, [u8]>,
}

impl StemTable {
    /// Ids are positions in `stems`; at most [`MAX_STEMS`] are kept.
    #[cfg(any(feature = "train", test))]
    pub(crate) fn new<S: AsRef<str>>(stems: &[S]) -> Self {
        let stems = &stems[..stems.len().min(MAX_STEMS)];
        let (mut text, mut ends) = (Vec::new(), Vec::new());
        for stem in stems {
            text.extend_from_slice(stem.as_ref().as_bytes());
            ends.extend((text.len() as u32).to_le_bytes());
        }
        Self::of(ends.into(), text.into())
    }

    /// Bytes of the slots of so many stems.
    pub(crate) const fn slots(stems: usize) -> usize {
        let most = if stems < 8 { 8 } else { stems };
        2 * (most * 2).next_power_of_two()
    }

    /// Takes the tables over.
    pub(crate) fn read(slots: Cow<'static, [u8]>, ends: Cow<'static, [u8]>, text: Cow<'static, [u8]>) -> Self {
        Self { slots, ends, text }
    }

    /// The slots of stems that end there.
    fn of(ends: Cow<'static, [u8]>, text: Cow<'static, [u8]>) -> Self {
        let mut slots = vec![0; Self::slots(ends.len() / 4)];
        let table = Self { slots: Cow::Borrowed(&[]), ends, text };
        let free: &mut [[u8; 2]] = slots.as_chunks_mut().0;
        for id in 0..table.len().min(MAX_STEMS) as StemId {
            let mut slot = hash(table.bytes(id)) % free.len();
            while free[slot] != [0; 2] {
                slot = (slot + 1) % free.len();
            }
            free[slot] = (id + 1).to_le_bytes();
        }
        Self { slots: slots.into(), ..table }
    }

    /// Whether the tables are what training makes of some stems.
    pub(crate) fn is_whole(&self) -> bool {
        let ends: &[[u8; 4]] = self.ends.as_chunks().0;
        let ends = || ends.iter().map(|end| u32::from_le_bytes(*end) as usize);
        ends().is_sorted()
            && ends().next_back().unwrap_or(0) == self.text.len()
            && std::str::from_utf8(&self.text).is_ok_and(|text| ends().all(|end| text.is_char_boundary(end)))
            && self.slots == Self::of(self.ends.clone(), self.text.clone()).slots
    }

    /// The id of a stem, or [`UNKNOWN`].
    pub(crate) fn id(&self, stem: &str) -> StemId {
        let slots: &[[u8; 2]] = self.slots.as_chunks().0;
        let Some(mask) = slots.len().checked_sub(1) else { return UNKNOWN };
        let mut slot = hash(stem.as_bytes()) & mask;
        loop {
            match StemId::from_le_bytes(slots[slot]) {
                0 => return UNKNOWN,
                held if self.bytes(held - 1) == stem.as_bytes() => return held - 1,
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    /// How many stems there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len() / 4
    }

    /// Slots, ends and text, as files hold them.
    #[cfg(any(feature = "train", test))]
    pub(crate) fn tables(&self) -> [&[u8]; 3] {
        [&self.slots, &self.ends, &self.text]
    }

    fn bytes(&self, id: StemId) -> &[u8] {
        let ends: &[[u8; 4]] = self.ends.as_chunks().0;
        let end = |id: usize| ends.get(id).map_or(0, |end| u32::from_le_bytes(*end) as usize);
        let start = usize::from(id).checked_sub(1).map_or(0, end);
        self.text.get(start..end(usize::from(id))).unwrap_or_default()
    }
}

impl Default for StemTable {
    /// No stems.
    fn default() -> Self {
        Self { slots: Cow::Borrowed(&[0; Self::slots(0)]), ends: Cow::Borrowed(&[]), text: Cow::Borrowed(&[]) }
    }
}

/// Eight bytes at a time: no adversary chooses the keys of a fixed table.
fn hash(bytes: &[u8]) -> usize {
    let mut hash = 0;
    for part in bytes.chunks(8) {
        let part = match part.first_chunk() {
            Some(whole) => u64::from_le_bytes(*whole),
            None => part.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte)),
        };
        hash = (hash ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        hash ^= hash >> 32;
    }
    hash as usize
}

/// The scoring side of [`StemIds`], word by word: stemmer and table.
pub(crate) struct Stems<'a> {
    /// The stems of the model.
    pub table: &'a StemTable,
    /// The stemmer itself.
    pub stemmer: &'a Stemmer,
}

impl Stems<'_> {
    fn find(&self, word: &str) -> Found {
        let id = with_stem(self.stemmer, word, |stem| self.table.id(stem));
        Found { id, flags: stopwords::flags(word) }
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
    /// The stems that role names begin with, of the model's
    /// [`MaskIds`](super::role_mask::MaskIds).
    pub names: [StemId; 5],
}

impl StemIds for Lookup<'_> {
    fn stem_id(&mut self, word: &str) -> StemId {
        self.stems.stem_id(word)
    }

    fn own_stem_id(&mut self, word: &str) -> StemId {
        self.stems.table.id(word)
    }

    #[inline]
    fn short(&mut self, word: Short) -> Found {
        match self.memo.first(word) {
            Some(found) => found,
            None => self.not_first(word),
        }
    }

    fn word(&mut self, word: &str) -> Found {
        let Self { memo, stems, names } = self;
        memo.any(word.as_bytes(), || flagged(word, stems.find(word), names))
    }
}

impl Lookup<'_> {
    /// Kept out of the scanner's loop: such words are few.
    #[cold]
    #[inline(never)]
    fn not_first(&mut self, word: Short) -> Found {
        let Self { memo, stems, names } = self;
        memo.short(word, || {
            word.with(|word| flagged(word, stems.find(if is_number(word) { NUMBER } else { word }), names))
        })
    }
}

/// With [`stopwords::NAME`] where the stem is one of those that `names` begin with, and
/// [`stopwords::EDGE`] where the word is one letter or digit.
fn flagged(word: &str, found: Found, names: &[StemId]) -> Found {
    let name = u8::from(names.contains(&found.id)) * stopwords::NAME;
    let edge = u8::from(word.len() == 1) * stopwords::EDGE;
    Found { flags: found.flags | name | edge, ..found }
}

/// The training side of [`StemIds`]: every stem it meets gets the next id.
pub(crate) struct Interner {
    ids: BTreeMap<Box<str>, StemId>,
    stemmer: Stemmer,
}

#[cfg_attr(not(any(feature = "train", test)), expect(dead_code, reason = "training meets new stems"))]
impl Interner {
    /// An empty vocabulary.
    pub(crate) fn new() -> Self {
        Self { ids: BTreeMap::new(), stemmer: english() }
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
        let Self { ids, stemmer } = self;
        with_stem(stemmer, word, |stem| {
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
        let table = StemTable::new(&["roadmap", "prioriti", "custom", "#"]);
        let (mut memo, stemmer) = (Memo::default(), english());
        let stems = Stems { table: &table, stemmer: &stemmer };
        let mut lookup = Lookup { memo: &mut memo, stems, names: [2; 5] };
        let short = |word: &str| Short::new(word.as_bytes()).expect("a short word");
        for _ in 0..3 {
            for (word, id, flags) in [("roadmaps", 0, 0), ("customers", 2, stopwords::NAME), ("zebra", UNKNOWN, 0)] {
                assert_eq!(lookup.word(word), Found { id, flags });
                assert_eq!(lookup.short(short(word)), Found { id, flags });
            }
            assert_eq!(lookup.short(short("2024")), Found { id: 3, flags: 0 });
        }
    }

    #[test]
    fn a_table_knows_its_stems_and_no_others() {
        let stems: Vec<String> = (0..500).map(|n| format!("{}{n}", "caf\u{e9}stem".repeat(n % 4))).collect();
        let table = StemTable::new(&stems);
        assert_eq!(table.len(), 500);
        for (id, stem) in (0..).zip(&stems) {
            assert_eq!(table.id(stem), id);
        }
        assert_eq!(table.id("500"), UNKNOWN);
        assert_eq!(StemTable::default().id("x"), UNKNOWN);
        assert!(table.is_whole() && StemTable::default().is_whole());
        let changed = |change: fn(&mut [Vec<u8>; 3])| {
            let mut tables = table.tables().map(<[u8]>::to_vec);
            change(&mut tables);
            StemTable::read(tables[0].clone().into(), tables[1].clone().into(), tables[2].clone().into())
        };
        assert!(changed(|_| ()).is_whole());
        let changes: [fn(&mut [Vec<u8>; 3]); 5] = [
            |[slots, ..]| slots.fill(1),
            |[slots, ..]| slots.reverse(),
            |[_, ends, _]| ends[2] ^= 1,
            |[_, _, text]| text.push(b'x'),
            |[_, _, text]| text[0] = 0xff,
        ];
        for change in changes {
            assert!(!changed(change).is_whole());
        }
    }

    #[test]
    fn numbers_are_their_own_stems() {
        for number in ["#", "5", "401", "2024", "1234567890123456789"] {
            assert_eq!(with_stem(&english(), number, str::to_owned), number);
        }
    }

    #[test]
    fn spellings_meet_and_meanings_part() {
        let stem = |word| with_stem(&english(), word, str::to_owned);
        for (a, b) in [("prioritise", "prioritization"), ("programme", "programs"), ("organisation", "organizations")] {
            assert_eq!(stem(a), stem(b));
        }
        for (a, b) in [("position", "positioning"), ("experience", "experiments"), ("market", "marketing")] {
            assert_ne!(stem(a), stem(b));
            assert_eq!(english().stem(a), english().stem(b));
        }
    }

    #[test]
    fn interner_ids_follow_first_sight() {
        let mut interner = Interner::new();
        assert_eq!(interner.stem_id("launching"), 0);
        assert_eq!(interner.stem_id("roadmap"), 1);
        assert_eq!(interner.stem_id("launches"), 0);
        assert_eq!(interner.into_stems().len(), 2);
    }
}
