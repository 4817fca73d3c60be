use super::SIDE;

/// What one pixel of the shrunk picture takes of a row, or of a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tent {
    /// The first pixel that it takes of.
    pub(super) start: usize,
    /// How much it takes of each; together 1.
    pub(super) weights: Vec<f32>,
}

/// The tents along a side of `length` pixels.
///
/// The reference slides a window twice along each row and column, divides by as many pixels as the window covers, and
/// then takes 64 of the results. Both windows together are one tent, and only 64 of them are asked for: so a picture is
/// walked over once, and what is not asked for is not computed.
pub(super) fn tents(length: usize) -> Vec<Tent> {
    // Half of what one of 64 pixels stands for, rounded up.
    let window = length.div_ceil(2 * SIDE);
    let covered = |at: usize| {
        // Of an even number of pixels there is one more behind the middle than before it.
        let behind = window / 2;
        let before = window - behind - 1;
        at.saturating_sub(before)..at.saturating_add(behind + 1).min(length)
    };
    let tent = |number: usize| {
        // The middle of the pixel, not its corner.
        let centre = (2 * number + 1) * length / (2 * SIDE);
        let outer = covered(centre);
        let start = covered(outer.start).start;
        let end = covered(outer.end.saturating_sub(1)).end;
        let mut weights = vec![0.0; end.saturating_sub(start)];
        for middle in outer.clone() {
            let inner = covered(middle);
            let share = 1.0 / (outer.len() as f64 * inner.len() as f64);
            let range = inner.start - start..inner.end - start;
            weights.get_mut(range).unwrap_or_default().iter_mut().for_each(|weight| *weight += share);
        }
        #[expect(clippy::cast_possible_truncation, reason = "a weight needs no more digits than a pixel")]
        let weights = weights.into_iter().map(|weight: f64| weight as f32).collect();
        Tent { start, weights }
    };
    (0..SIDE).map(tent).collect()
}

#[cfg(test)]
mod tests {
    use super::tents;

    #[test]
    fn a_tent_holds_one_and_stays_inside() {
        for length in [1, 2, 5, 63, 64, 65, 127, 128, 129, 200, 256, 257, 1000, 4001] {
            let tents = tents(length);
            assert_eq!(tents.len(), 64);
            for tent in tents {
                let sum: f32 = tent.weights.iter().sum();
                assert!((sum - 1.0).abs() < 1e-5, "{length}: {sum}");
                assert!(tent.start + tent.weights.len() <= length);
            }
        }
    }

    #[test]
    fn a_small_picture_is_taken_as_it_is() {
        for (number, tent) in tents(64).into_iter().enumerate() {
            assert_eq!((tent.start, tent.weights), (number, vec![1.0]));
        }
    }
}
