//! The files of a run: checked before it, written whole or not at all.

use std::fmt;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::paths::{check_writable, same_file, with_suffix, write_error};
use super::rejects::is_rejects_file;
use crate::batch::report::summary::Summary;
use crate::error::{Error, ErrorKind};
use crate::input_file::{self, FileState};
use crate::output_file::{self, OutputFile, is_stream};
use crate::table::format::{Compression, FileName};
use crate::table::source::Bytes;

/// Where rows come from.
pub enum Source<'a> {
    /// A file.
    File(PathBuf),
    /// A stream.
    Stream(Box<dyn Read + Send + 'a>),
}

/// Where rows go.
pub enum Target<'a> {
    /// A file, which appears whole or not at all. A device or pipe is written into.
    File(PathBuf),
    /// A stream. Errors call it standard output.
    Stream(&'a mut dyn Write),
}

impl fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Stream(_) => f.write_str("Stream(..)"),
        }
    }
}

impl fmt::Debug for Target<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Stream(_) => f.write_str("Stream(..)"),
        }
    }
}

/// The other files of a run.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Files {
    /// Where rejected rows go. The file is written only when a row is rejected. Default:
    ///
    /// - beside an output file, its name with `.rejects.jsonl` appended;
    /// - in the current folder, if the output is a stream: the name of the input file with
    ///   `.rejects.jsonl` appended, or `rolecall.rejects.jsonl` if the input is a stream too. This file
    ///   replaces that of an earlier run.
    pub rejects: Option<PathBuf>,
    /// Where the report goes, if one is wanted.
    pub report: Option<PathBuf>,
    /// Where the figures of the report go as data, if wanted: JSON or, for a name in `.csv`,
    /// CSV.
    pub stats: Option<PathBuf>,
    /// Whether existing files are replaced. Default: false.
    pub force: bool,
}

/// The result of a run over files.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Finished {
    /// Its counts.
    pub summary: Summary,
    /// The file with the rejected rows, if there are any.
    pub rejects: Option<PathBuf>,
    /// Whether the input changed while it was read, so that rows may be missing or mixed.
    pub input_changed: bool,
}

/// What is written about a run.
pub(crate) struct Reports {
    pub page: Option<String>,
    pub stats: Option<String>,
}

/// The paths of a run in progress.
pub(crate) struct RunPaths {
    input_path: Option<PathBuf>,
    /// The input as it was opened.
    input_state: Option<FileState>,
    output_path: Option<PathBuf>,
    rejects_path: PathBuf,
    /// Whether the rejects of an earlier run are replaced.
    replaces_rejects: bool,
    files: Files,
}

impl RunPaths {
    /// Opens the source and checks that each output can be written and is not another file of the
    /// run. The target is returned if it is a stream.
    pub(crate) fn open<'s, 't>(
        source: Source<'s>,
        target: Target<'t>,
        files: &Files,
    ) -> Result<(Self, Bytes<'s>, Option<&'t mut dyn Write>), Error> {
        let (input_path, input_state, input) = open_source(source)?;
        let (stream, output_path) = match target {
            Target::File(path) => (None, Some(path)),
            Target::Stream(stream) => (Some(stream), None),
        };
        if output_path.as_deref().is_some_and(|path| FileName::parse(path).compression == Compression::Zstd) {
            return Err(
                Error::new(ErrorKind::Input, "output cannot be written as .zst").hint("leave it off, or use .gz")
            );
        }
        let rejects_path = files.rejects.clone().unwrap_or_else(|| match &output_path {
            Some(output) if !is_stream(output) => with_suffix(output, ".rejects.jsonl"),
            _ => {
                let name = input_path.as_deref().filter(|path| !is_stream(path)).and_then(Path::file_name);
                with_suffix(Path::new(name.unwrap_or("rolecall".as_ref())), ".rejects.jsonl")
            }
        });
        // With a stream as output, a second run must not fail because of the first one's rejects.
        let replaces_rejects = files.force || (files.rejects.is_none() && output_path.as_deref().is_none_or(is_stream));
        let mut seen: Vec<(&str, &Path)> = input_path.as_deref().map(|input| ("input", input)).into_iter().collect();
        for (what, path) in [
            ("output", output_path.as_deref()),
            ("rejects", Some(rejects_path.as_path())),
            ("report", files.report.as_deref()),
            ("statistics", files.stats.as_deref()),
        ] {
            let Some(path) = path.filter(|path| !is_stream(path)) else { continue };
            if let Some((other, _)) = seen.iter().find(|(_, other)| same_file(other, path)) {
                let message = format!("is the {other} and cannot be the {what} too");
                return Err(Error::new(ErrorKind::Io, message).file(path.display()));
            }
            check_writable(path, if what == "rejects" { replaces_rejects } else { files.force })?;
            seen.push((what, path));
        }
        let paths = Self { input_path, input_state, output_path, rejects_path, replaces_rejects, files: files.clone() };
        Ok((paths, input, stream))
    }

    /// Whether the input changed since it was opened.
    pub(crate) fn input_changed(&self) -> bool {
        self.input_state.as_ref().is_some_and(FileState::has_changed)
    }

    pub(crate) fn input_path(&self) -> Option<&Path> {
        self.input_path.as_deref()
    }

    pub(crate) fn output_path(&self) -> Option<&Path> {
        self.output_path.as_deref()
    }

    /// What errors call the output.
    pub(crate) fn output_name(&self) -> &Path {
        self.output_path().unwrap_or(Path::new("standard output"))
    }

    pub(crate) fn rejects_path(&self) -> &Path {
        &self.rejects_path
    }

    /// The formats that the names of input and output stand for.
    pub(crate) fn names(&self) -> (Option<FileName>, Option<FileName>) {
        (self.input_path().map(FileName::parse), self.output_path().map(FileName::parse))
    }

    /// Whether the output appears whole or not at all.
    pub(crate) fn is_atomic(&self) -> bool {
        self.output_path().is_some_and(|path| !is_stream(path))
    }

    /// Adds the input's name to an error that names no other file.
    pub(crate) fn name_input(&self, error: Error) -> Error {
        match self.input_path() {
            Some(path) if error.place().file.is_none() && matches!(error.kind(), ErrorKind::Input | ErrorKind::Io) => {
                error.file(path.display())
            }
            _ => error,
        }
    }

    /// Creates the output; the rejects are created when the first row is rejected.
    pub(crate) fn create<'t>(&self, stream: Option<&'t mut dyn Write>) -> Result<(Output<'t>, LazyFile), Error> {
        let force = self.files.force;
        let output = match (stream, self.output_path()) {
            (Some(stream), _) => Output::Stream(stream),
            (None, path) => {
                let path = path.unwrap_or(Path::new(""));
                Output::File(OutputFile::create(path, force).map_err(|error| write_error(error, Some(path)))?)
            }
        };
        Ok((output, LazyFile { path: self.rejects_path.clone(), overwrite: self.replaces_rejects, file: None }))
    }

    /// Puts all files in their places.
    pub(crate) fn commit(&self, output: Output<'_>, rejects: LazyFile, reports: Reports) -> Result<(), Error> {
        let mut written = Vec::new();
        for (path, text) in [(&self.files.report, reports.page), (&self.files.stats, reports.stats)] {
            let Some((path, text)) = path.as_deref().zip(text) else { continue };
            let write = || {
                let mut file = OutputFile::create(path, true)?;
                file.write_all(text.as_bytes())?;
                Ok(file)
            };
            written.push((path, write().map_err(|error| write_error(error, Some(path)))?));
        }
        // All bytes are written; only the renaming is left.
        let rejects_path = Some(self.rejects_path());
        let has_rejects = rejects.file.is_some();
        if let Some(file) = rejects.file {
            file.commit().map_err(|error| write_error(error, rejects_path))?;
        } else if self.replaces_rejects && is_rejects_file(self.rejects_path()) {
            // The rejects of an earlier run do not belong to this output.
            output_file::remove(self.rejects_path()).map_err(|error| write_error(error, rejects_path))?;
        }
        if let Output::File(file) = output
            && let Err(error) = file.commit()
        {
            if has_rejects {
                let _ = output_file::remove(self.rejects_path());
            }
            return Err(write_error(error, self.output_path()));
        }
        for (path, file) in written {
            file.commit().map_err(|error| write_error(error, Some(path)))?;
        }
        Ok(())
    }
}

/// Opens the source. Of a file, gives its path and state.
fn open_source(source: Source<'_>) -> Result<(Option<PathBuf>, Option<FileState>, Bytes<'_>), Error> {
    match source {
        Source::Stream(bytes) => Ok((None, None, bytes)),
        Source::File(path) => {
            let file = input_file::open(&path)?;
            Ok((Some(path), FileState::of(&file), Box::new(file)))
        }
    }
}

/// The target of a run while it is written.
pub(crate) enum Output<'a> {
    File(OutputFile),
    Stream(&'a mut dyn Write),
}

impl Write for Output<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.write(bytes),
            Self::Stream(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File(file) => file.flush(),
            Self::Stream(stream) => stream.flush(),
        }
    }
}

/// A file that is created when the first byte is written.
pub(crate) struct LazyFile {
    path: PathBuf,
    overwrite: bool,
    file: Option<OutputFile>,
}

impl Write for LazyFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.file {
            Some(file) => file.write(bytes),
            None if bytes.is_empty() => Ok(0),
            None => self.file.insert(OutputFile::create(&self.path, self.overwrite)?).write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}
