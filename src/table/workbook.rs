//! Reads a sheet of a workbook (`.xlsx`, `.xlsb`, `.ods`) as CSV.

use std::io::{self, Cursor, Read};

use calamine::{Cell, Data, DataRef, DataType as _, Reader as _, Sheets, XlsxError, open_workbook_auto_from_rs};

use super::fields::write_field;
use super::ods_size;
use crate::error::{Error, ErrorKind};
use crate::panics::caught;

/// The sheet as CSV, and its name. The first sheet unless `wanted` names another, or gives
/// its number from 1.
///
/// # Errors
/// [`ErrorKind::Input`] for a file that is not a workbook, has no such sheet, or has more than
/// `max` bytes, compressed or not, or a sheet that takes more than twice as much memory.
pub(crate) fn read(bytes: impl Read, wanted: Option<&str>, max: usize) -> Result<(Vec<u8>, String), Error> {
    let file = super::source::read_whole(bytes, max)?;
    check_unpacked(&file, max)?;
    let spreadsheet = ods_size::memory(&file).map_err(unreadable)?;
    check_memory("the sheets", spreadsheet, max)?;
    caught(|| sheet(file, wanted, max)).unwrap_or_else(|| Err(unreadable("it is not as the format requires")))
}

fn unreadable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(ErrorKind::Input, format!("is not a readable workbook: {}", cause.into()))
        .hint("save it as CSV and read that")
}

/// Checks that what is read takes at most twice `max` bytes, as it is given back before the rows of its CSV
/// are classified.
fn check_memory(what: &str, bytes: u64, max: usize) -> Result<(), Error> {
    let most = 2 * max as u64;
    if bytes <= most {
        return Ok(());
    }
    let message = format!(
        "{what} would take {} MB of memory with all cells up to the last used one, and {} MB are allowed",
        bytes >> 20,
        most >> 20
    );
    Err(Error::new(ErrorKind::Input, message)
        .hint("save it as CSV, delete used cells far from the table, or raise --max-memory"))
}

fn sheet(file: Vec<u8>, wanted: Option<&str>, max: usize) -> Result<(Vec<u8>, String), Error> {
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
    let memory = match &mut workbook {
        Sheets::Xlsx(workbook) => match workbook.worksheet_cells_reader(&name) {
            Ok(mut cells) => size_of_sheet(|| cells.next_cell()),
            // A chart has no cells.
            Err(XlsxError::NotAWorksheet(_)) => Ok(0),
            Err(error) => Err(error),
        }
        .map_err(unreadable)?,
        Sheets::Xlsb(workbook) => workbook
            .worksheet_cells_reader(&name)
            .and_then(|mut cells| size_of_sheet(|| cells.next_cell()))
            .map_err(unreadable)?,
        // All its sheets are read, and have been checked.
        _ => 0,
    };
    check_memory(&format!("the sheet '{name}'"), memory, max)?;
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

/// The memory in bytes that the table of a sheet takes: its cells, in rows of equal width from the first
/// used cell to the last, and their texts, which the file may have once for many cells. `next` gives
/// the cells.
fn size_of_sheet<'a, E>(mut next: impl FnMut() -> Result<Option<Cell<DataRef<'a>>>, E>) -> Result<u64, E> {
    let (mut rows, mut columns) = ((u32::MAX, 0), (u32::MAX, 0));
    let (mut cells, mut texts) = (0u64, 0u64);
    while let Some(cell) = next()? {
        let (row, column) = cell.get_position();
        if !matches!(cell.get_value(), DataRef::Empty) {
            rows = (rows.0.min(row), rows.1.max(row));
            columns = (columns.0.min(column), columns.1.max(column));
            cells += 1;
            texts += cell.get_value().as_string().map_or(0, |text| text.len() as u64);
        }
    }
    let length = |(first, last): (u32, u32)| u64::from(last.saturating_sub(first)) + 1;
    let table = (length(rows) * length(columns)).saturating_mul(size_of::<Data>() as u64);
    // Each text is in its cell and in the CSV.
    Ok(table.saturating_add(cells * size_of::<Cell<Data>>() as u64).saturating_add(2 * texts))
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

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    /// A workbook with a sheet of these cells: their places and texts.
    fn workbook(cells: &[(&str, &str)]) -> Vec<u8> {
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let row = |(place, text): &(&str, &str)| {
            let row = place.trim_start_matches(char::is_alphabetic);
            format!("<row r=\"{row}\"><c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c></row>")
        };
        let rows = cells.iter().map(row).collect::<Vec<_>>().concat();
        let related = |kind: &str, target: &str| {
            format!(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
                 <Relationship Id=\"a\" Type=\"{relations}/{kind}\" Target=\"{target}\"/></Relationships>"
            )
        };
        let sheets = "<sheets><sheet name=\"Jobs\" sheetId=\"1\" r:id=\"a\"/></sheets>";
        let parts = [
            ("_rels/.rels", related("officeDocument", "xl/workbook.xml")),
            ("xl/workbook.xml", format!("<workbook xmlns=\"{main}\" xmlns:r=\"{relations}\">{sheets}</workbook>")),
            ("xl/_rels/workbook.xml.rels", related("worksheet", "worksheets/a.xml")),
            ("xl/worksheets/a.xml", format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>")),
        ];
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in parts {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    /// Two texts, in a table as large as the sheet up to the second.
    #[test]
    fn a_sheet_with_a_cell_far_away_is_too_large() {
        for (far, fits) in
            [("A2", true), ("CV1000", true), ("XFD2000", false), ("CV1048576", false), ("XFD1048576", false)]
        {
            let file = workbook(&[("A1", "text"), (far, "own")]);
            match read(&file[..], None, 32 << 20) {
                Ok((csv, name)) => assert!(fits && name == "Jobs" && csv.starts_with(b"text"), "{far}"),
                Err(error) => {
                    assert!(
                        !fits
                            && error
                                .to_string()
                                .contains("with all cells up to the last used one, and 64 MB are allowed"),
                        "{far}: {error}"
                    );
                }
            }
        }
    }

    /// A text that the file has once and the table a thousand times: by hand, 1,000 cells of 32 bytes in
    /// the table and 40 in the list, and twice 10,000 bytes for each.
    #[test]
    fn the_memory_of_a_sheet_has_its_table_and_texts() {
        let text = "x".repeat(10_000);
        let mut rows = 0..1000;
        let size =
            size_of_sheet(|| Ok::<_, ()>(rows.next().map(|row| Cell::new((row, 3), DataRef::SharedString(&text)))));
        let cells = 1000 * (size_of::<Data>() + size_of::<Cell<Data>>()) as u64;
        assert_eq!(size, Ok(cells + 20_000_000));
        assert_eq!(size_of_sheet(|| Ok::<_, ()>(None)), Ok(size_of::<Data>() as u64), "an empty sheet");
    }
}
