//! `rolecall classify --brief`: one line per posting, for scripts.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use rolecall::explain::sanitize;
use rolecall::{Classifier, Scratch};

use super::Outcome;
use super::input::EncodingArgs;
use super::output::{message, one_line};

/// Writes one tab-separated line per posting to `out`: label, confidence, title and, for several
/// postings, the file. Of several, those that cannot be read are reported and skipped. Without
/// files, the posting is read from standard input.
pub(super) fn write(
    out: &mut Vec<u8>,
    classifier: &Classifier,
    encoding: &EncodingArgs,
    title: Option<&str>,
    given: &[PathBuf],
) -> Result<Outcome> {
    let classifier = classifier.clone().with_options(classifier.options().phrases(0));
    let paths = if given.is_empty() { vec![PathBuf::from("-")] } else { files(given)? };
    let several = given.len() > 1 || given.iter().any(|path| path.is_dir());
    let mut scratch = Scratch::new();
    let mut outcome = Outcome::Done;
    for path in &paths {
        let read = if given.is_empty() { encoding.prompt() } else { encoding.read(path) };
        let document = match read {
            Ok(document) => document,
            Err(error) if several => {
                message(&one_line(&error));
                outcome = Outcome::Incomplete;
                continue;
            }
            Err(error) => return Err(error),
        };
        if document.has_changed() {
            outcome = Outcome::Incomplete;
        }
        let verdict = classifier.classify_with(&mut scratch, title, document.text());
        let title = verdict.title.as_ref().map_or("", |title| &title.text);
        write!(out, "{}\t{:.2}\t{}", verdict.label, verdict.confidence, cell(title))?;
        if several {
            write!(out, "\t{}", cell(&path.display().to_string()))?;
        }
        writeln!(out)?;
    }
    Ok(outcome)
}

/// A value without characters that would end its cell or act on a terminal.
fn cell(value: &str) -> String {
    sanitize::for_terminal(value).replace(['\n', '\t'], "\u{2424}")
}

/// The given files, and the visible files of the given folders in order of name. Says how many folders
/// in them are left out.
fn files(given: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for path in given {
        if path.is_dir() {
            let (inside, folders) = in_folder(path).with_context(|| format!("{}: cannot be read", path.display()))?;
            if inside.is_empty() {
                bail!("{}: has no files", path.display());
            }
            match folders {
                0 => {}
                1 => message(&format!("{}: a folder in it is not read", path.display())),
                _ => message(&format!("{}: {folders} folders in it are not read", path.display())),
            }
            paths.extend(inside);
        } else {
            paths.push(path.clone());
        }
    }
    Ok(paths)
}

/// The visible files of a folder, and the number of visible folders in it.
fn in_folder(path: &Path) -> std::io::Result<(Vec<PathBuf>, usize)> {
    let (mut paths, mut folders) = (Vec::new(), 0);
    for entry in std::fs::read_dir(path)? {
        let entry = entry?.path();
        if entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
            continue;
        }
        if entry.is_dir() {
            folders += 1;
        } else if entry.is_file() {
            paths.push(entry);
        }
    }
    paths.sort();
    Ok((paths, folders))
}
