//! What others write lineage in: read without loss, written so that it is read again, and bounded whatever comes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::type_complexity, reason = "tests")]

use std::collections::BTreeSet;
use std::path::PathBuf;

use sayso_lineage::{
    CardKind, EdgeKind, FILE_LIMITS, FORMAT_LIMITS, Graph, Node, NodeId, NodeIx, NodeKind, ReadAt, card_of_node,
    header_length, load, read_card, read_cyclonedx, read_provenance, read_safetensors_header, read_spdx, to_cyclonedx,
    to_spdx,
};
use serde_json::{Value, json};

fn at() -> ReadAt {
    ReadAt { title: "a document".to_owned(), url: "https://example.org/doc".to_owned() }
}

/// What both formats can hold of a node.
fn held(node: &Node) -> (String, &'static str, String, Option<String>, BTreeSet<(String, &'static str, String)>) {
    let edges = node.edges.iter().map(|edge| (edge.from.to_string(), edge.kind.as_str(), edge.to.to_string()));
    (
        node.id.to_string(),
        node.kind.as_str(),
        node.name.clone(),
        node.licence.as_ref().map(ToString::to_string),
        edges.collect(),
    )
}

/// The shipped nodes, with each edge in the file of its start.
fn shipped() -> (Graph, Vec<NodeIx>, Vec<Node>) {
    let graph = load(true, &[], &FILE_LIMITS).unwrap();
    let all: Vec<NodeIx> = graph.nodes().map(|(ix, _)| ix).collect();
    let mut nodes: Vec<Node> = graph.nodes().map(|(_, node)| node.clone()).collect();
    for (ix, node) in all.iter().zip(&mut nodes) {
        node.edges = graph.out(*ix).map(|(_, link)| link.edge.clone()).collect();
    }
    (graph, all, nodes)
}

fn assert_same(mut read: Vec<Node>, written: &[Node]) {
    read.sort_by(|one, other| one.id.cmp(&other.id));
    assert_eq!(read.len(), written.len());
    for (read, written) in read.iter().zip(written) {
        let (one, other) = (held(read), held(written));
        assert_eq!((&one.0, one.1, &one.2, &one.4), (&other.0, other.1, &other.2, &other.4));
        let same = read.licence.as_ref().zip(written.licence.as_ref()).is_none_or(|(one, other)| one.is_same(other));
        assert!(same && read.licence.is_some() == written.licence.is_some(), "{one:?} {other:?}");
    }
}

#[test]
fn spdx_comes_back() {
    let (graph, all, written) = shipped();
    let text = to_spdx(&graph, &all).to_string();
    let read = read_spdx(text.as_bytes(), &at(), &FORMAT_LIMITS).unwrap();
    assert_same(read.clone(), &written);
    assert!(Graph::new(read).is_ok());
}

#[test]
fn cyclonedx_comes_back() {
    let (graph, all, written) = shipped();
    let text = to_cyclonedx(&graph, &all).to_string();
    let read = read_cyclonedx(text.as_bytes(), &at(), &FORMAT_LIMITS).unwrap();
    assert_same(read.clone(), &written);
    assert!(Graph::new(read).is_ok());
}

#[test]
fn bills_of_materials_of_others_are_read() {
    let bom = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6",
        "metadata": { "component": { "type": "machine-learning-model", "bom-ref": "pkg:huggingface/a/b@1", "name": "b",
            "modelCard": { "modelParameters": { "datasets": [{ "type": "dataset", "name": "Pictures of foxes" }, { "ref": "data" }] } },
            "pedigree": { "ancestors": [{ "type": "machine-learning-model", "name": "base" }] },
            "licenses": [{ "license": { "id": "MIT" } }] } },
        "components": [{ "type": "data", "bom-ref": "data", "name": "Data" }, { "type": "library", "bom-ref": "torch", "name": "torch" }],
        "dependencies": [{ "ref": "pkg:huggingface/a/b@1", "dependsOn": ["data", "torch"] }],
    });
    let nodes = read_cyclonedx(bom.to_string().as_bytes(), &at(), &FORMAT_LIMITS).unwrap();
    let model = nodes.iter().find(|node| node.id.as_str() == "b").unwrap();
    let edges: Vec<(EdgeKind, &str)> = model.edges.iter().map(|edge| (edge.kind, edge.to.as_str())).collect();
    assert_eq!(
        edges,
        [(EdgeKind::TrainedOn, "pictures-of-foxes"), (EdgeKind::TrainedOn, "data"), (EdgeKind::FineTunedFrom, "base")]
    );
    assert!(nodes.len() == 4 && nodes.iter().all(|node| node.id.as_str() != "torch"));
    let spdx = json!({ "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [
        { "type": "ai_AIPackage", "spdxId": "https://x.example/model", "name": "Fox model" },
        { "type": "dataset_DatasetPackage", "spdxId": "https://x.example/data", "name": "Fox data" },
        { "type": "Relationship", "spdxId": "https://x.example/r", "from": "https://x.example/model", "relationshipType": "trainedOn", "to": ["https://x.example/data"] },
        { "type": "simplelicensing_LicenseExpression", "spdxId": "https://x.example/l", "simplelicensing_licenseExpression": "CC-BY-NC-4.0" },
        { "type": "Relationship", "spdxId": "https://x.example/r2", "from": "https://x.example/data", "relationshipType": "hasDeclaredLicense", "to": ["https://x.example/l"] },
    ] });
    let nodes = read_spdx(spdx.to_string().as_bytes(), &at(), &FORMAT_LIMITS).unwrap();
    let (data, model) = (&nodes[0], &nodes[1]);
    assert_eq!((model.edges[0].kind, model.edges[0].to.as_str()), (EdgeKind::TrainedOn, "fox-data"));
    assert!(data.licence.as_ref().is_some_and(|licence| licence.terms().is_some_and(|terms| terms.non_commercial)));
}

#[test]
fn a_card_is_read_and_written_without_loss() {
    let text = "---\nlicense: creativeml-openrail-m\nbase_model: runwayml/stable-diffusion-v1-5\nbase_model_relation: adapter\ndatasets:\n- laion/laion2B-en\n- \"lambdalabs/pokemon-blip-captions\"\ntags: [lora, 'text-to-image']\nmodel-index:\n- name: x\n  results: []\n---\n# Foxes\n";
    let card = read_card(text, &FORMAT_LIMITS).unwrap().unwrap();
    assert_eq!(card.datasets, ["laion/laion2B-en", "lambdalabs/pokemon-blip-captions"]);
    assert_eq!(
        (card.base_model.as_slice(), card.license.as_deref()),
        (["runwayml/stable-diffusion-v1-5".to_owned()].as_slice(), Some("creativeml-openrail-m"))
    );
    let nodes = card.nodes("me/foxes", CardKind::Model, &at());
    assert_eq!((nodes[0].kind, nodes[0].edges.len(), nodes.len()), (NodeKind::Adapter, 3, 4));
    let names: std::collections::HashMap<_, _> =
        nodes.iter().map(|node| (node.id.clone(), node.name.clone())).collect();
    let again = card_of_node(&nodes[0], |id| names[id].clone());
    let second = read_card(&again, &FORMAT_LIMITS).unwrap().unwrap();
    assert_eq!(
        (&second.license, &second.base_model, &second.base_model_relation, &second.datasets),
        (&card.license, &card.base_model, &card.base_model_relation, &card.datasets)
    );
    assert_eq!(read_card("# No head\n", &FORMAT_LIMITS).unwrap(), None);
    let other =
        read_card("---\nlicense: other\nlicense_name: flux-1-dev-non-commercial-license\n---\n", &FORMAT_LIMITS)
            .unwrap()
            .unwrap();
    let licence = other.nodes("x/y", CardKind::Model, &at())[0].licence.clone().unwrap();
    assert!(licence.terms().unwrap().non_commercial);
}

#[test]
fn real_cards_are_read_and_written_without_loss() {
    let (fine, lent) = (Some("finetune"), EdgeKind::FineTunedFrom);
    // What each says, as a person reads it: licence, relation, bases, data.
    let all: [(&str, CardKind, &str, Option<&str>, &[(EdgeKind, &str)]); 7] = [
        ("internvit", CardKind::Model, "mit", fine, &[(lent, "OpenGVLab/InternViT-300M-448px")]),
        (
            "internvl-mpo",
            CardKind::Model,
            "mit",
            fine,
            &[(lent, "OpenGVLab/InternVL2_5-8B"), (EdgeKind::TrainedOn, "OpenGVLab/MMPR-v1.1")],
        ),
        ("pythia", CardKind::Model, "apache-2.0", None, &[(EdgeKind::TrainedOn, "EleutherAI/pile")]),
        (
            "shenava",
            CardKind::Model,
            "apache-2.0",
            fine,
            &[
                (lent, "nvidia/stt_fa_fastconformer_hybrid_large"),
                (EdgeKind::TrainedOn, "Reza2kn/visualears-persian-asr-16k"),
                (EdgeKind::TrainedOn, "Reza2kn/visualears-golden-6669"),
                (EdgeKind::TrainedOn, "Reza2kn/fleurs-fa-benchmark"),
            ],
        ),
        (
            "sev",
            CardKind::Model,
            "apache-2.0",
            Some("adapter"),
            &[(lent, "Qwen/Qwen3.5-4B-Base"), (EdgeKind::TrainedOn, "macmacmacmac/Sev-behavioral-research-v1")],
        ),
        (
            "strands",
            CardKind::Model,
            "apache-2.0",
            Some("quantized"),
            &[(EdgeKind::DerivedFrom, "StrandsAgents/strands-decider-2B-hobson-v19")],
        ),
        ("adv-glue", CardKind::Dataset, "cc-by-4.0", None, &[(EdgeKind::DerivedFrom, "glue")]),
    ];
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cards");
    for (name, kind, licence, relation, made_of) in all {
        let text = std::fs::read_to_string(folder.join(format!("{name}.md"))).unwrap();
        let card = read_card(&text, &FORMAT_LIMITS).unwrap().unwrap();
        assert_eq!(card.is_of_dataset(), kind == CardKind::Dataset, "{name}");
        assert_eq!((card.license.as_deref(), card.base_model_relation.as_deref()), (Some(licence), relation), "{name}");
        let nodes = card.nodes(name, kind, &at());
        assert_eq!(nodes[0].kind == NodeKind::Adapter, relation == Some("adapter"), "{name}");
        let read: Vec<(EdgeKind, &str)> =
            nodes[0].edges.iter().zip(&nodes[1..]).map(|(edge, other)| (edge.kind, other.name.as_str())).collect();
        assert_eq!(read, made_of, "{name}");
        let hub_name = |id: &NodeId| nodes.iter().find(|node| node.id == *id).unwrap().name.clone();
        let written = card_of_node(&nodes[0], hub_name);
        let second = read_card(&written, &FORMAT_LIMITS).unwrap().unwrap();
        assert_eq!(second.nodes(name, kind, &at()), nodes, "{name}: {written}");
    }
    assert_eq!(
        std::fs::read_dir(&folder).unwrap().count(),
        all.len() + 1,
        "each card has its row, and there is a README"
    );
}

#[test]
fn hostile_cards_are_refused() {
    let laughs = (1..40).fold("a: &a0 [lol]\n".to_owned(), |text, number| {
        format!(
            "{text}b{number}: &a{number} [*a{0}, *a{0}, *a{0}, *a{0}, *a{0}, *a{0}, *a{0}, *a{0}, *a{0}]\n",
            number - 1
        )
    });
    for (head, words) in [
        (laughs, "aliases"),
        (format!("a: {}{}", "[".repeat(100_000), "]".repeat(100_000)), "deep"),
        (format!("a: {}", "{b: ".repeat(10_000)), "deep"),
        (format!("{}x", "- ".repeat(100_000)), "deep"),
        ("a: 1\na: 2".to_owned(), "twice"),
        ("- a\n- b".to_owned(), "no map"),
        ("? [a, b]\n: c".to_owned(), "key"),
        ("a: [".to_owned(), "line"),
    ] {
        let error = read_card(&format!("---\n{head}\n---\n"), &FORMAT_LIMITS).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
    // Deep blocks by indentation, too.
    let deep: String = (0..500).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    assert!(read_card(&format!("---\n{deep}---\n"), &FORMAT_LIMITS).is_err());
    let long = format!("---\n{}: x\n---\n", "k".repeat(100 << 20));
    assert!(read_card(&long, &FORMAT_LIMITS).is_err());
    let many = format!("---\nx:\n{}---\n", "- a\n".repeat(600_000));
    assert!(read_card(&many, &FORMAT_LIMITS).unwrap_err().to_string().contains("too many"));
}

#[test]
fn hostile_json_is_refused() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let wide = format!("[{}1]", "1,".repeat(600_000));
    let long = format!("{{\"{}\": 1}}", "k".repeat(40 << 20));
    for text in [deep.as_str(), wide.as_str(), long.as_str(), "", "null", "[]", "{", "{\"bomFormat\": 1}", "\u{feff}{}"]
    {
        assert!(read_cyclonedx(text.as_bytes(), &at(), &FORMAT_LIMITS).is_err(), "{text:.40}");
        assert!(read_spdx(text.as_bytes(), &at(), &FORMAT_LIMITS).is_err());
    }
    for text in [deep.as_str(), wide.as_str(), long.as_str(), "", "null", "[]"] {
        assert!(read_provenance(text.as_bytes(), &at(), &FORMAT_LIMITS).is_err());
        assert!(read_safetensors_header(text.as_bytes(), "a", &at(), &FORMAT_LIMITS).is_err());
    }
    assert_eq!(header_length(u64::MAX.to_le_bytes(), &FORMAT_LIMITS), None);
    assert_eq!(header_length([0; 8], &FORMAT_LIMITS), None);
}

#[test]
fn json_is_as_deep_and_as_long_as_the_limits_say() {
    let bom = |value: String| format!("{{\"bomFormat\": \"CycloneDX\", \"x\": {value}}}");
    let deep = |depth: usize| bom(format!("{}{}", "[".repeat(depth), "]".repeat(depth)));
    let read = |text: String| read_cyclonedx(text.as_bytes(), &at(), &FORMAT_LIMITS).map_err(|error| error.to_string());
    assert!(read(deep(63)).is_ok() && read(deep(64)).unwrap_err().contains("too deep"));
    // Brackets and commas inside texts are neither depth nor values, whatever is escaped before them.
    let text = format!("\"\\\\\\\"{}\"", "[,".repeat(300_000));
    assert!(read(bom(text)).is_ok());
    assert!(read(bom(format!("\"{}\"", "x".repeat(1_000_001)))).unwrap_err().contains("too long"));
}

#[test]
fn what_trainers_write_into_weights_is_read() {
    let head = json!({ "__metadata__": {
        "modelspec.title": "Fox style", "modelspec.license": "CreativeML OpenRAIL-M", "modelspec.date": "2023-08-01T10:00:00",
        "modelspec.architecture": "stable-diffusion-v1/lora", "ss_sd_model_name": "/models/v1-5-pruned.safetensors",
        "ss_dataset_dirs": "{\"10_fox\": {\"n_repeats\": 10, \"img_count\": 20}}", "ss_network_module": "networks.lora",
        "ss_base_model_version": "sd_v1",
    }, "lora_unet_down.weight": { "dtype": "F16", "shape": [1], "data_offsets": [0, 2] } });
    let read = read_safetensors_header(head.to_string().as_bytes(), "fox", &at(), &FORMAT_LIMITS).unwrap();
    let edges: Vec<(EdgeKind, &str)> = read.node.edges.iter().map(|edge| (edge.kind, edge.to.as_str())).collect();
    assert_eq!(edges, [(EdgeKind::FineTunedFrom, "v1-5-pruned"), (EdgeKind::TrainedOn, "fox-10-fox")]);
    assert_eq!(
        (read.node.kind, read.node.name.as_str(), read.node.date.unwrap().to_string().as_str()),
        (NodeKind::Adapter, "Fox style", "2023-08-01")
    );
    let summary = json!({ "x": { "Unique Dataset Identifier": "x-foxes", "Dataset Name": "Foxes", "Dataset URL": "https://example.org/foxes",
        "Licenses": [{ "License": "CC BY-NC 4.0" }, { "License": "MIT License" }], "Derived from Datasets": ["Old Foxes"] } });
    let nodes = read_provenance(summary.to_string().as_bytes(), &at(), &FORMAT_LIMITS).unwrap();
    assert!(
        nodes[1].licence.as_ref().unwrap().terms().unwrap().non_commercial
            && nodes[1].edges[0].to.as_str() == "old-foxes"
    );
}

#[test]
fn real_weights_are_read() {
    let shared = std::env::var_os("SAYSO_SHARED")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")), PathBuf::from);
    let dir = shared.join("anchors/weights/lora");
    if !dir.is_dir() {
        eprintln!("skipped: no {}", dir.display());
        return;
    }
    for name in ["lora_disney", "analog_svd_rank4"] {
        let bytes = std::fs::read(dir.join(format!("{name}.safetensors"))).unwrap();
        let (start, rest) = bytes.split_first_chunk::<8>().unwrap();
        let head = &rest[..header_length(*start, &FORMAT_LIMITS).unwrap()];
        let read = read_safetensors_header(head, name, &at(), &FORMAT_LIMITS).unwrap();
        assert_eq!((read.node.kind, read.node.name.as_str()), (NodeKind::Adapter, name));
    }
}

#[test]
fn documents_name_no_time_but_their_own() {
    let (graph, all, _) = shipped();
    let one = to_spdx(&graph, &all);
    assert_eq!(one, to_spdx(&graph, &all));
    let created = one.pointer("/@graph/0/created").and_then(Value::as_str).unwrap();
    assert!(created.starts_with("202") && created.ends_with("T00:00:00Z"), "{created}");
}
