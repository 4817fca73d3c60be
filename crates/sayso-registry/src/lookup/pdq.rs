use sayso_core::Pdq;

/// Bands of a hash: of 256 bits that differ in at most 31, one of 16 bands differs in at most one bit.
const BANDS: usize = 16;

/// Values that a band can have.
const VALUES: usize = 1 << 16;

/// Hashes that wait to be sorted in; they are compared one by one.
const MAX_WAITING: usize = 1024;

/// Finds the hashes near to one, each with the distance up to which it holds.
#[derive(Debug, Default)]
pub(super) struct PdqTable {
    /// Hash, distance, and the slot of the claim.
    hashes: Vec<(Pdq, u32, u32)>,
    bands: Vec<Band>,
    /// How many are in the bands.
    sorted: usize,
}

/// The hashes in the order of one band.
#[derive(Debug)]
struct Band {
    /// Where the hashes with each value start in `order`, and behind the last where they end.
    starts: Vec<u32>,
    order: Vec<u32>,
}

impl PdqTable {
    pub(super) fn add(&mut self, hash: Pdq, distance: u32, slot: u32) {
        self.hashes.push((hash, distance, slot));
    }

    /// Sorts in what waits, once it is much.
    pub(super) fn settle(&mut self) {
        if self.hashes.len() - self.sorted > MAX_WAITING {
            self.bands = (0..BANDS).map(|band| Band::of(&self.hashes, band)).collect();
            self.sorted = self.hashes.len();
        }
    }

    /// Tells of each claim within whose distance `hash` lies: its slot, and how far it is. Each once.
    pub(super) fn near(&self, hash: &Pdq, tell: &mut dyn FnMut(u32, u32)) {
        let mut found = Vec::new();
        let mut compare = |number: u32| {
            if let Some((other, within, slot)) = self.hashes.get(number as usize) {
                let distance = hash.distance(other);
                if distance <= *within {
                    found.push((*slot, distance));
                }
            }
        };
        for (number, band) in self.bands.iter().enumerate() {
            let value = value_of(hash, number);
            band.of_value(value).iter().for_each(|number| compare(*number));
            for bit in 0..16 {
                band.of_value(value ^ (1 << bit)).iter().for_each(|number| compare(*number));
            }
        }
        (self.sorted..self.hashes.len()).for_each(|number| compare(u32::try_from(number).unwrap_or(u32::MAX)));
        found.sort_unstable();
        found.dedup();
        found.into_iter().for_each(|(slot, distance)| tell(slot, distance));
    }
}

impl Band {
    fn of(hashes: &[(Pdq, u32, u32)], band: usize) -> Self {
        let mut starts = vec![0_u32; VALUES + 1];
        let values: Vec<usize> = hashes.iter().map(|(hash, ..)| usize::from(value_of(hash, band))).collect();
        for value in &values {
            if let Some(count) = starts.get_mut(value + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let (mut next, mut order) = (starts.clone(), vec![0; hashes.len()]);
        for (number, value) in (0_u32..).zip(values) {
            if let Some(at) = next.get_mut(value) {
                if let Some(place) = order.get_mut(*at as usize) {
                    *place = number;
                }
                *at += 1;
            }
        }
        Self { starts, order }
    }

    fn of_value(&self, value: u16) -> &[u32] {
        let at = |value: usize| self.starts.get(value).map_or(0, |start| *start as usize);
        self.order.get(at(usize::from(value))..at(usize::from(value) + 1)).unwrap_or_default()
    }
}

fn value_of(hash: &Pdq, band: usize) -> u16 {
    let pairs = hash.as_bytes().as_chunks::<2>().0;
    pairs.get(band).map_or(0, |pair| u16::from_be_bytes(*pair))
}

#[cfg(test)]
mod tests {
    use sayso_core::Pdq;

    use super::PdqTable;

    /// Numbers that look random and are the same in every run.
    fn dice(seed: u64) -> impl FnMut() -> u64 {
        let mut state = seed;
        move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        }
    }

    #[test]
    fn it_finds_what_comparing_all_finds() {
        let mut roll = dice(7);
        let mut hash = || {
            let mut bytes = [0; 32];
            bytes.as_chunks_mut::<8>().0.iter_mut().for_each(|chunk| *chunk = roll().to_le_bytes());
            Pdq::from_bytes(bytes)
        };
        let known: Vec<(Pdq, u32)> = (0..3000).map(|n| (hash(), n % 32)).collect();
        let mut table = PdqTable::default();
        for (slot, (hash, within)) in (0..).zip(&known) {
            table.add(*hash, *within, slot);
            if slot == 2500 {
                table.settle();
            }
        }
        let mut roll = dice(11);
        let mut hits = 0;
        for (number, (hash, within)) in known.iter().enumerate().step_by(7) {
            // As far away as it may be, or one bit further.
            let mut bytes = *hash.as_bytes();
            let mut flipped = 0;
            while flipped < within + u32::from(number % 2 == 0) {
                let bit = roll() % 256;
                let byte = &mut bytes[usize::try_from(bit / 8).unwrap_or(0)];
                if (*byte ^ hash.as_bytes()[usize::try_from(bit / 8).unwrap_or(0)]) & (1 << (bit % 8)) == 0 {
                    *byte ^= 1 << (bit % 8);
                    flipped += 1;
                }
            }
            let sought = Pdq::from_bytes(bytes);
            let mut found = Vec::new();
            table.near(&sought, &mut |slot, distance| found.push((slot, distance)));
            let expected: Vec<_> = (0_u32..)
                .zip(&known)
                .map(|(slot, (other, within))| (slot, sought.distance(other), within))
                .filter(|(_, distance, within)| distance <= within)
                .map(|(slot, distance, _)| (slot, distance))
                .collect();
            assert_eq!(found, expected);
            hits += found.len();
        }
        assert!(hits > 100, "{hits}");
    }
}
