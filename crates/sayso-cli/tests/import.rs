//! Tables of other people become datasets: what is recognised, what is kept, what is kept aside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "tests")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

fn sayso(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sayso")).args(arguments).output().unwrap()
}

fn import(inputs: &[&Path], out: &Path, more: &[&str]) -> (Value, i32) {
    let mut arguments = vec!["import"];
    arguments.extend(inputs.iter().map(|input| input.to_str().unwrap()));
    arguments.extend(["-o", out.to_str().unwrap(), "--json"]);
    arguments.extend(more);
    let output = sayso(&arguments);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {stderr}"));
    (report, output.status.code().unwrap())
}

fn search(dir: &Path, query: &str) -> Vec<Value> {
    let output = sayso(&["search", dir.to_str().unwrap(), query, "--json", "-n", "100"]);
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    found["hits"].as_array().unwrap().clone()
}

fn aside(dir: &Path) -> Vec<Value> {
    let lines = fs::read_to_string(dir.join("aside.jsonl")).unwrap_or_default();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_stray_quotation_mark_costs_one_row() {
    let dir = tempfile::tempdir().unwrap();
    let table = dir.path().join("t.csv");
    let mut text = String::from("\u{feff}URL,TEXT,similarity,note\n");
    for row in 0..10_000 {
        writeln!(text, "https://h{}.example/{row}.jpg,\"picture, number {row}\",0.{row:05},n", row % 7).unwrap();
        if row == 5_000 {
            text += "https://h.example/stray.jpg,\"never closed,0.5,n\n";
        }
    }
    // Rows in which something else is wrong.
    text += "https://h.example/a.jpg,,0.5,n\n,a caption,0.5,n\nftp://h.example/b.jpg,a caption,0.5,n\n";
    text += "https://h.example/c.jpg,a caption,high,n\nhttps://h.example/d.jpg,a caption,0.5\n";
    text += "https://h.example/0.jpg,\"two\nlines\",NaN,=1+1\n";
    fs::write(&table, text).unwrap();
    let out = dir.path().join("out");
    let (report, status) = import(&[&table], &out, &[]);
    assert_eq!(status, 3);
    assert_eq!(report["samples"], 10_001);
    assert_eq!(report["rows"], 10_007);
    let counts: Vec<(&String, u64)> = report["aside"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(kind, count)| (kind, count["count"].as_u64().unwrap()))
        .collect();
    let expected = [("no-url", 1), ("not-a-url", 1), ("no-caption", 1), ("fields", 2), ("wrong-type", 1)];
    assert!(counts.iter().map(|(kind, count)| (kind.as_str(), *count)).eq(expected), "{counts:?}");
    let rows = aside(&out);
    assert_eq!(rows.len(), 6);
    assert_eq!(rows[0]["row"], 5_001);
    assert_eq!(rows[0]["content"], "https://h.example/stray.jpg,\"never closed,0.5,n");
    assert_eq!(report["inputs"][0]["roles"], json!({"url": "URL", "caption": "TEXT", "similarity": "similarity"}));
    assert_eq!(report["inputs"][0]["kept"], json!(["similarity", "note"]));
    assert_eq!(search(&out, "\"two lines\"").len(), 1);
    assert_eq!(search(&out, "\"number 5001\"").len(), 1);
    // The same command again finds it done, another one does not overwrite it.
    assert_eq!(import(&[&table], &out, &[]).0, report);
    let refused = sayso(&["import", table.to_str().unwrap(), "-o", out.to_str().unwrap(), "--shard-rows", "5"]);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn tables_without_header_are_recognised() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let cc3m = write("cc3m.tsv", "a dog\thttps://a.example/1.jpg\nthe \"sea\thttps://a.example/2.jpg\n");
    let cc12m = write("cc12m.tsv", "https://a.example/3.jpg\ta cat\nhttps://a.example/4.jpg\ta bird\n");
    let yfcc = write(
        "yfcc.tsv",
        "1\tabc@N00\tana\t2010-01-01\t1\tcam\tthe+old+bridge%21\tat+dawn\tbridge\t\t\t\t\thttp://www.flickr.com/photos/abc@N00/1/\t\
         http://farm1.staticflickr.com/1/1_a.jpg\tAttribution License\thttp://creativecommons.org/licenses/by/2.0/\t1\t1\ta\tb\tjpg\t0\n",
    );
    for (path, dataset, samples, query) in [
        (cc3m, "Conceptual Captions 3M", 2, "sea"),
        (cc12m, "Conceptual 12M", 2, "bird"),
        (yfcc, "YFCC100M", 1, "\"the old bridge\""),
    ] {
        let out = dir.path().join(dataset);
        let (report, status) = import(&[&path], &out, &[]);
        assert_eq!((status, &report["samples"]), (0, &json!(samples)), "{dataset}");
        assert_eq!(report["inputs"][0]["dataset"], dataset);
        assert_eq!(search(&out, query).len(), 1, "{dataset}");
    }
}

#[test]
fn columns_that_nobody_knows_are_mapped() {
    let dir = tempfile::tempdir().unwrap();
    let table = dir.path().join("t.csv");
    fs::write(&table, "BILD,WORTE\nhttps://a.example/1.jpg,ein Hund\n").unwrap();
    let out = dir.path().join("out");
    let refused = sayso(&["import", table.to_str().unwrap(), "-o", out.to_str().unwrap()]);
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2));
    for part in ["`BILD`, `WORTE`", "hint: name it, such as --map url=BILD"] {
        assert!(message.contains(part), "{message}");
    }
    let wrong = sayso(&["import", table.to_str().unwrap(), "-o", out.to_str().unwrap(), "--map", "url=BILDER"]);
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("no column `BILDER`"));
    let (report, status) = import(&[&table], &out, &["--map", "url=BILD,caption=WORTE"]);
    assert_eq!((status, &report["samples"]), (0, &json!(1)));
}

#[test]
fn json_is_read_by_lines_and_as_one_document() {
    let dir = tempfile::tempdir().unwrap();
    let lines = dir.path().join("a.jsonl");
    let mut text = String::new();
    for row in 0..3_000 {
        text += &json!({"url": format!("https://a.example/{row}"), "text": format!("row {row}"), "tags": ["x", row], "n": row})
            .to_string();
        text += "\n";
    }
    text += "{\"url\": \"https://a.example/new\", \"text\": \"a new key\", \"later\": true}\n";
    text += "no json\n\n{\"url\": \"https://a.example/t\", \"text\": \"wrong\", \"n\": \"many\"}\n[1]\n";
    fs::write(&lines, text).unwrap();
    let (report, status) = import(&[&lines], &dir.path().join("lines"), &[]);
    assert_eq!((status, &report["samples"]), (3, &json!(3_001)));
    assert_eq!(report["aside"]["not-json"]["count"], 2);
    assert_eq!(report["aside"]["wrong-type"]["count"], 1);
    assert_eq!(report["inputs"][0]["kept"], json!(["tags", "n", "further_keys"]));
    let document = dir.path().join("cats.json");
    let annotations: Vec<Value> = (0..500)
        .map(|n| {
            json!({"image_id": format!("x{n}"), "author": "ana", "url": format!("https://i.example/{n}.jpg"),
                "raw_caption": "A {curly} \"cat\"]", "caption": format!("a cat {n}"), "subreddit": "cats"})
        })
        .collect();
    fs::write(&document, json!({"info": {"start": 1}, "annotations": annotations}).to_string()).unwrap();
    let out = dir.path().join("document");
    let (report, status) = import(&[&document], &out, &[]);
    assert_eq!((status, &report["samples"], &report["inputs"][0]["dataset"]), (0, &json!(500), &json!("RedCaps")));
    assert_eq!(search(&out, "creator:ana").len(), 100);
}

#[test]
fn captions_say_who_made_it_in_which_language_and_sometimes_too_much() {
    let dir = tempfile::tempdir().unwrap();
    let table = dir.path().join("t.jsonl");
    let rows = [
        json!({"url": "https://a.example/1.jpg", "text": "A harbour at dawn, painting by Ana Okonkwo", "similarity": 0.31, "width": 600, "height": 400}),
        json!({"url": "https://a.example/2.jpg", "text": "Ein altes Haus am Rande der Stadt mit einem Garten", "similarity": 0.22, "width": 60, "height": 40}),
        json!({"url": "https://a.example/3.jpg", "text": "Contact us at studio@mail.example or +44 20 7946 0958", "similarity": 0.5}),
        json!({"url": "https://b.example/4.jpg", "text": "the listed one, zdzislaw beksinski style", "artist": "Turner, Joseph Mallord William"}),
        json!({"url": "https://b.example/5.jpg", "text": "in the manner of zdzislaw beksinski"}),
        json!({"url": "https://www.deviantart.com/some-one/art/6.jpg", "text": "dragon"}),
    ];
    fs::write(&table, rows.map(|row| row.to_string()).join("\n")).unwrap();
    let names = dir.path().join("names.txt");
    fs::write(&names, "Zdzisław Beksiński\n").unwrap();
    let out = dir.path().join("out");
    let (report, status) = import(&[&table], &out, &["--names", names.to_str().unwrap()]);
    assert_eq!((status, &report["samples"]), (0, &json!(6)));
    assert_eq!(report["personal"], json!({"e-mail": 1, "phone": 1}));
    let found = |query: &str| -> Vec<String> {
        let mut urls: Vec<String> = search(&out, query)
            .iter()
            .map(|hit| hit["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned())
            .collect();
        urls.sort();
        urls
    };
    assert_eq!(found("creator:\"Ana Okonkwo\""), ["1.jpg"]);
    assert_eq!(found("creator:\"Joseph Mallord William Turner\""), ["4.jpg"]);
    assert_eq!(found("creator:\"Zdzisław Beksiński\""), ["5.jpg"]);
    assert_eq!(found("creator:some-one"), ["6.jpg"]);
    assert_eq!(found("language:de"), ["2.jpg"]);
    assert_eq!(found("similarity:>=0.3"), ["1.jpg", "3.jpg"]);
    assert_eq!(found("similarity:<0.3"), ["2.jpg"]);
    assert_eq!(found("side:512..768 -language:de"), ["1.jpg"]);
    let wrong = sayso(&["search", out.to_str().unwrap(), "similarity:>=0.311"]);
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("ask for 0.3 or 0.32"));
    let dropped = dir.path().join("dropped");
    let (report, _) = import(&[&table], &dropped, &["--drop-personal"]);
    assert_eq!((&report["samples"], &report["exclusions_by_reason"]), (&json!(5), &json!({"personal-data": 1})));
    assert!(!search(&out, "studio").is_empty() && search(&dropped, "studio").is_empty());
    // The indexes can be made anew of the samples, with the same answers.
    fs::remove_dir_all(out.join("index")).unwrap();
    assert_eq!(sayso(&["index", out.to_str().unwrap()]).status.code(), Some(0));
    assert_eq!(found("similarity:>=0.3 language:en"), ["1.jpg", "3.jpg"]);
}

#[test]
fn what_was_imported_is_handed_out_again() {
    let dir = tempfile::tempdir().unwrap();
    let table = dir.path().join("t.jsonl");
    let rows = [
        json!({"url": "https://a.example/1.jpg", "text": "=HYPERLINK(\"https://evil.example\")", "score": 0.3, "tags": ["x"]}),
        json!({"url": "https://a.example/2.jpg", "text": "two, or \"more\"", "score": 1.5}),
        json!({"url": "https://b.example/3.jpg", "text": "write to ana@mail.example", "license": "CC BY 4.0"}),
    ];
    fs::write(&table, rows.map(|row| row.to_string()).join("\n")).unwrap();
    let out = dir.path().join("out");
    import(&[&table], &out, &[]);
    let export = |more: &[&str]| {
        let mut arguments = vec!["export", out.to_str().unwrap()];
        arguments.extend(more);
        let output = sayso(&arguments);
        (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
    };
    let (csv, status) = export(&["--columns", "url,caption,score,licence"]);
    assert_eq!(status, 0);
    assert_eq!(
        csv,
        "url,caption,score,licence\r\n\
         https://a.example/1.jpg,\"'=HYPERLINK(\"\"https://evil.example\"\")\",0.3,\r\n\
         https://a.example/2.jpg,\"two, or \"\"more\"\"\",1.5,\r\n\
         https://b.example/3.jpg,write to ana@mail.example,,cc-by-4.0\r\n"
    );
    assert_eq!(export(&["--query", "licence:cc-by", "--format", "urls"]).0, "https://b.example/3.jpg\n");
    assert!(export(&["--query", "write", "--mask-personal"]).0.contains("[e-mail]"));
    assert_eq!(export(&["--query", "nowhere", "--columns", "url,caption"]), ("url,caption\r\n".to_owned(), 1));
    assert_eq!(export(&["--columns", "nothing"]).1, 2);
    let (lines, _) = export(&["--format", "jsonl", "--limit", "1"]);
    let line: Value = serde_json::from_str(&lines).unwrap();
    assert_eq!((&line["score"], &line["record"]["offset"]), (&json!(0.3), &json!(0)));
    // Its own Parquet and its own CSV are tables like others.
    for name in ["again.parquet", "again.csv"] {
        let file = dir.path().join(name);
        assert_eq!(export(&["-o", file.to_str().unwrap()]).1, 0);
        let again = dir.path().join(name.replace('.', "-"));
        let (report, status) = import(&[&file], &again, &[]);
        assert_eq!((status, &report["samples"]), (0, &json!(3)), "{name}: {report}");
        assert_eq!(search(&again, "licence:cc-by")[0]["uid"], search(&out, "licence:cc-by")[0]["uid"], "{name}");
    }
}

#[test]
fn two_datasets_are_compared() {
    let dir = tempfile::tempdir().unwrap();
    let table = |name: &str, rows: std::ops::Range<u32>| {
        let path = dir.path().join(format!("{name}.csv"));
        let mut text = String::from("url,caption\n");
        for row in rows {
            writeln!(text, "https://h{}.example/{row}.jpg,picture {row}", row % 3).unwrap();
        }
        fs::write(&path, text).unwrap();
        let out = dir.path().join(name);
        import(&[&path], &out, &["--shard-rows", "70"]);
        out
    };
    let (old, new) = (table("old", 0..300), table("new", 30..320));
    let compare = |first: &Path, second: &Path| {
        let output = sayso(&["compare", first.to_str().unwrap(), second.to_str().unwrap(), "--json"]);
        (serde_json::from_slice::<Value>(&output.stdout).unwrap(), output.status.code().unwrap())
    };
    let (found, status) = compare(&old, &new);
    assert_eq!((status, &found["both"]), (1, &json!(270)));
    assert_eq!((&found["alone"][0]["only"], &found["alone"][1]["only"]), (&json!(30), &json!(20)));
    assert_eq!(found["alone"][0]["domains"][0], json!({"value": "h0.example", "count": 10}));
    let urls: Vec<&str> = found["alone"][1]["examples"]
        .as_array()
        .unwrap()
        .iter()
        .map(|sample| sample["url"].as_str().unwrap())
        .collect();
    let number = |url: &str| url.rsplit('/').next().unwrap().trim_end_matches(".jpg").parse::<u32>().unwrap();
    assert!(urls.len() == 20 && urls.iter().all(|url| number(url) >= 300), "{urls:?}");
    assert_eq!(compare(&old, &old).1, 0);
}

/// A member of a tar as ustar has it.
fn member(tar: &mut Vec<u8>, name: &str, kind: u8, bytes: &[u8]) {
    let mut header = [0_u8; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[100..108].copy_from_slice(b"0000644\0");
    header[124..136].copy_from_slice(format!("{:011o}\0", bytes.len()).as_bytes());
    header[156] = kind;
    header[257..263].copy_from_slice(b"ustar\0");
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    tar.extend_from_slice(&header);
    tar.extend_from_slice(bytes);
    tar.resize(tar.len().next_multiple_of(512), 0);
}

#[test]
fn pictures_in_folders_and_tars_come_with_their_facts() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("folder");
    fs::create_dir_all(folder.join("deep")).unwrap();
    let picture = |seed: u32| {
        let pixels = image::RgbImage::from_fn(96, 64, |x, y| {
            image::Rgb([(x * seed % 251) as u8, (y * 3 * seed % 241) as u8, ((x * y + seed) % 239) as u8])
        });
        let mut bytes = Vec::new();
        pixels.write_to(&mut std::io::Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
        bytes
    };
    fs::write(folder.join("a.png"), picture(3)).unwrap();
    fs::write(folder.join("a.txt"), "a picture with words beside it").unwrap();
    fs::write(folder.join("deep/b c.png"), picture(5)).unwrap();
    fs::write(folder.join("metadata.jsonl"), "{\"file_name\": \"deep/b c.png\", \"text\": \"told by the folder\"}\n")
        .unwrap();
    fs::write(folder.join("silent.png"), picture(7)).unwrap();
    fs::write(folder.join("broken.png"), b"\x89PNG\r\n\x1a\nnothing").unwrap();
    fs::write(folder.join("broken.txt"), "a broken one").unwrap();
    // A folder has metadata of its own, with a line that is broken; a sidecar is, too; a tar is an input of its own.
    fs::create_dir(folder.join("own")).unwrap();
    fs::write(folder.join("own/d.png"), picture(17)).unwrap();
    fs::write(folder.join("own/metadata.jsonl"), "no json\n{\"file_name\": \"d.png\", \"caption\": \"told nearby\"}\n")
        .unwrap();
    fs::write(folder.join("e.png"), picture(19)).unwrap();
    fs::write(folder.join("e.json"), "{\"caption\": ").unwrap();
    // Two say who made it and under which licence: which of them holds, nobody here can know. Where case does not count it is one file.
    fs::write(folder.join("f.png"), picture(29)).unwrap();
    fs::write(folder.join("f.json"), "{\"caption\": \"a sail\", \"license\": \"cc-by-4.0\"}").unwrap();
    fs::write(folder.join("f.JSON"), "{\"caption\": \"a sail\", \"license\": \"cc-by-nc-4.0\"}").unwrap();
    let are_two = fs::read_to_string(folder.join("f.json")).unwrap().contains("cc-by-4.0");
    let mut inner = Vec::new();
    member(&mut inner, "in.png", b'0', &picture(23));
    member(&mut inner, "in.txt", b'0', b"a picture in a tar");
    fs::write(folder.join("own/inner.tar"), &inner).unwrap();
    let out = dir.path().join("of-folder");
    let (report, status) = import(&[&folder], &out, &[]);
    let samples = 5 + u64::from(!are_two);
    assert_eq!((status, &report["samples"], &report["duplicates"]), (3, &json!(samples), &json!(0)), "{report}");
    let kept: Vec<(String, u64)> = report["aside"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(kind, count)| (kind.clone(), count["count"].as_u64().unwrap()))
        .collect();
    let sidecars = 1 + u64::from(are_two);
    let expected = [("no-caption".to_owned(), 1), ("not-json".to_owned(), 1), ("sidecar".to_owned(), sidecars)];
    assert_eq!(kept, expected, "{report}");
    if are_two {
        assert!(aside(&out).iter().any(|row| row["message"].as_str().unwrap().contains("2 of them lie beside it")));
    }
    let bad = aside(&out).into_iter().find(|row| row["reason"] == "not-json").unwrap();
    assert_eq!((&bad["file"], &bad["row"]), (&json!("own/metadata.jsonl"), &json!(0)));
    assert_eq!(search(&out, "\"told nearby\"")[0]["url"], "file:own/d.png");
    assert_eq!(search(&out, "\"in a tar\"").len(), 1);
    assert_eq!(report["undecoded"]["count"], 1);
    let told = search(&out, "\"told by the folder\"");
    assert_eq!(told[0]["url"], "file:deep/b%20c.png");
    assert_eq!((&told[0]["width"], &told[0]["height"]), (&json!(96), &json!(64)));
    // What it looks like is known, so that it is found by a copy.
    let copy = dir.path().join("copy.png");
    fs::write(&copy, picture(5)).unwrap();
    let found = sayso(&["match", out.to_str().unwrap(), copy.to_str().unwrap(), "--json"]);
    assert_eq!(found.status.code(), Some(0), "{}", String::from_utf8_lossy(&found.stderr));
    assert!(String::from_utf8_lossy(&found.stdout).contains("b%20c.png"));

    let mut tar = Vec::new();
    for (key, seed) in [("000000000", 11), ("000000001", 13)] {
        member(&mut tar, &format!("{key}.jpg"), b'0', &picture(seed));
        let sidecar = json!({"url": format!("https://a.example/{key}.jpg"), "caption": format!("number {key}"), "key": key,
            "status": "success", "error_message": null, "width": 1, "height": 1, "original_width": 960});
        member(&mut tar, &format!("{key}.json"), b'0', sidecar.to_string().as_bytes());
        member(&mut tar, &format!("{key}.txt"), b'0', b"not this");
    }
    member(&mut tar, "../../out.png", b'0', &picture(2));
    member(&mut tar, "link.png", b'2', &[]);
    tar.resize(tar.len() + 1024, 0);
    let shards = dir.path().join("shards");
    fs::create_dir(&shards).unwrap();
    fs::write(shards.join("00000.tar"), &tar).unwrap();
    // What describes the shard once more is not read.
    fs::write(shards.join("00000.parquet"), b"no table").unwrap();
    fs::write(shards.join("00000_stats.json"), b"{}").unwrap();
    let out = dir.path().join("of-tar");
    let (report, status) = import(&[&shards], &out, &[]);
    assert_eq!((status, &report["samples"]), (3, &json!(2)), "{report}");
    assert_eq!(report["aside"]["unsafe-path"]["count"], 1);
    assert_eq!(report["inputs"][0]["dataset"], "img2dataset");
    let hits = search(&out, "number");
    assert_eq!(hits[0]["width"], 96, "the picture's own width counts");
}

#[test]
fn real_tables_and_tars_are_read() {
    let shared = std::env::var_os("SAYSO_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), std::path::PathBuf::from);
    let anchors = shared.join("anchors/datasets");
    if !anchors.is_dir() {
        eprintln!("skipped: no shared anchors");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let tate = dir.path().join("tate");
    let (report, status) = import(&[&anchors.join("tate/artworks.jsonl.gz")], &tate, &[]);
    assert_eq!((status, &report["samples"]), (0, &json!(69_202)));
    let mut truth = std::collections::BTreeMap::<String, u64>::new();
    let file = fs::File::open(anchors.join("tate/artworks.jsonl.gz")).unwrap();
    for line in std::io::BufRead::lines(std::io::BufReader::new(flate2::read::GzDecoder::new(file))) {
        let row: Value = serde_json::from_str(&line.unwrap()).unwrap();
        *truth.entry(row["all_artists"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    for artist in [
        "George Jones",
        "William Daniell",
        "Joseph Beuys",
        "Tom Phillips",
        "Andy Warhol",
        "Alexander Cozens",
        "Thomas Stothard",
        "David Hockney",
        "Paul Klee",
        "Tracey Emin",
    ] {
        // Whoever is named together with others is found, too.
        let expected: u64 = truth.iter().filter(|(name, _)| names(name, artist)).map(|(_, count)| count).sum();
        let output = sayso(&["search", tate.to_str().unwrap(), &format!("creator:\"{artist}\""), "--json"]);
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(found["total"].as_u64(), Some(expected), "{artist}");
        assert!(expected > 0, "{artist}");
    }
    let table = dir.path().join("table");
    let (report, status) = import(&[&anchors.join("img2dataset/test_1000.parquet")], &table, &[]);
    assert_eq!((status, &report["rows"], &report["aside"]["not-a-url"]["count"]), (3, &json!(1000), &json!(1)));
    let tars = dir.path().join("tars");
    let output = sayso(&[
        "import",
        anchors.join("clip-retrieval/test_tars").to_str().unwrap(),
        "-o",
        tars.to_str().unwrap(),
        "--map",
        "caption=caption",
    ]);
    // These tars hold pictures and nothing beside them, which is told.
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("caption"));
}

/// Whether a credit names the artist, word by word.
fn names(credit: &str, artist: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        text.split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect()
    };
    let (credit, artist) = (words(credit), words(artist));
    credit.windows(artist.len()).any(|window| window == artist)
}

/// The files that an import makes of its input alone.
const NAMES: [&str; 3] = ["samples/00000.parquet", "manifest-000001.json", "aside.jsonl"];

#[test]
fn an_import_that_is_killed_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let table = dir.path().join("t.csv");
    let mut text = String::from("url,caption,n\n");
    for row in 0..60_000 {
        writeln!(text, "https://h{}.example/{row}.jpg,picture number {row},{row}", row % 97).unwrap();
        if row % 1_000 == 7 {
            text += "https://h.example/x.jpg,too,many,fields\n";
        }
    }
    fs::write(&table, text).unwrap();
    let arguments = |out: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
        command.arg("import").arg(&table).arg("-o").arg(out).args(["--memory", "1", "--threads", "2"]);
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        command
    };
    let files = |out: &Path| NAMES.map(|name| fs::read(out.join(name)).unwrap());
    let calm = dir.path().join("calm");
    let started = std::time::Instant::now();
    assert_eq!(arguments(&calm).status().unwrap().code(), Some(3));
    let whole = started.elapsed();
    let killed = dir.path().join("killed");
    let mut kills = 0;
    for part in 1..=8_u32 {
        let mut child = arguments(&killed).spawn().unwrap();
        std::thread::sleep(whole * part / 9);
        child.kill().unwrap();
        kills += u32::from(child.wait().unwrap().code().is_none());
    }
    assert!(kills > 0, "it was always faster");
    assert_eq!(arguments(&killed).status().unwrap().code(), Some(3));
    for (name, (found, wanted)) in NAMES.iter().zip(files(&killed).into_iter().zip(files(&calm))) {
        assert!(
            found == wanted,
            "{name} is another one after {kills} kills: {} and {} bytes",
            found.len(),
            wanted.len()
        );
    }
}
