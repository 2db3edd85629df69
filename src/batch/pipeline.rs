//! Reads, classifies and writes at the same time, with a fixed number of blocks.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use super::plan::Plan;
use super::worker::{BlockResult, Classify, Worker};
use crate::error::{Error, ErrorKind};
use crate::table::reader::{BLOCK, Content, Reader};

/// A block of records and its results; reused.
#[derive(Default)]
pub(crate) struct Block {
    number: u64,
    content: Option<Content>,
    /// The records.
    raw: Vec<u8>,
    /// The rows to write.
    pub output: Vec<u8>,
    pub result: BlockResult,
    /// The rows before compression.
    plain: Vec<u8>,
}

/// What the writing thread receives.
enum Event {
    Classified(Box<Block>),
    /// Reading the block with this number failed.
    Failed(u64, Error),
}

/// Classifies all blocks of `reader` on `jobs` threads and passes them to `sink` in
/// order.
///
/// # Errors
/// The error of reading, after all blocks before it have been passed on; the error of
/// `sink`.
pub(crate) fn run(
    mut reader: Reader<'_>,
    (plan, model, classify): (&Plan, &str, &Classify<'_>),
    jobs: usize,
    sink: &mut dyn FnMut(&Block) -> Result<(), Error>,
) -> Result<(), Error> {
    let stop = Arc::new(AtomicBool::new(false));
    reader.stop_when(Arc::clone(&stop));
    let (free, to_fill) = channel::<Box<Block>>();
    let (filled, to_classify) = channel::<Box<Block>>();
    let (classified, to_write) = channel::<Event>();
    // Memory is this many blocks: enough that no thread waits while one block is late.
    for _ in 0..2 * jobs + 2 {
        let _ = free.send(Box::default());
    }
    let to_classify = Mutex::new(to_classify);
    std::thread::scope(|scope| {
        let failed = classified.clone();
        scope.spawn(move || read(reader, &to_fill, &filled, &failed));
        for _ in 0..jobs {
            let (to_classify, classified) = (&to_classify, classified.clone());
            scope.spawn(move || classify_blocks(&mut Worker::new(plan, model, classify), to_classify, &classified));
        }
        drop(classified);
        let result = write(&to_write, free, sink);
        stop.store(true, Ordering::Relaxed);
        result
    })
}

fn read(mut reader: Reader<'_>, to_fill: &Receiver<Box<Block>>, filled: &Sender<Box<Block>>, failed: &Sender<Event>) {
    for number in 0.. {
        // The writer has ended if no block comes back.
        let Ok(mut block) = to_fill.recv() else { return };
        block.number = number;
        match reader.block(&mut block.raw) {
            Ok(None) => return,
            Ok(content) => block.content = content,
            Err(error) => {
                let _ = failed.send(Event::Failed(number, error));
                return;
            }
        }
        if filled.send(block).is_err() {
            return;
        }
    }
}

fn classify_blocks(worker: &mut Worker<'_>, to_classify: &Mutex<Receiver<Box<Block>>>, classified: &Sender<Event>) {
    loop {
        let next = to_classify.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(mut block) = next else { return };
        let Block { content, raw, output, plain, .. } = &mut *block;
        output.clear();
        let content = content.unwrap_or(Content::Records);
        block.result = if worker.compresses() {
            plain.clear();
            let result = worker.block(raw, content, plain);
            gzip_member(plain, output);
            result
        } else {
            worker.block(raw, content, output)
        };
        if classified.send(Event::Classified(block)).is_err() {
            return;
        }
    }
}

fn write(
    to_write: &Receiver<Event>,
    free: Sender<Box<Block>>,
    sink: &mut dyn FnMut(&Block) -> Result<(), Error>,
) -> Result<(), Error> {
    let (mut waiting, mut next) = (BTreeMap::new(), 0);
    // Ends when the reader and all workers have ended.
    let mut free = Some(free);
    while let Ok(event) = to_write.recv() {
        match event {
            Event::Classified(block) => drop(waiting.insert(block.number, Ok(block))),
            Event::Failed(number, error) => drop(waiting.insert(number, Err(error))),
        }
        while let Some(event) = waiting.remove(&next) {
            let mut block = event?;
            sink(&block)?;
            next += 1;
            // One long row must not keep every block large.
            for buffer in [&mut block.raw, &mut block.output, &mut block.plain] {
                if buffer.capacity() > 4 * BLOCK {
                    *buffer = Vec::new();
                }
            }
            if let Some(free) = &free {
                let _ = free.send(block);
            }
        }
    }
    free.take();
    if waiting.is_empty() {
        Ok(())
    } else {
        Err(Error::new(ErrorKind::Io, "a thread ended before its block was classified"))
    }
}

/// Compresses `plain` as one gzip member; a gzip file may have any number of them.
pub(crate) fn gzip_member(plain: &[u8], out: &mut Vec<u8>) {
    if plain.is_empty() {
        return;
    }
    let mut encoder = flate2::write::GzEncoder::new(out, flate2::Compression::default());
    // Writing to memory does not fail.
    let _ = encoder.write_all(plain);
    let _ = encoder.finish();
}
