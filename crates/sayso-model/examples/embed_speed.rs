//! Embeds pictures and texts that a file names, a few times over, and prints the vectors and the best time: what
//! `tests/fixtures/full_shape.py` compares with torch.
//!
//! `embed_speed CHECKPOINT INPUT.json ROUNDS`, with INPUT.json = `{"width", "height", "pictures": [[byte, …], …], "texts": […]}`

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use sayso_model::{Choices, ModelError, Rgb, SscdSize, Vectors, open};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut argument = |name: &str| arguments.next().ok_or(format!("{name} is missing"));
    let (checkpoint, input, rounds) = (argument("CHECKPOINT")?, argument("INPUT.json")?, argument("ROUNDS")?.parse()?);
    let input: serde_json::Value = serde_json::from_slice(&fs_err::read(input)?)?;
    let number = |name: &str| input[name].as_u64().and_then(|side| usize::try_from(side).ok()).unwrap_or(0);
    let pixels: Vec<Vec<u8>> = serde_json::from_value(input["pictures"].clone())?;
    let texts: Vec<String> = serde_json::from_value(input["texts"].clone())?;
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let pictures: Option<Vec<Rgb>> =
        pixels.iter().map(|pixels| Rgb::new(number("width"), number("height"), pixels)).collect();
    let pictures = pictures.ok_or("a picture has another size")?;

    let opening = Instant::now();
    let embedder = open(Path::new(&checkpoint), Choices { activation: None, sscd_size: SscdSize::Square320 })?;
    let opened_ms = opening.elapsed().as_secs_f64() * 1e3;
    let images = timed(rounds, || embedder.embed_pictures(&pictures))?;
    let sentences = timed(rounds, || embedder.embed_texts(&texts))?;
    let rows = |vectors: &Vectors| vectors.rows().map(<[f32]>::to_vec).collect::<Vec<_>>();
    let report = serde_json::json!({
        "identity": embedder.identity(),
        "opened_ms": opened_ms,
        "pictures_ms": images.as_ref().map(|(_, ms)| ms),
        "texts_ms": sentences.as_ref().map(|(_, ms)| ms),
        "pictures": images.as_ref().map(|(vectors, _)| rows(vectors)),
        "texts": sentences.as_ref().map(|(vectors, _)| rows(vectors)),
    });
    println!("{report}");
    Ok(())
}

/// The vectors and the shortest time of some rounds; nothing for what the net does not take.
fn timed(rounds: usize, embed: impl Fn() -> Result<Vectors, ModelError>) -> Result<Option<(Vectors, f64)>, ModelError> {
    let mut best: Option<(Vectors, f64)> = None;
    for _ in 0..rounds {
        let start = Instant::now();
        match embed() {
            Ok(vectors) => {
                let ms = start.elapsed().as_secs_f64() * 1e3;
                if best.as_ref().is_none_or(|(_, best)| ms < *best) {
                    best = Some((vectors, ms));
                }
            }
            Err(ModelError::Takes { .. }) => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    Ok(best)
}
