use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor, bail};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

use super::applied::apply2;
use super::plain;
use super::storage::{held, numbers};

/// The channels of pictures, and behind them those of others of the same size.
pub(crate) fn beside(pictures: &Tensor, others: &Tensor) -> Result<Tensor> {
    if plain::is_plain(pictures) {
        return Tensor::cat(&[pictures, others], 1);
    }
    apply2(&pictures.contiguous()?, &others.contiguous()?, Beside)
}

struct Beside;

/// Numbers of a picture on either side.
fn sides(pictures: &Shape, others: &Shape) -> Result<[usize; 2]> {
    let ((count, channels, height, width), (of_others, more, high, wide)) = (pictures.dims4()?, others.dims4()?);
    if count != of_others || height != high || width != wide || channels * more * height * width == 0 {
        bail!("pictures of {pictures:?} beside {others:?}");
    }
    Ok([channels * height * width, more * height * width])
}

impl CustomOp2 for Beside {
    fn name(&self) -> &'static str {
        "beside"
    }

    fn cpu_fwd(
        &self,
        pictures: &CpuStorage,
        of_pictures: &Layout,
        others: &CpuStorage,
        of_others: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let [first, second] = sides(of_pictures.shape(), of_others.shape())?;
        let (pictures, others) = (numbers(pictures, of_pictures)?, numbers(others, of_others)?);
        let mut made = vec![0.0; pictures.len() + others.len()];
        let both = pictures.par_chunks(first).zip(others.par_chunks(second));
        made.par_chunks_mut(first + second).zip(both).for_each(|(made, (picture, other))| {
            let (left, right) = made.split_at_mut(first);
            rayon::join(|| left.copy_from_slice(picture), || right.copy_from_slice(other));
        });
        let (count, channels, height, width) = of_pictures.shape().dims4()?;
        let (_, more, _, _) = of_others.shape().dims4()?;
        Ok((CpuStorage::F32(made), (count, channels + more, height, width).into()))
    }

    fn bwd(
        &self,
        pictures: &Tensor,
        others: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let [first, second] = sides(pictures.shape(), others.shape())?;
        let gradient = gradient.contiguous()?;
        let (mut of_pictures, mut of_others) = (vec![0.0; pictures.elem_count()], vec![0.0; others.elem_count()]);
        {
            let (gradient, layout) = gradient.storage_and_layout();
            let both = of_pictures.par_chunks_mut(first).zip(of_others.par_chunks_mut(second));
            held(&gradient, layout)?.par_chunks(first + second).zip(both).for_each(|(gradient, (picture, other))| {
                let (left, right) = gradient.split_at(first);
                rayon::join(|| picture.copy_from_slice(left), || other.copy_from_slice(right));
            });
        }
        let tensor = |numbers, like: &Tensor| Tensor::from_vec(numbers, like.shape(), like.device()).map(Some);
        Ok((tensor(of_pictures, pictures)?, tensor(of_others, others)?))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use candle_core::{Device, Tensor};

    use super::super::differences::assert_gradients;
    use super::beside;

    #[test]
    fn gradients_are_those_of_differences() {
        assert_gradients(&[&[2, 3, 2, 2], &[2, 1, 2, 2]], |of| beside(&of[0], &of[1]));
    }

    #[test]
    fn channels_stand_behind_each_other() {
        let of = |from: f32, channels: usize| {
            let numbers: Vec<f32> = (0..2 * channels * 4).map(|number| number as f32 + from).collect();
            Tensor::from_vec(numbers, (2, channels, 2, 2), &Device::Cpu).unwrap()
        };
        let (left, right) = (of(0.0, 3), of(100.0, 2));
        let (made, theirs) = (beside(&left, &right).unwrap(), Tensor::cat(&[&left, &right], 1).unwrap());
        assert_eq!(made.dims(), theirs.dims());
        let flat = |tensor: Tensor| tensor.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        assert_eq!(flat(made), flat(theirs));
        assert!(beside(&left, &of(0.0, 2).narrow(2, 0, 1).unwrap()).is_err());
    }
}
