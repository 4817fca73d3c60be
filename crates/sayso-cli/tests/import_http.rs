//! Tables and tars are imported from a server as from a disk.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod fetching;
#[path = "../../sayso/tests/sites/mod.rs"]
mod sites;
mod support;

use image::ImageFormat;
use sites::{Site, reply};
use support::{json, sayso};

/// A tar of these files, as the standard has it.
fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = Vec::new();
    for (name, bytes) in files {
        let mut header = [0_u8; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[100..107].copy_from_slice(b"0000644");
        header[124..135].copy_from_slice(format!("{:011o}", bytes.len()).as_bytes());
        header[148..156].fill(b' ');
        header[156] = b'0';
        header[257..263].copy_from_slice(b"ustar\0");
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        tar.extend(header);
        tar.extend(*bytes);
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
    tar.extend([0; 1024]);
    tar
}

#[test]
fn tables_and_tars_come_from_a_server() {
    let dir = tempfile::tempdir().unwrap();
    let picture = fetching::picture(3, ImageFormat::Jpeg);
    let shard = tar(&[("000.jpg", &picture), ("000.txt", b"a striped field"), ("001.jpg", &picture)]);
    let table = b"url,caption\nhttps://a.example/1.jpg,a heron\n".to_vec();
    let site = Site::of(vec![
        ("/shards/00000.tar", reply(200, "", shard)),
        ("/list.csv?token=1", reply(200, "Content-Type: text/csv\r\n", table)),
        ("/gone.tar", reply(404, "", "")),
    ]);
    let (shard, list) = (site.url("/shards/00000.tar"), site.url("/list.csv?token=1"));
    let report = sayso(&["import", &shard, &list, "-o", "set", "--json"], dir.path());
    assert_eq!(report.status.code(), Some(3), "{report:?}");
    let report = json(&report);
    assert_eq!((&report["samples"], &report["aside"]["no-caption"]["count"]), (&2.into(), &1.into()), "{report:#}");
    let found = json(&sayso(&["search", "set", "striped", "--json"], dir.path()));
    // A picture is called after its tar, wherever that lay for a while.
    assert_eq!(found["hits"][0]["url"], "file:00000.tar/000.jpg");
    assert_eq!(found["hits"][0]["width"], 96);
    let gone = sayso(&["import", &site.url("/gone.tar"), "-o", "none"], dir.path());
    assert_eq!(gone.status.code(), Some(2));
    assert!(support::said(&gone).contains("hint: check the address"), "{gone:?}");
    let left: Vec<_> =
        std::fs::read_dir(dir.path().join("set")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with(".build")), "{left:?}");
}
