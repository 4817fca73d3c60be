use std::io;

use sayso_dataset::Cell;
use serde_json::{Map, Value};

use super::lines::{Line, next_line};
use super::{Input, NextRow, ROW_BYTES, Read, text_cell};

/// One JSON object a line.
pub(super) struct JsonLines {
    input: Input,
    line: Vec<u8>,
    /// Whether `line` was read and not handed out.
    is_ahead: bool,
}

impl JsonLines {
    /// Opens the table; its first object names the columns.
    pub(super) fn open(mut input: Input) -> io::Result<(Self, Vec<String>)> {
        let mut line = Vec::new();
        let is_ahead = next_line(&mut input, &mut line, ROW_BYTES)? == Line::Whole;
        let first: Map<String, Value> = serde_json::from_slice(&line).unwrap_or_default();
        let names = first.into_iter().map(|(name, _)| name).collect();
        Ok((Self { input, line, is_ahead }, names))
    }

    pub(super) fn next_row(&mut self, names: &[&str]) -> NextRow {
        loop {
            if !std::mem::take(&mut self.is_ahead) {
                match next_line(&mut self.input, &mut self.line, ROW_BYTES) {
                    Ok(Line::End) => return None,
                    Ok(Line::TooLong) => {
                        return Some(Ok(Read::Broken(format!("the line is longer than {ROW_BYTES} bytes"))));
                    }
                    Ok(Line::Whole) => {}
                    Err(error) => return Some(Err(error.to_string())),
                }
            }
            if self.line.trim_ascii().is_empty() {
                continue;
            }
            let object: Result<Map<String, Value>, _> = serde_json::from_slice(&self.line);
            return Some(Ok(match object {
                Ok(mut object) => Read::Row(names.iter().map(|name| cell(object.remove(*name))).collect()),
                Err(error) => Read::Broken(format!("the line is no JSON object: {error}")),
            }));
        }
    }
}

fn cell(value: Option<Value>) -> Cell {
    match value {
        None | Some(Value::Null) => Cell::Null,
        Some(Value::String(text)) => text_cell(text.as_bytes()),
        Some(_) => Cell::Other,
    }
}
