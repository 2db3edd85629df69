//! What `rolecall batch` writes, read by other CSV readers: Python's `csv` and pandas.
//!
//! Without Python the test says that it was skipped; with `CI` set it fails instead.

use std::io::Write as _;
use std::process::Command;

use super::batch::{NURSE, PM, PMM, ends, input, rejects};

#[test]
fn other_readers_see_the_same_rows() {
    let python = std::env::var("ROLECALL_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    if !Command::new(&python).arg("--version").output().is_ok_and(|output| output.status.success()) {
        assert!(std::env::var_os("CI").is_none(), "no {python}; ROLECALL_PYTHON names another");
        // Past the capture of the test harness: a skipped test must not look like one that ran.
        let _ = writeln!(std::io::stderr(), "test batch_readback skipped: no {python}; ROLECALL_PYTHON names another");
        return;
    }
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
