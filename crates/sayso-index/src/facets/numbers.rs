/// A number for each sample, as a file holds them: little-endian, one, two or four bytes wide.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbers<'a> {
    bytes: &'a [u8],
    width: u64,
}

impl<'a> Numbers<'a> {
    pub(super) const fn new(bytes: &'a [u8], width: u64) -> Self {
        Self { bytes, width }
    }

    /// The number of the sample at this place among all; `None` behind the last.
    #[inline]
    pub(super) fn of(&self, place: u64) -> Option<u32> {
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        match self.width {
            1 => self.bytes.get(place).copied().map(u32::from),
            2 => self.bytes.as_chunks::<2>().0.get(place).map(|two| u32::from(u16::from_le_bytes(*two))),
            _ => self.bytes.as_chunks::<4>().0.get(place).map(|four| u32::from_le_bytes(*four)),
        }
    }

    /// Hands out the places, in order, at which this number stands.
    pub(super) fn each_place_of(&self, number: u32, take: &mut dyn FnMut(u64)) {
        let mut places = 0_u64..;
        let mut look = |found: u32| {
            let place = places.next().unwrap_or(u64::MAX);
            if found == number {
                take(place);
            }
        };
        match self.width {
            1 => self.bytes.iter().for_each(|one| look(u32::from(*one))),
            2 => self.bytes.as_chunks::<2>().0.iter().for_each(|two| look(u32::from(u16::from_le_bytes(*two)))),
            _ => self.bytes.as_chunks::<4>().0.iter().for_each(|four| look(u32::from_le_bytes(*four))),
        }
    }
}
