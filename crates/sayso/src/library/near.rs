use sayso_core::{EmbedderId, Modality, Sample, Uid};
use sayso_index::vector::{Nearby, VectorHit, VectorIndex};

use super::Library;
use super::open::Shelf;
use crate::Error;

/// One index of vectors of a library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VectorIndexSummary {
    /// The dataset.
    pub dataset: String,
    /// What made the vectors.
    pub embedder: EmbedderId,
    /// What they were made of.
    pub modality: Modality,
    /// How many there are.
    pub vectors: u64,
}

/// Which vectors are asked, and for how much.
#[derive(Debug, Clone, Copy)]
pub struct NearQuestion<'a> {
    /// The dataset; all, where none is named.
    pub dataset: Option<&'a str>,
    /// The embedder.
    pub embedder: &'a EmbedderId,
    /// Whether pictures or captions are compared.
    pub modality: Modality,
    /// How many hits to return at most.
    pub limit: usize,
    /// Of hits whose vectors are more alike than this, one is returned.
    pub doubles_above: Option<f32>,
}

/// A sample that is near in meaning.
#[derive(Debug, Clone, PartialEq)]
pub struct NearHit {
    /// The dataset that holds it.
    pub dataset: String,
    /// The shard, counted as the snapshot lists its shards.
    pub shard: u32,
    /// The row in that shard.
    pub row: u32,
    /// The cosine of the angle between both vectors: 1 where they point the same way.
    pub similarity: f32,
    /// The sample, of as many hits as were to be fetched.
    pub sample: Option<Sample>,
}

/// The pieces of an answer before samples are fetched: the number of the shelf, and the place.
type Place = (usize, VectorHit);

impl Library {
    /// The indexes of vectors, in the order of the datasets and by name.
    #[must_use]
    pub fn vector_indexes(&self) -> Vec<VectorIndexSummary> {
        let summary = |shelf: &Shelf, index: &VectorIndex| VectorIndexSummary {
            dataset: shelf.name.clone(),
            embedder: index.embedder().clone(),
            modality: index.modality(),
            vectors: index.vectors(),
        };
        self.shelves.iter().flat_map(|shelf| shelf.vectors.iter().map(move |index| summary(shelf, index))).collect()
    }

    /// The samples whose vectors are nearest to `vector`, nearest first; the samples of the first `fetched` are read.
    pub fn near(&self, vector: &[f32], question: &NearQuestion<'_>, fetched: usize) -> Result<Vec<NearHit>, Error> {
        self.near_but(vector, question, fetched, None)
    }

    /// The samples nearest to a sample in meaning, without itself; `None` where no dataset has a vector of it.
    pub fn near_sample(
        &self,
        uid: Uid,
        question: &NearQuestion<'_>,
        fetched: usize,
    ) -> Result<Option<Vec<NearHit>>, Error> {
        for (number, shelf) in self.shelves.iter().enumerate() {
            let Some((shard, row)) =
                shelf.uids.find(uid)?.filter(|(shard, row)| !shelf.dataset.is_removed(*shard, *row))
            else {
                continue;
            };
            let vector = indexes(shelf, question).find_map(|index| index.vector_of(shard, row));
            if let Some(vector) = vector {
                return self.near_but(&vector, question, fetched, Some((number, shard, row))).map(Some);
            }
        }
        Ok(None)
    }

    fn near_but(
        &self,
        vector: &[f32],
        question: &NearQuestion<'_>,
        fetched: usize,
        but: Option<(usize, u32, u32)>,
    ) -> Result<Vec<NearHit>, Error> {
        let mut places: Vec<Place> = Vec::new();
        for (number, shelf) in self.shelves.iter().enumerate() {
            if question.dataset.is_some_and(|name| name != shelf.name) {
                continue;
            }
            for index in indexes(shelf, question) {
                let keep = |shard, row| but != Some((number, shard, row)) && !shelf.dataset.is_removed(shard, row);
                let nearby = Nearby { limit: question.limit, cells: VectorIndex::USUAL_CELLS, keep: &keep };
                let mut hits = index.nearest(vector, &nearby)?;
                if let Some(threshold) = question.doubles_above {
                    hits = index.without_doubles(&hits, threshold);
                }
                places.extend(hits.into_iter().map(|hit| (number, hit)));
            }
        }
        // Stable: hits as near as each other stay in the order of datasets, shards and rows.
        places.sort_by(|a, b| b.1.similarity.total_cmp(&a.1.similarity));
        places.truncate(question.limit);
        self.fetch(&places, fetched)
    }

    /// The hits at these places, with the samples of the first `fetched`.
    fn fetch(&self, places: &[Place], fetched: usize) -> Result<Vec<NearHit>, Error> {
        let mut hits = Vec::with_capacity(places.len());
        for (number, hit) in places {
            let Some(shelf) = self.shelves.get(*number) else { continue };
            let VectorHit { shard, row, similarity, .. } = *hit;
            hits.push(NearHit { dataset: shelf.name.clone(), shard, row, similarity, sample: None });
        }
        for (number, shelf) in self.shelves.iter().enumerate() {
            let of_shelf: Vec<usize> = places
                .iter()
                .take(fetched)
                .enumerate()
                .filter(|(_, place)| place.0 == number)
                .map(|(at, _)| at)
                .collect();
            let rows: Vec<(u32, u32)> =
                of_shelf.iter().filter_map(|at| places.get(*at)).map(|(_, hit)| (hit.shard, hit.row)).collect();
            for (at, sample) in of_shelf.iter().zip(shelf.dataset.samples_at(&rows)?) {
                if let Some(hit) = hits.get_mut(*at) {
                    hit.sample = Some(sample);
                }
            }
        }
        Ok(hits)
    }
}

/// The indexes of a dataset that a question can be put to.
fn indexes<'a>(shelf: &'a Shelf, question: &'a NearQuestion<'_>) -> impl Iterator<Item = &'a VectorIndex> {
    let fits =
        |index: &&VectorIndex| index.modality() == question.modality && index.embedder().agrees_with(question.embedder);
    shelf.vectors.iter().filter(fits)
}
