use arrow_array::cast::AsArray;
use arrow_array::types::TimestampMicrosecondType;
use sayso_core::Timestamp;
use serde_json::{Value, json};

use crate::Error;
use crate::captions::mask;
use crate::card::{Card, CardOrigin};
use crate::library::Shelf;

/// The instants of the first and the last capture, in microseconds; `None` where none is known.
pub(super) fn captured(shelf: &Shelf) -> Result<Option<(i64, i64)>, Error> {
    let mut ends: Option<(i64, i64)> = None;
    shelf.each_sample(&["captured_at"], |batch| {
        let column = batch.column_by_name("captured_at");
        if let Some(column) = column.and_then(|column| column.as_primitive_opt::<TimestampMicrosecondType>()) {
            for at in column.iter().flatten() {
                ends = Some(ends.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
            }
        }
        Ok(())
    })?;
    Ok(ends)
}

/// Two instants as they are written.
pub(super) fn instants((first, last): (i64, i64)) -> (String, String) {
    let instant = |micros| Timestamp::from_micros(micros).to_string();
    (instant(first), instant(last))
}

/// What the dataset was made from, as PROV says it; nothing where its report is gone.
pub(super) fn sources(card: &Card) -> Value {
    let entity = |name: String, more: Option<String>| {
        let mut entity = json!({"@type": "prov:Entity", "name": mask(&name)});
        if let (Some(more), Some(entity)) = (more, entity.as_object_mut()) {
            entity.insert("description".to_owned(), json!(more));
        }
        entity
    };
    match &card.origin {
        None => Value::Null,
        Some(CardOrigin::Crawl { inputs, bytes, pages, .. }) => {
            json!([entity(format!("{inputs} crawl files"), Some(format!("{bytes} bytes, {pages} pages")))])
        }
        Some(CardOrigin::Tables { inputs, .. }) => {
            let table = |input: &crate::card::CardInput| {
                let more = input.files.saturating_sub(1);
                let like = (more > 0).then(|| format!("and {more} more like it"));
                let of = input.dataset.as_ref().map(|name| format!("with the columns of {name}"));
                let more: Vec<String> = like.into_iter().chain(of).collect();
                entity(input.first.clone(), (!more.is_empty()).then(|| more.join(", ")))
            };
            Value::Array(inputs.iter().map(table).collect())
        }
    }
}

/// By what it was made.
pub(super) fn activity(card: &Card) -> Value {
    let name = match &card.origin {
        Some(CardOrigin::Crawl { .. }) => "sayso build",
        Some(CardOrigin::Tables { .. }) => "sayso import",
        None => return Value::Null,
    };
    json!({
        "@type": "prov:Activity", "name": name,
        "prov:wasAssociatedWith": {"@type": "prov:SoftwareAgent", "name": "Sayso", "softwareVersion": env!("CARGO_PKG_VERSION")},
    })
}
