use serde_json::Value;

/// What an `ImageObject` of schema.org says of a picture.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ImageObject {
    pub(super) url: String,
    pub(super) caption: Option<String>,
    pub(super) creator: Option<String>,
    pub(super) licences: Vec<String>,
}

/// The error of a script that is no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotJson;

/// The `ImageObject`s of a JSON-LD script, at whatever depth, in document order.
pub(super) fn image_objects(script: &str) -> Result<Vec<ImageObject>, NotJson> {
    // Pages wrap JSON-LD into CDATA or comments for the sake of parsers long gone.
    let text = script.trim().trim_start_matches("//").trim_start_matches("<![CDATA[").trim_start_matches("<!--");
    let text = text.trim_end_matches("-->").trim_end_matches("]]>").trim_end_matches("//").trim();
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let value: Value = serde_json::from_str(text).map_err(|_| NotJson)?;
    let mut found = Vec::new();
    walk(&value, &mut found);
    Ok(found)
}

// serde_json refuses to nest deeper than 128, so the recursion is bounded.
fn walk(value: &Value, found: &mut Vec<ImageObject>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| walk(value, found)),
        Value::Object(fields) => {
            if is_image(fields.get("@type")) {
                found.extend(image(fields));
            }
            fields.values().for_each(|value| walk(value, found));
        }
        _ => {}
    }
}

fn is_image(kind: Option<&Value>) -> bool {
    let named = |value: &Value| {
        let name = value.as_str().and_then(|name| name.rsplit(['/', '#', ':']).next());
        matches!(name, Some("ImageObject" | "Photograph" | "Barcode"))
    };
    match kind {
        Some(Value::Array(kinds)) => kinds.iter().any(named),
        Some(kind) => named(kind),
        None => false,
    }
}

fn image(fields: &serde_json::Map<String, Value>) -> Option<ImageObject> {
    let first = |names: &[&str]| names.iter().find_map(|name| fields.get(*name).and_then(text_of));
    Some(ImageObject {
        url: first(&["contentUrl", "url"])?,
        caption: first(&["caption", "description", "name", "headline"]),
        creator: first(&["creator", "author", "creditText", "copyrightHolder"]),
        licences: fields.get("license").map(texts_of).unwrap_or_default(),
    })
}

/// All texts of a value that may be several.
fn texts_of(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().filter_map(text_of).collect(),
        value => text_of(value).into_iter().collect(),
    }
}

/// A text, or what stands for one: the name or address of an object, the first of several.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Array(values) => values.iter().find_map(text_of),
        Value::Object(fields) => {
            ["@value", "name", "@id", "url"].iter().find_map(|name| fields.get(*name).and_then(text_of))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{NotJson, image_objects};

    #[test]
    fn pictures_are_found_wherever_they_stand() {
        let found = image_objects(
            r#"{"@context":"https://schema.org","@graph":[{"@type":"Article","image":{"@type":["ImageObject"],
               "url":{"@id":"a.jpg"},"caption":"A","creator":[{"@type":"Person","name":"Ana Lu"}]}},
               {"@type":"http://schema.org/ImageObject","contentUrl":"b.jpg","name":"B","license":"https://l.example"}]}"#,
        )
        .unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].url.as_str(), found[0].creator.as_deref()), ("a.jpg", Some("Ana Lu")));
        assert_eq!(
            (found[1].caption.as_deref(), found[1].licences.as_slice()),
            (Some("B"), &["https://l.example".to_owned()][..])
        );
    }

    #[test]
    fn what_is_no_json_is_said() {
        assert_eq!(image_objects("{"), Err(NotJson));
        assert_eq!(image_objects("  "), Ok(Vec::new()));
        assert_eq!(image_objects("<!-- [] -->"), Ok(Vec::new()));
        assert_eq!(image_objects(&"[".repeat(100_000)), Err(NotJson));
    }
}
