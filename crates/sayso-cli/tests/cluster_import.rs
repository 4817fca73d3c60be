//! An import by a cluster of processes makes the dataset that one machine makes, byte for byte, whoever dies meanwhile.
#![cfg(feature = "cluster")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod clustered;
mod pictures;
mod support;

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Cursor;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use image::ImageFormat;
use parquet::arrow::ArrowWriter;

use crate::clustered::{command, done, local, report, same_dataset, same_files, start, wait_until};
use crate::support::{said, text};

/// An import, alone or by a cluster.
fn import(dir: &Path, input: &str, out: &str, cluster: Option<&str>, more: &[&str]) -> Command {
    let mut arguments = vec!["import", input, "-o", out, "--memory", "16"];
    arguments.extend(cluster.iter().flat_map(|address| ["--cluster", address]));
    arguments.extend(more);
    command(dir, &arguments)
}

fn run(mut command: Command) -> Output {
    let output = command.output().unwrap();
    assert!(matches!(output.status.code(), Some(0 | 3)), "{}", said(&output));
    output
}

/// Tables in text: some rows stand in several of them, and some are no pairs.
fn write_tables(folder: &Path, files: usize, rows: usize) {
    fs::create_dir_all(folder).unwrap();
    for file in 0..files {
        let mut table = String::from("URL,TEXT,similarity,seen\n");
        for row in 0..rows {
            let of = if row % 5 == 0 { row } else { file * rows + row };
            writeln!(table, "https://h{}.example/{of}.jpg,\"picture, number {of}\",0.{of:06},{file}", of % 97).unwrap();
        }
        table += "https://h.example/stray.jpg,\"never closed,0.5,1\n,no address,0.5,1\nftp://h.example/b.jpg,b,0.5,1\n";
        fs::write(folder.join(format!("t-{file:05}.csv")), table).unwrap();
    }
}

fn write_parquet(path: &Path, rows: i64) {
    let column =
        |of: &dyn Fn(i64) -> String| -> ArrayRef { Arc::new((0..rows).map(|n| Some(of(n))).collect::<StringArray>()) };
    let columns: [(&str, ArrayRef); 4] = [
        ("url", column(&|n| format!("https://h{}.example/{n}.jpg", n % 53))),
        ("caption", column(&|n| format!("picture, number {n}"))),
        ("similarity", Arc::new(Float64Array::from_iter_values((0..rows).map(|n| n as f64 / 7.0)))),
        ("votes", Arc::new(Int64Array::from_iter((0..rows).map(|n| (n % 3 > 0).then_some(n))))),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn jpeg(seed: u64) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    pictures::drawn(seed).write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

/// A member of a tar as ustar has it.
fn member(tar: &mut Vec<u8>, name: &str, bytes: &[u8]) {
    let mut header = [0_u8; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[100..107].copy_from_slice(b"0000644");
    header[124..135].copy_from_slice(format!("{:011o}", bytes.len()).as_bytes());
    header[156] = b'0';
    header[257..263].copy_from_slice(b"ustar\0");
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    tar.extend_from_slice(&header);
    tar.extend_from_slice(bytes);
    tar.resize(tar.len().next_multiple_of(512), 0);
}

#[test]
fn tables_and_pictures_of_all_kinds_make_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let all = dir.path().join("all");
    write_tables(&all, 3, 700);
    write_parquet(&all.join("more.parquet"), 900);
    let lines: String = (0..400)
        .map(|n| {
            let broken = if n % 90 == 7 { "{" } else { "" };
            let whose = if n % 50 == 3 { ", write to ann@example.org" } else { "" };
            format!("{broken}{{\"url\":\"https://j{}.example/{n}.png\",\"text\":\"line {n}{whose}\",\"tags\":[\"a\",\"b{n}\"]}}\n", n % 11)
        })
        .collect();
    fs::write(all.join("lines.jsonl"), lines).unwrap();
    fs::write(all.join("people.tsv"), "name\tage\nAda\t36\n").unwrap();
    // A tar, and a folder in which a sidecar is broken, a picture is none, and a line of metadata is, too.
    let mut tar = Vec::new();
    for seed in 0..5 {
        member(&mut tar, &format!("{seed}.jpg"), &jpeg(seed));
        member(&mut tar, &format!("{seed}.txt"), format!("hills, number {seed}").as_bytes());
    }
    tar.resize(tar.len() + 1024, 0);
    fs::write(all.join("hills.tar"), tar).unwrap();
    let own = all.join("own");
    fs::create_dir(&own).unwrap();
    for seed in 10..14 {
        fs::write(own.join(format!("{seed}.jpg")), jpeg(seed)).unwrap();
        fs::write(own.join(format!("{seed}.txt")), format!("suns, number {seed}")).unwrap();
    }
    fs::write(own.join("11.json"), "{broken").unwrap();
    fs::write(own.join("15.jpg"), b"no picture").unwrap();
    fs::write(own.join("metadata.jsonl"), "{\"file_name\":\"12.jpg\",\"caption\":\"said elsewhere\"}\nno line\n")
        .unwrap();

    let more = ["--shard-rows", "600", "--drop-personal"];
    let alone = run(import(dir.path(), "all", "alone", None, &more));
    for workers in ["1", "3"] {
        let (_cluster, address) = local(workers, &[]);
        let together = run(import(dir.path(), "all", workers, Some(&address), &more));
        assert_eq!(together.status.code(), alone.status.code());
        let (one, other) = (dir.path().join("alone"), dir.path().join(workers));
        same_dataset(&one, &other);
    }
    let report = report(&dir.path().join("alone"));
    assert!(report["left_out"][0] == "people.tsv" && report["aside"]["sidecar"]["count"] == 1, "{report}");
    // Any table, each row of it a sample.
    let alone = run(import(dir.path(), "all/people.tsv", "people", None, &["--as", "table"]));
    let (_cluster, address) = local("1", &[]);
    let together = run(import(dir.path(), "all/people.tsv", "people-too", Some(&address), &["--as", "table"]));
    assert_eq!(together.status.code(), alone.status.code());
    let shard = |out: &str| fs::read(dir.path().join(out).join("samples/00000.parquet")).unwrap();
    assert_eq!(shard("people"), shard("people-too"));
}

#[test]
fn a_worker_is_killed_and_a_second_driver_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    write_tables(&dir.path().join("tables"), 24, 6000);
    let alone = run(import(dir.path(), "tables", "alone", None, &[]));
    let (_scheduler, address) = start(&["cluster", "scheduler", "--listen", "127.0.0.1:0", "--patience", "12"], &[]);
    let worker = || start(&["worker", "--scheduler", &address, "--slots", "1"], &[]).0;
    let mut workers = vec![worker(), worker(), worker()];
    let out = dir.path().join("together");
    let importing = import(dir.path(), "tables", "together", Some(&address), &[]).spawn().unwrap();
    wait_until("some inputs are read", || done(&out, "columns-", "read").len() >= 3);
    let left = 24 - done(&out, "columns-", "read").len();
    workers.pop().unwrap().kill();
    assert!(left > 3, "killed too late to tell anything: {left} inputs were left");
    let second = import(dir.path(), "tables", "together", Some(&address), &[]).output().unwrap();
    assert!(
        second.status.code() == Some(2) && said(&second).contains("another build is at work there"),
        "{}",
        said(&second)
    );
    let output = importing.wait_with_output().unwrap();
    assert_eq!(output.status.code(), alone.status.code(), "{}", said(&output));
    same_dataset(&dir.path().join("alone"), &out);
    // What a second start finds is the finished dataset.
    let again = run(import(dir.path(), "tables", "together", Some(&address), &[]));
    assert_eq!(text(&again), text(&output));
}

#[test]
fn a_driver_is_killed_and_the_import_goes_on_where_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let tables = dir.path().join("tables");
    write_tables(&tables, 16, 4000);
    run(import(dir.path(), "tables", "alone", None, &[]));
    let (cluster, address) = local("2", &[]);
    let out = dir.path().join("together");
    let mut importing = import(dir.path(), "tables", "together", Some(&address), &[]).spawn().unwrap();
    wait_until("some inputs are read", || done(&out, "columns-", "read").len() >= 3);
    importing.kill().unwrap();
    importing.wait().unwrap();
    drop(cluster);
    assert!(!out.join("CURRENT").exists());
    // Nothing of what was read is read again: it could not be any more.
    let read = done(&out, "columns-", "read");
    assert!(read.len() >= 3 && read.len() < 16, "{read:?}");
    for result in &read {
        let number: u32 = result.file_stem().unwrap().to_str().unwrap().parse().unwrap();
        let table = tables.join(format!("t-{number:05}.csv"));
        let size = usize::try_from(fs::metadata(&table).unwrap().len()).unwrap();
        fs::write(&table, vec![b'?'; size]).unwrap();
    }
    let (_cluster, address) = local("2", &[]);
    run(import(dir.path(), "tables", "together", Some(&address), &[]));
    same_dataset(&dir.path().join("alone"), &out);
}

#[test]
fn an_input_that_harms_is_set_aside_with_its_columns() {
    let dir = tempfile::tempdir().unwrap();
    let tables = dir.path().join("tables");
    write_tables(&tables, 5, 300);
    run(import(dir.path(), "tables", "alone", None, &[]));
    // What only the one has that harms must not be seen in the others.
    fs::write(tables.join("t-00009.csv"), "url,caption,only_here\nhttps://h.example/9.jpg,nine,9\n").unwrap();
    for (how, says) in [
        ("panic t-00009.csv", "made the program panic: on purpose"),
        ("abort t-00009.csv", "ended the worker that read it 3 times"),
        ("panic look at t-00009.csv", "made the program panic: on purpose"),
    ] {
        let (_cluster, address) = local("2", &[("SAYSO_FAIL_ON", how)]);
        let out = how.replace(' ', "-");
        let output = import(dir.path(), "tables", &out, Some(&address), &[]).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{how}: {}", said(&output));
        assert!(text(&output).contains("set aside: t-00009.csv: it "), "{}", text(&output));
        let report = report(&dir.path().join(&out));
        assert_eq!(report["set_aside"][0]["input"], "t-00009.csv");
        assert!(report["set_aside"][0]["error"].as_str().unwrap().contains(says), "{report}");
        same_files(&dir.path().join("alone"), &dir.path().join(&out));
    }
    // One that cannot be read is one that harms, too, if it is not the only one.
    fs::remove_file(tables.join("t-00009.csv")).unwrap();
    fs::write(tables.join("t-00008.parquet"), b"PAR1 no table at all PAR1").unwrap();
    let (_cluster, address) = local("2", &[]);
    let output = import(dir.path(), "tables", "damaged", Some(&address), &[]).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    assert!(text(&output).contains("set aside: t-00008.parquet: "), "{}", text(&output));
    same_files(&dir.path().join("alone"), &dir.path().join("damaged"));
    let output = import(dir.path(), "tables/t-00008.parquet", "nothing", Some(&address), &[]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("no other can be read either\nhint: "), "{}", said(&output));
    assert!(!dir.path().join("nothing/CURRENT").exists());
}

#[test]
fn what_other_machines_cannot_judge_by_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    write_tables(&dir.path().join("tables"), 1, 3);
    let (_cluster, address) = local("1", &[]);
    let refused = |out: &str, cluster: Option<&str>, more: &[&str], says: &str| {
        let output = import(dir.path(), "tables", out, cluster, more).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains(says) && said(&output).contains("\nhint: "), "{}", said(&output));
        assert!(!dir.path().join(out).exists());
    };
    refused("out", Some(&address), &["--registry", "http://127.0.0.1:1"], "a registry at an address");
    refused("s3://bucket/out", None, &[], "this machine alone imports into a folder");
    refused("out", Some("df://127.0.0.1:1"), &[], "does not answer");
}
