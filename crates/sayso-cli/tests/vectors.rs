//! Vectors that were made elsewhere: imported, searched by sample, and served to clip-retrieval's own client.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use serde_json::{Value, json};
use support::{json, said, sayso, text};

const DIMENSION: usize = 12;

/// A NumPy file of version 1.
fn npy(path: &Path, descr: &str, rows: usize, numbers: &[u8]) {
    let mut header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({rows}, {DIMENSION}), }}");
    header.push_str(&" ".repeat(117 - header.len()));
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend_from_slice(&u16::try_from(header.len()).unwrap().to_le_bytes());
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(numbers);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn metadata(path: &Path, rows: &[(&str, &str)]) {
    let column = |text: fn(&(&str, &str)) -> String| -> ArrayRef {
        Arc::new(rows.iter().map(|row| Some(text(row))).collect::<StringArray>())
    };
    let batch = RecordBatch::try_from_iter([
        ("image_path", column(|_| "000000001".to_owned())),
        ("caption", column(|row| row.1.to_owned())),
        ("url", column(|row| row.0.to_owned())),
    ])
    .unwrap();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let file = fs::File::create(path).unwrap();
    let mut writer = parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

/// A vector that points along one axis, and a little along the next.
fn vector(axis: usize) -> [f32; DIMENSION] {
    let mut vector = [0.0; DIMENSION];
    vector[axis % DIMENSION] = 1.0;
    vector[(axis + 1) % DIMENSION] = 0.5;
    vector
}

fn bytes(vectors: &[[f32; DIMENSION]]) -> Vec<u8> {
    vectors.iter().flatten().flat_map(|number| number.to_le_bytes()).collect()
}

/// The demo's dataset, and samples of it with different addresses.
fn dataset(dir: &Path) -> Vec<Value> {
    assert!(sayso(&["demo", "--no-serve", "-o", "demo"], dir).status.success());
    let found = json(&sayso(&["search", "demo/dataset", "verdict:unknown", "-n", "200", "--json"], dir));
    let mut samples = found["hits"].as_array().unwrap().clone();
    samples.sort_by_key(|sample| sample["url"].as_str().unwrap().to_owned());
    // A picture's vector is that of every sample with its address; here each has one.
    let all = samples.clone();
    samples.retain(|sample| all.iter().filter(|other| other["url"] == sample["url"]).count() == 1);
    samples.truncate(8);
    assert_eq!(samples.len(), 8);
    samples
}

/// Vectors of the samples' pictures and captions, in two parts, among rows that are of no use.
fn embeddings(folder: &Path, samples: &[Value]) {
    let of =
        |sample: &Value| (sample["url"].as_str().unwrap().to_owned(), sample["caption"].as_str().unwrap().to_owned());
    let pairs: Vec<_> = samples.iter().map(of).collect();
    let mut rows: Vec<(&str, &str)> = pairs.iter().map(|(url, caption)| (url.as_str(), caption.as_str())).collect();
    // The third has another caption by now: its picture is known by its address, its caption is not.
    rows[2].1 = "a caption of another day";
    let mut vectors: Vec<_> = (0..rows.len()).map(vector).collect();
    // The last is a double of the first; and two rows are of no use.
    vectors[7] = vectors[0].map(|number| number * 7.0);
    rows.push(("https://elsewhere.example/picture.jpg", "not in the dataset"));
    vectors.push(vector(0));
    rows.push(rows[0]);
    vectors.push([f32::NAN; DIMENSION]);
    let (first, second) = (6, rows.len() - 6);
    metadata(&folder.join("metadata/metadata_0.parquet"), &rows[..first]);
    metadata(&folder.join("metadata/metadata_1.parquet"), &rows[first..]);
    for name in ["img_emb", "text_emb"] {
        npy(&folder.join(format!("{name}/{name}_0.npy")), "<f4", first, &bytes(&vectors[..first]));
        npy(&folder.join(format!("{name}/{name}_1.npy")), "<f4", second, &bytes(&vectors[first..]));
    }
}

fn imported(dir: &Path) -> Vec<Value> {
    let samples = dataset(dir);
    embeddings(&dir.join("emb"), &samples);
    let output = sayso(&["vectors", "import", "demo/dataset", "emb", "--model", "ViT-B-32", "--json"], dir);
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    samples
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `sayso serve` on a free port.
fn serve(dir: &Path) -> (String, Running) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.args(["serve", "demo/dataset", "--listen", "127.0.0.1:0"]).current_dir(dir);
    let mut server = Running(command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(server.0.stderr.take().unwrap()).lines().map_while(Result::ok);
    let address = lines.by_ref().find_map(|line| Some(line.split_once("http://")?.1.split('/').next()?.to_owned()));
    std::thread::spawn(move || lines.for_each(drop));
    (format!("http://{}", address.unwrap()), server)
}

fn post(url: &str, body: &str) -> (u16, Value) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut response = agent.post(url).send(body).unwrap();
    let status = response.status().as_u16();
    (status, serde_json::from_str(&response.body_mut().read_to_string().unwrap()).unwrap())
}

#[test]
fn rows_find_their_samples_and_what_does_not_is_counted() {
    let dir = tempfile::tempdir().unwrap();
    let samples = dataset(dir.path());
    embeddings(&dir.path().join("emb"), &samples);
    let import = ["vectors", "import", "demo/dataset", "emb", "--model", "ViT-B-32", "--json"];
    let output = sayso(&import, dir.path());
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    let report = json(&output);
    assert_eq!(report["embedder"], json!({ "name": "ViT-B-32", "dimension": DIMENSION }));
    let (images, texts) = (&report["counts"][0], &report["counts"][1]);
    for (counts, by_url, without_sample) in [(images, 1, 1), (texts, 0, 2)] {
        assert_eq!(counts["rows"], 10, "{counts}");
        assert_eq!(counts["by_url_and_caption"], 7, "{counts}");
        assert_eq!(counts["by_url"], by_url, "{counts}");
        assert_eq!(counts["without_sample"], without_sample, "{counts}");
        assert_eq!(counts["without_direction"], 1, "{counts}");
    }
    assert_eq!((&images["added"], &texts["added"]), (&json!(8), &json!(7)));
    // Once more: all are known, and nothing is added.
    let again = json(&sayso(&import, dir.path()));
    assert_eq!(again["added"], 0);
    assert_eq!(again["counts"][1]["known"], 7);
    let list = text(&sayso(&["vectors", "list", "demo/dataset"], dir.path()));
    assert!(list.contains("ViT-B-32 text: 7 vectors of 12 components, weights unknown\n"), "{list}");
    // Vectors outlive the indexes, which are made of them anew.
    fs::remove_dir_all(dir.path().join("demo/dataset/index")).unwrap();
    assert!(sayso(&["index", "demo/dataset"], dir.path()).status.success());
    let uid = samples[3]["uid"].as_str().unwrap();
    assert!(sayso(&["near", "demo/dataset", uid], dir.path()).status.success());
}

#[test]
fn files_that_do_not_go_together_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let samples = dataset(dir.path());
    embeddings(&dir.path().join("emb"), &samples);
    let cut = dir.path().join("emb/img_emb/img_emb_1.npy");
    let whole = fs::read(&cut).unwrap();
    fs::write(&cut, &whole[..whole.len() - 1]).unwrap();
    fs::remove_file(dir.path().join("emb/metadata/metadata_0.parquet")).unwrap();
    let output = sayso(&["vectors", "import", "demo/dataset", "emb", "--model", "ViT-B-32"], dir.path());
    assert_eq!(output.status.code(), Some(3));
    let said_all = text(&output);
    assert!(said_all.contains("img_emb_0.npy: no metadata of the same number is there"), "{said_all}");
    assert!(said_all.contains("img_emb_1.npy: it has 319 bytes and should have 320"), "{said_all}");
    for (arguments, words) in [
        (&["demo", "--model", "x"][..], "no vectors are in it"),
        (&["emb", "--model", "../x"], "is no name of an embedder"),
    ] {
        let mut all = vec!["vectors", "import", "demo/dataset"];
        all.extend(arguments);
        let output = sayso(&all, dir.path());
        let words_of = said(&output) + &text(&output);
        assert!(matches!(output.status.code(), Some(2 | 3)) && words_of.contains(words), "{words}: {words_of}");
    }
}

#[test]
fn what_is_near_comes_with_its_number() {
    let dir = tempfile::tempdir().unwrap();
    let samples = imported(dir.path());
    let uid = |number: usize| samples[number]["uid"].as_str().unwrap();
    let near = json(&sayso(&["near", "demo/dataset", uid(3), "-n", "2", "--json"], dir.path()));
    assert_eq!((&near["id"], &near["model"]), (&json!(uid(3)), &json!("ViT-B-32")));
    let hits = near["hits"].as_array().unwrap();
    let urls: Vec<_> = hits.iter().map(|hit| hit["url"].as_str().unwrap()).collect();
    assert!(urls.iter().all(|url| [2, 4].iter().any(|near| samples[*near]["url"] == **url)), "{urls:?}");
    // (1, ½) and (½ of the first's second): ½ over 5/4.
    assert!(hits.iter().all(|hit| (hit["similarity"].as_f64().unwrap() - 0.4).abs() < 1e-3), "{near}");
    let of_captions = sayso(&["near", "demo/dataset", uid(2), "--modality", "text"], dir.path());
    assert_eq!(
        (of_captions.status.code(), text(&of_captions).as_str()),
        (Some(1), "no vector of this sample is there\n")
    );
    let other = sayso(&["near", "demo/dataset", uid(3), "--model", "other"], dir.path());
    assert!(other.status.code() == Some(2) && said(&other).contains("\nhint: "));
}

#[test]
fn the_service_answers_as_clip_retrieval_does() {
    let dir = tempfile::tempdir().unwrap();
    let samples = imported(dir.path());
    let (site, _server) = serve(dir.path());
    let knn = format!("{site}/knn-service");
    let list = ureq::get(format!("{site}/indices-list")).call().unwrap().body_mut().read_to_string().unwrap();
    assert_eq!(list, "[\"dataset/ViT-B-32\"]");
    assert_eq!(post(&format!("{site}/indices-list"), "").1, json!(["dataset/ViT-B-32"]));
    let ask = |changes: &[(&str, Value)]| {
        let mut question = json!({
            "text": null, "image": null, "image_url": null, "embedding_input": null, "deduplicate": false,
            "use_safety_model": true, "use_violence_detector": true, "indice_name": "dataset/ViT-B-32",
            "use_mclip": false, "aesthetic_score": 9, "aesthetic_weight": 0.5, "modality": "image",
            "num_images": 2, "num_result_ids": 5,
        });
        for (name, value) in changes {
            question[*name] = value.clone();
        }
        post(&knn, &question.to_string())
    };
    let wanted = json!(vector(0));
    let (status, results) = ask(&[("embedding_input", wanted.clone())]);
    let results = results.as_array().unwrap();
    assert_eq!((status, results.len()), (200, 5));
    assert!((results[0]["similarity"].as_f64().unwrap() - 1.0).abs() < 1e-3);
    assert!([0, 7].iter().any(|number| samples[*number]["url"] == results[0]["url"]), "{results:?}");
    assert!(results[0]["id"].is_u64() && results[0]["caption"].is_string() && results[0]["verdict"] == "unknown");
    assert!(results[2].get("caption").is_none() && results[2]["id"].is_u64());
    // The double goes, and with it nothing else.
    let (_, alone) = ask(&[("embedding_input", wanted.clone()), ("deduplicate", json!(true))]);
    assert_eq!(
        alone.as_array().unwrap().iter().filter(|result| result["similarity"].as_f64().unwrap() > 0.99).count(),
        1
    );
    for (changes, status, code) in [
        (vec![("text", json!("a boat"))], 501, "no-embedder"),
        (vec![("image", json!("AAAA"))], 501, "no-embedder"),
        (vec![("image", json!("no base64!"))], 400, "bad-question"),
        (vec![("image_url", json!("http://127.0.0.1/a.jpg"))], 400, "foreign-address"),
        (vec![("embedding_input", json!([1.0, 2.0]))], 400, "bad-vector"),
        (vec![("embedding_input", json!(vec![0.0; DIMENSION]))], 400, "bad-vector"),
        (vec![("embedding_input", json!("x"))], 400, "bad-question"),
        (vec![], 400, "bad-question"),
        (vec![("embedding_input", wanted.clone()), ("num_images", json!(1001))], 400, "bad-question"),
        (vec![("embedding_input", wanted.clone()), ("num_images", json!(-1))], 400, "bad-question"),
        (vec![("embedding_input", wanted.clone()), ("modality", json!("sound"))], 400, "bad-question"),
        (vec![("embedding_input", wanted.clone()), ("indice_name", json!("laion5B"))], 404, "no-index"),
    ] {
        let (got, answer) = ask(&changes);
        assert_eq!((got, answer["error"]["code"].as_str()), (status, Some(code)), "{changes:?}: {answer}");
        assert!(answer["error"]["hint"].is_string(), "{answer}");
    }
    assert_eq!(post(&knn, "{").0, 400);
    let near = |question: &str| {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut response = agent.get(format!("{site}/api/v1/near?{question}")).call().unwrap();
        let status = response.status().as_u16();
        (status, serde_json::from_str::<Value>(&response.body_mut().read_to_string().unwrap()).unwrap())
    };
    let uid = |number: usize| samples[number]["uid"].as_str().unwrap();
    let (status, answer) = near(&format!("id={}&limit=1", uid(0)));
    assert_eq!((status, &answer["hits"][0]["sample"]["url"]), (200, &samples[7]["url"]), "{answer}");
    assert_eq!(near(&format!("id={}&modality=text", uid(2))).1["error"]["code"], "no-vector");
    assert_eq!(near(&format!("id={}", "0".repeat(32))).1["error"]["code"], "no-sample");
    assert_eq!(near(&format!("id={}&embedder=x", uid(0))).1["error"]["code"], "no-index");
    assert_eq!(near(&format!("id={}&modality=x", uid(0))).1["error"]["code"], "bad-parameter");
}

/// Runs the client that clip-retrieval's users have, as its file is in the package. The package's own start imports nets
/// of gigabytes, which the client does not need.
const CLIENT: &str = "
import importlib.util, json, pathlib, sys
folder = importlib.util.find_spec('clip_retrieval').submodule_search_locations[0]
spec = importlib.util.spec_from_file_location('clip_client', pathlib.Path(folder) / 'clip_client.py')
clip_client = importlib.util.module_from_spec(spec)
spec.loader.exec_module(clip_client)
ask = json.loads(sys.argv[2])
client = clip_client.ClipClient(url=sys.argv[1] + '/knn-service', indice_name='dataset/ViT-B-32', num_images=4)
texts = clip_client.ClipClient(url=sys.argv[1] + '/knn-service', indice_name='dataset/ViT-B-32',
                               modality=clip_client.Modality.TEXT, deduplicate=False, num_images=2)
print(json.dumps({'images': client.query(embedding_input=ask), 'texts': texts.query(embedding_input=ask),
                  'words': client.query(text='a boat')}))
";

#[test]
fn clip_retrievals_own_client_works_unchanged() {
    let python = std::env::var("SAYSO_CLIP_RETRIEVAL_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let probe = "import importlib.util, sys, requests; sys.exit(importlib.util.find_spec('clip_retrieval') is None)";
    let has = Command::new(&python).args(["-c", probe]).stderr(Stdio::null()).status();
    if !has.is_ok_and(|status| status.success()) {
        eprintln!("skipped: `{python}` has no clip-retrieval; SAYSO_CLIP_RETRIEVAL_PYTHON names one that has");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let samples = imported(dir.path());
    let (site, _server) = serve(dir.path());
    let output = Command::new(&python).args(["-c", CLIENT, &site, &json!(vector(4)).to_string()]).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let answers = json(&output);
    for (kind, count) in [("images", 4), ("texts", 2)] {
        let results = answers[kind].as_array().unwrap();
        assert_eq!(results.len(), count, "{answers}");
        assert_eq!(results[0]["url"], samples[4]["url"]);
        for result in results {
            let fields = ["caption", "url", "id", "similarity"];
            assert!(fields.iter().all(|field| !result[*field].is_null()), "{result}");
        }
    }
    assert_eq!(answers["words"]["error"]["code"], "no-embedder");
}

#[test]
fn what_is_taken_out_is_near_to_nothing_and_its_vectors_are_purged() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let samples = imported(dir);
    let uid = |number: usize| samples[number]["uid"].as_str().unwrap();
    let near = |number: usize| sayso(&["near", "demo/dataset", uid(number), "-n", "8", "--json"], dir);
    let is_near = |output: &std::process::Output| text(output).contains(uid(3));
    assert!(is_near(&near(2)));
    let url = format!("url:{}", samples[3]["url"].as_str().unwrap());
    let claim = ["claim", "add", "--registry", "r", "--subject", &url, "--preference", "train-ai=n"];
    assert!(sayso(&claim, dir).status.success());
    assert!(sayso(&["takedown", "demo/dataset", "--registry", "r"], dir).status.success());
    assert!(near(2).status.success() && !is_near(&near(2)), "{:?}", near(2));
    assert_ne!(near(3).status.code(), Some(0));
    // Vectors lie one behind the other, behind a header of 128 bytes.
    let its = bytes(&[vector(3)]);
    let holds = |folder: &Path| {
        ["image/00000", "image/00001", "text/00000", "text/00001"].iter().any(|part| {
            let file = fs::read(folder.join(format!("vectors/ViT-B-32/{part}.npy"))).unwrap_or_default();
            file.get(128..).unwrap_or_default().chunks(its.len()).any(|vector| vector == its)
        })
    };
    let set = dir.join("demo/dataset");
    assert!(holds(&set));
    let purged = json(&sayso(&["purge", "demo/dataset", "--json"], dir));
    assert_eq!(purged["datasets"][0]["vectors"], 2, "{purged}");
    assert!(!holds(&set));
    assert!(near(2).status.success() && !is_near(&near(2)));
    let list = text(&sayso(&["vectors", "list", "demo/dataset"], dir));
    assert!(list.contains("ViT-B-32 image: 7 vectors") && list.contains("ViT-B-32 text: 6 vectors"), "{list}");
    // Cut short while old and new vectors changed places, the next purge completes it.
    let text_vectors = set.join("vectors/ViT-B-32/text");
    fs::rename(&text_vectors, set.join("vectors/ViT-B-32/text.new")).unwrap();
    fs::create_dir(set.join("vectors/ViT-B-32/text.old")).unwrap();
    assert!(sayso(&["purge", "demo/dataset"], dir).status.success());
    assert_eq!(text(&sayso(&["vectors", "list", "demo/dataset"], dir)), list);
    assert!(!set.join("vectors/ViT-B-32/text.old").exists());
}
