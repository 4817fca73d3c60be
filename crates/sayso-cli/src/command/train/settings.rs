use sayso_diffusion::train;

use crate::arguments::{Decay, Method, Targets, Train};

/// How it is trained, as it was asked for.
pub(super) fn settings(arguments: &Train, side: usize) -> train::Settings {
    let (method, pace) = (&arguments.method, &arguments.pace);
    let rate = match method.method {
        Method::Lora => 1e-4,
        Method::Full => 5e-6,
    };
    let size = method.size.map_or((side, side), |size| (size.width, size.height));
    train::Settings {
        method: match method.method {
            Method::Lora => train::Method::Lora {
                rank: method.rank,
                alpha: method.alpha.unwrap_or(method.rank as f64),
                targets: match method.targets {
                    Targets::Attention => train::Targets::Attention,
                    Targets::Linear => train::Targets::Transformers,
                    Targets::All => train::Targets::Everything,
                },
                text: method.text_encoder,
            },
            Method::Full => train::Method::Full { text: method.text_encoder },
        },
        // As many pixels, whatever their shape.
        side: ((size.0 * size.1) as f64).sqrt().round() as usize,
        buckets: !method.squares,
        batch: pace.batch,
        accumulation: pace.accumulation,
        steps: usize::try_from(pace.steps.get()).unwrap_or(usize::MAX),
        rate: pace.rate.unwrap_or(rate),
        warm_up: usize::try_from(pace.warm_up).unwrap_or(usize::MAX),
        decay: match pace.decay {
            Decay::Constant => train::Decay::Constant,
            Decay::Cosine => train::Decay::Cosine,
        },
        weight_decay: 0.01,
        clip: Some(1.0),
        min_snr: pace.min_snr,
        noise_offset: pace.noise_offset,
        prior_weight: arguments.captions.prior_weight,
        flip: method.flip,
        seed: u64::from(pace.seed),
        checkpointing: pace.checkpointing,
        average: pace.ema,
    }
}
