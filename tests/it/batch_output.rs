//! `rolecall batch`: the files it writes, and those it does not overwrite.

use std::io::Read as _;

use super::batch::{PM, PMM, batch, column, ends, input, json, listing, read, records};
use super::common::{folder, rolecall, run, stderr};

#[test]
fn columns_are_picked_and_the_input_left_out() {
    let (folder, path) = input("only", "in.csv", format!("id,text,name\n1,\"{PM}\",\"a,b\"\n2,\"{PMM}\",c\n"));
    let out = folder.join("out.csv");
    ends(&path, &out, &["--only", "--id-column", "id,name", "--columns", "pm_share,rolecall_label"], 0);
    let rows = records(&read(&out), b',');
    assert_eq!(rows[0], ["id", "name", "rolecall_pm_share", "rolecall_label"]);
    assert_eq!((rows[1][1].as_str(), rows[2][3].as_str()), ("a,b", "pmm"));
    let out = folder.join("out.jsonl");
    ends(&path, &out, &["--only", "--id-column", "name", "--columns", "label"], 0);
    assert_eq!(
        read(&out),
        "{\"name\":\"a,b\",\"rolecall_label\":\"pm\"}\n{\"name\":\"c\",\"rolecall_label\":\"pmm\"}\n"
    );
    // A single empty cell is a row.
    let out = folder.join("reason.csv");
    ends(&path, &out, &["--only", "--columns", "reason"], 0);
    assert_eq!(read(&out), "rolecall_reason\n\"\"\n\"\"\n");
    ends(&path, &out, &["--id-column", "id", "--columns", "label", "--force"], 0);
    assert_eq!(read(&out), "id,rolecall_label\n1,pm\n2,pmm\n");
}

#[test]
fn duplicate_names_are_numbered_in_json() {
    let (folder, path) = input("twice", "in.csv", format!("a,a,,text\n1,2,3,\"{PM}\"\n4\n"));
    let out = folder.join("out.jsonl");
    let messages = ends(&path, &out, &["--columns", "label"], 1);
    assert!(messages.contains("column 2 is named 'a_2' in the output"), "{messages}");
    let row = json(&read(&out));
    assert_eq!((&row["a"], &row["a_2"], &row["column_3"]), (&"1".into(), &"2".into(), &"3".into()));
}

#[test]
fn a_result_is_not_classified_again() {
    let (folder, path) = input("again", "in.csv", format!("id,text\n1,\"{PM}\"\n"));
    let (first, second) = (folder.join("first.csv"), folder.join("second.csv"));
    ends(&path, &first, &[], 0);
    let error = ends(&first, &second, &[], 2);
    assert!(error.contains("already has a column 'rolecall_label'"), "{error}");
    let hint = "rename it, drop it with --only, or leave the added one out with --columns";
    assert!(error.contains(hint), "{error}");
    ends(&first, &second, &["--only", "--columns", "label"], 0);
    assert_eq!(read(&second), "rolecall_label\npm\n");
    // Only columns that are added count.
    std::fs::write(&first, format!("rolecall_team,text\n1,\"{PM}\"\n")).expect("written");
    ends(&first, &second, &["--columns", "label", "--force"], 0);
    assert!(read(&second).starts_with("rolecall_team,text,rolecall_label\n1,"), "{}", read(&second));
    // A later object with such a field is one rejected row, but a table needs all columns at the start.
    let objects = folder.join("objects.jsonl");
    let lines = format!("{{\"text\":\"{PM}\"}}\n{{\"text\":\"{PM}\",\"rolecall_label\":\"pm\"}}\n");
    std::fs::write(&objects, lines).expect("written");
    ends(&objects, &folder.join("again.jsonl"), &["--columns", "label"], 1);
    let error = ends(&objects, &folder.join("again.csv"), &["--columns", "label"], 2);
    assert!(error.contains("already has a column 'rolecall_label'"), "{error}");
}

#[test]
fn formulas_are_escaped() {
    let (folder, path) = input("formula", "in.csv", format!("id,text\n=1+1,\"{PM}\"\n@x,\"{PMM}\"\n"));
    let out = folder.join("out.csv");
    ends(&path, &out, &[], 0);
    let rows = records(&read(&out), b',');
    // Input columns are unchanged.
    assert_eq!((rows[1][0].as_str(), rows[2][0].as_str()), ("=1+1", "@x"));
    for row in &rows[1..] {
        for cell in &row[2..] {
            assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']), "{cell}");
        }
    }
}

#[test]
fn excel_gets_a_byte_order_mark() {
    let (folder, path) = input("excel", "in.csv", format!("id,text\né,\"{PM}\"\n"));
    let out = folder.join("out.csv");
    ends(&path, &out, &["--excel", "--columns", "label"], 0);
    assert_eq!(read(&out), format!("\u{feff}id,text,rolecall_label\né,\"{PM}\",pm\n"));
    let error = ends(&path, &folder.join("out.jsonl"), &["--excel"], 2);
    assert!(error.contains("--excel is for CSV and TSV"), "{error}");
}

#[test]
fn nothing_is_overwritten_without_force() {
    let (folder, path) = input("force", "in.csv", format!("id,text\n1,\"{PM}\"\n2,a,b\n"));
    let out = folder.join("out.csv");
    std::fs::write(&out, "mine").expect("written");
    let error = ends(&path, &out, &[], 2);
    assert!(error.contains("out.csv: exists already; --force replaces it"), "{error}");
    assert_eq!(read(&out), "mine");
    ends(&path, &out, &["--force"], 1);
    assert_eq!(column(&read(&out), "id"), ["1"]);
    // Old rejects also need --force, and are removed if there are none now.
    std::fs::remove_file(&out).expect("removed");
    let error = ends(&path, &out, &[], 2);
    assert!(error.contains("out.csv.rejects.jsonl: exists already"), "{error}");
    std::fs::write(&path, format!("id,text\n1,\"{PM}\"\n")).expect("written");
    let error = ends(&path, &out, &[], 2);
    assert!(error.contains("out.csv.rejects.jsonl: exists already"), "{error}");
    ends(&path, &out, &["--force"], 0);
    assert_eq!(listing(&folder), ["in.csv", "out.csv"]);
    // A file of another kind in their place is not deleted.
    let notes = folder.join("notes.txt");
    std::fs::write(&notes, "mine").expect("written");
    ends(&path, &out, &["--force", "--rejects", notes.to_str().expect("UTF-8")], 0);
    assert_eq!(read(&notes), "mine");
}

#[test]
fn files_that_are_the_same_are_refused() {
    let text = format!("id,text\n1,\"{PM}\"\n");
    let (folder, path) = input("same", "in.csv", &text);
    let error = ends(&path, &path, &["--force"], 2);
    assert!(error.contains("is the input and cannot be the output too"), "{error}");
    // Hard links are recognized on Unix only.
    if cfg!(unix) {
        let link = folder.join("hard.csv");
        std::fs::hard_link(&path, &link).expect("a link");
        let error = ends(&path, &link, &["--force"], 2);
        assert!(error.contains("is the input"), "{error}");
    }
    let name = path.to_str().expect("UTF-8");
    let error = ends(&path, &folder.join("out.csv"), &["--force", "--rejects", name], 2);
    assert!(error.contains("is the input and cannot be the rejects too"), "{error}");
    let page = folder.join("out.html");
    let more = ["--output-format", "csv", "--report", page.to_str().expect("UTF-8")];
    let error = ends(&path, &page, &more, 2);
    assert!(error.contains("is the output and cannot be the report too"), "{error}");
    assert_eq!(read(&path), text);
}

#[test]
fn the_library_names_the_rejects_if_there_are_any() {
    use rolecall::batch::{Batch, Files, Source, Target};
    let batch = Batch::new(rolecall::Classifier::builtin().expect("a model"));
    for (cells, expected) in [("a", None), ("a,b", Some("out.csv.rejects.jsonl"))] {
        let (folder, path) = input("library-rejects", "in.csv", format!("id,text\n1,{cells}\n"));
        let target = Target::File(folder.join("out.csv"));
        let finished = batch.score_file(Source::File(path), target, &Files::default(), &mut ()).expect("scored");
        assert_eq!(finished.rejects, expected.map(|name| folder.join(name)), "{cells}");
    }
}

/// Input that makes a file once it is read, after all outputs were checked.
struct MakesFile<'a> {
    path: &'a std::path::Path,
    text: std::io::Cursor<String>,
}

impl std::io::Read for MakesFile<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.text.position() == 0 {
            std::fs::write(self.path, REJECT)?;
        }
        self.text.read(buffer)
    }
}

/// A rejects file of another run.
const REJECT: &str = "{\"row\":7}\n";

#[test]
fn rejects_that_appear_during_a_run_stay_without_force() {
    use rolecall::batch::{Batch, Files, Source, Target};
    let batch = Batch::new(rolecall::Classifier::builtin().expect("a model"));
    // Whether the output is a stream, the rejects are named, and files are replaced.
    for (name, stream, named, force, stay) in [
        ("beside the output", false, false, false, true),
        ("named", false, true, false, true),
        ("named, of a stream", true, true, false, true),
        ("beside the output, forced", false, false, true, false),
        ("named, of a stream, forced", true, true, true, false),
    ] {
        for (cells, has_rejects) in [("a", false), ("a,b", true)] {
            let folder = folder("batch-late-rejects");
            let (out, mut bytes) = (folder.join("out.csv"), Vec::new());
            let rejects = folder.join(if named { "aside.jsonl" } else { "out.csv.rejects.jsonl" });
            let mut files = Files::default();
            (files.rejects, files.force) = (named.then(|| rejects.clone()), force);
            let input = MakesFile { path: &rejects, text: std::io::Cursor::new(format!("id,text\n1,{cells}\n")) };
            let target = if stream { Target::Stream(&mut bytes) } else { Target::File(out.clone()) };
            let found = batch.score_file(Source::Stream(Box::new(input)), target, &files, &mut ());
            let kept = std::fs::read_to_string(&rejects).ok();
            assert_eq!(kept.as_deref() == Some(REJECT), stay, "{name}, {cells}: {kept:?}");
            assert_eq!(kept.is_some(), stay || has_rejects, "{name}, {cells}: {kept:?}");
            if stay && has_rejects {
                let error = found.expect_err(name).to_string();
                assert!(error.contains(".jsonl: exists already"), "{name}: {error}");
                assert!(!out.exists(), "{name}");
            } else {
                assert_eq!(found.expect(name).rejects.is_some(), has_rejects, "{name}");
            }
        }
    }
}

#[test]
fn rejects_go_to_the_given_file() {
    let (folder, path) = input("rejects", "in.csv", "id,text\n1,a,b\n");
    let (out, aside) = (folder.join("out.csv"), folder.join("aside.jsonl"));
    let messages = ends(&path, &out, &["--rejects", aside.to_str().expect("UTF-8")], 1);
    assert!(messages.contains("rejects: 1 (too_many_fields 1), in ") && messages.contains("aside.jsonl"), "{messages}");
    assert_eq!(json(&read(&aside))["raw"], "1,a,b\n");
    assert_eq!(listing(&folder), ["aside.jsonl", "in.csv", "out.csv"]);
}

#[test]
fn compressed_output_reads_back() {
    let mut text = "id,text,padding\n".to_owned();
    for row in 0..900 {
        text.push_str(&format!("{row},x,{}\n", "pad ".repeat(500)));
    }
    let (folder, path) = input("gzip", "in.csv", text);
    let (plain, packed) = (folder.join("out.csv"), folder.join("out.csv.gz"));
    ends(&path, &plain, &["--columns", "label"], 0);
    for jobs in ["1", "3"] {
        ends(&path, &packed, &["--columns", "label", "--force", "-j", jobs], 0);
        let mut unpacked = String::new();
        let bytes = std::fs::read(&packed).expect("written");
        flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_string(&mut unpacked).expect("gzip");
        assert_eq!(unpacked, read(&plain));
    }
    let error = ends(&path, &folder.join("out.csv.zst"), &[], 2);
    assert!(error.contains("or use .gz"), "{error}");
}

#[test]
fn an_unwritable_output_is_named() {
    let (folder, path) = input("unwritable", "in.csv", format!("id,text\n1,\"{PM}\"\n"));
    let error = ends(&path, &folder.join("none/out.csv"), &[], 2);
    assert!(error.contains("there is no folder"), "{error}");
    let error = ends(&path, &folder, &["--force"], 2);
    assert!(error.contains("is a directory"), "{error}");
    assert_eq!(listing(&folder), ["in.csv"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_and_a_read_only_folder() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, path) = input("full", "in.csv", format!("id,text\n1,\"{PM}\"\n"));
    let full = std::path::Path::new("/dev/full");
    // A table is cut off in its header, JSON Lines in the first row.
    for format in ["csv", "jsonl"] {
        let error = ends(&path, full, &["--output-format", format], 2);
        assert!(error.contains("/dev/full: cannot be written: No space left on device"), "{error}");
    }
    let error = ends(&path, &folder.join("out.csv"), &["--report", "/dev/full"], 2);
    assert!(error.contains("/dev/full: cannot be written"), "{error}");
    assert_eq!(listing(&folder), ["in.csv"], "without its report a run is not done");
    let result = rolecall()
        .args(["batch"])
        .arg(&path)
        .args(["-o", "-"])
        .stdout(std::fs::File::create(full).expect("full"))
        .output();
    let result = result.expect("the program runs");
    assert_eq!(result.status.code(), Some(2));
    let error = stderr(&result);
    assert!(error.contains("rolecall: standard output: cannot be written: No space left on device"), "{error}");
    let locked = folder.join("locked");
    std::fs::create_dir(&locked).expect("made");
    std::fs::set_permissions(&locked, PermissionsExt::from_mode(0o555)).expect("locked");
    // Whoever may write everywhere (root) is refused by the kernel's own folders only.
    let free = std::fs::write(locked.join("probe"), "").is_ok();
    let target = if free { "/proc/out.csv".into() } else { locked.join("out.csv") };
    let error = ends(&path, &target, &[], 2);
    assert!(error.contains("out.csv: cannot be written"), "{error}");
    std::fs::set_permissions(&locked, PermissionsExt::from_mode(0o755)).expect("unlocked");
}

#[cfg(unix)]
#[test]
fn devices_and_pipes_are_written_into() {
    use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
    let expected = format!("id,text,rolecall_label\n1,\"{PM}\",pm\n");
    let (folder, path) = input("devices", "in.csv", format!("id,text\n1,\"{PM}\"\n2,a,b\n"));
    let kind = |path: &std::path::Path| std::fs::symlink_metadata(path).expect("it is there").file_type();
    let (pipe, aside) = (folder.join("pipe"), folder.join("rejects"));
    for pipe in [&pipe, &aside] {
        assert!(std::process::Command::new("mkfifo").arg(pipe).status().expect("mkfifo runs").success());
    }
    let readers: Vec<_> =
        [&pipe, &aside].map(Clone::clone).into_iter().map(|pipe| std::thread::spawn(move || read(&pipe))).collect();
    let more = ["--columns", "label", "--output-format", "csv", "--force", "--rejects", aside.to_str().expect("UTF-8")];
    ends(&path, &pipe, &more, 1);
    let texts: Vec<_> = readers.into_iter().map(|reader| reader.join().expect("read")).collect();
    assert_eq!(texts[0], expected);
    assert_eq!(json(&texts[1])["raw"], "2,a,b\n");
    let null = std::path::Path::new("/dev/null");
    ends(&path, null, &["--force", "--rejects", "/dev/null", "--report", "/dev/null"], 1);
    // Without rejects an old rejects file is removed, but never a device or pipe.
    std::fs::write(&path, format!("id,text\n1,\"{PM}\"\n")).expect("written");
    ends(&path, null, &["--force", "--rejects", "/dev/null"], 0);
    assert!(kind(null).is_char_device() && kind(&pipe).is_fifo() && kind(&aside).is_fifo());
    // Redirected to a file, /dev/stdout is that file as it is open, not its name.
    let out = folder.join("out.csv");
    std::fs::write(&out, "before\n").expect("written");
    std::fs::set_permissions(&out, std::fs::Permissions::from_mode(0o604)).expect("its mode");
    let file = std::fs::OpenOptions::new().append(true).open(&out).expect("opened");
    let mut command = rolecall();
    command.arg("batch").arg(&path).args(["-o", "/dev/stdout", "-q", "--columns", "label"]).current_dir(&folder);
    assert!(command.stdout(file).status().expect("runs").success());
    assert_eq!(read(&out), format!("before\n{expected}"));
    // A file that is replaced passes its mode on, and a link to it stays a link.
    let link = folder.join("link.csv");
    std::os::unix::fs::symlink("out.csv", &link).expect("linked");
    ends(&path, &link, &["--force", "--columns", "label"], 0);
    assert_eq!(read(&out), expected);
    assert_eq!(std::fs::metadata(&out).expect("written").permissions().mode() & 0o777, 0o604);
    assert!(kind(&link).is_symlink());
    assert_eq!(listing(&folder), ["in.csv", "link.csv", "out.csv", "pipe", "rejects"]);
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_no_error() {
    let mut text = "id,text,padding\n".to_owned();
    for row in 0..2000 {
        text.push_str(&format!("{row},\"{}\",{}\n", super::batch::NURSE, "x".repeat(2000)));
    }
    let (folder, path) = input("closed", "in.csv", text);
    let mut child = rolecall()
        .arg("batch")
        .arg(&path)
        .args(["-o", "-", "--columns", "label"])
        .current_dir(&folder)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("starts");
    let mut first = [0; 20];
    let mut out = child.stdout.take().expect("piped");
    out.read_exact(&mut first).expect("some output");
    drop(out);
    let result = child.wait_with_output().expect("ends");
    assert_eq!(result.status.code(), Some(0), "{}", stderr(&result));
    assert!(!stderr(&result).contains("written"), "{}", stderr(&result));
    assert_eq!(listing(&folder), ["in.csv"]);
}

#[test]
fn rejects_of_a_stream_go_to_the_current_folder() {
    let folder = folder("batch-stream-rejects");
    let (_, path) = input("stream-input", "in.csv", "id,text\n1,a,b\n2,c\n");
    let output =
        rolecall().arg("batch").arg(&path).args(["-o", "-", "--columns", "label"]).current_dir(&folder).output();
    let output = output.expect("runs");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "id,text,rolecall_label\n2,c,unclear\n");
    assert_eq!(listing(&folder), ["in.csv.rejects.jsonl"]);
    let again = rolecall().arg("batch").arg(&path).args(["-o", "-"]).current_dir(&folder).output().expect("runs");
    assert_eq!(again.status.code(), Some(1), "the rejects of a stream are replaced");
    if cfg!(unix) {
        std::fs::remove_file(folder.join("in.csv.rejects.jsonl")).expect("removed");
        let device = rolecall().arg("batch").arg(&path).args(["-o", "/dev/null"]).current_dir(&folder).output();
        assert_eq!(device.expect("runs").status.code(), Some(1));
        assert_eq!(listing(&folder), ["in.csv.rejects.jsonl"], "a device is a stream");
    }
}

#[test]
fn help_and_quiet() {
    let help = run(&["batch", "--help"], b"");
    assert_eq!(help.status.code(), Some(0));
    let help = super::common::stdout(&help);
    for option in ["--text-column", "--group-by", "--id-column", "--encoding", "--strict", "Exit codes"] {
        assert!(help.contains(option), "{option}");
    }
    let (folder, path) = input("quiet", "in.csv", format!("text\n\"{PM}\"\nx,y\n"));
    let result = batch(&path, &folder.join("out.csv"), &["--quiet"]);
    assert_eq!((result.status.code(), stderr(&result).as_str()), (Some(1), ""));
}
