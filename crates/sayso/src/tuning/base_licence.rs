use std::path::{Path, PathBuf};

use sayso_lineage::{FORMAT_LIMITS, Licence, Terms, read_card};
use serde_json::Value;

use crate::signals::read_up_to;
use crate::training::read_head;

/// The licence of a base, by what lies with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseLicence {
    licence: Licence,
    said_in: String,
}

/// Bytes of a card or of an index.
const BYTES: u64 = 256 << 10;
/// Characters of a licence's text in which it says what it is. Further down it may speak of others.
const HEAD_CHARS: usize = 400;
/// Characters of a licence's name.
const NAME_CHARS: usize = 200;

/// Texts of licences that bases come with, by words that stand at their head and at no other's; the narrower first.
const TEXTS: [(&str, &str); 10] = [
    ("creativeml open rail++-m", "openrail++"),
    ("creativeml openrail++-m", "openrail++"),
    ("creativeml open rail-m", "creativeml-openrail-m"),
    ("creativeml openrail-m", "creativeml-openrail-m"),
    ("stability ai non-commercial research community license", "sai-nc-community"),
    ("stability ai community license", "stability-ai-community"),
    ("creative commons attribution-noncommercial 4.0", "cc-by-nc-4.0"),
    ("attribution-noncommercial 4.0 international", "cc-by-nc-4.0"),
    ("apache license version 2.0", "apache-2.0"),
    ("permission is hereby granted, free of charge, to any person obtaining a copy", "mit"),
];

/// The licence of a model: by the head of its card, by its index, by the head of its weights, or by the text of the licence
/// that lies with it. `None` where nothing says, or says what is not known.
#[must_use]
pub fn base_licence(base: &Path) -> Option<BaseLicence> {
    let said = |licence: String, said_in: &str| {
        let licence: String = licence.trim().chars().filter(|c| !c.is_control()).take(NAME_CHARS).collect();
        let is_said = !matches!(licence.to_ascii_lowercase().as_str(), "" | "unknown" | "other" | "none");
        is_said.then(|| BaseLicence { licence: Licence::new(&licence), said_in: said_in.to_owned() })
    };
    if base.is_file() {
        return said(of_weights(base)?, "the head of its weights");
    }
    let found = of_card(&base.join("README.md")).and_then(|licence| said(licence, "README.md"));
    let found = found.or_else(|| said(of_index(&base.join("model_index.json"))?, "model_index.json"));
    let found = found.or_else(|| {
        let of_unet = sorted(&base.join("unet"), |name| name.ends_with(".safetensors"));
        said(of_unet.iter().find_map(|path| of_weights(path))?, "the head of its weights")
    });
    found.or_else(|| {
        let texts = sorted(base, |name| name.starts_with("LICENSE") || name.starts_with("LICENCE"));
        let path = texts.first()?;
        let known = of_text(path)?;
        // Where several lie there, nobody says which of them is the base's.
        let agree = texts.iter().skip(1).all(|other| of_text(other).as_ref() == Some(&known));
        if agree { said(known, &path.file_name()?.to_string_lossy()) } else { None }
    })
}

impl BaseLicence {
    /// Its name, as it was written.
    #[must_use]
    pub fn name(&self) -> &str {
        self.licence.as_str()
    }

    /// What of the base says so.
    #[must_use]
    pub fn said_in(&self) -> &str {
        &self.said_in
    }

    /// What it asks for; `None` where that is not known.
    #[must_use]
    pub fn terms(&self) -> Option<Terms> {
        self.licence.terms()
    }

    /// What whoever hands on what was made of the base has to know, where that is to be under `given`, if under anything.
    /// `None` where the licence asks for nothing but a name.
    #[must_use]
    pub fn passed_on(&self, given: Option<&str>) -> Option<String> {
        let terms = Terms { attribution: false, ..self.terms()? };
        if terms.is_open() {
            return None;
        }
        let (name, said_in) = (self.name(), self.said_in());
        let of_base = format!("the licence of the base, `{name}` by {said_in}, has {}", terms.names().join(", "));
        let Some(given) = given else {
            return Some(format!("{of_base}: this holds for what is made of it, and is handed on with it"));
        };
        let licence = Licence::new(given);
        if licence.is_same(&self.licence) {
            return None;
        }
        match licence.terms() {
            None => Some(format!("{of_base}, and what `{given}` asks for is not known")),
            Some(later) => {
                let lost = terms.lost_in(later);
                (!lost.is_open()).then(|| format!("{of_base}, and `{given}` has no {}", lost.names().join(", ")))
            }
        }
    }
}

fn of_card(path: &Path) -> Option<String> {
    let text = String::from_utf8_lossy(&read_up_to(path, BYTES).ok()?).into_owned();
    let card = read_card(&text, &FORMAT_LIMITS).ok()??;
    match (card.license.as_deref(), card.license_name) {
        (Some("other") | None, Some(name)) => Some(name),
        (licence, _) => licence.map(str::to_owned),
    }
}

fn of_index(path: &Path) -> Option<String> {
    let index: Value = serde_json::from_slice(&read_up_to(path, BYTES).ok()?).ok()?;
    index.get("license").and_then(Value::as_str).map(str::to_owned)
}

fn of_weights(path: &Path) -> Option<String> {
    read_head(path)?.remove("modelspec.license")
}

fn of_text(path: &Path) -> Option<String> {
    let text = String::from_utf8_lossy(&read_up_to(path, BYTES).ok()?).to_lowercase();
    let text = text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
    let text: String = text.collect::<Vec<_>>().join(" ").chars().take(HEAD_CHARS).collect();
    let known = TEXTS.iter().find(|(words, _)| text.contains(&words.replace(", ", " ")));
    known.map(|(_, name)| (*name).to_owned())
}

fn sorted(folder: &Path, is_wanted: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let entries = fs_err::read_dir(folder).into_iter().flatten().flatten();
    let wanted = entries.filter(|entry| is_wanted(&entry.file_name().to_string_lossy()));
    let mut paths: Vec<PathBuf> = wanted.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    paths.sort();
    paths
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{BaseLicence, base_licence};

    fn weights(metadata: &str) -> Vec<u8> {
        let head = format!("{{\"__metadata__\":{{{metadata}}}}}");
        [&(head.len() as u64).to_le_bytes()[..], head.as_bytes()].concat()
    }

    #[test]
    fn a_licence_is_read_where_bases_say_it() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path();
        let told = |licence: Option<BaseLicence>| licence.map(|it| (it.name().to_owned(), it.said_in().to_owned()));
        let expect =
            |name: &str, said_in: &str| assert_eq!(told(base_licence(dir)), Some((name.into(), said_in.into())));
        assert_eq!(base_licence(dir), None);
        fs_err::write(dir.join("LICENSE.md"), "All of this is mine.").unwrap();
        assert_eq!(base_licence(dir), None, "a text of its own is not known");
        for (text, name) in [
            ("Copyright (c) 2022\n\nCreativeML Open RAIL-M\ndated August 22, 2022", "creativeml-openrail-m"),
            ("CreativeML Open RAIL++-M License dated July 26, 2023", "openrail++"),
            ("  Apache License\n  Version 2.0, January 2004", "apache-2.0"),
            ("Permission is hereby granted, free of charge, to any\nperson obtaining a copy", "mit"),
        ] {
            fs_err::write(dir.join("LICENSE.md"), text).unwrap();
            expect(name, "LICENSE.md");
        }
        // What a text speaks of further down is not what it is, and two that differ say nothing.
        let below =
            format!("All of this is mine. {} It is not under the Apache License, Version 2.0", "words ".repeat(100));
        fs_err::write(dir.join("LICENSE.md"), below).unwrap();
        assert_eq!(base_licence(dir), None);
        fs_err::write(dir.join("LICENSE.md"), "Apache License\nVersion 2.0").unwrap();
        fs_err::write(dir.join("LICENSE-WEIGHTS"), "CreativeML Open RAIL-M").unwrap();
        assert_eq!(base_licence(dir), None);
        fs_err::write(dir.join("LICENSE-WEIGHTS"), "Apache License\nVersion 2.0").unwrap();
        expect("apache-2.0", "LICENSE-WEIGHTS");
        fs_err::create_dir(dir.join("unet")).unwrap();
        fs_err::write(dir.join("unet").join("a.safetensors"), weights(r#""modelspec.license":"openrail++""#)).unwrap();
        expect("openrail++", "the head of its weights");
        fs_err::write(dir.join("model_index.json"), r#"{"license": "cc-by-nc-4.0"}"#).unwrap();
        expect("cc-by-nc-4.0", "model_index.json");
        fs_err::write(dir.join("README.md"), "---\nlicense: creativeml-openrail-m\n---\n# A model\n").unwrap();
        expect("creativeml-openrail-m", "README.md");
        fs_err::write(dir.join("README.md"), "---\nlicense: other\nlicense_name: sai-nc-community\n---\n").unwrap();
        expect("sai-nc-community", "README.md");
        // A card that does not say leaves it to the others.
        fs_err::write(dir.join("README.md"), "---\nlicense: other\n---\n").unwrap();
        expect("cc-by-nc-4.0", "model_index.json");
        let file = dir.join("unet").join("a.safetensors");
        assert_eq!(told(base_licence(&file)), Some(("openrail++".into(), "the head of its weights".into())));
        fs_err::write(&file, "nothing").unwrap();
        assert_eq!(base_licence(&file), None);
    }

    #[test]
    fn restrictions_that_are_handed_on_are_told() {
        let of =
            |name: &str| BaseLicence { licence: sayso_lineage::Licence::new(name), said_in: "README.md".to_owned() };
        let rail = of("creativeml-openrail-m");
        let told = rail.passed_on(None).unwrap();
        assert!(told.contains("use restrictions") && told.contains("handed on with it"), "{told}");
        assert_eq!(rail.passed_on(Some("CreativeML OpenRAIL-M")), None);
        assert_eq!(rail.passed_on(Some("openrail++")), None);
        assert!(rail.passed_on(Some("mit")).unwrap().ends_with("`mit` has no use restrictions"));
        assert!(rail.passed_on(Some("my own")).unwrap().contains("what `my own` asks for is not known"));
        assert!(of("cc-by-nc-4.0").passed_on(Some("apache-2.0")).unwrap().contains("non-commercial"));
        for open in ["mit", "apache-2.0", "cc0-1.0", "nobody knows"] {
            assert_eq!(of(open).passed_on(None), None, "{open}");
        }
    }
}
