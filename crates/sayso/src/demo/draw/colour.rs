/// A colour with its coverage: `alpha` 255 hides what is below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colour {
    pub(super) red: u8,
    pub(super) green: u8,
    pub(super) blue: u8,
    pub(super) alpha: u8,
}

impl Colour {
    pub(super) const fn hex(rgb: u32) -> Self {
        Self { red: (rgb >> 16) as u8, green: (rgb >> 8) as u8, blue: rgb as u8, alpha: 255 }
    }

    pub(super) const fn hexes<const N: usize>(rgbs: [u32; N]) -> [Self; N] {
        let mut colours = [Self::hex(0); N];
        let mut at = 0;
        while at < N {
            colours[at] = Self::hex(rgbs[at]);
            at += 1;
        }
        colours
    }

    /// The colour that lies `share` of the way to `other`.
    pub(super) fn to(self, other: Self, share: f64) -> Self {
        let share = share.clamp(0.0, 1.0);
        let part = |from: u8, to: u8| (f64::from(from) + (f64::from(to) - f64::from(from)) * share + 0.5) as u8;
        Self {
            red: part(self.red, other.red),
            green: part(self.green, other.green),
            blue: part(self.blue, other.blue),
            alpha: part(self.alpha, other.alpha),
        }
    }

    pub(super) fn lighter(self, share: f64) -> Self {
        self.to(Self { alpha: self.alpha, ..Self::hex(0x00FF_FFFF) }, share)
    }

    pub(super) fn darker(self, share: f64) -> Self {
        self.to(Self { alpha: self.alpha, ..Self::hex(0x0010_1020) }, share)
    }

    /// The colour as a veil that covers `share` of what is below.
    pub(super) fn veil(self, share: f64) -> Self {
        Self { alpha: (share.clamp(0.0, 1.0) * 255.0 + 0.5) as u8, ..self }
    }

    /// What is seen when this colour lies over `below`.
    pub(super) fn over(self, below: Self) -> Self {
        if self.alpha == 255 {
            return self;
        }
        let part = |top: u8, bottom: u8| {
            let alpha = u32::from(self.alpha);
            ((u32::from(top) * alpha + u32::from(bottom) * (255 - alpha) + 127) / 255) as u8
        };
        Self {
            red: part(self.red, below.red),
            green: part(self.green, below.green),
            blue: part(self.blue, below.blue),
            alpha: 255,
        }
    }

    /// What is seen when this colour is a glaze of paint over `below`: light is taken away, never added.
    pub(super) fn glaze(self, below: Self, share: f64) -> Self {
        let part = |top: u8, bottom: u8| {
            let kept = 1.0 - share.clamp(0.0, 1.0) * (1.0 - f64::from(top) / 255.0);
            (f64::from(bottom) * kept + 0.5) as u8
        };
        Self {
            red: part(self.red, below.red),
            green: part(self.green, below.green),
            blue: part(self.blue, below.blue),
            alpha: 255,
        }
    }
}

/// The colour at `share` of the way through `stops`, which are evenly spaced.
pub(super) fn ramp(stops: &[Colour], share: f64) -> Colour {
    let last = stops.len().saturating_sub(1);
    let place = share.clamp(0.0, 1.0) * last as f64;
    let left = (place as usize).min(last);
    let right = (left + 1).min(last);
    match (stops.get(left), stops.get(right)) {
        (Some(from), Some(to)) => from.to(*to, place - left as f64),
        _ => Colour::hex(0),
    }
}
