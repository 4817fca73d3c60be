use std::collections::BTreeMap;

use sayso_diffusion::Digests;
use sayso_diffusion::train::{Method, Settings};
use serde_json::{Value, json};

use super::{Paper, Tuning, base_licence};
use crate::training::{BaseFacts, RunFacts, Selection, Taken, XL};

/// The facts of a run, for its papers.
pub(super) fn facts(tuning: &Tuning, paper: &Paper, digests: Digests, selection: &Selection, steps: usize) -> RunFacts {
    let Settings { method, side, .. } = &tuning.settings;
    let network = match method {
        Method::Lora { rank, alpha, .. } => {
            Some(("networks.lora".to_owned(), u32::try_from(*rank).unwrap_or(0), *alpha))
        }
        Method::Full { .. } => None,
    };
    let side = u32::try_from(*side).unwrap_or(0);
    RunFacts {
        title: paper.title.clone(),
        description: paper.description.clone(),
        architecture: architecture(digests.second_text.is_some(), network.is_some()),
        implementation: if network.is_some() { paper.form.name() } else { "diffusers" }.to_owned(),
        licence: paper.licence.clone(),
        author: paper.author.clone(),
        date: paper.date.clone(),
        base: BaseFacts {
            name: tuning.base_name.clone(),
            files: digests.named().map(|(name, digest)| (name.to_owned(), digest)).collect(),
            licence: base_licence(&tuning.base).map(|licence| licence.name().to_owned()),
        },
        pictures: selection.taken.iter().map(Taken::facts).collect(),
        refused: selection.refused.len() as u64,
        purpose: selection.policy.purpose.0.as_str().to_owned(),
        policy: selection.policy.name.to_string(),
        registry_head: selection.registry_head.as_ref().map(|head| head.0.clone()),
        depicts: paper.depicts.clone(),
        trigger: paper.trigger.clone(),
        resolution: Some((side, side)),
        network,
        settings: settings(tuning, steps),
        program: concat!("sayso ", env!("CARGO_PKG_VERSION")).to_owned(),
    }
}

/// As Stability AI's specification names it.
fn architecture(is_xl: bool, is_adapter: bool) -> String {
    let base = if is_xl { XL } else { "stable-diffusion-v1" };
    format!("{base}{}", if is_adapter { "/lora" } else { "" })
}

/// How it was trained, by plain names.
fn settings(tuning: &Tuning, steps: usize) -> BTreeMap<String, Value> {
    let mut all: BTreeMap<String, Value> = match serde_json::to_value(&tuning.settings) {
        Ok(Value::Object(settings)) => settings.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        _ => BTreeMap::new(),
    };
    all.insert("steps".to_owned(), json!(steps));
    if let Some(prediction) = &tuning.loading.prediction {
        all.insert("prediction".to_owned(), json!(prediction));
    }
    if let Some(class) = &tuning.class {
        all.insert("class_prompt".to_owned(), json!(class.prompt));
        all.insert("class_pictures".to_owned(), json!(class.count));
    }
    all
}
