use serde_json::{Value, json};

use super::{AdapterTraced, Credentials, PictureTraced, Trace};

/// The version of what is printed; `docs/reference/trace.md` describes it.
const VERSION: u32 = 1;

/// A trace as a JSON document.
#[must_use]
pub fn trace_json(trace: &Trace, picture: &str) -> Value {
    let nearest = trace.nearest.iter().map(
        |near| json!({ "distance": near.distance, "copy": near.is_copy(), "place": near.place, "sha256": near.sha256 }),
    );
    json!({
        "version": VERSION,
        "picture": picture,
        "sha256": trace.sha256.to_string(),
        "pdq": trace.pdq,
        "credentials": trace.credentials.as_ref().map(credentials),
        "adapters": trace.adapters.iter().map(adapter).collect::<Vec<_>>(),
        "nearest": nearest.collect::<Vec<_>>(),
        "compared": trace.compared,
        "proven": trace.proven,
        "not_proven": trace.not_proven,
        "bad": trace.faults,
    })
}

fn credentials(read: &Credentials) -> Value {
    let actions =
        read.actions.iter().map(|(action, source)| json!({ "action": action, "digital_source_type": source }));
    let ingredients = read.ingredients.iter().map(|of| {
        json!({ "title": of.title, "relationship": of.relationship, "id": of.id, "credentials": of.has_credentials })
    });
    json!({
        "state": read.state.as_str(),
        "problems": read.problems,
        "signer": read.signer,
        "signed_by": read.signed_by,
        "time": read.time,
        "title": read.title,
        "generator": read.generator,
        "actions": actions.collect::<Vec<_>>(),
        "ingredients": ingredients.collect::<Vec<_>>(),
        "mining": read.mining,
        "generation": read.generation,
    })
}

fn adapter(traced: &AdapterTraced) -> Value {
    let base = traced.base.as_ref().map(|base| {
        let files: serde_json::Map<String, Value> =
            base.files.iter().map(|(name, digest)| (name.clone(), json!(digest.to_string()))).collect();
        json!({ "name": base.name, "licence": base.licence, "files": files })
    });
    json!({
        "name": traced.name,
        "sha256": traced.sha256.map(|digest| digest.to_string()),
        "lineage_sha256": traced.lineage.map(|digest| digest.to_string()),
        "file": traced.file.as_ref().map(|file| file.display().to_string()),
        "same": traced.is_same,
        "base": base,
        "count": traced.count,
        "pictures": traced.pictures.iter().map(picture).collect::<Vec<_>>(),
    })
}

fn picture(traced: &PictureTraced) -> Value {
    let mut told = traced.facts.to_json();
    if let Some(of) = told.as_object_mut() {
        of.insert("distance".to_owned(), json!(traced.distance));
        of.insert("since".to_owned(), json!(traced.since));
    }
    told
}
