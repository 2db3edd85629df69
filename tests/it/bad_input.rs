//! Bad input: a reason or one line on stderr, and the right exit code.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::Output;
use std::time::{Duration, Instant};

use rolecall::{Classifier, ErrorKind};
use serde_json::Value;

use crate::common::{folder, run, start, stderr, stdout};

/// A posting, for checks that need one.
const POSTING: &str = "tests/postings/hybrid.txt";

/// The verdict on standard input, as JSON; stderr must be empty.
fn verdict(text: &[u8]) -> Value {
    let output = run(&["classify", "--format", "json", "-"], text);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stderr(&output), "");
    serde_json::from_str(&stdout(&output)).expect("JSON")
}

/// Checks that the program exited with 2, an empty stdout and one line on stderr with all
/// of `words`.
fn refused(output: &Output, words: &[&str]) {
    let message = stderr(output);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert_eq!(stdout(output), "");
    assert_eq!(message.lines().count(), 1, "one line: {message}");
    assert!(message.starts_with("rolecall: "), "{message}");
    for word in words {
        assert!(message.contains(word), "no {word:?} in {message}");
    }
}

pub fn own(path: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect(path)
}

#[test]
fn other_texts_are_unclear_for_a_reason() {
    let twenty_nine = "roadmap and launch ".repeat(10).trim_end().rsplit_once(' ').expect("words").0.to_owned();
    assert_eq!(twenty_nine.split(' ').count(), 29);
    let table: [(&str, Vec<u8>, &str); 11] = [
        ("empty", Vec::new(), "too_short"),
        ("whitespace", b" \n\t \r\n\n".to_vec(), "too_short"),
        ("one word", b"roadmap".to_vec(), "too_short"),
        ("29 words", twenty_nine.into_bytes(), "too_short"),
        ("tags only", "<p><br/></p>".repeat(60).into_bytes(), "too_short"),
        ("marks only", "- ... * \u{2022} --- !? ".repeat(60).into_bytes(), "too_short"),
        ("recipe", own("tests/inputs/recipe.txt"), "off_topic"),
        ("nurse", own("tests/inputs/nurse.txt"), "off_topic"),
        ("source code", own("tests/inputs/code.txt"), "off_topic"),
        ("German", own("tests/inputs/german.txt"), "not_english"),
        ("French", own("tests/inputs/french.txt"), "not_english"),
    ];
    for (name, text, reason) in table {
        let verdict = verdict(&text);
        assert_eq!(verdict["label"], "unclear", "{name}");
        assert_eq!(verdict["reason"], reason, "{name}");
    }
    assert_eq!(verdict(&own(POSTING))["reason"], Value::Null, "and a posting is classified");
}

#[test]
fn text_that_is_not_utf8_is_read_with_a_note() {
    let mut text = [own(POSTING), "\n\u{e9}\u{e9}".into()].concat();
    let at = text.windows(7).position(|word| word == b"roadmap").expect("a roadmap in it");
    text[at + 2] = 0xff;
    let output = run(&["classify", "--format", "json"], &text);
    assert_eq!(output.status.code(), Some(0));
    let note = stderr(&output);
    assert_eq!(note.lines().count(), 1, "{note}");
    assert!(note.contains("standard input") && note.contains("not UTF-8"), "{note}");
    assert!(note.contains(&format!("byte {}", at + 2)), "{note}");
    let verdict: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    assert_eq!(verdict["label"], "hybrid");
}

#[test]
fn files_that_cannot_be_read_are_named() {
    // Messages of the system.
    let missing = if cfg!(windows) { "os error" } else { "No such file" };
    refused(&run(&["classify", "no/such/file.txt"], b""), &["no/such/file.txt: no such file"]);
    refused(&run(&["classify", "src"], b""), &["src", "directory"]);
    refused(&run(&["classify", "--model", "no-model", POSTING], b""), &["no-model: no such file"]);
    refused(&run(&["classify", "--model", "src", POSTING], b""), &["src: is a directory"]);
    refused(&run(&["eval", "no-file.jsonl"], b""), &["no-file.jsonl: no such file"]);
    refused(&run(&["eval", "src"], b""), &["src: is a directory"]);
    refused(&run(&["train", "--corpus", "no-corpus"], b""), &["no-corpus", missing]);
    refused(&run(&["train", "--check", "--models", "no-models"], b""), &["no-models", missing]);
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut path = folder("unreadable").join("posting.txt");
    std::fs::write(&path, own(POSTING)).expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).expect("permissions");
    if std::fs::read(&path).is_ok() {
        // Permissions do not bind root; reading the memory of a process from address 0 fails
        // for everyone.
        path = "/proc/self/mem".into();
    }
    if path.exists() {
        let name = path.display().to_string();
        refused(&run(&["classify", &name], b""), &[&name, "cannot be read"]);
    }
}

#[test]
fn damaged_and_other_model_files_are_refused() {
    let folder = folder("models");
    let model = own("models/rolecall.model");
    let mut flipped = model.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x10;
    let mut version = model.clone();
    version[8] = 0xfe;
    let longer = [&model[..], b"more"].concat();
    let table: [(&str, &[u8], &str); 8] = [
        ("empty", b"", "not a model file"),
        ("short", &model[..5], "not a model file"),
        ("header", &model[..12], "damaged model file"),
        ("half", &model[..middle], "damaged model file"),
        ("longer", &longer, "damaged model file"),
        ("flipped", &flipped, "damaged model file"),
        ("version", &version, "format version 254"),
        ("json", b"{\"weights\": [0.1, 0.2, 0.3]}", "not a model file"),
    ];
    for (name, bytes, message) in table {
        let path = folder.join(name);
        std::fs::write(&path, bytes).expect("written");
        let path = path.display().to_string();
        refused(&run(&["classify", "--model", &path, POSTING], b""), &[&path, message]);
        let error = Classifier::from_bytes(bytes).expect_err(name);
        assert_eq!(error.kind(), ErrorKind::Model, "{name}");
        let error = Classifier::from_file(&path).expect_err(name);
        assert_eq!(error.place().file.as_ref(), Some(&path), "{name}");
    }
    let path = folder.join("whole");
    std::fs::write(&path, &model).expect("written");
    let whole = run(&["classify", "--model", &path.display().to_string(), POSTING], b"");
    assert_eq!(whole.stdout, run(&["classify", POSTING], b"").stdout, "and a whole one is read");
}

#[test]
fn a_flipped_bit_anywhere_in_a_model_is_detected() {
    let model = own("models/rolecall.model");
    for at in (0..model.len()).step_by(model.len() / 40).chain(0..18) {
        let mut damaged = model.clone();
        damaged[at] ^= 1;
        assert!(Classifier::from_bytes(&damaged).is_err(), "byte {at}");
    }
}

#[test]
fn thirty_megabytes_end_in_seconds() {
    let posting = own(POSTING);
    let text = posting.repeat(30_000_000 / posting.len() + 1);
    assert!(text.len() >= 30_000_000);
    let start = Instant::now();
    let verdict = verdict(&text);
    let taken = start.elapsed();
    println!("{} bytes in {taken:?}", text.len());
    assert_eq!(verdict["label"], "hybrid");
    // Tests are built with little optimization and run at the same time as others.
    let bar = if cfg!(debug_assertions) { 300 } else { 30 };
    assert!(taken < Duration::from_secs(bar), "{taken:?}");
}

#[test]
fn a_closed_pipe_is_no_error() {
    for args in [&["classify", "--format", "json", "-"][..], &["classify", "--lens", "all", "-"], &["classify", "-"]] {
        let mut child = start(args);
        // The reader is gone before the program can write: it waits for the posting.
        drop(child.stdout.take());
        child.stdin.take().expect("piped").write_all(&own(POSTING)).expect("read by the program");
        let output = child.wait_with_output().expect("the program ends");
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", stderr(&output));
        assert_eq!(stderr(&output), "", "{args:?}");
    }
}

#[test]
fn a_reader_that_takes_one_line_is_no_error() {
    for args in [&["lexicon"][..], &["lexicon", "--format", "json"], &["--help"]] {
        let mut child = start(args);
        let mut reader = BufReader::with_capacity(1, child.stdout.take().expect("piped"));
        let mut line = String::new();
        reader.read_line(&mut line).expect("a line");
        drop(reader);
        assert!(!line.is_empty());
        let output = child.wait_with_output().expect("the program ends");
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", stderr(&output));
        assert_eq!(stderr(&output), "", "{args:?}");
    }
}

#[test]
fn help_and_version_are_no_error() {
    for args in [&["--help"][..], &["help"], &["--version"], &["classify", "--help"], &["eval", "-h"], &["train", "-h"]]
    {
        let output = run(args, b"");
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        assert!(!output.stdout.is_empty() && output.stderr.is_empty(), "{args:?}");
    }
    let help = stdout(&run(&["--help"], b""));
    for command in ["classify", "eval", "train", "lexicon", "Exit codes"] {
        assert!(help.contains(command), "no {command} in {help}");
    }
    assert_eq!(stdout(&run(&["--version"], b"")), format!("rolecall {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn wrong_use_is_2() {
    let table: [(&[&str], &str); 9] = [
        (&[], "Usage"),
        (&["judge"], "judge"),
        (&["classify", "--loud"], "--loud"),
        (&["classify", "one", "two"], "--brief"),
        (&["classify", "--top", "few"], "few"),
        (&["classify", "--min-confidence", "1.5"], "from 0 to 1"),
        (&["classify", "--format", "xml"], "xml"),
        (&["classify", "--lens", "boss"], "consensus, guide"),
        (&["eval"], "FILE"),
    ];
    for (args, word) in table {
        let output = run(args, b"");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(output.stdout.is_empty(), "{args:?}");
        assert!(stderr(&output).contains(word), "{args:?}: {}", stderr(&output));
    }
}
