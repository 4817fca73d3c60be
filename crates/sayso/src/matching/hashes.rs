//! Files of hashes: a claim or a question needs no picture.

use sayso_core::Pdq;
use serde_json::Value;

use super::fault::{MatchFault, MatchFaultKind};
use super::own::{OwnHash, OwnPicture};
use sayso_picture::{Hashed, Turn};

/// What a file of hashes has: each picture with its name, or what is wrong with it.
pub(super) type Hashes = Vec<Result<(String, OwnPicture), MatchFault>>;

/// Objects in one another that are looked into.
const DEPTH: usize = 8;

/// Reads hashes as `sayso hash --json` prints them, as one document or a line each; or as lines of 64 hexadecimal digits
/// with whatever stands behind them. None where the text is neither.
pub(super) fn read(text: &str, place: &str) -> Option<Hashes> {
    let start = text.trim_start();
    let mut found = Vec::new();
    if start.starts_with(['{', '[']) {
        let values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
        for value in values {
            match value {
                Ok(value) => of_json(&value, place, DEPTH, &mut found),
                Err(error) => {
                    found.push(Err(no_hash(place, format!("the JSON cannot be read: {error}"))));
                    break;
                }
            }
        }
        return Some(found);
    }
    let first = start.split(|c: char| c.is_whitespace() || c == ',').next()?;
    first.parse::<Pdq>().ok()?;
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let (hash, rest) = line.trim().split_once([' ', '\t', ',']).unwrap_or((line.trim(), ""));
        let name = if rest.trim().is_empty() { format!("{place}:{number}") } else { rest.trim().to_owned() };
        found.push(match hash.parse() {
            Ok(pdq) => Ok((name, OwnPicture::of_hash(pdq, None))),
            Err(_) => Err(no_hash(place, format!("line {number} starts with no hash"))),
        });
    }
    Some(found)
}

/// Every object with a hash, wherever it stands.
fn of_json(value: &Value, place: &str, depth: usize, found: &mut Hashes) {
    let Some(deeper) = depth.checked_sub(1) else { return };
    match value {
        Value::Array(values) => values.iter().for_each(|value| of_json(value, place, deeper, found)),
        Value::Object(object) => match object.get("pdq") {
            Some(Value::Null) => {}
            Some(Value::String(pdq)) => found.push(of_object(value, pdq, place, found.len() + 1)),
            Some(other) => of_json(other, place, deeper, found),
            None => object.values().for_each(|value| of_json(value, place, deeper, found)),
        },
        _ => {}
    }
}

fn of_object(value: &Value, pdq: &str, place: &str, number: usize) -> Result<(String, OwnPicture), MatchFault> {
    let pdq: Pdq = pdq.parse().map_err(|_| no_hash(place, format!("the hash of picture {number} is none")))?;
    let text = |names: &[&str]| names.iter().find_map(|name| value.get(name)?.as_str()).map(str::to_owned);
    let quality = ["quality", "pdq_quality"].iter().find_map(|name| value.get(name)?.as_u64());
    let quality = quality.map(|quality| u8::try_from(quality).unwrap_or(u8::MAX));
    let mut own = OwnPicture::of_hash(pdq, quality);
    if quality.is_none_or(|quality| quality >= Hashed::GOOD) {
        // The turned hashes can be made of the picture alone, so whoever has it may have written them down.
        let turns = Turn::ALL.into_iter().skip(1).filter_map(|turn| {
            let turned = value.get("turns").or_else(|| value.get("dihedral"))?.get(turn.as_str())?.as_str()?;
            Some(OwnHash { turn, pdq: turned.parse().ok()? })
        });
        own.hashes.extend(turns);
    }
    Ok((text(&["path", "file", "name", "url"]).unwrap_or_else(|| format!("{place}:{number}")), own))
}

fn no_hash(place: &str, message: String) -> MatchFault {
    MatchFault { kind: MatchFaultKind::NoHash, place: place.to_owned(), message }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::read;

    const HASH: &str = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";

    #[test]
    fn hashes_are_read_in_every_form() {
        let names = |text: &str| -> Vec<String> {
            read(text, "x")
                .unwrap()
                .into_iter()
                .map(|one| one.map_or_else(|fault| fault.message, |one| one.0))
                .collect()
        };
        assert_eq!(
            names(&format!("{HASH}\n\n{HASH} a b.png\r\n{HASH},c\nzz\n")),
            ["x:1", "a b.png", "c", "line 4 starts with no hash"]
        );
        assert_eq!(
            names(&format!(r#"{{"pictures":[{{"path":"a","pdq":"{HASH}"}},{{"path":"b","pdq":null}}]}}"#)),
            ["a"]
        );
        assert_eq!(
            names(&format!("{{\"pdq\":\"{HASH}\"}}\n{{\"pdq\":\"zz\"}}\n")),
            ["x:1", "the hash of picture 2 is none"]
        );
        assert!(names("{\"pdq\":").last().unwrap().starts_with("the JSON cannot be read"));
        assert_eq!(read("a caption", "x"), None);
        assert_eq!(read("", "x"), None);
        let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
        assert_eq!(read(&deep, "x"), Some(Vec::new()));
    }

    #[test]
    fn turned_hashes_and_quality_count() {
        let of = |more: &str| {
            let mut found = read(&format!(r#"{{"pdq":"{HASH}"{more}}}"#), "x").unwrap();
            found.pop().unwrap().unwrap().1
        };
        assert_eq!(of("").hashes.len(), 1);
        assert_eq!(of(&format!(r#","turns":{{"flip-y":"{HASH}","other":"x"}}"#)).hashes.len(), 2);
        assert!(!of(r#","quality":49"#).can_be_matched());
    }
}
