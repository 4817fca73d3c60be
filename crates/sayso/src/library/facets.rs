use std::collections::HashMap;

use sayso_index::{FacetCount, FacetField, FacetKind, Query};

use super::Library;
use crate::Error;

/// The values of one field, counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Facet {
    /// The field.
    pub field: FacetField,
    /// The commonest values, or all steps.
    pub values: Vec<FacetCount>,
    /// How many distinct values there are. Of several datasets, of the one that has most.
    pub distinct: u64,
    /// How many samples have none.
    pub without: u64,
}

impl Library {
    /// As [`Library::facets`], of a query as somebody writes it.
    pub fn facets_of(
        &self,
        dataset: Option<&str>,
        query: Option<&str>,
        fields: &[FacetField],
        limit: usize,
    ) -> Result<Vec<Facet>, Error> {
        let query = query.map(Query::parse).transpose()?;
        self.facets(dataset, query.as_ref(), fields, limit)
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
        let mut found: Vec<Vec<Facet>> = fields.iter().map(|_| Vec::new()).collect();
        for shelf in self.shelves.iter().filter(|shelf| dataset.is_none_or(|name| name == shelf.name)) {
            // Counts are added up over datasets, and what is common in all may be the last in each.
            let depth = if self.shelves.len() > 1 && dataset.is_none() { limit.saturating_mul(4) } else { limit };
            match query {
                None => {
                    for (field, found) in fields.iter().zip(&mut found) {
                        let values = shelf.facets.totals(*field, depth);
                        let without = shelf.facets.rows() - shelf.facets.known(*field);
                        let distinct = shelf.facets.values(*field);
                        if !values.is_empty() {
                            found.push(Facet { field: *field, values, distinct, without });
                        }
                    }
                }
                Some(query) => {
                    let mut counters: Vec<_> = fields.iter().filter_map(|field| shelf.facets.counter(*field)).collect();
                    shelf.text.each(query, &mut |row| counters.iter_mut().for_each(|counter| counter.add(row)))?;
                    for counter in counters {
                        let (field, (distinct, without)) = (counter.field(), counter.distinct());
                        let place = fields.iter().position(|other| *other == field);
                        let values = counter.finish(depth);
                        if let Some(found) = place.and_then(|place| found.get_mut(place))
                            && !values.is_empty()
                        {
                            found.push(Facet { field, values, distinct, without });
                        }
                    }
                }
            }
        }
        Ok(found.into_iter().filter_map(|of_shelves| added_up(of_shelves, limit)).collect())
    }
}

/// One facet of those of several datasets.
fn added_up(of_shelves: Vec<Facet>, limit: usize) -> Option<Facet> {
    let mut of_shelves = of_shelves.into_iter();
    let mut all = of_shelves.next()?;
    for more in of_shelves {
        let mut places: HashMap<String, usize> =
            all.values.iter().enumerate().map(|(place, count)| (count.value.clone(), place)).collect();
        for count in more.values {
            match places.get(&count.value).and_then(|place| all.values.get_mut(*place)) {
                Some(known) => known.count += count.count,
                None => {
                    places.insert(count.value.clone(), all.values.len());
                    all.values.push(count);
                }
            }
        }
        all.distinct = all.distinct.max(more.distinct);
        all.without += more.without;
    }
    match all.field.kind() {
        FacetKind::Names => {
            all.values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
            all.values.truncate(limit);
        }
        FacetKind::Steps(_) => {
            let edge = |count: &FacetCount| count.value.parse().unwrap_or(f64::NEG_INFINITY);
            all.values.sort_by(|a, b| edge(a).total_cmp(&edge(b)));
        }
    }
    Some(all)
}
