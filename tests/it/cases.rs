//! Odd files, each with the plain posting that it must be read like.

use serde_json::Value;

use crate::common::{rolecall, run, stderr, stdout};

/// A row of `tests/cases/cases.csv`.
struct Case {
    file: String,
    /// The file of the same posting as plain text; empty if there is none.
    like: String,
    label: String,
    /// Most difference between the strengths of the two.
    tolerance: f64,
    /// Words of the message for a file that is not read.
    refused: String,
}

fn cases() -> Vec<Case> {
    let mut table = csv::Reader::from_path("tests/cases/cases.csv").expect("the table of cases");
    table
        .records()
        .map(|row| {
            let row = row.expect("a row");
            let field = |at: usize| row.get(at).expect("a field").to_owned();
            let tolerance = field(3).parse().expect("a number");
            Case { file: field(0), like: field(1), label: field(2), tolerance, refused: field(4) }
        })
        .collect()
}

fn verdict(file: &str) -> Result<Value, String> {
    let path = format!("tests/cases/{file}");
    let output = rolecall().args(["classify", "--format", "json", &path]).output().expect("it runs");
    match output.status.code() {
        Some(0) => Ok(serde_json::from_str(&stdout(&output)).expect("JSON")),
        Some(2) if stdout(&output).is_empty() => Err(stderr(&output)),
        other => panic!("{file}: exit code {other:?}: {}", stderr(&output)),
    }
}

#[test]
fn odd_files_are_read_like_plain_ones() {
    let mut wrong = Vec::new();
    for case in cases() {
        let found = verdict(&case.file);
        if !case.refused.is_empty() {
            let message = found.err().unwrap_or_default();
            if !case.refused.split(';').all(|word| message.contains(word)) || message.lines().count() != 1 {
                wrong.push(format!("{}: not refused with {}: {message}", case.file, case.refused));
            }
            continue;
        }
        let found = found.unwrap_or_default();
        if found["label"] != case.label.as_str() {
            wrong.push(format!("{}: {} {} for {}", case.file, found["label"], found["reason"], case.label));
        }
        if !case.like.is_empty() {
            let base = verdict(&case.like).expect("a plain posting");
            for role in ["pm", "pmm"] {
                let [is, should] = [&found, &base].map(|verdict| verdict["strength"][role].as_f64().unwrap_or(-1.0));
                if (is - should).abs() > case.tolerance {
                    wrong.push(format!("{}: strength {role} {is:.2} for {should:.2}", case.file));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every phrase is where its offsets say, in the bytes of the file.
#[test]
fn offsets_are_those_of_the_file() {
    let decoded = |file: &str, bytes: &[u8]| match file {
        "23-utf16le-bom.txt" => String::from_utf16_lossy(
            &bytes.chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect::<Vec<_>>(),
        ),
        "utf16be-unmarked.txt" => String::from_utf16_lossy(
            &bytes.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect::<Vec<_>>(),
        ),
        _ => bytes.iter().copied().map(char::from).collect(),
    };
    for file in ["23-utf16le-bom.txt", "utf16be-unmarked.txt", "24-cp1252.txt", "utf8-bom.txt", "base-billing.txt"] {
        let bytes = std::fs::read(format!("tests/cases/{file}")).expect(file);
        let verdict = verdict(file).expect(file);
        let evidence = verdict["evidence"].as_array().expect("evidence");
        assert!(evidence.len() > 4, "{file}");
        for found in evidence {
            let offset = |name: &str| found[name].as_u64().expect("an offset") as usize;
            let text = decoded(file, &bytes[offset("start")..offset("end")]);
            assert_eq!(text, found["phrase"].as_str().expect("a phrase"), "{file}");
        }
    }
}

#[test]
fn the_encoding_can_be_named() {
    let posting = std::fs::read("tests/cases/base-billing.txt").expect("a posting");
    let text = String::from_utf8(posting).expect("UTF-8");
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let output = run(&["classify", "--format", "json", "--encoding", "utf-16be", "-"], &utf16);
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
    let output = run(&["compare", "--encoding", "latin1", "-", "tests/cases/24-cp1252.txt"], text.as_bytes());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    for (name, words) in [("klingon", "unknown encoding 'klingon'"), ("UTF-32", "UTF-32 is not supported")] {
        let output = run(&["classify", "--encoding", name, "-"], text.as_bytes());
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
    }
}
