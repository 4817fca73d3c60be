//! PDQ gives what Meta's reference gives.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use sayso_picture::{Grey, Rgb, Spectrum, Turn};

/// As `fixtures/make.py` draws it.
fn picture(seed: usize, width: usize, height: usize) -> Rgb {
    let mut pixels = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            for channel in 0..3 {
                let wave = |k: usize| {
                    let along = (seed * k * 7 + channel * 3) % 23 + 1;
                    let down = (seed * k * 11 + channel * 5) % 19 + 1;
                    let phase = (x * along + y * down + seed * k * 31) % 512;
                    if phase < 256 { phase } else { 511 - phase }
                };
                let tile = ((x / 8 * 73_856_093) ^ (y / 8 * 19_349_663) ^ (seed * 83_492_791)) % 1009 % 160;
                pixels.push(u8::try_from((1..6).map(wave).sum::<usize>() * 3 / 40 + tile).unwrap());
            }
        }
    }
    Rgb::new(width, height, pixels).unwrap()
}

#[test]
fn all_eight_hashes_and_the_quality_are_those_of_the_reference() {
    for line in include_str!("fixtures/pdq.tsv").lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let number = |at: usize| fields[at].parse::<usize>().unwrap();
        let spectrum = Spectrum::of_rgb(&picture(number(0), number(1), number(2))).unwrap();
        let hashes: Vec<String> = spectrum.hashes().iter().map(ToString::to_string).collect();
        assert_eq!(hashes, fields[4..], "{} x {}", fields[1], fields[2]);
        assert_eq!(usize::from(spectrum.quality()), number(3), "{} x {}", fields[1], fields[2]);
    }
}

#[test]
fn a_turned_picture_has_the_hash_of_its_turn() {
    let (width, height) = (640, 384);
    let rgb = picture(9, width, height);
    let grey: Vec<u8> = rgb.pixels().iter().step_by(3).copied().collect();
    let at = |x: usize, y: usize| grey[y * width + x];
    let all = Spectrum::of_grey(&Grey::new(width, height, grey.clone()).unwrap()).unwrap();
    for turn in Turn::ALL {
        let (w, h) = match turn {
            Turn::Original | Turn::Rotate180 | Turn::FlipX | Turn::FlipY => (width, height),
            _ => (height, width),
        };
        let from = |x: usize, y: usize| match turn {
            Turn::Original => at(x, y),
            Turn::Rotate90 => at(width - 1 - y, x),
            Turn::Rotate180 => at(width - 1 - x, height - 1 - y),
            Turn::Rotate270 => at(y, height - 1 - x),
            Turn::FlipX => at(x, height - 1 - y),
            Turn::FlipY => at(width - 1 - x, y),
            Turn::FlipPlus1 => at(y, x),
            Turn::FlipMinus1 => at(width - 1 - y, height - 1 - x),
        };
        let pixels = (0..h).flat_map(|y| (0..w).map(move |x| (x, y))).map(|(x, y)| from(x, y)).collect();
        let turned = Spectrum::of_grey(&Grey::new(w, h, pixels).unwrap()).unwrap();
        // What is taken of each stretch is not quite its middle: a turn moves a few bits.
        let distance = turned.hash(Turn::Original).distance(&all.hash(turn));
        assert!(distance <= 24, "{}: {distance}", turn.as_str());
    }
}

#[test]
fn a_flat_picture_has_no_quality_and_a_tiny_one_no_hash() {
    let flat = Spectrum::of_grey(&Grey::new(100, 100, vec![77; 10_000]).unwrap()).unwrap();
    assert_eq!(flat.quality(), 0);
    assert!(!flat.hashed().is_good());
    assert!(Spectrum::of_grey(&Grey::new(4, 100, vec![0; 400]).unwrap()).is_none());
    assert!(Spectrum::of_grey(&Grey::new(5, 5, vec![0; 25]).unwrap()).is_some());
}

#[test]
fn metas_own_pictures() {
    use sayso_picture::{PictureLimits, facts};

    let beside = || std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared"));
    let shared = std::env::var_os("SAYSO_SHARED").map_or_else(beside, std::path::PathBuf::from);
    let folder = shared.join("anchors/pictures/copies");
    if !folder.exists() {
        println!("skipped: no shared anchors");
        return;
    }
    let limits =
        PictureLimits { file_bytes: 64 << 20, side_pixels: 20_000, area_pixels: 64_000_000, decoded_bytes: 512 << 20 };
    let hash = |name: &str| facts(&std::fs::read(folder.join(name)).unwrap(), &limits).unwrap().pdq.unwrap();
    // What Meta's programs print for it, in the paper and in their tests.
    let original = hash("dih/bridge-1-original.jpg");
    assert_eq!(original.pdq.to_string(), "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22");
    assert_eq!(original.quality, 100);
    for entry in std::fs::read_dir(folder.join("bridge-mods")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let distance = hash(&format!("bridge-mods/{name}")).pdq.distance(&original.pdq);
        assert!(distance <= 31, "{name}: {distance}");
    }
    let bytes = std::fs::read(folder.join("dih/bridge-1-original.jpg")).unwrap();
    let all = sayso_picture::decode_luminance(&bytes, &limits).unwrap().spectrum().unwrap();
    let turned = [
        ("bridge-2-rotate-90", Turn::Rotate90),
        ("bridge-3-rotate-180", Turn::Rotate180),
        ("bridge-4-rotate-270", Turn::Rotate270),
        ("bridge-5-flipx", Turn::FlipX),
        ("bridge-6-flipy", Turn::FlipY),
        ("bridge-7-flip-plus-1", Turn::FlipPlus1),
        ("bridge-8-flip-minus-1", Turn::FlipMinus1),
    ];
    for (name, turn) in turned {
        let distance = hash(&format!("dih/{name}.jpg")).pdq.distance(&all.hash(turn));
        assert!(distance <= 16, "{name}: {distance}");
    }
    for entry in std::fs::read_dir(folder.join("misc-images/modes")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if !name.ends_with(".md") {
            let distance = hash(&format!("misc-images/modes/{name}")).pdq.distance(&original.pdq);
            assert!(distance <= 10, "{name}: {distance}");
        }
    }
}
