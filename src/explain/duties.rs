//! Evidence summed up by duty and theme.

use crate::infer::{Classifier, RolePoints, Scratch, Verdict};
use crate::model::{Duty, Kind, Label, Lens, Role};
use crate::text::Span;

use super::wording;

/// The points of a verdict by theme and duty. For each role, themes + `unnamed` +
/// `other_wording` is its strength, to float precision.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct DutyTable {
    /// Themes with evidence, most points first.
    pub themes: Vec<ThemePoints>,
    /// Points of listed phrases without a named duty.
    pub unnamed: RolePoints,
    /// Points outside the listed phrases.
    pub other_wording: RolePoints,
    /// The strength of each role, as in the verdict. [`Self::sum`] adds it up from the parts.
    pub strength: RolePoints,
    /// Themes of which no line of the posting states a duty: those of the other role for `pm` and
    /// `pmm`, of both roles for `hybrid`, none for `unclear`.
    pub absent: Vec<AbsentTheme>,
}

/// The points of a theme for one role.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ThemePoints {
    /// The role.
    pub role: Role,
    /// The theme: `roadmap`, `messaging` …
    pub theme: String,
    /// The sum over its duties.
    pub points: f64,
    /// Its duties, most points first.
    pub duties: Vec<DutyPoints>,
}

/// The points of a duty.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct DutyPoints {
    /// Its id.
    pub duty: String,
    /// Its name.
    pub name: String,
    /// Its theme.
    pub theme: String,
    /// The sum over its phrases.
    pub points: f64,
    /// Indices of its phrases in the verdict's evidence.
    pub phrases: Vec<usize>,
    /// The lines that these phrases are in, each once, in order.
    pub lines: Vec<Span>,
    /// What the sources say: the kind that each assigns to the duty. Sources that do not mention it are
    /// left out.
    pub said: Vec<Said>,
    /// Whether the sources disagree.
    pub disputed: bool,
}

/// What one source says about a duty: the kind that it assigns to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Said {
    /// The source.
    pub source: Lens,
    /// The kind.
    pub kind: Kind,
}

/// A theme of a role of which no line states a duty.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct AbsentTheme {
    /// The role.
    pub role: Role,
    /// The theme.
    pub theme: String,
    /// The theme in plain words: "sales enablement".
    pub name: String,
    /// Names of the role's duties in it.
    pub duties: Vec<String>,
}

impl DutyTable {
    /// Sums up the evidence of `verdict`, which must be that of `classifier` on `posting`.
    /// Phrases that the verdict does not list count as other wording; for all duties,
    /// classify with [`Options::phrases`](crate::Options::phrases) set to `usize::MAX`.
    #[must_use]
    pub fn new(classifier: &Classifier, scratch: &mut Scratch, verdict: &Verdict, posting: &str) -> Self {
        let mut themes: Vec<ThemePoints> = Vec::new();
        let mut unnamed = RolePoints::default();
        for (place, phrase) in verdict.evidence.iter().enumerate() {
            let Some(duty) = phrase.duty.as_deref() else {
                *unnamed.of_mut(phrase.role) += phrase.points;
                continue;
            };
            let row = row(&mut themes, phrase.role, duty);
            row.points += phrase.points;
            row.phrases.push(place);
            row.lines.push(phrase.line);
        }
        for theme in &mut themes {
            theme.points = theme.duties.iter().map(|duty| duty.points).sum();
            for duty in &mut theme.duties {
                duty.lines.sort_unstable();
                duty.lines.dedup();
            }
            theme.duties.sort_by(|a, b| b.points.total_cmp(&a.points).then_with(|| a.duty.cmp(&b.duty)));
        }
        themes.sort_by(|a, b| b.points.total_cmp(&a.points).then_with(|| (a.role, &a.theme).cmp(&(b.role, &b.theme))));
        let absent = absent(&classifier.stated_duties(scratch, posting), verdict);
        let strength = RolePoints { pm: verdict.strength.pm, pmm: verdict.strength.pmm };
        Self { themes, unnamed, other_wording: verdict.other_wording, strength, absent }
    }

    /// The duties of `role`, most points first.
    pub fn duties(&self, role: Role) -> impl Iterator<Item = &DutyPoints> {
        let mut duties: Vec<_> =
            self.themes.iter().filter(|theme| theme.role == role).flat_map(|theme| &theme.duties).collect();
        duties.sort_by(|a, b| b.points.total_cmp(&a.points).then_with(|| a.duty.cmp(&b.duty)));
        duties.into_iter()
    }

    /// The points of `role` in all parts added up: its `strength`, to float precision.
    #[must_use]
    pub fn sum(&self, role: Role) -> f64 {
        let themes: f64 = self.themes.iter().filter(|theme| theme.role == role).map(|theme| theme.points).sum();
        themes + self.unnamed.of(role) + self.other_wording.of(role)
    }
}

fn row<'a>(themes: &'a mut Vec<ThemePoints>, role: Role, duty: &Duty) -> &'a mut DutyPoints {
    let at = themes.iter().position(|theme| theme.role == role && theme.theme == duty.theme).unwrap_or_else(|| {
        themes.push(ThemePoints { role, theme: duty.theme.clone(), points: 0.0, duties: Vec::new() });
        themes.len() - 1
    });
    let duties = &mut themes[at].duties;
    let at = duties.iter().position(|row| row.duty == duty.id).unwrap_or_else(|| {
        let said =
            Lens::sources().into_iter().filter_map(|source| Some(Said { source, kind: duty.kinds[source]? })).collect();
        duties.push(DutyPoints {
            duty: duty.id.clone(),
            name: duty.name.clone(),
            theme: duty.theme.clone(),
            points: 0.0,
            phrases: Vec::new(),
            lines: Vec::new(),
            said,
            disputed: duty.disputed(),
        });
        duties.len() - 1
    });
    &mut duties[at]
}

/// The themes of which no line states a duty.
fn absent(duties: &[(&Duty, bool)], verdict: &Verdict) -> Vec<AbsentTheme> {
    let roles: &[Role] = match verdict.label {
        Label::Pm => &[Role::Pmm],
        Label::Pmm => &[Role::Pm],
        Label::Hybrid => &Role::ALL,
        Label::Unclear => &[],
    };
    let mut absent: Vec<AbsentTheme> = Vec::new();
    for &role in roles {
        for (duty, _) in duties.iter().filter(|(duty, _)| duty.kind(verdict.lens) == role.into()) {
            // A duty of both roles may state the theme too.
            if duties.iter().any(|(other, stated)| *stated && other.theme == duty.theme) {
                continue;
            }
            match absent.iter_mut().find(|gap| gap.role == role && gap.theme == duty.theme) {
                Some(gap) => gap.duties.push(duty.name.clone()),
                None => absent.push(AbsentTheme {
                    role,
                    theme: duty.theme.clone(),
                    name: wording::theme(role, &duty.theme).to_owned(),
                    duties: vec![duty.name.clone()],
                }),
            }
        }
    }
    absent
}
