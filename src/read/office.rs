//! Reads the text of Word documents.

use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::Event;
use zip::ZipArchive;

use super::kind::FileKind;
use crate::error::{Error, ErrorKind};

/// Maximum bytes of a document's text with its markup: a small file can unpack to any size.
const LIMIT: u64 = 64 << 20;

fn damaged(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    let message = format!("the Word document is damaged: {error}");
    Error::new(ErrorKind::Input, message).hint(FileKind::Docx.advice()).cause(error)
}

/// The text of a `.docx` file: a paragraph or a row of a table is a line, and items of lists
/// have bullets.
pub(super) fn docx(bytes: &[u8]) -> Result<String, Error> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut xml = String::new();
    let part = archive.by_name("word/document.xml").map_err(damaged)?;
    part.take(LIMIT + 1).read_to_string(&mut xml).map_err(damaged)?;
    if xml.len() as u64 > LIMIT {
        return Err(crate::input_file::too_large(LIMIT));
    }
    body(&xml).map_err(damaged)
}

/// The text of a document, given the XML of its part `word/document.xml`.
fn body(xml: &str) -> Result<String, quick_xml::Error> {
    let mut reader = Reader::from_str(xml);
    // Some programs do not escape ampersands.
    reader.config_mut().allow_dangling_amp = true;
    let mut text = String::new();
    // The depth within elements that only old programs show.
    let (mut fallback, mut in_text, mut in_cell) = (0usize, false, 0usize);
    // For each open element, whether it is a paragraph: some programs put text directly into it.
    let mut open_elements = Vec::new();
    loop {
        let event = reader.read_event()?;
        match &event {
            Event::Start(tag) => open_elements.push(tag.local_name().as_ref() == "p"),
            Event::End(_) => drop(open_elements.pop()),
            _ => {}
        }
        let shown = fallback == 0 && (in_text || open_elements.last() == Some(&true));
        let open = matches!(event, Event::Start(_));
        match &event {
            Event::Eof => return Ok(text),
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                "Fallback" => fallback += usize::from(open),
                _ if fallback > 0 => {}
                "t" => in_text = open,
                "tab" if text.ends_with(|c: char| !c.is_whitespace()) => text.push('\t'),
                "br" | "cr" => text.push('\n'),
                "noBreakHyphen" => text.push('-'),
                "numPr" if text.is_empty() || text.ends_with('\n') => text.push_str("- "),
                "tc" => in_cell += usize::from(open),
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "Fallback" => fallback = fallback.saturating_sub(1),
                _ if fallback > 0 => {}
                "t" => in_text = false,
                "p" => text.push(if in_cell > 0 { ' ' } else { '\n' }),
                "tc" => {
                    in_cell = in_cell.saturating_sub(1);
                    text.push('\t');
                }
                "tr" => text.push('\n'),
                _ => {}
            },
            Event::Text(part) if shown && (in_text || !part.trim().is_empty()) => text.push_str(part),
            Event::GeneralRef(name) if shown => {
                if let Some(c) = name.resolve_char_ref()? {
                    text.push(c);
                } else if let Some(known) = quick_xml::escape::resolve_xml_entity(name) {
                    text.push_str(known);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_lists_and_tables() {
        let paragraph = |text: &str| format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>");
        let item =
            |text: &str| format!("<w:p><w:pPr><w:numPr><w:ilvl/></w:numPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>");
        let cell = |text: &str| format!("<w:tc>{}</w:tc>", paragraph(text));
        let table = [
            ("paragraphs", paragraph("Own R&amp;D &#8211; all") + &paragraph("Ship"), "Own R&D \u{2013} all\nShip\n"),
            (
                "runs",
                "<w:p><w:r><w:t>Road</w:t></w:r><w:r><w:t xml:space=\"preserve\">map </w:t></w:r></w:p>".into(),
                "Roadmap \n",
            ),
            ("list", item("Own") + &item("Ship"), "- Own\n- Ship\n"),
            ("row", format!("<w:tr>{}{}</w:tr>", cell("Own"), cell("Ship")), "Own \tShip \t\n"),
            ("deleted", "<w:p><w:del><w:r><w:delText>no</w:delText></w:r></w:del></w:p>".into(), "\n"),
            ("fallback", format!("<mc:Fallback>{}</mc:Fallback>", paragraph("twice")), ""),
        ];
        for (name, xml, expected) in table {
            assert_eq!(body(&format!("<w:document><w:body>{xml}</w:body></w:document>")).unwrap(), expected, "{name}");
        }
    }

    #[test]
    fn damaged_documents_are_refused() {
        let error = docx(b"PK\x03\x04 word/document.xml").unwrap_err();
        assert!(error.to_string().starts_with("the Word document is damaged: "), "{error}");
    }
}
