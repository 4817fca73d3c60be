//! Pairs for other engines are those of a build of the same file, and their verdicts are its verdicts.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod crawl;
mod support;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use arrow_select::concat::concat_batches;
use crawl::{gzip, joined, members, pages, wat};
use sayso::build::{CaptionOptions, default_limits};
use sayso::pairs::{JudgeOptions, PairInput, PairJudge, PairReader, ReadOptions, pairs_schema};
use sayso_core::{Policy, PolicyName, Purpose, UsageCategory};
use support::{options, run, samples};

fn read(input: PairInput, batch_rows: usize) -> (RecordBatch, sayso::pairs::ReadReport) {
    let batch_rows = NonZeroUsize::new(batch_rows).unwrap();
    let captions = CaptionOptions::default();
    let mut reader = PairReader::open(input, ReadOptions { limits: default_limits(), captions, batch_rows }).unwrap();
    let mut batches = Vec::new();
    while let Some(batch) = reader.next_batch().unwrap() {
        assert!(batch.num_rows() > 0 && batch.num_rows() <= batch_rows.get());
        batches.push(batch);
    }
    assert!(!reader.advance().unwrap(), "behind the end is nothing");
    (concat_batches(&pairs_schema(), &batches).unwrap(), reader.report().clone())
}

fn text(batch: &RecordBatch, name: &str) -> Vec<String> {
    let column = batch.column_by_name(name).unwrap();
    let column = column.as_string::<i32>();
    (0..batch.num_rows())
        .map(|row| if column.is_null(row) { "-".to_owned() } else { column.value(row).to_owned() })
        .collect()
}

#[test]
fn the_same_pairs_and_verdicts_as_a_build() {
    let dir = tempfile::tempdir().unwrap();
    // The second half repeats the first: equal pairs are rows of their own until somebody merges them.
    let records: Vec<Vec<u8>> = (0..60).chain(0..60).map(wat).chain(pages(0..30)).collect();
    let containers = [
        ("members.warc.gz", joined(&members(&records)).0),
        ("whole.warc.gz", gzip(&joined(&records).0)),
        ("plain.warc", joined(&records).0),
    ];
    for (name, bytes) in containers {
        let file = dir.path().join(name);
        std::fs::write(&file, &bytes).unwrap();
        let out = dir.path().join(format!("{name}-built"));
        let report = run(&options(&[&file], &out, PolicyName::Record)).unwrap();
        let place = PairInput::Place { place: file.to_string_lossy().into_owned(), prefix: None };
        let (pairs, read_report) = read(place, 100);
        let (of_bytes, _) = read(PairInput::Bytes { name: name.to_owned(), bytes: Arc::new(bytes.clone()) }, 7);
        let stream = PairInput::Stream { name: name.to_owned(), stream: Box::new(std::io::Cursor::new(bytes)) };
        assert_eq!((&of_bytes, &read(stream, 1 << 20).0), (&pairs, &pairs));
        assert_eq!((read_report.counts, &read_report.damage), (report.counts, &report.damage));
        assert_eq!(pairs.num_rows() as u64, report.samples + report.duplicates);
        let samples = samples(&out);
        let by_uid: BTreeMap<String, String> = text(&pairs, "uid").into_iter().zip(text(&pairs, "caption")).collect();
        let expected = samples.iter().map(|sample| (sample.pair.uid.to_string(), sample.pair.caption.clone()));
        assert_eq!(by_uid, expected.collect());

        let policy = Policy::new(PolicyName::Record, Purpose(UsageCategory::TrainGenai));
        let by = JudgeOptions {
            policy,
            agent: "sayso".to_owned(),
            limits: default_limits(),
            crawl: vec![file.to_string_lossy().into_owned()],
            robots: Vec::new(),
            prefix: None,
            threads: NonZeroUsize::MIN,
            registry: None,
            kept_out: None,
            drop_personal: false,
        };
        let mut judge = PairJudge::open(&by, &AtomicBool::new(false), &|_| {}).unwrap();
        let judged = judge.judge_merged(&pairs).unwrap();
        let uids: Vec<String> = samples.iter().map(|sample| sample.pair.uid.to_string()).collect();
        assert_eq!(text(&judged, "uid"), uids, "in the order of the dataset");
        let reasons = samples.iter().map(|sample| sayso_dataset::reasons_json(sample.verdict()).unwrap());
        assert_eq!(text(&judged, "reasons"), reasons.collect::<Vec<_>>());
        assert_eq!(judge.counts().admitted, report.samples);
        let each = judge.judge(&pairs).unwrap();
        assert_eq!((each.num_rows(), text(&each, "uid")), (pairs.num_rows(), text(&pairs, "uid")));
    }
}
