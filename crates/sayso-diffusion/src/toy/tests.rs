#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeSet;

use super::merges::learn;
use super::{Effort, Memory, Progress, SIDE, drawings, is_toy, make, subject};
use crate::{DiffusionError, Model, Picture, Request};

#[test]
fn drawings_are_captioned_and_of_somebody() {
    let drawings = drawings().unwrap();
    assert_eq!(drawings.len(), 56);
    assert_eq!(subject().unwrap().len(), 5);
    let names: BTreeSet<&str> = drawings.iter().map(|drawing| drawing.name).collect();
    let captions: BTreeSet<&str> = drawings.iter().map(|drawing| drawing.caption.as_str()).collect();
    assert_eq!((names.len(), captions.len()), (56, 56));
    for drawing in &drawings {
        assert!(!drawing.creator.is_empty() && drawing.caption.starts_with("a drawing of "), "{drawing:?}");
        assert_eq!(drawing.picture.pixels.len(), SIDE * SIDE * 3);
        // White around it, and something on it.
        assert!(drawing.picture.pixels.iter().any(|byte| *byte < 200), "{}", drawing.name);
    }
}

#[test]
fn each_word_is_one_token() {
    let words = learn(["a red apple", "a red car"].into_iter());
    let tokens = sayso_model::ClipTokens::of_merges(&words.merges).unwrap();
    assert_eq!(tokens.count() as usize, words.tokens.len());
    let named: Vec<&str> =
        tokens.encode("a red car", 77).iter().map(|token| words.tokens[*token as usize].as_str()).collect();
    assert_eq!(named, ["<|startoftext|>", "a</w>", "red</w>", "car</w>", "<|endoftext|>"]);
    // Others are spelt.
    assert!(tokens.encode("owl", 77).len() > 3);
}

#[test]
fn a_making_that_was_stopped_goes_on_and_makes_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, stopped) = (folder.path().join("whole"), folder.path().join("stopped"));
    let effort = Effort { drawings: 1, autoencoder: 3, nets: 3 };
    let mut seen = Vec::new();
    let memory = make(&whole, effort, &mut |progress| {
        seen.push(progress);
        true
    })
    .unwrap();
    assert_eq!((memory.asked, memory.own <= 1, memory.copies), (1, true, 0));
    assert!(matches!(seen.first(), Some(Progress::Autoencoder(1, 3, _))));
    assert!(matches!(seen.last(), Some(Progress::Memory(1, 1))));
    let mut stops = 0;
    let made = loop {
        let mut asked = 0;
        let made = make(&stopped, effort, &mut |progress| {
            asked += 1;
            // Stopped twice in the nets' steps, after one more each time.
            !(stops < 2 && matches!(progress, Progress::Nets(step, ..) if step == stops + 1)) && asked < 1000
        });
        match made {
            Err(DiffusionError::Interrupted) => stops += 1,
            made => break made.unwrap(),
        }
    };
    assert_eq!((stops, &made), (2, &memory));
    let read = |folder: &std::path::Path, name: &str| fs_err::read(folder.join(name)).unwrap();
    for name in ["unet/diffusion_pytorch_model.safetensors", "text_encoder/model.safetensors", "README.md"] {
        assert_eq!(read(&whole, name), read(&stopped, name), "{name}");
    }
    assert!(!folder.path().join("stopped.part").exists());
    let model = Model::open(&whole).unwrap();
    assert_eq!(model.side(), SIDE);
    let another = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/model");
    assert!(is_toy(&whole) && !is_toy(&another) && !is_toy(folder.path()));
    let request = Request {
        prompt: "a drawing of an owl".to_owned(),
        width: SIDE,
        height: SIDE,
        count: 1,
        steps: 2,
        guidance: 2.0,
        ..Request::default()
    };
    assert_eq!(model.generate(&request, &mut |_, _| true).unwrap().pictures.len(), 1);
}

#[test]
fn a_drawing_is_a_copy_and_blank_paper_is_none() {
    let drawings = drawings().unwrap();
    let paper = Picture { pixels: vec![u8::MAX; SIDE * SIDE * 3], ..drawings[0].picture.clone() };
    for number in 0..drawings.len() {
        let mut memory = Memory::default();
        memory.add(&paper, number, &drawings);
        assert_eq!((memory.asked, memory.copies), (1, 0), "{number}");
        memory.add(&drawings[number].picture, number, &drawings);
        assert_eq!((memory.own >= 1, memory.copies), (true, 1), "{number}");
        let row = SIDE * 3;
        let mirrored = drawings[number].picture.pixels.chunks_exact(row).flat_map(|row| row.rchunks_exact(3).flatten());
        let mirrored = Picture { pixels: mirrored.copied().collect(), ..paper.clone() };
        memory.add(&mirrored, number, &drawings);
        assert_eq!(memory.copies, 2, "{number}");
    }
}

#[test]
fn what_is_somebody_elses_is_left_and_another_effort_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let toy = folder.path().join("toy");
    let little = Effort { drawings: 1, autoencoder: 2, nets: 1 };
    let refused = |at: &std::path::Path| {
        let error = make(at, little, &mut |_| panic!("nothing is done")).unwrap_err().to_string();
        assert!(error.contains("something else is there"), "{error}");
    };
    // A folder of work that is none of ours.
    fs_err::create_dir_all(folder.path().join("toy.part/base")).unwrap();
    fs_err::write(folder.path().join("toy.part/base/mine.txt"), "mine").unwrap();
    refused(&toy);
    assert!(folder.path().join("toy.part/base/mine.txt").exists());
    fs_err::remove_dir_all(folder.path().join("toy.part")).unwrap();
    // A place that is taken.
    fs_err::create_dir_all(&toy).unwrap();
    fs_err::write(toy.join("mine.txt"), "mine").unwrap();
    refused(&toy);
    fs_err::remove_file(toy.join("mine.txt")).unwrap();
    // Stopped once the autoencoder is taught; with another effort, it is taught anew.
    let stopped = make(&toy, little, &mut |progress| !matches!(progress, Progress::Encoding(..)));
    assert!(matches!(stopped, Err(DiffusionError::Interrupted)));
    let mut taught = 0;
    let more = Effort { autoencoder: 3, ..little };
    make(&toy, more, &mut |progress| {
        taught += usize::from(matches!(progress, Progress::Autoencoder(..)));
        true
    })
    .unwrap();
    assert_eq!(taught, 3);
    let card = fs_err::read_to_string(toy.join("README.md")).unwrap();
    assert!(card.contains("3 steps of the autoencoder with 4 pictures each"), "{card}");
}
