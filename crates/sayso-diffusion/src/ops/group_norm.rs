use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor, bail};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};
use sayso_model::{exp, wide};

use super::applied::apply3;
use super::moments::{moments, sum, sum_of_products};
use super::plain;
use super::storage::{held, numbers};

/// Moves every group of a picture's channels to mean zero and variance one, scales and shifts each channel, and, if wanted,
/// multiplies each number with its own logistic function (silu).
pub(crate) fn group_norm(
    pictures: &Tensor,
    scale: &Tensor,
    shift: &Tensor,
    groups: usize,
    epsilon: f64,
    silu: bool,
) -> Result<Tensor> {
    if plain::is_plain(pictures) {
        return plain::group_norm(pictures, scale, shift, groups, epsilon, silu);
    }
    apply3(&pictures.contiguous()?, scale, shift, GroupNorm { groups, epsilon, silu })
}

struct GroupNorm {
    groups: usize,
    epsilon: f64,
    silu: bool,
}

#[inline(always)]
fn logistic(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

impl GroupNorm {
    /// Channels of a picture, those of a group, and the numbers of each.
    fn sides(&self, pictures: &Shape, scale: &Shape) -> Result<[usize; 3]> {
        let channels = pictures.dims().get(1).copied().unwrap_or(0);
        let each: usize = pictures.dims().iter().skip(2).product();
        if self.groups == 0
            || channels == 0
            || channels % self.groups != 0
            || scale.elem_count() != channels
            || each == 0
        {
            bail!("{} groups of {channels} channels, scaled by {scale:?}", self.groups);
        }
        Ok([channels, channels / self.groups, each])
    }
}

impl CustomOp3 for GroupNorm {
    fn name(&self) -> &'static str {
        "group-norm"
    }

    fn cpu_fwd(
        &self,
        pictures: &CpuStorage,
        layout: &Layout,
        scale: &CpuStorage,
        of_scale: &Layout,
        shift: &CpuStorage,
        of_shift: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let [channels, some, each] = self.sides(layout.shape(), of_scale.shape())?;
        let (scale, shift) = (numbers(scale, of_scale)?, numbers(shift, of_shift)?);
        let pictures = numbers(pictures, layout)?;
        let mut made = vec![0.0; pictures.len()];
        let groups = made.par_chunks_mut(some * each).zip(pictures.par_chunks(some * each));
        groups.enumerate().for_each(|(group, (made, from))| {
            let (mean, factor) = wide(
                #[inline(always)]
                || moments(from, self.epsilon),
            );
            let first = group * some % channels;
            let of_channels = scale.iter().zip(shift).skip(first);
            for ((made, from), (scale, shift)) in made.chunks_mut(each).zip(from.chunks(each)).zip(of_channels) {
                wide(
                    #[inline(always)]
                    || {
                        for (made, number) in made.iter_mut().zip(from) {
                            let normal = (*number - mean) * factor * scale + shift;
                            *made = if self.silu { normal * logistic(normal) } else { normal };
                        }
                    },
                );
            }
        });
        Ok((CpuStorage::F32(made), layout.shape().clone()))
    }

    fn bwd(
        &self,
        pictures: &Tensor,
        scale: &Tensor,
        shift: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let [channels, some, each] = self.sides(pictures.shape(), scale.shape())?;
        let (x, g) = (pictures.contiguous()?, gradient.contiguous()?);
        let ((x, of_x), (g, of_g)) = (x.storage_and_layout(), g.storage_and_layout());
        let ((w, of_w), (b, of_b)) = (scale.storage_and_layout(), shift.storage_and_layout());
        let (x, g, w, b) = (held(&x, of_x)?, held(&g, of_g)?, held(&w, of_w)?, held(&b, of_b)?);
        let mut of_pictures = vec![0.0; g.len()];
        // For each picture and channel: the gradients of scale and shift.
        let mut sums = vec![[0.0_f64; 2]; x.len() / each];
        let groups =
            of_pictures.par_chunks_mut(some * each).zip(x.par_chunks(some * each)).zip(g.par_chunks(some * each));
        groups.zip(sums.par_chunks_mut(some)).enumerate().for_each(|(group, (((made, x), g), sums))| {
            let (mean, factor) = wide(
                #[inline(always)]
                || moments(x, self.epsilon),
            );
            let first = group * some % channels;
            let of_channels = || w.iter().zip(b).skip(first);
            let (mut common, mut sloped) = (0.0, 0.0);
            let planes = made.chunks_mut(each).zip(x.chunks(each)).zip(g.chunks(each));
            for (((made, x), g), ([of_scale, of_shift], (w, b))) in planes.zip(sums.iter_mut().zip(of_channels())) {
                wide(
                    #[inline(always)]
                    || {
                        for ((made, x), g) in made.iter_mut().zip(x).zip(g) {
                            let z = (x - mean) * factor * w + b;
                            let share = logistic(z);
                            *made = if self.silu { g * (share * (1.0 + z * (1.0 - share))) } else { *g };
                        }
                        *of_shift = sum(
                            made,
                            #[inline(always)]
                            |g| g,
                        );
                        *of_scale = sum_of_products(
                            made,
                            x,
                            #[inline(always)]
                            |x| (x - mean) * factor,
                        );
                    },
                );
                common += *of_shift * f64::from(*w);
                sloped += *of_scale * f64::from(*w);
            }
            let count = (some * each) as f64;
            let (common, sloped) = ((common / count) as f32, (sloped / count) as f32);
            for ((made, x), (w, _)) in made.chunks_mut(each).zip(x.chunks(each)).zip(of_channels()) {
                wide(
                    #[inline(always)]
                    || {
                        for (g, x) in made.iter_mut().zip(x) {
                            *g = factor * (*g * w - common - (x - mean) * factor * sloped);
                        }
                    },
                );
            }
        });
        let (mut of_scale, mut of_shift) = (vec![0.0; channels], vec![0.0; channels]);
        for of_picture in sums.chunks(channels) {
            for ((scale, shift), [of_scale, of_shift]) in of_scale.iter_mut().zip(&mut of_shift).zip(of_picture) {
                *scale += *of_scale as f32;
                *shift += *of_shift as f32;
            }
        }
        let tensor = |numbers, like: &Tensor| Tensor::from_vec(numbers, like.shape(), like.device()).map(Some);
        Ok((tensor(of_pictures, pictures)?, tensor(of_scale, scale)?, tensor(of_shift, shift)?))
    }
}

#[cfg(test)]
mod tests {
    use super::super::differences::assert_gradients;
    use super::group_norm;

    #[test]
    fn gradients_are_those_of_differences() {
        for silu in [false, true] {
            assert_gradients(&[&[2, 6, 2, 3], &[6], &[6]], |of| group_norm(&of[0], &of[1], &of[2], 3, 1e-5, silu));
        }
    }
}
