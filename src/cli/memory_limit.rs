//! Ends a command with a message where a limit on memory (`ulimit -v` or `-d`) leaves it too little,
//! since an allocation that fails would abort the program.

use anyhow::{Result, bail};

/// What a command needs beside its input, in bytes.
const COMMAND: u64 = 64 << 20;

/// What training, counting and calibrating need, in bytes.
const TRAINING: u64 = 1 << 30;

/// What a thread needs for its stack and its buffers, in bytes.
const THREAD: u64 = 4 << 20;

/// What a posting of the shortest lines needs, with its views, in multiples of its size.
const PER_BYTE: u64 = 430;

/// # Errors
///
/// A limit on memory leaves less than `COMMAND`.
pub(super) fn require_for_command() -> Result<()> {
    require(COMMAND, "")
}

/// # Errors
///
/// A limit on memory leaves less than `TRAINING`.
pub(super) fn require_for_training() -> Result<()> {
    require(TRAINING, "")
}

/// # Errors
///
/// A limit on memory leaves less than a posting of `bytes` needs.
pub(super) fn require_for_posting(bytes: usize) -> Result<()> {
    require(COMMAND + PER_BYTE * bytes as u64, "; give a shorter posting")
}

/// # Errors
///
/// A limit on memory leaves less than a table needs whose rows in progress take `max_memory` bytes.
/// `jobs` threads classify them, by default one per core.
pub(super) fn require_for_table(max_memory: usize, jobs: Option<usize>) -> Result<()> {
    let jobs = jobs.or_else(|| Some(std::thread::available_parallelism().ok()?.get())).unwrap_or(1);
    require(COMMAND + max_memory as u64 + THREAD * jobs as u64, "; lower --max-memory or --jobs")
}

fn require(bytes: u64, hint: &str) -> Result<()> {
    if let Some(left) = left()
        && left < bytes
    {
        let megabytes = |bytes: u64| bytes.div_ceil(1 << 20);
        bail!("needs {} MB of memory, and the limit (ulimit) leaves {} MB{hint}", megabytes(bytes), left >> 20);
    }
    Ok(())
}

/// What the limits on memory leave this process, in bytes; none where there is no limit.
#[cfg(unix)]
fn left() -> Option<u64> {
    use rustix::process::{Resource, getrlimit};
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let used = |name: &str| -> Option<u64> {
        // A line such as `VmSize: 123456 kB`.
        let size = status.lines().find_map(|line| line.strip_prefix(name))?;
        Some(size.split_whitespace().next()?.parse::<u64>().ok()? << 10)
    };
    let left = |limit, used: Option<u64>| getrlimit(limit).current.map(|limit| limit.saturating_sub(used.unwrap_or(0)));
    [left(Resource::As, used("VmSize:")), left(Resource::Data, used("VmData:"))].into_iter().flatten().min()
}

#[cfg(not(unix))]
fn left() -> Option<u64> {
    None
}
