use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

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

    /// Of the places along a side, the first whose pixel number `offset` of the kernel lies in the picture, and that pixel.
    const fn first(&self, offset: usize) -> (usize, usize) {
        let place = self.before.saturating_sub(offset).div_ceil(self.stride);
        (place, place * self.stride + offset - self.before)
    }

    /// For each pixel of a kernel and channel a row: what lies there at every place. From [channel] [row] [column] to
    /// [channel, kernel row, kernel column] [place].
    pub(super) fn columns(&self, picture: &[f32], [height, width]: [usize; 2]) -> Vec<f32> {
        let [high, wide] = [self.places(height), self.places(width)];
        let channels = picture.len() / (height * width).max(1);
        let kernel = self.kernel;
        let mut columns = vec![0.0; channels * kernel * kernel * high * wide];
        columns.par_chunks_mut((high * wide).max(1)).enumerate().for_each(|(row, columns)| {
            let (channel, dy, dx) = (row / (kernel * kernel), row / kernel % kernel, row % kernel);
            let plane = picture.chunks(height * width).nth(channel).unwrap_or_default();
            let (place, pixel) = self.first(dx);
            for (to, from) in self.lines(dy, columns.chunks_mut(wide), plane.chunks(width)) {
                let (to, from) = (to.get_mut(place..).unwrap_or_default(), from.get(pixel..).unwrap_or_default());
                if self.stride == 1 {
                    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
                } else {
                    to.iter_mut().zip(from.iter().step_by(self.stride)).for_each(|(to, from)| *to = *from);
                }
            }
        });
        columns
    }

    /// The way back: what comes from columns is added up where it came from.
    pub(super) fn picture(&self, columns: &[f32], channels: usize, [height, width]: [usize; 2]) -> Vec<f32> {
        let [high, wide] = [self.places(height), self.places(width)];
        let kernel = self.kernel;
        let mut picture = vec![0.0; channels * height * width];
        picture.par_chunks_mut((height * width).max(1)).enumerate().for_each(|(channel, plane)| {
            let rows = columns.chunks(high * wide).skip(channel * kernel * kernel).take(kernel * kernel);
            for (row, columns) in rows.enumerate() {
                let (place, pixel) = self.first(row % kernel);
                for (from, to) in self.lines(row / kernel, columns.chunks(wide), plane.chunks_mut(width)) {
                    let (from, to) = (from.get(place..).unwrap_or_default(), to.get_mut(pixel..).unwrap_or_default());
                    if self.stride == 1 {
                        to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
                    } else {
                        to.iter_mut().step_by(self.stride).zip(from).for_each(|(to, from)| *to += from);
                    }
                }
            }
        });
        picture
    }

    /// Lines of places with the lines of the picture that the kernel's line `dy` meets there.
    fn lines<P, L>(&self, dy: usize, places: P, lines: L) -> impl Iterator<Item = (P::Item, L::Item)>
    where
        P: Iterator,
        L: Iterator,
    {
        let (place, line) = self.first(dy);
        places.skip(place).zip(lines.skip(line).step_by(self.stride))
    }
}
