//! A bounded cache of word lookups.

use super::{MAX_WORD, StemId};
use crate::hash::GOLDEN;

/// The result of a lookup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WordInfo {
    /// The stem of the word.
    pub id: StemId,
    /// The flags of [`super::stopwords`].
    pub flags: u8,
}

impl WordInfo {
    /// Packs id and flags into the 24 bits above [`KEY`].
    const fn pack(self) -> u64 {
        (self.flags as u64) << 56 | (self.id as u64) << 40
    }

    const fn unpack(value: u64) -> Self {
        Self { id: (value >> 40) as StemId, flags: (value >> 56) as u8 }
    }
}

/// The bits that hold [`ShortWord::high`] in the second number of a [`ShortEntry`].
const KEY: u64 = (1 << 40) - 1;

/// A word in lower case of at most 13 bytes, padded with zeros. Comparing and hashing take
/// two numbers, and the second leaves room for a packed [`WordInfo`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ShortWord {
    /// The first eight bytes, little-endian.
    pub low: u64,
    /// The next five.
    pub high: u64,
}

impl ShortWord {
    /// Maximum length of a short word, in bytes.
    pub(crate) const MAX: usize = 13;

    /// Packs `word`; `None` if it is too long.
    pub(crate) fn new(word: &[u8]) -> Option<Self> {
        let mut bytes = [0; 16];
        bytes.get_mut(..Self::MAX)?.get_mut(..word.len())?.copy_from_slice(word);
        let packed = u128::from_le_bytes(bytes);
        Some(Self { low: packed as u64, high: (packed >> 64) as u64 })
    }

    /// Applies `f` to the word.
    pub(crate) fn with<R>(self, f: impl FnOnce(&str) -> R) -> R {
        let bytes = (u128::from(self.high) << 64 | u128::from(self.low)).to_le_bytes();
        let len = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
        f(std::str::from_utf8(&bytes[..len]).unwrap_or_default())
    }

    /// The index of the set that caches this word.
    #[inline]
    fn set(self) -> usize {
        let hash = (self.low ^ self.high.rotate_left(23)).wrapping_mul(GOLDEN);
        (hash >> (64 - SETS.trailing_zeros())) as usize % SETS
    }
}

/// Number of sets of short words.
const SETS: usize = 1 << 15;
/// Number of entries for longer words.
const LONG: usize = 1 << 12;
/// Number of words in a set besides the most recent one.
const OTHERS: usize = 2;

/// A short word and its lookup: [`ShortWord::low`], and [`ShortWord::high`] below a packed
/// [`WordInfo`].
type ShortEntry = [u64; 2];

/// A longer word, padded with zeros, and its lookup as a packed [`WordInfo`].
type LongEntry = [u64; MAX_WORD / 8 + 1];

/// A cache of word lookups. A set keeps the three most recent of its short words, an entry the most
/// recent of its longer words: the size does not depend on the input.
pub(crate) struct WordCache {
    /// The most recent word of each set, where most lookups end. Stored apart from the others, so
    /// that more of them fit the processor's cache.
    first: Vec<ShortEntry>,
    /// The other words of each set, the most recent first.
    others: Vec<[ShortEntry; OTHERS]>,
    long: Vec<LongEntry>,
}

impl Default for WordCache {
    fn default() -> Self {
        // Zeros only, so that the system provides memory when an entry is first written.
        let (first, others) = (vec![[0; 2]; SETS], vec![[[0; 2]; OTHERS]; SETS]);
        Self { first, others, long: vec![[0; MAX_WORD / 8 + 1]; LONG] }
    }
}

impl std::fmt::Debug for WordCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WordCache").finish_non_exhaustive()
    }
}

impl WordCache {
    /// Forgets every word, for use with another model.
    pub(crate) fn clear(&mut self) {
        self.first.fill([0; 2]);
        self.others.fill([[0; 2]; OTHERS]);
        self.long.fill([0; MAX_WORD / 8 + 1]);
    }

    /// The lookup of `word` if it is the most recent word of its set.
    #[inline]
    pub(crate) fn most_recent(&mut self, word: ShortWord) -> Option<WordInfo> {
        let [low, high] = self.first[word.set()];
        // One branch for both comparisons. The shift drops the packed `WordInfo`.
        ((low ^ word.low) | (high ^ word.high) << KEY.leading_zeros() == 0).then(|| WordInfo::unpack(high))
    }

    /// The lookup of `word`, by `look_up` if it is not cached. Makes it the most recent of
    /// its set.
    pub(crate) fn short(&mut self, word: ShortWord, look_up: impl FnOnce() -> WordInfo) -> WordInfo {
        let (first, others) = (&mut self.first[word.set()], &mut self.others[word.set()]);
        let is = |held: &ShortEntry| held[0] == word.low && held[1] & KEY == word.high;
        if is(first) {
            return WordInfo::unpack(first[1]);
        }
        let held = others.iter().position(is);
        let value = held.map_or_else(|| look_up().pack(), |way| others[way][1]);
        // The more recent words move back by one.
        let mut moved = *first;
        for word in others.iter_mut().take(held.map_or(OTHERS, |way| way + 1)) {
            std::mem::swap(word, &mut moved);
        }
        *first = [word.low, word.high | value & !KEY];
        WordInfo::unpack(value)
    }

    /// Like [`WordCache::short`], for a word in lower case of any length.
    pub(crate) fn of_any_length(&mut self, word: &[u8], look_up: impl FnOnce() -> WordInfo) -> WordInfo {
        if let Some(short) = ShortWord::new(word) {
            return self.short(short, look_up);
        }
        if word.len() > MAX_WORD {
            return look_up();
        }
        let mut key: LongEntry = [0; MAX_WORD / 8 + 1];
        for (slot, bytes) in key.iter_mut().zip(word.chunks(8)) {
            let mut padded = [0; 8];
            padded[..bytes.len()].copy_from_slice(bytes);
            *slot = u64::from_le_bytes(padded);
        }
        let hash = key.iter().fold(0u64, |hash, part| (hash ^ part).wrapping_mul(GOLDEN).rotate_left(29));
        let Some(entry) = self.long.get_mut((hash >> (64 - LONG.trailing_zeros())) as usize) else { return look_up() };
        let parts = MAX_WORD / 8;
        if entry[..parts] == key[..parts] {
            return WordInfo::unpack(entry[parts]);
        }
        let found = look_up();
        key[parts] = found.pack();
        *entry = key;
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_keeps_its_own_lookup() {
        let mut cache = WordCache::default();
        let found = |id| WordInfo { id, flags: (id % 3) as u8 };
        let words: Vec<String> = (0..300u16).map(|n| format!("{}{n}", "word".repeat(n as usize % 9))).collect();
        for round in 0..3 {
            for (id, word) in (0u16..).zip(&words) {
                let mut looked_up = false;
                let got = cache.of_any_length(word.as_bytes(), || {
                    looked_up = true;
                    found(id)
                });
                assert_eq!(got, found(id), "{word}");
                assert!(round > 0 || looked_up, "{word} is new");
            }
        }
        let mut again = 0;
        for (id, word) in (0u16..).zip(&words) {
            cache.of_any_length(word.as_bytes(), || {
                again += 1;
                found(id)
            });
        }
        // Of 230 long words in 4096 entries about six replace each other.
        assert!(again < words.len() / 16, "{again} of {} forgotten", words.len());
    }

    #[test]
    fn the_size_is_bounded() {
        let mut cache = WordCache::default();
        let size = |cache: &WordCache| (cache.first.capacity(), cache.others.capacity(), cache.long.capacity());
        let before = size(&cache);
        for n in 0..100_000u32 {
            cache.of_any_length(format!("w{n}").as_bytes(), || WordInfo { id: (n % 1000) as StemId, flags: 0 });
        }
        assert_eq!(size(&cache), before);
        assert_eq!(cache.of_any_length(b"w99999", || WordInfo { id: 7, flags: 0 }).id, 999);
        cache.clear();
        assert_eq!(cache.of_any_length(b"w99999", || WordInfo { id: 7, flags: 0 }).id, 7);
    }

    /// The words of each pair are in one set, and a comparison of parts of them would not tell them apart.
    #[test]
    fn words_of_one_set_are_told_apart() {
        type Pair = fn(&str) -> [String; 2];
        let pairs: [(&str, Pair); 3] = [
            ("the same difference in both halves", |word| ["a".repeat(13), format!("aaa{word}{word}")]),
            ("one is the start of the other", |word| ["a".repeat(8), "a".repeat(8) + word]),
            ("a difference in three letters", |word| {
                let (start, end) = word.split_at(2);
                let start = start.repeat(4);
                [format!("{start}aaa"), format!("{start}{end}")]
            }),
        ];
        let word = |number: usize| -> String {
            (0..5).map(|place| char::from(b'a' + (number / 26_usize.pow(place) % 26) as u8)).collect()
        };
        for (name, pair) in pairs {
            let short = |number| pair(&word(number)).map(|word| ShortWord::new(word.as_bytes()).unwrap());
            let in_one_set = |[held, other]: &[ShortWord; 2]| held != other && held.set() == other.set();
            let [held, other] = (0..26_usize.pow(5)).map(short).find(in_one_set).unwrap();
            let (mut cache, found) = (WordCache::default(), WordInfo { id: 0, flags: 0 });
            assert_eq!(cache.short(held, || found), found);
            assert_eq!((cache.most_recent(held), cache.most_recent(other)), (Some(found), None), "{name}");
        }
    }

    #[test]
    fn very_long_words_are_not_held() {
        let mut cache = WordCache::default();
        for (id, end) in [(1, "a"), (2, "b")] {
            let word = "w".repeat(48) + end;
            assert_eq!(cache.of_any_length(word.as_bytes(), || WordInfo { id, flags: 0 }).id, id);
        }
    }
}
