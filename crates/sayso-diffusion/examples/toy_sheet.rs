//! A sheet of what the toy draws: above, drawings that it was taught; below each, what it draws for the caption. With an adapter
//! that was tuned on the owl, and what calls it up, also the five views of the owl and what is drawn of it.
//!
//! `cargo run --release -p sayso-diffusion --example toy_sheet -- MODEL SHEET.png [ADAPTER PROMPT...]`

use std::path::Path;
use std::process::ExitCode;

use sayso_diffusion::toy::{SIDE, drawings, subject};
use sayso_diffusion::{Adapter, DiffusionError, Loading, Model, Picture, Request, write_png};

/// Drawings that are shown, every so many of them.
const EVERY: usize = 5;
/// Pixels of paper around each picture.
const GAP: usize = 4;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [model, sheet, rest @ ..] = arguments.as_slice() else {
        eprintln!("toy_sheet MODEL SHEET.png [ADAPTER PROMPT...]");
        return ExitCode::FAILURE;
    };
    match drawn(Path::new(model), rest).and_then(|rows| written(&rows, Path::new(sheet))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn drawn(base: &Path, tuned: &[String]) -> Result<Vec<Vec<Picture>>, DiffusionError> {
    let toy = Model::open(base)?;
    let shown: Vec<_> = drawings()?.into_iter().step_by(EVERY).collect();
    let made = shown.iter().map(|drawing| picture(&toy, &drawing.caption, 0)).collect::<Result<_, _>>()?;
    let mut rows = vec![shown.into_iter().map(|drawing| drawing.picture).collect(), made];
    if let [adapter, prompts @ ..] = tuned {
        let loading = Loading::default();
        let adapter = Adapter::open(Path::new(adapter), base, &loading)?;
        let toy = Model::load_with(base, &loading, &[(adapter, 1.0)])?;
        rows.push(subject()?);
        for prompt in prompts {
            rows.push((0..5).map(|seed| picture(&toy, prompt, seed)).collect::<Result<_, _>>()?);
        }
    }
    Ok(rows)
}

fn picture(model: &Model, prompt: &str, seed: u64) -> Result<Picture, DiffusionError> {
    let request = Request {
        prompt: prompt.to_owned(),
        width: model.side(),
        height: model.side(),
        count: 1,
        steps: 25,
        guidance: 3.0,
        seed,
        ..Request::default()
    };
    let made = model.generate(&request, &mut |_, _| true)?;
    made.pictures.into_iter().next().ok_or_else(|| DiffusionError::Compute("no picture".to_owned()))
}

fn written(rows: &[Vec<Picture>], path: &Path) -> Result<(), DiffusionError> {
    let step = SIDE + GAP;
    let (across, down) = (rows.iter().map(Vec::len).max().unwrap_or(0), rows.len());
    let (width, height) = (across * step + GAP, down * step + GAP);
    let mut pixels = vec![u8::MAX; width * height * 3];
    for (y, row) in rows.iter().enumerate() {
        for (x, picture) in row.iter().enumerate() {
            for (line, from) in picture.pixels.chunks(SIDE * 3).enumerate().take(SIDE) {
                let start = ((GAP + y * step + line) * width + GAP + x * step) * 3;
                if let Some(to) = pixels.get_mut(start..start + from.len()) {
                    to.copy_from_slice(from);
                }
            }
        }
    }
    let sheet = Picture { width: width as u32, height: height as u32, pixels };
    let file = fs_err::File::create(path).and_then(|file| write_png(file, &sheet, &[]));
    file.map_err(|source| DiffusionError::Written { path: path.to_owned(), source })
}
