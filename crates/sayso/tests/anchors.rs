//! Real crawls that nobody here wrote.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use sayso_core::{CaptionOrigin, PolicyName};

#[test]
fn the_web_of_2008_gives_its_captioned_pairs_with_its_pictures() {
    let Some(anchors) = support::anchors() else { return };
    let crawl = anchors.join("crawl/archivesunleashed-aut/src/test/resources/warc/example.warc.gz");
    let dir = tempfile::tempdir().unwrap();
    let report = support::run(&support::options(&[&crawl], &dir.path().join("out"), PolicyName::Record)).unwrap();
    assert_eq!((report.counts.robots, report.counts.pictures), (38, 55));
    let samples = support::samples(&dir.path().join("out"));
    // 99 distinct pairs have a caption; of 69 of them the picture lies in the crawl, too.
    let with_picture = samples.iter().filter(|sample| sample.pair.sha256.is_some()).count();
    assert_eq!((samples.len(), with_picture), (99, 69));
    let by_origin = samples.iter().fold(BTreeMap::<CaptionOrigin, usize>::new(), |mut counts, sample| {
        *counts.entry(sample.pair.caption_origin).or_default() += 1;
        counts
    });
    assert_eq!(by_origin.get(&CaptionOrigin::Alt), Some(&99), "{by_origin:?} {report:?}");
}

fn crawl_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            crawl_files(&path, found);
        } else if [".warc", ".arc", ".wat", ".wacz", ".gz", ".bad"].iter().any(|ending| name.ends_with(ending))
            && !name.contains("paths")
        {
            found.push(path);
        }
    }
}

#[test]
fn every_crawl_runs_through_with_honest_counts() {
    let Some(anchors) = support::anchors() else { return };
    let mut files = Vec::new();
    crawl_files(&anchors.join("crawl"), &mut files);
    files.sort();
    assert!(files.len() > 80, "{}", files.len());
    let dir = tempfile::tempdir().unwrap();
    let mut refused = BTreeSet::new();
    for (number, file) in files.iter().enumerate() {
        let out = dir.path().join(number.to_string());
        let name = file.strip_prefix(anchors.join("crawl")).unwrap().display().to_string();
        match support::run(&support::options(&[file], &out, PolicyName::Record)) {
            Ok(report) => {
                assert_eq!(report.samples, support::samples(&out).len() as u64, "{name}");
                assert_eq!(report.counts.pairs, report.samples + report.duplicates, "{name}");
                let is_bad = ["example-trunc", "clipped", "Invalid/incorrect", "Invalid/short", "bad.arc"]
                    .iter()
                    .any(|word| name.contains(word));
                assert!(!is_bad || !report.damage.is_empty(), "{name} is damaged and nothing was said");
                eprintln!("{name}: {:?} {:?}", report.counts, report.damage);
            }
            Err(error) => {
                assert!(error.to_string().contains("hint:"), "{name}: {error}");
                refused.insert(name);
            }
        }
    }
    eprintln!("refused: {refused:?}");
}
