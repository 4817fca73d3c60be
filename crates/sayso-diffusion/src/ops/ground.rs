use candle_core::{Result, Tensor, bail};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

use super::storage::held;

/// Planes to which a convolution is added: `ground` has all of their numbers, or one for each plane, or one for each channel.
/// `bias` has one for each channel besides.
pub(super) fn begin(ground: &[f32], bias: Option<&[f32]>, [count, channels, area]: [usize; 3]) -> Result<Vec<f32>> {
    let all = count * channels * area;
    if ![all, count * channels, channels].contains(&ground.len()) || bias.is_some_and(|bias| bias.len() != channels) {
        bail!("{} numbers under {count} times {channels} planes", ground.len());
    }
    let mut made = vec![0.0; all];
    made.par_chunks_mut(area.max(1)).enumerate().for_each(|(plane, made)| {
        let bias = bias.and_then(|bias| bias.get(plane % channels)).copied().unwrap_or(0.0);
        if ground.len() == all {
            let from = ground.get(plane * area..).unwrap_or_default();
            made.iter_mut().zip(from).for_each(|(made, from)| *made = from + bias);
        } else {
            made.fill(ground.get(plane % ground.len()).copied().unwrap_or(0.0) + bias);
        }
    });
    Ok(made)
}

/// The gradient of such a ground.
pub(super) fn gradient(ground: &Tensor, gradient: &Tensor, [count, channels, area]: [usize; 3]) -> Result<Tensor> {
    if ground.elem_count() == count * channels * area {
        return gradient.reshape(ground.shape());
    }
    let mut sums: Vec<f32> = {
        let (gradient, layout) = gradient.storage_and_layout();
        let planes = held(&gradient, layout)?.par_chunks(area.max(1));
        planes
            .map(|plane| plane.chunks(64).map(|some| f64::from(some.iter().sum::<f32>())).sum::<f64>() as f32)
            .collect()
    };
    if ground.elem_count() == channels {
        sums = (0..channels).map(|channel| sums.iter().skip(channel).step_by(channels).sum()).collect();
    }
    Tensor::from_vec(sums, ground.shape(), ground.device())
}
