//! The classifier: a model, options, and the calls that classify a posting.

use std::sync::Arc;

use super::aggregate::{self, Scores, scores};
use super::context;
use super::duty_votes::{Candidates, Votes};
use super::evidence;
use super::findings::{Evidence, Keyword, LineVerdict};
use super::interval::interval;
use super::line::{ScoredLine, reweighted};
use super::options::Options;
use super::pipeline::{self, CleanText};
use super::scratch::Scratch;
use super::verdict::{
    ByDutiesAlone, Interval, Note, Probabilities, Reason, RolePoints, Strength, TitleReading, Verdict,
};
use super::{text_kind, title};
use crate::error::Error;
use crate::model::{ByLabel, Duty, Kind, Label, Lens, Model, Role, Rows, TitleClaim, builtin, file};
use crate::text::Span;
use crate::text::language::{self, Language};
use crate::text::shorten::collapse_whitespace;
use crate::tokenize::Segment;
use crate::tokenize::words::Words;

/// Shorter postings, in words, are [`Reason::TooShort`].
const MIN_WORDS: usize = 30;

/// Maximum size of a model file, in bytes.
#[cfg(any(feature = "train", feature = "batch"))]
const MAX_FILE: u64 = 256 << 20;

/// Classifies postings. Cheap to clone, `Send` and `Sync`.
///
/// ```
/// let classifier = rolecall::Classifier::builtin()?;
/// let verdict = classifier.classify(
///     "You own the product roadmap, write user stories with acceptance criteria, prioritize the \
///      backlog with engineers and designers, run discovery interviews with users and measure \
///      adoption of the features you ship.",
/// );
/// assert_eq!(verdict.label, rolecall::Label::Pm);
/// # Ok::<(), rolecall::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Classifier {
    pub(super) model: Arc<Model>,
    /// Weights through the lens of the options.
    pub(super) rows: Rows,
    /// Duties that phrases may be linked to through the lens of the options.
    pub(super) candidates: Arc<Candidates>,
    options: Options,
    names: Arc<Names>,
}

/// Names that all verdicts share.
#[derive(Debug)]
struct Names {
    model: Arc<str>,
    groups: Vec<Arc<str>>,
}

impl Classifier {
    /// A classifier with the model that comes with the library.
    ///
    /// # Errors
    /// None in a published build; [`ErrorKind::Model`](crate::ErrorKind::Model) if the
    /// library was built with a damaged model.
    pub fn builtin() -> Result<Self, Error> {
        Ok(Self::new(builtin::model()?))
    }

    /// A classifier with the model in `bytes`, the content of a model file.
    ///
    /// # Errors
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) if the bytes are damaged, have another
    /// format version, or are not a model file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        Ok(Self::new(Arc::new(file::read(bytes)?)))
    }

    /// A classifier with the model in the file at `path`.
    ///
    /// # Errors
    /// As [`Classifier::from_bytes`], [`ErrorKind::Io`](crate::ErrorKind::Io) if the file
    /// cannot be read, and [`ErrorKind::Input`](crate::ErrorKind::Input) if it is larger than
    /// 256 MB. The message names the file.
    #[cfg(any(feature = "train", feature = "batch"))]
    pub fn from_file(path: impl AsRef<std::path::Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let bytes = crate::input_file::contents(path, MAX_FILE)?;
        Self::from_bytes(&bytes).map_err(|error| error.file(path.display()))
    }

    pub(crate) fn new(model: Arc<Model>) -> Self {
        let groups = model.groups.iter().map(|group| group.name.as_str().into()).collect();
        let names = Arc::new(Names { model: model.id().into(), groups });
        let rows = model.rows(Lens::Consensus);
        let candidates = Arc::new(Candidates::new(&model, Lens::Consensus));
        Self { model, rows, candidates, options: Options::default(), names }
    }

    /// The same model with another calibration.
    #[cfg(feature = "train")]
    pub(crate) fn with_calibration(&self, calibration: crate::model::calibration::Calibration) -> Self {
        let model = Model { calibration, ..Model::clone(&self.model) };
        Self { model: Arc::new(model), ..self.clone() }
    }

    /// The same classifier with other options.
    #[must_use]
    pub fn with_options(mut self, options: Options) -> Self {
        if options.lens != self.options.lens {
            self.rows = self.model.rows(options.lens);
            self.candidates = Arc::new(Candidates::new(&self.model, options.lens));
        }
        self.options = options;
        self
    }

    /// The options.
    #[must_use]
    pub fn options(&self) -> Options {
        self.options
    }

    /// Name, version and checksum of the model.
    #[must_use]
    pub fn model_id(&self) -> &str {
        &self.names.model
    }

    /// The duties that the model knows, in the order of its corpus.
    pub fn duties(&self) -> impl Iterator<Item = &Duty> {
        self.model.duties.iter().map(|duty| &**duty).filter(|duty| duty.kind(Lens::Consensus) != Kind::Filler)
    }

    /// Classifies one posting: plain text, Markdown or HTML.
    #[must_use]
    pub fn classify(&self, posting: &str) -> Verdict {
        self.classify_with(&mut Scratch::new(), None, posting)
    }

    /// Classifies one posting whose title is known. The title is a prior: the duties add to it or
    /// outweigh it.
    ///
    /// ```
    /// # use rolecall::{Classifier, TitleClaim};
    /// # let classifier = Classifier::builtin()?;
    /// let verdict = classifier.classify_titled("Senior Product Manager", "Write the launch messaging.");
    /// let title = verdict.title.expect("a title was given");
    /// assert_eq!(title.says, TitleClaim::Pm);
    /// # Ok::<(), rolecall::Error>(())
    /// ```
    #[must_use]
    pub fn classify_titled(&self, title: &str, posting: &str) -> Verdict {
        self.classify_with(&mut Scratch::new(), Some(title), posting)
    }

    /// Classifies one posting with buffers kept from earlier ones. Without a title, or with a blank
    /// one, the title is looked for in the posting: in its first 12 lines, then in a sentence such
    /// as "Acme is hiring a Product Manager".
    #[must_use]
    pub fn classify_with(&self, scratch: &mut Scratch, title: Option<&str>, posting: &str) -> Verdict {
        self.run(scratch, posting, |scratch, text| {
            let mut verdict = self.verdict(scratch, title, text);
            if self.options.phrases > 0 && verdict.reason != Some(Reason::NotEnglish) {
                self.explain(&mut verdict, scratch, text);
            }
            verdict
        })
    }

    /// Classifies every line or sentence of a posting.
    #[must_use]
    pub fn lines(&self, scratch: &mut Scratch, posting: &str) -> Vec<LineVerdict> {
        let odds = &self.model.calibration.kind_odds;
        self.run(scratch, posting, |scratch, text| {
            let Scratch { tokens, segments, lines, .. } = &*scratch;
            let line = |(segment, line): (&Segment, &ScoredLine)| LineVerdict {
                span: text.span(tokens, segment.first as usize, segment.last as usize - 1),
                kind: line.kind(odds),
                probabilities: reweighted(&line.kinds, odds),
                points: line.strength(Role::Pm) - line.strength(Role::Pmm),
            };
            segments.iter().zip(lines).map(line).collect()
        })
    }

    /// The PM share for these strengths, whatever the label.
    #[cfg(feature = "train")]
    pub(crate) fn share(&self, strength: &Strength) -> f64 {
        aggregate::share(strength.pm, strength.pmm, &self.model.calibration)
    }

    /// A classifier that links phrases only to duties that a source names.
    #[cfg(feature = "train")]
    pub(crate) fn of_sources(&self) -> Self {
        Self { candidates: Arc::new(self.candidates.of_sources(&self.model)), ..self.clone() }
    }

    /// The scores of a posting, whatever its length and language.
    #[cfg(feature = "train")]
    pub(crate) fn scores(&self, scratch: &mut Scratch, posting: &str) -> Scores {
        self.run(scratch, posting, |scratch, _| self.aggregate(scratch))
    }

    /// Probabilities of the labels, whatever the length and language of the text.
    #[cfg(feature = "train")]
    pub(crate) fn probabilities(&self, scratch: &mut Scratch, text: &str) -> Probabilities {
        let scores = self.scores(scratch, text);
        Probabilities::new(&aggregate::probabilities(&scores, TitleClaim::None, &self.model.calibration))
    }

    pub(super) fn run<T>(
        &self,
        scratch: &mut Scratch,
        posting: &str,
        then: impl FnOnce(&mut Scratch, CleanText<'_>) -> T,
    ) -> T {
        pipeline::run((&self.model, self.rows.all()), posting, scratch, then)
    }

    fn aggregate(&self, scratch: &mut Scratch) -> Scores {
        let product = scratch.soft_counts.score(&self.model.product);
        scores(&scratch.lines, &self.model.groups, product)
    }

    /// The verdict without an explanation.
    fn verdict(&self, scratch: &mut Scratch, title: Option<&str>, text: CleanText<'_>) -> Verdict {
        let calibration = &self.model.calibration;
        let scores = self.aggregate(scratch);
        let title = title.map(str::trim).filter(|title| !title.is_empty()).or_else(|| title::find_title(text.text));
        let claim = title.map_or(TitleClaim::None, title::claim);
        let by_duties = aggregate::probabilities(&scores, TitleClaim::None, calibration);
        let resume = text_kind::is_resume(text.text, &scratch.tokens, &scratch.segments);
        let unreadable = unreadable(scratch, text.text).or(resume.then_some(Reason::OffTopic));
        let mut probabilities =
            if self.options.title { aggregate::probabilities(&scores, claim, calibration) } else { by_duties };
        let (mut label, mut reason) = (probabilities.largest(), None);
        if unreadable.is_some() {
            probabilities = ByLabel::from_fn(|label| if label == Label::Unclear { 1.0 } else { 0.0 });
            (label, reason) = (Label::Unclear, unreadable);
        } else if label == Label::Unclear {
            reason = Some(Reason::OffTopic);
        } else if probabilities[label] < self.options.min_confidence {
            (label, reason) = (Label::Unclear, Some(Reason::LowConfidence));
        }
        let pm_share = aggregate::share(scores.pm, scores.pmm, calibration);
        let judged = label != Label::Unclear;
        let interval =
            if self.options.interval && judged { interval(&scratch.lines, calibration) } else { [pm_share; 2] };
        // A posting given a role is never reported as `prose`.
        let other_job = if reason == Some(Reason::OffTopic) { scores.other_job_or_prose } else { scores.other_job };
        // Text without a known word is near no job.
        let other_job = other_job.filter(|_| scratch.lines.iter().any(|line| line.known > 0));
        let alone = if unreadable.is_some() { probabilities } else { by_duties };
        let alone_label = alone.largest();
        Verdict {
            label,
            reason,
            confidence: probabilities[label],
            probabilities: Probabilities::new(&probabilities),
            pm_share: judged.then_some(pm_share),
            pm_share_interval: judged
                .then(|| Interval { low: interval[0].min(pm_share), high: interval[1].max(pm_share) }),
            strength: Strength { pm: scores.pm, pmm: scores.pmm, other: scores.other },
            other_job: other_job.map(|group| Arc::clone(&self.names.groups[group])),
            evidence: Vec::new(),
            other_wording: RolePoints { pm: scores.pm, pmm: scores.pmm },
            partners: Vec::new(),
            ignored: Vec::new(),
            notes: [(resume, Note::Resume), (scratch.truncated, Note::Truncated)]
                .into_iter()
                .filter_map(|(found, note)| found.then_some(note))
                .collect(),
            title: title.map(|title| TitleReading {
                text: collapse_whitespace(title),
                says: claim,
                prior: Probabilities::new(&calibration.title_prior[claim]),
            }),
            by_duties_alone: ByDutiesAlone {
                label: alone_label,
                confidence: alone[alone_label],
                title_agrees: claimed_label(claim)
                    .filter(|_| unreadable.is_none())
                    .map(|claimed| claimed == alone_label),
            },
            lens: self.options.lens,
            model: Arc::clone(&self.names.model),
        }
    }

    /// Adds the evidence and, if the options ask for it, its context.
    fn explain(&self, verdict: &mut Verdict, scratch: &mut Scratch, text: CleanText<'_>) {
        let (model, rows, odds) = (&*self.model, self.rows.all(), &self.model.calibration.kind_odds);
        let votes = Votes { model, candidates: &self.candidates };
        // The duties of another job are evidence for neither role.
        let other_job = verdict.reason == Some(Reason::OffTopic) && verdict.by_duties_alone.label == Label::Unclear;
        let most = if other_job { 0 } else { self.options.phrases };
        let mut found = evidence::phrases(rows, text.text, scratch, most, odds);
        if self.options.duties {
            evidence::link_duties(&votes, scratch, &mut found);
        }
        let Scratch { tokens, segments, lines, .. } = &*scratch;
        let words = Words { text: text.text, tokens };
        verdict.evidence.extend(found.iter().map(|phrase| {
            let duty = phrase.duty.and_then(|duty| model.duties.get(usize::from(duty)));
            let (segment, bytes) = (segments[phrase.line], words.bytes(phrase.clause));
            let span = text.original(bytes);
            let line = text.span(tokens, segment.first as usize, segment.last as usize - 1);
            Evidence {
                role: phrase.role,
                phrase: collapse_whitespace(bytes.of(text.text)),
                span,
                // The phrase may end with a closing bracket after the line's last word.
                line: Span::new(line.start.min(span.start), line.end.max(span.end)),
                points: phrase.points,
                keywords: phrase
                    .keywords
                    .iter()
                    .map(|run| Keyword {
                        span: text.span(tokens, run.clause.first, run.clause.last),
                        points: run.points,
                    })
                    .collect(),
                duty: duty.cloned(),
                sources: duty.map(|duty| duty.sources(phrase.role)).unwrap_or_default(),
            }
        }));
        if text_kind::holds_several(text.text, tokens, segments, lines) {
            verdict.notes.push(Note::SeveralPostings);
            verdict.notes.sort_unstable();
        }
        if self.options.context {
            verdict.other_wording = context::points_outside(verdict.other_wording, &found);
            verdict.partners = context::partners(scratch, text);
            verdict.ignored = context::ignored(&votes, scratch, text, odds);
        }
    }
}

/// Why a text cannot be classified, if it cannot.
fn unreadable(scratch: &Scratch, text: &str) -> Option<Reason> {
    if scratch.tokens.len() < MIN_WORDS {
        return Some(Reason::TooShort);
    }
    match language::detect(text, &scratch.tokens) {
        Language::English => None,
        Language::Foreign => Some(Reason::NotEnglish),
        Language::NotProse => Some(Reason::OffTopic),
    }
}

/// The label that a title claims, where it plainly claims one.
fn claimed_label(claim: TitleClaim) -> Option<Label> {
    match claim {
        TitleClaim::Pm => Some(Label::Pm),
        TitleClaim::Pmm => Some(Label::Pmm),
        TitleClaim::Both => Some(Label::Hybrid),
        TitleClaim::Other => Some(Label::Unclear),
        TitleClaim::Near | TitleClaim::None => None,
    }
}
