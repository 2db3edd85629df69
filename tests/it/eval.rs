//! `rolecall eval`: metrics on a small labeled file, as text and as JSON.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::common::{folder, json_lines, run, stderr, stdout};

const POSTINGS: &str = "tests/labeled/postings.jsonl";

fn report(args: &[&str]) -> Value {
    let args: Vec<_> = ["eval", "--format", "json"].iter().chain(args).collect();
    let output = run(&args, b"");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    serde_json::from_str(&stdout(&output)).expect("JSON")
}

fn close(value: &Value, expected: f64) {
    let found = value.as_f64().expect("a number");
    assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
}

/// A copy of the labeled postings with the labels of some changed.
fn relabeled(name: &str, labels: &[(&str, &str)]) -> PathBuf {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(POSTINGS)).expect("postings");
    let mut rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    for (id, label) in labels {
        let row = rows.iter_mut().find(|row| row["id"] == *id).expect(id);
        row["label"] = json!(label);
    }
    write(name, &json_lines(&rows))
}

fn write(name: &str, text: &str) -> PathBuf {
    let path = folder(&format!("eval-{name}")).join(name);
    std::fs::write(&path, text).expect("written");
    path
}

#[test]
fn metrics_of_right_and_wrong_verdicts() {
    // Two labels are wrong on purpose, so the expected metrics are known.
    let path = relabeled("wrong.jsonl", &[("reader-pm", "pmm"), ("ward-nurse", "pm")]);
    let report = report(&[path.to_str().expect("UTF-8")]);
    assert!(report["model"].as_str().expect("a name").starts_with("pm-pmm/1 "));
    let figures = &report["figures"];
    assert_eq!(figures["n"], 7);
    // Rows: the label in the file; columns: the predicted label.
    assert_eq!(figures["confusion"], json!([[1, 0, 0, 1], [1, 2, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]));
    close(&figures["accuracy"], 5.0 / 7.0);
    close(&figures["macro_f1"], (0.5 + 0.8 + 1.0 + 2.0 / 3.0) / 4.0);
    close(&figures["pm_vs_pmm_accuracy"], 3.0 / 5.0);
    assert_eq!(figures["swapped"], 1);
    for (at, (label, support, precision, recall, f1)) in [
        ("pm", 2, 0.5, 0.5, 0.5),
        ("pmm", 3, 1.0, 2.0 / 3.0, 0.8),
        ("hybrid", 1, 1.0, 1.0, 1.0),
        ("unclear", 1, 0.5, 1.0, 2.0 / 3.0),
    ]
    .into_iter()
    .enumerate()
    {
        let found = &figures["labels"][at];
        assert_eq!(found["label"], label);
        assert_eq!(found["support"], support);
        close(&found["precision"], precision);
        close(&found["recall"], recall);
        close(&found["f1"], f1);
    }
}

#[test]
fn tables_cover_every_posting() {
    let report = report(&[POSTINGS]);
    let figures = &report["figures"];
    let rows = |name: &str| figures[name].as_array().expect(name).clone();
    let number = |row: &Value, name: &str| row[name].as_f64().expect("a number");
    let bins = rows("reliability");
    assert!((bins.iter().map(|bin| number(bin, "n")).sum::<f64>() - 7.0).abs() < 1e-9);
    let gaps = bins.iter().map(|bin| number(bin, "n") * (number(bin, "confidence") - number(bin, "accuracy")).abs());
    close(&figures["calibration_error"], gaps.sum::<f64>() / 7.0);
    for bin in &bins {
        let range = number(bin, "from")..=number(bin, "to");
        assert!(range.contains(&number(bin, "confidence")), "{bin}");
    }
    let lengths = rows("lengths");
    assert!((lengths.iter().map(|row| number(row, "n")).sum::<f64>() - 7.0).abs() < 1e-9);
    let coverage = rows("coverage");
    assert!(coverage.windows(2).all(|pair| number(&pair[0], "min_confidence") <= number(&pair[1], "min_confidence")));
    assert!(number(figures, "share_error") < 0.25, "the share is near what the file says: {}", figures["share_error"]);
}

#[test]
fn csv_gives_the_same_metrics() {
    assert_eq!(report(&[POSTINGS]), report(&["tests/labeled/postings.csv"]));
}

#[test]
fn the_text_view_fits_a_terminal() {
    let path = relabeled("text.jsonl", &[("reader-pm", "pmm"), ("ward-nurse", "pm")]);
    let output = run(&["eval", path.to_str().expect("UTF-8")], b"");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    let row = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("no {name} in {text}"));
        line[name.len()..].split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(row("postings")[0], "7");
    assert_eq!(row("accuracy")[0], "0.714");
    assert_eq!(row("macro-F1")[0], "0.742");
    assert_eq!(row("PM versus PMM")[0], "0.600");
    assert_eq!(row("pmm "), ["3", "1.000", "0.667", "0.800"]);
    assert!(text.lines().all(|line| line.chars().count() <= 80), "80 columns: {text}");
}

#[test]
fn metrics_depend_on_the_lens() {
    let consensus = report(&[POSTINGS]);
    assert_eq!(consensus, report(&[POSTINGS, "--lens", "consensus"]));
    assert_ne!(consensus["figures"], report(&[POSTINGS, "--lens", "wikipedia"])["figures"]);
}

#[test]
fn lines_are_classified_in_their_posting() {
    let lines = [
        ("dispatch-pm", "pm", "Own the roadmap for the dispatch board and keep its backlog in order of value."),
        ("kiln-pmm", "pmm", "Build buyer personas and segment our market."),
        (
            "ward-nurse",
            "other",
            "Give prescribed medicines, intravenous fluids and wound care, and keep the charts complete.",
        ),
    ];
    let rows = lines.map(|(posting, kind, text)| json!({"posting": posting, "kind": kind, "text": text}));
    let path = write("lines.jsonl", &json_lines(&rows));
    let lines = &report(&[POSTINGS, "--lines", path.to_str().expect("UTF-8")])["lines"];
    close(&lines["accuracy"], 1.0);
    let sum: u64 = lines["confusion"]
        .as_array()
        .expect("rows")
        .iter()
        .flat_map(|row| row.as_array().expect("columns"))
        .map(|n| n.as_u64().expect("a count"))
        .sum();
    assert_eq!(sum, 3);
}

/// Each line is a phrase of PM, whatever the annotator said; by hand from the kinds.
#[test]
fn phrases_are_counted_by_the_kinds_of_their_lines() {
    let lines = [
        ("one", "pm", "Own the product roadmap and keep it current."),
        ("one", "pmm", "Prioritize the feature backlog before every sprint."),
        ("one", "shared", "Write user stories with acceptance criteria."),
        ("one", "other", "Decide what goes into each release."),
        ("one", "filler", "Write product requirements for new features."),
        ("two", "filler", "Rank the feature backlog with engineers."),
    ];
    let postings = ["one", "two"].map(|id| {
        let own = lines.iter().filter(|line| line.0 == id).map(|line| line.2);
        let end = "We offer a pension, dental cover and thirty days of paid holiday.";
        json!({"id": id, "label": "pm", "text": own.chain([end]).collect::<Vec<_>>().join("\n")})
    });
    let lines = lines.map(|(posting, kind, text)| json!({"posting": posting, "kind": kind, "text": text}));
    let (postings, lines) = (json_lines(&postings), json_lines(&lines));
    let (postings, lines) = (write("phrases.jsonl", &postings), write("phrase-lines.jsonl", &lines));
    let args = [postings.as_path(), Path::new("--lines"), &lines].map(|arg| arg.to_str().expect("UTF-8"));
    let evidence = &report(&args)["evidence"];
    for (name, expected) in [
        ("phrases", 6.0),
        ("own", 1.0 / 6.0),
        ("own_or_shared", 2.0 / 6.0),
        ("other_role", 1.0 / 6.0),
        ("other_job", 1.0 / 6.0),
        ("filler", 2.0 / 6.0),
        // The first posting has lines of both roles, the second of none.
        ("present", 2.0),
        ("present_shown", 0.5),
        ("absent", 2.0),
        ("absent_shown", 0.5),
        ("other_wording_small", 1.0),
    ] {
        assert!(evidence[name].as_f64().is_some_and(|found| (found - expected).abs() < 1e-9), "{name}: {evidence}");
    }
}

/// Labels and shares hardly change with the form of a text. Letter case could change them; an encoding
/// is read back as it was.
#[test]
fn verdicts_hardly_depend_on_the_form_of_a_text() {
    let rows = report(&["--perturbations", POSTINGS]);
    let rows = rows.as_array().expect("a list");
    assert_eq!(rows.len(), 12);
    for row in rows {
        let name = row["perturbation"].as_str().expect("a name");
        // One of the seven is too short to be judged without a paragraph more.
        let changed = if name == "a paragraph of boilerplate" { 1.0 / 7.0 } else { 0.0 };
        close(&row["labels_changed"], changed);
        let most = if name == "UTF-16" { 0.0 } else { 0.05 };
        assert!(row["share_change"].as_f64().is_some_and(|change| change <= most), "{row}");
    }
    let unlabeled = json_lines(&[json!({"text": "Own the roadmap. ".repeat(20)})]);
    assert_eq!(
        report(&["--perturbations", &write("unlabeled.jsonl", &unlabeled).display().to_string()])[0]["postings"],
        1
    );
    let text = stdout(&run(&["eval", "--perturbations", POSTINGS], b""));
    assert!(text.contains("lower case") && text.lines().all(|line| line.len() <= 80), "{text}");
}

#[test]
fn errors_name_the_file_and_line() {
    let good = "{\"text\": \"Own the roadmap\", \"label\": \"pm\"}\n";
    let table: [(&str, String, &[&str]); 14] = [
        (
            "label.jsonl",
            format!("{good}{{\"text\": \"a\", \"label\": \"boss\"}}\n"),
            &["line 2: ", "unknown label 'boss'"],
        ),
        ("kind.jsonl", format!("{good}{{\"text\": \"a\", \"label\": 3}}\n"), &["line 2: ", "'label' must be a string"]),
        ("cut.jsonl", format!("{good}\n{{\"text\": \"a\"\n"), &["line 3: ", "not JSON"]),
        ("array.jsonl", "[1, 2]\n".into(), &["has no JSON object with fields"]),
        ("text.jsonl", format!("{good}{{\"label\": \"pm\"}}\n"), &["line 2: ", "no 'text'"]),
        (
            "share.jsonl",
            format!("{good}{{\"text\": \"a\", \"share\": 7}}\n"),
            &["line 2: ", "'share' must be", "0 to 1"],
        ),
        ("parts.jsonl", format!("{good}{{\"text\": \"a\", \"pm\": -5}}\n"), &["line 2: ", "'pm' must be"]),
        ("nan.csv", "text,label,pm,pmm\na,pm,NaN,1\n".into(), &["line 2: ", "'pm' must be"]),
        ("none.jsonl", "{\"text\": \"a\"}\n".into(), &["no labeled posting"]),
        ("empty.jsonl", String::new(), &["no posting"]),
        ("header.csv", "text,label\n".into(), &["no posting"]),
        ("columns.csv", "text,label\na,pm\nb,pm,c\n".into(), &["line 3: "]),
        ("label.csv", "text,label\na,pm\n\"b\nc\",manager\n".into(), &["line 3: ", "unknown label 'manager'"]),
        ("other.csv", "words,label\na,pm\n".into(), &["no column with the text", "--text-column"]),
    ];
    for (name, text, words) in table {
        let path = write(name, &text);
        let output = run(&["eval", path.to_str().expect("UTF-8")], b"");
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{name}: {message}");
        assert!(output.stdout.is_empty(), "{name}");
        let message = message.lines().last().unwrap_or_default();
        assert!(message.contains(path.to_str().expect("UTF-8")), "{name}: {message}");
        for word in words {
            assert!(message.contains(word), "{name}: no {word:?} in {message}");
        }
    }
}

#[test]
fn figures_have_intervals_or_are_not_given() {
    // Seven postings are too few for a bootstrap, not for Wilson's interval of 7 of 7.
    let seven = report(&[POSTINGS]);
    assert!(seven["figures"]["log_loss"].is_number() && seven["intervals"]["log_loss"].is_null());
    assert_eq!(seven["figures"]["accuracy"], 1.0);
    let low = seven["intervals"]["accuracy"][0].as_f64().expect("low");
    assert!((low - 0.645_67).abs() < 1e-4, "scipy.stats.binomtest(7, 7).proportion_ci(method='wilson'): {low}");
    let rows = std::fs::read_to_string(POSTINGS).expect("postings");
    let many = write("many.jsonl", &rows.repeat(5));
    let labeled = report(&[many.to_str().expect("UTF-8")]);
    let intervals = labeled["intervals"].as_object().expect("intervals");
    assert_eq!(intervals.len(), 12);
    for (name, interval) in intervals {
        // These postings have no marked phrases.
        if name.starts_with("evidence") {
            assert!(interval.is_null() && labeled["figures"][name].is_null(), "{name}");
            continue;
        }
        let (low, high) = (interval[0].as_f64().expect(name), interval[1].as_f64().expect(name));
        let value = labeled["figures"][name].as_f64().expect(name);
        assert!(low <= value + 1e-9 && value <= high + 1e-9, "{name}: {low} {value} {high}");
    }
    let rows = format!("label,text\nunclear,short\npm,\"{}\"\n", crate::batch::PM);
    let path = write("not-given.csv", &rows);
    let path = path.to_str().expect("UTF-8");
    let figures = &report(&[path])["figures"];
    assert!(figures["share_error"].is_null() && figures["evidence_at_3"].is_null(), "{figures}");
    let text = stdout(&run(&["eval", path], b""));
    for line in ["share error           not given", "evidence at 3         not given", "rows: label of the annotators"]
    {
        assert!(text.contains(line), "no {line:?} in {text}");
    }
}

#[test]
fn standard_input_and_empty_labels() {
    let rows = "Label,Text\nUnclear,short\n,short too\n\" \",short again\n";
    let output = run(&["eval", "--format", "json", "-"], rows.as_bytes());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).contains("postings without a label, left out: 2"), "{}", stderr(&output));
    let report: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    assert_eq!(report["figures"]["n"], 1);
}

#[test]
fn a_byte_order_mark_and_empty_lines_are_skipped() {
    let row = "{\"text\": \"Own the roadmap\", \"label\": \"unclear\"}\n";
    let path = write("mark.jsonl", &format!("\u{feff}{row}\n   \n{row}"));
    let report = report(&[path.to_str().expect("UTF-8")]);
    assert_eq!(report["figures"]["n"], 2);
    close(&report["figures"]["accuracy"], 1.0);
}

#[test]
fn verdicts_rest_on_the_listed_phrases() {
    let texts = ["pm.txt", "pmm.txt", "hybrid.txt", "blob.txt", "page.html", "hostile.txt"];
    let folder = folder("faithful");
    let path = folder.join("postings.jsonl");
    let rows: Vec<_> =
        texts.map(|name| serde_json::json!({"label": "pm", "text": crate::explain::posting(name)}).to_string()).into();
    std::fs::write(&path, rows.join("\n")).expect("written");
    let examples = rolecall::eval::load(&path).expect("loads");
    let classifier = rolecall::Classifier::builtin().expect("the model inside");
    let found = rolecall::eval::faithfulness(&classifier, &examples);
    assert_eq!(found.postings, texts.len());
    assert_eq!(found, rolecall::eval::faithfulness(&classifier, &examples), "the same on every run");
    // Without a few phrases, a verdict of 0.999 hardly changes.
    for row in found.at.iter().filter(|row| row.phrases > 3) {
        assert!(row.comprehensiveness > row.comprehensiveness_random, "{row:?}");
        assert!(row.sufficiency < row.sufficiency_random, "{row:?}");
    }
    // Six postings are too few for each number of phrases by itself.
    let many = || found.at.iter().filter(|row| row.phrases >= 6);
    let (change, random): (f64, f64) = (many().map(|row| row.change).sum(), many().map(|row| row.change_random).sum());
    assert!(change >= 2.0 * random, "{found:?}");
    // The three clearest phrases alone give a nearer probability than random ones.
    let three = found.at.iter().find(|row| row.phrases == 3).expect("measured");
    assert!(three.sufficiency < 0.25 && three.sufficiency_random > three.sufficiency + 0.1, "{three:?}");
}
