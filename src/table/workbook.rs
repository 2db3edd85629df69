//! Reads a sheet of a workbook (`.xlsx`, `.ods`) as CSV.

use std::fs::File;
use std::io::{self, BufReader, Read as _, Write};

use calamine::{Cell, Data, DataRef, Ods, Reader as _, Xlsx, XlsxError};

use super::fields::write_field;
use crate::error::{Error, ErrorKind};
use crate::panics::{DAMAGED, caught};
use crate::read::kind::FileKind;

/// An open workbook, and the sheet to be read.
pub(super) struct Workbook {
    sheets: Sheets,
    /// The name of the sheet.
    pub name: String,
    max: usize,
}

enum Sheets {
    Xlsx(Box<Xlsx<BufReader<File>>>),
    Ods(Ods<BufReader<File>>),
}

/// Opens a workbook of this kind, and in it the first sheet unless `wanted` names another, or gives its number
/// from 1.
///
/// # Errors
/// [`ErrorKind::Input`] for a file that is not a workbook, has no such sheet, or unpacks to more than `max`
/// bytes.
pub(super) fn open(file: File, kind: FileKind, wanted: Option<&str>, max: usize) -> Result<Workbook, Error> {
    let mut file = BufReader::new(file);
    check_unpacked(&mut file, max)?;
    let sheets = caught(|| match kind {
        FileKind::Ods => Ods::new(file).map(Sheets::Ods).map_err(unreadable),
        _ => Xlsx::new(file).map(|file| Sheets::Xlsx(Box::new(file))).map_err(unreadable),
    })
    .unwrap_or_else(|| Err(panicked()))?;
    let names = match &sheets {
        Sheets::Xlsx(workbook) => workbook.sheet_names(),
        Sheets::Ods(workbook) => workbook.sheet_names(),
    };
    let number = |wanted: &str| wanted.parse::<usize>().ok()?.checked_sub(1).and_then(|at| names.get(at));
    let name = match wanted {
        None => names.first(),
        Some(wanted) => names.iter().find(|name| *name == wanted).or_else(|| number(wanted)),
    };
    let Some(name) = name.cloned() else {
        let what = wanted.map_or_else(|| "no sheet".to_owned(), |wanted| format!("no sheet '{wanted}'"));
        return Err(
            Error::new(ErrorKind::Input, format!("has {what}")).hint(format!("the sheets are: {}", names.join(", ")))
        );
    };
    Ok(Workbook { sheets, name, max })
}

fn unreadable(cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Input, format!("is not a readable workbook: {cause}"))
        .hint("save it as CSV and read that")
        .cause(cause)
}

fn panicked() -> Error {
    unreadable(io::Error::other(DAMAGED))
}

impl Workbook {
    /// Writes the sheet as CSV.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] for a damaged sheet, or an `.xlsx` sheet of more than twice `max` cells. Those of
    /// writing.
    pub(super) fn write(&mut self, out: &mut dyn Write) -> Result<(), Error> {
        caught(|| match &mut self.sheets {
            Sheets::Xlsx(workbook) => write_xlsx(workbook, &self.name, self.max, out),
            Sheets::Ods(workbook) => {
                let range = workbook.worksheet_range(&self.name).map_err(unreadable)?;
                range.rows().try_for_each(|row| write_row(out, row))
            }
        })
        .unwrap_or_else(|| Err(panicked()))
    }
}

/// Writes the cells as they are read, so that a sheet of any length takes the memory of a row.
fn write_xlsx(workbook: &mut Xlsx<BufReader<File>>, name: &str, max: usize, out: &mut dyn Write) -> Result<(), Error> {
    // The columns that are used are known only at the end.
    let bounds = match workbook.worksheet_cells_reader(name) {
        Ok(mut cells) => Bounds::of(|| cells.next_cell()).map_err(unreadable)?,
        // A chart has no cells.
        Err(XlsxError::NotAWorksheet(_)) => return Ok(()),
        Err(error) => return Err(unreadable(error)),
    };
    if !bounds.in_order {
        // The cells are held and sorted.
        let range = workbook.worksheet_range(name).map_err(unreadable)?;
        return range.rows().try_for_each(|row| write_row(out, row));
    }
    let width = bounds.width();
    // Commas of rows with a single cell each can be more than all texts.
    if width.saturating_mul(bounds.rows) > 2 * max as u64 {
        let message = format!(
            "the sheet '{name}' has {} rows of {width} columns up to the last used one, more than are read",
            bounds.rows
        );
        return Err(Error::new(ErrorKind::Input, message)
            .hint("save it as CSV, delete used cells far from the table, or raise --max-memory"));
    }
    let mut cells = workbook.worksheet_cells_reader(name).map_err(unreadable)?;
    let mut row = vec![Data::Empty; width as usize];
    let mut at = 0;
    while let Some(cell) = cells.next_cell().map_err(unreadable)? {
        let (row_of_cell, column) = cell.get_position();
        if matches!(cell.get_value(), DataRef::Empty) {
            continue;
        }
        if row_of_cell != at {
            write_row(out, &row)?;
            row.fill(Data::Empty);
            at = row_of_cell;
        }
        if let Some(place) = row.get_mut(column.saturating_sub(bounds.first) as usize) {
            *place = cell.get_value().clone().into();
        }
    }
    write_row(out, &row)
}

/// Writes a row as CSV, unless all its cells are empty: such a row is not one of the table.
fn write_row(out: &mut dyn Write, row: &[Data]) -> Result<(), Error> {
    if row.iter().all(|cell| matches!(cell, Data::Empty)) {
        return Ok(());
    }
    let mut csv = Vec::new();
    for (at, cell) in row.iter().enumerate() {
        if at > 0 {
            csv.push(b',');
        }
        write_field(&mut csv, &text(cell), b',');
    }
    if csv.is_empty() {
        csv.extend_from_slice(b"\"\"");
    }
    csv.push(b'\n');
    out.write_all(&csv).map_err(|error| Error::new(ErrorKind::Io, error.to_string()).cause(error))
}

/// The used part of a sheet.
#[derive(Default)]
struct Bounds {
    /// The first and the last used column.
    first: u32,
    last: u32,
    /// Number of rows with a used cell.
    rows: u64,
    /// Whether the rows are in order.
    in_order: bool,
}

impl Bounds {
    /// `next` gives the cells.
    fn of<'a, E>(mut next: impl FnMut() -> Result<Option<Cell<DataRef<'a>>>, E>) -> Result<Self, E> {
        let mut bounds = Self { first: u32::MAX, in_order: true, ..Self::default() };
        let mut last_row = None;
        while let Some(cell) = next()? {
            let (row, column) = cell.get_position();
            if !matches!(cell.get_value(), DataRef::Empty) {
                bounds.first = bounds.first.min(column);
                bounds.last = bounds.last.max(column);
                let before = last_row.replace(row);
                bounds.rows += u64::from(before != Some(row));
                bounds.in_order &= before.is_none_or(|before| before <= row);
            }
        }
        Ok(bounds)
    }

    fn width(&self) -> u64 {
        u64::from(self.last.saturating_sub(self.first)) + 1
    }
}

/// Checks how large the parts of a workbook are by decompressing them, because the sizes that the
/// file gives may be false.
fn check_unpacked(file: &mut BufReader<File>, max: usize) -> Result<(), Error> {
    let Ok(mut archive) = zip::ZipArchive::new(file) else { return Ok(()) };
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
    use std::io::Cursor;

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

    fn read(file: &[u8], max: usize) -> Result<String, Error> {
        let mut csv = Vec::new();
        let mut copy = tempfile::tempfile().unwrap();
        copy.write_all(file).unwrap();
        open(copy, FileKind::Xlsx, None, max)?.write(&mut csv)?;
        Ok(String::from_utf8(csv).unwrap())
    }

    /// The table has the columns from the first used one to the last, and the rows that are used.
    #[test]
    fn cells_are_where_they_are_in_the_sheet() {
        let file = workbook(&[("C2", "a"), ("B3", "b"), ("D3", "d"), ("C3", "c"), ("C1000000", "e")]);
        assert_eq!(read(&file, 1 << 20).unwrap(), ",a,\nb,c,d\n,e,\n");
        assert_eq!(read(&workbook(&[("XFD1048576", "a, b")]), 1 << 20).unwrap(), "\"a, b\"\n");
        assert_eq!(read(&workbook(&[]), 1 << 20).unwrap(), "");
        let file = workbook(&[("A3", "a"), ("B1", "b"), ("B3", "c")]);
        assert_eq!(read(&file, 1 << 20).unwrap(), ",b\na,c\n", "rows that are not in order");
    }

    #[test]
    fn many_rows_with_a_cell_far_away_are_too_large() {
        let places: Vec<_> = (1..=200).map(|row| format!("A{row}")).chain(["XFD201".to_owned()]).collect();
        let cells: Vec<_> = places.iter().map(|place| (place.as_str(), "a")).collect();
        let file = workbook(&cells);
        // By hand: 201 rows of 16,384 columns are 3,293,184 cells.
        assert_eq!(read(&file, 1_646_592).unwrap().lines().count(), 201);
        let error = read(&file, 1_646_591).unwrap_err().to_string();
        assert!(error.contains("the sheet 'Jobs' has 201 rows of 16384 columns"), "{error}");
    }
}
