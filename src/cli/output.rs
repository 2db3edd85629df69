//! Results on standard output, messages on standard error.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anstream::AutoStream;
use anyhow::{Context, Result};
use rolecall::explain::sanitize;

use super::Outcome;
use super::closed_streams::{require_output, require_stdout};

/// Standard output, buffered, with its name in errors.
pub(super) fn stdout() -> io::Result<BufWriter<Stdout>> {
    require_stdout()?;
    Ok(BufWriter::new(Stdout(io::stdout().lock())))
}

/// Standard output, with its name in errors.
pub(super) struct Stdout(io::StdoutLock<'static>);

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(|error| named(&error))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(|error| named(&error))
    }
}

fn named(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("standard output: cannot be written: {error}"))
}

/// Writes a result to `path`, or to standard output for `None`.
pub(super) fn write_result(path: Option<&Path>, bytes: &[u8]) -> Result<()> {
    if let Some(path) = path {
        return write_whole(path, bytes);
    }
    require_stdout()?;
    // `Page` has decided on color; old Windows consoles need escape sequences translated.
    let mut out = AutoStream::always(io::stdout().lock());
    Ok(out.write_all(bytes).and_then(|()| out.flush()).map_err(|error| named(&error))?)
}

/// Prints the help or the version.
pub(super) fn print_help(help: &clap::Error) -> io::Result<()> {
    require_stdout()?;
    help.print().and_then(|()| io::stdout().flush()).map_err(|error| named(&error))
}

/// Writes files or, with `check`, compares them with the existing ones. `command` is the one that
/// brings them up to date.
pub(super) fn write_or_check(files: &[(PathBuf, Vec<u8>)], check: bool, command: &str) -> Result<Outcome> {
    let mut outcome = Outcome::Done;
    for (path, bytes) in files {
        if !check {
            write_whole(path, bytes)?;
        } else if std::fs::read(path).with_context(|| path.display().to_string())? != *bytes {
            message(&format!("{}: out of date; run '{command}'", path.display()));
            outcome = Outcome::Incomplete;
        }
    }
    Ok(outcome)
}

/// Writes a message of one line to standard error; ignores errors. Names of files and columns may
/// hold anything, so line breaks and characters that act on a terminal are shown as symbols.
pub(super) fn message(text: &str) {
    let line = sanitize::for_terminal(text).replace(['\n', '\t'], "\u{2424}");
    let _ = writeln!(io::stderr(), "rolecall: {line}");
}

/// The messages of an error and its causes. A library error's message includes those of its causes.
pub(super) fn one_line(error: &anyhow::Error) -> String {
    let mut messages = Vec::new();
    for cause in error.chain() {
        messages.push(cause.to_string());
        if cause.is::<rolecall::Error>() {
            break;
        }
    }
    messages.join(": ")
}

/// Whether an error means that the reader of the output has closed it.
pub(super) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<rolecall::Error>().is_some_and(|error| error.kind() == rolecall::ErrorKind::Closed)
            || cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
            || cause
                .downcast_ref::<serde_json::Error>()
                .is_some_and(|error| error.io_error_kind() == Some(io::ErrorKind::BrokenPipe))
    })
}

/// Writes `bytes` to `path` atomically.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    require_output(path)?;
    rolecall::output_file::write(path, bytes).with_context(|| format!("{}: cannot be written", path.display()))
}
