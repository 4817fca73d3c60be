use sayso_index::{FacetAfter, FacetCount, FacetCounter, FacetField, FacetKind, FacetTotals, Query};

use super::cursor::{CursorError, read_cursor, write_cursor};
use super::{Library, Shelf};
use crate::Error;

/// The values of one field, counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Facet {
    /// The field.
    pub field: FacetField,
    /// The commonest values, or all steps.
    pub values: Vec<FacetCount>,
    /// How many distinct values there are.
    pub distinct: u64,
    /// How many samples have none.
    pub without: u64,
    /// The cursor from which the names go on; `None` where these are all.
    pub next: Option<String>,
}

/// What is to be counted.
#[derive(Debug, Clone, Copy)]
pub struct FacetQuestion<'a> {
    /// The dataset; all where none is named.
    pub dataset: Option<&'a str>,
    /// The query whose hits are counted; all samples where there is none.
    pub query: Option<&'a str>,
    /// The fields.
    pub fields: &'a [FacetField],
    /// The `next` of the one field of an earlier answer, behind which its names go on.
    pub cursor: Option<&'a str>,
    /// How many names of each field to return at most.
    pub limit: usize,
}

impl Library {
    /// The fields of which anything is known in a dataset, or in any: first those that every dataset may have, then the
    /// columns of its tables.
    #[must_use]
    pub fn facet_fields(&self, dataset: Option<&str>) -> Vec<FacetField> {
        let shelves = self.shelves.iter().filter(|shelf| dataset.is_none_or(|name| name == shelf.name));
        let known: Vec<FacetField> = shelves.flat_map(|shelf| shelf.facets.fields()).collect();
        let mut fields: Vec<FacetField> = FacetField::ALL.iter().copied().filter(|it| known.contains(it)).collect();
        for field in known {
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
        fields
    }

    /// As [`Library::facets`], of a query as somebody writes it.
    pub fn facets_of(
        &self,
        dataset: Option<&str>,
        query: Option<&str>,
        fields: &[FacetField],
        limit: usize,
    ) -> Result<Vec<Facet>, Error> {
        self.count(&FacetQuestion { dataset, query, fields, cursor: None, limit })
    }

    /// Counts what samples have in common. Names of which there are more can be asked for with a cursor.
    pub fn count(&self, question: &FacetQuestion<'_>) -> Result<Vec<Facet>, Error> {
        let FacetQuestion { dataset, query, fields, cursor, limit } = *question;
        let parsed = query.map(Query::parse).transpose()?;
        let list = |field: FacetField| {
            let asked = [dataset, query].map(|part| part.map_or_else(String::new, |part| format!("={part}")));
            self.list_id(&["facets", field.as_str(), &asked[0], &asked[1]])
        };
        let after = match (cursor, fields) {
            (None, _) => None,
            (Some(cursor), [field]) => {
                let bytes = read_cursor(list(*field), cursor)?;
                let (count, name) = bytes.split_first_chunk().ok_or(CursorError::Malformed)?;
                let value = String::from_utf8(name.to_vec()).map_err(|_| CursorError::Malformed)?;
                Some(FacetAfter { count: u64::from_le_bytes(*count), value })
            }
            (Some(_), _) => return Err(CursorError::OtherQuestion.into()),
        };
        let mut facets =
            self.facets_behind(dataset, parsed.as_ref(), fields, after.as_ref(), limit.saturating_add(1))?;
        for facet in facets.iter_mut().filter(|facet| facet.field.kind() == FacetKind::Names) {
            if facet.values.len() > limit {
                facet.values.truncate(limit);
                let place = |last: &FacetCount| [last.count.to_le_bytes().as_slice(), last.value.as_bytes()].concat();
                facet.next = facet.values.last().map(|last| write_cursor(list(facet.field), &place(last)));
            }
        }
        Ok(facets)
    }

    /// Counts the values of `fields` over the hits of `query`, or over all samples; the `limit` commonest of each. Fields
    /// of which no dataset knows anything are left out.
    pub fn facets(
        &self,
        dataset: Option<&str>,
        query: Option<&Query>,
        fields: &[FacetField],
        limit: usize,
    ) -> Result<Vec<Facet>, Error> {
        self.facets_behind(dataset, query, fields, None, limit)
    }

    /// As [`Library::facets`], of names those that come behind this one.
    pub(super) fn facets_behind(
        &self,
        dataset: Option<&str>,
        query: Option<&Query>,
        fields: &[FacetField],
        after: Option<&FacetAfter>,
        limit: usize,
    ) -> Result<Vec<Facet>, Error> {
        let shelves: Vec<&Shelf> =
            self.shelves.iter().filter(|shelf| dataset.is_none_or(|name| name == shelf.name)).collect();
        let Some(query) = query else {
            let indexes: Vec<_> = shelves.iter().map(|shelf| &shelf.facets).collect();
            let counted = |field: &FacetField| {
                let totals = FacetTotals::of_all(&indexes, *field, after, limit)?;
                Facet::of(*field, totals)
            };
            return Ok(fields.iter().filter_map(counted).collect());
        };
        let mut tally = Tally::new(fields);
        for shelf in shelves {
            tally.count(shelf, &mut |take| Ok(shelf.text.each(query, take)?))?;
        }
        Ok(tally.finish(after, limit))
    }
}

impl Facet {
    /// `None` where there is nothing to show: no sample has a value.
    fn of(field: FacetField, totals: FacetTotals) -> Option<Self> {
        let FacetTotals { values, distinct, without } = totals;
        (distinct > 0).then_some(Self { field, values, distinct, without, next: None })
    }
}

/// Counts several fields over some samples of several datasets.
pub(super) struct Tally<'a> {
    /// For each field what is counted of it, and of how many samples no dataset's index knows it.
    fields: Vec<(FacetField, Vec<FacetCounter<'a>>, u64)>,
}

/// Hands out the places of samples.
type EachPlace<'e> = &'e mut dyn FnMut(&mut dyn FnMut(u64)) -> Result<(), Error>;

impl<'a> Tally<'a> {
    pub(super) fn new(fields: &[FacetField]) -> Self {
        Self { fields: fields.iter().map(|field| (*field, Vec::new(), 0)).collect() }
    }

    /// Counts the samples of one dataset that `each` hands out, and returns how many they are.
    pub(super) fn count(&mut self, shelf: &'a Shelf, each: EachPlace<'_>) -> Result<u64, Error> {
        let mut counters: Vec<_> = self.fields.iter().map(|(field, ..)| shelf.facets.counter(*field)).collect();
        let mut counted = 0;
        each(&mut |place| {
            counted += 1;
            counters.iter_mut().flatten().for_each(|counter| counter.add(place));
        })?;
        for ((_, all, unknown), counter) in self.fields.iter_mut().zip(counters) {
            match counter {
                Some(counter) => all.push(counter),
                None => *unknown += counted,
            }
        }
        Ok(counted)
    }

    pub(super) fn finish(self, after: Option<&FacetAfter>, limit: usize) -> Vec<Facet> {
        let added_up = |(field, counters, unknown)| {
            let totals = FacetTotals::of_counted(counters, after, limit)?;
            Facet::of(field, totals.without_more(unknown))
        };
        self.fields.into_iter().filter_map(added_up).collect()
    }
}
