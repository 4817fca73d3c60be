use std::collections::BTreeMap;

use sayso_core::Sha256;
use sayso_registry::log::{empty_root, leaf_hash, node_hash};
use serde_json::{Map, Value, json};
use sha2::Digest;

use super::card::card;
use super::lineage::{LINEAGE_VERSION, PictureFacts, RunFacts, canonical};

/// What goes with trained weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Papers {
    /// The metadata for the head of the safetensors file.
    pub metadata: BTreeMap<String, String>,
    /// The list of pictures that goes beside the weights where there are too many for the head: its name, and its text.
    pub list: Option<(String, String)>,
    /// The model card, `README.md`.
    pub card: String,
    /// SHA-256 of the lineage as it stands in the metadata.
    pub digest: Sha256,
}

/// Pictures that are listed in the head of the weights. Of more, the list lies beside them, and its root and digest in the head.
pub const LISTED_PICTURES: usize = 256;

/// How modelspec names the architecture of Stable Diffusion XL.
pub(crate) const XL: &str = "stable-diffusion-xl-v1-base";

/// The version of modelspec that is written.
const MODELSPEC: &str = "1.0.1";

/// The papers of a run whose weights are called `stem`, without an ending.
#[must_use]
pub fn papers(facts: &RunFacts, stem: &str) -> Papers {
    let list =
        (facts.pictures.len() > LISTED_PICTURES).then(|| (format!("{stem}.pictures.jsonl"), list_of(&facts.pictures)));
    let document = document(facts, list.as_ref().map(|(name, text)| (name.as_str(), text.as_str())));
    let lineage = canonical(&document);
    let digest = Sha256(sha2::Sha256::digest(lineage.as_bytes()).into());
    let mut metadata = modelspec(facts);
    metadata.extend(kohya(facts, stem));
    metadata.insert("sayso.lineage".to_owned(), lineage);
    metadata.insert("format".to_owned(), "pt".to_owned());
    Papers { metadata, list, card: card(facts, stem, &digest), digest }
}

/// The root over the pictures in their order: the tree of RFC 6962, whose leaves are their lines in the list.
#[must_use]
pub fn pictures_root(pictures: &[PictureFacts]) -> Sha256 {
    let mut row: Vec<Sha256> =
        pictures.iter().map(|picture| leaf_hash(canonical(&picture.to_json()).as_bytes())).collect();
    if row.is_empty() {
        return empty_root();
    }
    // Left subtrees are as large as they can be, and what is left over goes up as it is: the same tree.
    while row.len() > 1 {
        row = row
            .chunks(2)
            .filter_map(|pair| match pair {
                [left, right] => Some(node_hash(left, right)),
                [one] => Some(*one),
                _ => None,
            })
            .collect();
    }
    row.first().copied().unwrap_or_else(empty_root)
}

fn list_of(pictures: &[PictureFacts]) -> String {
    pictures.iter().map(|picture| canonical(&picture.to_json()) + "\n").collect()
}

fn document(facts: &RunFacts, list: Option<(&str, &str)>) -> Value {
    let files: Map<String, Value> =
        facts.base.files.iter().map(|(name, digest)| (name.clone(), json!(digest.to_string()))).collect();
    let mut verdicts: BTreeMap<&str, u64> = BTreeMap::new();
    for picture in &facts.pictures {
        *verdicts.entry(&picture.reason).or_default() += 1;
    }
    let mut pictures = json!({
        "count": facts.pictures.len(),
        "root": pictures_root(&facts.pictures).to_string(),
        "refused": facts.refused,
        "reasons": verdicts,
    });
    if let Some(of) = pictures.as_object_mut() {
        match list {
            Some((name, text)) => {
                let digest = Sha256(sha2::Sha256::digest(text.as_bytes()).into());
                of.insert("file".to_owned(), json!(name));
                of.insert("file_sha256".to_owned(), json!(digest.to_string()));
            }
            None => {
                let all: Vec<Value> = facts.pictures.iter().map(PictureFacts::to_json).collect();
                of.insert("list".to_owned(), Value::Array(all));
            }
        }
    }
    json!({
        "version": LINEAGE_VERSION,
        "program": facts.program,
        "title": facts.title,
        "base": { "name": facts.base.name, "licence": facts.base.licence, "files": files },
        "pictures": pictures,
        "purpose": facts.purpose,
        "policy": facts.policy,
        "registry_head": facts.registry_head,
        "depicts": facts.depicts,
        "trigger": facts.trigger,
        "settings": facts.settings,
        "date": facts.date,
    })
}

/// The keys of Stability AI's specification.
fn modelspec(facts: &RunFacts) -> BTreeMap<String, String> {
    let mut said = BTreeMap::new();
    let mut say = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            said.insert(format!("modelspec.{key}"), value);
        }
    };
    say("sai_model_spec", Some(MODELSPEC.to_owned()));
    say("architecture", Some(facts.architecture.clone()));
    say("implementation", Some(facts.implementation.clone()));
    say("title", Some(facts.title.clone()));
    say("description", facts.description.clone());
    say("author", facts.author.clone());
    say("date", facts.date.clone());
    say("license", facts.licence.clone());
    say("trigger_phrase", facts.trigger.clone());
    say("resolution", facts.resolution.map(|(width, height)| format!("{width}x{height}")));
    let credits = credits(facts);
    say("tags", Some("consent, sayso".to_owned()));
    say("merged_from", None);
    say("usage_hint", (!credits.is_empty()).then(|| format!("credit: {}", credits.join(", "))));
    said
}

/// The keys of kohya's scripts that other programs read.
fn kohya(facts: &RunFacts, stem: &str) -> BTreeMap<String, String> {
    let mut said = BTreeMap::new();
    let mut say = |key: &str, value: String| {
        said.insert(format!("ss_{key}"), value);
    };
    say("output_name", stem.to_owned());
    say("sd_model_name", facts.base.name.clone());
    // Without it, programs take an adapter for one of Stable Diffusion 1.
    if facts.architecture.starts_with(XL) {
        say("base_model_version", "sdxl_base_v1-0".to_owned());
    }
    if let [(_, digest)] = &facts.base.files[..] {
        say("new_sd_model_hash", digest.to_string());
    }
    if let Some((module, rank, alpha)) = &facts.network {
        say("network_module", module.clone());
        say("network_dim", rank.to_string());
        say("network_alpha", alpha.to_string());
    }
    if let Some((width, height)) = facts.resolution {
        say("resolution", format!("({width}, {height})"));
    }
    say("num_train_images", facts.pictures.len().to_string());
    // Paths tell of whoever trained, and folders' names of what is in them: neither is anybody's business.
    say("dataset_dirs", json!({ "pictures": { "n_repeats": 1, "img_count": facts.pictures.len() } }).to_string());
    for (ours, theirs) in [
        ("steps", "max_train_steps"),
        ("steps", "steps"),
        ("learning_rate", "learning_rate"),
        ("seed", "seed"),
        ("epochs", "num_epochs"),
        ("optimiser", "optimizer"),
        ("clip_skip", "clip_skip"),
    ] {
        if let Some(value) = facts.settings.get(ours) {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            say(theirs, text);
        }
    }
    if let Some(trigger) = &facts.trigger {
        let words: Map<String, Value> = [(trigger.clone(), json!(facts.pictures.len()))].into_iter().collect();
        say("tag_frequency", json!({ "pictures": words }).to_string());
    }
    said
}

/// Whom the terms of the grants want to have named.
pub(super) fn credits(facts: &RunFacts) -> Vec<&str> {
    let mut all: Vec<&str> = facts.pictures.iter().flat_map(|picture| &picture.credit).map(String::as_str).collect();
    all.sort_unstable();
    all.dedup();
    all
}
