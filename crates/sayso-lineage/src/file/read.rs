use std::cell::OnceCell;
use std::ops::Range;
use std::str::FromStr;

use sayso_core::UnknownName;

use super::FileLimits;
use super::raw::{RawEdge, RawNode, RawPerson, RawRemoval, RawSource, Text};
use crate::licence::Licence;
use crate::{
    Basis, Consent, Date, Edge, EdgeKind, Fault, Node, NodeId, NodeKind, Person, Removal, Sector, Source, Standing,
    StatedPurpose,
};

/// Reads the node of a file, or says all that is wrong with it.
///
/// `file` is the file's name, which has to be the node's id with `.toml` behind it: so no two files of a folder can be of one
/// node.
pub fn read_node(file: &str, text: &str, limits: &FileLimits) -> Result<Node, Vec<Fault>> {
    let mut reader = Reader { file, text, lines: OnceCell::new(), limits, faults: Vec::new() };
    if text.len() as u64 > limits.file_bytes {
        reader.whole(format!("the file is longer than {} bytes", limits.file_bytes));
        return Err(reader.faults);
    }
    let raw: RawNode = match super::plain::read(text).map_or_else(|| toml::from_str(text), Ok) {
        Ok(raw) => raw,
        Err(error) => {
            reader.fault(error.span().unwrap_or(0..0), error.message().trim().replace('\n', "; "));
            return Err(reader.faults);
        }
    };
    let node = reader.node(raw);
    match node {
        Some(node) if reader.faults.is_empty() => Ok(node),
        _ => {
            reader.faults.sort();
            Err(reader.faults)
        }
    }
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    /// Where lines end: a file may have thousands of edges, each of which knows its line.
    lines: OnceCell<Vec<usize>>,
    limits: &'a FileLimits,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn whole(&mut self, message: String) {
        self.faults.push(Fault { file: self.file.into(), line: 0, message });
    }

    fn fault(&mut self, at: Range<usize>, message: String) {
        let line = self.line(&at);
        self.faults.push(Fault { file: self.file.into(), line, message });
    }

    fn line(&self, at: &Range<usize>) -> usize {
        let ends = self.lines.get_or_init(|| self.text.match_indices('\n').map(|(end, _)| end).collect());
        ends.partition_point(|end| *end < at.start) + 1
    }

    fn node(&mut self, raw: RawNode) -> Option<Node> {
        self.count("source", raw.source.len());
        self.count("edge", raw.edge.len());
        self.count("person", raw.person.len());
        self.count("removal", raw.removal.len());
        let (id_at, kind_at) = (raw.id.span(), raw.kind.span());
        let id = self.id(&raw.id);
        let kind = self.named::<NodeKind>(&raw.kind);
        let name = self.text(raw.name);
        let (id, kind) = (id?, kind?);
        if self.file.strip_suffix(".toml").is_some_and(|stem| stem != id.as_str()) {
            self.fault(
                id_at,
                format!(
                    "the file of `{id}` is not called so\nhint: call it {id}.toml, or give the node the file's name"
                ),
            );
        }
        if raw.sector.is_some() && kind != NodeKind::Organisation {
            self.fault(kind_at.clone(), format!("a {kind} has no sector: that is for organisations"));
        }
        let sources: Vec<Source> = raw.source.into_iter().filter_map(|source| self.source(source)).collect();
        let mut keys: Vec<&str> = sources.iter().map(|source| source.key.as_str()).collect();
        keys.sort_unstable();
        if sources.is_empty() {
            self.fault(kind_at, "the node has no source\nhint: add a [[source]] with key, title and url".to_owned());
        } else if keys.windows(2).any(|two| matches!(two, [one, other] if one == other)) {
            self.whole("two sources have the same key".to_owned());
        }
        let mut node = Node::new(id, kind, &name);
        node.about = raw.about.map(|text| self.text(text));
        node.also = raw.also.into_iter().map(|text| self.text(text)).collect();
        node.sector = raw.sector.and_then(|text| self.named::<Sector>(&text));
        node.country = raw.country.map(|text| self.text(text));
        node.date = raw.date.and_then(|text| self.date(&text));
        node.until = raw.until.and_then(|text| self.date(&text));
        node.licence = raw.licence.map(|text| self.licence(text));
        node.contents = raw.contents.into_iter().map(|text| self.licence(text)).collect();
        node.purpose = raw.purpose.and_then(|text| self.purpose(&text));
        node.basis = raw.basis.and_then(|text| self.named::<Basis>(&text));
        node.size = raw.size.map(|text| self.text(text));
        node.url = raw.url.and_then(|text| self.address(text));
        node.persons = raw.person.into_iter().filter_map(|person| self.person(person, &keys)).collect();
        node.removals = raw.removal.into_iter().map(|removal| self.removal(removal, &keys)).collect();
        node.edges = raw.edge.into_iter().filter_map(|edge| self.edge(edge, &node.id, &keys)).collect();
        node.sources = sources;
        Some(node)
    }

    fn source(&mut self, raw: RawSource) -> Option<Source> {
        Some(Source {
            key: self.text(raw.key),
            title: self.text(raw.title),
            url: self.address(raw.url)?,
            date: raw.date.and_then(|text| self.date(&text)),
            supports: raw.supports.map(|text| self.text(text)),
        })
    }

    fn person(&mut self, raw: RawPerson, keys: &[&str]) -> Option<Person> {
        let sources = self.sources(raw.source, keys, &raw.name.span());
        Some(Person { consent: self.named::<Consent>(&raw.consent)?, name: self.text(raw.name), sources })
    }

    fn removal(&mut self, raw: RawRemoval, keys: &[&str]) -> Removal {
        let at = raw.date.as_ref().map_or(0..0, Text::span);
        Removal {
            date: raw.date.and_then(|text| self.date(&text)),
            samples: raw.samples,
            snapshot: raw.snapshot,
            receipt: raw.receipt.map(|text| self.text(text)),
            note: raw.note.map(|text| self.text(text)),
            sources: self.sources(raw.source, keys, &at),
        }
    }

    fn edge(&mut self, raw: RawEdge, own: &NodeId, keys: &[&str]) -> Option<Edge> {
        let at = raw.kind.span();
        let kind = self.named::<EdgeKind>(&raw.kind);
        let sources = self.sources(raw.source, keys, &at);
        let (from, to) = match (raw.from, raw.to) {
            (None, Some(to)) => (Some(own.clone()), self.id(&to)),
            (Some(from), None) => (self.id(&from), Some(own.clone())),
            _ => {
                self.fault(at, "an edge has either a `to` or a `from`: its other end is the file's node".to_owned());
                return None;
            }
        };
        let line = u32::try_from(self.line(&at)).unwrap_or(0);
        let mut edge = Edge::new(kind?, from?, to?, sources);
        edge.line = line;
        edge.date = raw.date.and_then(|text| self.date(&text));
        edge.until = raw.until.and_then(|text| self.date(&text));
        edge.licence = raw.licence.map(|text| self.licence(text));
        edge.purpose = raw.purpose.and_then(|text| self.purpose(&text));
        edge.snapshot = raw.snapshot;
        edge.by = raw.by.map(|text| self.text(text));
        edge.disputed = raw.disputed.map(|text| self.text(text));
        edge.note = raw.note.map(|text| self.text(text));
        if let Some(text) = raw.standing {
            edge.standing = self.named::<Standing>(&text)?;
        }
        Some(edge)
    }

    /// The keys of sources, each of which the file has to have.
    fn sources(&mut self, raw: Vec<Text>, keys: &[&str], at: &Range<usize>) -> Vec<String> {
        if raw.is_empty() {
            self.fault(
                at.clone(),
                "nothing is cited for it\nhint: source = [\"key\"] names [[source]]s of the same file".to_owned(),
            );
        }
        for text in &raw {
            if keys.binary_search(&text.get_ref()).is_err() {
                self.fault(
                    text.span(),
                    format!("there is no source with the key `{}` in this file", shown(text.get_ref())),
                );
            }
        }
        raw.into_iter().map(Text::into_inner).collect()
    }

    fn count(&mut self, what: &str, count: usize) {
        if count > self.limits.parts {
            self.whole(format!("there are more than {} [[{what}]]s", self.limits.parts));
        }
    }

    fn text(&mut self, text: Text) -> String {
        let (at, text) = (text.span(), text.into_inner());
        if text.trim().is_empty() {
            self.fault(at, "the text is empty\nhint: leave the line out where nothing is known".to_owned());
        } else if text.chars().count() > self.limits.chars {
            self.fault(at, format!("the text is longer than {} characters", self.limits.chars));
        }
        text
    }

    fn licence(&mut self, text: Text) -> Licence {
        Licence::new(&self.text(text))
    }

    fn id(&mut self, text: &Text) -> Option<NodeId> {
        self.parsed(text)
    }

    fn date(&mut self, text: &Text) -> Option<Date> {
        self.parsed(text)
    }

    fn purpose(&mut self, text: &Text) -> Option<StatedPurpose> {
        self.named(text)
    }

    fn parsed<T: FromStr<Err: std::fmt::Display>>(&mut self, text: &Text) -> Option<T> {
        text.get_ref().parse().map_err(|error: T::Err| self.fault(text.span(), error.to_string())).ok()
    }

    fn named<T: FromStr<Err = UnknownName>>(&mut self, text: &Text) -> Option<T> {
        let unknown = |error: UnknownName| {
            let given = shown(&error.given);
            self.fault(text.span(), UnknownName { given, ..error }.to_string());
        };
        text.get_ref().parse().map_err(unknown).ok()
    }

    fn address(&mut self, text: Text) -> Option<String> {
        let at = text.span();
        let text = self.text(text);
        // Files are what a scan of one's own folder rests on.
        let is_address =
            |url: &url::Url| (matches!(url.scheme(), "http" | "https") && url.has_host()) || url.scheme() == "file";
        if !url::Url::parse(&text).is_ok_and(|url| is_address(&url)) {
            self.fault(at, format!("`{}` is no address on the web", shown(&text)));
            return None;
        }
        Some(text)
    }
}

fn shown(text: &str) -> String {
    text.chars().take(60).collect()
}
