//! Cross-fitting: every text is scored by a model trained without its employer, or its source.
//!
//! Employers are split into [`FOLDS`] folds. The model of a fold is counted and trained without the
//! fold's employers. A splice of two postings is scored by a model trained without the employers of
//! both. Sources likewise.
//!
//! Calibrations are fitted without the fold, too, with two exceptions: a splice of two folds is judged
//! with the calibration of the first, which has seen other postings of the second; and the feed is
//! judged with the calibration fitted to all scores.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::calibration_fit::{FeedScore, Scored, fit};
use super::duty_metrics::DutyCounts;
use super::evidence_metrics::EvidenceCounts;
use super::experiment::Evaluation;
use super::feed::FeedMetrics;
use super::line_metrics::{JudgedLine, judged_lines, line_metrics_with};
use super::{DutyExample, Example, Experiment, LineExample, Metrics, Prediction, Unseen, kind_odds_fit, predict};
use crate::error::Error;
use crate::hash::fnv1a;
use crate::infer::{Classifier, Options, Scratch, title};
use crate::model::calibration::Calibration;
use crate::model::{ByKind, Label, TitleClaim};
use crate::train::parallel::in_parallel;
use crate::train::{Parts, train_model};

/// Number of folds.
const FOLDS: usize = 5;

/// Models trained without one or two folds, and the scores they give.
pub(super) struct CrossFit<'a> {
    experiment: &'a Experiment,
    /// By the folds left out; the same twice for a single one.
    models: BTreeMap<(usize, usize), Classifier>,
    postings: Vec<(&'a Example, Scored)>,
    splices: Vec<(&'a Example, Scored)>,
    lines: Vec<JudgedLine>,
    feed: Vec<FeedScore>,
}

/// The fold of an employer or a source (FNV-1a of its name in lower case).
fn fold(name: &str) -> usize {
    let name = name.to_lowercase();
    (fnv1a(name.bytes().map(u64::from)) >> 32) as usize % FOLDS
}

impl<'a> CrossFit<'a> {
    /// Trains the models and scores every text.
    pub(super) fn new(experiment: &'a Experiment) -> Result<Self, Error> {
        let folds_of: BTreeMap<&str, usize> =
            experiment.labeled.iter().map(|posting| (posting.id.as_str(), experiment.fold_of(posting))).collect();
        let splice_folds = |splice: &Example| -> Option<(usize, usize)> {
            let folds: BTreeSet<usize> =
                splice.parts.iter().filter_map(|part| folds_of.get(part.as_str()).copied()).collect();
            match folds.into_iter().collect::<Vec<_>>()[..] {
                [a] => Some((a, a)),
                [a, b] => Some((a, b)),
                _ => None,
            }
        };
        let mut left_out: BTreeSet<(usize, usize)> = (0..FOLDS).map(|fold| (fold, fold)).collect();
        left_out.extend(experiment.splices.iter().filter_map(splice_folds));
        let left_out: Vec<_> = left_out.into_iter().collect();
        // Models that leave out two folds judge splices alone, of which no duties are measured.
        let parts = |(a, b)| if a == b { Parts::ConsensusAndDuties } else { Parts::Consensus };
        let models = experiment.train_without(&left_out, parts, |posting| experiment.fold_of(posting))?;
        let models = left_out.into_iter().zip(models).collect();
        let mut fit =
            Self { experiment, models, postings: Vec::new(), splices: Vec::new(), lines: Vec::new(), feed: Vec::new() };
        let labeled = experiment.labeled.iter().filter(|posting| posting.label.is_some()).map(|posting| {
            let fold = experiment.fold_of(posting);
            (posting, fit.scored(posting, (fold, fold)))
        });
        fit.postings = labeled.collect();
        let splices = experiment.splices.iter();
        fit.splices = splices.filter_map(|splice| Some((splice, fit.scored(splice, splice_folds(splice)?)))).collect();
        for fold_left in 0..FOLDS {
            let (own, lines, _) = experiment.fold(fold_left);
            let model = &fit.models[&(fold_left, fold_left)];
            let calibration = Calibration { kind_odds: ByKind::splat(1.0), ..experiment.calibration.clone() };
            let judged = judged_lines(&model.with_calibration(calibration), &lines, &own);
            fit.lines.extend(judged.into_iter().map(|line| JudgedLine { fold: fold_left, ..line }));
        }
        let labeled: BTreeSet<&str> = experiment.labeled.iter().map(|example| example.id.as_str()).collect();
        let unlabeled = experiment.titled.iter().filter(|example| !labeled.contains(example.id.as_str()));
        fit.feed = feed(unlabeled, |example| {
            let fold = experiment.fold_of(example);
            &fit.models[&(fold, fold)]
        });
        Ok(fit)
    }

    fn scored(&self, example: &Example, folds: (usize, usize)) -> Scored {
        let scores = self.models[&folds].scores(&mut Scratch::new(), &example.text);
        Scored {
            scores,
            label: example.label.unwrap_or(Label::Unclear),
            share: example.share,
            claim: claim_of(example),
            folds,
        }
    }

    /// The calibration fitted to all scores, or to all but those of a fold. The scores of the feed are
    /// always used.
    pub(super) fn fit_without(&self, left_out: Option<usize>) -> Calibration {
        let kept = |scored: &Scored| left_out.is_none_or(|fold| scored.folds.0 != fold && scored.folds.1 != fold);
        let keep = |set: &[(&Example, Scored)]| -> Vec<Scored> {
            set.iter().map(|(_, scored)| scored).filter(|scored| kept(scored)).cloned().collect()
        };
        let lines: Vec<_> = self.lines.iter().filter(|line| Some(line.fold) != left_out).collect();
        let base = &self.experiment.calibration;
        let kind_odds = if lines.is_empty() { base.kind_odds } else { kind_odds_fit::fit(&lines) };
        Calibration { kind_odds, ..fit(base, &keep(&self.postings), &keep(&self.splices), &self.feed) }
    }

    /// The metrics. A text is judged with the calibration fitted without its fold; a splice of two folds,
    /// without the first; the feed, with `fitted`.
    pub(super) fn evaluate(&self, fitted: &Calibration) -> Evaluation {
        let calibrations: Vec<Calibration> = (0..FOLDS).map(|fold| self.fit_without(Some(fold))).collect();
        let calibrated: BTreeMap<(usize, usize), Classifier> = self
            .models
            .iter()
            .map(|(folds, model)| (*folds, model.with_calibration(calibrations[folds.0].clone())))
            .collect();
        let predictions = |set: &[(&Example, Scored)], with_title: bool| -> Vec<Prediction> {
            let options = Options::default().title(with_title);
            set.iter()
                .flat_map(|(example, scored)| {
                    let classifier = calibrated[&scored.folds].clone().with_options(options);
                    predict(&classifier, std::slice::from_ref(*example))
                })
                .collect()
        };
        let (mut evidence, mut duties) = (EvidenceCounts::default(), DutyCounts::default());
        for fold_left in 0..FOLDS {
            let (postings, lines, named) = self.experiment.fold(fold_left);
            let classifier = &calibrated[&(fold_left, fold_left)];
            evidence.add(classifier, &lines, &postings);
            duties.add(classifier, &named);
        }
        Evaluation {
            evidence: evidence.metrics(),
            duties: (!self.experiment.duties.is_empty()).then(|| duties.metrics()),
            postings: Metrics::of(&predictions(&self.postings, true)),
            by_duties: Metrics::of(&predictions(&self.postings, false)),
            splices: Metrics::of(&predictions(&self.splices, false)),
            lines: line_metrics_with(&self.lines, |line| calibrations[line.fold].kind_odds),
            feed: FeedMetrics::of(&self.feed, fitted),
        }
    }
}

impl Experiment {
    /// The fold of a posting.
    fn fold_of(&self, posting: &Example) -> usize {
        let by_source = self.unseen == Unseen::Source && !posting.source.is_empty();
        fold(if by_source { &posting.source } else { &posting.employer })
    }

    /// The labeled postings of a fold, their lines, and their lines labeled with duties.
    fn fold(&self, number: usize) -> (Vec<Example>, Vec<LineExample>, Vec<DutyExample>) {
        let own: Vec<Example> =
            self.labeled.iter().filter(|example| self.fold_of(example) == number).cloned().collect();
        let ids: BTreeSet<&str> = own.iter().map(|example| example.id.as_str()).collect();
        let lines = self.lines.iter().filter(|line| ids.contains(line.posting.as_str())).cloned().collect();
        let duties = self.duties.iter().filter(|line| ids.contains(line.posting.as_str())).cloned().collect();
        (own, lines, duties)
    }

    /// A classifier for each of `left_out`, trained without the postings of these one or two folds.
    fn train_without(
        &self,
        left_out: &[(usize, usize)],
        parts: impl Fn((usize, usize)) -> Parts + Sync,
        fold_of: impl Fn(&Example) -> usize + Sync,
    ) -> Result<Vec<Classifier>, Error> {
        let counter = self.counter()?;
        let parameters = (&self.hyperparameters, &self.calibration);
        in_parallel(left_out, |&(a, b)| {
            let keep = |posting: &Example| ![a, b].contains(&fold_of(posting));
            let counts = counter.count_postings((&self.corpus, parameters.0, parameters.1), keep)?;
            let model = train_model(&self.corpus, &counts, parameters, parts((a, b)))?;
            Ok(Classifier::new(Arc::new(model)))
        })
    }

    /// Metrics on the titled postings as a feed, each judged by a model trained without its
    /// source.
    ///
    /// # Errors
    /// When a model cannot be trained.
    pub fn feed_by_source(&self) -> Result<FeedMetrics, Error> {
        let fold_of = |posting: &Example| fold(&posting.source);
        let folds: Vec<_> = (0..FOLDS).map(|fold| (fold, fold)).collect();
        let classifiers = self.train_without(&folds, |_| Parts::Consensus, fold_of)?;
        let feed = feed(self.titled.iter(), |example| &classifiers[fold_of(example)]);
        Ok(FeedMetrics::of(&feed, &self.calibration))
    }
}

/// The scores of the postings whose title claims a role or another occupation.
fn feed<'a, 'c>(
    postings: impl Iterator<Item = &'a Example>,
    classifier: impl Fn(&Example) -> &'c Classifier,
) -> Vec<FeedScore> {
    let mut scratch = Scratch::new();
    let score = |example: &Example| {
        let claim = claim_of(example);
        matches!(claim, TitleClaim::Pm | TitleClaim::Pmm | TitleClaim::Other)
            .then(|| FeedScore { scores: classifier(example).scores(&mut scratch, &example.text), claim })
    };
    postings.filter_map(score).collect()
}

/// What the title of an example claims.
fn claim_of(example: &Example) -> TitleClaim {
    example.title.as_deref().map_or(TitleClaim::None, title::claim)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::aggregate::Scores;
    use crate::model::Kind;

    #[test]
    fn a_feed_has_the_postings_with_plain_titles() {
        let titles = [Some("Product Manager"), None, Some("PM & Product"), Some("PMM"), Some("Nurse")];
        let posting = |title: Option<&str>| Example {
            title: title.map(str::to_owned),
            text: "Own the roadmap".to_owned(),
            ..Example::default()
        };
        let classifier = Classifier::builtin().unwrap();
        let claims: Vec<_> =
            feed(titles.map(posting).iter(), |_| &classifier).iter().map(|score| score.claim).collect();
        assert_eq!(claims, [TitleClaim::Pm, TitleClaim::Pmm, TitleClaim::Other]);
    }

    /// Expected: the high half of the hash, computed in Python, modulo 5.
    #[test]
    fn employers_are_spread_over_the_folds() {
        for (name, expected) in
            [("Acme", 0), ("acme", 0), ("ACME", 0), ("Umbrella", 1), ("Initech", 2), ("Vandelay", 2), ("", 4)]
        {
            assert_eq!(fold(name), expected, "{name}");
        }
    }

    fn posting(text: &str, source: &str) -> Example {
        Example { id: text.to_owned(), employer: text.to_owned(), source: source.to_owned(), ..Example::default() }
    }

    #[test]
    fn a_fold_has_the_postings_of_its_employers_or_sources() {
        let line = |posting: &str| LineExample {
            posting: posting.to_owned(),
            number: 0,
            kind: Kind::Pm,
            text: format!("of {posting}"),
        };
        let mut experiment = Experiment::of_nothing();
        experiment.labeled = vec![posting("Acme", "Umbrella"), posting("Umbrella", "Acme"), posting("Initech", "")];
        experiment.lines = ["Acme", "Umbrella", "Initech", "Acme"].map(line).into();
        let of = |experiment: &Experiment, number| {
            let (postings, lines, _) = experiment.fold(number);
            let (ids, lines) = (postings.iter().map(|p| p.id.as_str()), lines.iter().map(|line| line.posting.as_str()));
            (ids.collect::<Vec<_>>().join(" "), lines.collect::<Vec<_>>().join(" "))
        };
        let found = |experiment: &Experiment| [0, 1, 2, 3].map(|number| of(experiment, number));
        let [acme, umbrella, initech, none] =
            [("Acme", "Acme Acme"), ("Umbrella", "Umbrella"), ("Initech", "Initech"), ("", "")]
                .map(|(ids, lines)| (ids.to_owned(), lines.to_owned()));
        assert_eq!(found(&experiment), [acme.clone(), umbrella.clone(), initech.clone(), none.clone()]);
        // A posting without a source is in the fold of its employer.
        assert_eq!(found(&experiment.unseen(Unseen::Source)), [umbrella, acme, initech, none]);
    }

    /// The scores of texts of these folds, the lines of each fold, and a calibration to start from.
    #[test]
    fn a_calibration_is_fitted_without_the_texts_of_a_fold() {
        let example = posting("Acme", "");
        let scored = |pm, pmm, label, folds| {
            let product = if label == Label::Unclear { -1.0 } else { 1.0 + pm / 10.0 };
            let scores = Scores { pm, pmm, product, ..Scores::default() };
            Scored { scores, label, share: Some(pm / (pm + pmm)), claim: TitleClaim::None, folds }
        };
        let postings = [
            scored(8.0, 0.5, Label::Pm, (0, 0)),
            scored(3.0, 2.0, Label::Pm, (0, 0)),
            scored(0.5, 6.0, Label::Pmm, (1, 1)),
            scored(0.5, 0.1, Label::Unclear, (1, 1)),
            scored(6.0, 2.5, Label::Hybrid, (2, 2)),
            scored(5.0, 1.0, Label::Pm, (2, 2)),
        ];
        let splices = [
            scored(4.0, 4.0, Label::Hybrid, (0, 1)),
            scored(7.0, 1.0, Label::Hybrid, (0, 2)),
            scored(1.0, 5.0, Label::Hybrid, (1, 2)),
        ];
        let line = |fold, kind, likely: [f64; 5]| JudgedLine { kind, fold, sentences: vec![(likely.into(), 10.0)] };
        let lines = [
            line(0, Kind::Pm, [0.9, 0.0, 0.0, 0.0, 0.1]),
            line(1, Kind::Other, [0.0, 0.0, 0.0, 0.3, 0.7]),
            line(2, Kind::Filler, [0.0, 0.0, 0.0, 0.01, 0.99]),
        ];
        let mut experiment = Experiment::of_nothing();
        experiment.calibration.kind_odds = ByKind::splat(7.0);
        let with = |set: &[Scored]| set.iter().map(|scored| (&example, scored.clone())).collect::<Vec<_>>();
        let of = |lines: &[JudgedLine], left_out| {
            let (postings, splices, lines) = (with(&postings), with(&splices), lines.to_vec());
            let (models, feed) = (BTreeMap::new(), Vec::new());
            CrossFit { experiment: &experiment, models, postings, splices, lines, feed }.fit_without(left_out)
        };
        let pick = |set: &[Scored], at: &[usize]| at.iter().map(|at| set[*at].clone()).collect::<Vec<_>>();
        for (left_out, own_postings, own_splices, own_lines) in [
            (None, &[0, 1, 2, 3, 4, 5][..], &[0, 1, 2][..], &[0, 1, 2][..]),
            (Some(0), &[2, 3, 4, 5], &[2], &[1, 2]),
            (Some(1), &[0, 1, 4, 5], &[1], &[0, 2]),
            (Some(2), &[0, 1, 2, 3], &[0], &[0, 1]),
        ] {
            let fitted =
                fit(&experiment.calibration, &pick(&postings, own_postings), &pick(&splices, own_splices), &[]);
            let odds = kind_odds_fit::fit(&own_lines.iter().map(|at| &lines[*at]).collect::<Vec<_>>());
            let expected = Calibration { kind_odds: odds, ..fitted.clone() };
            assert_eq!(of(&lines, left_out), expected, "without {left_out:?}");
            assert_eq!(of(&[], left_out), fitted, "without {left_out:?} and lines");
        }
    }
}
