use crate::Picture;

/// The longest side of a picture as a multiple of that of a square, and the shortest as a part of it.
const STRETCH: usize = 2;

/// The sides that pictures are trained with: multiples of `unit` with at most as many pixels as a square of this `side`, of
/// each width the highest.
pub(super) fn sizes(side: usize, unit: usize, buckets: bool) -> Vec<[usize; 2]> {
    let unit = unit.max(1);
    let square = (side / unit).max(1) * unit;
    if !buckets {
        return vec![[square, square]];
    }
    let area = square * square;
    let shortest = (square / STRETCH / unit).max(1) * unit;
    let widths = (shortest..=square * STRETCH).step_by(unit);
    let size = |width: usize| [width, (area / width / unit * unit).min(square * STRETCH)];
    widths.map(size).filter(|[_, height]| *height >= shortest).collect()
}

/// The sides whose shape is the nearest to that of a picture; of equal ones, those with more pixels.
pub(super) fn nearest(sizes: &[[usize; 2]], width: u32, height: u32) -> Option<[usize; 2]> {
    let shape = |width: f64, height: f64| (width / height).ln();
    let own = shape(f64::from(width), f64::from(height));
    let far = |[width, height]: &[usize; 2]| (shape(*width as f64, *height as f64) - own).abs();
    let area = |[width, height]: &[usize; 2]| width * height;
    let order = |a: &&[usize; 2], b: &&[usize; 2]| far(a).total_cmp(&far(b)).then(area(b).cmp(&area(a)));
    sizes.iter().min_by(order).copied()
}

/// The middle of a picture, as it is learned.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fitted {
    pub(super) picture: Picture,
    /// How much was cut off, as a share.
    pub(super) cropped: f64,
    /// Pixels that were cut off at the top, at the left and at the right, of those that it would have in its new size.
    pub(super) edges: [usize; 3],
}

/// The middle of a picture in the shape of these sides, and with this size.
pub(super) fn fitted(picture: &Picture, [width, height]: [usize; 2]) -> Option<Fitted> {
    let (wide, high) = (picture.width as usize, picture.height as usize);
    if wide == 0 || high == 0 || picture.pixels.len() != wide.checked_mul(high)?.checked_mul(3)? {
        return None;
    }
    // What of it has the shape that is wanted, as much as there is.
    let (kept_wide, kept_high) = if wide * height > high * width {
        ((high * width).div_ceil(height).clamp(1, wide), high)
    } else {
        (wide, (wide * height).div_ceil(width).clamp(1, high))
    };
    let (left, top) = ((wide - kept_wide) / 2, (high - kept_high) / 2);
    let rows = picture.pixels.chunks_exact(wide * 3).skip(top).take(kept_high);
    let pixels: Vec<u8> =
        rows.flat_map(|row| row.get(left * 3..(left + kept_wide) * 3).unwrap_or_default()).copied().collect();
    let side = |side: usize| u32::try_from(side).ok();
    let middle = Picture { width: side(kept_wide)?, height: side(kept_high)?, pixels };
    let cropped = 1.0 - (kept_wide * kept_high) as f64 / (wide * high) as f64;
    let fitted =
        if [kept_wide, kept_high] == [width, height] { middle } else { middle.resized(side(width)?, side(height)?)? };
    let scaled = |edge: usize, to: usize, of: usize| (edge as f64 * to as f64 / of as f64).round() as usize;
    let across = |edge| scaled(edge, width, kept_wide);
    let edges = [scaled(top, height, kept_high), across(left), across(wide - kept_wide - left)];
    Some(Fitted { picture: fitted, cropped, edges })
}

/// The picture as a mirror shows it.
pub(super) fn mirrored(picture: &Picture) -> Picture {
    let rows = picture.pixels.chunks(picture.width as usize * 3);
    let pixels = rows.flat_map(|row| row.chunks(3).rev().flatten()).copied().collect();
    Picture { pixels, ..*picture }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{Fitted, fitted, mirrored, nearest, sizes};
    use crate::Picture;

    #[test]
    fn sizes_are_multiples_with_no_more_pixels_than_a_square() {
        let all = sizes(512, 64, true);
        assert!(all.contains(&[512, 512]) && all.contains(&[448, 576]) && all.contains(&[1024, 256]));
        for [width, height] in &all {
            assert!(width % 64 == 0 && height % 64 == 0 && width * height <= 512 * 512, "{width} {height}");
        }
        assert_eq!(sizes(512, 64, false), [[512, 512]]);
        assert_eq!(sizes(500, 64, false), [[448, 448]]);
        assert_eq!(nearest(&all, 4000, 3000), Some([576, 448]));
        assert_eq!(nearest(&all, 1, 4000), Some([256, 1024]));
        assert_eq!(nearest(&all, 300, 300), Some([512, 512]));
    }

    #[test]
    fn the_middle_is_cut_out_and_mirrored() {
        let pixels = (0..4 * 2).flat_map(|pixel: u8| [pixel, pixel, pixel]).collect();
        let picture = Picture { width: 4, height: 2, pixels };
        let Fitted { picture: middle, cropped, edges } = fitted(&picture, [2, 2]).unwrap();
        let grey = |picture: &Picture| picture.pixels.iter().step_by(3).copied().collect::<Vec<_>>();
        assert_eq!((grey(&middle), cropped, edges), (vec![1, 2, 5, 6], 0.5, [0, 1, 1]));
        assert_eq!(grey(&mirrored(&picture)), [3, 2, 1, 0, 7, 6, 5, 4]);
        let whole = Fitted { picture: picture.clone(), cropped: 0.0, edges: [0; 3] };
        assert_eq!(fitted(&picture, [4, 2]).unwrap(), whole);
        assert_eq!(fitted(&picture, [8, 4]).unwrap().picture.pixels.len(), 8 * 4 * 3);
        // What was cut off counts as large as what is left became; the mirror image has its own at the left.
        let wide = Picture { width: 7, height: 2, pixels: vec![9; 7 * 2 * 3] };
        assert_eq!(fitted(&wide, [4, 4]).unwrap().edges, [0, 4, 6]);
        let high = Picture { width: 2, height: 9, pixels: vec![9; 2 * 9 * 3] };
        assert_eq!(fitted(&high, [1, 1]).unwrap().edges, [2, 0, 0]);
        assert!(fitted(&Picture { width: 0, ..picture }, [2, 2]).is_none());
    }
}
