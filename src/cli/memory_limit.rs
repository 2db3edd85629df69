//! Ends a command with a message where a limit on memory (`ulimit -v` or `-d`) leaves it too little,
//! since an allocation that fails would abort the program.

use anyhow::{Result, bail};

/// What a command needs besides postings and tables, in bytes. A posting of maximum size in UTF-8 can be
/// read in it, as the size of what is compressed or comes from a named pipe is known only afterwards.
pub(super) const COMMAND: u64 = 192 << 20;

/// What training, counting and calibrating need, in bytes.
pub(super) const TRAINING: u64 = 1 << 30;

/// What a thread may need besides the rows in progress, in bytes: its stack, and the longest text that
/// is read.
pub(super) const THREAD: u64 = 24 << 20;

/// What a posting of this many bytes may need with its views: for each byte, and for each of the words
/// that are read, which may be as short as two bytes. The most that was measured.
pub(super) fn for_posting(bytes: u64) -> u64 {
    let read = (500 * bytes).min(64 << 20);
    COMMAND + 40 * bytes + read
}

/// Checks that the limits on memory leave `bytes`, which the command may need.
///
/// # Errors
///
/// They leave less. `hint` says how the command needs less.
pub(super) fn require(bytes: u64, hint: &str) -> Result<()> {
    if let Some(left) = left()
        && left < bytes
    {
        let megabytes = |bytes: u64| bytes.div_ceil(1 << 20);
        bail!("may need {} MB of memory, but the limit (ulimit) leaves {} MB{hint}", megabytes(bytes), left >> 20);
    }
    Ok(())
}

/// What the limits on memory leave this process, in bytes; `None` without a limit.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn left() -> Option<u64> {
    use rustix::process::{Resource, getrlimit};
    let left = |resource, name: &str| Some(getrlimit(resource).current?.saturating_sub(used(name).unwrap_or(0)));
    [left(Resource::As, "VmSize:"), left(Resource::Data, "VmData:")].into_iter().flatten().min()
}

/// A size in bytes from the state of this process, whose lines are such as `VmSize: 123456 kB`.
#[cfg(any(target_os = "linux", target_os = "macos"))]
pub(super) fn used(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let size = status.lines().find_map(|line| line.strip_prefix(name))?;
    Some(size.split_whitespace().next()?.parse::<u64>().ok()? << 10)
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn left() -> Option<u64> {
    None
}
