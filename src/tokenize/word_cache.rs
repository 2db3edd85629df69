//! What words were looked up lately.

use super::{MAX_WORD, StemId};

/// What is known of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// Its stem.
    pub id: StemId,
    /// [`super::stopwords::GLUE`] and the like.
    pub flags: u8,
}

impl Found {
    /// Takes the 24 bits above [`KEY`].
    const fn pack(self) -> u64 {
        (self.flags as u64) << 56 | (self.id as u64) << 40
    }

    const fn unpack(value: u64) -> Self {
        Self { id: (value >> 40) as StemId, flags: (value >> 56) as u8 }
    }
}

/// The bits of [`Short::high`].
const KEY: u64 = (1 << 40) - 1;

/// A word in lower case of at most 13 bytes, zeros behind: compared and hashed as two
/// numbers, of which the second leaves room for what is known of the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Short {
    /// The first eight bytes, little-endian.
    pub low: u64,
    /// The next five.
    pub high: u64,
}

impl Short {
    /// Longest short word, in bytes.
    pub(crate) const MAX: usize = 13;

    /// Packs `word`, or `None` when it is longer.
    pub(crate) fn new(word: &[u8]) -> Option<Self> {
        let mut bytes = [0; 16];
        bytes.get_mut(..Self::MAX)?.get_mut(..word.len())?.copy_from_slice(word);
        let packed = u128::from_le_bytes(bytes);
        Some(Self { low: packed as u64, high: (packed >> 64) as u64 })
    }

    /// Applies `with` to the word.
    pub(crate) fn with<R>(self, with: impl FnOnce(&str) -> R) -> R {
        let bytes = (u128::from(self.high) << 64 | u128::from(self.low)).to_le_bytes();
        let len = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
        with(std::str::from_utf8(&bytes[..len]).unwrap_or_default())
    }

    fn hash(self) -> u64 {
        (self.low ^ self.high.rotate_left(23)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

/// Sets of short words.
const SETS: usize = 1 << 14;
/// Places for longer words.
const LONG: usize = 1 << 12;

/// Words of a set behind its first.
const WAYS: usize = 2;

/// A short word, with what was found for it in the upper bits of its second number.
type Word = [u64; 2];

/// A longer word, zeros behind, and what was found for it.
type Long = [u64; MAX_WORD / 8 + 1];

/// Remembers words met lately. Bounded: a set that is full forgets its oldest word, so
/// hostile input costs time, never memory.
pub(crate) struct Memo {
    /// The word of each set that was met last. Words seldom leave this place, so one
    /// comparison is enough for most; and they lie side by side, so that the cache holds
    /// them and not the others.
    first: Vec<Word>,
    /// The other words of each set, the latest first.
    others: Vec<[Word; WAYS]>,
    long: Vec<Long>,
}

impl Default for Memo {
    fn default() -> Self {
        // Plain zeros: the memory is not touched before words are met.
        let (first, others) = (vec![[0; 2]; SETS], vec![[[0; 2]; WAYS]; SETS]);
        Self { first, others, long: vec![[0; MAX_WORD / 8 + 1]; LONG] }
    }
}

impl std::fmt::Debug for Memo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words = self.first.iter().chain(self.others.iter().flatten()).filter(|word| word[0] != 0).count();
        f.debug_struct("Memo").field("words", &words).finish_non_exhaustive()
    }
}

/// The set of `word`.
#[inline]
fn set(word: Short) -> usize {
    (word.hash() >> (64 - SETS.trailing_zeros())) as usize % SETS
}

impl Memo {
    /// Forgets every word: another model gives other ids.
    pub(crate) fn clear(&mut self) {
        self.first.fill([0; 2]);
        self.others.fill([[0; 2]; WAYS]);
        self.long.fill([0; MAX_WORD / 8 + 1]);
    }

    /// What is known of `word` where it is the first of its set, as most words are.
    #[inline]
    pub(crate) fn first(&mut self, word: Short) -> Option<Found> {
        let [low, high] = self.first[set(word)];
        // One branch instead of two; shifted out is what stands above the key.
        ((low ^ word.low) | (high ^ word.high) << KEY.leading_zeros() == 0).then(|| Found::unpack(high))
    }

    /// What is known of `word`, from `make` where it is new; afterwards it is the first of
    /// its set.
    pub(crate) fn short(&mut self, word: Short, make: impl FnOnce() -> Found) -> Found {
        let (first, others) = (&mut self.first[set(word)], &mut self.others[set(word)]);
        let is = |held: &Word| held[0] == word.low && held[1] & KEY == word.high;
        if is(first) {
            return Found::unpack(first[1]);
        }
        let held = others.iter().position(is);
        let value = held.map_or_else(|| make().pack(), |way| others[way][1]);
        // Those before its old place move on by one.
        let mut moved = *first;
        for word in others.iter_mut().take(held.map_or(WAYS, |way| way + 1)) {
            std::mem::swap(word, &mut moved);
        }
        *first = [word.low, word.high | value & !KEY];
        Found::unpack(value)
    }

    /// As [`Memo::short`], for a word in lower case of any length.
    pub(crate) fn any(&mut self, word: &[u8], make: impl FnOnce() -> Found) -> Found {
        if let Some(short) = Short::new(word) {
            return self.short(short, make);
        }
        if word.len() > MAX_WORD {
            return make();
        }
        let mut key: Long = [0; MAX_WORD / 8 + 1];
        for (slot, bytes) in key.iter_mut().zip(word.chunks(8)) {
            let mut padded = [0; 8];
            padded[..bytes.len()].copy_from_slice(bytes);
            *slot = u64::from_le_bytes(padded);
        }
        let hash =
            key.iter().fold(0u64, |hash, part| (hash ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29));
        let Some(entry) = self.long.get_mut((hash >> (64 - LONG.trailing_zeros())) as usize) else { return make() };
        let parts = MAX_WORD / 8;
        if entry[..parts] == key[..parts] {
            return Found::unpack(entry[parts]);
        }
        let found = make();
        key[parts] = found.pack();
        *entry = key;
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_remembered_and_nothing_else() {
        let mut memo = Memo::default();
        let found = |id| Found { id, flags: (id % 3) as u8 };
        let words: Vec<String> = (0..300u16).map(|n| format!("{}{n}", "word".repeat(n as usize % 9))).collect();
        for round in 0..3 {
            for (id, word) in (0u16..).zip(&words) {
                let mut made = false;
                let got = memo.any(word.as_bytes(), || {
                    made = true;
                    found(id)
                });
                assert_eq!(got, found(id), "{word}");
                assert!(round > 0 || made, "{word} was never met");
            }
        }
        let mut again = 0;
        for (id, word) in (0u16..).zip(&words) {
            memo.any(word.as_bytes(), || {
                again += 1;
                found(id)
            });
        }
        // Long words that fall on one place push each other out: of 230 over 4096 places
        // about six do.
        assert!(again < words.len() / 16, "{again} of {} forgotten", words.len());
    }

    #[test]
    fn the_memo_is_bounded() {
        let mut memo = Memo::default();
        let size = |memo: &Memo| (memo.first.capacity(), memo.others.capacity(), memo.long.capacity());
        let before = size(&memo);
        for n in 0..100_000u32 {
            memo.any(format!("w{n}").as_bytes(), || Found { id: (n % 1000) as StemId, flags: 0 });
        }
        assert_eq!(size(&memo), before);
        assert_eq!(memo.any(b"w99999", || Found { id: 7, flags: 0 }).id, 999);
        memo.clear();
        assert_eq!(memo.any(b"w99999", || Found { id: 7, flags: 0 }).id, 7);
    }
}
