//! Names of files: which are the same, which are in the way, where parts are kept.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind};

/// The path with `suffix` behind its name.
pub(crate) fn behind(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

/// A hidden name beside `path`: `.NAME.SUFFIX`.
pub(crate) fn hidden(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".");
    name.push(suffix);
    path.with_file_name(name)
}

/// Where a file is, whether or not it is there yet: its folder without links, and its
/// name.
pub(crate) fn place(path: &Path) -> PathBuf {
    if let Ok(path) = fs::canonicalize(path) {
        return path;
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    folder.join(path.file_name().unwrap_or_default())
}

/// Whether two names are one file, be it through links.
pub(crate) fn same(a: &Path, b: &Path) -> bool {
    if place(a) == place(b) {
        return true;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        if let (Ok(a), Ok(b)) = (fs::metadata(a), fs::metadata(b)) {
            return a.is_file() && a.dev() == b.dev() && a.ino() == b.ino();
        }
    }
    false
}

/// Whether what is at `path` is written to as it is: a device or a pipe.
pub(crate) fn is_stream(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// Checks that `path` may be written: no folder, in a folder that is there, and nothing
/// in the way unless `force`.
pub(crate) fn writable(path: &Path, force: bool) -> Result<(), Error> {
    let error = |kind, message: String| Err(Error::new(kind, message).file(path.display()));
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => return error(ErrorKind::Io, "is a directory".to_owned()),
        Ok(_) if !force => {
            return error(ErrorKind::Io, "exists already; --force writes over it".to_owned());
        }
        Ok(_) => {}
        Err(problem) if problem.kind() == io::ErrorKind::NotFound => {}
        Err(problem) => return error(ErrorKind::Io, format!("cannot be written: {problem}")),
    }
    if path.file_name().is_none() {
        return error(ErrorKind::Io, "is no name of a file".to_owned());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if folder.is_dir() { Ok(()) } else { error(ErrorKind::Io, format!("there is no folder {}", folder.display())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(behind(Path::new("a/b.csv"), ".x"), Path::new("a/b.csv.x"));
        assert_eq!(hidden(Path::new("a/b.csv"), "part"), Path::new("a/.b.csv.part"));
        assert!(same(Path::new("Cargo.toml"), Path::new("./src/../Cargo.toml")));
        assert!(same(Path::new("not-there"), Path::new("./not-there")));
        assert!(!same(Path::new("Cargo.toml"), Path::new("Cargo.lock")));
        assert!(writable(Path::new("Cargo.toml"), false).is_err());
        assert!(writable(Path::new("Cargo.toml"), true).is_ok());
        assert!(writable(Path::new("src"), true).is_err());
        assert!(writable(Path::new("no/such/folder"), true).is_err());
    }
}
