//! Tables of every kind, read by the real program: `tests/cases` and those written here.
#![allow(clippy::type_complexity, clippy::too_many_lines, clippy::format_collect, reason = "tables of cases")]

use serde_json::{Value, json};

use super::batch::{PM, PMM, input, json, read};
use super::common::{rolecall, run, stderr, stdout};

/// Runs the program where the rejects of standard output are in nobody's way.
fn run_in_target(args: &[&str]) -> std::process::Output {
    let rejects = concat!(env!("CARGO_TARGET_TMPDIR"), "/tables.rejects.jsonl");
    rolecall().args(args).args(["--force", "--rejects", rejects]).output().expect("runs")
}

/// Runs `rolecall batch` on a table: the exit code, the labels, and what is said.
fn labels(path: &str, more: &[&str]) -> (i32, String, String) {
    let args = [&["batch", path, "-o", "-", "--output-format", "jsonl", "--columns", "label", "--only"], more].concat();
    let output = run_in_target(&args);
    let labels: Vec<String> =
        stdout(&output).lines().map(|row| json(row)["rolecall_label"].as_str().expect("a label").to_owned()).collect();
    (output.status.code().unwrap_or(-1), labels.join(" "), stderr(&output))
}

fn case(name: &str) -> String {
    format!("tests/cases/{name}")
}

/// A name, arguments, the exit code, the labels, and words of the messages.
type Case<'a> = (&'a str, &'a [&'a str], i32, &'a str, &'a [&'a str]);

fn check(path: &str, (name, more, code, expected, words): Case<'_>) {
    let (found, labels, messages) = labels(path, more);
    assert_eq!((found, labels.as_str()), (code, expected), "{name} {more:?}: {messages}");
    for word in words {
        assert!(messages.contains(word), "{name} {more:?}: no {word:?} in {messages}");
    }
}

#[test]
fn committed_tables() {
    let three = "pm pmm pm";
    let table: &[Case<'_>] = &[
        ("31-sep.csv", &[], 0, three, &["text column: 'description'"]),
        ("33c-utf32.csv", &[], 2, "", &["UTF-32"]),
        ("34-dup-header.csv", &[], 0, three, &["2 columns are named 'description'", "(column 3)"]),
        ("34-dup-header.csv", &["--text-column", "description"], 0, three, &[]),
        ("37-preamble.csv", &["--skip-lines", "3"], 0, three, &[]),
        ("37-preamble.csv", &["--skip-lines", "2"], 0, three, &[]),
        ("39-backslash-quotes.csv", &["--escape", "\\"], 0, three, &[]),
        ("40-unclosed-quote.csv", &[], 1, "pm pmm unclear", &["unclosed_quote 2"]),
        ("40b-stray-quote.tsv", &[], 0, three, &["quotes are read as text"]),
        ("40b-stray-quote.tsv", &["--no-quoting"], 0, three, &[]),
        ("50b-zero-padded.csv.gz", &[], 0, three, &[]),
        ("51b-skippable-end.csv.zst", &[], 0, three, &[]),
        ("52-array.json", &[], 0, three, &[]),
        ("53-greenhouse-api.json", &[], 0, "pm pmm", &["the list 'jobs'", "text column: 'content'"]),
        ("54-lever.jsonl", &[], 0, "pmm", &["'description', 'lists', 'additional'", "title column: 'text'"]),
        ("65-book.xlsx", &[], 2, "", &["65-book.xlsx", "workbook"]),
        ("65g.parquet", &[], 2, "", &["65g.parquet", "Parquet"]),
        ("67d-position-number.csv", &[], 0, three, &["title column: 'job name'"]),
        ("68-two-text.csv", &[], 0, "pm", &["'description', 'responsibilities', 'requirements'"]),
        ("96-evil.csv", &[], 0, "pm pmm pmm", &[]),
        ("sheets.xlsx", &[], 0, "pm pmm unclear", &["sheet: 'Jobs'", "text column: 'description'"]),
        ("sheets.xlsx", &["--sheet", "Marketing"], 0, "pmm", &[]),
        ("sheets.xlsx", &["--sheet", "2"], 0, "pmm", &[]),
        ("sheets.xlsx", &["--sheet", "Sales"], 2, "", &["no sheet 'Sales'", "Jobs, Marketing"]),
        ("68-two-text.csv", &["--sheet", "2"], 2, "", &["68-two-text.csv", "is no workbook", "'2'", ".xlsx"]),
        ("rows.parquet", &["--sheet", "Jobs"], 2, "", &["is no workbook"]),
        ("sheet.ods", &[], 0, "pm pmm unclear", &["title column: 'title'"]),
        ("rows.parquet", &[], 0, "pm pmm unclear", &["title column: 'title'"]),
        ("rows-zstd.parquet", &[], 0, "pm pmm unclear", &[]),
    ];
    for case_ in table {
        check(&case(case_.0), *case_);
    }
    for (name, option) in [("37-preamble.csv", "--skip-lines 3"), ("39-backslash-quotes.csv", "--escape")] {
        let (code, _, messages) = labels(&case(name), &[]);
        assert!(code == 1 && messages.contains(option), "{name}: {messages}");
    }
}

#[test]
fn a_workbook_becomes_a_table() {
    let (folder, _) = input("tables-workbook", "unused", "");
    for name in ["sheets.xlsx", "sheet.ods", "rows.parquet"] {
        let out = folder.join("out.csv");
        let out_name = out.to_str().expect("UTF-8");
        let output = run(&["batch", &case(name), "-o", out_name, "--columns", "label", "--force"], b"");
        assert_eq!(output.status.code(), Some(0), "{name}: {}", stderr(&output));
        let rows = super::batch::records(&read(&out), b',');
        assert_eq!(rows[0], ["id", "title", "description", "posted", "salary", "rolecall_label"], "{name}");
        assert_eq!(rows[3][0..3], ["3", "", "Help.\nCall \"us\", today."], "{name}");
        assert!(rows[1][3].starts_with("2026-01-05"), "{name}: {:?}", rows[1]);
        assert_eq!((rows[1][4].as_str(), rows[3][4].as_str()), ("1.5", ""), "{name}");
    }
}

#[test]
fn further_tables_of_each_kind() {
    let quoted = |text: &str| format!("\"{text}\"");
    let (pm, pmm) = (quoted(PM), quoted(PMM));
    let one_line = PM.replace(['"', '\t'], " ");
    let object = |text: &str| json!({"title": "Manager", "description": text});
    let rows = [object(PM), object(PMM)];
    let pretty = serde_json::to_string_pretty(&rows).expect("JSON");
    let part = "Own the product roadmap with engineers and designers and decide what is built";
    let table: Vec<(&str, String, &[&str], i32, &str, &[&str])> = vec![
        // Separator lines.
        ("in.csv", format!("sep=|\ntext|id\n{pm}|1\n"), &[], 0, "pm", &[]),
        ("in.csv", format!("\"sep=,\"\r\nid,text\r\n1,{pm}\r\n"), &[], 0, "pm", &[]),
        ("in.csv", format!("SEP=\t\nid\ttext\n1\t{one_line}\n"), &[], 0, "pm", &[]),
        ("in.txt", format!("sep=;\nid;text\n1;{pm}\n"), &["--input-format", "csv"], 0, "pm", &[]),
        // Lines before the header.
        (
            "in.csv",
            format!("\nReport;;\nid;title;text\n1;a;{pm}\n2;b;{pmm}\n"),
            &["--skip-lines", "2"],
            0,
            "pm pmm",
            &[],
        ),
        ("in.csv", format!("# made today\nid,text\n1,{pm}\n"), &["--skip-lines", "1"], 0, "pm", &[]),
        ("in.csv", format!("Jobs\nid,title,text\n1,a,{pm}\n2,b,{pmm}\n"), &[], 1, "", &["--skip-lines 1"]),
        // Escapes.
        ("in.csv", format!("id,text\n1,\"the \\\"best\\\", {PM}\"\n2,{pmm}\n"), &["--escape", "\\"], 0, "pm pmm", &[]),
        (
            "in.csv",
            format!("id,text\n1,{}\n", PM.replace(',', "\\,")),
            &["--escape", "\\", "--no-quoting"],
            0,
            "pm",
            &[],
        ),
        ("in.csv", format!("id,text\n1,\"^\"quoted^\" {PM}\"\n"), &["--escape", "^"], 0, "pm", &[]),
        // Text after a closing quote.
        ("in.csv", format!("id,text\n1,\"Own\" it\n2,{pmm}\n"), &[], 1, "pmm", &["stray_quote 1"]),
        (
            "in.csv",
            format!("id,text\n1,{pm}\n2,\"we say \"hello\" to you\"\n3,{pmm}\n"),
            &[],
            1,
            "pm pmm",
            &["stray_quote 1"],
        ),
        ("in.csv", format!("text,id\n{pm},1\n{pmm}x,2\n{pmm},3\n"), &[], 1, "pm pmm", &["stray_quote 1"]),
        // Quotes left open.
        ("in.csv", format!("id,text\n1,\"open {PM}\n2,{pmm}\n3,{pm}\n"), &[], 1, "pmm pm", &["unclosed_quote 1"]),
        ("in.csv", format!("text,id\n\"open\nand open,1\n{pmm},2\n"), &[], 1, "pmm", &["unclosed_quote 1"]),
        ("in.csv", format!("id,text\r\n1,\"open\r\n2,{pmm}\r\n"), &[], 1, "pmm", &["unclosed_quote 1"]),
        // Quotes that are text.
        (
            "in.tsv",
            format!("id\ttext\n1\t\"{one_line}\n2\t{one_line}\"\n3\tx\n"),
            &[],
            0,
            "pm pm unclear",
            &["as text"],
        ),
        ("in.tsv", format!("id\ttext\n1\t\"Own it\" is ours. {one_line}\n"), &[], 0, "pm", &["as text"]),
        ("in.tsv", format!("id\ttext\n1\t\"{PM}\nand more\"\n2\tx\n"), &[], 0, "pm unclear", &[]),
        (
            "in.csv",
            format!("id;text\n1;\"Own it\" is ours. {one_line}\n2;\"x\n"),
            &["--no-quoting"],
            0,
            "pm unclear",
            &[],
        ),
        // Headers.
        ("in.csv", format!("id,text\n1,{pm}\nid,text\n2,{pmm}\n"), &[], 0, "pm pmm", &["repeated headers skipped: 1"]),
        ("in.csv", format!("\u{feff}id,text\n1,{pm}\n\u{feff}id,text\n2,{pmm}\n"), &[], 0, "pm pmm", &["skipped: 1"]),
        ("in.csv", format!("id,text\r\n1,{pm}\r\nid,text\r\n"), &[], 0, "pm", &["repeated headers skipped: 1"]),
        ("in.csv", format!("text,id,text\n{pm},1,\n{pmm},2,\n"), &[], 0, "pm pmm", &["2 columns are named 'text'"]),
        ("in.csv", format!("title,title,text\n,Product Manager,{pm}\n"), &[], 0, "pm", &["'title' (column 2)"]),
        // Columns by what they hold.
        ("in.csv", format!("description,advert\nA manager,{pm}\nAnother,{pmm}\n"), &[], 0, "pm pmm", &["'advert'"]),
        ("in.csv", format!("role,name,text\n17,x,{pm}\n"), &[], 0, "pm", &["text column: 'text'"]),
        (
            "in.csv",
            format!("Duties,Qualifications,id\n\"{part} next.\",\"Five years in {part}\",1\n"),
            &[],
            0,
            "pm",
            &["joined: 'Duties', 'Qualifications'"],
        ),
        // JSON.
        ("in.json", pretty.clone(), &[], 0, "pm pmm", &[]),
        ("in.jsonl", pretty.clone(), &[], 0, "pm pmm", &[]),
        ("in.txt", pretty.replace('\n', "\r\n"), &[], 0, "pm pmm", &[]),
        ("in.txt", format!(" \r\n {pretty}\n "), &[], 0, "pm pmm", &[]),
        (
            "in.json",
            json!({"meta": {"total": 2}, "data": {"items": rows}}).to_string(),
            &[],
            0,
            "pm pmm",
            &["'data.items'"],
        ),
        ("in.json", format!("{}\n{}\n", rows[0], rows[1]), &[], 0, "pm pmm", &[]),
        ("in.json", serde_json::to_string_pretty(&rows[0]).expect("JSON"), &[], 0, "pm", &[]),
        ("in.json", json!([[1, PM], [2, PMM]]).to_string(), &[], 0, "pm pmm", &[]),
        (
            "in.json",
            json!([{"job": {"title": "x", "description": PM}}]).to_string(),
            &[],
            0,
            "pm",
            &["'job.description'"],
        ),
        (
            "in.jsonl",
            json!({"a": {"b": {"c": PM}}, "text": PMM}).to_string(),
            &["--text-column", "a.b.c"],
            0,
            "pm",
            &[],
        ),
        (
            "in.json",
            json!([{"text": "x", "content": {"lists": [{"text": "Duties", "content": PM}]}}]).to_string(),
            &["--text-column", "content.lists"],
            0,
            "pm",
            &[],
        ),
        ("in.json", format!("[{}, {{\"description\": 5}}, 7]", rows[0]), &[], 1, "pm", &["no_text 1", "not_json 1"]),
        ("in.json", pretty[..pretty.len() - 2].to_owned(), &[], 2, "", &["the JSON array is not closed"]),
        ("in.json", "{\"jobs\": [".to_owned(), &[], 2, "", &["is not JSON"]),
        ("in.json", "[]".to_owned(), &[], 0, "", &["rows: 0"]),
    ];
    for (name, text, more, code, expected, words) in &table {
        let (_, path) = input("tables-further", name, text);
        let shown: String = text.chars().take(80).collect();
        check(path.to_str().expect("UTF-8"), (&shown, more, *code, expected, words));
    }
}

#[test]
fn a_rejected_row_of_a_converted_table_has_a_number_and_no_line() {
    let (folder, path) = input("tables-place", "in.json", json!([{"text": PM}, {"text": 5}]).to_string());
    let out = folder.join("out.json");
    let messages = super::batch::ends(&path, &out, &["--columns", "label"], 1);
    assert!(messages.contains("no_text 1"), "{messages}");
    let reject = &super::batch::rejects(&out)[0];
    assert_eq!((&reject["row"], &reject["line"], &reject["byte"]), (&2.into(), &Value::Null, &Value::Null));
    let written: Value = serde_json::from_str(&read(&out)).expect("one JSON array");
    assert_eq!(written, json!([{"text": PM, "rolecall_label": "pm"}]));
}

#[test]
fn output_is_what_its_name_says() {
    let (folder, path) = input("tables-output", "in.csv", format!("id,text\n1,\"{PM}\"\n2,\"{PMM}\"\n"));
    for name in ["a.xlsx", "a.parquet", "a.ods", "a.html"] {
        let messages = super::batch::ends(&path, &folder.join(name), &[], 2);
        assert!(messages.contains("cannot be written"), "{messages}");
    }
    let out = folder.join("a.json.gz");
    super::batch::ends(&path, &out, &["--columns", "label"], 0);
    let mut text = String::new();
    let file = std::fs::File::open(&out).expect("opens");
    std::io::Read::read_to_string(&mut flate2::read::MultiGzDecoder::new(file), &mut text).expect("gzip");
    let rows: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((rows[0]["rolecall_label"].as_str(), rows[1]["id"].as_str()), (Some("pm"), Some("2")));
    let (_, empty) = input("tables-output-empty", "in.csv", "id,text\n");
    let out = folder.join("empty.json");
    super::batch::ends(&empty, &out, &[], 0);
    assert_eq!(serde_json::from_str::<Value>(&read(&out)).expect("JSON"), json!([]));
    let out = folder.join("a.csv");
    super::batch::ends(&path, &out, &["--output-delimiter", ";", "--columns", "label", "--id-column", "id"], 0);
    assert_eq!(read(&out), "id;rolecall_label\n1;pm\n2;pmm\n");
}

/// The same postings in every form have the same labels in `batch` and in `eval`.
#[test]
fn all_commands_read_the_same_tables() {
    let rows =
        [("a", "Product Manager", PM, "PM"), ("b", "Product Marketing Manager", PMM, "Pmm"), ("c", "", "x", " ")];
    let objects: Vec<Value> = rows
        .iter()
        .map(|(id, title, text, label)| json!({"id": id, "title": title, "text": text, "Label": label}))
        .collect();
    let delimited = |delimiter: &str, end: &str| {
        let mut table = format!("id{delimiter}title{delimiter}text{delimiter}Label{end}");
        for (id, title, text, label) in rows {
            table += &format!("{id}{delimiter}{title}{delimiter}\"{text}\"{delimiter}{label}{end}");
        }
        table
    };
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let gzip = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut encoder, text.as_bytes()).expect("memory");
        encoder.finish().expect("memory")
    };
    let lines: String = objects.iter().map(|row| format!("{row}\n")).collect();
    let tables: [(&str, Vec<u8>, &[&str]); 9] = [
        ("in.csv", delimited(",", "\n").into(), &[]),
        ("in.csv", delimited(";", "\r\n").into(), &[]),
        ("in.tsv", delimited("\t", "\n").into(), &[]),
        ("in.csv", utf16(&("\u{feff}".to_owned() + &delimited(",", "\n"))), &[]),
        ("in.csv.gz", gzip(&delimited(",", "\n")), &[]),
        ("in.csv", format!("one\ntwo\n{}", delimited("|", "\n")).into(), &["--skip-lines", "2"]),
        ("in.jsonl", lines.into(), &[]),
        ("in.json", serde_json::to_vec_pretty(&objects).expect("JSON"), &[]),
        ("in.json", json!({"jobs": objects}).to_string().into(), &[]),
    ];
    for (name, bytes, more) in tables {
        let (_, path) = input("tables-same", name, &bytes);
        let path = path.to_str().expect("UTF-8");
        check(path, (name, more, 0, "pm pmm unclear", &["text column: 'text'", "title column: 'title'"]));
        for (file, stdin) in [(path, &b""[..]), ("-", &bytes)] {
            let output = run(&[&["eval", "--format", "json", file], more].concat(), stdin);
            assert_eq!(output.status.code(), Some(0), "{name} {file}: {}", stderr(&output));
            assert!(stderr(&output).contains("postings without a label, left out: 1"), "{}", stderr(&output));
            let report: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
            assert_eq!(
                report["figures"]["confusion"],
                json!([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]),
                "{name}"
            );
        }
    }
    let output = run(&["eval", &case("57p-eval-crlf.csv")], b"");
    assert!(stderr(&output).contains("line 3: unknown label 'bad'"), "{}", stderr(&output));
    let output = run(&["eval", "--format", "json", &case("57-eval.csv")], b"");
    let report: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    assert_eq!(report["figures"]["accuracy"], 1.0);
}

#[test]
fn rejects_of_standard_output_do_not_block_the_next_run() {
    let (folder, path) = input("tables-rejects", "in.csv", format!("id,text\n1,\"{PM}\"\n2,\"a\" b\n"));
    for round in 0..2 {
        let mut command = rolecall();
        command.current_dir(&folder).arg("batch").arg(&path).args(["-o", "-"]);
        let output = command.output().expect("runs");
        assert_eq!(output.status.code(), Some(1), "round {round}: {}", stderr(&output));
        assert!(stderr(&output).contains("in in.csv.rejects.jsonl"), "{}", stderr(&output));
    }
    assert_eq!(super::batch::listing(&folder), ["in.csv", "in.csv.rejects.jsonl"]);
}
