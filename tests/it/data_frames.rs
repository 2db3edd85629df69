//! Data frames as pandas writes them, read by `rolecall batch`.
//!
//! Without pandas the test says that it was skipped. `ROLECALL_PYTHON` names the Python to
//! use.

use std::io::Write as _;
use std::process::Command;

use super::common::folder;

#[test]
fn every_form_of_a_data_frame_is_read() {
    let python = std::env::var("ROLECALL_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pandas/frames.py");
    let folder = folder("data-frames");
    let output = Command::new(&python).arg(script).arg(env!("CARGO_BIN_EXE_rolecall")).arg(&folder).output();
    let skipped = match &output {
        Ok(output) => output.status.code() == Some(77),
        Err(_) => true,
    };
    if skipped {
        // Past the capture of the test harness: a skipped test must not look like one that ran.
        let _ =
            writeln!(std::io::stderr(), "test data_frames skipped: no pandas; ROLECALL_PYTHON names another Python");
        return;
    }
    let output = output.expect("python runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    eprint!("{said}");
}
