//! Names that hold escapes, control characters and marks of direction: files, columns,
//! labels, ids, options. On standard error, in the report and in views they are shown as
//! symbols, and a message stays on one line.

use rolecall::explain::sanitize::is_unsafe;

use super::batch::{PM, PMM};
use super::common::{folder, rolecall};

/// Moves the cursor, changes the title, reverses the text, breaks the line.
const NAME: &str = "a\u{1b}[2J\u{1b}]0;x\u{7}b\u{202e}c\u{9b}d\rrolecall: done";

#[cfg(unix)]
#[test]
fn names_are_shown_as_symbols() {
    let folder = folder("hostile-names");
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("written");
    let cell = format!("\"{NAME}\"");
    let labeled = format!("id,text,{cell}\n{cell},\"{PM}\",1\n2,\"{PMM}\",2\n3,a,b,c\n");
    let csv = format!("{NAME}.csv");
    write(&csv, &labeled);
    write(&format!("{NAME}.txt"), PM);
    write("cut.csv", &labeled);
    write("labels.jsonl", &format!("{{\"id\":\"x\",\"text\":\"{PM}\",\"label\":{}}}\n", serde_json::json!(NAME)));
    let ids = |label: &str| format!("{{\"id\":{},\"text\":\"{PM}\",\"label\":\"{label}\"}}\n", serde_json::json!(NAME));
    write("ids.jsonl", &(ids("pmm") + &ids("pm")));
    let repeated = format!("{cell},{cell},text\n1,2,\"{PM}\"\n");
    write("repeated.csv", &repeated);
    let posting = format!("{NAME}.txt");
    let missing = format!("{NAME}.none");
    let (not_there, not_a_lens) = (format!("--{NAME}"), format!("--lens={NAME}"));
    for args in [
        &["classify", &missing][..],
        &["classify", &posting, "-o", &posting],
        &["classify", &posting, "--model", &csv],
        &["classify", "--brief", &posting, "cut.csv"],
        &["classify", "--title", NAME, &posting],
        &["classify", &not_there],
        &["classify", &posting, &not_a_lens],
        &["compare", &posting, &missing],
        &["compare", &posting, "cut.csv"],
        &["eval", &missing],
        &["eval", "labels.jsonl"],
        &["eval", "--errors", "ids.jsonl"],
        &["batch", &missing, "-o", "out.csv"],
        &["batch", &csv, "-o", &csv],
        &["batch", &csv, "-o", "out.csv", "--force"],
        &["batch", &csv, "-o", "out.csv", "--force", "--text-column", NAME],
        &["batch", &csv, "-o", "out.csv", "--force", "--text-column", "not a column"],
        &["batch", &csv, "-o", "out.csv", "--force", "--report", "report.html", "--group-by", NAME],
        &["batch", "repeated.csv", "-o", "out.jsonl", "--force"],
        &["batch", &csv, "-o", &missing, "--strict"],
        &["train", "--corpus", NAME],
    ] {
        let output = rolecall().args(args).current_dir(&folder).output().expect("runs");
        for (what, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
            let text = String::from_utf8_lossy(bytes);
            let found = text.chars().find(|c| is_unsafe(*c));
            assert_eq!(found, None, "{what} of {args:?}: {text:?}");
            // Clap's own messages are of several lines.
            let usage = text.contains("Usage:") || text.contains("For more information");
            let forged = text.lines().any(|line| line == "rolecall: done" || line.starts_with("rolecall: done."));
            assert!(what == "stdout" || usage || !forged, "{what} of {args:?}: {text:?}");
        }
    }
    let report = std::fs::read_to_string(folder.join("report.html")).expect("written");
    assert_eq!(report.chars().find(|c| is_unsafe(*c)), None);
    assert!(report.contains("\u{241b}[2J"), "the file and the column are named");
}
