use std::path::Path;

use sayso_diffusion::toy::is_toy;
use sayso_diffusion::train::{Method, Targets};

/// How a base is taught and drawn with, where nobody is asked about it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lesson {
    /// Numbers between the way down and the way up.
    rank: usize,
    targets: Targets,
    /// Whether the net that reads prompts learns, too.
    text: bool,
    pub(super) rate: f64,
    pub(super) guidance: f64,
}

impl Lesson {
    /// By the base. What Stable Diffusion learns with moves a net of a hundredth of its size hardly at all: the toy is taught as
    /// `docs/reference/models.md` teaches it the owl.
    pub(super) fn of(base: &Path) -> Self {
        if is_toy(base) {
            return Self { rank: 16, targets: Targets::Everything, text: true, rate: 1e-3, guidance: 2.0 };
        }
        Self { rank: 8, targets: Targets::Attention, text: false, rate: 1e-4, guidance: 7.5 }
    }

    pub(super) const fn method(&self) -> Method {
        Method::Lora { rank: self.rank, alpha: self.rank as f64, targets: self.targets, text: self.text }
    }

    /// The method, for people.
    pub(super) fn in_words(&self) -> String {
        let beside = match self.targets {
            Targets::Attention => "attention",
            Targets::Transformers => "attention and the layers behind it",
            Targets::Everything => "every product and convolution",
        };
        let text = if self.text { ", in the text net, too" } else { "" };
        format!("adapter (LoRA) of rank {}, beside {beside}{text}", self.rank)
    }
}
