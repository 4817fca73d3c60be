//! `sayso check` and `sayso signals` on files as people have them.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

mod support;

use std::path::{Path, PathBuf};

use support::{json, sayso, text};

/// A GIF of one pixel with an XMP packet, as Adobe's tools write it.
fn gif(data_mining: Option<&str>) -> Vec<u8> {
    let mut gif = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff".to_vec();
    if let Some(value) = data_mining {
        let xmp = format!(
            "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\
             <rdf:Description xmlns:plus='http://ns.useplus.org/ldf/xmp/1.0/' plus:DataMining='{value}'/></rdf:RDF></x:xmpmeta>"
        );
        gif.extend_from_slice(b"\x21\xff\x0bXMP DataXMP");
        gif.extend_from_slice(xmp.as_bytes());
        // The "magic trailer" by which readers that know no XMP get over it.
        gif.push(1);
        gif.extend((0..=255).rev());
        gif.push(0);
    }
    gif.extend_from_slice(b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3b");
    gif
}

fn pictures(dir: &Path) -> PathBuf {
    let folder = dir.join("pictures");
    std::fs::create_dir_all(folder.join("deep")).unwrap();
    let prohibited = gif(Some("http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING"));
    std::fs::write(folder.join("plain.gif"), gif(None)).unwrap();
    std::fs::write(folder.join("deep/no.gif"), &prohibited).unwrap();
    std::fs::write(folder.join("deep/no.txt"), "a caption").unwrap();
    std::fs::write(folder.join("deep/no.json"), r#"{"url":"https://a.example/no.gif","caption":"other"}"#).unwrap();
    std::fs::write(folder.join("yes.gif"), gif(Some("http://ns.useplus.org/ldf/vocab/DMI-ALLOWED"))).unwrap();
    folder
}

#[test]
fn pictures_that_refuse_are_found_and_moved() {
    let dir = tempfile::tempdir().unwrap();
    let folder = pictures(dir.path());
    let checked = sayso(&["check", "pictures", "--purpose", "fine-tune", "--json"], dir.path());
    assert_eq!(checked.status.code(), Some(1));
    let report = json(&checked);
    assert_eq!((report["checked"].as_u64(), report["refused"].as_u64()), (Some(3), Some(1)));
    let refused = &report["pictures"][0];
    assert_eq!(refused["path"], "pictures/deep/no.gif");
    assert_eq!((&refused["decision"], &refused["stance"]), (&"refused".into(), &"disallowed".into()));
    assert_eq!((&refused["url"], &refused["caption"]), (&"https://a.example/no.gif".into(), &"other".into()));
    assert_eq!(refused["reasons"][0]["code"], "iptc-prohibited");
    // Nothing is said of being found: nobody is refused for that.
    assert_eq!(sayso(&["check", "pictures", "--purpose", "search"], dir.path()).status.code(), Some(0));
    // Under strict only what says yes stays, under opt-in too.
    for policy in ["strict", "opt-in"] {
        let report = json(&sayso(&["check", "pictures", "--policy", policy, "--json"], dir.path()));
        assert_eq!(report["refused"].as_u64(), Some(2), "{policy}");
    }
    let moved = sayso(&["check", "pictures", "--move-refused", "refused"], dir.path());
    assert_eq!(moved.status.code(), Some(1));
    for name in ["no.gif", "no.txt", "no.json"] {
        assert!(
            dir.path().join("refused/deep").join(name).is_file() && !folder.join("deep").join(name).exists(),
            "{name}"
        );
    }
    assert_eq!(sayso(&["check", "pictures"], dir.path()).status.code(), Some(0));
    // What is there already is not overwritten.
    pictures(dir.path());
    let again = sayso(&["check", "pictures", "--move-refused", "refused"], dir.path());
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again).contains("not moved: pictures/deep/no.gif: "), "{}", text(&again));
    // The picture and what lies beside it stay together: its source may be what refuses it.
    for name in ["no.gif", "no.txt", "no.json"] {
        assert!(folder.join("deep").join(name).exists(), "{name}");
    }
}

#[test]
fn a_site_is_told_what_it_says() {
    let dir = tempfile::tempdir().unwrap();
    let site = dir.path().join("site");
    std::fs::create_dir_all(site.join(".well-known")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(site.join(name), text).unwrap();
    write("robots.txt", "User-agent: *\nAllow: /\nContent-Usage: train-ai=y\n\nUser-agent: GPTBot\nDisallow: /\n");
    write("ai.txt", "User-Agent: *\nDisallow: *.jpg\nAllow: /\n");
    write(".well-known/tdmrep.json", r#"[{"location":"/","tdm-reservation":1}]"#);
    write(
        "index.html",
        "<html><meta name=robots content='noai\u{1b}[31m'><meta name=tdm-reservation content=0></html>",
    );
    let output = sayso(&["signals", "site", "--for", "https://a.example/a.jpg"], dir.path());
    assert_eq!(output.status.code(), Some(0));
    let said = text(&output);
    assert!(!said.contains('\u{1b}'), "a terminal gets nothing to obey");
    for line in [
        "no  train-ai     the page's site's /ai.txt with `Disallow: *.jpg` (line 2)",
        "contradiction on train-ai: the reservation counts",
        "not there: rsl",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    let report = json(&sayso(&["signals", "site", "--for", "https://a.example/a.jpg", "--json"], dir.path()));
    assert_eq!(report["verdicts"]["train-genai"]["stance"], "disallowed");
    // The page's own header takes back what the file of its site says: TDMRep's sequence.
    assert_eq!(report["verdicts"]["data-mining"]["stance"], "unknown");
    let kinds: Vec<_> = report["sources"].as_array().unwrap().iter().map(|source| &source["kind"]).collect();
    assert_eq!(kinds, ["tdmrep", "ai-txt", "html", "robots-txt"]);
    // What says nothing is no error, but the answer is no; what can say nothing is one.
    write("empty.html", "<html></html>");
    assert_eq!(sayso(&["signals", "site/empty.html"], dir.path()).status.code(), Some(1));
    write("notes.txt", "a note");
    let error = sayso(&["signals", "site/notes.txt"], dir.path());
    assert_eq!(error.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&error.stderr).contains("\nhint: "));
}

#[test]
fn pictures_that_nobody_here_made_say_what_others_read_in_them() {
    let shared = std::env::var_os("SAYSO_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let folder = shared.join("anchors/pictures");
    if !folder.is_dir() {
        eprintln!("skipped: no shared anchors");
        return;
    }
    let folder = folder.to_str().unwrap();
    let output = sayso(&["check", &format!("{folder}/c2pa"), &format!("{folder}/iptc"), "--json"], Path::new("."));
    let report = json(&output);
    let refused: Vec<_> = report["pictures"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|picture| picture["decision"] == "refused")
        .map(|picture| picture["path"].as_str().unwrap().rsplit('/').next().unwrap())
        .collect();
    assert_eq!(refused, ["c2pa-not-allowed.png", "cawg-not-allowed.jpg", "IPTC-PhotometadataRef-Std2024.1.jpg"]);
}
