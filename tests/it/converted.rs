//! Workbooks and Parquet files that are made to take memory or time, or to end the process that reads them.
#![cfg(target_os = "linux")]

use std::io::{Cursor, Write as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::batch::{PM, column, input, read};
use super::common::{folder, rolecall, stderr};
use super::limits::{BASE, batch, measured};

/// A Parquet file of these texts, compressed.
fn parquet(texts: &[&str]) -> Vec<u8> {
    use parquet::basic::{Compression, ZstdLevel};
    use parquet::data_type::{ByteArray, ByteArrayType};
    use parquet::file::properties::WriterProperties;
    use parquet::file::writer::SerializedFileWriter;
    let schema = parquet::schema::parser::parse_message_type("message row { required binary text (UTF8); }");
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
    let mut writer =
        SerializedFileWriter::new(Vec::new(), schema.expect("a schema").into(), properties.into()).expect("opens");
    let mut group = writer.next_row_group().expect("a row group");
    let mut column = group.next_column().expect("opens").expect("a column");
    let values: Vec<ByteArray> = texts.iter().map(|text| ByteArray::from(*text)).collect();
    column.typed::<ByteArrayType>().write_batch(&values, None, None).expect("written");
    column.close().expect("closes");
    group.close().expect("closes");
    writer.into_inner().expect("ends")
}

/// A zip file with these parts.
fn zipped(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        // By its first part, which is not compressed, an `.ods` is recognized.
        let method = if *name == "mimetype" { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        zip.start_file(*name, SimpleFileOptions::default().compression_method(method)).expect("starts");
        zip.write_all(text.as_bytes()).expect("written");
    }
    zip.finish().expect("ends").into_inner()
}

/// An `.ods` workbook with this content in its table, which `end` closes.
fn ods(rows: &str, end: &str) -> Vec<u8> {
    let names = ["office", "table", "text"]
        .map(|name| format!(" xmlns:{name}=\"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0\""))
        .concat();
    let content = format!(
        "<office:document-content{names}><office:body><office:spreadsheet><table:table table:name=\"Jobs\">{rows}{end}"
    );
    zipped(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", "<manifest:manifest/>"),
        ("content.xml", &content),
    ])
}

const END: &str = "</table:table></office:spreadsheet></office:body></office:document-content>";

/// An `.xlsx` workbook with these shared texts and rows.
fn xlsx(texts: &str, rows: &str) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let related = |kind: &str, target: &str| {
        format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
             <Relationship Id=\"a\" Type=\"{relations}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    let sheets = "<sheets><sheet name=\"Jobs\" sheetId=\"1\" r:id=\"a\"/></sheets>";
    zipped(&[
        ("_rels/.rels", &related("officeDocument", "xl/workbook.xml")),
        ("xl/workbook.xml", &format!("<workbook xmlns=\"{main}\" xmlns:r=\"{relations}\">{sheets}</workbook>")),
        ("xl/_rels/workbook.xml.rels", &related("worksheet", "worksheets/a.xml")),
        ("xl/sharedStrings.xml", &format!("<sst xmlns=\"{main}\" {texts}</sst>")),
        ("xl/worksheets/a.xml", &format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>")),
    ])
}

/// A Parquet file without rows whose columns are nested, each in the one before: by hand, as no writer makes
/// one.
fn nested(depth: u32) -> Vec<u8> {
    // A version, a list of elements with one child each and the last with a type, no rows.
    let mut metadata = vec![0x15, 2, 0x19, 0xfc];
    let count = depth + 1;
    metadata.extend([(count & 0x7f) as u8 | 0x80, (count >> 7 & 0x7f) as u8 | 0x80, (count >> 14) as u8]);
    metadata.extend([0x48, 1, b'r', 0x15, 2, 0]);
    metadata.extend([0x35, 0, 0x18, 1, b'a', 0x15, 2, 0].repeat(depth as usize - 1));
    metadata.extend([0x15, 12, 0x25, 0, 0x18, 1, b't', 0, 0x16, 0, 0x19, 0x0c, 0]);
    let length = (metadata.len() as u32).to_le_bytes();
    [b"PAR1", &metadata[..], &length, b"PAR1"].concat()
}

#[test]
fn tables_that_fit_are_read() {
    let long = PM.repeat((19 << 20) / 10 / PM.len());
    let cell = format!("<table:table-cell office:value-type=\"string\"><text:p>{PM}</text:p></table:table-cell>");
    let ods = ods(&format!("<table:table-row>{cell}</table:table-row>").repeat(13), END);
    let row = "<row><c t=\"s\"><v>0</v></c></row>";
    let xlsx = xlsx(&format!("uniqueCount=\"1\"><si><t>{PM}</t></si>"), &row.repeat(13));
    for (name, file, more) in [
        ("in.parquet", parquet(&[&long[..]; 12]), &["--max-memory", "64", "-j", "12"][..]),
        ("in.ods", ods, &["--max-memory", "64"]),
        ("in.xlsx", xlsx, &["--max-memory", "64"]),
    ] {
        let (_, path) = input(&format!("converted-{name}"), name, file);
        let (code, messages, memory) = measured(&mut batch(&path, more));
        assert_eq!(code, Some(0), "{messages}");
        assert!(memory < 64 + 2 * BASE, "{memory} MB");
        assert_eq!(column(&read(&path.with_extension("out.csv")), "rolecall_label"), ["pm"; 12]);
    }
}

#[test]
fn what_takes_more_memory_is_refused() {
    let cell = |more: &str, text: &str| {
        format!("<table:table-cell office:value-type=\"string\"{more}><text:p>{text}</text:p></table:table-cell>")
    };
    let row = |more: &str, cells: &str| format!("<table:table-row{more}>{cells}</table:table-row>");
    let rows = " table:number-rows-repeated=\"1000000\"";
    let columns = " table:number-columns-repeated=\"16000\"";
    let memory = "takes more than 32 MB of memory to read (raise --max-memory";
    for (name, file, message) in [
        ("page.parquet", parquet(&[PM, &"a".repeat(100 << 20)]), memory),
        ("rows.ods", ods(&row(rows, &cell("", &"x".repeat(1000))), END), memory),
        ("columns.ods", ods(&row("", &cell(columns, &"x".repeat(10_000))), END), memory),
        ("spaces.ods", ods(&row("", &cell("", "<text:s text:c=\"2000000000\"/>")), END), memory),
        ("count.xlsx", xlsx("uniqueCount=\"100000000000\">", ""), memory),
        ("nested.parquet", nested(200_000), "is damaged: reading it ended with signal: 6"),
    ] {
        assert!(file.len() < 2_000_000);
        let (_, path) = input(&format!("converted-{name}"), name, file);
        let (code, messages, memory) = measured(&mut batch(&path, &["--max-memory", "64"]));
        assert_eq!(code, Some(2), "{name}: {messages}");
        assert!(messages.contains(message) && messages.lines().count() == 1, "{name}: {messages}");
        assert!(memory < 64 + 2 * BASE, "{name}: {memory} MB");
        assert!(!path.with_extension("out.csv").exists(), "{name}");
    }
}

/// A table without an end, which the calamine crate waits for.
#[test]
fn what_takes_too_long_is_refused() {
    let (_, path) = input("converted-endless", "in.ods", ods("", ""));
    let command = "ulimit -S -t 3; exec \"$0\" batch \"$1\" -o /dev/null";
    let mut shell = Command::new("sh");
    let (code, messages, _) = measured(shell.args(["-c", command]).arg(rolecall().get_program()).arg(&path));
    assert_eq!(code, Some(2), "{messages}");
    assert!(messages.contains("takes too long to read for its size (save it as CSV"), "{messages}");
}

/// The process waits for the end of a table that has none, and writes nothing.
#[test]
fn the_process_ends_with_the_program() {
    let (_, path) = input("converted-killed", "in.ods", ods("", ""));
    let mut program = batch(&path, &[]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts");
    let within = |what: &str, is_so: &dyn Fn() -> bool| {
        let start = Instant::now();
        while !is_so() {
            assert!(start.elapsed() < Duration::from_secs(15), "{what}");
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    let id = program.id();
    let children = || std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
    within("it starts", &|| !children().is_empty());
    let status = format!("/proc/{}/status", children().trim());
    // It watches its reader with a second thread.
    within("it runs", &|| std::fs::read_to_string(&status).unwrap_or_default().contains("Threads:\t2"));
    program.kill().expect("running");
    program.wait().expect("ends");
    // If nobody has asked for its result yet, it is still listed.
    within("it ends", &|| {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        text.is_empty() || text.contains("State:\tZ")
    });
}

#[test]
fn the_command_of_the_process_is_not_for_users() {
    let folder = folder("converted-user");
    for arguments in [&["convert-table"][..], &["convert-table", "csv", "5"]] {
        let output = rolecall().args(arguments).current_dir(&folder).output().expect("starts");
        let messages = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{messages}");
        assert_eq!(messages.trim(), "rolecall: convert-table is not a command for users");
    }
}
