//! From a feature to its row of weights.

use crate::token::emit::Feature;
use crate::token::{StemId, Token};

/// No such feature.
pub(crate) const ABSENT: u32 = u32::MAX;

/// The features of a model: single stems by id, pairs in a hash table behind a filter
/// that turns most pairs away for the cost of a look at what is known of their stems.
#[derive(Debug, Clone)]
pub(crate) struct FeatureIndex {
    /// By id, and one more for all words that are no stem.
    stems: Vec<Stem>,
    /// Places of single stems by id.
    singles: Vec<u32>,
    /// How many stems from the first on are features in the place of their id.
    own_place: u32,
    /// Whether any further stem is a feature. None is where the most frequent stems
    /// come first, as training has them.
    others_placed: bool,
    pairs: Table,
    /// Skip-grams and first words; empty in most models.
    others: Table,
}

/// What is known of a stem by itself.
#[derive(Debug, Clone, Copy)]
struct Stem {
    /// Bit n: begins a pair whose second stem has an id of n modulo 64.
    begins: u64,
    /// Bit n: ends a pair whose first stem has an id of n modulo 64.
    ends: u64,
}

/// A word that emits nothing.
const NO_STEM: Stem = Stem { begins: 0, ends: 0 };

impl FeatureIndex {
    /// Places are positions in `features`, of a vocabulary of `stems`.
    pub(crate) fn new(features: impl Iterator<Item = Feature> + Clone, stems: usize) -> Self {
        let pairs = features.clone().filter(|feature| feature.pair().is_some()).count();
        let mut index = Self {
            stems: vec![NO_STEM; stems + 1],
            singles: vec![ABSENT; stems],
            own_place: 0,
            others_placed: false,
            pairs: Table::of(pairs),
            others: Table::of(0),
        };
        let mut others = Vec::new();
        for (place, feature) in (0u32..).zip(features) {
            let (a, b) = feature.stems();
            let Some(first) = index.stems[..stems].get_mut(a as usize) else { continue };
            match (feature.pair(), b) {
                (Some(pair), Some(b)) => {
                    first.begins |= 1 << (b % 64);
                    if let Some(second) = index.stems[..stems].get_mut(b as usize) {
                        second.ends |= 1 << (a % 64);
                    }
                    index.pairs.insert(pair, place);
                }
                _ if feature.single().is_some() => index.singles[a as usize] = place,
                _ => others.push((feature.folded(), place)),
            }
        }
        index.own_place = (0u32..).zip(&index.singles).take_while(|&(id, &place)| id == place).count() as u32;
        index.others_placed = index.singles[index.own_place as usize..].iter().any(|&place| place != ABSENT);
        index.others = Table::of(others.len());
        for (key, place) in others {
            index.others.insert(key, place);
        }
        index
    }

    /// The place of `feature`, or [`ABSENT`].
    pub(crate) fn get(&self, feature: Feature) -> u32 {
        if let Some(id) = feature.single() {
            return self.single(id);
        }
        match feature.pair() {
            Some(pair) => self.pairs.get(pair),
            None => self.others.get(feature.folded()),
        }
    }

    #[inline]
    fn stem(&self, id: StemId) -> Stem {
        // No branch: which words are known is hard to guess.
        let last = self.stems.len() - 1;
        self.stems[(id as usize).min(last)]
    }

    /// The place of a single stem, or [`ABSENT`].
    #[inline]
    pub(crate) fn single(&self, id: StemId) -> u32 {
        self.singles.get(id as usize).copied().unwrap_or(ABSENT)
    }
}

/// Whether two stems side by side may be a feature.
#[inline]
fn may_pair((a, first): (StemId, Stem), (b, second): (StemId, Stem)) -> bool {
    (first.begins >> (b % 64)) & (second.ends >> (a % 64)) & 1 == 1
}

const fn pair_of(a: StemId, b: StemId) -> u32 {
    (a as u32) << 16 | b as u32
}

/// Room for the places of some tokens' features.
pub(crate) struct Places {
    found: [u32; 2 * Self::ROOM],
    /// Pairs that the stems let through.
    pairs: [u32; Self::ROOM],
    /// By feature found, its last token; kept only when asked for.
    found_at: [u8; 2 * Self::ROOM],
    /// By pair, its second token.
    pairs_at: [u8; Self::ROOM],
    /// How many of the features found are single stems; pairs follow.
    singles: usize,
}

impl Default for Places {
    fn default() -> Self {
        let (found, pairs) = ([0; 2 * Self::ROOM], [0; Self::ROOM]);
        Self { found, pairs, found_at: [0; 2 * Self::ROOM], pairs_at: [0; Self::ROOM], singles: 0 }
    }
}

impl Places {
    const ROOM: usize = 128;
    /// Tokens that are read at once.
    pub(crate) const TOKENS: usize = Self::ROOM - 1;
    /// Features of so many tokens at most.
    pub(crate) const MOST: usize = 2 * Self::TOKENS;

    /// Places of the features that [`emit`](crate::token::emit::emit) emits of at most
    /// [`Places::TOKENS`] tokens, in another order, where it emits single stems and
    /// pairs side by side. `before` is the stem before the tokens and becomes their
    /// last. With `TELL`, [`Places::tokens`] tells afterwards which tokens they are of.
    ///
    /// Which words are known is as good as random to a processor that guesses branches.
    /// So every place is written down, and kept by counting on only where it is one;
    /// stems of words that emit nothing are in no table.
    #[inline(never)]
    pub(crate) fn of<const TELL: bool>(
        &mut self,
        index: &FeatureIndex,
        before: &mut StemId,
        tokens: &[Token],
    ) -> &[u32] {
        let tokens = &tokens[..tokens.len().min(Self::TOKENS)];
        let (mut count, mut pairs) = (0, 0);
        let mut last = (*before, index.stem(*before));
        for (at, token) in (0u8..).zip(tokens) {
            let stem = (token.id, index.stem(token.id));
            self.found[count % (2 * Self::ROOM)] = u32::from(token.id);
            self.pairs[pairs % Self::ROOM] = pair_of(last.0, token.id);
            if TELL {
                self.found_at[count % (2 * Self::ROOM)] = at;
                self.pairs_at[pairs % Self::ROOM] = at;
            }
            count += usize::from(u32::from(token.id) < index.own_place);
            pairs += usize::from(may_pair(last, stem));
            last = stem;
        }
        *before = last.0;
        if index.others_placed {
            count = self.add_others(index, tokens, count);
        }
        self.singles = count;
        for at in 0..pairs {
            let place = index.pairs.get(self.pairs[at % Self::ROOM]);
            self.found[count % (2 * Self::ROOM)] = place;
            if TELL {
                self.found_at[count % (2 * Self::ROOM)] = self.pairs_at[at % Self::ROOM];
            }
            count += usize::from(place != ABSENT);
        }
        &self.found[..count.min(Self::MOST)]
    }

    /// The first `count` of the places found last.
    pub(crate) fn found(&self, count: usize) -> &[u32] {
        &self.found[..count.min(Self::MOST)]
    }

    /// Of the first `count` features found, the last token among those that were read,
    /// and how many tokens before it belong to the feature: 0, or 1 for a pair.
    pub(crate) fn tokens(&self, count: usize) -> impl Iterator<Item = (usize, usize)> {
        let of = |(at, &last): (usize, &u8)| (usize::from(last), usize::from(at >= self.singles));
        self.found_at.iter().take(count).enumerate().map(of)
    }

    /// Adds the stems that are features in another place than that of their id.
    fn add_others(&mut self, index: &FeatureIndex, tokens: &[Token], mut count: usize) -> usize {
        let others = index.own_place..index.singles.len() as u32;
        for (at, token) in (0u8..).zip(tokens).filter(|(_, token)| others.contains(&u32::from(token.id))) {
            let place = index.single(token.id);
            self.found[count % (2 * Self::ROOM)] = place;
            self.found_at[count % (2 * Self::ROOM)] = at;
            count += usize::from(place != ABSENT);
        }
        count
    }
}

/// A read-only hash table from numbers to places: open addressing, at most three
/// quarters full.
#[derive(Debug, Clone)]
struct Table {
    /// Key and place + 1; 0 is a free slot.
    slots: Vec<(u32, u32)>,
    /// Bits of a hash that are left out to number the slots.
    shift: u32,
}

impl Table {
    /// Room for so many keys.
    fn of(count: usize) -> Self {
        let bits = (count.max(8) * 4 / 3).next_power_of_two().trailing_zeros().min(31);
        Self { slots: vec![(0, 0); 1 << bits], shift: 32 - bits }
    }

    /// Adds a key that is not in the table.
    fn insert(&mut self, key: u32, place: u32) {
        let mask = self.slots.len() - 1;
        let mut slot = (mix(key) >> self.shift) as usize;
        while self.slots[slot].1 != 0 {
            slot = (slot + 1) & mask;
        }
        self.slots[slot] = (key, place + 1);
    }

    /// The place of `key`, or [`ABSENT`].
    #[inline]
    fn get(&self, key: u32) -> u32 {
        let mask = self.slots.len() - 1;
        let mut slot = (mix(key) >> self.shift) as usize;
        loop {
            let (held, place) = self.slots[slot & mask];
            if held == key || place == 0 {
                // A free slot has place 0, which becomes ABSENT.
                return place.wrapping_sub(1);
            }
            slot += 1;
        }
    }
}

/// Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4).
const fn mix(key: u32) -> u32 {
    key.wrapping_mul(0x9e37_79b9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_is_there_and_nothing_else() {
        let mut features: Vec<_> = (0..1000u16).map(|n| Feature::bigram(n, n.wrapping_mul(7))).collect();
        features.extend((0..1000).step_by(2).map(Feature::unigram));
        features.extend((0..1000).step_by(3).map(|n| Feature::skip_gram(n, 1000 - n)));
        features.extend((0..1000).step_by(5).map(Feature::first));
        let index = FeatureIndex::new(features.iter().copied(), 1000);
        for (place, feature) in (0u32..).zip(&features) {
            assert_eq!(index.get(*feature), place);
        }
        for absent in [Feature::unigram(3), Feature::unigram(2000), Feature::bigram(3, 3), Feature::first(1)] {
            assert_eq!(index.get(absent), ABSENT);
        }
        let mut absent = 0;
        for n in 0..1000 {
            absent += u32::from(index.get(Feature::bigram(n, 5000)) == ABSENT);
        }
        assert_eq!(absent, 1000);
    }

    #[test]
    fn plain_features_are_those_of_the_emitter() {
        use crate::token::emit::{EmitSettings, emit};
        use crate::token::{ROLE, UNKNOWN};
        let settings = EmitSettings { unigrams: true, bigrams: true, skip_grams: false, first_word: false };
        assert!(settings.plain());
        assert!(!EmitSettings { skip_grams: true, ..settings }.plain());
        let mut features: Vec<_> = (0..8u16).filter(|n| n % 3 != 0).map(Feature::unigram).collect();
        features.extend((0..8u16).flat_map(|a| (a..8).map(move |b| Feature::bigram(a, b))));
        let index = FeatureIndex::new(features.iter().copied(), 8);
        let mut number = 7u32;
        for len in 0..300 {
            let tokens: Vec<Token> = (0..len)
                .map(|_| {
                    number = number.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
                    let id = match number >> 28 {
                        0 => UNKNOWN,
                        1 => ROLE,
                        _ => (number >> 16 & 7) as StemId,
                    };
                    Token { start: 0, end: 0, id, clause: false, flags: 0 }
                })
                .collect();
            let (mut expected, mut found) = (Vec::new(), Vec::new());
            emit(&tokens, settings, |feature, _, _| expected.push(index.get(feature)));
            expected.retain(|&place| place != ABSENT);
            let (mut before, mut places) = (UNKNOWN, Places::default());
            for part in tokens.chunks(Places::TOKENS) {
                found.extend_from_slice(places.of::<false>(&index, &mut before, part));
            }
            let (mut told, mut base) = (Vec::new(), 0);
            before = UNKNOWN;
            for part in tokens.chunks(Places::TOKENS) {
                let here = places.of::<true>(&index, &mut before, part).to_vec();
                told.extend(
                    here.iter()
                        .zip(places.tokens(here.len()))
                        .map(|(&place, (last, reach))| (place, base + last - reach, base + last)),
                );
                base += part.len();
            }
            let mut in_order = Vec::new();
            emit(&tokens, settings, |feature, first, last| in_order.push((index.get(feature), first, last)));
            in_order.retain(|&(place, _, _)| place != ABSENT);
            told.sort_unstable();
            in_order.sort_unstable();
            assert_eq!(told, in_order);
            expected.sort_unstable();
            found.sort_unstable();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn an_empty_vocabulary_has_no_features() {
        let index = FeatureIndex::new(std::iter::empty(), 0);
        assert_eq!(index.get(Feature::unigram(0)), ABSENT);
        assert_eq!(index.get(Feature::bigram(0, 0)), ABSENT);
    }
}
