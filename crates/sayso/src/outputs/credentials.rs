//! Credentials of made pictures: a C2PA manifest that says how they came to be, signed.

use std::io::Cursor;
use std::path::Path;

use c2pa::assertions::{AssetType, Relationship};
use c2pa::{Builder, BuilderIntent, DigitalSourceType, Ingredient};
use sayso_consent::embedded::{TRAINING_MINING, training_entries};
use sayso_core::Sha256;
use serde_json::{Map, Value, json};
use sha2::Digest as _;

use super::GENERATION;
use super::local_key::LocalKey;
use super::mining::Mining;
use super::origin::{MadeOf, OutputFacts};
use crate::Error;
use crate::reserve::{Signing, credential_context, format_of_credentials, refuse_invalid};

/// Of IPTC's vocabulary: all of it made by a model; made by a model of something that was there.
const TRAINED: &str = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";
const COMPOSITE: &str = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia";

/// C2PA's types of what goes into a run.
const MODEL: &str = "c2pa.types.model";

/// Who signs made pictures.
#[derive(Debug)]
pub struct Signatory {
    signing: Signing,
    local: Option<LocalKey>,
}

impl Signatory {
    /// Signs with a key and the chain of its certificate, both in PEM.
    pub fn from_files(chain: &Path, key: &Path) -> Result<Self, Error> {
        Ok(Self { signing: Signing::from_files(chain, key)?, local: None })
    }

    /// Signs with a key that lies on this machine, and is made where none is. Whoever reads it sees that the file is as it was
    /// signed, and by the same key as others; not by whom.
    pub fn local(folder: Option<&Path>) -> Result<Self, Error> {
        let local = LocalKey::open_or_make(folder)?;
        Ok(Self { signing: Signing::from_files(&local.chain, &local.key)?, local: Some(local) })
    }

    /// Where the key was made, if it was made now.
    #[must_use]
    pub fn made_at(&self) -> Option<&Path> {
        self.local.as_ref().filter(|local| local.is_new).map(|local| local.key.as_path())
    }

    /// Whether nobody vouches for the key.
    #[must_use]
    pub const fn is_local(&self) -> bool {
        self.local.is_some()
    }

    /// The file with credentials. `init` is the picture that it was begun at, with credentials of its own if it has any.
    pub fn sign(
        &self,
        file: &[u8],
        facts: &OutputFacts,
        init: Option<&[u8]>,
        mining: Mining,
    ) -> Result<Vec<u8>, Error> {
        let failed = |why: String| Error::Input {
            input: facts.title.clone(),
            message: format!("no credentials can be written into it: {why}\nhint: say --unsigned to write it without"),
        };
        let format =
            format_of_credentials(file).ok_or_else(|| failed("of this kind of file none are known".to_owned()))?;
        let signed = self.signed(file, format, facts, init, mining).map_err(|error| failed(error.to_string()))?;
        refuse_invalid(&signed, format).map_err(failed)?;
        Ok(signed)
    }

    fn signed(
        &self,
        file: &[u8],
        format: &str,
        facts: &OutputFacts,
        init: Option<&[u8]>,
        mining: Mining,
    ) -> c2pa::Result<Vec<u8>> {
        let context = credential_context(&["c2pa.actions", TRAINING_MINING, GENERATION])?;
        let mut builder = Builder::from_context(context).with_definition(json!({
            "title": facts.title,
            "format": format,
            "claim_generator_info": [{ "name": "sayso", "version": env!("CARGO_PKG_VERSION") }],
        }))?;
        let parent = init.and_then(|init| Some((init, format_of_credentials(init)?)));
        let mut inputs = Vec::new();
        for (number, of) in std::iter::once(&facts.base).chain(&facts.adapters).enumerate() {
            let label = if number == 0 { "base".to_owned() } else { format!("adapter-{number}") };
            builder.add_ingredient(ingredient(of, &label));
            inputs.push(label);
        }
        let agent = json!({ "name": "sayso", "version": env!("CARGO_PKG_VERSION") });
        match parent {
            Some((init, init_format)) => {
                builder.set_intent(BuilderIntent::Edit);
                let parent =
                    json!({ "relationship": "parentOf", "label": "init", "title": "the picture that it was begun at" });
                builder.add_ingredient_from_stream(parent.to_string(), init_format, &mut Cursor::new(init))?;
                builder.add_action(json!({ "action": "c2pa.opened", "parameters": { "ingredientIds": ["init"] } }))?;
                builder.add_action(json!({
                    "action": "c2pa.edited",
                    "digitalSourceType": COMPOSITE,
                    "softwareAgent": agent,
                    "parameters": { "ingredientIds": inputs },
                }))?;
            }
            None => {
                builder.set_intent(BuilderIntent::Create(DigitalSourceType::TrainedAlgorithmicMedia));
                builder.add_action(json!({
                    "action": "c2pa.created",
                    "digitalSourceType": TRAINED,
                    "softwareAgent": agent,
                    "parameters": { "ingredientIds": inputs },
                }))?;
            }
        }
        let init_digest = init.map(|init| Sha256(sha2::Sha256::digest(init).into()));
        builder.add_assertion(GENERATION, &facts.to_json(init_digest))?;
        let wishes = mining.wishes();
        let entries: Map<String, Value> = training_entries(&wishes.no, &wishes.yes)
            .into_iter()
            .map(|(key, answer)| (key, json!({ "use": answer })))
            .collect();
        if !entries.is_empty() {
            builder.add_assertion(TRAINING_MINING, &json!({ "entries": entries }))?;
        }
        let mut signed = Cursor::new(Vec::new());
        builder.sign(self.signing.signer(), format, &mut Cursor::new(file), &mut signed)?;
        Ok(signed.into_inner())
    }
}

/// A model as an ingredient: it has no file here that could be bound, so its digest is its name.
fn ingredient(of: &MadeOf, label: &str) -> Ingredient {
    let mut ingredient = Ingredient::new_v2(of.name.clone(), "application/octet-stream");
    ingredient
        .set_relationship(Relationship::InputTo)
        .set_instance_id(format!("sha256:{}", of.digest()))
        .add_data_type(AssetType::new(MODEL, None))
        .set_label(label);
    ingredient
}
