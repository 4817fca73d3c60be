use std::num::NonZeroUsize;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Mutex;

use sayso_core::{EmbedderId, Modality};

use super::cells::{CellRoom, Cells};
use super::code::{encode, store, stored_bytes, words_of};
use super::error::VectorError;
use super::format::{Head, Layout, MOST_VECTORS, write_head};
use super::kernels::FACTORS;
use super::normalize::normalize;
use super::rotation::Rotation;
use super::train::{next, train};
use crate::mark::SnapshotId;

/// Vectors that an index is made of, each with the sample that it belongs to. Read several times, from several threads.
pub trait VectorSource: Sync {
    /// How many vectors there are.
    fn vectors(&self) -> usize;
    /// Reads the vector of this number into `vector`, which has as many components as the embedder makes.
    fn read(&self, number: usize, vector: &mut [f32]) -> std::io::Result<()>;
    /// The shard and the row of its sample.
    fn place(&self, number: usize) -> (u32, u32);
}

/// What an index is made with.
#[derive(Debug, Clone)]
pub struct VectorIndexOptions {
    /// What made the vectors.
    pub embedder: EmbedderId,
    /// What they were made of.
    pub modality: Modality,
    /// The snapshot whose samples they belong to.
    pub snapshot: SnapshotId,
    /// Memory for the vectors from which the cells are learnt.
    pub memory_bytes: usize,
    /// Threads that work.
    pub threads: NonZeroUsize,
}

/// Of how many vectors a centroid is learnt: more make it hardly better.
const LEARNT_FROM: usize = 64;
/// The mark of a vector that belongs to no cell, because it has no direction.
const NO_CELL: u32 = u32::MAX;

/// Writes the index of `source` into `file`, in place of what is there; returns how many vectors it holds. Vectors
/// without a direction are left out. The same vectors give the same bytes, whatever the number of threads.
pub fn write_vector_index(
    file: &Path,
    options: &VectorIndexOptions,
    source: &dyn VectorSource,
) -> Result<u64, VectorError> {
    let builder = Builder { options, source, rotation: Rotation::new(options.embedder.dimension()) };
    if source.vectors() as u64 > MOST_VECTORS {
        return Err(builder.too_many());
    }
    let cells = builder.learn()?;
    let cell_of = builder.assign(&cells)?;
    let order = Order::new(&cell_of, cells.len());
    let head = Head {
        embedder: options.embedder.clone(),
        modality: options.modality,
        snapshot: options.snapshot.clone(),
        vectors: order.vectors.len() as u64,
        cells: u32::try_from(cells.len()).map_err(|_| builder.too_many())?,
        groups: u32::try_from(cells.group_starts.len() - 1).map_err(|_| builder.too_many())?,
    };
    let (first, layout) = write_head(&head, &|layout| tables(layout, &cells, &order))?;
    if let Some(folder) = file.parent() {
        fs_err::create_dir_all(folder)?;
    }
    let temporary = file.with_extension("tmp");
    let out = fs_err::File::create(&temporary)?;
    out.set_len(layout.total as u64)?;
    out.file().write_all_at(&first, 0)?;
    builder.write_cells(out.file(), &layout, &cells, &order)?;
    out.file().write_all_at(&builder.by_place(&order), layout.by_place.start as u64)?;
    out.sync_all()?;
    fs_err::rename(&temporary, file)?;
    Ok(head.vectors)
}

/// The sections up to the centroids, behind the head.
fn tables(layout: &Layout, cells: &Cells, order: &Order) -> Vec<u8> {
    let floats = |numbers: &[f32]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>();
    let sections = [
        (&layout.group_starts, cells.group_starts.iter().flat_map(|start| start.to_le_bytes()).collect()),
        (&layout.group_centroids, floats(&cells.group_centroids)),
        (&layout.cell_starts, order.starts.iter().flat_map(|start| (*start as u64).to_le_bytes()).collect()),
        (&layout.centroids, floats(&cells.centroids)),
    ];
    // The head's JSON ends where the first section, rounded up, begins; what lies between is zero.
    let mut bytes = Vec::new();
    let mut at = layout.head_end;
    for (range, content) in sections {
        bytes.resize(bytes.len() + range.start.saturating_sub(at), 0);
        bytes.extend_from_slice(&content);
        at = range.end;
    }
    bytes
}

/// The vectors in the order of their cells.
struct Order {
    /// Where each cell begins, and the number of vectors at the end.
    starts: Vec<usize>,
    /// The vectors' numbers in the source.
    vectors: Vec<u32>,
}

impl Order {
    fn new(cell_of: &[u32], cells: usize) -> Self {
        let mut vectors: Vec<u32> =
            (0..).zip(cell_of).filter(|(_, cell)| **cell != NO_CELL).map(|(at, _)| at).collect();
        let cell = |vector: &u32| cell_of.get(*vector as usize).copied().unwrap_or(NO_CELL);
        vectors.sort_by_key(cell);
        let starts = (0..=cells).map(|number| vectors.partition_point(|vector| (cell(vector) as usize) < number));
        Self { starts: starts.collect(), vectors }
    }

    fn cell(&self, cell: usize) -> Range<usize> {
        let start = |at: usize| self.starts.get(at).copied().unwrap_or_default();
        start(cell)..start(cell + 1)
    }
}

struct Builder<'a> {
    options: &'a VectorIndexOptions,
    source: &'a dyn VectorSource,
    rotation: Rotation,
}

impl Builder<'_> {
    fn dimension(&self) -> usize {
        self.options.embedder.dimension()
    }

    fn too_many(&self) -> VectorError {
        VectorError::TooMany { most: MOST_VECTORS, components: self.dimension() }
    }

    /// Reads a vector as the index has it: of length 1, and rotated. `false` if it has no direction.
    fn read(&self, number: usize, vector: &mut [f32]) -> std::io::Result<bool> {
        self.source.read(number, vector)?;
        let has_direction = normalize(vector);
        if has_direction {
            self.rotation.apply(vector);
        }
        Ok(has_direction)
    }

    /// Learns the cells from some of the vectors, spread over all of them.
    fn learn(&self) -> Result<Cells, VectorError> {
        let (vectors, dimension) = (self.source.vectors(), self.dimension());
        let cells = cells_for(vectors);
        let fit = (self.options.memory_bytes / (dimension * 4)).max(1);
        let learnt = vectors.min(cells * LEARNT_FROM).min(fit);
        let mut points = Vec::with_capacity(learnt * dimension);
        let mut vector = vec![0.0; dimension];
        for number in 0..learnt {
            if self.read(number * vectors / learnt, &mut vector)? {
                points.extend_from_slice(&vector);
            }
        }
        if points.is_empty() {
            points.resize(dimension, 0.0);
        }
        let cells = cells.min(points.len() / dimension);
        train(&points, dimension, cells, self.options.threads).ok_or_else(|| self.too_many())
    }

    /// The cell of each vector.
    fn assign(&self, cells: &Cells) -> Result<Vec<u32>, VectorError> {
        let mut cell_of = vec![NO_CELL; self.source.vectors()];
        let jobs = Mutex::new(cell_of.chunks_mut(256).enumerate());
        self.on_all_threads(|| {
            let mut vector = vec![0.0; self.dimension()];
            let mut room = CellRoom::default();
            while let Some((chunk, cell_of)) = next(&jobs) {
                for (number, cell) in (chunk * 256..).zip(cell_of) {
                    if self.read(number, &mut vector)? {
                        let near = cells.near(&vector, 1, cells.len().div_ceil(4), &mut room).first();
                        *cell = near.map_or(NO_CELL, |near| near.cell as u32);
                    }
                }
            }
            Ok(())
        })?;
        Ok(cell_of)
    }

    /// Writes codes, factors, places and vectors, a cell at a time.
    fn write_cells(
        &self,
        file: &std::fs::File,
        layout: &Layout,
        cells: &Cells,
        order: &Order,
    ) -> Result<(), VectorError> {
        let (code_bytes, vector_bytes) = (words_of(self.dimension()) * 8, stored_bytes(self.dimension()));
        let jobs = Mutex::new(0..cells.len());
        self.on_all_threads(|| {
            let mut vector = vec![0.0; self.dimension()];
            while let Some(cell) = next(&jobs) {
                let range = order.cell(cell);
                let members = order.vectors.get(range.clone()).unwrap_or_default();
                let mut codes = vec![0; members.len() * code_bytes];
                let mut factors = vec![0; members.len() * FACTORS];
                let mut stored = vec![0; members.len() * vector_bytes];
                let mut places = Vec::with_capacity(members.len() * 8);
                let slots = codes.chunks_exact_mut(code_bytes).zip(factors.as_chunks_mut::<FACTORS>().0);
                for ((member, (code, factors)), stored) in
                    members.iter().zip(slots).zip(stored.chunks_exact_mut(vector_bytes))
                {
                    self.read(*member as usize, &mut vector)?;
                    encode(&vector, cells.centroid(cell), code, factors);
                    store(&vector, stored);
                    let (shard, row) = self.source.place(*member as usize);
                    places.extend_from_slice(&shard.to_le_bytes());
                    places.extend_from_slice(&row.to_le_bytes());
                }
                for (section, bytes, content) in [
                    (&layout.codes, code_bytes, &codes),
                    (&layout.factors, FACTORS, &factors),
                    (&layout.places, 8, &places),
                    (&layout.stored, vector_bytes, &stored),
                ] {
                    file.write_all_at(content, (section.start + range.start * bytes) as u64)?;
                }
            }
            Ok(())
        })
    }

    /// The vectors' numbers in the index, in the order of their samples' places.
    fn by_place(&self, order: &Order) -> Vec<u8> {
        let mut numbers: Vec<((u32, u32), u32)> =
            order.vectors.iter().map(|vector| self.source.place(*vector as usize)).zip(0..).collect();
        numbers.sort_unstable();
        numbers.into_iter().flat_map(|(_, number)| number.to_le_bytes()).collect()
    }

    /// Runs `work` on every thread; of several errors, the first thread's.
    fn on_all_threads(&self, work: impl Fn() -> std::io::Result<()> + Sync) -> Result<(), VectorError> {
        let outcome = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..self.options.threads.get()).map(|_| scope.spawn(&work)).collect();
            workers.into_iter().map(|worker| worker.join().unwrap_or_else(|_| Err(stopped()))).collect()
        });
        Ok(outcome)
            .and_then(|outcomes: Vec<std::io::Result<()>>| outcomes.into_iter().collect::<std::io::Result<()>>())
            .map_err(VectorError::from)
    }
}

fn stopped() -> std::io::Error {
    std::io::Error::other("a thread that built the vector index stopped")
}

/// How many cells so many vectors are put into: twice the root, so that looking for cells and looking into them cost
/// about the same; few vectors have one.
fn cells_for(vectors: usize) -> usize {
    if vectors < 1000 { 1 } else { 2 * vectors.isqrt() }
}
