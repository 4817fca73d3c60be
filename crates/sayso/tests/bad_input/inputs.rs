//! Inputs that are no crawls, folders that are no datasets, disks that are full.

use flate2::Compression;
use sayso_core::PolicyName;
use sayso_crawl::DamageKind;
use std::path::{Path, PathBuf};

use crate::build;
use crate::crawl::{assert_pages, gzip, members, pages, response, wat};
use crate::support;

/// The one error that a build of this input ends with, checked for its form.
fn refusal(inputs: &[&Path], out: &Path) -> String {
    let error =
        support::run(&support::options(inputs, out, PolicyName::Record)).expect_err("it is refused").to_string();
    let (sentence, hint) = error.split_once("\nhint: ").unwrap_or_else(|| panic!("{error:?} has no hint"));
    assert!(
        !hint.contains('\n') && !sentence.contains('\n') && !sentence.ends_with('.') && !hint.ends_with('.'),
        "{error:?}"
    );
    assert!(!out.join("CURRENT").exists());
    error
}

#[test]
fn inputs_that_are_no_crawl() {
    let dir = tempfile::tempdir().unwrap();
    let (file, out) = (dir.path().join("notes"), dir.path().join("out"));
    for content in
        [&b"Dear diary"[..], b"\x1f\x8b\x08", b"\x89PNG\r\n\x1a\n", &gzip(b"Dear diary"), b"{}", b"\x1b]0;title\x07"]
    {
        std::fs::write(&file, content).unwrap();
        let error = refusal(&[&file], &out);
        assert!(error.contains("is neither WARC, WAT, WACZ nor ARC") && !error.contains('\u{1b}'), "{error}");
    }
    assert!(refusal(&[&dir.path().join("nowhere")], &out).contains("it is not there"));
    assert!(refusal(&[dir.path()], &out).contains("no crawl file lies in it"));
    // A name that says crawl is believed; then what is in it is damaged.
    let named = dir.path().join("x.warc.gz");
    for (content, kind) in [
        (&b"Dear diary"[..], DamageKind::Garbage),
        (&gzip(b"Dear diary"), DamageKind::Garbage),
        (b"\x1f\x8b\x08\0\0", DamageKind::Truncated),
    ] {
        std::fs::write(&named, content).unwrap();
        let out = tempfile::tempdir().unwrap();
        let report = build("named", &named, &out.path().join("out"));
        assert_eq!((report.damage.count(kind), report.samples), (1, 0), "{content:?} {:?}", report.damage);
    }
    std::fs::write(&named, b"").unwrap();
    let report = build("empty", &named, &out);
    assert_eq!((report.counts.records, report.samples), (0, 0));
    assert!(sayso::library::Library::open(&[out]).is_ok(), "a dataset of nothing is a dataset");
}

#[test]
fn lists_with_entries_that_are_not_there() {
    let dir = tempfile::tempdir().unwrap();
    let (list, out) = (dir.path().join("wat.paths"), dir.path().join("out"));
    std::fs::write(dir.path().join("a.wat.gz"), gzip(&wat(1))).unwrap();
    std::fs::write(&list, "a.wat.gz\ncrawl-data/missing.wat.gz\n").unwrap();
    assert!(refusal(&[&list], &out).contains("missing.wat.gz`: it is not there"));
    std::fs::write(&list, "# nothing\n\n").unwrap();
    assert!(refusal(&[&list], &out).contains("the list is empty"));
    std::fs::write(&list, b"\xff\xfe").unwrap();
    assert!(refusal(&[&list], &out).contains("it is no list of paths"));
    std::fs::write(&list, "# mine\n\n a.wat.gz \r\n").unwrap();
    build("list", &list, &out);
    assert_pages("list", &out, [1]);
}

fn wacz(entries: &[(&str, &[u8], bool)]) -> Vec<u8> {
    use std::io::Write;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes, deflated) in entries {
        let method = if *deflated { zip::CompressionMethod::Deflated } else { zip::CompressionMethod::Stored };
        archive.start_file(*name, zip::write::SimpleFileOptions::default().compression_method(method)).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn wacz_files_good_and_bad() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("x.wacz");
    let out = dir.path().join("out");
    let (one, two) = (members(&pages(0..5)).concat(), pages(5..10).concat());
    let good = wacz(&[
        ("archive/two.warc", &two, true),
        ("archive/one.warc.gz", &one, false),
        ("pages/pages.jsonl", b"{}", true),
        ("datapackage.json", b"{}", true),
    ]);
    std::fs::write(&file, &good).unwrap();
    let report = build("wacz", &file, &out);
    assert!(report.damage.is_empty(), "{:?}", report.damage);
    assert_pages("wacz", &out, 0..10);
    let sample = &support::samples(&out)[0];
    assert!(sample.pair.record.file.contains("x.wacz!archive/"), "{}", sample.pair.record.file);
    let out = dir.path().join("bad");
    for (name, bytes) in [
        ("cut short", good[..good.len() / 2].to_vec()),
        ("no directory", good[..good.len() - 40].to_vec()),
        ("only the magic number", b"PK\x03\x04".to_vec()),
        ("no archive folder", wacz(&[("a.warc.gz", &one, false)])),
        ("empty", wacz(&[])),
    ] {
        std::fs::write(&file, bytes).unwrap();
        let error = refusal(&[&file], &out);
        assert!(error.contains("as WACZ"), "{name}: {error}");
    }
    // Its directory is whole, what is behind it is not.
    let at = good.windows(30).position(|window| window.starts_with(b"PK\x03\x04")).unwrap() + 60;
    let mut broken = good.clone();
    broken[at..at + 200].fill(0xff);
    std::fs::write(&file, broken).unwrap();
    let error = support::run(&support::options(&[&file], &out, PolicyName::Record));
    assert!(
        error.as_ref().map_or_else(|error| error.to_string().contains("hint:"), |report| !report.damage.is_empty()),
        "{error:?}"
    );
}

#[test]
fn one_bad_file_among_many_is_damage() {
    let dir = tempfile::tempdir().unwrap();
    let (folder, out) = (dir.path().join("in"), dir.path().join("out"));
    std::fs::create_dir(&folder).unwrap();
    let whole = wacz(&[("archive/one.warc.gz", &members(&pages(0..3)).concat(), false)]);
    std::fs::write(folder.join("a.wacz"), &whole[..whole.len() / 2]).unwrap();
    std::fs::write(folder.join("b.wacz"), &whole).unwrap();
    std::fs::write(folder.join("c.warc.lz4"), b"\x04\x22\x4d\x18 packed in a way that is not known").unwrap();
    let report = build("folder", &folder, &out);
    assert_pages("folder", &out, 0..3);
    let places: Vec<_> =
        report.damage.iter().flat_map(|(_, count)| &count.examples).map(|at| at.file.clone()).collect();
    assert!(["a.wacz", "c.warc.lz4"].iter().all(|name| places.iter().any(|place| place == name)), "{places:?}");
}

#[test]
fn folders_that_are_no_dataset() {
    let dir = tempfile::tempdir().unwrap();
    let (file, out) = (dir.path().join("x.warc.gz"), dir.path().join("out"));
    std::fs::write(&file, members(&pages(0..3)).concat()).unwrap();
    build("good", &file, &out);
    let open = |dir: &Path| -> String {
        let error = sayso::library::Library::open(&[dir.to_owned()]).err().expect("it is refused").to_string();
        let (sentence, hint) = error.split_once("\nhint: ").unwrap_or_else(|| panic!("{error:?} has no hint"));
        assert!(!sentence.contains('\n') && !hint.contains('\n') && !sentence.ends_with('.'), "{error:?}");
        error
    };
    assert!(open(dir.path()).contains("is not a dataset"));
    assert!(open(&dir.path().join("nowhere")).contains("is not a dataset"));
    assert!(open(&file).contains("is not a dataset"));
    for current in [
        "../out/manifest-000001.json",
        "manifest-../../x.json",
        "",
        "manifest-.json",
        "manifest-000001.json/../x",
        "\0",
    ] {
        std::fs::write(out.join("CURRENT"), current).unwrap();
        assert!(open(&out).contains("is damaged: it names no manifest"), "{current:?}");
    }
    std::fs::write(out.join("CURRENT"), "manifest-000009.json\n").unwrap();
    assert!(open(&out).contains("manifest-000009.json"));
    std::fs::write(out.join("CURRENT"), b"\xff\xfe").unwrap();
    open(&out);
    std::fs::write(out.join("CURRENT"), "manifest-000001.json\n").unwrap();
    let manifest: PathBuf = out.join("manifest-000001.json");
    let good = std::fs::read_to_string(&manifest).unwrap();
    for (name, changed, message) in [
        (
            "from the future",
            good.replacen("\"version\": 1", "\"version\": 3", 1),
            "has format version 3, and this Sayso reads up to 2",
        ),
        ("without a version", good.replacen("\"version\": 1,", "", 1), "it has no version"),
        ("of something else", good.replacen("sayso-dataset", "sayso-other", 1), "it is no manifest of a dataset"),
        ("no JSON", "{".to_owned(), "is damaged"),
        ("a shard outside", good.replacen("samples/00000.parquet", "../../etc/passwd", 1), "is damaged"),
        ("an absolute shard", good.replacen("samples/00000.parquet", "/etc/passwd", 1), "is damaged"),
        (
            "a shard that is missing",
            good.replacen("samples/00000.parquet", "samples/00009.parquet", 1),
            "samples/00009.parquet",
        ),
    ] {
        assert_ne!(changed, good, "{name}");
        std::fs::write(&manifest, changed).unwrap();
        let error = open(&out);
        assert!(error.contains(message), "{name}: {error}");
    }
    std::fs::write(&manifest, &good).unwrap();
    let shard = out.join("samples/00000.parquet");
    let bytes = std::fs::read(&shard).unwrap();
    for broken in [&bytes[..bytes.len() / 2], b"", b"PAR1"] {
        std::fs::write(&shard, broken).unwrap();
        assert!(open(&out).contains("00000.parquet"));
    }
    std::fs::write(&shard, bytes).unwrap();
    assert!(sayso::library::Library::open(&[out]).is_ok());
}

/// A filesystem of one mebibyte; `None` where this test may not mount one.
struct TinyDisk(PathBuf);

impl TinyDisk {
    fn mount(at: &Path, size: &str) -> Option<Self> {
        std::fs::create_dir_all(at).unwrap();
        let status = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", size, "tmpfs"])
            .arg(at)
            .stderr(std::process::Stdio::null())
            .status();
        status.is_ok_and(|status| status.success()).then(|| Self(at.to_owned()))
    }

    fn resize(&self, size: &str) {
        assert!(
            std::process::Command::new("mount")
                .args(["-o", &format!("remount,{size}")])
                .arg(&self.0)
                .status()
                .unwrap()
                .success()
        );
    }
}

impl Drop for TinyDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(&self.0).status();
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "says that it did not run")]
fn a_disk_that_is_full() {
    let dir = tempfile::tempdir().unwrap();
    let Some(disk) = TinyDisk::mount(&dir.path().join("disk"), "size=1m") else {
        eprintln!("skipped: no filesystem can be mounted here");
        return;
    };
    let file = dir.path().join("x.warc.gz");
    std::fs::write(&file, members(&pages(0..8000)).concat()).unwrap();
    // With little memory the runs fill the disk, with much the shards or the index do.
    for (name, memory_bytes) in [("runs", 1 << 20), ("shards", 256 << 20)] {
        let out = disk.0.join(name);
        disk.resize("size=1m");
        let mut options = support::options(&[&file], &out, PolicyName::Record);
        options.memory_bytes = memory_bytes;
        let error = support::run(&options).expect_err("the disk is full").to_string();
        assert!(
            error.contains("\nhint: the disk is full; make room and run the same command again"),
            "{name}: {error}"
        );
        assert!(!out.join("CURRENT").exists(), "{name}: nothing half written");
        disk.resize("size=400m");
        let report = support::run(&options).unwrap();
        assert_eq!(report.samples, 24_000, "{name}");
        assert_pages(name, &out, 0..8000);
        assert!(sayso::library::Library::open(std::slice::from_ref(&out)).is_ok());
        std::fs::remove_dir_all(&out).unwrap();
    }
}

#[test]
fn every_limit_is_named_where_it_is_broken() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("x.warc.gz");
    let body = format!("<img src=a.jpg alt=caption><img src=b.jpg alt=other><!-- {} -->", "x".repeat(2 << 20));
    let record = response(
        "https://a.example/some/page",
        "Content-Type: text/html\r\nContent-Encoding: gzip\r\n",
        &crate::crawl::gzip_at(body.as_bytes(), Compression::none()),
    );
    std::fs::write(&file, gzip(&record)).unwrap();
    for (limit, value) in [
        ("record-bytes", 10),
        ("payload-bytes", 20),
        ("page-links", 1),
        ("caption-bytes", 5),
        ("url-bytes", 20),
        ("attribute-bytes", 4),
    ] {
        let out = dir.path().join(limit);
        let mut options = support::options(&[&file], &out, PolicyName::Record);
        sayso::build::set_limit(&mut options.limits, limit, value).unwrap();
        let report = support::run(&options).unwrap();
        let messages: Vec<_> = report
            .damage
            .iter()
            .flat_map(|(_, count)| count.examples.iter().map(|example| example.message.clone()))
            .collect();
        assert!(messages.iter().any(|message| message.contains(&format!("--limit {limit}="))), "{limit}: {messages:?}");
    }
}
