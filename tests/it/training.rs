//! Training: the same bytes every time, no unexpected output, and an inconsistent corpus
//! is rejected with its file and line.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{folder, run, stderr, stdout};

/// A copy of the corpus for a test to modify.
fn corpus(name: &str) -> PathBuf {
    let copy = folder(name);
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")).expect("a corpus") {
        let path = entry.expect("an entry").path();
        fs::copy(&path, copy.join(path.file_name().expect("a name"))).expect("copied");
    }
    copy
}

/// A copy of the model folder.
fn models(name: &str) -> PathBuf {
    let copy = folder(name);
    for name in ["rolecall.model", "manifest.json", "calibration.toml"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models").join(name);
        if path.exists() {
            fs::copy(&path, copy.join(name)).expect("copied");
        }
    }
    copy
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a UTF-8 path")
}

#[test]
fn the_committed_model_is_reproduced_from_the_corpus() {
    let output = run(&["train", "--check"], b"");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(output.stdout.is_empty() && output.stderr.is_empty());
}

#[test]
fn training_is_reproducible_and_quiet() {
    let models = models("train-twice");
    let files = ["rolecall.model", "manifest.json"].map(|name| models.join(name));
    let mut seen = Vec::new();
    for _ in 0..2 {
        for file in &files {
            fs::remove_file(file).expect("written before");
        }
        let output = run(&["train", "--models", text(&models)], b"");
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        assert_eq!(stderr(&output), "");
        assert_eq!(stdout(&output).lines().count(), 1, "one line says what was trained");
        seen.push(files.each_ref().map(|file| fs::read(file).expect("written")));
    }
    assert!(seen[0] == seen[1], "the same bytes");
    let names: Vec<_> = fs::read_dir(&models).expect("a folder").map(|e| e.expect("an entry").file_name()).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().contains("tmp")), "left behind: {names:?}");
    assert!(seen[0][0].len() < 2_000_000, "under 2 MB: {}", seen[0][0].len());
}

#[test]
fn a_model_that_differs_from_the_corpus_fails_the_check() {
    let models = models("train-check");
    let file = models.join("rolecall.model");
    let mut bytes = fs::read(&file).expect("a model");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&file, &bytes).expect("written");
    let output = run(&["train", "--check", "--models", text(&models)], b"");
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let message = stderr(&output);
    assert_eq!(message.lines().count(), 1, "{message}");
    assert!(message.contains("rolecall.model") && message.contains("rolecall train"), "{message}");
    assert!(fs::read(&file).expect("a model") == bytes, "a check writes nothing");
}

/// Training on the corpus after `breaks` has changed `file` exits with 2 and one line,
/// which has the file, the line that `breaks` returns unless it is 0, and `words`.
fn refused(name: &str, file: &str, words: &str, breaks: impl Fn(&mut Vec<String>) -> usize) {
    let folder = corpus(&format!("broken-{name}"));
    let path = folder.join(file);
    let mut lines: Vec<String> = fs::read_to_string(&path).expect("a file").lines().map(str::to_owned).collect();
    let line = breaks(&mut lines);
    fs::write(&path, lines.join("\n") + "\n").expect("written");
    refusal(name, &folder, &path, line, words);
}

fn refusal(name: &str, folder: &Path, path: &Path, line: usize, words: &str) {
    let models = models(&format!("models-{name}"));
    let before = fs::read(models.join("rolecall.model")).expect("a model");
    let output = run(&["train", "--corpus", text(folder), "--models", text(&models)], b"");
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{name}: {message}");
    assert!(output.stdout.is_empty(), "{name}");
    assert_eq!(message.lines().count(), 1, "{name}: {message}");
    let place = if line > 0 { format!("{}: line {line}: ", path.display()) } else { format!("{}: ", path.display()) };
    assert!(message.contains(&place), "{name}: no {place:?} in {message}");
    assert!(message.contains(words), "{name}: no {words:?} in {message}");
    assert!(fs::read(models.join("rolecall.model")).expect("a model") == before, "{name}: the model is untouched");
}

#[test]
fn inconsistent_lines_are_rejected() {
    refused("unknown-duty", "lines.csv", "unknown duty or topic 'juggling'", |lines| {
        lines.push("pm,juggling,Keep six balls in the air".into());
        lines.len()
    });
    refused("duplicate-line", "lines.csv", "the same line as line 5", |lines| {
        let again = lines[4].to_uppercase();
        let (_, rest) = again.split_once(',').expect("columns");
        let (_, words) = rest.split_once(',').expect("columns");
        let columns: Vec<_> = lines[4].splitn(3, ',').take(2).collect();
        let again = format!("{},{},{words}", columns[0], columns[1]);
        lines.push(again);
        lines.len()
    });
    refused("wrong-kind", "lines.csv", "is of kind pm, the line says pmm", |lines| {
        let at = lines.iter().position(|line| line.starts_with("pm,")).expect("a pm line");
        lines[at] = lines[at].replacen("pm,", "pmm,", 1);
        at + 1
    });
    refused("unknown-kind", "lines.csv", "unknown kind 'boss'", |lines| {
        lines.insert(7, "boss,product-roadmap,Own the roadmap of the roadmap".into());
        8
    });
    refused("no-words", "lines.csv", "the line has no words", |lines| {
        lines.push("pm,product-roadmap,--- !".into());
        lines.len()
    });
}

#[test]
fn malformed_rows_are_rejected() {
    refused("columns", "lines.csv", "2 columns, expected 3", |lines| {
        lines.insert(9, "pm,product-roadmap".into());
        10
    });
    refused("header", "lines.csv", "header must be 'kind,id,text'", |lines| {
        lines[0] = "kind,id,words".into();
        1
    });
    refused("quote", "lines.csv", "a quote missing?", |lines| {
        lines.insert(9, "pm,product-roadmap,\"Own the roadmap, and more".into());
        10
    });
    let folder = corpus("broken-utf8");
    let path = folder.join("topics.csv");
    let mut bytes = fs::read(&path).expect("a file");
    let second = bytes.iter().position(|&b| b == b'\n').expect("a line") + 1;
    bytes[second] = 0xff;
    fs::write(&path, bytes).expect("written");
    refusal("utf8", &folder, &path, 2, "UTF-8");
}

#[test]
fn duties_inconsistent_with_their_items_are_rejected() {
    refused("missing-item", "items.csv", "item 'guide.pm.99' is not covered by a duty", |lines| {
        lines.push("guide.pm.99,guide,pm,keeping six balls in the air".into());
        lines.len()
    });
    refused("unknown-item", "duties.csv", "names an unknown item 'guide.pm.98'", |lines| {
        let (before, note) = lines[2].rsplit_once(',').expect("columns");
        lines[2] = format!("{before} guide.pm.98,{note}");
        3
    });
    refused("attribution", "duties.csv", "duty 'juggling': guide says pm, its items say nothing", |lines| {
        lines.push("juggling,keeping six balls in the air,craft,pm,pm,,,,,,,".into());
        lines.len()
    });
    refused("twice", "duties.csv", "occurs twice", |lines| {
        lines.push(lines[1].clone());
        lines.len()
    });
    refused("no-lines", "duties.csv", "'juggling' has no line", |lines| {
        lines.push("juggling,keeping six balls in the air,craft,pm,,,,,,,,".into());
        lines.len()
    });
    refused("topic-kind", "topics.csv", "must be of kind filler or other", |lines| {
        lines.push("juggling,pm,craft,juggling".into());
        lines.len()
    });
    refused("sources", "sources.toml", "lens 'wikipedia'", |lines| {
        let at = lines.iter().position(|line| line.contains("\"aipmm\", \"wikipedia\"")).expect("two lenses");
        lines[at] = "lenses = [\"aipmm\"]".into();
        0
    });
}

#[test]
fn a_lens_without_attributions_is_rejected() {
    let folder = corpus("broken-lens");
    let items = folder.join("items.csv");
    let kept: Vec<_> = fs::read_to_string(&items).expect("items").lines().map(str::to_owned).collect();
    let (aipmm, kept): (Vec<_>, Vec<_>) = kept.into_iter().partition(|line| line.starts_with("aipmm."));
    assert!(!aipmm.is_empty());
    fs::write(&items, kept.join("\n") + "\n").expect("written");
    // Empties the lens's column and removes its items from the items column.
    let duties = folder.join("duties.csv");
    let mut reader = csv::Reader::from_path(&duties).expect("duties");
    let header = reader.headers().expect("a header").clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let column = |name: &str| header.iter().position(|column| column == name).expect(name);
    let mut writer = csv::Writer::from_path(&duties).expect("duties");
    writer.write_record(&header).expect("written");
    for row in rows {
        let fields = row.iter().enumerate().map(|(at, field)| {
            if at == column("aipmm") {
                String::new()
            } else if at == column("items") {
                let items = field.split(' ').filter(|item| !item.starts_with("aipmm."));
                items.collect::<Vec<_>>().join(" ")
            } else if at == column("note") {
                "who says what".to_owned()
            } else {
                field.to_owned()
            }
        });
        writer.write_record(fields).expect("written");
    }
    writer.flush().expect("written");
    refusal("lens", &folder, &duties, 0, "lens 'aipmm' has no attributions");
}

#[test]
fn calibrate_writes_the_fitted_numbers() {
    let folder = folder("calibrate");
    let labeled = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/labeled/postings.jsonl");
    let (calibration, lines) = (folder.join("calibration.toml"), folder.join("lines.jsonl"));
    let kept = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("models/calibration.toml")).expect("kept");
    // Odds that no fit gives, because the first is always 1.
    let others = kept.lines().filter(|line| !line.starts_with("kind_odds"));
    let start: Vec<_> = others.chain(["kind_odds = [7.0, 7.0, 7.0, 7.0, 7.0]"]).collect();
    fs::write(&calibration, start.join("\n")).expect("written");
    let rows = [
        ("pm", "Own the roadmap of the mobile app and write user stories with engineers"),
        ("pmm", "Write positioning, messaging and battle cards for the sales team"),
        ("shared", "Research the market and talk to customers about what they need"),
        ("other", "Reconcile ledgers and prepare the monthly close"),
        ("filler", "We offer a pension, dental cover and thirty days of holiday"),
    ];
    let rows = rows.map(|(kind, text)| serde_json::json!({"posting": "", "kind": kind, "text": text}).to_string());
    fs::write(&lines, rows.join("\n")).expect("written");
    let run = |set: &str| {
        let args = ["calibrate", text(&labeled), "--splices", text(&labeled), "--lines", text(&lines)];
        let output = run(&[&args[..], &["--calibration", text(&calibration), "--set", set]].concat(), b"");
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        assert!(stdout(&output).lines().any(|line| line.starts_with("| one source out |")), "{}", stdout(&output));
        fs::read_to_string(&calibration).expect("a calibration")
    };
    let first = run("persistence=0.25");
    assert!(first.contains("persistence = 0.25\n"), "{first}");
    let odds = first.lines().find(|line| line.starts_with("kind_odds = [1.0, ")).expect("odds of naming");
    assert_eq!(odds.split(',').count(), 5, "{odds}");
    assert_eq!(first, run("persistence=0.25"), "the same on every run");
    let unknown = crate::common::run(&["calibrate", text(&labeled), "--splices", text(&labeled), "--set", "x=1"], b"");
    assert_eq!(unknown.status.code(), Some(2), "{}", stdout(&unknown));
    let args = ["calibrate", text(&labeled), "--splices", text(&labeled), "--set", "persistence=7"];
    let wrong = crate::common::run(&args, b"");
    assert_eq!(wrong.status.code(), Some(2), "{}", stdout(&wrong));
    assert!(stderr(&wrong).contains("calibration is out of its range"), "{}", stderr(&wrong));
}
