use super::describe::PATTERNS;
use super::table::TABLE;

/// Which of the patterns are strong, as bits, and which of the lowest bits are the least certain.
pub(super) fn bits(patterns: &[f32; PATTERNS]) -> (u128, [u8; 8]) {
    let mut bits = 0;
    let mut doubts = [(f32::MAX, 0_u8); KEYS];
    for (bit, (pattern, threshold, noise)) in TABLE.iter().enumerate() {
        let above = patterns.get(usize::from(*pattern)).copied().unwrap_or_default() - threshold;
        if above > 0.0 {
            bits |= 1 << bit;
        }
        if let Some(doubt) = doubts.get_mut(bit) {
            *doubt = (above.abs() / noise, bit as u8);
        }
    }
    doubts.sort_by(|a, b| a.0.total_cmp(&b.0));
    let [a, b, c, d, e, f, g, h, ..] = doubts.map(|doubt| doubt.1);
    (bits, [a, b, c, d, e, f, g, h])
}

/// As many of the lowest bits can be keys of an index.
const KEYS: usize = 24;
