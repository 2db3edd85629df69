//! Reading one posting.

use std::io::{self, IsTerminal, Read as _, Write};
use std::path::Path;

use anyhow::{Context, Result};
use rolecall::{Document, Span};
use serde_json::Value;

use super::closed_streams::{require_input, require_stdin};
use super::memory_limit;
use super::output::message;

/// Maximum number of bytes of a line that a terminal passes on; the rest is dropped.
const TERMINAL_LINE: usize = if cfg!(target_os = "linux") { 4095 } else { 1023 };

/// How the posting is encoded.
#[derive(clap::Args)]
pub(super) struct EncodingArgs {
    /// Character encoding of the input, such as utf-8, utf-16 or windows-1252; detected by default
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
}

impl EncodingArgs {
    /// Reads a posting from a file, or from standard input for `-`.
    pub(super) fn read(&self, path: &Path) -> Result<Document> {
        if path.as_os_str() == "-" {
            return self.read_stdin();
        }
        require_input(path)?;
        let name = path.display().to_string();
        // Decoding takes memory, too. The size of a named pipe, or of what is compressed, is known only
        // afterwards.
        require_memory(std::fs::metadata(path).map_or(0, |found| found.len()), &name)?;
        checked(Document::open(path, self.encoding.as_deref())?, &name)
    }

    /// Reads a posting from standard input, after a prompt on a terminal.
    pub(super) fn prompt(&self) -> Result<Document> {
        let terminal = io::stdin().is_terminal();
        if terminal {
            let end = if cfg!(windows) { "Ctrl-Z and Enter" } else { "Ctrl-D" };
            let _ = writeln!(io::stderr(), "Paste the posting, then press {end}:");
        }
        let document = self.read_stdin()?;
        if terminal && let Some(line) = cut_line(document.text()) {
            message(&format!(
                "line {line} has {TERMINAL_LINE} bytes, the most that a terminal passes on; if its end is missing, \
                 give the posting as a file"
            ));
        }
        Ok(document)
    }

    fn read_stdin(&self) -> Result<Document> {
        let name = "standard input";
        require_stdin()?;
        // Decoding takes memory, too, so it starts when the size is known.
        let mut bytes = Vec::new();
        io::stdin().take(Document::MAX_BYTES + 1).read_to_end(&mut bytes).with_context(|| name)?;
        require_memory(bytes.len() as u64, name)?;
        checked(Document::read(&bytes[..], self.encoding.as_deref()).with_context(|| name)?, name)
    }
}

/// Checks that a posting of `bytes` fits in memory.
fn require_memory(bytes: u64, name: &str) -> Result<()> {
    memory_limit::require(memory_limit::for_posting(bytes), "; give a shorter posting").with_context(|| name.to_owned())
}

/// Checks that the document fits in memory, and shows what is to be said about it.
fn checked(document: Document, name: &str) -> Result<Document> {
    require_memory(document.text().len() as u64, name)?;
    for note in document.notes() {
        message(&format!("{name}: {note}"));
    }
    Ok(document)
}

/// The number, from 1, of the first line that a terminal may have cut.
fn cut_line(text: &str) -> Option<usize> {
    text.lines().position(|line| line.len() == TERMINAL_LINE).map(|at| at + 1)
}

/// Replaces all offsets in `json`, which are into the text, by offsets into the file.
pub(super) fn offsets_in_file(json: &mut Value, document: &Document) {
    match json {
        Value::Object(fields) => {
            for (start, end) in [("start", "end"), ("line_start", "line_end")] {
                let offset = |name| fields.get(name).and_then(Value::as_u64);
                if let (Some(from), Some(to)) = (offset(start), offset(end)) {
                    let span = document.in_file(Span::new(from as usize, to as usize));
                    fields.insert(start.to_owned(), span.start.into());
                    fields.insert(end.to_owned(), span.end.into());
                }
            }
            fields.values_mut().for_each(|value| offsets_in_file(value, document));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| offsets_in_file(value, document)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_at_the_limit_of_a_terminal_are_found() {
        let line = |length| "x".repeat(length);
        assert_eq!(cut_line(&format!("short\n{}\nshort", line(TERMINAL_LINE))), Some(2));
        assert_eq!(cut_line(&format!("{}\n{}", line(TERMINAL_LINE - 1), line(TERMINAL_LINE + 1))), None);
    }
}
