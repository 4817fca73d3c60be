use super::Colour;
use super::maths::Point;

/// Samples along each side of a pixel. Shapes are drawn hard-edged on the fine grid and averaged at the end,
/// which smooths every edge the same way without any arithmetic at the edges themselves.
const SAMPLES: usize = 3;

/// A picture being drawn. The upper left corner is (0, 0), the lower edge is at 1 and the right edge at
/// [`Canvas::aspect`], so that a drawing looks the same at every size.
pub(super) struct Canvas {
    columns: usize,
    rows: usize,
    grid: Vec<Colour>,
}

impl Canvas {
    pub(super) fn new(width: usize, height: usize, ground: Colour) -> Self {
        let (columns, rows) = (width * SAMPLES, height * SAMPLES);
        Self { columns, rows, grid: vec![ground; columns * rows] }
    }

    pub(super) fn aspect(&self) -> f64 {
        self.columns as f64 / self.rows as f64
    }

    /// The size of a pixel of the finished picture.
    pub(super) fn pixel(&self) -> f64 {
        SAMPLES as f64 / self.rows as f64
    }

    /// Covers everything.
    pub(super) fn fill(&mut self, colour: Colour) {
        self.grid.fill(colour);
    }

    /// Paints every sample by its place.
    pub(super) fn shade(&mut self, mut paint: impl FnMut(f64, f64) -> Colour) {
        let step = 1.0 / self.rows as f64;
        for (row, samples) in self.grid.chunks_exact_mut(self.columns).enumerate() {
            for (column, sample) in samples.iter_mut().enumerate() {
                let above = paint((column as f64 + 0.5) * step, (row as f64 + 0.5) * step);
                *sample = above.over(*sample);
            }
        }
    }

    /// Paints every pixel by its place and what lies there: for soft things, at a ninth of the cost of [`Canvas::shade`].
    pub(super) fn wash(&mut self, mut paint: impl FnMut(f64, f64, Colour) -> Colour) {
        let step = self.pixel();
        for row in 0..self.rows / SAMPLES {
            for column in 0..self.columns / SAMPLES {
                let first = row * SAMPLES * self.columns + column * SAMPLES;
                let above = paint((column as f64 + 0.5) * step, (row as f64 + 0.5) * step, self.grid[first]);
                for line in 0..SAMPLES {
                    let start = first + line * self.columns;
                    self.grid[start..start + SAMPLES].fill(above);
                }
            }
        }
    }

    pub(super) fn rectangle(&mut self, x: f64, y: f64, width: f64, height: f64, colour: Colour) {
        let bottom = self.line_at(y + height);
        for row in self.line_at(y)..bottom {
            self.span(row, x, x + width, colour);
        }
    }

    pub(super) fn disc(&mut self, centre: Point, radius: f64, colour: Colour) {
        let step = 1.0 / self.rows as f64;
        for row in self.line_at(centre.1 - radius)..self.line_at(centre.1 + radius) {
            let dy = (row as f64 + 0.5) * step - centre.1;
            let half = (radius * radius - dy * dy).max(0.0).sqrt();
            self.span(row, centre.0 - half, centre.0 + half, colour);
        }
    }

    pub(super) fn ring(&mut self, centre: Point, radius: f64, thickness: f64, colour: Colour) {
        let step = 1.0 / self.rows as f64;
        let (outer, inner) = (radius + thickness / 2.0, (radius - thickness / 2.0).max(0.0));
        for row in self.line_at(centre.1 - outer)..self.line_at(centre.1 + outer) {
            let dy = (row as f64 + 0.5) * step - centre.1;
            let far = (outer * outer - dy * dy).max(0.0).sqrt();
            let near = (inner * inner - dy * dy).max(0.0).sqrt();
            self.span(row, centre.0 - far, centre.0 - near, colour);
            self.span(row, centre.0 + near, centre.0 + far, colour);
        }
    }

    /// Fills a polygon; where it crosses itself, every second region stays empty.
    pub(super) fn polygon(&mut self, corners: &[Point], colour: Colour) {
        let lowest = corners.iter().fold(f64::INFINITY, |least, corner| least.min(corner.1));
        let highest = corners.iter().fold(f64::NEG_INFINITY, |most, corner| most.max(corner.1));
        let step = 1.0 / self.rows as f64;
        let mut crossings = Vec::new();
        for row in self.line_at(lowest)..self.line_at(highest) {
            let y = (row as f64 + 0.5) * step;
            crossings.clear();
            for (index, from) in corners.iter().enumerate() {
                let to = corners[(index + 1) % corners.len()];
                if (from.1 <= y) != (to.1 <= y) {
                    crossings.push(from.0 + (y - from.1) / (to.1 - from.1) * (to.0 - from.0));
                }
            }
            crossings.sort_by(f64::total_cmp);
            for pair in crossings.chunks_exact(2) {
                self.span(row, pair[0], pair[1], colour);
            }
        }
    }

    /// Draws a line through `points` with round joints and ends. The colour should be opaque: joints overlap.
    pub(super) fn stroke(&mut self, points: &[Point], thickness: f64, colour: Colour) {
        for pair in points.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let (dx, dy) = (to.0 - from.0, to.1 - from.1);
            let length = (dx * dx + dy * dy).sqrt();
            if length > 0.0 {
                let (nx, ny) = (-dy / length * thickness / 2.0, dx / length * thickness / 2.0);
                let sides = [
                    (from.0 + nx, from.1 + ny),
                    (to.0 + nx, to.1 + ny),
                    (to.0 - nx, to.1 - ny),
                    (from.0 - nx, from.1 - ny),
                ];
                self.polygon(&sides, colour);
            }
        }
        for point in points {
            self.disc(*point, thickness / 2.0, colour);
        }
    }

    /// The finished picture: three bytes a pixel, row after row.
    ///
    /// Each channel is rounded to a multiple of 4: nobody sees it, and the files become a third smaller.
    pub(super) fn develop(&self) -> Vec<u8> {
        let mut pixels = Vec::with_capacity(self.grid.len() / (SAMPLES * SAMPLES) * 3);
        for band in self.grid.chunks_exact(self.columns * SAMPLES) {
            for column in (0..self.columns).step_by(SAMPLES) {
                let mut sums = [0_u32; 3];
                for line in band.chunks_exact(self.columns) {
                    for sample in &line[column..column + SAMPLES] {
                        sums[0] += u32::from(sample.red);
                        sums[1] += u32::from(sample.green);
                        sums[2] += u32::from(sample.blue);
                    }
                }
                let count = (SAMPLES * SAMPLES) as u32;
                pixels.extend(sums.map(|sum| ((sum + 2 * count) / (4 * count) * 4).min(255) as u8));
            }
        }
        pixels
    }

    /// The first sample row whose middle lies at or below `y`.
    fn line_at(&self, y: f64) -> usize {
        ((y * self.rows as f64 + 0.5).floor().max(0.0) as usize).min(self.rows)
    }

    fn span(&mut self, row: usize, left: f64, right: f64, colour: Colour) {
        let place = |x: f64| ((x * self.rows as f64 + 0.5).floor().max(0.0) as usize).min(self.columns);
        let (from, to) = (place(left), place(right));
        if from < to {
            for sample in &mut self.grid[row * self.columns + from..row * self.columns + to] {
                *sample = colour.over(*sample);
            }
        }
    }
}
