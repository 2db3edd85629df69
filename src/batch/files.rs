//! From file to file: whole or not at all, and taken up where it was interrupted.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::Batch;
use super::format::{Named, Packing, of_name};
use super::input::{Bytes, open, open_at, reading};
use super::journal::{self, Identity, Told};
use super::parts::Parts;
use super::paths::{behind, hidden, is_stream, place, same, writable};
use super::reader::{BLOCK, Reader};
use super::reliability::known;
use super::report::{self, About};
use super::run::{Run, State, Watch, writing};
use super::summary::Summary;
use crate::error::{Error, ErrorKind};
use crate::model::Lens;

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
pub(crate) struct Paths {
    /// The output, when it is a file of its own.
    pub output: Option<PathBuf>,
    /// The output, when it is a device or pipe with a name.
    pub device: Option<PathBuf>,
    pub rejects: PathBuf,
    pub journal: Option<PathBuf>,
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
        let name = input.as_ref().and_then(|path| path.file_name()).map(|name| name.to_string_lossy().into_owned());
        let name = name.unwrap_or_else(|| "standard input".to_owned());
        let (target_named, paths) = Self::paths(input.as_deref(), &target, files)?;
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
        if let Err(error) = parts.finish(&state, &paths, files, &|| self.report(&name, &summary, &paths, files)) {
            return Err(parts.give_up(error, &paths, input.is_some()));
        }
        let rejects = (state.rejected > 0).then_some(paths.rejects);
        Ok(Finished { summary, rejects, resumed: resumed_rows })
    }

    /// Writes the report, whole or not at all.
    fn report(&self, input: &str, summary: &Summary, paths: &Paths, files: &Files) -> Result<(), Error> {
        let Some(path) = &files.report else { return Ok(()) };
        let options = self.classifier.options();
        let model = self.classifier.model_id();
        let rejects = paths.rejects.file_name().unwrap_or_default().to_string_lossy();
        let duties: Vec<_> = self.classifier.duties().cloned().collect();
        let about = About {
            input,
            rejects: (summary.rejects > 0).then_some(&*rejects),
            group_by: self.group_by.as_deref(),
            model: &model,
            lens: options.lens.as_str(),
            min_confidence: options.min_confidence,
            known: &known(&model, options.lens == Lens::Consensus && options.min_confidence <= 0.0),
            duties: &duties,
        };
        let page = report::page(&about, summary);
        let failed = |error: io::Error| writing(&error).file(path.display());
        if is_stream(path) {
            return fs::write(path, page).map_err(failed);
        }
        let part = hidden(path, &format!("{}.part", std::process::id()));
        let written = fs::write(&part, page).and_then(|()| fs::rename(&part, path));
        if written.is_err() {
            let _ = fs::remove_file(&part);
        }
        written.map_err(failed)
    }

    /// Finds out where files go, and that none is in the way of another.
    fn paths(input: Option<&Path>, target: &Target<'_>, files: &Files) -> Result<(Option<Named>, Paths), Error> {
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
        let device = match target {
            Target::File(path) if output.is_none() => Some(path.clone()),
            _ => None,
        };
        Ok((named, Paths { output, device, rejects, journal }))
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
