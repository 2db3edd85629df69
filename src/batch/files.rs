//! From file to file: whole or not at all, and taken up where it was interrupted.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::Batch;
use super::format::{Named, Packing, of_name};
use super::input::{Bytes, open, open_at, reading};
use super::journal::{self, Head, Identity, Journal, Told};
use super::paths::{behind, hidden, is_stream, place, same, writable};
use super::reader::{BLOCK, Reader};
use super::run::{Run, State, Watch, writing};
use super::summary::Summary;
use crate::error::{Error, ErrorKind};

/// Where rows come from.
pub enum Source<'a> {
    /// A file.
    File(PathBuf),
    /// A stream; a run over one cannot be taken up again.
    Stream(Box<dyn Read + Send + 'a>),
}

/// Where rows go.
pub enum Target<'a> {
    /// A file, which appears whole or not at all. A device or pipe is written to as it is.
    File(PathBuf),
    /// A stream.
    Stream(&'a mut dyn Write),
}

/// The files of a run.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Files {
    /// Where rows that are set aside go. Default: beside the output, its name and
    /// `.rejects.jsonl`; `rolecall.rejects.jsonl` in the current folder when the output
    /// is a stream. There is no such file when nothing is set aside.
    pub rejects: Option<PathBuf>,
    /// Where the report goes, if one is wanted.
    pub report: Option<PathBuf>,
    /// Whether files that are there already are written over. Default: false.
    pub force: bool,
    /// Whether an interrupted run is gone on with, where there is one. Default: false.
    pub resume: bool,
}

/// What a run over files comes to.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Finished {
    /// Its counts; of a run taken up, those of both parts.
    pub summary: Summary,
    /// The file with what was set aside, if anything was.
    pub rejects: Option<PathBuf>,
    /// Rows that an earlier run had done already.
    pub resumed: u64,
}

/// Where the files of a run are.
struct Paths {
    /// The output, when it is a file of its own.
    output: Option<PathBuf>,
    rejects: PathBuf,
    journal: Option<PathBuf>,
}

impl Batch {
    /// Scores a file into another, as [`Batch::score`] does with streams.
    ///
    /// The output is written beside its place under another name and renamed at the
    /// end, and so are the rejects. A run that was interrupted leaves that part and a
    /// journal; with [`Files::resume`] the next run goes on after the last whole block
    /// and comes to the same bytes.
    ///
    /// # Errors
    /// As [`Batch::score`], and [`ErrorKind::Io`] when an output is in the way, is the
    /// input itself or cannot be made, and [`ErrorKind::Input`] when the interrupted
    /// run was another one.
    pub fn score_file(
        &self,
        source: Source<'_>,
        target: Target<'_>,
        files: &Files,
        watch: &mut dyn Watch,
    ) -> Result<Finished, Error> {
        let (input, bytes, named) = opened(source)?;
        let (target_named, paths) = self.paths(input.as_deref(), &target, files)?;
        if files.resume && (input.is_none() || paths.output.is_none()) {
            return Err(Error::new(ErrorKind::Input, "--resume needs an input and an output that are files"));
        }
        let whole = |error: Error| match &input {
            Some(path) if error.place().file.is_none() && error.kind() != ErrorKind::Stopped => {
                error.file(path.display())
            }
            _ => error,
        };
        let opened = open(bytes, self.encoding.as_deref()).map_err(whole)?;
        let seekable = opened.packing == Packing::Plain && !opened.charset.is_wide();
        let (plan, mut reader, mut read, mark) = self.prepare(opened, named, target_named, watch).map_err(whole)?;
        let start = State::start(&plan, mark);
        let identity = self.identity(input.as_deref(), &paths)?;
        let told = interrupted(&paths, files, &identity, watch)?;
        let resumed = told.as_ref().map(|told| told.replay(start.clone()));
        let resumed_rows = resumed.as_ref().map_or(0, |state| state.position.rows);
        if let (Some(state), Some(path)) = (&resumed, &input) {
            if seekable {
                let (bytes, counter) = open_at(path, mark + state.taken)?;
                (reader, read) = (Reader::new(bytes, plan.shape, self.max_row_bytes), counter);
            } else {
                reader.skip(state.taken - start.taken).map_err(whole)?;
            }
        }
        let done = told.as_ref().is_some_and(|told| told.done);
        let mut parts = Parts::open(&paths, &target, identity, told.as_ref(), resumed.as_ref())?;
        let Parts { output, rejects, journal, .. } = &mut parts;
        let output: &mut dyn Write = match (output, target) {
            (Some(file), _) => file,
            (None, Target::Stream(stream)) => stream,
            (None, Target::File(path)) => {
                return Err(Error::new(ErrorKind::Io, "cannot be written").file(path.display()));
            }
        };
        let fresh = resumed.is_none();
        let mut run = Run {
            batch: self,
            plan: &plan,
            read,
            state: resumed.unwrap_or(start),
            output,
            rejects,
            journal: &mut |step| match journal {
                Some(journal) if input.is_some() => journal.step(step),
                _ => Ok(()),
            },
        };
        let result = if fresh { run.header() } else { Ok(()) };
        let result = if done { Ok(()) } else { result.and_then(|()| run.go(reader, watch)) };
        let state = run.state;
        if let Err(error) = result {
            let error = if error.kind() == ErrorKind::Input { whole(error) } else { error };
            return Err(parts.give_up(error, &paths, state.position.rows > 0 && input.is_some()));
        }
        let summary = Summary::of(state.tally.clone(), state.written);
        if let Err(error) = parts.finish(&state, &paths, files, &|| self.report(files, &summary)) {
            return Err(parts.give_up(error, &paths, input.is_some()));
        }
        let rejects = (state.rejected > 0).then_some(paths.rejects);
        Ok(Finished { summary, rejects, resumed: resumed_rows })
    }

    fn report(&self, files: &Files, summary: &Summary) -> Result<(), Error> {
        let Some(path) = &files.report else { return Ok(()) };
        let _ = (path, summary);
        Ok(())
    }

    /// Finds out where files go, and that none is in the way of another.
    fn paths(&self, input: Option<&Path>, target: &Target<'_>, files: &Files) -> Result<(Option<Named>, Paths), Error> {
        let (named, output) = match target {
            Target::File(path) if is_stream(path) => (Some(of_name(path)), None),
            Target::File(path) => (Some(of_name(path)), Some(path.clone())),
            Target::Stream(_) => (None, None),
        };
        if named.is_some_and(|named| named.packing == Packing::Zstd) {
            return Err(Error::new(ErrorKind::Input, "output is not written as .zst").hint("plain or .gz"));
        }
        let rejects = files.rejects.clone().unwrap_or_else(|| match &output {
            Some(output) => behind(output, ".rejects.jsonl"),
            None => PathBuf::from("rolecall.rejects.jsonl"),
        });
        let mut seen: Vec<(&str, &Path)> = input.map(|input| ("input", input)).into_iter().collect();
        let written =
            [("output", output.as_deref()), ("rejects", Some(rejects.as_path())), ("report", files.report.as_deref())];
        for (what, path) in written {
            let Some(path) = path else { continue };
            if let Some((other, _)) = seen.iter().find(|(_, other)| same(other, path)) {
                let message = format!("is the {other} and cannot be the {what} too");
                return Err(Error::new(ErrorKind::Io, message).file(path.display()));
            }
            // A run that is gone on with may have put its rejects in place already.
            if !is_stream(path) {
                writable(path, files.force || files.resume && what != "output")?;
            }
            seen.push((what, path));
        }
        let journal = output.as_ref().map(|output| hidden(output, "journal"));
        Ok((named, Paths { output, rejects, journal }))
    }

    /// All that the bytes written depend on.
    fn identity(&self, input: Option<&Path>, paths: &Paths) -> Result<Identity, Error> {
        let input = input
            .map(|path| {
                let found = fs::metadata(path).map_err(|error| reading(&error).file(path.display()))?;
                let modified = found.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
                Ok((place(path), found.len(), modified.map(|time| time.as_nanos())))
            })
            .transpose()?;
        let Self { classifier, strict: _, jobs: _, .. } = self;
        let options = Self { jobs: 0, strict: false, ..self.clone() };
        let settings = format!(
            "{:?}",
            (
                (&options.input_format, options.delimiter, &options.encoding, options.headers),
                (&options.text_columns, &options.title_column, &options.output_format, &options.columns),
                (options.only, &options.id_columns, options.excel, options.report, &options.group_by),
                (options.max_row_bytes, BLOCK, classifier.options(), place(&paths.rejects)),
            )
        );
        Ok(Identity { program: env!("CARGO_PKG_VERSION").to_owned(), model: classifier.model_id(), input, settings })
    }
}

/// Opens the source; gives its path, its bytes and what its name says.
fn opened(source: Source<'_>) -> Result<(Option<PathBuf>, Bytes<'_>, Option<Named>), Error> {
    match source {
        Source::Stream(bytes) => Ok((None, bytes, None)),
        Source::File(path) => {
            let failed = |error: io::Error| reading(&error).file(path.display());
            let file = File::open(&path).map_err(failed)?;
            let found = file.metadata().map_err(failed)?;
            if found.is_dir() {
                return Err(Error::new(ErrorKind::Io, "is a directory").file(path.display()));
            }
            let named = of_name(&path);
            // A pipe has a name but no beginning to go back to.
            let input = found.is_file().then(|| path.clone());
            Ok((input, Box::new(file), Some(named)))
        }
    }
}

/// What an interrupted run left, if it is to be gone on with; otherwise it is cleared
/// away.
fn interrupted(
    paths: &Paths,
    files: &Files,
    identity: &Identity,
    watch: &mut dyn Watch,
) -> Result<Option<Told>, Error> {
    let Some(path) = &paths.journal else { return Ok(None) };
    let Some(told) = journal::read(path)? else {
        if files.resume {
            watch.note("nothing to resume: starting from the first row");
        }
        return Ok(None);
    };
    if files.resume {
        if let Some(difference) = identity.differs(&told.head.identity) {
            return Err(Error::new(
                ErrorKind::Input,
                format!("the interrupted run cannot be gone on with: {difference}"),
            )
            .file(path.display())
            .hint("without --resume it starts from the first row"));
        }
        if !told.steps.is_empty() || told.done {
            return Ok(Some(told));
        }
        watch.note("nothing to resume: starting from the first row");
    } else if !told.steps.is_empty() {
        watch.note("an interrupted run of this output was cleared away; --resume goes on with one");
    }
    for part in [&told.head.part, &told.head.rejects_part] {
        let _ = fs::remove_file(part);
    }
    Ok(None)
}

/// The files being written.
struct Parts {
    output: Option<File>,
    rejects: Lazy,
    journal: Option<Journal>,
    part: Option<PathBuf>,
}

/// A file that is made when something is written to it.
struct Lazy {
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
    fn open(
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
    fn finish(
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
    fn give_up(&mut self, error: Error, paths: &Paths, resumable: bool) -> Error {
        let gone_on_with = resumable
            && self.journal.is_some()
            && matches!(error.kind(), ErrorKind::Io | ErrorKind::Stopped)
            && paths.journal.as_ref().is_some_and(|journal| journal.exists());
        let error = match &paths.output {
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
