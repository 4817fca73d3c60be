use std::collections::{BTreeMap, HashMap};

use sayso_lineage::{Edge, FILE_LIMITS, Graph, Node, NodeId};

/// Sources of a node that is only named: who else names it adds nothing.
const SOURCES: usize = 20;

/// Nodes that several files told of, each once.
#[derive(Default)]
pub(super) struct Gathered {
    nodes: BTreeMap<NodeId, Node>,
    /// Where that lies which a node is.
    places: HashMap<NodeId, String>,
}

/// Whether nothing is said of a node but that it is there.
pub(super) fn is_bare(node: &Node) -> bool {
    let says_nothing = node.edges.is_empty() && node.persons.is_empty() && node.removals.is_empty();
    says_nothing && node.licence.is_none() && node.contents.is_empty() && node.url.is_none() && node.size.is_none()
}

impl Gathered {
    /// Adds what a file says to what others said of the same node. What was said first stays. `place` is where that lies which the
    /// node is, if it is not only told of.
    pub(super) fn add(&mut self, node: Node, place: Option<&str>) -> Result<(), String> {
        if let Some(place) = place {
            let known = self.places.entry(node.id.clone()).or_insert_with(|| place.to_owned());
            if known != place {
                return Err(format!("`{}` is already what lies in `{known}`\nhint: rename one of them", node.id));
            }
        }
        match self.nodes.get_mut(&node.id) {
            Some(known) => merge(known, node),
            None => {
                self.nodes.insert(node.id.clone(), node);
                Ok(())
            }
        }
    }

    /// The nodes, of which those that are only named are replaced by those of `graph` that are called so.
    pub(super) fn nodes(self, graph: &Graph) -> Vec<Node> {
        let mut by_name: HashMap<String, NodeId> = HashMap::new();
        for (_, node) in graph.nodes() {
            for name in [node.id.as_str(), &node.name].into_iter().chain(node.also.iter().map(String::as_str)) {
                by_name.entry(bare(name)).or_insert_with(|| node.id.clone());
            }
            // The addresses of repositories are names, too: huggingface.co/laion/laion2B-en.
            for url in node.sources.iter().map(|source| &source.url).chain(&node.url) {
                if let Some(path) = url.strip_prefix("https://huggingface.co/") {
                    let path = path.strip_prefix("datasets/").unwrap_or(path);
                    if path.matches('/').count() == 1 {
                        by_name.entry(bare(path)).or_insert_with(|| node.id.clone());
                    }
                }
            }
        }
        let known = |node: &Node| {
            let last = node.name.rsplit('/').next().unwrap_or(&node.name);
            let found = by_name.get(&bare(&node.name)).or_else(|| by_name.get(&bare(last)));
            found.filter(|_| is_bare(node) && !self.places.contains_key(&node.id)).cloned()
        };
        let replaced: HashMap<NodeId, NodeId> =
            self.nodes.values().filter_map(|node| Some((node.id.clone(), known(node)?))).collect();
        let mut nodes: Vec<Node> = self.nodes.into_values().filter(|node| !replaced.contains_key(&node.id)).collect();
        for edge in nodes.iter_mut().flat_map(|node| &mut node.edges) {
            for end in [&mut edge.from, &mut edge.to] {
                if let Some(known) = replaced.get(end) {
                    *end = known.clone();
                }
            }
        }
        for node in &mut nodes {
            node.edges.retain(|edge| edge.from != edge.to);
        }
        nodes
    }
}

fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What both say, each source under a key that no other has.
fn merge(known: &mut Node, node: Node) -> Result<(), String> {
    if known.kind != node.kind {
        match (is_bare(known), is_bare(&node)) {
            // What only names it may be wrong about what it is.
            (true, false) => known.kind = node.kind,
            (_, true) => {}
            (false, false) => {
                let first = known.sources.first().map_or("", |source| source.title.as_str());
                return Err(format!("`{}` is a {} here, and a {} in `{first}`", node.id, node.kind, known.kind));
            }
        }
    }
    if known.sources.len() >= SOURCES && is_bare(&node) {
        return Ok(());
    }
    if known.sources.len() + node.sources.len() > FILE_LIMITS.parts {
        return Err(format!("more than {} files tell of `{}`", FILE_LIMITS.parts, node.id));
    }
    let mut keys: HashMap<String, String> = HashMap::new();
    for mut source in node.sources {
        let same = known.sources.iter().find(|own| own.url == source.url);
        let key = same.map_or_else(|| format!("{}-{}", source.key, known.sources.len() + 1), |own| own.key.clone());
        keys.insert(source.key.clone(), key.clone());
        if same.is_none() {
            source.key = key;
            known.sources.push(source);
        }
    }
    let own = |sources: &[String]| -> Vec<String> { sources.iter().filter_map(|key| keys.get(key).cloned()).collect() };
    for mut edge in node.edges {
        edge.sources = own(&edge.sources);
        let same = |known: &&mut Edge| known.kind == edge.kind && known.to == edge.to && known.from == edge.from;
        match known.edges.iter_mut().find(same) {
            Some(known) => known.sources.extend(edge.sources),
            None => known.edges.push(edge),
        }
    }
    for edge in &mut known.edges {
        edge.sources.sort();
        edge.sources.dedup();
    }
    for mut person in node.persons {
        person.sources = own(&person.sources);
        if !known.persons.iter().any(|known| known.name == person.name && known.consent == person.consent) {
            known.persons.push(person);
        }
    }
    for mut removal in node.removals {
        removal.sources = own(&removal.sources);
        let what = |removal: &sayso_lineage::Removal| (removal.snapshot, removal.date, removal.samples);
        if !known.removals.iter().any(|known| what(known) == what(&removal)) {
            known.removals.push(removal);
        }
    }
    for licence in node.contents {
        if !known.contents.iter().any(|known| known.is_same(&licence)) {
            known.contents.push(licence);
        }
    }
    known.about = known.about.take().or(node.about);
    known.sector = known.sector.or(node.sector);
    known.country = known.country.take().or(node.country);
    known.licence = known.licence.take().or(node.licence);
    known.date = known.date.or(node.date);
    known.until = known.until.or(node.until);
    known.basis = known.basis.or(node.basis);
    known.size = known.size.take().or(node.size);
    known.url = known.url.take().or(node.url);
    known.purpose = known.purpose.or(node.purpose);
    let names = node.also.into_iter().chain([node.name]);
    let others: Vec<String> = names.filter(|name| *name != known.name && !known.also.contains(name)).collect();
    known.also.extend(others);
    Ok(())
}
