//! The emitter: which features a segment has. Training and scoring both call it.

use super::{ROLE, StemId, Token, UNKNOWN};

// Everything from `ROLE` on emits nothing.
const _: () = assert!(ROLE < UNKNOWN);

/// What the emitter emits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EmitSettings {
    /// Single stems.
    pub unigrams: bool,
    /// Two stems side by side.
    pub bigrams: bool,
    /// Two stems with one word between them.
    pub skip_grams: bool,
    /// The first stem of a segment, paired with the mark of an opening before it: duties
    /// open with a verb, sentences about the company with its name.
    pub first_word: bool,
}

impl EmitSettings {
    /// Whether single stems and pairs side by side are all, an opening being a stem.
    pub(crate) const fn plain(self) -> bool {
        self.unigrams && self.bigrams && !self.skip_grams
    }

    /// The stem before a segment's first, where `opening` is that of an opening.
    pub(crate) const fn before(self, opening: StemId) -> StemId {
        if self.first_word { opening } else { UNKNOWN }
    }
}

/// A feature: its kind and its stems, packed so that features sort and hash as numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Feature(pub u64);

const BIGRAM: u64 = 1;
const SKIP: u64 = 2;

impl Feature {
    /// Bytes of a feature in a file.
    pub(crate) const BYTES: usize = 5;

    const fn new(kind: u64, a: StemId, b: StemId) -> Self {
        Self(kind << 32 | (a as u64) << 16 | b as u64)
    }

    /// One stem.
    pub(crate) const fn unigram(a: StemId) -> Self {
        Self::new(0, a, 0)
    }

    /// Two stems side by side.
    pub(crate) const fn bigram(a: StemId, b: StemId) -> Self {
        Self::new(BIGRAM, a, b)
    }

    /// Two stems with one word between them.
    pub(crate) const fn skip_gram(a: StemId, b: StemId) -> Self {
        Self::new(SKIP, a, b)
    }

    /// The stem of a feature of one stem.
    #[inline]
    pub(crate) fn single(self) -> Option<StemId> {
        (self.0 >> 32 == 0).then_some((self.0 >> 16) as StemId)
    }

    /// The stems of two side by side.
    #[inline]
    pub(crate) fn pair(self) -> Option<(StemId, StemId)> {
        (self.0 >> 32 == BIGRAM).then_some(((self.0 >> 16) as StemId, self.0 as StemId))
    }

    /// As files hold it.
    pub(crate) fn of_bytes([a, b, c, d, e]: [u8; Self::BYTES]) -> Self {
        Self(u64::from(e) << 32 | u64::from(u32::from_le_bytes([a, b, c, d])))
    }

    /// As files hold it.
    #[cfg(any(feature = "train", test))]
    pub(crate) fn bytes(self) -> [u8; Self::BYTES] {
        let [a, b, c, d, e, ..] = self.0.to_le_bytes();
        [a, b, c, d, e]
    }

    /// Whether it is of a kind there is, and holds no stem where that has none.
    pub(crate) fn is_one(self) -> bool {
        self.0 >> 32 <= SKIP && (self.stems().1.is_some() || self.0 as StemId == 0)
    }

    /// The stems the feature is made of; the second only for pairs.
    pub(crate) const fn stems(self) -> (StemId, Option<StemId>) {
        let (a, b) = ((self.0 >> 16) as StemId, self.0 as StemId);
        match self.0 >> 32 {
            BIGRAM | SKIP => (a, Some(b)),
            _ => (a, None),
        }
    }

    /// The same kind of feature with other ids, after the vocabulary was cut.
    #[cfg_attr(not(feature = "train"), expect(dead_code, reason = "training cuts vocabularies"))]
    pub(crate) fn renumber(self, new: impl Fn(StemId) -> Option<StemId>) -> Option<Self> {
        let kind = self.0 >> 32;
        let (a, b) = self.stems();
        let b = match b {
            Some(b) => new(b)?,
            None => 0,
        };
        Some(Self::new(kind, new(a)?, b))
    }

    /// How people read it: `product roadmap`, `own _ roadmap`, `^ lead`.
    #[cfg(test)]
    pub(crate) fn name(self, stems: &[Box<str>]) -> String {
        let stem = |id: StemId| stems.get(id as usize).map_or("?", |s| s);
        let (a, b) = self.stems();
        match (self.0 >> 32, b) {
            (SKIP, Some(b)) => format!("{} _ {}", stem(a), stem(b)),
            (_, Some(b)) => format!("{} {}", stem(a), stem(b)),
            (_, None) => stem(a).to_owned(),
        }
    }
}

/// Calls `sink` with every feature of a segment and the first and last token
/// (inclusive, counted within `tokens`) it is made of. `opening` is the stem that stands
/// for a segment's beginning.
pub(crate) fn emit(
    tokens: &[Token],
    (settings, opening): (EmitSettings, StemId),
    mut sink: impl FnMut(Feature, usize, usize),
) {
    let known = |id: StemId| id < ROLE;
    if let Some(first) = tokens.first().filter(|first| known(first.id) && settings.first_word) {
        sink(Feature::bigram(opening, first.id), 0, 0);
    }
    for (at, token) in tokens.iter().enumerate() {
        if !known(token.id) {
            continue;
        }
        if settings.unigrams {
            sink(Feature::unigram(token.id), at, at);
        }
        let next = tokens.get(at + 1).map_or(UNKNOWN, |t| t.id);
        if settings.bigrams && known(next) {
            sink(Feature::bigram(token.id, next), at, at + 1);
        }
        if settings.skip_grams && next != ROLE {
            let after = tokens.get(at + 2).map_or(UNKNOWN, |t| t.id);
            if known(after) {
                sink(Feature::skip_gram(token.id, after), at, at + 2);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_of_a_segment() {
        let token = |id| Token { start: 0, end: 0, id, clause: false, flags: 0 };
        let tokens = [token(1), token(2), token(ROLE), token(3), token(UNKNOWN), token(4)];
        let all = EmitSettings { unigrams: true, bigrams: true, skip_grams: true, first_word: true };
        let stems: Vec<Box<str>> = ["^", "one", "two", "three", "four"].map(Box::from).to_vec();
        let mut names = Vec::new();
        emit(&tokens, (all, 0), |feature, _, _| names.push(feature.name(&stems)));
        assert_eq!(names, ["^ one", "one", "one two", "two", "three", "three _ four", "four"]);
        let (mut plain, first) = (0, EmitSettings { skip_grams: false, ..all });
        emit(&tokens[2..], (first, 0), |_, _, _| plain += 1);
        assert_eq!(plain, 2, "nothing is paired with a role's name");
    }
}
