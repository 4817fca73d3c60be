#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Clip, Settings};
use crate::checkpoint::Weights;
use crate::fixture::{assert_close, numbers, picture, weights};
use crate::pixels::Normalise;
use crate::{ClipActivation, Embedder, ModelError, Vectors};

/// Heads do not stand in the weights, and those of the little nets are smaller than in any real one.
fn settings(activation: ClipActivation) -> Settings {
    Settings { activation, normalise: Normalise::OPENAI, image_heads: Some(4), text_heads: Some(3) }
}

/// The texts that `export.py` made: tokens up to the end, which is the largest.
fn texts(cases: &mut Weights) -> Vec<Vec<u32>> {
    let (tokens, shape) = numbers(cases, "tokens");
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "they are small whole numbers")]
    let tokens: Vec<u32> = tokens.iter().map(|token| *token as u32).collect();
    let end = tokens.iter().max().unwrap();
    tokens.chunks(shape[1]).map(|row| row[..=row.iter().position(|token| token == end).unwrap()].to_vec()).collect()
}

fn compare(checkpoint: &str, inputs: &str, expected: &str, activation: ClipActivation) {
    let clip = Clip::new(weights(checkpoint), settings(activation)).unwrap();
    let (mut inputs, mut expected) = (weights(inputs), weights(expected));
    let pictures: Vec<_> = (0..3).map(|number| picture(&mut inputs, &format!("picture.{number}"))).collect();
    let pictures: Vec<_> = pictures.iter().map(|picture| picture.rgb()).collect();
    let found = clip.embed_pictures(&pictures).unwrap();
    assert_close(&found, &numbers(&mut expected, "images").0, checkpoint);
    // One by one is the same.
    assert_close(&clip.embed_pictures(&pictures[1..2]).unwrap(), &found.values()[20..40], checkpoint);

    let mut found = Vectors::of(clip.identity().dimension);
    for vector in clip.texts_of_tokens(&texts(&mut inputs)).unwrap() {
        found.push_scaled(&vector).unwrap();
    }
    assert_close(&found, &numbers(&mut expected, "texts").0, checkpoint);
}

#[test]
fn vectors_are_those_of_open_clip() {
    compare("clip.safetensors", "clip-gelu.cases.safetensors", "clip-gelu.cases.safetensors", ClipActivation::Gelu);
    let quick = "clip-quick-gelu.cases.safetensors";
    compare("clip.safetensors", quick, quick, ClipActivation::QuickGelu);
}

#[test]
fn half_precision_is_read_as_what_it_was_rounded_to() {
    let quick = "clip-quick-gelu.cases.safetensors";
    compare("clip-half.safetensors", quick, "clip-half.cases.safetensors", ClipActivation::QuickGelu);
    compare("clip-half.training.pt", quick, "clip-half.cases.safetensors", ClipActivation::QuickGelu);
}

#[test]
fn what_torch_writes_is_read_without_running_it() {
    let quick = "clip-quick-gelu.cases.safetensors";
    compare("clip.state.pt", quick, quick, ClipActivation::QuickGelu);
    compare("clip.script.pt", quick, quick, ClipActivation::QuickGelu);
}

#[test]
fn vectors_are_those_of_transformers() {
    let inputs = "clip-gelu.cases.safetensors";
    compare("clip-transformers.safetensors", inputs, "clip-transformers.cases.safetensors", ClipActivation::Gelu);
}

#[test]
fn the_activation_matters() {
    let path = "clip-gelu.cases.safetensors";
    let clip = Clip::new(weights("clip.safetensors"), settings(ClipActivation::QuickGelu)).unwrap();
    let mut cases = weights(path);
    let picture = picture(&mut cases, "picture.0");
    let found = clip.embed_pictures(&[picture.rgb()]).unwrap();
    let expected = numbers(&mut cases, "images").0;
    assert!(crate::fixture::difference(found.values(), &expected[..20]) > 1e-3);
}

#[test]
fn an_identity_tells_nets_and_weights_apart() {
    let of = |name: &str, activation| Clip::new(weights(name), settings(activation)).unwrap().identity().clone();
    let first = of("clip.safetensors", ClipActivation::Gelu);
    assert_eq!(first.architecture, "clip vit 32x2/6@24 text 24x2@12 image-heads 4 text-heads 3 gelu");
    assert_eq!(first.preparation, "1 bicubic-24 centre openai bpe-12");
    assert_eq!(first, of("clip.safetensors", ClipActivation::Gelu));
    assert_ne!(first, of("clip.safetensors", ClipActivation::QuickGelu));
    assert_ne!(first.weights, of("clip.state.pt", ClipActivation::Gelu).weights);
}

#[test]
fn other_heads_than_the_width_allows_are_refused() {
    for heads in [0, 5, 33] {
        let settings = Settings { image_heads: Some(heads), ..settings(ClipActivation::Gelu) };
        let error = Clip::new(weights("clip.safetensors"), settings).err().unwrap();
        assert!(matches!(error, ModelError::Tensor { .. }), "{error}");
    }
}
