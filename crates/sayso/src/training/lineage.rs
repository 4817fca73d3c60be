use std::collections::BTreeMap;

use sayso_core::{Pdq, Sha256, Stance};
use serde_json::{Map, Value, json};

/// The version of what stands under `sayso.lineage`.
pub const LINEAGE_VERSION: u64 = 1;

/// The facts of a run that is over, as plain values.
#[derive(Debug, Clone, PartialEq)]
pub struct RunFacts {
    /// What the adapter is called.
    pub title: String,
    /// What it is, in a sentence.
    pub description: Option<String>,
    /// The architecture as modelspec names it, such as `stable-diffusion-v1/lora`.
    pub architecture: String,
    /// How its weights are laid out, such as `kohya` or `diffusers`, and modelspec's `implementation`.
    pub implementation: String,
    /// The licence under which it is given out.
    pub licence: Option<String>,
    /// Who made it.
    pub author: Option<String>,
    /// When, as `2026-11-22`, if that is to be told: weights of one run are the same on any day without.
    pub date: Option<String>,
    /// The model that it changes.
    pub base: BaseFacts,
    /// The pictures that were trained on, in their order.
    pub pictures: Vec<PictureFacts>,
    /// How many were refused.
    pub refused: u64,
    /// The use that was judged, and the rules.
    pub purpose: String,
    /// The rules that were judged by.
    pub policy: String,
    /// The state of the registry that was judged against.
    pub registry_head: Option<String>,
    /// Whom the pictures show, as whoever trained says: empty where nobody is to be recognised.
    pub depicts: Vec<String>,
    /// The word or prompt that calls it up.
    pub trigger: Option<String>,
    /// Pixels along the pictures as they were trained on.
    pub resolution: Option<(u32, u32)>,
    /// The net of the adapter, as kohya's scripts name it, with rank and alpha; none of a whole model.
    pub network: Option<(String, u32, f64)>,
    /// Everything else that was set, by names of their own: `steps`, `learning_rate`, `seed`, ….
    pub settings: BTreeMap<String, Value>,
    /// The program and its version.
    pub program: String,
}

/// The model that was trained on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseFacts {
    /// Its name: on the hub, or of its file or folder.
    pub name: String,
    /// Its files with their digests, by their names within it.
    pub files: Vec<(String, Sha256)>,
    /// Its licence.
    pub licence: Option<String>,
}

/// What is told of one picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureFacts {
    /// The digest of its file.
    pub sha256: Sha256,
    /// What it looks like, so that a copy of it is known when it is made.
    pub pdq: Option<Pdq>,
    /// The verdict.
    pub verdict: Stance,
    /// The code of the reason that decided.
    pub reason: String,
    /// The claims that spoke of it, by their numbers.
    pub claims: Vec<u64>,
    /// Who made it, by its own metadata.
    pub creator: Option<String>,
    /// The licence that was stated.
    pub licence: Option<String>,
    /// Where it was found.
    pub url: Option<String>,
    /// Whom a grant's terms want to have named.
    pub credit: Vec<String>,
}

impl PictureFacts {
    /// As it stands in the list, without what is not known.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut of = Map::new();
        of.insert("sha256".to_owned(), json!(self.sha256.to_string()));
        let mut put = |key: &str, value: Value| {
            let is_empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
            if !is_empty {
                of.insert(key.to_owned(), value);
            }
        };
        put("pdq", json!(self.pdq));
        put("verdict", json!(self.verdict));
        put("reason", json!(self.reason));
        put("claims", json!(self.claims));
        put("creator", json!(self.creator));
        put("licence", json!(self.licence));
        put("url", json!(self.url));
        put("credit", json!(self.credit));
        Value::Object(of)
    }

    /// Reads what [`Self::to_json`] writes; `None` where it is something else.
    #[must_use]
    pub fn of_json(value: &Value) -> Option<Self> {
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let texts = |key: &str| -> Vec<String> {
            let list = value.get(key).and_then(Value::as_array).into_iter().flatten();
            list.filter_map(Value::as_str).map(str::to_owned).take(100).collect()
        };
        let claims = value.get("claims").and_then(Value::as_array).into_iter().flatten();
        Some(Self {
            sha256: digest(&text("sha256")?)?,
            pdq: text("pdq").and_then(|hash| hash.parse().ok()),
            verdict: text("verdict")?.parse().ok()?,
            reason: text("reason").unwrap_or_default(),
            claims: claims.filter_map(Value::as_u64).take(1_000).collect(),
            creator: text("creator"),
            licence: text("licence"),
            url: text("url"),
            credit: texts("credit"),
        })
    }
}

/// A document as compact JSON with its keys in order: the same text in every build, whatever order a map keeps. Digests are of it.
pub(crate) fn canonical(value: &Value) -> String {
    match value {
        Value::Object(of) => {
            let mut parts: Vec<(&String, &Value)> = of.iter().collect();
            parts.sort_unstable_by_key(|(key, _)| *key);
            let parts: Vec<String> = parts
                .into_iter()
                .map(|(key, value)| format!("{}:{}", Value::from(key.as_str()), canonical(value)))
                .collect();
            format!("{{{}}}", parts.join(","))
        }
        Value::Array(of) => format!("[{}]", of.iter().map(canonical).collect::<Vec<_>>().join(",")),
        plain => plain.to_string(),
    }
}

/// A digest of 64 hexadecimal digits.
pub(crate) fn digest(text: &str) -> Option<Sha256> {
    text.parse::<Pdq>().ok().map(|bytes| Sha256(*bytes.as_bytes()))
}

/// What an adapter's weights say of where they come from, as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Lineage {
    /// The whole document.
    pub document: Value,
    /// SHA-256 of its text as it stands in the weights: by it outputs name it.
    pub digest: Sha256,
    /// The base, with the digests of its files.
    pub base: BaseFacts,
    /// How many pictures it was trained on.
    pub count: u64,
    /// The root over them.
    pub root: Option<Sha256>,
    /// The pictures, as far as they could be had.
    pub pictures: Vec<PictureFacts>,
    /// The list that lies beside the weights, where there is one: its name and digest.
    pub list: Option<(String, Sha256)>,
    /// What of it could not be had or does not fit, in words.
    pub missing: Vec<String>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::canonical;

    #[test]
    fn a_document_has_one_text() {
        let document = json!({ "b": [1, { "z": null, "a": "\"" }], "a": 0.5 });
        assert_eq!(canonical(&document), r#"{"a":0.5,"b":[1,{"a":"\"","z":null}]}"#);
    }
}
