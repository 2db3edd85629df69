//! A posting cut into pieces by what is said of them.

use crate::infer::{Reason, Verdict};
use crate::text::Span;

/// A piece of a posting. The pieces in a row are the whole posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Piece {
    /// Where it stands.
    pub span: Span,
    /// The phrase of the verdict's evidence it belongs to, by place.
    pub evidence: Option<usize>,
    /// The partner mention it belongs to, by place.
    pub partner: Option<usize>,
    /// The ignored part it belongs to, by place. The marks that close it belong to it.
    pub ignored: Option<usize>,
}

/// Cuts `posting` where anything that `verdict` says of it begins or ends. A posting
/// that is not in English is one piece: nothing that was found in it means anything.
#[must_use]
pub fn highlight(posting: &str, verdict: &Verdict) -> Vec<Piece> {
    if verdict.reason == Some(Reason::NotEnglish) {
        return vec![Piece { span: Span::new(0, posting.len()), evidence: None, partner: None, ignored: None }];
    }
    let mut evidence = Layer::new(verdict.evidence.iter().map(|phrase| phrase.span));
    let mut partners = Layer::new(verdict.partners.iter().map(|partner| partner.span));
    let mut ignored = Layer::new(verdict.ignored.iter().map(|part| closed(posting, part.span)));
    let mut edges = vec![0, posting.len()];
    for layer in [&evidence, &partners, &ignored] {
        edges.extend(layer.spans.iter().flat_map(|(span, _)| [span.start, span.end]));
    }
    edges.retain(|&edge| posting.is_char_boundary(edge));
    edges.sort_unstable();
    edges.dedup();
    let piece = |pair: &[usize]| Piece {
        span: Span::new(pair[0], pair[1]),
        evidence: evidence.at(pair[0]),
        partner: partners.at(pair[0]),
        ignored: ignored.at(pair[0]),
    };
    edges.windows(2).map(piece).collect()
}

/// `span` with the full stop or bracket that closes it, which no verdict speaks of.
fn closed(posting: &str, span: Span) -> Span {
    let rest = posting.get(span.end..).unwrap_or_default();
    let marks = rest.find(|c: char| !".,;:!?)]}\"\u{2019}\u{201d}\u{2026}".contains(c)).unwrap_or(rest.len());
    Span::new(span.start, span.end + marks)
}

/// How strong a phrase is, from 1 (weak) to 3: beside the strongest, or beside a whole
/// duty line where none is as strong as that.
#[must_use]
pub fn intensity(verdict: &Verdict, evidence: usize) -> usize {
    let most = verdict.evidence.iter().map(|phrase| phrase.points).fold(1.0, f64::max);
    let points = verdict.evidence.get(evidence).map_or(0.0, |phrase| phrase.points);
    match points / most {
        part if part >= 0.6 => 3,
        part if part >= 0.25 => 2,
        _ => 1,
    }
}

/// Spans in order, asked for by places that only grow.
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

    /// The span that holds byte `at`.
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
    fn closing_marks_stay_with_their_part() {
        let closed = |text: &str, end| closed(text, Span::new(0, end)).of(text).to_owned();
        assert_eq!(closed("(we pay well). And", 12), "(we pay well).");
        assert_eq!(closed("we pay", 6), "we pay");
        assert_eq!(closed("we pay - well", 6), "we pay");
    }

    #[test]
    fn layers_answer_in_order() {
        let mut layer = Layer::new([Span::new(5, 8), Span::new(0, 2), Span::new(3, 3)].into_iter());
        let found: Vec<_> = (0..10).map(|at| layer.at(at)).collect();
        assert_eq!(found, [Some(1), Some(1), None, None, None, Some(0), Some(0), Some(0), None, None]);
    }
}
