//! What words were looked up lately.

use super::{MAX_WORD, StemId};

/// What is known of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// Its stem.
    pub id: StemId,
    /// [`super::word::GLUE`] and the like.
    pub flags: u8,
}

impl Found {
    const fn pack(self) -> u64 {
        (self.flags as u64) << 16 | self.id as u64
    }

    const fn unpack(value: u64) -> Self {
        Self { id: value as StemId, flags: (value >> 16) as u8 }
    }
}

/// A word in lower case of at most 16 bytes, zeros behind: compared and hashed as two
/// numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Short {
    /// The first eight bytes, little-endian.
    pub low: u64,
    /// The next eight.
    pub high: u64,
}

impl Short {
    /// Longest short word, in bytes.
    pub(crate) const MAX: usize = 16;

    /// Packs `word`, or `None` when it is longer.
    pub(crate) fn new(word: &[u8]) -> Option<Self> {
        let mut bytes = [0; Self::MAX];
        bytes.get_mut(..word.len())?.copy_from_slice(word);
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
        (self.low.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ self.high).wrapping_mul(0xd6e8_feb8_6659_fd93)
    }
}

/// Sets of short words; each holds [`WAYS`].
const SETS: usize = 1 << 13;
/// Words of a set.
const WAYS: usize = 4;
/// Places for longer words.
const LONG: usize = 1 << 10;

/// Numbers from set to set: two lines of the cache, of which the first word needs one.
const LINE: usize = 16;

/// Short words, the latest first, and what was found for them: both numbers and the
/// value of one after those of the other. Words seldom leave the first place, so one
/// comparison is enough for most.
type Set = [u64; 3 * WAYS];

/// A longer word, zeros behind, and what was found for it.
type Long = [u64; MAX_WORD / 8 + 1];

/// Remembers words met lately. Bounded: a set that is full forgets its oldest word, so
/// hostile input costs time, never memory.
pub(crate) struct Memo {
    /// [`SETS`] sets, each [`LINE`] numbers from the one before.
    sets: Vec<u64>,
    /// Where the first set begins.
    first: usize,
    long: Vec<Long>,
}

impl Default for Memo {
    fn default() -> Self {
        // Plain zeros: the memory is not touched before words are met.
        let sets = vec![0; (SETS + 1) * LINE];
        let first = sets.as_ptr().align_offset(LINE * size_of::<u64>()).min(LINE);
        Self { sets, first, long: vec![[0; MAX_WORD / 8 + 1]; LONG] }
    }
}

impl std::fmt::Debug for Memo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sets = self.sets[self.first..].chunks(LINE);
        let words: usize = sets.map(|set| set.iter().step_by(3).take(WAYS).filter(|&&low| low != 0).count()).sum();
        f.debug_struct("Memo").field("words", &words).finish_non_exhaustive()
    }
}

impl Memo {
    /// Forgets every word: another model gives other ids.
    pub(crate) fn clear(&mut self) {
        self.sets.fill(0);
        self.long.fill([0; MAX_WORD / 8 + 1]);
    }

    /// What is known of `word`, from `make` where it is new.
    #[inline]
    pub(crate) fn short(&mut self, word: Short, make: impl FnOnce() -> Found) -> Found {
        let at = (word.hash() >> (64 - SETS.trailing_zeros())) as usize;
        let set = self.sets.get_mut(self.first + at * LINE..).and_then(|rest| rest.first_chunk_mut());
        let Some(set) = set else { return make() };
        if set[0] == word.low && set[1] == word.high {
            return Found::unpack(set[2]);
        }
        Self::move_to_front(set, word, make)
    }

    /// The word is not the first of its set: afterwards it is.
    #[inline(never)]
    fn move_to_front(set: &mut Set, word: Short, make: impl FnOnce() -> Found) -> Found {
        let held = (1..WAYS).find(|way| set[3 * way] == word.low && set[3 * way + 1] == word.high);
        let value = held.map_or_else(|| make().pack(), |way| set[3 * way + 2]);
        set.copy_within(..3 * held.unwrap_or(WAYS - 1), 3);
        set[..3].copy_from_slice(&[word.low, word.high, value]);
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
        // Long words that fall on one place push each other out: of 230 over 1024 places
        // about 25 do.
        assert!(again < words.len() / 8, "{again} of {} forgotten", words.len());
    }

    #[test]
    fn the_memo_is_bounded() {
        let mut memo = Memo::default();
        for n in 0..100_000u32 {
            memo.any(format!("w{n}").as_bytes(), || Found { id: (n % 1000) as StemId, flags: 0 });
        }
        assert_eq!(memo.sets.len(), (SETS + 1) * LINE);
        assert_eq!(memo.any(b"w99999", || Found { id: 7, flags: 0 }).id, 999);
        memo.clear();
        assert_eq!(memo.any(b"w99999", || Found { id: 7, flags: 0 }).id, 7);
    }
}
