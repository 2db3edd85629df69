//! Paths of a run: suffixes, checks and errors.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind};
use crate::output_file::folder;

/// Why a file that exists is not written.
const EXISTS: &str = "exists already; --force replaces it";

/// `path` with `suffix` appended to its name.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

/// The absolute path without links, also of a file that does not exist yet.
fn absolute(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| {
        let folder = folder(path);
        let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        folder.join(path.file_name().unwrap_or_default())
    })
}

/// Whether two paths lead to one file, also through symbolic or hard links.
pub(crate) fn same_file(a: &Path, b: &Path) -> bool {
    if absolute(a) == absolute(b) {
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

/// Checks that a file can be created at `path`: its folder exists, it is not a directory, and it
/// does not exist yet unless `force`.
pub(crate) fn check_writable(path: &Path, force: bool) -> Result<(), Error> {
    let error = |message: String| Err(Error::new(ErrorKind::Io, message).file(path.display()));
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => return error("is a directory".to_owned()),
        Ok(_) if !force => return error(EXISTS.to_owned()),
        Ok(_) => {}
        Err(problem) if problem.kind() == io::ErrorKind::NotFound => {}
        Err(problem) => return error(format!("cannot be written: {problem}")),
    }
    if path.file_name().is_none() {
        return error("is not the name of a file".to_owned());
    }
    let folder = folder(path);
    if folder.is_dir() { Ok(()) } else { error(format!("there is no folder {}", folder.display())) }
}

/// The error of an output that cannot be written.
pub(crate) fn write_error(error: io::Error, path: Option<&Path>) -> Error {
    let kind = if error.kind() == io::ErrorKind::BrokenPipe { ErrorKind::Closed } else { ErrorKind::Io };
    let error = match error.kind() {
        io::ErrorKind::AlreadyExists => Error::new(kind, EXISTS),
        _ => Error::new(kind, format!("cannot be written: {error}")).cause(error),
    };
    match path {
        Some(path) => error.file(path.display()),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_compared_and_checked() {
        assert_eq!(with_suffix(Path::new("a/b.csv"), ".x"), Path::new("a/b.csv.x"));
        for (a, b, same) in [
            ("Cargo.toml", "./src/../Cargo.toml", true),
            ("not-there", "./not-there", true),
            ("Cargo.toml", "Cargo.lock", false),
        ] {
            assert_eq!(same_file(Path::new(a), Path::new(b)), same, "{a} {b}");
        }
        for (path, force, writable) in [
            ("Cargo.toml", false, false),
            ("Cargo.toml", true, true),
            ("src", true, false),
            ("no/such/folder", true, false),
        ] {
            assert_eq!(check_writable(Path::new(path), force).is_ok(), writable, "{path}");
        }
    }

    #[test]
    fn errors_say_why_a_file_is_not_written() {
        let below_a_file = check_writable(Path::new("Cargo.toml/x"), false).unwrap_err().to_string();
        assert!(below_a_file.contains("cannot be written: "), "{below_a_file}");
        for (kind, closed, message) in [
            (io::ErrorKind::AlreadyExists, false, EXISTS),
            (io::ErrorKind::BrokenPipe, true, "cannot be written: "),
            (io::ErrorKind::StorageFull, false, "cannot be written: "),
        ] {
            let error = write_error(io::Error::from(kind), Some(Path::new("out.csv")));
            assert_eq!(error.kind() == ErrorKind::Closed, closed, "{error}");
            let error = error.to_string();
            assert!(error.contains(message) && error.contains("out.csv"), "{error}");
        }
    }
}
