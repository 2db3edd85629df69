//! Sizes and memory: what is too large is refused or rejected, and the rest stays within
//! its limits.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::batch::{PM, column, ends, input, listing, read, rejects};
use super::common::{folder, rolecall, run, start, stderr};

/// A Zstandard file of `text` and `blocks` blocks of 128 KB of one letter, 4 bytes each.
fn bomb(text: &str, blocks: usize) -> Vec<u8> {
    // No checksum, a window of 128 KB.
    let mut bytes = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 0x38];
    bytes.extend_from_slice(&((text.len() as u32) << 3).to_le_bytes()[..3]);
    bytes.extend_from_slice(text.as_bytes());
    for block in 0..blocks {
        let last = u32::from(block + 1 == blocks);
        bytes.extend_from_slice(&(last | 1 << 1 | (128 << 10) << 3).to_le_bytes()[..3]);
        bytes.push(b'a');
    }
    bytes
}

/// The most memory that a process had, in megabytes.
fn megabytes(process: &str) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or_default() >> 10
}

/// Runs a command to its end. Gives its exit code, its messages and the most memory that it
/// had, with its child, in megabytes; 0 where that cannot be known.
pub(crate) fn measured(command: &mut Command) -> (Option<i32>, String, u64) {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("starts");
    let id = child.id().to_string();
    let mut most = 0;
    while child.try_wait().expect("a child").is_none() {
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        most = most.max(megabytes(&id) + children.split_whitespace().map(megabytes).sum::<u64>());
        std::thread::sleep(Duration::from_millis(2));
    }
    let output = child.wait_with_output().expect("ends");
    (output.status.code(), stderr(&output), most)
}

pub(crate) fn batch(input: &Path, more: &[&str]) -> Command {
    let mut command = rolecall();
    let output = input.with_extension("out.csv");
    command.arg("batch").arg(input).arg("-o").arg(output).args(["--force", "-q", "--columns", "label"]).args(more);
    command
}

/// What the program takes besides rows: its model, in a build that is not optimized.
pub(crate) const BASE: u64 = 80;

#[test]
fn a_small_file_cannot_take_much_memory() {
    const BLOCKS: usize = 1200;
    for (name, text, code, message) in [
        ("row.csv.zst", "id,text\n1,\"", 1, ""),
        ("line.csv.zst", "id,text\n", 1, ""),
        ("header.csv.zst", "id,", 2, "the header does not end within 4 MB"),
        ("line.jsonl.zst", "{\"id\":1,\"text\":\"a\"}\n{\"text\":\"", 1, ""),
        ("array.json.zst", "[{\"text\":\"a\"},\n{\"text\":\"", 2, "not closed"),
        ("document.json.zst", "{\"jobs\":\n[{\"text\":\"", 2, "is larger than 16 MB, the limit"),
    ] {
        let (_, path) = input(&format!("bomb-{name}"), name, bomb(text, BLOCKS));
        assert!(std::fs::metadata(&path).expect("a file").len() < 5_000);
        let (found, messages, memory) = measured(&mut batch(&path, &["--max-memory", "64"]));
        assert_eq!(found, Some(code), "{name}: {messages}");
        assert!(messages.contains(message), "{name}: {messages}");
        assert!(memory < 64 + BASE, "{name}: {memory} MB");
        if code == 1 {
            let counted = rejects(&path.with_extension("out.csv"));
            let rows = counted.iter().filter(|reject| reject.get("continued").is_none()).count();
            assert_eq!(rows, 1, "{name}: one row is rejected");
        }
    }
    for command in ["classify", "eval"] {
        let (_, path) = input(&format!("bomb-{command}"), "text.zst", bomb("id,text\n1,\"", BLOCKS));
        let (code, messages, memory) = measured(rolecall().arg(command).arg(&path));
        assert_eq!(code, Some(2), "{messages}");
        assert!(memory < 256, "{command}: {memory} MB");
        assert_eq!(messages.lines().count(), 1, "{messages}");
    }
}

#[cfg(unix)]
#[test]
fn endless_inputs_end() {
    for (args, message) in [
        (&["classify", "/dev/zero"][..], "is larger than 32 MB, the limit"),
        (&["classify", "--brief", "/dev/zero"], "is larger than 32 MB, the limit"),
        (&["compare", "/dev/zero", "tests/postings/pm.txt"], "is larger than 32 MB"),
        (&["classify", "--model", "/dev/zero", "tests/postings/pm.txt"], "is larger than 256 MB"),
        (&["eval", "/dev/zero"], "/dev/zero"),
        (&["batch", "/dev/zero", "-o", "/dev/null"], "/dev/zero"),
    ] {
        let started = Instant::now();
        let output = run(args, b"");
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(message), "{args:?}: {}", stderr(&output));
        assert!(started.elapsed() < Duration::from_secs(60), "{args:?}");
    }
    // Postings without an end, to be held until they are all read.
    let mut child = start(&["eval", "-", "--max-memory", "64"]);
    let mut stdin = child.stdin.take().expect("piped");
    let row = format!("{{\"text\":\"{}\",\"label\":\"pm\"}}\n", PM.repeat(40)).repeat(100);
    let writer = std::thread::spawn(move || while stdin.write_all(row.as_bytes()).is_ok() {});
    let output = child.wait_with_output().expect("ends");
    writer.join().expect("ends");
    assert!(stderr(&output).contains("is larger than 64 MB"), "{}", stderr(&output));
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn many_long_rows_stay_within_the_memory() {
    let long = PM.repeat((3 << 20) / PM.len());
    let mut text = "id,text\n".to_owned();
    for row in 0..12 {
        text.push_str(&format!("{row},\"{long}\"\n"));
    }
    let (_, path) = input("long-rows", "in.csv", text);
    let (code, messages, memory) = measured(&mut batch(&path, &["--max-memory", "64", "-j", "12"]));
    assert_eq!(code, Some(0), "{messages}");
    assert!(memory < 64 + BASE, "{memory} MB");
    assert_eq!(column(&read(&path.with_extension("out.csv")), "rolecall_label"), ["pm"; 12]);
}

/// A line takes more memory than its bytes: if all were read, a row of a million lines would take
/// hundreds of megabytes.
#[test]
fn rows_of_very_many_lines_stay_within_the_memory() {
    let lines = ["a\n", "\u{b7}a", "a\u{c}", "\u{1f680}A ", "a<br>"].map(|piece| piece.repeat((3 << 20) / piece.len()));
    let rows = lines.iter().enumerate().map(|(at, lines)| format!("{at},\"{PM}{lines}\"\n"));
    let (_, path) = input("many-lines", "in.csv", format!("id,text\n{}", rows.collect::<String>()));
    let (code, messages, memory) = measured(&mut batch(&path, &["--max-memory", "64"]));
    assert_eq!(code, Some(0), "{messages}");
    assert!(memory < 64 + BASE, "{memory} MB");
    assert_eq!(column(&read(&path.with_extension("out.csv")), "rolecall_label"), ["pm"; 5]);
}

/// As stated in the README: 40 times the size and 64 MB.
#[test]
fn views_of_a_posting_of_short_lines_take_limited_memory() {
    let folder = folder("short-lines");
    for piece in ["a\n", "<p>a", "a<br>"] {
        let path = folder.join("posting.txt");
        std::fs::write(&path, piece.repeat((2 << 20) / piece.len())).expect("written");
        for view in [&["--format", "html"][..], &["--highlight"], &["--format", "json", "--duties"]] {
            let (code, messages, memory) = measured(rolecall().arg("classify").args(view).arg(&path));
            assert_eq!(code, Some(0), "{messages}");
            assert!(memory < 2 * 40 + 64 + BASE, "{piece:?} {view:?}: {memory} MB");
        }
    }
}

#[test]
fn short_rows_that_become_long_stay_within_the_memory() {
    // Each of 30,000 rows of two bytes gets all the names.
    let names: Vec<_> = (0..60).map(|at| format!("{}{at}", "name".repeat(50))).collect();
    let (_, path) = input("wide", "in.csv", format!("text,{}\n{}", names.join(","), "a\n".repeat(30_000)));
    let more = ["--max-memory", "64", "--output-format", "jsonl", "-j", "8"];
    let (code, messages, memory) = measured(&mut batch(&path, &more));
    assert_eq!(code, Some(0), "{messages}");
    assert!(memory < 64 + BASE, "{memory} MB");
}

#[test]
fn a_cell_that_is_too_long_is_one_reject() {
    let cell = "a line of the cell, of a few words\n".repeat((6 << 20) / 35);
    let text = format!("id,text,more\n1,\"{PM}\",x\n2,\"{cell}\",x\n3,\"{PM}\",x\n");
    let (folder, path) = input("cell", "in.csv", &text);
    let out = folder.join("out.csv");
    let messages = ends(&path, &out, &["--max-memory", "64", "--columns", "label"], 1);
    assert!(messages.contains("rejects: 1 (too_long 1)"), "{messages}");
    assert_eq!(column(&read(&out), "id"), ["1", "3"]);
    let parts: Vec<String> =
        rejects(&out).iter().map(|reject| reject["raw"].as_str().expect("text").to_owned()).collect();
    assert_eq!(parts.concat(), format!("2,\"{cell}\",x\n"), "nothing is lost");
    // A quote that was not meant to open a cell costs its row only.
    let rows = format!("0,screens of 5 inches,x\n1,{},x\n", PM.replace(',', "")).repeat(20_000);
    let (folder, path) = input("stray", "in.csv", format!("id,text,more\n1,\"5 screens,x\n{rows}"));
    let out = folder.join("out.csv");
    let messages = ends(&path, &out, &["--max-memory", "64", "--columns", "label"], 1);
    assert!(messages.contains("rejects: 1 (unclosed_quote 1)"), "{messages}");
    assert_eq!(column(&read(&out), "id").len(), 40_000);
}

#[test]
fn wide_tables_take_time_by_their_width() {
    let wide = |names: &mut dyn Iterator<Item = String>| names.collect::<Vec<_>>().join(",");
    let same = wide(&mut (0..100_000).map(|_| "name".to_owned()));
    let different = wide(&mut (0..100_000).map(|at| format!("n{at}")));
    let object = wide(&mut (0..100_000).map(|at| format!("\"n{at}\":{at}")));
    let nested = format!("{{\"text\":\"{PM}\",\"of\":{{{object}}}}}\n");
    for (name, text) in [
        ("same.csv", format!("text,{same}\n\"{PM}\"\n")),
        ("different.csv", format!("text,{different}\n\"{PM}\"\n")),
        ("object.jsonl", format!("{{\"text\":\"{PM}\",{object}}}\n").repeat(2)),
        ("nested.jsonl", nested.repeat(2)),
    ] {
        for format in ["csv", "jsonl"] {
            let (_, path) = input(&format!("columns-{name}"), name, &text);
            let started = Instant::now();
            let (code, messages, _) = measured(&mut batch(&path, &["--output-format", format]));
            assert_eq!(code, Some(0), "{name} {format}: {messages}");
            assert!(started.elapsed() < Duration::from_secs(30), "{name} {format}: {:?}", started.elapsed());
        }
    }
}

#[test]
fn an_input_that_changes_while_it_is_read_is_noticed() {
    let mut text = "id,text,padding\n".to_owned();
    for row in 0..20_000 {
        text.push_str(&format!("{row},\"{PM}\",{}\n", "padding ".repeat(200)));
    }
    let (folder, path) = input("changed", "in.csv", text);
    let out = folder.join("out.csv");
    let child = start(&["batch", path.to_str().expect("UTF-8"), "-o", out.to_str().expect("UTF-8"), "-q"]);
    let started = Instant::now();
    while listing(&folder).len() < 2 {
        assert!(started.elapsed() < Duration::from_secs(60), "nothing is written");
        std::thread::sleep(Duration::from_millis(1));
    }
    let mut file = std::fs::OpenOptions::new().append(true).open(&path).expect("opened");
    file.write_all(b"20000,late,\n").expect("written");
    let output = child.wait_with_output().expect("ends");
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("in.csv: changed while it was read"), "{}", stderr(&output));
    assert!(read(&out).lines().count() >= 20_001);
}

/// `classify` and `eval` read a file in one go; a pipe in its place gives the time to change
/// it.
#[cfg(target_os = "linux")]
#[test]
fn a_posting_that_changes_while_it_is_read_is_noticed() {
    let folder = folder("changed-posting");
    let path = folder.join("posting.txt");
    // Large enough to change before it is read.
    std::fs::write(&path, PM.repeat((24 << 20) / PM.len())).expect("written");
    let noticed = (0..20).any(|_| {
        let child = start(&["classify", "--brief", path.to_str().expect("UTF-8")]);
        let writer = std::fs::OpenOptions::new().append(true).open(&path).expect("opened");
        let open = format!("/proc/{}/fd", child.id());
        let is_open = || {
            let entries = std::fs::read_dir(&open).ok();
            entries.into_iter().flatten().flatten().any(|fd| std::fs::read_link(fd.path()).is_ok_and(|to| to == path))
        };
        let started = Instant::now();
        while !is_open() && started.elapsed() < Duration::from_secs(9) {}
        (&writer).write_all(b" and more").expect("written");
        let output = child.wait_with_output().expect("ends");
        output.status.code() == Some(1) && stderr(&output).contains("posting.txt: changed while it was read")
    });
    assert!(noticed);
}
