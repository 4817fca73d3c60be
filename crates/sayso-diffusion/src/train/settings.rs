use serde::{Deserialize, Serialize};

use crate::DiffusionError;
use crate::adapter::Part;

/// What is trained.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Method {
    /// An adapter; the model stays as it is.
    Lora {
        /// Numbers between the way down and the way up.
        rank: usize,
        /// Divided by the rank, what the product is multiplied with; usually as large as the rank.
        alpha: f64,
        /// Which modules get it.
        targets: Targets,
        /// Whether the nets that read prompts get one, too.
        text: bool,
    },
    /// The nets themselves.
    Full {
        /// Whether the nets that read prompts are trained, too.
        text: bool,
    },
}

impl Method {
    /// Whether the nets that read prompts learn.
    #[must_use]
    pub const fn text(self) -> bool {
        match self {
            Self::Lora { text, .. } | Self::Full { text } => text,
        }
    }

    /// The nets that learn, if the model has them.
    pub(crate) const fn parts(self) -> &'static [Part] {
        if self.text() { &Part::ALL } else { &[Part::Unet] }
    }
}

/// The modules that get an adapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Targets {
    /// Queries, keys, values and outputs of attentions, as diffusers' examples do it.
    Attention,
    /// Those, and the two layers that follow them.
    Transformers,
    /// Every product with a matrix and every convolution.
    Everything,
}

/// How the rate falls after the warm-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decay {
    /// It does not.
    Constant,
    /// Along half a cosine, to nothing at the last step.
    Cosine,
}

/// How is trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// What is trained.
    pub method: Method,
    /// Pixels along a square picture; others have as many pixels or fewer.
    pub side: usize,
    /// Whether pictures keep their shape, as nearly as sides in steps of 64 pixels allow; squares are cut of them otherwise.
    pub buckets: bool,
    /// Pictures that the net sees at once.
    pub batch: usize,
    /// Batches whose gradients make one step.
    pub accumulation: usize,
    /// Steps in all.
    pub steps: usize,
    /// How far a step goes.
    pub rate: f64,
    /// Steps in which the rate grows from nothing.
    pub warm_up: usize,
    /// How it falls afterwards.
    pub decay: Decay,
    /// What of each parameter is taken off in a step, as a share of the rate.
    pub weight_decay: f64,
    /// The longest gradient that is followed; a longer one is made as long.
    pub clip: Option<f64>,
    /// The most that time steps with little noise count (min-SNR; Hang and others, 2023); 5 is usual.
    pub min_snr: Option<f64>,
    /// How much of the noise is the same for all pixels of a channel; 0.1 is usual where there is any.
    pub noise_offset: f64,
    /// How much pictures of the class count (prior preservation), where there are any.
    pub prior_weight: f64,
    /// Whether half of the pictures are seen mirrored.
    pub flip: bool,
    /// What all that is thrown is made of.
    pub seed: u64,
    /// Whether the way forward is computed again on the way back, so that little of it is kept.
    pub checkpointing: bool,
    /// How much of the moving average of the parameters is kept in each step, if the average is wanted; 0.999 is usual.
    pub average: Option<f64>,
}

impl Settings {
    /// Refuses what cannot be trained with.
    ///
    /// # Errors
    ///
    /// Names the first that cannot be, and what is usual.
    pub fn check(&self) -> Result<(), DiffusionError> {
        let whole = [
            ("batch", self.batch, 1..=1024, "1 to 4 are usual"),
            ("accumulation", self.accumulation, 1..=4096, "1 to 8 are usual"),
            ("steps", self.steps, 1..=10_000_000, "400 to 2000 are usual"),
            ("warm_up", self.warm_up, 0..=self.steps, "it ends before the steps do; 0 to 100 are usual"),
            ("side", self.side, 16..=2048, "512 is usual, and 1024 for XL"),
        ];
        for (name, number, range, hint) in whole {
            if !range.contains(&number) {
                return refused(format!("`{name}` cannot be {number}"), hint);
            }
        }
        let fractions = [
            ("rate", self.rate, 1e-12..=1.0, "1e-4 is usual for an adapter, 1e-6 to 1e-5 for a whole net"),
            ("weight_decay", self.weight_decay, 0.0..=10.0, "0.01 is usual"),
            ("noise_offset", self.noise_offset, 0.0..=1.0, "0 is usual, and 0.1 where it is wanted"),
            ("prior_weight", self.prior_weight, 1e-6..=100.0, "1 is usual; leave the class out if it is not to count"),
            ("clip", self.clip.unwrap_or(1.0), 1e-9..=1e9, "1 is usual"),
            ("min_snr", self.min_snr.unwrap_or(5.0), 1e-3..=1e3, "5 is usual"),
            ("average", self.average.unwrap_or(0.5), 0.0..=0.999_999_9, "0.999 is usual"),
        ];
        for (name, number, range, hint) in fractions {
            if !range.contains(&number) {
                return refused(format!("`{name}` cannot be {number}"), hint);
            }
        }
        if let Method::Lora { rank, alpha, .. } = self.method {
            if !(1..=1024).contains(&rank) {
                return refused(format!("an adapter cannot have the rank {rank}"), "4 to 64 are usual");
            }
            if !(1e-6..=1e6).contains(&alpha) {
                return refused(format!("`alpha` cannot be {alpha}"), "as large as the rank is usual");
            }
        }
        Ok(())
    }

    /// The rate of a step, counted from zero.
    #[must_use]
    pub fn rate_at(&self, step: usize) -> f64 {
        if step < self.warm_up {
            return self.rate * step as f64 / self.warm_up as f64;
        }
        match self.decay {
            Decay::Constant => self.rate,
            Decay::Cosine => {
                let done = (step - self.warm_up) as f64 / (self.steps - self.warm_up).max(1) as f64;
                self.rate * (0.5 * (1.0 + (std::f64::consts::PI * done).cos())).max(0.0)
            }
        }
    }
}

fn refused(reason: String, hint: &'static str) -> Result<(), DiffusionError> {
    Err(DiffusionError::Request { reason, hint })
}
