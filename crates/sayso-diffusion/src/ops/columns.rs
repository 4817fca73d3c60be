use std::ops::Range;

use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

/// Numbers of columns that are in memory at once: few enough to stay in the processor's cache, and enough that the kernels
/// are not read too often.
const AT_ONCE: usize = 1 << 20;

/// Some lines of the places that a kernel comes to.
#[derive(Debug)]
pub(super) struct Strip {
    lines: Range<usize>,
    /// The number of the first place among all.
    pub(super) first: usize,
    /// How many places there are.
    pub(super) places: usize,
}

/// How a kernel moves over a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Geometry {
    /// Pixels along the kernel.
    pub(crate) kernel: usize,
    /// Pixels from one place to the next.
    pub(crate) stride: usize,
    /// Zeros above and left of the picture.
    pub(crate) before: usize,
    /// Zeros below and right of it.
    pub(crate) after: usize,
}

impl Geometry {
    /// Keeps the size.
    pub(crate) const fn same(kernel: usize) -> Self {
        Self { kernel, stride: 1, before: kernel / 2, after: kernel / 2 }
    }

    /// How many places there are along a side.
    pub(super) const fn places(&self, side: usize) -> usize {
        (side + self.before + self.after).saturating_sub(self.kernel) / self.stride + 1
    }

    /// Whether every place is one pixel, so that a picture is its own columns.
    pub(super) const fn is_pointwise(&self) -> bool {
        self.kernel == 1 && self.stride == 1 && self.before == 0 && self.after == 0
    }

    /// A picture's places, some lines at a time; `each` is how many numbers a place is made of.
    pub(super) fn strips(&self, [height, width]: [usize; 2], each: usize) -> impl Iterator<Item = Strip> + use<> {
        let [high, wide] = [self.places(height), self.places(width)];
        let lines = (AT_ONCE / (each * wide).max(1)).clamp(1, high);
        (0..high).step_by(lines).map(move |first| {
            let lines = first..(first + lines).min(high);
            Strip { first: first * wide, places: lines.len() * wide, lines }
        })
    }

    /// Of the places along a side, the first whose pixel number `offset` of the kernel lies in the picture, and that pixel.
    const fn first(&self, offset: usize) -> (usize, usize) {
        let place = self.before.saturating_sub(offset).div_ceil(self.stride);
        (place, place * self.stride + offset - self.before)
    }

    /// The line of the picture that the kernel's line `dy` meets at a line of places, if that is in the picture.
    const fn line(&self, place: usize, dy: usize) -> Option<usize> {
        (place * self.stride + dy).checked_sub(self.before)
    }

    /// For each pixel of a kernel and channel a row: what lies there at every place of some lines. From [channel] [row]
    /// [column] to [channel, kernel row, kernel column] [place].
    pub(super) fn columns(&self, picture: &[f32], [height, width]: [usize; 2], strip: &Strip, columns: &mut [f32]) {
        let (kernel, wide) = (self.kernel, self.places(width).max(1));
        columns.par_chunks_mut(strip.places.max(1)).enumerate().for_each(|(row, columns)| {
            let (channel, dy, dx) = (row / (kernel * kernel), row / kernel % kernel, row % kernel);
            let plane = picture.chunks(height * width).nth(channel).unwrap_or_default();
            let (place, pixel) = self.first(dx);
            for (to, line) in columns.chunks_mut(wide).zip(strip.lines.clone()) {
                let from = self.line(line, dy).and_then(|line| plane.get(line * width..(line + 1) * width));
                let from = from.and_then(|line| line.get(pixel..)).unwrap_or_default();
                let (outside, to) = to.split_at_mut(place.min(wide));
                let (inside, beyond) = to.split_at_mut(from.len().div_ceil(self.stride).min(to.len()));
                outside.fill(0.0);
                beyond.fill(0.0);
                if self.stride == 1 {
                    inside.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
                } else {
                    inside.iter_mut().zip(from.iter().step_by(self.stride)).for_each(|(to, from)| *to = *from);
                }
            }
        });
    }

    /// The way back: what comes from the columns of some lines is added to where it came from.
    pub(super) fn picture(&self, columns: &[f32], [height, width]: [usize; 2], strip: &Strip, picture: &mut [f32]) {
        let (kernel, wide) = (self.kernel, self.places(width).max(1));
        picture.par_chunks_mut((height * width).max(1)).enumerate().for_each(|(channel, plane)| {
            let rows = columns.chunks(strip.places.max(1)).skip(channel * kernel * kernel).take(kernel * kernel);
            for (row, columns) in rows.enumerate() {
                let (place, pixel) = self.first(row % kernel);
                for (from, line) in columns.chunks(wide).zip(strip.lines.clone()) {
                    let to =
                        self.line(line, row / kernel).and_then(|line| plane.get_mut(line * width..(line + 1) * width));
                    let to = to.and_then(|line| line.get_mut(pixel..)).unwrap_or_default();
                    let from = from.get(place..).unwrap_or_default();
                    if self.stride == 1 {
                        to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
                    } else {
                        to.iter_mut().step_by(self.stride).zip(from).for_each(|(to, from)| *to += from);
                    }
                }
            }
        });
    }
}
