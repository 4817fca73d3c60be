use candle_core::{Result, Tensor};

use crate::noise::Noise;

/// What something is thrown for.
#[derive(Debug, Clone, Copy)]
pub(super) enum For {
    /// The first numbers of an adapter.
    Adapter = 1,
    /// The order of the examples of a round.
    Order = 2,
    /// What a picture is seen with.
    Example = 3,
    /// What a picture of the class is seen with.
    Prior = 4,
}

/// Noise by a seed and a number that counts up: what is thrown for one step does not depend on what was thrown before.
pub(super) fn thrown(seed: u64, what: For, number: u64) -> Noise {
    Noise::new(mixed(mixed(mixed(seed) ^ what as u64) ^ number))
}

/// Bits that look thrown (the finaliser of SplitMix64; Steele and others, 2014).
const fn mixed(bits: u64) -> u64 {
    let bits = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// What one picture is seen with in one step.
pub(super) struct Seen {
    /// The time step.
    pub(super) time: usize,
    /// Whether it is mirrored.
    pub(super) mirrored: bool,
    /// Which of the latents that may be its is taken.
    pub(super) place: Tensor,
    /// What is added to them.
    pub(super) noise: Tensor,
}

impl Seen {
    pub(super) fn throw(noise: &mut Noise, times: usize, shape: [usize; 3], offset: f64) -> Result<Self> {
        let time = noise.below(times);
        let mirrored = noise.below(2) == 1;
        let place = noise.tensor(&shape[..])?;
        let mut thrown = noise.tensor(&shape[..])?;
        if offset > 0.0 {
            let [channels, ..] = shape;
            thrown = thrown.broadcast_add(&(noise.tensor((channels, 1, 1))? * offset)?)?;
        }
        Ok(Self { time, mirrored, place, noise: thrown })
    }
}
