/// What a process needs beside what a question may hold: stacks, the engine itself, buffers of files.
#[cfg(target_os = "linux")]
const BESIDE_BYTES: u64 = 768 << 20;

/// Bounds what this process can allocate. The engine counts what it holds for long; a function that makes one value of a
/// gigabyte is not counted, and ends here.
pub(super) fn memory(question_bytes: usize) {
    #[cfg(target_os = "linux")]
    {
        let most = BESIDE_BYTES.saturating_add(question_bytes as u64);
        // Where the system has a lower limit already, that one holds.
        let _ = rlimit::Resource::DATA.get().and_then(|(_, hard)| rlimit::Resource::DATA.set(most.min(hard), hard));
    }
    #[cfg(not(target_os = "linux"))]
    let _ = question_bytes;
}
