//! `sayso check` on tables, tars and folders with something wrong in them, and its report for people.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

mod support;

use std::path::Path;

use support::{json, sayso, text};

/// The kinds of bad input in a report with their numbers.
fn bad(report: &serde_json::Value) -> Vec<(String, u64)> {
    let kinds = report["bad"].as_array().unwrap().iter();
    kinds.map(|bad| (bad["kind"].as_str().unwrap().to_owned(), bad["count"].as_u64().unwrap())).collect()
}

fn counted(kinds: &[(&str, u64)]) -> Vec<(String, u64)> {
    kinds.iter().map(|(kind, count)| ((*kind).to_owned(), *count)).collect()
}

/// A GIF of one pixel, with a rule on data mining in XMP if one is given.
fn gif(data_mining: Option<&str>) -> Vec<u8> {
    let mut gif = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff".to_vec();
    if let Some(value) = data_mining {
        let xmp = format!(
            "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\
             <rdf:Description xmlns:plus='http://ns.useplus.org/ldf/xmp/1.0/' \
             plus:DataMining='http://ns.useplus.org/ldf/vocab/{value}'/></rdf:RDF></x:xmpmeta>"
        );
        gif.extend_from_slice(b"\x21\xff\x0bXMP DataXMP");
        gif.extend_from_slice(xmp.as_bytes());
        gif.push(1);
        gif.extend((0..=255).rev());
        gif.push(0);
    }
    gif.extend_from_slice(b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3b");
    gif
}

const PROHIBITED: Option<&str> = Some("DMI-PROHIBITED-AIMLTRAINING");
const ALLOWED: Option<&str> = Some("DMI-ALLOWED");

/// A member of a tar, of a type and with a name that fits into its header.
fn member(kind: u8, name: &str, content: &[u8]) -> Vec<u8> {
    let mut header = [0_u8; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
    header[156] = kind;
    header[257..263].copy_from_slice(b"ustar\0");
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..154].copy_from_slice(format!("{sum:06o}").as_bytes());
    header[154] = 0;
    let mut bytes = header.to_vec();
    bytes.extend_from_slice(content);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

#[test]
fn tables_of_addresses_are_read_and_their_bad_rows_counted() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    write(
        "a.csv",
        "\u{feff}caption,url,licence\r\n\"one, two\",https://a.example/1.jpg,\r\n,,\r\nx,not one,\r\nshort\r\n",
    );
    write("b.tsv", "image_url\ttext\nhttps://b.example/1.jpg\t\"open\nhttps://b.example/2.jpg\tnext\n");
    write(
        "c.jsonl",
        "{\"URL\":\"https://c.example/1.jpg\",\"alt\":\"a\"}\n\n{\"URL\":7}\n{\"URL\":\n{\"alt\":\"b\"}\n",
    );
    write("d.txt", "https://d.example/1.jpg\n\nhttps://d.example/2.jpg");
    let output =
        sayso(&["check", "a.csv", "b.tsv", "c.jsonl", "d.txt", "https://e.example/1.jpg", "--json"], dir.path());
    assert_eq!(output.status.code(), Some(3), "bad input, and nothing refused");
    let report = json(&output);
    let pictures = report["pictures"].as_array().unwrap();
    let seen: Vec<_> = pictures
        .iter()
        .map(|picture| {
            (picture["path"].as_str().unwrap_or("-"), picture["row"].as_u64(), picture["url"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("a.csv", Some(1), "https://a.example/1.jpg"),
            ("b.tsv", Some(1), "https://b.example/1.jpg"),
            ("b.tsv", Some(2), "https://b.example/2.jpg"),
            ("c.jsonl", Some(1), "https://c.example/1.jpg"),
            ("d.txt", Some(1), "https://d.example/1.jpg"),
            ("d.txt", Some(2), "https://d.example/2.jpg"),
            ("-", None, "https://e.example/1.jpg"),
        ]
    );
    assert_eq!((&pictures[0]["caption"], &pictures[1]["caption"]), (&"one, two".into(), &"\"open".into()));
    assert_eq!((&pictures[0]["stance"], &pictures[0]["asked"]), (&"unknown".into(), &false.into()));
    assert_eq!(bad(&report), counted(&[("not-a-url", 1), ("no-url", 2), ("url-type", 1), ("row-broken", 2)]));
    assert_eq!(report["bad"][0]["examples"][0]["place"], "a.csv row 3");
    assert_eq!(report["not_asked"].as_u64(), Some(7));
    let said = text(&sayso(&["check", "a.csv"], dir.path()));
    assert!(said.contains("1 with an address that was not asked: add --online to ask their sites"), "{said}");
    assert!(said.contains("1 no-url (a row has no address)\n    a.csv row 2"), "{said}");
    // Under strict, what nobody granted is refused, and that is the answer.
    assert_eq!(sayso(&["check", "a.csv", "--policy", "strict"], dir.path()).status.code(), Some(1));
}

#[test]
fn columns_can_be_named_and_what_is_no_input_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    write("a.csv", "wo,was\nhttps://a.example/1.jpg,eine Katze\n");
    write("notes.md", "notes");
    let named = ["check", "a.csv", "--url-column", "wo", "--caption-column", "was", "--json"];
    let report = json(&sayso(&named, dir.path()));
    assert_eq!(report["pictures"][0]["caption"], "eine Katze");
    for (arguments, hint) in [
        (&["check", "a.csv"][..], "hint: name one with --url-column; its columns of text are `wo`, `was`"),
        (&["check", "a.csv", "--url-column", "url"], "hint: those it has are `wo`, `was`"),
        (&["check", "notes.md"], "hint: pictures, folders"),
        (&["check", "https://"], "hint: https://example.org/a.jpg is one"),
        (&["check", "nowhere"], "hint: check the path"),
    ] {
        let output = sayso(arguments, dir.path());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(error.contains(hint), "{error}");
    }
}

#[test]
fn pictures_in_a_tar_are_checked_where_they_lie() {
    let dir = tempfile::tempdir().unwrap();
    let long = format!("{}/0001.gif", "long".repeat(40));
    let mut tar = member(b'5', "00000/", b"");
    tar.extend(member(b'0', "0000.gif", &gif(None)));
    tar.extend(member(b'0', "0000.txt", b"a cat"));
    tar.extend(member(b'0', "0000.json", br#"{"url":"https://a.example/cat.gif","caption":"another"}"#));
    tar.extend(member(b'L', "././@LongLink", format!("{long}\0").as_bytes()));
    tar.extend(member(b'0', "cut", &gif(PROHIBITED)));
    let record = |text: &str| format!("{} {text}\n", text.len() + 4);
    let pax = record("path=deep/0002.gif");
    tar.extend(member(b'x', "pax", pax.as_bytes()));
    tar.extend(member(b'0', "cut", &gif(PROHIBITED)));
    tar.extend(member(b'0', "notes.md", b"notes"));
    let mut whole = tar.clone();
    whole.extend([0; 1024]);
    std::fs::write(dir.path().join("00000.tar"), &whole).unwrap();
    let output = sayso(&["check", "00000.tar", "--json", "--move-refused", "refused"], dir.path());
    assert_eq!(output.status.code(), Some(1));
    let report = json(&output);
    let pictures = report["pictures"].as_array().unwrap();
    let seen: Vec<_> = pictures
        .iter()
        .map(|picture| (picture["member"].as_str().unwrap(), picture["decision"].as_str().unwrap()))
        .collect();
    assert_eq!(seen, [("0000.gif", "admitted"), (long.as_str(), "refused"), ("deep/0002.gif", "refused")]);
    assert_eq!(
        (&pictures[0]["url"], &pictures[0]["caption"]),
        (&"https://a.example/cat.gif".into(), &"another".into())
    );
    assert_eq!((report["other_files"].as_u64(), report["moved"].as_array().map(Vec::len)), (Some(1), Some(0)));
    // A tar stays whole, and that it does is said.
    assert_eq!(std::fs::read(dir.path().join("00000.tar")).unwrap(), whole);
    let said = text(&sayso(&["check", "00000.tar", "--move-refused", "refused"], dir.path()));
    assert!(said.contains("2 refused in tars and tables, which stay as they are"), "{said}");
    // Cut off inside the last picture: what there is of it is read, and that it is not all is said.
    std::fs::write(dir.path().join("cut.tar"), &tar[..tar.len() - 1024 - 600]).unwrap();
    let report = json(&sayso(&["check", "cut.tar", "--json"], dir.path()));
    assert_eq!(report["checked"].as_u64(), Some(3));
    assert_eq!(bad(&report), counted(&[("picture-cut", 1)]));
    // Something else in its middle.
    let mut broken = tar.clone();
    broken[512..1024].fill(b'x');
    std::fs::write(dir.path().join("broken.tar"), &broken).unwrap();
    let output = sayso(&["check", "broken.tar", "--json"], dir.path());
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(bad(&json(&output)), counted(&[("tar-broken", 1)]));
}

#[test]
fn what_cannot_be_read_is_counted_and_never_granted() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("pictures");
    std::fs::create_dir_all(folder.join("10_a dog")).unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).unwrap();
    write("10_a dog/good.gif", &gif(ALLOWED));
    write("10_a dog/good.caption", b"a dog");
    write("sidecar.gif", &gif(ALLOWED));
    write("sidecar.json", b"{\"url\":");
    let cut = gif(ALLOWED);
    write("cut.gif", &cut[..cut.len() - 10]);
    write("empty.jpg", b"");
    write("other.png", b"a letter");
    write("without-ending", &gif(ALLOWED));
    write("notes.md", b"notes");
    let output = sayso(&["check", "pictures", "--json"], dir.path());
    assert_eq!(output.status.code(), Some(3));
    let report = json(&output);
    assert_eq!(bad(&report), counted(&[("picture-unknown", 2), ("picture-cut", 1), ("sidecar-json", 1)]));
    assert_eq!((report["checked"].as_u64(), report["other_files"].as_u64()), (Some(6), Some(1)));
    assert_eq!(report["pictures"][0]["caption"], "a dog");
    // Where a grant is wanted, none stands beside what could not be read.
    let output = sayso(&["check", "pictures", "--policy", "strict", "--json"], dir.path());
    assert_eq!(output.status.code(), Some(1));
    let report = json(&output);
    let admitted: Vec<_> = report["pictures"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|picture| picture["decision"] == "admitted")
        .map(|picture| picture["path"].as_str().unwrap())
        .collect();
    assert_eq!(admitted, ["pictures/10_a dog/good.gif", "pictures/without-ending"]);
    assert_eq!(report["pictures"][4]["reasons"][0]["code"], "not-read");
    let said = text(&sayso(&["check", "pictures"], dir.path()));
    assert!(said.contains("not read: the file ends before the picture does"), "{said}");
    assert!(said.contains("  2 picture-unknown ("), "{said}");
}

#[test]
fn a_folder_with_nothing_in_it_says_so() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(dir.path().join("empty/deep")).unwrap();
    std::fs::write(dir.path().join("empty/notes.txt"), "notes").unwrap();
    let output = sayso(&["check", "empty"], dir.path());
    assert_eq!(output.status.code(), Some(3));
    let said = text(&output);
    assert!(said.contains("empty: the folder holds no picture, tar or table"), "{said}");
}

#[test]
fn the_report_for_people_is_one_file_that_loads_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("<b>pictures");
    std::fs::create_dir_all(&folder).unwrap();
    for number in 0..5 {
        std::fs::write(folder.join(format!("{number}.gif")), gif(None)).unwrap();
    }
    std::fs::write(folder.join("no.gif"), gif(PROHIBITED)).unwrap();
    std::fs::write(folder.join("no.txt"), "<script>alert(1)</script>").unwrap();
    std::fs::write(folder.join("no.json"), r#"{"url":"javascript:alert(1)","page_url":"https://a.example/?<i>"}"#)
        .unwrap();
    let output = sayso(&["check", "<b>pictures", "--html", "report.html", "--html-limit", "3"], dir.path());
    assert_eq!(output.status.code(), Some(1));
    let html = std::fs::read_to_string(dir.path().join("report.html")).unwrap();
    assert!(!dir.path().join("report.html.tmp").exists());
    assert!(html.contains("<h1>1 of 6 pictures is refused</h1>"));
    // Foreign text is text.
    assert!(!html.contains("<script") && !html.contains("<b>pictures") && !html.contains("href=\"javascript:"));
    assert!(html.contains("&#60;script&#62;alert(1)"), "{html}");
    assert!(html.contains("rel=\"noreferrer noopener\" href=\"https://a.example/?%3Ci%3E\""));
    // Nothing is loaded: every source is inside, and the policy allows no other.
    assert!(html.contains("content=\"default-src &#39;none&#39;; img-src data:; style-src &#39;sha256-"));
    assert!(html.matches("src=\"").count() == 3 && html.matches("src=\"data:image/jpeg;base64,").count() == 3);
    assert!(!html.contains("<link") && !html.contains("url(") && !html.contains("style=\""));
    // What is refused comes first, and what is not shown is counted.
    let (refused, admitted) = (html.find("id=\"refused\"").unwrap(), html.find("id=\"admitted\"").unwrap());
    let at = html.rfind("no.gif</bdi></h3>").unwrap();
    assert!(refused < at && at < admitted);
    assert!(html.contains("3 more are not shown here"));
    // Where it cannot be written is known before the work.
    let output = sayso(&["check", "<b>pictures", "--html", "nowhere/report.html"], dir.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
}

#[test]
fn the_json_is_one_document_with_a_picture_a_line() {
    let dir = tempfile::tempdir().unwrap();
    for number in 0..300 {
        std::fs::write(dir.path().join(format!("{number:03}.gif")), gif(None)).unwrap();
    }
    let output = sayso(&["check", ".", "--json", "--threads", "3"], dir.path());
    assert_eq!(output.status.code(), Some(0));
    let whole = json(&output);
    assert_eq!((whole["version"].as_u64(), whole["checked"].as_u64()), (Some(1), Some(300)));
    let said = text(&output);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 302);
    for (number, line) in lines[1..301].iter().enumerate() {
        let picture: serde_json::Value = serde_json::from_str(line.trim_end_matches(',')).unwrap();
        assert_eq!(picture["path"], format!("./{number:03}.gif"));
    }
    // Every member that is documented is there, and no other.
    let reference =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/check.md"));
    let reference = reference.unwrap();
    for object in [&whole, &whole["pictures"][0]] {
        for key in object.as_object().unwrap().keys() {
            assert!(reference.contains(&format!("| `{key}` |")), "{key} is not documented");
        }
    }
}

#[test]
fn shards_that_nobody_here_wrote_are_read() {
    let shared = std::env::var_os("SAYSO_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), Into::into);
    let folder = shared.join("anchors/datasets/clip-retrieval/test_tars");
    if !folder.is_dir() {
        eprintln!("skipped: no shared anchors");
        return;
    }
    let report = json(&sayso(&["check", folder.to_str().unwrap(), "--json"], Path::new(".")));
    assert_eq!((report["checked"].as_u64(), report["other_files"].as_u64()), (Some(11), Some(0)));
    assert_eq!(report["bad"].as_array().map(Vec::len), Some(0));
}

#[test]
fn licences_in_tables_are_heard_under_their_short_names() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    let rows = ["cc-by-nc-4.0", "CC BY-NC 4.0", "https://creativecommons.org/licenses/by-nc/4.0/", "cc-by-4.0", "cc0"];
    let row = |(number, licence): (usize, &&str)| {
        format!("{{\"url\":\"https://a.example/{number}.jpg\",\"license\":\"{licence}\"}}\n")
    };
    write("rows.jsonl", &rows.iter().enumerate().map(row).collect::<String>());
    write("own.toml", "name = \"no-nc\"\nbase = \"record\"\nrefuse-licences = [\"cc-by-nc\"]\n");
    let decisions = |policy: &str| -> Vec<String> {
        let report = json(&sayso(&["check", "rows.jsonl", "--policy", policy, "--json"], dir.path()));
        let pictures = report["pictures"].as_array().unwrap().iter();
        pictures.map(|picture| picture["decision"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(decisions("own.toml"), ["refused", "refused", "refused", "admitted", "admitted"]);
    assert_eq!(decisions("opt-in"), ["refused", "refused", "refused", "admitted", "admitted"]);
}

#[cfg(unix)]
#[test]
fn links_are_followed_to_files_and_counted_where_they_lead_elsewhere() {
    use std::os::unix::fs::symlink;
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(dir.path().join("set/sub")).unwrap();
    std::fs::create_dir(dir.path().join("store")).unwrap();
    std::fs::write(dir.path().join("store/a.gif"), gif(PROHIBITED)).unwrap();
    symlink(dir.path().join("store/a.gif"), dir.path().join("set/linked.gif")).unwrap();
    symlink(dir.path().join("set"), dir.path().join("set/sub/round")).unwrap();
    symlink(dir.path().join("nowhere"), dir.path().join("set/dangling.gif")).unwrap();
    let output = sayso(&["check", "set", "--json"], dir.path());
    let report = json(&output);
    assert_eq!((output.status.code(), &report["checked"], &report["refused"]), (Some(1), &1.into(), &1.into()));
    assert_eq!(bad(&report), counted(&[("link", 2)]));
}

#[cfg(unix)]
#[test]
fn a_name_that_is_no_text_can_be_found_again() {
    use std::os::unix::ffi::OsStrExt;
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("set")).unwrap();
    let name = std::ffi::OsStr::from_bytes(b"set/caf\xe9.gif");
    if std::fs::write(dir.path().join(name), gif(None)).is_err() {
        eprintln!("skipped: this file system takes names of UTF-8 alone");
        return;
    }
    std::fs::write(dir.path().join("set/plain.gif"), gif(None)).unwrap();
    let report = json(&sayso(&["check", "set", "--json"], dir.path()));
    let bytes = |number: usize| report["pictures"][number]["path_bytes"].as_str().map(str::to_owned);
    assert_eq!((bytes(0).as_deref(), bytes(1)), (Some("7365742f636166e92e676966"), None), "{report}");
}
