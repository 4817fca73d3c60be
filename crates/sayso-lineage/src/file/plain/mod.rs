//! The part of TOML that people write here and [`super::node_to_toml`] does: a value a line, no escapes. It is read in a fraction of
//! the time that all of TOML takes. What is anything else, wrong things among it, is left to the whole reader, which names them.

mod tables;

use std::ops::Range;

use self::tables::is_set;
use super::raw::{RawEdge, RawNode, RawPerson, RawRemoval, RawSource, Text};

/// A value, with where it stands.
enum Plain<'a> {
    Text(Range<usize>, &'a str),
    Texts(Vec<Text>),
    Number(u64),
}

/// Which table a line belongs to.
enum Table {
    Node,
    Source(RawSource),
    Person(RawPerson),
    Removal(RawRemoval),
    Edge(Box<RawEdge>),
}

/// The node of a text that is plain throughout.
pub(super) fn read(text: &str) -> Option<RawNode> {
    let mut node = RawNode::default();
    let mut table = Table::Node;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let line = line.strip_suffix('\n').unwrap_or(line);
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
            return None;
        }
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix("[[") {
            let next = match name.strip_suffix("]]")? {
                "source" => Table::Source(RawSource::default()),
                "person" => Table::Person(RawPerson::default()),
                "removal" => Table::Removal(RawRemoval::default()),
                "edge" => Table::Edge(Box::default()),
                _ => return None,
            };
            node.close(std::mem::replace(&mut table, next))?;
            continue;
        }
        let (key, value) = line.split_once('=')?;
        let (key, value) = (key.strip_suffix(' ')?, value.strip_prefix(' ')?);
        let value = plain(value, at + key.len() + 3)?;
        match &mut table {
            Table::Node => node.set(key, value),
            Table::Source(source) => source.set(key, &value),
            Table::Person(person) => person.set(key, value),
            Table::Removal(removal) => removal.set(key, value),
            Table::Edge(edge) => edge.set(key, value),
        }?;
    }
    node.close(table)?;
    let is_whole = [&node.id, &node.kind, &node.name].into_iter().all(is_set);
    is_whole.then_some(node)
}

/// A string without escapes, a list of such, or a number; none where it is anything else.
fn plain(text: &str, at: usize) -> Option<Plain<'_>> {
    match text.as_bytes().first()? {
        b'"' => {
            let (value, rest) = string(text)?;
            rest.is_empty().then(|| Plain::Text(at..at + text.len(), value))
        }
        b'[' => {
            let mut rest = text.get(1..)?;
            let mut values = Vec::new();
            while !rest.starts_with(']') {
                let (value, behind) = string(rest)?;
                let start = at + text.len() - rest.len();
                values.push(Text::new(start..start + value.len() + 2, value.to_owned()));
                rest = behind;
                match behind.strip_prefix(", ") {
                    Some(next) if next.starts_with('"') => rest = next,
                    _ if behind.starts_with(']') => {}
                    _ => return None,
                }
            }
            (rest == "]").then_some(Plain::Texts(values))
        }
        // A number of TOML has no zeros before it, and 63 bits.
        b'1'..=b'9' if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            text.parse::<i64>().ok().and_then(|number| u64::try_from(number).ok()).map(Plain::Number)
        }
        _ => None,
    }
}

/// What stands between the quotes at the start, and what stands behind them.
fn string(text: &str) -> Option<(&str, &str)> {
    let (value, rest) = text.strip_prefix('"')?.split_once('"')?;
    // Two quotes may be the start of three.
    let is_escaped = value.contains('\\');
    let is_long = value.is_empty() && rest.starts_with('"');
    (!is_escaped && !is_long).then_some((value, rest))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::read;
    use crate::file::raw::RawNode;

    const PLAIN: &str = "id = \"a\"\nkind = \"dataset\"\nname = \"A ‘b’ = c [d] # e\"\n# a remark\nalso = [\"x\", \"y, z\"]\n\n[[removal]]\nsamples = 12\nsource = [\"s\"]\n\n[[edge]]\nkind = \"derived-from\"\nto = \"b\"\nsnapshot = 7\nsource = [\"s\"]\n\n[[source]]\nkey = \"s\"\ntitle = \"\"\nurl = \"https://example.org/\"\n";

    /// What both readers make of a text, places and all; none where the plain one leaves it to the other.
    fn same(text: &str) -> bool {
        let Some(plain) = read(text) else { return false };
        assert_eq!(plain, toml::from_str::<RawNode>(text).unwrap(), "{text}");
        true
    }

    #[test]
    fn what_is_plain_is_read_as_all_of_toml_reads_it() {
        assert!(same(PLAIN) && same(&PLAIN.replace('\n', "\r\n")) && same(PLAIN.trim_end()));
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../lineage");
        let mut plain = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                plain += usize::from(same(&std::fs::read_to_string(path).unwrap()));
            }
        }
        assert!(plain > 100, "{plain} of the shipped files are plain");
    }

    #[test]
    fn what_is_not_plain_is_left_to_the_other_reader() {
        for (from, to) in [
            ("id = \"a\"", "id = 'a'"),
            ("id = \"a\"", "\"id\" = \"a\""),
            ("id = \"a\"", "id=\"a\""),
            ("id = \"a\"", "id = \"a\" # why"),
            ("id = \"a\"", "id = \"a\"\nid = \"a\""),
            ("id = \"a\"", "id = \"\"\"a\"\"\""),
            ("id = \"a\"", "id = \"\\u0061\""),
            ("id = \"a\"", "id = \"\t\""),
            ("id = \"a\"\n", ""),
            ("samples = 12", "samples = 0x0c"),
            ("samples = 12", "samples = 1_2"),
            ("samples = 12", "samples = 012"),
            ("samples = 12", "samples = 9223372036854775808"),
            ("samples = 12", "samples = \"12\""),
            ("[\"x\", \"y, z\"]", "[\"x\", \"y, z\",]"),
            ("[\"x\", \"y, z\"]", "[\"x\" \"y\"]"),
            ("[\"x\", \"y, z\"]", "[\n\"x\"]"),
            ("[\"x\", \"y, z\"]", "[]"),
            ("[[edge]]", "[edge]"),
            ("[[edge]]", "[[ edge ]]"),
            ("[[edge]]", "[[claim]]"),
            ("title = \"\"\n", ""),
            ("# a remark", "colour = \"red\""),
        ] {
            let text = PLAIN.replace(from, to);
            assert!(text != PLAIN && read(&text).is_none(), "{to}");
        }
    }
}
