//! Reads a sheet of a workbook (`.xlsx`, `.xls`, `.ods`) as CSV.

use std::io::{self, Cursor, Read};

use calamine::{Data, Reader as _, open_workbook_auto_from_rs};

use super::fields::write_field;
use crate::error::{Error, ErrorKind};

/// The sheet as CSV, and its name. The first sheet unless `wanted` names another, or gives
/// its number from 1.
///
/// # Errors
/// [`ErrorKind::Input`] for a file that is not a workbook, has no such sheet, or has more than
/// `max` bytes, compressed or not.
pub(crate) fn read(bytes: impl Read, wanted: Option<&str>, max: usize) -> Result<(Vec<u8>, String), Error> {
    let file = super::source::read_whole(bytes, max)?;
    check_unpacked(&file, max)?;
    let unreadable = |error: calamine::Error| {
        Error::new(ErrorKind::Input, format!("is not a readable workbook: {error}"))
            .hint("save it as CSV and read that")
            .cause(error)
    };
    let mut workbook = open_workbook_auto_from_rs(Cursor::new(file)).map_err(unreadable)?;
    let sheets = workbook.sheet_names();
    let number = |wanted: &str| wanted.parse::<usize>().ok()?.checked_sub(1).and_then(|at| sheets.get(at));
    let name = match wanted {
        None => sheets.first(),
        Some(wanted) => sheets.iter().find(|name| *name == wanted).or_else(|| number(wanted)),
    };
    let Some(name) = name.cloned() else {
        let what = wanted.map_or_else(|| "no sheet".to_owned(), |wanted| format!("no sheet '{wanted}'"));
        return Err(
            Error::new(ErrorKind::Input, format!("has {what}")).hint(format!("the sheets are: {}", sheets.join(", ")))
        );
    };
    let range = workbook.worksheet_range(&name).map_err(unreadable)?;
    let mut csv = Vec::new();
    for row in range.rows() {
        // Empty rows between others are not rows of the table.
        if row.iter().all(|cell| matches!(cell, Data::Empty)) {
            continue;
        }
        for (at, cell) in row.iter().enumerate() {
            if at > 0 {
                csv.push(b',');
            }
            write_field(&mut csv, &text(cell), b',');
        }
        if row.len() == 1 && csv.last().is_none_or(|last| *last == b'\n') {
            csv.extend_from_slice(b"\"\"");
        }
        csv.push(b'\n');
    }
    Ok((csv, name))
}

/// Checks how large the parts of a workbook are by decompressing them, because the sizes that the
/// file gives may be false. Old workbooks are not compressed.
fn check_unpacked(file: &[u8], max: usize) -> Result<(), Error> {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(file)) else { return Ok(()) };
    let mut left = max as u64;
    for at in 0..archive.len() {
        // A part that cannot be read is an error only when it is needed, later.
        let Ok(part) = archive.by_index(at) else { continue };
        let size = io::copy(&mut part.take(left + 1), &mut io::sink()).unwrap_or_default();
        left = left.checked_sub(size).ok_or_else(|| super::too_large(max))?;
    }
    Ok(())
}

fn text(cell: &Data) -> String {
    match cell {
        // Line ends, as XML escapes them.
        Data::String(text) => text.replace("_x000D_\n", "\n").replace("_x000D_", "\n"),
        Data::DateTime(date) if !date.is_duration() => {
            let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
            if (hour, minute, second) == (0, 0, 0) {
                format!("{year:04}-{month:02}-{day:02}")
            } else {
                format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
            }
        }
        Data::Error(_) => String::new(),
        _ => cell.to_string(),
    }
}
