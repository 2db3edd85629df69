//! Calibrating a model and comparing variants of it, on labelled postings.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use super::calibration_fit::{fit, leave_one_source_out, scored};
use super::faithfulness::faithfulness;
use super::line_metrics::{
    JudgedLine, LineExample, LineFigures, judged_lines, line_figures, line_figures_with, load_lines,
};
use super::report::{self, Files, Report, Sets};
use super::thresholds;
use super::{Answer, Example, answers, figures, load};
use crate::corpus::{self, Corpus};
use crate::error::{Error, ErrorKind};
use crate::infer::Classifier;
use crate::model::hyperparameters::{Calibration, Counting, Settings, Weighting};
use crate::model::{ByKind, Kind, Label, Model};

/// A corpus, the numbers to start from, and the sets to measure on.
#[derive(Debug)]
pub struct Task {
    corpus: Corpus,
    settings: Settings,
    calibration: Calibration,
    postings: Vec<Example>,
    splices: Vec<Example>,
    lines: Vec<LineExample>,
}

impl Task {
    /// Reads everything.
    ///
    /// # Errors
    /// Files that cannot be read or hold something else, and unknown names in `set`.
    pub fn load(
        corpus: &Path,
        calibration: &Path,
        postings: &Path,
        splices: &Path,
        lines: Option<&Path>,
        set: &[String],
    ) -> Result<Self, Error> {
        let mut task = Self {
            corpus: corpus::load(corpus)?,
            settings: Settings::default(),
            calibration: crate::train::read_calibration(calibration)?,
            postings: load(postings)?,
            splices: load(splices)?,
            lines: lines.map(load_lines).transpose()?.unwrap_or_default(),
        };
        for change in set {
            change.split_once('=').and_then(|(name, value)| task.change(name, value)).ok_or_else(|| {
                Error::new(ErrorKind::Input, format!("'{change}' is not name=value of a known number"))
            })?;
        }
        Ok(task)
    }

    fn change(&mut self, name: &str, value: &str) -> Option<()> {
        let (s, c) = (&mut self.settings, &mut self.calibration);
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

    /// Fits the calibration. Gives the file to keep and a table of figures: fitted on
    /// everything, and leave-one-source-out.
    ///
    /// # Errors
    /// When the model cannot be trained.
    pub fn calibrate(&self) -> Result<(String, String), Error> {
        let model = crate::train::train_model(&self.corpus, &self.settings, &self.calibration)?;
        let (fitted, measured) = self.measure(&model);
        let seen = self.seen(Model { calibration: fitted.clone(), ..model });
        let mut table = String::new();
        let _ =
            writeln!(table, "{}\n{}\n{}", row_head(), row("fitted on all", &seen), row("one source out", &measured));
        let mut file = String::from(
            "# How scores are read. The first numbers, the biases included, are choices\n\
             # (see README.md); those from product_intercept on are fitted by `rolecall calibrate`.\n",
        );
        file += &toml::to_string(&fitted).map_err(|e| Error::new(ErrorKind::Training, e.to_string()))?;
        Ok((file, table))
    }

    /// Takes all figures of the model as its calibration stands, and
    /// leave-one-source-out.
    ///
    /// # Errors
    /// When the model cannot be trained.
    pub fn report(&self) -> Result<Files, Error> {
        let model = crate::train::train_model(&self.corpus, &self.settings, &self.calibration)?;
        let (_, one_source_out) = self.measure(&model);
        let classifier = Classifier::of(Arc::new(model.clone()));
        let faithfulness = faithfulness(&classifier, &self.postings);
        let id = model.id();
        report::files(&Report { model: id, fitted: self.seen(model), faithfulness, one_source_out })
    }

    /// Figures of a model as it stands.
    fn seen(&self, model: Model) -> Sets {
        let classifier = Classifier::of(Arc::new(model));
        Sets {
            figures: figures(&answers(&classifier, &self.postings)),
            splices: figures(&answers(&classifier, &self.splices)),
            lines: self.line_figures(&classifier),
        }
    }

    /// Calls `line` with the model's name and every line of a Markdown table of variants.
    ///
    /// # Errors
    /// When a variant cannot be trained, or `line` fails.
    pub fn ablate(&self, line: &mut dyn FnMut(&str) -> std::io::Result<()>) -> Result<(), Error> {
        let mut say = |text: &str| line(text).map_err(|e| Error::new(ErrorKind::Io, e.to_string()));
        for (at, (name, change)) in VARIANTS.into_iter().enumerate() {
            let (mut settings, mut calibration) = (self.settings.clone(), self.calibration.clone());
            change(&mut settings, &mut calibration);
            let model = crate::train::train_model(&self.corpus, &settings, &calibration)?;
            // The first is the model as it is kept.
            if at == 0 {
                say(&format!("Model {}.\n\n{}", model.id(), row_head()))?;
            }
            let (_, measured) = self.measure(&model);
            say(&row(name, &measured))?;
        }
        Ok(())
    }

    /// Fits on everything, and takes the figures leave-one-source-out.
    fn measure(&self, model: &Model) -> (Calibration, Sets) {
        let classifier = Classifier::of(Arc::new(model.clone()));
        let postings = scored(&classifier, &self.postings, &self.postings);
        let splices = scored(&classifier, &self.splices, &self.postings);
        let base = &model.calibration;
        let lines = self.judged_lines(model);
        // With no lines to fit them on, the odds of naming stay as they are.
        let odds = |without: Option<&str>| -> ByKind<f64> {
            let others: Vec<_> = lines.iter().filter(|line| Some(line.source.as_str()) != without).collect();
            if others.is_empty() { base.naming_odds } else { thresholds::fit(&others) }
        };
        let fitted = Calibration { naming_odds: odds(None), ..fit(base, &postings, &splices) };
        let sources: BTreeSet<&str> = lines.iter().map(|line| line.source.as_str()).collect();
        let odds_without: BTreeMap<&str, ByKind<f64>> =
            sources.into_iter().map(|source| (source, odds(Some(source)))).collect();
        // A source without lines leaves none of them out.
        let odds_of = |source: &str| odds_without.get(source).copied().unwrap_or(fitted.naming_odds);
        let (mut held_out, mut mixed): (Vec<Answer>, Vec<Answer>) = (Vec::new(), Vec::new());
        let mut done = BTreeSet::new();
        leave_one_source_out(base, &postings, &splices, |source, calibration| {
            let calibration = Calibration { naming_odds: odds_of(source), ..calibration.clone() };
            let without = Classifier::of(Arc::new(Model { calibration, ..model.clone() }));
            let own: Vec<_> = self.postings.iter().filter(|posting| posting.source == source).cloned().collect();
            held_out.extend(answers(&without, &own));
            let own: Vec<_> = self
                .splices
                .iter()
                .zip(&splices)
                .filter(|(splice, scored)| scored.sources.iter().any(|s| s == source) && done.insert(splice.id.clone()))
                .map(|(splice, _)| splice.clone())
                .collect();
            mixed.extend(answers(&without, &own));
        });
        let lines = (!lines.is_empty()).then(|| line_figures_with(&lines, |line| odds_of(&line.source)));
        (fitted, Sets { figures: figures(&held_out), splices: figures(&mixed), lines })
    }

    /// The lines as `model` judges them, with no kind favoured.
    fn judged_lines(&self, model: &Model) -> Vec<JudgedLine> {
        let calibration = Calibration { naming_odds: ByKind::splat(1.0), ..model.calibration.clone() };
        let classifier = Classifier::of(Arc::new(Model { calibration, ..model.clone() }));
        judged_lines(&classifier, &self.lines, &self.postings)
    }

    fn line_figures(&self, classifier: &Classifier) -> Option<LineFigures> {
        (!self.lines.is_empty()).then(|| line_figures(classifier, &self.lines, &self.postings))
    }
}

type Change = fn(&mut Settings, &mut Calibration);

/// The variants that are compared: one change each.
const VARIANTS: [(&str, Change); 23] = [
    ("as kept", |_, _| {}),
    ("whole posting, not by line", |s, _| s.by_line = false),
    ("raw counts", |s, _| s.counting = Counting::Raw),
    ("log counts", |s, _| s.counting = Counting::Log),
    ("complement weights", |s, _| s.weighting = Weighting::Complement),
    ("alpha 0.5", |s, _| s.alpha = 0.5),
    ("alpha 2", |s, _| s.alpha = 2.0),
    ("pairs in one line kept", |s, _| s.min_pair_lines = 1),
    ("pairs in two lines kept", |s, _| s.min_pair_lines = 2),
    ("words in one line kept", |s, _| s.min_lines = 1),
    ("families hardly shrunk", |s, _| s.shrinkage = 1000.0),
    ("families much shrunk", |s, _| s.shrinkage = 50000.0),
    ("temperature 1", |_, c| c.temperature = 1.0),
    ("temperature 5", |_, c| c.temperature = 5.0),
    ("long lines as sure as their words", |_, c| c.length_temper = 0.0),
    ("all kinds alike beforehand", |_, c| c.kind_bias = ByKind::splat(0.0)),
    ("fixed prior of groups", |_, c| c.concentration = 1e9),
    ("prior of groups of five lines", |_, c| c.concentration = 5.0),
    ("normalised by length", |_, c| c.length_exponent = 1.0),
    ("normalised by square root", |_, c| c.length_exponent = 0.5),
    ("saturation 3", |_, c| c.saturation = 3.0),
    ("requirements at full weight", |_, c| c.requirement_weight = 1.0),
    ("lines independent of each other", |_, c| c.persistence = 0.0),
];

fn row_head() -> String {
    "| variant | accuracy | macro-F1 | PM/PMM | swapped | log loss | calibration error | top 80% | share error | evidence@3 | @5 \
     | splices: accuracy | hybrid recall | log loss | share error | lines: pm | pmm | shared | other | filler |\n\
     |---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"
        .to_owned()
}

fn row(name: &str, measured: &Sets) -> String {
    let (p, s) = (&measured.figures, &measured.splices);
    let top = p.coverage.iter().find(|row| (row.coverage - 0.8).abs() < 1e-9).map_or(0.0, |row| row.accuracy);
    let mut row = format!(
        "| {name} | {:.3} | {:.3} | {:.3} | {} | {:.3} | {:.3} | {top:.3} | {:.3} | {:.2} | {:.2} | {:.3} | {:.2} | {:.3} | {:.3} |",
        p.accuracy,
        p.macro_f1,
        p.pm_vs_pmm_accuracy,
        p.swapped,
        p.log_loss,
        p.calibration_error,
        p.share_error,
        p.evidence_at_3,
        p.evidence_at_5,
        s.accuracy,
        s.labels[Label::Hybrid].recall,
        s.log_loss,
        s.share_error
    );
    for kind in Kind::ALL {
        match &measured.lines {
            Some(lines) => {
                let _ = write!(row, " {:.3} |", lines.recall[kind]);
            }
            None => row.push_str(" |"),
        }
    }
    row
}
