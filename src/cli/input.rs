//! Reading one posting.

use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::output::message;

/// Reads a posting from a file, or from standard input for `-`.
pub(super) fn read_posting(path: &Path) -> Result<String> {
    if path.as_os_str() == "-" {
        return read_stdin();
    }
    if path.is_dir() {
        bail!("{}: is a directory, not a posting", path.display());
    }
    let bytes = std::fs::read(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    Ok(decode(bytes, &path.display().to_string()))
}

/// Reads a posting from standard input, after a prompt on a terminal.
pub(super) fn prompt_for_posting() -> Result<String> {
    if io::stdin().is_terminal() {
        let end = if cfg!(windows) { "Ctrl-Z and Enter" } else { "Ctrl-D" };
        let _ = writeln!(io::stderr(), "Paste the posting, then press {end}:");
    }
    read_stdin()
}

fn read_stdin() -> Result<String> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes).context("standard input: cannot be read")?;
    Ok(decode(bytes, "standard input"))
}

fn decode(bytes: Vec<u8>, name: &str) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| {
        let at = error.utf8_error().valid_up_to();
        message(&format!("{name}: byte {at}: not UTF-8; invalid bytes are replaced"));
        String::from_utf8_lossy(error.as_bytes()).into_owned()
    })
}
