use sayso_core::Sample;
use sayso_index::{Field, Query};

use super::{Hit, Library, Matched, SearchAnswer, Window};
use crate::Error;

impl Library {
    /// Searches all datasets with one query; the language is described in `docs/reference/query.md`.
    ///
    /// Scores of different datasets are compared as they are: each comes from its own dataset's word counts, which is
    /// good enough to interleave them.
    pub fn search(&self, query: &str, window: Window) -> Result<SearchAnswer, Error> {
        let query = Query::parse(query)?;
        let wanted = window.offset.saturating_add(window.limit);
        let mut total = 0;
        let mut places = Vec::new();
        for (shelf, open) in self.shelves.iter().enumerate() {
            let found = open.text.search(&query, 0, wanted)?;
            total += found.total;
            places.extend(found.hits.into_iter().map(|hit| (shelf, hit)));
        }
        // Stable: hits of one score stay in the order of datasets, shards and rows.
        places.sort_by(|a, b| b.1.score.total_cmp(&a.1.score));
        let shown: Vec<_> = places.into_iter().skip(window.offset).take(window.limit).collect();
        let mut hits: Vec<Option<Hit>> = vec![None; shown.len()];
        for (number, open) in self.shelves.iter().enumerate() {
            let of_shelf: Vec<usize> =
                shown.iter().enumerate().filter(|(_, (shelf, _))| *shelf == number).map(|(at, _)| at).collect();
            let rows: Vec<(u32, u32)> =
                of_shelf.iter().filter_map(|at| shown.get(*at)).map(|(_, hit)| (hit.shard, hit.row)).collect();
            for (at, sample) in of_shelf.iter().zip(open.dataset.samples_at(&rows)?) {
                if let (Some(slot), Some((_, place))) = (hits.get_mut(*at), shown.get(*at)) {
                    let matched = matched(&query, &sample);
                    *slot = Some(Hit { dataset: open.name.clone(), sample, score: place.score, matched });
                }
            }
        }
        Ok(SearchAnswer { total, hits: hits.into_iter().flatten().collect() })
    }
}

/// What of a sample the query matched.
fn matched(query: &Query, sample: &Sample) -> Vec<Matched> {
    let pair = &sample.pair;
    let verdict = sample.verdict().stance.as_str();
    let texts = [
        (Field::Caption, Some(pair.caption.as_str())),
        (Field::Creator, pair.creator.as_deref()),
        (Field::Site, Some(pair.url.as_str())),
        (Field::Site, Some(pair.page_url.as_str())),
        (Field::Licence, pair.licence.as_deref()),
        (Field::Verdict, Some(verdict)),
    ];
    texts
        .into_iter()
        .filter_map(|(field, text)| {
            let text = text?;
            let ranges = query.matches(field, text);
            (!ranges.is_empty()).then(|| Matched { field: field.as_str(), text: text.to_owned(), ranges })
        })
        .collect()
}
