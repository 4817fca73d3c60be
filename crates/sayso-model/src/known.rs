//! The models that people use, from where they can be had, and under which licence. A table, and nothing that fetches.

use sayso_core::Sha256;

use crate::Takes;

/// A model that can be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// By what it is named here.
    pub name: &'static str,
    /// What it is, in a few words.
    pub what: &'static str,
    /// What it can be given.
    pub takes: Takes,
    /// Numbers in a vector.
    pub dimension: usize,
    /// The licence of the weights, as their publisher states it.
    pub licence: &'static str,
    /// The repository at Hugging Face, if it lies there.
    pub repository: Option<&'static str>,
    /// Files of which each is the whole model; the first that is there is taken.
    pub files: &'static [KnownFile],
    /// For a CLIP, whether it was trained with the quick approximation of gelu.
    pub quick_gelu: Option<bool>,
}

/// A file with a model's weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownFile {
    /// Its name, in the repository or by itself.
    pub name: &'static str,
    /// Where it can be had.
    pub address: &'static str,
    /// Its digest, in hexadecimal, where its publisher or several who use it state one.
    pub sha256: Option<&'static str>,
}

const fn file(name: &'static str, address: &'static str, sha256: Option<&'static str>) -> KnownFile {
    KnownFile { name, address, sha256 }
}

/// All of them.
pub const KNOWN: &[Known] = &[
    Known {
        name: "clip-vit-b-32",
        what: "CLIP ViT-B/32, trained by OpenAI; what clip-retrieval uses if nothing else is said",
        takes: Takes::Both,
        dimension: 512,
        licence: "MIT",
        repository: Some("openai/clip-vit-base-patch32"),
        files: &[
            file(
                "pytorch_model.bin",
                "https://huggingface.co/openai/clip-vit-base-patch32/resolve/main/pytorch_model.bin",
                Some("a63082132ba4f97a80bea76823f544493bffa8082296d62d71581a4feff1576f"),
            ),
            file(
                "ViT-B-32.pt",
                "https://openaipublic.azureedge.net/clip/models/40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af/ViT-B-32.pt",
                Some("40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af"),
            ),
        ],
        quick_gelu: Some(true),
    },
    Known {
        name: "clip-vit-l-14",
        what: "CLIP ViT-L/14, trained by OpenAI; finer and five times slower",
        takes: Takes::Both,
        dimension: 768,
        licence: "MIT",
        repository: Some("openai/clip-vit-large-patch14"),
        files: &[
            file(
                "model.safetensors",
                "https://huggingface.co/openai/clip-vit-large-patch14/resolve/main/model.safetensors",
                Some("a2bf730a0c7debf160f7a6b50b3aaf3703e7e88ac73de7a314903141db026dcb"),
            ),
            file(
                "ViT-L-14.pt",
                "https://openaipublic.azureedge.net/clip/models/b8cca3fd41ae0c99ba7e8951adf17d267cdb84cd88be6f7c2e0eca1737a03836/ViT-L-14.pt",
                Some("b8cca3fd41ae0c99ba7e8951adf17d267cdb84cd88be6f7c2e0eca1737a03836"),
            ),
        ],
        quick_gelu: Some(true),
    },
    Known {
        name: "clip-vit-b-32-laion2b",
        what: "CLIP ViT-B/32, trained on LAION-2B",
        takes: Takes::Both,
        dimension: 512,
        licence: "MIT",
        repository: Some("laion/CLIP-ViT-B-32-laion2B-s34B-b79K"),
        files: &[
            file(
                "open_clip_model.safetensors",
                "https://huggingface.co/laion/CLIP-ViT-B-32-laion2B-s34B-b79K/resolve/main/open_clip_model.safetensors",
                None,
            ),
            file(
                "open_clip_pytorch_model.bin",
                "https://huggingface.co/laion/CLIP-ViT-B-32-laion2B-s34B-b79K/resolve/main/open_clip_pytorch_model.bin",
                None,
            ),
        ],
        quick_gelu: Some(false),
    },
    Known {
        name: "clip-vit-l-14-laion2b",
        what: "CLIP ViT-L/14, trained on LAION-2B",
        takes: Takes::Both,
        dimension: 768,
        licence: "MIT",
        repository: Some("laion/CLIP-ViT-L-14-laion2B-s32B-b82K"),
        files: &[
            file(
                "open_clip_model.safetensors",
                "https://huggingface.co/laion/CLIP-ViT-L-14-laion2B-s32B-b82K/resolve/main/open_clip_model.safetensors",
                None,
            ),
            file(
                "open_clip_pytorch_model.bin",
                "https://huggingface.co/laion/CLIP-ViT-L-14-laion2B-s32B-b82K/resolve/main/open_clip_pytorch_model.bin",
                None,
            ),
        ],
        quick_gelu: Some(false),
    },
    Known {
        name: "sscd-disc-mixup",
        what: "SSCD (ResNet-50), trained by Meta to recognise copies of a picture",
        takes: Takes::Pictures,
        dimension: 512,
        licence: "MIT",
        repository: None,
        files: &[
            file(
                "sscd_disc_mixup.torchvision.pt",
                "https://dl.fbaipublicfiles.com/sscd-copy-detection/sscd_disc_mixup.torchvision.pt",
                None,
            ),
            file(
                "sscd_disc_mixup.torchscript.pt",
                "https://dl.fbaipublicfiles.com/sscd-copy-detection/sscd_disc_mixup.torchscript.pt",
                None,
            ),
        ],
        quick_gelu: None,
    },
    Known {
        name: "all-minilm-l6-v2",
        what: "MiniLM, trained to give sentences of one meaning one vector; English",
        takes: Takes::Texts,
        dimension: 384,
        licence: "Apache-2.0",
        repository: Some("sentence-transformers/all-MiniLM-L6-v2"),
        files: &[file(
            "model.safetensors",
            "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2/resolve/main/model.safetensors",
            Some("53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
        )],
        quick_gelu: None,
    },
];

/// The model of this name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|model| model.name == name)
}

/// The model whose weights have this digest.
#[must_use]
pub fn by_digest(digest: Sha256) -> Option<&'static Known> {
    let digest = digest.to_string();
    KNOWN.iter().find(|model| model.files.iter().any(|file| file.sha256 == Some(digest.as_str())))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::KNOWN;

    #[test]
    fn the_table_can_be_what_it_says() {
        let names: BTreeSet<_> = KNOWN.iter().map(|model| model.name).collect();
        assert_eq!(names.len(), KNOWN.len());
        for model in KNOWN {
            assert!(!model.files.is_empty(), "{}", model.name);
            for file in model.files {
                assert!(file.address.starts_with("https://") && file.address.ends_with(file.name), "{}", file.name);
                let is_digest =
                    |text: &str| text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
                assert!(file.sha256.is_none_or(is_digest), "{}", file.name);
            }
        }
    }
}
