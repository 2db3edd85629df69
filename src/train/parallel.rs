//! Independent tasks on all cores.

/// The results of `task` for all `inputs`, computed on as many threads as there are cores, or its
/// first error.
pub(crate) fn in_parallel<I: Sync, T: Send, E: Send>(
    inputs: &[I],
    task: impl Fn(&I) -> Result<T, E> + Sync,
) -> Result<Vec<T>, E> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut results = Vec::with_capacity(inputs.len());
    for some in inputs.chunks(threads) {
        let done: Vec<_> = std::thread::scope(|scope| {
            let task = &task;
            let start = |input| std::thread::Builder::new().spawn_scoped(scope, move || task(input));
            let running: Vec<_> = some.iter().map(|input| (input, start(input))).collect();
            // If a thread cannot be started, its task is done on this one.
            let join = std::thread::ScopedJoinHandle::join;
            running.into_iter().map(|(input, thread)| thread.map_or_else(|_| Ok(task(input)), join)).collect()
        });
        for result in done {
            results.push(result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
    }
    Ok(results)
}
