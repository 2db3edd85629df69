//! The classifier: the door to the library.

pub(crate) mod aggregate;
mod duty_votes;
mod evidence;
mod hmm;
mod language;
mod likelihood;
mod line_features;
mod lookup_tables;
mod mixture;
mod options;
mod phrase_search;
pub(crate) mod pipeline;
mod posterior;
mod scratch;
pub(crate) mod title;
mod verdict;

pub use options::Options;
pub use scratch::Scratch;
pub use verdict::{
    Evidence, Ignored, LineVerdict, Partner, Probabilities, Reason, RolePoints, Strength, TitleReading, TitleSays,
    Verdict,
};

use std::sync::Arc;

use crate::error::Error;
use crate::model::{ByLabel, Duty, Kind, Label, Lens, Model, PM, PMM, Row, Rows, file};
use crate::text::Span;
use crate::text::html::SpanMap;
use crate::text::shorten::{fold, prefix};
use crate::tokenize::Token;
use aggregate::scores;
use duty_votes::{Ballots, Votes};
use evidence::Phrase;
use language::Language;

/// Fewer words than this are too few to judge a posting by.
const MIN_WORDS: usize = 30;

/// Longest text that is read, in bytes; what comes after is not looked at.
const MAX_BYTES: usize = u32::MAX as usize - 1;

/// Reads postings. Cheap to clone, `Send` and `Sync`.
///
/// ```
/// let classifier = rolecall::Classifier::builtin()?;
/// let verdict = classifier.classify(
///     "You own the product roadmap, write user stories with acceptance criteria, prioritise the \
///      backlog with engineers and designers, run discovery interviews with users and measure \
///      adoption of the features you ship.",
/// );
/// assert_eq!(verdict.label, rolecall::Label::Pm);
/// # Ok::<(), rolecall::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Classifier {
    model: Arc<Model>,
    rows: Rows,
    /// The duties that phrases may be tied to through the lens in force.
    ballots: Arc<Ballots>,
    options: Options,
    /// What every verdict carries: shared, so that none has to copy it.
    names: Arc<Names>,
}

/// Names that verdicts carry.
#[derive(Debug)]
struct Names {
    /// Of the model.
    model: Arc<str>,
    /// Of the groups.
    groups: Vec<Arc<str>>,
}

impl Classifier {
    /// A classifier with the model that comes with the library.
    ///
    /// # Errors
    /// None with the library as published; [`ErrorKind::Model`](crate::ErrorKind::Model)
    /// when it was built with a damaged model.
    pub fn builtin() -> Result<Self, Error> {
        Ok(Self::of(crate::model::builtin::model()?))
    }

    /// A classifier with the model in `bytes`, the content of a model file.
    ///
    /// # Errors
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) when the bytes are damaged, of
    /// another format version, or no model.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        Ok(Self::of(Arc::new(file::read(bytes)?)))
    }

    /// A classifier with the model in the file at `path`.
    ///
    /// # Errors
    /// As [`Classifier::from_bytes`], and [`ErrorKind::Io`](crate::ErrorKind::Io) when
    /// the file cannot be read. The message names the file.
    #[cfg(any(feature = "train", feature = "batch"))]
    pub fn from_file(path: impl AsRef<std::path::Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let bytes = std::fs::read(path)
            .map_err(|error| Error::new(crate::ErrorKind::Io, error.to_string()).file(path.display()))?;
        Self::from_bytes(&bytes).map_err(|error| error.file(path.display()))
    }

    pub(crate) fn of(model: Arc<Model>) -> Self {
        let rows = model.rows(Lens::Consensus);
        let groups = model.groups.iter().map(|group| group.name.as_str().into()).collect();
        let names = Arc::new(Names { model: model.id().into(), groups });
        let ballots = Arc::new(Ballots::new(&model, Lens::Consensus));
        Self { model, rows, ballots, options: Options::default(), names }
    }

    /// The same classifier with other options.
    #[must_use]
    pub fn with_options(mut self, options: Options) -> Self {
        if options.lens != self.options.lens {
            self.rows = self.model.rows(options.lens);
            self.ballots = Arc::new(Ballots::new(&self.model, options.lens));
        }
        self.options = options;
        self
    }

    /// The options in force.
    #[must_use]
    pub fn options(&self) -> Options {
        self.options
    }

    /// Name, version and checksum of the model.
    #[must_use]
    pub fn model_id(&self) -> String {
        self.model.id()
    }

    /// The duties the model knows, in order.
    pub fn duties(&self) -> impl Iterator<Item = &Duty> {
        self.model.duties.iter().filter(|duty| duty.kind(Lens::Consensus) != Kind::Filler)
    }

    #[cfg(feature = "train")]
    pub(crate) fn model(&self) -> &Model {
        &self.model
    }

    /// Probabilities of the labels, whatever the length and language of `posting`: for
    /// measuring what parts of a posting say by themselves.
    #[cfg(feature = "train")]
    pub(crate) fn probabilities_of_part(&self, scratch: &mut Scratch, part: &str) -> Probabilities {
        scratch.belong_to(&self.model.checksum);
        let mut cleaned = std::mem::take(&mut scratch.cleaned);
        pipeline::judge(&self.model, self.rows.all(), cleaned.clean(part).0, scratch, false);
        scratch.cleaned = cleaned;
        let sums = scores(&scratch.judged, &self.model.groups, &self.model.calibration, &mut scratch.lead);
        Probabilities::new(&aggregate::probabilities(&sums, &self.model.calibration))
    }

    /// Judges one posting: plain text, Markdown or HTML.
    #[must_use]
    pub fn classify(&self, posting: &str) -> Verdict {
        self.classify_with(&mut Scratch::new(), posting)
    }

    /// Judges one posting with buffers kept from earlier ones.
    #[must_use]
    pub fn classify_with(&self, scratch: &mut Scratch, posting: &str) -> Verdict {
        self.classify_titled(scratch, None, posting)
    }

    /// Judges one posting whose title is known. The title is read beside the duties
    /// and never counts as evidence. Without one, the posting's first line is taken
    /// where it reads as a title.
    #[must_use]
    pub fn classify_titled(&self, scratch: &mut Scratch, title: Option<&str>, posting: &str) -> Verdict {
        let posting = prefix(posting, MAX_BYTES);
        scratch.belong_to(&self.model.checksum);
        let mut cleaned = std::mem::take(&mut scratch.cleaned);
        let verdict = {
            let (text, map) = cleaned.clean(posting);
            pipeline::judge(&self.model, self.rows.all(), text, scratch, self.options.phrases > 0);
            self.verdict(scratch, title, posting, text, map)
        };
        scratch.cleaned = cleaned;
        verdict
    }

    /// Judges every line or sentence of a posting.
    #[must_use]
    pub fn lines(&self, scratch: &mut Scratch, posting: &str) -> Vec<LineVerdict> {
        let posting = prefix(posting, MAX_BYTES);
        scratch.belong_to(&self.model.checksum);
        let mut cleaned = std::mem::take(&mut scratch.cleaned);
        let lines = {
            let (text, map) = cleaned.clean(posting);
            pipeline::judge(&self.model, self.rows.all(), text, scratch, false);
            let segments = scratch.segments.iter().zip(&scratch.judged);
            let odds = &self.model.calibration.naming_odds;
            segments
                .map(|(segment, judged)| LineVerdict {
                    span: span(map, &scratch.tokens, segment.first as usize, segment.last as usize - 1),
                    kind: judged.kind(odds),
                    probabilities: pipeline::favoured(&judged.kinds, odds),
                    points: judged.damping * judged.log_odds(PM, PMM),
                })
                .collect()
        };
        scratch.cleaned = cleaned;
        lines
    }

    fn verdict(
        &self,
        scratch: &mut Scratch,
        title: Option<&str>,
        posting: &str,
        text: &str,
        map: SpanMap<'_>,
    ) -> Verdict {
        let calibration = &self.model.calibration;
        let sums = scores(&scratch.judged, &self.model.groups, calibration, &mut scratch.lead);
        let (mut probabilities, mut reason) = (aggregate::probabilities(&sums, calibration), None);
        let mut label = probabilities.largest();
        if let Some(unreadable) = unreadable(scratch, text) {
            (probabilities, reason, label) = ([0.0, 0.0, 0.0, 1.0].into(), Some(unreadable), Label::Unclear);
        } else if label == Label::Unclear {
            reason = Some(Reason::OffTopic);
        } else if probabilities[label] < self.options.min_confidence {
            (reason, label) = (Some(Reason::LowConfidence), Label::Unclear);
        }
        let pm_share = aggregate::share(sums.pm, sums.pmm, calibration);
        let interval = if self.options.interval {
            let [low, high] = aggregate::interval(&scratch.judged, calibration);
            [low.min(pm_share), high.max(pm_share)]
        } else {
            [pm_share; 2]
        };
        let title = title.map(str::trim).filter(|title| !title.is_empty()).or_else(|| title::first_line(text));
        // What is a posting of one of the roles is none of what is no posting.
        let nearest = if reason == Some(Reason::OffTopic) { sums.nearest } else { sums.job };
        let mut verdict = Verdict {
            label,
            reason,
            confidence: probabilities[label],
            probabilities: Probabilities::new(&probabilities),
            pm_share,
            pm_share_interval: interval,
            strength: Strength { pm: sums.pm, pmm: sums.pmm, other: sums.other },
            other_job: self.names.groups.get(nearest).map(Arc::clone).unwrap_or_default(),
            evidence: Vec::new(),
            other_wording: RolePoints { pm: sums.pm, pmm: sums.pmm },
            prior: 0.0,
            partners: Vec::new(),
            ignored: Vec::new(),
            title: title.map(|title| read_title(title, label, reason, &probabilities)),
            lens: self.options.lens,
            model: Arc::clone(&self.names.model),
        };
        if self.options.phrases > 0 {
            self.explain(&mut verdict, scratch, posting, text, map);
        }
        verdict
    }

    /// Adds evidence and, where they are asked for, what stands beside it.
    fn explain(&self, verdict: &mut Verdict, scratch: &mut Scratch, posting: &str, text: &str, map: SpanMap<'_>) {
        let model = &*self.model;
        let odds = &model.calibration.naming_odds;
        let mut found = evidence::phrases(self.rows.all(), scratch, self.options.phrases, odds);
        if self.options.duties {
            evidence::tie(&self.votes(), scratch, &mut found);
        }
        let Scratch { tokens, segments, .. } = &*scratch;
        verdict.evidence.extend(found.iter().map(|phrase| {
            let duty = phrase.duty.and_then(|duty| model.duties.get(duty as usize));
            let segment = segments[phrase.segment];
            Evidence {
                role: phrase.role,
                phrase: fold(map_text(text, tokens, phrase.first, phrase.last)),
                span: span(map, tokens, phrase.first, phrase.last),
                line: span(map, tokens, segment.first as usize, segment.last as usize - 1),
                points: phrase.points,
                duty: duty.map(|duty| duty.id.clone()),
                sources: duty.map(|duty| duty.sources(phrase.role)).unwrap_or_default(),
            }
        }));
        if self.options.context {
            other_wording(verdict, self.rows.all(), scratch, &found);
            partners(verdict, scratch, text, map);
            self.ignored(verdict, scratch, posting, map);
        }
    }

    fn votes(&self) -> Votes<'_> {
        Votes { model: &self.model, ballots: &self.ballots }
    }

    /// Joins neighbouring filler of one reason into parts.
    fn ignored(&self, verdict: &mut Verdict, scratch: &Scratch, posting: &str, map: SpanMap<'_>) {
        let Scratch { tokens, segments, judged, parts, .. } = scratch;
        let votes = self.votes();
        let mut open = false;
        for (index, (segment, scored)) in segments.iter().zip(judged).enumerate() {
            if scored.kind(&self.model.calibration.naming_odds) != Kind::Filler {
                open = false;
                continue;
            }
            let (first, last) = (segment.first as usize, segment.last as usize);
            let reason = votes.reason(parts.of(&[], index), last - first);
            let place = span(map, tokens, first, last - 1);
            match verdict.ignored.last_mut() {
                Some(before) if open && (before.reason == reason || reason == "other") => before.span.end = place.end,
                Some(before) if open && before.reason == "other" => {
                    before.span.end = place.end;
                    reason.clone_into(&mut before.reason);
                }
                _ => verdict.ignored.push(Ignored { span: place, reason: reason.to_owned() }),
            }
            open = true;
        }
        debug_assert!(verdict.ignored.iter().all(|part| part.span.end <= posting.len()));
    }
}

/// Counts the points of what is in no phrase.
fn other_wording(verdict: &mut Verdict, rows: &[Row], scratch: &Scratch, found: &[Phrase]) {
    let Scratch { segments, judged, parts, .. } = scratch;
    let mut listed: Vec<Vec<(usize, usize)>> = vec![Vec::new(); segments.len()];
    for phrase in found {
        listed[phrase.segment].push((phrase.first, phrase.last));
    }
    verdict.other_wording = RolePoints::default();
    for (index, ((segment, scored), listed)) in segments.iter().zip(judged).zip(&listed).enumerate() {
        if let Some(role) = aggregate::leaning(scored) {
            let parts = parts.of(rows, index);
            *verdict.other_wording.of_mut(role) += evidence::other_wording(parts, segment, scored, listed);
        }
    }
}

/// Lists the mentions of the roles as partners.
fn partners(verdict: &mut Verdict, scratch: &Scratch, text: &str, map: SpanMap<'_>) {
    let tokens = &scratch.tokens;
    verdict.partners.extend(scratch.partners.iter().map(|&(first, last)| {
        let (first, last) = (first as usize, last as usize - 1);
        Partner { phrase: fold(map_text(text, tokens, first, last)), span: span(map, tokens, first, last) }
    }));
}

/// Why a text cannot be judged at all.
fn unreadable(scratch: &Scratch, text: &str) -> Option<Reason> {
    if scratch.tokens.len() < MIN_WORDS {
        return Some(Reason::TooShort);
    }
    match language::language(text, &scratch.tokens) {
        Language::English => None,
        Language::Foreign => Some(Reason::NotEnglish),
        Language::NotProse => Some(Reason::OffTopic),
    }
}

fn read_title(title: &str, label: Label, reason: Option<Reason>, probabilities: &ByLabel<f64>) -> TitleReading {
    let says = title::read(title);
    let claimed = match says {
        TitleSays::Pm => Label::Pm,
        TitleSays::Pmm => Label::Pmm,
        TitleSays::Hybrid => Label::Hybrid,
        TitleSays::Other => Label::Unclear,
    };
    let judged = matches!(reason, None | Some(Reason::OffTopic));
    TitleReading {
        text: fold(title),
        says,
        agrees: judged.then_some(claimed == label),
        probability: judged.then(|| probabilities[claimed]),
    }
}

fn map_text<'a>(text: &'a str, tokens: &[Token], first: usize, last: usize) -> &'a str {
    text.get(tokens[first].start as usize..tokens[last].end as usize).unwrap_or_default()
}

/// Tokens `first..=last` as a range of the posting as given.
fn span(map: SpanMap<'_>, tokens: &[Token], first: usize, last: usize) -> Span {
    map.to_original(Span::new(tokens[first].start as usize, tokens[last].end as usize))
}
