//! Ablation: the model against variants of it that differ in one parameter.

use super::Experiment;
use super::experiment::Evaluation;
use crate::error::{Error, ErrorKind};
use crate::model::ByKind;
use crate::model::calibration::Calibration;
use crate::model::hyperparameters::Hyperparameters;
use crate::train::train_model;

type Change = fn(&mut Hyperparameters, &mut Calibration);

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
        let mut write = |text: &str| line(text).map_err(|e| Error::from_cause(ErrorKind::Io, e));
        for (at, (name, change)) in VARIANTS.into_iter().enumerate() {
            let (mut hyperparameters, mut calibration) = (self.hyperparameters.clone(), self.calibration.clone());
            change(&mut hyperparameters, &mut calibration);
            let model = train_model(&self.corpus, &hyperparameters, &calibration)?;
            if at == 0 {
                write(&format!("Model {}.\n\n{}", model.id(), Evaluation::TABLE_HEAD))?;
            }
            let (_, evaluation) = self.cross_validate(&model);
            write(&evaluation.table_row(name))?;
        }
        Ok(())
    }
}
