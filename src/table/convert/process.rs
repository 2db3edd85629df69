//! The process that converts a table: how it is started, and how it ended.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use super::super::source::{Bytes, read_error};
use crate::error::{Error, ErrorKind};
use crate::read::kind::FileKind;

/// The first argument of the process. It is not in the help, as it is not for users.
pub const COMMAND: &str = "convert-table";

/// What a process is told by its arguments.
#[derive(Debug, PartialEq, Eq)]
pub struct Arguments {
    pub(super) kind: FileKind,
    /// Maximum memory in bytes.
    pub max_memory: usize,
    /// Maximum processor time in seconds.
    pub seconds: u64,
    pub(super) sheet: Option<String>,
}

const KINDS: [(&str, FileKind); 3] = [("xlsx", FileKind::Xlsx), ("ods", FileKind::Ods), ("parquet", FileKind::Parquet)];

impl Arguments {
    /// Reads them after [`COMMAND`]; `None` if they are others.
    pub fn parse(mut given: impl Iterator<Item = OsString>) -> Option<Self> {
        let mut next = || given.next()?.into_string().ok();
        let name = next()?;
        let (_, kind) = KINDS.into_iter().find(|(known, _)| *known == name)?;
        Some(Self { kind, max_memory: next()?.parse().ok()?, seconds: next()?.parse().ok()?, sheet: next() })
    }

    fn write(&self) -> impl Iterator<Item = String> {
        let kind = KINDS.iter().find(|(_, kind)| *kind == self.kind).map_or("", |(name, _)| name);
        let numbers = [self.max_memory.to_string(), self.seconds.to_string()];
        [COMMAND.to_owned(), kind.to_owned()].into_iter().chain(numbers).chain(self.sheet.clone())
    }
}

/// Starts `program` to convert `file`. Gives the table and a note.
///
/// # Errors
/// It cannot be started, or it found an error before the first row.
pub(super) fn start(program: &Path, file: File, arguments: &Arguments) -> Result<(Bytes<'static>, String), Error> {
    let mut command = Command::new(program);
    command.args(arguments.write()).stdin(file).stdout(Stdio::piped()).stderr(Stdio::piped());
    // An interrupt at the terminal is for this process, which ends the other.
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        command.process_group(0).arg0("rolecall");
    }
    let mut child = command.spawn().map_err(|error| {
        Error::new(ErrorKind::Io, format!("the process that reads it cannot be started: {error}")).cause(error)
    })?;
    let out = child.stdout.take().map(BufReader::new);
    let mut rows = Rows { child: Some(child), out, max_memory: arguments.max_memory };
    let mut line = Vec::new();
    if let Some(out) = &mut rows.out {
        out.take(MAX_MESSAGE).read_until(b'\n', &mut line).map_err(read_error)?;
    }
    match serde_json::from_slice(&line) {
        Ok(note) => Ok((Box::new(rows), note)),
        Err(error) => {
            rows.end()?;
            Err(Error::new(ErrorKind::Io, "the process that reads it gave nothing").cause(error))
        }
    }
}

/// The table that a process writes.
struct Rows {
    /// `None` when it has ended.
    child: Option<Child>,
    /// `None` when its end was seen.
    out: Option<BufReader<ChildStdout>>,
    max_memory: usize,
}

impl Rows {
    /// Waits for the end of the process.
    ///
    /// # Errors
    /// It did not end well.
    fn end(&mut self) -> Result<(), Error> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        // Without a reader it cannot wait to write.
        self.out = None;
        let mut text = Vec::new();
        if let Some(messages) = child.stderr.take() {
            messages.take(MAX_MESSAGE).read_to_end(&mut text).map_err(read_error)?;
        }
        let status = child.wait().map_err(read_error)?;
        if status.success() {
            return Ok(());
        }
        Err(failure(status, &String::from_utf8_lossy(&text), self.max_memory))
    }
}

/// The error of a process that ended with `status` and this text on standard error.
fn failure(status: ExitStatus, text: &str, max_memory: usize) -> Error {
    let error = |message: String, hint: &str| Error::new(ErrorKind::Input, message).hint(hint.to_owned());
    // The first of these is of the standard library, which then aborts, the second of decoders.
    if text.contains("memory allocation of") || text.contains("out of memory") {
        let message = format!("takes more than {} MB of memory to read", max_memory >> 20);
        return error(message, "raise --max-memory, or save it as CSV and read that");
    }
    if status.code() == Some(EXPECTED.into()) {
        return Error::new(ErrorKind::Input, serde_json::from_str(text).unwrap_or_else(|_| text.to_owned()));
    }
    match signal(status) {
        Some(SIGXCPU) => error("takes too long to read for its size".to_owned(), "save it as CSV and read that"),
        Some(SIGKILL | SIGTERM) => {
            Error::new(ErrorKind::Io, format!("the process that reads it was ended from outside ({status})"))
        }
        _ => error(format!("is damaged: reading it ended with {status}"), "save it as CSV and read that"),
    }
}

/// Maximum number of bytes of a note or message.
const MAX_MESSAGE: u64 = 64 << 10;

/// The same on Linux and macOS.
const SIGKILL: i32 = 9;
const SIGTERM: i32 = 15;
const SIGXCPU: i32 = 24;

/// Exit code of the process after an error that it has described, as a string in JSON.
pub const EXPECTED: u8 = 2;

/// The signal that ended a process.
#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal(_: ExitStatus) -> Option<i32> {
    None
}

impl Read for Rows {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(out) = &mut self.out else { return Ok(0) };
        let read = out.read(buffer)?;
        if read == 0 && !buffer.is_empty() {
            self.end().map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        }
        Ok(read)
    }
}

impl Drop for Rows {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_read_as_they_are_written() {
        for sheet in [None, Some("Jobs 1".to_owned())] {
            for (_, kind) in KINDS {
                let arguments = Arguments { kind, max_memory: 5, seconds: 20, sheet: sheet.clone() };
                let written: Vec<_> = arguments.write().map(OsString::from).collect();
                assert_eq!(written[0], COMMAND);
                assert_eq!(Arguments::parse(written.into_iter().skip(1)), Some(arguments));
            }
        }
        for given in [&["csv", "5", "6"][..], &["xlsx"], &["xlsx", "much", "6"], &["xlsx", "5"], &[]] {
            assert_eq!(Arguments::parse(given.iter().map(OsString::from)), None, "{given:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_end_of_a_process_is_explained() {
        use std::os::unix::process::ExitStatusExt as _;
        let table = [
            (2 << 8, "\"has no sheet 'a\\nb'\"", "has no sheet 'a\nb'"),
            (2 << 8, "\"damaged: out of memory\"", "takes more than 7 MB of memory to read (raise"),
            (9, "", "the process that reads it was ended from outside (signal: 9 (SIGKILL))"),
            (6, "memory allocation of 9 bytes failed\n", "takes more than 7 MB of memory to read (raise"),
            (24, "", "takes too long to read for its size (save"),
            (11, "", "is damaged: reading it ended with signal: 11 (SIGSEGV)"),
        ];
        for (status, text, expected) in table {
            let message = failure(ExitStatus::from_raw(status), text, 7 << 20).to_string();
            assert!(message.starts_with(expected), "{message}");
        }
    }
}
