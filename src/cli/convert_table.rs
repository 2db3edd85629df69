//! The process that reads a workbook or Parquet file for another process of this program, so that what the
//! file does to it ends there. Its memory and time are limited by the system, where it can: on Linux.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use rolecall::table::convert::{self, Arguments, EXPECTED};

use super::output::message;

/// Runs if the program was started as such a process.
pub(super) fn main() -> Option<ExitCode> {
    let mut given = std::env::args_os().skip(1);
    if given.next()? != convert::COMMAND {
        return None;
    }
    let Some(arguments) = Arguments::parse(given) else {
        message("convert-table is not a command for users");
        return Some(ExitCode::from(2));
    };
    Some(match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{}", serde_json::Value::from(error.to_string()));
            ExitCode::from(EXPECTED)
        }
    })
}

fn run(arguments: &Arguments) -> Result<()> {
    let file = standard_input()?;
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        end_with_reader()?;
        confine(arguments);
    }
    let mut out = io::BufWriter::with_capacity(64 << 10, io::stdout().lock());
    Ok(convert::run(arguments, file, &mut out)?)
}

/// Ends this process when nobody reads its standard output any more, also while it writes nothing.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn end_with_reader() -> Result<()> {
    use rustix::event::{PollFd, PollFlags, poll};
    let out = rustix::stdio::stdout();
    // Its end is reported whatever is asked for.
    let is_read = move || poll(&mut [PollFd::new(&out, PollFlags::empty())], None) == Err(rustix::io::Errno::INTR);
    let (started, wait) = std::sync::mpsc::channel();
    std::thread::Builder::new().stack_size(64 << 10).spawn(move || {
        // What the thread takes must be there before the memory is limited.
        let _ = started.send(());
        while is_read() {}
        std::process::exit(1);
    })?;
    Ok(wait.recv()?)
}

/// Standard input as the file that it is.
fn standard_input() -> io::Result<File> {
    #[cfg(unix)]
    let file = std::os::fd::AsFd::as_fd(&io::stdin()).try_clone_to_owned()?;
    #[cfg(windows)]
    let file = std::os::windows::io::AsHandle::as_handle(&io::stdin()).try_clone_to_owned()?;
    Ok(file.into())
}

/// Limits the memory of this process to what it may take more than it has, and its time. No core of it is kept.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn confine(arguments: &Arguments) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = |resource, current: u64, maximum: u64| {
        let least = |given: Option<u64>, most: u64| Some(given.map_or(most, |given| given.min(most)));
        let given = getrlimit(resource);
        let limit = Rlimit { current: least(given.current, current), maximum: least(given.maximum, maximum) };
        // Without the limit the file is read all the same.
        let _ = setrlimit(resource, limit);
    };
    if let Some(used) = super::memory_limit::used("VmSize:") {
        let most = used + arguments.max_memory as u64;
        limit(Resource::As, most, most);
    }
    // The second limit ends the process without a word.
    limit(Resource::Cpu, arguments.seconds, arguments.seconds + 5);
    limit(Resource::Core, 0, 0);
}

/// This program, to be started as such a process.
pub(super) fn own_program() -> PathBuf {
    if cfg!(target_os = "linux") {
        // Is there, and of this version, when the file was deleted or replaced.
        PathBuf::from("/proc/self/exe")
    } else {
        // By its name, if its place is not known.
        std::env::current_exe().unwrap_or_else(|_| "rolecall".into())
    }
}
