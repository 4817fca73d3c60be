//! Which rules cannot match a path, found out without looking at their patterns.
//!
//! Files of a thousand rules are common, and hardly any rule matches a given path. What every path must have that a
//! rule matches is kept in three words a rule, side by side, so that a group is gone through at a word or two a rule.

/// What a pattern demands of a path.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sieve {
    /// The first bytes of the pattern, before its first star.
    head: u64,
    /// Which bytes of `head` count.
    mask: u64,
    /// The pairs of neighbouring bytes in it, a bit each; pairs share bits.
    pairs: u64,
}

/// What a path has.
pub(super) struct Sifted {
    head: u64,
    pairs: u64,
}

impl Sieve {
    /// The sieve of a normalised pattern. Its `$` is not in it.
    pub(super) fn of(pattern: &[u8]) -> Self {
        let literal = pattern.split(|&byte| byte == b'*').next().unwrap_or_default();
        let mask = match literal.len() {
            0 => 0,
            length => u64::MAX >> (64 - 8 * length.min(8)),
        };
        let pairs = pattern.split(|&byte| byte == b'*').map(pairs).fold(0, |all, part| all | part);
        Self { head: head(literal), mask, pairs }
    }

    /// Whether the pattern may match the path; if not, it does not.
    pub(super) fn lets_pass(&self, path: &Sifted) -> bool {
        (path.head ^ self.head) & self.mask == 0 && self.pairs & !path.pairs == 0
    }
}

impl Sifted {
    /// What a normalised path has.
    pub(super) fn of(path: &[u8]) -> Self {
        Self { head: head(path), pairs: pairs(path) }
    }
}

fn head(bytes: &[u8]) -> u64 {
    let mut first = [0; 8];
    first.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    u64::from_le_bytes(first)
}

fn pairs(bytes: &[u8]) -> u64 {
    // An odd factor spreads letters, which differ in their low bits, over all bits of the sum.
    let bit = |pair: (&u8, &u8)| (u32::from(*pair.0).wrapping_mul(37) + u32::from(*pair.1)) & 63;
    bytes.iter().zip(bytes.iter().skip(1)).fold(0, |all, pair| all | 1 << bit(pair))
}
