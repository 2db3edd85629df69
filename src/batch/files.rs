//! From file to file: whole or not at all.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::Batch;
use super::format::{Named, Packing, of_name};
use super::input::{Bytes, open, reading};
use super::paths::{check_writable, same_file, with_suffix};
use super::reliability::known;
use super::report::{self, About};
use super::run::{Run, Watch, about};
use super::summary::Summary;
use crate::error::{Error, ErrorKind};
use crate::model::Lens;
use crate::output_file::{self, OutputFile, is_stream};

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
    /// A stream.
    Stream(&'a mut dyn Write),
}

/// The files of a run.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Files {
    /// Where rejected rows go. Default: the output's name and `.rejects.jsonl`;
    /// `rolecall.rejects.jsonl` in the current folder when the output is a stream. The
    /// file is written only when a row is rejected.
    pub rejects: Option<PathBuf>,
    /// Where the report goes, if one is wanted.
    pub report: Option<PathBuf>,
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
}

/// The target of a run while it is written.
enum Output<'a> {
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
struct LazyFile<'a> {
    path: &'a Path,
    overwrite: bool,
    file: Option<OutputFile>,
}

impl Write for LazyFile<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        match &mut self.file {
            Some(file) => file.write(bytes),
            None => self.file.insert(OutputFile::create(self.path, self.overwrite)?).write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Batch {
    /// Scores a file into another, as [`Batch::score`] does with streams.
    ///
    /// Output, rejects and report are written to temporary files in the folders of their
    /// targets and renamed at the end, so a run that fails or is stopped leaves nothing.
    /// A target that is a device or a pipe is written into. A symbolic link is followed:
    /// the file it points to is created or replaced. A replaced file passes its
    /// permissions on.
    ///
    /// # Errors
    /// As [`Batch::score`], and [`ErrorKind::Io`] when an output exists and
    /// [`Files::force`] is not set, is the input itself, or cannot be created.
    pub fn score_file(
        &self,
        source: Source<'_>,
        target: Target<'_>,
        files: &Files,
        watch: &mut dyn Watch,
    ) -> Result<Finished, Error> {
        let (input, bytes, named) = open_source(source)?;
        let (target_named, output_path) = match &target {
            Target::File(path) => (Some(of_name(path)), Some(path.clone())),
            Target::Stream(_) => (None, None),
        };
        if target_named.is_some_and(|named| named.packing == Packing::Zstd) {
            return Err(Error::new(ErrorKind::Input, "output is not written as .zst").hint("plain or .gz"));
        }
        let whole = output_path.as_deref().is_some_and(|path| !is_stream(path));
        let rejects_path = files.rejects.clone().unwrap_or_else(|| match &output_path {
            Some(output) if whole => with_suffix(output, ".rejects.jsonl"),
            _ => PathBuf::from("rolecall.rejects.jsonl"),
        });
        check_paths(input.as_deref(), output_path.as_deref(), &rejects_path, files)?;
        // An error without a file is one of the input.
        let about_input = |error: Error| match &input {
            Some(path) if error.place().file.is_none() && matches!(error.kind(), ErrorKind::Input | ErrorKind::Io) => {
                error.file(path.display())
            }
            _ => error,
        };
        let opened = open(bytes, self.encoding.as_deref()).map_err(about_input)?;
        let (plan, reader, read, mark) = self.prepare(opened, named, target_named, watch).map_err(about_input)?;
        let output = match target {
            Target::File(path) => {
                Output::File(OutputFile::create(&path, files.force).map_err(|error| about(&error, Some(&path)))?)
            }
            Target::Stream(stream) => Output::Stream(stream),
        };
        let mut run = Run::new(
            self,
            &plan,
            read,
            mark,
            output,
            LazyFile { path: &rejects_path, overwrite: files.force, file: None },
        );
        (run.output_path, run.rejects_path) = (output_path.as_deref(), Some(rejects_path.as_path()));
        run.write_header()?;
        run.score_all(reader, watch).map_err(|error| match error.kind() {
            ErrorKind::Stopped if whole => error.hint("no file was written"),
            ErrorKind::Stopped => error.hint("the rows up to it were written"),
            _ => about_input(error),
        })?;
        let Run { output, rejects, stats, bytes_written, .. } = run;
        let summary = Summary::of(stats, bytes_written);
        let report = files.report.as_deref().map(|path| {
            let page = self.report(input.as_deref(), &summary, &rejects_path);
            let write = |page: &str| {
                let mut file = OutputFile::create(path, true)?;
                file.write_all(page.as_bytes())?;
                Ok(file)
            };
            write(&page).map(|file| (path, file)).map_err(|error| about(&error, Some(path)))
        });
        // All is written: only the renaming is left.
        let report = report.transpose()?;
        if let Some(file) = rejects.file {
            file.commit().map_err(|error| about(&error, Some(&rejects_path)))?;
        } else if files.force {
            // The rejects of an earlier run are not of this output.
            output_file::remove(&rejects_path).map_err(|error| about(&error, Some(&rejects_path)))?;
        }
        if let Output::File(file) = output
            && let Err(error) = file.commit()
        {
            if summary.rejects > 0 {
                let _ = output_file::remove(&rejects_path);
            }
            return Err(about(&error, output_path.as_deref()));
        }
        if let Some((path, file)) = report {
            file.commit().map_err(|error| about(&error, Some(path)))?;
        }
        let rejects = (summary.rejects > 0).then_some(rejects_path);
        Ok(Finished { summary, rejects })
    }

    /// The page of a run.
    fn report(&self, input: Option<&Path>, summary: &Summary, rejects: &Path) -> String {
        let options = self.classifier.options();
        let model = self.classifier.model_id();
        let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let rejects = name(rejects);
        let duties: Vec<_> = self.classifier.duties().cloned().collect();
        let about = About {
            input: &input.map_or_else(|| "standard input".to_owned(), name),
            rejects: (summary.rejects > 0).then_some(&*rejects),
            group_by: self.group_by.as_deref(),
            model: &model,
            lens: options.lens.as_str(),
            min_confidence: options.min_confidence,
            known: &known(&model, options.lens == Lens::Consensus && options.min_confidence <= 0.0),
            duties: &duties,
        };
        report::page(&about, summary)
    }
}

/// Checks that no file of a run is another one of it, and that each can be written.
fn check_paths(input: Option<&Path>, output: Option<&Path>, rejects: &Path, files: &Files) -> Result<(), Error> {
    let mut seen: Vec<(&str, &Path)> = input.map(|input| ("input", input)).into_iter().collect();
    for (what, path) in [("output", output), ("rejects", Some(rejects)), ("report", files.report.as_deref())] {
        let Some(path) = path.filter(|path| !is_stream(path)) else { continue };
        if let Some((other, _)) = seen.iter().find(|(_, other)| same_file(other, path)) {
            let message = format!("is the {other} and cannot be the {what} too");
            return Err(Error::new(ErrorKind::Io, message).file(path.display()));
        }
        check_writable(path, files.force)?;
        seen.push((what, path));
    }
    Ok(())
}

/// Opens the source; gives its path, its bytes and what its name says.
fn open_source(source: Source<'_>) -> Result<(Option<PathBuf>, Bytes<'_>, Option<Named>), Error> {
    match source {
        Source::Stream(bytes) => Ok((None, bytes, None)),
        Source::File(path) => {
            let failed = |error: io::Error| reading(&error).file(path.display());
            let file = File::open(&path).map_err(failed)?;
            if file.metadata().map_err(failed)?.is_dir() {
                return Err(Error::new(ErrorKind::Io, "is a directory").file(path.display()));
            }
            let named = of_name(&path);
            Ok((Some(path), Box::new(file), Some(named)))
        }
    }
}
