/// A decoded picture: three bytes a pixel, red first, row by row from the top, upright.
#[derive(Debug, Clone, Copy)]
pub struct Rgb<'a> {
    width: usize,
    height: usize,
    pixels: &'a [u8],
}

impl<'a> Rgb<'a> {
    /// Pixels of the longest side, which is that of a JPEG and one more. It bounds what resizing a line may take.
    pub const LONGEST: usize = 1 << 16;

    /// A picture of `width` times `height` pixels; none if there are not as many bytes, no pixel at all, or a side is
    /// longer than [`Rgb::LONGEST`].
    #[must_use]
    pub fn new(width: usize, height: usize, pixels: &'a [u8]) -> Option<Self> {
        let bytes = width.checked_mul(height)?.checked_mul(3)?;
        (bytes == pixels.len() && bytes > 0 && width.max(height) <= Self::LONGEST).then_some(Self {
            width,
            height,
            pixels,
        })
    }

    /// Pixels of a row.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Number of rows.
    #[must_use]
    pub const fn height(&self) -> usize {
        self.height
    }

    /// All bytes, the upper left pixel's red first.
    #[must_use]
    pub const fn pixels(&self) -> &'a [u8] {
        self.pixels
    }
}

#[cfg(test)]
mod tests {
    use super::Rgb;

    #[test]
    fn a_picture_has_as_many_bytes_as_it_says() {
        assert!(Rgb::new(2, 1, &[0; 6]).is_some());
        assert!(Rgb::new(2, 1, &[0; 5]).is_none());
        assert!(Rgb::new(0, 7, &[]).is_none());
        assert!(Rgb::new(usize::MAX, 2, &[0; 6]).is_none());
        assert!(Rgb::new(1 << 17, 1, &vec![0; 3 << 17]).is_none());
    }
}
