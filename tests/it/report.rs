//! `rolecall report`: its file, the tables of the card and the models that judge a feed; and the
//! variants of `rolecall calibrate`.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::common::{folder, json_lines, run, start, stderr, stdout};
use crate::training::{models, sets, text};

const POSTINGS: &str = "tests/labeled/postings.jsonl";
const CARD: [&str; 2] = [
    "# The model\nSome words.\n<!-- figures: written by rolecall report -->",
    "<!-- end of figures -->\nMore words.\n",
];

/// A copy of the model folder with a card that has `tables`.
fn models_with_card(name: &str, tables: &str) -> PathBuf {
    let folder = models(name);
    fs::write(folder.join("README.md"), format!("{}{tables}{}", CARD[0], CARD[1])).expect("written");
    folder
}

fn write_rows(path: &Path, rows: &[Value]) {
    fs::write(path, json_lines(rows)).expect("written");
}

/// A file of one splice: the hybrid of the labeled postings.
fn splices(name: &str) -> PathBuf {
    let rows = fs::read_to_string(POSTINGS).expect("postings");
    let hybrid = rows.lines().find(|row| row.contains("\"hybrid\"")).expect("a hybrid");
    let path = folder(name).join("splices.jsonl");
    fs::write(&path, hybrid).expect("written");
    path
}

/// Every number of `value` that is no count, rounded to four digits.
fn rounded(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => {
            json!(format!("{:.4}", number.as_f64().expect("a number")).parse::<f64>().expect("a number"))
        }
        Value::Array(values) => values.iter().map(rounded).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), rounded(value))).collect(),
        _ => value.clone(),
    }
}

#[test]
fn the_report_has_the_figures_of_eval_and_the_card_its_tables() {
    let (models, splices) = (models_with_card("report-models", "old tables"), splices("report-splices"));
    let args = ["report", POSTINGS, "--splices", text(&splices), "--models", text(&models)];
    let output = run(&args, b"");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(output.stdout.is_empty() && output.stderr.is_empty());
    let read = |name: &str| fs::read_to_string(models.join(name)).expect(name);
    let report: Value = serde_json::from_str(&read("report.json")).expect("JSON");
    for (name, file, more) in [
        ("figures", POSTINGS, None),
        ("by_duties", POSTINGS, Some("--ignore-title")),
        ("splices", text(&splices), Some("--ignore-title")),
    ] {
        let args: Vec<&str> = ["eval", "--format", "json", file].into_iter().chain(more).collect();
        let eval: Value = serde_json::from_str(&stdout(&run(&args, b""))).expect("JSON");
        assert_eq!(report["model"], eval["model"]);
        for (field, value) in rounded(&eval["figures"]).as_object().expect("figures") {
            let found = &report[name][field];
            // `eval` says that a figure is not given, where the report has 0.
            let same = if value.is_null() { found.as_f64() == Some(0.0) } else { found == value };
            assert!(same, "{name} {field}: {found}, expected {value}");
        }
    }
    assert!(report["feed"].is_null(), "no folder is given");
    let at = report["faithfulness"]["at"].as_array().expect("rows");
    assert_eq!(at.iter().map(|row| row["phrases"].as_u64().expect("a number")).collect::<Vec<_>>(), [1, 3, 6, 12]);

    let card = read("README.md");
    let tables = card.strip_prefix(CARD[0]).and_then(|rest| rest.strip_suffix(CARD[1])).expect("the words around them");
    let model = report["model"].as_str().expect("a name");
    let head =
        format!("\n\nModel {model}, 7 postings of employers that occur in no other set, 1 splices.\n\n| metric |");
    assert!(tables.starts_with(&head) && !tables.contains("old tables"), "{tables}");

    let check = || run(&[&args[..], &["--check"]].concat(), b"");
    assert_eq!(check().status.code(), Some(0), "up to date");
    let changed = card.replace("7 postings", "8 postings");
    fs::write(models.join("README.md"), &changed).expect("written");
    let output = check();
    assert_eq!(output.status.code(), Some(1));
    let message = stderr(&output);
    assert!(message.contains("README.md: out of date; run 'rolecall report'"), "{message}");
    assert_eq!(message.lines().count(), 1, "report.json is up to date: {message}");
    assert_eq!(read("README.md"), changed, "nothing is written");
}

#[test]
fn a_card_without_a_place_for_tables_is_refused() {
    let splices = splices("report-no-marks-splices");
    for (name, card, mark) in [
        ("neither", "# The model\n", "<!-- figures: written by rolecall report -->"),
        ("no end", CARD[0], "<!-- end of figures -->"),
        ("in the wrong order", &format!("{}{}", CARD[1], CARD[0]), "<!-- end of figures -->"),
    ] {
        let models = models_with_card("report-no-marks", "");
        fs::write(models.join("README.md"), card).expect("written");
        let output = run(&["report", POSTINGS, "--splices", text(&splices), "--models", text(&models)], b"");
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{name}: {message}");
        assert!(message.contains("README.md") && message.contains(mark), "{name}: {message}");
        assert!(!models.join("report.json").exists(), "{name}: nothing is written");
    }
}

/// The words of a product manager in one board are those of an accountant in the other, so a model that
/// has seen the other board alone is wrong about every posting, and one of the same board about none.
#[test]
fn a_feed_is_judged_by_models_that_have_not_seen_its_source() {
    let sets = folder("report-feed");
    let duties = [
        "Own the roadmap and rank the backlog with engineers before every sprint",
        "Reconcile ledgers and prepare the monthly close with the auditors",
    ];
    let mut titled = Vec::new();
    // Of two folds: the FNV-1a hashes of the names, divided by 2^32, are 1 and 0 modulo 5.
    for (board, source) in ["north board", "south board"].into_iter().enumerate() {
        for employer in 0..6 {
            for (at, title) in ["Product Manager", "Accountant"].into_iter().enumerate() {
                let (id, company) = (format!("{board}-{employer}-{at}"), format!("company {board} {employer}"));
                let text = duties[(board + at) % 2];
                titled.push(json!({"id": id, "source": source, "company": company, "title": title, "text": text}));
            }
        }
    }
    write_rows(&sets.join("titled.jsonl.zst"), &titled); // read by content: not compressed
    let other = "Write positioning and messaging and train sales with battle cards";
    let labeled = json!({"id": "other", "company": "other", "title": "PMM", "label": "pmm", "text": other});
    for name in ["tune.jsonl", "tune-splices.jsonl"] {
        write_rows(&sets.join(name), std::slice::from_ref(&labeled));
    }
    let line = json!({"posting": "other", "line": 0, "kind": "pmm", "text": other});
    write_rows(&sets.join("tune-lines.jsonl"), &[line]);

    let (models, splices) = (models_with_card("report-feed-models", ""), splices("report-feed-splices"));
    // Steep, so that no score is in doubt.
    let path = models.join("calibration.toml");
    let calibration = fs::read_to_string(&path).expect("a calibration").lines().fold(String::new(), |text, line| {
        let line = match line.split(' ').next() {
            Some("product_intercept") => "product_intercept = 0.0",
            Some("product_slope") => "product_slope = 100.0",
            _ => line,
        };
        text + line + "\n"
    });
    fs::write(&path, calibration).expect("written");
    let args = ["report", POSTINGS, "--splices", text(&splices), "--models", text(&models), "--feed", text(&sets)];
    let output = run(&args, b"");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let report = fs::read_to_string(models.join("report.json")).expect("a report");
    let report: Value = serde_json::from_str(&report).expect("JSON");
    let expected =
        json!({"others": 12, "others_reported": 1.0, "products": 12, "products_found": 0.0, "precision": 0.0});
    assert_eq!(report["feed"]["by_duties"], expected);
    let card = fs::read_to_string(models.join("README.md")).expect("a card");
    let row = card.lines().find(|line| line.starts_with("| product titles found |")).expect("a table of the feed");
    assert!(row.ends_with("| 0.0000 |"), "{row}");
}

#[test]
fn variants_are_rows_of_a_table_whose_reader_may_leave() {
    let (sets, models) = (sets("ablation"), models("ablation-models"));
    let calibration = models.join("calibration.toml");
    let mut child = start(&["calibrate", text(&sets), "--ablate", "--calibration", text(&calibration)]);
    let mut reader = BufReader::with_capacity(1, child.stdout.take().expect("piped"));
    let mut line = || {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a line");
        line
    };
    let (head, rule, row) = (line(), line(), line());
    drop(reader);
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""), "after the next variant");
    assert!(head.starts_with("| variant | with title: accuracy | "), "{head}");
    // Every posting of the sets is judged right.
    assert!(row.starts_with("| as committed | 1.000 | "), "{row}");
    let columns = |row: &str| row.matches('|').count();
    assert_eq!((columns(&rule), columns(&row)), (columns(&head), columns(&head)), "{head}{rule}{row}");
}
