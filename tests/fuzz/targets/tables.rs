//! Tables in any format: every row is written or rejected, on any number of threads.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use rolecall::Classifier;
use rolecall::batch::{Batch, Column, Format};
use rolecall::eval;

static CLASSIFIER: LazyLock<Classifier> = LazyLock::new(|| {
    // Only other panics end the run.
    rolecall::panics::silence_caught();
    Classifier::builtin().expect("a sound model")
});

fuzz_target!(|data: &[u8]| {
    let Some((&options, table)) = data.split_first() else { return };
    let mut batch = Batch::new(CLASSIFIER.clone());
    batch.columns = vec![Column::Label, Column::Confidence];
    batch.table.headers = options & 1 == 0;
    batch.table.escape = (options & 2 != 0).then_some(b'\\');
    batch.output_format = [None, Some(Format::Csv), Some(Format::JsonLines), Some(Format::Json)][usize::from(options >> 2 & 3)];
    batch.table.quoting = (options & 16 != 0).then_some(options & 32 == 0);
    if options & 64 != 0 {
        // Long rows.
        (batch.table.max_row_bytes, batch.table.max_memory_bytes) = (100, 4000);
    }
    let run = |jobs: usize| {
        let (mut output, mut rejects) = (Vec::new(), Vec::new());
        let mut batch = batch.clone();
        batch.jobs = jobs;
        let summary = batch.score(table, &mut output, &mut rejects, &mut ());
        (summary.map(|summary| (summary.rows, summary.rejects)).map_err(|error| error.to_string()), output, rejects)
    };
    let (found, output, rejects) = run(1);
    if let Ok((rows, rejected)) = found {
        let lines = rejects.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let whole = lines.map(|line| serde_json::from_slice::<serde_json::Value>(line).expect("JSON"));
        assert_eq!(whole.filter(|line| line.get("continued").is_none()).count() as u64, rejected);
        if batch.output_format == Some(Format::JsonLines) {
            let lines = output.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count() as u64;
            assert_eq!(lines, rows);
        }
        if batch.output_format == Some(Format::Json) {
            let read: Vec<serde_json::Value> = serde_json::from_slice(&output).expect("an array");
            assert_eq!(read.len() as u64, rows);
        }
    }
    if options & 128 != 0 {
        let again = run(3);
        assert!(again.0.is_err() || again == (found, output, rejects), "threads do not matter");
    }
    let _ = batch.table_columns(table);
    let _ = eval::read(table, None, &batch.table);
});
