//! The index of vectors against comparing with every vector.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use sayso_core::{EmbedderId, Modality};
use sayso_index::SnapshotId;
use sayso_index::vector::{
    Nearby, VectorError, VectorHit, VectorIndex, VectorIndexOptions, VectorSource, write_vector_index,
};

const EVERYTHING: &dyn Fn(u32, u32) -> bool = &|_, _| true;

/// Numbers of a fixed sequence, between -1 and 1, most of them near 0.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f32 {
        let mut flat = || {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 40) as f32 / 8_388_608.0 - 1.0
        };
        (flat() + flat() + flat()) / 3.0
    }

    fn vector(&mut self, dimension: usize) -> Vec<f32> {
        (0..dimension).map(|_| self.next()).collect()
    }
}

/// Vectors around a few middles, as those of pictures are, two shards of them.
struct Cloud {
    dimension: usize,
    vectors: Vec<Vec<f32>>,
}

impl Cloud {
    fn new(seed: u64, count: usize, dimension: usize) -> Self {
        let mut numbers = Numbers(seed);
        let middles: Vec<_> = (0..20).map(|_| numbers.vector(dimension)).collect();
        let near = |number: usize| -> Vec<f32> {
            middles[number % middles.len()].iter().map(|middle| middle + 0.6 * numbers.next()).collect()
        };
        Self { dimension, vectors: (0..count).map(near).collect() }
    }

    fn place_of(&self, number: usize) -> (u32, u32) {
        let first = self.vectors.len() / 3;
        if number < first { (0, number as u32 * 2) } else { (1, (number - first) as u32) }
    }

    /// All samples and how near they are, nearest first.
    fn ranked(&self, query: &[f32]) -> Vec<((u32, u32), f32)> {
        let length = |vector: &[f32]| vector.iter().map(|x| x * x).sum::<f32>().sqrt();
        let similarity = |vector: &[f32]| {
            vector.iter().zip(query).map(|(a, b)| a * b).sum::<f32>() / (length(vector) * length(query))
        };
        let places = (0..self.vectors.len()).map(|number| self.place_of(number));
        let mut all: Vec<_> = places.zip(self.vectors.iter().map(|vector| similarity(vector))).collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1));
        all
    }

    fn write(&self, dir: &Path, threads: usize) -> (PathBuf, u64) {
        let file = dir.join(format!("image-{threads}.vec"));
        let options = VectorIndexOptions {
            embedder: EmbedderId::new("made-up", u32::try_from(self.dimension).unwrap(), None).unwrap(),
            modality: Modality::Image,
            snapshot: SnapshotId("1-abc".to_owned()),
            memory_bytes: 1 << 20,
            threads: NonZeroUsize::new(threads).unwrap(),
        };
        let written = write_vector_index(&file, &options, self).unwrap();
        (file, written)
    }

    fn open(&self, dir: &Path) -> VectorIndex {
        VectorIndex::open(&self.write(dir, 2).0).unwrap()
    }
}

impl VectorSource for Cloud {
    fn vectors(&self) -> usize {
        self.vectors.len()
    }

    fn read(&self, number: usize, vector: &mut [f32]) -> std::io::Result<()> {
        vector.copy_from_slice(&self.vectors[number]);
        Ok(())
    }

    fn place(&self, number: usize) -> (u32, u32) {
        self.place_of(number)
    }
}

fn places(hits: &[VectorHit]) -> Vec<(u32, u32)> {
    hits.iter().map(|hit| (hit.shard, hit.row)).collect()
}

#[test]
fn nearly_all_that_is_nearest_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = Cloud::new(7, 6000, 96);
    let index = cloud.open(dir.path());
    assert_eq!((index.vectors(), index.embedder().name(), index.snapshot().0.as_str()), (6000, "made-up", "1-abc"));
    let queries = Cloud::new(7, 100, 96).vectors;
    let mut found = 0;
    for query in &queries {
        let nearby = Nearby { limit: 10, cells: VectorIndex::USUAL_CELLS, keep: EVERYTHING };
        let hits = index.nearest(query, &nearby).unwrap();
        assert!(hits.is_sorted_by(|a, b| a.similarity >= b.similarity));
        let all = cloud.ranked(query);
        for hit in &hits {
            let exact = all.iter().find(|(place, _)| *place == (hit.shard, hit.row)).unwrap().1;
            assert!((hit.similarity - exact).abs() < 1e-4, "{hit:?} {exact}");
        }
        let best: HashSet<_> = all.iter().take(10).map(|(place, _)| *place).collect();
        found += places(&hits).iter().filter(|place| best.contains(place)).count();
    }
    assert!(found >= 970, "recall of the ten nearest: {found} of 1000");
}

#[test]
fn what_is_removed_is_not_found_and_others_take_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = Cloud::new(3, 3000, 40);
    let index = cloud.open(dir.path());
    let query = &cloud.vectors[17];
    // One sample in fifty is left, spread over all cells: the index has to look further than it would.
    let keep = |_: u32, row: u32| row.is_multiple_of(50);
    let hits = index.nearest(query, &Nearby { limit: 20, cells: 1, keep: &keep }).unwrap();
    assert_eq!(hits.len(), 20);
    assert!(hits.iter().all(|hit| hit.row.is_multiple_of(50)));
    let none = index.nearest(query, &Nearby { limit: 20, cells: 1, keep: &|_, _| false }).unwrap();
    assert!(none.is_empty());
    let all = index.nearest(query, &Nearby { limit: 9000, cells: 1, keep: EVERYTHING }).unwrap();
    assert_eq!(places(&all).into_iter().collect::<HashSet<_>>().len(), 3000);
}

#[test]
fn a_sample_leads_to_its_vector_and_doubles_are_one() {
    let dir = tempfile::tempdir().unwrap();
    let mut cloud = Cloud::new(11, 60, 33);
    for double in [20, 41] {
        let copy: Vec<f32> = cloud.vectors[5].iter().map(|x| x * 3.0).collect();
        cloud.vectors[double] = copy;
    }
    // A vector without a direction belongs nowhere.
    cloud.vectors[30] = vec![0.0; 33];
    cloud.vectors[31] = vec![f32::NAN; 33];
    let (file, written) = cloud.write(dir.path(), 1);
    assert_eq!(written, 58);
    let index = VectorIndex::open(&file).unwrap();
    let (shard, row) = cloud.place_of(5);
    let vector = index.vector_of(shard, row).unwrap();
    let length = cloud.vectors[5].iter().map(|x| x * x).sum::<f32>().sqrt();
    assert!(vector.iter().zip(&cloud.vectors[5]).all(|(a, b)| (a - b / length).abs() < 1e-3));
    assert_eq!(index.vector_of(7, 7), None);
    let (shard, row) = cloud.place_of(30);
    assert_eq!(index.vector_of(shard, row), None);
    let hits = index.nearest(&vector, &Nearby { limit: 58, cells: 9, keep: EVERYTHING }).unwrap();
    let doubles: HashSet<_> = [5, 20, 41].map(|number| cloud.place_of(number)).into();
    assert_eq!(places(&hits[..3]).into_iter().collect::<HashSet<_>>(), doubles);
    let kept = index.without_doubles(&hits, 0.999);
    assert_eq!(kept.len(), 56);
    assert_eq!(kept[0], hits[0]);
}

#[test]
fn threads_change_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = Cloud::new(5, 2500, 24);
    let [one, three] = [1, 3].map(|threads| std::fs::read(cloud.write(dir.path(), threads).0).unwrap());
    assert!(one == three);
}

#[test]
fn a_vector_that_says_nothing_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let index = Cloud::new(1, 10, 8).open(dir.path());
    let ask = |vector: &[f32]| index.nearest(vector, &Nearby { limit: 1, cells: 1, keep: EVERYTHING });
    assert!(matches!(ask(&[1.0; 7]), Err(VectorError::Dimension { given: 7, wanted: 8, .. })));
    for nothing in [0.0, f32::NAN, f32::INFINITY] {
        assert!(matches!(ask(&[nothing; 8]), Err(VectorError::NoDirection)));
    }
}

#[test]
fn a_mangled_file_is_an_error_or_gives_answers_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = Cloud::new(2, 1200, 16);
    let whole = std::fs::read(cloud.write(dir.path(), 1).0).unwrap();
    let file = dir.path().join("mangled.vec");
    let open = |bytes: &[u8]| {
        // A new file each time: what is mapped is never written.
        std::fs::remove_file(&file).ok();
        std::fs::write(&file, bytes).unwrap();
        VectorIndex::open(&file)
    };
    for length in [0, 7, 11, 15, 40, 48, 60, 500, 5000, whole.len() - 1] {
        assert!(open(&whole[..length]).is_err(), "{length}");
    }
    let mut longer = whole.clone();
    longer.push(0);
    assert!(open(&longer).is_err());
    let mut newer = whole.clone();
    newer[8] = 2;
    assert!(matches!(open(&newer), Err(VectorError::Future { version: 2, supported: 1, .. })));
    let checked = 48 + 400 + 1200;
    let mut opened = 0;
    for at in (0..checked).step_by(7).chain((checked..whole.len()).step_by(97)) {
        let mut bytes = whole.clone();
        for byte in bytes[at..].iter_mut().take(1 + at % 9) {
            *byte = 0xff;
        }
        let Ok(index) = open(&bytes) else { continue };
        opened += 1;
        let nearby = Nearby { limit: 30, cells: 3, keep: EVERYTHING };
        assert!(index.nearest(&cloud.vectors[at % 1200], &nearby).unwrap().len() <= 30);
        let _ = index.vector_of(0, 2);
        let _ = index.vector_of(u32::MAX, u32::MAX);
    }
    // Behind the checksum lie vectors, where a file that was changed is merely wrong.
    assert!(opened > 100, "{opened}");
    for at in 48..checked {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        assert!(open(&bytes).is_err(), "{at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn looking_into_every_cell_finds_what_comparing_finds(
        seed in any::<u64>(), count in 1_usize..80, dimension in 1_usize..70, limit in 1_usize..12,
    ) {
        let dir = tempfile::tempdir().unwrap();
        let cloud = Cloud::new(seed, count, dimension);
        let index = cloud.open(dir.path());
        let query = Numbers(seed ^ 1).vector(dimension);
        prop_assume!(query.iter().any(|x| x.abs() > 1e-3));
        let hits = index.nearest(&query, &Nearby { limit, cells: 1000, keep: EVERYTHING }).unwrap();
        let all = cloud.ranked(&query);
        prop_assert_eq!(hits.len(), limit.min(count));
        // Codes promise their error with a probability only, so the nearest may be missed, and seldom is; what comes
        // is never further than it says.
        for hit in &hits {
            let exact = all.iter().find(|(place, _)| *place == (hit.shard, hit.row)).unwrap().1;
            prop_assert!((hit.similarity - exact).abs() < 1e-3);
        }
        let best: HashSet<_> = all.iter().take(hits.len()).map(|(place, _)| *place).collect();
        let found = places(&hits).iter().filter(|place| best.contains(place)).count();
        prop_assert!(found * 2 >= hits.len(), "{} of {}", found, hits.len());
    }
}
