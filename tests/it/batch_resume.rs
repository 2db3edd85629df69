//! `rolecall batch`: interrupted and taken up again.

use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use super::batch::{PM, PMM, batch, ends, input, listing, read, rejects};
use super::common::{rolecall, stderr};

/// A table of several blocks that is quick to score: the bulk of it is no text.
fn table(rows: usize) -> String {
    let mut text = "id,title,text,month,padding\n".to_owned();
    for row in 0..rows {
        let posting = ["", PM, "short", PMM, ""][row % 5];
        let padding = "padding \"\"quoted\"\", ".repeat(100 + row % 50);
        text.push_str(&format!(
            "{row},Product Manager {},\"{posting}\",2024-{:02},\"{padding}\"\n",
            row % 9,
            row % 12 + 1
        ));
        if row % 101 == 50 {
            text.push_str(&format!("{row},too,many,fields,in,this,row\n"));
        }
    }
    text
}

fn start(input: &Path, output: &Path, more: &[&str]) -> Child {
    let mut command = rolecall();
    command.arg("batch").arg(input).arg("-o").arg(output).args(more);
    command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().expect("starts")
}

/// Numbers that look like chance, the same on every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

const MORE: [&str; 2] = ["--columns", "label,pm_share,evidence_pm"];

/// Kills runs at random moments until one comes to its end; gives how often one was
/// killed, and how often one went on with another. The first is killed when it has left
/// something to go on with, and every kill gives the next run more time, so that it ends
/// on a machine of any speed.
fn killed_until_done(input: &Path, output: &Path, more: &[&str], chance: &mut Chance, whole: Duration) -> (u32, u32) {
    let (mut kills, mut resumed) = (0, 0);
    let arguments: Vec<&str> = more.iter().copied().chain(["--resume"]).collect();
    let mut longest = whole.as_micros() as u64 * 2 / 3;
    loop {
        let mut child = start(input, output, &arguments);
        if kills == 0 {
            until_under_way(&mut child, output);
        } else {
            std::thread::sleep(Duration::from_micros(chance.below(longest)));
        }
        let _ = child.kill();
        let result = child.wait_with_output().expect("ends");
        resumed += u32::from(stderr(&result).contains("taken up after row"));
        match result.status.code() {
            Some(0 | 1) => return (kills, resumed),
            None => kills += 1,
            other => panic!("{other:?}: {}", stderr(&result)),
        }
        longest += longest / 4;
        assert!(kills < 60, "never done");
        // An output without a journal is whole; the caller compares it.
        if output.exists() && !journal(output).exists() {
            return (kills, resumed);
        }
    }
}

/// Waits until a run has written a block, or has ended.
fn until_under_way(child: &mut Child, output: &Path) {
    while !std::fs::read_to_string(journal(output)).is_ok_and(|text| text.lines().count() > 2) {
        if child.try_wait().expect("a child").is_some() {
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn journal(output: &Path) -> PathBuf {
    output.with_file_name(format!(".{}.journal", output.file_name().and_then(|name| name.to_str()).expect("a name")))
}

#[test]
fn killed_at_any_moment_it_comes_to_the_same_bytes() {
    let (folder, path) = input("killed", "in.csv", table(2000));
    let expected = folder.join("expected.csv");
    let report = |name: &str| folder.join(name).to_str().expect("UTF-8").to_owned();
    let expected_report = report("expected.html");
    let reported = ["--report", &expected_report, "--group-by", "month"];
    let clock = std::time::Instant::now();
    ends(&path, &expected, &[&MORE[..], &reported[..]].concat(), 1);
    let whole = clock.elapsed();
    let mut chance = Chance(42);
    let (mut kills, mut resumed) = (0, 0);
    for round in 0..6 {
        let out = folder.join(format!("out{round}.csv"));
        let jobs = ["1", "2", "3", "4"][round % 4];
        let page = report(&format!("out{round}.html"));
        let more = [&MORE[..], &["--report", &page, "--group-by", "month", "-j", jobs]].concat();
        let (killed, taken_up) = killed_until_done(&path, &out, &more, &mut chance, whole);
        (kills, resumed) = (kills + killed, resumed + taken_up);
        assert!(std::fs::read(&out).expect("written") == std::fs::read(&expected).expect("written"), "round {round}");
        assert_eq!(rejects(&out), rejects(&expected));
        let named = read(Path::new(&expected_report)).replace("expected.csv", &format!("out{round}.csv"));
        assert_eq!(read(Path::new(&page)), named);
        for left in [".journal", "part"] {
            assert!(!listing(&folder).iter().any(|name| name.ends_with(left)), "{:?}", listing(&folder));
        }
    }
    assert!(kills >= 6, "only {kills} runs were killed");
    assert!(resumed >= 1, "no run that came to its end had one before it");
}

#[test]
fn packed_and_wide_input_is_taken_up_too() {
    let text = table(1200);
    let utf16: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, text.as_bytes()).expect("to memory");
    let packed = gzip.finish().expect("to memory");
    for (name, bytes) in [("wide.csv", utf16), ("in.csv.gz", packed)] {
        let (folder, path) = input(&format!("killed-{name}"), name, bytes);
        for target in ["out.csv", "out.csv.gz"] {
            let (expected, out) = (folder.join(format!("expected-{target}")), folder.join(target));
            let clock = std::time::Instant::now();
            ends(&path, &expected, &MORE, 1);
            let whole = clock.elapsed();
            killed_until_done(&path, &out, &MORE, &mut Chance(7), whole);
            assert!(
                std::fs::read(&out).expect("written") == std::fs::read(&expected).expect("written"),
                "{name} {target}"
            );
            assert_eq!(rejects(&out), rejects(&expected), "line, byte and row are counted on");
        }
    }
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_after_a_block() {
    let (folder, path) = input("interrupt", "in.csv", table(4000));
    let (expected, out) = (folder.join("expected.csv"), folder.join("out.csv"));
    ends(&path, &expected, &MORE, 1);
    let mut child = start(&path, &out, &MORE);
    until_under_way(&mut child, &out);
    let interrupted = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(interrupted.expect("kill runs").success());
    let result = child.wait_with_output().expect("ends");
    assert_eq!(result.status.code(), Some(2), "{}", stderr(&result));
    assert!(stderr(&result).contains("--resume goes on with it"), "{}", stderr(&result));
    assert!(!out.exists());
    let messages = ends(&path, &out, &[&MORE[..], &["--resume"]].concat(), 1);
    assert!(messages.contains("taken up after row"), "{messages}");
    assert!(read(&out) == read(&expected));
}

/// Leaves an interrupted run behind.
fn interrupted(path: &Path, out: &Path) {
    let mut child = start(path, out, &MORE);
    until_under_way(&mut child, out);
    assert!(child.try_wait().expect("a child").is_none(), "it ended too soon");
    child.kill().expect("killed");
    child.wait().expect("ends");
    assert!(journal(out).exists() && !out.exists());
}

#[test]
fn another_run_is_not_gone_on_with() {
    let (folder, path) = input("another", "in.csv", table(3000));
    let out = folder.join("out.csv");
    interrupted(&path, &out);
    let resume = |more: &[&str], code| ends(&path, &out, &[more, &["--resume"]].concat(), code);
    let error = resume(&["--columns", "label"], 2);
    assert!(error.contains("cannot be gone on with: other options"), "{error}");
    let error = resume(&[&MORE[..], &["--lens", "guide"]].concat(), 2);
    assert!(error.contains("other options"), "{error}");
    let text = read(&path);
    std::fs::write(&path, format!("{text}9,,,,\n")).expect("written");
    let error = resume(&MORE, 2);
    assert!(error.contains("the input has changed"), "{error}");
    // Without --resume it starts anew and clears up.
    let messages = ends(&path, &out, &MORE, 1);
    assert!(messages.contains("was cleared away"), "{messages}");
    assert_eq!(listing(&folder), ["in.csv", "out.csv", "out.csv.rejects.jsonl"]);
}

#[test]
fn parts_that_were_tampered_with_are_noticed() {
    let (folder, path) = input("tampered", "in.csv", table(3000));
    let out = folder.join("out.csv");
    interrupted(&path, &out);
    let part = listing(&folder).into_iter().find(|name| name.rsplit('.').next() == Some("part")).expect("a part");
    std::fs::write(folder.join(&part), "short").expect("written");
    let error = ends(&path, &out, &[&MORE[..], &["--resume"]].concat(), 2);
    assert!(error.contains("has 5 bytes where"), "{error}");
    assert!(!out.exists());
}

#[test]
fn with_nothing_to_resume_it_starts_from_the_first_row() {
    let (folder, path) = input("fresh", "in.csv", format!("id,text\n1,\"{PM}\"\n"));
    let out = folder.join("out.csv");
    let messages = ends(&path, &out, &["--resume"], 0);
    assert!(messages.contains("nothing to resume"), "{messages}");
    let error = ends(&path, &out, &["--resume"], 2);
    assert!(error.contains("exists already"), "{error}");
    let result = batch(Path::new("-"), &folder.join("other.csv"), &["--resume"]);
    assert_eq!(result.status.code(), Some(2));
    assert!(stderr(&result).contains("--resume needs"), "{}", stderr(&result));
    assert_eq!(listing(&folder), ["in.csv", "out.csv"]);
}

#[cfg(target_os = "linux")]
#[test]
fn two_runs_of_one_output_do_not_mix() {
    let (folder, path) = input("two", "in.csv", table(2500));
    let (expected, out) = (folder.join("expected.csv"), folder.join("out.csv"));
    ends(&path, &expected, &MORE, 1);
    let first = start(&path, &out, &MORE);
    std::thread::sleep(Duration::from_millis(60));
    let second = start(&path, &out, &MORE);
    let codes: Vec<_> =
        [first, second].into_iter().map(|child| child.wait_with_output().expect("ends").status.code()).collect();
    assert!(codes.contains(&Some(1)), "one of them must come to its end: {codes:?}");
    assert!(read(&out) == read(&expected), "{codes:?}");
    assert_eq!(rejects(&out), rejects(&expected));
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_that_ends_between_its_last_steps_is_finished() {
    let (folder, path) = input("last-steps", "in.csv", table(300));
    let (expected, out, page) = (folder.join("expected.csv"), folder.join("out.csv"), folder.join("page.html"));
    let run = |output: &Path, page: &Path, more: &[&str], code| {
        let page = page.to_str().expect("UTF-8");
        ends(&path, output, &[&MORE[..], &["--report", page], more].concat(), code)
    };
    run(&expected, &page, &[], 1);
    let whole_page = read(&page);
    std::fs::remove_file(&page).expect("removed");
    // The report finds no space: everything else is in its place already.
    let error = run(&out, Path::new("/dev/full"), &[], 2);
    assert!(error.contains("--resume goes on with it") && out.exists() && journal(&out).exists(), "{error}");
    let told = read(&journal(&out));
    // Killed a step before, the rows are still in their part.
    let head = super::batch::json(told.lines().next().expect("a line"));
    let part = head["head"]["part"].as_str().expect("a path");
    std::fs::rename(&out, part).expect("renamed");
    // A file that somebody else put there is not written over …
    std::fs::write(&out, "mine").expect("written");
    let error = run(&out, &page, &["--resume"], 2);
    assert!(error.contains("exists already") && read(&out) == "mine", "{error}");
    std::fs::remove_file(&out).expect("removed");
    // … and with nothing in the way the run is finished, from either step.
    for step in 0..2 {
        let messages = run(&out, &page, &["--resume"], 1);
        assert!(messages.contains("rows: 300 "), "{messages}");
        assert!(read(&out) == read(&expected) && rejects(&out) == rejects(&expected));
        assert_eq!(read(&page), whole_page.replace("expected.csv", "out.csv"));
        assert!(!journal(&out).exists());
        if step == 0 {
            std::fs::remove_file(&page).expect("removed");
            std::fs::write(journal(&out), &told).expect("written");
        }
    }
}
