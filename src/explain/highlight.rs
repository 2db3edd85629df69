//! A posting cut into pieces at the boundaries of phrases, partner mentions and ignored parts.

use crate::infer::{Reason, Verdict};
use crate::text::Span;

/// A piece of a posting. Joined in order, the pieces are the whole posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Piece {
    /// Its place in the posting.
    pub span: Span,
    /// Index of its phrase in [`Verdict::evidence`].
    pub evidence: Option<usize>,
    /// Strength of its phrase from 1 (weak) to 3 (strong), relative to the strongest phrase or
    /// to one point, whichever is more; 0 without a phrase.
    pub intensity: usize,
    /// Index of its partner mention in [`Verdict::partners`].
    pub partner: Option<usize>,
    /// Index of its ignored part in [`Verdict::ignored`]. The part is extended by an opening bracket or
    /// currency sign before it and punctuation after it.
    pub ignored: Option<usize>,
}

/// Cuts `posting` where a phrase, partner mention or ignored part of `verdict` begins or
/// ends. A posting that is not in English is one piece.
#[must_use]
pub fn highlight(posting: &str, verdict: &Verdict) -> Vec<Piece> {
    if verdict.reason == Some(Reason::NotEnglish) {
        let span = Span::new(0, posting.len());
        return vec![Piece { span, evidence: None, intensity: 0, partner: None, ignored: None }];
    }
    let mut evidence = Layer::new(verdict.evidence.iter().map(|phrase| phrase.span));
    let mut partners = Layer::new(verdict.partners.iter().map(|partner| partner.span));
    let mut ignored = Layer::new(verdict.ignored.iter().map(|part| with_punctuation(posting, part.span)));
    let mut edges = vec![0, posting.len()];
    for layer in [&evidence, &partners, &ignored] {
        edges.extend(layer.spans.iter().flat_map(|(span, _)| [span.start, span.end]));
    }
    edges.retain(|&edge| posting.is_char_boundary(edge));
    edges.sort_unstable();
    edges.dedup();
    let most = verdict.evidence.iter().map(|phrase| phrase.points).fold(1.0, f64::max);
    let piece = |pair: &[usize]| {
        let evidence = evidence.at(pair[0]);
        Piece {
            span: Span::new(pair[0], pair[1]),
            evidence,
            intensity: evidence.map_or(0, |at| intensity(verdict.evidence[at].points / most)),
            partner: partners.at(pair[0]),
            ignored: ignored.at(pair[0]),
        }
    };
    edges.windows(2).map(piece).collect()
}

/// `span` with opening brackets, quotes and currency signs right before it and punctuation right
/// after it.
fn with_punctuation(posting: &str, span: Span) -> Span {
    let before = posting.get(..span.start).unwrap_or_default();
    let start = before.trim_end_matches(['(', '[', '{', '\u{201c}', '\u{2018}', '$', '\u{a3}', '\u{20ac}']).len();
    let rest = posting.get(span.end..).unwrap_or_default();
    let marks = rest.find(|c: char| !".,;:!?)]}\"\u{2019}\u{201d}\u{2026}".contains(c)).unwrap_or(rest.len());
    Span::new(start, span.end + marks)
}

/// The intensity of a phrase, from its points divided by those of the strongest.
fn intensity(ratio: f64) -> usize {
    match ratio {
        ratio if ratio >= 0.6 => 3,
        ratio if ratio >= 0.25 => 2,
        _ => 1,
    }
}

/// Sorted spans, looked up at increasing offsets.
struct Layer {
    spans: Vec<(Span, usize)>,
    next: usize,
}

impl Layer {
    fn new(spans: impl Iterator<Item = Span>) -> Self {
        let mut spans: Vec<_> = spans.zip(0..).filter(|(span, _)| !span.is_empty()).collect();
        spans.sort_unstable();
        Self { spans, next: 0 }
    }

    /// Index of the span that contains byte `at`.
    fn at(&mut self, at: usize) -> Option<usize> {
        while self.spans.get(self.next).is_some_and(|(span, _)| span.end <= at) {
            self.next += 1;
        }
        self.spans.get(self.next).filter(|(span, _)| span.start <= at).map(|&(_, place)| place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_around_a_part_belongs_to_it() {
        let extended = |text: &str, end| with_punctuation(text, Span::new(0, end)).of(text).to_owned();
        assert_eq!(extended("(we pay well). And", 12), "(we pay well).");
        assert_eq!(with_punctuation("up to \u{a3}45 (net)", Span::new(8, 10)), Span::new(6, 10));
        assert_eq!(extended("we pay", 6), "we pay");
        assert_eq!(extended("we pay - well", 6), "we pay");
    }

    #[test]
    fn layers_find_spans_at_increasing_offsets() {
        let mut layer = Layer::new([Span::new(5, 8), Span::new(0, 2), Span::new(3, 3)].into_iter());
        let found: Vec<_> = (0..10).map(|at| layer.at(at)).collect();
        assert_eq!(found, [Some(1), Some(1), None, None, None, Some(0), Some(0), Some(0), None, None]);
    }
}
