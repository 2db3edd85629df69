//! The library's types as values: names, JSON and what they refer to.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use rolecall::{
    Classifier, Evidence, Kind, Label, Lens, LineVerdict, Options, Reason, Role, Scratch, TitleClaim, Verdict,
};

fn posting(name: &str) -> String {
    std::fs::read_to_string(format!("{}/tests/postings/{name}.txt", env!("CARGO_MANIFEST_DIR"))).expect("a posting")
}

fn names<T: Copy + PartialEq + Debug + Display + FromStr<Err = rolecall::Error>>(all: &[T], names: &[&str]) {
    assert_eq!(all.len(), names.len(), "{names:?}");
    for (value, name) in all.iter().zip(names) {
        assert_eq!(value.to_string(), *name);
        assert_eq!(name.parse::<T>().expect("a name"), *value);
        assert_eq!(name.to_uppercase().parse::<T>().expect("a name in capitals"), *value);
    }
    let unknown = "boss".parse::<T>().expect_err("no name").to_string();
    assert!(unknown.contains("'boss'") && unknown.contains(&names.join(", ")), "{unknown}");
}

#[test]
fn names_parse_in_any_case() {
    names(&Label::ALL, &["pm", "pmm", "hybrid", "unclear"]);
    names(&Role::ALL, &["pm", "pmm"]);
    names(&Kind::ALL, &["pm", "pmm", "shared", "other", "filler"]);
    names(&Lens::ALL, &["consensus", "guide", "overlap", "lists", "thread", "aipmm", "wikipedia"]);
    names(&Reason::ALL, &["too_short", "off_topic", "not_english", "low_confidence"]);
    names(&TitleClaim::ALL, &["pm", "pmm", "both", "near", "other", "none"]);
}

#[test]
fn verdicts_round_trip_through_json() {
    let classifier = Classifier::builtin().expect("a model");
    for name in ["pm", "pmm", "hybrid", "other", "short", "blob"] {
        let verdict = classifier.classify_titled("Product Manager", &posting(name));
        let json = serde_json::to_string(&verdict).expect("JSON");
        assert!(serde_json::from_str::<Verdict>(&json).is_ok(), "{name}");
        // By way of a value: serde_json reads numbers from text with an error of one bit.
        let value = serde_json::to_value(&verdict).expect("JSON");
        let read: Verdict = serde_json::from_value(value).expect("a verdict");
        assert_eq!(serde_json::to_string(&read).expect("JSON"), json, "{name}");
        // All but the duties, of which JSON has the ids alone.
        let without_duties = |verdict: &Verdict| {
            let mut verdict = verdict.clone();
            verdict.evidence.iter_mut().for_each(|found| found.duty = None);
            verdict
        };
        assert_eq!(without_duties(&read), without_duties(&verdict), "{name}");
        let ids = |verdict: &Verdict| -> Vec<_> {
            verdict.evidence.iter().map(|found| found.duty_id().map(str::to_owned)).collect()
        };
        assert_eq!(ids(&read), ids(&verdict), "{name}");
    }
    for line in classifier.lines(&mut Scratch::new(), &posting("pm")) {
        let value = serde_json::to_value(&line).expect("JSON");
        assert_eq!(serde_json::from_value::<LineVerdict>(value).expect("a line"), line);
    }
}

#[test]
fn json_fields_keep_their_order() {
    let verdict = Classifier::builtin().expect("a model").classify(&posting("pm"));
    let json = serde_json::to_value(&verdict).expect("JSON");
    let keys = |value: &serde_json::Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    let expected = "label reason confidence probabilities pm_share pm_share_interval strength other_job evidence \
                    other_wording partners ignored notes title by_duties_alone lens model";
    assert_eq!(keys(&json), expected.split_whitespace().collect::<Vec<_>>());
    let expected = "role phrase start end line_start line_end points keywords duty duty_name sources";
    assert_eq!(keys(&json["evidence"][0]), expected.split_whitespace().collect::<Vec<_>>());
    assert_eq!(keys(&json["ignored"][0]), ["start", "end", "reason"]);
}

#[test]
fn evidence_has_its_duty() {
    let classifier = Classifier::builtin().expect("a model");
    let verdict = classifier.classify(&posting("hybrid"));
    let with_duty: Vec<&Evidence> = verdict.evidence.iter().filter(|found| found.duty.is_some()).collect();
    assert!(with_duty.len() > 3, "{:?}", verdict.evidence);
    for found in with_duty {
        let duty = found.duty.as_deref().expect("a duty");
        let listed = classifier.duties().find(|listed| listed.id == duty.id).expect("a duty of the model");
        assert_eq!(duty, listed);
        assert_eq!(duty.sources(found.role), found.sources);
    }
}

#[test]
fn a_title_does_not_change_the_duties() {
    let classifier = Classifier::builtin().expect("a model");
    let posting = posting("pm");
    let verdict = classifier.classify_titled("Product Marketing Manager", &posting);
    let title = verdict.title.as_ref().expect("a title");
    assert_eq!((title.says, verdict.by_duties_alone.title_agrees), (TitleClaim::Pmm, Some(false)));
    let options = classifier.options().title(false);
    let alone = classifier.with_options(options).classify_titled("Product Marketing Manager", &posting);
    assert_eq!((alone.label, alone.confidence), (verdict.by_duties_alone.label, verdict.by_duties_alone.confidence));
    assert_eq!((alone.strength, alone.evidence), (verdict.strength, verdict.evidence));
}

#[test]
fn an_interval_left_out_is_the_share_alone() {
    let classifier = Classifier::builtin().expect("a model");
    let text = posting("hybrid");
    let whole = classifier.classify(&text);
    let short = classifier.with_options(Options::default().interval(false)).classify(&text);
    let width = |verdict: &Verdict| verdict.pm_share_interval.map(|interval| interval.high - interval.low);
    assert!(width(&whole) > Some(0.05) && width(&short) == Some(0.0), "{whole:?} {short:?}");
    assert_eq!(whole.pm_share, short.pm_share);
}

/// Of a text that is off topic, the nearest may be a text that is no posting; of one that is too
/// short, and of a posting with a role, only another job.
#[test]
fn only_a_text_off_topic_is_near_prose() {
    let classifier = Classifier::builtin().expect("a model");
    let recipe = "Whisk the eggs with sugar until pale. Fold in the flour and the melted butter, then pour the batter \
                  into a tin. Bake for forty minutes at a low heat and let the cake cool on a rack before you cut it.";
    let verdict = classifier.classify(recipe);
    assert_eq!((verdict.reason, verdict.other_job.as_deref()), (Some(Reason::OffTopic), Some("prose")));
    let short = classifier.classify("Whisk the eggs with sugar until pale.");
    assert_eq!(short.reason, Some(Reason::TooShort));
    for other in [short, classifier.classify(&posting("hybrid"))] {
        assert!(other.other_job.as_deref() != Some("prose"), "{other:?}");
    }
}

#[test]
fn clauses_of_one_line_have_duties_of_their_own() {
    let text = "We make parcel scanners for depots and drivers.\nOwn the product roadmap for our scanners, and write user \
                stories with acceptance criteria for engineers\nRank the backlog every week with engineers";
    let verdict = Classifier::builtin().expect("a model").classify(text);
    let duty = |start: &str| {
        let found = verdict.evidence.iter().find(|found| found.phrase.starts_with(start)).expect("a phrase");
        found.duty.as_ref().map(|duty| duty.id.as_str())
    };
    assert_eq!(duty("Own the product"), Some("product-roadmap"));
    assert_eq!(duty("write user"), Some("product-specifications"));
}

#[test]
fn adjacent_lines_ignored_for_the_same_reason_are_one_run() {
    let benefits =
        "Health, dental and vision insurance\nPaid holidays and parental leave\nRetirement plan with employer match";
    let text = format!(
        "Own the product roadmap for our scanners, and write user stories for engineers\nRank the backlog every week \
         with engineers and designers\n{benefits}\n"
    );
    let verdict = Classifier::builtin().expect("a model").classify(&text);
    let found: Vec<_> = verdict.ignored.iter().map(|part| (part.span.of(&text), part.reason.as_str())).collect();
    assert_eq!(found, [(benefits, "benefits")]);
}
