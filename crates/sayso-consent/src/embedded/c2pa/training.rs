//! The assertion on training and data mining (CAWG 1.1; C2PA 1.4, section 19.23), and the short text that is kept of it.

use sayso_core::UsageCategory::{self, DataMining};
use sayso_core::{Preference, Signal, Stance};

use super::cbor::{Value, read_cbor};
use super::manifest::Content;
use crate::categories::{grants, reserves};
use crate::codes;
use crate::labels::{Labels, Vocabulary};
use crate::read::Preferences;

/// The label of the assertion.
pub const TRAINING_MINING: &str = "cawg.training-mining";

/// What is kept of a store or an assertion that cannot be read.
pub(in crate::embedded) const UNREADABLE: &str = "unreadable";

/// What is read of an assertion, the other way round: the entries of one that says these wishes, each with its `use`. Of uses that nothing is said of there is none.
#[must_use]
pub fn training_entries(no: &[UsageCategory], yes: &[UsageCategory]) -> Vec<(String, &'static str)> {
    // CAWG means by `ai_training` that of models which do not generate. As a reservation it counts for all training, like
    // the labels of other vocabularies that say so much and no more.
    let entry = |key: &'static str| {
        let category = category_of(key)?;
        let answer = match () {
            () if no.iter().any(|said| reserves(*said, category)) => "notAllowed",
            () if yes.iter().any(|said| grants(*said, category)) => "allowed",
            () => return None,
        };
        Some((key.to_owned(), answer))
    };
    // Manifests of today have the names of today.
    let keys = Labels::builtin().of(Vocabulary::Cawg).iter().map(|label| &*label.label);
    keys.filter(|key| key.starts_with("cawg.")).filter_map(entry).collect()
}

/// Entries and bytes of text that are worth keeping: the known keys come first.
const ENTRIES: usize = 32;
const WORD_BYTES: usize = 64;
const TERMS_BYTES: usize = 256;

/// The canonical text of an assertion: `cawg.ai_training=notAllowed; cawg.data_mining=constrained (the terms)`.
pub(in crate::embedded) fn canonical(content: Option<Content<'_>>, depth: usize) -> String {
    let value = match content {
        Some(Content::Cbor(bytes)) => read_cbor(bytes, depth),
        Some(Content::Json(bytes)) => serde_json::from_slice(bytes).ok().map(value_of),
        None => None,
    };
    let Some(Value::Map(assertion)) = value else { return UNREADABLE.to_owned() };
    let mut entries = Vec::new();
    for (key, value) in &assertion {
        match value {
            Value::Map(inner) if key == "entries" => entries.extend(inner.iter().map(entry)),
            _ if key == "entries" => return UNREADABLE.to_owned(),
            // The schema of CAWG 1.0 forgot `entries`, and some writers followed it.
            _ if category_of(key).is_some() => entries.push(entry(&(key.clone(), value.clone()))),
            _ => {}
        }
    }
    if entries.is_empty() {
        return UNREADABLE.to_owned();
    }
    entries.sort();
    entries.truncate(ENTRIES);
    entries.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("; ")
}

/// An entry as text, behind whether its key is none of the known ones.
fn entry((key, value): &(String, Value)) -> (bool, String) {
    let text_of = |names: &[&str]| match value {
        Value::Map(fields) => fields.iter().find_map(|(name, value)| match value {
            Value::Text(text) if names.contains(&name.as_str()) => Some(text.as_str()),
            _ => None,
        }),
        Value::Text(text) if names.contains(&"use") => Some(text.as_str()),
        Value::Text(_) | Value::Other => None,
    };
    let mut text = format!("{}={}", word(key), text_of(&["use"]).map_or_else(|| "?".to_owned(), word));
    // The schema has the first name, the prose beside it the second.
    if let Some(terms) = text_of(&["constraint_info", "constraints_info"]) {
        let kept = |c: char| if c.is_control() || matches!(c, ';' | '(' | ')') { ' ' } else { c };
        let terms: String = terms.chars().map(kept).take(TERMS_BYTES).collect();
        text.push_str(" (");
        text.push_str(terms.trim());
        text.push(')');
    }
    (category_of(key).is_none(), text)
}

/// A key or a value as far as it is a word, so that it cannot be taken for more than one.
fn word(text: &str) -> String {
    let kept = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '?' };
    text.chars().map(kept).take(WORD_BYTES).collect()
}

fn value_of(json: serde_json::Value) -> Value {
    match json {
        serde_json::Value::String(text) => Value::Text(text),
        serde_json::Value::Object(entries) => {
            Value::Map(entries.into_iter().map(|(key, value)| (key, value_of(value))).collect())
        }
        _ => Value::Other,
    }
}

fn category_of(key: &str) -> Option<UsageCategory> {
    Labels::builtin().find(Vocabulary::Cawg, key).and_then(|label| label.reserves.first()).copied()
}

/// Reads the canonical text of an assertion.
///
/// No signature is verified, so that anybody could have written the manifest. A reservation counts even so, because
/// refusing on doubt harms nobody; a grant is evidence and no more. Without terms that can be read, and no program reads
/// them, `constrained` is `notAllowed` (CAWG 1.1, section 3.1).
pub(in crate::embedded) fn read_training(raw: &str) -> Vec<Preference> {
    let mut preferences = Preferences::default();
    let whole = raw.strip_suffix(Signal::CUT_MARK);
    for part in whole.unwrap_or(raw).split(';') {
        let (key, answer) = part.trim_ascii().split_once('=').unwrap_or((part.trim_ascii(), ""));
        let Some(category) = category_of(key) else {
            if key == UNREADABLE {
                preferences.add(DataMining, Stance::Unknown, codes::CAWG_UNREADABLE);
            }
            continue;
        };
        let (stance, code) = match answer.split(' ').next() {
            Some("notAllowed") => (Stance::Disallowed, codes::CAWG_RESERVED),
            Some("constrained") => (Stance::Disallowed, codes::CAWG_CONSTRAINED),
            Some("allowed") => (Stance::Unknown, codes::CAWG_GRANTED_UNVERIFIED),
            _ => (Stance::Unknown, codes::CAWG_UNREADABLE),
        };
        preferences.add(category, stance, code);
    }
    if whole.is_some() {
        preferences.add(DataMining, Stance::Unknown, codes::SIGNAL_CUT);
    }
    preferences.into_vec()
}
