//! The facet index: written, opened, counted; and its file, byte by byte.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::HashMap;
use std::path::Path;

use sayso_index::{FacetCount, FacetField, FacetIndex, FacetIndexWriter, FacetRow, SnapshotId};

fn index(dir: &Path, rows: &[FacetRow<'_>]) -> FacetIndex {
    let mut writer = FacetIndexWriter::create(dir).unwrap();
    rows.iter().for_each(|row| writer.add(row).unwrap());
    writer.finish(SnapshotId("1-abc".to_owned())).unwrap();
    FacetIndex::open(dir).unwrap()
}

fn pairs(counts: &[FacetCount]) -> Vec<(&str, u64)> {
    counts.iter().map(|count| (count.value.as_str(), count.count)).collect()
}

#[test]
fn values_are_counted_whatever_their_number() {
    let dir = tempfile::tempdir().unwrap();
    // So many names that a number takes one byte, two and four.
    for names in [200, 300, 70_000] {
        let creators: Vec<String> = (0..names).map(|number| format!("name {number}")).collect();
        let rows: Vec<FacetRow<'_>> = (0..names * 2)
            .map(|row| FacetRow {
                domain: ["b.example", "a.example", "a.example"][row % 3],
                creator: (row % 5 != 0).then(|| creators[(row * row) % names].as_str()),
                verdict: "unknown",
                ..FacetRow::default()
            })
            .collect();
        let index = index(&dir.path().join("facets"), &rows);
        let mut expected: HashMap<&str, u64> = HashMap::new();
        rows.iter().filter_map(|row| row.creator).for_each(|name| *expected.entry(name).or_default() += 1);
        let found = index.totals(FacetField::Creator, usize::MAX);
        assert_eq!(found.len(), expected.len());
        assert!(found.iter().all(|count| expected[count.value.as_str()] == count.count));
        assert!(found.is_sorted_by(|a, b| (b.count, &a.value) <= (a.count, &b.value)), "by count, then by name");
        assert_eq!(index.known(FacetField::Creator), rows.iter().filter(|row| row.creator.is_some()).count() as u64);
        // Every third row only.
        let mut counter = index.counter(FacetField::Domain).unwrap();
        (0..rows.len() as u64).step_by(3).for_each(|row| counter.add(row));
        counter.add(rows.len() as u64);
        let thirds = rows.len().div_ceil(3) as u64;
        assert_eq!(counter.distinct(), (1, 0));
        assert_eq!(pairs(&counter.finish(10)), [("b.example", thirds)]);
        assert_eq!(index.fields().collect::<Vec<_>>(), [FacetField::Domain, FacetField::Creator, FacetField::Verdict]);
        assert!(index.counter(FacetField::Aesthetic).is_none(), "of which nothing is known");
    }
}

#[test]
fn numbers_are_counted_in_steps() {
    let dir = tempfile::tempdir().unwrap();
    let of = |punsafe: f64| FacetRow { domain: "a", verdict: "unknown", punsafe: Some(punsafe), ..FacetRow::default() };
    let rows = [of(0.0), of(0.5), of(0.519), of(0.52), of(7.0), of(f64::NAN)];
    let index = index(dir.path(), &rows);
    let found = index.totals(FacetField::Punsafe, 1);
    assert_eq!(pairs(&found), [("", 1), ("0.5", 2), ("0.52", 1), ("0.98", 1)]);
    let below: Vec<Option<f64>> = found.iter().map(|count| count.below).collect();
    assert_eq!(below, [Some(0.02), Some(0.52), Some(0.54), None]);
    assert_eq!(index.known(FacetField::Punsafe), 5);
}

#[test]
fn the_file_is_as_it_is_described() {
    let dir = tempfile::tempdir().unwrap();
    let row = |domain, creator| FacetRow { domain, creator, verdict: "", ..FacetRow::default() };
    index(dir.path(), &[row("b", None), row("a", Some("Zoë")), row("b", None)]);
    let mut expected = vec![2, 1, 2];
    expected.extend([0_u64, 1, 2, 1, 2].into_iter().flat_map(u64::to_le_bytes));
    expected.extend(b"ab");
    expected.extend([0, 1, 0]);
    expected.extend([2_u64, 1, 4].into_iter().flat_map(u64::to_le_bytes));
    expected.extend("Zoë".as_bytes());
    assert_eq!(std::fs::read(dir.path().join("facets.bin")).unwrap(), expected);
    let mark = std::fs::read_to_string(dir.path().join("index.json")).unwrap();
    let mark: serde_json::Value = serde_json::from_str(&mark).unwrap();
    assert_eq!(
        mark,
        serde_json::json!({"format": "sayso-facets", "version": 1, "snapshot": "1-abc", "rows": 3, "fields": [
            {"field": "domain", "offset": 0, "width": 1, "values": 2, "name_bytes": 2},
            {"field": "creator", "offset": 45, "width": 1, "values": 1, "name_bytes": 4},
        ]})
    );
}

#[test]
fn an_index_that_cannot_be_right_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    assert!(FacetIndex::open(dir.path()).err().unwrap().to_string().contains("holds no index"));
    drop(index(dir.path(), &[FacetRow { domain: "a", verdict: "unknown", ..FacetRow::default() }]));
    let (file, mark) = (dir.path().join("facets.bin"), dir.path().join("index.json"));
    let (whole, said) = (std::fs::read(&file).unwrap(), std::fs::read_to_string(&mark).unwrap());
    std::fs::write(&file, &whole[..whole.len() - 1]).unwrap();
    assert!(FacetIndex::open(dir.path()).err().unwrap().to_string().contains("longer or shorter"));
    std::fs::write(&file, &whole).unwrap();
    for (from, to) in [
        ("\"width\": 1", "\"width\": 3"),
        ("\"values\": 1", "\"values\": 99999999999"),
        ("\"version\": 1", "\"version\": 2"),
    ] {
        std::fs::write(&mark, said.replacen(from, to, 1)).unwrap();
        assert!(FacetIndex::open(dir.path()).is_err(), "{to}");
    }
    // An index of nothing is one.
    drop(index(dir.path(), &[]));
}
