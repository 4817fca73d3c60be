//! C2PA manifests with the assertion on training and data mining, signed.

use std::fmt;
use std::io::Cursor;
use std::path::Path;

use c2pa::settings::Settings;
use c2pa::validation_results::ValidationState;
use c2pa::validation_status::ValidationStatus;
use c2pa::{Builder, BuilderIntent, Context, EphemeralSigner, Reader, Signer, create_signer};
use sayso_consent::embedded::{TRAINING_MINING, training_entries};
use sayso_core::UsageCategory;
use serde_json::{Value, json};

use super::Wishes;
use super::key::algorithm_of;
use crate::Error;

/// The smallest picture: one pixel.
const TRIAL: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3b";

/// Who signs manifests.
pub struct Signing {
    signer: Box<dyn Signer>,
    /// Whether anybody could know the signer.
    is_self_signed: bool,
}

impl fmt::Debug for Signing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signing").field("is_self_signed", &self.is_self_signed).finish_non_exhaustive()
    }
}

impl Signing {
    /// Signs with the key in one file of PEM and the certificates in another, that of the key first.
    pub fn from_files(certificates: &Path, key: &Path) -> Result<Self, Error> {
        let refused = |path: &Path, message: String| Error::Input { input: path.display().to_string(), message };
        let chain = fs_err::read(certificates).map_err(Error::file(certificates))?;
        let secret = fs_err::read(key).map_err(Error::file(key))?;
        let algorithm = algorithm_of(&secret).ok_or_else(|| {
            let message = "it is no private key in PKCS #8\nhint: `openssl pkcs8 -topk8 -nocrypt` makes one of another";
            refused(key, message.to_owned())
        })?;
        let signer = create_signer::from_keys(&chain, &secret, algorithm, None).map_err(|error| {
            let hint = "the chain starts with the certificate of the key, for signing documents";
            refused(certificates, format!("nothing can be signed with it: {error}\nhint: {hint}"))
        })?;
        let signing = Self { signer, is_self_signed: false };
        // What does not fit together shows in a signature only, and better now than in every picture.
        let trial = Wishes { no: vec![UsageCategory::TrainAi], yes: Vec::new() };
        match signing.sign(TRIAL, TRIAL, &trial) {
            Ok(_) => Ok(signing),
            Err(message) => {
                let message = message.split('\n').next().unwrap_or_default();
                let hint = "name the chain of the key first, made for signing documents, and then the key";
                Err(refused(
                    certificates,
                    format!("nothing can be signed with it and this key: {message}\nhint: {hint}"),
                ))
            }
        }
    }

    /// Signs with a key that is made now, kept nowhere, and known to nobody.
    pub fn self_signed() -> Result<Self, Error> {
        let failed =
            |error| Error::Input { input: "--self-signed".to_owned(), message: format!("no key can be made: {error}") };
        Ok(Self {
            signer: Box::new(EphemeralSigner::new("sayso.self-signed.invalid").map_err(failed)?),
            is_self_signed: true,
        })
    }

    /// Whether anybody could know the signer.
    #[must_use]
    pub const fn is_self_signed(&self) -> bool {
        self.is_self_signed
    }

    /// `new` with a manifest bound to it, in which `old` is what it was made of, with the manifests that `old` has.
    pub(super) fn sign(&self, old: &[u8], new: &[u8], wishes: &Wishes) -> Result<Vec<u8>, String> {
        let entries: serde_json::Map<String, Value> = training_entries(&wishes.no, &wishes.yes)
            .into_iter()
            .map(|(key, answer)| (key, json!({ "use": answer })))
            .collect();
        if entries.is_empty() {
            return Err("a C2PA manifest has no words for these uses\nhint: leave --sign out".to_owned());
        }
        let format =
            format_of(new).ok_or("no C2PA manifest can be put into this kind of file\nhint: leave --sign out")?;
        let told =
            |error: c2pa::Error| format!("no C2PA manifest can be written into it: {error}\nhint: leave --sign out");
        let signed = self.signed(format, old, new, &json!({ "entries": entries })).map_err(told)?;
        refuse_invalid(&signed, format).map_err(|why| format!("{why}\nhint: leave --sign out"))?;
        Ok(signed)
    }

    /// Who signs, for manifests that say something else.
    pub(crate) fn signer(&self) -> &dyn Signer {
        &*self.signer
    }

    fn signed(&self, format: &str, old: &[u8], new: &[u8], assertion: &Value) -> c2pa::Result<Vec<u8>> {
        let mut builder = Builder::from_context(credential_context(&["c2pa.actions", TRAINING_MINING])?)
            .with_definition(json!({
                "format": format,
                "claim_generator_info": [{ "name": "sayso", "version": env!("CARGO_PKG_VERSION") }],
            }))?;
        builder.set_intent(BuilderIntent::Edit);
        let parent = json!({ "relationship": "parentOf", "label": "parent", "title": "the picture before" });
        builder.add_ingredient_from_stream(parent.to_string(), format, &mut Cursor::new(old))?;
        builder.add_action(json!({
            "action": "c2pa.opened",
            "parameters": { "ingredientIds": ["parent"] },
        }))?;
        builder.add_action(json!({ "action": "c2pa.edited.metadata" }))?;
        builder.add_assertion(TRAINING_MINING, assertion)?;
        let mut signed = Cursor::new(Vec::new());
        builder.sign(&*self.signer, format, &mut Cursor::new(new), &mut signed)?;
        Ok(signed.into_inner())
    }
}

/// Refuses a file whose manifest does not hold. The library signs what it cannot verify, if its settings say so; ours is to be
/// relied on.
pub(crate) fn refuse_invalid(signed: &[u8], format: &str) -> Result<(), String> {
    let told = |error: c2pa::Error| format!("the new C2PA manifest cannot be read again: {error}");
    let reader = Reader::from_context(credential_context(&[]).map_err(told)?);
    let reader = reader.with_stream(format, Cursor::new(signed)).map_err(told)?;
    if reader.validation_state() != ValidationState::Invalid {
        return Ok(());
    }
    let failures: Vec<_> = reader.validation_status().unwrap_or_default().iter().map(ValidationStatus::code).collect();
    Err(format!("the new C2PA manifest is not valid ({})", failures.join(", ")))
}

/// Settings that need no network. Assertions of these labels are the signer's own statements, not ones that the program gathered.
pub(crate) fn credential_context(created: &[&str]) -> c2pa::Result<Context> {
    let mut settings = json!({ "verify": { "remote_manifest_fetch": false, "ocsp_fetch": false } });
    if let (false, Some(settings)) = (created.is_empty(), settings.as_object_mut()) {
        settings.insert("builder".to_owned(), json!({ "created_assertion_labels": created }));
    }
    Context::new().with_settings(Settings::new().with_json(&settings.to_string())?)
}

/// The media type of a picture that can hold a manifest.
pub(crate) fn format_of(bytes: &[u8]) -> Option<&'static str> {
    let brand = |brands: &[&[u8]]| brands.iter().any(|brand| bytes.get(8..12) == Some(*brand));
    match bytes {
        [0xff, 0xd8, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [b'R', b'I', b'F', b'F', ..] => Some("image/webp"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [b'I', b'I', 42, ..] | [b'M', b'M', 0, 42, ..] => Some("image/tiff"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] if brand(&[b"avif"]) => Some("image/avif"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] if brand(&[b"heic", b"heix"]) => Some("image/heic"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] if brand(&[b"mif1"]) => Some("image/heif"),
        _ => memchr::memmem::find(bytes.get(..4096.min(bytes.len()))?, b"<svg").map(|_| "image/svg+xml"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use std::io::Cursor;

    use c2pa::Reader;
    use c2pa::validation_results::ValidationState;
    use sayso_core::UsageCategory::{FineTune, TrainAi, TrainGenai};

    use super::{Signing, TRAINING_MINING, Wishes, credential_context};

    const PICTURE: &[u8] = include_bytes!("../../../sayso-consent/tests/embedded/files/plain.jpg");

    fn read(bytes: &[u8]) -> Reader {
        Reader::from_context(credential_context(&[]).unwrap()).with_stream("image/jpeg", Cursor::new(bytes)).unwrap()
    }

    #[test]
    fn a_manifest_holds_until_the_file_is_changed() {
        let signing = Signing::self_signed().unwrap();
        let wishes = Wishes { no: vec![TrainGenai], yes: vec![TrainAi] };
        let mut signed = signing.sign(PICTURE, PICTURE, &wishes).unwrap();
        let reader = read(&signed);
        // Valid, and not trusted: nobody knows the signer.
        assert_eq!(reader.validation_state(), ValidationState::Valid);
        let manifest = reader.active_manifest().unwrap();
        let assertion: serde_json::Value = manifest.find_assertion(TRAINING_MINING).unwrap();
        let expected = serde_json::json!({ "entries": {
            "cawg.ai_training": { "use": "allowed" }, "cawg.ai_generative_training": { "use": "notAllowed" },
        } });
        assert_eq!(assertion, expected);
        assert_eq!(manifest.ingredients().len(), 1);
        let scan = signed.len() - 10;
        signed[scan] ^= 1;
        assert_eq!(read(&signed).validation_state(), ValidationState::Invalid);
    }

    #[test]
    fn what_has_no_words_or_no_place_is_refused() {
        let signing = Signing::self_signed().unwrap();
        let sign = |bytes: &[u8], use_| signing.sign(bytes, bytes, &Wishes { no: vec![use_], yes: Vec::new() });
        assert!(sign(PICTURE, FineTune).unwrap_err().contains("no words"));
        assert!(sign(b"BM", TrainAi).unwrap_err().contains("this kind of file"));
        assert!(sign(&PICTURE[..100], TrainAi).unwrap_err().contains("\nhint: "));
    }
}
