//! The journal of a run: beside the output, one line of JSON a block.
//!
//! The first line says what run it is. A line is written after its block, so whatever
//! the last whole line says is in the part files; what is in them beyond that is cut
//! off when the run is taken up.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::run::{State, Step, writing};
use crate::error::{Error, ErrorKind};

/// What makes two runs the same: a journal of another run is not gone on with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub program: String,
    pub model: String,
    /// Path, length and time of the input; of a stream nothing is known.
    pub input: Option<(PathBuf, u64, Option<u128>)>,
    pub settings: String,
}

impl Identity {
    /// What differs from another run, in words.
    pub(crate) fn differs(&self, other: &Self) -> Option<&'static str> {
        if self.program != other.program {
            Some("another version of this program")
        } else if self.model != other.model {
            Some("another model")
        } else if self.input.is_none() || self.input != other.input {
            Some("another input, or the input has changed")
        } else if self.settings != other.settings {
            Some("other options")
        } else {
            None
        }
    }
}

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    pub identity: Identity,
    /// Names of the part files, in the folders of what they become.
    pub part: PathBuf,
    pub rejects_part: PathBuf,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Head(Head),
    Step(Box<Step>),
    /// All rows are written; only the renaming is left.
    Done,
}

/// What a journal tells.
pub(crate) struct Told {
    pub head: Head,
    pub steps: Vec<Step>,
    pub done: bool,
    /// Length of the whole lines.
    length: u64,
}

impl Told {
    /// The state after its last block.
    pub(crate) fn replay(&self, mut state: State) -> State {
        for step in &self.steps {
            state.add(step);
        }
        state
    }
}

/// Reads the journal at `path`; `None` when there is none, or none worth the name.
pub(crate) fn read(path: &Path) -> Result<Option<Told>, Error> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(super::input::reading(&error).file(path.display())),
    };
    let mut reader = BufReader::new(file);
    let (mut told, mut line) = (None::<Told>, Vec::new());
    loop {
        line.clear();
        let read = reader.read_until(b'\n', &mut line).map_err(|e| super::input::reading(&e).file(path.display()))?;
        // A line cut off in the middle is of a block that does not count.
        let Some(text) = line.strip_suffix(b"\n") else { return Ok(told) };
        let Ok(parsed) = serde_json::from_slice(text) else { return Ok(told) };
        match (parsed, &mut told) {
            (Line::Head(head), None) => told = Some(Told { head, steps: Vec::new(), done: false, length: 0 }),
            (Line::Step(step), Some(told)) => told.steps.push(*step),
            (Line::Done, Some(told)) => told.done = true,
            _ => return Ok(told),
        }
        if let Some(told) = &mut told {
            told.length += read as u64;
        }
    }
}

/// A journal that is being written.
pub(crate) struct Journal {
    file: File,
    path: PathBuf,
    line: Vec<u8>,
}

impl Journal {
    /// Starts one at `path`.
    pub(crate) fn create(path: &Path, head: Head) -> Result<Self, Error> {
        let file = File::create(path).map_err(|error| writing(&error).file(path.display()))?;
        let mut journal = Self { file, path: path.to_owned(), line: Vec::new() };
        journal.write(&Line::Head(head))?;
        Ok(journal)
    }

    /// Goes on with the one at `path`.
    pub(crate) fn resume(path: &Path, told: &Told) -> Result<Self, Error> {
        let file = OpenOptions::new().append(true).open(path).and_then(|file| {
            file.set_len(told.length)?;
            Ok(file)
        });
        let file = file.map_err(|error| writing(&error).file(path.display()))?;
        Ok(Self { file, path: path.to_owned(), line: Vec::new() })
    }

    pub(crate) fn step(&mut self, step: &Step) -> Result<(), Error> {
        self.write(&Line::Step(Box::new(step.clone())))
    }

    pub(crate) fn done(&mut self) -> Result<(), Error> {
        self.write(&Line::Done)
    }

    /// One line at once, so that a line is whole or cut off, never mixed.
    fn write(&mut self, line: &Line) -> Result<(), Error> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, line)
            .map_err(|error| Error::new(ErrorKind::Io, format!("the journal cannot be written: {error}")))?;
        self.line.push(b'\n');
        self.file.write_all(&self.line).map_err(|error| writing(&error).file(self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::reject::Position;

    #[test]
    fn a_line_cut_off_does_not_count() {
        let path = std::env::temp_dir().join(format!("rolecall-journal-{}", std::process::id()));
        let identity = Identity {
            program: "1".into(),
            model: "m".into(),
            input: Some(("a".into(), 7, Some(9))),
            settings: "s".into(),
        };
        let head = Head { identity, part: "p".into(), rejects_part: "r".into() };
        let step = |rows| Step {
            position: Position { rows, lines: rows, bytes: rows },
            taken: rows,
            written: rows,
            rejected: 0,
            tally: super::super::tally::Tally { labels: [1, 0, 0, 0], ..Default::default() },
        };
        let mut journal = Journal::create(&path, head.clone()).unwrap();
        for rows in 1..=3 {
            journal.step(&step(rows)).unwrap();
        }
        let whole = std::fs::read(&path).unwrap();
        let (mut most, mut least) = (0, usize::MAX);
        for cut in (0..=whole.len()).rev() {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let told = read(&path).unwrap();
            let Some(told) = told else {
                least = 0;
                continue;
            };
            assert_eq!(told.head, head);
            assert!(!told.done);
            let state = told.replay(State::default());
            assert_eq!(state.taken, told.steps.len() as u64);
            assert_eq!(state.tally.labels[0], state.taken);
            (most, least) = (most.max(told.steps.len()), least.min(told.steps.len()));
            // What was cut off is written anew.
            let mut journal = Journal::resume(&path, &told).unwrap();
            for rows in state.taken + 1..=3 {
                journal.step(&step(rows)).unwrap();
            }
            assert_eq!(std::fs::read(&path).unwrap(), whole);
            journal.done().unwrap();
            assert!(read(&path).unwrap().unwrap().done);
        }
        assert_eq!((most, least), (3, 0));
        std::fs::remove_file(&path).unwrap();
        assert!(read(&path).unwrap().is_none());
    }
}
