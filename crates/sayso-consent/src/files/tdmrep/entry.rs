use serde::Deserialize;
use serde_json::Value;

/// What an entry says of the addresses that it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reservation {
    /// 1, with or without a policy that says how to get the rights.
    Reserved { policy: bool },
    /// 0. A policy beside it is not read (TDMRep, section 4.2).
    Granted,
    /// Neither: a protocol error, which sets nothing (section 4.1).
    Unset,
}

/// An entry that says where it applies.
pub(super) struct ReadEntry {
    pub(super) location: String,
    pub(super) reservation: Reservation,
}

/// Properties that stand twice are an error, or it would depend on the reader which of them counts.
#[derive(Deserialize)]
struct Properties {
    location: String,
    #[serde(rename = "tdm-reservation", default)]
    reservation: Value,
    #[serde(rename = "tdm-policy", default)]
    policy: Value,
}

/// Reads an element of the array; `None` where it cannot be told which addresses it is about.
///
/// `tdm-reservation` is an integer (section 4.1): `"1"`, `1.0`, `true` and 2 are other values. A location is a path;
/// one that does not start like a path (an absolute URL, an empty string) is about who knows what.
pub(super) fn read_entry(element: &[u8]) -> Option<ReadEntry> {
    // An array of three values would pass for an object.
    if !element.starts_with(b"{") {
        return None;
    }
    let properties: Properties = serde_json::from_slice(element).ok()?;
    if !properties.location.starts_with(['/', '*']) {
        return None;
    }
    let reservation = match &properties.reservation {
        Value::Number(number) => match number.as_u64() {
            Some(0) => Reservation::Granted,
            Some(1) => Reservation::Reserved { policy: is_policy(&properties.policy) },
            _ => Reservation::Unset,
        },
        _ => Reservation::Unset,
    };
    Some(ReadEntry { location: properties.location, reservation })
}

fn is_policy(policy: &Value) -> bool {
    policy.as_str().is_some_and(|url| !url.trim_ascii().is_empty())
}
