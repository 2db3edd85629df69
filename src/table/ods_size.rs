//! The memory that the sheets of an `.ods` workbook take, known before they are read: a cell, a row
//! or a space can be there once with the number of its repetitions.

use std::io::{Cursor, Read as _};

use calamine::Data;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// The most rows and columns that are read of a sheet.
const MAX_ROWS: u64 = 1 << 20;
const MAX_COLUMNS: u64 = 1 << 14;

/// The memory in bytes of all sheets in the file; 0 for a file without a part that has them.
///
/// # Errors
/// What is wrong with it, if it is damaged.
pub(super) fn memory(file: &[u8]) -> Result<u64, Box<dyn std::error::Error + Send + Sync>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(file))?;
    let Ok(mut part) = archive.by_name("content.xml") else { return Ok(0) };
    let mut xml = Vec::new();
    part.read_to_end(&mut xml)?;
    let mut reader = Reader::from_reader(&xml[..]);
    reader.config_mut().expand_empty_elements = true;
    let mut buffer = Vec::new();
    let (mut total, mut sheet, mut row, mut cell) = (0u64, Sheet::default(), Row::default(), Cell::default());
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer)? {
            Event::Start(element) => match element.name().as_ref() {
                "table:table" => sheet = Sheet::default(),
                "table:table-row" => {
                    row = Row { repeated: number(&element, "table:number-rows-repeated")?, ..Row::default() }
                }
                "table:table-cell" | "table:covered-table-cell" => cell = Cell::of(&element)?,
                "text:s" => cell.text = cell.text.saturating_add(number(&element, "text:c")?),
                // Others may stand for a character.
                _ => cell.text += 1,
            },
            Event::End(element) => match element.name().as_ref() {
                "table:table" => total = total.saturating_add(sheet.memory()),
                "table:table-row" => sheet.add(&row),
                "table:table-cell" | "table:covered-table-cell" => row.add(&cell),
                _ => {}
            },
            Event::Text(text) => cell.text += text.len() as u64,
            Event::CData(text) => cell.text += text.len() as u64,
            Event::GeneralRef(reference) => cell.text += reference.len() as u64,
            Event::Eof => return Ok(total),
            _ => {}
        }
    }
}

/// The number in an attribute, or 1.
fn number(element: &BytesStart<'_>, name: &str) -> Result<u64, Box<dyn std::error::Error + Send + Sync>> {
    match element.try_get_attribute(name)? {
        Some(attribute) => Ok(attribute.value.parse()?),
        None => Ok(1),
    }
}

#[derive(Default)]
struct Cell {
    repeated: u64,
    /// Whether it has a value or a formula.
    filled: bool,
    /// Length of its texts in bytes.
    text: u64,
}

impl Cell {
    fn of(element: &BytesStart<'_>) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let mut cell = Self { repeated: number(element, "table:number-columns-repeated")?, ..Self::default() };
        for attribute in element.attributes() {
            let attribute = attribute?;
            let name = attribute.key.as_ref();
            if name.starts_with("office:") || name.starts_with("calcext:") || name == "table:formula" {
                cell.filled = true;
                cell.text += attribute.value.len() as u64;
            }
        }
        Ok(cell)
    }
}

#[derive(Default)]
struct Row {
    repeated: u64,
    /// Number of cells so far.
    cells: u64,
    /// Number of cells up to the last one that is filled.
    width: u64,
    texts: u64,
}

impl Row {
    fn add(&mut self, cell: &Cell) {
        let repeated = cell.repeated.min(MAX_COLUMNS - self.cells);
        self.cells += repeated;
        if cell.filled {
            self.width = self.cells;
            self.texts = self.texts.saturating_add(repeated.saturating_mul(cell.text));
        }
    }
}

#[derive(Default)]
struct Sheet {
    /// Number of rows so far.
    rows: u64,
    /// Number of rows up to the last one with a filled cell.
    height: u64,
    /// The width of the widest row.
    width: u64,
    /// Number of cells, with those of a repeated row once.
    cells: u64,
    texts: u64,
}

impl Sheet {
    fn add(&mut self, row: &Row) {
        let repeated = row.repeated.min(MAX_ROWS - self.rows);
        self.rows += repeated;
        if row.width > 0 {
            self.height = self.rows;
            self.width = self.width.max(row.width);
            self.cells += row.width;
            self.texts = self.texts.saturating_add(repeated.saturating_mul(row.texts));
        }
    }

    fn memory(&self) -> u64 {
        // A value and a formula for each cell; the cells as they are in the file, then with all repetitions, of
        // which a copy is given out, and the texts also as CSV.
        let cell = (size_of::<Data>() + size_of::<String>()) as u64;
        let table = self.height * self.width;
        (2 * table + self.cells).saturating_mul(cell).saturating_add(self.texts.saturating_mul(4))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::super::workbook::read;
    use super::*;

    /// A spreadsheet with these rows.
    fn spreadsheet(rows: &str) -> Vec<u8> {
        let names = ["office", "table", "text"]
            .map(|name| format!(" xmlns:{name}=\"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0\""))
            .concat();
        let content = format!(
            "<office:document-content{names}><office:body><office:spreadsheet><table:table table:name=\"Jobs\">{rows}\
             </table:table></office:spreadsheet></office:body></office:document-content>"
        );
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let parts = [
            ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
            ("META-INF/manifest.xml", "<manifest:manifest/>"),
            ("content.xml", &content),
        ];
        for (name, text) in parts {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn cell(more: &str, text: &str) -> String {
        format!("<table:table-cell office:value-type=\"string\"{more}><text:p>{text}</text:p></table:table-cell>")
    }

    fn row(more: &str, cells: &str) -> String {
        format!("<table:table-row{more}>{cells}</table:table-row>")
    }

    /// Two rows of two cells, then what programs write for the rest of the sheet, which takes nothing. By
    /// hand: 12 cells of 48 bytes, and four times the 4 characters, each with one for its paragraph and 6 for
    /// its type.
    #[test]
    fn a_sheet_takes_its_filled_cells() {
        let cells = [cell("", "a"), cell("", "b")].concat();
        let rest = "<table:table-cell table:number-columns-repeated=\"16382\"/>";
        let rows = row("", &format!("{cells}{rest}")).repeat(2);
        let end = row(" table:number-rows-repeated=\"1048574\"", "<table:table-cell/>");
        let file = spreadsheet(&format!("{rows}{end}"));
        let each = (size_of::<Data>() + size_of::<String>()) as u64;
        assert_eq!(memory(&file).unwrap(), 12 * each + 4 * 4 * (1 + 1 + 6));
        assert_eq!(read(&file[..], None, 1 << 20).unwrap(), (b"a,b\na,b\n".to_vec(), "Jobs".to_owned()));
    }

    #[test]
    fn repetitions_are_counted_before_they_are_made() {
        let table = [
            ("rows", row(" table:number-rows-repeated=\"1000000\"", &cell("", &"x".repeat(1000)))),
            ("columns", row("", &cell(" table:number-columns-repeated=\"16000\"", &"x".repeat(10_000)))),
            ("spaces", row("", &cell("", "<text:s text:c=\"4000000000\"/>"))),
            (
                "a row far away",
                [
                    row("", &cell("", "a")),
                    row(" table:number-rows-repeated=\"1000000\"", "<table:table-cell/>"),
                    row("", &cell("", "a").repeat(50)),
                ]
                .concat(),
            ),
        ];
        for (name, rows) in table {
            let error = read(&spreadsheet(&rows)[..], None, 16 << 20).unwrap_err().to_string();
            assert!(
                error.contains("the sheets would take") && error.contains("and 32 MB are allowed"),
                "{name}: {error}"
            );
        }
        // Beyond the last column and row of a sheet nothing is made, so nothing is counted.
        let cells = cell(" table:number-columns-repeated=\"99999999999\"", "a");
        let memory = memory(&spreadsheet(&row(" table:number-rows-repeated=\"99999999999\"", &cells))).unwrap();
        let each = (size_of::<Data>() + size_of::<String>()) as u64;
        assert_eq!(memory, (2 * MAX_ROWS * MAX_COLUMNS + MAX_COLUMNS) * each + 4 * MAX_ROWS * MAX_COLUMNS * 8);
    }

    #[test]
    fn what_is_damaged_is_refused() {
        for rows in [
            row("", &cell(" table:number-columns-repeated=\"many\"", "a")),
            row(" table:number-rows-repeated=\"-1\"", &cell("", "a")),
            "</table:table-row>".to_owned(),
        ] {
            let error = read(&spreadsheet(&rows)[..], None, 1 << 20).unwrap_err().to_string();
            assert!(error.contains("is not a readable workbook"), "{rows}: {error}");
        }
    }
}
