//! What a classifier answers.

use std::sync::Arc;

use crate::model::{ByKind, ByLabel, Kind, Label, Lens, Role};
use crate::text::Span;

/// The judgement of one posting.
///
/// With the `serde` feature it serialises to the JSON object that every shell of
/// Rolecall gives; fields may be added, never renamed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Verdict {
    /// The label.
    pub label: Label,
    /// Why the label is [`Label::Unclear`]; `None` for the others.
    pub reason: Option<Reason>,
    /// Calibrated probability of the label given, 0 to 1: of verdicts with a
    /// confidence of 0.8, eight in ten are right.
    pub confidence: f64,
    /// Calibrated probability of every label; they sum to 1.
    pub probabilities: Probabilities,
    /// PM's part of the role-specific duties, 0 (all PMM) to 1 (all PM). 0.5 where
    /// the posting holds none.
    pub pm_share: f64,
    /// 90% interval of the share, from resampling the posting's lines.
    pub pm_share_interval: [f64; 2],
    /// How strong each side is, in duty lines: points summed over the posting.
    pub strength: Strength,
    /// The family of other jobs the posting is nearest to: `design`, `marketing` …; of an
    /// [`Reason::OffTopic`] one also `prose`, text that is no posting.
    pub other_job: Arc<str>,
    /// The strongest phrases of both roles, strongest first. They do not overlap.
    pub evidence: Vec<Evidence>,
    /// Points of all role-specific wording that is not listed in the evidence.
    pub other_wording: RolePoints,
    /// Points each role has before a word is read. Always 0: neither role is
    /// presumed.
    pub prior: f64,
    /// Mentions of the roles as partners; no evidence.
    pub partners: Vec<Partner>,
    /// Parts that say nothing of the job's duties.
    pub ignored: Vec<Ignored>,
    /// What the title claims, where there is one.
    pub title: Option<TitleReading>,
    /// The lens looked through.
    pub lens: Lens,
    /// Name, version and checksum of the model.
    pub model: Arc<str>,
}

/// Why a posting is [`Label::Unclear`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Reason {
    /// Fewer than about 30 words.
    TooShort,
    /// Another job's posting, or no posting at all.
    OffTopic,
    /// Not in English.
    NotEnglish,
    /// The label would be less probable than the caller asked for.
    LowConfidence,
}

impl Reason {
    /// `too_short`, `off_topic`, `not_english` or `low_confidence`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooShort => "too_short",
            Self::OffTopic => "off_topic",
            Self::NotEnglish => "not_english",
            Self::LowConfidence => "low_confidence",
        }
    }
}

/// Probability of each label.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Probabilities {
    /// Of [`Label::Pm`].
    pub pm: f64,
    /// Of [`Label::Pmm`].
    pub pmm: f64,
    /// Of [`Label::Hybrid`].
    pub hybrid: f64,
    /// Of [`Label::Unclear`].
    pub unclear: f64,
}

impl Probabilities {
    pub(crate) fn new(of: &ByLabel<f64>) -> Self {
        Self { pm: of[Label::Pm], pmm: of[Label::Pmm], hybrid: of[Label::Hybrid], unclear: of[Label::Unclear] }
    }

    /// Of `label`.
    #[must_use]
    pub const fn of(&self, label: Label) -> f64 {
        match label {
            Label::Pm => self.pm,
            Label::Pmm => self.pmm,
            Label::Hybrid => self.hybrid,
            Label::Unclear => self.unclear,
        }
    }
}

/// Strength of the roles and of the nearest other job.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Strength {
    /// Of product management: evidence and other wording add up to it.
    pub pm: f64,
    /// Of product marketing: evidence and other wording add up to it.
    pub pmm: f64,
    /// Of the nearest other job.
    pub other: f64,
}

/// Points by role.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct RolePoints {
    /// For product management.
    pub pm: f64,
    /// For product marketing.
    pub pmm: f64,
}

impl RolePoints {
    /// For `role`.
    #[must_use]
    pub const fn of(&self, role: Role) -> f64 {
        match role {
            Role::Pm => self.pm,
            Role::Pmm => self.pmm,
        }
    }

    pub(crate) fn of_mut(&mut self, role: Role) -> &mut f64 {
        match role {
            Role::Pm => &mut self.pm,
            Role::Pmm => &mut self.pmm,
        }
    }
}

/// A phrase that speaks for a role.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Evidence {
    /// The role it speaks for.
    pub role: Role,
    /// The phrase, as the posting has it, blanks folded.
    pub phrase: String,
    /// Where it stands.
    pub span: Span,
    /// The line or sentence around it.
    pub line: Span,
    /// Its points: damped log-odds for its role against the other.
    pub points: f64,
    /// The duty it speaks of, where one fits.
    pub duty: Option<String>,
    /// The sources that give that duty to the role.
    pub sources: Vec<Lens>,
}

/// A mention of a role as partner: "work with product marketing".
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Partner {
    /// The mention, blanks folded.
    pub phrase: String,
    /// Where it stands.
    pub span: Span,
}

/// A part that says nothing of the job's duties.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ignored {
    /// Where it stands.
    pub span: Span,
    /// What it is: `company`, `benefits`, `legal`, `application` …
    pub reason: String,
}

/// What a title claims, and whether the duties agree.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct TitleReading {
    /// The title.
    pub text: String,
    /// What it claims.
    pub says: TitleSays,
    /// Whether the label is what the title claims; `None` when the posting was too
    /// short or not in English.
    pub agrees: Option<bool>,
    /// Calibrated probability that the job is what the title claims, 0 to 1; `None`
    /// where `agrees` is.
    pub probability: Option<f64>,
}

/// The claim of a title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum TitleSays {
    /// Product management.
    Pm,
    /// Product marketing.
    Pmm,
    /// Both.
    Hybrid,
    /// Another job.
    Other,
}

impl TitleSays {
    /// `pm`, `pmm`, `hybrid` or `other`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pm => "pm",
            Self::Pmm => "pmm",
            Self::Hybrid => "hybrid",
            Self::Other => "other",
        }
    }
}

/// The judgement of one line or sentence.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LineVerdict {
    /// Where it stands.
    pub span: Span,
    /// What it is called: the most probable kind.
    pub kind: Kind,
    /// Probability of each kind, where lines of every kind
    /// are about as frequent as they are worth finding; not their frequencies in postings.
    pub probabilities: ByKind<f64>,
    /// Points for its role: positive for PM, negative for PMM.
    pub points: f64,
}

#[cfg(feature = "serde")]
mod json {
    //! The verdict as JSON: spans are flattened into `start` and `end`.

    use serde::ser::{Serialize, SerializeStruct, Serializer};

    use super::{Evidence, Ignored, Partner, Verdict};

    impl Serialize for Verdict {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut object = serializer.serialize_struct("Verdict", 16)?;
            object.serialize_field("label", &self.label)?;
            object.serialize_field("reason", &self.reason)?;
            object.serialize_field("confidence", &self.confidence)?;
            object.serialize_field("probabilities", &self.probabilities)?;
            object.serialize_field("pm_share", &self.pm_share)?;
            object.serialize_field("pm_share_interval", &self.pm_share_interval)?;
            object.serialize_field("strength", &self.strength)?;
            object.serialize_field("other_job", &*self.other_job)?;
            object.serialize_field("evidence", &self.evidence)?;
            object.serialize_field("other_wording", &self.other_wording)?;
            object.serialize_field("prior", &self.prior)?;
            object.serialize_field("partners", &self.partners)?;
            object.serialize_field("ignored", &self.ignored)?;
            object.serialize_field("title", &self.title)?;
            object.serialize_field("lens", &self.lens)?;
            object.serialize_field("model", &*self.model)?;
            object.end()
        }
    }

    impl Serialize for Evidence {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut object = serializer.serialize_struct("Evidence", 9)?;
            object.serialize_field("role", &self.role)?;
            object.serialize_field("phrase", &self.phrase)?;
            object.serialize_field("start", &self.span.start)?;
            object.serialize_field("end", &self.span.end)?;
            object.serialize_field("line_start", &self.line.start)?;
            object.serialize_field("line_end", &self.line.end)?;
            object.serialize_field("points", &self.points)?;
            object.serialize_field("duty", &self.duty)?;
            object.serialize_field("sources", &self.sources)?;
            object.end()
        }
    }

    impl Serialize for Partner {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut object = serializer.serialize_struct("Partner", 3)?;
            object.serialize_field("phrase", &self.phrase)?;
            object.serialize_field("start", &self.span.start)?;
            object.serialize_field("end", &self.span.end)?;
            object.end()
        }
    }

    impl Serialize for Ignored {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut object = serializer.serialize_struct("Ignored", 3)?;
            object.serialize_field("start", &self.span.start)?;
            object.serialize_field("end", &self.span.end)?;
            object.serialize_field("reason", &self.reason)?;
            object.end()
        }
    }
}
