//! JSON of others, with bounds that the reader of JSON does not have itself.

use serde_json::Value;

use super::FormatLimits;
use crate::LineageError;

/// Reads a document, unless it is too large in any way.
pub(super) fn read(bytes: &[u8], what: &'static str, limits: &FormatLimits) -> Result<Value, LineageError> {
    let refuse = |why: String| LineageError::Format { what, why };
    if bytes.len() > limits.bytes {
        return Err(refuse(format!("it is longer than {} bytes", limits.bytes)));
    }
    bounded(bytes, limits).map_err(|why| refuse(why.to_owned()))?;
    serde_json::from_slice(bytes).map_err(|error| refuse(error.to_string()))
}

/// Counts values, and how deep they lie, before any memory is taken for them: each stands before a comma or an end. What stands in
/// texts does not count.
fn bounded(bytes: &[u8], limits: &FormatLimits) -> Result<(), &'static str> {
    let (mut values, mut depth, mut length) = (0_usize, 0_usize, 0_usize);
    let (mut in_text, mut is_escaped) = (false, false);
    for byte in bytes {
        if in_text {
            length += 1;
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' => is_escaped = true,
                b'"' => in_text = false,
                _ if length > limits.chars => return Err("a text in it is too long"),
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => (in_text, length) = (true, 0),
            b',' => values += 1,
            b'[' | b'{' => {
                values += 1;
                depth += 1;
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if values > limits.values {
            return Err("it holds too many values");
        }
        if depth > limits.depth {
            return Err("lists and maps lie too deep in each other");
        }
    }
    Ok(())
}

/// The texts of a list, or the one text.
pub(super) fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}
