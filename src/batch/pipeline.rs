//! Reads, classifies and writes at the same time, with a fixed number of blocks.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use super::plan::Plan;
use super::worker::{BlockResult, Classify, Worker};
use crate::error::{Error, ErrorKind};
use crate::table::MEMORY_PER_BYTE;
use crate::table::reader::{BLOCK, Content, Reader};

/// A block of records with its results. Its buffers are reused.
#[derive(Default)]
pub(crate) struct Block {
    number: u64,
    content: Content,
    /// The records.
    raw: Vec<u8>,
    /// The rows to write.
    pub output: Vec<u8>,
    pub result: BlockResult,
    /// The rows before compression.
    plain: Vec<u8>,
    /// Estimate of the memory in bytes that it takes until it is written.
    cost: usize,
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
    (jobs, max_memory): (usize, usize),
    sink: &mut dyn FnMut(&Block) -> Result<(), Error>,
) -> Result<(), Error> {
    let stop = Arc::new(AtomicBool::new(false));
    reader.stop_when(Arc::clone(&stop));
    let (free, to_fill) = channel::<Box<Block>>();
    let (filled, to_classify) = channel::<Box<Block>>();
    let (filled_long, long_to_classify) = channel::<Box<Block>>();
    let (classified, to_write) = channel::<Event>();
    reader.set_max_rows(MAX_KEPT / plan.added_bytes);
    // Enough blocks that no thread waits while one is late.
    for _ in 0..2 * jobs + 2 {
        let _ = free.send(Box::default());
    }
    let (to_classify, long_to_classify) = (Mutex::new(to_classify), Mutex::new(long_to_classify));
    std::thread::scope(|scope| {
        let failed = classified.clone();
        let budget = Budget { max: max_memory, taken: 0, blocks: 0, per_row: plan.added_bytes };
        let thread = || std::thread::Builder::new();
        thread()
            .spawn_scoped(scope, move || read((reader, budget), &to_fill, [&filled, &filled_long], &failed))
            .map_err(|error| no_thread(&error))?;
        // One thread takes all blocks of one long row: an allocator keeps for each thread what it
        // once needed, so that many threads would keep many times the memory of such a row.
        for job in 0..=jobs {
            let to_classify = if job == 0 { &long_to_classify } else { &to_classify };
            let classified = classified.clone();
            let work = move || classify_blocks((plan, model, classify), to_classify, &classified);
            match thread().spawn_scoped(scope, work) {
                Ok(_) => {}
                // Fewer threads than wanted do the same work.
                Err(_) if job > 1 => break,
                Err(error) => {
                    stop.store(true, Ordering::Relaxed);
                    return Err(no_thread(&error));
                }
            }
        }
        drop(classified);
        let result = write(&to_write, free, sink);
        stop.store(true, Ordering::Relaxed);
        result
    })
}

fn no_thread(error: &std::io::Error) -> Error {
    Error::new(ErrorKind::Io, format!("no thread can be started: {error}"))
}

/// Maximum size in bytes of a buffer that is reused. Larger ones are freed, because an allocator keeps
/// for each thread what it once needed. Blocks of short rows have few enough rows that their output
/// fits.
const MAX_KEPT: usize = 4 * BLOCK;

/// The memory of the blocks in flight: filled and not yet written.
struct Budget {
    max: usize,
    taken: usize,
    blocks: usize,
    /// Estimate of the bytes that are added to a row.
    per_row: usize,
}

impl Budget {
    /// Estimate of the memory of a block of `length` bytes with its results.
    fn cost(&self, length: usize, rows: usize) -> usize {
        // The copies that classifying makes matter only for long rows.
        let per_byte = if length > BLOCK { MEMORY_PER_BYTE } else { 4 };
        per_byte * length + rows.saturating_mul(self.per_row)
    }

    /// Whether there is room for a block. A single one always has room.
    fn has_room(&self, cost: usize) -> bool {
        self.blocks == 0 || self.taken.saturating_add(cost) <= self.max
    }

    fn add(&mut self, cost: usize) {
        self.taken += cost;
        self.blocks += 1;
    }

    /// Frees the memory of a block that was written. A block that was never filled has none.
    fn release(&mut self, block: &mut Block) {
        if block.cost > 0 {
            self.taken -= block.cost;
            self.blocks -= 1;
            block.cost = 0;
        }
    }
}

fn read(
    (mut reader, mut budget): (Reader<'_>, Budget),
    to_fill: &Receiver<Box<Block>>,
    [filled, filled_long]: [&Sender<Box<Block>>; 2],
    failed: &Sender<Event>,
) {
    // Blocks returned while there was no room.
    let mut spare: Vec<Box<Block>> = Vec::new();
    for number in 0.. {
        // If no block is returned, the writer has ended.
        let Some(mut block) = spare.pop().or_else(|| to_fill.recv().ok()) else { return };
        budget.release(&mut block);
        block.number = number;
        match reader.block(&mut block.raw) {
            Ok(None) => return,
            Ok(Some(content)) => block.content = content,
            Err(error) => {
                let _ = failed.send(Event::Failed(number, error));
                return;
            }
        }
        block.cost = budget.cost(block.raw.len(), reader.rows());
        while !budget.has_room(block.cost) {
            let Ok(mut written) = to_fill.recv() else { return };
            budget.release(&mut written);
            spare.push(written);
        }
        budget.add(block.cost);
        let to = if block.raw.len() > BLOCK { filled_long } else { filled };
        if to.send(block).is_err() {
            return;
        }
    }
}

fn classify_blocks(
    (plan, model, classify): (&Plan, &str, &Classify<'_>),
    to_classify: &Mutex<Receiver<Box<Block>>>,
    classified: &Sender<Event>,
) {
    let mut worker = Worker::new(plan, model, classify);
    loop {
        let next = to_classify.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(mut block) = next else { return };
        let Block { content, raw, output, plain, .. } = &mut *block;
        output.clear();
        block.result = if worker.compresses() {
            plain.clear();
            let result = worker.block(raw, *content, plain);
            gzip_member(plain, output);
            result
        } else {
            worker.block(raw, *content, output)
        };
        if block.raw.len() > MAX_KEPT {
            // Buffers that grew with a long row are not kept: every thread may get one.
            worker = Worker::new(plan, model, classify);
        }
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
    for event in to_write {
        match event {
            Event::Classified(block) => drop(waiting.insert(block.number, Ok(block))),
            Event::Failed(number, error) => drop(waiting.insert(number, Err(error))),
        }
        while let Some(event) = waiting.remove(&next) {
            let mut block = event?;
            sink(&block)?;
            next += 1;
            // One long row must not leave every block large.
            for buffer in [&mut block.raw, &mut block.output, &mut block.plain] {
                if buffer.capacity() > MAX_KEPT {
                    *buffer = Vec::new();
                }
            }
            let _ = free.send(block);
        }
    }
    drop(free);
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Costs by hand: 4 bytes for each of a block of short rows, 16 of a long one, and what is added to
    /// each row.
    #[test]
    fn blocks_cost_their_bytes_and_what_is_added_to_their_rows() {
        let budget = Budget { max: 0, taken: 0, blocks: 0, per_row: 50 };
        for (length, rows, cost) in [(0, 0, 0), (100, 3, 550), (BLOCK, 0, 4 * BLOCK), (BLOCK + 1, 1, 16 * BLOCK + 66)] {
            assert_eq!(budget.cost(length, rows), cost, "{length} bytes, {rows} rows");
        }
    }

    #[test]
    fn blocks_wait_for_room_and_a_single_one_never_does() {
        let mut budget = Budget { max: 100, taken: 0, blocks: 0, per_row: 0 };
        assert!(budget.has_room(1000), "a single block");
        budget.add(60);
        assert!(budget.has_room(40) && !budget.has_room(41));
        budget.add(30);
        assert!(budget.has_room(10) && !budget.has_room(11));
        let mut block = Block { cost: 60, ..Block::default() };
        budget.release(&mut block);
        // Once only: the block may come back again without having been filled.
        budget.release(&mut block);
        assert_eq!((budget.taken, budget.blocks, block.cost), (30, 1, 0));
        assert!(budget.has_room(70) && !budget.has_room(71));
    }
}
