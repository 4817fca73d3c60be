/// Gives `vector` the length 1. `false`, and the vector is of no use, if it has no direction: it is zero, or not finite.
#[must_use]
pub(super) fn normalize(vector: &mut [f32]) -> bool {
    // Components of an honest embedding are far from where the square of an f32 overflows; others are no embedding.
    let squares: f32 = vector.iter().map(|component| component * component).sum();
    let length = squares.sqrt();
    if !length.is_finite() || length < 1e-12 {
        return false;
    }
    for component in vector {
        *component /= length;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::normalize;

    #[test]
    fn only_what_has_a_direction_gets_a_length() {
        let mut vector = [3.0, 4.0];
        assert!(normalize(&mut vector));
        assert_eq!(vector, [0.6, 0.8]);
        for mut none in [[0.0, 0.0], [f32::NAN, 1.0], [f32::INFINITY, 1.0], [1e30, 1e30]] {
            assert!(!normalize(&mut none));
        }
        assert!(!normalize(&mut []));
    }
}
