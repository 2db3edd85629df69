//! Ablation: the model against variants of it that differ in one parameter.

use std::fmt::Write as _;

use super::Experiment;
use super::experiment::Evaluation;
use crate::error::{Error, ErrorKind};
use crate::model::hyperparameters::{Calibration, Settings};
use crate::model::{ByKind, Kind, Label};
use crate::train::train_model;

type Change = fn(&mut Settings, &mut Calibration);

/// The variants, one change each.
const VARIANTS: [(&str, Change); 19] = [
    ("as committed", |_, _| {}),
    ("alpha 0.5", |s, _| s.alpha = 0.5),
    ("alpha 2", |s, _| s.alpha = 2.0),
    ("pairs from 1 line", |s, _| s.min_pair_lines = 1),
    ("pairs from 2 lines", |s, _| s.min_pair_lines = 2),
    ("words from 1 line", |s, _| s.min_lines = 1),
    ("families: shrinkage 1,000", |s, _| s.shrinkage = 1000.0),
    ("families: shrinkage 50,000", |s, _| s.shrinkage = 50000.0),
    ("temperature 1", |_, c| c.temperature = 1.0),
    ("temperature 5", |_, c| c.temperature = 5.0),
    ("temperature independent of length", |_, c| c.length_temper = 0.0),
    ("uniform prior over kinds", |_, c| c.kind_bias = ByKind::splat(0.0)),
    ("fixed mixture of groups", |_, c| c.concentration = 1e9),
    ("mixture prior of 5 lines", |_, c| c.concentration = 5.0),
    ("product score divided by length", |_, c| c.length_exponent = 1.0),
    ("product score divided by square root of length", |_, c| c.length_exponent = 0.5),
    ("saturation 3", |_, c| c.saturation = 3.0),
    ("requirements at full weight", |_, c| c.requirement_weight = 1.0),
    ("lines independent of each other", |_, c| c.persistence = 0.0),
];

impl Experiment {
    /// Trains and cross-validates all variants. Calls `line` with the model's name and
    /// then with each row of a Markdown table.
    ///
    /// # Errors
    /// If a variant cannot be trained or `line` fails.
    pub fn ablate(&self, line: &mut dyn FnMut(&str) -> std::io::Result<()>) -> Result<(), Error> {
        let mut write = |text: &str| line(text).map_err(|e| Error::new(ErrorKind::Io, e.to_string()));
        for (at, (name, change)) in VARIANTS.into_iter().enumerate() {
            let (mut settings, mut calibration) = (self.settings.clone(), self.calibration.clone());
            change(&mut settings, &mut calibration);
            let model = train_model(&self.corpus, &settings, &calibration)?;
            if at == 0 {
                write(&format!("Model {}.\n\n{TABLE_HEAD}", model.id()))?;
            }
            let (_, evaluation) = self.cross_validate(&model);
            write(&table_row(name, &evaluation))?;
        }
        Ok(())
    }
}

/// Head of the tables of variants.
pub(super) const TABLE_HEAD: &str = "\
    | variant | accuracy | macro-F1 | PM/PMM | swapped | log loss | calibration error | top 80% | share error | evidence@3 | @5 \
    | splices: accuracy | hybrid recall | log loss | share error | lines: pm | pmm | shared | other | filler |\n\
    |---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|";

/// A row of such a table.
pub(super) fn table_row(name: &str, evaluation: &Evaluation) -> String {
    let (p, s) = (&evaluation.postings, &evaluation.splices);
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
        match &evaluation.lines {
            Some(lines) => {
                let _ = write!(row, " {:.3} |", lines.recall[kind]);
            }
            None => row.push_str(" |"),
        }
    }
    row
}
