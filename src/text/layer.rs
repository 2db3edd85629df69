//! A rewritten text that maps its ranges back to the source.

use super::Span;

/// A run of the rewritten text and its place in the source.
#[derive(Debug, Clone, Copy)]
struct Run {
    /// First byte of the run in the rewritten text.
    text: u32,
    /// First byte of its source.
    source: u32,
    /// Length of what the run replaces, in bytes; 0 for a run that was copied unchanged.
    replaced: u32,
}

/// A rewritten text. Its buffers are reused.
#[derive(Debug, Default)]
pub(super) struct Layer {
    text: String,
    runs: Vec<Run>,
    source_length: usize,
}

impl Layer {
    /// Starts over with a source of `source_length` bytes.
    pub(super) fn start(&mut self, source_length: usize) {
        self.text.clear();
        self.runs.clear();
        self.source_length = source_length;
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Copies `from..to` of `source`.
    pub(super) fn copy(&mut self, source: &str, from: usize, to: usize) {
        let Some(part) = source.get(from..to).filter(|part| !part.is_empty()) else { return };
        let continues =
            |last: &Run| last.replaced == 0 && last.source as usize + (self.text.len() - last.text as usize) == from;
        if !self.runs.last().is_some_and(continues) {
            self.runs.push(Run { text: offset(self.text.len()), source: offset(from), replaced: 0 });
        }
        self.text.push_str(part);
    }

    /// Writes `with` for the bytes `from..to` of the source, which are not empty.
    pub(super) fn replace(&mut self, from: usize, to: usize, with: &str) {
        if !with.is_empty() {
            self.runs.push(Run { text: offset(self.text.len()), source: offset(from), replaced: offset(to - from) });
            self.text.push_str(with);
        }
    }

    /// Writes one character for the bytes `from..to` of the source.
    pub(super) fn replace_char(&mut self, from: usize, to: usize, with: char) {
        self.replace(from, to, with.encode_utf8(&mut [0; 4]));
    }

    /// The range of the source that `span` of the rewritten text comes from.
    pub(super) fn to_source(&self, span: Span) -> Span {
        let start = self.start_of(span.start);
        if span.is_empty() {
            return Span::new(start, start);
        }
        Span::new(start, self.end_of(span.end).max(start))
    }

    fn run(&self, at: usize) -> Option<Run> {
        let after = self.runs.partition_point(|run| run.text as usize <= at);
        after.checked_sub(1).and_then(|i| self.runs.get(i)).copied()
    }

    fn start_of(&self, at: usize) -> usize {
        match self.run(at) {
            None => 0,
            Some(run) if run.replaced > 0 => run.source as usize,
            Some(run) => (run.source as usize + at - run.text as usize).min(self.source_length),
        }
    }

    fn end_of(&self, end: usize) -> usize {
        match self.run(end - 1) {
            None => 0,
            Some(run) if run.replaced > 0 => (run.source + run.replaced) as usize,
            Some(run) => (run.source as usize + end - run.text as usize).min(self.source_length),
        }
    }
}

/// Offsets take 32 bits; longer texts are truncated before they are cleaned.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_map_back_to_the_source() {
        let source = "Own &amp; ship it";
        let mut layer = Layer::default();
        layer.start(source.len());
        layer.copy(source, 0, 3);
        layer.copy(source, 3, 4);
        layer.replace_char(4, 9, '&');
        layer.replace(9, 10, "");
        layer.copy(source, 9, 17);
        assert_eq!(layer.text(), "Own & ship it");
        assert_eq!(layer.runs.len(), 3);
        for (word, expected) in
            [("Own", "Own"), ("&", "&amp;"), ("Own &", "Own &amp;"), ("& s", "&amp; s"), ("it", "it")]
        {
            let at = layer.text().find(word).unwrap();
            assert_eq!(layer.to_source(Span::new(at, at + word.len())).of(source), expected, "{word}");
        }
        assert_eq!(layer.to_source(Span::new(5, 5)), Span::new(9, 9));
    }
}
