//! A row of a table: its text and fields, or why it is rejected.

use std::borrow::Cow;

use super::dialect::Dialect;
use super::records::RecordFormat;
use crate::model::named;
use crate::read::charset::Charset;

/// Why a row was rejected. The names, such as `not_text`, are those in the rejects file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum RejectReason {
    /// It has bytes that are invalid in the encoding of the input.
    NotText,
    /// It has more fields than the header.
    TooManyFields,
    /// It has fewer fields than the header, and the text field is missing.
    TooFewFields,
    /// A quote in it is not closed, at least not before the next row or within the maximum
    /// length of a row.
    UnclosedQuote,
    /// Text follows a closing quote: a quote within the field is not doubled.
    StrayQuote,
    /// It is longer than [`TableOptions::max_row_bytes`](crate::table::TableOptions::max_row_bytes).
    TooLong,
    /// It is not a JSON object.
    NotJson,
    /// The text field of the object is missing or is not text.
    NoText,
    /// The object has a field that is not a column of the output table.
    UnexpectedField,
    /// The object has a field twice, or already has a field that the run adds.
    DuplicateField,
    /// Classifying it failed, because of a bug in this program.
    Defect,
}

named!(
    RejectReason, "reason",
    NotText => "not_text",
    TooManyFields => "too_many_fields",
    TooFewFields => "too_few_fields",
    UnclosedQuote => "unclosed_quote",
    StrayQuote => "stray_quote",
    TooLong => "too_long",
    NotJson => "not_json",
    NoText => "no_text",
    UnexpectedField => "unexpected_field",
    DuplicateField => "duplicate_field",
    Defect => "defect",
);

/// Why a row is rejected, and a message.
pub(crate) type Rejection = (RejectReason, String);

/// Whether a record is an empty line, which is not a row.
pub(crate) fn is_empty(record: &[u8], records: RecordFormat) -> bool {
    match records {
        RecordFormat::Delimited(_) => record.is_empty(),
        RecordFormat::Lines => record.iter().all(u8::is_ascii_whitespace),
    }
}

/// The text of a record.
pub(crate) fn decode(record: &[u8], charset: Charset) -> Result<Cow<'_, str>, Rejection> {
    match charset {
        Charset::SingleByte(encoding) => Ok(encoding.decode_without_bom_handling(record).0),
        _ => match std::str::from_utf8(record) {
            Ok(text) => Ok(Cow::Borrowed(text)),
            Err(error) => {
                let message = format!("byte {} of the row is not {}", error.valid_up_to(), charset.name());
                Err((RejectReason::NotText, message))
            }
        },
    }
}

/// Splits a record into at most `width` fields, whose ranges go to `ranges`. Returns the record
/// up to the end of the last of them, and the number of fields found.
pub(crate) fn split<'a>(
    record: &'a str,
    dialect: Dialect,
    width: usize,
    ranges: &mut Vec<(usize, usize)>,
) -> Result<(&'a str, usize), Rejection> {
    if let Some(field) = dialect.fields(record.as_bytes(), ranges) {
        return Err((RejectReason::StrayQuote, format!("text after the closing quote of field {field}")));
    }
    let found = ranges.len();
    // Extra delimiters at the end are harmless if there is nothing between them.
    if ranges.get(width..).unwrap_or_default().iter().any(|(from, to)| from != to) {
        return Err((RejectReason::TooManyFields, format!("{found} fields; the header has {width}")));
    }
    let record = match ranges.get(width.max(1) - 1) {
        Some(&(_, end)) => &record[..end],
        None => record,
    };
    ranges.truncate(width);
    Ok((record, found))
}

/// The rejection of a row with a quote that stays open.
pub(crate) fn unclosed() -> Rejection {
    (RejectReason::UnclosedQuote, "a quote is never closed, or not before the next row".to_owned())
}

/// Whether a record repeats the header, with or without a byte order mark, as in concatenated
/// files.
pub(crate) fn is_header(record: &[u8], header: &[u8]) -> bool {
    let record =
        if record.len() == header.len() + 3 { record.strip_prefix(b"\xef\xbb\xbf").unwrap_or(record) } else { record };
    record == header
}

/// The rejection of a record that is not a JSON object.
pub(crate) fn not_json(error: &serde_json::Error) -> Rejection {
    // The record is one line, so its column is a byte of the row.
    (RejectReason::NotJson, error.to_string().replace(" at line 1 column ", " at byte "))
}
