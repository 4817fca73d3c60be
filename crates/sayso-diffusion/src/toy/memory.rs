use super::Drawing;
use crate::{DiffusionError, Model, Picture, Request};

/// What the mean difference of two pictures' bytes may be for the one to be a copy of the other.
const COPY: f64 = 12.0;
const STEPS: usize = 25;

/// What is left of the drawings in what the toy draws.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Memory {
    /// Captions that it was asked for, each once.
    pub asked: usize,
    /// Pictures that are nearer to the drawing of their caption than to any other.
    pub own: usize,
    /// Pictures that are copies of a drawing: bytes differ by 12 of 255 at most in the mean, mirrored or not, and by less than half
    /// of what the drawing differs from blank paper, most of which many drawings are.
    pub copies: usize,
    /// The mean difference to the drawing of the caption, in bytes.
    pub difference: f64,
}

impl Memory {
    /// Asks a model for every drawing by its caption.
    ///
    /// # Errors
    ///
    /// As [`Model::generate`].
    pub fn of(
        model: &Model,
        drawings: &[Drawing],
        watch: &mut dyn FnMut(usize) -> bool,
    ) -> Result<Option<Self>, DiffusionError> {
        let side = model.side();
        let mut memory = Self::default();
        for (number, drawing) in drawings.iter().enumerate() {
            let request = Request {
                prompt: drawing.caption.clone(),
                width: side,
                height: side,
                count: 1,
                steps: STEPS,
                guidance: 3.0,
                seed: number as u64,
                ..Request::default()
            };
            let made = model.generate(&request, &mut |_, _| true)?;
            made.pictures.iter().for_each(|picture| memory.add(picture, number, drawings));
            if !watch(number + 1) {
                return Ok(None);
            }
        }
        memory.difference /= memory.asked.max(1) as f64;
        Ok(Some(memory))
    }

    /// Counts what was drawn for the caption of the drawing with this number.
    pub(super) fn add(&mut self, picture: &Picture, number: usize, drawings: &[Drawing]) {
        let each: Vec<f64> = drawings.iter().map(|other| difference(picture, &other.picture)).collect();
        let nearest = each.iter().copied().fold(f64::INFINITY, f64::min);
        let own = each.get(number).copied().unwrap_or(f64::INFINITY);
        let is_copy = |(drawing, differs): (&Drawing, &f64)| {
            let paper = mean(&drawing.picture.pixels, std::iter::repeat(&u8::MAX));
            *differs <= COPY && *differs < paper / 2.0
        };
        self.asked += 1;
        self.own += usize::from(own <= nearest);
        self.copies += usize::from(drawings.iter().zip(&each).any(is_copy));
        self.difference += own;
    }
}

/// The mean difference of two pictures' bytes, or of one with the other's mirror image where that is less.
fn difference(one: &Picture, other: &Picture) -> f64 {
    let row = other.width as usize * 3;
    let mirrored = other.pixels.chunks_exact(row.max(1)).flat_map(|row| row.rchunks_exact(3).flatten());
    mean(&one.pixels, other.pixels.iter()).min(mean(&one.pixels, mirrored))
}

fn mean<'a>(one: &[u8], other: impl Iterator<Item = &'a u8>) -> f64 {
    let sum: u64 = one.iter().zip(other).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / one.len().max(1) as f64
}
