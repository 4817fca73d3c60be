use crate::adapter::Part;
use crate::load::Configs;

/// What of a net is never asked for, and so learns nothing: XL takes what its first text net says before the last layer.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Idle {
    layer: Option<usize>,
    numbers: u64,
}

impl Idle {
    /// In nets that are built so.
    pub(super) fn of(configs: &Configs) -> Self {
        if configs.second_text.is_none() {
            return Self::default();
        }
        let (width, inner) = (configs.text.width, configs.text.inner);
        // Four products of the attention and two behind it, with their biases; two norms of the layer, and the last one.
        let numbers = 4 * (width * width + width) + (2 * width * inner + inner + width) + 3 * 2 * width;
        Self { layer: configs.text.layers.checked_sub(1), numbers: numbers as u64 }
    }

    /// Whether a module or tensor of this name is idle.
    pub(super) fn holds(self, part: Part, name: &str) -> bool {
        let (Some(layer), Part::Text) = (self.layer, part) else { return false };
        let name = name.strip_prefix("text_model.").unwrap_or(name);
        name.starts_with("final_layer_norm.") || name.starts_with(&format!("encoder.layers.{layer}."))
    }

    /// Idle numbers of a net.
    pub(super) const fn numbers(self, part: Part) -> u64 {
        match part {
            Part::Text => self.numbers,
            Part::Unet | Part::SecondText => 0,
        }
    }
}
