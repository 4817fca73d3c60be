use image::{DynamicImage, Rgb as Pixel};

use crate::{Grey, PictureFormat, Rgb, Spectrum};

/// A decoded picture, upright, with eight bits a channel.
///
/// Colour profiles (ICC) are not applied: the hashes that this is for compare what is stored, as Meta's do, and a
/// profile moves all of a picture's colours alike.
#[derive(Debug, Clone)]
pub struct Decoded {
    format: PictureFormat,
    picture: DynamicImage,
}

impl Decoded {
    pub(crate) const fn new(format: PictureFormat, picture: DynamicImage) -> Self {
        Self { format, picture }
    }

    /// The format it was decoded from.
    #[must_use]
    pub const fn format(&self) -> PictureFormat {
        self.format
    }

    /// Pixels of a row, once it is upright.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.picture.width()
    }

    /// Number of rows, once it is upright.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.picture.height()
    }

    /// Whether any of its pixels lets something shine through.
    #[must_use]
    pub fn is_transparent(&self) -> bool {
        match &self.picture {
            DynamicImage::ImageLumaA8(picture) => picture.pixels().any(|pixel| pixel.0[1] < u8::MAX),
            DynamicImage::ImageRgba8(picture) => picture.pixels().any(|pixel| pixel.0[3] < u8::MAX),
            _ => false,
        }
    }

    /// Its luminance, rounded. Transparency counts for nothing, as it does for PDQ: the colours are those that are
    /// stored under it.
    #[must_use]
    pub fn grey(&self) -> Option<Grey> {
        let pixels = match &self.picture {
            DynamicImage::ImageLuma8(picture) => picture.as_raw().clone(),
            DynamicImage::ImageLumaA8(picture) => picture.pixels().map(|pixel| pixel.0[0]).collect(),
            DynamicImage::ImageRgba8(picture) => {
                picture.pixels().map(|pixel| luminance(pixel.0[0], pixel.0[1], pixel.0[2])).collect()
            }
            DynamicImage::ImageRgb8(picture) => {
                picture.pixels().map(|Pixel([red, green, blue])| luminance(*red, *green, *blue)).collect()
            }
            _ => return None,
        };
        Grey::new(self.picture.width() as usize, self.picture.height() as usize, pixels)
    }

    /// Its luminance as it is seen when the picture lies on white.
    #[must_use]
    pub fn grey_on_white(&self) -> Option<Grey> {
        let pixels = match &self.picture {
            DynamicImage::ImageLumaA8(picture) => {
                picture.pixels().map(|pixel| mix(pixel.0[0], u8::MAX, pixel.0[1])).collect()
            }
            DynamicImage::ImageRgba8(picture) => picture
                .pixels()
                .map(|pixel| {
                    let [red, green, blue, alpha] = pixel.0;
                    mix(luminance(red, green, blue), u8::MAX, alpha)
                })
                .collect(),
            _ => return self.grey(),
        };
        Grey::new(self.picture.width() as usize, self.picture.height() as usize, pixels)
    }

    /// Its colours as they are stored, whatever shines through them.
    #[must_use]
    pub fn rgb(&self) -> Option<Rgb> {
        let (width, height) = (self.picture.width() as usize, self.picture.height() as usize);
        Rgb::new(width, height, self.picture.to_rgb8().into_raw())
    }

    /// Its colours as they are seen when it lies on this ground.
    #[must_use]
    pub fn rgb_on(&self, ground: [u8; 3]) -> Option<Rgb> {
        if !self.picture.color().has_alpha() {
            return self.rgb();
        }
        let mut pixels = Vec::with_capacity(self.picture.as_bytes().len());
        for pixel in self.picture.to_rgba8().pixels() {
            let [red, green, blue, alpha] = pixel.0;
            pixels
                .extend([red, green, blue].into_iter().zip(ground).map(|(colour, ground)| mix(colour, ground, alpha)));
        }
        Rgb::new(self.picture.width() as usize, self.picture.height() as usize, pixels)
    }

    /// Its luminance as it is seen on this ground: what [`features`](crate::features) are taken from, on white.
    #[must_use]
    pub fn grey_on(&self, ground: [u8; 3]) -> Option<Grey> {
        if !self.picture.color().has_alpha() {
            return self.grey();
        }
        let colours = self.rgb_on(ground)?;
        let (pixels, _) = colours.pixels().as_chunks::<3>();
        let pixels = pixels.iter().map(|[red, green, blue]| luminance(*red, *green, *blue)).collect();
        Grey::new(colours.width(), colours.height(), pixels)
    }

    /// What PDQ hashes of it.
    #[must_use]
    pub fn spectrum(&self) -> Option<Spectrum> {
        match &self.picture {
            DynamicImage::ImageLuma8(_) | DynamicImage::ImageLumaA8(_) => Spectrum::of_grey(&self.grey()?),
            DynamicImage::ImageRgb8(_) | DynamicImage::ImageRgba8(_) => Spectrum::of_rgb(&self.rgb()?),
            _ => None,
        }
    }
}

fn mix(colour: u8, ground: u8, alpha: u8) -> u8 {
    let (colour, ground, alpha) = (u32::from(colour), u32::from(ground), u32::from(alpha));
    u8::try_from((colour * alpha + ground * (255 - alpha) + 127) / 255).unwrap_or(u8::MAX)
}

/// The luminance of ITU-R BT.601, to the nearest.
fn luminance(red: u8, green: u8, blue: u8) -> u8 {
    let sum = 299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue);
    u8::try_from((sum + 500) / 1000).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use image::{DynamicImage, GrayAlphaImage, LumaA, Rgba, RgbaImage};

    use super::Decoded;
    use crate::PictureFormat;

    #[test]
    fn what_is_transparent_looks_white_on_white() {
        let on_white = |picture: DynamicImage| {
            let decoded = Decoded::new(PictureFormat::Png, picture);
            decoded.grey_on_white().unwrap().pixels().to_vec()
        };
        let mut colour = RgbaImage::from_pixel(3, 1, Rgba([0, 0, 0, 255]));
        colour.put_pixel(1, 0, Rgba([0, 0, 0, 0]));
        colour.put_pixel(2, 0, Rgba([100, 100, 100, 51]));
        assert_eq!(on_white(DynamicImage::ImageRgba8(colour.clone())), [0, 255, 224]);
        let grey = GrayAlphaImage::from_fn(3, 1, |x, y| {
            let [red, _, _, alpha] = colour.get_pixel(x, y).0;
            LumaA([red, alpha])
        });
        assert_eq!(on_white(DynamicImage::ImageLumaA8(grey)), [0, 255, 224]);
        assert_eq!(on_white(DynamicImage::new_luma8(2, 1)), [0, 0]);
    }
}
