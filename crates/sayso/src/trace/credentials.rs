use std::io::Cursor;

use c2pa::Reader;
use c2pa::assertions::Relationship;
use c2pa::validation_results::ValidationState;
use c2pa::validation_status::ValidationStatus;
use sayso_consent::embedded::TRAINING_MINING;
use serde_json::Value;

use super::{CredentialState, Credentials, IngredientTraced};
use crate::outputs::GENERATION;
use crate::reserve::{credential_context, format_of_credentials};

/// Ingredients and actions that are told.
const TOLD: usize = 200;

/// Bytes of our own assertion.
const ASSERTION_BYTES: usize = 1 << 20;

/// The credentials of a picture; `None` where it has none.
pub(super) fn read(bytes: &[u8]) -> Result<Option<Credentials>, String> {
    let Some(format) = format_of_credentials(bytes).filter(|_| memchr::memmem::find(bytes, b"c2pa").is_some()) else {
        return Ok(None);
    };
    let unread = |error: c2pa::Error| format!("its credentials cannot be read: {error}");
    let context = credential_context(&[]).map_err(unread)?;
    let reader = match Reader::from_context(context).with_stream(format, Cursor::new(bytes)) {
        Ok(reader) => reader,
        Err(c2pa::Error::JumbfNotFound) => return Ok(None),
        Err(error) => return Err(unread(error)),
    };
    let Some(manifest) = reader.active_manifest() else { return Ok(None) };
    let assertion = |label: &str| -> Option<Value> {
        let value = manifest.find_assertion::<Value>(label).ok()?;
        (value.to_string().len() <= ASSERTION_BYTES).then_some(value)
    };
    let state = match reader.validation_state() {
        ValidationState::Trusted => CredentialState::Trusted,
        ValidationState::Valid => CredentialState::Valid,
        ValidationState::Invalid => CredentialState::Invalid,
    };
    let problems = reader.validation_status().unwrap_or_default().iter().map(ValidationStatus::code);
    let mut problems: Vec<String> = problems.map(str::to_owned).take(TOLD).collect();
    problems.dedup();
    let generator = manifest.claim_generator_info.as_ref().and_then(|info| info.first()).map(|info| {
        let version = info.version.as_deref().unwrap_or_default();
        format!("{} {version}", info.name).trim().to_owned()
    });
    let ingredients = manifest.ingredients().iter().take(TOLD).map(|ingredient| IngredientTraced {
        title: ingredient.title().map(str::to_owned),
        relationship: match ingredient.relationship() {
            Relationship::ParentOf => "parentOf",
            Relationship::ComponentOf => "componentOf",
            Relationship::InputTo => "inputTo",
        },
        id: ingredient.instance_id().to_owned(),
        has_credentials: ingredient.active_manifest().is_some(),
    });
    Ok(Some(Credentials {
        state,
        problems,
        signer: manifest.issuer(),
        signed_by: manifest.common_name(),
        time: manifest.time(),
        title: manifest.title().map(str::to_owned),
        generator: generator.or_else(|| manifest.claim_generator().map(str::to_owned)),
        actions: actions(assertion("c2pa.actions").as_ref()),
        ingredients: ingredients.collect(),
        mining: assertion(TRAINING_MINING),
        generation: assertion(GENERATION),
    }))
}

fn actions(assertion: Option<&Value>) -> Vec<(String, Option<String>)> {
    let list = assertion.and_then(|assertion| assertion.get("actions")).and_then(Value::as_array).into_iter().flatten();
    let text = |action: &Value, key: &str| action.get(key).and_then(Value::as_str).map(str::to_owned);
    list.take(TOLD).filter_map(|action| Some((text(action, "action")?, text(action, "digitalSourceType")))).collect()
}
