use std::path::Path;

use sayso_core::{Reason, ReasonCode, Stance};
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use super::columns::described;
use super::origin::origin;
use super::{Card, Refused};
use crate::Error;
use crate::captions::mask;
use crate::library::{Facet, Library, sentence};

/// Values of each field of names.
const VALUES: usize = 20;

impl Card {
    /// Gathers what is known of the dataset in `dir`.
    pub fn of(dir: &Path) -> Result<Self, Error> {
        let library = Library::open(&[dir.to_owned()])?;
        let mut facets = library.facets(None, None, &library.facet_fields(None), VALUES)?;
        // A card is read by anybody, and somebody's name may be their address.
        for count in facets.iter_mut().flat_map(|facet| &mut facet.values) {
            if let std::borrow::Cow::Owned(masked) = mask(&count.value) {
                count.value = masked;
            }
        }
        let missing = || Error::Input { input: dir.display().to_string(), message: "it is no dataset".to_owned() };
        let shelf = library.shelves.first().ok_or_else(missing)?;
        let manifest = shelf.dataset.manifest();
        let (origin, personal) = origin(dir);
        Ok(Self {
            format: "sayso-card",
            version: 1,
            name: shelf.name.clone(),
            snapshot: manifest.snapshot,
            root: manifest.root.clone(),
            purpose: manifest.purpose,
            policy: manifest.policy,
            has_own_rules: manifest.own_rules.is_some(),
            agent: manifest.agent.clone(),
            registry_head: manifest.registry_head.clone(),
            samples: shelf.dataset.samples(),
            shards: manifest.samples.len() as u64,
            bytes: manifest.samples.iter().map(|entry| entry.bytes).sum(),
            exclusions: manifest.exclusion_rows(),
            refused: refused(manifest),
            origin,
            personal,
            facets,
            columns: shelf.dataset.schema().fields().iter().map(described).collect(),
        })
    }
}

/// Why pairs were refused, the commonest reason first.
fn refused(manifest: &sayso_dataset::Manifest) -> Vec<Refused> {
    let mut refused: Vec<Refused> = manifest
        .exclusions_by_reason
        .iter()
        .map(|(code, count)| {
            // Of all pairs that it decided on there is no one signal to quote.
            let reason = Reason {
                code: ReasonCode::stored(code.clone()),
                stance: Stance::Disallowed,
                category: manifest.purpose.0,
                evidence: None,
                also: Vec::new(),
            };
            Refused { code: code.clone(), sentence: sentence(&reason), count: *count }
        })
        .collect();
    refused.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.code.cmp(&b.code)));
    refused
}

pub(super) fn facets_as_json<S: Serializer>(facets: &[Facet], serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Field<'a> {
        field: &'a str,
        values: Vec<Value<'a>>,
        distinct: u64,
        without: u64,
    }
    #[derive(Serialize)]
    struct Value<'a> {
        value: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        below: Option<f64>,
        count: u64,
    }
    let mut fields = serializer.serialize_seq(Some(facets.len()))?;
    for facet in facets {
        let values = facet.values.iter();
        fields.serialize_element(&Field {
            field: facet.field.as_str(),
            values: values.map(|it| Value { value: &it.value, below: it.below, count: it.count }).collect(),
            distinct: facet.distinct,
            without: facet.without,
        })?;
    }
    fields.end()
}
