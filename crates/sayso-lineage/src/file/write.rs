use std::fmt::Write;

use crate::licence::Licence;
use crate::{Edge, Node, Standing};

/// The node as a file that people can go on with.
#[must_use]
pub fn node_to_toml(node: &Node) -> String {
    let mut out = Lines(String::new());
    out.line("id", node.id.as_str());
    out.line("kind", node.kind.as_str());
    out.line("name", &node.name);
    out.list("also", node.also.iter().map(String::as_str));
    out.some("about", node.about.as_deref());
    out.some("sector", node.sector.map(crate::Sector::as_str));
    out.some("country", node.country.as_deref());
    out.shown("date", node.date);
    out.shown("until", node.until);
    out.some("licence", node.licence.as_ref().map(Licence::as_str));
    out.list("contents", node.contents.iter().map(Licence::as_str));
    out.some("purpose", node.purpose.map(crate::StatedPurpose::as_str));
    out.some("basis", node.basis.map(crate::Basis::as_str));
    out.some("size", node.size.as_deref());
    out.some("url", node.url.as_deref());
    for edge in &node.edges {
        out.edge(edge, node);
    }
    for person in &node.persons {
        out.table("person");
        out.line("name", &person.name);
        out.line("consent", person.consent.as_str());
        out.list("source", person.sources.iter().map(String::as_str));
    }
    for removal in &node.removals {
        out.table("removal");
        out.shown("date", removal.date);
        out.number("samples", removal.samples);
        out.number("snapshot", removal.snapshot);
        out.some("receipt", removal.receipt.as_deref());
        out.some("note", removal.note.as_deref());
        out.list("source", removal.sources.iter().map(String::as_str));
    }
    for source in &node.sources {
        out.table("source");
        out.line("key", &source.key);
        out.line("title", &source.title);
        out.line("url", &source.url);
        out.shown("date", source.date);
        out.some("supports", source.supports.as_deref());
    }
    out.0
}

/// Lines of a file. Writing to a string cannot fail.
struct Lines(String);

impl Lines {
    fn edge(&mut self, edge: &Edge, node: &Node) {
        self.table("edge");
        self.line("kind", edge.kind.as_str());
        if edge.from == node.id {
            self.line("to", edge.to.as_str());
        } else {
            self.line("from", edge.from.as_str());
        }
        self.shown("date", edge.date);
        self.shown("until", edge.until);
        self.some("licence", edge.licence.as_ref().map(Licence::as_str));
        self.some("purpose", edge.purpose.map(crate::StatedPurpose::as_str));
        self.number("snapshot", edge.snapshot);
        if edge.standing == Standing::Claim {
            self.line("standing", edge.standing.as_str());
        }
        self.some("by", edge.by.as_deref());
        self.some("disputed", edge.disputed.as_deref());
        self.some("note", edge.note.as_deref());
        self.list("source", edge.sources.iter().map(String::as_str));
    }

    fn table(&mut self, name: &str) {
        let _ = writeln!(self.0, "\n[[{name}]]");
    }

    fn line(&mut self, key: &str, value: &str) {
        let _ = writeln!(self.0, "{key} = {}", quoted(value));
    }

    fn some(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.line(key, value);
        }
    }

    fn shown(&mut self, key: &str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.line(key, &value.to_string());
        }
    }

    fn number(&mut self, key: &str, value: Option<u64>) {
        // TOML has no whole numbers beyond 63 bits.
        if let Some(value) = value.filter(|value| i64::try_from(*value).is_ok()) {
            let _ = writeln!(self.0, "{key} = {value}");
        }
    }

    fn list<'a>(&mut self, key: &str, values: impl Iterator<Item = &'a str>) {
        let values: Vec<String> = values.map(quoted).collect();
        if !values.is_empty() {
            let _ = writeln!(self.0, "{key} = [{}]", values.join(", "));
        }
    }
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
