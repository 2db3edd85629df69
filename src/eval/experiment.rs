//! An experiment: a corpus, the parameters to train with, and labeled sets to measure on.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::cross_fit::CrossFit;
use super::evidence_metrics::EvidenceMetrics;
use super::feed::FeedMetrics;
use super::{DutyExample, DutyMetrics, Example, LineExample, LineMetrics, Metrics, load, load_duties, load_lines};
use crate::corpus::{self, Corpus};
use crate::dataset::{load_duty_spans, load_line_spans};
use crate::error::{Error, ErrorKind};
use crate::model::calibration::Calibration;
use crate::model::hyperparameters::Hyperparameters;
use crate::model::{ByKind, Kind, named};
use crate::train::read_calibration;
use crate::train::real_counts::{Counter, Pool};

/// The files of an experiment.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Sets {
    /// Postings with titles, of all occupations.
    pub titled: PathBuf,
    /// Labeled postings.
    pub labeled: PathBuf,
    /// Lines of these, labeled with kinds.
    pub lines: PathBuf,
    /// Texts spliced from parts of several labeled postings.
    pub splices: PathBuf,
    /// Duties of some of the lines; this file may be missing.
    pub duties: PathBuf,
}

impl Sets {
    /// The sets in a folder: `titled.jsonl.zst`, `tune.jsonl`, `tune-lines.jsonl`,
    /// `tune-splices.jsonl` and `tune-duties.tsv`.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            titled: folder.join("titled.jsonl.zst"),
            labeled: folder.join("tune.jsonl"),
            lines: folder.join("tune-lines.jsonl"),
            splices: folder.join("tune-splices.jsonl"),
            duties: folder.join("tune-duties.tsv"),
        }
    }
}

/// A corpus, the parameters to train with, and labeled sets to measure on.
#[derive(Debug, Clone)]
pub struct Experiment {
    pub(super) corpus: Corpus,
    pub(super) hyperparameters: Hyperparameters,
    pub(super) calibration: Calibration,
    pub(super) titled: Vec<Example>,
    pub(super) labeled: Vec<Example>,
    pub(super) splices: Vec<Example>,
    pub(super) lines: Vec<LineExample>,
    /// Lines whose kinds are only counted.
    pub(super) more_lines: Vec<LineExample>,
    /// What one of them counts, with one of `lines` at 1, before the kinds are balanced.
    pub(super) more_lines_weight: f64,
    /// Lines whose duties are counted and measured.
    pub(super) duties: Vec<DutyExample>,
    /// Lines whose duties are only counted.
    pub(super) more_duties: Vec<DutyExample>,
    /// What the models of a cross-fit have not seen.
    pub(super) unseen: Unseen,
}

/// What a model of a cross-fit has not seen of the postings that it judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Unseen {
    /// Their employers.
    #[default]
    Employer,
    /// Their sources: job boards and collections. Wording that is common in a source then does not
    /// help, as it would not on postings from elsewhere.
    Source,
}

named!(Unseen, "part", Employer => "employer", Source => "source");

/// Metrics on all sets. Each text is judged by a model that was trained without its employer or source.
/// The calibration is fitted without them, too, except in part for a splice of two postings and for
/// the feed, with whose scores it is fitted.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Evaluation {
    /// Real postings, with their titles.
    pub postings: Metrics,
    /// The same by duties alone.
    pub by_duties: Metrics,
    /// Texts spliced from parts of several postings, by duties alone.
    pub splices: Metrics,
    /// Lines of the postings.
    pub lines: LineMetrics,
    /// The kinds of the lines that hold the phrases of the postings.
    pub evidence: EvidenceMetrics,
    /// How well duties are named, if there are lines labeled with duties.
    pub duties: Option<DutyMetrics>,
    /// Titled postings of all occupations that are not labeled.
    pub feed: FeedMetrics,
}

/// A parameter's name, and where its value is.
type Parameter = (&'static str, fn(&mut Experiment) -> &mut f64);

/// The further lines are not counted by default. Alone they change little (cross-fitted by employer: log
/// loss with title 0.172 to 0.168, by duties 0.283 both times).
const MORE_LINES_WEIGHT: f64 = 0.0;

const PARAMETERS: [Parameter; 15] = [
    ("alpha", |e| &mut e.hyperparameters.alpha),
    ("shrinkage", |e| &mut e.hyperparameters.shrinkage),
    ("written_weight", |e| &mut e.hyperparameters.written_weight),
    ("titled_weight", |e| &mut e.hyperparameters.titled_weight),
    ("more_lines_weight", |e| &mut e.more_lines_weight),
    ("temperature", |e| &mut e.calibration.temperature),
    ("length_temper", |e| &mut e.calibration.length_temper),
    ("concentration", |e| &mut e.calibration.concentration),
    ("requirement_weight", |e| &mut e.calibration.requirement_weight),
    ("persistence", |e| &mut e.calibration.persistence),
    ("bias_pm", |e| &mut e.calibration.kind_bias[Kind::Pm]),
    ("bias_pmm", |e| &mut e.calibration.kind_bias[Kind::Pmm]),
    ("bias_shared", |e| &mut e.calibration.kind_bias[Kind::Shared]),
    ("bias_other", |e| &mut e.calibration.kind_bias[Kind::Other]),
    ("bias_filler", |e| &mut e.calibration.kind_bias[Kind::Filler]),
];

impl Experiment {
    /// The parameters that can be changed before training or fitting.
    pub const PARAMETERS: [&str; PARAMETERS.len()] = {
        let mut names = [""; PARAMETERS.len()];
        let mut at = 0;
        while at < names.len() {
            names[at] = PARAMETERS[at].0;
            at += 1;
        }
        names
    };

    /// Sets what the models of a cross-fit have not seen; employers by default.
    #[must_use]
    pub fn unseen(self, unseen: Unseen) -> Self {
        Self { unseen, ..self }
    }

    /// Loads the corpus folder, the calibration to start from, and the labeled sets. Each of
    /// `overrides`, `name=value`, changes one of [`Self::PARAMETERS`].
    ///
    /// # Errors
    /// Files that cannot be read or are malformed, and unknown parameters.
    pub fn load(corpus: &Path, calibration: &Path, sets: &Sets, overrides: &[String]) -> Result<Self, Error> {
        let (titled, labeled, lines) = (load(&sets.titled)?, load(&sets.labeled)?, load_lines(&sets.lines)?);
        let duties = sets.duties.exists().then(|| load_duties(&sets.duties, &lines)).transpose()?;
        let all: Vec<_> = titled.iter().chain(&labeled).collect();
        let [kinds, names] = ["line-labels.csv", "duty-labels.csv"].map(|file| corpus.join(file));
        let more_lines = kinds.exists().then(|| load_line_spans(&kinds, &all)).transpose()?;
        let more_duties = names.exists().then(|| load_duty_spans(&names, &all)).transpose()?;
        let mut experiment = Self {
            corpus: corpus::load(corpus)?,
            hyperparameters: Hyperparameters::default(),
            calibration: read_calibration(calibration)?,
            duties: duties.unwrap_or_default(),
            more_lines: more_lines.unwrap_or_default(),
            more_lines_weight: MORE_LINES_WEIGHT,
            more_duties: more_duties.unwrap_or_default(),
            titled,
            labeled,
            splices: load(&sets.splices)?,
            lines,
            unseen: Unseen::default(),
        };
        for example in experiment.duties.iter().chain(&experiment.more_duties) {
            if let Some(unknown) = example.duty.as_deref().filter(|duty| experiment.corpus.duty(duty).is_none()) {
                return Err(Error::new(
                    ErrorKind::Input,
                    format!("unknown duty '{unknown}' of a line of {}", example.posting),
                )
                .hint("the duties are those of duties.csv"));
            }
        }
        for change in overrides {
            change.split_once('=').and_then(|(name, value)| experiment.set(name, value)).ok_or_else(|| {
                Error::new(ErrorKind::Input, format!("'{change}' is not NAME=VALUE of a known parameter"))
                    .hint(format!("the parameters are {}", Self::PARAMETERS.join(", ")))
            })?;
        }
        Ok(experiment)
    }

    fn set(&mut self, name: &str, value: &str) -> Option<()> {
        let (_, number) = PARAMETERS.iter().find(|(known, _)| *known == name)?;
        *number(self) = value.parse().ok()?;
        Some(())
    }

    /// The labeled lines, and what each counts. Further lines of some kinds are easier to come by than
    /// of others. A kind with more lines would have less smoothing, and less of it would be written lines,
    /// so that rare or written wording would favor the other kinds. So the kinds keep the proportions
    /// of `lines`.
    fn weighted_lines(&self) -> Vec<(&LineExample, f64)> {
        let number = |lines: &[LineExample], kind| lines.iter().filter(|line| line.kind == kind).count() as f64;
        let more = self.more_lines_weight.max(0.0);
        let growth =
            ByKind::from_fn(|kind| 1.0 + more * number(&self.more_lines, kind) / number(&self.lines, kind).max(1.0));
        let least = growth.values().iter().copied().fold(f64::INFINITY, f64::min);
        let balanced = |weight: f64| move |line: &LineExample| weight * least / growth[line.kind];
        let (own, further) = (balanced(1.0), balanced(more));
        let own = self.lines.iter().map(|line| (line, own(line)));
        let further = self.more_lines.iter().map(|line| (line, further(line)));
        own.chain(further).filter(|(_, weight)| *weight > 0.0).collect()
    }

    /// A counter of all postings and labeled lines.
    pub(super) fn counter(&self) -> Result<Counter<'_>, Error> {
        let duties = self.duties.iter().chain(&self.more_duties).collect();
        let pool = Pool { titled: &self.titled, labeled: &self.labeled, lines: self.weighted_lines(), duties };
        Counter::new(&pool)
    }

    /// Counts all postings: the content of `counts.csv`.
    ///
    /// # Errors
    /// If the postings cannot be counted or a model cannot be trained.
    pub fn count(&self, command: &str) -> Result<Vec<u8>, Error> {
        let mut counts =
            self.counter()?.count_postings((&self.corpus, &self.hyperparameters, &self.calibration), |_| true)?;
        counts.head.insert(0, ("command".to_owned(), command.to_owned()));
        Ok(counts.to_csv())
    }

    /// Fits the calibration on cross-fitted scores. Returns the calibration file and the
    /// cross-fitted metrics.
    ///
    /// # Errors
    /// When a model cannot be trained.
    pub fn calibrate(&self) -> Result<(String, Evaluation), Error> {
        let cross_fit = CrossFit::new(self)?;
        let fitted = cross_fit.fit_without(None);
        let evaluation = cross_fit.evaluate(&fitted);
        let mut file = String::from(
            "# The numbers up to kind_bias are chosen (see README.md). Those from product_intercept on\n\
             # are fitted by `rolecall calibrate`.\n",
        );
        file += &toml::to_string(&fitted).map_err(|e| Error::from_cause(ErrorKind::Training, e))?;
        Ok((file, evaluation))
    }

    /// A copy with other parameters.
    pub(super) fn with(&self, hyperparameters: Hyperparameters, calibration: Calibration) -> Self {
        Self { hyperparameters, calibration, ..self.clone() }
    }
}

#[cfg(test)]
impl Experiment {
    /// An experiment without postings.
    pub(super) fn of_nothing() -> Self {
        Self {
            corpus: corpus::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")).unwrap(),
            hyperparameters: Hyperparameters::default(),
            calibration: Calibration::default(),
            titled: Vec::new(),
            labeled: Vec::new(),
            splices: Vec::new(),
            lines: Vec::new(),
            duties: Vec::new(),
            more_lines: Vec::new(),
            more_lines_weight: MORE_LINES_WEIGHT,
            more_duties: Vec::new(),
            unseen: Unseen::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_parameter_is_set_by_its_name() {
        let mut experiment = Experiment::of_nothing();
        let set = "alpha=0.5 shrinkage=9 written_weight=0.25 titled_weight=0.75 more_lines_weight=0.125 \
                   temperature=8 length_temper=2 concentration=16 requirement_weight=0.125 persistence=0.375 \
                   bias_pm=1 bias_pmm=-2 bias_shared=3 bias_other=-4 bias_filler=5";
        for (change, expected) in set.split(' ').zip(Experiment::PARAMETERS) {
            let (name, value) = change.split_once('=').unwrap();
            assert_eq!((name, experiment.set(name, value)), (expected, Some(())), "{change}");
        }
        let hyperparameters = Hyperparameters { alpha: 0.5, shrinkage: 9.0, written_weight: 0.25, titled_weight: 0.75 };
        let calibration = Calibration {
            temperature: 8.0,
            length_temper: 2.0,
            concentration: 16.0,
            requirement_weight: 0.125,
            persistence: 0.375,
            // In the order of the kinds: PM, PMM, shared, other, filler.
            kind_bias: ByKind::from([1.0, -2.0, 3.0, -4.0, 5.0]),
            ..Calibration::default()
        };
        for (name, value) in [("kind_bias", "1"), ("ALPHA", "1"), ("alpha", "much")] {
            assert_eq!(experiment.set(name, value), None, "{name}={value}");
        }
        assert_eq!((experiment.hyperparameters, experiment.calibration), (hyperparameters, calibration));
        assert!((experiment.more_lines_weight - 0.125).abs() < f64::EPSILON);
    }

    /// By hand: two lines of PM become 2 + 0.5 · 4 = 4, one of PMM 1 + 0.5 · 1 = 1.5. PMM grows least,
    /// by half, so the lines of PM count 1.5 / 2 of that.
    #[test]
    fn further_lines_leave_the_proportions_of_the_kinds() {
        let line = |kind| LineExample { posting: String::new(), number: 0, kind, text: "Own the roadmap".to_owned() };
        let lines = |pm: usize, pmm: usize| {
            [vec![line(Kind::Pm); pm], vec![line(Kind::Pmm); pmm], [Kind::Shared, Kind::Other].map(line).into()]
                .concat()
        };
        let mut experiment = Experiment::of_nothing();
        experiment.lines = [lines(2, 1), vec![line(Kind::Filler)]].concat();
        experiment.more_lines = [lines(4, 1), vec![line(Kind::Filler); 2]].concat();
        for (weight, expected) in [(0.0, [2.0, 1.0, 1.0, 1.0, 1.0]), (0.5, [3.0, 1.5, 1.5, 1.5, 1.5])] {
            experiment.more_lines_weight = weight;
            let mut sums = ByKind::splat(0.0);
            for (line, weight) in experiment.weighted_lines() {
                sums[line.kind] += weight;
            }
            for (sum, expected) in sums.values().iter().zip(expected) {
                assert!((sum - expected).abs() < 1e-12, "{weight}: {sums:?}");
            }
        }
    }

    #[test]
    fn a_copy_has_other_parameters() {
        let (hyperparameters, calibration) = (
            Hyperparameters { alpha: 0.5, ..Hyperparameters::default() },
            Calibration { temperature: 8.0, ..Calibration::default() },
        );
        let copy = Experiment::of_nothing().with(hyperparameters.clone(), calibration.clone());
        assert_eq!((copy.hyperparameters, copy.calibration), (hyperparameters, calibration));
    }
}
