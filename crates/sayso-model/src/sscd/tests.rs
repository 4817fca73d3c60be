#![allow(clippy::unwrap_used, reason = "tests")]

use super::Sscd;
use crate::fixture::{assert_close, numbers, picture, weights};
use crate::{Embedder, ModelError, Rgb, SscdSize};

fn compare(checkpoint: &str, size: SscdSize, expected: &str) {
    let sscd = Sscd::new(weights(checkpoint), size).unwrap();
    let mut cases = weights("sscd.cases.safetensors");
    let pictures: Vec<_> = (0..3).map(|number| picture(&mut cases, &format!("picture.{number}"))).collect();
    let pictures: Vec<_> = pictures.iter().map(|picture| picture.rgb()).collect();
    assert_close(&sscd.embed_pictures(&pictures).unwrap(), &numbers(&mut cases, expected).0, checkpoint);
}

#[test]
fn vectors_are_those_of_torchvision() {
    compare("sscd.safetensors", SscdSize::Square320, "square");
    compare("sscd.safetensors", SscdSize::Shorter288, "shorter");
}

#[test]
fn torchscript_and_classy_visions_names_give_the_same() {
    compare("sscd.script.pt", SscdSize::Square320, "square");
    compare("sscd-classy.safetensors", SscdSize::Square320, "square");
}

#[test]
fn it_takes_no_texts_and_says_what_does() {
    let sscd = Sscd::new(weights("sscd.safetensors"), SscdSize::Square320).unwrap();
    let error = sscd.embed_texts(&["a"]).unwrap_err();
    assert!(matches!(error, ModelError::Takes { .. }));
    assert!(error.to_string().contains("\nhint: "));
    assert_eq!(sscd.identity().architecture, "sscd resnet 2-2-2-2 10 gem-3");
}

#[test]
fn a_line_of_pixels_is_a_picture_and_costs_no_more() {
    let sscd = Sscd::new(weights("sscd.safetensors"), SscdSize::Shorter288).unwrap();
    let pixels = vec![90; Rgb::LONGEST * 3];
    let line = Rgb::new(Rgb::LONGEST, 1, &pixels).unwrap();
    let column = Rgb::new(1, Rgb::LONGEST, &pixels).unwrap();
    assert_eq!(sscd.embed_pictures(&[line, column]).unwrap().len(), 2);
}
