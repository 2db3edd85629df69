//! Reads, scores and writes at the same time, with a fixed number of blocks.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use super::plan::Plan;
use super::reader::{BLOCK, Content, Reader};
use super::score::{Judge, Scored, Worker};
use crate::error::{Error, ErrorKind};

/// A block on its way.
#[derive(Default)]
pub(crate) struct Block {
    number: u64,
    content: Option<Content>,
    /// The records, as they are cut.
    pub raw: Vec<u8>,
    /// The rows to write.
    pub out: Vec<u8>,
    pub scored: Scored,
    /// Rows before they are packed.
    plain: Vec<u8>,
}

/// What happens at a place in the order of blocks.
enum Event {
    Scored(Box<Block>),
    Failed(u64, Error),
}

/// Scores all that `reader` gives on `jobs` threads and hands the blocks to `sink` in
/// order.
///
/// # Errors
/// What reading gives, once all blocks before have been handed on; what `sink` gives.
pub(crate) fn run(
    mut reader: Reader<'_>,
    (plan, model, judge): (&Plan, &str, &Judge<'_>),
    jobs: usize,
    sink: &mut dyn FnMut(&Block) -> Result<(), Error>,
) -> Result<(), Error> {
    let stop = Arc::new(AtomicBool::new(false));
    reader.stop_when(Arc::clone(&stop));
    let (free, to_fill) = channel::<Box<Block>>();
    let (filled, to_score) = channel::<Box<Block>>();
    let (scored, to_write) = channel::<Event>();
    // Enough that nobody waits while one block is written late; memory is this many blocks.
    for _ in 0..2 * jobs + 2 {
        let _ = free.send(Box::default());
    }
    let to_score = Mutex::new(to_score);
    std::thread::scope(|scope| {
        let failed = scored.clone();
        scope.spawn(move || read(reader, &to_fill, &filled, &failed));
        for _ in 0..jobs {
            let (to_score, scored) = (&to_score, scored.clone());
            scope.spawn(move || score(&mut Worker::new(plan, model, judge), to_score, &scored));
        }
        drop(scored);
        let result = write(&to_write, free, sink);
        stop.store(true, Ordering::Relaxed);
        result
    })
}

fn read(mut reader: Reader<'_>, to_fill: &Receiver<Box<Block>>, filled: &Sender<Box<Block>>, failed: &Sender<Event>) {
    for number in 0.. {
        // The writer has ended when no block comes back, and then so do we.
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

fn score(worker: &mut Worker<'_>, to_score: &Mutex<Receiver<Box<Block>>>, scored: &Sender<Event>) {
    loop {
        let next = to_score.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(mut block) = next else { return };
        let Block { content, raw, out, plain, .. } = &mut *block;
        out.clear();
        let content = content.unwrap_or(Content::Records);
        block.scored = if worker.packs() {
            plain.clear();
            let scored = worker.block(raw, content, plain);
            pack(plain, out);
            scored
        } else {
            worker.block(raw, content, out)
        };
        if scored.send(Event::Scored(block)).is_err() {
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
    // Ends when the reader has no more and every worker is done.
    let mut free = Some(free);
    while let Ok(event) = to_write.recv() {
        match event {
            Event::Scored(block) => drop(waiting.insert(block.number, Ok(block))),
            Event::Failed(number, error) => drop(waiting.insert(number, Err(error))),
        }
        while let Some(event) = waiting.remove(&next) {
            let mut block = event?;
            sink(&block)?;
            next += 1;
            // One long row must not keep every block large.
            for buffer in [&mut block.raw, &mut block.out, &mut block.plain] {
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
        Err(Error::new(ErrorKind::Io, "a thread ended before its block was scored"))
    }
}

/// Packs `plain` as one gzip member: members of blocks put one after the other are a
/// gzip file.
pub(crate) fn pack(plain: &[u8], out: &mut Vec<u8>) {
    if plain.is_empty() {
        return;
    }
    let mut encoder = flate2::write::GzEncoder::new(out, flate2::Compression::default());
    // Writing to memory does not fail.
    let _ = encoder.write_all(plain);
    let _ = encoder.finish();
}
