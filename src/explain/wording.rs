//! The words in which every shell says the same.

use crate::infer::aggregate::PROSE;
use crate::infer::{Reason, TitleReading, TitleSays, Verdict};
use crate::model::{Duty, Kind, Label, Lens, Role};

use super::{DutyShift, WhatIf};

/// A label in words: "Product management".
#[must_use]
pub const fn label(label: Label) -> &'static str {
    match label {
        Label::Pm => "Product management",
        Label::Pmm => "Product marketing",
        Label::Hybrid => "Hybrid of product management and product marketing",
        Label::Unclear => "Unclear",
    }
}

/// A role as it is abbreviated: "PM" or "PMM".
#[must_use]
pub const fn role(role: Role) -> &'static str {
    match role {
        Role::Pm => "PM",
        Role::Pmm => "PMM",
    }
}

/// A role by its name, with a capital: "Product management".
#[must_use]
pub const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Pm => "Product management",
        Role::Pmm => "Product marketing",
    }
}

/// Why a posting is unclear, as a sentence without its full stop.
#[must_use]
pub const fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::TooShort => "too short to judge (a posting needs about 30 words)",
        Reason::OffTopic => "neither role's duties are strong here (another job's posting, or none at all)",
        Reason::NotEnglish => "not in English, which is all that can be read",
        Reason::LowConfidence => "less sure than was asked for",
    }
}

/// A confidence of 0 to 1 in words.
#[must_use]
pub fn confidence(confidence: f64) -> &'static str {
    match confidence {
        c if c >= 0.95 => "almost certain",
        c if c >= 0.85 => "sure",
        c if c >= 0.70 => "fairly sure",
        c if c >= 0.55 => "rather unsure",
        _ => "a guess",
    }
}

/// A probability to two places: nothing is quite certain, so "over 0.99" and "under
/// 0.01" at the ends.
#[must_use]
pub fn probability(p: f64) -> String {
    match p {
        p if p > 0.99 => "over 0.99".to_owned(),
        p if p < 0.01 => "under 0.01".to_owned(),
        p => format!("{p:.2}"),
    }
}

/// A lens by its name: "AIPMM", "Wikipedia", "guide".
#[must_use]
pub const fn lens(lens: Lens) -> &'static str {
    match lens {
        Lens::Aipmm => "AIPMM",
        Lens::Wikipedia => "Wikipedia",
        other => other.as_str(),
    }
}

/// What a title claims, in words.
#[must_use]
pub const fn claim(says: TitleSays) -> &'static str {
    match says {
        TitleSays::Pm => "product management",
        TitleSays::Pmm => "product marketing",
        TitleSays::Hybrid => "both roles",
        TitleSays::Other => "another job",
    }
}

/// Whether the duties agree with the title, and how sure that is.
#[must_use]
pub fn title(reading: &TitleReading) -> String {
    let claim = claim(reading.says);
    match (reading.agrees, reading.probability) {
        (Some(true), Some(p)) => format!("claims {claim}, and the duties agree ({})", probability(p)),
        (Some(false), Some(p)) => format!("claims {claim}, but the duties do not agree ({})", probability(1.0 - p)),
        _ => format!("claims {claim}; the duties cannot be judged"),
    }
}

/// What the sources say of a duty: "PM: guide, lists; PMM: AIPMM".
#[must_use]
pub fn sources(duty: &Duty) -> String {
    let groups = [(Kind::Pm, "PM"), (Kind::Pmm, "PMM"), (Kind::Shared, "both"), (Kind::Other, "neither")];
    let said: Vec<String> = groups
        .into_iter()
        .filter_map(|(kind, name)| {
            let by: Vec<_> = Lens::sources().into_iter().filter(|&l| duty.kinds[l] == Some(kind)).map(lens).collect();
            (!by.is_empty()).then(|| format!("{name}: {}", by.join(", ")))
        })
        .collect();
    if said.is_empty() { "no source names it".to_owned() } else { said.join("; ") }
}

/// What the share says, in words: "92% PM, 8% PMM (90% interval …)".
#[must_use]
pub fn share(verdict: &Verdict) -> String {
    let [low, high] = verdict.pm_share_interval.map(percent);
    let pm = percent(verdict.pm_share);
    let of = if verdict.label == Label::Unclear { "Of the little there is of both: " } else { "" };
    format!("{of}{pm}% PM, {}% PMM (90% interval of PM's part: {low}% to {high}%)", 100 - pm)
}

/// The probabilities behind an unclear verdict, and the other job nearest to it.
#[must_use]
pub fn probabilities(verdict: &Verdict) -> String {
    let p = &verdict.probabilities;
    let mut text = format!(
        "Product management {}, product marketing {}, hybrid {}, neither {}.",
        probability(p.pm),
        probability(p.pmm),
        probability(p.hybrid),
        probability(p.unclear)
    );
    match &*verdict.other_job {
        job if verdict.strength.other <= 0.0 || job.is_empty() => {}
        PROSE => text.push_str(" It reads like a text that is no posting."),
        job => {
            text.push_str(" Of other work, ");
            text.push_str(job);
            text.push_str(" is nearest.");
        }
    }
    text
}

/// A duty that weighs otherwise through a lens: "pricing and packaging decisions: both
/// → PM (+0.80)".
#[must_use]
pub fn shift(shift: &DutyShift) -> String {
    let kind = |kind: Kind| match kind {
        Kind::Pm => "PM",
        Kind::Pmm => "PMM",
        Kind::Shared => "both",
        Kind::Other | Kind::Filler => "neither",
    };
    let towards = if shift.points > 0.0 { "PM" } else { "PMM" };
    let (from, to) = (kind(shift.consensus), kind(shift.through));
    if from == to {
        format!("{} ({:.2} towards {towards})", shift.name, shift.points.abs())
    } else {
        format!("{}: {from} \u{2192} {to} ({:.2} towards {towards})", shift.name, shift.points.abs())
    }
}

/// What would change the label, as a sentence that the lines follow.
#[must_use]
pub fn what_if(found: &WhatIf) -> String {
    let Some(change) = &found.change else {
        return match found.reason {
            Some(Reason::TooShort) => "No removal changes it: there is too little to judge already.".to_owned(),
            _ if found.exact => "No removal of lines changes it.".to_owned(),
            _ if found.at_least == 1 => "Too long a posting to search through.".to_owned(),
            _ => {
                let tried = match found.at_least - 1 {
                    1 => "Every line was tried".to_owned(),
                    n => format!("All sets of up to {n} lines were tried"),
                };
                format!("No lines were found whose removal changes it. {tried}, larger ones in part.")
            }
        };
    };
    let lines = match change.lines.len() {
        1 => "this one line".to_owned(),
        n => format!("these {n} lines"),
    };
    let reading = match change.reason {
        Some(Reason::TooShort) => "too short to judge".to_owned(),
        Some(Reason::NotEnglish) => "not in English".to_owned(),
        _ => {
            let article = if change.label == Label::Hybrid { "a " } else { "" };
            format!("{article}{} ({})", label(change.label).to_lowercase(), probability(change.confidence))
        }
    };
    let found = match (found.exact, found.at_least) {
        (true, _) => "No fewer lines do it.".to_owned(),
        (false, 1) => "Found step by step: fewer might do it.".to_owned(),
        (false, least) => format!("Found step by step: fewer might do it, but no fewer than {least}."),
    };
    format!("Without {lines} the posting would be {reading}. {found}")
}

/// A part of 1 in whole percent.
#[must_use]
pub fn percent(part: f64) -> u32 {
    (part.clamp(0.0, 1.0) * 100.0).round() as u32
}

/// What was ignored: how much of the posting, and how many words by reason; `None` where
/// nothing was.
#[must_use]
pub fn ignored(posting: &str, verdict: &Verdict) -> Option<(String, String)> {
    let parts = super::snippet::ignored(posting, verdict);
    let total: usize = parts.iter().map(|(_, words)| words).sum();
    let all = super::snippet::count_words(posting).max(total);
    let list: Vec<_> = parts.iter().map(|(reason, words)| format!("{reason} {words}")).collect();
    (!list.is_empty()).then(|| (format!("Ignored, {total} of {all} words"), list.join(", ")))
}

/// A count with commas: `1,234,567`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_certain() {
        assert_eq!(
            [1.0, 0.991, 0.99, 0.5, 0.004].map(probability),
            ["over 0.99", "over 0.99", "0.99", "0.50", "under 0.01"]
        );
    }

    #[test]
    fn sources_are_named_by_what_they_say() {
        let mut duty = Duty {
            id: "d".into(),
            name: "d".into(),
            theme: "t".into(),
            kinds: [Some(Kind::Pm), Some(Kind::Pm), None, Some(Kind::Pm), None, Some(Kind::Pmm), None].into(),
        };
        assert_eq!(sources(&duty), "PM: guide, lists; PMM: AIPMM");
        duty.kinds = [Some(Kind::Pm), None, None, None, None, None, None].into();
        assert_eq!(sources(&duty), "no source names it");
    }

    #[test]
    fn groups_of_three() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1000), "1,000");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}
