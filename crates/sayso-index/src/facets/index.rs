use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use sayso_core::RowMask;

use super::field::FacetField;
use super::mark::{FILE, FORMAT, FacetMark, ORDERS, Order, Stretch, VERSION};
use super::numbers::Numbers;
use super::order::SortKeys;
use crate::error::IndexError;
use crate::map::Map;
use crate::mark::{SnapshotId, read_mark};

/// The facet index of one snapshot, open for counting from any number of threads.
#[derive(Clone)]
pub struct FacetIndex {
    map: Map,
    orders: Option<Map>,
    mark: FacetMark,
    /// Places of samples that count no more.
    removed: Arc<RowMask>,
    /// For each field, how many of those have each value, by its number.
    gone: Vec<HashMap<u32, u64>>,
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
    pub(super) index: &'a FacetIndex,
    pub(super) stretch: Stretch,
    numbers: Numbers<'a>,
    pub(super) counts: Vec<u32>,
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
        let mut end = 0_u64;
        for order in &mark.orders {
            if order.offset != end {
                return Err(damaged("what samples are sorted by lies where it cannot"));
            }
            end = order.end(mark.rows);
        }
        let orders = if mark.orders.is_empty() { None } else { Some(Map::open(&dir.join(ORDERS))?) };
        if orders.as_ref().is_some_and(|orders| orders.bytes().len() as u64 != end) {
            return Err(damaged("what samples are sorted by is longer or shorter than its fields"));
        }
        Ok(Self { map, orders, mark, removed: Arc::default(), gone: Vec::new() })
    }

    /// The same without the samples at these places, which are neither handed out nor counted from then on.
    #[must_use]
    pub fn without(self, removed: Arc<RowMask>) -> Self {
        let gone = |stretch: &Stretch| {
            let mut gone: HashMap<u32, u64> = HashMap::new();
            let numbers = self.numbers(*stretch);
            let of = |place| numbers.and_then(|numbers| numbers.of(place));
            removed.iter().filter_map(of).for_each(|number| *gone.entry(number).or_default() += 1);
            gone
        };
        let gone = self.mark.fields.iter().map(gone).collect();
        Self { removed, gone, ..self }
    }

    pub(super) fn is_removed(&self, place: u64) -> bool {
        self.removed.contains(place)
    }

    /// How many of the removed samples have a value, by its number.
    fn gone(&self, stretch: Stretch) -> impl Fn(u32) -> u64 + '_ {
        let field = self.mark.fields.iter().position(|other| other.field == stretch.field);
        let gone = field.and_then(|field| self.gone.get(field));
        move |number| gone.and_then(|gone| gone.get(&number)).copied().unwrap_or(0)
    }

    /// The snapshot that the index was built from.
    #[must_use]
    pub fn snapshot(&self) -> &SnapshotId {
        &self.mark.snapshot
    }

    /// How many samples there are.
    #[must_use]
    pub fn samples(&self) -> u64 {
        self.mark.rows.saturating_sub(self.removed.len())
    }

    /// The fields of which anything is known.
    pub fn fields(&self) -> impl Iterator<Item = FacetField> + '_ {
        self.mark.fields.iter().map(|stretch| stretch.field)
    }

    pub(super) fn stretch(&self, field: FacetField) -> Option<Stretch> {
        self.mark.fields.iter().find(|stretch| stretch.field == field).copied()
    }

    /// What samples are sorted by in this field: its numbers, as fine as they are known, or the names in the order of their
    /// bytes. `None` where nothing is known.
    #[must_use]
    pub fn sort_keys(&self, field: FacetField) -> Option<SortKeys<'_>> {
        let numbers = self.numbers(self.stretch(field)?)?;
        let order = self.mark.orders.iter().find(|order| order.field == field);
        let fractions = order.zip(self.orders.as_ref()).and_then(|(order, file)| {
            let range = usize::try_from(order.offset).ok()?..usize::try_from(order.end(self.mark.rows)).ok()?;
            Some(Numbers::new(file.bytes().get(range)?, Order::WIDTH))
        });
        Some(SortKeys::new(field, numbers, fractions))
    }

    /// The numbers of all samples in a field.
    pub(super) fn numbers(&self, stretch: Stretch) -> Option<Numbers<'_>> {
        let (from, to) = (stretch.offset, stretch.counts_at(self.mark.rows));
        let bytes = self.map.bytes().get(usize::try_from(from).ok()?..usize::try_from(to).ok()?)?;
        Some(Numbers::new(bytes, stretch.width))
    }

    /// How many samples have each value, the first of them the samples without.
    pub(super) fn stored_counts(&self, stretch: Stretch) -> impl Iterator<Item = u64> + '_ {
        let gone = self.gone(stretch);
        let counts = self.eights(stretch.counts_at(self.mark.rows), stretch.values + 1);
        (0_u32..).zip(counts).map(move |(number, count)| count.saturating_sub(gone(number)))
    }

    /// How many samples have one value, by its number.
    pub(super) fn stored_count(&self, stretch: Stretch, number: u32) -> u64 {
        let at = stretch.counts_at(self.mark.rows) + 8 * u64::from(number);
        let is_there = u64::from(number) <= stretch.values;
        let count = self.eights(at, 1).next().filter(|_| is_there).unwrap_or(0);
        count.saturating_sub(self.gone(stretch)(number))
    }

    /// Starts to count.
    #[must_use]
    pub fn counter(&self, field: FacetField) -> Option<FacetCounter<'_>> {
        let stretch = self.stretch(field)?;
        let numbers = self.numbers(stretch)?;
        let counts = vec![0; usize::try_from(stretch.values).ok()? + 1];
        Some(FacetCounter { index: self, stretch, numbers, counts })
    }

    fn eights(&self, at: u64, count: u64) -> impl Iterator<Item = u64> + '_ {
        let from = usize::try_from(at).unwrap_or(usize::MAX);
        let to = from.saturating_add(usize::try_from(count).unwrap_or(usize::MAX).saturating_mul(8));
        let bytes = self.map.bytes().get(from..to).unwrap_or_default();
        bytes.as_chunks::<8>().0.iter().map(|eight| u64::from_le_bytes(*eight))
    }

    /// The name of a value, by its place among names: one less than its number.
    pub(super) fn name_bytes(&self, stretch: Stretch, place: u64) -> &[u8] {
        let ends = stretch.ends_at(self.mark.rows);
        let end = |place: u64| self.eights(ends.saturating_add(8 * place), 1).next().unwrap_or(0);
        let start = if place == 0 { 0 } else { end(place - 1) };
        let names = stretch.names_at(self.mark.rows);
        let at = |end: u64| usize::try_from(names.saturating_add(end)).unwrap_or(usize::MAX);
        self.map.bytes().get(at(start)..at(end(place))).unwrap_or_default()
    }
}

impl FacetCounter<'_> {
    /// Counts the value of a sample, by its place among all samples.
    pub fn add(&mut self, place: u64) {
        let number = self.numbers.of(place);
        if let Some(count) = number.and_then(|number| self.counts.get_mut(number as usize)) {
            *count = count.saturating_add(1);
        }
    }

    /// The field that is counted.
    #[must_use]
    pub fn field(&self) -> FacetField {
        self.stretch.field
    }
}
