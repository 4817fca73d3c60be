//! A text index in parts: each is one file, made where its samples are written, and all are searched as one index.
//!
//! A part holds the engine's files of one or more segments behind each other, and what the engine has to know of them
//! ([`file`]). Opening an index in parts maps the files and tells the engine of all segments at once ([`joined`]), so
//! that scores and counts are those of one index over the same samples. What was joined can be merged into fewer parts
//! whenever somebody finds the time ([`merge`]).

mod file;
mod join;
mod joined;
mod merge;
mod writer;

pub use join::join_text_parts;
pub(crate) use joined::Joined;
pub use merge::{MergedParts, merge_text_parts};
use serde::{Deserialize, Serialize};
pub use writer::TextPartWriter;

/// A file of an index in parts, as the index names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextPart {
    /// Its name in the index's folder.
    pub file: String,
    /// The samples in it, which follow those of the part before.
    pub documents: u64,
    /// Its length.
    pub bytes: u64,
}

/// What parts' names end with.
const ENDING: &str = "part";

/// The name of the part that holds these shards.
fn name_of(first: u32, last: u32) -> String {
    if first == last { format!("{first:05}.{ENDING}") } else { format!("{first:05}-{last:05}.{ENDING}") }
}

/// The shards of the part of this name; `None` of a name that no part has.
fn shards_of(name: &str) -> Option<(u32, u32)> {
    let numbers = name.strip_suffix(ENDING)?.strip_suffix('.')?;
    let number = |text: &str| {
        let is_number = text.len() >= 5 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| is_number)
    };
    match numbers.split_once('-') {
        Some((first, last)) => Some((number(first)?, number(last)?)).filter(|(first, last)| first < last),
        None => number(numbers).map(|shard| (shard, shard)),
    }
}

#[cfg(test)]
mod tests {
    use super::{name_of, shards_of};

    #[test]
    fn names_lead_to_shards_and_nowhere_else() {
        for (first, last) in [(0, 0), (7, 12), (99_999, 100_000), (123_456, 123_456)] {
            assert_eq!(shards_of(&name_of(first, last)), Some((first, last)));
        }
        for name in [
            "",
            "part",
            "0.part",
            "00000.part.tmp",
            "../00000.part",
            "00002-00001.part",
            "00001-00001.part",
            "+0001.part",
        ] {
            assert_eq!(shards_of(name), None, "{name}");
        }
    }
}
