#![allow(clippy::unwrap_used, reason = "tests")]

use serde::Deserialize;

use super::Sentences;
use crate::fixture::{assert_close, numbers, path, weights};
use crate::{Embedder, ModelError, Takes};

#[derive(Deserialize)]
struct Cases {
    sentences: Vec<String>,
}

fn sentences() -> Vec<String> {
    let cases: Cases = serde_json::from_str(&fs_err::read_to_string(path("tokens.json")).unwrap()).unwrap();
    cases.sentences
}

#[test]
fn vectors_are_those_of_transformers() {
    let net = Sentences::new(weights("minilm/model.safetensors")).unwrap();
    let sentences = sentences();
    let texts: Vec<&str> = sentences.iter().map(String::as_str).collect();
    let expected = numbers(&mut weights("minilm/cases.safetensors"), "sentences").0;
    assert_close(&net.embed_texts(&texts).unwrap(), &expected, "minilm");
    assert_eq!(net.takes(), Takes::Texts);
    assert!(matches!(net.embed_pictures(&[]), Err(ModelError::Takes { .. })));
}

#[test]
fn what_stands_beside_the_weights_is_asked_for_and_believed() {
    let dir = tempfile::tempdir().unwrap();
    let put = |name: &str, content: &str| fs_err::write(dir.path().join(name), content).unwrap();
    fs_err::copy(path("minilm/model.safetensors"), dir.path().join("model.safetensors")).unwrap();
    let open = || {
        Sentences::new(crate::checkpoint::Weights::new(
            crate::checkpoint::Checkpoint::open(&dir.path().join("model.safetensors")).unwrap(),
        ))
    };
    let refused = |part: &str| {
        let error = open().err().unwrap().to_string();
        assert!(error.contains(part) && error.contains("\nhint: "), "{error}");
    };
    refused("config.json");
    put("config.json", "{");
    refused("cannot be understood");
    put("config.json", r#"{"num_attention_heads": 3, "hidden_act": "relu"}"#);
    refused("another activation");
    put("config.json", r#"{"num_attention_heads": 5}"#);
    put("vocab.txt", "[UNK]\n[CLS]\n[SEP]\na\n");
    refused("5 heads");
    put("config.json", r#"{"num_attention_heads": 3}"#);
    put("sentence_bert_config.json", r#"{"max_seq_length": 7}"#);
    assert_eq!(open().unwrap().identity().preparation, "1 wordpiece-7");
    put("vocab.txt", "[CLS]\n[SEP]\na\n");
    refused("`[UNK]`");
    put("vocab.txt", &format!("[UNK]\n[CLS]\n[SEP]\n{}", "b\n".repeat(5000)));
    // Equal lines are one token, with the last number.
    refused("more tokens");
}
