use super::Settings;

/// Where the steps lie among the time steps of the training.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spacing {
    /// Equally far from each other, the first and the last among them.
    Linspace,
    /// Multiples of a whole number, from zero on.
    Leading,
    /// Multiples of a fraction, back from the last.
    Trailing,
}

/// A line of `count` numbers from zero to `last`.
fn line(last: f64, count: usize) -> impl DoubleEndedIterator<Item = f64> {
    let step = if count > 1 { last / (count - 1) as f64 } else { 0.0 };
    (0..count).map(move |number| number as f64 * step)
}

impl Spacing {
    pub(super) fn of_name(name: &str) -> Option<Self> {
        match name {
            "linspace" => Some(Self::Linspace),
            "leading" => Some(Self::Leading),
            "trailing" => Some(Self::Trailing),
            _ => None,
        }
    }

    /// The time steps, the noisiest first. Schedulers that end with the picture itself leave out the least noisy of one
    /// more (`beyond`).
    pub(super) fn times(self, settings: &Settings, count: usize, beyond: bool) -> Vec<f64> {
        let train = settings.train_steps();
        let all = count + usize::from(beyond);
        let mut times: Vec<f64> = match self {
            // Halves become even, as in numpy.
            Self::Linspace => line(train as f64 - 1.0, all).map(f64::round_ties_even).collect(),
            Self::Leading => (0..all).map(|step| (step * (train / all) + settings.offset) as f64).collect(),
            Self::Trailing => {
                let ratio = train as f64 / count as f64;
                let times = (0..count).map(|step| (train as f64 - step as f64 * ratio).round_ties_even() - 1.0);
                return times.collect();
            }
        };
        times.reverse();
        times.truncate(count);
        times
    }

    /// Those of Euler's methods, which also stand between the time steps of the training.
    pub(super) fn between(self, settings: &Settings, count: usize) -> Vec<f64> {
        match self {
            // With 32 bits, as diffusers has them.
            Self::Linspace => {
                line(settings.train_steps() as f64 - 1.0, count).rev().map(|time| f64::from(time as f32)).collect()
            }
            Self::Leading | Self::Trailing => self.times(settings, count, false),
        }
    }
}
