//! A facet index that is put together from parts is that of all samples in one go, byte for byte.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::borrow::Cow;
use std::path::Path;

use proptest::prelude::*;
use sayso_index::{
    ColumnName, FacetField, FacetIndex, FacetIndexWriter, FacetPartWriter, FacetRow, FacetTotals, IndexError,
    SnapshotId,
};

/// A sample, with what it has in two columns.
#[derive(Debug, Clone)]
struct Sample {
    domain: String,
    creator: Option<String>,
    licence: Option<String>,
    side: Option<f64>,
    punsafe: Option<f64>,
    columns: [Option<String>; 2],
}

impl Sample {
    fn with_row(&self, take: impl FnOnce(&FacetRow<'_>)) {
        let columns = self.columns.each_ref().map(Option::as_deref);
        take(&FacetRow {
            domain: &self.domain,
            creator: self.creator.as_deref(),
            licence: self.licence.as_deref(),
            verdict: "unknown",
            side: self.side,
            punsafe: self.punsafe,
            columns: &columns,
            ..FacetRow::default()
        });
    }
}

fn names() -> [ColumnName; 2] {
    [ColumnName::new("medium").unwrap(), ColumnName::new("source").unwrap()]
}

/// As personal data is masked: what comes out would be masked again, and may have blanks at its end.
fn masked(value: &str) -> Cow<'_, str> {
    if value.contains('@') { Cow::Owned(format!("{value}@ ")) } else { Cow::Borrowed(value) }
}

fn writer(dir: &Path) -> FacetIndexWriter {
    let mut writer = FacetIndexWriter::create(dir).unwrap().with_creators_by(str::to_lowercase);
    writer.with_columns(&names(), masked).unwrap();
    writer
}

fn snapshot() -> SnapshotId {
    SnapshotId("1-abc".to_owned())
}

/// Indexes these samples in one go, and these shards of them by parts; both are the same files.
fn both_ways(dir: &Path, shards: &[Vec<Sample>]) -> FacetIndex {
    let (whole, joined) = (dir.join("whole"), dir.join("joined"));
    let mut one = writer(&whole);
    let mut many = writer(&joined);
    for (number, shard) in shards.iter().enumerate() {
        let path = dir.join(format!("{number:05}.facets"));
        let mut part = FacetPartWriter::create(&path).unwrap();
        part.with_columns(&names(), masked).unwrap();
        for sample in shard {
            sample.with_row(|row| one.add(row).unwrap());
            sample.with_row(|row| part.add(row).unwrap());
        }
        part.finish(&path).unwrap();
        many.add_part(&path).unwrap();
    }
    one.finish(snapshot()).unwrap();
    many.finish(snapshot()).unwrap();
    let files = |dir: &Path| {
        let mut files: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files.into_iter().map(|path| (path.file_name().unwrap().to_owned(), std::fs::read(path).unwrap()))
    };
    assert!(files(&whole).eq(files(&joined)));
    let left = std::fs::read_dir(dir)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().contains("partial"));
    assert_eq!(left.count(), 0, "nothing is left beside them");
    FacetIndex::open(&joined).unwrap()
}

fn sample() -> impl Strategy<Value = Sample> {
    let few = |what: &'static str, most: u32| (0..most).prop_map(move |number| format!("{what}{number}"));
    let creator = prop_oneof![
        Just("Ada".to_owned()),
        Just("ADA".to_owned()),
        Just(" ada ".to_owned()),
        Just("é".repeat(120)),
        few("somebody ", 300),
    ];
    let value = prop_oneof![few("v", 4), Just("me@example.org".to_owned()), Just(" x".to_owned())];
    // Rarely prose, which gives the column up.
    let other = prop_oneof![200 => few("w", 300), 1 => Just("long ".repeat(50))];
    let columns = (prop::option::of(value), prop::option::of(other)).prop_map(|(one, other)| [one, other]);
    (
        few("d", 600),
        prop::option::of(creator),
        prop::option::of(few("licence", 3)),
        prop::option::weighted(0.2, 0.0..10_000.0),
        prop::option::weighted(0.01, -1.0..2.0),
        columns,
    )
        .prop_map(|(domain, creator, licence, side, punsafe, columns)| Sample {
            domain,
            creator,
            licence,
            side,
            punsafe,
            columns,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn parts_are_the_whole(shards in prop::collection::vec(prop::collection::vec(sample(), 0..200), 0..6)) {
        let dir = tempfile::tempdir().unwrap();
        let index = both_ways(dir.path(), &shards);
        prop_assert_eq!(index.samples(), shards.iter().map(Vec::len).sum::<usize>() as u64);
    }
}

fn of_columns(columns: [Option<String>; 2]) -> Sample {
    Sample { domain: "d".to_owned(), creator: None, licence: None, side: None, punsafe: None, columns }
}

#[test]
fn what_is_too_much_is_known_of_all_parts_together() {
    let dir = tempfile::tempdir().unwrap();
    // Neither part has more than 20,000 values of a column; both together have, and what is left has too few samples for each.
    let shard = |first: usize| -> Vec<Sample> {
        let value = |row: usize| Some(format!("value {}", first + row / 3));
        (0..45_000).map(|row| of_columns([value(row), Some(format!("{}", row % 7))])).collect()
    };
    let index = both_ways(dir.path(), &[shard(0), shard(15_000)]);
    let fields: Vec<FacetField> = index.fields().collect();
    let [medium, source] = names().map(FacetField::Column);
    assert!(!fields.contains(&medium) && fields.contains(&source), "{fields:?}");
    let totals = FacetTotals::of_all(&[&index], source, None, 10).unwrap();
    assert_eq!((totals.distinct, totals.without), (7, 0));
}

#[test]
fn names_of_samples_are_no_values() {
    let dir = tempfile::tempdir().unwrap();
    // In each part few enough to be told apart for their own sake.
    let shard = |first: usize| -> Vec<Sample> {
        (0..60).map(|row| of_columns([Some(format!("file {}", first + row)), None])).collect()
    };
    let index = both_ways(dir.path(), &[shard(0), shard(60)]);
    assert_eq!(index.fields().collect::<Vec<_>>(), [FacetField::Domain, FacetField::Verdict]);
}

#[test]
fn a_part_that_is_cut_off_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("00000.facets");
    let mut part = FacetPartWriter::create(&path).unwrap();
    of_columns([None, None]).with_row(|row| part.add(row).unwrap());
    part.finish(&path).unwrap();
    // It has no columns, and an index that has some cannot be made of it.
    let lacking = writer(&dir.path().join("index")).add_part(&path).unwrap_err().to_string();
    assert!(lacking.contains("`column:medium` was not counted"), "{lacking}");
    let whole = std::fs::read(&path).unwrap();
    // In its end, in its contents, and in what these say that it has.
    let contents = whole.len() - 16 - 100;
    for bytes in [&whole[..whole.len() - 1], &whole[contents..], &whole[1..], &[][..]] {
        std::fs::write(&path, bytes).unwrap();
        let mut index = FacetIndexWriter::create(&dir.path().join("index")).unwrap();
        let added = index.add_part(&path).and_then(|()| {
            index.finish(snapshot())?;
            FacetIndex::open(&dir.path().join("index")).map(drop)
        });
        assert!(matches!(added, Err(IndexError::Damaged { .. })), "{} bytes", bytes.len());
    }
}
