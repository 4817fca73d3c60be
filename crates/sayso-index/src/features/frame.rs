use std::f32::consts::TAU;

use sayso_core::Keypoint;

/// How a picture lies in the query: an affine map, in 1024ths of the longer sides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    across: (f32, f32),
    down: (f32, f32),
    origin: (f32, f32),
}

impl Frame {
    /// The frame that puts the upper left corner of a picture of `width` to `height` at the first place, and the upper right
    /// and the lower left corners at the other two.
    #[must_use]
    pub fn of_corners(width: f32, height: f32, origin: (f32, f32), right: (f32, f32), lower: (f32, f32)) -> Self {
        let along = |to: (f32, f32), length: f32| ((to.0 - origin.0) / length, (to.1 - origin.1) / length);
        Self { across: along(right, width), down: along(lower, height), origin }
    }

    /// Where a place of the found picture lies in the query.
    #[must_use]
    pub fn place(&self, x: f32, y: f32) -> (f32, f32) {
        (self.across.0 * x + self.down.0 * y + self.origin.0, self.across.1 * x + self.down.1 * y + self.origin.1)
    }

    /// How large the found picture is in the query.
    #[must_use]
    pub fn scale(&self) -> f32 {
        self.determinant().abs().sqrt()
    }

    /// By how much the found picture is turned in the query, in radians.
    pub(super) fn angle(&self) -> f32 {
        (self.across.1 - self.down.0).atan2(self.across.0 + self.down.1)
    }

    /// By how much it stretches one side more than the other, as a logarithm.
    pub(super) fn squeeze(&self) -> f32 {
        let length = |(x, y): (f32, f32)| x.hypot(y).max(1e-6);
        (length(self.across) / length(self.down)).ln().abs()
    }

    fn determinant(&self) -> f32 {
        self.across.0 * self.down.1 - self.down.0 * self.across.1
    }

    /// The way back: where a place of the query lies in the found picture. None if the frame is flat.
    pub(super) fn inverse(&self) -> Option<Self> {
        let of = self.determinant();
        if of.abs() < 1e-6 {
            return None;
        }
        let across = (self.down.1 / of, -self.across.1 / of);
        let down = (-self.down.0 / of, self.across.0 / of);
        let (x, y) = self.origin;
        let origin = (-(across.0 * x + down.0 * y), -(across.1 * x + down.1 * y));
        Some(Self { across, down, origin })
    }

    /// The frame of one pairing, from place, size and angle.
    pub(super) fn of_one(asked: &Keypoint, found: &Keypoint) -> Self {
        let scale = ((f32::from(asked.step()) - f32::from(found.step())) / 8.0).exp2();
        let angle = (f32::from(asked.turn()) - f32::from(found.turn())) / 64.0 * TAU;
        let (a, b) = (scale * angle.cos(), scale * angle.sin());
        let (x, y) = (found.x(), found.y());
        Self::turned(a, b, (asked.x() - (a * x - b * y), asked.y() - (b * x + a * y)))
    }

    /// A turn and a scale: `x' = a x - b y`, `y' = b x + a y`.
    fn turned(a: f32, b: f32, origin: (f32, f32)) -> Self {
        Self { across: (a, b), down: (-b, a), origin }
    }

    /// The turn, scale and shift that fits all pairings best, in the sense of least squares.
    pub(super) fn of_many(pairs: &[(&Keypoint, &Keypoint)]) -> Option<Self> {
        let sums = Sums::of(pairs);
        let spread = sums.xx + sums.yy;
        let (a, b) = ((sums.xu + sums.yv) / spread, (sums.xv - sums.yu) / spread);
        let origin = (sums.u - (a * sums.x - b * sums.y), sums.v - (b * sums.x + a * sums.y));
        (spread > 100.0).then(|| Self::turned(a, b, origin))
    }

    /// The affine map that fits all pairings best: also what was squeezed. None where they lie almost on a line.
    pub(super) fn of_many_squeezed(pairs: &[(&Keypoint, &Keypoint)]) -> Option<Self> {
        let sums = Sums::of(pairs);
        let of = sums.xx * sums.yy - sums.xy * sums.xy;
        if of < 1e-3 * sums.xx * sums.yy || of <= 0.0 {
            return None;
        }
        let across = ((sums.xu * sums.yy - sums.yu * sums.xy) / of, (sums.xv * sums.yy - sums.yv * sums.xy) / of);
        let down = ((sums.yu * sums.xx - sums.xu * sums.xy) / of, (sums.yv * sums.xx - sums.xv * sums.xy) / of);
        let origin = (sums.u - (across.0 * sums.x + down.0 * sums.y), sums.v - (across.1 * sums.x + down.1 * sums.y));
        Some(Self { across, down, origin })
    }

    pub(super) fn miss(&self, asked: &Keypoint, found: &Keypoint) -> f32 {
        let (x, y) = self.place(found.x(), found.y());
        (x - asked.x()).hypot(y - asked.y())
    }
}

/// Means, and sums of products about them, of places `x, y` of the found picture and `u, v` of the query.
struct Sums {
    x: f32,
    y: f32,
    u: f32,
    v: f32,
    xx: f32,
    xy: f32,
    yy: f32,
    xu: f32,
    yu: f32,
    xv: f32,
    yv: f32,
}

impl Sums {
    fn of(pairs: &[(&Keypoint, &Keypoint)]) -> Self {
        let count = pairs.len() as f32;
        let mean = |of: &dyn Fn(&Keypoint, &Keypoint) -> f32| pairs.iter().map(|(q, f)| of(q, f)).sum::<f32>() / count;
        let (x, y) = (mean(&|_, f| f.x()), mean(&|_, f| f.y()));
        let (u, v) = (mean(&|q, _| q.x()), mean(&|q, _| q.y()));
        let sum = |of: &dyn Fn(f32, f32, f32, f32) -> f32| {
            pairs.iter().map(|(asked, found)| of(found.x() - x, found.y() - y, asked.x() - u, asked.y() - v)).sum()
        };
        Self {
            x,
            y,
            u,
            v,
            xx: sum(&|x, _, _, _| x * x),
            xy: sum(&|x, y, _, _| x * y),
            yy: sum(&|_, y, _, _| y * y),
            xu: sum(&|x, _, u, _| x * u),
            yu: sum(&|_, y, u, _| y * u),
            xv: sum(&|x, _, _, v| x * v),
            yv: sum(&|_, y, _, v| y * v),
        }
    }
}
