use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use sayso_core::stable_names;
use sayso_picture::Colours;

/// How a picture is made to fit a square of a size; names and meaning are img2dataset's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResizeMode {
    /// The longer side becomes the size, and white borders fill the square.
    Border,
    /// The shorter side becomes the size.
    KeepRatio,
    /// The shorter side becomes the size, and what is over is cut off on both sides.
    CenterCrop,
    /// The longer side becomes the size.
    KeepRatioLargest,
    /// It stays as large as it is.
    No,
}

stable_names!(ResizeMode, "resize mode", {
    Border => "border",
    KeepRatio => "keep_ratio",
    CenterCrop => "center_crop",
    KeepRatioLargest => "keep_ratio_largest",
    No => "no",
});

/// A picture that fits. What is made smaller is averaged by area; what is made larger, by Lanczos' windows.
pub(super) fn fit(picture: Colours, side: u32, mode: ResizeMode) -> Result<Colours, String> {
    let side = side.max(1);
    let (shorter, longer) = (picture.width.min(picture.height), picture.width.max(picture.height));
    match mode {
        ResizeMode::No => Ok(picture),
        ResizeMode::KeepRatioLargest => scaled(picture, side, longer),
        ResizeMode::KeepRatio => scaled(picture, side, shorter),
        ResizeMode::Border => Ok(in_the_middle(&scaled(picture, side, longer)?, side)),
        ResizeMode::CenterCrop => Ok(in_the_middle(&scaled(picture, side, shorter)?, side)),
    }
}

/// A picture no larger than that.
pub(super) fn at_most(picture: Colours, side: u32) -> Result<Colours, String> {
    let longer = picture.width.max(picture.height);
    if longer <= side { Ok(picture) } else { scaled(picture, side, longer) }
}

/// Makes the side that has `of` pixels have `side`, and the other in proportion.
fn scaled(picture: Colours, side: u32, of: u32) -> Result<Colours, String> {
    let of = u64::from(of.max(1));
    // A strip of a pixel's width may become no side at all, and a long one more than anybody wants.
    let length = |length: u32| {
        let scaled = (u64::from(length) * u64::from(side) * 2 + of) / (of * 2);
        u32::try_from(scaled).unwrap_or(u32::MAX).clamp(1, side.saturating_mul(LONGEST))
    };
    let (width, height) = (length(picture.width), length(picture.height));
    if (width, height) == (picture.width, picture.height) {
        return Ok(picture);
    }
    let is_smaller = width <= picture.width && height <= picture.height;
    let filter = if is_smaller { FilterType::Box } else { FilterType::Lanczos3 };
    let from = ImageRef::new(picture.width, picture.height, &picture.pixels, PixelType::U8x3)
        .map_err(|error| error.to_string())?;
    let mut to = Image::new(width, height, PixelType::U8x3);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter));
    Resizer::new().resize(&from, &mut to, &options).map_err(|error| error.to_string())?;
    Ok(Colours { width, height, pixels: to.into_vec(), ..picture })
}

/// A white square with a picture in its middle, of which is cut off what does not fit.
fn in_the_middle(picture: &Colours, side: u32) -> Colours {
    let (width, side_pixels) = (picture.width as usize, side as usize);
    let mut pixels = picture.space.white().repeat(side_pixels.saturating_mul(side_pixels));
    // How far in the square the picture begins, how far in the picture what is seen of it does, and how long that is.
    let along = |length: u32| {
        let seen = length.min(side);
        [(side - seen) / 2, (length - seen) / 2, seen].map(|pixels| pixels as usize)
    };
    let ([left, from_left, seen], [top, from_top, rows]) = (along(picture.width), along(picture.height));
    let old = picture.pixels.chunks_exact(width.max(1) * 3).skip(from_top);
    let new = pixels.chunks_exact_mut(side_pixels.max(1) * 3).skip(top);
    for (new, old) in new.zip(old).take(rows) {
        let new = new.iter_mut().skip(left * 3);
        let old = old.iter().skip(from_left * 3).take(seen * 3);
        new.zip(old).for_each(|(new, old)| *new = *old);
    }
    Colours { width: side, height: side, space: picture.space, pixels }
}

/// How many times the size the longer side of a picture may get whose shorter side becomes it.
const LONGEST: u32 = 32;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use sayso_picture::{ColourSpace, Colours};

    use super::{ResizeMode, at_most, fit};

    fn plain(width: u32, height: u32, space: ColourSpace) -> Colours {
        let pixels = [10, 200, 30].repeat((width * height) as usize);
        Colours { width, height, space, pixels }
    }

    fn pixel(picture: &Colours, x: u32, y: u32) -> &[u8] {
        let at = (y * picture.width + x) as usize * 3;
        &picture.pixels[at..at + 3]
    }

    #[test]
    fn sizes_are_those_of_img2dataset() {
        for space in [ColourSpace::Rgb, ColourSpace::YCbCr] {
            let picture = || plain(300, 200, space);
            for (mode, size) in [
                (ResizeMode::Border, (64, 64)),
                (ResizeMode::KeepRatio, (96, 64)),
                (ResizeMode::CenterCrop, (64, 64)),
                (ResizeMode::KeepRatioLargest, (64, 43)),
                (ResizeMode::No, (300, 200)),
            ] {
                let fitted = fit(picture(), 64, mode).unwrap();
                assert_eq!((fitted.width, fitted.height), size, "{mode}");
                assert_eq!(fitted.pixels.len() as u32, size.0 * size.1 * 3, "{mode}");
                assert_eq!(pixel(&fitted, size.0 / 2, size.1 / 2), [10, 200, 30], "{mode}");
            }
            let framed = fit(picture(), 64, ResizeMode::Border).unwrap();
            // 43 rows lie between 10 and 11 white ones.
            for (y, is_white) in [(0, true), (9, true), (10, false), (52, false), (53, true), (63, true)] {
                let expected = if is_white { space.white() } else { [10, 200, 30] };
                assert_eq!([pixel(&framed, 0, y), pixel(&framed, 63, y)], [expected; 2], "{y}");
            }
            let larger = fit(picture(), 600, ResizeMode::KeepRatioLargest).unwrap();
            assert_eq!((larger.width, larger.height), (600, 400));
            for (side, size) in [(600, (300, 200)), (150, (150, 100))] {
                let small = at_most(picture(), side).unwrap();
                assert_eq!((small.width, small.height), size);
            }
        }
    }

    #[test]
    fn the_middle_is_what_is_left_of_a_picture_that_is_cut() {
        let mut picture = plain(9, 3, ColourSpace::Rgb);
        picture.pixels.iter_mut().enumerate().for_each(|(at, byte)| *byte = at as u8);
        let middle = fit(picture, 3, ResizeMode::CenterCrop).unwrap();
        let rows: Vec<&[u8]> = middle.pixels.chunks_exact(9).collect();
        assert_eq!(rows.iter().map(|row| (row[0], row[8])).collect::<Vec<_>>(), [(9, 17), (36, 44), (63, 71)]);
    }

    #[test]
    fn what_is_made_smaller_is_averaged_over_all_that_lay_there() {
        let checks = |x: u32, y: u32| if (x + y).is_multiple_of(2) { [0, 255, 100] } else { [255, 0, 100] };
        let pixels = (0..64).flat_map(|y| (0..64).flat_map(move |x| checks(x, y))).collect();
        let picture = Colours { width: 64, height: 64, space: ColourSpace::Rgb, pixels };
        let small = fit(picture, 8, ResizeMode::KeepRatio).unwrap();
        assert!(small.pixels.chunks_exact(3).all(|pixel| matches!(pixel, [127..=128, 127..=128, 100])));
    }

    #[test]
    fn strips_stay_pictures() {
        for mode in ResizeMode::ALL {
            for (width, height) in [(1, 1), (5000, 1), (1, 5000)] {
                let fitted = fit(plain(width, height, ColourSpace::Rgb), 16, *mode).unwrap();
                let (x, y) = (fitted.width, fitted.height);
                assert!(x >= 1 && y >= 1 && (*mode == ResizeMode::No || x.max(y) <= 16 * 32), "{mode} {x}x{y}");
                assert_eq!(fitted.pixels.len() as u32, x * y * 3);
            }
        }
    }
}
