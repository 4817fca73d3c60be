use std::collections::BTreeMap;
use std::path::Path;

use candle_core::{Device, Tensor};

use super::file::write_tensors;
use super::{Adapter, Form, Part};
use crate::DiffusionError;

impl Adapter {
    /// Writes it as safetensors of 32 bits, with texts beside the tensors. The same adapter and texts make the same bytes.
    ///
    /// diffusers' form has no place for a factor that every program reads, so it is multiplied into what goes up; in kohya's
    /// form it stands beside.
    ///
    /// # Errors
    ///
    /// When it cannot be written, or cannot be said in this form.
    pub fn save(&self, path: &Path, form: Form, texts: &BTreeMap<String, String>) -> Result<(), DiffusionError> {
        if form == Form::List || !self.words.is_empty() {
            return Err(DiffusionError::Request {
                reason: format!("the adapter cannot be written in the form `{}`", form.name()),
                hint: "adapters are written in the forms of diffusers and kohya, which have no place for words that are taught",
            });
        }
        let is_xl = self.layers.keys().any(|(part, _)| *part == Part::SecondText);
        let mut tensors = BTreeMap::new();
        for ((part, module), layer) in &self.layers {
            let down = layer.down.detach();
            let up = layer.up.detach();
            if form == Form::Diffusers {
                let within = if *part == Part::Unet { "" } else { "text_model." };
                let name = format!("{}.{within}{module}", part.name());
                tensors.insert(format!("{name}.lora_A.weight"), down);
                tensors.insert(format!("{name}.lora_B.weight"), (up * layer.scale)?);
            } else {
                // Where there are two nets that read prompts, both have a number.
                let start = match part {
                    Part::Unet => "lora_unet",
                    Part::Text if is_xl => "lora_te1_text_model",
                    Part::Text => "lora_te_text_model",
                    Part::SecondText => "lora_te2_text_model",
                };
                let name = format!("{start}_{}", module.replace('.', "_"));
                let alpha = (layer.scale * layer.rank() as f64) as f32;
                tensors.insert(format!("{name}.alpha"), Tensor::new(alpha, &Device::Cpu)?);
                tensors.insert(format!("{name}.lora_down.weight"), down);
                tensors.insert(format!("{name}.lora_up.weight"), up);
            }
        }
        // Readers ask for it before they look at anything else.
        let mut texts = texts.clone();
        texts.entry("format".to_owned()).or_insert_with(|| "pt".to_owned());
        write_tensors(path, &tensors, &texts)
    }
}
