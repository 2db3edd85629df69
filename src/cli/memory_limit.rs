//! Ends a command with a message where a limit on memory (`ulimit -v` or `-d`) leaves it too little,
//! since an allocation that fails would abort the program.

use anyhow::{Result, bail};

/// What a command needs besides postings and tables, in bytes.
pub(super) const COMMAND: u64 = 64 << 20;

/// What training, counting and calibrating need, in bytes.
pub(super) const TRAINING: u64 = 1 << 30;

/// What a posting may need with its views, in multiples of its size: the most that was measured, on a
/// page of lines of one letter.
pub(super) const PER_POSTING_BYTE: u64 = 300;

/// What a thread may need besides the rows in progress, in bytes: its stack, and the longest text that
/// is read.
pub(super) const THREAD: u64 = 24 << 20;

/// # Errors
///
/// A limit on memory leaves less than `bytes`, which the command may need. `hint` says how it needs
/// less.
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
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let used = |name: &str| -> Option<u64> {
        // A line such as `VmSize: 123456 kB`.
        let size = status.lines().find_map(|line| line.strip_prefix(name))?;
        Some(size.split_whitespace().next()?.parse::<u64>().ok()? << 10)
    };
    let left = |limit, used: Option<u64>| getrlimit(limit).current.map(|limit| limit.saturating_sub(used.unwrap_or(0)));
    [left(Resource::As, used("VmSize:")), left(Resource::Data, used("VmData:"))].into_iter().flatten().min()
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn left() -> Option<u64> {
    None
}
