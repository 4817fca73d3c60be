//! A validator of the part of JSON Schema (draft 2020-12) that our schema is written in. A whole one is many crates, and
//! half of its work is to fetch schemas from addresses, which nobody should do for a file that somebody filed.

use serde_json::{Map, Value};

use super::Complaints;

/// Complains of what is not as the schema has it.
pub(super) fn check(schema: &Value, value: &Value, complaints: &mut Complaints) {
    Validator { root: schema, complaints }.value(schema, value, &mut String::new());
}

struct Validator<'a> {
    root: &'a Value,
    complaints: &'a mut Complaints,
}

/// References that are followed one behind the other; our schema needs one.
const REFERENCES: usize = 8;

impl<'a> Validator<'a> {
    /// Both are finite trees: a schema goes deeper only where the value does.
    fn value(&mut self, schema: &'a Value, value: &Value, place: &mut String) {
        let Some(schema) = self.resolved(schema) else { return };
        if let Some(kinds) = schema.get("type")
            && !is_of(kinds, value)
        {
            self.complaints.add(&**place, format!("it is {}, and not {}", kind_of(value), kinds_in_words(kinds)));
            return;
        }
        if let Some(only) = schema.get("const")
            && only != value
        {
            self.complaints.add(&**place, format!("it is not {only}"));
        }
        if let Some(Value::Array(allowed)) = schema.get("enum")
            && !allowed.contains(value)
        {
            let allowed: Vec<String> = allowed.iter().map(ToString::to_string).collect();
            self.complaints.add(&**place, format!("it is none of {}", allowed.join(", ")));
        }
        match value {
            Value::Object(object) => self.object(schema, object, place),
            Value::Array(list) => {
                if let Some(items) = schema.get("items") {
                    for (number, item) in list.iter().enumerate() {
                        self.inside(place, &number.to_string(), |it, place| it.value(items, item, place));
                    }
                }
            }
            Value::Number(number) => {
                let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
                let number = number.as_f64().unwrap_or_default();
                if bound("minimum").is_some_and(|least| number < least)
                    || bound("maximum").is_some_and(|most| number > most)
                {
                    self.complaints.add(&**place, "the number is too small or too large".to_owned());
                }
            }
            Value::String(text) => {
                let least = schema.get("minLength").and_then(Value::as_u64).unwrap_or_default();
                if (text.chars().count() as u64) < least {
                    self.complaints.add(&**place, "the text is empty".to_owned());
                }
                match schema.get("format").and_then(Value::as_str) {
                    Some("date") if !super::super::dates::is_day(text) => {
                        self.complaints.add(&**place, "it is no day such as 2026-07-31".to_owned());
                    }
                    Some("month") if !super::super::dates::is_month(text) => {
                        self.complaints.add(&**place, "it is no month such as 2026-07".to_owned());
                    }
                    _ => {}
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn object(&mut self, schema: &'a Value, object: &Map<String, Value>, place: &mut String) {
        let properties = schema.get("properties").and_then(Value::as_object);
        for name in schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            if !object.contains_key(name) {
                self.complaints.add(&**place, format!("it has no `{name}`"));
            }
        }
        let is_closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
        for (name, value) in object {
            match properties.and_then(|properties| properties.get(name)) {
                Some(schema) => self.inside(place, name, |it, place| it.value(schema, value, place)),
                None if is_closed => {
                    let name: String = name.chars().take(80).collect();
                    self.complaints.add(&**place, format!("nothing is known by the name `{name}`"));
                }
                None => {}
            }
        }
    }

    /// Goes one step down and back again.
    fn inside(&mut self, place: &mut String, step: &str, go: impl FnOnce(&mut Self, &mut String)) {
        let length = place.len();
        place.push('/');
        place.push_str(&step.replace('~', "~0").replace('/', "~1"));
        go(self, place);
        place.truncate(length);
    }

    /// The schema that a `$ref` inside the document leads to.
    fn resolved(&self, schema: &'a Value) -> Option<&'a Value> {
        let mut schema = schema;
        for _ in 0..REFERENCES {
            match schema.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#')) {
                Some(target) => schema = self.root.pointer(target)?,
                None => return Some(schema),
            }
        }
        None
    }
}

fn is_of(kinds: &Value, value: &Value) -> bool {
    let is = |kind: &Value| match kind.as_str() {
        Some("integer") => value.is_u64() || value.is_i64(),
        Some("number") => value.is_number(),
        kind => kind == Some(kind_of(value)),
    };
    kinds.as_array().map_or_else(|| is(kinds), |kinds| kinds.iter().any(is))
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn kinds_in_words(kinds: &Value) -> String {
    let words = |kind: &Value| kind.as_str().unwrap_or_default().to_owned();
    kinds.as_array().map_or_else(|| words(kinds), |kinds| kinds.iter().map(words).collect::<Vec<_>>().join(" or "))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

    use serde_json::{Value, json};

    use super::super::{Complaints, SCHEMA};
    use super::check;

    /// The words that the validator reads, and those that only people do; what `pattern` says of months `format` says, too.
    const KNOWN: [&str; 19] = [
        "$schema",
        "$id",
        "$defs",
        "$ref",
        "title",
        "description",
        "type",
        "const",
        "enum",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "minimum",
        "maximum",
        "minLength",
        "format",
        "$comment",
        "pattern",
    ];

    fn words_of(schema: &Value, is_names: bool) {
        let Value::Object(object) = schema else { return };
        for (word, value) in object {
            assert!(is_names || KNOWN.contains(&word.as_str()), "the validator does not know `{word}`");
            words_of(value, !is_names && ["properties", "$defs"].contains(&word.as_str()));
        }
    }

    #[test]
    fn the_schema_says_nothing_that_is_not_read() {
        words_of(&serde_json::from_str(SCHEMA).unwrap(), false);
    }

    #[test]
    fn what_is_not_of_the_shape_is_named_with_its_place() {
        let schema = json!({
            "$defs": {"many": {"type": "integer", "minimum": 0}},
            "type": "object", "required": ["a", "b"], "additionalProperties": false,
            "properties": {
                "a": {"type": "array", "items": {"$ref": "#/$defs/many"}},
                "b": {"type": ["string", "null"], "minLength": 1},
                "c/d": {"enum": ["x"]}, "e": {"const": 1}, "f": {"type": "string", "format": "month"},
            },
        });
        let found = |value: Value| {
            let mut complaints = Complaints::default();
            check(&schema, &value, &mut complaints);
            complaints.0.into_iter().map(|it| (it.place, it.message)).collect::<Vec<_>>()
        };
        assert_eq!(found(json!({"a": [1], "b": null, "c/d": "x", "e": 1, "f": "2026-01"})), []);
        let places: Vec<String> = found(json!({"a": [1, -1, 1.5, "1"], "b": "", "c/d": "y", "e": 2, "f": "x", "g": 1}))
            .into_iter()
            .map(|it| it.0)
            .collect();
        assert_eq!(places, ["/a/1", "/a/2", "/a/3", "/b", "/c~1d", "/e", "/f", ""]);
        assert_eq!(found(json!({"a": []})), [(String::new(), "it has no `b`".to_owned())]);
        assert_eq!(found(json!([])), [(String::new(), "it is array, and not object".to_owned())]);
    }
}
