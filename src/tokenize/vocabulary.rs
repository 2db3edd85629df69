//! The stems of a model and their ids.

use std::borrow::Cow;

use super::{MAX_STEMS, StemId, UNKNOWN};
use crate::hash::GOLDEN;

/// A hash table of stems, in the layout of a model file, so that it is used in place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Vocabulary {
    /// Open addressing with 16-bit slots: id + 1, or 0 for a free slot.
    slots: Cow<'static, [u8]>,
    /// By id, the end of its stem in `text`, in 32 bits.
    ends: Cow<'static, [u8]>,
    /// All stems, concatenated.
    text: Cow<'static, [u8]>,
}

impl Vocabulary {
    /// A vocabulary whose ids are the positions in `stems`. At most [`MAX_STEMS`] are kept.
    #[cfg(any(feature = "train", test))]
    pub(crate) fn new<S: AsRef<str>>(stems: &[S]) -> Self {
        let stems = &stems[..stems.len().min(MAX_STEMS)];
        let (mut text, mut ends) = (Vec::new(), Vec::new());
        for stem in stems {
            text.extend_from_slice(stem.as_ref().as_bytes());
            ends.extend((text.len() as u32).to_le_bytes());
        }
        Self::with_slots(ends.into(), text.into())
    }

    /// Size of the slots for `stems` stems, in bytes.
    pub(crate) const fn slot_bytes(stems: usize) -> usize {
        let least = if stems < 8 { 8 } else { stems };
        2 * (least * 2).next_power_of_two()
    }

    /// A vocabulary from the tables of a model file.
    pub(crate) fn read(slots: Cow<'static, [u8]>, ends: Cow<'static, [u8]>, text: Cow<'static, [u8]>) -> Self {
        Self { slots, ends, text }
    }

    /// A vocabulary from the stems, whose slots are computed.
    fn with_slots(ends: Cow<'static, [u8]>, text: Cow<'static, [u8]>) -> Self {
        let mut slots = vec![0; Self::slot_bytes(ends.len() / 4)];
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

    /// Whether the tables are consistent: the same as [`Vocabulary::new`] makes from the stems.
    pub(crate) fn is_whole(&self) -> bool {
        let ends: &[[u8; 4]] = self.ends.as_chunks().0;
        let ends = || ends.iter().map(|end| u32::from_le_bytes(*end) as usize);
        ends().is_sorted()
            && ends().next_back().unwrap_or(0) == self.text.len()
            && std::str::from_utf8(&self.text).is_ok_and(|text| ends().all(|end| text.is_char_boundary(end)))
            && self.slots == Self::with_slots(self.ends.clone(), self.text.clone()).slots
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

    /// The stems, by id.
    #[cfg(feature = "train")]
    pub(crate) fn stems(&self) -> Vec<&str> {
        (0..self.len()).map(|id| std::str::from_utf8(self.bytes(id as StemId)).unwrap_or_default()).collect()
    }

    /// Number of stems.
    pub(crate) fn len(&self) -> usize {
        self.ends.len() / 4
    }

    /// Slots, ends and text, as in a model file.
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

impl Default for Vocabulary {
    /// No stems.
    fn default() -> Self {
        Self { slots: Cow::Borrowed(&[0; Self::slot_bytes(0)]), ends: Cow::Borrowed(&[]), text: Cow::Borrowed(&[]) }
    }
}

/// A fast hash, eight bytes at a time. The table is fixed, so it need not resist attacks.
fn hash(bytes: &[u8]) -> usize {
    let mut hash = 0;
    for part in bytes.chunks(8) {
        let part = match part.first_chunk() {
            Some(whole) => u64::from_le_bytes(*whole),
            None => part.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte)),
        };
        hash = (hash ^ part).wrapping_mul(GOLDEN);
        hash ^= hash >> 32;
    }
    hash as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_have_their_positions_as_ids() {
        let stems: Vec<String> = (0..500).map(|n| format!("{}{n}", "caf\u{e9}stem".repeat(n % 4))).collect();
        let table = Vocabulary::new(&stems);
        assert_eq!(table.len(), 500);
        #[cfg(feature = "train")]
        assert_eq!(table.stems(), stems);
        for (id, stem) in (0..).zip(&stems) {
            assert_eq!(table.id(stem), id);
        }
        assert_eq!(table.id("500"), UNKNOWN);
        assert_eq!(Vocabulary::default().id("x"), UNKNOWN);
    }

    /// Two bytes a slot, and at least twice as many slots as stems, a power of two.
    #[test]
    fn at_least_half_of_the_slots_are_free() {
        for (stems, bytes) in [(0, 32), (8, 32), (9, 64), (16, 64), (500, 2048)] {
            assert_eq!(Vocabulary::slot_bytes(stems), bytes, "{stems}");
        }
    }

    #[test]
    fn damaged_tables_are_recognized() {
        type Change = fn(&mut [Vec<u8>; 3]);
        let table = Vocabulary::new(&["1", "caf\u{e9}", "roadmap"]);
        assert!(table.is_whole() && Vocabulary::default().is_whole());
        let changed = |change: Change| {
            let mut tables = table.tables().map(<[u8]>::to_vec);
            change(&mut tables);
            let [slots, ends, text] = tables.map(Cow::Owned);
            Vocabulary::read(slots, ends, text)
        };
        assert!(changed(|_| ()).is_whole());
        let changes: [(&str, Change); 5] = [
            ("no free slot", |[slots, ..]| slots.fill(1)),
            ("slots in another order", |[slots, ..]| slots.reverse()),
            ("an end moved", |[_, ends, _]| ends[4] ^= 1),
            ("text after the last end", |[_, _, text]| text.push(b'x')),
            ("not UTF-8", |[_, _, text]| text[0] = 0xff),
        ];
        for (name, change) in changes {
            assert!(!changed(change).is_whole(), "{name}");
        }
    }
}
