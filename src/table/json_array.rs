//! Reads the items of a JSON array as lines, one item at a time.

use std::io::{self, BufRead as _, BufReader, Read};

use serde_json::value::RawValue;

/// Bytes read at a time.
const CHUNK: usize = 64 << 10;

/// Puts each item of a JSON array on a line of its own. Lines that follow the array stay as they
/// are. Only one item is held in memory, and no more of it than `limit` and a chunk: the
/// bytes of a longer one are passed on as they are, for the reader of the lines to reject.
pub(crate) struct Items<R> {
    inner: BufReader<R>,
    limit: usize,
    splitter: Splitter,
    /// Bytes of the splitter's lines that have been returned.
    returned: usize,
}

/// Splits an array into items, byte by byte.
#[derive(Default)]
struct Splitter {
    /// Lines of finished items, and of pieces of an item that is too long.
    lines: Vec<u8>,
    /// The item being read.
    item: Vec<u8>,
    /// Whether a piece of the item was passed on.
    too_long: bool,
    /// Whether the array is open.
    in_array: bool,
    /// Open brackets within the item.
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl<R: Read> Items<R> {
    pub(crate) fn new(inner: R, limit: usize) -> Self {
        let inner = BufReader::with_capacity(CHUNK, inner);
        Self { inner, limit, splitter: Splitter::default(), returned: 0 }
    }
}

impl Splitter {
    fn byte(&mut self, byte: u8) {
        if self.in_string {
            match byte {
                // Not allowed in a string, but the line must not end here.
                b'\n' => self.item.extend_from_slice(b"\\n"),
                b'\r' => self.item.extend_from_slice(b"\\r"),
                _ => self.item.push(byte),
            }
            self.in_string = self.escaped || byte != b'"';
            self.escaped = !self.escaped && byte == b'\\';
            return;
        }
        match byte {
            b'[' if !self.in_array && self.depth == 0 && !self.too_long && self.item.trim_ascii().is_empty() => {
                self.item.clear();
                self.in_array = true;
            }
            b']' if self.in_array && self.depth == 0 => {
                self.end_item();
                self.in_array = false;
            }
            b',' if self.in_array && self.depth == 0 => self.end_item(),
            b'\n' if !self.in_array && self.depth == 0 => self.end_item(),
            b'\n' | b'\r' => self.item.push(b' '),
            _ => {
                match byte {
                    b'"' => self.in_string = true,
                    b'{' | b'[' => self.depth += 1,
                    b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                    _ => {}
                }
                self.item.push(byte);
            }
        }
    }

    fn end_item(&mut self) {
        if std::mem::take(&mut self.too_long) {
            self.lines.append(&mut self.item);
            self.lines.push(b'\n');
        } else {
            write_row(self.item.trim_ascii(), &mut self.lines);
        }
        self.item.clear();
    }
}

/// Writes a value as a row: an array becomes an object with numbered columns.
pub(crate) fn write_row(value: &[u8], lines: &mut Vec<u8>) {
    if value.is_empty() {
        return;
    }
    match serde_json::from_slice::<Vec<&RawValue>>(value) {
        Ok(fields) => {
            lines.push(b'{');
            for (number, field) in (1..).zip(fields) {
                let comma = if number > 1 { "," } else { "" };
                lines.extend_from_slice(format!("{comma}\"column_{number}\":{}", field.get()).as_bytes());
            }
            lines.push(b'}');
        }
        Err(_) => lines.extend_from_slice(value),
    }
    lines.push(b'\n');
}

impl<R: Read> Read for Items<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let splitter = &mut self.splitter;
        while self.returned == splitter.lines.len() {
            splitter.lines.clear();
            self.returned = 0;
            let chunk = self.inner.fill_buf()?;
            if chunk.is_empty() {
                if splitter.in_array || splitter.depth > 0 || splitter.in_string {
                    let what = if splitter.in_array { "the JSON array" } else { "the last JSON value" };
                    let message = format!("{what} is not closed: the file is truncated");
                    return Err(io::Error::new(io::ErrorKind::InvalidData, message));
                }
                splitter.end_item();
                break;
            }
            let mut read = 0;
            while read < chunk.len() && splitter.lines.len() < CHUNK {
                splitter.byte(chunk[read]);
                read += 1;
            }
            self.inner.consume(read);
            if splitter.item.len() > self.limit {
                splitter.lines.append(&mut splitter.item);
                splitter.too_long = true;
            }
        }
        let read = (&splitter.lines[self.returned..]).read(buffer)?;
        self.returned += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn lines(text: &str) -> io::Result<String> {
        let mut out = String::new();
        Items::new(text.as_bytes(), usize::MAX).read_to_string(&mut out)?;
        Ok(out)
    }

    #[test]
    fn items_become_lines() {
        for (text, expected) in [
            ("[]", ""),
            (" [ {\"a\": 1} ] \n", "{\"a\": 1}\n"),
            ("[{\"a\":\n  [1,\n 2]},\r\n {\"b\": \"],[\"}]", "{\"a\":   [1,  2]}\n{\"b\": \"],[\"}\n"),
            ("[[1, \"a\"], [2]]", "{\"column_1\":1,\"column_2\":\"a\"}\n{\"column_1\":2}\n"),
            ("[{\"a\": \"x\\\"]\"}, 5, null]", "{\"a\": \"x\\\"]\"}\n5\nnull\n"),
            ("[{\"a\": \"two\nlines\"}]", "{\"a\": \"two\\nlines\"}\n"),
            ("[1]\n{\"more\": 2}", "1\n{\"more\": 2}\n"),
            ("[1] {\"more\": 2, \"and\": [3, 4]}\n{\"b\":\n5}", "1\n{\"more\": 2, \"and\": [3, 4]}\n{\"b\": 5}\n"),
        ] {
            assert_eq!(lines(text).unwrap(), expected, "{text}");
        }
        for text in ["[", "[{\"a\": 1}", "[{\"a\": 1},", "[{\"a\": \"x]"] {
            assert!(lines(text).unwrap_err().to_string().contains("not closed"), "{text}");
        }
    }

    #[test]
    fn an_item_that_is_too_long_is_passed_on_in_parts() {
        let long = format!("{{\"a\": \"{}\"}}", "x".repeat(5 * CHUNK));
        let text = format!("[{{\"b\": 1}}, {long},\n {{\"b\": 2}}]");
        let (mut out, mut max_held) = (String::new(), 0);
        let mut items = Items::new(text.as_bytes(), CHUNK);
        let mut buffer = [0; 4000];
        loop {
            let read = items.read(&mut buffer).unwrap();
            max_held = max_held.max(items.splitter.item.len());
            if read == 0 {
                break;
            }
            out.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
        }
        assert_eq!(out, format!("{{\"b\": 1}}\n {long}\n{{\"b\": 2}}\n"));
        assert!(max_held <= 2 * CHUNK, "{max_held} bytes held");
    }

    proptest! {
        #[test]
        fn items_are_those_of_serde_json(
            rows in prop::collection::vec(prop::collection::btree_map("[a-c]", "[\"\\\\\\[\\]{},\n é]{0,9}", 1..4), 0..5),
            pretty in any::<bool>(),
        ) {
            let value = json!(rows);
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
            let read: Vec<Value> =
                lines(&text.unwrap()).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            prop_assert_eq!(json!(read), value);
        }
    }
}
