//! Lines that state duties of the job, and lines that only use the words of duties.

use rolecall::{Classifier, Options};

/// A posting with duties of both roles, in which each line is placed among those of its own.
const FRAME: [&str; 9] = [
    "Lead, new role",
    "About us",
    "We are forty people in two towns and have been profitable for years.",
    "What you will do",
    "Own the product backlog and write user stories with acceptance criteria for engineers",
    "Create battle cards, pitch decks and positioning that help sales win deals",
    "What we offer",
    "Thirty days of paid holiday and a pension",
    "We are an equal opportunity employer and welcome applications from everyone",
];

/// Where a line that states no duty usually stands.
fn place(case: &str, duty: bool) -> usize {
    match case {
        _ if duty => 5,
        "company" | "mission" => 3,
        "benefit" => 8,
        "application" => 9,
        _ => 6,
    }
}

/// The limits are as measured; the aim is 0 and 66.
#[test]
fn only_duties_of_the_job_are_evidence() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/labeled/duty_lines.jsonl");
    let rows: Vec<serde_json::Value> = std::fs::read_to_string(path)
        .expect("there")
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(rows.len(), 150);
    let classifier = Classifier::builtin().expect("a model").with_options(Options::default().phrases(usize::MAX));
    let (mut wrong, mut found, mut duties) = (Vec::new(), 0, 0);
    for row in &rows {
        let field = |name: &str| row[name].as_str().expect("a text");
        let (text, kind, case) = (field("text"), field("kind"), field("case"));
        let mut lines = FRAME.to_vec();
        lines.insert(place(case, kind != "filler"), text);
        let posting = lines.join("\n");
        let start = posting.find(text).expect("there");
        let own = rolecall::Span::new(start, start + text.len());
        let verdict = classifier.classify(&posting);
        let shown = verdict.evidence.iter().find(|found| found.span.overlaps(own));
        match kind {
            "filler" => wrong.extend(shown.map(|shown| format!("{case}: {}", shown.phrase))),
            "shared" => {}
            _ => {
                duties += 1;
                found += usize::from(shown.is_some_and(|shown| shown.role.as_str() == kind));
            }
        }
    }
    println!("{} of 75 shown, {found} of {duties} duties found\n{}", wrong.len(), wrong.join("\n"));
    assert!(wrong.len() <= 13 && found >= 60, "{} of 75 shown, {found} of {duties} duties found", wrong.len());
}
