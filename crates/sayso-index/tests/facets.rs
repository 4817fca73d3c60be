//! The facet index: written, opened, counted; and its file, byte by byte.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::HashMap;
use std::path::Path;

use sayso_index::{
    FacetAfter, FacetCount, FacetField, FacetIndex, FacetIndexWriter, FacetRow, FacetTotals, SnapshotId, SortKeys,
};

fn index(dir: &Path, rows: &[FacetRow<'_>]) -> FacetIndex {
    let mut writer = FacetIndexWriter::create(dir).unwrap();
    rows.iter().for_each(|row| writer.add(row).unwrap());
    writer.finish(SnapshotId("1-abc".to_owned())).unwrap();
    FacetIndex::open(dir).unwrap()
}

fn totals(index: &FacetIndex, field: FacetField) -> FacetTotals {
    FacetTotals::of_all(&[index], field, None, usize::MAX).unwrap()
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
        let FacetTotals { values: found, distinct, without } = totals(&index, FacetField::Creator);
        assert_eq!(found.len(), expected.len());
        assert!(found.iter().all(|count| expected[count.value.as_str()] == count.count));
        assert!(found.is_sorted_by(|a, b| (b.count, &a.value) <= (a.count, &b.value)), "by count, then by name");
        assert_eq!(
            (distinct, without),
            (expected.len() as u64, rows.iter().filter(|row| row.creator.is_none()).count() as u64)
        );
        // A list that goes on behind any of its values is its rest.
        for at in [0, 1, found.len() / 2, found.len() - 1] {
            let after = FacetAfter { count: found[at].count, value: found[at].value.clone() };
            let rest = FacetTotals::of_all(&[&index], FacetField::Creator, Some(&after), 3).unwrap();
            assert_eq!(rest.values, found[at + 1..found.len().min(at + 4)]);
        }
        // Each name leads to its samples.
        let number = index.number_of(FacetField::Creator, &found[0].value).unwrap();
        let mut places = Vec::new();
        index.each_of(FacetField::Creator, number, &mut |place| places.push(place));
        assert_eq!(places.len() as u64, index.samples_of(FacetField::Creator, number));
        assert!(places.iter().all(|place| rows[usize::try_from(*place).unwrap()].creator == Some(&found[0].value)));
        assert_eq!(index.name_of(FacetField::Creator, number).as_deref(), Some(found[0].value.as_str()));
        assert!(index.number_of(FacetField::Creator, "no name").is_err());
        // Every third row only.
        let mut counter = index.counter(FacetField::Domain).unwrap();
        (0..rows.len() as u64).step_by(3).for_each(|row| counter.add(row));
        counter.add(rows.len() as u64);
        let thirds = rows.len().div_ceil(3) as u64;
        let counted = FacetTotals::of_counted(vec![counter], None, 10).unwrap();
        assert_eq!((counted.distinct, counted.without), (1, 0));
        assert_eq!(pairs(&counted.values), [("b.example", thirds)]);
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
    let FacetTotals { values: found, without, .. } = totals(&index, FacetField::Punsafe);
    assert_eq!(pairs(&found), [("", 1), ("0.5", 2), ("0.52", 1), ("0.98", 1)]);
    let below: Vec<Option<f64>> = found.iter().map(|count| count.below).collect();
    assert_eq!(below, [Some(0.02), Some(0.52), Some(0.54), None]);
    assert_eq!(without, 1);
    // What is counted in steps is sorted as it is.
    let keys = index.sort_keys(FacetField::Punsafe).unwrap();
    let keys: Vec<u32> = (0..7).map(|place| keys.of(place)).collect();
    assert!(keys[..5].is_sorted_by(|a, b| a < b) && keys[0] > 0 && keys[5..] == [0, 0], "{keys:?}");
    assert!(index.sort_keys(FacetField::Side).is_none());
}

#[test]
fn an_index_without_keys_sorts_by_steps() {
    let dir = tempfile::tempdir().unwrap();
    let row = |side: f64, year: f64| FacetRow { side: Some(side), year: Some(year), ..FacetRow::default() };
    let now = index(dir.path(), &[row(100.0, 2015.31), row(90.0, 2015.3), row(600.0, 2014.9)]);
    let mark = dir.path().join("index.json");
    let mut said: serde_json::Value = serde_json::from_slice(&std::fs::read(&mark).unwrap()).unwrap();
    assert_eq!(said["orders"], serde_json::json!([{"field": "side", "offset": 0}, {"field": "year", "offset": 6}]));
    // How far each side lies into its step: 64 to 128 twice, and 512 to 768; behind them the years.
    let sides = [36.0 / 64.0, 26.0 / 64.0, 88.0 / 256.0].map(|part| ((part * 65_536.0) as u16).to_le_bytes()).concat();
    let orders = std::fs::read(dir.path().join("orders.bin")).unwrap();
    assert_eq!((orders.len(), &orders[..6]), (12, &*sides));
    said.as_object_mut().unwrap().remove("orders");
    std::fs::write(&mark, said.to_string()).unwrap();
    let before = FacetIndex::open(dir.path()).unwrap();
    let of = |index: &FacetIndex, field: FacetField| {
        let keys: SortKeys<'_> = index.sort_keys(field).unwrap();
        [0, 1, 2].map(|place| keys.of(place))
    };
    for field in [FacetField::Side, FacetField::Year] {
        let (exact, steps) = (of(&now, field), of(&before, field));
        assert!(exact[1] < exact[0] && steps[0] == steps[1] && steps[1] <= exact[1], "{exact:?} {steps:?}");
    }
    assert!(of(&now, FacetField::Side)[0] < of(&before, FacetField::Side)[2], "both are compared with each other");
    assert!(of(&now, FacetField::Year)[2] < of(&before, FacetField::Year)[0]);
}

#[test]
fn spellings_of_one_name_are_one_creator() {
    let dir = tempfile::tempdir().unwrap();
    let names = ["ana müller", "Ana Müller", "Bo", "Ana Müller", "MULLER", "ANA MÜLLER"];
    let mut writer = FacetIndexWriter::create(dir.path()).unwrap().with_creators_by(str::to_lowercase);
    for name in names {
        writer.add(&FacetRow { domain: name, creator: Some(name), ..FacetRow::default() }).unwrap();
    }
    writer.finish(SnapshotId("1-abc".to_owned())).unwrap();
    let index = FacetIndex::open(dir.path()).unwrap();
    let creators = totals(&index, FacetField::Creator);
    assert_eq!(pairs(&creators.values), [("Ana Müller", 4), ("Bo", 1), ("MULLER", 1)]);
    let number = index.number_of(FacetField::Creator, "Ana Müller").unwrap();
    let mut places = Vec::new();
    index.each_of(FacetField::Creator, number, &mut |place| places.push(place));
    assert_eq!(places, [0, 1, 3, 5]);
    // Nothing else is taken for the same.
    assert_eq!(totals(&index, FacetField::Domain).distinct, 5);
}

#[test]
fn counts_of_several_indexes_add_up() {
    let dir = tempfile::tempdir().unwrap();
    let of = |dir: &Path, domains: &[(&str, usize)]| {
        let rows = domains.iter().flat_map(|(domain, count)| {
            std::iter::repeat_n(FacetRow { domain, punsafe: Some(0.3), ..FacetRow::default() }, *count)
        });
        index(dir, &rows.collect::<Vec<_>>())
    };
    let one = of(&dir.path().join("1"), &[("a", 9), ("c", 5), ("d", 1)]);
    let other = of(&dir.path().join("2"), &[("b", 8), ("c", 5), ("d", 2)]);
    let both = FacetTotals::of_all(&[&one, &other], FacetField::Domain, None, 2).unwrap();
    assert_eq!((pairs(&both.values), both.distinct), (vec![("c", 10), ("a", 9)], 4));
    let steps = FacetTotals::of_all(&[&one, &other], FacetField::Punsafe, None, 2).unwrap();
    assert_eq!(pairs(&steps.values), [("0.3", 30)]);
    assert_eq!(FacetTotals::of_all(&[&one, &other], FacetField::Creator, None, 2), None);
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
        ("\"fields\"", "\"orders\": [{\"field\": \"side\", \"offset\": 4}], \"fields\""),
        ("\"fields\"", "\"orders\": [{\"field\": \"side\", \"offset\": 0}], \"fields\""),
    ] {
        std::fs::write(&mark, said.replacen(from, to, 1)).unwrap();
        assert!(FacetIndex::open(dir.path()).is_err(), "{to}");
    }
    // An index of nothing is one.
    drop(index(dir.path(), &[]));
}
