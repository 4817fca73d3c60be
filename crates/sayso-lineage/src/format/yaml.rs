//! The part of YAML that cards are written in, read event by event: aliases are refused, depth, length and number bounded.
//!
//! Aliases are what makes a short document long (the attack is called billion laughs), and no card needs one.

use std::collections::HashSet;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::FormatLimits;

/// A value, in the order in which it was written. Scalars stay text: a card's `version: 1.0` is no number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Yaml {
    Null,
    Text(String),
    List(Vec<Yaml>),
    Map(Vec<(String, Yaml)>),
}

impl Yaml {
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        let Self::Map(entries) = self else { return None };
        entries.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    pub(super) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// A text, or the texts of a list.
    pub(super) fn texts(&self) -> Vec<&str> {
        match self {
            Self::Text(text) => vec![text],
            Self::List(list) => list.iter().filter_map(Self::text).collect(),
            _ => Vec::new(),
        }
    }
}

/// A list or map that is being read.
enum Open {
    List(Vec<Yaml>),
    Map(Vec<(String, Yaml)>, HashSet<String>, Option<String>),
}

/// Reads the first document.
pub(super) fn read(text: &str, limits: &FormatLimits) -> Result<Yaml, String> {
    if text.len() > limits.bytes {
        return Err(format!("it is longer than {} bytes", limits.bytes));
    }
    // The scanner keeps brackets on its own stack of calls; counted before, they cannot fill it.
    too_deep(text, limits.depth)?;
    let mut stack: Vec<Open> = Vec::new();
    let mut values = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| format!("line {}: {}", error.marker().line(), error.info()))?;
        let line = span.start.line();
        let refuse = |what: &str| Err(format!("line {line}: {what}"));
        values += 1;
        if values > limits.values {
            return refuse("it holds too many values");
        }
        let done = match event {
            Event::Alias(_) => return refuse("aliases are not read"),
            Event::SequenceStart(..) => {
                stack.push(Open::List(Vec::new()));
                None
            }
            Event::MappingStart(..) => {
                stack.push(Open::Map(Vec::new(), HashSet::new(), None));
                None
            }
            Event::Scalar(text, ..) if text.len() > limits.chars => return refuse("a text is too long"),
            Event::Scalar(text, style, ..) => {
                let is_null = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                Some(if is_null { Yaml::Null } else { Yaml::Text(text.into_owned()) })
            }
            Event::SequenceEnd | Event::MappingEnd => match stack.pop() {
                Some(Open::List(list)) => Some(Yaml::List(list)),
                Some(Open::Map(entries, ..)) => Some(Yaml::Map(entries)),
                None => return refuse("an end without a start"),
            },
            Event::DocumentEnd => return Ok(Yaml::Null),
            _ => None,
        };
        if stack.len() > limits.depth {
            return refuse("lists and maps lie too deep in each other");
        }
        let Some(value) = done else { continue };
        match stack.last_mut() {
            None => return Ok(value),
            Some(Open::List(list)) => list.push(value),
            Some(Open::Map(entries, keys, key)) => match key.take() {
                Some(key) => {
                    // Programs differ in which of two wins, so neither does.
                    if !keys.insert(key.clone()) {
                        return refuse(&format!(
                            "the key `{}` is there twice",
                            key.chars().take(40).collect::<String>()
                        ));
                    }
                    entries.push((key, value));
                }
                None => match value {
                    Yaml::Text(text) => *key = Some(text),
                    Yaml::Null => *key = Some(String::new()),
                    _ => return refuse("a key is a list or a map"),
                },
            },
        }
    }
    Ok(Yaml::Null)
}

/// Refuses brackets that lie deeper in each other than anybody writes them.
fn too_deep(text: &str, most: usize) -> Result<(), String> {
    let mut depth = 0_usize;
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > most {
            return Err("brackets lie too deep in each other".to_owned());
        }
    }
    // Indicators of blocks can stand in one line as well: `- - - -`, `? ? ? ?`.
    let opens = |line: &str| line.split_whitespace().take_while(|word| matches!(*word, "-" | "?" | ":")).count();
    if text.lines().any(|line| opens(line) > most) {
        return Err("lists lie too deep in each other".to_owned());
    }
    Ok(())
}
