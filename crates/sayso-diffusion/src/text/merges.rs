use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::DiffusionError;
use crate::config::text;

/// Bytes of a list of merges: CLIP's has 525,000. The list of all words has 860,000.
const MERGES: u64 = 16 << 20;
/// Bytes of a file with all of it: CLIP's has 3,600,000.
const ALL: u64 = 32 << 20;

/// What transformers 5 writes in place of several files.
#[derive(Deserialize)]
struct All {
    model: Model,
    #[serde(default)]
    added_tokens: Vec<Added>,
}

#[derive(Deserialize)]
struct Model {
    merges: Vec<Merge>,
    vocab: HashMap<String, u32>,
}

/// Two pieces of a word, as they were written before and after 2024.
#[derive(Deserialize)]
#[serde(untagged)]
enum Merge {
    Line(String),
    Pair([String; 2]),
}

#[derive(Deserialize)]
struct Added {
    id: u32,
    content: String,
}

/// The merges of a folder, as lines of two pieces each, and the file that they are from.
pub(super) fn merges(folder: &Path) -> Result<(String, PathBuf), DiffusionError> {
    let (list, all) = (folder.join("merges.txt"), folder.join("tokenizer.json"));
    if list.is_file() || !all.is_file() {
        return Ok((text(&list, MERGES)?, list));
    }
    let mut lines = String::new();
    for merge in read(&all)?.model.merges {
        match merge {
            Merge::Line(line) => lines.push_str(&line),
            Merge::Pair([first, second]) => lines.extend([&first, " ", &second]),
        }
        lines.push('\n');
    }
    Ok((lines, all))
}

/// The number of a word in a folder's vocabulary.
pub(super) fn number(folder: &Path, word: &str) -> Result<u32, DiffusionError> {
    let (list, all) = (folder.join("vocab.json"), folder.join("tokenizer.json"));
    let (number, path) = if list.is_file() || !all.is_file() {
        let words: Option<HashMap<String, u32>> = serde_json::from_str(&text(&list, MERGES)?).ok();
        (words.and_then(|words| words.get(word).copied()), list)
    } else {
        let read = read(&all)?;
        let added = || read.added_tokens.iter().find(|added| added.content == word).map(|added| added.id);
        (read.model.vocab.get(word).copied().or_else(added), all)
    };
    number.ok_or_else(|| DiffusionError::Config {
        path,
        reason: format!("it lacks `{}`, which fills texts", word.chars().take(80).collect::<String>()),
        hint: "fetch it from where the net is from",
    })
}

fn read(path: &Path) -> Result<All, DiffusionError> {
    serde_json::from_str(&text(path, ALL)?).map_err(|error| DiffusionError::Config {
        path: path.to_owned(),
        reason: format!("it does not say its merges and its words: {error}"),
        hint: "fetch it from where the net is from",
    })
}
