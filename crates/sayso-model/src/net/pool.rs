use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

/// The largest of each three times three pixels, every second one: [picture] [row] [column] [channel].
pub(crate) fn largest(pictures: &Tensor) -> Result<Tensor> {
    pictures.apply_op1_no_bwd(&Largest)
}

/// For each picture and channel the third root of the mean third power: a mean that listens to what is large.
pub(crate) fn generalised_mean(pictures: &Tensor) -> Result<Tensor> {
    pictures.apply_op1_no_bwd(&GeneralisedMean)
}

struct Largest;

impl CustomOp1 for Largest {
    fn name(&self) -> &'static str {
        "largest"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (count, height, width, channels) = layout.shape().dims4()?;
        let pictures = numbers(storage, layout)?;
        let [high, wide] = [height, width].map(|side| (side - 1) / 2 + 1);
        // What is padded is never the largest.
        let mut pooled = vec![f32::MIN; count * high * wide * channels];
        pooled.par_chunks_mut(wide * channels).enumerate().for_each(|(line, pooled)| {
            let (picture, y) = (line / high, line % high);
            let picture = pictures.chunks(height * width * channels).nth(picture).unwrap_or_default();
            for (x, pooled) in pooled.chunks_mut(channels).enumerate() {
                for y in (y * 2).saturating_sub(1)..(y * 2 + 2).min(height) {
                    let (left, right) = ((x * 2).saturating_sub(1), (x * 2 + 2).min(width));
                    let run = picture.get((y * width + left) * channels..(y * width + right) * channels);
                    for pixel in run.unwrap_or_default().chunks_exact(channels) {
                        pooled.iter_mut().zip(pixel).for_each(|(pooled, value)| *pooled = pooled.max(*value));
                    }
                }
            }
        });
        Ok((CpuStorage::F32(pooled), Shape::from((count, high, wide, channels))))
    }
}

struct GeneralisedMean;

/// What is smaller counts as this much, as in SSCD's own code.
const LEAST: f32 = 1e-6;

impl CustomOp1 for GeneralisedMean {
    fn name(&self) -> &'static str {
        "generalised-mean"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (count, height, width, channels) = layout.shape().dims4()?;
        let pictures = numbers(storage, layout)?;
        let mut means = Vec::with_capacity(count * channels);
        for picture in pictures.chunks((height * width * channels).max(1)) {
            let mut sums = vec![0.0_f64; channels];
            for pixel in picture.chunks_exact(channels.max(1)) {
                for (sum, value) in sums.iter_mut().zip(pixel) {
                    let value = f64::from(value.max(LEAST));
                    *sum += value * value * value;
                }
            }
            #[expect(clippy::cast_precision_loss, reason = "a picture has a few thousand pixels")]
            let pixels = (height * width) as f64;
            #[expect(clippy::cast_possible_truncation, reason = "the nets compute with 32 bits")]
            means.extend(sums.iter().map(|sum| (sum / pixels).cbrt() as f32));
        }
        Ok((CpuStorage::F32(means), Shape::from((count, channels))))
    }
}

fn numbers<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match (storage, layout.contiguous_offsets()) {
        (CpuStorage::F32(numbers), Some((start, end))) => Ok(numbers.get(start..end).unwrap_or_default()),
        _ => bail!("not contiguous numbers of 32 bits"),
    }
}
