//! The README's commands, samples and figures are those of the program.

use std::collections::BTreeSet;
use std::path::Path;

use rolecall::Classifier;
use serde_json::Value;

use crate::common::{run, stderr, stdout};

fn file(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect(name)
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// The content of the README's first block of `language`.
fn block(language: &str) -> String {
    let readme = file("README.md");
    let start = readme.split_once(&format!("```{language}\n")).expect("a block").1;
    start.split_once("```").expect("its end").0.to_owned()
}

/// The output of a command, after a check that it succeeds.
fn output(args: &[&str], input: &[u8]) -> String {
    let output = run(args, input);
    assert_eq!(output.status.code(), Some(0), "{args:?}: {}", stderr(&output));
    stdout(&output)
}

/// Paths of all fields in an object. The elements of an array share their paths.
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
fn the_two_commands_work() {
    let commands = block("sh");
    let commands: Vec<&str> = commands.lines().collect();
    assert_eq!(commands.len(), 2, "{commands:?}");
    let args = commands[0].strip_prefix("cargo run --release -- ").expect("runs the program");
    let text = output(&args.split(' ').collect::<Vec<_>>(), b"");
    assert!(text.starts_with("Hybrid"), "{text}");
    assert!(file(".ci/run").lines().any(|line| line == format!("step {}", commands[1])), "{}", commands[1]);
}

#[test]
fn the_terminal_sample_is_the_output_of_its_command() {
    let sample = block("text");
    let (command, shown) = sample.split_once('\n').expect("a command and its output");
    let args = command.strip_prefix("$ rolecall ").expect("runs the program");
    assert_eq!(shown, output(&args.split(' ').collect::<Vec<_>>(), b""));
}

#[test]
fn the_json_sample_is_the_verdict_on_its_posting() {
    let sample = json(&block("json"));
    let verdict = json(&output(&["classify", "--format", "json", "tests/postings/pmm.txt"], b""));
    for name in ["label", "other_job", "model"] {
        assert_eq!(sample[name], verdict[name]);
    }
    let rounded = |value: &Value| format!("{:.2}", value.as_f64().expect("a number"));
    for name in ["confidence", "pm_share"] {
        assert_eq!(rounded(&sample[name]), rounded(&verdict[name]), "{name}");
    }
    assert_eq!(sample["evidence"][0]["phrase"], verdict["evidence"][0]["phrase"]);
}

#[test]
fn the_json_sample_has_every_field() {
    let posting = "Product Manager\n\nOwn the roadmap and the backlog of our mobile app.\nWrite messaging and plan launches \
                   with sales.\nWork with product marketing on each launch.\nBenefits: thirty days of holiday and a pension.\n\
                   We are an equal opportunity employer.";
    let verdict = json(&output(&["classify", "--format", "json"], posting.as_bytes()));
    let (mut expected, mut found) = (BTreeSet::new(), BTreeSet::new());
    fields(&verdict, "", &mut expected);
    fields(&json(&block("json")), "", &mut found);
    assert!(expected.contains(".partners.phrase") && expected.contains(".evidence.duty"), "{expected:?}");
    assert_eq!(found.symmetric_difference(&expected).collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn the_figures_are_those_of_the_report() {
    let report = json(&file("models/report.json"));
    let (titled, duties) = (&report["figures"], &report["by_duties"]);
    let number = |value: &Value| match value.as_u64() {
        Some(count) => count.to_string(),
        None => format!("{:.3}", value.as_f64().expect("a number")),
    };
    let rows = [
        ("accuracy", "accuracy"),
        ("log loss", "log_loss"),
        ("calibration error", "calibration_error"),
        ("`pm` called `pmm` or the reverse", "swapped"),
        ("error of the share", "share_error"),
    ];
    let readme = file("README.md");
    for (name, field) in rows {
        let row = readme.lines().find(|line| line.starts_with(&format!("| {name} |"))).expect(name);
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        assert_eq!(cells, ["", name, &number(&titled[field]), &number(&duties[field]), ""]);
    }
}

#[test]
fn report_and_model_card_are_of_the_built_in_model() {
    let classifier = Classifier::builtin().expect("a model");
    let model = classifier.model_id();
    assert_eq!(json(&file("models/report.json"))["model"], model);
    let card = file("models/README.md");
    let named: Vec<_> = card.lines().filter(|line| line.starts_with("Model ")).collect();
    assert_eq!(named.len(), 1, "the tables of figures");
    assert!(named.iter().all(|line| line.starts_with(&format!("Model {model}"))), "{model}: {named:?}");
}

/// The map in CONTRIBUTING.md: folders of `src` and the names of their files, from top to bottom.
fn map() -> Vec<(String, Vec<String>)> {
    let row = |row: &str| {
        let mut names = row.split('`').skip(1).step_by(2).map(str::to_owned);
        (names.next().expect("a folder"), names.filter(|name| !name.contains('/')).collect())
    };
    file("CONTRIBUTING.md").lines().filter(|line| line.starts_with("| `src")).map(row).collect()
}

#[test]
fn the_map_has_every_file() {
    let mapped = map().into_iter().flat_map(|(folder, names)| {
        names.into_iter().map(move |name| format!("{folder}/{name}.rs")).collect::<Vec<_>>()
    });
    let (mut files, mut folders) = (BTreeSet::new(), vec!["src".to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in Path::new(env!("CARGO_MANIFEST_DIR")).join(&folder).read_dir().expect("a folder") {
            let name = entry.expect("an entry").file_name().into_string().expect("UTF-8");
            let path = format!("{folder}/{name}");
            match name.rsplit_once('.') {
                Some((stem, "rs")) if stem != "mod" => _ = files.insert(path),
                Some(_) => {}
                None => folders.push(path),
            }
        }
    }
    let mapped: BTreeSet<_> = mapped.collect();
    assert_eq!(mapped.symmetric_difference(&files).collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn folders_import_only_those_above_them_in_the_map() {
    let map = map();
    let top = |folder: &str| folder.split('/').nth(1).map(str::to_owned);
    let mut order: Vec<String> = map.iter().filter_map(|(folder, _)| top(folder)).collect();
    order.dedup();
    for (folder, names) in &map {
        let Some(own) = top(folder) else { continue };
        for name in names.iter().map(String::as_str).chain(["mod"]) {
            let path = format!("{folder}/{name}.rs");
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for import in code.split("crate::").skip(1) {
                let import = import.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
                let place = |name: &str| order.iter().position(|folder| folder == name);
                assert!(place(import) <= place(&own), "{path} imports {import}");
            }
        }
    }
}

#[test]
fn linked_files_exist() {
    for name in ["README.md", "CONTRIBUTING.md", "benches/README.md", "corpus/README.md", "models/README.md"] {
        let text = file(name);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        let folder = folder.parent().expect("a folder");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            assert!(link.starts_with("https://") || folder.join(link).exists(), "{name}: {link}");
        }
    }
}

#[test]
fn its_commands_and_options_exist() {
    for line in file("README.md").lines().filter(|line| line.starts_with("rolecall ")) {
        let words: Vec<_> = line.split('#').next().expect("a command").split_whitespace().skip(1).collect();
        let help = output(&[words[0], "--help"], b"");
        assert!(help.contains("Usage: rolecall"), "{line}: {help}");
        for flag in words.iter().filter(|word| word.starts_with("--")) {
            assert!(help.contains(flag), "{line}: no {flag} in {help}");
        }
    }
}
