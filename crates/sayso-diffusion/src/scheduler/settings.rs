use std::path::PathBuf;

use serde_json::{Value, json};

use super::SchedulerKind;
use super::spacing::Spacing;
use crate::DiffusionError;
use crate::config::Config;

/// What a net says of a noisy picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prediction {
    /// The noise in it.
    Noise,
    /// What leads from the picture to the noise, when both are sides of a circle (Salimans and Ho, 2022).
    Velocity,
}

impl Prediction {
    /// The one that configurations call so.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        match name {
            "epsilon" => Some(Self::Noise),
            "v_prediction" => Some(Self::Velocity),
            _ => None,
        }
    }
}

/// What a model's `scheduler_config.json` says. What it does not say, each scheduler has a default of its own for, as in
/// diffusers when a model is given another scheduler than its own.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// For each time step: how much of the picture is left, as a share of the variance.
    pub(crate) kept: Vec<f64>,
    pub(crate) prediction: Prediction,
    /// Whether nothing is to be left of the picture at the last time step (Lin and others, 2024).
    pub(crate) zero_ratio: bool,
    pub(crate) spacing: Option<Spacing>,
    /// Added to time steps that begin at zero.
    pub(crate) offset: usize,
    /// Whether nothing is left of the noise after the last step.
    pub(crate) ends_clean: Option<bool>,
    /// To which range pictures are cut, for schedulers that cut.
    pub(crate) clip: Option<bool>,
    pub(crate) clip_range: f64,
    pub(crate) skips_runge_kutta: bool,
    pub(crate) karras: bool,
    pub(crate) own: SchedulerKind,
}

impl Settings {
    pub(crate) fn read(path: PathBuf) -> Result<Self, DiffusionError> {
        Self::of(&Config::read(path)?)
    }

    /// What a configuration says, be it a file's or one that is usual for a family.
    pub(crate) fn of(config: &Config) -> Result<Self, DiffusionError> {
        config.only(&[
            ("algorithm_type", json!("dpmsolver++")),
            ("disable_corrector", json!([])),
            ("euler_at_final", json!(false)),
            ("final_sigmas_type", json!("zero")),
            ("interpolation_type", json!("linear")),
            ("lower_order_final", json!(true)),
            ("predict_x0", json!(true)),
            ("solver_order", json!(2)),
            ("thresholding", json!(false)),
            ("timestep_type", json!("discrete")),
            ("trained_betas", json!("none of them")),
            ("use_beta_sigmas", json!(false)),
            ("use_exponential_sigmas", json!(false)),
            ("use_flow_sigmas", json!(false)),
            ("use_lu_lambdas", json!(false)),
        ])?;
        if config.get("solver_type").is_some_and(|kind| !matches!(kind.as_str(), Some("midpoint" | "bh2"))) {
            return Err(config.wrong("`solver_type` is none that is known here".to_owned()));
        }
        if config.get("variance_type").is_some_and(|kind| kind != "fixed_small") {
            return Err(config.wrong("`variance_type` is none that is known here".to_owned()));
        }
        let count = match config.get("num_train_timesteps") {
            Some(_) => config.number("num_train_timesteps", 100_000)?,
            None => 1000,
        };
        let (first, last) = (config.fraction("beta_start", 1e-4)?, config.fraction("beta_end", 0.02)?);
        let line = |first: f64, last: f64| {
            (0..count).map(move |step| first + (last - first) * step as f64 / (count.max(2) - 1) as f64)
        };
        let betas: Vec<f64> = match config.get("beta_schedule").map_or(Some("linear"), Value::as_str) {
            Some("linear") => line(first, last).collect(),
            Some("scaled_linear") => line(first.sqrt(), last.sqrt()).map(|root| root * root).collect(),
            _ => return Err(config.wrong("`beta_schedule` is none that is known here".to_owned())),
        };
        if !betas.iter().all(|beta| (0.0..1.0).contains(beta)) {
            return Err(config.wrong("its betas are not below one".to_owned()));
        }
        let kept = betas.iter().scan(1.0, |kept, beta| {
            *kept *= 1.0 - beta;
            Some(*kept)
        });
        let kept = kept.collect();
        let prediction = config.get("prediction_type").map_or(Some("epsilon"), Value::as_str);
        let Some(prediction) = prediction.and_then(Prediction::of_name) else {
            return Err(config.wrong("`prediction_type` is neither epsilon nor v_prediction".to_owned()));
        };
        let spacing = match config.get("timestep_spacing").map(Value::as_str) {
            None => None,
            Some(name) => Some(
                name.and_then(Spacing::of_name)
                    .ok_or_else(|| config.wrong("`timestep_spacing` is none that is known here".to_owned()))?,
            ),
        };
        let own = config.get("_class_name").and_then(Value::as_str).unwrap_or("PNDMScheduler");
        let Some(own) = SchedulerKind::of_class(own) else {
            let own: String = own.chars().take(80).collect();
            return Err(config.wrong(format!("it names the scheduler `{own}`")));
        };
        let truth = |name| config.get(name).map(|_| config.truth(name, false)).transpose();
        Ok(Self {
            kept,
            prediction,
            zero_ratio: config.truth("rescale_betas_zero_snr", false)?,
            spacing,
            offset: if config.get("steps_offset").and_then(Value::as_u64) == Some(0)
                || config.get("steps_offset").is_none()
            {
                0
            } else {
                config.number("steps_offset", 100)?
            },
            ends_clean: truth("set_alpha_to_one")?,
            clip: truth("clip_sample")?,
            clip_range: config.fraction("clip_sample_range", 1.0)?,
            skips_runge_kutta: config.truth("skip_prk_steps", false)?,
            karras: config.truth("use_karras_sigmas", false)?,
            own,
        })
    }

    /// These, as a scheduler of this kind has them.
    pub(crate) fn of_kind(&self, kind: SchedulerKind) -> Self {
        let mut settings = self.clone();
        if self.zero_ratio {
            match kind {
                // Its class does not know of it.
                SchedulerKind::Pndm => {}
                SchedulerKind::Ddim | SchedulerKind::Ddpm => settings.kept = without_ratio(&self.kept),
                // Where noise is a multiple of the picture, a little of that is left.
                _ => {
                    settings.kept = without_ratio(&self.kept);
                    if let Some(last) = settings.kept.last_mut() {
                        *last = 0.5_f64.powi(24);
                    }
                }
            }
        }
        settings
    }

    /// Time steps that the net was trained with.
    pub(crate) fn train_steps(&self) -> usize {
        self.kept.len()
    }

    /// How much of the picture is left at a time step; before the first, `before`.
    pub(super) fn kept_at(&self, time: f64, before: f64) -> f64 {
        if time < 0.0 {
            return before;
        }
        self.kept.get(time as usize).or(self.kept.last()).copied().unwrap_or(1.0)
    }

    /// What is left of the picture after the last step, of schedulers that look back.
    pub(super) fn last_kept(&self, default: bool) -> f64 {
        if self.ends_clean.unwrap_or(default) { 1.0 } else { self.kept.first().copied().unwrap_or(1.0) }
    }
}

/// Shares of a picture, moved and stretched so that the last is zero and the first what it was. With 32 bits where torch has
/// them: near the end little is left, and the rounding counts.
fn without_ratio(kept: &[f64]) -> Vec<f64> {
    let roots: Vec<f32> = kept.iter().map(|kept| (*kept as f32).sqrt()).collect();
    let (first, last) = (roots.first().copied().unwrap_or(1.0), roots.last().copied().unwrap_or(0.0));
    let stretch = first / (first - last);
    let squares: Vec<f32> = roots.iter().map(|root| (root - last) * stretch).map(|root| root * root).collect();
    let mut before = 1.0_f32;
    let mut product = 1.0_f64;
    let share = |square: &f32| {
        // By way of the betas, as torch goes.
        let beta = 1.0 - square / before;
        before = *square;
        product *= f64::from(1.0 - beta);
        f64::from(product as f32)
    };
    squares.iter().map(share).collect()
}
