use std::cmp::Ordering;

use sayso_index::{Behind, FacetField, Found, Query, RowHit, SortKeys};

use super::cursor::CursorError;
use super::sort::{Sort, SortBy};
use super::{Library, Shelf};
use crate::Error;

/// Where a hit stands among those of all datasets.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Position {
    pub(super) key: Key,
    /// The dataset's number.
    pub(super) shelf: u32,
    /// The place among all samples of the dataset.
    pub(super) place: u64,
}

/// What hits are compared by before their places are; comparable among datasets.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Key {
    /// How well it matches.
    Score(f32),
    /// What is smaller comes first.
    Rank(u64),
    /// A name, where there is one.
    Name(Option<String>),
}

/// The rank of what is not known: behind everything else.
const LAST: u64 = u64::MAX;

/// Bits of a rank that are the place in a dataset.
const PLACE_BITS: u32 = 40;

/// More than any number of a name, twice.
const NAMES: u64 = 1 << 34;

impl Position {
    pub(super) fn compare(&self, other: &Self, sort: Sort) -> Ordering {
        let keys = match (&self.key, &other.key) {
            (Key::Score(a), Key::Score(b)) => b.total_cmp(a),
            (Key::Rank(a), Key::Rank(b)) => a.cmp(b),
            (Key::Name(Some(a)), Key::Name(Some(b))) if sort.descending => b.cmp(a),
            (Key::Name(Some(a)), Key::Name(Some(b))) => a.cmp(b),
            (Key::Name(a), Key::Name(b)) => a.is_none().cmp(&b.is_none()),
            _ => Ordering::Equal,
        };
        keys.then(self.shelf.cmp(&other.shelf)).then(self.place.cmp(&other.place))
    }

    /// As bytes of a cursor.
    pub(super) fn write(&self) -> Vec<u8> {
        let (kind, key): (u8, Vec<u8>) = match &self.key {
            Key::Score(score) => (0, score.to_bits().to_le_bytes().to_vec()),
            Key::Rank(rank) => (1, rank.to_le_bytes().to_vec()),
            Key::Name(Some(name)) => (2, name.as_bytes().to_vec()),
            Key::Name(None) => (3, Vec::new()),
        };
        [self.shelf.to_le_bytes().as_slice(), &self.place.to_le_bytes(), &[kind], &key].concat()
    }

    /// Reads what [`Self::write`] wrote. Somebody else may have written it.
    pub(super) fn read(bytes: &[u8], sort: Sort) -> Result<Self, CursorError> {
        let read = || {
            let (shelf, rest) = bytes.split_first_chunk()?;
            let (place, rest) = rest.split_first_chunk()?;
            let (kind, key) = rest.split_first()?;
            let key = match (kind, sort.by) {
                (0, SortBy::Relevance) => Key::Score(f32::from_bits(u32::from_le_bytes(key.try_into().ok()?))),
                (2, SortBy::Domain) => Key::Name(Some(String::from_utf8(key.to_vec()).ok()?)),
                (3, SortBy::Domain) => Key::Name(None),
                (1, SortBy::Relevance | SortBy::Domain) => return None,
                (1, _) => Key::Rank(u64::from_le_bytes(key.try_into().ok()?)),
                _ => return None,
            };
            let is_number = !matches!(key, Key::Score(score) if !score.is_finite());
            is_number.then_some(Self { key, shelf: u32::from_le_bytes(*shelf), place: u64::from_le_bytes(*place) })
        };
        read().ok_or(CursorError::Malformed)
    }
}

impl Library {
    /// The first hits of all datasets behind `after`, `wanted` at most, and how many there are in all.
    pub(super) fn ordered(
        &self,
        query: &Query,
        sort: Sort,
        after: Option<&Position>,
        wanted: usize,
    ) -> Result<(u64, Vec<(Position, RowHit)>), Error> {
        let mut total = 0;
        let mut hits = Vec::new();
        for (number, shelf) in (0..).zip(&self.shelves) {
            let order = Order { shelf, number, sort, keys: sort.by.field().map(|field| shelf.facets.sort_keys(field)) };
            let found = order.search(query, after, wanted)?;
            total += found.total;
            let place = |hit: &RowHit| Position { key: order.key(hit), shelf: number, place: hit.place };
            hits.extend(found.hits.into_iter().map(|hit| (place(&hit), hit)));
        }
        hits.sort_by(|a, b| a.0.compare(&b.0, sort));
        Ok((total, hits))
    }
}

/// How the hits of one dataset are put in order.
struct Order<'a> {
    shelf: &'a Shelf,
    number: u32,
    sort: Sort,
    /// What they go by, where it is a field; `None` inside where the dataset knows nothing of it.
    keys: Option<Option<SortKeys<'a>>>,
}

impl Order<'_> {
    fn search(&self, query: &Query, after: Option<&Position>, wanted: usize) -> Result<Found, Error> {
        let text = &self.shelf.text;
        let first = after.map_or(0, |after| self.first_place(after));
        let found = match (self.sort.by, after.map(|after| &after.key)) {
            (SortBy::Relevance, Some(Key::Score(score))) => {
                text.search_behind(query, Behind { score: *score, place: first }, wanted)
            }
            (SortBy::Relevance, _) => text.search(query, 0, wanted),
            (SortBy::Dataset, _) if !self.sort.descending => text.search_in_order(query, first, 0, wanted),
            (_, key) => {
                let behind = key.map(|key| self.rank_of_key(key));
                text.search_by(query, wanted, &|place| {
                    let rank = self.rank(place);
                    let is_passed = behind.is_some_and(|behind| (rank, place) < (behind, first));
                    (!is_passed).then_some(rank)
                })
            }
        };
        Ok(found?)
    }

    /// The first place that may follow with the same key.
    fn first_place(&self, after: &Position) -> u64 {
        match self.number.cmp(&after.shelf) {
            Ordering::Less => u64::MAX,
            Ordering::Equal => after.place.saturating_add(1),
            Ordering::Greater => 0,
        }
    }

    /// The rank of a sample in its own dataset.
    fn rank(&self, place: u64) -> u64 {
        match (&self.keys, self.sort.by) {
            (_, SortBy::Dataset) => LAST - (u64::from(self.number) << PLACE_BITS | place),
            (Some(Some(keys)), SortBy::Domain) => self.rank_of_name(u64::from(keys.of(place)) * 2),
            (Some(Some(keys)), _) => self.rank_of_number(keys.of(place)),
            _ => LAST,
        }
    }

    /// Where what has this key stands in this dataset.
    fn rank_of_key(&self, key: &Key) -> u64 {
        match key {
            Key::Rank(rank) => *rank,
            Key::Name(Some(name)) => match self.shelf.facets.number_of(FacetField::Domain, name) {
                Ok(number) => self.rank_of_name(u64::from(number) * 2),
                // Between its neighbours.
                Err(behind) => self.rank_of_name(u64::from(behind) * 2 - 1),
            },
            Key::Name(None) | Key::Score(_) => LAST,
        }
    }

    fn rank_of_number(&self, key: u32) -> u64 {
        match (key, self.sort.descending) {
            (0, _) => LAST,
            (key, true) => u64::from(u32::MAX - key),
            (key, false) => u64::from(key),
        }
    }

    const fn rank_of_name(&self, doubled: u64) -> u64 {
        match (doubled, self.sort.descending) {
            (0, _) => LAST,
            (doubled, true) => NAMES - doubled,
            (doubled, false) => doubled,
        }
    }

    /// What a hit is compared by with those of other datasets.
    fn key(&self, hit: &RowHit) -> Key {
        match (&self.keys, self.sort.by) {
            (_, SortBy::Relevance) => Key::Score(hit.score),
            (_, SortBy::Dataset) if !self.sort.descending => Key::Rank(0),
            (Some(keys), SortBy::Domain) => {
                let number = keys.as_ref().map_or(0, |keys| keys.of(hit.place));
                Key::Name(self.shelf.facets.name_of(FacetField::Domain, number))
            }
            _ => Key::Rank(self.rank(hit.place)),
        }
    }
}
