use super::cells::CellRoom;
use super::code::stored_bytes;
use super::error::VectorError;
use super::index::VectorIndex;
use super::kernels::product_of_stored;
use super::normalize::normalize;
use super::scan::Scan;

/// What is asked of an index beside the vector itself.
#[derive(Clone, Copy)]
pub struct Nearby<'a> {
    /// How many samples to return at most.
    pub limit: usize,
    /// Into how many cells to look: more find more of what is near, and take longer.
    pub cells: usize,
    /// Which samples may be returned, by shard and row. What is removed from a dataset is not found from then on, however
    /// old the index is.
    pub keep: &'a dyn Fn(u32, u32) -> bool,
}

/// A sample whose vector is near.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VectorHit {
    /// The shard, counted as the snapshot lists its shards.
    pub shard: u32,
    /// The row in that shard.
    pub row: u32,
    /// The cosine of the angle between the two vectors: 1 where they point the same way.
    pub similarity: f32,
    /// The number of the vector in the index.
    pub(super) number: u32,
}

impl VectorIndex {
    /// The number of cells in which nearly all is found that is nearest to a vector: of vectors like those of CLIP, all
    /// but one or two of a hundred.
    pub const USUAL_CELLS: usize = 32;

    /// The samples nearest to `vector`, nearest first. Its length does not matter.
    pub fn nearest(&self, vector: &[f32], nearby: &Nearby<'_>) -> Result<Vec<VectorHit>, VectorError> {
        if vector.len() != self.embedder().dimension() {
            let (given, wanted) = (vector.len(), self.embedder().dimension());
            return Err(VectorError::Dimension { embedder: self.embedder().name().to_owned(), given, wanted });
        }
        let mut query = vector.to_vec();
        if !normalize(&mut query) {
            return Err(VectorError::NoDirection);
        }
        self.rotation.apply(&mut query);
        Ok(self.nearest_to_rotated(&query, nearby))
    }

    /// The vector of the sample at this place, of length 1; `None` if it has none here.
    #[must_use]
    pub fn vector_of(&self, shard: u32, row: u32) -> Option<Vec<f32>> {
        let mut vector = self.rotated(self.number_of(shard, row)?)?;
        self.rotation.undo(&mut vector);
        Some(vector)
    }

    /// Leaves one of each group of hits whose vectors are all but the same: the first. Two are if their similarity is
    /// above `threshold`, and groups are all that hang together so.
    #[must_use]
    pub fn without_doubles(&self, hits: &[VectorHit], threshold: f32) -> Vec<VectorHit> {
        let vectors: Vec<Vec<f32>> = hits.iter().map(|hit| self.rotated(hit.number).unwrap_or_default()).collect();
        // Grows each group from its first member on; what was reached is not looked at again.
        let mut reached = vec![false; hits.len()];
        let mut kept = Vec::new();
        for (first, hit) in hits.iter().enumerate() {
            if std::mem::replace(reached.get_mut(first).unwrap_or(&mut true), true) {
                continue;
            }
            kept.push(*hit);
            let mut open = vec![first];
            while let Some(vector) = open.pop().and_then(|at| vectors.get(at)) {
                for (at, (other, reached)) in vectors.iter().zip(&mut reached).enumerate().skip(first + 1) {
                    if !*reached && similarity(vector, other) > threshold {
                        *reached = true;
                        open.push(at);
                    }
                }
            }
        }
        kept
    }

    fn nearest_to_rotated(&self, query: &[f32], nearby: &Nearby<'_>) -> Vec<VectorHit> {
        let limit = nearby.limit.min(usize::try_from(self.vectors()).unwrap_or(usize::MAX));
        if limit == 0 {
            return Vec::new();
        }
        let mut scan = Scan::new(self, query, limit, nearby.keep);
        let mut room = CellRoom::default();
        let mut wanted = nearby.cells.max(1).min(self.cells.len());
        loop {
            let cells = self.cells.near(query, wanted, wanted.saturating_mul(8), &mut room);
            for cell in cells {
                scan.cell(cell);
            }
            // Where much was to be left out, or many were asked for, there is more to look at.
            if scan.is_full() || wanted == self.cells.len() {
                return scan.hits();
            }
            wanted = (wanted * 4).min(self.cells.len());
        }
    }

    /// The number of the vector of the sample at this place.
    fn number_of(&self, shard: u32, row: u32) -> Option<u32> {
        let (mut low, mut high) = (0, usize::try_from(self.vectors()).ok()?);
        while low < high {
            let middle = low + (high - low) / 2;
            let entry = self.entries(&self.layout.by_place, 4, middle..middle + 1).first_chunk::<4>()?;
            let number = u32::from_le_bytes(*entry);
            match self.place(number)?.cmp(&(shard, row)) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(number),
            }
        }
        None
    }

    pub(super) fn place(&self, number: u32) -> Option<(u32, u32)> {
        let number = number as usize;
        let (shard, row) = self.entries(&self.layout.places, 8, number..number + 1).split_first_chunk::<4>()?;
        Some((u32::from_le_bytes(*shard), u32::from_le_bytes(*row.first_chunk::<4>()?)))
    }

    /// The product of a query and the vector of this number.
    pub(super) fn product(&self, query: &[f32], number: usize) -> Option<f32> {
        let bytes = stored_bytes(query.len());
        let (scale, components) =
            self.entries(&self.layout.stored, bytes, number..number + 1).split_first_chunk::<4>()?;
        Some(f32::from_le_bytes(*scale) * product_of_stored(query, components))
    }

    /// A vector as it is stored: rotated.
    fn rotated(&self, number: u32) -> Option<Vec<f32>> {
        let (number, bytes) = (number as usize, stored_bytes(self.embedder().dimension()));
        let (scale, components) =
            self.entries(&self.layout.stored, bytes, number..number + 1).split_first_chunk::<4>()?;
        let scale = f32::from_le_bytes(*scale);
        let components = components.as_chunks::<2>().0.iter();
        Some(components.map(|two| scale * f32::from(i16::from_le_bytes(*two))).collect())
    }
}

fn similarity(a: &[f32], b: &[f32]) -> f32 {
    let mut product = [0.0];
    super::kernels::products(a, b, &mut product);
    product[0]
}
