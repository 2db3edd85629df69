//! Classifies an iterator of postings on several threads.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{JoinHandle, Result as ThreadResult};

use crate::infer::{Classifier, Scratch, Verdict};

/// A posting to classify.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub struct Posting {
    /// The text of the posting: plain or HTML.
    pub text: String,
    /// Its title, a prior that the duties add to or outweigh.
    pub title: Option<String>,
}

impl Posting {
    /// A posting without a title.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), title: None }
    }

    /// The posting with a title.
    #[must_use]
    pub fn with_title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }
}

impl From<String> for Posting {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Posting {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

/// Postings per message: enough that the channels cost nothing next to classifying.
const CHUNK: usize = 32;

type Chunk = (u64, Vec<Posting>);
/// The verdicts of a chunk, or the panic that ended it.
type ClassifiedChunk = (u64, ThreadResult<Vec<Verdict>>);

/// The verdicts of an iterator of postings, in order; see
/// [`Batch::verdicts`](super::Batch::verdicts).
#[derive(Debug)]
pub struct Verdicts<I> {
    postings: std::iter::Fuse<I>,
    /// Closed when the iterator is dropped, which ends the threads.
    to_classify: Option<Sender<Chunk>>,
    classified: Receiver<ClassifiedChunk>,
    /// Verdicts that are next in order.
    ready: VecDeque<Verdict>,
    /// Chunks that came before their turn.
    early: Vec<ClassifiedChunk>,
    sent: u64,
    received: u64,
    /// Maximum number of chunks sent and not yet received.
    max_in_flight: u64,
    threads: Vec<JoinHandle<()>>,
    /// What the calling thread needs to classify if no other could be started.
    own: Option<Own>,
}

type Own = (Classifier, Arc<Mutex<Receiver<Chunk>>>, Sender<ClassifiedChunk>);

impl<I> Verdicts<I>
where
    I: Iterator,
    I::Item: Into<Posting>,
{
    pub(super) fn new(classifier: &Classifier, postings: I, jobs: usize) -> Self {
        let (to_classify, chunks) = channel();
        let (results, classified) = channel();
        let chunks = Arc::new(Mutex::new(chunks));
        let threads = (0..jobs.max(1)).map(|_| {
            let (classifier, chunks, results) = (classifier.clone(), Arc::clone(&chunks), results.clone());
            let work = move || classify_chunks(&classifier, &chunks, &results);
            std::thread::Builder::new().spawn(work)
        });
        // Fewer threads than wanted do the same work; without any, this one does.
        let threads: Vec<_> = threads.map_while(Result::ok).collect();
        let own = threads.is_empty().then(|| (classifier.clone(), Arc::clone(&chunks), results));
        Self {
            postings: postings.fuse(),
            to_classify: Some(to_classify),
            classified,
            ready: VecDeque::new(),
            early: Vec::new(),
            sent: 0,
            received: 0,
            max_in_flight: 2 * jobs.max(1) as u64,
            threads,
            own,
        }
    }

    /// Sends chunks until the maximum is in flight or no posting is left.
    fn send(&mut self) {
        while self.sent - self.received < self.max_in_flight {
            let chunk: Vec<Posting> = self.postings.by_ref().take(CHUNK).map(Into::into).collect();
            if chunk.is_empty() {
                return;
            }
            if let Some(to_classify) = &self.to_classify {
                let _ = to_classify.send((self.sent, chunk));
            }
            self.sent += 1;
        }
    }

    /// Waits for the chunk that is next in order.
    fn receive(&mut self) {
        let next = loop {
            if let Some(at) = self.early.iter().position(|(number, _)| *number == self.received) {
                break self.early.swap_remove(at);
            }
            if let Some((classifier, chunks, results)) = &self.own {
                let next = chunks.lock().unwrap_or_else(PoisonError::into_inner).try_recv();
                if let Ok(chunk) = next {
                    let _ = results.send(classify_chunk(classifier, &mut Scratch::new(), chunk));
                }
            }
            match self.classified.recv() {
                Ok(chunk) => self.early.push(chunk),
                Err(_) => return,
            }
        };
        self.received += 1;
        match next.1 {
            Ok(verdicts) => self.ready.extend(verdicts),
            Err(panic) => resume_unwind(panic),
        }
    }
}

impl<I> Iterator for Verdicts<I>
where
    I: Iterator,
    I::Item: Into<Posting>,
{
    type Item = Verdict;

    fn next(&mut self) -> Option<Verdict> {
        if self.ready.is_empty() {
            self.send();
            if self.received < self.sent {
                self.receive();
            }
        }
        self.ready.pop_front()
    }
}

impl<I> Drop for Verdicts<I> {
    fn drop(&mut self) {
        self.to_classify = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn classify_chunks(classifier: &Classifier, chunks: &Mutex<Receiver<Chunk>>, results: &Sender<ClassifiedChunk>) {
    let mut scratch = Scratch::new();
    loop {
        let next = chunks.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(chunk) = next else { return };
        if results.send(classify_chunk(classifier, &mut scratch, chunk)).is_err() {
            return;
        }
    }
}

fn classify_chunk(classifier: &Classifier, scratch: &mut Scratch, (number, postings): Chunk) -> ClassifiedChunk {
    let verdicts = catch_unwind(AssertUnwindSafe(|| {
        let classify = |posting: &Posting| classifier.classify_with(scratch, posting.title.as_deref(), &posting.text);
        postings.iter().map(classify).collect()
    }));
    if verdicts.is_err() {
        *scratch = Scratch::new();
    }
    (number, verdicts)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::super::Batch;
    use super::*;

    #[test]
    fn a_posting_has_its_text_and_its_title() {
        let posting = Posting::new("Own it").with_title("PM");
        assert_eq!((posting.text.as_str(), posting.title.as_deref()), ("Own it", Some("PM")));
    }

    #[test]
    fn verdicts_are_those_of_one_thread_in_order_and_memory_is_bounded() {
        let duties = ["Own the roadmap and the backlog.", "Write positioning and launch plans.", "Nurse the sick."];
        let postings: Vec<Posting> = (0..500)
            .map(|row| {
                let posting = Posting::new(duties[row % 3].repeat(4 + row % 17));
                if row % 2 == 0 { posting.with_title("Product Manager") } else { posting }
            })
            .collect();
        let classifier = Classifier::builtin().unwrap();
        let mut scratch = Scratch::new();
        let expected: Vec<_> =
            postings.iter().map(|p| classifier.classify_with(&mut scratch, p.title.as_deref(), &p.text)).collect();
        let mut batch = Batch::new(classifier);
        for jobs in [1, 3] {
            batch.jobs = jobs;
            let taken = Cell::new(0);
            let counted = postings.iter().cloned().inspect(|_| taken.set(taken.get() + 1));
            for (row, (verdict, expected)) in batch.verdicts(counted).zip(&expected).enumerate() {
                assert_eq!(verdict, *expected, "{row}");
                assert!(taken.get() <= row + (2 * jobs + 1) * CHUNK, "{} taken at {row}", taken.get());
            }
            assert_eq!(taken.get(), 500);
        }
        let texts: Vec<String> = duties.iter().map(|duty| duty.repeat(9)).collect();
        let of_texts: Vec<_> = texts.iter().map(|text| batch.classifier.classify(text)).collect();
        assert_eq!(batch.verdicts(texts.iter().map(String::as_str)).collect::<Vec<_>>(), of_texts);
        assert_eq!(batch.verdicts(texts).collect::<Vec<_>>(), of_texts);
        assert_eq!(batch.verdicts(Vec::<String>::new()).count(), 0);
        // Dropped halfway, the threads end.
        assert!(batch.verdicts(postings).next().is_some());
    }
}
