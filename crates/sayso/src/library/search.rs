use sayso_core::Sample;
use sayso_index::{Field, Query, RowHit};

use super::cursor::{CursorError, ListId, read_cursor, write_cursor};
use super::order::Position;
use super::sort::Sort;
use super::{Hit, Library, Matched, SearchAnswer, Window};
use crate::Error;

/// A question to all datasets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchQuestion<'a> {
    /// The query; the language is described in `docs/reference/query.md`.
    pub query: &'a str,
    /// The order of the hits.
    pub sort: Sort,
    /// Which hit is the first.
    pub start: Start<'a>,
    /// How many hits to return at most.
    pub limit: usize,
}

/// Where a list of hits starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start<'a> {
    /// Behind so many hits. Those are looked for, too.
    Offset(usize),
    /// Where the answer ended that gave out this cursor, at the cost of the first page.
    Cursor(&'a str),
}

impl Library {
    /// Searches all datasets with one query, the best hits first.
    ///
    /// Scores of different datasets are compared as they are: each comes from its own dataset's word counts, which is
    /// good enough to interleave them.
    pub fn search(&self, query: &str, window: Window) -> Result<SearchAnswer, Error> {
        let start = Start::Offset(window.offset);
        self.find(&SearchQuestion { query, sort: Sort::RELEVANCE, start, limit: window.limit })
    }

    /// Searches all datasets and lists the hits in an order of choice.
    pub fn find(&self, question: &SearchQuestion<'_>) -> Result<SearchAnswer, Error> {
        let SearchQuestion { query: text, sort, start, limit } = *question;
        let query = Query::parse(text)?;
        let list = self.list_id(&["search", text, &sort.to_string()]);
        let (passed, total, mut hits) = match start {
            Start::Offset(offset) => {
                let wanted = offset.saturating_add(limit);
                if wanted > sayso_index::TextIndex::MAX_WINDOW {
                    let most = sayso_index::TextIndex::MAX_WINDOW;
                    return Err(sayso_index::IndexError::Window { offset, limit, most }.into());
                }
                let (total, mut hits) = self.ordered(&query, sort, None, wanted)?;
                hits.drain(..offset.min(hits.len()));
                (offset as u64, total, hits)
            }
            Start::Cursor(cursor) => {
                let bytes = read_cursor(list, cursor)?;
                let (passed, place) = bytes.split_first_chunk().ok_or(CursorError::Malformed)?;
                let after = Position::read(place, sort)?;
                let (total, hits) = self.ordered(&query, sort, Some(&after), limit)?;
                (u64::from_le_bytes(*passed), total, hits)
            }
        };
        hits.truncate(limit);
        let reached = passed.saturating_add(hits.len() as u64);
        let next = hits.last().filter(|_| hits.len() == limit && reached < total).map(|(last, _)| {
            let place = [reached.to_le_bytes().as_slice(), &last.write()].concat();
            write_cursor(list, &place)
        });
        Ok(SearchAnswer { total, offset: passed, hits: self.hits_at(&query, &hits)?, next })
    }

    /// What a list is a list of, so that no cursor of another one is taken for one of its own.
    pub(super) fn list_id(&self, question: &[&str]) -> ListId {
        let named: Vec<_> = self.shelves.iter().map(|shelf| (&shelf.name, shelf.dataset.manifest().name())).collect();
        ListId::new(question, named.iter().flat_map(|(name, snapshot)| [name.as_str(), snapshot]))
    }

    fn hits_at(&self, query: &Query, places: &[(Position, RowHit)]) -> Result<Vec<Hit>, Error> {
        let mut hits: Vec<Option<Hit>> = vec![None; places.len()];
        for (number, open) in (0..).zip(&self.shelves) {
            let of_shelf: Vec<(usize, &RowHit)> = places
                .iter()
                .enumerate()
                .filter(|(_, (position, _))| position.shelf == number)
                .map(|(at, (_, hit))| (at, hit))
                .collect();
            let rows: Vec<(u32, u32)> = of_shelf.iter().map(|(_, hit)| (hit.shard, hit.row)).collect();
            for ((at, place), sample) in of_shelf.iter().zip(open.dataset.samples_at(&rows)?) {
                if let Some(slot) = hits.get_mut(*at) {
                    let matched = matched(query, &sample);
                    *slot = Some(Hit { dataset: open.name.clone(), sample, score: place.score, matched });
                }
            }
        }
        Ok(hits.into_iter().flatten().collect())
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
