//! Judging segments: log-likelihoods by group, then posteriors of kinds.

use fearless_simd::{Level, dispatch};

use super::aggregate::damping;
use super::likelihood::Sums;
use super::scratch::Scratch;
use crate::model::{ByKind, Kind, LANES, Model, PM, PMM, Row, UNITS};
use crate::text::Section;
use crate::tokenize::Token;
use crate::tokenize::stemmer::{Lookup, Stems, english};
use crate::tokenize::tokenizer::scan;

/// A segment with its scores.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScoredLine {
    /// Sums of weights by group, in units.
    pub sums: [i32; LANES],
    /// Features that the model knows.
    pub known: u32,
    /// Words.
    pub words: u32,
    /// Weight of the segment against others of its length.
    pub weight: f32,
    /// Posterior of each kind.
    pub kinds: ByKind<f64>,
    /// How much of its log-odds counts for its role: gate times damping. Points of a
    /// phrase are this times its own log-odds.
    pub damping: f64,
}

impl ScoredLine {
    /// A segment of so many words and such a weight.
    #[inline]
    fn of(words: usize, sums: Sums, weight: f32) -> Self {
        Self {
            sums: sums.by_group,
            known: sums.known,
            words: words as u32,
            weight,
            kinds: ByKind::splat(0.0),
            damping: 0.0,
        }
    }

    /// Log-odds of group `a` against group `b`.
    pub(crate) fn log_odds(&self, a: usize, b: usize) -> f64 {
        f64::from(self.sums[a] - self.sums[b]) / UNITS
    }

    /// The better of the two roles' sums, in units.
    pub(crate) fn best_role(&self) -> i32 {
        self.sums[PM].max(self.sums[PMM])
    }

    /// Words, weighted by the section they stand in.
    pub(crate) fn size(&self) -> f64 {
        f64::from(self.words) * f64::from(self.weight)
    }

    /// What it is called: the most probable kind, with each favoured by its `odds`.
    pub(crate) fn kind(&self, odds: &ByKind<f64>) -> Kind {
        ByKind::from_fn(|kind| self.kinds[kind] * odds[kind]).largest()
    }
}

/// Probabilities of the kinds, which come to 1, with each favoured by its `odds`.
pub(crate) fn favoured(kinds: &ByKind<f64>, odds: &ByKind<f64>) -> ByKind<f64> {
    let kinds = ByKind::from_fn(|kind| kinds[kind] * odds[kind]);
    // One of them at least is above 0.
    let total: f64 = kinds.values().iter().sum();
    kinds.map(|kind| kind / total)
}

/// Reads `text` (already cleaned) into tokens, segments and scores; with `tell`, into
/// the parts that evidence is found among, too.
pub(crate) fn judge(model: &Model, rows: &[Row], text: &str, scratch: &mut Scratch, tell: bool) {
    let Scratch { tokens, segments, partners, judged, parts, memo, posteriors, lead, .. } = scratch;
    tokens.clear();
    segments.clear();
    judged.clear();
    let stemmer = english();
    let stems = Stems { table: &model.stems, stemmer: &stemmer };
    let mut lookup = Lookup { memo, stems, names: model.mask.first_stems() };
    scan(text, &mut lookup, tokens, segments);
    model.mask.apply(text, tokens, segments, partners);
    if !model.settings.by_line
        && let (Some(first), Some(last)) = (segments.first().copied(), segments.last().copied())
    {
        segments.clear();
        segments.push(crate::tokenize::Segment { last: last.last, ..first });
    }
    let (index, opening) = (&model.index, model.mask.opening());
    // A label needs no list of the features.
    if tell {
        parts.find(index, opening, tokens, segments);
    }
    let mut section = Section::Unknown;
    for (at, segment) in segments.iter().enumerate() {
        let own = &tokens[segment.first as usize..segment.last as usize];
        if let Some(opened) = heading(text, own) {
            section = opened;
        }
        let sums =
            if tell { Sums::of_places(rows, parts.places(at)) } else { Sums::of_words(rows, index, opening, own) };
        let weight = if section == Section::Requirements { model.calibration.requirement_weight as f32 } else { 1.0 };
        judged.push(ScoredLine::of(own.len(), sums, weight));
    }
    dispatch!(Level::new(), _ => posteriors.find(model, judged));
    lead.set(model.calibration.saturation);
    for segment in judged {
        segment.damping = damping(segment, &model.calibration, lead);
    }
}

/// The section a segment opens when it is a heading.
#[inline(never)]
fn heading(text: &str, tokens: &[Token]) -> Option<Section> {
    let (first, last) = (tokens.first()?, tokens.last()?);
    if tokens.len() > Section::MAX_WORDS || no_heading(text.as_bytes(), tokens) {
        return None;
    }
    Section::opened(text, first.start as usize..last.end as usize)
}

/// Whether it takes only a look at what stands around the words to see that they are no
/// heading, as with most lines.
fn no_heading(text: &[u8], tokens: &[Token]) -> bool {
    let byte = |at: usize| text.get(at).copied().unwrap_or(b'\n');
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return true };
    let (before, behind) = (byte((first.start as usize).wrapping_sub(1)), byte(last.end as usize));
    if matches!(behind, b'.' | b';' | b',') && byte(last.end as usize + 1).is_ascii_whitespace() {
        return true;
    }
    // With no mark on either side it has few words or no small letter.
    let blank = |byte: u8| matches!(byte, b' ' | b'\n');
    let words = tokens[1..].iter().filter(|token| blank(byte(token.start as usize - 1))).count() + 1;
    blank(before)
        && behind.is_ascii_whitespace()
        && words > Section::FEW_WORDS
        && tokens.iter().any(|token| byte(token.end as usize - 1).is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::posterior::Posteriors;
    use crate::random::numbers;

    /// Sums as of segments of a posting, of so many lines.
    fn some_lines(lines: u32) -> Vec<ScoredLine> {
        let mut next = numbers(lines);
        let mut line = || {
            let by_group = std::array::from_fn(|_| (next() % 400) as i32 - 300);
            ScoredLine::of(1 + next() as usize % 40, Sums { by_group, known: next() % 3 * 7 }, 1.0)
        };
        (0..lines).map(|_| line()).collect()
    }

    #[test]
    fn instructions_of_the_machine_change_no_digit() {
        let model = crate::model::builtin::model().unwrap();
        for lines in [0, 1, 2, 7, 8, 9, 40, 333] {
            let mut plain = some_lines(lines);
            let mut wide = plain.clone();
            // Not by way of `dispatch!`: only what every machine has.
            Posteriors::default().find(&model, &mut plain);
            let mut posteriors = Posteriors::default();
            dispatch!(Level::new(), _ => posteriors.find(&model, &mut wide));
            let bits =
                |judged: &[ScoredLine]| judged.iter().map(|line| line.kinds.map(f64::to_bits)).collect::<Vec<_>>();
            assert_eq!(bits(&plain), bits(&wide), "{lines} lines");
        }
    }

    #[test]
    fn odds_decide_what_a_line_is_called() {
        let own =
            ScoredLine { kinds: [0.1, 0.0, 0.0, 0.3, 0.6].into(), ..ScoredLine::of(8, Sums::of_places(&[], &[]), 1.0) };
        assert_eq!(own.kind(&[1.0; 5].into()), Kind::Filler);
        assert_eq!(own.kind(&[1.0, 1.0, 1.0, 1.0, 0.4].into()), Kind::Other);
        assert_eq!(own.kind(&[10.0, 1.0, 1.0, 1.0, 0.4].into()), Kind::Pm);
        let favoured = favoured(&own.kinds, &[10.0, 1.0, 1.0, 1.0, 0.5].into());
        for (found, expected) in favoured.values().iter().zip([1.0, 0.0, 0.0, 0.3, 0.3]) {
            assert!((found - expected / 1.6).abs() < 1e-12, "{favoured:?}");
        }
    }
}
