use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use tantivy::{Index, TantivyError};

use super::batch::Batch;
use super::part::{FinishedPart, Part};

/// What an indexing thread is told.
#[derive(Debug)]
pub(super) enum Order {
    /// Add these samples to the part with this number, which becomes the thread's open one.
    Add(u32, Batch),
    /// The open part is complete.
    Close,
}

/// An indexing thread and the way to it. Dropping it stops the thread and waits for it.
#[derive(Debug)]
pub(super) struct Thread {
    orders: Option<SyncSender<Order>>,
    handle: Option<JoinHandle<tantivy::Result<Vec<FinishedPart>>>>,
}

impl Thread {
    /// Starts the thread; `waiting` is how many orders it may be behind.
    pub(super) fn start(number: usize, index: Index, waiting: usize) -> io::Result<Self> {
        let (orders, received) = sync_channel(waiting);
        let handle = std::thread::Builder::new()
            .name(format!("text-index-{number}"))
            .spawn(move || index_parts(&index, &received))?;
        Ok(Self { orders: Some(orders), handle: Some(handle) })
    }

    /// Gives an order; `false` if the thread has stopped, which it does early only when it failed.
    pub(super) fn order(&self, order: Order) -> bool {
        self.orders.as_ref().is_some_and(|orders| orders.send(order).is_ok())
    }

    /// Closes the open part and waits for the end.
    pub(super) fn finish(mut self) -> tantivy::Result<Vec<FinishedPart>> {
        self.order(Order::Close);
        self.stop().unwrap_or_else(|| Ok(Vec::new()))
    }

    fn stop(&mut self) -> Option<tantivy::Result<Vec<FinishedPart>>> {
        self.orders = None;
        let joined = self.handle.take()?.join();
        Some(joined.unwrap_or_else(|_| Err(TantivyError::InternalError("an indexing thread panicked".to_owned()))))
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        // What a thread found that nobody waits for is of no interest.
        self.stop();
    }
}

fn index_parts(index: &Index, orders: &Receiver<Order>) -> tantivy::Result<Vec<FinishedPart>> {
    let mut finished = Vec::new();
    let mut open: Option<Part> = None;
    for order in orders {
        match order {
            Order::Add(number, batch) => open.get_or_insert_with(|| Part::new(number)).add(&batch),
            Order::Close => {
                if let Some(part) = open.take() {
                    finished.push(part.finish(index)?);
                }
            }
        }
    }
    Ok(finished)
}
