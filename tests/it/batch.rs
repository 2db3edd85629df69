//! `rolecall batch`: formats, columns, order; and what the other batch tests share.

use std::path::{Path, PathBuf};
use std::process::Output;

use rolecall::batch::Column;

use super::common::{folder, rolecall, run, stderr, stdout};

pub const PM: &str = "You own the product roadmap and decide what is built next. Prioritise the backlog with engineers \
                      and designers, write user stories with acceptance criteria, run discovery interviews with users, \
                      and measure adoption of every feature that ships.";
pub const PMM: &str = "You own positioning and messaging for our platform. Plan product launches with a go-to-market \
                       calendar, write battlecards and sales decks, train the sales team on competitors, and build \
                       customer case studies and campaigns that create demand.\nWrite the messaging of our website \
                       and brief analysts and the press before each launch.\nKeep battlecards current and show \
                       sellers how to position the platform against rivals.";
pub const NURSE: &str = "You care for patients on a surgical ward, give medication, change dressings, keep charts, \
                         comfort relatives, hand over to the night shift, watch drips and monitors, and teach students \
                         how wounds are cleaned.";

/// A folder for a test, with a file of `bytes` in it; gives the paths of both.
pub fn input(test: &str, name: &str, bytes: impl AsRef<[u8]>) -> (PathBuf, PathBuf) {
    let folder = folder(&format!("batch-{test}"));
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("the input is written");
    (folder, path)
}

/// Runs `rolecall batch INPUT -o OUTPUT` with more arguments.
pub fn batch(input: &Path, output: &Path, more: &[&str]) -> Output {
    let mut command = rolecall();
    command.arg("batch").arg(input).arg("-o").arg(output).args(more);
    command.output().expect("the program runs")
}

/// The same, expected to end with `code`; gives stderr.
pub fn ends(input: &Path, output: &Path, more: &[&str], code: i32) -> String {
    let result = batch(input, output, more);
    let messages = stderr(&result);
    assert_eq!(result.status.code(), Some(code), "{messages}");
    messages
}

pub fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The records of a table, as the `csv` crate reads them, header included.
pub fn records(text: &str, delimiter: u8) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|row| row.expect("a record").iter().map(str::to_owned).collect()).collect()
}

/// The values of a column, header left out.
pub fn column(text: &str, name: &str) -> Vec<String> {
    let records = records(text, b',');
    let at =
        records[0].iter().position(|column| column == name).unwrap_or_else(|| panic!("no {name}: {:?}", records[0]));
    records[1..].iter().map(|record| record[at].clone()).collect()
}

/// Values of one line of JSON.
pub fn json(line: &str) -> serde_json::Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

/// The lines of the rejects file beside `output`.
pub fn rejects(output: &Path) -> Vec<serde_json::Value> {
    let path = PathBuf::from(format!("{}.rejects.jsonl", output.display()));
    if path.exists() { read(&path).lines().map(json).collect() } else { Vec::new() }
}

/// The files in a folder.
pub fn listing(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect();
    names.sort();
    names
}

#[test]
fn a_table_keeps_its_columns_and_gets_new_ones() {
    let text = format!(
        "id,title,description\r\n7,Product Manager,\"{PM}\"\r\n8,Product Manager,\"{PMM}\"\r\n9,\"Nurse, nights\",\"{NURSE}\"\r\n"
    );
    let (folder, path) = input("table", "in.csv", &text);
    let out = folder.join("out.csv");
    let messages = ends(&path, &out, &[], 0);
    assert!(messages.contains("text column: 'description'"), "{messages}");
    assert!(messages.contains("title column: 'title'"), "{messages}");
    assert!(messages.contains("rows: 3 (pm 1, pmm 1, hybrid 0, unclear 1)"), "{messages}");
    let written = read(&out);
    let records = records(&written, b',');
    assert_eq!(
        records[0].join(" "),
        "id title description rolecall_label rolecall_reason rolecall_confidence rolecall_p_pm rolecall_p_pmm \
         rolecall_p_hybrid rolecall_p_unclear rolecall_pm_share rolecall_pm_share_low rolecall_pm_share_high \
         rolecall_strength_pm rolecall_strength_pmm rolecall_strength_other rolecall_other_job rolecall_title_says \
         rolecall_title_agrees rolecall_label_by_duties rolecall_confidence_by_duties rolecall_lens rolecall_model \
         rolecall_duties_pm rolecall_duties_pmm rolecall_evidence rolecall_notes"
    );
    assert_eq!(column(&written, "rolecall_label"), ["pm", "pmm", "unclear"]);
    assert_eq!(column(&written, "rolecall_reason"), ["", "", "off_topic"]);
    assert_eq!(column(&written, "rolecall_title_agrees"), ["true", "false", "true"]);
    assert_eq!(column(&written, "rolecall_title_says"), ["pm", "pm", "other"]);
    assert_eq!(column(&written, "rolecall_label_by_duties"), ["pm", "pmm", "unclear"]);
    assert_eq!(column(&written, "rolecall_lens"), ["consensus"; 3]);
    let found = |name: &str, row: usize| column(&written, name)[row].clone();
    assert!(found("rolecall_duties_pm", 0).contains(" product-roadmap"));
    assert!(found("rolecall_evidence", 0).starts_with("PM 0.") && found("rolecall_evidence", 1).contains("PMM 0."));
    assert_eq!((found("rolecall_duties_pm", 2), found("rolecall_evidence", 2)), (String::new(), String::new()));
    for (line, before) in written.split("\r\n").zip(text.split("\r\n")) {
        assert!(line.starts_with(before), "{line}");
    }
    for row in &records[1..] {
        let number = |at: usize| row[at].parse::<f64>().expect("a number");
        let sum: f64 = (6..10).map(number).sum();
        assert!((sum - 1.0).abs() < 3e-4, "{row:?}");
        if row[3] == "unclear" {
            assert_eq!(row[10..13], ["", "", ""], "an unclear posting has no share");
        } else {
            assert!(number(11) <= number(10) && number(10) <= number(12), "{row:?}");
        }
    }
    assert_eq!(listing(&folder), ["in.csv", "out.csv"]);
}

#[test]
fn batch_and_classify_agree() {
    let (folder, path) = input("agree", "in.csv", format!("title,text\nProduct Manager,\"{PMM}\"\n"));
    let out = folder.join("out.jsonl");
    ends(&path, &out, &["-q"], 0);
    let row = json(&read(&out));
    let verdict =
        json(&stdout(&run(&["classify", "-", "--title", "Product Manager", "--format", "json"], PMM.as_bytes())));
    assert_eq!(row["rolecall_label"], verdict["label"]);
    assert_eq!(row["rolecall_model"], verdict["model"]);
    assert_eq!(row["rolecall_title_agrees"], verdict["by_duties_alone"]["title_agrees"]);
    let number = |value: &serde_json::Value| value.as_f64().expect("a number");
    for (ours, theirs) in [
        ("rolecall_confidence", &verdict["confidence"]),
        ("rolecall_p_pm", &verdict["probabilities"]["pm"]),
        ("rolecall_p_pmm", &verdict["probabilities"]["pmm"]),
        ("rolecall_p_hybrid", &verdict["probabilities"]["hybrid"]),
        ("rolecall_p_unclear", &verdict["probabilities"]["unclear"]),
        ("rolecall_pm_share", &verdict["pm_share"]),
        ("rolecall_pm_share_low", &verdict["pm_share_interval"][0]),
        ("rolecall_pm_share_high", &verdict["pm_share_interval"][1]),
        ("rolecall_strength_pm", &verdict["strength"]["pm"]),
        ("rolecall_strength_pmm", &verdict["strength"]["pmm"]),
        ("rolecall_strength_other", &verdict["strength"]["other"]),
        ("rolecall_confidence_by_duties", &verdict["by_duties_alone"]["confidence"]),
    ] {
        assert!((number(&row[ours]) - number(theirs)).abs() <= 5.1e-5, "{ours}");
    }
    for (ours, theirs) in [
        ("rolecall_other_job", &verdict["other_job"]),
        ("rolecall_title_says", &verdict["title"]["says"]),
        ("rolecall_label_by_duties", &verdict["by_duties_alone"]["label"]),
        ("rolecall_lens", &verdict["lens"]),
    ] {
        assert_eq!(&row[ours], theirs, "{ours}");
    }
    assert_eq!(row["rolecall_notes"], verdict["notes"]);
    let list = |value: &serde_json::Value| value.as_array().expect("a list").clone();
    let (ours, theirs) = (list(&row["rolecall_evidence"]), list(&verdict["evidence"]));
    assert_eq!(ours.len(), theirs.len());
    for (ours, theirs) in ours.iter().zip(&theirs) {
        for name in ["role", "phrase", "start", "end", "duty"] {
            assert_eq!(ours[name], theirs[name], "{name}");
        }
        assert!((number(&ours["points"]) - number(&theirs["points"])).abs() <= 5.1e-5);
        let [start, end] = ["start", "end"].map(|name| ours[name].as_u64().expect("an offset") as usize);
        assert_eq!(ours["phrase"], PMM[start..end].split_whitespace().collect::<Vec<_>>().join(" "));
    }
    // Of all phrases, not only of the six that are listed.
    let all = ["classify", "-", "--title", "Product Manager", "--format", "json", "--duties", "--top", "1000"];
    let verdict = json(&stdout(&run(&all, PMM.as_bytes())));
    let themes = list(&verdict["duties"]["themes"]);
    let duties = themes.iter().filter(|theme| theme["role"] == "pmm").flat_map(|theme| list(&theme["duties"]));
    let mut expected: Vec<_> = duties.map(|duty| (duty["duty"].clone(), number(&duty["points"]))).collect();
    expected.sort_by(|a, b| b.1.total_cmp(&a.1));
    let ours = list(&row["rolecall_duties_pmm"]);
    assert!(ours.len() > 1 && ours.len() == expected.len());
    for (ours, (duty, points)) in ours.iter().zip(&expected) {
        assert_eq!(&ours["duty"], duty);
        assert!((number(&ours["points"]) - points).abs() <= 5.1e-5 && ours["name"].is_string());
    }
}

/// The help names every column, in the order of the output.
#[test]
fn columns_are_in_the_help() {
    let help = stdout(&run(&["batch", "--help"], b"")).split_whitespace().collect::<Vec<_>>().join(" ");
    let names: Vec<_> = Column::ALL.iter().map(|column| column.name().trim_start_matches("rolecall_")).collect();
    assert!(help.contains(&format!("by default all: {}", names.join(", "))), "{help}");
    let described = include_str!("../../README.md");
    assert!(names.iter().all(|name| described.contains(&format!("`{name}`"))));
    let page = include_str!("../../src/serve/assets/openapi.json").split_whitespace().collect::<String>();
    assert!(page.contains(&format!("\"{}\"", names.join("\",\""))), "the description of the API");
}

#[test]
fn every_format_into_every_other() {
    let cells = ["1", "a \"quoted\", b\nand c", PM, ""];
    let csv = format!("id,note,text,empty\n1,\"a \"\"quoted\"\", b\nand c\",\"{PM}\",\n");
    let tsv = csv
        .replacen("id,note,text,empty", "id\tnote\ttext\tempty", 1)
        .replace("1,\"a", "1\t\"a")
        .replace("c\",\"", "c\"\t\"")
        .replace("\",\n", "\"\t\n");
    let jsonl =
        format!("{{\"id\": 1, \"note\": \"a \\\"quoted\\\", b\\nand c\", \"text\": \"{PM}\", \"empty\": null}}\n");
    let folder = folder("batch-formats");
    for (name, text) in [("in.csv", csv), ("in.tsv", tsv), ("in.jsonl", jsonl)] {
        let path = folder.join(name);
        std::fs::write(&path, text).expect("written");
        for (target, delimiter) in [("csv", b','), ("tsv", b'\t'), ("psv", b'|'), ("jsonl", 0)] {
            let out = folder.join(format!("{name}.out.{target}"));
            ends(&path, &out, &[], 0);
            let text = read(&out);
            if delimiter == 0 {
                let row = json(&text);
                assert_eq!(row["note"], cells[1], "{text}");
                assert_eq!(row["text"], PM);
                assert_eq!(row["rolecall_label"], "pm");
                assert!(text.starts_with(if name == "in.jsonl" { "{\"id\": 1," } else { "{\"id\":\"1\"," }), "{text}");
            } else {
                let rows = records(&text, delimiter);
                assert_eq!(rows.len(), 2);
                assert_eq!(rows[0][..5], ["id", "note", "text", "empty", "rolecall_label"]);
                assert_eq!(rows[1][..4], cells, "{name} to {target}");
                assert_eq!(rows[1][4], "pm");
            }
        }
    }
    // The format that is asked for counts more than that of the name.
    let out = folder.join("tabs.csv");
    ends(&folder.join("in.csv"), &out, &["--output-format", "tsv"], 0);
    assert_eq!(records(&read(&out), b'\t')[0][4], "rolecall_label");
}

#[test]
fn json_lines_keep_every_byte_of_their_fields() {
    let first = format!(
        r#"  {{"n": 12345678901234567890.10, "dup": 1, "dup": 2 , "text": "{PM}", "é\u00e9": [1, {{"a": null}}] }}"#
    );
    let text = format!(
        "\u{feff}{first}\r\n\r\n{{\"text\":null}}\n{{\"text\":[\"You own the roadmap.\",\"{PM}\"],\"x\":\"}}\"}}"
    );
    let (folder, path) = input("splice", "in.jsonl", text);
    let out = folder.join("out.jsonl");
    let messages = ends(&path, &out, &[], 0);
    assert!(messages.contains("empty lines skipped: 1"), "{messages}");
    let written = read(&out);
    let lines: Vec<_> = written.lines().collect();
    assert_eq!(lines.len(), 3);
    let kept = first.trim_end_matches('}').trim_end();
    assert!(
        lines[0].starts_with(&format!("{kept},\"rolecall_label\":\"pm\",\"rolecall_reason\":null,")),
        "{}",
        lines[0]
    );
    assert!(lines[1].starts_with("{\"text\":null,\"rolecall_label\":\"unclear\",\"rolecall_reason\":\"too_short\","));
    assert!(lines[2].contains("\"x\":\"}\",\"rolecall_label\":\"pm\""), "{}", lines[2]);
    for line in lines {
        json(line);
    }
}

#[test]
fn columns_by_name_by_number_and_joined() {
    let (folder, path) = input("columns", "in.csv", format!("Job,duties,needs\nx,\"{PM}\",\"{PM}\"\n"));
    let out = folder.join("out.jsonl");
    let text = |column: &str| {
        ends(&path, &out, &["--force", "--text-column", column, "--columns", "label,reason"], 0);
        let row = json(&read(&out));
        (row["rolecall_label"].clone(), row["rolecall_reason"].clone())
    };
    assert_eq!(text("duties").0, "pm");
    assert_eq!(text("DUTIES").0, "pm");
    assert_eq!(text("2").0, "pm");
    assert_eq!(text("duties,needs").0, "pm");
    assert_eq!(text("1").1, "too_short");
    let error = ends(&path, &out, &["--force", "--text-column", "dutis"], 2);
    assert!(error.contains("did you mean 'duties'? the columns are: Job, duties, needs"), "{error}");
    let error = ends(&path, &out, &["--force", "--title-column", "4"], 2);
    assert!(error.contains("there is no column 4: there are 3"), "{error}");
    let error = ends(&path, &out, &["--force", "--columns", "lable"], 2);
    assert!(error.contains("did you mean 'label'?"), "{error}");
    let error = ends(&path, &out, &["--force", "--report", "r.html", "--group-by", "land"], 2);
    assert!(error.contains("there is no column 'land'"), "{error}");
    // Several columns are one posting.
    let halves = PM.split_at(PM.find("write user").expect("a half"));
    let (_, path) = input("columns-joined", "in.csv", format!("a,b\n\"{}\",\"{}\"\n", halves.0, halves.1));
    ends(&path, &out, &["--force", "--text-column", "a,b"], 0);
    assert_eq!(json(&read(&out))["rolecall_label"], "pm");
}

#[test]
fn the_longest_column_is_the_text_by_default() {
    let (folder, path) = input("longest", "in.csv", format!("a,b,c\nshort,\"{PM}\",longer than a\n"));
    let out = folder.join("out.csv");
    let messages = ends(&path, &out, &[], 0);
    assert!(messages.contains("text column: 'b', the longest"), "{messages}");
    assert_eq!(column(&read(&out), "rolecall_label"), ["pm"]);
    let messages = ends(&path, &out, &["--no-headers", "--force"], 0);
    assert!(messages.contains("text column: 'column_2'"), "{messages}");
    let rows = records(&read(&out), b',');
    assert_eq!(rows.len(), 2, "no header goes in, none comes out");
    assert_eq!((rows[0][0].as_str(), rows[1][3].as_str()), ("a", "pm"));
}

#[test]
fn the_output_does_not_depend_on_the_number_of_threads() {
    let mut text = "id,text,padding\n".to_owned();
    for row in 0..1500 {
        let posting = [PM, PMM, NURSE, "", "too short"][row % 5];
        text.push_str(&format!("{row},\"{posting}\",{}\n", "x".repeat(row % 7 * 300)));
        if row % 97 == 0 {
            text.push_str("one,field,too,many\n");
        }
    }
    let (folder, path) = input("jobs", "in.csv", text);
    let out = |jobs: &str| folder.join(format!("out{jobs}.csv"));
    for jobs in ["1", "2", "3", "16"] {
        ends(&path, &out(jobs), &["-j", jobs, "--columns", "label,pm_share"], 1);
        assert_eq!(read(&out(jobs)), read(&out("1")));
        assert_eq!(rejects(&out(jobs)), rejects(&out("1")));
    }
    let written = read(&out("1"));
    let ids: Vec<_> = column(&written, "id");
    assert_eq!(ids, (0..1500).map(|row| row.to_string()).collect::<Vec<_>>());
    assert_eq!(rejects(&out("1")).len(), 16);
}

#[test]
fn lens_confidence_and_model_are_used() {
    let (folder, path) = input("options", "in.csv", format!("text\n\"{PM}\"\n"));
    let out = folder.join("out.csv");
    ends(&path, &out, &["--min-confidence", "1", "--lens", "wikipedia"], 0);
    assert_eq!(column(&read(&out), "rolecall_reason"), ["low_confidence"]);
    let error = ends(&path, &out, &["--force", "--model", path.to_str().expect("UTF-8")], 2);
    assert!(error.contains("in.csv"), "{error}");
    let error = ends(&path, &out, &["--force", "--lens", "none"], 2);
    assert!(error.contains("invalid value 'none'"), "{error}");
}

#[test]
fn the_library_reads_and_writes_streams() {
    use rolecall::batch::{Batch, Observer, Progress};
    use std::ops::ControlFlow;
    #[derive(Default)]
    struct Notes(Vec<String>, u64);
    impl Observer for Notes {
        fn note(&mut self, message: &str) {
            self.0.push(message.to_owned());
        }
        fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
            self.1 = progress.rows;
            ControlFlow::Continue(())
        }
    }
    struct Stop;
    impl Observer for Stop {
        fn progress(&mut self, _: Progress) -> ControlFlow<()> {
            ControlFlow::Break(())
        }
    }

    let mut batch = Batch::new(rolecall::Classifier::builtin().expect("a model"));
    batch.columns = vec![Column::Label];
    let text = format!("id;text\n1;\"{PM}\"\n2;too;many\n3;\"{PMM}\"\n");
    let (mut out, mut set_aside, mut notes) = (Vec::new(), Vec::new(), Notes::default());
    let summary = batch.score(text.as_bytes(), &mut out, &mut set_aside, &mut notes).expect("scored");
    assert_eq!(summary.bytes_written, out.len() as u64);
    let out = String::from_utf8(out).expect("UTF-8");
    assert_eq!(out, format!("id;text;rolecall_label\n1;\"{PM}\";pm\n3;\"{PMM}\";pmm\n"));
    assert_eq!((summary.rows, summary.rejects, summary.label(rolecall::Label::Pmm)), (2, 1, 1));
    assert_eq!(json(std::str::from_utf8(&set_aside).expect("UTF-8"))["line"], 3);
    assert_eq!((notes.0.join(", ").as_str(), notes.1), ("delimiter: semicolon, text column: 'text'", 3));
    let stopped = batch.score(text.as_bytes(), Vec::new(), Vec::new(), &mut Stop).expect_err("stopped");
    assert_eq!(stopped.kind(), rolecall::ErrorKind::Stopped);
    batch.strict = true;
    let strict = batch.score(text.as_bytes(), Vec::new(), Vec::new(), &mut ()).expect_err("a bad row");
    assert_eq!(
        (strict.kind(), strict.place().line, strict.place().row),
        (rolecall::ErrorKind::Input, Some(3), Some(2))
    );
}
