//! The places of a verdict in the posting: they are within it, between characters, in order,
//! and hold what the verdict says.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use rolecall::explain::highlight;
use rolecall::{Classifier, Options, Scratch, Span};

static CLASSIFIER: LazyLock<Classifier> = LazyLock::new(|| {
    Classifier::builtin().expect("a sound model").with_options(Options::default().phrases(usize::MAX))
});

fuzz_target!(|posting: &str| {
    let of = |span: Span| posting.get(span.start..span.end).expect("a place in the posting");
    let verdict = CLASSIFIER.classify(posting);
    for found in &verdict.evidence {
        assert!(!of(found.span).is_empty());
        assert!(of(found.line).len() >= found.span.end - found.span.start);
        assert!(found.line.start <= found.span.start && found.span.end <= found.line.end);
        for keyword in &found.keywords {
            of(keyword.span);
            assert!(found.span.start <= keyword.span.start && keyword.span.end <= found.span.end);
        }
    }
    for ignored in &verdict.ignored {
        of(ignored.span);
    }
    for partner in &verdict.partners {
        of(partner.span);
    }
    let sum: f64 = verdict.probabilities.pm + verdict.probabilities.pmm + verdict.probabilities.hybrid
        + verdict.probabilities.unclear;
    assert!((sum - 1.0).abs() < 1e-6, "{sum}");
    let mut end = 0;
    for line in CLASSIFIER.lines(&mut Scratch::new(), posting) {
        of(line.span);
        assert!(line.span.start >= end, "lines are in order");
        end = line.span.end;
    }
    let pieces: String = highlight(posting, &verdict).iter().map(|piece| of(piece.span)).collect();
    assert_eq!(pieces, posting);
});
