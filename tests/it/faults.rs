//! Faults: reads and writes that fail, full disks, few resources, sudden ends. No run that
//! failed passes for a whole one, and no file is half-written.

use std::io::{self, Read, Write};

use rolecall::Classifier;
use rolecall::batch::{Batch, Column};

use super::batch::{NURSE, PM, PMM};

/// A table of a few rows, one of which is rejected.
fn table() -> String {
    format!("id,text\n1,\"{PM}\"\n2,\"{PMM}\"\n3,a,b\n4,\"{NURSE}\"\n5,\"{PM}\"\n")
}

/// Fails after `left` bytes.
struct Faulty<T> {
    inner: T,
    left: usize,
}

impl<T> Faulty<T> {
    fn take(&mut self, wanted: usize) -> io::Result<usize> {
        let length = wanted.min(self.left);
        self.left -= length;
        if length == 0 && wanted > 0 { Err(io::Error::other("a fault")) } else { Ok(length) }
    }
}

impl<T: Read> Read for Faulty<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.take(buffer.len())?;
        self.inner.read(&mut buffer[..length])
    }
}

impl<T: Write> Write for Faulty<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.take(bytes.len())?;
        self.inner.write(&bytes[..length])
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Takes bytes, but fails when they are to be passed on.
struct FullBehind;

impl Write for FullBehind {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Err(io::Error::other("a fault"))
    }
}

#[test]
fn a_fault_of_a_buffer_is_an_error() {
    use rolecall::batch::{Files, Source, Target};
    let batch = Batch::new(Classifier::builtin().expect("a sound model"));
    let table = format!("id,text\n1,\"{PM}\"\n");
    let source = Source::Stream(Box::new(table.as_bytes()));
    let found = batch.score_file(source, Target::Stream(&mut FullBehind), &Files::default(), &mut ());
    let error = found.expect_err("not written").to_string();
    assert!(error.contains("standard output: cannot be written: a fault"), "{error}");
}

/// Reading and writing fail at about 1,000 places.
#[test]
fn every_fault_of_a_stream_is_an_error() {
    let text = table();
    let mut batch = Batch::new(Classifier::builtin().expect("a sound model"));
    batch.columns = vec![Column::Label, Column::Confidence];
    batch.jobs = 2;
    let run = |limits: [usize; 3]| {
        let (mut output, mut rejects) = (Vec::new(), Vec::new());
        let [read, write, reject] = limits;
        let reader = Faulty { inner: text.as_bytes(), left: read };
        let writer = Faulty { inner: &mut output, left: write };
        let found = batch.score(reader, writer, Faulty { inner: &mut rejects, left: reject }, &mut ());
        (found.map(|summary| (summary.rows, summary.rejects)).map_err(|error| error.to_string()), output, rejects)
    };
    let all = usize::MAX;
    let (found, output, rejects) = run([all; 3]);
    assert_eq!(found, Ok((4, 1)));
    for (which, length) in [text.len() + 1, output.len(), rejects.len()].into_iter().enumerate() {
        for at in (0..length).step_by(length.div_ceil(400)) {
            let mut limits = [all; 3];
            limits[which] = at;
            let (found, written, _) = run(limits);
            let message = found.expect_err(&format!("stream {which} failed at byte {at}"));
            assert!(message.contains("a fault"), "{message}");
            assert!(output.starts_with(&written), "what was written is right");
        }
    }
}

#[cfg(unix)]
mod system {
    use std::path::{Path, PathBuf};
    use std::process::{Command, Output, Stdio};
    use std::time::Instant;

    use super::super::batch::{PM, ends, input, listing, read};
    use super::super::common::{folder, rolecall, stderr, stdout};
    use super::table;

    /// Runs the program in a shell after `before`, such as `ulimit`; `$@` are its arguments.
    fn shell(before: &str, after: &str, args: &[&str], folder: &Path) -> Output {
        let program = env!("CARGO_BIN_EXE_rolecall");
        let mut command = Command::new("sh");
        command.arg("-c").arg(format!("{before}; exec \"{program}\" \"$@\" {after}")).arg("sh").args(args);
        command.current_dir(folder).stdin(Stdio::null()).output().expect("a shell runs")
    }

    /// A folder with a table, a posting and a labeled table.
    fn folder_of_inputs(name: &str) -> PathBuf {
        let (folder, _) = input(name, "in.csv", table());
        std::fs::write(folder.join("posting.txt"), PM).expect("written");
        let labeled = format!("text,label\n\"{PM}\",pm\n");
        std::fs::write(folder.join("labeled.csv"), labeled).expect("written");
        folder
    }

    const BATCH: [&str; 6] = ["batch", "in.csv", "-o", "out.csv", "--columns", "label,evidence"];

    /// A limit on the size of files fails as a full disk does.
    #[test]
    fn a_disk_that_is_full_at_any_step_leaves_nothing() {
        let mut text = "id,text\n".to_owned();
        for row in 0..20 {
            text.push_str(&format!("{row},\"{PM}\"\n{row},too,many\n"));
        }
        let (folder, path) = input("disk", "in.csv", &text);
        ends(&path, &folder.join("out.csv"), &BATCH[4..], 1);
        let expected = read(&folder.join("out.csv"));
        let (mut full, mut whole) = (0, 0);
        let report = [&BATCH[..], &["--report", "report.html", "--stats", "stats.json"]].concat();
        for args in [&BATCH[..], &report] {
            // In blocks of 512 bytes or, in some shells, of 1024.
            for blocks in 0..40 {
                for name in listing(&folder) {
                    if name != "in.csv" {
                        std::fs::remove_file(folder.join(name)).expect("removed");
                    }
                }
                let output = shell(&format!("trap '' XFSZ; ulimit -f {blocks}"), "", args, &folder);
                match output.status.code() {
                    Some(2) => {
                        full += 1;
                        assert!(stderr(&output).contains("cannot be written"), "{}", stderr(&output));
                        assert_eq!(listing(&folder), ["in.csv"], "{blocks} blocks");
                    }
                    Some(1) => {
                        whole += 1;
                        assert!(read(&folder.join("out.csv")) == expected, "{blocks} blocks");
                    }
                    code => panic!("{blocks} blocks: {code:?} {}", stderr(&output)),
                }
            }
        }
        assert!(full > 10 && whole > 10, "{full} {whole}");
    }

    /// What a run left behind may be no more than its own temporary files.
    #[test]
    fn killed_at_100_moments_no_file_is_half_written() {
        let (folder, path) = input("kill", "in.csv", table().replace("id,text", "id,text,more"));
        let out = folder.join("out.csv");
        let report = folder.join("r.html");
        let run = || {
            let mut command = rolecall();
            command.arg("batch").arg(&path).arg("-o").arg(&out).arg("--report").arg(&report);
            command.args(["--columns", "label,evidence", "--force"]);
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts")
        };
        let started = Instant::now();
        assert!(run().wait().expect("ends").code().is_some_and(|code| code < 2));
        let time = started.elapsed();
        let expected = ["out.csv", "out.csv.rejects.jsonl", "r.html"].map(|name| std::fs::read(folder.join(name)).ok());
        let (mut killed, mut whole) = (0, 0);
        for moment in 0..100 {
            for name in listing(&folder) {
                if name != "in.csv" {
                    std::fs::remove_file(folder.join(name)).expect("removed");
                }
            }
            let mut child = run();
            std::thread::sleep(time * moment / 90);
            child.kill().expect("killed");
            let ended = child.wait().expect("ends").code().is_some();
            (killed, whole) = (killed + u32::from(!ended), whole + u32::from(ended));
            for name in listing(&folder) {
                let place = ["out.csv", "out.csv.rejects.jsonl", "r.html"].iter().position(|known| *known == name);
                match place {
                    Some(place) => {
                        assert!(std::fs::read(folder.join(&name)).ok() == expected[place], "{name} at moment {moment}");
                    }
                    None => assert!(name == "in.csv" || name.starts_with(".rolecall-"), "{name}"),
                }
            }
            assert!(!ended || out.exists());
        }
        assert!(killed > 20, "{killed} killed, {whole} whole");
    }

    #[test]
    fn few_resources_give_a_message_or_a_whole_result() {
        let (folder, _) = input("resources", "in.csv", table());
        std::fs::write(folder.join("posting.txt"), PM).expect("written");
        let expected = shell("true", "", &BATCH, &folder);
        assert_eq!(expected.status.code(), Some(1));
        let whole = read(&folder.join("out.csv"));
        let mut limits: Vec<String> = (3..12).map(|files| format!("ulimit -n {files}")).collect();
        limits.extend((0..3).map(|more| format!("ulimit -u {}", 1 + 2 * more)));
        for kind in ["-v", "-d"] {
            let sizes = [30, 60, 80, 100, 200, 300, 400, 600, 900, 1200];
            limits.extend(sizes.map(|megabytes| format!("ulimit {kind} {}", megabytes << 10)));
        }
        let mut refused = 0;
        for limit in limits {
            for args in [&BATCH[..], &["classify", "--brief", "posting.txt"]] {
                let _ = std::fs::remove_file(folder.join("out.csv"));
                let _ = std::fs::remove_file(folder.join("out.csv.rejects.jsonl"));
                let output = shell(limit.as_str(), "", args, &folder);
                let messages = String::from_utf8_lossy(&output.stderr).into_owned();
                assert!(!messages.contains("panicked"), "{limit} {args:?}: {messages}");
                match output.status.code() {
                    Some(0) => assert!(stdout(&output).starts_with("pm\t"), "{limit}: {messages}"),
                    Some(1) => assert_eq!(read(&folder.join("out.csv")), whole, "{limit}"),
                    // Too little to load the program at all, which the system says with another code.
                    Some(127) => assert!(messages.contains("error while loading"), "{limit}: {messages}"),
                    code => {
                        assert_eq!(code, Some(2), "{limit}: {messages}");
                        assert!(!messages.is_empty(), "{limit}: without a message");
                        assert!(!folder.join("out.csv").exists(), "{limit}");
                        refused += usize::from(messages.contains("of memory, but the limit (ulimit) leaves"));
                    }
                }
            }
        }
        assert!(refused > 4 || cfg!(not(target_os = "linux")), "{refused} refused");
    }

    /// What the program needs grows with the posting.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_posting_that_does_not_fit_in_memory_is_refused() {
        let folder = folder("little-memory");
        std::fs::write(folder.join("posting.txt"), "a\n".repeat(1 << 20)).expect("written");
        let output = shell("ulimit -d 250000", "", &["classify", "posting.txt"], &folder);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(stderr(&output).starts_with("rolecall: posting.txt: may need 336 MB of memory"), "{}", stderr(&output));
        assert!(stderr(&output).ends_with("MB; give a shorter posting\n"), "{}", stderr(&output));
        // Its size is not that of the text.
        let piped =
            shell("ulimit -d 250000; cat posting.txt | gzip > posting.gz", "", &["classify", "posting.gz"], &folder);
        assert_eq!(piped.status.code(), Some(2), "{}", stderr(&piped));
        assert!(stderr(&piped).starts_with("rolecall: posting.gz: may need 336 MB of memory"), "{}", stderr(&piped));
        let output = shell("ulimit -d 800000", "", &["classify", "posting.txt"], &folder);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    }

    /// Nothing is read from or written to a home folder.
    #[test]
    fn no_home_is_needed() {
        let folder = folder("no-home");
        std::fs::write(folder.join("posting.txt"), PM).expect("written");
        for environment in ["unset HOME", "HOME=/nonexistent", "unset HOME PATH TERM LANG"] {
            let output = shell(environment, "", &["classify", "posting.txt"], &folder);
            assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""), "{environment}");
        }
        assert_eq!(listing(&folder), ["posting.txt"], "nothing is written");
    }

    /// Rust's runtime opens the null device in place of a closed stream.
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    #[test]
    fn closed_streams_are_no_success() {
        let folder = folder_of_inputs("closed");
        std::os::unix::fs::symlink("/dev/stdout", folder.join("link")).expect("linked");
        for args in [
            &["classify", "posting.txt"][..],
            &["classify", "--brief", "posting.txt"],
            &["classify", "--format", "html", "posting.txt"],
            &["classify", "posting.txt", "-o", "/dev/stdout"],
            &["compare", "posting.txt", "posting.txt"],
            &["eval", "labeled.csv"],
            &["lexicon"],
            &["batch", "in.csv", "-o", "-", "-q"],
            &["batch", "in.csv", "-o", "/dev/stdout", "-q"],
            &["batch", "in.csv", "-o", "link", "-q"],
            &["serve", "--port", "0"],
            &["batch", "in.csv", "-o", "out.csv", "--rejects", "-", "-q"],
            &["--help"],
            &["--version"],
        ] {
            let output = shell("true", ">&-", args, &folder);
            assert_eq!(output.status.code(), Some(2), "{args:?}: {}", stderr(&output));
            assert!(
                stderr(&output).ends_with("rolecall: standard output: is closed\n"),
                "{args:?}: {}",
                stderr(&output)
            );
        }
        assert!(!folder.join("out.csv").exists());
        for after in [">&-", "<&- >&- 2>&-"] {
            let output = shell("true", after, &["batch", "in.csv", "-o", "out.csv", "-q", "--force"], &folder);
            assert_eq!(output.status.code(), Some(1), "{after}: {}", stderr(&output));
            assert!(folder.join("out.csv").exists(), "{after}");
        }
        for args in [
            &["classify", "-"][..],
            &["classify"],
            &["classify", "/dev/stdin"],
            &["eval", "-"],
            &["eval", "/dev/stdin"],
            &["batch", "-", "-o", "-"],
            &["batch", "/dev/stdin", "-o", "-"],
        ] {
            let output = shell("true", "<&-", args, &folder);
            assert_eq!(output.status.code(), Some(2), "{args:?}: {}", stderr(&output));
            assert_eq!(stderr(&output), "rolecall: standard input: is closed\n", "{args:?}");
        }
    }

    #[test]
    fn output_that_cannot_be_written_is_no_success() {
        let full = Path::new("/dev/full");
        if !full.exists() {
            return;
        }
        let folder = folder_of_inputs("lost");
        for args in [
            &["classify", "posting.txt"][..],
            &["classify", "--brief", "posting.txt"],
            &["classify", "--format", "json", "posting.txt"],
            &["classify", "--format", "html", "posting.txt"],
            &["classify", "--highlight", "posting.txt"],
            &["classify", "-o", "/dev/full", "posting.txt"],
            &["compare", "posting.txt", "posting.txt"],
            &["compare", "--format", "json", "posting.txt", "posting.txt"],
            &["eval", "labeled.csv"],
            &["eval", "--format", "json", "labeled.csv"],
            &["lexicon"],
            &["batch", "in.csv", "-o", "-", "-q"],
        ] {
            let output = shell("true", "> /dev/full", args, &folder);
            assert_eq!(output.status.code(), Some(2), "{args:?}: {}", stderr(&output));
            let name = if args.contains(&"/dev/full") { "/dev/full" } else { "standard output" };
            let expected = format!("rolecall: {name}: cannot be written: No space left");
            assert!(stderr(&output).contains(&expected), "{args:?}: {}", stderr(&output));
        }
        for args in [&["--help"][..], &["classify", "--help"], &["--version"]] {
            let output = shell("true", "> /dev/full", args, &folder);
            assert_eq!(output.status.code(), Some(2), "{args:?}");
            assert!(stderr(&output).starts_with("rolecall: standard output: cannot be written: No space"), "{args:?}");
        }
        // Messages that cannot be written change nothing.
        let output = shell("true", "2> /dev/full", &["classify", "--brief", "posting.txt"], &folder);
        assert_eq!(output.status.code(), Some(0));
        let output = shell("true", "2>&-", &["classify", "--brief", "posting.txt"], &folder);
        assert_eq!(output.status.code(), Some(0));
    }
}
