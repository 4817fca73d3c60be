//! Looks through a summary that somebody filed: whether it has the shape that the schema asks for, and whether it
//! contradicts itself.

mod domains;
mod mandatory;
mod numbers;
mod schema;
mod view;

use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use crate::Error;

/// The schema of a summary, in JSON Schema of the draft 2020-12.
pub const SCHEMA: &str = include_str!("../../../../../docs/specs/eu-summary.schema.json");

/// Bytes of a summary that are read: a tenth of all domains of a large crawl are many.
const SUMMARY_BYTES: u64 = 256 << 20;

/// Complaints that are kept.
const COMPLAINTS: usize = 1_000;

/// What is wrong with a summary, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Complaint {
    /// The place, as a JSON Pointer (RFC 6901); empty for the whole.
    pub place: String,
    /// What is wrong there.
    pub message: String,
}

/// What is found wrong on the way.
#[derive(Debug, Default)]
struct Complaints(Vec<Complaint>);

impl Complaints {
    fn add(&mut self, place: impl Into<String>, message: impl Into<String>) {
        if self.0.len() < COMPLAINTS {
            self.0.push(Complaint { place: place.into(), message: message.into() });
        }
    }
}

/// Looks through the summary in a file.
pub fn check_file(path: &Path) -> Result<Vec<Complaint>, Error> {
    let failed = |message: String| Error::Input { input: path.display().to_string(), message };
    let bytes = crate::signals::read_up_to(path, SUMMARY_BYTES + 1)?;
    if bytes.len() as u64 > SUMMARY_BYTES {
        return Err(failed(format!("it has more than {SUMMARY_BYTES} bytes\nhint: name a summary as JSON")));
    }
    let summary = serde_json::from_slice(&bytes).map_err(|error| {
        failed(format!(
            "it is no JSON: {error}\nhint: name a summary that `sayso report --kind eu-summary --json` wrote"
        ))
    })?;
    check(&summary)
}

/// Looks through a summary. Nothing is complained of where all is well; at most a thousand complaints are made.
pub fn check(summary: &Value) -> Result<Vec<Complaint>, Error> {
    let mut complaints = Complaints::default();
    let schema = serde_json::from_str(SCHEMA)
        .map_err(|error| Error::Input { input: "the schema of summaries".to_owned(), message: error.to_string() })?;
    schema::check(&schema, summary, &mut complaints);
    let view = view::View(summary);
    mandatory::check(&view, &mut complaints);
    numbers::check(&view, &mut complaints);
    domains::check(&view, &mut complaints);
    Ok(complaints.0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use serde_json::{Value, json};

    use super::check;

    /// What stands beside the schema, as version 1 was first written.
    const EXAMPLE: &str = include_str!("../../../../../docs/specs/eu-summary.example.json");

    /// The places of all values.
    fn places(value: &Value, place: &str, all: &mut Vec<String>) {
        all.push(place.to_owned());
        match value {
            Value::Object(object) => {
                object.iter().for_each(|(name, value)| places(value, &format!("{place}/{name}"), all));
            }
            Value::Array(list) => {
                list.iter().enumerate().for_each(|(at, value)| places(value, &format!("{place}/{at}"), all));
            }
            _ => {}
        }
    }

    #[test]
    fn the_example_is_complete_and_whatever_stands_in_its_place_is_looked_through() {
        let example: Value = serde_json::from_str(EXAMPLE).unwrap();
        assert_eq!(check(&example).unwrap(), []);
        let mut all = Vec::new();
        places(&example, "", &mut all);
        assert!(all.len() > 200, "{}", all.len());
        let others = [
            json!(null),
            json!(-1),
            json!(u64::MAX),
            json!(1e300),
            json!("é"),
            json!([[]]),
            json!({"": 0}),
            json!(true),
        ];
        for place in &all {
            let complained = others.iter().filter(|other| {
                let mut changed = example.clone();
                *changed.pointer_mut(place).unwrap() = (*other).clone();
                !check(&changed).unwrap().is_empty()
            });
            // Nothing is of all these types.
            assert!(complained.count() >= 5, "{place}");
        }
    }
}
