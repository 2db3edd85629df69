//! Ablation: the model against variants of it that differ in one parameter.

use super::Experiment;
use super::experiment::Evaluation;
use crate::error::{Error, ErrorKind};
use crate::model::calibration::Calibration;
use crate::model::hyperparameters::Hyperparameters;
use crate::model::{ByKind, Kind, Label};

type Change = fn(&mut Hyperparameters, &mut Calibration);

/// The variants, one change each.
const VARIANTS: [(&str, Change); 18] = [
    ("as committed", |_, _| {}),
    ("alpha 0.6", |h, _| h.alpha = 0.6),
    ("alpha 2.4", |h, _| h.alpha = 2.4),
    ("families: shrinkage 500", |h, _| h.shrinkage = 500.0),
    ("families: shrinkage 5,000", |h, _| h.shrinkage = 5_000.0),
    ("written lines at 0.1", |h, _| h.written_weight = 0.1),
    ("written lines at 1", |h, _| h.written_weight = 1.0),
    ("lines by title at 0.1", |h, _| h.titled_weight = 0.1),
    ("temperature halved", |_, c| c.temperature /= 2.0),
    ("temperature doubled", |_, c| c.temperature *= 2.0),
    ("temperature independent of length", |_, c| c.length_temper = 0.0),
    ("uniform prior over kinds", |_, c| c.kind_bias = ByKind::splat(0.0)),
    ("fixed mixture of groups", |_, c| c.concentration = 1e9),
    ("mixture prior of 3 lines", |_, c| c.concentration = 3.0),
    ("mixture prior of 24 lines", |_, c| c.concentration = 24.0),
    ("requirements at full weight", |_, c| c.requirement_weight = 1.0),
    ("lines independent of each other", |_, c| c.persistence = 0.0),
    ("lines more like those before them", |_, c| c.persistence = 0.75),
];

impl Experiment {
    /// Cross-fits all variants. Calls `line` with the head and then with each row of a Markdown table.
    ///
    /// # Errors
    /// If a variant cannot be trained or `line` fails.
    pub fn ablate(&self, line: &mut dyn FnMut(&str) -> std::io::Result<()>) -> Result<(), Error> {
        let mut write = |text: &str| line(text).map_err(|error| Error::from_cause(ErrorKind::Io, error));
        write(Evaluation::TABLE_HEAD)?;
        for (name, change) in VARIANTS {
            let (mut hyperparameters, mut calibration) = (self.hyperparameters.clone(), self.calibration.clone());
            change(&mut hyperparameters, &mut calibration);
            let (_, evaluation) = self.with(hyperparameters, calibration).calibrate()?;
            write(&evaluation.table_row(name))?;
        }
        Ok(())
    }
}

impl Evaluation {
    /// Head of a Markdown table of evaluations.
    pub const TABLE_HEAD: &str = "\
        | variant | with title: accuracy | log loss | calibration error | swapped \
        | by duties: accuracy | log loss | calibration error | swapped | share error | share in or near interval \
        | splices: accuracy | hybrid recall | share error \
        | lines: pm | pmm | shared | other | filler \
        | feed, with title: others reported | found | by duties: others reported | found |\n\
        |---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|";

    /// A row of such a table.
    #[must_use]
    pub fn table_row(&self, name: &str) -> String {
        let (t, d, s, feed) = (&self.postings, &self.by_duties, &self.splices, &self.feed);
        let lines: Vec<String> = Kind::ALL.into_iter().map(|kind| format!("{:.3}", self.lines.recall[kind])).collect();
        format!(
            "| {name} | {:.3} | {:.3} | {:.3} | {} | {:.3} | {:.3} | {:.3} | {} | {:.3} | {:.3} | {:.3} | {:.2} | {:.3} | {} | {:.4} | {:.3} | {:.4} | {:.3} |",
            t.accuracy,
            t.log_loss,
            t.calibration_error,
            t.swapped,
            d.accuracy,
            d.log_loss,
            d.calibration_error,
            d.swapped,
            d.share_error,
            d.share_nearly_covered,
            s.accuracy,
            s.labels[Label::Hybrid].recall,
            s.share_error,
            lines.join(" | "),
            feed.with_title.others_reported,
            feed.with_title.products_found,
            feed.by_duties.others_reported,
            feed.by_duties.products_found,
        )
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::train::read_calibration;

    #[test]
    fn variants_differ_in_the_parameter_that_they_name() {
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/calibration.toml");
        let calibration = Calibration { temperature: 8.0, ..read_calibration(&committed).unwrap() };
        let start = (Hyperparameters::default(), calibration);
        let changed = |name: &str| {
            let (mut hyperparameters, mut calibration) = start.clone();
            let (_, change) = VARIANTS.iter().find(|variant| variant.0 == name).unwrap();
            change(&mut hyperparameters, &mut calibration);
            (hyperparameters, calibration)
        };
        assert_eq!(changed("as committed"), start);
        for (name, temperature) in [("temperature halved", 4.0), ("temperature doubled", 16.0)] {
            let expected = Calibration { temperature, ..start.1.clone() };
            assert_eq!(changed(name), (start.0.clone(), expected), "{name}");
        }
        for (name, _) in &VARIANTS[1..] {
            assert_ne!(changed(name), start, "{name}");
        }
    }
}
