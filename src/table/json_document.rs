//! Finds the rows of a JSON document that is an object: a list inside it, or one of the
//! forms in which data frames are written.

use serde_json::Value;
use serde_json::value::RawValue;

use super::guess::is_text_name;
use super::json::{Object, push_text, write_string};
use super::json_array::write_row;
use super::records::{Next, RecordFormat};

/// What the beginning of a JSON text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// An object per line.
    Lines,
    /// An array.
    Array,
    /// An object over several lines, or the only one.
    Document,
}

/// The shape of a JSON text, from its beginning; `complete` if that is the whole text.
pub(crate) fn shape(sample: &[u8], complete: bool) -> Shape {
    if sample.trim_ascii_start().starts_with(b"[") {
        return Shape::Array;
    }
    let (mut objects, mut others, mut at) = (0, 0, 0);
    while let Next::Record { end, next } = RecordFormat::Lines.next(sample, at, complete) {
        let line = String::from_utf8_lossy(&sample[at..end]);
        at = next;
        if line.trim().is_empty() {
            continue;
        }
        if line.starts_with('{') && Object::read(&line).is_ok() { objects += 1 } else { others += 1 }
    }
    match (objects, others) {
        // No line is complete.
        (0, 0) => Shape::Document,
        (1, 0) if complete => Shape::Document,
        _ if objects >= others => Shape::Lines,
        _ => Shape::Document,
    }
}

/// The rows of a document as lines of JSON, and in which list or data frame they were found, if
/// the values of the document are not rows themselves.
///
/// # Errors
/// The first value of the document is not JSON.
pub(crate) fn rows(document: &str) -> Result<(Vec<u8>, Option<String>), serde_json::Error> {
    let mut lines = Vec::new();
    let mut stream = serde_json::Deserializer::from_str(document).into_iter::<&RawValue>();
    let (mut values, mut read) = (Vec::new(), 0);
    while let Some(value) = stream.next() {
        match value {
            Ok(value) => values.push(value),
            Err(error) if values.is_empty() => return Err(error),
            Err(_) => break,
        }
        read = stream.byte_offset();
    }
    let rest = document[read..].trim();
    if let ([value], "") = (&values[..], rest)
        && let Ok(object) = Object::read(value.get())
    {
        if let Some((found, place)) = list_of(&object) {
            return Ok((found, Some(place)));
        }
        write_line(value.get(), &mut lines);
        return Ok((lines, None));
    }
    for value in values {
        write_line(value.get(), &mut lines);
    }
    // Text that is not JSON becomes a row too, so that it is rejected and not lost.
    write_line(rest, &mut lines);
    Ok((lines, None))
}

/// Writes a value on one line.
fn write_line(value: &str, lines: &mut Vec<u8>) {
    // Outside strings a line end is whitespace; within strings it is invalid.
    write_row(value.replace(['\n', '\r'], " ").as_bytes(), lines);
}

/// Whether an object is a row itself: it has a usual text column with at least five words.
fn is_row(object: &Object<'_>) -> bool {
    object.0.iter().any(|(key, value)| {
        let mut text = String::new();
        is_text_name(key)
            && value.get().starts_with('"')
            && push_text(&mut text, value.get())
            && text.split_ascii_whitespace().nth(4).is_some()
    })
}

/// The rows inside an object, and a name for where they are.
fn list_of(object: &Object<'_>) -> Option<(Vec<u8>, String)> {
    if let Some(lines) = split_form(object) {
        return Some((lines, "a data frame ('columns' and 'data')".to_owned()));
    }
    if is_row(object) {
        return None;
    }
    if let Some((lines, form)) = frame(object) {
        return Some((lines, form.to_owned()));
    }
    let (path, items) = longest_list(object, "")?;
    let mut lines = Vec::new();
    for item in serde_json::from_str::<Vec<&RawValue>>(items).ok()? {
        write_line(item.get(), &mut lines);
    }
    Some((lines, format!("the list '{path}'")))
}

/// The path and the JSON of the longest list of objects in an object, or if there is none, in
/// the objects inside it.
fn longest_list<'a>(object: &Object<'a>, path: &str) -> Option<(String, &'a str)> {
    let of_objects = |raw: &str| raw.starts_with('[') && raw[1..].trim_start().starts_with('{');
    let mut best: Option<(String, &str)> = None;
    for (key, value) in object.0.iter().filter(|(_, value)| of_objects(value.get())) {
        if best.as_ref().is_none_or(|(_, list)| list.len() < value.get().len()) {
            best = Some((format!("{path}{key}"), value.get()));
        }
    }
    if best.is_some() {
        return best;
    }
    let inner = object.0.iter().filter_map(|(key, value)| Some((key, Object::read(value.get()).ok()?)));
    inner.filter_map(|(key, inner)| longest_list(&inner, &format!("{path}{key}."))).max_by_key(|(_, list)| list.len())
}

/// Rows of `{"columns": [...], "data": [[...], ...]}`, which pandas calls `split`.
fn split_form(object: &Object<'_>) -> Option<Vec<u8>> {
    let names: Vec<Value> = serde_json::from_str(object.get("columns")?).ok()?;
    let rows: Vec<Vec<&RawValue>> = serde_json::from_str(object.get("data")?).ok()?;
    let name = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let names: Vec<String> = names.iter().map(name).collect();
    let mut lines = Vec::new();
    for row in rows {
        write_members(names.iter().map(String::as_str).zip(row), &mut lines);
    }
    Some(lines)
}

fn write_members<'a>(members: impl Iterator<Item = (&'a str, &'a RawValue)>, lines: &mut Vec<u8>) {
    lines.push(b'{');
    for (at, (name, value)) in members.enumerate() {
        if at > 0 {
            lines.push(b',');
        }
        write_string(lines, name);
        lines.push(b':');
        lines.extend_from_slice(value.get().replace(['\n', '\r'], " ").as_bytes());
    }
    lines.extend_from_slice(b"}\n");
}

/// Rows of an object of objects: each is a row, or each is a column, which pandas calls `index` and
/// `columns`.
fn frame(object: &Object<'_>) -> Option<(Vec<u8>, &'static str)> {
    let inner: Vec<(&str, Object<'_>)> = object
        .0
        .iter()
        .map(|(key, value)| Some((key.as_ref(), Object::read(value.get()).ok()?)))
        .collect::<Option<_>>()?;
    let (_, first) = inner.first()?;
    let is_number = |key: &str| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit());
    let nested = |raw: &str| raw.starts_with('{') || raw.starts_with("[{");
    let scalars = inner.iter().all(|(_, object)| object.0.iter().all(|(_, value)| !nested(value.get())));
    if !scalars || first.0.is_empty() {
        return None;
    }
    let numbered_inside = inner.iter().all(|(_, object)| object.0.iter().all(|(key, _)| is_number(key)));
    let mut lines = Vec::new();
    if numbered_inside {
        for (row, _) in &first.0 {
            let cells = inner.iter().filter_map(|(name, column)| {
                column.0.iter().find(|(key, _)| key == row).map(|(_, value)| (*name, *value))
            });
            write_members(cells, &mut lines);
        }
        return Some((lines, "a data frame (columns of rows)"));
    }
    let alike = |(_, row): &(&str, Object<'_>)| row.0.iter().any(|(key, _)| first.get(key).is_some());
    if (inner.len() > 1 && inner.iter().all(alike)) || inner.iter().all(|(key, _)| is_number(key)) {
        for (_, row) in &inner {
            write_members(row.0.iter().map(|(key, value)| (key.as_ref(), *value)), &mut lines);
        }
        return Some((lines, "a data frame (rows by name)"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        for (text, complete, expected) in [
            ("[{\"a\": 1}]", true, Shape::Array),
            ("{\"a\": 1}\n{\"a\": 2}\n", true, Shape::Lines),
            ("{\"a\": 1}\n{\"a\": \n{\"a\": 3}\n", true, Shape::Lines),
            ("{\"a\": 1}\n", true, Shape::Document),
            ("{\"a\": 1}\n", false, Shape::Lines),
            ("{\n \"a\": 1\n}", true, Shape::Document),
            ("{\"jobs\": [\n{\"a\": 1},\n{\"a\": 2}\n]}", true, Shape::Document),
            ("{\"jobs\": [", false, Shape::Document),
        ] {
            assert_eq!(shape(text.as_bytes(), complete), expected, "{text}");
        }
    }

    #[test]
    fn rows_are_found() {
        let rows = |text: &str| {
            let (lines, place) = rows(text).unwrap();
            (String::from_utf8(lines).unwrap(), place.unwrap_or_default())
        };
        for (text, lines, place) in [
            (
                "{\"description\": \"a b c d e\", \"lists\": [{\"b\": 1}]}",
                "{\"description\": \"a b c d e\", \"lists\": [{\"b\": 1}]}\n",
                "",
            ),
            (
                "{\"meta\": {\"n\": 1}, \"jobs\": [{\"a\": 1},\n{\"a\": 2}]}",
                "{\"a\": 1}\n{\"a\": 2}\n",
                "the list 'jobs'",
            ),
            ("{\"data\": {\"jobs\": [{\"a\": 1}]}}", "{\"a\": 1}\n", "the list 'data.jobs'"),
            ("{\"schema\": {\"fields\": [{\"x\": 1}]}, \"data\": [{\"a\": 1}]}", "{\"a\": 1}\n", "the list 'data'"),
            (
                "{\"columns\":[\"a\",\"b\"],\"index\":[0],\"data\":[[1,\"x\"]]}",
                "{\"a\":1,\"b\":\"x\"}\n",
                "a data frame ('columns' and 'data')",
            ),
            (
                "{\"a\":{\"0\":1,\"1\":2},\"b\":{\"0\":\"x\",\"1\":\"y\"}}",
                "{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":\"y\"}\n",
                "a data frame (columns of rows)",
            ),
            ("{\"0\":{\"a\":1},\"1\":{\"a\":2}}", "{\"a\":1}\n{\"a\":2}\n", "a data frame (rows by name)"),
            ("{\n\"a\": 1\n}\n{\"a\":\n2}\nrest", "{ \"a\": 1 }\n{\"a\": 2}\nrest\n", ""),
        ] {
            assert_eq!(rows(text), (lines.to_owned(), place.to_owned()), "{text}");
        }
    }
}
