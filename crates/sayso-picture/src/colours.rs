/// How the three bytes of a pixel are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColourSpace {
    /// Red, green and blue.
    Rgb,
    /// Luminance and two differences of colour, over the whole range of a byte, as JFIF has them.
    YCbCr,
}

/// A picture's colours as its file has them, row by row from the top, three bytes a pixel.
///
/// Whoever makes a JPEG of a JPEG has no use for red, green and blue in between: shrinking is the same work in either space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colours {
    /// Pixels of a row.
    pub width: u32,
    /// Number of rows.
    pub height: u32,
    /// What the bytes mean.
    pub space: ColourSpace,
    /// The pixels, the upper left first.
    pub pixels: Vec<u8>,
}

impl ColourSpace {
    /// The bytes of a white pixel.
    #[must_use]
    pub const fn white(self) -> [u8; 3] {
        match self {
            Self::Rgb => [u8::MAX; 3],
            Self::YCbCr => [u8::MAX, 128, 128],
        }
    }

    /// A pixel's red, green and blue (ITU-T T.871, section 7).
    pub(crate) fn rgb_of(self, pixel: [u8; 3]) -> [u8; 3] {
        match self {
            Self::Rgb => pixel,
            Self::YCbCr => {
                let [luminance, blue, red] = pixel.map(i32::from);
                let (blue, red) = (blue - 128, red - 128);
                // In parts of 65,536, rounded to the nearest.
                let of = |parts: i32| u8::try_from((luminance + ((parts + (1 << 15)) >> 16)).clamp(0, 255));
                [of(91_881 * red), of(-22_554 * blue - 46_802 * red), of(116_130 * blue)]
                    .map(|colour| colour.unwrap_or(u8::MAX))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ColourSpace;

    #[test]
    fn white_and_the_primaries_are_what_they_are_in_jfif() {
        let rgb = |pixel| ColourSpace::YCbCr.rgb_of(pixel);
        assert_eq!(rgb(ColourSpace::YCbCr.white()), [255; 3]);
        assert_eq!(rgb([0, 128, 128]), [0; 3]);
        assert_eq!(rgb([76, 85, 255]), [254, 0, 0]);
        assert_eq!(rgb([150, 44, 21]), [0, 255, 1]);
        assert_eq!(rgb([29, 255, 107]), [0, 0, 254]);
        assert_eq!(rgb([255, 255, 255]), [255, 121, 255]);
    }
}
