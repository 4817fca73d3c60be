#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Prompts, TextNet};
use crate::fixture::{distance, path, tensors};
use crate::net::Parameters;

const WEIGHTS: &str = "model/text_encoder/model.safetensors";
const PROMPTS: [&str; 2] = ["a red fox in the snow, oil on canvas", "blurred"];

fn opened(weights: &std::path::Path) -> (TextNet, Prompts) {
    let (net, _) = TextNet::open(&path("model/text_encoder"), Parameters::fixed(weights).unwrap()).unwrap();
    let prompts = Prompts::open(&path("model/tokenizer"), net.config()).unwrap();
    (net, prompts)
}

#[test]
fn it_gives_what_transformers_gives() {
    let cases = tensors("cases.safetensors");
    let (net, prompts) = opened(&path(WEIGHTS));
    let texts: Vec<Vec<u32>> = PROMPTS.iter().map(|text| prompts.prompt(text).tokens).collect();
    let expected = cases["text.tokens"].to_vec2::<f32>().unwrap();
    assert!(texts.iter().flatten().zip(expected.iter().flatten()).all(|(token, expected)| *token as f32 == *expected));
    for (skipped, name) in [(0, "text.last"), (1, "text.skip1")] {
        let error = distance(&net.forward(&texts, skipped).unwrap(), &cases[name]);
        println!("{name}: {error:e}");
        assert!(error <= 1e-5, "{name}: {error}");
    }
    // The names that transformers 5 writes.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new.safetensors");
    let short = |(name, tensor): (String, _)| (name.trim_start_matches("text_model.").to_owned(), tensor);
    let renamed: std::collections::HashMap<_, _> = tensors(WEIGHTS).into_iter().map(short).collect();
    candle_core::safetensors::save(&renamed, &file).unwrap();
    assert!(distance(&opened(&file).0.forward(&texts, 0).unwrap(), &cases["text.last"]) <= 1e-5);
}

#[test]
fn a_prompt_without_end_is_cut_and_counted() {
    let (net, prompts) = opened(&path(WEIGHTS));
    let whole = prompts.prompt("fox");
    assert_eq!((whole.tokens.len(), whole.cut), (net.config().places, 0));
    let long = prompts.prompt(&"fox ".repeat(10_000));
    assert_eq!((long.tokens.len(), long.cut), (77, 10_002 - 77));
    assert_eq!(long.tokens.last(), whole.tokens.last());
    assert_eq!(prompts.prompt("").tokens.len(), 77);
    assert_eq!(prompts.prompt(&"é".repeat(1 << 20)).tokens.len(), 77);
}

#[test]
fn merges_are_read_of_the_one_file_that_transformers_5_writes() {
    let (net, expected) = opened(&path(WEIGHTS));
    let from = path("model/tokenizer");
    let merges = fs_err::read_to_string(from.join("merges.txt")).unwrap();
    let lines: Vec<&str> = merges.lines().filter(|line| line.contains(' ') && !line.starts_with("#version")).collect();
    let vocab: serde_json::Value =
        serde_json::from_str(&fs_err::read_to_string(from.join("vocab.json")).unwrap()).unwrap();
    let pairs: Vec<Vec<&str>> = lines.iter().map(|line| line.split(' ').collect()).collect();
    let folder = tempfile::tempdir().unwrap();
    let write = |merges: &serde_json::Value| {
        let all = serde_json::json!({
            "added_tokens": [{ "id": 5, "content": "<fill>", "special": true }],
            "model": { "type": "BPE", "merges": merges, "vocab": vocab },
        });
        fs_err::write(folder.path().join("tokenizer.json"), all.to_string()).unwrap();
        Prompts::open(folder.path(), net.config())
    };
    for merges in [serde_json::json!(lines), serde_json::json!(pairs)] {
        let prompts = write(&merges).unwrap();
        for text in PROMPTS {
            assert_eq!(prompts.prompt(text), expected.prompt(text));
        }
    }
    // What fills places is a word of the same file.
    fs_err::write(folder.path().join("tokenizer_config.json"), r#"{"pad_token": "<fill>"}"#).unwrap();
    assert_eq!(write(&serde_json::json!(pairs)).unwrap().prompt("fox").tokens.last(), Some(&5));
    let refused = |merges| write(&merges).err().unwrap().to_string();
    assert!(refused(serde_json::json!(&pairs[1..])).contains("tokens, and the net knows"));
    assert!(refused(serde_json::json!([["a", "b", "c"]])).contains("does not say its merges"));
}
