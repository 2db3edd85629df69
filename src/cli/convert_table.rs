//! The process that reads a workbook or Parquet file for another process of this program, so that what the
//! file does to it ends there. Its memory and time are limited by the system, where it can: on Linux.

use std::fs::File;
use std::io::{self, Write as _};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use rolecall::table::convert::{self, Arguments, EXPECTED};

/// Runs if the program was started as such a process.
pub(super) fn main() -> Option<ExitCode> {
    let mut given = std::env::args_os().skip(1);
    if given.next()? != convert::COMMAND {
        return None;
    }
    Some(match run(Arguments::parse(given)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::from(EXPECTED)
        }
    })
}

fn run(arguments: Option<Arguments>) -> Result<()> {
    let arguments = arguments.context("is not a command for users")?;
    let file = standard_input()?;
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    confine(arguments.max_memory as u64, file.metadata()?.len());
    let mut out = io::BufWriter::with_capacity(64 << 10, io::stdout().lock());
    Ok(convert::run(&arguments, file, &mut out)?)
}

/// Standard input as the file that it is.
fn standard_input() -> io::Result<File> {
    #[cfg(unix)]
    let file = std::os::fd::AsFd::as_fd(&io::stdin()).try_clone_to_owned()?;
    #[cfg(windows)]
    let file = std::os::windows::io::AsHandle::as_handle(&io::stdin()).try_clone_to_owned()?;
    Ok(file.into())
}

/// Limits this process to `memory` bytes more than it has, and its time to that of a large file of `length`
/// bytes. No core of it is kept.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn confine(memory: u64, length: u64) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = |resource, current: u64, maximum: u64| {
        let least = |given: Option<u64>, most: u64| Some(given.map_or(most, |given| given.min(most)));
        let given = getrlimit(resource);
        let limit = Rlimit { current: least(given.current, current), maximum: least(given.maximum, maximum) };
        // Without the limit the file is read all the same.
        let _ = setrlimit(resource, limit);
    };
    if let Some(used) = super::memory_limit::used("VmSize:") {
        limit(Resource::As, used + memory, used + memory);
    }
    // The second limit ends the process without a word.
    let seconds = 20 + (length >> 20);
    limit(Resource::Cpu, seconds, seconds + 5);
    limit(Resource::Core, 0, 0);
}
