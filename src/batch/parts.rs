//! The files of a run while they are written, and how they come to their places.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::files::{Files, Paths, Target};
use super::journal::{Head, Identity, Journal, Told};
use super::paths::hidden;
use super::run::{State, writing};
use crate::error::{Error, ErrorKind};

/// The files being written.
pub(crate) struct Parts {
    pub output: Option<File>,
    pub rejects: Lazy,
    pub journal: Option<Journal>,
    part: Option<PathBuf>,
}

/// A file that is made when something is written to it.
pub(crate) struct Lazy {
    path: PathBuf,
    file: Option<File>,
}

impl Write for Lazy {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        if self.file.is_none() {
            self.file = Some(OpenOptions::new().write(true).create_new(true).open(&self.path)?);
        }
        self.file.as_mut().map_or(Ok(0), |file| file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Parts {
    pub(crate) fn open(
        paths: &Paths,
        target: &Target<'_>,
        identity: Identity,
        told: Option<&Told>,
        state: Option<&State>,
    ) -> Result<Self, Error> {
        let failed = |path: &Path, error: io::Error| writing(&error).file(path.display());
        if let (Some(told), Some(state), Some(journal)) = (told, state, &paths.journal) {
            let Head { part, rejects_part, .. } = &told.head;
            let output = cut(part, state.written, told.done)?;
            let rejects = if state.rejected > 0 { cut(rejects_part, state.rejected, told.done)? } else { None };
            if state.rejected == 0 {
                let _ = fs::remove_file(rejects_part);
            }
            let rejects = Lazy { path: rejects_part.clone(), file: rejects };
            let journal = Journal::resume(journal, told)?;
            return Ok(Self { output, rejects, journal: Some(journal), part: Some(part.clone()) });
        }
        let free = |path: &Path, suffix: &str| {
            let own = std::process::id();
            let mut names = (0..).map(|number| hidden(path, &format!("{}.{suffix}", own + number)));
            names.find(|name| !name.exists()).unwrap_or_else(|| hidden(path, suffix))
        };
        let rejects = Lazy { path: free(&paths.rejects, "rejects-part"), file: None };
        let (Some(output), Some(journal)) = (&paths.output, &paths.journal) else {
            let output = match target {
                Target::File(path) => {
                    Some(OpenOptions::new().write(true).open(path).map_err(|error| failed(path, error))?)
                }
                Target::Stream(_) => None,
            };
            return Ok(Self { output, rejects, journal: None, part: None });
        };
        let part = free(output, "part");
        // The journal first: it knows of the part even if we are killed at once.
        let head = Head { identity, part: part.clone(), rejects_part: rejects.path.clone() };
        let journal = Journal::create(journal, head).map_err(|error| error_about(error, output))?;
        let made = OpenOptions::new().write(true).create_new(true).open(&part);
        let file = made.map_err(|error| failed(output, error))?;
        Ok(Self { output: Some(file), rejects, journal: Some(journal), part: Some(part) })
    }

    /// Puts everything in its place.
    pub(crate) fn finish(
        &mut self,
        state: &State,
        paths: &Paths,
        files: &Files,
        report: &dyn Fn() -> Result<(), Error>,
    ) -> Result<(), Error> {
        let about = |path: &Path| {
            let path = path.to_owned();
            move |error: io::Error| writing(&error).file(path.display())
        };
        if let (Some(file), Some(_)) = (&self.output, &self.part) {
            file.sync_all().map_err(about(paths.output.as_deref().unwrap_or(Path::new("output"))))?;
        }
        if let Some(file) = &self.rejects.file {
            file.sync_all().map_err(about(&paths.rejects))?;
        }
        if let Some(journal) = &mut self.journal {
            journal.done()?;
        }
        if state.rejected > 0 {
            settle(&self.rejects.path, &paths.rejects, state.rejected)?;
        } else if files.force {
            // What an earlier run set aside is not of this output.
            let _ = fs::remove_file(&paths.rejects);
        }
        if let (Some(part), Some(output)) = (&self.part, &paths.output) {
            settle(part, output, state.written)?;
        }
        report()?;
        if let Some(journal) = &paths.journal {
            fs::remove_file(journal).map_err(about(journal))?;
        }
        Ok(())
    }

    /// Clears away, or says how to go on.
    pub(crate) fn give_up(&mut self, error: Error, paths: &Paths, resumable: bool) -> Error {
        let gone_on_with = resumable
            && self.journal.is_some()
            && matches!(error.kind(), ErrorKind::Io | ErrorKind::Stopped)
            && paths.journal.as_ref().is_some_and(|journal| journal.exists());
        let error = match paths.output.as_ref().or(paths.device.as_ref()) {
            Some(output) if error.place().file.is_none() && error.kind() == ErrorKind::Io => {
                error.file(output.display())
            }
            _ => error,
        };
        if gone_on_with {
            return error.hint("what is done is kept: --resume goes on with it");
        }
        for path in [self.part.as_ref(), Some(&self.rejects.path), paths.journal.as_ref()].into_iter().flatten() {
            let _ = fs::remove_file(path);
        }
        error
    }
}

fn error_about(error: Error, output: &Path) -> Error {
    if error.kind() == ErrorKind::Io { error.file(output.display()) } else { error }
}

/// Opens a part to go on with it, what is beyond `length` cut off. A part that has been
/// renamed already is there no more when the run was `done`.
fn cut(path: &Path, length: u64, done: bool) -> Result<Option<File>, Error> {
    let about = |error: io::Error| writing(&error).file(path.display());
    let file = match OpenOptions::new().append(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && done => return Ok(None),
        result => result.map_err(about)?,
    };
    let found = file.metadata().map_err(about)?.len();
    if found < length {
        return Err(Error::new(ErrorKind::Io, format!("has {found} bytes where {length} were written"))
            .file(path.display())
            .hint("without --resume the run starts from the first row"));
    }
    file.set_len(length).map_err(about)?;
    Ok(Some(file))
}

/// Renames a part to what it is, once it has the length it must have. Done already
/// where the part is gone and the file there.
fn settle(part: &Path, path: &Path, length: u64) -> Result<(), Error> {
    let wrong = |found: &str| {
        Err(Error::new(ErrorKind::Io, format!("{found}: another run may be writing it")).file(path.display()))
    };
    match (fs::metadata(part), fs::metadata(path)) {
        (Ok(found), _) if found.len() == length => {
            fs::rename(part, path).map_err(|error| writing(&error).file(path.display()))
        }
        (Ok(found), _) => wrong(&format!("has {} bytes where {length} were written", found.len())),
        (Err(_), Ok(found)) if found.len() == length => Ok(()),
        (Err(_), _) => wrong("what was written is gone"),
    }
}
