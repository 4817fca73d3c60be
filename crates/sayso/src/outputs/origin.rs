use sayso_core::Sha256;
#[cfg(feature = "credentials")]
use serde_json::{Map, Value, json};

/// A model or adapter that a picture was made with.
#[derive(Debug, Clone, PartialEq)]
pub struct MadeOf {
    /// What it is called.
    pub name: String,
    /// Its files with their digests, by their names within it; one of an adapter.
    pub files: Vec<(String, Sha256)>,
    /// How much of it was used; none of a base.
    pub weight: Option<f64>,
    /// The digest of its lineage, where it has one.
    pub lineage: Option<Sha256>,
}

impl MadeOf {
    /// One digest for all its files: that of the only one, or that over names and digests.
    #[must_use]
    pub fn digest(&self) -> Sha256 {
        use sha2::Digest as _;
        if let [(_, digest)] = &self.files[..] {
            return *digest;
        }
        let mut hasher = sha2::Sha256::new();
        for (name, digest) in &self.files {
            hasher.update(format!("{digest}  {name}\n"));
        }
        Sha256(hasher.finalize().into())
    }

    #[cfg(feature = "credentials")]
    fn to_json(&self) -> Value {
        let files: Map<String, Value> =
            self.files.iter().map(|(name, digest)| (name.clone(), json!(digest.to_string()))).collect();
        let mut of = Map::new();
        of.insert("name".to_owned(), json!(self.name));
        of.insert("files".to_owned(), Value::Object(files));
        if let Some(weight) = self.weight {
            of.insert("weight".to_owned(), json!(weight));
        }
        if let Some(lineage) = self.lineage {
            of.insert("lineage_sha256".to_owned(), json!(lineage.to_string()));
        }
        Value::Object(of)
    }
}

/// How a picture came to be, as its credentials tell it.
#[derive(Debug, Clone, PartialEq)]
pub struct OutputFacts {
    /// What the file is called.
    pub title: String,
    /// The model.
    pub base: MadeOf,
    /// The adapters.
    pub adapters: Vec<MadeOf>,
    /// The text of prompt and settings that lies in the file unsigned, too; `None` where it is not to be told.
    pub parameters: Option<String>,
    /// Pictures of the training that it was compared with, and the least distance in bits; `None` where it was not.
    pub compared: Option<(u64, Option<u32>)>,
}

impl OutputFacts {
    /// The assertion.
    #[cfg(feature = "credentials")]
    pub(crate) fn to_json(&self, init: Option<Sha256>) -> Value {
        let compared =
            self.compared.map(|(pictures, nearest)| json!({ "pictures": pictures, "nearest_bits": nearest }));
        let mut of = Map::new();
        of.insert("version".to_owned(), json!(1));
        of.insert("base".to_owned(), self.base.to_json());
        of.insert("adapters".to_owned(), Value::Array(self.adapters.iter().map(MadeOf::to_json).collect()));
        // CBOR has no place for what is not there.
        for (key, value) in [
            ("parameters", self.parameters.as_ref().map(|text| json!(text))),
            ("compared", compared),
            ("init_sha256", init.map(|digest| json!(digest.to_string()))),
        ] {
            if let Some(value) = value {
                of.insert(key.to_owned(), value);
            }
        }
        Value::Object(of)
    }
}
