//! Files of hashes: a claim or a question needs no picture.

use sayso_core::{Pdq, Sha256};
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

/// Every object that has hashes, wherever it stands.
fn of_json(value: &Value, place: &str, depth: usize, found: &mut Hashes) {
    let Some(deeper) = depth.checked_sub(1) else { return };
    match value {
        Value::Array(values) => values.iter().for_each(|value| of_json(value, place, deeper, found)),
        Value::Object(object) => match (object.get("hashes"), object.get("pdq")) {
            (Some(Value::Array(views)), _) => found.push(of_views(value, views, place, found.len() + 1)),
            (_, Some(Value::Null)) => {}
            (_, Some(_)) => found.push(of_views(value, std::slice::from_ref(value), place, found.len() + 1)),
            (_, None) => object.values().for_each(|value| of_json(value, place, deeper, found)),
        },
        _ => {}
    }
}

/// A picture of which hashes are known: as it is, turned, or laid on white.
fn of_views(picture: &Value, views: &[Value], place: &str, number: usize) -> Result<(String, OwnPicture), MatchFault> {
    let text =
        |value: &Value, names: &[&str]| names.iter().find_map(|name| value.get(name)?.as_str()).map(str::to_owned);
    let mut own = OwnPicture::without_hashes();
    for view in views {
        let pdq: Option<Pdq> = text(view, &["pdq"]).and_then(|pdq| pdq.parse().ok());
        let pdq = pdq.ok_or_else(|| no_hash(place, format!("a hash of picture {number} is none")))?;
        let quality = ["quality", "pdq_quality"].iter().find_map(|name| view.get(name)?.as_u64());
        let quality = quality.map(|quality| u8::try_from(quality).unwrap_or(u8::MAX));
        let name = text(view, &["view"]).unwrap_or_default();
        // What is laid on white lies as it is.
        let turn = Turn::ALL.into_iter().find(|turn| turn.as_str() == name).unwrap_or(Turn::Original);
        if own.pdq.is_none() {
            (own.pdq, own.quality) = (Some(pdq), quality);
        }
        if quality.is_none_or(|quality| quality >= Hashed::GOOD) {
            own.hashes.push(OwnHash { turn, pdq });
        }
    }
    // A digest has as many digits as a hash.
    let digest = text(picture, &["sha256"]).and_then(|digest| digest.parse::<Pdq>().ok());
    own.sha256 = digest.map(|digest| Sha256(*digest.as_bytes()));
    Ok((text(picture, &["picture", "path", "name"]).unwrap_or_else(|| format!("{place}:{number}")), own))
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
            ["x:1", "a b.png", "c", "line 5 starts with no hash"]
        );
        assert_eq!(
            names(&format!(r#"{{"pictures":[{{"path":"a","pdq":"{HASH}"}},{{"path":"b","pdq":null}}]}}"#)),
            ["a"]
        );
        assert_eq!(
            names(&format!("{{\"pdq\":\"{HASH}\"}}\n{{\"pdq\":\"zz\"}}\n")),
            ["x:1", "a hash of picture 2 is none"]
        );
        assert!(names("{\"pdq\":").last().unwrap().starts_with("the JSON cannot be read"));
        assert_eq!(read("a caption", "x"), None);
        assert_eq!(read("", "x"), None);
        let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
        assert_eq!(read(&deep, "x"), Some(Vec::new()));
    }

    #[test]
    fn what_sayso_hash_prints_is_read() {
        let of = |more: &str| {
            let mut found = read(&format!(r#"{{"pdq":"{HASH}"{more}}}"#), "x").unwrap();
            found.pop().unwrap().unwrap().1
        };
        assert_eq!(of("").hashes.len(), 1);
        assert!(!of(r#","quality":49"#).can_be_matched());
        let views = format!(r#"[{{"pdq":"{HASH}","quality":50}},{{"view":"flip-y","pdq":"{HASH}","quality":50}}]"#);
        let text = format!(r#"{{"pictures":[{{"path":"a","sha256":"{HASH}","hashes":{views}}},{{"hashes":[]}}]}}"#);
        let found = read(&text, "x").unwrap();
        let (name, own) = found[0].clone().unwrap();
        let turns: Vec<_> = own.hashes.iter().map(|hash| hash.turn.as_str()).collect();
        assert_eq!(
            (name.as_str(), turns, own.sha256.map(|digest| digest.to_string())),
            ("a", vec!["original", "flip-y"], Some(HASH.to_owned()))
        );
        assert!(!found[1].as_ref().unwrap().1.can_be_matched());
    }
}
