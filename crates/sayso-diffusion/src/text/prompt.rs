use std::path::Path;

use sayso_model::ClipTokens;
use serde_json::Value;

use super::TextConfig;
use super::merges::{merges, number};
use crate::DiffusionError;
use crate::config::Config;

/// Bytes of a prompt that are looked at: a hundred times what any net has room for.
const PROMPT: usize = 1 << 16;
const END: &str = "<|endoftext|>";

/// A prompt as the net takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Prompt {
    /// As many as the net has places; what is left after the text's end is filled.
    pub(crate) tokens: Vec<u32>,
    /// Tokens that there was no room for.
    pub(crate) cut: usize,
}

/// Makes tokens of prompts.
pub(crate) struct Prompts {
    tokens: ClipTokens,
    places: usize,
    /// What fills the places after a text's end.
    fill: u32,
    /// Words of adapters, that are one token each.
    words: Vec<(String, u32)>,
}

impl Prompts {
    /// With the merges of a folder. They have to make the vocabulary that the net has.
    pub(crate) fn open(folder: &Path, config: &TextConfig) -> Result<Self, DiffusionError> {
        let (lines, path) = merges(folder)?;
        let tokens = ClipTokens::of_merges(&lines)?;
        Self::fitting(&tokens, config, &path)?;
        let fill = match named(folder)? {
            None => tokens.end(),
            Some(word) if word == END => tokens.end(),
            Some(word) => number(folder, &word)?,
        };
        Ok(Self { tokens, places: config.places, fill, words: Vec::new() })
    }

    /// For a net whose file brings no merges: those of a folder, or OpenAI's, which all known ones were trained with. `fill`
    /// fills the places after a text's end, which nets of OpenAI have as ends.
    pub(crate) fn without(
        path: &Path,
        folder: Option<&Path>,
        config: &TextConfig,
        fill: Option<u32>,
    ) -> Result<Self, DiffusionError> {
        let (tokens, path) = match folder {
            Some(folder) => {
                let (lines, path) = merges(folder)?;
                (ClipTokens::of_merges(&lines)?, path)
            }
            None => (ClipTokens::openai()?, path.to_owned()),
        };
        Self::fitting(&tokens, config, &path)?;
        Ok(Self { fill: fill.unwrap_or(tokens.end()), tokens, places: config.places, words: Vec::new() })
    }

    fn fitting(tokens: &ClipTokens, config: &TextConfig, path: &Path) -> Result<(), DiffusionError> {
        if usize::try_from(tokens.count()).ok() == Some(config.vocabulary) {
            return Ok(());
        }
        Err(DiffusionError::Config {
            path: path.to_owned(),
            reason: format!("its merges make {} tokens, and the net knows {}", tokens.count(), config.vocabulary),
            hint: "name the folder of the net's own merges.txt with --tokenizer, or fetch it from where the net is from",
        })
    }

    /// Takes words as one token each from now on, with the numbers after the vocabulary's last.
    pub(crate) fn extend<'a>(&mut self, words: impl Iterator<Item = &'a str>) {
        let first = self.tokens.count();
        self.words = words.zip(first..).map(|(word, token)| (word.to_owned(), token)).collect();
        // A word that begins another must not hide it.
        self.words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    }

    /// The tokens of a text between those of its start and its end.
    fn encode(&self, mut text: &str) -> Vec<u32> {
        if self.words.is_empty() {
            return self.tokens.encode(text, usize::MAX);
        }
        let around = self.tokens.encode("", usize::MAX);
        let mut tokens: Vec<u32> = around.first().copied().into_iter().collect();
        loop {
            let next = self.words.iter().filter_map(|(word, token)| Some((text.find(word)?, word.len(), *token)));
            let next = next.min_by_key(|(at, length, _)| (*at, std::cmp::Reverse(*length)));
            let (at, length) = next.map_or((text.len(), 0), |(at, length, _)| (at, length));
            let (before, rest) = text.split_at_checked(at).unwrap_or((text, ""));
            let between = self.tokens.encode(before, usize::MAX);
            tokens.extend(between.get(1..between.len().saturating_sub(1)).unwrap_or_default());
            let Some((_, _, token)) = next else { break };
            tokens.push(token);
            text = rest.get(length..).unwrap_or_default();
        }
        tokens.extend(around.last());
        tokens
    }

    /// The token that ends a text.
    pub(crate) const fn end(&self) -> u32 {
        self.tokens.end()
    }

    pub(crate) fn prompt(&self, text: &str) -> Prompt {
        let end = text.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= PROMPT).last();
        let mut tokens = self.encode(text.get(..end.unwrap_or(0)).unwrap_or(text));
        let cut = tokens.len().saturating_sub(self.places);
        if cut > 0 {
            // The last that stays says that the text ends.
            tokens.truncate(self.places - 1);
            tokens.push(self.tokens.end());
        }
        tokens.resize(self.places, self.fill);
        Prompt { tokens, cut }
    }
}

/// What the folder names to fill places with: a word, or a description of one.
fn named(folder: &Path) -> Result<Option<String>, DiffusionError> {
    for name in ["tokenizer_config.json", "special_tokens_map.json"] {
        let path = folder.join(name);
        if !path.is_file() {
            continue;
        }
        let config = Config::read(path)?;
        let Some(pad) = config.get("pad_token") else {
            continue;
        };
        let word = pad.as_str().or_else(|| pad.get("content").and_then(Value::as_str));
        if let Some(word) = word {
            return Ok(Some(word.to_owned()));
        }
    }
    Ok(None)
}
