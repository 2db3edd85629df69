//! `rolecall batch`: unusual input. Every row is written or rejected.

use std::io::Write as _;

use proptest::prelude::*;
use rolecall::batch::{Batch, Column, RejectReason};

use super::batch::{NURSE, PM, PMM, column, ends, input, json, listing, read, records, rejects};
use super::common::{folder, run, stderr};

/// Scores `bytes` as CSV; gives the rows written, the rejects, and stderr.
fn score(test: &str, bytes: &[u8], more: &[&str]) -> (Vec<Vec<String>>, Vec<serde_json::Value>, String) {
    let (folder, path) = input(test, "in.csv", bytes);
    let out = folder.join("out.csv");
    let result = super::batch::batch(&path, &out, more);
    let messages = stderr(&result);
    let rejected = rejects(&out);
    let expected = i32::from(!rejected.is_empty());
    assert_eq!(result.status.code(), Some(expected), "{messages}");
    let mut rows = records(&read(&out), b',');
    if !more.contains(&"--no-headers") {
        rows.remove(0);
    }
    (rows, rejected, messages)
}

#[test]
fn line_ends_empty_lines_and_a_missing_last_newline() {
    let rows = [format!("1,\"{PM}\""), format!("2,\"{PMM}\""), "3,".to_owned()];
    for (test, end) in [("lf", "\n"), ("crlf", "\r\n"), ("cr", "\r")] {
        for last in ["", end] {
            let text = format!("{end}id,text{end}{}{last}", rows.join(&format!("{end}{end}")));
            let (out, rejected, messages) = score(test, text.as_bytes(), &[]);
            assert_eq!(out.iter().map(|row| row[2].as_str()).collect::<Vec<_>>(), ["pm", "pmm", "unclear"]);
            assert_eq!(out[2][3], "too_short");
            assert!(rejected.is_empty());
            assert!(messages.contains("empty lines skipped: 2"), "{messages}");
        }
    }
}

#[test]
fn empty_files() {
    let (folder, path) = input("empty", "in.csv", "");
    let out = folder.join("out.csv");
    let error = ends(&path, &out, &[], 2);
    assert!(error.contains("in.csv: is empty: there is no header"), "{error}");
    assert_eq!(listing(&folder), ["in.csv"]);
    ends(&path, &out, &["--no-headers"], 0);
    assert_eq!(read(&out), "");
    let (folder, path) = input("empty-jsonl", "in.jsonl", "\n\n");
    let out = folder.join("out.jsonl");
    ends(&path, &out, &[], 0);
    assert_eq!(read(&out), "");
    let (folder, path) = input("header-only", "in.csv", "id,text");
    let out = folder.join("out.csv");
    let messages = ends(&path, &out, &["--columns", "label"], 0);
    assert!(messages.contains("rows: 0"), "{messages}");
    assert_eq!(read(&out), "id,text,rolecall_label\n");
}

#[test]
fn a_single_posting_is_recognized() {
    let hint = "use 'rolecall classify' for a single posting";
    let (_, _, messages) = score("posting", b"Product Manager\nOwn the roadmap\nWrite user stories\n", &[]);
    assert!(messages.contains(hint), "{messages}");
    let (_, _, messages) = score("table", format!("text\n\"{PM}\"\nshort\n").as_bytes(), &[]);
    assert!(!messages.contains(hint), "{messages}");
    let (_, _, messages) = score("no-rows", b"text\n", &[]);
    assert!(!messages.contains(hint), "{messages}");
}

#[test]
fn one_column_and_its_empty_cells() {
    let (rows, _, messages) = score("one-column", format!("text\n\"{PM}\"\n\"\"\n\nx\n").as_bytes(), &[]);
    assert_eq!(rows.iter().map(|row| row[1].as_str()).collect::<Vec<_>>(), ["pm", "unclear", "unclear"]);
    assert!(messages.contains("empty lines skipped: 1"), "{messages}");
}

#[test]
fn ragged_rows() {
    let text =
        format!("id,text,company,note\n1,\"{PM}\",A,\n2,\"{PM}\"\n3\n4,\"{PM}\",A,b,c\n5,\"{PM}\",A,b,,\n6,\"{PM}\"\n");
    let (rows, rejected, messages) = score("ragged", text.as_bytes(), &["--columns", "label"]);
    let ids: Vec<_> = rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(ids, ["1", "2", "5", "6"]);
    assert!(rows.iter().all(|row| row.len() == 5 && row[4] == "pm"), "{rows:?}");
    assert!(messages.contains("rows with missing fields, left empty: 2"), "{messages}");
    let reasons: Vec<_> = rejected.iter().map(|reject| reject["reason"].as_str().expect("text")).collect();
    assert_eq!(reasons, ["too_few_fields", "too_many_fields"]);
    assert_eq!((&rejected[0]["line"], &rejected[0]["row"], &rejected[0]["raw"]), (&4.into(), &3.into(), &"3\n".into()));
    let byte = rejected[1]["byte"].as_u64().expect("a number") as usize;
    assert_eq!(&text[byte..byte + 2], "4,");
    assert!(messages.contains("rejects: 2 (too_many_fields 1, too_few_fields 1)"), "{messages}");
}

#[test]
fn quotes_of_every_kind() {
    let text = format!(
        "id,text,note\n1,\"{PM}\",\"line one\nline two, \"\"x\"\"\r\nthree\"\n2,\"{PM}\",5\" wide\n3,\"{PM}\",x\" y\" and more\n"
    );
    let (rows, rejected, _) = score("quotes", text.as_bytes(), &["--columns", "label"]);
    assert!(rejected.is_empty());
    assert_eq!(
        rows.iter().map(|row| row[2].as_str()).collect::<Vec<_>>(),
        ["line one\nline two, \"x\"\r\nthree", "5\" wide", "x\" y\" and more"]
    );
}

#[test]
fn an_unclosed_quote_rejects_only_its_line() {
    let text = format!("id,text\n1,\"{PM}\"\n2,\"open for ever\n3,{}\n4,\n", NURSE.replace(',', ""));
    let (rows, rejected, _) = score("unclosed", text.as_bytes(), &["--columns", "label"]);
    assert_eq!(rows.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), ["1", "3", "4"]);
    assert_eq!(rejected.len(), 1);
    assert_eq!(rejected[0]["reason"], "unclosed_quote");
    assert_eq!(rejected[0]["raw"], "2,\"open for ever\n");
    assert_eq!(rejected[0]["line"], 3);
    let (rows, rejected, _) = score("unclosed-last", b"id,text\n1,x\n2,\"open", &["--columns", "label"]);
    assert_eq!((rows.len(), rejected.len()), (1, 1));
    assert_eq!(rejected[0]["raw"], "2,\"open");
}

#[test]
fn nul_bytes_are_kept() {
    let (folder, path) = input("nul", "in.csv", format!("id,text\na\0b,\"{PM}\0\"\n"));
    let out = folder.join("out.csv");
    ends(&path, &out, &["--columns", "label"], 0);
    assert_eq!(read(&out), format!("id,text,rolecall_label\na\0b,\"{PM}\0\",pm\n"));
}

#[test]
fn a_cell_of_twenty_megabytes() {
    // Not in the text column: classifying would take time.
    let long = format!("{}\"\"\n", "x".repeat(97)).repeat(200 << 10);
    let text = format!("id,text,long\n1,\"{PM}\",\"{long}\"\n2,\"{PMM}\",short\n");
    for jobs in ["1", "3"] {
        let (folder, path) = input("long-cell", "in.csv", &text);
        let out = folder.join("out.csv");
        ends(&path, &out, &["--columns", "label", "-j", jobs], 0);
        let rows = records(&read(&out), b',');
        assert_eq!(rows[1][2].len(), 99 * (200 << 10));
        assert_eq!((rows[1][3].as_str(), rows[2][3].as_str()), ("pm", "pmm"));
    }
    // As JSON Lines, and longer than the maximum.
    let short = format!("{{\"text\":\"{PM}\"}}\n");
    let long = format!("{{\"text\":\"{PM}\",\"long\":\"{}\"}}\n", "x".repeat(5 << 20));
    let (folder, path) = input("long-json", "in.jsonl", format!("{short}{long}{short}"));
    let out = folder.join("out.jsonl");
    ends(&path, &out, &["--columns", "label"], 0);
    assert_eq!(read(&out).lines().count(), 3);
    ends(&path, &out, &["--columns", "label", "--max-row", "1", "--force"], 1);
    assert_eq!(read(&out), format!("{{\"text\":\"{PM}\",\"rolecall_label\":\"pm\"}}\n").repeat(2));
    let pieces = rejects(&out);
    assert_eq!(pieces.iter().filter(|piece| piece["continued"] != true).count(), 1);
    let whole: String = pieces.iter().map(|piece| piece["raw"].as_str().expect("text")).collect();
    assert_eq!(whole, long);
    // The columns come from the first row, so it cannot be rejected.
    std::fs::write(&path, format!("{long}{short}")).expect("written");
    let error = ends(&path, &out, &["--max-row", "1", "--force"], 2);
    assert!(error.contains("the first row is longer than the maximum"), "{error}");
}

#[test]
fn ten_thousand_columns() {
    let names: Vec<_> = (0..10_000).map(|column| format!("c{column}")).collect();
    let cells: Vec<_> =
        (0..10_000).map(|column| if column == 7000 { format!("\"{PM}\"") } else { column.to_string() }).collect();
    let text = format!("{}\n{}\n", names.join(","), cells.join(","));
    let (rows, _, messages) = score("wide", text.as_bytes(), &["--columns", "label"]);
    assert!(messages.contains("text column: 'c7000'"), "{messages}");
    assert_eq!((rows[0].len(), rows[0][10_000].as_str(), rows[0][9999].as_str()), (10_001, "pm", "9999"));
    let (folder, path) = input("wide-error", "in.csv", text);
    let error = ends(&path, &folder.join("o.csv"), &["--text-column", "nothing"], 2);
    assert!(error.len() < 600 && error.contains("and 9960 more"), "{error}");
}

#[test]
fn delimiters_are_detected_or_given() {
    for (name, delimiter) in [("in.csv", ';'), ("in.txt", '|'), ("in.csv", '\t'), ("in.tsv", '\t'), ("in.psv", '|')] {
        let posting = PM.replace(',', " and");
        let (folder, path) = input("delimiter", name, format!("id{delimiter}text\n1{delimiter}{posting}\n"));
        let out = folder.join("out.jsonl");
        ends(&path, &out, &["--columns", "label"], 0);
        assert_eq!(json(&read(&out))["rolecall_label"], "pm", "{name} {delimiter:?}");
    }
    let (folder, path) = input("delimiter-said", "in.csv", format!("id^text\n1^{PM}\n"));
    let out = folder.join("out.csv");
    ends(&path, &out, &["--delimiter", "^", "--columns", "label"], 0);
    assert_eq!(read(&out), format!("id^text^rolecall_label\n1^{PM}^pm\n"));
    let error = ends(&path, &out, &["--delimiter", "ab"], 2);
    assert!(error.contains("cannot be a delimiter"), "{error}");
}

#[test]
fn encodings() {
    let text = format!("id,text\nnaïve “caf锂,\"{PM}\"\n");
    let utf16 = |text: &str, big: bool| -> Vec<u8> {
        text.encode_utf16().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    };
    // é, ï and the quotation marks as Windows has them.
    let windows: Vec<u8> = text
        .chars()
        .filter_map(|c| match c {
            'ï' => Some(0xef),
            'é' => Some(0xe9),
            '“' => Some(0x93),
            '”' => Some(0x94),
            '\u{9502}' | '‚' => None,
            c if c.is_ascii() => Some(c as u8),
            _ => None,
        })
        .collect();
    let as_windows = text.chars().filter(|c| c.is_ascii() || "ïé“”".contains(*c)).collect::<String>();
    let table: [(&str, Vec<u8>, &str, &str); 7] = [
        ("utf8", text.clone().into_bytes(), &text, ""),
        ("mark", format!("\u{feff}{text}").into_bytes(), &text, ""),
        ("utf16le", utf16(&format!("\u{feff}{text}"), false), &text, "UTF-16LE"),
        ("utf16be", utf16(&format!("\u{feff}{text}"), true), &text, "UTF-16BE"),
        ("utf16-bare", utf16(&text, false), &text, "UTF-16LE"),
        ("utf16be-bare", utf16(&text, true), &text, "UTF-16BE"),
        ("windows", windows, &as_windows, "windows-1252"),
    ];
    for (name, bytes, expected, said) in table {
        let (folder, path) = input(&format!("encoding-{name}"), "in.csv", &bytes);
        let out = folder.join("out.csv");
        let messages = ends(&path, &out, &["--columns", "label"], 0);
        let mut lines = expected.split_inclusive('\n');
        let (header, row) = (lines.next().expect("a header").trim_end(), lines.next().expect("a row").trim_end());
        assert_eq!(read(&out), format!("{header},rolecall_label\n{row},pm\n"), "{name}");
        assert_eq!(messages.contains("encoding:"), !said.is_empty(), "{name}: {messages}");
        assert!(messages.contains(said), "{name}: {messages}");
    }
    let (folder, path) = input("encoding-said", "in.csv", b"id,text\n\xa4,x\n");
    let out = folder.join("out.csv");
    ends(&path, &out, &["--encoding", "iso-8859-15", "--columns", "label"], 0);
    assert_eq!(read(&out), "id,text,rolecall_label\n€,x,unclear\n");
    for (name, message) in [("klingon", "unknown encoding"), ("gbk", "not supported")] {
        let error = ends(&path, &out, &["--encoding", name, "--force"], 2);
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn rows_with_invalid_bytes_are_rejected_unchanged() {
    let mut bytes = format!("id,text\n1,\"{PM} – naïve, café\"\n").into_bytes();
    bytes.extend_from_slice(b"2,bro\xffken\n");
    bytes.extend_from_slice(format!("3,\"{PM}\"\n").as_bytes());
    let (rows, rejected, messages) = score("broken", &bytes, &["--columns", "label"]);
    assert_eq!(rows.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), ["1", "3"]);
    assert_eq!(rejected[0]["reason"], "not_text");
    assert_eq!(rejected[0]["raw_base64"], "Mixicm//a2VuCg==");
    assert!(!messages.contains("encoding"), "{messages}");
    // Half a surrogate pair in UTF-16; place and bytes are those of the file.
    let mut units: Vec<u16> = "\u{feff}id,text\né,x\n".encode_utf16().collect();
    let byte = units.len() * 2;
    units.extend([0x32, 0x2c, 0xd800, 0x0a]);
    let bytes: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let (rows, rejected, _) = score("broken-utf16", &bytes, &["--columns", "label"]);
    assert_eq!((rows.len(), rows[0][0].as_str()), (1, "é"));
    assert_eq!(rejected[0]["byte"], byte);
    assert_eq!(rejected[0]["raw_base64"], "MgAsAADYCgA=");
}

#[test]
fn compressed_input() {
    let text = format!("id,text\n1,\"{PM}\"\n2,\"{PMM}\"\n");
    let (first, second) = text.as_bytes().split_at(100);
    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).expect("to memory");
        encoder.finish().expect("to memory")
    };
    let zstd = |bytes: &[u8]| ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest);
    let folder = folder("batch-packed");
    for (name, bytes) in [
        ("in.csv.gz", gzip(text.as_bytes())),
        ("members.csv.gz", [gzip(first), gzip(second)].concat()),
        ("in.csv.zst", zstd(text.as_bytes())),
        ("frames.csv.zst", [zstd(first), zstd(second)].concat()),
        // Recognized by its first bytes.
        ("in.csv", gzip(text.as_bytes())),
        ("in.dat", zstd(text.as_bytes())),
    ] {
        let (path, out) = (folder.join(name), folder.join(format!("{name}.out.csv")));
        std::fs::write(&path, &bytes).expect("written");
        ends(&path, &out, &[], 0);
        assert_eq!(column(&read(&out), "rolecall_label"), ["pm", "pmm"], "{name}");
        std::fs::remove_file(&out).expect("removed");
        // Truncated: an error and no output.
        std::fs::write(&path, &bytes[..bytes.len() - 20]).expect("written");
        let error = ends(&path, &out, &[], 2);
        assert!(error.contains(name) && !out.exists(), "{error}");
        std::fs::remove_file(&path).expect("removed");
        assert!(listing(&folder).is_empty(), "{:?}", listing(&folder));
    }
}

#[test]
fn invalid_json_lines_are_rejected() {
    let text = format!(
        "{{\"id\":1,\"text\":\"{PM}\"}}\nnot json\n{{\"id\":2}}\n{{\"id\":3,\"text\":5}}\n[1]\n{{\"id\":4,\"text\":\"x\",\"rolecall_label\":1}}\n{{\"id\":5,\"text\":\"x\"\n{{\"id\":6,\"text\":\"\"}}\n"
    );
    let (folder, path) = input("not-json", "in.jsonl", &text);
    let out = folder.join("out.jsonl");
    ends(&path, &out, &[], 1);
    assert_eq!(read(&out).lines().map(|line| json(line)["id"].clone()).collect::<Vec<_>>(), [1, 6]);
    let rejected = rejects(&out);
    let reasons: Vec<_> = rejected.iter().map(|reject| reject["reason"].as_str().expect("text")).collect();
    assert_eq!(reasons, ["not_json", "no_text", "no_text", "not_json", "duplicate_field", "not_json"]);
    for reject in &rejected {
        let line = reject["line"].as_u64().expect("a number") as usize;
        assert_eq!(reject["raw"].as_str().expect("text").trim_end(), text.lines().nth(line - 1).expect("a line"));
    }
    // A field without a column would be lost in a table.
    let many = format!(
        "{}{{\"id\":9,\"text\":\"x\",\"new\":1}}\n{{\"id\":9,\"id\":8,\"text\":\"x\"}}\n",
        "{\"id\":1,\"text\":\"\"}\n".repeat(30_000)
    );
    let (folder, path) = input("new-field", "in.jsonl", many);
    let out = folder.join("out.csv");
    let messages = ends(&path, &out, &["--columns", "label"], 1);
    assert!(messages.contains("rows: 30,000 ") && messages.contains("rejects: 2 "), "{messages}");
    assert_eq!(column(&read(&out), "id").len(), 30_000);
    let reasons: Vec<_> = rejects(&out).iter().map(|reject| reject["reason"].clone()).collect();
    assert_eq!(reasons, ["unexpected_field", "duplicate_field"]);
}

#[test]
fn strict_fails_at_the_first_reject() {
    let text = format!("id,text\n1,\"{PM}\"\n2,a,b\n3,a,b,c\n");
    let (folder, path) = input("strict", "in.csv", text);
    let error = ends(&path, &folder.join("out.csv"), &["--strict"], 2);
    assert!(error.contains("in.csv: line 3: row 2: byte ") && error.contains("too_many_fields"), "{error}");
    assert_eq!(listing(&folder), ["in.csv"]);
}

#[test]
fn unreadable_input_is_named() {
    let folder = folder("batch-unreadable");
    let out = folder.join("out.csv");
    let error = ends(&folder.join("none.csv"), &out, &[], 2);
    assert!(error.contains("none.csv: no such file"), "{error}");
    let error = ends(&folder, &out, &[], 2);
    assert!(error.contains("is a directory"), "{error}");
    assert!(listing(&folder).is_empty());
}

#[test]
fn standard_input_to_standard_output() {
    let result = run(&["batch", "-", "-o", "-", "--columns", "label"], format!("id,text\n1,\"{PM}\"\n").as_bytes());
    assert_eq!(super::common::stdout(&result), format!("id,text,rolecall_label\n1,\"{PM}\",pm\n"));
    let result =
        run(&["batch", "-", "-o", "-", "--columns", "label", "-q"], format!("{{\"body\":\"{PM}\"}}\n").as_bytes());
    assert_eq!(super::common::stdout(&result), format!("{{\"body\":\"{PM}\",\"rolecall_label\":\"pm\"}}\n"));
    assert_eq!(stderr(&result), "");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Any bytes at all: rows in are rows out and rejects, counted by another reader.
    #[test]
    fn no_row_is_lost_for_any_bytes(body in prop::collection::vec(
        prop_oneof![Just(b'a'), Just(b','), Just(b'"'), Just(b'\n'), Just(b'\r'), Just(0xffu8), Just(0), Just(b' ')], 0..80
    )) {
        let mut batch = Batch::new(rolecall::Classifier::builtin().expect("a model"));
        batch.table.encoding = Some("utf-8".to_owned());
        batch.columns = vec![Column::Label];
        let text = [&b"id,text,more\n"[..], &body].concat();
        let (mut out, mut aside) = (Vec::new(), Vec::new());
        let summary = batch.score(text.as_slice(), &mut out, &mut aside, &mut ()).expect("scored");
        let written = records(std::str::from_utf8(&out).expect("what is written is UTF-8"), b',');
        prop_assert_eq!(written.len() as u64, 1 + summary.rows);
        prop_assert!(written.iter().all(|row| row.len() == 4));
        let lines: Vec<_> = std::str::from_utf8(&aside).expect("UTF-8").lines().map(json).collect();
        prop_assert_eq!(lines.len() as u64, summary.rejects);
        for line in &lines {
            let byte = line["byte"].as_u64().expect("a number") as usize;
            if let Some(raw) = line["raw"].as_str() {
                prop_assert!(text[byte..].starts_with(raw.as_bytes()));
            }
        }
        let unclosed = summary.reject_reasons().any(|(reason, count)| reason == RejectReason::UnclosedQuote && count > 0);
        if !unclosed {
            let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_slice());
            prop_assert_eq!(summary.rows + summary.rejects, reader.byte_records().count() as u64);
        }
    }
}
