//! Standard streams that were closed when the program started (`<&-`, `>&-`). Rust's runtime opens the
//! null device in their place before `main`, where results would be lost without an error.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use rolecall::output_file::descriptor_of;

/// By number of the descriptor.
static CLOSED: [AtomicBool; 2] = [AtomicBool::new(false), AtomicBool::new(false)];

/// Runs before Rust's runtime starts.
#[cfg(any(target_os = "linux", target_os = "macos"))]
#[ctor::ctor]
fn look_at_streams() {
    use rustix::io::{Errno, fcntl_getfd};
    let states = [fcntl_getfd(rustix::stdio::stdin()), fcntl_getfd(rustix::stdio::stdout())];
    for (closed, state) in CLOSED.iter().zip(states) {
        closed.store(state == Err(Errno::BADF), Ordering::Relaxed);
    }
}

/// # Errors
///
/// Standard input was closed.
pub(super) fn require_stdin() -> io::Result<()> {
    require(0, "input")
}

/// # Errors
///
/// Standard output was closed.
pub(super) fn require_stdout() -> io::Result<()> {
    require(1, "output")
}

/// Checks an input that is standard input: `-`, `/dev/stdin` or a link to it.
///
/// # Errors
///
/// Standard input was closed.
pub(super) fn require_input(path: &Path) -> io::Result<()> {
    if is(path, 0) { require_stdin() } else { Ok(()) }
}

/// Checks an output that is standard output, as [`require_input`] does.
///
/// # Errors
///
/// Standard output was closed.
pub(super) fn require_output(path: &Path) -> io::Result<()> {
    if is(path, 1) { require_stdout() } else { Ok(()) }
}

fn is(path: &Path, number: u32) -> bool {
    path.as_os_str() == "-" || descriptor_of(path) == Some(number)
}

fn require(number: usize, name: &str) -> io::Result<()> {
    if CLOSED[number].load(Ordering::Relaxed) {
        return Err(io::Error::other(format!("standard {name}: is closed")));
    }
    Ok(())
}
