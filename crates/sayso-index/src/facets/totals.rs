use super::field::{FacetField, FacetKind};
use super::index::{FacetCount, FacetCounter, FacetIndex};
use super::mark::Stretch;
use super::merge::{FacetAfter, FacetTotals, Named, merged};

/// The counts of one index, the first of them those without a value.
struct Counted<'a> {
    index: &'a FacetIndex,
    stretch: Stretch,
    counts: Box<dyn Iterator<Item = u64> + 'a>,
}

impl FacetTotals {
    /// What is counted of all samples of these indexes: the `limit` commonest values behind `after`, or all steps. `None`
    /// where none of them knows anything of the field.
    #[must_use]
    pub fn of_all(
        indexes: &[&FacetIndex],
        field: FacetField,
        after: Option<&FacetAfter>,
        limit: usize,
    ) -> Option<Self> {
        let unknown = indexes.iter().filter(|index| index.stretch(field).is_none()).map(|index| index.samples());
        let counted = indexes.iter().filter_map(|index| {
            let stretch = index.stretch(field)?;
            Some(Counted { index, stretch, counts: Box::new(index.stored_counts(stretch)) })
        });
        added_up(counted.collect(), after, limit).map(|totals| totals.without_more(unknown.sum()))
    }

    /// What was counted in several indexes, as [`Self::of_all`].
    #[must_use]
    pub fn of_counted(counters: Vec<FacetCounter<'_>>, after: Option<&FacetAfter>, limit: usize) -> Option<Self> {
        let counted = counters.into_iter().map(|FacetCounter { index, stretch, counts, .. }| Counted {
            index,
            stretch,
            counts: Box::new(counts.into_iter().map(u64::from)),
        });
        added_up(counted.collect(), after, limit)
    }

    /// The same, of which so many more samples have no value.
    #[must_use]
    pub fn without_more(mut self, samples: u64) -> Self {
        self.without += samples;
        self
    }
}

fn added_up(counted: Vec<Counted<'_>>, after: Option<&FacetAfter>, limit: usize) -> Option<FacetTotals> {
    let kind = counted.first()?.stretch.field.kind();
    let mut without = 0;
    let mut lists = Vec::new();
    for Counted { index, stretch, mut counts } in counted {
        without += counts.next().unwrap_or(0);
        lists.push((index, stretch, counts));
    }
    let (values, distinct) = match kind {
        FacetKind::Steps(edges) => steps(edges, lists.into_iter().map(|(_, _, counts)| counts)),
        FacetKind::Names if lists.len() == 1 => {
            let (index, stretch, counts) = lists.pop()?;
            best(index, stretch, counts, after, limit)
        }
        FacetKind::Names => {
            let named = lists.into_iter().map(|(index, stretch, counts)| named(index, stretch, counts));
            merged(named.collect(), after, limit)
        }
    };
    Some(FacetTotals { values, distinct, without })
}

/// The names that were counted at all, in the order of their bytes.
fn named<'a>(index: &'a FacetIndex, stretch: Stretch, counts: Box<dyn Iterator<Item = u64> + 'a>) -> Named<'a> {
    let counts = (0..).zip(counts).filter(|(_, count)| *count > 0);
    Box::new(counts.map(move |(place, count)| (index.name_bytes(stretch, place), count)))
}

/// Steps in their order, added up.
fn steps(edges: &[f64], lists: impl Iterator<Item = impl Iterator<Item = u64>>) -> (Vec<FacetCount>, u64) {
    let mut sums = vec![0; edges.len() + 1];
    for list in lists {
        sums.iter_mut().zip(list).for_each(|(sum, count)| *sum += count);
    }
    let step = |(place, count): (usize, u64)| {
        let lower = place.checked_sub(1).and_then(|below| edges.get(below));
        let value = lower.map_or_else(String::new, ToString::to_string);
        FacetCount { value, below: edges.get(place).copied(), count }
    };
    let values: Vec<FacetCount> = sums.into_iter().enumerate().filter(|(_, count)| *count > 0).map(step).collect();
    let distinct = values.len() as u64;
    (values, distinct)
}

/// The commonest names of one index. Only those are read: names are counted by their places.
fn best(
    index: &FacetIndex,
    stretch: Stretch,
    counts: impl Iterator<Item = u64>,
    after: Option<&FacetAfter>,
    limit: usize,
) -> (Vec<FacetCount>, u64) {
    // By count, then by name, which is the order of places.
    let by_count = |(place, count): &(u64, u64)| (std::cmp::Reverse(*count), *place);
    let first = after.map(|after| {
        let behind = match index.find(stretch.field, after.value.as_bytes()) {
            Ok(place) => place + 1,
            Err(place) => place,
        };
        by_count(&(behind, after.count))
    });
    let mut distinct = 0;
    let counted = (0..).zip(counts).filter(|(_, count)| *count > 0).inspect(|_| distinct += 1);
    let mut counted: Vec<(u64, u64)> =
        counted.filter(|value| first.is_none_or(|first| by_count(value) >= first)).collect();
    if counted.len() > limit && limit > 0 {
        counted.select_nth_unstable_by_key(limit - 1, by_count);
    }
    counted.truncate(limit);
    counted.sort_unstable_by_key(by_count);
    let named = |(place, count)| FacetCount {
        value: String::from_utf8_lossy(index.name_bytes(stretch, place)).into_owned(),
        below: None,
        count,
    };
    (counted.into_iter().map(named).collect(), distinct)
}
