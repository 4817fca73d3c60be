use std::collections::BTreeMap;

use super::{Form, Outlines, Part};

/// What a tensor is to its module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Down,
    Up,
    /// A number; divided by the rank, it is what the product is multiplied with.
    Alpha,
}

/// How names end, the longer before those that they end with.
const ENDINGS: [(&str, Role); 13] = [
    (".lora_A.default.weight", Role::Down),
    (".lora_B.default.weight", Role::Up),
    (".lora_A.weight", Role::Down),
    (".lora_B.weight", Role::Up),
    (".lora_linear_layer.down.weight", Role::Down),
    (".lora_linear_layer.up.weight", Role::Up),
    (".lora.down.weight", Role::Down),
    (".lora.up.weight", Role::Up),
    ("_lora.down.weight", Role::Down),
    ("_lora.up.weight", Role::Up),
    (".lora_down.weight", Role::Down),
    (".lora_up.weight", Role::Up),
    (".alpha", Role::Alpha),
];

/// Finds the modules that names mean.
pub(super) struct Names<'a> {
    outlines: &'a Outlines,
    /// Modules by their names with underscores for dots, as kohya has them.
    flat: BTreeMap<(Part, String), &'a str>,
}

impl<'a> Names<'a> {
    pub(super) fn new(outlines: &'a Outlines) -> Self {
        let mut flat = BTreeMap::new();
        for part in Part::ALL {
            for (name, _) in outlines.of(part).modules() {
                // As the first programs count the blocks, which kohya's programs for XL do.
                let earlier = (part == Part::Unet).then(|| outlines.blocks.module(name)).flatten();
                for name_of in [Some(name), earlier.as_deref()].into_iter().flatten() {
                    flat.insert((part, name_of.replace('.', "_")), name);
                }
            }
        }
        Self { outlines, flat }
    }

    /// The module that a tensor belongs to, and what it is to it.
    pub(super) fn meant(&self, name: &str) -> Option<(Part, String, Role, Form)> {
        let (stem, role) = ENDINGS.iter().find_map(|(ending, role)| Some((name.strip_suffix(ending)?, *role)))?;
        // Of two nets that read prompts, kohya's programs count both.
        const STARTS: [(&str, Part); 4] = [
            ("lora_unet_", Part::Unet),
            ("lora_te_", Part::Text),
            ("lora_te1_", Part::Text),
            ("lora_te2_", Part::SecondText),
        ];
        for (start, part) in STARTS {
            if let Some(stem) = stem.strip_prefix(start) {
                let stem = stem.strip_prefix("text_model_").filter(|_| part != Part::Unet).unwrap_or(stem);
                let module = self.flat.get(&(part, stem.to_owned()))?;
                return Some((part, (*module).to_owned(), role, Form::Kohya));
            }
        }
        // The first adapters of diffusers were of the UNet alone, and did not say so.
        let of = |part: Part| Some((part, stem.strip_prefix(part.name())?.strip_prefix('.')?));
        let (part, stem) = Part::ALL.into_iter().find_map(of).unwrap_or((Part::Unet, stem));
        let stem = stem.strip_prefix("text_model.").filter(|_| part != Part::Unet).unwrap_or(stem);
        let module = self.dotted(part, stem)?;
        Some((part, module, role, Form::Diffusers))
    }

    /// A module by diffusers' name for it, or by one that it had earlier.
    fn dotted(&self, part: Part, stem: &str) -> Option<String> {
        let stem = stem.replace(".processor.", ".");
        let earlier = match part {
            Part::Unet => stem.replace(".to_out", ".to_out.0"),
            Part::Text | Part::SecondText => {
                let earlier = stem.replace(".to_out", ".out_proj").replace(".to_q", ".q_proj");
                earlier.replace(".to_k", ".k_proj").replace(".to_v", ".v_proj")
            }
        };
        [stem, earlier].into_iter().find(|name| self.outlines.of(part).shape(name).is_some())
    }
}
