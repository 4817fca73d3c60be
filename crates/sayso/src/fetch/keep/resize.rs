use image::imageops::{FilterType, crop_imm, overlay, resize, thumbnail};
use image::{Rgb, RgbImage};
use sayso_core::stable_names;

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
pub(super) fn fit(picture: RgbImage, side: u32, mode: ResizeMode) -> RgbImage {
    let side = side.max(1);
    let (width, height) = picture.dimensions();
    let shorter = width.min(height);
    let longer = width.max(height);
    match mode {
        ResizeMode::No => picture,
        ResizeMode::KeepRatioLargest => scaled(picture, side, longer),
        ResizeMode::KeepRatio => scaled(picture, side, shorter),
        ResizeMode::Border => {
            let inner = scaled(picture, side, longer);
            let mut square = RgbImage::from_pixel(side, side, Rgb([u8::MAX; 3]));
            let middle = |length: u32| i64::from(side.saturating_sub(length) / 2);
            overlay(&mut square, &inner, middle(inner.width()), middle(inner.height()));
            square
        }
        ResizeMode::CenterCrop => {
            let outer = scaled(picture, side, shorter);
            let middle = |length: u32| length.saturating_sub(side) / 2;
            let (x, y) = (middle(outer.width()), middle(outer.height()));
            crop_imm(&outer, x, y, side, side).to_image()
        }
    }
}

/// A picture no larger than that.
pub(super) fn at_most(picture: RgbImage, side: u32) -> RgbImage {
    let longer = picture.width().max(picture.height());
    if longer <= side { picture } else { scaled(picture, side, longer) }
}

/// Makes the side that has `of` pixels have `side`, and the other in proportion.
fn scaled(picture: RgbImage, side: u32, of: u32) -> RgbImage {
    let of = u64::from(of.max(1));
    // A strip of a pixel's width may become no side at all, and a long one more than anybody wants.
    let length = |length: u32| {
        let scaled = (u64::from(length) * u64::from(side) * 2 + of) / (of * 2);
        u32::try_from(scaled).unwrap_or(u32::MAX).clamp(1, side.saturating_mul(LONGEST))
    };
    let (width, height) = (length(picture.width()), length(picture.height()));
    if (width, height) == picture.dimensions() {
        picture
    } else if width <= picture.width() && height <= picture.height() {
        thumbnail(&picture, width, height)
    } else {
        resize(&picture, width, height, FilterType::Lanczos3)
    }
}

/// How many times the size the longer side of a picture may get whose shorter side becomes it.
const LONGEST: u32 = 32;

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::{ResizeMode, at_most, fit};

    #[test]
    fn sizes_are_those_of_img2dataset() {
        let picture = || RgbImage::from_pixel(300, 200, Rgb([10, 200, 30]));
        for (mode, size) in [
            (ResizeMode::Border, (64, 64)),
            (ResizeMode::KeepRatio, (96, 64)),
            (ResizeMode::CenterCrop, (64, 64)),
            (ResizeMode::KeepRatioLargest, (64, 43)),
            (ResizeMode::No, (300, 200)),
        ] {
            let fitted = fit(picture(), 64, mode);
            assert_eq!(fitted.dimensions(), size, "{mode}");
            assert_eq!(fitted.get_pixel(size.0 / 2, size.1 / 2), &Rgb([10, 200, 30]), "{mode}");
        }
        assert_eq!(fit(picture(), 64, ResizeMode::Border).get_pixel(32, 0), &Rgb([255; 3]));
        assert_eq!(fit(picture(), 600, ResizeMode::KeepRatioLargest).dimensions(), (600, 400));
        assert_eq!(at_most(picture(), 600).dimensions(), (300, 200));
        assert_eq!(at_most(picture(), 150).dimensions(), (150, 100));
    }

    #[test]
    fn strips_stay_pictures() {
        for mode in ResizeMode::ALL {
            for (width, height) in [(1, 1), (5000, 1), (1, 5000)] {
                let (x, y) = fit(RgbImage::new(width, height), 16, *mode).dimensions();
                assert!(x >= 1 && y >= 1 && (*mode == ResizeMode::No || x.max(y) <= 16 * 32), "{mode} {x}x{y}");
            }
        }
    }
}
