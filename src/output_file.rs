//! Writes a file whole or not at all.
//!
//! The bytes go to a temporary file with a random name in the target's folder, which is
//! renamed to the target once they are complete. A writer that fails or is dropped
//! leaves nothing.
//!
//! - A device, a pipe or a file descriptor (`/dev/null`, `/dev/stdout`, a FIFO) is opened
//!   and written into; it is never replaced or deleted.
//! - A symbolic link is followed: the file it points to is created or replaced, and the
//!   link stays.
//! - The new file keeps the permissions of the one it replaces.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tempfile::NamedTempFile;

/// A file that appears under its name when it is [committed](Self::commit).
#[derive(Debug)]
pub struct OutputFile(Kind);

#[derive(Debug)]
enum Kind {
    Temporary {
        file: NamedTempFile,
        target: PathBuf,
        overwrite: bool,
        /// Declared after `file`, so that it is dropped once the temporary file is gone.
        _entry: Entry,
    },
    Stream(File),
}

impl OutputFile {
    /// Creates the temporary file, or opens the device or pipe at `path`.
    ///
    /// # Errors
    /// [`io::ErrorKind::IsADirectory`] if `path` is a directory; otherwise the error of the system.
    pub fn create(path: &Path, overwrite: bool) -> io::Result<Self> {
        let target = follow_links(path)?;
        if is_stream(&target) {
            return open_stream(&target).map(|file| Self(Kind::Stream(file)));
        }
        let replaced = match fs::metadata(&target) {
            Ok(found) if found.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(found) => Some(found.permissions()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let mut builder = tempfile::Builder::new();
        builder.prefix(".rolecall-").suffix(".tmp");
        #[cfg(unix)]
        {
            // Like any new file, as the umask allows; by default only its owner may read a temporary file.
            use std::os::unix::fs::PermissionsExt as _;
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let file = builder.tempfile_in(folder(&target))?;
        if let Some(permissions) = replaced {
            file.as_file().set_permissions(permissions)?;
        }
        let entry = Entry::new(file.path());
        Ok(Self(Kind::Temporary { file, target, overwrite, _entry: entry }))
    }

    /// Renames the file to its target.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] if the target exists and may not be overwritten;
    /// otherwise the error of the system. The temporary file is then deleted.
    pub fn commit(self) -> io::Result<()> {
        match self.0 {
            Kind::Stream(mut file) => file.flush(),
            Kind::Temporary { file, target, overwrite, _entry } => {
                file.as_file().sync_all()?;
                let renamed = if overwrite { file.persist(target) } else { file.persist_noclobber(target) };
                renamed.map(drop).map_err(|error| error.error)
            }
        }
    }
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            Kind::Temporary { file, .. } => file.write(bytes),
            Kind::Stream(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Kind::Temporary { file, .. } => file.flush(),
            Kind::Stream(file) => file.flush(),
        }
    }
}

/// Writes `bytes` to `path`, whole or not at all. An existing file is replaced.
///
/// # Errors
/// As [`OutputFile::create`] and [`OutputFile::commit`].
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OutputFile::create(path, true)?;
    file.write_all(bytes)?;
    file.commit()
}

/// Whether `path` is a device, a pipe or a file descriptor: written into, never replaced.
#[must_use]
pub fn is_stream(path: &Path) -> bool {
    follow_links(path).is_ok_and(|target| {
        descriptor(&target).is_some() || fs::metadata(target).is_ok_and(|found| !found.is_file() && !found.is_dir())
    })
}

/// The number of the file descriptor of this process that `path` leads to: 1 for `/dev/stdout`.
#[must_use]
pub fn descriptor_of(path: &Path) -> Option<u32> {
    descriptor(&follow_links(path).ok()?)
}

/// Removes the regular file that `path` leads to, if there is one; a link to it stays.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    let target = follow_links(path)?;
    if is_stream(&target) || !target.exists() {
        return Ok(());
    }
    fs::remove_file(target)
}

/// Temporary files of this process.
static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Deletes all temporary files of this process: for a signal handler that exits without
/// dropping anything.
pub fn remove_unfinished() {
    for path in &*UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner) {
        let _ = fs::remove_file(path);
    }
}

/// A path in [`UNFINISHED`] until it is dropped.
#[derive(Debug)]
struct Entry(PathBuf);

impl Entry {
    fn new(path: &Path) -> Self {
        UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned());
        Self(path.to_owned())
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

/// The folder that `path` is in.
pub(crate) fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Maximum number of symbolic links to follow, as in Linux.
const MAX_LINKS: usize = 40;

/// The path that `path` leads to through symbolic links, whether or not there is a file.
/// A descriptor of this process is not followed: its file is already open.
fn follow_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        if descriptor(&path).is_some() {
            return Ok(path);
        }
        match fs::read_link(&path) {
            Ok(target) => path = folder(&path).join(target),
            // No link, or nothing there.
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many levels of symbolic links"))
}

/// The number of a file descriptor of this process (`/proc/self/fd/1`, `/dev/fd/1`).
fn descriptor(path: &Path) -> Option<u32> {
    let number = path.file_name()?.to_str()?.parse().ok()?;
    let folder = fs::canonicalize(path.parent()?).ok()?;
    let own = format!("/proc/{}/fd", std::process::id());
    (folder == Path::new("/dev/fd") || folder == Path::new(&own)).then_some(number)
}

fn open_stream(path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd as _;
        // The descriptor as it is: opened anew, a redirected one would start at the beginning of its file.
        match descriptor(path) {
            Some(1) => return Ok(io::stdout().as_fd().try_clone_to_owned()?.into()),
            Some(2) => return Ok(io::stderr().as_fd().try_clone_to_owned()?.into()),
            _ => {}
        }
    }
    // A descriptor may be redirected to a file, whose contents must stay.
    OpenOptions::new().append(true).open(path)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _, symlink};

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_dropped_writer_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        let mut file = OutputFile::create(&path, false).unwrap();
        file.write_all(b"half").unwrap();
        assert_eq!(names(folder.path()).len(), 1);
        assert!(!path.exists());
        drop(file);
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn temporary_names_are_random_and_registered_until_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        let (first, second) = (OutputFile::create(&path, true).unwrap(), OutputFile::create(&path, true).unwrap());
        let both = names(folder.path());
        assert_eq!(both.len(), 2);
        assert!(both.iter().all(|name| name.starts_with(".rolecall-") && name.len() > ".rolecall-.tmp".len() + 5));
        // `remove_unfinished` is not called: it would delete the files of other tests.
        let kept: Vec<_> = both.iter().map(|name| folder.path().join(name)).collect();
        assert!(kept.iter().all(|path| UNFINISHED.lock().unwrap().contains(path)));
        drop((first, second));
        assert!(kept.iter().all(|path| !UNFINISHED.lock().unwrap().contains(path)));
    }

    #[test]
    fn an_existing_file_is_replaced_only_when_asked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let mut file = OutputFile::create(&path, false).unwrap();
        file.write_all(b"new").unwrap();
        assert_eq!(file.commit().unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        write(&path, b"new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640, "the mode is kept");
        assert_eq!(names(folder.path()), ["a.txt"]);
        assert_eq!(write(folder.path(), b"").unwrap_err().kind(), io::ErrorKind::IsADirectory);
    }

    #[test]
    fn a_new_file_has_the_mode_that_any_program_gives_it() {
        let folder = tempfile::tempdir().unwrap();
        let (ours, plain) = (folder.path().join("ours"), folder.path().join("plain"));
        write(&ours, b"").unwrap();
        fs::write(&plain, "").unwrap();
        assert_eq!(fs::metadata(ours).unwrap().mode(), fs::metadata(plain).unwrap().mode());
    }

    #[test]
    fn links_are_followed_and_stay() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("inner")).unwrap();
        symlink("inner/file", at("link")).unwrap();
        symlink("link", at("second")).unwrap();
        for text in ["created", "replaced"] {
            write(&at("second"), text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(at("inner/file")).unwrap(), text);
        }
        assert_eq!(
            (names(folder.path()), names(&at("inner"))),
            (vec!["inner".into(), "link".into(), "second".into()], vec!["file".into()])
        );
        symlink("loop", at("loop")).unwrap();
        assert!(write(&at("loop"), b"").is_err());
        remove(&at("link")).unwrap();
        assert!(!at("inner/file").exists() && at("link").is_symlink());
    }

    #[test]
    fn devices_and_pipes_are_written_into() {
        let folder = tempfile::tempdir().unwrap();
        let (pipe, link) = (folder.path().join("pipe"), folder.path().join("null"));
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        symlink("/dev/null", &link).unwrap();
        let reader = {
            let pipe = pipe.clone();
            std::thread::spawn(move || fs::read_to_string(pipe).unwrap())
        };
        write(&pipe, b"through the pipe").unwrap();
        assert_eq!(reader.join().unwrap(), "through the pipe");
        for device in [&link, Path::new("/dev/null")] {
            write(device, b"gone").unwrap();
            remove(device).unwrap();
        }
        assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
        assert_eq!(names(folder.path()), ["null", "pipe"]);
        assert!(is_stream(Path::new("/dev/stdout")) && !is_stream(folder.path()));
    }
}
