//! Opens and reads input files, and notices those that change while they are read.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;
use std::time::SystemTime;

use crate::error::{Error, ErrorKind};

/// The message for an input that changed.
pub(crate) const CHANGED: &str = "changed while it was read";

/// The message for an input that is a directory.
const IS_DIRECTORY: &str = "is a directory";

/// Opens a file.
///
/// # Errors
/// [`ErrorKind::Io`], with the name of the file.
pub(crate) fn open(path: &Path) -> Result<File, Error> {
    // Checked first, because opening a directory gives a different error on each system.
    if path.is_dir() {
        return Err(Error::new(ErrorKind::Io, IS_DIRECTORY).file(path.display()));
    }
    File::open(path).map_err(|error| read_error(error).file(path.display()))
}

/// The contents of a file of at most `max` bytes.
///
/// # Errors
/// As [`open`], and [`ErrorKind::Io`] if the file cannot be read; [`ErrorKind::Input`] if it
/// is larger.
pub(crate) fn contents(path: &Path, max: u64) -> Result<Vec<u8>, Error> {
    let file = open(path)?;
    all(file, max).map_err(|error| error.file(path.display()))
}

/// All bytes.
///
/// # Errors
/// [`ErrorKind::Input`] if there are more than `max`; [`ErrorKind::Io`] if reading fails.
pub(crate) fn all(bytes: impl Read, max: u64) -> Result<Vec<u8>, Error> {
    up_to(bytes, max)?.ok_or_else(|| too_large(max))
}

/// All bytes, or `None` if there are more than `max`.
pub(crate) fn up_to(bytes: impl Read, max: u64) -> Result<Option<Vec<u8>>, Error> {
    let mut buffer = Vec::new();
    bytes.take(max.saturating_add(1)).read_to_end(&mut buffer).map_err(read_error)?;
    Ok((buffer.len() as u64 <= max).then_some(buffer))
}

/// The error of an input of more than `max` bytes.
pub(crate) fn too_large(max: u64) -> Error {
    Error::new(ErrorKind::Input, format!("is larger than {}, the limit", size(max)))
}

/// The error of an input that cannot be read.
pub(crate) fn read_error(error: io::Error) -> Error {
    let message = match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::IsADirectory => IS_DIRECTORY.to_owned(),
        // Decoders already say what is wrong.
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData => error.to_string(),
        _ => format!("cannot be read: {error}"),
    };
    Error::new(ErrorKind::Io, message).cause(error)
}

/// A number of bytes, such as `64 MB`.
pub(crate) fn size(bytes: u64) -> String {
    if bytes >= 1 << 20 { format!("{} MB", bytes >> 20) } else { format!("{bytes} bytes") }
}

/// The state of a regular file when reading began.
#[derive(Debug)]
pub(crate) struct FileState {
    /// The open file itself: another file that takes its name is not a change.
    file: File,
    state: (u64, Option<SystemTime>),
}

impl FileState {
    /// The state now; `None` for devices, pipes and the like.
    pub(crate) fn of(file: &File) -> Option<Self> {
        let found = file.metadata().ok().filter(Metadata::is_file)?;
        Some(Self { file: file.try_clone().ok()?, state: state(&found) })
    }

    /// Whether the length or the modification time of the file has changed.
    pub(crate) fn has_changed(&self) -> bool {
        self.file.metadata().is_ok_and(|found| state(&found) != self.state)
    }
}

fn state(found: &Metadata) -> (u64, Option<SystemTime>) {
    (found.len(), found.modified().ok())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_file_that_grows_or_is_written_to_has_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        std::fs::write(&path, "posting").unwrap();
        let state = || FileState::of(&open(&path).unwrap()).unwrap();
        let before = state();
        assert!(!before.has_changed());
        std::fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"more").unwrap();
        assert!(before.has_changed(), "longer");
        let before = state();
        let later = SystemTime::now() + std::time::Duration::from_secs(9);
        std::fs::OpenOptions::new().append(true).open(&path).unwrap().set_modified(later).unwrap();
        assert!(before.has_changed(), "of the same length");
        let before = state();
        std::fs::rename(&path, folder.path().join("b.txt")).unwrap();
        std::fs::write(&path, "another").unwrap();
        assert!(!before.has_changed(), "what is read is the file that was opened");
        #[cfg(unix)]
        assert!(FileState::of(&open(Path::new("/dev/null")).unwrap()).is_none());
    }

    #[test]
    fn inputs_over_the_limit_are_refused() {
        assert_eq!(all(&b"1234"[..], 4).unwrap(), b"1234");
        let error = all(io::repeat(0), 3 << 20).unwrap_err();
        assert_eq!(error.to_string(), "is larger than 3 MB, the limit");
    }
}
