use std::io::Write;

use candle_core::{Device, Tensor};

use sayso_model::{Filter, Rgb, resize};

use crate::DiffusionError;

/// A picture, three bytes a pixel: red, green, blue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// Row by row.
    pub pixels: Vec<u8>,
}

impl Picture {
    /// Of numbers from zero to one, [one] [channel] [row] [column].
    pub(crate) fn of(numbers: &Tensor) -> Result<Self, DiffusionError> {
        let (_, _, height, width) = numbers.dims4()?;
        let side = |side: usize| u32::try_from(side).unwrap_or(0);
        let numbers = numbers.get(0)?.permute((1, 2, 0))?.flatten_all()?.to_vec1::<f32>()?;
        // Halves become even, as in numpy.
        let pixels = numbers.iter().map(|number| (number * 255.0).round_ties_even() as u8).collect();
        Ok(Self { width: side(width), height: side(height), pixels })
    }

    /// The picture with another size (bicubic, as PIL does it); none if it has no pixels.
    #[must_use]
    pub fn resized(&self, width: u32, height: u32) -> Option<Self> {
        let side = |side: u32| usize::try_from(side).ok().filter(|side| *side > 0);
        let from = Rgb::new(side(self.width)?, side(self.height)?, &self.pixels)?;
        let pixels = resize(from, side(width)?, side(height)?, Filter::Bicubic);
        Some(Self { width, height, pixels })
    }

    /// Numbers from -1 to 1, [one] [channel] [row] [column].
    pub(crate) fn numbers(&self) -> candle_core::Result<Tensor> {
        let numbers: Vec<f32> = self.pixels.iter().map(|byte| f32::from(*byte) / 255.0 * 2.0 - 1.0).collect();
        let shape = (1, self.height as usize, self.width as usize, 3);
        Tensor::from_vec(numbers, shape, &Device::Cpu)?.permute((0, 3, 1, 2))?.contiguous()
    }
}

/// Writes a PNG with texts beside the picture. Keywords are those of the PNG specification or of other programs, in Latin-1.
///
/// # Errors
///
/// When it cannot be written.
pub fn write_png(out: impl Write, picture: &Picture, texts: &[(&str, &str)]) -> std::io::Result<()> {
    let mut encoder = png::Encoder::new(out, picture.width, picture.height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    for (keyword, text) in texts {
        encoder.add_itxt_chunk((*keyword).to_owned(), (*text).to_owned())?;
    }
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&picture.pixels)?;
    writer.finish()?;
    Ok(())
}
