//! Who fed whom, on the command line and on the pages of the real server.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use support::{json, said, sayso, text};

struct Server(Child, String);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn serve(dir: &Path, arguments: &[&str]) -> Server {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sayso"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .args(arguments)
        .current_dir(dir)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.split_whitespace().nth(1).unwrap_or_else(|| panic!("{line}")).to_owned();
    Server(child, address)
}

impl Server {
    fn get(&self, path: &str) -> (u16, String) {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
        let mut answer = agent.get(format!("{}{path}", self.1.trim_end_matches('/'))).call().unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    }
}

#[test]
fn a_node_is_shown_as_a_tree_and_drawn() {
    let dir = tempfile::tempdir().unwrap();
    let shown = sayso(&["lineage", "show", "lensa", "--svg", "lensa.svg"], dir.path());
    assert_eq!(shown.status.code(), Some(0), "{}", said(&shown));
    let tree = text(&shown);
    for part in [
        "└─ Stable Diffusion 1 2022",
        "LAION-5B 2022 [CC-BY-4.0] (derived-from, taken back",
        "Common Crawl",
        "Prisma Labs",
        "alarms",
    ] {
        assert!(tree.contains(part), "{part}\n{tree}");
    }
    let svg = fs::read_to_string(dir.path().join("lensa.svg")).unwrap();
    assert!(
        svg.starts_with("<svg")
            && svg.contains("Common Crawl")
            && svg.contains("ln-edge money")
            && svg.contains("alarm")
    );
    let node = json(&sayso(&["lineage", "show", "laion-5b", "--json"], dir.path()));
    assert_eq!(node["licence"]["terms"], serde_json::json!(["attribution"]));
    assert!(node["below"].as_array().unwrap().iter().any(|id| id == "lensa"));
    assert!(
        node["edges"]
            .as_array()
            .unwrap()
            .iter()
            .all(|edge| edge["sources"][0]["url"].as_str().unwrap().starts_with("https://"))
    );
    let missing = sayso(&["lineage", "show", "laion"], dir.path());
    assert_eq!(missing.status.code(), Some(0), "the association is called so");
    let missing = sayso(&["lineage", "show", "stable-diffusion-9"], dir.path());
    assert_eq!(missing.status.code(), Some(2));
    assert!(said(&missing).contains("hint:"), "{}", said(&missing));
    assert!(text(&sayso(&["lineage", "show"], dir.path())).lines().count() >= 120);
}

#[test]
fn alarms_end_with_1_and_a_way_with_0() {
    let dir = tempfile::tempdir().unwrap();
    let checked = sayso(&["lineage", "check", "make-a-video", "--json"], dir.path());
    assert_eq!(checked.status.code(), Some(1));
    let alarms = json(&checked)["alarms"].as_array().unwrap().clone();
    let webvid = alarms
        .iter()
        .find(|alarm| alarm["cause"] == "webvid-10m" && alarm["rule"] == "non-commercial-upstream")
        .unwrap();
    assert_eq!(
        (webvid["path"][0]["kind"].as_str(), webvid["node"].as_str()),
        (Some("trained-on"), Some("make-a-video"))
    );
    let one = text(&sayso(&["lineage", "check", "illustration-diffusion", "--rule", "person-in-name"], dir.path()));
    assert!(one.contains("Hollie Mengert") && one.contains("cleared by:"), "{one}");
    let clean = sayso(&["lineage", "check", "common-crawl-foundation"], dir.path());
    assert_eq!(clean.status.code(), Some(0), "{}", text(&clean));
    // A name that nobody noted, but that a list has.
    fs::write(dir.path().join("names.txt"), "Nitro Socke\nClassic Animation\n").unwrap();
    let named = text(&sayso(&["lineage", "check", "classic-anim-diffusion", "--names", "names.txt"], dir.path()));
    assert!(named.contains("by the name of Classic Animation"), "{named}");

    let path = sayso(&["lineage", "path", "flickr", "google", "--json"], dir.path());
    assert_eq!(
        (path.status.code(), json(&path)["nodes"].clone()),
        (Some(0), serde_json::json!(["flickr", "yfcc100m", "megaface", "google"]))
    );
    let money = sayso(&["lineage", "path", "stability-ai", "laion"], dir.path());
    assert_eq!(money.status.code(), Some(1), "no works went that way");
    assert!(text(&money).contains("was funded by Stability AI"));
}

#[test]
fn nodes_are_added_if_they_fit() {
    let dir = tempfile::tempdir().unwrap();
    let add = |id: &str, edge: &str| {
        let source = "https://example.org/card";
        sayso(
            &[
                "lineage",
                "add",
                id,
                "-o",
                "mine",
                "--kind",
                "model",
                "--name",
                "Fox model",
                "--source",
                source,
                "--edge",
                edge,
                "--licence",
                "MIT",
            ],
            dir.path(),
        )
    };
    let added = add("fox", "trained-on=webvid-10m");
    assert_eq!(added.status.code(), Some(0), "{}", said(&added));
    assert_eq!(add("fox", "trained-on=webvid-10m").status.code(), Some(2), "it is there");
    let wrong = add("wolf", "trained-on=nobody");
    assert!(
        wrong.status.code() == Some(2)
            && said(&wrong).contains("no node `nobody`")
            && !dir.path().join("mine/wolf.toml").exists()
    );
    assert_eq!(add("wolf", "trained-on=fox").status.code(), Some(2), "a model is no dataset");
    let shown = text(&sayso(&["lineage", "show", "fox", "--lineage", "mine"], dir.path()));
    assert!(shown.contains("WebVid-10M"), "{shown}");
    // One wrong file, and it is named with its line; nothing is loaded.
    fs::write(dir.path().join("mine/bear.toml"), "id = \"bear\"\nkind = \"animal\"\nname = \"Bear\"\n").unwrap();
    let refused = sayso(&["lineage", "check", "--lineage", "mine"], dir.path());
    assert_eq!(refused.status.code(), Some(2));
    assert!(said(&refused).contains("`bear.toml`, line 2: unknown kind of node `animal`"), "{}", said(&refused));
}

#[test]
fn a_folder_of_models_is_scanned_and_exported() {
    let dir = tempfile::tempdir().unwrap();
    let models = dir.path().join("models");
    let hub = models.join("models--me--fox-lora");
    fs::create_dir_all(&hub).unwrap();
    fs::write(hub.join("README.md"), "---\nlicense: mit\nbase_model: runwayml/stable-diffusion-v1-5\nbase_model_relation: adapter\ndatasets: [laion/laion2B-en, me/foxes]\n---\n# Fox\n").unwrap();
    let head = r#"{"__metadata__":{"modelspec.title":"Fox","ss_sd_model_name":"v1-5-pruned.ckpt"},"a.lora_down":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}"#;
    let mut weights = (head.len() as u64).to_le_bytes().to_vec();
    weights.extend(head.bytes().chain([0, 0]));
    fs::write(models.join("fox-style.safetensors"), weights).unwrap();
    fs::write(models.join("broken.safetensors"), [255; 16]).unwrap();
    fs::write(models.join("laughs.json"), format!("{{\"bomFormat\":{}", "[".repeat(50_000))).unwrap();
    let scanned = sayso(&["lineage", "scan", "models", "-o", "mine", "--json"], dir.path());
    assert_eq!(scanned.status.code(), Some(3), "{}", said(&scanned));
    let report = json(&scanned);
    let faults: Vec<&str> =
        report["faults"].as_array().unwrap().iter().map(|fault| fault["file"].as_str().unwrap()).collect();
    assert_eq!(faults, ["broken.safetensors", "laughs.json"]);
    // What is known already is hung onto, not made again.
    let node = json(&sayso(&["lineage", "show", "me-fox-lora", "--lineage", "mine", "--json"], dir.path()));
    let to: Vec<&str> = node["edges"].as_array().unwrap().iter().map(|edge| edge["to"].as_str().unwrap()).collect();
    assert_eq!(
        (to, node["kind"].as_str()),
        (vec!["stable-diffusion-v1-5", "laion-2b-en", "me-foxes"], Some("adapter"))
    );
    let path = sayso(&["lineage", "path", "common-crawl", "me-fox-lora", "--lineage", "mine"], dir.path());
    assert_eq!(path.status.code(), Some(0));
    // Out in formats of others, and in again.
    for (format, file) in [("cyclonedx", "fox.cdx.json"), ("spdx", "fox.spdx.json")] {
        fs::create_dir_all(dir.path().join(format)).unwrap();
        let to = format!("{format}/{file}");
        let out = sayso(
            &["lineage", "export", "me-fox-lora", "--lineage", "mine", "--format", format, "-o", &to],
            dir.path(),
        );
        assert_eq!(out.status.code(), Some(0), "{}", said(&out));
        let back = format!("{format}-back");
        assert_eq!(sayso(&["lineage", "scan", format, "-o", &back], dir.path()).status.code(), Some(0));
        let again = json(&sayso(&["lineage", "show", "me-fox-lora", "--lineage", &back, "--json"], dir.path()));
        assert_eq!((&again["kind"], &again["licence"]["spdx"]), (&node["kind"], &node["licence"]["spdx"]));
        assert_eq!(again["edges"].as_array().unwrap().len(), 3);
    }
    let card = text(&sayso(&["lineage", "export", "me-fox-lora", "--lineage", "mine", "--format", "card"], dir.path()));
    assert!(card.contains("- \"laion/laion2B-en\"") && card.contains("base_model_relation: adapter"), "{card}");
}

#[test]
fn the_pages_show_the_chain_and_a_samples_page_who_learnt_from_it() {
    let dir = tempfile::tempdir().unwrap();
    assert!(sayso(&["demo", "--no-serve", "-o", "."], dir.path()).status.success());
    fs::write(dir.path().join("dataset/lineage.toml"), "node = \"laion-5b\"\n").unwrap();
    let uid = json(&sayso(&["search", "dataset", "verdict:unknown", "--json"], dir.path()))["hits"][0]["uid"]
        .as_str()
        .unwrap()
        .to_owned();
    let server = serve(dir.path(), &["dataset"]);
    let (status, page) = server.get("/lineage");
    assert_eq!(status, 200);
    for part in [
        "Who fed whom",
        "ln-edge money",
        "ln-box model",
        "class=\"drawing\" tabindex=\"0\"",
        "href=\"/lineage/megaface\"",
        "The same as a list",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(
        !page.contains(" style=") && !page.contains("<style") && !page.contains("<script"),
        "the policy forbids them"
    );
    // Every line of a drawing leads to a source, and says what it is to those who do not see it.
    for edge in page.split("<a class=\"ln-edge").skip(1) {
        let tag = edge.split('>').next().unwrap();
        assert!(tag.contains("href=\"https://") && tag.contains("aria-label=\""), "{tag}");
    }
    let (status, node) = server.get("/lineage/lensa");
    assert!(
        status == 200
            && node.contains("Prisma Labs")
            && node.contains("What it is made of")
            && node.contains("scmp.com")
    );
    assert!(server.get("/lineage/nobody-knows").0 == 404 && server.get("/lineage/LAION-5B").0 == 308);
    let (status, path) = server.get("/lineage/path?from=common-crawl&to=lensa");
    assert!(
        status == 200 && path.contains("From <bdi>Common Crawl</bdi> to <bdi>Lensa") && path.contains("Step by step")
    );
    assert!(server.get("/lineage/path?from=clearview-ai&to=coco").1.contains("Nothing is known to have gone this way"));
    let as_json: serde_json::Value =
        serde_json::from_str(&server.get("/lineage/path.json?from=flickr&to=google").1).unwrap();
    assert_eq!(as_json["flow"], true);
    let (_, sample) = server.get(&format!("/samples/{uid}"));
    assert!(
        sample.contains("Who learnt from it") && sample.contains("href=\"/lineage/stable-diffusion-2\""),
        "{sample}"
    );
}

/// A file of weights with this head.
fn weights(path: &Path, metadata: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let head = format!(r#"{{"__metadata__":{{{metadata}}},"a":{{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}}}"#);
    let mut bytes = (head.len() as u64).to_le_bytes().to_vec();
    bytes.extend(head.bytes().chain([0, 0]));
    fs::write(path, bytes).unwrap();
}

#[test]
fn what_a_takedown_removed_is_an_alarm_at_the_model_that_learnt_it() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    assert!(sayso(&["demo", "--no-serve", "-o", "demo"], dir).status.success());
    let lineage = |arguments: &[&str]| sayso(&[&["lineage"], arguments].concat(), dir);
    let scanned = lineage(&["scan", "demo", "-o", "mine"]);
    assert_eq!(scanned.status.code(), Some(0), "{}", said(&scanned));
    for (id, edge) in [("fox-old", "trained-on=dataset@1"), ("fox-new", "trained-on=dataset@2")] {
        let source = ["--source", "https://example.org/card", "--edge", edge];
        let added = lineage(&[&["add", id, "-o", "mine", "--kind", "model", "--name", id], &source[..]].concat());
        assert_eq!(added.status.code(), Some(0), "{}", said(&added));
    }
    let rule = ["--rule", "removed-in-training", "--lineage", "mine"];
    let check = |id: &str, more: &[&str]| lineage(&[&["check", id], &rule[..], more].concat());
    assert_eq!(check("dataset", &[]).status.code(), Some(0), "nothing was removed yet");

    let subject = ["--subject", "domain:sawantarangini.example", "--preference", "train-ai=n"];
    assert!(sayso(&[&["claim", "add", "--registry", "r"], &subject[..]].concat(), dir).status.success());
    let receipts = ["--receipt", "demo/receipts.jsonl", "--key", "builder.key"];
    let taken = sayso(&[&["takedown", "demo/dataset", "--registry", "r"], &receipts[..]].concat(), dir);
    assert!(taken.status.success(), "{taken:?}");
    let count = fs::read_to_string(dir.join("demo/receipts.jsonl")).unwrap().lines().count();

    // A scan leaves what is known as it is, and says so.
    let left = lineage(&["scan", "demo", "-o", "mine", "--json"]);
    assert_eq!((left.status.code(), json(&left)["known"].clone()), (Some(0), serde_json::json!(["dataset"])));
    assert!(said(&left).contains("--replace"), "{}", said(&left));
    assert_eq!(check("dataset", &[]).status.code(), Some(0));
    assert_eq!(lineage(&["scan", "demo", "-o", "mine", "--replace"]).status.code(), Some(0));
    let node = json(&lineage(&["show", "dataset", "--lineage", "mine", "--json"]));
    let removal = &node["removals"][0];
    assert_eq!((removal["snapshot"].as_u64(), removal["samples"].as_u64()), (Some(2), Some(count as u64)), "{node}");
    assert!(removal["note"].as_str().unwrap().starts_with("taken out because of claim "), "{removal}");

    let told = check("dataset", &["--json"]);
    assert_eq!(told.status.code(), Some(1), "{}", said(&told));
    let alarms = json(&told)["alarms"].clone();
    assert_eq!(alarms.as_array().unwrap().len(), 1, "only what learnt from the snapshot before: {alarms}");
    let alarm = &alarms[0];
    assert_eq!((alarm["node"].as_str(), alarm["severity"].as_str()), (Some("fox-old"), Some("high")));
    let says = alarm["says"].as_str().unwrap();
    assert!(says.contains(&format!("{count} samples were")), "{says}");
    assert!(says.contains(&format!("{count} receipts in receipts.jsonl")), "{says}");
}

#[test]
fn parts_are_no_models_and_models_of_one_name_are_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let models = dir.path().join("models");
    for name in ["one", "two"] {
        let pipeline = models.join(name);
        for part in ["unet/diffusion_pytorch_model", "vae/diffusion_pytorch_model", "text_encoder/model"] {
            weights(&pipeline.join(format!("{part}.safetensors")), "");
            fs::write(pipeline.join(part).parent().unwrap().join("config.json"), "{}").unwrap();
        }
        fs::write(pipeline.join("model_index.json"), "{}").unwrap();
        fs::write(pipeline.join("README.md"), "---\nlicense: mit\n---\n").unwrap();
        weights(&models.join(format!("{name}-loras/fox.safetensors")), "");
    }
    weights(&models.join("loras/modelscope.safetensors"), "");
    weights(&models.join("loras/big-00001-of-00002.safetensors"), "");
    weights(&models.join("loras/big-00002-of-00002.safetensors"), "");
    let scanned = sayso(&["lineage", "scan", "models", "-o", "mine", "--json"], dir.path());
    assert_eq!(scanned.status.code(), Some(0), "{}", said(&scanned));
    let expected = ["big", "modelscope", "one", "one-loras-fox", "two", "two-loras-fox"];
    assert_eq!(json(&scanned)["nodes"], serde_json::json!(expected));
    let one = json(&sayso(&["lineage", "show", "one", "--lineage", "mine", "--json"], dir.path()));
    assert_eq!(one["licence"]["name"], "mit");
}

#[test]
fn what_a_scan_writes_is_read_again_whatever_it_found() {
    let dir = tempfile::tempdir().unwrap();
    let models = dir.path().join("models");
    let card = |name: &str, head: &str| {
        fs::create_dir_all(models.join(name)).unwrap();
        fs::write(models.join(name).join("README.md"), format!("---\n{head}\n---\n")).unwrap();
        fs::write(models.join(name).join("config.json"), "{}").unwrap();
    };
    card("long", &format!("pretty_name: \"{}\"\nlicense: mit", "x".repeat(5_000)));
    card("empty", "pretty_name: \"  \"\nlicense: mit");
    // One card calls the other's model a dataset.
    card("fox", "license: mit\ndatasets: [wolf]");
    card("wolf", "license: apache-2.0\nbase_model: long");
    // What comes with Sayso is another thing.
    card("laion-5b", "license: mit\nbase_model: fox");
    let scanned = sayso(&["lineage", "scan", "models", "-o", "mine", "--json"], dir.path());
    assert_eq!(scanned.status.code(), Some(3), "{}", said(&scanned));
    let report = json(&scanned);
    let faults = report["faults"].to_string();
    for words in ["longer than 4000", "the text is empty", "cannot be trained-on `wolf`", "is known as a dataset"] {
        assert!(faults.contains(words), "{words}: {faults}");
    }
    assert_eq!(report["nodes"], serde_json::json!(["empty", "fox", "long", "wolf"]));
    let shown = sayso(&["lineage", "show", "wolf", "--lineage", "mine", "--json"], dir.path());
    assert_eq!(shown.status.code(), Some(0), "{}", said(&shown));
    assert_eq!(json(&shown)["edges"][0]["to"], "long");
    // An id that is there already needs a word.
    let add = |more: &[&str]| {
        let node = ["lineage", "add", "laion-5b", "-o", "own", "--kind", "dataset", "--name", "Mine"];
        sayso(&[&node[..], &["--source", "https://example.org/"], more].concat(), dir.path())
    };
    let refused = add(&[]);
    assert!(refused.status.code() == Some(2) && said(&refused).contains("known already"), "{}", said(&refused));
    assert_eq!(add(&["--replace"]).status.code(), Some(0));
}

#[test]
fn a_list_of_names_is_read_whole_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("names"), "x".repeat(1 << 20)).unwrap();
    let refused = sayso(&["lineage", "check", "--names", "names"], dir.path());
    assert!(refused.status.code() == Some(2) && said(&refused).contains("line 1"), "{}", said(&refused));
    assert_eq!(sayso(&["lineage", "show", "lensa", "--depth", "65"], dir.path()).status.code(), Some(2));
    let told = text(&sayso(&["lineage", "check", "lensa"], dir.path()));
    assert!(told.contains("also: ") && told.contains(" ways"), "{told}");
}
