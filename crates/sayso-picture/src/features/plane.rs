use crate::Grey;

/// A picture of real numbers, from 0 for black to 1 for white.
#[derive(Clone)]
pub(super) struct Plane {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) values: Vec<f32>,
}

impl Plane {
    /// The value at a place, that of the nearest pixel beyond the edges.
    pub(super) fn at(&self, x: isize, y: isize) -> f32 {
        let x = x.clamp(0, self.width as isize - 1) as usize;
        let y = y.clamp(0, self.height as isize - 1) as usize;
        self.values.get(y * self.width + x).copied().unwrap_or_default()
    }

    /// The value between pixels.
    pub(super) fn between(&self, x: f32, y: f32) -> f32 {
        let (left, top) = (x.floor(), y.floor());
        let (right_part, lower_part) = (x - left, y - top);
        let (left, top) = (left as isize, top as isize);
        let inside = left >= 0 && top >= 0 && left + 1 < self.width as isize && top + 1 < self.height as isize;
        let four = inside.then(|| top as usize * self.width + left as usize).and_then(|start| {
            let upper = self.values.get(start..start + 2)?;
            let lower = self.values.get(start + self.width..start + self.width + 2)?;
            Some((*upper.first()?, *upper.get(1)?, *lower.first()?, *lower.get(1)?))
        });
        let (a, b, c, d) = four.unwrap_or_else(|| {
            (self.at(left, top), self.at(left + 1, top), self.at(left, top + 1), self.at(left + 1, top + 1))
        });
        let upper = a + (b - a) * right_part;
        let lower = c + (d - c) * right_part;
        upper + (lower - upper) * lower_part
    }

    /// Every other pixel of every other row.
    pub(super) fn halved(&self) -> Self {
        let (width, height) = (self.width.div_ceil(2), self.height.div_ceil(2));
        let rows = self.values.chunks_exact(self.width).step_by(2);
        let values = rows.flat_map(|row| row.iter().copied().step_by(2)).collect();
        Self { width, height, values }
    }
}

/// The picture at such a scale that its longer side has `longer` pixels, or twice its own if these are fewer.
pub(super) fn scaled(grey: &Grey, longer: usize) -> Plane {
    let own = grey.width().max(grey.height());
    let longer = longer.min(own.saturating_mul(2));
    let of = |side: usize| ((side as f64 * longer as f64 / own as f64).round() as usize).max(1);
    let (width, height) = (of(grey.width()), of(grey.height()));
    let columns = Shares::new(grey.width(), width);
    let rows = Shares::new(grey.height(), height);
    let mut values = Vec::with_capacity(width * height);
    let mut sums = vec![0.0_f32; grey.width()];
    for (first, weights) in rows.each() {
        sums.fill(0.0);
        for (row, weight) in grey.rows().skip(first).zip(weights) {
            for (sum, pixel) in sums.iter_mut().zip(row) {
                *sum += weight * f32::from(*pixel);
            }
        }
        values.extend(columns.each().map(|(first, weights)| {
            let sum: f32 = sums.iter().skip(first).zip(weights).map(|(value, weight)| value * weight).sum();
            sum / 255.0
        }));
    }
    Plane { width, height, values }
}

/// Of which old pixels, and how much of each, every new pixel of a line is made.
struct Shares {
    spans: Vec<(usize, usize)>,
    weights: Vec<f32>,
}

impl Shares {
    /// Each new pixel is a mean under a triangle that is as wide as two pixels, of the old ones or of the new ones,
    /// whichever are larger: interpolation upwards, and no jagged edges downwards.
    fn new(old: usize, new: usize) -> Self {
        let ratio = old as f64 / new as f64;
        let reach = ratio.max(1.0);
        let mut shares = Self { spans: Vec::with_capacity(new), weights: Vec::new() };
        for at in 0..new {
            let centre = (at as f64 + 0.5) * ratio;
            let first = (centre - reach - 0.5).ceil().max(0.0) as usize;
            let last = ((centre + reach - 0.5).floor().max(0.0) as usize).min(old - 1).max(first.min(old - 1));
            let first = first.min(last);
            let start = shares.weights.len();
            let weight = |pixel: usize| (1.0 - (pixel as f64 + 0.5 - centre).abs() / reach).max(1e-6) as f32;
            shares.weights.extend((first..=last).map(weight));
            let span = shares.weights.get_mut(start..).unwrap_or_default();
            let sum: f32 = span.iter().sum();
            span.iter_mut().for_each(|weight| *weight /= sum);
            shares.spans.push((first, last + 1 - first));
        }
        shares
    }

    fn each(&self) -> impl Iterator<Item = (usize, &[f32])> {
        let mut rest = self.weights.as_slice();
        self.spans.iter().map(move |(first, count)| {
            let (weights, after) = rest.split_at(*count);
            rest = after;
            (*first, weights)
        })
    }
}
