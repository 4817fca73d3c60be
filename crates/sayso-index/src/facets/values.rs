use super::field::{FacetField, FacetKind};
use super::index::FacetIndex;

impl FacetIndex {
    /// The number of a name, which is that of its samples' sort keys; `Err` with that of the first name behind it where no
    /// sample has it.
    pub fn number_of(&self, field: FacetField, name: &str) -> Result<u32, u32> {
        let number = |place: u64| u32::try_from(place.saturating_add(1)).unwrap_or(u32::MAX);
        self.find(field, name.as_bytes()).map(number).map_err(number)
    }

    /// The name that has this number; `None` of a number that none has.
    #[must_use]
    pub fn name_of(&self, field: FacetField, number: u32) -> Option<String> {
        let stretch = self.stretch(field).filter(|_| field.kind() == FacetKind::Names)?;
        let place = u64::from(number).checked_sub(1).filter(|place| *place < stretch.values)?;
        Some(String::from_utf8_lossy(self.name_bytes(stretch, place)).into_owned())
    }

    /// How many samples have a name, by its number.
    #[must_use]
    pub fn samples_of(&self, field: FacetField, number: u32) -> u64 {
        self.stretch(field).map_or(0, |stretch| self.stored_count(stretch, number))
    }

    /// Hands out the places, in order, of all samples that have a name, by its number.
    pub fn each_of(&self, field: FacetField, number: u32, take: &mut dyn FnMut(u64)) {
        if let Some(numbers) = self.stretch(field).and_then(|stretch| self.numbers(stretch)) {
            numbers.each_place_of(number, &mut |place| {
                if !self.is_removed(place) {
                    take(place);
                }
            });
        }
    }

    /// Hands out the names of a field that any sample has, with their numbers, in the order of their bytes.
    pub fn each_name(&self, field: FacetField, take: &mut dyn FnMut(u32, &str)) {
        let Some(stretch) = self.stretch(field).filter(|_| field.kind() == FacetKind::Names) else { return };
        // The first is how many have none.
        let counts = self.stored_counts(stretch).skip(1);
        for ((number, place), _) in (1..).zip(0..stretch.values).zip(counts).filter(|(_, count)| *count > 0) {
            if let Ok(name) = std::str::from_utf8(self.name_bytes(stretch, place)) {
                take(number, name);
            }
        }
    }

    /// The place of a name among all of its field, or that at which it would stand.
    pub(super) fn find(&self, field: FacetField, name: &[u8]) -> Result<u64, u64> {
        let Some(stretch) = self.stretch(field).filter(|_| field.kind() == FacetKind::Names) else { return Err(0) };
        let (mut low, mut high) = (0, stretch.values);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.name_bytes(stretch, middle).cmp(name) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Ok(middle),
            }
        }
        Err(low)
    }
}
