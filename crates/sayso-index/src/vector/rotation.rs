/// A rotation that spreads what a vector says evenly over its components, so that one bit of each is worth the same.
///
/// Four rounds of sign flips, made of a fixed seed, and of Walsh-Hadamard transforms over the first and the last
/// components in turn, as many as the largest power of two: any number of components works, and none is added. A dense
/// random matrix spreads no better and costs a hundred times as much.
pub(super) struct Rotation {
    signs: Vec<f32>,
    dimension: usize,
    block: usize,
}

const ROUNDS: usize = 4;

impl Rotation {
    pub(super) fn new(dimension: usize) -> Self {
        let block = 1 << dimension.max(1).ilog2();
        let mut state = 0x5341_5953_4F56_4543_u64;
        let signs = (0..dimension * ROUNDS).map(|_| if split_mix(&mut state) >> 63 == 0 { 1.0 } else { -1.0 });
        Self { signs: signs.collect(), dimension, block }
    }

    /// Turns a rotated vector back.
    pub(super) fn undo(&self, vector: &mut [f32]) {
        for (round, signs) in self.signs.chunks_exact(self.dimension.max(1)).enumerate().rev() {
            if let Some(block) = vector.get_mut(self.block_of(round)) {
                hadamard(block);
            }
            for (component, sign) in vector.iter_mut().zip(signs) {
                *component *= sign;
            }
        }
    }

    /// The components that a round transforms.
    fn block_of(&self, round: usize) -> std::ops::Range<usize> {
        let start = if round.is_multiple_of(2) { 0 } else { self.dimension - self.block };
        start..start + self.block
    }

    /// Rotates `vector`, which has the dimension that the rotation was made for, in place.
    pub(super) fn apply(&self, vector: &mut [f32]) {
        for (round, signs) in self.signs.chunks_exact(self.dimension.max(1)).enumerate() {
            for (component, sign) in vector.iter_mut().zip(signs) {
                *component *= sign;
            }
            if let Some(block) = vector.get_mut(self.block_of(round)) {
                hadamard(block);
            }
        }
    }
}

/// The Walsh-Hadamard transform of as many components as a power of two, lengths kept.
fn hadamard(block: &mut [f32]) {
    let mut half = 1;
    while half < block.len() {
        for pair in block.chunks_exact_mut(half * 2) {
            let (left, right) = pair.split_at_mut(half);
            for (a, b) in left.iter_mut().zip(right) {
                (*a, *b) = (*a + *b, *a - *b);
            }
        }
        half *= 2;
    }
    let scale = 1.0 / (block.len() as f32).sqrt();
    for component in block {
        *component *= scale;
    }
}

/// The next number of a fixed sequence (SplitMix64).
pub(super) fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::{Rotation, split_mix};

    #[test]
    fn lengths_and_angles_stay() {
        for dimension in [1, 2, 3, 7, 64, 384, 500, 768] {
            let rotation = Rotation::new(dimension);
            let mut state = 1;
            let mut random = || (0..dimension).map(|_| (split_mix(&mut state) >> 40) as f32 / 1e7 - 0.8).collect();
            let (a, b): (Vec<f32>, Vec<f32>) = (random(), random());
            let dot = |a: &[f32], b: &[f32]| -> f32 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
            let (mut turned_a, mut turned_b) = (a.clone(), b.clone());
            rotation.apply(&mut turned_a);
            rotation.apply(&mut turned_b);
            let scale = dot(&a, &a);
            assert!((dot(&turned_a, &turned_a) - scale).abs() < 1e-3 * scale, "{dimension}");
            assert!((dot(&turned_a, &turned_b) - dot(&a, &b)).abs() < 1e-3 * scale, "{dimension}");
            rotation.undo(&mut turned_a);
            assert!(turned_a.iter().zip(&a).all(|(back, a)| (back - a).abs() < 1e-5), "{dimension}");
        }
    }

    #[test]
    fn one_loud_component_is_spread() {
        let mut vector = vec![0.0; 768];
        vector[5] = 1.0;
        Rotation::new(768).apply(&mut vector);
        let loudest = vector.iter().fold(0.0_f32, |loudest, component| loudest.max(component.abs()));
        assert!(loudest < 0.2, "{loudest}");
    }
}
