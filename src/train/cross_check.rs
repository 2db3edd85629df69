//! The fit compared with scikit-learn: the same counts must give the same weights.
//!
//! `tests/sklearn/reference.json` has the counts of the small corpus below and the weights
//! that scikit-learn's `MultinomialNB` fits to them. To regenerate it after a change of the
//! features or of the smoothing:
//!
//! ```text
//! cargo test --lib write_counts -- --ignored
//! python tests/sklearn/reference.py
//! ```

use std::path::PathBuf;

use super::count::Counts;
use super::vocabulary::vocabulary;
use super::{Fitted, fitted};
use crate::corpus::counts::RealCounts;
use crate::corpus::{Corpus, DutyEntry, Topic, TrainingLine};
use crate::model::hyperparameters::Hyperparameters;
use crate::model::{ByLens, Duty, Kind, LANES, Lens};

/// A unit: its id, its kinds in the consensus and in the guide, its family, and its lines.
type Unit = (&'static str, Kind, Option<Kind>, &'static str, &'static [&'static str]);

const UNITS: [Unit; 7] = [
    (
        "roadmap",
        Kind::Pm,
        None,
        "roadmap",
        &[
            "Own the roadmap and rank the backlog before every sprint",
            "Decide with engineers what the team builds next and what it does not",
            "Own the requirements of each release and accept the finished work",
        ],
    ),
    (
        "stories",
        Kind::Pm,
        Some(Kind::Shared),
        "roadmap",
        &["Write user stories and acceptance criteria with engineers", "Refine user stories before every sprint"],
    ),
    (
        "launch",
        Kind::Pmm,
        None,
        "launch",
        &[
            "Write positioning and messaging for every launch",
            "Own the go-to-market plan and the launch calendar",
            "Train sales with battlecards and a launch kit, launch by launch",
        ],
    ),
    ("market", Kind::Shared, Some(Kind::Pmm), "market", &["Know the market, its buyers and what competitors sell"]),
    (
        "holiday",
        Kind::Filler,
        None,
        "benefits",
        &["We offer thirty days of holiday and health insurance", "Send a letter to the team before the end of May"],
    ),
    (
        "helpdesk",
        Kind::Other,
        None,
        "support",
        &["Answer support tickets and write help articles", "Keep the calendar of the support team"],
    ),
    ("media", Kind::Other, None, "marketing", &["Own the campaign calendar and the media budget of every market"]),
];

fn corpus() -> Corpus {
    let mut corpus = Corpus { items: Vec::new(), duties: Vec::new(), topics: Vec::new(), lines: Vec::new() };
    for (id, kind, guide, family, lines) in UNITS {
        let id = id.to_owned();
        if matches!(kind, Kind::Other | Kind::Filler) {
            corpus.topics.push(Topic { id: id.clone(), kind, family: family.to_owned(), line: 0 });
        } else {
            let mut kinds = ByLens::default();
            (kinds[Lens::Consensus], kinds[Lens::Guide]) = (Some(kind), guide);
            let duty = Duty { id: id.clone(), name: id.clone(), theme: family.to_owned(), kinds };
            corpus.duties.push(DutyEntry { duty, items: Vec::new(), note: String::new(), line: 0 });
        }
        let line = |text: &&str| TrainingLine { kind, id: id.clone(), text: (*text).to_owned(), line: 0 };
        corpus.lines.extend(lines.iter().map(line));
    }
    corpus
}

/// Real counts of every feature of the corpus: a line or a few of one kind each.
fn real_counts(corpus: &Corpus) -> RealCounts {
    let employers = ["a", "b", "c", "d", "e"];
    let texts = corpus.lines.iter().flat_map(|line| employers.map(|employer| (line.text.as_str(), employer)));
    let mut features = vocabulary(texts, 5);
    for (at, feature) in features.iter_mut().enumerate() {
        feature.lines[at % 5] = (at % 7) as f32;
    }
    RealCounts { head: Vec::new(), features }
}

/// The fits through the consensus and the guide, with settings of their own: the reference
/// must not depend on the model's.
fn fits() -> [Fitted; 2] {
    let hyperparameters = Hyperparameters { alpha: 0.5, shrinkage: 12.0, written_weight: 0.75, titled_weight: 0.0 };
    let corpus = corpus();
    let real = real_counts(&corpus);
    let counts = Counts::of(&corpus, &real).unwrap();
    let fit = |lens| fitted(&corpus, (&counts, &real), &hyperparameters, (lens, LANES)).unwrap();
    [Lens::Consensus, Lens::Guide].map(fit)
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/sklearn").join(name)
}

#[derive(serde::Deserialize)]
struct Reference {
    fits: Vec<ReferenceFit>,
}

#[derive(serde::Deserialize)]
struct ReferenceFit {
    counts: Vec<Vec<f64>>,
    log_probabilities: Vec<Vec<f64>>,
}

/// Largest absolute difference of two tables of the same shape.
fn distance(a: &[Vec<f64>], b: &[Vec<f64>]) -> f64 {
    assert_eq!(a.len(), b.len(), "number of classes");
    let rows = a.iter().zip(b).flat_map(|(a, b)| {
        assert_eq!(a.len(), b.len(), "number of features");
        a.iter().zip(b).map(|(a, b)| (a - b).abs())
    });
    rows.fold(0.0, f64::max)
}

#[test]
fn weights_match_scikit_learn() {
    let text = std::fs::read_to_string(path("reference.json")).unwrap();
    let reference: Reference = serde_json::from_str(&text).unwrap();
    let fits = fits();
    assert_eq!(reference.fits.len(), fits.len());
    for (expected, found) in reference.fits.iter().zip(&fits) {
        assert!(found.counts.len() == 7 && found.counts[0].len() > 40, "7 classes and more than 40 features");
        let counts = distance(&expected.counts, &found.counts);
        assert!(counts < 1e-12, "the counts differ from the reference; regenerate it ({counts})");
        let weights = distance(&expected.log_probabilities, &found.log_probabilities);
        assert!(weights < 1e-9, "{weights}");
    }
    assert!(distance(&fits[0].log_probabilities, &fits[1].log_probabilities) > 0.1, "the lenses differ");
}

#[test]
#[ignore = "writes the input of tests/sklearn/reference.py"]
fn write_counts() {
    let fits: Vec<_> = fits()
        .into_iter()
        .map(|fit| {
            let groups: Vec<_> = fit.groups.into_iter().map(|group| group.name).collect();
            serde_json::json!({ "groups": groups, "counts": fit.counts })
        })
        .collect();
    let text = serde_json::to_string(&serde_json::json!({ "alpha": 0.5, "fits": fits })).unwrap();
    std::fs::write(path("counts.json"), text + "\n").unwrap();
}
