//! Noise by a seed, as torch's generator for the processor throws it, so that one seed gives one picture in both: the
//! Mersenne twister MT19937 (Matsumoto and Nishimura, 1998), 24 bits of it a number, and Box and Muller's transform over
//! blocks of sixteen.

use candle_core::{Device, Result, Shape, Tensor};

/// Numbers of the twister's state.
const STATE: usize = 624;
/// How far the one lies that each is mixed with.
const MIDDLE: usize = 397;
/// Numbers that are transformed together: angles of the last eight, lengths of the first.
const BLOCK: usize = 16;

/// Throws noise.
pub(crate) struct Noise {
    state: [u32; STATE],
    next: usize,
}

impl Noise {
    /// Of a seed, only the lower 32 bits count, as in torch.
    pub(crate) fn new(seed: u64) -> Self {
        let mut state = [0; STATE];
        let [a, b, c, d, ..] = seed.to_le_bytes();
        let mut last = u32::from_le_bytes([a, b, c, d]);
        for (slot, number) in state.iter_mut().zip(0_u32..) {
            if number > 0 {
                last = 1_812_433_253_u32.wrapping_mul(last ^ (last >> 30)).wrapping_add(number);
            }
            *slot = last;
        }
        Self { state, next: STATE }
    }

    fn twist(&mut self) {
        let at = |state: &[u32; STATE], number: usize| state.get(number % STATE).copied().unwrap_or(0);
        for number in 0..STATE {
            let both = (at(&self.state, number) & 0x8000_0000) | (at(&self.state, number + 1) & 0x7fff_ffff);
            let odd = if both & 1 == 1 { 0x9908_b0df } else { 0 };
            let mixed = at(&self.state, number + MIDDLE) ^ (both >> 1) ^ odd;
            if let Some(slot) = self.state.get_mut(number) {
                *slot = mixed;
            }
        }
        self.next = 0;
    }

    fn bits(&mut self) -> u32 {
        if self.next >= STATE {
            self.twist();
        }
        let mut bits = self.state.get(self.next).copied().unwrap_or(0);
        self.next += 1;
        bits ^= bits >> 11;
        bits ^= (bits << 7) & 0x9d2c_5680;
        bits ^= (bits << 15) & 0xefc6_0000;
        bits ^ (bits >> 18)
    }

    /// A number from zero on and below one.
    fn uniform(&mut self) -> f32 {
        (self.bits() & 0x00ff_ffff) as f32 / (1_u32 << 24) as f32
    }

    /// A whole number below `count`, which is far below what 32 bits count: no remainder is felt.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        let product = u64::from(self.bits()) * count as u64;
        usize::try_from(product >> 32).unwrap_or(0)
    }

    /// Numbers of the normal distribution. Torch throws fewer than sixteen in another way; no picture is so small, and here
    /// they are the first of sixteen.
    pub(crate) fn normal(&mut self, count: usize) -> Vec<f32> {
        let mut numbers: Vec<f32> = (0..count.max(BLOCK)).map(|_| self.uniform()).collect();
        for block in numbers.chunks_exact_mut(BLOCK) {
            transform(block);
        }
        if !numbers.len().is_multiple_of(BLOCK) {
            // The last sixteen are thrown anew, over those that have their numbers already.
            let start = numbers.len() - BLOCK;
            if let Some(block) = numbers.get_mut(start..) {
                block.iter_mut().for_each(|number| *number = self.uniform());
                transform(block);
            }
        }
        numbers.truncate(count);
        numbers
    }

    pub(crate) fn tensor(&mut self, shape: impl Into<Shape>) -> Result<Tensor> {
        let shape = shape.into();
        Tensor::from_vec(self.normal(shape.elem_count()), shape, &Device::Cpu)
    }
}

/// Makes sixteen uniform numbers normal ones.
fn transform(block: &mut [f32]) {
    let (first, second) = block.split_at_mut(BLOCK / 2);
    for (first, second) in first.iter_mut().zip(second) {
        let length = (-2.0 * (1.0 - *first).ln()).sqrt();
        let (sine, cosine) = (std::f32::consts::TAU * *second).sin_cos();
        (*first, *second) = (length * cosine, length * sine);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::Noise;
    use crate::fixture::{distance, tensors};

    #[test]
    fn the_twister_is_the_published_one() {
        // The ten-thousandth number of the standard seed, from the C++ standard's [rand.predef].
        let mut noise = Noise::new(5489);
        assert_eq!((0..10_000).map(|_| noise.bits()).last(), Some(4_123_659_995));
    }

    #[test]
    fn noise_is_torchs() {
        let cases = tensors("cases.safetensors");
        for size in [16_usize, 40, 256, 1000] {
            let made = Noise::new(42 + size as u64).tensor(size).unwrap();
            let error = distance(&made, &cases[&format!("noise.{size}")]);
            println!("noise.{size}: {error:e}");
            assert!(error <= 1e-6, "{size}: {error}");
        }
    }
}
