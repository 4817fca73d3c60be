/// Does `work` on one of the threads that operations are computed by: asked from outside, each of them would wake those up
/// and wait.
pub(crate) fn inside<Made: Send>(work: impl FnOnce() -> Made + Send) -> Made {
    rayon::scope(|_| work())
}
