/// Places among all rows of a snapshot that hold nothing any more: the samples there were removed.
///
/// Asking costs one look-up wherever the place is, and memory goes with what is removed and not with what there is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowMask {
    /// A bit for each of so many places that follow each other, where any of them is removed.
    chunks: Vec<Option<Box<[u64; CHUNK / 64]>>>,
    count: u64,
}

/// Places of a chunk.
const CHUNK: usize = 4096;

impl RowMask {
    /// Marks a place as removed; false where it was already.
    pub fn insert(&mut self, place: u64) -> bool {
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        let (chunk, bit) = (place / CHUNK, place % CHUNK);
        if self.chunks.len() <= chunk {
            self.chunks.resize_with(chunk + 1, || None);
        }
        let Some(slot) = self.chunks.get_mut(chunk) else { return false };
        let word = slot.get_or_insert_with(|| Box::new([0; CHUNK / 64])).get_mut(bit / 64);
        let is_new = word.is_some_and(|word| {
            let before = *word;
            *word |= 1 << (bit % 64);
            before != *word
        });
        self.count += u64::from(is_new);
        is_new
    }

    /// Whether the sample at a place is removed.
    #[inline]
    #[must_use]
    pub fn contains(&self, place: u64) -> bool {
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        let chunk = self.chunks.get(place / CHUNK).and_then(Option::as_deref);
        chunk.and_then(|words| words.get(place % CHUNK / 64)).is_some_and(|word| word >> (place % 64) & 1 == 1)
    }

    /// How many places are removed.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.count
    }

    /// Whether none is.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The removed places, in order.
    pub fn iter(&self) -> impl Iterator<Item = u64> + '_ {
        let chunks = self.chunks.iter().enumerate();
        chunks.filter_map(|(number, words)| Some((number, words.as_deref()?))).flat_map(places_of)
    }

    /// Those of them that lie in this range, in their order. Chunks outside are not looked at.
    pub fn iter_in(&self, range: std::ops::Range<u64>) -> impl Iterator<Item = u64> + '_ {
        let chunk = |place: u64| usize::try_from(place).unwrap_or(usize::MAX) / CHUNK;
        let first = chunk(range.start).min(self.chunks.len());
        let end = chunk(range.end).saturating_add(1).clamp(first, self.chunks.len());
        let chunks = self.chunks.get(first..end).unwrap_or_default();
        let places = (first..).zip(chunks).filter_map(|(number, words)| Some((number, words.as_deref()?)));
        places.flat_map(places_of).filter(move |place| range.contains(place))
    }
}

impl Extend<u64> for RowMask {
    fn extend<T: IntoIterator<Item = u64>>(&mut self, places: T) {
        for place in places {
            self.insert(place);
        }
    }
}

impl FromIterator<u64> for RowMask {
    fn from_iter<T: IntoIterator<Item = u64>>(places: T) -> Self {
        let mut mask = Self::default();
        mask.extend(places);
        mask
    }
}

/// The places of which a bit is set in a chunk.
fn places_of((chunk, words): (usize, &[u64; CHUNK / 64])) -> impl Iterator<Item = u64> + '_ {
    words.iter().enumerate().flat_map(move |(number, word)| {
        let first = (chunk * CHUNK + number * 64) as u64;
        (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| first + bit)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::RowMask;

    #[test]
    fn it_is_a_set() {
        let mut state = 7_u64;
        for size in [0, 1, 5, 200, 5_000] {
            let places: Vec<u64> = std::iter::repeat_with(|| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (state >> 33) % 20_000
            })
            .take(size)
            .collect();
            let set: BTreeSet<u64> = places.iter().copied().collect();
            let mask: RowMask = places.iter().copied().collect();
            assert_eq!((mask.len(), mask.is_empty()), (set.len() as u64, set.is_empty()));
            assert!(mask.iter().eq(set.iter().copied()));
            assert!((0..20_100).all(|place| mask.contains(place) == set.contains(&place)));
            assert!(!mask.contains(u64::MAX));
        }
    }
}
