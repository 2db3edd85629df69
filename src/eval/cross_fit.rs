//! Cross-fitting: every text is scored by a model trained without its employer, or its source.
//!
//! Employers are split into [`FOLDS`] folds. The model of a fold is counted and trained
//! without the fold's employers; a splice of two postings is scored by a model trained
//! without the employers of both. Sources likewise.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::calibration_fit::{FeedScore, Scored, fit};
use super::duty_metrics::DutyCounts;
use super::evidence_metrics::EvidenceCounts;
use super::experiment::Evaluation;
use super::feed::FeedMetrics;
use super::line_metrics::{JudgedLine, judged_lines, line_metrics_with};
use super::{DutyExample, Example, Experiment, LineExample, Metrics, Prediction, Unseen, predict, thresholds};
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
        // Only models that leave out one fold name duties.
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

    /// The calibration fitted to all scores, or without those of a fold. The feed is always used.
    pub(super) fn fit_without(&self, left_out: Option<usize>) -> Calibration {
        let kept = |scored: &Scored| left_out.is_none_or(|fold| scored.folds.0 != fold && scored.folds.1 != fold);
        let keep = |set: &[(&Example, Scored)]| -> Vec<Scored> {
            set.iter().map(|(_, scored)| scored).filter(|scored| kept(scored)).cloned().collect()
        };
        let lines: Vec<_> = self.lines.iter().filter(|line| Some(line.fold) != left_out).collect();
        let base = &self.experiment.calibration;
        let kind_odds = if lines.is_empty() { base.kind_odds } else { thresholds::fit(&lines) };
        Calibration { kind_odds, ..fit(base, &keep(&self.postings), &keep(&self.splices), &self.feed) }
    }

    /// Metrics of each text with the calibration fitted without its fold; those of the feed with
    /// `fitted`.
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

/// The scores of the postings whose title makes a plain claim.
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
