//! What the README promises: its commands, and the fields of the verdict.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::common::{run, stderr, stdout};

fn file(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect(name)
}

/// The content of the first block of `language` in the README.
fn block(language: &str) -> String {
    let readme = file("README.md");
    let start = readme.split_once(&format!("```{language}\n")).expect("a block").1;
    start.split_once("```").expect("its end").0.to_owned()
}

/// Names of an object's fields, nested ones by path; of an array, those of its elements.
fn fields(value: &Value, at: &str, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let path = format!("{at}.{name}");
                fields(value, &path, names);
                names.insert(path);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| fields(value, at, names)),
        _ => {}
    }
}

#[test]
fn the_two_commands_do_what_they_say() {
    let commands = block("sh");
    let commands: Vec<&str> = commands.lines().collect();
    assert_eq!(commands.len(), 2, "{commands:?}");
    let args = commands[0].strip_prefix("cargo run --release -- ").expect("runs the program");
    let output = run(&args.split(' ').collect::<Vec<_>>(), b"");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).starts_with("Hybrid"), "{}", stdout(&output));
    assert!(file(".ci/run").lines().any(|line| line == format!("step {}", commands[1])), "{}", commands[1]);
}

/// A number as the README rounds it.
fn rounded(value: &Value) -> String {
    format!("{:.2}", value.as_f64().expect("a number"))
}

#[test]
fn the_json_shown_is_of_the_posting_it_names() {
    let shown: Value = serde_json::from_str(&block("json")).expect("JSON");
    let output = run(&["classify", "--format", "json", "tests/postings/pmm.txt"], b"");
    let verdict: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    for name in ["label", "other_job", "model"] {
        assert_eq!(shown[name], verdict[name]);
    }
    for name in ["confidence", "pm_share"] {
        assert_eq!(rounded(&shown[name]), rounded(&verdict[name]), "{name}");
    }
    assert_eq!(shown["evidence"][0]["phrase"], verdict["evidence"][0]["phrase"]);
}

#[test]
fn the_figures_are_those_of_the_report() {
    let report: Value = serde_json::from_str(&file("models/report.json")).expect("JSON");
    let (postings, splices) = (&report["figures"], &report["splices"]);
    let labels = splices["labels"].as_array().expect("labels");
    let hybrid = &labels.iter().find(|label| label["label"] == "hybrid").expect("hybrid")["recall"];
    let number = |value: &Value| match value.as_u64() {
        Some(count) => count.to_string(),
        None => format!("{:.3}", value.as_f64().expect("a number")),
    };
    let expected = [
        ("accuracy", number(&postings["accuracy"]), number(&splices["accuracy"])),
        ("macro-F1", number(&postings["macro_f1"]), String::new()),
        ("PM versus PMM accuracy", number(&postings["pm_vs_pmm_accuracy"]), String::new()),
        ("`pm` called `pmm` or the reverse", number(&postings["swapped"]), number(&splices["swapped"])),
        ("hybrid recall", String::new(), number(hybrid)),
        ("calibration error", number(&postings["calibration_error"]), String::new()),
        ("error of the share", number(&postings["share_error"]), number(&splices["share_error"])),
    ];
    let readme = file("README.md");
    for (name, of_postings, of_splices) in expected {
        let row = readme.lines().find(|line| line.starts_with(&format!("| {name} |"))).expect(name);
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        assert_eq!(cells, ["", name, &of_postings, &of_splices, ""]);
    }
}

#[test]
fn the_report_reaches_its_bars() {
    let report: Value = serde_json::from_str(&file("models/report.json")).expect("JSON");
    let at = |path: &str| report.pointer(path).and_then(Value::as_f64).expect(path);
    let least = [
        ("/figures/accuracy", 0.90),
        ("/figures/macro_f1", 0.80),
        ("/figures/pm_vs_pmm_accuracy", 0.96),
        ("/figures/evidence_at_3", 0.75),
        ("/figures/evidence_at_5", 0.90),
        ("/splices/accuracy", 0.78),
        ("/splices/labels/2/recall", 0.70),
        ("/lines/recall/0", 0.85),
        ("/lines/recall/1", 0.85),
        ("/lines/recall/2", 0.60),
        ("/lines/recall/3", 0.60),
        ("/lines/recall/4", 0.85),
    ];
    for (path, bar) in least {
        assert!(at(path) >= bar, "{path}: {} of at least {bar}", at(path));
    }
    let most = [
        ("/figures/swapped", 0.0),
        ("/figures/calibration_error", 0.05),
        ("/figures/share_error", 0.10),
        ("/splices/share_error", 0.13),
    ];
    for (path, bar) in most {
        assert!(at(path) <= bar, "{path}: {} of at most {bar}", at(path));
    }
}

#[test]
fn the_tables_of_the_card_are_of_the_model() {
    let report: Value = serde_json::from_str(&file("models/report.json")).expect("JSON");
    let model = format!("Model {}", report["model"].as_str().expect("a name"));
    let card = file("models/README.md");
    assert_eq!(card.lines().filter(|line| line.starts_with("Model ")).count(), 2, "figures and variants");
    assert!(card.lines().filter(|line| line.starts_with("Model ")).all(|line| line.starts_with(&model)), "{model}");
}

#[test]
fn the_json_shown_has_the_fields_of_a_verdict() {
    let shown: Value = serde_json::from_str(&block("json")).expect("JSON");
    let posting = "Product Manager\n\nOwn the roadmap and the backlog of our mobile app.\nWrite messaging and plan launches \
                   with sales.\nWork with product marketing on each launch.\nBenefits: thirty days of holiday and a pension.\n\
                   We are an equal opportunity employer.";
    let output = run(&["classify", "--format", "json"], posting.as_bytes());
    let verdict: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    let (mut expected, mut found) = (BTreeSet::new(), BTreeSet::new());
    fields(&verdict, "", &mut expected);
    fields(&shown, "", &mut found);
    assert!(expected.contains(".partners.phrase") && expected.contains(".evidence.duty"), "{expected:?}");
    assert_eq!(found.symmetric_difference(&expected).collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn files_and_folders_it_links_to_are_there() {
    for name in ["README.md", "corpus/README.md"] {
        let text = file(name);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        let folder = folder.parent().expect("a folder");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            assert!(link.starts_with("https://") || folder.join(link).exists(), "{name}: {link}");
        }
    }
}

#[test]
fn every_command_and_flag_it_shows_is_known() {
    for line in file("README.md").lines().filter(|line| line.starts_with("rolecall ")) {
        let words: Vec<_> = line.split('#').next().expect("a command").split_whitespace().skip(1).collect();
        let help = stdout(&run(&[words[0], "--help"], b""));
        assert!(help.contains("Usage: rolecall "), "{line}: {help}");
        for flag in words.iter().filter(|word| word.starts_with("--")) {
            assert!(help.contains(flag), "{line}: no {flag} in {help}");
        }
    }
}
