//! `rolecall batch`, interrupted: nothing is left of the run.
#![cfg(unix)]

use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rolecall::ErrorKind;
use rolecall::batch::{Batch, Files, Observer, Progress, Source, Target};

use super::batch::{PM, PMM, ends, input, listing, read};
use super::common::{folder, rolecall, stderr};

/// A table of several blocks, with rows to reject.
fn table(rows: usize) -> String {
    let mut text = "id,text,padding\n".to_owned();
    for row in 0..rows {
        let posting = ["", PM, "short", PMM, ""][row % 5];
        text.push_str(&format!("{row},\"{posting}\",{}\n", "padding ".repeat(200)));
        if row % 101 == 50 {
            text.push_str("too,many,fields,here\n");
        }
    }
    text
}

fn start(input: &Path, output: &Path) -> Child {
    let mut command = rolecall();
    command.arg("batch").arg(input).arg("-o").arg(output).args(["--columns", "label,evidence"]);
    command.stdin(Stdio::piped()).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().expect("starts")
}

fn interrupt(child: &Child) {
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill runs").success());
}

/// Waits until `folder` holds a temporary file that rows were written to.
fn until_rows_are_written(child: &mut Child, folder: &Path) {
    let written = || {
        listing(folder).iter().any(|name| {
            name.starts_with(".rolecall-") && std::fs::metadata(folder.join(name)).is_ok_and(|found| found.len() > 1000)
        })
    };
    let start = Instant::now();
    while !written() {
        assert!(child.try_wait().expect("a child").is_none(), "it ended too soon");
        assert!(start.elapsed() < Duration::from_secs(60), "nothing is written");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn one_interrupt_stops_after_a_block_and_leaves_nothing() {
    let (folder, path) = input("interrupt", "in.csv", table(20_000));
    let mut child = start(&path, &folder.join("out.csv"));
    until_rows_are_written(&mut child, &folder);
    interrupt(&child);
    let result = child.wait_with_output().expect("ends");
    let messages = stderr(&result);
    assert_eq!(result.status.code(), Some(2), "{messages}");
    assert!(messages.contains("stopped after row ") && messages.contains("(no file was written)"), "{messages}");
    assert_eq!(listing(&folder), ["in.csv"]);
}

#[test]
fn a_second_interrupt_ends_a_run_that_waits_for_input() {
    let folder = folder("batch-interrupt-twice");
    let mut child = start(Path::new("-"), &folder.join("out.csv"));
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(table(2000).as_bytes()).expect("read");
    until_rows_are_written(&mut child, &folder);
    // All blocks but the last are written, and the program waits for the rest of that.
    std::thread::sleep(Duration::from_millis(300));
    interrupt(&child);
    std::thread::sleep(Duration::from_millis(100));
    interrupt(&child);
    let result = child.wait_with_output().expect("ends");
    assert_eq!(result.status.code(), Some(130), "{}", stderr(&result));
    assert!(listing(&folder).is_empty(), "{:?}", listing(&folder));
    drop(stdin);
}

#[test]
fn an_interrupt_that_ends_the_input_too_is_no_whole_run() {
    let folder = folder("batch-interrupt-end");
    let mut child = start(Path::new("-"), &folder.join("out.csv"));
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(table(2000).as_bytes()).expect("read");
    until_rows_are_written(&mut child, &folder);
    std::thread::sleep(Duration::from_millis(300));
    interrupt(&child);
    std::thread::sleep(Duration::from_millis(100));
    // As when Ctrl-C also reaches the program that writes the pipe.
    drop(stdin);
    let result = child.wait_with_output().expect("ends");
    assert_eq!(result.status.code(), Some(2), "{}", stderr(&result));
    assert!(listing(&folder).is_empty(), "{:?}", listing(&folder));
}

#[test]
fn two_runs_with_one_output_do_not_mix() {
    let (folder, path) = input("two", "in.csv", table(2500));
    let (expected, out) = (folder.join("expected.csv"), folder.join("out.csv"));
    ends(&path, &expected, &["--columns", "label,evidence"], 1);
    let children = [start(&path, &out), start(&path, &out)];
    let codes = children.map(|child| child.wait_with_output().expect("ends").status.code());
    assert!(codes.contains(&Some(1)) && codes.contains(&Some(2)), "the second finds the file of the first: {codes:?}");
    assert!(std::fs::read(&out).expect("written") == std::fs::read(&expected).expect("written"));
    let rejects = |path: &Path| std::fs::read(format!("{}.rejects.jsonl", path.display())).expect("written");
    assert!(rejects(&out) == rejects(&expected));
    assert!(!listing(&folder).iter().any(|name| name.starts_with('.')), "{:?}", listing(&folder));
}

/// Does something after each block.
struct AfterBlock<F>(F);

impl<F: FnMut() -> ControlFlow<()>> Observer for AfterBlock<F> {
    fn progress(&mut self, _: Progress) -> ControlFlow<()> {
        (self.0)()
    }
}

#[test]
fn a_stopped_run_says_what_was_written() {
    let (folder, path) = input("stopped", "in.csv", table(3));
    let batch = Batch::new(rolecall::Classifier::builtin().expect("a model"));
    let mut stream = Vec::new();
    for (target, hint) in [
        (Target::File(folder.join("out.csv")), "(no file was written)"),
        (Target::Stream(&mut stream), "(the rows up to it were written)"),
    ] {
        let mut stop = AfterBlock(|| ControlFlow::Break(()));
        let error = batch.score_file(Source::File(path.clone()), target, &Files::default(), &mut stop);
        let error = error.expect_err("stopped");
        assert_eq!(error.kind(), ErrorKind::Stopped);
        assert_eq!(error.to_string(), format!("stopped after row 3 {hint}"));
        assert_eq!(listing(&folder), ["in.csv"]);
    }
    assert!(String::from_utf8(stream).expect("UTF-8").contains("\n2,\"short\","), "the last row");
}

#[test]
fn an_output_that_appears_during_the_run_is_kept() {
    let (folder, path) = input("appears", "in.csv", table(60));
    let out = folder.join("out.csv");
    let mut appear = AfterBlock(|| {
        std::fs::write(&out, "theirs").expect("written");
        ControlFlow::Continue(())
    });
    let batch = Batch::new(rolecall::Classifier::builtin().expect("a model"));
    let error = batch.score_file(Source::File(path), Target::File(out.clone()), &Files::default(), &mut appear);
    let message = format!("{}: exists already; --force replaces it", out.display());
    assert_eq!(error.expect_err("not overwritten").to_string(), message);
    // Nor is there a file of its rejects.
    assert_eq!((listing(&folder), read(&out).as_str()), (vec!["in.csv".into(), "out.csv".into()], "theirs"));
}
