//! What a file is called that is of a model: by its folder, by itself, or by where it lies in the hub's cache.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::walk::{Found, Kind};

/// Files that say that a folder holds one model, and folders in it parts of that.
const WHOLE: [&str; 3] = ["model_index.json", "config.json", "adapter_config.json"];

/// Names of weights that say less than their folder's.
const PLAIN: [&str; 6] =
    ["model", "pytorch_model", "diffusion_pytorch_model", "adapter_model", "pytorch_lora_weights", "consolidated"];

/// Whether a folder with these files holds one model, whatever folders are in it: `unet` and `vae` are parts and no models.
pub(super) fn is_whole<'a>(mut files: impl Iterator<Item = &'a str>) -> bool {
    files.any(|file| WHOLE.contains(&file))
}

/// Whether a folder inside one model's is another's after all.
pub(super) fn is_own<'a>(mut files: impl Iterator<Item = &'a str>) -> bool {
    files.any(|file| matches!(file, "model_index.json" | "README.md"))
}

/// What lies in a folder: how it is called, and its place, which no other has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Called {
    pub(super) name: String,
    pub(super) place: String,
    pub(super) on_hub: bool,
}

impl Called {
    /// `models--org--name/snapshots/…` is `org/name`; another folder is called as it is.
    pub(super) fn of_folder(dir: &Path, folder: &Path) -> Self {
        let inside = folder.strip_prefix(dir).unwrap_or(folder).to_string_lossy().into_owned();
        for part in folder.iter().rev().filter_map(|part| part.to_str()) {
            if let Some(name) = part.strip_prefix("models--").or_else(|| part.strip_prefix("datasets--")) {
                return Self { name: name.replacen("--", "/", 1), place: part.to_owned(), on_hub: true };
            }
        }
        let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
        let own = name(folder).or_else(|| name(&folder.canonicalize().ok()?)).unwrap_or_else(|| "model".to_owned());
        Self { name: own, place: inside, on_hub: false }
    }

    /// The same for one file of weights: a file with a name of its own is a model of its own, unless it is a part of one.
    pub(super) fn of_weights(self, file: &Path, is_part: bool) -> Self {
        let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let own = without_shard(&stem);
        // `model.fp16` and `model.ema` are forms of the same.
        let plain = own.split('.').next().unwrap_or(own);
        let is_folders = self.name.rsplit('/').next() == Some(own);
        if is_part || is_folders || own.is_empty() || PLAIN.contains(&plain) {
            return self;
        }
        let place = if self.place.is_empty() { own.to_owned() } else { format!("{}/{own}", self.place) };
        Self { name: own.to_owned(), place, on_hub: false }
    }
}

/// `fox-00001-of-00003` is a third of `fox`.
fn without_shard(stem: &str) -> &str {
    let is_number = |text: &str| text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    let shard = stem.rsplit_once("-of-").and_then(|(before, all)| Some((before.rsplit_once('-')?, all)));
    match shard {
        Some(((name, number), all)) if is_number(number) && is_number(all) => name,
        _ => stem,
    }
}

/// Two models that are called the same are called by their places: nobody merges them but whoever knows that they are one.
pub(super) fn told_apart(files: &mut [Found]) {
    let mut places: HashMap<&str, HashSet<&str>> = HashMap::new();
    for file in files.iter().filter(|file| is_named(file)) {
        places.entry(&file.called.name).or_default().insert(&file.called.place);
    }
    let many: HashSet<String> =
        places.into_iter().filter(|(_, places)| places.len() > 1).map(|(name, _)| name.to_owned()).collect();
    for file in files.iter_mut().filter(|file| is_named(file) && !file.called.on_hub) {
        if many.contains(&file.called.name) && !file.called.place.is_empty() {
            file.called.name = file.called.place.clone();
        }
    }
}

/// Whether it is called by its name or its folder's.
const fn is_named(file: &Found) -> bool {
    matches!(file.kind, Kind::Card { .. } | Kind::Safetensors | Kind::Dataset)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Called;

    fn called(file: &str, is_part: bool) -> (String, String) {
        let path = Path::new("/models").join(file);
        let folder = path.parent().map(|folder| Called::of_folder(Path::new("/models"), folder));
        folder.map(|folder| folder.of_weights(&path, is_part)).map(|it| (it.name, it.place)).unwrap_or_default()
    }

    #[test]
    fn weights_are_called_by_themselves_or_by_their_folder() {
        for (file, is_part, name, place) in [
            ("fox/model.safetensors", false, "fox", "fox"),
            ("fox/model-00001-of-00003.safetensors", false, "fox", "fox"),
            ("fox/diffusion_pytorch_model.fp16.safetensors", false, "fox", "fox"),
            ("loras/modelscope.safetensors", false, "modelscope", "loras/modelscope"),
            ("loras/pytorch_fox.safetensors", false, "pytorch_fox", "loras/pytorch_fox"),
            ("loras/fox-00001-of-00002.safetensors", false, "fox", "loras/fox"),
            ("fox/fox.safetensors", false, "fox", "fox"),
            ("fox/unet.safetensors", true, "fox", "fox"),
            ("models--me--fox/snapshots/1/model.safetensors", false, "me/fox", "models--me--fox"),
        ] {
            assert_eq!(called(file, is_part), (name.to_owned(), place.to_owned()), "{file}");
        }
    }
}
