#![allow(clippy::unwrap_used, reason = "tests")]

use serde::Deserialize;

use super::{ClipTokens, WordPieces};
use crate::fixture::path;

#[derive(Deserialize)]
struct Cases {
    captions: Vec<String>,
    clip: Vec<Vec<u32>>,
    sentences: Vec<String>,
    minilm: Vec<Vec<u32>>,
}

fn cases() -> Cases {
    serde_json::from_str(&fs_err::read_to_string(path("tokens.json")).unwrap()).unwrap()
}

#[test]
fn clips_tokens_are_those_of_open_clip() {
    let tokens = ClipTokens::openai().unwrap();
    assert_eq!(tokens.encode("", 77), [49_406, 49_407]);
    assert_eq!(ClipTokens::COUNT, 49_408);
    let cases = cases();
    for (caption, expected) in cases.captions.iter().zip(&cases.clip) {
        assert_eq!(&tokens.encode(caption, 77), expected, "{caption:?}");
    }
    assert!(cases.captions.len() > 30);
}

#[test]
fn a_caption_cannot_end_itself() {
    let tokens = ClipTokens::openai().unwrap();
    let found = tokens.encode("a <end_of_text> <|endoftext|> b", 77);
    assert_eq!(found.iter().filter(|token| **token == 49_407).count(), 1);
}

#[test]
fn a_word_without_end_is_cut() {
    let tokens = ClipTokens::openai().unwrap();
    assert_eq!(tokens.encode(&"q".repeat(1 << 20), 77).len(), 77);
}

#[test]
fn word_pieces_are_those_of_transformers() {
    let path = path("minilm/vocab.txt");
    let vocabulary = fs_err::read_to_string(&path).unwrap();
    let tokens = WordPieces::new(&path, vocabulary.lines().map(str::to_owned).zip(0..)).unwrap();
    let cases = cases();
    for (sentence, expected) in cases.sentences.iter().zip(&cases.minilm) {
        assert_eq!(&tokens.encode(sentence, 40), expected, "{sentence:?}");
    }
}
