//! Training: the same bytes every time, no unexpected output, and an inconsistent corpus
//! is rejected with its file and line.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{folder, run, stderr, stdout};

/// A copy of the corpus for a test to modify.
pub fn corpus(name: &str) -> PathBuf {
    let copy = folder(name);
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")).expect("a corpus") {
        let path = entry.expect("an entry").path();
        fs::copy(&path, copy.join(path.file_name().expect("a name"))).expect("copied");
    }
    copy
}

/// A copy of the model folder.
pub fn models(name: &str) -> PathBuf {
    let copy = folder(name);
    for name in ["rolecall.model", "manifest.json", "calibration.toml"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models").join(name);
        fs::copy(&path, copy.join(name)).expect("copied");
    }
    copy
}

pub fn text(path: &Path) -> &str {
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
    assert!(seen[0][0].len() < 6_000_000, "under 6 MB: {}", seen[0][0].len());
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

/// A folder with small sets: twelve employers, four postings each, of three kinds.
pub fn sets(name: &str) -> PathBuf {
    let folder = folder(name);
    let jobs = [
        ("Product Manager", "pm", "Own the roadmap and rank the backlog with engineers before every sprint"),
        ("Product Marketing Manager", "pmm", "Write positioning and messaging and train sales with battle cards"),
        ("Accountant", "unclear", "Reconcile ledgers and prepare the monthly close with the auditors"),
    ];
    let filler = "We offer a pension, dental cover and thirty days of holiday";
    let (mut titled, mut labeled, mut lines, mut splices) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for employer in 0..12 {
        for (at, (title, label, duty)) in jobs.iter().enumerate() {
            let (id, company) = (format!("{employer}-{at}"), format!("company {employer}"));
            let text = format!("{duty}\n{duty} every week\n{filler}");
            let share = if *label == "pm" { 100.0 } else { 0.0 };
            let row = serde_json::json!({"id": id, "company": company, "title": title, "text": text, "label": label,
                "pm": share, "pmm": 100.0 - share});
            if employer % 2 == 0 {
                labeled.push(row);
            } else {
                titled.push(row);
            }
            let kind = if *label == "unclear" { "other" } else { label };
            for (line, (kind, text)) in [(kind, *duty), ("filler", filler)].into_iter().enumerate() {
                lines.push(serde_json::json!({"posting": id, "line": line, "kind": kind, "text": text}));
            }
        }
        if employer % 2 == 0 {
            let text = format!("{}\n{}", jobs[0].2, jobs[1].2);
            splices.push(serde_json::json!({"id": employer.to_string(), "label": "hybrid", "share": 0.5, "text": text,
                "of": [format!("{employer}-0"), format!("{employer}-1")]}));
        }
    }
    let write = |name: &str, rows: &[serde_json::Value]| {
        let text: Vec<String> = rows.iter().map(ToString::to_string).collect();
        let text = text.join("\n");
        fs::write(folder.join(name), text).expect("written");
    };
    write("titled.jsonl.zst", &titled); // read by content: not compressed
    write("tune.jsonl", &labeled);
    write("tune-lines.jsonl", &lines);
    write("tune-splices.jsonl", &splices);
    folder
}

#[test]
fn counts_and_calibration_follow_from_the_sets() {
    let (sets, corpus, models) = (sets("count-sets"), corpus("count-corpus"), models("count-models"));
    let counts = corpus.join("counts.csv");
    let calibration = models.join("calibration.toml");
    let count = || {
        let args = ["count", text(&sets), "--corpus", text(&corpus), "--calibration", text(&calibration)];
        let output = run(&args, b"");
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        fs::read_to_string(&counts).expect("counts")
    };
    let first = count();
    assert_eq!(first, count(), "the same on every run");
    for expected in ["# postings: 36", "# employers: 12", "# lines read: 72", "# product roles, other jobs: 24, 12"] {
        assert!(first.contains(expected), "{expected}: {}", &first[..600]);
    }
    // The pair is in twelve lines that annotators called pm, and in a posting of each employer.
    let row = first.lines().find(|row| row.starts_with("the backlog,")).expect("a pair of the duty");
    assert!(row.starts_with("the backlog,12,12,12,,,,,"), "{row}");
    let fit = |more: &[&str]| {
        let args = ["calibrate", text(&sets), "--corpus", text(&corpus), "--calibration", text(&calibration)];
        run(&[&args[..], more].concat(), b"")
    };
    let fitted = fit(&["--set", "persistence=0.25"]);
    assert_eq!(fitted.status.code(), Some(0), "{}", stderr(&fitted));
    assert!(stdout(&fitted).contains("\n| cross-fitted by employer |"), "{}", stdout(&fitted));
    let by_source = fit(&["--dry-run", "--unseen", "source"]);
    assert!(stdout(&by_source).contains("\n| cross-fitted by source |"), "{}", stderr(&by_source));
    assert_eq!(fit(&["--unseen", "board"]).status.code(), Some(2));
    let written = fs::read_to_string(&calibration).expect("a calibration");
    assert!(written.contains("persistence = 0.25\n"), "{written}");
    let unknown = fit(&["--set", "x=1"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(stderr(&unknown).contains("the parameters are alpha, shrinkage"), "{}", stderr(&unknown));
    assert_eq!(fit(&["--set", "persistence=7"]).status.code(), Some(2));
    let trained = run(&["train", "--corpus", text(&corpus), "--models", text(&models)], b"");
    assert_eq!(trained.status.code(), Some(0), "{}", stderr(&trained));
}

/// By line number in the folder of sets, by place in the corpus.
#[test]
fn duties_of_lines_are_counted_and_measured() {
    let (sets, corpus, models) = (sets("count-duties"), corpus("count-duties-corpus"), models("count-duties-models"));
    let calibration = models.join("calibration.toml");
    let duties = |duty: &str| {
        let read = "posting\tline\tkind\tduty\talso\n0-0\t0\tpm\tDUTY\t\n2-1\t0\tpmm\tmessaging\tpositioning\n4-0\t1\tpm\tnone\t\n";
        fs::write(sets.join("tune-duties.tsv"), read.replace("DUTY", duty)).expect("written");
        let mut labels = String::from("posting,start,end,kind,duty,also\nabsent,0,9,pm,none,\n");
        for employer in 1..12 {
            labels += &format!(
                "{employer}-0,0,19,pm,product-roadmap,\n{employer}-1,0,31,pmm,messaging,\"positioning,go-to-market\"\n"
            );
        }
        fs::write(corpus.join("duty-labels.csv"), labels).expect("written");
        let args = [text(&sets), "--corpus", text(&corpus), "--calibration", text(&calibration)];
        (run(&[&["count"], &args[..]].concat(), b""), run(&[&["calibrate", "--dry-run"], &args[..]].concat(), b""))
    };
    let (counted, measured) = duties("product-roadmap");
    assert_eq!(counted.status.code(), Some(0), "{}", stderr(&counted));
    let counts = fs::read_to_string(corpus.join("counts.csv")).expect("counts");
    assert!(counts.contains("\n# lines with duties: 25\n"), "{}", &counts[..600]);
    let weights = |feature: &str| {
        let row = counts.lines().find(|row| row.starts_with(&format!("{feature},"))).expect("a feature");
        row.rsplit(',').next().unwrap_or_default().to_owned()
    };
    assert!(weights("roadmap").starts_with("product-roadmap:"), "{}", weights("roadmap"));
    assert!(weights("posit").starts_with("messaging:"), "{}", weights("posit"));
    // In one labeled line alone, so without weights.
    assert_eq!(weights("pension"), "");
    assert_eq!(measured.status.code(), Some(0), "{}", stderr(&measured));
    let page = stdout(&measured);
    let (_, table) = page.split_once("| 3 lines |").expect("a table of three lines");
    assert!(table.contains("| lines that get a duty | "), "{page}");
    let (counted, measured) = duties("no-such-duty");
    for output in [counted, measured] {
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains("unknown duty 'no-such-duty' of a line of 0-0"), "{}", stderr(&output));
    }
}

/// A change of a set that makes it one that cannot be counted.
type Change = fn(&str) -> String;

#[test]
fn pools_that_cannot_be_counted_are_refused() {
    let sets = sets("count-refused");
    let titled = fs::read_to_string(sets.join("titled.jsonl.zst")).expect("a pool");
    let labeled = fs::read_to_string(sets.join("tune.jsonl")).expect("labels");
    let table: [(&str, Change, &str); 5] = [
        (
            "no titles",
            |text| text.replace("\"title\"", "\"name\"").replace("\"label\"", "\"l\""),
            "no posting has a title",
        ),
        (
            "one kind",
            |text| text.lines().filter(|line| line.contains("Product")).collect::<Vec<_>>().join("\n"),
            "no posting is another job",
        ),
        (
            "employers",
            |text| (0..12).fold(text.to_owned(), |text, n| text.replace(&format!("company {n}\""), "same\"")),
            "too few employers",
        ),
        ("damaged", |text| text.replacen('{', "", 1), "line 1"),
        ("schema", |text| text.replacen("\"text\"", "\"body\"", 1), "line 1: no 'text'"),
    ];
    let corpus = corpus("count-refused-corpus");
    let before = fs::read(corpus.join("counts.csv")).expect("counts");
    for (name, change, expected) in table {
        fs::write(sets.join("titled.jsonl.zst"), change(&titled)).expect("written");
        fs::write(sets.join("tune.jsonl"), change(&labeled)).expect("written");
        let output = run(&["count", text(&sets), "--corpus", text(&corpus)], b"");
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{name}: {message}");
        assert!(message.lines().count() == 1 && message.contains(expected), "{name}: {message}");
        assert!(fs::read(corpus.join("counts.csv")).expect("counts") == before, "{name}: nothing is written");
    }
}

#[test]
fn changed_counts_are_refused() {
    let folder = corpus("counts-changed");
    let path = folder.join("counts.csv");
    let good = fs::read_to_string(&path).expect("counts");
    fs::write(&path, good.replacen(",pm,", ",boss,", 1)).expect("written");
    refusal("counts", &folder, &path, 1, "checksum");
    fs::remove_file(&path).expect("removed");
    let output = run(&["train", "--check", "--corpus", text(&folder)], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("counts.csv"), "{}", stderr(&output));
}
