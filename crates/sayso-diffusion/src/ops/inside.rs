use candle_core::Tensor;

use super::plain::is_plain;
use super::record::{current, with};

/// Does `work` with numbers beside `tensor` on one of the threads that operations are computed by: asked from outside, each of
/// them would wake those up and wait.
pub(crate) fn inside<Made: Send>(tensor: &Tensor, work: impl FnOnce() -> Made + Send) -> Made {
    // What is computed on another device is asked for by the thread that knows it.
    if is_plain(tensor) {
        return work();
    }
    // The record goes along. A thread that waits may take up another's work meanwhile, which has its own.
    let record = current();
    rayon::scope(|_| with(record, work))
}
