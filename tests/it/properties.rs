//! What holds for any text whatever: no panic, spans that fit, numbers that add up.

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::select;
use rolecall::explain::clearest;
use rolecall::{Classifier, Label, Lens, Options, Role, Scratch, Span, Verdict};

static CLASSIFIER: LazyLock<Classifier> = LazyLock::new(|| Classifier::builtin().expect("the model inside"));

/// Pieces of postings: duties of both roles and of neither, headings, boilerplate.
const FRAGMENTS: [&str; 41] = [
    "Own the roadmap for our invoicing module and keep its backlog in order",
    "Write user stories with acceptance criteria and refine them with engineers",
    "Rank the backlog with engineers and write user stories (every sprint)",
    "Interview dispatchers to find out which problems are worth solving",
    "Define the requirements for the next release of the firmware",
    "Decide with design and engineering what gets built and what does not",
    "Track activation, retention and feature usage and act on what they say",
    "Craft positioning and messaging for three segments of the market",
    "Build the go-to-market plan and lead the launch",
    "Arm the sales team with battlecards, demo scripts and objection handling",
    "Write case studies, product pages and a webinar for each launch",
    "Build buyer personas and keep the competitive comparison current",
    "Brief analysts and the press on what the product does better",
    "Work with product marketing on the launch",
    "Partner closely with product managers and engineering",
    "Product Marketing Manager, Payments",
    "Senior Product Manager - Search & Discovery",
    "Understand what customers need and speak for them in every meeting",
    "Set prices and packaging together with finance",
    "Size the market and present what you find to the leadership team",
    "Prediction support tickets within the agreed times",
    "Design print layouts and keep the brand book",
    "Manage a field team of twelve account executives",
    "Write Rust and Go services and be on call one week in six",
    "Plan shift rosters for the ward and keep the medicine records",
    "What you'll do",
    "RESPONSIBILITIES:",
    "Requirements",
    "Nice to have",
    "What we offer",
    "About us",
    "Thirty days of holiday, a pension and private health insurance",
    "We are an equal opportunity employer and welcome all applicants",
    "Send your CV and a short letter to the address below",
    "Five or more years of experience in a similar role; B.Sc. or M.Sc. preferred",
    "We make pumps for greenhouses and sell them in 14 countries.",
    "This job is open in the U.K. (hybrid), e.g. two days a week on site",
    "https://example.com/jobs?id=7&lang=en",
    "roadmap",
    "messaging/positioning/launch",
    "P&L, KPIs, OKRs, MVPs - you own them",
];

const JOINTS: [&str; 14] =
    ["\n", "\n- ", "\n\u{2022} ", "\r\n", ". ", "; ", ", ", " and ", ": ", "\n\n", " \u{2013} ", "\n1) ", " / ", "* "];

const MARKUP: [&str; 30] = [
    "<p>",
    "</p>",
    "<li>",
    "</li>",
    "<ul class=\"a>b\">",
    "<br/>",
    "<br",
    "<!--",
    "-->",
    "<script>",
    "</script>",
    "<style>p{}</style>",
    "<",
    ">",
    "&",
    "&amp;",
    "&lt;p&gt;",
    "&nbsp;",
    "&#8226;",
    "&#x1F600;",
    "&#0;",
    "&#xD800;",
    "&#99999999999;",
    "&notanentity;",
    "&amp;lt;li&amp;gt;",
    "<![CDATA[",
    "]]>",
    "<a href='x'>",
    "</",
    "a < b && c > d",
];

/// Postings put together from fragments.
fn postings() -> impl Strategy<Value = String> {
    prop::collection::vec((select(&JOINTS[..]), select(&FRAGMENTS[..])), 1..30)
        .prop_map(|pieces| pieces.into_iter().flat_map(|(joint, text)| [joint, text]).collect())
}

/// Any characters at all, those that make trouble more often than others.
fn unicode() -> impl Strategy<Value = String> {
    let odd = select(vec![
        '\0', '\u{feff}', '\u{200d}', '\u{ad}', '\u{301}', '\u{2028}', '\u{85}', '\u{1f600}', '\u{fb01}', '\u{130}',
        '\u{df}', '\u{202e}', '\u{e000}', '\u{10ffff}', '\n', '\t', ' ', '.', 'A', 'a', '9', '\'', '\u{2019}',
    ]);
    prop::collection::vec(prop_oneof![any::<char>(), odd], 0..300).prop_map(|chars| chars.into_iter().collect())
}

/// Markup, whole and broken, with words between.
fn markup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![3 => select(&MARKUP[..]), 2 => select(&FRAGMENTS[..]), 1 => select(&JOINTS[..])];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// All of it in one text.
fn texts() -> impl Strategy<Value = String> {
    let mixed = prop::collection::vec(prop_oneof![postings(), unicode(), markup()], 0..5).prop_map(|p| p.concat());
    prop_oneof![2 => postings(), 1 => unicode(), 1 => markup(), 2 => mixed]
}

fn lenses() -> impl Strategy<Value = Lens> {
    select(Lens::ALL.to_vec())
}

fn classifier(lens: Lens, phrases: usize) -> Classifier {
    CLASSIFIER.clone().with_options(Options::default().lens(lens).phrases(phrases))
}

/// A place in `text`: inside, not empty, on character boundaries.
fn fits(text: &str, span: Span) -> Result<(), TestCaseError> {
    prop_assert!(span.start < span.end, "{span:?} is empty");
    prop_assert!(text.get(span.start..span.end).is_some(), "{span:?} does not fit a text of {} bytes", text.len());
    Ok(())
}

fn spans_fit(text: &str, verdict: &Verdict) -> Result<(), TestCaseError> {
    for found in &verdict.evidence {
        fits(text, found.span)?;
        fits(text, found.line)?;
        prop_assert!(found.line.start <= found.span.start && found.span.end <= found.line.end, "{found:?}");
        prop_assert!(!found.phrase.is_empty());
    }
    for found in &verdict.partners {
        fits(text, found.span)?;
    }
    for found in &verdict.ignored {
        fits(text, found.span)?;
    }
    for pair in verdict.ignored.windows(2) {
        prop_assert!(pair[0].span.end <= pair[1].span.start, "ignored parts overlap: {pair:?}");
    }
    Ok(())
}

fn numbers_hold(verdict: &Verdict) -> Result<(), TestCaseError> {
    let all = Label::ALL.map(|label| verdict.probabilities.of(label));
    prop_assert!(all.iter().all(|p| p.is_finite() && (0.0..=1.0).contains(p)), "{all:?}");
    prop_assert!((all.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{all:?}");
    prop_assert!((verdict.confidence - verdict.probabilities.of(verdict.label)).abs() < 1e-15);
    prop_assert!(all.iter().all(|p| *p <= verdict.confidence + 1e-15), "{all:?} but {}", verdict.label);
    prop_assert_eq!(verdict.pm_share.is_some(), verdict.label != Label::Unclear);
    prop_assert_eq!(verdict.pm_share_interval.is_some(), verdict.label != Label::Unclear);
    if let (Some(share), Some(rolecall::Interval { low, high })) = (verdict.pm_share, verdict.pm_share_interval) {
        prop_assert!(0.0 <= low && low <= share && share <= high && high <= 1.0, "{verdict:?}");
    }
    for strength in [verdict.strength.pm, verdict.strength.pmm, verdict.strength.other] {
        prop_assert!(strength.is_finite() && strength >= 0.0, "{:?}", verdict.strength);
    }
    prop_assert_eq!(verdict.reason.is_some(), verdict.label == Label::Unclear);
    Ok(())
}

/// Phrases are clauses of 3 to 30 words that balance their brackets, and hold their keywords.
fn phrases_are_clauses(text: &str, verdict: &Verdict) -> Result<(), TestCaseError> {
    for found in &verdict.evidence {
        prop_assert!(0.0 < found.points && found.points <= 1.0 + 1e-9, "{found:?}");
        let keywords: f64 = found.keywords.iter().map(|keyword| keyword.points).sum();
        prop_assert!(!found.keywords.is_empty() && keywords <= found.points + 1e-9, "{found:?}");
        for keyword in &found.keywords {
            let (inside, own) = (keyword.span, found.span);
            prop_assert!(
                own.start <= inside.start && inside.end <= own.end && !inside.of(text).is_empty(),
                "{found:?}"
            );
        }
        // Words of letters and digits; a compound may count as one or as several.
        let words = found.phrase.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).count();
        prop_assert!(words >= 3, "{found:?}");
        // A bracket that the line leaves open stays open. Of markup and escapes only a part is read.
        let left_open = |text: &str| text.matches('(').count() > text.matches(')').count();
        let line = found.line.of(text);
        let plain = !line.contains(['<', '&', '\\', '%', '=']);
        prop_assert!(!plain || !left_open(&found.phrase) || left_open(line), "{found:?}");
    }
    Ok(())
}

fn evidence_adds_up(verdict: &Verdict) -> Result<(), TestCaseError> {
    for (role, strength) in [(Role::Pm, verdict.strength.pm), (Role::Pmm, verdict.strength.pmm)] {
        let listed: f64 = verdict.evidence.iter().filter(|found| found.role == role).map(|found| found.points).sum();
        let sum = listed + verdict.other_wording.of(role);
        prop_assert!((sum - strength).abs() < 1e-9, "{role}: {sum} is not {strength}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gets_a_sound_verdict(text in texts(), lens in lenses(), phrases in 0usize..12) {
        let verdict = classifier(lens, phrases).classify(&text);
        numbers_hold(&verdict)?;
        spans_fit(&text, &verdict)?;
        evidence_adds_up(&verdict)?;
        phrases_are_clauses(&text, &verdict)?;
        for role in [Role::Pm, Role::Pmm] {
            prop_assert!(verdict.evidence.iter().filter(|found| found.role == role).count() <= phrases);
        }
    }

    #[test]
    fn phrases_do_not_overlap(text in texts(), lens in lenses()) {
        let verdict = classifier(lens, usize::MAX).classify(&text);
        for most in [0, 1, 4] {
            prop_assert!(classifier(lens, most).classify(&text).evidence.iter().eq(clearest(&verdict, most)), "{}", most);
        }
        let mut found = verdict.evidence;
        found.sort_by_key(|found| found.span);
        for pair in found.windows(2) {
            prop_assert!(!pair[0].span.overlaps(pair[1].span), "{:?}", pair);
        }
    }

    #[test]
    fn phrases_stand_where_they_say(text in postings()) {
        // What stands for an entity is not what stands in the phrase.
        let text = text.replace('&', "+");
        for found in CLASSIFIER.classify(&text).evidence {
            let there: Vec<_> = found.span.of(&text).split_whitespace().collect();
            prop_assert_eq!(there.join(" "), found.phrase);
        }
    }

    #[test]
    fn the_same_text_gets_the_same_verdict(text in texts(), before in texts(), lens in lenses()) {
        let classifier = classifier(lens, 6);
        let first = classifier.classify(&text);
        prop_assert_eq!(&classifier.classify(&text), &first);
        // Whatever a scratch has seen, with whatever classifier.
        let mut scratch = Scratch::new();
        let _ = CLASSIFIER.classify_with(&mut scratch, Some(&before), &before);
        let _ = classifier.lines(&mut scratch, &before);
        prop_assert_eq!(&classifier.classify_with(&mut scratch, None, &text), &first);
    }

    #[test]
    fn evidence_changes_no_judgement(text in texts(), lens in lenses()) {
        let (with, without) = (classifier(lens, 6).classify(&text), classifier(lens, 0).classify(&text));
        prop_assert_eq!(with.label, without.label);
        prop_assert_eq!(with.probabilities, without.probabilities);
        prop_assert_eq!(with.strength, without.strength);
        prop_assert_eq!(with.pm_share_interval, without.pm_share_interval);
        prop_assert!(without.evidence.is_empty() && without.partners.is_empty() && without.ignored.is_empty());
    }

    #[test]
    fn any_title_is_read(text in texts(), title in texts()) {
        let titled = CLASSIFIER.classify_with(&mut Scratch::new(), Some(&title), &text);
        numbers_hold(&titled)?;
        let plain = CLASSIFIER.classify(&text);
        prop_assert_eq!(titled.strength, plain.strength, "a title is no evidence");
        // A posting of another job shows no evidence, and the title may say that it is one.
        if !titled.evidence.is_empty() && !plain.evidence.is_empty() {
            prop_assert_eq!(titled.evidence, plain.evidence, "a title is no evidence");
        }
        if !title.trim().is_empty() && plain.title.is_none() {
            prop_assert_eq!(titled.by_duties_alone.label, plain.label, "the duties alone are the same");
        }
    }

    #[test]
    fn lines_are_sound(text in texts()) {
        for line in CLASSIFIER.lines(&mut Scratch::new(), &text) {
            fits(&text, line.span)?;
            prop_assert!((line.probabilities.values().iter().sum::<f64>() - 1.0).abs() < 1e-9);
            prop_assert!(line.points.is_finite());
        }
    }

    #[test]
    fn any_bytes_are_a_model_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200), magic in any::<bool>()) {
        let bytes = if magic { signed(&bytes) } else { bytes };
        prop_assert!(Classifier::from_bytes(&bytes).is_err());
    }
}

#[test]
fn the_bracket_that_closes_a_phrase_is_in_its_line() {
    let text =
        format!("{}\n- Rank the backlog with engineers (and write the user stories)\n", FRAGMENTS[..20].join("\n"));
    let verdict = classifier(Lens::Consensus, usize::MAX).classify(&text);
    assert!(verdict.evidence.iter().any(|found| found.phrase.ends_with("stories)")), "{:?}", verdict.evidence);
    spans_fit(&text, &verdict).expect("spans that fit");
}

/// The model inside, without what stands before its checksummed part.
static BODY: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/models/rolecall.model");
    std::fs::read(path).expect("the model").split_off(18)
});

/// A model file with this body and the checksum it should have.
fn signed(body: &[u8]) -> Vec<u8> {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64 ^ body.len() as u64;
    let mut chunks = body.chunks_exact(8);
    for chunk in &mut chunks {
        let word = u64::from_le_bytes(chunk.try_into().expect("eight bytes"));
        sum = (sum ^ word).wrapping_mul(0x0100_0000_01b3);
        sum ^= sum >> 31;
    }
    for &byte in chunks.remainder() {
        sum = (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    let sum = sum ^ (sum >> 32);
    [&b"ROLECALL\x07\x00"[..], &sum.to_le_bytes(), body].concat()
}

#[test]
fn the_checksum_is_the_one_of_the_format() {
    assert!(Classifier::from_bytes(&signed(&BODY)).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Damage that the checksum does not show is refused or does no harm.
    #[test]
    fn a_forged_model_does_no_harm(
        changes in prop::collection::vec((prop_oneof![0usize..400, any::<usize>()], any::<u8>()), 1..4),
        cut in prop::option::of(any::<usize>()),
        text in postings(),
    ) {
        let mut body = BODY.clone();
        if let Some(cut) = cut {
            body.truncate(cut % body.len());
        }
        let most = body.len().max(1);
        for (at, byte) in changes {
            if let Some(slot) = body.get_mut(at % most) {
                *slot = byte;
            }
        }
        if let Ok(classifier) = Classifier::from_bytes(&signed(&body)) {
            for lens in [Lens::Consensus, Lens::Wikipedia] {
                let verdict = classifier.clone().with_options(Options::default().lens(lens)).classify(&text);
                spans_fit(&text, &verdict)?;
                numbers_hold(&verdict)?;
            }
        }
    }
}
