use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::read::shortened;
use super::{Outlines, Part};

const METADATA: &str = "lora_adapter_metadata";
/// Patterns of a kind: no net has as many modules.
const PATTERNS: usize = 10_000;

/// What peft says of a whole file and not tensor by tensor.
pub(super) struct Alphas {
    settings: Map<String, Value>,
}

impl Alphas {
    /// What is said beside the tensors. What of it means nothing for these nets becomes a fault.
    pub(super) fn read(texts: &BTreeMap<String, String>, outlines: &Outlines, faults: &mut Vec<String>) -> Self {
        let settings = match texts.get(METADATA).map(|text| serde_json::from_str::<Map<String, Value>>(text)) {
            None => Map::new(),
            Some(Ok(settings)) => settings,
            Some(Err(error)) => {
                faults.push(format!("its `{METADATA}` is no JSON object: {error}"));
                Map::new()
            }
        };
        for part in Part::ALL {
            let name = part.name();
            for kind in ["use_dora", "use_rslora"] {
                if settings.get(&format!("{name}.{kind}")).and_then(Value::as_bool) == Some(true) {
                    faults.push(format!("it says `{kind}`, which is not known here"));
                }
            }
            for kind in ["alpha_pattern", "rank_pattern"] {
                let name = format!("{name}.{kind}");
                let said = settings.get(&name).filter(|said| !said.is_null());
                match said.map(Value::as_object) {
                    None => {}
                    Some(Some(patterns)) if patterns.len() <= PATTERNS => {
                        check(&name, patterns, part, outlines, faults);
                    }
                    Some(_) => faults.push(format!("its `{name}` is no list of up to {PATTERNS} modules")),
                }
            }
        }
        Self { settings }
    }

    /// As large as the rank where nothing is said.
    pub(super) fn alpha(&self, part: Part, module: &str, rank: usize) -> f64 {
        let part = part.name();
        let said = |name: &str| self.settings.get(&format!("{part}.{name}"));
        let own = said("alpha_pattern")
            .and_then(Value::as_object)
            .and_then(|patterns| patterns.iter().find(|(pattern, _)| fits(pattern, module))?.1.as_f64());
        own.or_else(|| said("lora_alpha")?.as_f64()).unwrap_or(rank as f64)
    }
}

/// Notes patterns that would be passed over in silence.
fn check(name: &str, patterns: &Map<String, Value>, part: Part, outlines: &Outlines, faults: &mut Vec<String>) {
    for (pattern, number) in patterns {
        if !outlines.of(part).modules().any(|(module, _)| fits(pattern, module)) {
            faults.push(format!("its `{name}` names `{}`, which is no module of this model", shortened(pattern)));
        } else if number.as_f64().is_none() {
            faults.push(format!("its `{name}` says no number of `{}`", shortened(pattern)));
        }
    }
}

/// Whether a pattern means a module. peft takes it for a regular expression that the name ends with; what is written are
/// names, today between the marks of start and end, with a backslash before each dot.
fn fits(pattern: &str, module: &str) -> bool {
    let plain = pattern.replace("\\.", ".");
    let name = plain.strip_suffix('$').unwrap_or(&plain);
    let (whole, name) = name.strip_prefix('^').map_or((false, name), |name| (true, name));
    let (whole, name) = name.strip_prefix(".*.").map_or((whole, name), |name| (false, name));
    // transformers 5 leaves this part out.
    let name = name.strip_prefix("text_model.").unwrap_or(name);
    module == name || (!whole && module.strip_suffix(name).is_some_and(|start| start.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn patterns_are_names_with_or_without_their_marks() {
        let module = "encoder.layers.0.self_attn.q_proj";
        for pattern in [
            "q_proj",
            "self_attn.q_proj",
            r"^encoder\.layers\.0\.self_attn\.q_proj",
            r"^text_model\.encoder\.layers\.0\.self_attn\.q_proj$",
            "text_model.encoder.layers.0.self_attn.q_proj",
            r".*\.q_proj",
        ] {
            assert!(fits(pattern, module), "{pattern}");
        }
        for pattern in ["proj", "^q_proj", "k_proj", "", "^", r"encoder\.layers", "q_proj.more"] {
            assert!(!fits(pattern, module), "{pattern}");
        }
    }
}
