//! An index without some of its samples answers as if they had never been in it.
#![allow(clippy::unwrap_used, reason = "tests")]

mod corpus;

use std::sync::Arc;

use corpus::{SAMPLE, options, snapshot};
use proptest::prelude::*;
use sayso_core::{Pdq, RowMask};
use sayso_index::{
    Behind, FacetField, FacetIndex, FacetIndexWriter, FacetRow, FacetTotals, HashIndex, HashIndexWriter, IndexedHash,
    IndexedSample, Query, TextIndex, TextIndexWriter,
};

const WORDS: [&str; 6] = ["boat", "hill", "cat", "dawn", "noon", "rain"];
const ROWS: usize = 3_000;

/// Captions of several words, some of them very common and some rare, in several parts of an index.
fn captions() -> Vec<String> {
    let word = move |row: usize, every: usize| row.is_multiple_of(every).then(|| WORDS[every % WORDS.len()]);
    let caption = |row| [1, 2, 3, 5, 7, 11, 400].into_iter().filter_map(move |every| word(row, every));
    (0..ROWS).map(|row| caption(row).collect::<Vec<_>>().join(" ")).collect()
}

fn built(dir: &std::path::Path) {
    let mut writer = TextIndexWriter::create(dir, options(1 << 20, 2)).unwrap();
    for (row, caption) in (0..).zip(&captions()) {
        writer.add(&IndexedSample { row, caption, ..SAMPLE }).unwrap();
    }
    writer.finish(snapshot()).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn what_is_removed_is_neither_found_nor_counted(
        removed in prop_oneof![
            prop::collection::vec(0..ROWS as u64, 1..40),
            Just((0..ROWS as u64).collect()),
            Just((1_000..2_500).collect()),
        ],
    ) {
        let dir = tempfile::tempdir().unwrap();
        built(dir.path());
        let all = TextIndex::open(dir.path()).unwrap();
        let mask: Arc<RowMask> = Arc::new(removed.into_iter().collect());
        let index = TextIndex::open(dir.path()).unwrap().without(Arc::clone(&mask));
        for text in ["boat", "boat hill", "\"hill cat\"", "rain", "cat -hill", "site:example.org", "-rain", "none"] {
            let query = Query::parse(text).unwrap();
            let (mut whole, mut places) = (all.search(&query, 0, ROWS).unwrap(), Vec::new());
            whole.hits.retain(|hit| !mask.contains(hit.place));
            let found = index.search(&query, 0, ROWS).unwrap();
            prop_assert_eq!(&found.hits, &whole.hits, "{}", text);
            prop_assert_eq!(found.total, whole.hits.len() as u64, "{}", text);
            let window = index.search(&query, 7, 5).unwrap();
            prop_assert_eq!(window.total, found.total);
            prop_assert_eq!(window.hits.as_slice(), whole.hits.get(7..).map_or(&[][..], |rest| &rest[..rest.len().min(5)]));
            if let Some(last) = found.hits.get(4) {
                let behind = Behind { score: last.score, place: last.place + 1 };
                let rest = index.search_behind(&query, behind, ROWS).unwrap();
                prop_assert_eq!(rest.hits.as_slice(), &whole.hits[5..], "{}", text);
                prop_assert_eq!(rest.total, found.total);
            }
            index.each(&query, &mut |place| places.push(place)).unwrap();
            let mut expected: Vec<u64> = whole.hits.iter().map(|hit| hit.place).collect();
            expected.sort_unstable();
            prop_assert_eq!(&places, &expected);
            let in_order = index.search_in_order(&query, 500, 3, 50).unwrap();
            let from: Vec<u64> = expected.iter().copied().filter(|place| *place >= 500).skip(3).take(50).collect();
            prop_assert_eq!(in_order.hits.iter().map(|hit| hit.place).collect::<Vec<_>>(), from, "{}", text);
            let by = index.search_by(&query, 10, &|place| Some(u64::MAX - place)).unwrap();
            let last: Vec<u64> = expected.iter().rev().copied().take(10).collect();
            prop_assert_eq!(by.hits.iter().map(|hit| hit.place).collect::<Vec<_>>(), last);
            prop_assert_eq!(by.total, found.total);
        }
    }
}

#[test]
fn facets_count_what_is_left() {
    let (dir, left) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let domains: Vec<String> = (0..500).map(|row| format!("d{}.example", row % 37)).collect();
    let mask: Arc<RowMask> = Arc::new((0..500).filter(|place| place % 37 == 5 || place % 3 == 0).collect());
    let row = |domain| FacetRow { domain, ..FacetRow::default() };
    let (mut all, mut rest) = (
        FacetIndexWriter::create(&dir.path().join("f")).unwrap(),
        FacetIndexWriter::create(&left.path().join("f")).unwrap(),
    );
    for (place, domain) in (0..).zip(&domains) {
        all.add(&row(domain)).unwrap();
        if !mask.contains(place) {
            rest.add(&row(domain)).unwrap();
        }
    }
    all.finish(snapshot()).unwrap();
    rest.finish(snapshot()).unwrap();
    let masked = FacetIndex::open(&dir.path().join("f")).unwrap().without(Arc::clone(&mask));
    let rest = FacetIndex::open(&left.path().join("f")).unwrap();
    assert_eq!(masked.samples(), rest.samples());
    let totals = |index: &FacetIndex| FacetTotals::of_all(&[index], FacetField::Domain, None, 100).unwrap();
    assert_eq!(totals(&masked), totals(&rest));
    let names = |index: &FacetIndex| {
        let mut names = Vec::new();
        index.each_name(FacetField::Domain, &mut |number, name| {
            let mut places = 0;
            index.each_of(FacetField::Domain, number, &mut |_| places += 1);
            assert_eq!(places, index.samples_of(FacetField::Domain, number));
            names.push((name.to_owned(), places));
        });
        names
    };
    assert_eq!(names(&masked), names(&rest));
    assert!(names(&masked).iter().all(|(name, _)| name != "d5.example"));
}

/// Numbers that look random and are the same in every run.
fn dice(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    }
}

#[test]
fn many_hashes_at_once_find_what_each_finds() {
    let mut roll = dice(3);
    let mut hash = || {
        let mut bytes = [0; 32];
        bytes.as_chunks_mut::<8>().0.iter_mut().for_each(|chunk| *chunk = roll().to_le_bytes());
        Pdq::from_bytes(bytes)
    };
    let stored: Vec<Pdq> = (0..4_000).map(|_| hash()).collect();
    let mut roll = dice(5);
    let mut near = |hash: &Pdq, bits: u64| {
        let mut bytes = *hash.as_bytes();
        (0..bits).for_each(|_| bytes[(roll() % 32) as usize] ^= 1 << (roll() % 8));
        Pdq::from_bytes(bytes)
    };
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("hash");
    let mut writer = HashIndexWriter::create(&place, 1 << 16).unwrap();
    for (row, hash) in (0..).zip(&stored) {
        writer.add(&IndexedHash { shard: 0, row, hash: *hash, quality: 90 }).unwrap();
    }
    writer.finish(snapshot()).unwrap();
    let index = HashIndex::open(&place).unwrap();
    let is_gone = |_, row: u32| row % 10 == 3;
    for count in [3, 2_000] {
        let wanted: Vec<(Pdq, u32)> =
            (0..count).map(|number| (near(&stored[number * 2], number as u64 % 40), number as u32 % 32)).collect();
        let mut found = Vec::new();
        index.join(&wanted, &is_gone, &mut |number, hit| found.push((number, hit))).unwrap();
        found.sort_unstable();
        let mut expected = Vec::new();
        for (number, (hash, distance)) in wanted.iter().enumerate() {
            let hits = index.find(hash, *distance, usize::MAX, &is_gone).unwrap().hits;
            expected.extend(hits.into_iter().map(|hit| (number, hit)));
        }
        expected.sort_unstable();
        assert_eq!(found, expected, "{count}");
        assert!(found.len() > count / 8 && found.iter().all(|(_, hit)| hit.row % 10 != 3), "{}", found.len());
    }
    assert_eq!(index.count(&is_gone).unwrap(), 3_600);
}
