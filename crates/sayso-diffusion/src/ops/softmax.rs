use sayso_model::{exp, wide};

/// Numbers that are summed side by side, so that vectors can do it.
const LANES: usize = 16;

/// Every number becomes e to the power of itself times `scale`, which is above zero, over that of the largest; given is the
/// sum of them. Where they are to be `whole`, they are divided by that.
pub(super) fn softmax(row: &mut [f32], scale: f32, whole: bool) -> f32 {
    wide(
        #[inline(always)]
        || {
            let mut most = [f32::MIN; LANES];
            for some in row.chunks(LANES) {
                // Not `max`, which looks for numbers that are none.
                most.iter_mut()
                    .zip(some)
                    .for_each(|(most, number)| *most = if *number > *most { *number } else { *most });
            }
            let largest = most.iter().fold(f32::MIN, |largest, most| largest.max(*most));
            let mut sums = [0.0_f32; LANES];
            for some in row.chunks_mut(LANES) {
                for (number, sum) in some.iter_mut().zip(&mut sums) {
                    *number = exp((*number - largest) * scale);
                    *sum += *number;
                }
            }
            let sum: f32 = sums.iter().sum();
            if whole {
                let factor = 1.0 / sum;
                row.iter_mut().for_each(|number| *number *= factor);
            }
            sum
        },
    )
}

#[cfg(test)]
mod tests {
    use super::softmax;

    #[test]
    fn weights_are_those_of_64_bits() {
        for count in [1, 3, 16, 17, 77, 100] {
            let scores: Vec<f32> = (0..count).map(|number| (number as f32 * 1.7).sin() * 9.0).collect();
            let sum: f64 = scores.iter().map(|score| (f64::from(*score) * 0.3).exp()).sum();
            let mut weights = scores.clone();
            softmax(&mut weights, 0.3, true);
            for (score, weight) in scores.iter().zip(weights) {
                let exact = (f64::from(*score) * 0.3).exp() / sum;
                assert!((exact - f64::from(weight)).abs() < 1e-6, "{weight} and not {exact}");
            }
        }
    }

    #[test]
    fn what_is_no_number_stays_none() {
        let mut row = [1.0, f32::NAN, 2.0];
        assert!(softmax(&mut row, 1.0, true).is_nan() && row[0].is_nan());
    }
}
