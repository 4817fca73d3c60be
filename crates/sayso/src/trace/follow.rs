use std::collections::BTreeSet;
use std::path::PathBuf;

use sayso_core::{Pdq, Policy, PolicyName, Purpose, Sha256, Stance, UsageCategory};
use sayso_registry::claim::{ClaimId, ClaimState};
use serde_json::Value;

use super::{AdapterTraced, PictureTraced};
use crate::claims::{Ground, Grounded};
use crate::training::{Adapter, PictureFacts};

/// Adapters that credentials may name.
const ADAPTERS: usize = 100;

/// The adapters that the credentials name, with the weights that were found for them; and weights that these do not name.
pub(super) fn adapters(
    generation: Option<&Value>,
    found: Vec<(PathBuf, Adapter)>,
    hashes: &[Pdq],
    registry: Option<&Ground>,
) -> Vec<AdapterTraced> {
    let list = generation.and_then(|said| said.get("adapters")).and_then(Value::as_array);
    let named = list.into_iter().flatten().take(ADAPTERS).map(|said| {
        let files = said.get("files").and_then(Value::as_object);
        let file = files.and_then(|files| files.values().next()).and_then(Value::as_str);
        AdapterTraced {
            name: said.get("name").and_then(Value::as_str).unwrap_or("without a name").to_owned(),
            sha256: file.and_then(digest),
            lineage: said.get("lineage_sha256").and_then(Value::as_str).and_then(digest),
            file: None,
            is_same: None,
            base: None,
            count: None,
            pictures: Vec::new(),
        }
    });
    let mut all: Vec<AdapterTraced> = named.collect();
    for (path, adapter) in found {
        let lineage = adapter.lineage.as_ref().map(|lineage| lineage.digest);
        let is_it = |known: &AdapterTraced| {
            known.file.is_none()
                && (known.sha256 == Some(adapter.sha256) || known.lineage.is_some() && known.lineage == lineage)
        };
        let traced = match all.iter().position(is_it) {
            Some(at) => all.get_mut(at),
            None => {
                let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
                let is_same = generation.is_some().then_some(false);
                let (sha256, base, count) = (Some(adapter.sha256), None, None);
                all.push(AdapterTraced {
                    name,
                    sha256,
                    lineage,
                    file: None,
                    is_same,
                    base,
                    count,
                    pictures: Vec::new(),
                });
                all.last_mut()
            }
        };
        let Some(traced) = traced else { continue };
        // A lineage is a text that can be copied into other weights.
        if traced.is_same.is_none() && traced.sha256 == Some(adapter.sha256) && generation.is_some() {
            traced.is_same = Some(true);
        }
        traced.file = Some(path);
        if let Some(lineage) = adapter.lineage {
            traced.base = Some(lineage.base);
            traced.count = Some(lineage.count);
            let head = lineage.document.get("registry_head").and_then(Value::as_str);
            let judged_by = head.and_then(|head| head.split(' ').next()).map(str::to_owned);
            let registry = registry.map(|registry| (registry, judged_by.as_deref()));
            traced.pictures = lineage.pictures.into_iter().map(|facts| picture(facts, hashes, registry)).collect();
        }
    }
    all
}

fn picture(facts: PictureFacts, hashes: &[Pdq], registry: Option<(&Ground, Option<&str>)>) -> PictureTraced {
    let distance = facts.pdq.and_then(|pdq| hashes.iter().map(|hash| hash.distance(&pdq)).min());
    let since = registry.map(|(registry, judged_by)| since(&facts, registry, judged_by)).unwrap_or_default();
    PictureTraced { facts, distance, since }
}

/// What the registry says of a picture now that it did not say when it was judged. Of claims in another log than the one that was
/// judged by, nobody knows what they were then.
fn since(facts: &PictureFacts, registry: &Ground, judged_by: Option<&str>) -> Vec<String> {
    let is_same_log = judged_by == Some(registry.origin());
    let picture = Grounded {
        url: facts.url.as_deref().unwrap_or_default(),
        sha256: Some(facts.sha256),
        pdq: facts.pdq,
        ..Grounded::default()
    };
    let mut said = Vec::new();
    let then: BTreeSet<u64> = facts.claims.iter().copied().collect();
    let known = if is_same_log { then.clone() } else { BTreeSet::new() };
    let policy = Policy::new(PolicyName::OptOut, Purpose(UsageCategory::FineTune));
    let verdict = registry.judge(&picture, &policy);
    for holding in registry.find(&picture).iter().filter(|holding| !known.contains(&holding.claim.id.0)) {
        let when = if is_same_log { "since" } else { "in this registry, which was not asked then" };
        said.push(format!("claim {} speaks of it {when} ({})", holding.claim.id, holding.claim.state));
    }
    for claim in then.iter().filter(|_| is_same_log) {
        match registry.index().get(ClaimId(*claim)) {
            None => said.push(format!("claim {claim}, which it was judged by, was taken back since")),
            Some(held) if held.state == ClaimState::Contested => {
                said.push(format!("claim {claim}, which it was judged by, is contested"));
            }
            Some(_) => {}
        }
    }
    if verdict.stance == Stance::Disallowed {
        said.push("claims reserve the use now".to_owned());
    }
    said
}

fn digest(text: &str) -> Option<Sha256> {
    text.parse::<Pdq>().ok().map(|bytes| Sha256(*bytes.as_bytes()))
}
