//! Verdicts and explanations as a whole.

use super::{Classifier, Options, Reason, Scratch};
use crate::infer::Note;
use crate::model::Label;
use crate::text::Span;
use crate::tokenize::tokenizer::MAX_WORDS;

fn classifier() -> Classifier {
    Classifier::builtin().unwrap()
}

/// Two lines of fifteen words each.
const THIRTY: [&str; 2] = [
    "You will own the product roadmap and prioritize the feature backlog with engineers and designers.",
    "Write product requirements and user stories with acceptance criteria for every release that we plan.",
];

const FRENCH: &str = "Nous recherchons un chef de produit pour définir la feuille de route et travailler avec les équipes de \
    design et de développement. Vous êtes responsable de la stratégie du produit et vous parlez avec les clients.";

#[test]
fn thirty_words_are_enough() {
    let text = THIRTY.join("\n");
    for (text, expected) in [(text.as_str(), None), (text.strip_prefix("You ").unwrap(), Some(Reason::TooShort))] {
        assert_eq!(classifier().classify(text).reason, expected, "{text}");
    }
}

#[test]
fn a_verdict_as_confident_as_asked_is_given() {
    let classifier = classifier();
    let text = THIRTY.join("\n");
    let confidence = classifier.classify(&text).confidence;
    for (least, expected) in [(confidence, Label::Pm), (confidence + 1e-6, Label::Unclear)] {
        let strict = classifier.clone().with_options(Options::default().min_confidence(least));
        assert_eq!(strict.classify(&text).label, expected, "{least}");
    }
}

#[test]
fn an_interval_is_computed_if_asked_for() {
    let text = THIRTY.join("\n");
    for interval in [true, false] {
        let verdict = classifier().with_options(Options::default().interval(interval)).classify(&text);
        let found = verdict.pm_share_interval.unwrap();
        assert_eq!(found.low < found.high, interval, "{found:?}");
    }
}

#[test]
fn only_other_texts_are_near_prose() {
    let recipe = "Peel the onions and cut them into thin slices. Melt the butter in a wide pan, add the onions and let them \
        brown slowly for half an hour. Pour in the wine, then the broth, and season with salt and thyme.";
    let nearest = |text: &str| classifier().classify(text).other_job.map(|job| job.to_string());
    assert_eq!(nearest(recipe).as_deref(), Some("prose"));
    assert!(nearest(&THIRTY.join("\n")).is_some_and(|job| job != "prose"));
    assert_eq!(nearest("xq zv kj"), None, "no known word");
}

#[test]
fn without_phrases_nothing_is_explained() {
    let text = format!("{}\nWe offer a pension, dental cover and thirty days of holiday.", THIRTY.join("\n"));
    let none = classifier().with_options(Options::default().phrases(0)).classify(&text);
    assert!(none.evidence.is_empty() && none.ignored.is_empty(), "{none:?}");
    assert!(!classifier().classify(&text).ignored.is_empty());
    let french = classifier().classify(FRENCH);
    assert_eq!((french.reason, french.ignored.len()), (Some(Reason::NotEnglish), 0));
}

/// By hand: what each line is about, and where the lines stand.
#[test]
fn an_explanation_has_partners_and_runs_of_ignored_lines() {
    let lines = [
        "Work closely with product  marketing on every launch.",
        "We offer a pension, dental cover and thirty days of paid holiday.",
        "Thirty days of holiday, a pension and private health insurance.",
        "Own the product roadmap for payments.",
        "Private health insurance and a pension for you and your family.",
        "Acme is an equal opportunity employer and does not discriminate.",
    ];
    let text = lines.join("\n");
    let verdict = classifier().classify(&text);
    assert_eq!(verdict.partners.len(), 1, "{:?}", verdict.partners);
    let partner = &verdict.partners[0];
    assert_eq!((partner.phrase.as_str(), partner.span), ("Work closely with product marketing", Span::new(0, 36)));
    let place = |first: usize, last: usize| {
        let start = text.find(lines[first]).unwrap();
        // A line without its full stop.
        Span::new(start, text.find(lines[last]).unwrap() + lines[last].len() - 1)
    };
    let ignored: Vec<_> = verdict.ignored.iter().map(|part| (part.reason.as_str(), part.span)).collect();
    assert_eq!(ignored, [("benefits", place(1, 2)), ("benefits", place(4, 4)), ("legal", place(5, 5))]);
}

/// "Zebra yak xylophone" and "Lorem ipsum" are about nothing that is known, and "About us" is so short
/// that it can only be a heading.
#[test]
fn ignored_lines_of_no_known_reason_join_those_beside_them() {
    let duty = "Own the product roadmap for payments and write user stories for engineers.";
    let benefits = "We offer a pension, dental cover and thirty days of paid holiday.";
    let text = format!("{duty}\nZebra yak xylophone\n{benefits}\n{duty}\n{benefits}\nLorem ipsum\n{duty}\nAbout us");
    let found: Vec<_> = classifier()
        .classify(&text)
        .ignored
        .iter()
        .map(|part| (part.reason.clone(), part.span.of(&text).lines().count()))
        .collect();
    assert_eq!(found, [("benefits".to_owned(), 2), ("benefits".to_owned(), 2), ("headings".to_owned(), 1)]);
}

#[test]
fn each_clause_of_a_line_has_its_own_duty() {
    let text = "Own the product roadmap.\nRun sprint planning and refine the backlog with the team in every ceremony.";
    let verdict = classifier().classify_with(&mut Scratch::new(), Some("Product Manager"), text);
    let mut found: Vec<_> = verdict.evidence.iter().map(|phrase| (phrase.span.start, phrase.duty_id())).collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [(0, Some("product-roadmap")), (25, Some("agile-delivery")), (49, Some("feature-prioritization")),]
    );
}

/// "Create" is a word of the model; "Cre" and "ate" are the parts of one that is broken.
#[test]
fn a_word_broken_at_a_line_end_is_read_whole() {
    let verdict = classifier().classify("Cre-\nate user stories with engineers.");
    let phrases: Vec<_> = verdict.evidence.iter().map(|phrase| phrase.phrase.as_str()).collect();
    assert_eq!(phrases, ["Create user stories with engineers"]);
}

/// The other model knows no word but one, which it gives the stem id of another word.
#[test]
fn buffers_do_not_carry_words_from_one_model_to_another() {
    use crate::model::{Model, builtin};
    use crate::tokenize::vocabulary::Vocabulary;
    use std::sync::Arc;
    let stems = Vocabulary::new(&["zebra"]);
    let mask = Model::mask_of(&stems);
    let other = Model { checksum: "another".to_owned(), stems, mask, ..Model::clone(&builtin::model().unwrap()) };
    let (own, other) = (classifier(), Classifier::new(Arc::new(other)));
    let text = THIRTY.join("\n");
    let mut scratch = Scratch::new();
    for model in [&own, &other, &own] {
        let expected = model.classify_with(&mut Scratch::new(), None, &text);
        assert!(model.classify_with(&mut scratch, None, &text) == expected, "{expected:?}");
    }
    assert!(own.classify(&text).pm_share != other.classify(&text).pm_share);
}

/// Memory does not grow with what follows.
#[test]
fn words_beyond_the_maximum_are_not_read() {
    let duties = "Own the product roadmap and write user stories for engineers. ".repeat(40);
    let launch = "Write the messaging and positioning and launch campaigns. ".repeat(400);
    let words = |text: &str| text.split_whitespace().count();
    let filler = "again ".repeat(MAX_WORDS - words(&duties));
    let classifier = Classifier::builtin().unwrap();
    let [whole, cut] =
        [format!("{duties}{filler}"), format!("{duties}{filler}{launch}")].map(|text| classifier.classify(&text));
    assert_eq!((whole.probabilities, whole.strength), (cut.probabilities, cut.strength));
    assert_eq!((whole.notes.contains(&Note::Truncated), cut.notes.contains(&Note::Truncated)), (false, true));
    let label_only = classifier.clone().with_options(Options::default().phrases(0));
    let text = format!("{duties}{filler}{launch}");
    assert!(label_only.classify(&text).notes.contains(&Note::Truncated), "without evidence, too");
    let short = classifier.classify(&duties);
    assert!(!short.notes.contains(&Note::Truncated));
}
