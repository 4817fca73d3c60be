use candle_core::Result;
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};
use sayso_model::wide;

use super::product::{By, Matrix, Onto, product};
use super::scratch::Scratch;

/// Numbers of a tile that goes in; one of four comes out.
const TILE: usize = 16;

/// Tiles that are multiplied at once: few enough that they stay near the processor.
const TILES: usize = 256;

/// Places from which on what is saved is more than what the kernels' own way costs.
const PLACES: usize = 900;

/// Channels on either side from which on products are worth the name.
const CHANNELS: usize = 16;

/// Whether a convolution of three by three pixels is faster by tiles: with many places and many channels.
pub(super) const fn is_worth_it(area: usize, channels: usize, outputs: usize) -> bool {
    area >= PLACES && channels >= CHANNELS && outputs >= CHANNELS
}

/// Kernels of three by three as tiles, [output] [number of the tile] [channel].
///
/// Four places side by side take 16 multiplications a channel in place of 36: Winograd's minimal filtering, F(2×2, 3×3)
/// (Lavin and Gray, 2016). Its sums and halves are mild: the error is about that of the products.
pub(super) struct Tiled {
    numbers: Scratch,
    channels: usize,
    outputs: usize,
}

impl Tiled {
    /// Of kernels [output] [channel] [3] [3].
    pub(super) fn forth(kernels: &[f32], [outputs, channels]: [usize; 2]) -> Self {
        Self::of([outputs, channels], |output, channel| {
            kernels.get((output * channels + channel) * 9..).and_then(|kernel| kernel.first_chunk()).copied()
        })
    }

    /// The same for the way back, from outputs to channels: every kernel turned by half.
    pub(super) fn back(kernels: &[f32], [outputs, channels]: [usize; 2]) -> Self {
        Self::of([channels, outputs], |channel, output| {
            let kernel = kernels.get((output * channels + channel) * 9..).and_then(|kernel| kernel.first_chunk::<9>());
            kernel.map(|kernel| std::array::from_fn(|number| kernel[8 - number]))
        })
    }

    fn of([outputs, channels]: [usize; 2], kernel: impl Fn(usize, usize) -> Option<[f32; 9]> + Sync) -> Self {
        let mut numbers = Scratch::of(outputs * TILE * channels);
        numbers.par_chunks_mut((TILE * channels).max(1)).enumerate().for_each(|(output, tiles)| {
            for channel in 0..channels {
                let tile = widened(&kernel(output, channel).unwrap_or_default());
                for (number, row) in tile.iter().zip(tiles.chunks_mut(channels)) {
                    if let Some(to) = row.get_mut(channel) {
                        *to = *number;
                    }
                }
            }
        });
        Self { numbers, channels, outputs }
    }

    /// Adds the convolution of a picture, of whose sides none changes, to `made`.
    pub(super) fn add(&self, picture: &[f32], [height, width]: [usize; 2], made: &mut [f32], by: By) -> Result<()> {
        let [high, wide] = [height.div_ceil(2), width.div_ceil(2)];
        let rows = (TILES / wide.max(1)).clamp(1, high.max(1));
        let (mut tiles, mut products) = (Scratch::default(), Scratch::default());
        for first in (0..high).step_by(rows) {
            let rows = rows.min(high - first);
            let count = rows * wide;
            // [channel] [number of the tile] [tile]
            tiles.resize(self.channels * TILE * count);
            // [number of the tile] [output] [tile]
            products.resize(TILE * self.outputs * count);
            let of_channels = tiles.par_chunks_mut(TILE * count).zip(picture.par_chunks(height * width));
            by.try_each(of_channels, |(tiles, plane)| {
                for row in 0..rows {
                    taken(plane, [height, width], first + row, tiles, row * wide, count);
                }
                Ok(())
            })?;
            // One product a thread, as long as there are enough of them.
            let (products_by, each) = if rayon::current_num_threads() > TILE { (By::One, by) } else { (by, By::One) };
            let multiplied = |(number, products): (usize, &mut [f32])| {
                let kernels = self.numbers.get(number * self.channels..).unwrap_or_default();
                let kernels = Matrix::apart(kernels, [self.outputs, self.channels], TILE * self.channels);
                let tiles = Matrix::apart(
                    tiles.get(number * count..).unwrap_or_default(),
                    [self.channels, count],
                    TILE * count,
                );
                product(Onto::new(products, count), kernels, tiles, each)
            };
            let of_numbers = products.par_chunks_mut((self.outputs * count).max(1)).enumerate();
            products_by.try_each(of_numbers, multiplied)?;
            by.try_each(made.par_chunks_mut(height * width).enumerate(), |(output, plane)| {
                for row in 0..rows {
                    let start = output * count + row * wide;
                    given(&products, [start, self.outputs * count], wide, first + row, plane, [height, width]);
                }
                Ok(())
            })?;
        }
        Ok(())
    }
}

/// A kernel as a tile: G g Gᵀ.
fn widened(kernel: &[f32; 9]) -> [f32; TILE] {
    let along = |[a, b, c]: [f32; 3]| [a, (a + b + c) * 0.5, (a - b + c) * 0.5, c];
    let [a, b, c, d, e, f, g, h, i] = *kernel;
    let columns = [along([a, d, g]), along([b, e, h]), along([c, f, i])];
    let rows: [[f32; 4]; 4] = std::array::from_fn(|row| along([columns[0][row], columns[1][row], columns[2][row]]));
    std::array::from_fn(|number| rows[number / 4][number % 4])
}

/// A row of a channel's tiles: Bᵀ d B of each four by four pixels, which overlap by two.
fn taken(plane: &[f32], [height, width]: [usize; 2], row: usize, tiles: &mut [f32], at: usize, count: usize) {
    let across = width.div_ceil(2);
    // Pixels of four lines by even and odd places, from the one left of the picture on, so that what follows goes side by side.
    let mut lines = vec![0.0; 8 * (across + 1)];
    for (line, to) in lines.chunks_mut(2 * (across + 1)).enumerate() {
        let (left, right) = to.split_at_mut(across + 1);
        let from = (row * 2 + line).checked_sub(1).filter(|line| *line < height);
        let from = from.and_then(|line| plane.get(line * width..(line + 1) * width)).unwrap_or_default();
        // Left of the first even place lies nothing.
        left.iter_mut().skip(1).zip(from.iter().skip(1).step_by(2)).for_each(|(to, from)| *to = *from);
        right.iter_mut().zip(from.iter().step_by(2)).for_each(|(to, from)| *to = *from);
    }
    let mut parts = lines.chunks(across + 1);
    let mut part = || parts.next().unwrap_or_default();
    let [l0, r0, l1, r1, l2, r2, l3, r3] = std::array::from_fn(|_| part());
    let mut planes = tiles.chunks_mut(count.max(1)).map(|plane| plane.get_mut(at..at + across).unwrap_or_default());
    let combined: [([&[f32]; 4], f32); 4] =
        [([l0, l2, r0, r2], -1.0), ([l1, l2, r1, r2], 1.0), ([l2, l1, r2, r1], -1.0), ([l1, l3, r1, r3], -1.0)];
    let mut both = vec![0.0; 2 * (across + 1)];
    for ([left, other_left, right, other_right], sign) in combined {
        let (l, r) = both.split_at_mut(across + 1);
        let (Some(first), Some(second), Some(third), Some(fourth)) =
            (planes.next(), planes.next(), planes.next(), planes.next())
        else {
            return;
        };
        wide(
            #[inline(always)]
            || {
                l.iter_mut().zip(left).zip(other_left).for_each(|((to, one), other)| *to = one + sign * other);
                r.iter_mut().zip(right).zip(other_right).for_each(|((to, one), other)| *to = one + sign * other);
                let (l_next, r_next) = (l.get(1..).unwrap_or_default(), r.get(1..).unwrap_or_default());
                first.iter_mut().zip(l.iter().zip(l_next)).for_each(|(to, (l, next))| *to = l - next);
                second.iter_mut().zip(r.iter().zip(l_next)).for_each(|(to, (r, next))| *to = r + next);
                third.iter_mut().zip(r.iter().zip(l_next)).for_each(|(to, (r, next))| *to = next - r);
                fourth.iter_mut().zip(r.iter().zip(r_next)).for_each(|(to, (r, next))| *to = r - next);
            },
        );
    }
}

/// A row of an output's tiles, added to the two lines that they are: Aᵀ m A.
fn given(
    products: &[f32],
    [start, step]: [usize; 2],
    across: usize,
    row: usize,
    plane: &mut [f32],
    [height, width]: [usize; 2],
) {
    let m =
        |number: usize| products.get(start + number * step..).and_then(|from| from.get(..across)).unwrap_or_default();
    let mut sums = vec![0.0; 4 * across];
    for line in (0..2).take_while(|line| row * 2 + line < height) {
        // Of the four rows of a tile: the first three added, or the second less the third and fourth.
        let (sign, first) = if line == 0 { (1.0, 0) } else { (-1.0, 4) };
        let y = row * 2 + line;
        let to = plane.get_mut(y * width..(y + 1) * width).unwrap_or_default();
        wide(
            #[inline(always)]
            || {
                for (column, sum) in sums.chunks_mut(across).enumerate() {
                    let (one, two, three) = (m(first + column), m(first + 4 + column), m(first + 8 + column));
                    let numbers = one.iter().zip(two).zip(three);
                    sum.iter_mut().zip(numbers).for_each(|(to, ((one, two), three))| *to = one + sign * (two + three));
                }
                let mut parts = sums.chunks(across);
                let mut part = || parts.next().unwrap_or_default().iter();
                let (one, two, three, four) = (part(), part(), part(), part());
                for (to, (((one, two), three), four)) in to.chunks_mut(2).zip(one.zip(two).zip(three).zip(four)) {
                    let both = [one + two + three, two - three - four];
                    to.iter_mut().zip(both).for_each(|(to, number)| *to += number);
                }
            },
        );
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use candle_core::{Device, Tensor};

    use super::super::product::By;
    use super::Tiled;

    fn thrown(count: usize, by: f32) -> Vec<f32> {
        (0..count).map(|number| (number as f32 * by).sin()).collect()
    }

    fn most(apart: &[f32], theirs: &[f32]) -> f32 {
        apart.iter().zip(theirs).map(|(one, other)| (one - other).abs()).fold(0.0, f32::max)
    }

    #[test]
    fn it_is_the_convolution() {
        for [channels, outputs, height, width] in
            [[1, 1, 1, 1], [2, 3, 2, 2], [3, 2, 5, 7], [4, 5, 1, 6], [5, 4, 9, 1], [17, 18, 31, 30], [2, 2, 40, 300]]
        {
            let picture = thrown(channels * height * width, 0.37);
            let kernels = thrown(outputs * channels * 9, 0.73);
            let of = |numbers: &[f32], shape: [usize; 4]| {
                Tensor::from_slice(numbers, shape.as_slice(), &Device::Cpu).unwrap()
            };
            let theirs = of(&picture, [1, channels, height, width])
                .conv2d(&of(&kernels, [outputs, channels, 3, 3]), 1, 1, 1, 1)
                .unwrap();
            let theirs = theirs.flatten_all().unwrap().to_vec1::<f32>().unwrap();
            for by in [By::One, By::All] {
                // It is added to what is there.
                let mut made = vec![0.5; outputs * height * width];
                Tiled::forth(&kernels, [outputs, channels]).add(&picture, [height, width], &mut made, by).unwrap();
                made.iter_mut().for_each(|number| *number -= 0.5);
                assert!(most(&made, &theirs) < 2e-5, "{channels} {outputs} {height} {width}");
            }
        }
    }

    #[test]
    fn the_way_back_is_that_of_the_turned_kernels() {
        let [channels, outputs, height, width] = [3, 4, 5, 6];
        let gradient = thrown(outputs * height * width, 0.37);
        let kernels = thrown(outputs * channels * 9, 0.73);
        let mut theirs = vec![0.0; channels * height * width];
        for (output, of_output) in gradient.chunks(height * width).enumerate() {
            for (place, number) in of_output.iter().enumerate() {
                let (y, x) = (place / width, place % width);
                for channel in 0..channels {
                    for (at, kernel) in kernels[(output * channels + channel) * 9..][..9].iter().enumerate() {
                        let (row, column) = (y + at / 3, x + at % 3);
                        if (1..=height).contains(&row) && (1..=width).contains(&column) {
                            theirs[(channel * height + row - 1) * width + column - 1] += number * kernel;
                        }
                    }
                }
            }
        }
        let mut made = vec![0.0; channels * height * width];
        Tiled::back(&kernels, [outputs, channels]).add(&gradient, [height, width], &mut made, By::All).unwrap();
        assert!(most(&made, &theirs) < 1e-5);
    }
}
