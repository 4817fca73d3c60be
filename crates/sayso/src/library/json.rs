//! Samples and hits as JSON: what the command prints with `--json`, and what other programs get.

use sayso_consent::sentence;
use sayso_core::{Reason, Sample};
use serde_json::{Value, json};

use super::{Hit, SearchAnswer};

/// A sample.
#[must_use]
pub fn sample_json(dataset: &str, sample: &Sample) -> Value {
    let pair = &sample.pair;
    let reasons: Vec<_> = sample.verdict().reasons.iter().map(reason_json).collect();
    let further: std::collections::BTreeMap<_, _> = pair.further.iter().map(|(name, value)| (name, value)).collect();
    json!({
        "dataset": dataset,
        "uid": pair.uid,
        "cc2dataset_uid": pair.cc2dataset_uid,
        "url": pair.url,
        "domain": pair.domain,
        "caption": pair.caption,
        "caption_origin": pair.caption_origin,
        "page_url": pair.page_url,
        "captured_at": pair.captured_at,
        "captures": pair.captures,
        "creator": pair.creator,
        "creator_origin": pair.creator_origin,
        "licence": pair.licence,
        "width": pair.width,
        "height": pair.height,
        "picture_bytes": pair.picture_bytes,
        "sha256": pair.sha256,
        "pdq": pair.pdq,
        "pdq_quality": pair.pdq_quality,
        "verdict": { "purpose": sample.verdict().purpose, "stance": sample.verdict().stance, "reasons": reasons },
        "record": pair.record,
        "further": further,
    })
}

/// A reason, with its sentence.
#[must_use]
pub fn reason_json(reason: &Reason) -> Value {
    json!({
        "code": reason.code, "stance": reason.stance, "category": reason.category,
        "sentence": sentence(reason), "evidence": reason.evidence, "also": reason.also,
    })
}

/// What a search found.
#[must_use]
pub fn search_json(query: &str, answer: &SearchAnswer) -> Value {
    let hits: Vec<_> = answer.hits.iter().map(hit_json).collect();
    json!({ "query": query, "total": answer.total, "hits": hits })
}

fn hit_json(hit: &Hit) -> Value {
    let matched: Vec<_> =
        hit.matched.iter().map(|matched| json!({ "field": matched.field, "text": matched.text })).collect();
    let mut value = sample_json(&hit.dataset, &hit.sample);
    if let Some(fields) = value.as_object_mut() {
        fields.insert("score".to_owned(), json!(hit.score));
        fields.insert("matched".to_owned(), json!(matched));
    }
    value
}
