#![allow(clippy::unwrap_used, reason = "tests")]

use serde::Deserialize;

use super::{Filter, centre, resize};
use crate::Rgb;
use crate::fixture::{path, picture, weights};

#[derive(Deserialize)]
struct Cases {
    resizes: Vec<Resize>,
    crops: Vec<Crop>,
}

#[derive(Deserialize)]
struct Resize {
    filter: String,
    to: [usize; 2],
}

#[derive(Deserialize)]
struct Crop {
    side: usize,
}

fn cases() -> Cases {
    serde_json::from_str(&fs_err::read_to_string(path("tokens.json")).unwrap()).unwrap()
}

#[test]
fn resizing_is_pils_to_the_bit() {
    let mut pictures = weights("pictures.safetensors");
    for (number, case) in cases().resizes.iter().enumerate() {
        let filter = if case.filter == "bicubic" { Filter::Bicubic } else { Filter::Bilinear };
        let (from, to) = (
            picture(&mut pictures, &format!("resize.{number}.from")),
            picture(&mut pictures, &format!("resize.{number}.to")),
        );
        let found = resize(from.rgb(), case.to[0], case.to[1], filter);
        assert!(found == to.pixels(), "resize {number}");
    }
    assert!(cases().resizes.len() > 10);
}

#[test]
fn cropping_is_torchvisions_to_the_bit() {
    let mut pictures = weights("pictures.safetensors");
    for (number, case) in cases().crops.iter().enumerate() {
        let (from, to) = (
            picture(&mut pictures, &format!("crop.{number}.from")),
            picture(&mut pictures, &format!("crop.{number}.to")),
        );
        assert!(centre(from.rgb(), case.side, Filter::Bicubic) == to.pixels(), "crop {number}");
    }
}

#[test]
fn the_middle_of_a_very_long_picture_needs_no_more_than_the_square() {
    let pixels: Vec<u8> = (0..Rgb::LONGEST * 3).map(|byte| (byte / 3 % 251) as u8).collect();
    let line = Rgb::new(Rgb::LONGEST, 1, &pixels).unwrap();
    assert_eq!(centre(line, 224, Filter::Bicubic).len(), 224 * 224 * 3);
}
