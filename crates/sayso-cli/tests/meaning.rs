//! Captions become vectors by a small net, and are found by meaning: on the command line and over HTTP.
#![cfg(feature = "models")]
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::cell::Cell;
use std::io::{BufRead, BufReader};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use sayso::models::{Choices, NamedEmbedder, SscdSize};
use sayso::vectors::{MakeOptions, make, stored_vectors};
use serde_json::{Value, json};
use support::{json, said, sayso, text};

/// Captions in the few letters that the net has. Two samples have the first one.
const CAPTIONS: [&str; 6] =
    ["hello world", "hello world", "a red boat at sea", "fox on a hill", "two old men in snow", "a cafe in the rain"];

/// A net of the crate that has the nets, with random weights.
fn net(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "sayso-model", "tests", "fixtures", name].iter().collect()
}

fn minilm() -> String {
    format!("mini={}", net("minilm/model.safetensors").display())
}

/// A dataset of pictures with these captions, each at an address of its own.
fn build(dir: &Path, captions: &[impl AsRef<str>]) {
    let page: String =
        (0..).zip(captions).map(|(at, caption)| format!("<img src={at}.jpg alt='{}'>", caption.as_ref())).collect();
    let record = format!(
        "WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: https://a.example/\r\nContent-Type: text/html\r\n\
         Content-Length: {}\r\n\r\n{page}\r\n\r\n",
        page.len()
    );
    fs_err::write(dir.join("crawl.warc"), record).unwrap();
    let output = sayso(&["build", "crawl.warc", "-o", "set"], dir);
    assert!(output.status.success(), "{}", said(&output));
}

/// A dataset whose captions have vectors.
fn made() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    build(dir.path(), &CAPTIONS);
    let output = sayso(&["vectors", "make", "set", "--model", &minilm(), "--json"], dir.path());
    assert!(output.status.success(), "{}", said(&output));
    let report = json(&output);
    assert_eq!(
        (&report["added"], &report["embedded"], &report["known"]),
        (&json!(6), &json!(5), &json!(0)),
        "{report}"
    );
    assert_eq!(report["embedder"]["weights_sha256"].as_str().unwrap().len(), 64);
    dir
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `sayso serve` on a free port; and what it said until it served.
fn serve(dir: &Path, arguments: &[&str]) -> (String, String, Running) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.args(["serve", "set", "--listen", "127.0.0.1:0"]).args(arguments).current_dir(dir);
    let mut server = Running(command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(server.0.stderr.take().unwrap()).lines().map_while(Result::ok);
    let (mut said, mut address) = (String::new(), None);
    for line in lines.by_ref() {
        if let Some((_, rest)) = line.split_once("http://") {
            address = rest.split('/').next().map(str::to_owned);
            break;
        }
        said.push_str(&line);
        said.push('\n');
    }
    std::thread::spawn(move || lines.for_each(drop));
    (format!("http://{}", address.unwrap_or_else(|| unreachable!("{said}"))), said, server)
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}

fn read(mut response: ureq::http::Response<ureq::Body>) -> (u16, Value) {
    let status = response.status().as_u16();
    (status, serde_json::from_str(&response.body_mut().read_to_string().unwrap()).unwrap())
}

fn knn(site: &str, question: &Value) -> (u16, Value) {
    read(agent().post(format!("{site}/knn-service")).send(question.to_string().as_str()).unwrap())
}

fn is_nearly_one(similarity: &Value) -> bool {
    similarity.as_f64().is_some_and(|similarity| similarity > 0.999)
}

#[test]
fn a_caption_is_found_by_its_meaning() {
    let dir = made();
    for caption in &CAPTIONS[1..] {
        let output = sayso(&["search", "set", "--meaning", caption, "--model", &minilm(), "--json"], dir.path());
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        let found = json(&output);
        assert_eq!((&found["meaning"], &found["model"]), (&json!(caption), &json!("mini")));
        assert_eq!((&found["modality"], &found["hits"][0]["caption"]), (&json!("text"), &json!(caption)), "{found}");
        assert!(is_nearly_one(&found["hits"][0]["similarity"]), "{found}");
        assert_eq!(found["hits"].as_array().unwrap().len(), 6);
    }
    let words = sayso(&["search", "set", "--meaning", "fox on a hill", "--model", &minilm(), "-n", "1"], dir.path());
    assert!(text(&words).starts_with("  1. 1.000  fox on a hill\n"), "{}", text(&words));
    // Words are asked as before.
    assert_eq!(json(&sayso(&["search", "set", "hello", "--json"], dir.path()))["total"], 2);
}

#[test]
fn making_again_adds_nothing_and_restores_what_is_missing() {
    let dir = made();
    let make = ["vectors", "make", "set", "--model", &minilm(), "--json"];
    let index = dir.path().join("set/index/vector/mini/text.vec");
    let (first, when) = (fs_err::read(&index).unwrap(), fs_err::metadata(&index).unwrap().modified().unwrap());
    let again = json(&sayso(&make, dir.path()));
    assert_eq!((&again["added"], &again["known"]), (&json!(0), &json!(6)));
    assert_eq!(fs_err::metadata(&index).unwrap().modified().unwrap(), when, "nothing had to be built");
    fs_err::remove_file(&index).unwrap();
    assert!(sayso(&make, dir.path()).status.success());
    assert!(fs_err::read(&index).unwrap() == first);
    let list = text(&sayso(&["vectors", "list", "set"], dir.path()));
    assert!(list.starts_with("mini text: 6 vectors of "), "{list}");
}

#[test]
fn what_is_interrupted_is_kept_and_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let letters: Vec<char> = "abcdefghij".chars().collect();
    let caption = |at: usize| format!("{}{} {}", letters[at / 100], letters[at / 10 % 10], letters[at % 10]);
    build(dir.path(), &(0..600).map(caption).collect::<Vec<_>>());
    let choices = Choices { activation: None, sscd_size: SscdSize::Square320 };
    let embedder = NamedEmbedder::open(&minilm(), None, choices).unwrap();
    let dataset = dir.path().join("set");
    let options = MakeOptions { dir: dataset.clone(), memory_bytes: 64 << 20, threads: NonZeroUsize::MIN };
    let (interrupt, seen) = (AtomicBool::new(false), Cell::new(0));
    let error = make(&options, &embedder, &interrupt, &|progress| {
        seen.set(progress.done);
        assert_eq!(progress.samples, 600);
        interrupt.store(true, Ordering::Relaxed);
    });
    assert!(matches!(error, Err(sayso::Error::Interrupted)), "{error:?}");
    assert!((1..600).contains(&seen.get()));
    assert_eq!(stored_vectors(&dataset).unwrap()[0].rows(), seen.get());
    let report = make(&options, &embedder, &AtomicBool::new(false), &|_| {}).unwrap();
    assert_eq!((report.known, report.added), (seen.get(), 600 - seen.get()));
    assert_eq!(stored_vectors(&dataset).unwrap()[0].rows(), 600);
    let found =
        json(&sayso(&["search", "set", "--meaning", "fj j", "--model", &minilm(), "-n", "1", "--json"], dir.path()));
    assert!(is_nearly_one(&found["hits"][0]["similarity"]), "{found}");
}

#[test]
fn another_net_is_refused_with_a_hint() {
    let dir = made();
    let sscd = net("sscd.script.pt").display().to_string();
    let sscd_as_mini = format!("mini={sscd}");
    let search = ["search", "set", "--meaning", "fox"];
    for (arguments, words) in [
        // Another net, under the name of the first: its vectors are not asked, and none are put beside them.
        ([&search[..], &["--model", &sscd_as_mini]].concat(), "there are vectors of mini: open"),
        (vec!["vectors", "make", "set", "--model", &sscd_as_mini], "vectors of another `mini` are there already"),
        // The same weights under another name.
        (
            [&search[..], &["--model", net("minilm/model.safetensors").to_str().unwrap()]].concat(),
            "if `mini` is this net, write --model mini=FILE",
        ),
        (search.to_vec(), "nothing says where the weights of `mini` are"),
        ([&search[..], &["--modality", "image", "--model", &minilm()]].concat(), "no vectors of this kind"),
        (vec!["search", "set", "--picture", "crawl.warc", "--model", &minilm()], "makes no vectors of a picture"),
        (vec!["vectors", "make", "set", "--model", &minilm(), "--modality", "image"], "a dataset has no pictures"),
        (vec!["vectors", "make", "set", "--model", "../x=y"], "is no name of an embedder"),
        (vec!["vectors", "make", "set", "--model", &sscd], "takes no texts"),
        (vec!["search", "set"], "there is nothing to look for"),
    ] {
        let output = sayso(&arguments, dir.path());
        let words_of = said(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {words_of}");
        assert!(words_of.contains(words) && words_of.contains("hint: "), "{arguments:?}: {words_of}");
    }
    let (site, said, _server) = serve(dir.path(), &["--model", &sscd_as_mini]);
    assert!(
        said.contains("note: no vectors in these datasets were made by `mini`") && said.contains("\nhint: "),
        "{said}"
    );
    let (status, answer) = knn(&site, &json!({ "text": "fox", "modality": "text" }));
    assert_eq!((status, &answer["error"]["code"]), (501, &json!("no-embedder")), "{answer}");
}

#[test]
fn a_server_with_the_net_answers_words() {
    let dir = made();
    let (site, said, _server) = serve(dir.path(), &["--model", &minilm()]);
    assert_eq!(said, "mini answers for set (text)\n");
    let (status, found) = knn(&site, &json!({ "text": "fox on a hill", "modality": "text", "num_images": 2 }));
    assert_eq!((status, &found[0]["caption"]), (200, &json!("fox on a hill")), "{found}");
    assert!(is_nearly_one(&found[0]["similarity"]) && found.as_array().unwrap().len() == 2, "{found}");
    // It takes no pictures, and no endless text.
    for question in
        [json!({ "image": "AAAA", "modality": "text" }), json!({ "text": "a".repeat(40_000), "modality": "text" })]
    {
        let (status, answer) = knn(&site, &question);
        assert_eq!((status, &answer["error"]["code"]), (400, &json!("not-embedded")), "{answer}");
    }
    let near = |question: &str| read(agent().get(format!("{site}/api/v1/near?{question}")).call().unwrap());
    let (status, found) = near("text=two%20old%20men%20in%20snow&limit=1");
    assert_eq!((status, &found["text"], &found["modality"]), (200, &json!("two old men in snow"), &json!("text")));
    assert_eq!(found["hits"][0]["sample"]["caption"], "two old men in snow");
    assert!(found.get("id").is_none());
    let uid = found["hits"][0]["sample"]["uid"].as_str().or(found["hits"][0]["sample"]["id"].as_str()).unwrap();
    assert_eq!(near(&format!("id={uid}&modality=text&limit=1")).0, 200);
    for (question, status, code) in [
        ("text=fox&modality=image".to_owned(), 404, "no-index"),
        ("text=fox&embedder=other".to_owned(), 404, "no-index"),
        (format!("text=fox&id={uid}"), 400, "bad-parameter"),
        ("limit=3".to_owned(), 400, "bad-parameter"),
    ] {
        let (got, answer) = near(&question);
        assert_eq!((got, answer["error"]["code"].as_str()), (status, Some(code)), "{question}: {answer}");
    }
}

/// A picture, and imported vectors of which that of the second sample is its own. (A net with random weights makes nearly one
/// vector of all pictures, so the others are made up.)
fn pictured() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    build(dir.path(), &CAPTIONS);
    image::RgbImage::from_fn(48, 40, |x, y| {
        image::Rgb([250, u8::try_from(x * 5).unwrap(), u8::try_from(y * 6).unwrap()])
    })
    .save(dir.path().join("own.png"))
    .unwrap();
    let sscd = net("sscd.script.pt").display().to_string();
    let embedded = json(&sayso(&["embed", "--model", &sscd, "own.png"], dir.path()));
    let own: Vec<f64> = embedded["vectors"][0]["vector"].as_array().unwrap().iter().filter_map(Value::as_f64).collect();
    assert_eq!(own.len(), 10);
    let opposite = own.iter().map(|number| -number);
    let half = own.iter().enumerate().map(|(at, number)| if at % 2 == 0 { *number } else { -number });
    let numbers: Vec<u8> = opposite
        .chain(own.iter().copied())
        .chain(half)
        .flat_map(|number| {
            #[expect(clippy::cast_possible_truncation, reason = "it was one of 32 bits")]
            let number = number as f32;
            number.to_le_bytes()
        })
        .collect();
    let mut npy = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
    npy.extend(format!("{:117}\n", "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 10), }").into_bytes());
    npy.extend(numbers);
    fs_err::create_dir_all(dir.path().join("emb/img_emb")).unwrap();
    fs_err::create_dir_all(dir.path().join("emb/metadata")).unwrap();
    fs_err::write(dir.path().join("emb/img_emb/img_emb_0.npy"), npy).unwrap();
    let urls: ArrayRef =
        Arc::new((0..3).map(|at| Some(format!("https://a.example/{at}.jpg"))).collect::<StringArray>());
    let batch = RecordBatch::try_from_iter([("url", urls)]).unwrap();
    let file = std::fs::File::create(dir.path().join("emb/metadata/metadata_0.parquet")).unwrap();
    let mut writer = parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let output = sayso(&["vectors", "import", "set", "emb", "--model", "elsewhere"], dir.path());
    assert!(output.status.success(), "{}", said(&output));
    dir
}

/// Base64, as clip-retrieval's client sends pictures.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let number = three.iter().chain([&0, &0]).take(3).fold(0, |number, byte| number << 8 | u32::from(*byte));
        for at in 0..4 {
            let digit = DIGITS[(number >> (18 - 6 * at) & 63) as usize];
            text.push(if at <= three.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

#[test]
fn a_picture_is_found_by_itself() {
    let dir = pictured();
    let sscd = format!("elsewhere={}", net("sscd.script.pt").display());
    let model = ["--model", sscd.as_str()];
    let found = sayso(&[&["search", "set", "--picture", "own.png", "--json"][..], &model].concat(), dir.path());
    assert_eq!(found.status.code(), Some(0), "{}", said(&found));
    let found = json(&found);
    assert_eq!((&found["modality"], &found["picture"]), (&json!("image"), &json!("own.png")));
    let hits = found["hits"].as_array().unwrap();
    assert_eq!(
        hits.iter().map(|hit| hit["url"].as_str().unwrap()).collect::<Vec<_>>(),
        ["https://a.example/1.jpg", "https://a.example/2.jpg", "https://a.example/0.jpg"]
    );
    assert!(is_nearly_one(&hits[0]["similarity"]) && hits[2]["similarity"].as_f64().unwrap() < -0.999, "{found}");
    let broken = sayso(&[&["search", "set", "--picture", "crawl.warc"][..], &model].concat(), dir.path());
    assert!(broken.status.code() == Some(2) && said(&broken).contains("cannot read the picture `crawl.warc`"));

    let (site, _, _server) = serve(dir.path(), &model);
    let file = fs_err::read(dir.path().join("own.png")).unwrap();
    let (status, found) = knn(&site, &json!({ "image": base64(&file), "num_images": 1 }));
    assert_eq!((status, &found[0]["url"]), (200, &json!("https://a.example/1.jpg")), "{found}");
    assert!(is_nearly_one(&found[0]["similarity"]), "{found}");
    let (status, answer) = knn(&site, &json!({ "image": base64(b"no picture") }));
    assert_eq!((status, &answer["error"]["code"]), (400, &json!("not-embedded")), "{answer}");
}
