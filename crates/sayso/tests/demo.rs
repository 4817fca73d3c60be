//! The made-up web, built under the opt-out policy: every site gets what it wishes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::collections::BTreeMap;
use std::path::PathBuf;

use sayso::demo::{DemoWeb, write_web};
use sayso::library::{Library, Window};
use sayso_core::{Decision, PolicyName};

fn demo() -> (tempfile::TempDir, PathBuf, DemoWeb) {
    let dir = tempfile::tempdir().unwrap();
    let crawl = dir.path().join("web.warc.gz");
    let web = write_web(std::fs::File::create(&crawl).unwrap()).unwrap();
    (dir, crawl, web)
}

#[test]
fn every_site_gets_what_it_wishes() {
    let (dir, crawl, web) = demo();
    let (all, kept) = (dir.path().join("all"), dir.path().join("kept"));
    let report = support::run(&support::options(&[&crawl], &all, PolicyName::Record)).unwrap();
    assert!(report.damage.is_empty(), "{:?}", report.damage);
    support::run(&support::options(&[&crawl], &kept, PolicyName::OptOut)).unwrap();
    let mut verdicts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for sample in support::samples(&all) {
        let site = sayso_crawl::host_of(&sample.pair.page_url).into_owned();
        verdicts.entry(site).or_default().push(format!(
            "{} {:?}",
            sample.verdict().stance,
            sample.verdict().reasons.first().map(|r| r.code.as_str().to_owned())
        ));
    }
    let admitted: Vec<_> = support::samples(&kept).into_iter().map(|sample| sample.pair.page_url).collect();
    for site in &web.sites {
        let of_site: Vec<_> = verdicts
            .iter()
            .filter(|(host, _)| host.ends_with(site.domain))
            .flat_map(|(_, verdicts)| verdicts)
            .collect();
        assert!(!of_site.is_empty(), "{} has no pairs", site.domain);
        for verdict in &of_site {
            assert!(verdict.starts_with(site.stance.as_str()), "{}: {verdict}, expected {}", site.domain, site.stance);
        }
        let is_in = admitted.iter().any(|page| sayso_crawl::host_of(page).ends_with(site.domain));
        assert_eq!(is_in, site.decision == Decision::Admitted, "{}", site.domain);
    }
}

#[test]
fn what_is_in_is_found() {
    let (dir, crawl, _) = demo();
    let out = dir.path().join("out");
    let report = support::run(&support::options(&[&crawl], &out, PolicyName::OptOut)).unwrap();
    let library = Library::open(&[out]).unwrap();
    assert_eq!(library.summaries()[0].samples, report.samples);
    let find = |query: &str| library.search(query, Window { offset: 0, limit: 100 }).unwrap();
    for query in ["site:thornwick.example", "verdict:allowed", "creator:Thackaberry", "licence:cc-by"] {
        let answer = find(query);
        assert!(answer.total > 0, "{query}");
        for hit in answer.hits {
            assert!(!hit.matched.is_empty(), "{query} matched nothing of {}", hit.sample.pair.url);
            let (dataset, same) = library.sample(hit.sample.pair.uid).unwrap().unwrap();
            assert_eq!((dataset, same), (hit.dataset, hit.sample));
        }
    }
    assert_eq!(find("verdict:disallowed").total, 0);
    assert_eq!(find("site:vasebrune.example").total, 0, "what was refused is not there");
}

#[test]
fn pictures_in_the_crawl_are_known() {
    let (dir, crawl, _) = demo();
    let out = dir.path().join("out");
    support::run(&support::options(&[&crawl], &out, PolicyName::Record)).unwrap();
    let samples = support::samples(&out);
    let known = samples.iter().filter(|sample| sample.pair.sha256.is_some()).count();
    assert!(known * 2 > samples.len(), "{known} of {}", samples.len());
    for sample in samples.iter().filter(|sample| sample.pair.sha256.is_some()) {
        assert!(sample.pair.width.is_some() && sample.pair.picture_bytes.is_some(), "{}", sample.pair.url);
    }
}
