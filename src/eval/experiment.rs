//! An experiment: a corpus, the parameters to train with, and labeled sets to measure on.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use super::calibration_fit::{Scored, fit, leave_one_source_out, scored};
use super::line_metrics::{JudgedLine, judged_lines, line_metrics_with};
use super::{
    Example, LineExample, LineMetrics, Metrics, Prediction, line_metrics, load, load_lines, predict, thresholds,
};
use crate::corpus::{self, Corpus};
use crate::error::{Error, ErrorKind};
use crate::infer::Classifier;
use crate::model::calibration::Calibration;
use crate::model::hyperparameters::Hyperparameters;
use crate::model::{ByKind, Kind, Label, Model};
use crate::train::{read_calibration, train_model};

/// A corpus, the parameters to train with, and labeled sets to measure on.
#[derive(Debug)]
pub struct Experiment {
    pub(super) corpus: Corpus,
    pub(super) hyperparameters: Hyperparameters,
    pub(super) calibration: Calibration,
    pub(super) postings: Vec<Example>,
    splices: Vec<Example>,
    lines: Vec<LineExample>,
}

/// Metrics on all labeled sets.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Evaluation {
    /// Real postings.
    #[serde(rename = "figures")]
    pub postings: Metrics,
    /// Texts spliced from parts of several postings.
    pub splices: Metrics,
    /// Lines of the postings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<LineMetrics>,
}

impl Experiment {
    /// Loads the corpus folder, the calibration to start from, and the labeled postings,
    /// splices and lines. Each of `set` changes one parameter: `name=value`.
    ///
    /// # Errors
    /// Files that cannot be read or are malformed, and unknown parameters.
    pub fn load(
        corpus: &Path,
        calibration: &Path,
        postings: &Path,
        splices: &Path,
        lines: Option<&Path>,
        set: &[String],
    ) -> Result<Self, Error> {
        let mut experiment = Self {
            corpus: corpus::load(corpus)?,
            hyperparameters: Hyperparameters::default(),
            calibration: read_calibration(calibration)?,
            postings: load(postings)?,
            splices: load(splices)?,
            lines: lines.map(load_lines).transpose()?.unwrap_or_default(),
        };
        for change in set {
            change.split_once('=').and_then(|(name, value)| experiment.set(name, value)).ok_or_else(|| {
                Error::new(ErrorKind::Input, format!("'{change}' is not NAME=VALUE of a known parameter"))
            })?;
        }
        Ok(experiment)
    }

    fn set(&mut self, name: &str, value: &str) -> Option<()> {
        let (s, c) = (&mut self.hyperparameters, &mut self.calibration);
        let number = || value.parse::<f64>().ok();
        match name {
            "alpha" => s.alpha = number()?,
            "shrinkage" => s.shrinkage = number()?,
            "min_lines" => s.min_lines = value.parse().ok()?,
            "min_pair_lines" => s.min_pair_lines = value.parse().ok()?,
            "temperature" => c.temperature = number()?,
            "length_temper" => c.length_temper = number()?,
            "concentration" => c.concentration = number()?,
            "saturation" => c.saturation = number()?,
            "length_exponent" => c.length_exponent = number()?,
            "requirement_weight" => c.requirement_weight = number()?,
            "persistence" => c.persistence = number()?,
            "bias_pm" => c.kind_bias[Kind::Pm] = number()?,
            "bias_pmm" => c.kind_bias[Kind::Pmm] = number()?,
            "bias_shared" => c.kind_bias[Kind::Shared] = number()?,
            "bias_other" => c.kind_bias[Kind::Other] = number()?,
            "bias_filler" => c.kind_bias[Kind::Filler] = number()?,
            _ => return None,
        }
        Some(())
    }

    /// Trains a model with the experiment's parameters.
    pub(super) fn train(&self) -> Result<Model, Error> {
        train_model(&self.corpus, &self.hyperparameters, &self.calibration)
    }

    /// Fits the calibration. Returns the calibration file and a Markdown table of the
    /// metrics, fitted on all sources and with each source held out.
    ///
    /// # Errors
    /// If the model cannot be trained.
    pub fn calibrate(&self) -> Result<(String, String), Error> {
        let model = self.train()?;
        let (fitted, one_source_out) = self.cross_validate(&model);
        let mut file = String::from(
            "# The numbers up to kind_bias are chosen (see README.md). Those from product_intercept on\n\
             # are fitted by `rolecall calibrate`.\n",
        );
        file += &toml::to_string(&fitted).map_err(|e| Error::from_cause(ErrorKind::Training, e))?;
        let all = self.evaluate(Model { calibration: fitted, ..model });
        let rows = [all.table_row("fitted on all sources"), one_source_out.table_row("one source out")];
        Ok((file, format!("{}\n{}\n", Evaluation::TABLE_HEAD, rows.join("\n"))))
    }

    /// Evaluates `model` with its own calibration.
    pub(super) fn evaluate(&self, model: Model) -> Evaluation {
        let classifier = Classifier::new(Arc::new(model));
        Evaluation {
            postings: Metrics::of(&predict(&classifier, &self.postings)),
            splices: Metrics::of(&predict(&classifier, &self.splices)),
            lines: (!self.lines.is_empty()).then(|| line_metrics(&classifier, &self.lines, &self.postings)),
        }
    }

    /// Fits the calibration of `model` on all sources, and evaluates the model with each
    /// source held out in turn: fitted on the other sources, measured on this one.
    pub(super) fn cross_validate(&self, model: &Model) -> (Calibration, Evaluation) {
        let base = &model.calibration;
        let classifier = Classifier::new(Arc::new(model.clone()));
        let postings = scored(&classifier, &self.postings, &self.postings);
        let splices = scored(&classifier, &self.splices, &self.postings);
        let lines = self.judged_lines(model);
        let fit_odds = |held_out: Option<&str>| -> ByKind<f64> {
            let rest: Vec<_> = lines.iter().filter(|line| Some(line.source.as_str()) != held_out).collect();
            if rest.is_empty() { base.kind_odds } else { thresholds::fit(&rest) }
        };
        let fitted = Calibration { kind_odds: fit_odds(None), ..fit(base, &postings, &splices) };
        let sources: BTreeSet<&str> = lines.iter().map(|line| line.source.as_str()).collect();
        let odds_without: BTreeMap<&str, ByKind<f64>> =
            sources.into_iter().map(|source| (source, fit_odds(Some(source)))).collect();
        // A source without lines has none to hold out.
        let odds_of = |source: &str| odds_without.get(source).copied().unwrap_or(fitted.kind_odds);
        let (mut on_postings, mut on_splices): (Vec<Prediction>, Vec<Prediction>) = (Vec::new(), Vec::new());
        let mut done = BTreeSet::new();
        leave_one_source_out(base, &postings, &splices, |source, calibration| {
            let calibration = Calibration { kind_odds: odds_of(source), ..calibration.clone() };
            let classifier = Classifier::new(Arc::new(Model { calibration, ..model.clone() }));
            let held_out: Vec<_> = self.postings.iter().filter(|posting| posting.source == source).cloned().collect();
            on_postings.extend(predict(&classifier, &held_out));
            // A splice of several sources is measured once, with the first of them.
            let new = |(splice, scored): &(&Example, &Scored)| {
                scored.sources.iter().any(|own| own == source) && done.insert(splice.id.clone())
            };
            let held_out: Vec<_> =
                self.splices.iter().zip(&splices).filter(new).map(|(splice, _)| splice.clone()).collect();
            on_splices.extend(predict(&classifier, &held_out));
        });
        let lines = (!lines.is_empty()).then(|| line_metrics_with(&lines, |line| odds_of(&line.source)));
        let (postings, splices) = (Metrics::of(&on_postings), Metrics::of(&on_splices));
        (fitted, Evaluation { postings, splices, lines })
    }

    /// The lines as `model` judges them with equal odds for all kinds.
    fn judged_lines(&self, model: &Model) -> Vec<JudgedLine> {
        let calibration = Calibration { kind_odds: ByKind::splat(1.0), ..model.calibration.clone() };
        let classifier = Classifier::new(Arc::new(Model { calibration, ..model.clone() }));
        judged_lines(&classifier, &self.lines, &self.postings)
    }
}

impl Evaluation {
    /// Head of a Markdown table of variants.
    pub(super) const TABLE_HEAD: &str = "\
    | variant | accuracy | macro-F1 | PM/PMM | swapped | log loss | calibration error | top 80% | share error | evidence@3 | @5 \
    | splices: accuracy | hybrid recall | log loss | share error | lines: pm | pmm | shared | other | filler |\n\
    |---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|";

    /// A row with the name of a variant.
    pub(super) fn table_row(&self, name: &str) -> String {
        let (p, s) = (&self.postings, &self.splices);
        let mut row = format!(
            "| {name} | {:.3} | {:.3} | {:.3} | {} | {:.3} | {:.3} | {:.3} | {:.3} | {:.2} | {:.2} | {:.3} | {:.2} | {:.3} | {:.3} |",
            p.accuracy,
            p.macro_f1,
            p.pm_vs_pmm_accuracy,
            p.swapped,
            p.log_loss,
            p.calibration_error,
            p.accuracy_at_80(),
            p.share_error,
            p.evidence_at_3,
            p.evidence_at_5,
            s.accuracy,
            s.recall(Label::Hybrid),
            s.log_loss,
            s.share_error
        );
        for kind in Kind::ALL {
            match &self.lines {
                Some(lines) => {
                    let _ = write!(row, " {:.3} |", lines.recall[kind]);
                }
                None => row.push_str(" |"),
            }
        }
        row
    }
}
