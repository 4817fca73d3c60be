use std::path::Path;

use super::field::{FacetField, FacetKind};
use super::mark::{FILE, FORMAT, FacetMark, Stretch, VERSION};
use crate::error::IndexError;
use crate::map::Map;
use crate::mark::{SnapshotId, read_mark};

/// The facet index of one snapshot, open for counting from any number of threads.
pub struct FacetIndex {
    map: Map,
    mark: FacetMark,
}

/// How many samples have a value.
#[derive(Debug, Clone, PartialEq)]
pub struct FacetCount {
    /// The name, or the lower edge of the step: empty for what lies below the first edge.
    pub value: String,
    /// The upper edge of a step, where it has one.
    pub below: Option<f64>,
    /// How many.
    pub count: u64,
}

/// Counts the values of one field.
pub struct FacetCounter<'a> {
    index: &'a FacetIndex,
    stretch: Stretch,
    numbers: &'a [u8],
    counts: Vec<u32>,
}

impl FacetIndex {
    /// Opens the index in `dir`.
    pub fn open(dir: &Path) -> Result<Self, IndexError> {
        let mark: FacetMark = read_mark(dir, FORMAT, VERSION)?;
        let damaged = |reason: &str| IndexError::Damaged { dir: dir.to_owned(), reason: reason.to_owned() };
        let map = Map::open(&dir.join(FILE))?;
        let mut end = 0_u64;
        for stretch in &mark.fields {
            let is_possible = stretch.offset == end
                && matches!(stretch.width, 1 | 2 | 4)
                && stretch.values < 1 << 32
                && mark.rows < 1 << 40
                && stretch.name_bytes < 1 << 40;
            if !is_possible {
                return Err(damaged("a field lies where none can"));
            }
            end = stretch.end(mark.rows);
        }
        if end != map.bytes().len() as u64 {
            return Err(damaged("its file is longer or shorter than its fields"));
        }
        Ok(Self { map, mark })
    }

    /// The snapshot that the index was built from.
    #[must_use]
    pub fn snapshot(&self) -> &SnapshotId {
        &self.mark.snapshot
    }

    /// How many samples there are.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.mark.rows
    }

    /// The fields of which anything is known.
    pub fn fields(&self) -> impl Iterator<Item = FacetField> + '_ {
        self.mark.fields.iter().map(|stretch| stretch.field)
    }

    fn stretch(&self, field: FacetField) -> Option<Stretch> {
        self.mark.fields.iter().find(|stretch| stretch.field == field).copied()
    }

    /// How many distinct values a field has.
    #[must_use]
    pub fn values(&self, field: FacetField) -> u64 {
        match (field.kind(), self.stretch(field)) {
            (FacetKind::Names, Some(stretch)) => stretch.values,
            (FacetKind::Steps(edges), Some(_)) => edges.len() as u64 + 1,
            (_, None) => 0,
        }
    }

    /// The commonest values of all samples, `limit` at most; steps in their order, and all of them.
    #[must_use]
    pub fn totals(&self, field: FacetField, limit: usize) -> Vec<FacetCount> {
        let Some(stretch) = self.stretch(field) else { return Vec::new() };
        let counts = self.eights(stretch.counts_at(self.mark.rows), stretch.values + 1);
        self.best(stretch, counts.skip(1), limit)
    }

    /// Samples that have a value in this field.
    #[must_use]
    pub fn known(&self, field: FacetField) -> u64 {
        let Some(stretch) = self.stretch(field) else { return 0 };
        self.eights(stretch.counts_at(self.mark.rows), stretch.values + 1).skip(1).sum()
    }

    /// Starts to count.
    #[must_use]
    pub fn counter(&self, field: FacetField) -> Option<FacetCounter<'_>> {
        let stretch = self.stretch(field)?;
        let (from, to) = (stretch.offset, stretch.counts_at(self.mark.rows));
        let numbers = self.map.bytes().get(usize::try_from(from).ok()?..usize::try_from(to).ok()?)?;
        let counts = vec![0; usize::try_from(stretch.values).ok()? + 1];
        Some(FacetCounter { index: self, stretch, numbers, counts })
    }

    fn eights(&self, at: u64, count: u64) -> impl Iterator<Item = u64> + '_ {
        let from = usize::try_from(at).unwrap_or(usize::MAX);
        let to = from.saturating_add(usize::try_from(count).unwrap_or(usize::MAX).saturating_mul(8));
        let bytes = self.map.bytes().get(from..to).unwrap_or_default();
        bytes.as_chunks::<8>().0.iter().map(|eight| u64::from_le_bytes(*eight))
    }

    fn name(&self, stretch: Stretch, place: u64) -> String {
        let ends = stretch.ends_at(self.mark.rows);
        let end = |place: u64| self.eights(ends + 8 * place, 1).next().unwrap_or(0);
        let start = if place == 0 { 0 } else { end(place - 1) };
        let names = stretch.names_at(self.mark.rows);
        let range = usize::try_from(names + start).unwrap_or(0)..usize::try_from(names + end(place)).unwrap_or(0);
        String::from_utf8_lossy(self.map.bytes().get(range).unwrap_or_default()).into_owned()
    }

    /// The commonest of counted values.
    fn best(&self, stretch: Stretch, counts: impl Iterator<Item = u64>, limit: usize) -> Vec<FacetCount> {
        let mut counted: Vec<(u64, u64)> = (0..).zip(counts).filter(|(_, count)| *count > 0).collect();
        if let FacetKind::Steps(edges) = stretch.field.kind() {
            let step = |(place, count): (u64, u64)| {
                let place = usize::try_from(place).unwrap_or(usize::MAX);
                let lower = place.checked_sub(1).and_then(|below| edges.get(below));
                let value = lower.map_or_else(String::new, ToString::to_string);
                FacetCount { value, below: edges.get(place).copied(), count }
            };
            return counted.into_iter().map(step).collect();
        }
        // By count, then by name, which is the order of places.
        let by_count = |(place, count): &(u64, u64)| (std::cmp::Reverse(*count), *place);
        if counted.len() > limit && limit > 0 {
            counted.select_nth_unstable_by_key(limit - 1, by_count);
        }
        counted.truncate(limit);
        counted.sort_unstable_by_key(by_count);
        let named = |(place, count)| FacetCount { value: self.name(stretch, place), below: None, count };
        counted.into_iter().map(named).collect()
    }
}

impl FacetCounter<'_> {
    /// Counts the value of a sample, by its place among all samples.
    pub fn add(&mut self, row: u64) {
        let row = usize::try_from(row).unwrap_or(usize::MAX);
        let number = match self.stretch.width {
            1 => self.numbers.get(row).copied().map(usize::from),
            2 => self.numbers.as_chunks::<2>().0.get(row).map(|two| usize::from(u16::from_le_bytes(*two))),
            _ => self.numbers.as_chunks::<4>().0.get(row).map(|four| u32::from_le_bytes(*four) as usize),
        };
        if let Some(count) = number.and_then(|number| self.counts.get_mut(number)) {
            *count = count.saturating_add(1);
        }
    }

    /// The commonest values, `limit` at most; steps in their order, and all of them.
    #[must_use]
    pub fn finish(self, limit: usize) -> Vec<FacetCount> {
        self.index.best(self.stretch, self.counts.iter().skip(1).map(|count| u64::from(*count)), limit)
    }

    /// The field that is counted.
    #[must_use]
    pub fn field(&self) -> FacetField {
        self.stretch.field
    }

    /// How many distinct values were counted so far, and how many samples have none.
    #[must_use]
    pub fn distinct(&self) -> (u64, u64) {
        let distinct = self.counts.iter().skip(1).filter(|count| **count > 0).count();
        (distinct as u64, u64::from(self.counts.first().copied().unwrap_or(0)))
    }
}
