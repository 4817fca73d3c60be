use std::collections::BTreeMap;
use std::path::Path;

use candle_core::Tensor;
use serde_json::{Map, Value, json};

use crate::DiffusionError;
use crate::adapter::{Part, replace, write_tensors};
use crate::config::text;
use crate::load::{DIFFUSERS, TRANSFORMERS};

const INDEX: &str = "model_index.json";
/// Bytes of an index: the longest known has 1,000.
const INDEX_BYTES: u64 = 1 << 20;
/// The parts that are known, and nothing else that a person may keep beside them.
const PARTS: [&str; 7] = ["unet", "vae", "text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2", "scheduler"];

/// Writes a whole model: the base's files, and of the nets that were trained what was learned.
pub(super) fn write(
    base: &Path,
    prediction: Option<&str>,
    folder: &Path,
    values: &BTreeMap<String, Tensor>,
    texts: &BTreeMap<String, String>,
) -> Result<(), DiffusionError> {
    let parts = Part::ALL.map(|part| {
        let (part, [name, _]) = (part.name(), if part == Part::Unet { DIFFUSERS } else { TRANSFORMERS });
        let start = format!("{part}.");
        let of = values.iter().filter_map(|(key, value)| Some((key.strip_prefix(&start)?.to_owned(), value.clone())));
        (part, name, of.collect::<BTreeMap<_, _>>())
    });
    if folder.join(INDEX).exists() {
        return Err(DiffusionError::State {
            path: folder.to_owned(),
            reason: "a model is in it already".to_owned(),
            hint: "name a folder that is not there yet",
        });
    }
    let mut index = index(base)?;
    // A part that the index has no class for is none.
    let named = |part: &str| match index.get(part).and_then(|classes| classes.get(0)) {
        Some(class) => !class.is_null(),
        None => base.join(part).is_dir(),
    };
    let copied: Vec<&str> = PARTS.into_iter().filter(|part| named(part)).collect();
    for part in &copied {
        // Of a part that was trained, the weights are written anew, and what lies beside the old ones speaks of those.
        let trained = parts.iter().any(|(of, _, learned)| of == part && !learned.is_empty());
        copy(&base.join(part), &folder.join(part), &|name| !trained || name == "config.json")?;
    }
    // Nothing else of the root: what it says is of the base, and single files in it are the base itself.
    copy(base, folder, &|name| name.starts_with("LICENSE") || name.starts_with("LICENCE"))?;
    if let Some(prediction) = prediction {
        say_prediction(folder, prediction)?;
    }
    let mut texts = texts.clone();
    texts.entry("format".to_owned()).or_insert_with(|| "pt".to_owned());
    for (part, name, tensors) in parts.iter().filter(|(.., of)| !of.is_empty()) {
        write_tensors(&folder.join(part).join(format!("{name}.safetensors")), tensors, &texts)?;
    }
    // The index last: without it, a folder is no model.
    for (name, entry) in &mut index {
        if entry.is_array() && !copied.contains(&name.as_str()) {
            *entry = json!([null, null]);
        }
    }
    // XL has no place for one.
    if !copied.contains(&Part::SecondText.name()) {
        index.insert("requires_safety_checker".to_owned(), json!(false));
    }
    let index = serde_json::to_vec_pretty(&index).map_err(|error| DiffusionError::Compute(error.to_string()))?;
    replace(&folder.join(INDEX), &mut |out| out.write_all(&index))
}

/// Lets the scheduler say what the net predicts: what was told with the base is what it was trained to.
fn say_prediction(folder: &Path, prediction: &str) -> Result<(), DiffusionError> {
    let path = folder.join("scheduler").join("scheduler_config.json");
    let mut config: Map<String, Value> = object(&path)?;
    config.insert("prediction_type".to_owned(), json!(prediction));
    let config = serde_json::to_vec_pretty(&config).map_err(|error| DiffusionError::Compute(error.to_string()))?;
    replace(&path, &mut |out| out.write_all(&config))
}

/// What the base says of its parts.
fn index(base: &Path) -> Result<Map<String, Value>, DiffusionError> {
    object(&base.join(INDEX))
}

fn object(path: &Path) -> Result<Map<String, Value>, DiffusionError> {
    serde_json::from_str(&text(path, INDEX_BYTES)?).map_err(|error| DiffusionError::Config {
        path: path.to_owned(),
        reason: format!("it is no JSON object: {error}"),
        hint: "fetch it again",
    })
}

/// Copies the files of a folder that are wanted by their names, and nothing of the folders in it.
fn copy(from: &Path, to: &Path, wanted: &dyn Fn(&str) -> bool) -> Result<(), DiffusionError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| DiffusionError::Written { path, source }
    };
    fs_err::create_dir_all(to).map_err(failed(to))?;
    for entry in fs_err::read_dir(from).map_err(failed(from))? {
        let path = entry.map_err(failed(from))?.path();
        let Some(name) = path.file_name() else { continue };
        if path.is_file() && wanted(&name.to_string_lossy()) {
            fs_err::copy(&path, to.join(name)).map_err(failed(&path))?;
        }
    }
    Ok(())
}
