use std::hash::{BuildHasher as _, RandomState};

/// The distinct terms of one field, each with a number in the order of their first use.
///
/// Nearly all of a build is spent here and in cache misses, so the table holds no pointers: a slot is eight bytes, and
/// a probe that fails is told by them alone.
#[derive(Debug)]
pub(super) struct Terms {
    slots: Vec<Slot>,
    terms: Vec<Term>,
    bytes: Vec<u8>,
    seeds: [u64; 2],
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    hash: u32,
    /// The term's number plus one; 0 in a free slot.
    number: u32,
}

#[derive(Debug, Clone, Copy)]
struct Term {
    start: u64,
    length: u32,
    uses: u32,
}

const FREE: Slot = Slot { hash: 0, number: 0 };

/// Slots of an empty table, and always a power of two.
const LEAST_SLOTS: usize = 1 << 10;

impl Terms {
    pub(super) fn new() -> Self {
        let random = RandomState::new();
        Self {
            slots: vec![FREE; LEAST_SLOTS],
            terms: Vec::new(),
            bytes: Vec::new(),
            // Captions come from strangers, who could otherwise choose words that all meet in one slot.
            seeds: [random.hash_one(1), random.hash_one(2)],
        }
    }

    /// The number of `term`, which counts as used once more.
    pub(super) fn number(&mut self, term: &[u8]) -> u32 {
        let hash = hash(self.seeds, term);
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot.number == 0 {
                return self.insert(at, hash, term);
            }
            if slot.hash == hash {
                let number = slot.number - 1;
                let known = &mut self.terms[number as usize];
                let start = known.start as usize;
                if known.length as usize == term.len() && self.bytes[start..start + term.len()] == *term {
                    known.uses += 1;
                    return number;
                }
            }
            at = (at + 1) & mask;
        }
    }

    pub(super) fn term(&self, number: u32) -> &[u8] {
        let term = self.terms[number as usize];
        &self.bytes[term.start as usize..][..term.length as usize]
    }

    pub(super) fn uses(&self, number: u32) -> u32 {
        self.terms[number as usize].uses
    }

    /// The numbers of all terms, in the order of the terms' bytes.
    pub(super) fn sorted(&self) -> Vec<u32> {
        let numbers = 0..self.terms.len() as u32;
        // Most comparisons are decided by the first eight bytes, which lie in the array that is sorted.
        let mut order: Vec<(u64, u32)> = numbers.map(|number| (start_of(self.term(number)), number)).collect();
        order.sort_unstable_by(|(start, number), (other_start, other)| {
            start.cmp(other_start).then_with(|| self.term(*number).cmp(self.term(*other)))
        });
        order.into_iter().map(|(_, number)| number).collect()
    }

    fn insert(&mut self, at: usize, hash: u32, term: &[u8]) -> u32 {
        let number = self.terms.len() as u32;
        self.slots[at] = Slot { hash, number: number + 1 };
        self.terms.push(Term { start: self.bytes.len() as u64, length: term.len() as u32, uses: 1 });
        self.bytes.extend_from_slice(term);
        if self.terms.len() * 2 > self.slots.len() {
            self.grow();
        }
        number
    }

    fn grow(&mut self) {
        let mut slots = vec![FREE; self.slots.len() * 4];
        let mask = slots.len() - 1;
        for slot in self.slots.iter().filter(|slot| slot.number != 0) {
            let mut at = slot.hash as usize & mask;
            while slots[at].number != 0 {
                at = (at + 1) & mask;
            }
            slots[at] = *slot;
        }
        self.slots = slots;
    }
}

/// The first eight bytes as a number that orders as they do; shorter terms are filled up with zeros.
fn start_of(term: &[u8]) -> u64 {
    let mut start = [0; 8];
    let length = term.len().min(8);
    start[..length].copy_from_slice(&term[..length]);
    u64::from_be_bytes(start)
}

/// Eight bytes at a time through a multiplication whose halves are folded, the second seed being secret.
fn hash(seeds: [u64; 2], term: &[u8]) -> u32 {
    let mut state = seeds[0] ^ term.len() as u64;
    let mut chunks = term.chunks_exact(8);
    for chunk in &mut chunks {
        let mut eight = [0; 8];
        eight.copy_from_slice(chunk);
        state = folded_product(state ^ u64::from_le_bytes(eight), seeds[1] | 1);
    }
    let rest = chunks.remainder();
    if !rest.is_empty() {
        let last = rest.iter().fold(0, |last, byte| (last << 8) | u64::from(*byte));
        state = folded_product(state ^ last, seeds[1] | 1);
    }
    let mixed = folded_product(state, 0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 32)) as u32
}

fn folded_product(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::Terms;

    #[test]
    fn terms_are_numbered_counted_and_sorted() {
        let mut terms = Terms::new();
        let words: Vec<String> =
            (0..5_000_u32).map(|n| format!("{}word{n}", ["", "a-long-start-"][n as usize % 2])).collect();
        for round in 0..3 {
            for (number, word) in (0..).zip(&words) {
                assert_eq!(terms.number(word.as_bytes()), number, "{round} {word}");
            }
        }
        assert_eq!(terms.number(b""), 5_000);
        assert_eq!(terms.number(b"\0"), 5_001);
        let order = terms.sorted();
        assert_eq!(order.len(), 5_002);
        assert!(order.is_sorted_by(|a, b| terms.term(*a) < terms.term(*b)));
        assert!((0..5_000).all(|number| terms.uses(number) == 3));
    }
}
