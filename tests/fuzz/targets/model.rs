//! Model files: any bytes, and the built-in model with some bytes changed and its checksum
//! made right again. What is read can classify.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rolecall::Classifier;

#[allow(dead_code, reason = "only the header and the checksum are needed")]
#[path = "../../../src/model/file/format.rs"]
mod format;

use format::{HEADER, checksum};

const MODEL: &[u8] = include_bytes!("../../../models/rolecall.model");
const POSTING: &str = "Own the roadmap and the backlog. Write positioning and messaging. Plan launches with sales, \
                       interview users, set prices, write user stories with engineers and measure adoption of it.";

fuzz_target!(|data: &[u8]| {
    let _ = Classifier::from_bytes(data);
    let mut model = MODEL.to_vec();
    // Each change: where, in three bytes, and the new byte. The first 200 KB hold the numbers,
    // names and lengths; a set highest bit reaches the tables too.
    for change in data.chunks_exact(4).take(64) {
        let at = usize::from(change[0] & 0x7f) << 16 | usize::from(change[1]) << 8 | usize::from(change[2]);
        let at = if change[0] & 0x80 == 0 { at % 200_000 } else { at };
        let at = HEADER + at % (model.len() - HEADER);
        model[at] = change[3];
    }
    if data.len() % 4 == 1 {
        model.truncate(HEADER + (usize::from(data[0]) << 8) % (model.len() - HEADER));
    }
    let sum = checksum(&model[HEADER..]).to_le_bytes();
    model[HEADER - 8..HEADER].copy_from_slice(&sum);
    if let Ok(classifier) = Classifier::from_bytes(&model) {
        let verdict = classifier.classify(POSTING);
        assert!((0.0..=1.0).contains(&verdict.confidence), "{verdict:?}");
    }
});
