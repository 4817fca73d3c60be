//! Work on two threads.

/// The results for all items, in their order, each half made on a thread of its own.
pub fn on_two_threads<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let (front, back) = items.split_at(items.len() / 2);
    std::thread::scope(|scope| {
        let helper = scope.spawn(|| back.iter().map(&work).collect::<Vec<R>>());
        let mut results: Vec<R> = front.iter().map(&work).collect();
        results.extend(helper.join().expect("the other half"));
        results
    })
}
