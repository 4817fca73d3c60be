use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor, bail};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

use super::applied::apply3;
use super::columns::{Geometry, Strip};
use super::ground;
use super::plain;
use super::product::{By, Matrix, Onto, product};
use super::scratch::Scratch;
use super::storage::{held, numbers};
use super::sum::sum;
use super::winograd::{self, Tiled};

/// Pictures [picture] [channel] [row] [column] through kernels [output] [channel] [row] [column], added to a ground: a number
/// for each output, such numbers for each picture, or whole pictures.
pub(crate) fn conv2d(pictures: &Tensor, kernels: &Tensor, ground: &Tensor, geometry: Geometry) -> Result<Tensor> {
    if plain::is_plain(pictures) {
        return plain::conv2d(pictures, kernels, ground, geometry);
    }
    let operation = Conv2d { geometry, bias: None };
    apply3(&pictures.contiguous()?, &kernels.contiguous()?, &ground.contiguous()?, operation)
}

/// The same onto pictures and a number for each output. With numbers that are not trained nothing in between is kept.
pub(crate) fn conv2d_onto(
    pictures: &Tensor,
    kernels: &Tensor,
    bias: &Tensor,
    geometry: Geometry,
    onto: &Tensor,
) -> Result<Tensor> {
    if bias.track_op() || plain::is_plain(pictures) {
        return sum(&conv2d(pictures, kernels, bias, geometry)?, onto);
    }
    let operation = Conv2d { geometry, bias: Some(bias.contiguous()?) };
    apply3(&pictures.contiguous()?, &kernels.contiguous()?, &onto.contiguous()?, operation)
}

struct Conv2d {
    geometry: Geometry,
    bias: Option<Tensor>,
}

/// The sides of what is multiplied, for one picture.
struct Sides {
    pictures: usize,
    channels: usize,
    picture: [usize; 2],
    outputs: usize,
    /// Numbers that an output is made of.
    each: usize,
    places: [usize; 2],
}

impl Sides {
    /// Numbers of a picture that goes in.
    const fn inputs(&self) -> usize {
        self.channels * self.picture[0] * self.picture[1]
    }

    /// Places of a picture.
    const fn area(&self) -> usize {
        self.places[0] * self.places[1]
    }

    /// What comes out: pictures, planes of each and places of those.
    const fn planes(&self) -> [usize; 3] {
        [self.pictures, self.outputs, self.area()]
    }
}

impl Conv2d {
    fn sides(&self, pictures: &Shape, kernels: &Shape) -> Result<Sides> {
        let (count, channels, height, width) = pictures.dims4()?;
        let (outputs, inputs, high, wide) = kernels.dims4()?;
        let Self { geometry, .. } = self;
        let least = geometry.kernel.saturating_sub(geometry.before + geometry.after).max(1);
        if inputs != channels || high != geometry.kernel || wide != geometry.kernel || height.min(width) < least {
            bail!("kernels {kernels:?} do not fit pictures {pictures:?}");
        }
        Ok(Sides {
            pictures: count,
            channels,
            picture: [height, width],
            outputs,
            each: channels * high * wide,
            places: [geometry.places(height), geometry.places(width)],
        })
    }

    /// Whether it is computed by tiles, without columns.
    fn is_tiled(&self, sides: &Sides) -> bool {
        self.geometry == Geometry::same(3) && winograd::is_worth_it(sides.area(), sides.channels, sides.outputs)
    }

    /// Strip after strip of a picture, with its columns in `room`.
    fn each_strip(
        &self,
        sides: &Sides,
        picture: Option<&[f32]>,
        room: &mut Scratch,
        mut work: impl FnMut(&Strip, &mut [f32]) -> Result<()>,
    ) -> Result<()> {
        for strip in self.geometry.strips(sides.picture, sides.each) {
            room.resize(sides.each * strip.places);
            if let Some(picture) = picture {
                self.geometry.columns(picture, sides.picture, &strip, room);
            }
            work(&strip, room)?;
        }
        Ok(())
    }

    /// The gradient of a picture, added to `made`.
    fn of_picture(
        &self,
        sides: &Sides,
        matrix: Matrix<'_>,
        gradient: &[f32],
        made: &mut [f32],
        room: &mut Scratch,
        by: By,
    ) -> Result<()> {
        let (outputs, area) = (sides.outputs, sides.area());
        if self.geometry.is_pointwise() {
            return product(Onto::new(made, area), matrix.turned(), Matrix::rows(gradient, [outputs, area]), by);
        }
        self.each_strip(sides, None, room, |strip, columns| {
            let gradient = gradient.get(strip.first..).unwrap_or_default();
            let gradient = Matrix::apart(gradient, [outputs, strip.places], area);
            product(Onto::new(columns, strip.places), matrix.turned(), gradient, by)?;
            self.geometry.picture(columns, sides.picture, strip, made);
            Ok(())
        })
    }

    /// The gradient of the kernels that a picture gives, added to `made`.
    fn of_kernels(
        &self,
        sides: &Sides,
        picture: &[f32],
        gradient: &[f32],
        made: &mut [f32],
        room: &mut Scratch,
    ) -> Result<()> {
        let (outputs, each, area) = (sides.outputs, sides.each, sides.area());
        if self.geometry.is_pointwise() {
            let pixels = Matrix::rows(picture, [each, area]);
            return product(
                Onto::adding(made, each),
                Matrix::rows(gradient, [outputs, area]),
                pixels.turned(),
                By::All,
            );
        }
        self.each_strip(sides, Some(picture), room, |strip, columns| {
            let gradient = gradient.get(strip.first..).unwrap_or_default();
            let gradient = Matrix::apart(gradient, [outputs, strip.places], area);
            let columns = Matrix::rows(columns, [each, strip.places]);
            product(Onto::adding(&mut *made, each), gradient, columns.turned(), By::All)
        })
    }
}

/// Each of some pictures: all at a time, one of them a thread, or one after the other by all threads. There is room for columns.
fn each_picture<Each: Send>(
    count: usize,
    pictures: impl IndexedParallelIterator<Item = Each>,
    work: impl Fn(Each, &mut Scratch, By) -> Result<()> + Sync,
) -> Result<()> {
    if count > 1 && count >= rayon::current_num_threads() {
        return pictures.try_for_each_init(Scratch::default, |room, picture| work(picture, room, By::One));
    }
    let mut room = Scratch::default();
    pictures.collect::<Vec<_>>().into_iter().try_for_each(|picture| work(picture, &mut room, By::All))
}

impl CustomOp3 for Conv2d {
    fn name(&self) -> &'static str {
        "conv2d"
    }

    fn cpu_fwd(
        &self,
        pictures: &CpuStorage,
        of_pictures: &Layout,
        kernels: &CpuStorage,
        of_kernels: &Layout,
        ground: &CpuStorage,
        of_ground: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let sides = self.sides(of_pictures.shape(), of_kernels.shape())?;
        let (outputs, each, area) = (sides.outputs, sides.each, sides.area());
        let matrix = Matrix::rows(numbers(kernels, of_kernels)?, [outputs, each]);
        let bias = self.bias.as_ref().map(Tensor::storage_and_layout);
        let bias = bias.as_ref().map(|(bias, layout)| held(bias, layout)).transpose()?;
        let mut made = ground::begin(numbers(ground, of_ground)?, bias, sides.planes())?;
        let pictures = numbers(pictures, of_pictures)?.par_chunks(sides.inputs().max(1));
        let pictures = made.par_chunks_mut((outputs * area).max(1)).zip(pictures);
        let kernels = numbers(kernels, of_kernels)?;
        let tiled = self.is_tiled(&sides).then(|| Tiled::forth(kernels, [outputs, sides.channels]));
        each_picture(sides.pictures, pictures, |(made, picture), room, by| {
            if let Some(tiled) = &tiled {
                return tiled.add(picture, sides.picture, made, by);
            }
            if self.geometry.is_pointwise() {
                return product(Onto::adding(made, area), matrix, Matrix::rows(picture, [each, area]), by);
            }
            self.each_strip(&sides, Some(picture), room, |strip, columns| {
                let made = made.get_mut(strip.first..).unwrap_or_default();
                product(Onto::adding(made, area), matrix, Matrix::rows(columns, [each, strip.places]), by)
            })
        })?;
        Ok((CpuStorage::F32(made), (sides.pictures, outputs, sides.places[0], sides.places[1]).into()))
    }

    fn bwd(
        &self,
        pictures: &Tensor,
        kernels: &Tensor,
        ground: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let sides = self.sides(pictures.shape(), kernels.shape())?;
        let gradient = gradient.contiguous()?;
        let of_ground = ground.track_op().then(|| ground::gradient(ground, &gradient, sides.planes())).transpose()?;
        // What is not trained needs no gradient, and no columns.
        let (forth, taught) = (pictures.track_op(), kernels.track_op());
        let mut of_pictures = vec![0.0; if forth { pictures.elem_count() } else { 0 }];
        let mut of_kernels = vec![0.0; if taught { kernels.elem_count() } else { 0 }];
        {
            let ((picture, of_picture), (matrix, of_matrix)) =
                (pictures.storage_and_layout(), kernels.storage_and_layout());
            let kernels = held(&matrix, of_matrix)?;
            let matrix = Matrix::rows(kernels, [sides.outputs, sides.each]);
            let (gradient, of_gradient) = gradient.storage_and_layout();
            let gradients = held(&gradient, of_gradient)?.par_chunks((sides.outputs * sides.area()).max(1));
            let pictures = held(&picture, of_picture)?.par_chunks(sides.inputs().max(1));
            if taught {
                let mut room = Scratch::default();
                for (picture, gradient) in pictures.zip(gradients.clone()).collect::<Vec<_>>() {
                    self.of_kernels(&sides, picture, gradient, &mut of_kernels, &mut room)?;
                }
            }
            let pictures = of_pictures.par_chunks_mut(sides.inputs().max(1)).zip(gradients);
            let tiled = (forth && self.is_tiled(&sides)).then(|| Tiled::back(kernels, [sides.outputs, sides.channels]));
            each_picture(sides.pictures, pictures, |(made, gradient), room, by| {
                if let Some(tiled) = &tiled {
                    return tiled.add(gradient, sides.picture, made, by);
                }
                self.of_picture(&sides, matrix, gradient, made, room, by)
            })?;
        }
        let tensor = |wanted: bool, numbers, like: &Tensor| {
            wanted.then(|| Tensor::from_vec(numbers, like.shape(), like.device())).transpose()
        };
        Ok((tensor(forth, of_pictures, pictures)?, tensor(taught, of_kernels, kernels)?, of_ground))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use candle_core::{Device, Tensor};

    use candle_core::Var;

    use super::super::differences::assert_gradients;
    use super::super::plain::tests::plainly;
    use super::super::recorded;
    use super::{Geometry, conv2d, conv2d_onto};

    #[test]
    fn gradients_are_those_of_differences() {
        let shapes: [&[usize]; 3] = [&[2, 3, 5, 6], &[4, 3, 3, 3], &[4]];
        let same = Geometry::same(3);
        let halves = Geometry { stride: 2, ..same };
        // The way that the autoencoder halves: zeros on one side only.
        let lopsided = Geometry { before: 0, after: 1, ..halves };
        for geometry in [same, halves, lopsided] {
            assert_gradients(&shapes, |of| conv2d(&of[0], &of[1], &of[2], geometry));
        }
        let shapes: [&[usize]; 3] = [&[2, 3, 2, 3], &[4, 3, 1, 1], &[4]];
        assert_gradients(&shapes, |of| conv2d(&of[0], &of[1], &of[2], Geometry::same(1)));
    }

    #[test]
    fn every_ground_has_its_gradient() {
        for ground in [&[4][..], &[2, 4], &[2, 4, 2, 3]] {
            let shapes: [&[usize]; 3] = [&[2, 3, 2, 3], &[4, 3, 3, 3], ground];
            assert_gradients(&shapes, |of| conv2d(&of[0], &of[1], &of[2], Geometry::same(3)));
        }
        let shapes: [&[usize]; 4] = [&[2, 3, 2, 3], &[4, 3, 3, 3], &[4], &[2, 4, 2, 3]];
        assert_gradients(&shapes, |of| conv2d_onto(&of[0], &of[1], &of[2], Geometry::same(3), &of[3]));
        let bias = Tensor::new(&[0.5_f32, -1.0, 2.0, 0.0], &Device::Cpu).unwrap();
        let shapes: [&[usize]; 3] = [&[2, 3, 2, 3], &[4, 3, 3, 3], &[2, 4, 2, 3]];
        assert_gradients(&shapes, |of| conv2d_onto(&of[0], &of[1], &bias, Geometry::same(3), &of[2]));
    }

    #[test]
    fn by_tiles_it_is_the_same_in_both_directions() {
        // More places and channels than from which on tiles are faster; one picture, and as many as threads and more.
        for count in [1, 3] {
            let of = |by: f32, shape: &[usize]| {
                let numbers: Vec<f32> = (0..shape.iter().product()).map(|n: usize| (n as f32 * by).sin()).collect();
                Var::from_vec(numbers, shape, &Device::Cpu).unwrap()
            };
            let (pictures, kernels) = (of(0.37, &[count, 17, 31, 30]), of(0.73, &[16, 17, 3, 3]));
            let (bias, factors) = (of(0.5, &[16]), of(0.11, &[count, 16, 31, 30]));
            let computed = || {
                let (made, record) = recorded(|| conv2d(&pictures, &kernels, &bias, Geometry::same(3)).unwrap());
                let sum = (&made * factors.as_detached_tensor()).unwrap().sum_all().unwrap();
                let found = record.back(&sum).unwrap();
                let flat = |tensor: &Tensor| tensor.flatten_all().unwrap().to_vec1::<f32>().unwrap();
                let of = |var: &Var| flat(found.get(var).unwrap());
                [of(&pictures), of(&kernels), of(&bias), flat(&made)]
            };
            for (ours, theirs) in computed().iter().zip(&plainly(computed)) {
                let largest = theirs.iter().fold(1.0_f32, |most, number| most.max(number.abs()));
                let apart = ours.iter().zip(theirs).map(|(one, other)| (one - other).abs()).fold(0.0, f32::max);
                assert!(apart < 1e-5 * largest, "{apart} of {largest}");
            }
        }
    }

    #[test]
    fn a_picture_of_many_strips_is_that_of_its_parts() {
        // 64 · 9 numbers a place and 64 places a line: 28 lines at once, and so three strips.
        let count = 64 * 64 * 64;
        let picture: Vec<f32> = (0..count).map(|n| (n as f32 * 0.37).sin()).collect();
        let picture = Tensor::from_vec(picture, (1, 64, 64, 64), &Device::Cpu).unwrap();
        let kernels: Vec<f32> = (0..2 * 64 * 9).map(|n| (n as f32 * 0.11).cos()).collect();
        let kernels = Tensor::from_vec(kernels, (2, 64, 3, 3), &Device::Cpu).unwrap();
        let bias = Tensor::zeros(2, candle_core::DType::F32, &Device::Cpu).unwrap();
        let made = conv2d(&picture, &kernels, &bias, Geometry::same(3)).unwrap();
        let theirs = picture.conv2d(&kernels, 1, 1, 1, 1).unwrap();
        let apart = (made - theirs).unwrap().abs().unwrap().flatten_all().unwrap().max(0).unwrap();
        assert!(apart.to_scalar::<f32>().unwrap() < 1e-3);
    }
}
