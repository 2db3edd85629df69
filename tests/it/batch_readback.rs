//! What `rolecall batch` writes, read by other CSV readers: Python's `csv` and pandas.
//!
//! Without Python the test says that it was skipped; with `CI` set it fails instead.

use std::io::Write as _;
use std::process::Command;

use super::batch::{NURSE, PM, PMM, ends, input, rejects};

/// Parts of the cells of random tables.
const PIECES: [&str; 16] =
    ["a", "Own the roadmap", ",", "\"", "\n", "\r\n", "\r", " ", ";", "\t", "\\", "'", "é", "漢", "\"\"", "1.5"];

/// The Python to use; `None` and a message without one.
fn python() -> Option<String> {
    let python = std::env::var("ROLECALL_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    if !Command::new(&python).arg("--version").output().is_ok_and(|output| output.status.success()) {
        assert!(std::env::var_os("CI").is_none(), "no {python}; ROLECALL_PYTHON names another");
        // Past the capture of the test harness: a skipped test must not look like one that ran.
        let _ = writeln!(std::io::stderr(), "test batch_readback skipped: no {python}; ROLECALL_PYTHON names another");
        return None;
    }
    Some(python)
}

#[test]
fn other_readers_see_the_same_rows() {
    let Some(python) = python() else { return };
    let mut text = "id,title,text,note\n".to_owned();
    for row in 0..300 {
        let posting = [PM, PMM, NURSE, "", "short"][row % 5];
        let note = [
            "plain",
            "\"a, b\"",
            "\"two\nlines\"",
            "\"two\r\nlines\"",
            "\"she said \"\"yes\"\"\"",
            "",
            "\" blanks \"",
            "é ü 漢 😀",
            "5\" wide",
            "'x",
        ][row % 10];
        text.push_str(&format!("{row},=1+1,\"{posting}\",{note}\n"));
        if row % 50 == 25 {
            text.push_str("a,row,too,long,by two,fields\n\n7,short\n");
        }
    }
    for (target, more) in [
        ("out.csv", &[][..]),
        ("out.tsv", &[]),
        ("out.jsonl", &[]),
        ("out.csv.gz", &[]),
        ("excel.csv", &["--excel"]),
        ("only.csv", &["--only", "--id-column", "id,note"]),
    ] {
        let (folder, path) = input("readback", "in.csv", &text);
        let out = folder.join(target);
        ends(&path, &out, more, 1);
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scripts/readback.py");
        let output =
            Command::new(&python).arg(script).args([&path, &out]).arg(rejects(&out).len().to_string()).output();
        let output = output.expect("python runs");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{target}: {said}{}", String::from_utf8_lossy(&output.stderr));
        eprint!("{target}: {said}");
    }
}

/// Python's `csv` reads the same rows of random tables: cells of delimiters, quotes and line ends, in quotes
/// where they need them or always, with any line ends.
#[test]
fn random_tables_are_read_as_python_reads_them() {
    let Some(python) = python() else { return };
    let mut state = 7u64;
    let mut below = move |n: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % n
    };
    let mut rows_read = 0;
    for table in 0..24 {
        let (end, delimiter) = (["\n", "\r\n", "\r"][table % 3], [",", ";", "\t", "|"][table % 4]);
        let always = table % 2 == 0;
        let mut text = ["id", "title", "text", "note"].join(delimiter) + end;
        for row in 0..200 {
            let mut cells = vec![row.to_string()];
            for _ in 0..3 {
                let cell: String = (0..below(7)).map(|_| PIECES[below(16) as usize]).collect();
                let needs = cell.contains([',', ';', '\t', '|', '"', '\n', '\r']);
                let quoted = needs || always && below(2) == 0;
                cells.push(if quoted { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell });
            }
            text += &(cells.join(delimiter) + end);
        }
        let (folder, path) = input("readback-random", "in.csv", &text);
        let out = folder.join("out.jsonl");
        let delimiter_name = if delimiter == "\t" { "tab" } else { delimiter };
        ends(&path, &out, &["--delimiter", delimiter_name, "--text-column", "text", "--columns", "label"], 0);
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scripts/readback.py");
        let output = Command::new(&python).arg(script).args([&path, &out]).args(["0", delimiter]).output();
        let output = output.expect("python runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "table {table}: {said}{}", String::from_utf8_lossy(&output.stdout));
        rows_read += 200;
    }
    eprintln!("{rows_read} rows");
}
