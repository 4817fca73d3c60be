//! Builds an index of vectors and asks it, on one thread: recall of the ten nearest, questions a second, tails, bytes.
//!
//!     cargo run --release -p sayso --example vector_speed -- FOLDER
//!
//! FOLDER holds vectors.npy, and for the queries `image` and `text` queries_NAME.npy and truth_NAME.npy, the numbers of
//! the ten nearest vectors of each as 32-bit floats; scripts/bench_vectors.sh makes them.

use std::error::Error;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Instant;

use sayso::vectors::Npy;
use sayso_core::{EmbedderId, Modality};
use sayso_index::SnapshotId;
use sayso_index::vector::{Nearby, VectorIndex, VectorIndexOptions, VectorSource, write_vector_index};

struct Vectors(Npy);

impl VectorSource for Vectors {
    fn vectors(&self) -> usize {
        usize::try_from(self.0.rows()).unwrap_or(usize::MAX)
    }

    fn read(&self, number: usize, vector: &mut [f32]) -> std::io::Result<()> {
        self.0.read(number as u64, vector)
    }

    fn place(&self, number: usize) -> (u32, u32) {
        (0, u32::try_from(number).unwrap_or(u32::MAX))
    }
}

fn rows(path: &Path) -> Result<Vec<Vec<f32>>, Box<dyn Error>> {
    let npy = Npy::open(path)?;
    let read = |row| {
        let mut vector = vec![0.0; npy.dimension()];
        npy.read(row, &mut vector).map(|()| vector)
    };
    Ok((0..npy.rows()).map(read).collect::<Result<_, _>>()?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("which folder?")?);
    let source = Vectors(Npy::open(&folder.join("vectors.npy"))?);
    let options = VectorIndexOptions {
        embedder: EmbedderId::new("bench", u32::try_from(source.0.dimension())?, None)?,
        modality: Modality::Image,
        snapshot: SnapshotId("bench".to_owned()),
        memory_bytes: 256 << 20,
        threads: NonZeroUsize::new(2).unwrap_or(NonZeroUsize::MIN),
    };
    let file = folder.join("sayso.vec");
    let start = Instant::now();
    let vectors = write_vector_index(&file, &options, &source)?;
    let seconds = start.elapsed().as_secs_f64();
    println!("{vectors} vectors indexed in {seconds:.1} s on two threads");
    println!("{} bytes a vector", std::fs::metadata(&file)?.len() / vectors.max(1));
    let start = Instant::now();
    let index = VectorIndex::open(&file)?;
    println!("opened in {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    for name in ["image", "text"] {
        let queries = rows(&folder.join(format!("queries_{name}.npy")))?;
        let truth = rows(&folder.join(format!("truth_{name}.npy")))?;
        for cells in [16, 24, VectorIndex::USUAL_CELLS, 48, 64] {
            ask(&index, name, &queries, &truth, cells)?;
        }
    }
    Ok(())
}

fn ask(
    index: &VectorIndex,
    name: &str,
    queries: &[Vec<f32>],
    truth: &[Vec<f32>],
    cells: usize,
) -> Result<(), Box<dyn Error>> {
    let nearby = Nearby { limit: 10, cells, keep: &|_, _| true };
    let (mut times, mut found) = (Vec::with_capacity(queries.len()), 0);
    for round in 0..2 {
        for (query, nearest) in queries.iter().zip(truth) {
            let start = Instant::now();
            let hits = index.nearest(query, &nearby)?;
            // The first round brings what is asked for into memory.
            if round == 1 {
                times.push(start.elapsed().as_secs_f64());
                found += hits.iter().filter(|hit| nearest.contains(&(hit.row as f32))).count();
            }
        }
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times.get((times.len() as f64 * share) as usize).copied().unwrap_or_default() * 1e3;
    let each_second = times.len() as f64 / times.iter().sum::<f64>();
    let recall = found as f64 / (queries.len() * 10) as f64;
    println!(
        "{name:<5} {cells:>3} cells: recall {recall:.4}, {each_second:.0} a second, median {:.3} ms, p99 {:.3} ms",
        at(0.5),
        at(0.99)
    );
    Ok(())
}
