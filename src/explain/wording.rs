//! Wording shared by the HTML page and the program's text output.

use std::borrow::Cow;

use crate::infer::{Interval, Note, Reason, TitleReading, Verdict};
use crate::model::{Duty, Group, Kind, Label, Lens, Role, TitleClaim};
use crate::tokenize::tokenizer::MAX_WORDS;

use super::numbers::{LEAST_SHOWN, percent, probability};
use super::{Comparison, DutyShift, WhatIf, unclassifiable};

/// A label: "Product management".
#[must_use]
pub const fn label(label: Label) -> &'static str {
    match label {
        Label::Pm => "Product management",
        Label::Pmm => "Product marketing",
        Label::Hybrid => "Hybrid of product management and product marketing",
        Label::Unclear => "Unclear",
    }
}

/// A role's abbreviation: "PM" or "PMM".
#[must_use]
pub const fn role(role: Role) -> &'static str {
    match role {
        Role::Pm => "PM",
        Role::Pmm => "PMM",
    }
}

/// Both roles in the order in which they are shown: the stronger one first.
#[must_use]
pub fn stronger_first(verdict: &Verdict) -> [Role; 2] {
    if verdict.strength.pmm > verdict.strength.pm { [Role::Pmm, Role::Pm] } else { Role::ALL }
}

/// A role's name with a capital: "Product management".
#[must_use]
pub const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Pm => "Product management",
        Role::Pmm => "Product marketing",
    }
}

/// A theme of a role's duties in plain words: "positioning and messaging". Themes of other models are
/// returned as they are.
#[must_use]
pub fn theme(role: Role, theme: &str) -> &str {
    match (theme, role) {
        ("strategy", _) => "product vision and strategy",
        ("roadmap", _) => "roadmap and priorities",
        ("requirements", _) => "requirements and specifications",
        ("delivery", _) => "building and releasing with engineering",
        ("design", _) => "design and user experience",
        ("discovery", _) => "user research and discovery",
        ("lifecycle", _) => "new products and their life cycle",
        ("business", _) => "business case and market size",
        ("leadership", _) => "leading product teams",
        ("hardware", _) => "hardware cost and manufacturability",
        ("growth", _) => "growth within the product",
        ("market", _) => "target market and audience",
        ("messaging", _) => "positioning and messaging",
        ("competition", _) => "competitive positioning",
        ("enablement", _) => "sales enablement",
        ("content", _) => "content and case studies",
        ("campaigns", _) => "campaigns and demand",
        ("promotion", _) => "press, analysts and events",
        ("plan", _) => "marketing plan and budget",
        ("customers", _) => "customer marketing",
        ("metrics", Role::Pm) => "product metrics",
        ("metrics", Role::Pmm) => "marketing metrics",
        ("partners", Role::Pm) => "strategic partners",
        ("partners", Role::Pmm) => "partner marketing",
        ("launch", Role::Pm) => "launch readiness",
        ("launch", Role::Pmm) => "go-to-market and launches",
        _ => theme,
    }
}

/// Why a posting is `unclear`, without a period.
#[must_use]
pub const fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::TooShort => "too short to judge (a posting needs about 30 words)",
        Reason::OffTopic => "few duties of either role (another job, or not a job posting)",
        Reason::NotEnglish => "not in English, the only language supported",
        Reason::LowConfidence => "confidence below the required minimum",
    }
}

/// Why this posting is `unclear`, without a period: its reason, or more exactly that it is a résumé
/// or that its title outweighs its duties.
#[must_use]
pub fn why_unclear(verdict: &Verdict, reason: Reason) -> &'static str {
    if verdict.notes.contains(&Note::Resume) {
        "it reads like a person's r\u{e9}sum\u{e9}, not like a posting"
    } else if verdict.reason == Some(Reason::OffTopic) && verdict.by_duties_alone.label != Label::Unclear {
        "its title claims another job, and the duties do not outweigh it"
    } else {
        self::reason(reason)
    }
}

/// What a reader should know about the text; `None` for nothing.
#[must_use]
pub fn note(verdict: &Verdict) -> Option<String> {
    let sentences = [
        (
            Note::SeveralPostings,
            "The text holds several postings, and this is the verdict on all of them together: classify each by itself.",
        ),
        (Note::Truncated, "The text is very long, and this is the verdict on its first 50,000 words."),
    ];
    let found: Vec<_> =
        sentences.iter().filter(|(note, _)| verdict.notes.contains(note)).map(|(_, text)| *text).collect();
    (!found.is_empty()).then(|| found.join(" "))
}

/// How certain a verdict is, in words and as the probability of its label: "sure (0.86)". A wide
/// interval of the share makes it less certain: "unsure (0.94, but the interval is wide)".
#[must_use]
pub fn certainty(verdict: &Verdict) -> String {
    let width = verdict.pm_share_interval.map_or(0.0, |interval| interval.high - interval.low);
    let cap = match width {
        width if width > 0.6 => 0.69,
        width if width > 0.4 => 0.84,
        _ => 1.0,
    };
    let words = |confidence: f64| match confidence {
        c if c >= 0.95 => "almost certain",
        c if c >= 0.85 => "sure",
        c if c >= 0.70 => "fairly sure",
        c if c >= 0.55 => "unsure",
        _ => "a guess",
    };
    let found = words(verdict.confidence.min(cap));
    let but = if found == words(verdict.confidence) { "" } else { ", but the interval is wide" };
    format!("{found} ({}{but})", probability(verdict.confidence))
}

/// A lens's name: "AIPMM", "Wikipedia", "guide".
#[must_use]
pub const fn lens(lens: Lens) -> &'static str {
    match lens {
        Lens::Aipmm => "AIPMM",
        Lens::Wikipedia => "Wikipedia",
        other => other.as_str(),
    }
}

/// What a title claims: "claims product management".
#[must_use]
pub const fn claim(says: TitleClaim) -> &'static str {
    match says {
        TitleClaim::Pm => "claims product management",
        TitleClaim::Pmm => "claims product marketing",
        TitleClaim::Both => "claims both roles",
        TitleClaim::Near => "claims a neighboring job",
        TitleClaim::Other => "claims another job",
        TitleClaim::None => "makes no clear claim",
    }
}

/// What the title claims, the likeliest label of postings with such titles, and the label by the
/// duties alone.
#[must_use]
pub fn title(title: &TitleReading, verdict: &Verdict) -> String {
    let alone = &verdict.by_duties_alone;
    let duties_label = label(alone.label).to_lowercase();
    let article = if alone.label == Label::Hybrid { "a " } else { "" };
    let duties = match alone.title_agrees {
        Some(true) => format!("the duties alone agree: {duties_label} ({})", probability(alone.confidence)),
        Some(false) => format!("the duties alone say {article}{duties_label} ({})", probability(alone.confidence)),
        None if unclassifiable(verdict.reason) => "the duties cannot be judged".to_owned(),
        None => format!("by the duties alone: {duties_label} ({})", probability(alone.confidence)),
    };
    let prior = Label::ALL.into_iter().map(|label| (label, title.prior.of(label)));
    let (likely, fraction) = prior.fold((Label::Pm, 0.0), |best, own| if own.1 > best.1 { own } else { best });
    let prior = if title.says == TitleClaim::None {
        String::new()
    } else {
        let likely = if likely == Label::Unclear { "neither role".to_owned() } else { label(likely).to_lowercase() };
        format!(" ({}% of postings with such titles are {likely})", percent(fraction))
    };
    format!("{}{prior}; {duties}", claim(title.says))
}

/// The role or roles of a duty of this kind: "PM", "PMM", "both" or "neither".
#[must_use]
pub const fn roles(kind: Kind) -> &'static str {
    match kind {
        Kind::Pm => "PM",
        Kind::Pmm => "PMM",
        Kind::Shared => "both",
        Kind::Other | Kind::Filler => "neither",
    }
}

/// What the sources say about a duty: "PM: guide, lists; PMM: AIPMM".
#[must_use]
pub fn sources(duty: &Duty) -> String {
    let said: Vec<String> = [Kind::Pm, Kind::Pmm, Kind::Shared, Kind::Other]
        .into_iter()
        .filter_map(|kind| {
            let by: Vec<_> = Lens::sources().into_iter().filter(|&l| duty.kinds[l] == Some(kind)).map(lens).collect();
            (!by.is_empty()).then(|| format!("{}: {}", roles(kind), by.join(", ")))
        })
        .collect();
    if said.is_empty() { "no source mentions it".to_owned() } else { said.join("; ") }
}

/// The share: "92% PM, 8% PMM (90% interval of the PM share: …)".
#[must_use]
pub fn share(pm: f64, interval: Interval) -> String {
    let [low, high] = <[f64; 2]>::from(interval).map(percent);
    let pm = percent(pm);
    format!("{pm}% PM, {}% PMM (90% interval of the PM share: {low}% to {high}%)", 100 - pm)
}

/// The probabilities of an `unclear` verdict, and the nearest other job.
#[must_use]
pub fn probabilities(verdict: &Verdict) -> String {
    let p = &verdict.probabilities;
    let other_job = match verdict.other_job.as_deref().filter(|_| verdict.strength.other > 0.0) {
        None => String::new(),
        Some(Group::PROSE) => " It does not read like a job posting.".to_owned(),
        Some(Group::ELSEWHERE) => " The nearest other job is in another field.".to_owned(),
        Some(job) => format!(" The nearest other job is {job}."),
    };
    format!(
        "Product management {}, product marketing {}, hybrid {}, neither {}.{other_job}",
        probability(p.pm),
        probability(p.pmm),
        probability(p.hybrid),
        probability(p.unclear)
    )
}

/// A duty that counts differently through a lens: "pricing and packaging decisions: both →
/// PM (0.80 toward PM)".
#[must_use]
pub fn shift(shift: &DutyShift) -> String {
    let toward = if shift.points > 0.0 { "PM" } else { "PMM" };
    let (from, to) = (roles(shift.consensus), roles(shift.through));
    let kinds = if from == to { String::new() } else { format!(": {from} \u{2192} {to}") };
    format!("{}{kinds} ({:.2} toward {toward})", shift.name, shift.points.abs())
}

/// What would change the label: sentences to show before the lines.
#[must_use]
pub fn what_if(found: &WhatIf) -> String {
    let Some(change) = &found.change else {
        return match found.reason {
            Some(Reason::TooShort) => "No removal changes the label: the posting is too short as it is.".to_owned(),
            _ if found.exact => "No removal of lines changes the label.".to_owned(),
            _ if found.at_least == 1 => "The posting is too long to search.".to_owned(),
            _ => {
                let tried = match found.at_least - 1 {
                    1 => "Every single line was tried".to_owned(),
                    n => format!("All sets of up to {n} lines were tried"),
                };
                format!("No lines were found whose removal changes the label. {tried}, and some larger sets.")
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
        (true, _) => "Fewer lines would not change the label.".to_owned(),
        (false, 1) => "Fewer lines might also change it.".to_owned(),
        (false, least) => format!("Fewer lines might also change it, but at least {least}."),
    };
    format!("Without {lines} the posting would be {reading}. {found}")
}

/// What changed from one posting to another, in a sentence.
#[must_use]
pub fn change(found: &Comparison) -> String {
    let label = if found.a.label == found.b.label { "The label is the same" } else { "The label changes" };
    let share = match found.share_change {
        None => "the PM shares cannot be compared".to_owned(),
        Some(change) if change.abs() < LEAST_SHOWN => "the PM share stays the same".to_owned(),
        Some(change) if change > 0.0 => format!("the PM share rises by {change:.2}"),
        Some(change) => format!("the PM share falls by {:.2}", -change),
    };
    format!("{label}; {share}.")
}

/// Maximum number of characters of a word in a phrase that is shown outside the posting.
const MAX_WORD: usize = 60;

/// `text` with words of more than 60 characters cut short by an ellipsis.
#[must_use]
pub fn short_words(text: &str) -> Cow<'_, str> {
    let is_long = |word: &str| word.len() > MAX_WORD && word.chars().count() > MAX_WORD;
    if !text.split_whitespace().any(is_long) {
        return Cow::Borrowed(text);
    }
    let mut short = String::new();
    for word in text.split_inclusive(char::is_whitespace) {
        let whole = word.trim_end();
        if is_long(whole) {
            short.extend(whole.chars().take(MAX_WORD - 1));
            short.push('\u{2026}');
            short.push_str(&word[whole.len()..]);
        } else {
            short.push_str(word);
        }
    }
    Cow::Owned(short)
}

/// How many words of the posting were ignored, in all and by reason; `None` if none were.
#[must_use]
pub fn ignored(posting: &str, verdict: &Verdict) -> Option<(String, String)> {
    let parts = super::snippet::ignored(posting, verdict);
    let total: usize = parts.iter().map(|(_, words)| words).sum();
    let most = if verdict.notes.contains(&Note::Truncated) { MAX_WORDS } else { usize::MAX };
    let all = super::snippet::count_words(posting).min(most).max(total);
    let list: Vec<_> = parts.iter().map(|(reason, words)| format!("{reason} {words}")).collect();
    (!list.is_empty()).then(|| (format!("Ignored, {total} of {all} words"), list.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_grouped_by_kind() {
        let mut duty = Duty {
            id: "d".into(),
            name: "d".into(),
            theme: "t".into(),
            kinds: [Some(Kind::Pm), Some(Kind::Pm), None, Some(Kind::Pm), None, Some(Kind::Pmm), None].into(),
        };
        assert_eq!(sources(&duty), "PM: guide, lists; PMM: AIPMM");
        duty.kinds = [Some(Kind::Pm), None, None, None, None, None, None].into();
        assert_eq!(sources(&duty), "no source mentions it");
    }

    #[test]
    fn a_wide_interval_makes_a_verdict_less_certain() {
        let mut verdict = crate::Classifier::builtin().unwrap().classify("Own the roadmap.");
        for (confidence, width, expected) in [
            (0.97, 0.4, "almost certain (0.97)"),
            (0.97, 0.41, "fairly sure (0.97, but the interval is wide)"),
            (0.94, 0.61, "unsure (0.94, but the interval is wide)"),
            (0.84, 0.6, "fairly sure (0.84)"),
            (0.86, 0.2, "sure (0.86)"),
            (0.56, 0.9, "unsure (0.56)"),
            (0.54, 0.9, "a guess (0.54)"),
        ] {
            verdict.confidence = confidence;
            verdict.pm_share_interval = Some(Interval { low: 0.0, high: width });
            assert_eq!(certainty(&verdict), expected);
        }
    }

    #[test]
    fn long_words_are_shortened() {
        let long = "\u{e9}".repeat(61);
        let short = ["\u{e9}".repeat(59), "\u{2026}".to_owned()].concat();
        for (text, expected) in [
            ("plain words".to_owned(), "plain words".to_owned()),
            ("\u{e9}".repeat(60), "\u{e9}".repeat(60)),
            (format!("a {long}, {long}\n b"), format!("a {short} {short}\n b")),
        ] {
            assert_eq!(short_words(&text), expected);
        }
    }
}
