use std::collections::HashMap;
use std::path::Path;

use serde::Deserialize;

use crate::ModelError;
use crate::companion::{json, text};
use crate::tokens::WordPieces;

/// What stands beside the weights of a sentence embedder.
pub(super) struct Companions {
    pub(super) tokens: WordPieces,
    pub(super) heads: usize,
    /// The most tokens of a text that the model was trained with.
    pub(super) places: Option<usize>,
}

#[derive(Deserialize)]
struct Config {
    num_attention_heads: usize,
    #[serde(default)]
    hidden_act: Option<String>,
    #[serde(default)]
    layer_norm_eps: Option<f64>,
    #[serde(default)]
    position_embedding_type: Option<String>,
}

#[derive(Deserialize)]
struct Pooling {
    #[serde(default)]
    pooling_mode_mean_tokens: bool,
}

#[derive(Deserialize)]
struct Sentence {
    max_seq_length: Option<usize>,
}

#[derive(Deserialize)]
struct Casing {
    do_lower_case: Option<bool>,
}

impl Companions {
    /// Reads `config.json` and `vocab.txt`, and what else says how the net is used.
    pub(super) fn beside(weights: &Path) -> Result<Self, ModelError> {
        let folder = weights.parent().unwrap_or(Path::new(""));
        let config_path = folder.join("config.json");
        let config: Config = json(&config_path)?.ok_or_else(|| ModelError::Companion {
            path: config_path.clone(),
            reason: "it says how many heads the net has".to_owned(),
            hint: "put the config.json of the model's own repository there",
        })?;
        let other = |path: &Path, what: &str| ModelError::Companion {
            path: path.to_owned(),
            reason: format!("it describes a net with {what}, which is not known here"),
            hint: "sentence embedders of all-MiniLM's kind can be read; see `sayso models`",
        };
        if config.hidden_act.as_deref().is_some_and(|activation| activation != "gelu") {
            return Err(other(&config_path, "another activation than gelu"));
        }
        if config.layer_norm_eps.is_some_and(|epsilon| (epsilon - 1e-12).abs() > 1e-13) {
            return Err(other(&config_path, "another layer norm than BERT's"));
        }
        if config.position_embedding_type.as_deref().is_some_and(|kind| kind != "absolute") {
            return Err(other(&config_path, "relative places"));
        }
        let pooling = folder.join("1_Pooling").join("config.json");
        if json::<Pooling>(&pooling)?.is_some_and(|pooling| !pooling.pooling_mode_mean_tokens) {
            return Err(other(&pooling, "another pooling than the mean"));
        }
        let casing = folder.join("tokenizer_config.json");
        if json::<Casing>(&casing)?.is_some_and(|casing| casing.do_lower_case == Some(false)) {
            return Err(other(&casing, "capital letters"));
        }
        let sentence: Option<Sentence> = json(&folder.join("sentence_bert_config.json"))?;
        Ok(Self {
            tokens: tokens(folder)?,
            heads: config.num_attention_heads,
            places: sentence.and_then(|sentence| sentence.max_seq_length).filter(|most| *most > 2),
        })
    }
}

/// The vocabulary, of `vocab.txt` or else of `tokenizer.json`.
fn tokens(folder: &Path) -> Result<WordPieces, ModelError> {
    #[derive(Deserialize)]
    struct Tokenizer {
        model: Model,
    }
    #[derive(Deserialize)]
    struct Model {
        vocab: HashMap<String, u32>,
    }
    let path = folder.join("vocab.txt");
    if let Some(vocabulary) = text(&path)? {
        return WordPieces::new(&path, vocabulary.lines().map(|line| line.trim_end_matches('\r').to_owned()).zip(0..));
    }
    let other = folder.join("tokenizer.json");
    match json::<Tokenizer>(&other)? {
        Some(tokenizer) => WordPieces::new(&other, tokenizer.model.vocab),
        None => Err(ModelError::Companion {
            path,
            reason: "it is the vocabulary".to_owned(),
            hint: "put the vocab.txt of the model's own repository there",
        }),
    }
}
