//! Dozens of hosts that send large files at the same time: few of them are in memory at once.
#![allow(clippy::unwrap_used, reason = "tests")]

mod fetching;
#[path = "../../sayso/tests/sites/mod.rs"]
mod sites;
mod support;

use std::process::{Command, Stdio};
use std::sync::Arc;

use fetching::{POLITE, dataset, picture};
use image::ImageFormat;
use sites::{Site, nothing, reply};

const HOSTS: usize = 32;
const PICTURE_BYTES: usize = 12 << 20;

/// A picture of a few pixels and very many bytes, in segments that say nothing.
fn large() -> Vec<u8> {
    let small = picture(1, ImageFormat::Jpeg);
    let mut bytes = small[..2].to_vec();
    while bytes.len() < PICTURE_BYTES {
        bytes.extend([0xff, 0xef, 0xff, 0xff]);
        bytes.resize(bytes.len() + 0xffff - 2, 0);
    }
    bytes.extend(&small[2..]);
    bytes
}

#[test]
fn few_large_files_are_held_at_a_time() {
    // Linux tells the memory that a process has, and has a loopback for each of many hosts.
    if !cfg!(target_os = "linux") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let body = Arc::new(large());
    let sites: Vec<Site> = (0..HOSTS)
        .map(|number| {
            let body = Arc::clone(&body);
            Site::start_at(&format!("127.0.1.{}:0", number + 1), move |asked| match asked.path.as_str() {
                "/a.jpg" => reply(200, "Content-Type: image/jpeg\r\n", body.to_vec()),
                _ => nothing(),
            })
        })
        .collect();
    let urls: Vec<String> = sites.iter().map(|site| site.url("/a.jpg")).collect();
    dataset(dir.path(), &urls, &[]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.args(["fetch", "set", "--allow-private", "--threads", "1"]).args(&POLITE[1..]).current_dir(dir.path());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak_kib = 0;
    while child.try_wait().unwrap().is_none() {
        let told = std::fs::read_to_string(&status).unwrap_or_default();
        // What it holds, and not what of its own file the system keeps in memory, which grows with every feature.
        let line = told.lines().find_map(|line| line.strip_prefix("RssAnon:"));
        let kib = line.and_then(|line| line.split_ascii_whitespace().next()?.parse::<u64>().ok());
        peak_kib = peak_kib.max(kib.unwrap_or(0));
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    assert!(child.wait().unwrap().success());
    // All of them would be 384 MiB beside what the program takes; four, and two MiB of each other, are 104.
    assert!((1..300 << 10).contains(&peak_kib), "{peak_kib} KiB");
}
