use image::{DynamicImage, Rgb as Pixel};
use sayso_core::Features;

use crate::{ColourSpace, Colours, Grey, PictureFormat, Rgb, Spectrum, features};

/// A decoded picture, upright, with eight bits a channel.
///
/// Colour profiles (ICC) are not applied: the hashes that this is for compare what is stored, as Meta's do, and a
/// profile moves all of a picture's colours alike.
#[derive(Debug, Clone)]
pub struct Decoded {
    format: PictureFormat,
    picture: DynamicImage,
    /// What the bytes mean where there are three a pixel.
    space: ColourSpace,
}

impl Decoded {
    pub(crate) const fn new(format: PictureFormat, picture: DynamicImage, space: ColourSpace) -> Self {
        Self { format, picture, space }
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
            DynamicImage::ImageRgb8(picture) => match self.space {
                ColourSpace::Rgb => {
                    picture.pixels().map(|Pixel([red, green, blue])| luminance(*red, *green, *blue)).collect()
                }
                ColourSpace::YCbCr => picture.pixels().map(|Pixel([luminance, ..])| *luminance).collect(),
            },
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
        let mut pixels = match &self.picture {
            DynamicImage::ImageRgb8(picture) => picture.as_raw().clone(),
            DynamicImage::ImageRgba8(picture) => {
                each_pixel(picture, |[red, green, blue, _]: [u8; 4]| [red, green, blue])
            }
            DynamicImage::ImageLuma8(picture) => each_pixel(picture, |[grey]: [u8; 1]| [grey; 3]),
            DynamicImage::ImageLumaA8(picture) => each_pixel(picture, |[grey, _]: [u8; 2]| [grey; 3]),
            _ => return None,
        };
        if self.space != ColourSpace::Rgb {
            pixels.as_chunks_mut::<3>().0.iter_mut().for_each(|pixel| *pixel = self.space.rgb_of(*pixel));
        }
        Rgb::new(width, height, pixels)
    }

    /// Its colours as they are seen when it lies on white, in the space in which they are stored.
    #[must_use]
    pub fn into_colours_on_white(self) -> Option<Colours> {
        let (width, height) = (self.picture.width(), self.picture.height());
        let (space, pixels) = match self.picture {
            DynamicImage::ImageRgb8(picture) => (self.space, picture.into_raw()),
            _ => (ColourSpace::Rgb, self.rgb_on([u8::MAX; 3])?.into_pixels()),
        };
        Some(Colours { width, height, space, pixels })
    }

    /// Its colours as they are seen when it lies on this ground.
    #[must_use]
    pub fn rgb_on(&self, ground: [u8; 3]) -> Option<Rgb> {
        let [red_ground, green_ground, blue_ground] = ground;
        let laid = |[red, green, blue]: [u8; 3], alpha: u8| match alpha {
            // As most pixels are, of pictures with transparency, too.
            u8::MAX => [red, green, blue],
            _ => [mix(red, red_ground, alpha), mix(green, green_ground, alpha), mix(blue, blue_ground, alpha)],
        };
        let pixels = match &self.picture {
            DynamicImage::ImageRgba8(picture) => {
                each_pixel(picture, |[red, green, blue, alpha]: [u8; 4]| laid([red, green, blue], alpha))
            }
            DynamicImage::ImageLumaA8(picture) => each_pixel(picture, |[grey, alpha]: [u8; 2]| laid([grey; 3], alpha)),
            _ => return self.rgb(),
        };
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
        let (width, height) = (self.picture.width() as usize, self.picture.height() as usize);
        let weighed = |red, green, blue| 0.299 * f32::from(red) + 0.587 * f32::from(green) + 0.114 * f32::from(blue);
        match &self.picture {
            DynamicImage::ImageLuma8(picture) => {
                Spectrum::of_pixels(width, height, picture, |[grey]: [u8; 1]| f32::from(grey))
            }
            DynamicImage::ImageLumaA8(picture) => {
                Spectrum::of_pixels(width, height, picture, |[grey, _]: [u8; 2]| f32::from(grey))
            }
            DynamicImage::ImageRgb8(picture) if self.space == ColourSpace::YCbCr => {
                Spectrum::of_pixels(width, height, picture, |[luminance, ..]: [u8; 3]| f32::from(luminance))
            }
            DynamicImage::ImageRgb8(picture) => {
                Spectrum::of_pixels(width, height, picture, |[red, green, blue]: [u8; 3]| weighed(red, green, blue))
            }
            DynamicImage::ImageRgba8(picture) => {
                Spectrum::of_pixels(width, height, picture, |[red, green, blue, _]: [u8; 4]| weighed(red, green, blue))
            }
            _ => None,
        }
    }

    /// The features that it has as it looks on white.
    #[must_use]
    pub fn features(&self) -> Features {
        self.grey_on_white().map_or_else(|| Features::new(1024, 1024, Vec::new()), |grey| features(&grey))
    }
}

/// The colours that `of` makes of each pixel.
fn each_pixel<const BYTES: usize>(pixels: &[u8], of: impl Fn([u8; BYTES]) -> [u8; 3]) -> Vec<u8> {
    let pixels = pixels.as_chunks::<BYTES>().0;
    let mut colours = vec![0; pixels.len().saturating_mul(3)];
    colours.as_chunks_mut::<3>().0.iter_mut().zip(pixels).for_each(|(colour, pixel)| *colour = of(*pixel));
    colours
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
    use crate::{ColourSpace, PictureFormat};

    #[test]
    fn what_is_transparent_looks_white_on_white() {
        let on_white = |picture: DynamicImage| {
            let decoded = Decoded::new(PictureFormat::Png, picture, ColourSpace::Rgb);
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
