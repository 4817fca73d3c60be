use std::path::{Path, PathBuf};
use std::sync::Arc;

use sayso_core::RowMask;
use tantivy::collector::{Count, TopDocs};
use tantivy::columnar::Column;
use tantivy::directory::Directory;
use tantivy::index::SegmentComponent;
use tantivy::query::{EnableScoring, Query as EngineQuery, Weight};
use tantivy::{DocAddress, DocSet as _, Index, ReloadPolicy, Searcher, SegmentReader, TERMINATED, TantivyError};

use crate::compile::{Compiled, compile};
use crate::error::IndexError;
use crate::folder::Folder;
use crate::mark::{Mark, SnapshotId};
use crate::packed::Joined;
use crate::query::Query;
use crate::schema::{ROW_NAME, schema};
use crate::search_order::Behind;

/// The text index of one snapshot, open for searching from any number of threads.
#[derive(Clone)]
pub struct TextIndex {
    dir: PathBuf,
    mark: Mark,
    searcher: Searcher,
    /// For each part of the index, the column that leads from its documents to rows.
    rows: Vec<Column<u64>>,
    /// For each part, how many samples the parts before it hold; at the end, how many there are.
    starts: Vec<u64>,
    /// Places of samples that are found no more.
    removed: Arc<RowMask>,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// How many samples match in all.
    pub total: u64,
    /// The hits inside the window: best first, and in the order of rows where none is better.
    pub hits: Vec<RowHit>,
}

/// The place of a sample that matches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RowHit {
    /// The shard, counted as the snapshot lists its shards.
    pub shard: u32,
    /// The row in that shard.
    pub row: u32,
    /// Its place among all samples of the snapshot.
    pub place: u64,
    /// How well the sample matches; comparable within one search only, and 0 where the query does not rank.
    pub score: f32,
}

impl TextIndex {
    /// How deep into the hits one search reaches: offset and limit together.
    pub const MAX_WINDOW: usize = 10_000;

    /// Opens the index in `dir`.
    pub fn open(dir: &Path) -> Result<Self, IndexError> {
        let mark = Mark::read(dir)?;
        match Self::open_marked(dir, mark.clone()) {
            // Parts that were just merged are gone, and the index says so by now.
            Err(_) if Mark::read(dir)? != mark => Self::open_marked(dir, Mark::read(dir)?),
            opened => opened,
        }
    }

    fn open_marked(dir: &Path, mark: Mark) -> Result<Self, IndexError> {
        let damaged = |reason: String| IndexError::Damaged { dir: dir.to_owned(), reason };
        let unreadable = |error: TantivyError| damaged(error.to_string());
        let folder: Box<dyn Directory> = if mark.parts.is_empty() {
            Box::new(Folder::open(dir).map_err(|error| unreadable(error.into()))?)
        } else {
            Box::new(Joined::open(dir, &mark.parts, &schema())?)
        };
        let index = Index::open(folder.clone()).map_err(unreadable)?;
        if index.schema() != schema() {
            return Err(damaged("its fields are not those of its version".to_owned()));
        }
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(unreadable)?;
        let searcher = reader.searcher();
        for part in index.searchable_segment_metas().map_err(unreadable)? {
            // The engine takes lost positions for a field without any, and fails at the first phrase.
            let positions = part.relative_path(SegmentComponent::Positions);
            if !folder.exists(&positions).unwrap_or_default() {
                return Err(damaged(format!("`{}` is missing", positions.display())));
            }
        }
        if searcher.num_docs() != mark.documents {
            let reason = format!("it holds {} documents and should hold {}", searcher.num_docs(), mark.documents);
            return Err(damaged(reason));
        }
        let rows = searcher
            .segment_readers()
            .iter()
            .map(|part| part.fast_fields().u64(ROW_NAME))
            .collect::<tantivy::Result<_>>()
            .map_err(unreadable)?;
        let mut starts = vec![0];
        for part in searcher.segment_readers() {
            starts.push(starts.last().copied().unwrap_or_default() + u64::from(part.max_doc()));
        }
        Ok(Self { dir: dir.to_owned(), mark, searcher, rows, starts, removed: Arc::default() })
    }

    /// The same without the samples at these places, which are neither found nor counted from then on.
    #[must_use]
    pub fn without(self, removed: Arc<RowMask>) -> Self {
        Self { removed, ..self }
    }

    pub(crate) fn is_removed(&self, place: u64) -> bool {
        self.removed.contains(place)
    }

    /// The snapshot of which there is an index in `dir`, without opening it; `None` where there is none that could be opened.
    #[must_use]
    pub fn snapshot_in(dir: &Path) -> Option<SnapshotId> {
        Mark::read(dir).ok().map(|mark| mark.snapshot)
    }

    /// The snapshot that the index was built from.
    #[must_use]
    pub fn snapshot(&self) -> &SnapshotId {
        &self.mark.snapshot
    }

    /// How many samples the index holds.
    #[must_use]
    pub fn documents(&self) -> u64 {
        self.mark.documents
    }

    /// The hits of `query` after the first `offset`, `limit` at most.
    pub fn search(&self, query: &Query, offset: usize, limit: usize) -> Result<Found, IndexError> {
        if offset.saturating_add(limit) > Self::MAX_WINDOW {
            return Err(IndexError::Window { offset, limit, most: Self::MAX_WINDOW });
        }
        let compiled = compile(query);
        let found = if compiled.is_ranked && limit > 0 && self.removed.is_empty() {
            self.ranked(&compiled, offset, limit)
        } else if compiled.is_ranked && limit > 0 {
            self.ranked_behind(&compiled, Behind::NOTHING, offset + limit).map(|mut found| {
                found.hits.drain(..offset.min(found.hits.len()));
                found
            })
        } else {
            self.in_row_order_from(&*compiled.query, 0, offset, limit)
        };
        found.map_err(|error| self.failed(&error))
    }

    /// Hands out the place of every hit of `query` among all samples of the snapshot, in their order.
    pub fn each(&self, query: &Query, take: &mut dyn FnMut(u64)) -> Result<(), IndexError> {
        let mut run = || -> tantivy::Result<()> {
            let weight = compile(query).query.weight(EnableScoring::disabled_from_searcher(&self.searcher))?;
            let mut before = 0;
            for reader in self.searcher.segment_readers() {
                // Parts hold consecutive samples, in the order of their rows.
                weight.for_each_no_score(reader, &mut |documents| {
                    let places = documents.iter().map(|document| before + u64::from(*document));
                    places.filter(|place| !self.is_removed(*place)).for_each(&mut *take);
                })?;
                before += u64::from(reader.max_doc());
            }
            Ok(())
        };
        run().map_err(|error| self.failed(&error))
    }

    fn ranked(&self, compiled: &Compiled, offset: usize, limit: usize) -> tantivy::Result<Found> {
        let query = &*compiled.query;
        let best = TopDocs::with_limit(limit).and_offset(offset).order_by_score();
        let (best, total) = if compiled.is_prunable {
            // Counting has to look at every hit; on its own it needs no scores, and the best need no count.
            (self.searcher.search(query, &best)?, query.count(&self.searcher)?)
        } else {
            self.searcher.search(query, &(best, Count))?
        };
        let hits = best.into_iter().map(|(score, address)| self.hit(address, score)).collect();
        Ok(Found { total: total as u64, hits })
    }

    /// Hits in the order of rows, from this place among all samples on.
    pub(crate) fn in_row_order_from(
        &self,
        query: &dyn EngineQuery,
        from: u64,
        offset: usize,
        limit: usize,
    ) -> tantivy::Result<Found> {
        let weight = query.weight(EnableScoring::disabled_from_searcher(&self.searcher))?;
        let mut found = Found { total: 0, hits: Vec::new() };
        let (mut to_pass, mut before) = (offset, 0);
        for reader in self.searcher.segment_readers() {
            let first = before;
            let count = self.count(&*weight, reader, first)?;
            found.total += u64::from(count);
            before += u64::from(reader.max_doc());
            if found.hits.len() >= limit || before <= from {
                continue;
            }
            if first >= from && to_pass >= count as usize {
                to_pass -= count as usize;
                continue;
            }
            let mut matching = weight.scorer(reader, 1.0)?;
            let mut document = matching.doc();
            let from = u32::try_from(from.saturating_sub(first)).unwrap_or(TERMINATED);
            if document < from {
                document = matching.seek(from);
            }
            while document != TERMINATED && found.hits.len() < limit {
                if self.is_removed(first + u64::from(document)) {
                    // Not even passed over.
                } else if to_pass > 0 {
                    to_pass -= 1;
                } else {
                    found.hits.push(self.hit_at(first + u64::from(document), 0.0));
                }
                document = matching.advance();
            }
        }
        Ok(found)
    }

    /// How many documents of a part match, the first of which stands at a place among all samples.
    ///
    /// The engine counts faster than it looks: what is removed is taken off again.
    pub(crate) fn count(&self, weight: &dyn Weight, reader: &SegmentReader, first: u64) -> tantivy::Result<u32> {
        let count = weight.count(reader)?;
        let end = first + u64::from(reader.max_doc());
        let mut removed = self.removed.iter_in(first..end);
        let Some(mut place) = removed.next().filter(|_| count > 0) else { return Ok(count) };
        let (mut matching, mut gone) = (weight.scorer(reader, 1.0)?, 0);
        let mut document = matching.doc();
        while document != TERMINATED {
            let wanted = u32::try_from(place - first).unwrap_or(TERMINATED);
            if document < wanted {
                document = matching.seek(wanted);
                continue;
            }
            gone += u32::from(document == wanted);
            match removed.next() {
                Some(next) => place = next,
                None => break,
            }
        }
        Ok(count.saturating_sub(gone))
    }

    /// The hit at a place among all samples.
    pub(crate) fn hit_at(&self, place: u64, score: f32) -> RowHit {
        let part = self.starts.partition_point(|start| *start <= place).saturating_sub(1);
        let Some((column, start)) = self.rows.get(part).zip(self.starts.get(part)) else {
            return RowHit { shard: u32::MAX, row: u32::MAX, place, score };
        };
        let document = u32::try_from(place - start).unwrap_or(u32::MAX);
        let key = column.first(document).unwrap_or_default();
        RowHit { shard: (key >> 32) as u32, row: key as u32, place, score }
    }

    fn hit(&self, address: DocAddress, score: f32) -> RowHit {
        let start = self.starts.get(address.segment_ord as usize).copied().unwrap_or_default();
        self.hit_at(start + u64::from(address.doc_id), score)
    }

    pub(crate) fn searcher(&self) -> &Searcher {
        &self.searcher
    }

    pub(crate) fn failed(&self, error: &TantivyError) -> IndexError {
        IndexError::Engine { doing: "search", dir: self.dir.clone(), reason: error.to_string() }
    }
}

impl std::fmt::Debug for TextIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TextIndex").field("dir", &self.dir).field("mark", &self.mark).finish_non_exhaustive()
    }
}
