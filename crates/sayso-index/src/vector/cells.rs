use super::kernels::products;

/// The centroids of an index, in groups: two levels, so that finding the nearest looks at some of them only.
pub(super) struct Cells {
    dimension: usize,
    /// The first cell of each group, and the number of cells at the end.
    pub(super) group_starts: Vec<u32>,
    pub(super) group_centroids: Vec<f32>,
    pub(super) centroids: Vec<f32>,
    /// Half of the squared length of each centroid, of groups and of cells.
    group_halves: Vec<f32>,
    halves: Vec<f32>,
}

/// A cell that a vector is near to.
#[derive(Debug, Clone, Copy)]
pub(super) struct NearCell {
    pub(super) cell: usize,
    /// The product of the vector and the centroid.
    pub(super) product: f32,
    /// That, less half of the centroid's squared length: the larger, the nearer.
    score: f32,
}

/// Room for finding cells, kept from one vector to the next.
#[derive(Default)]
pub(super) struct CellRoom {
    products: Vec<f32>,
    groups: Vec<(f32, usize)>,
    cells: Vec<NearCell>,
}

impl Cells {
    /// `None` where the parts do not fit together.
    pub(super) fn new(
        dimension: usize,
        group_starts: Vec<u32>,
        group_centroids: Vec<f32>,
        centroids: Vec<f32>,
    ) -> Option<Self> {
        let cells = centroids.len().checked_div(dimension)?;
        let fits = group_starts.first() == Some(&0)
            && group_starts.last().is_some_and(|last| *last as usize == cells)
            && group_starts.is_sorted()
            && (group_starts.len() - 1) * dimension == group_centroids.len()
            && cells * dimension == centroids.len();
        let halves = |centroids: &[f32]| -> Vec<f32> {
            centroids.chunks_exact(dimension).map(|row| row.iter().map(|part| part * part).sum::<f32>() / 2.0).collect()
        };
        fits.then(|| Self {
            dimension,
            group_halves: halves(&group_centroids),
            halves: halves(&centroids),
            group_starts,
            group_centroids,
            centroids,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.halves.len()
    }

    pub(super) fn centroid(&self, cell: usize) -> &[f32] {
        self.centroids.get(cell * self.dimension..(cell + 1) * self.dimension).unwrap_or_default()
    }

    /// The cells nearest to `vector`, nearest first, `wanted` of them, out of the nearest groups that together have
    /// `looked_at` or more.
    pub(super) fn near<'a>(
        &self,
        vector: &[f32],
        wanted: usize,
        looked_at: usize,
        room: &'a mut CellRoom,
    ) -> &'a [NearCell] {
        let CellRoom { products: room_products, groups, cells } = room;
        room_products.clear();
        room_products.resize(self.group_halves.len().max(self.halves.len()), 0.0);
        products(vector, &self.group_centroids, room_products);
        groups.clear();
        let scores = room_products.iter().zip(&self.group_halves).map(|(product, half)| product - half);
        groups.extend(scores.zip(0..));
        groups.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        cells.clear();
        for (_, group) in groups.iter() {
            if cells.len() >= looked_at.max(wanted) {
                break;
            }
            let bounds = (self.group_starts.get(*group), self.group_starts.get(group + 1));
            let (Some(first), Some(end)) = bounds else { continue };
            let (first, end) = (*first as usize, *end as usize);
            let rows = self.centroids.get(first * self.dimension..end * self.dimension).unwrap_or_default();
            products(vector, rows, room_products);
            let halves = self.halves.get(first..end).unwrap_or_default();
            cells.extend(room_products.iter().zip(halves).zip(first..).map(|((product, half), cell)| NearCell {
                cell,
                product: *product,
                score: product - half,
            }));
        }
        let nearest_first = |a: &NearCell, b: &NearCell| b.score.total_cmp(&a.score);
        if wanted < cells.len() {
            cells.select_nth_unstable_by(wanted, nearest_first);
            cells.truncate(wanted);
        }
        cells.sort_unstable_by(nearest_first);
        cells
    }
}
