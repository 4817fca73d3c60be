//! `sayso hash`: somebody's own pictures, none of which leaves the machine.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod support;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use support::{json, said, sayso, text};
use tempfile::TempDir;

const HEAD: &str = "hash,quality,view,width,height,format,sha256,picture";

/// Made-up pictures of every kind, which the tests of decoding read, too.
fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../sayso-picture/tests/fixtures").join(name)
}

fn put(dir: &TempDir, from: &str, to: &str) {
    let to = dir.path().join(to);
    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
    std::fs::copy(fixture(from), to).unwrap();
}

#[test]
fn a_folder_becomes_rows_in_the_order_of_its_names() {
    let dir = TempDir::new().unwrap();
    put(&dir, "tiff_lzw.tiff", "b, with \"care\".tiff");
    put(&dir, "moves.png", "a.png");
    put(&dir, "moves.gif", "deeper/c.gif");
    std::fs::write(dir.path().join("notes.txt"), "not one").unwrap();
    std::fs::write(dir.path().join("table.csv"), "url\nhttps://example.org/a.jpg\n").unwrap();
    let output = sayso(&["hash", "."], dir.path());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let printed = text(&output);
    let rows: Vec<&str> = printed.lines().collect();
    assert_eq!(rows[0], HEAD);
    assert_eq!(rows.len(), 4);
    assert!(rows[1].contains(",original,48,32,png,") && rows[1].ends_with(",./a.png"), "{printed}");
    assert!(rows[2].ends_with(",\"./b, with \"\"care\"\".tiff\""), "{printed}");
    assert!(rows[3].ends_with(",./deeper/c.gif"), "{printed}");
    // The same pixels in another format.
    assert_eq!(rows[1].split(',').next().unwrap(), rows[2].split(',').next().unwrap());
    assert!(said(&output).starts_with("3 pictures hashed; 2 other files\n"), "{}", said(&output));
}

#[test]
fn all_turns_are_those_of_the_reference() {
    let dir = TempDir::new().unwrap();
    put(&dir, "tiff_lzw.tiff", "a.tiff");
    let output = json(&sayso(&["hash", "--dihedral", "--json", "a.tiff"], dir.path()));
    let hashes = output["pictures"][0]["hashes"].as_array().unwrap();
    let views: Vec<_> = hashes.iter().map(|hash| hash["view"].as_str().unwrap()).collect();
    let all = ["original", "rotate-90", "rotate-180", "rotate-270", "flip-x", "flip-y", "flip-plus-1", "flip-minus-1"];
    assert_eq!(views, all);
    let expected = std::fs::read_to_string(fixture("small.tsv")).unwrap();
    let expected: Vec<_> = expected.split_whitespace().collect();
    let found: Vec<_> = hashes.iter().map(|hash| hash["pdq"].as_str().unwrap()).collect();
    assert_eq!(found, expected[1..]);
    assert_eq!(hashes[0]["quality"].to_string(), expected[0]);
}

#[test]
fn one_picture_comes_on_standard_input() {
    let bytes = std::fs::read(fixture("progressive.jpg")).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_sayso"))
        .args(["hash", "-", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&bytes).unwrap();
    let piped = json(&child.wait_with_output().unwrap());
    let named = json(&sayso(&["hash", "--json", fixture("progressive.jpg").to_str().unwrap()], Path::new(".")));
    assert_eq!(piped["pictures"][0]["path"], "-");
    for fact in ["hashes", "sha256", "width", "height", "format"] {
        assert_eq!(piped["pictures"][0][fact], named["pictures"][0][fact]);
    }
}

#[test]
fn what_gives_no_hash_is_counted_by_kind_and_the_rest_goes_on() {
    let dir = TempDir::new().unwrap();
    put(&dir, "palette.png", "good.png");
    let jpeg = std::fs::read(fixture("subsampled.jpg")).unwrap();
    let bad: [(&str, &[u8], &str); 5] = [
        ("cut.jpg", &jpeg[..jpeg.len() / 2], "cut"),
        ("page.jpg", b"<!DOCTYPE html><title>404</title>", "not-a-picture"),
        ("nothing.png", b"", "empty"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "drawing"),
        // A picture of 30,000 x 30,000 pixels in fewer than a hundred bytes.
        ("huge.bmp", b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x30\x75\0\0\x30\x75\0\0\x01\0\x18\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "too-large"),
    ];
    for (name, bytes, _) in bad {
        std::fs::write(dir.path().join(name), bytes).unwrap();
    }
    let output = sayso(&["hash", ".", "--json"], dir.path());
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let printed = json(&output);
    assert_eq!((&printed["count"], &printed["version"]), (&1.into(), &1.into()));
    for (name, _, kind) in bad {
        let pictures = printed["pictures"].as_array().unwrap();
        let told = pictures.iter().find(|picture| picture["path"].as_str().unwrap().ends_with(name)).unwrap();
        assert_eq!(told["bad"]["kind"], kind, "{name}");
    }
    let output = sayso(&["hash", "."], dir.path());
    assert_eq!((output.status.code(), text(&output).lines().count()), (Some(3), 2));
    assert!(
        said(&output).contains("1 x a picture has too many pixels (too-large)\n  ./huge.bmp: "),
        "{}",
        said(&output)
    );
}

#[test]
fn little_to_see_is_said() {
    let dir = TempDir::new().unwrap();
    // Eight by eight black pixels, and one.
    let bitmap = |side: u8| {
        let mut bytes = b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec();
        bytes.extend([side, 0, 0, 0, side, 0, 0, 0, 1, 0, 24, 0]);
        bytes.resize(54 + usize::from(side) * usize::from(side).max(2) * 4, 0);
        bytes
    };
    std::fs::write(dir.path().join("flat.bmp"), bitmap(8)).unwrap();
    std::fs::write(dir.path().join("tiny.bmp"), bitmap(1)).unwrap();
    let output = sayso(&["hash", "flat.bmp", "tiny.bmp"], dir.path());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let printed = text(&output);
    assert!(printed.lines().nth(1).unwrap().contains(",0,original,8,8,bmp,"), "{printed}");
    assert!(printed.lines().nth(2).unwrap().starts_with(",,original,1,1,bmp,"), "{printed}");
    let said = said(&output);
    assert!(said.contains("1 picture: quality below 50, too little to see"), "{said}");
    assert!(said.contains("1 picture: too small for a hash"), "{said}");
}

#[test]
fn pictures_in_a_tar_are_hashed_too() {
    let dir = TempDir::new().unwrap();
    put(&dir, "palette.png", "shard/0001.png");
    let packed = Command::new("tar").args(["cf", "shard.tar", "shard"]).current_dir(dir.path()).status().unwrap();
    assert!(packed.success());
    let of = |input: &str| json(&sayso(&["hash", "--json", input], dir.path()))["pictures"][0].clone();
    let (inside, beside) = (of("shard.tar"), of("shard"));
    assert_eq!(inside["member"], "shard/0001.png");
    assert_eq!((&inside["hashes"], &inside["sha256"]), (&beside["hashes"], &beside["sha256"]));
}

#[test]
fn what_is_not_there_is_an_error_before_anything_is_hashed() {
    let dir = TempDir::new().unwrap();
    put(&dir, "palette.png", "a.png");
    let output = sayso(&["hash", "a.png", "missing.png"], dir.path());
    assert_eq!((output.status.code(), text(&output).as_str()), (Some(2), ""));
    assert!(said(&output).starts_with("error: cannot use `missing.png`"), "{}", said(&output));
    std::fs::create_dir(dir.path().join("empty")).unwrap();
    let output = sayso(&["hash", "empty"], dir.path());
    assert_eq!(output.status.code(), Some(3));
    assert!(said(&output).contains("(empty)"), "{}", said(&output));
}
