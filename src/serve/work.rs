//! Classifies on separate threads, with a limited number of waiting requests.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::problem::Problem;
use crate::infer::{Classifier, Scratch};

/// Maximum number of tables at a time.
const MAX_TABLES: usize = 2;

/// Maximum number of searches for what would change a label, running and waiting.
const MAX_SEARCHES: usize = 16;

/// Size in bytes of the longest posting whose buffers are kept for the next one; those of a posting of
/// 4 MB take 45 MB.
const MAX_KEPT: usize = 256 << 10;

/// Limits on what is classified at the same time. Each kind of work has its own, so that none holds
/// up another: a search takes seconds, a table minutes.
#[derive(Debug)]
pub(super) struct Work {
    pub classifier: Classifier,
    postings: Queue,
    searches: Queue,
    tables: Arc<Semaphore>,
    scratches: Arc<Mutex<Vec<Scratch>>>,
}

/// Requests that run or wait to run, first come, first served.
#[derive(Debug)]
struct Queue {
    waiting: Arc<Semaphore>,
    running: Arc<Semaphore>,
}

impl Queue {
    fn new(waiting: usize, running: usize) -> Self {
        Self { waiting: Arc::new(Semaphore::new(waiting)), running: Arc::new(Semaphore::new(running)) }
    }

    async fn enter(&self) -> Result<[OwnedSemaphorePermit; 2], Problem> {
        let busy = || Problem::busy("Too many requests are waiting; try again in a second.");
        let waiting = Arc::clone(&self.waiting).try_acquire_owned().map_err(|_| busy())?;
        let running = Arc::clone(&self.running).acquire_owned().await.map_err(|_| busy())?;
        Ok([waiting, running])
    }
}

impl Work {
    pub(super) fn new(classifier: Classifier, max_waiting: usize) -> Self {
        Self {
            classifier,
            postings: Queue::new(max_waiting, threads()),
            searches: Queue::new(MAX_SEARCHES, 1),
            tables: Arc::new(Semaphore::new(MAX_TABLES)),
            scratches: Arc::default(),
        }
    }

    /// Runs `work`, which reads `bytes` of text, on a thread that may block. A `search` has a queue of
    /// its own.
    pub(super) async fn run<T, F>(&self, search: bool, bytes: usize, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&mut Scratch) -> T + Send + 'static,
    {
        let queue = if search { &self.searches } else { &self.postings };
        let permits = queue.enter().await?;
        let scratches = Arc::clone(&self.scratches);
        let task = tokio::task::spawn_blocking(move || {
            let _permits = permits;
            let kept = scratches.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut scratch = kept.unwrap_or_default();
            let result = work(&mut scratch);
            if bytes <= MAX_KEPT {
                scratches.lock().unwrap_or_else(PoisonError::into_inner).push(scratch);
            }
            result
        });
        // Only a panic ends it without a result; its scratch is lost with it.
        task.await.map_err(|_| Problem::defect())
    }

    /// Permission to classify a table, until it is dropped.
    pub(super) fn admit_table(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let permit = Arc::clone(&self.tables).try_acquire_owned();
        permit.map_err(|_| Problem::busy("Other tables are being classified; try again later."))
    }
}

/// Number of threads that classify postings; a table gets half as many.
pub(super) fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
