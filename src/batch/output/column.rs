//! The columns that a run adds.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind};
use crate::table::columns::nearest;

/// A column that a run adds. In files its name starts with `rolecall_`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Column {
    /// `pm`, `pmm`, `hybrid` or `unclear`.
    Label,
    /// Why the label is unclear: `too_short`, `off_topic`, `not_english`, `low_confidence`;
    /// empty for other labels.
    Reason,
    /// Probability of the label, from 0 to 1. Numbers have four decimals; points in a list have two in
    /// CSV and TSV.
    Confidence,
    /// Probability of `pm`.
    PPm,
    /// Probability of `pmm`.
    PPmm,
    /// Probability of `hybrid`.
    PHybrid,
    /// Probability of `unclear`.
    PUnclear,
    /// PM share of the duties that belong to one role, from 0 to 1.
    PmShare,
    /// Lower bound of its 90% interval.
    PmShareLow,
    /// Upper bound of its 90% interval.
    PmShareHigh,
    /// Strength of product management: its points, about one per line that states a duty.
    StrengthPm,
    /// Strength of product marketing.
    StrengthPmm,
    /// Strength of all other jobs together.
    StrengthOther,
    /// The family of other jobs whose wording is nearest, such as `design`; `prose` for a text that is not
    /// a posting.
    OtherJob,
    /// What the title claims: `pm`, `pmm`, `both`, `near`, `other` or `none`; empty without a
    /// title.
    TitleSays,
    /// `true` or `false`: whether the duties alone give the label that the title claims; empty
    /// without a title that claims one.
    TitleAgrees,
    /// The label by the duties alone, without the title.
    LabelByDuties,
    /// Probability of that label.
    ConfidenceByDuties,
    /// The lens: whose definition of the roles counts.
    Lens,
    /// Name, version and checksum of the model.
    Model,
    /// The product management duties that are stated, with their points, the highest first. In JSON a
    /// list of objects: `duty`, `name` and `points`.
    DutiesPm,
    /// The product marketing duties that are stated.
    DutiesPmm,
    /// The clearest phrases of both roles with their points, the clearest first, at most
    /// [`Options::phrases`](crate::Options::phrases) per role. In JSON a list of objects: `role`,
    /// `phrase`, `start` and `end` in bytes of the text, `points` and `duty`.
    Evidence,
    /// That the text may not be one posting, or was not read to its end: `resume`, `several_postings`,
    /// `truncated`. In JSON a list.
    Notes,
}

impl Column {
    /// All columns, in their default order.
    pub const ALL: [Self; 24] = [
        Self::Label,
        Self::Reason,
        Self::Confidence,
        Self::PPm,
        Self::PPmm,
        Self::PHybrid,
        Self::PUnclear,
        Self::PmShare,
        Self::PmShareLow,
        Self::PmShareHigh,
        Self::StrengthPm,
        Self::StrengthPmm,
        Self::StrengthOther,
        Self::OtherJob,
        Self::TitleSays,
        Self::TitleAgrees,
        Self::LabelByDuties,
        Self::ConfidenceByDuties,
        Self::Lens,
        Self::Model,
        Self::DutiesPm,
        Self::DutiesPmm,
        Self::Evidence,
        Self::Notes,
    ];

    /// Its name in files, such as `rolecall_label`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Label => "rolecall_label",
            Self::Reason => "rolecall_reason",
            Self::Confidence => "rolecall_confidence",
            Self::PPm => "rolecall_p_pm",
            Self::PPmm => "rolecall_p_pmm",
            Self::PHybrid => "rolecall_p_hybrid",
            Self::PUnclear => "rolecall_p_unclear",
            Self::PmShare => "rolecall_pm_share",
            Self::PmShareLow => "rolecall_pm_share_low",
            Self::PmShareHigh => "rolecall_pm_share_high",
            Self::StrengthPm => "rolecall_strength_pm",
            Self::StrengthPmm => "rolecall_strength_pmm",
            Self::StrengthOther => "rolecall_strength_other",
            Self::OtherJob => "rolecall_other_job",
            Self::TitleSays => "rolecall_title_says",
            Self::TitleAgrees => "rolecall_title_agrees",
            Self::LabelByDuties => "rolecall_label_by_duties",
            Self::ConfidenceByDuties => "rolecall_confidence_by_duties",
            Self::Lens => "rolecall_lens",
            Self::Model => "rolecall_model",
            Self::DutiesPm => "rolecall_duties_pm",
            Self::DutiesPmm => "rolecall_duties_pmm",
            Self::Evidence => "rolecall_evidence",
            Self::Notes => "rolecall_notes",
        }
    }

    /// Whether it needs the phrases of a verdict, or what is found with them, which takes time.
    pub(crate) fn needs_evidence(self) -> bool {
        matches!(self, Self::Evidence | Self::Notes) || self.needs_duties()
    }

    /// Whether it needs all phrases.
    pub(crate) fn needs_duties(self) -> bool {
        matches!(self, Self::DutiesPm | Self::DutiesPmm)
    }

    /// Whether it needs the interval of the share, which takes time.
    pub(crate) fn needs_interval(self) -> bool {
        matches!(self, Self::PmShareLow | Self::PmShareHigh)
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Column {
    type Err = Error;

    /// Parses a name in any case, with or without `rolecall_`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let wanted = text.trim().to_ascii_lowercase();
        let short = |column: &Self| column.name().trim_start_matches("rolecall_").to_owned();
        Self::ALL.into_iter().find(|column| column.name() == wanted || short(column) == wanted).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(short).collect();
            let near = nearest(&names, &wanted).map(|name| format!("did you mean '{name}'? ")).unwrap_or_default();
            Error::new(ErrorKind::Input, format!("no output column is named '{text}'"))
                .hint(format!("{near}the columns are: {}", names.join(", ")))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_some_columns_take_time() {
        let table = [
            (Column::Label, [false, false, false]),
            (Column::Evidence, [true, false, false]),
            (Column::Notes, [true, false, false]),
            (Column::DutiesPm, [true, true, false]),
            (Column::DutiesPmm, [true, true, false]),
            (Column::PmShare, [false, false, false]),
            (Column::PmShareLow, [false, false, true]),
            (Column::PmShareHigh, [false, false, true]),
        ];
        for (column, needs) in table {
            let found = [column.needs_evidence(), column.needs_duties(), column.needs_interval()];
            assert_eq!(found, needs, "{column}");
        }
    }

    #[test]
    fn names_round_trip() {
        for column in Column::ALL {
            for name in
                [column.to_string(), column.name().to_uppercase(), column.name()["rolecall_".len()..].to_owned()]
            {
                assert_eq!(name.parse::<Column>().unwrap(), column);
            }
        }
        let error = "lable".parse::<Column>().unwrap_err().to_string();
        assert!(error.contains("did you mean 'label'?"), "{error}");
    }
}
