//! `sayso reserve` writes into pictures what it was told, and nothing else into them.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use support::{json, said, sayso, text};

const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../sayso-consent/tests/embedded/files");

/// A folder with some pictures in it, and a file that is none.
fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("in/deep")).unwrap();
    for (name, to) in [("plain.jpg", "in/a.jpg"), ("plain.png", "in/deep/b.png"), ("lossy.webp", "in/deep/c.webp")] {
        fs::copy(Path::new(FILES).join(name), dir.path().join(to)).unwrap();
    }
    fs::write(dir.path().join("in/a.txt"), "a caption").unwrap();
    dir
}

fn bytes_below(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let (mut folders, mut files) = (vec![folder.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push((path.clone(), fs::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

#[test]
fn every_wish_is_read_again_or_named() {
    let dir = tempfile::tempdir().unwrap();
    let (no, yes, unknown) = ("disallowed", "allowed", "unknown");
    let categories = ["search", "data-mining", "train-ai", "train-genai", "fine-tune", "ai-input"];
    for (number, (wishes, status, understood)) in [
        (&["--no", "data-mining"][..], 3, [unknown, no, no, no, no, no]),
        (&["--no", "train-ai", "--creator", "Ana"], 3, [unknown, unknown, no, no, no, unknown]),
        (&["--no", "train-genai"], 3, [unknown, unknown, unknown, no, no, unknown]),
        (&["--yes", "data-mining"], 3, [unknown, yes, yes, yes, yes, unknown]),
        // What IPTC has no words for is told, and stands in the picture for people.
        (&["--no", "fine-tune"], 3, [unknown; 6]),
    ]
    .into_iter()
    .enumerate()
    {
        let out = format!("out{number}");
        let mut arguments = vec!["reserve", FILES, "-o", &out, "--json"];
        arguments.extend(wishes);
        let output = sayso(&arguments, dir.path());
        assert_eq!(output.status.code(), Some(status), "{wishes:?}: {}", String::from_utf8_lossy(&output.stderr));
        let report = json(&output);
        let pictures = report["pictures"].as_array().unwrap();
        assert_eq!(pictures.len(), 21, "{wishes:?}");
        // The sequence of pictures is the one that cannot be written, and is told.
        assert_eq!(report["failed"].as_array().unwrap().len(), 1, "{wishes:?}");
        assert!(report["failed"][0]["path"].as_str().unwrap().ends_with("animated.avif"));
        assert!(!dir.path().join(&out).join("animated.avif").exists());
        for picture in pictures {
            for (category, stance) in categories.iter().zip(understood) {
                assert_eq!(picture["understood"][category], stance, "{wishes:?} {category} {picture}");
            }
            let unsaid = picture["unsaid"].as_array().unwrap();
            assert_eq!(unsaid.len(), usize::from(wishes.contains(&"fine-tune")), "{wishes:?}");
            // The other command reads the same in the file.
            let path = picture["path"].as_str().unwrap();
            let read = json(&sayso(&["signals", path, "--json"], dir.path()));
            for (category, stance) in categories.iter().zip(understood) {
                assert_eq!(read["verdicts"][category]["stance"], stance, "{wishes:?} {category} {path}");
            }
        }
    }
}

#[test]
fn copies_leave_the_originals_and_each_other_alone() {
    let dir = folder();
    let before = bytes_below(&dir.path().join("in"));
    let output = sayso(&["reserve", "in", "--no", "train-genai", "-o", "out"], dir.path());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("out/deep/b.png: written\n  read again: no to train-genai\n"), "{text}");
    assert!(text.ends_with("3 pictures done; 0 left as they are; 1 other file\n"), "{text}");
    assert_eq!(bytes_below(&dir.path().join("in")), before);
    let first = bytes_below(&dir.path().join("out"));
    assert_eq!(first.len(), 3);
    // Nothing is overwritten, and nothing is written before that is known.
    for arguments in [&["in/deep/b.png", "in/a.jpg", "-o", "out"][..], &["in/a.jpg", "in", "-o", "new"]] {
        let mut all = vec!["reserve", "--no", "data-mining"];
        all.extend(arguments);
        let output = sayso(&all, dir.path());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("\nhint: "), "{arguments:?}");
    }
    assert_eq!(bytes_below(&dir.path().join("out")), first);
    assert!(!dir.path().join("new").exists());
}

#[test]
fn in_place_a_picture_is_replaced_whole_and_once() {
    let dir = folder();
    let picture = dir.path().join("in/a.jpg");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&picture, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink("in/a.jpg", dir.path().join("link.jpg")).unwrap();
    }
    let run =
        || sayso(&["reserve", "in", "--no", "train-ai", "--rights", "(c) Ana", "--in-place", "--json"], dir.path());
    let report = json(&run());
    assert!(report["pictures"].as_array().unwrap().iter().all(|picture| picture["changed"] == true), "{report}");
    let first = bytes_below(&dir.path().join("in"));
    assert_eq!(first.len(), 4, "no temporary file is left");
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
        assert_eq!(fs::metadata(&picture).unwrap().permissions().mode() & 0o777, 0o640);
        // Said again, the file is not even touched.
        let inode = fs::metadata(&picture).unwrap().ino();
        let report = json(&run());
        assert!(report["pictures"].as_array().unwrap().iter().all(|picture| picture["changed"] == false), "{report}");
        assert_eq!(fs::metadata(&picture).unwrap().ino(), inode);
        // A link stays one.
        let output = sayso(&["reserve", "link.jpg", "--no", "data-mining", "--in-place"], dir.path());
        assert_eq!(output.status.code(), Some(0));
        assert!(fs::symlink_metadata(dir.path().join("link.jpg")).unwrap().is_symlink());
        assert_ne!(fs::read(&picture).unwrap(), first[0].1);
    }
}

#[test]
fn broken_pictures_are_left_and_told() {
    let dir = folder();
    let bytes = fs::read(dir.path().join("in/a.jpg")).unwrap();
    fs::write(dir.path().join("in/cut.jpg"), &bytes[..200]).unwrap();
    fs::write(dir.path().join("in/bad.svg"), "<svg xmlns='http://www.w3.org/2000/svg'><g>").unwrap();
    let output = sayso(&["reserve", "in", "--no", "train-ai", "--in-place"], dir.path());
    assert_eq!(output.status.code(), Some(3));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("in/cut.jpg: left as it is, its file ends before"), "{text}");
    assert!(text.contains("in/bad.svg: left as it is, the SVG breaks off"), "{text}");
    assert!(text.ends_with("3 pictures done; 2 left as they are; 1 other file\n"), "{text}");
    assert_eq!(fs::read(dir.path().join("in/cut.jpg")).unwrap(), bytes[..200]);
}

#[test]
fn nonsense_is_refused_with_a_hint() {
    let dir = folder();
    let before = bytes_below(dir.path());
    for arguments in [
        &["in", "missing.jpg", "--no", "train-ai", "-o", "new"][..],
        &["in/a.txt", "--no", "train-ai", "-o", "new"],
        &["in", "-o", "new"],
        &["in", "--no", "train-ai", "--yes", "train-genai", "-o", "new"],
        &["in", "https://example.org", "--no", "train-ai", "-o", "new"],
        &["https://example.org", "--no", "train-ai", "-o", "new", "--creator", "Ana"],
        &["https://example.org", "--no", "train-ai", "--in-place"],
        &["in", "--no", "train-ai", "-o", "new", "--licence", "javascript:alert(1)"],
        &["in", "--no", "train-ai", "-o", "new", "--creator", "a\nb"],
        &["in", "--no", "train-ai", "-o", "new", "--creator", " "],
        &["in", "--no", "train-ai", "-o", "new", "--sign", "none.pem", "none.pem"],
    ] {
        let mut all = vec!["reserve"];
        all.extend(arguments);
        let output = sayso(&all, dir.path());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("\nhint: "), "{arguments:?}");
    }
    assert_eq!(bytes_below(dir.path()), before);
}

#[test]
fn what_breaks_off_is_left_and_named_and_nothing_to_do_is_an_error() {
    let dir = folder();
    let whole = fs::read(Path::new(FILES).join("plain.jpg")).unwrap();
    fs::write(dir.path().join("in/cut.jpg"), &whole[..whole.len() - 20]).unwrap();
    let output = sayso(&["reserve", "in", "--no", "train-ai", "-o", "out", "--json"], dir.path());
    let report = json(&output);
    assert_eq!((output.status.code(), report["pictures"].as_array().unwrap().len()), (Some(3), 3));
    assert_eq!(report["failed"][0]["path"], "in/cut.jpg");
    assert!(report["failed"][0]["error"].as_str().unwrap().contains("ends before the picture"), "{report}");
    assert!(!dir.path().join("out/cut.jpg").exists());
    let forced = sayso(&["reserve", "in/cut.jpg", "--no", "train-ai", "-o", "forced", "--force"], dir.path());
    assert!(forced.status.success(), "{forced:?}");
    fs::create_dir(dir.path().join("empty")).unwrap();
    let output = sayso(&["reserve", "empty", "--no", "train-ai", "-o", "none"], dir.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("no picture lies in it"), "{}", said(&output));
}

#[test]
fn a_wish_without_words_is_not_called_said() {
    let dir = folder();
    let output = sayso(&["reserve", "in/a.jpg", "--yes", "train-ai", "-o", "out"], dir.path());
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output);
    assert!(told.contains("no property") && !told.contains("said so already"), "{told}");
}
