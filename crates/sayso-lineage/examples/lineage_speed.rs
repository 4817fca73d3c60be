//! How long a large lineage takes: a made-up graph of crawls, datasets, models and apps is written as files, loaded, and asked.
//!
//!     cargo run --release --example lineage_speed -- 100000

use std::path::Path;
use std::time::Instant;

use sayso_lineage::{
    Edge, EdgeKind, FILE_LIMITS, Licence, Node, NodeId, NodeKind, Picture, RULE_LIMITS, Sector, Source, StatedPurpose,
    check, load, node_to_toml,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count: usize = std::env::args().nth(1).map_or(Ok(100_000), |count| count.parse())?;
    let dir = std::env::temp_dir().join(format!("sayso-lineage-{count}"));
    // The last file is there once all are: so the files of an earlier run are taken as they are.
    if !dir.join(format!("n{}.toml", count - 1)).exists() {
        std::fs::create_dir_all(&dir)?;
        write(&dir, count)?;
    }
    let mut loads = Vec::new();
    for _ in 0..3 {
        let start = Instant::now();
        let graph = load(false, std::slice::from_ref(&dir), &FILE_LIMITS)?;
        loads.push(start.elapsed());
        std::hint::black_box(graph.len());
    }
    let graph = load(false, &[dir], &FILE_LIMITS)?;
    println!("{} nodes, {} edges: loaded in {loads:?}", graph.len(), graph.links());
    let start = Instant::now();
    let found = check(&graph, &[], &RULE_LIMITS);
    println!("all rules: {:?}, {} alarms, {} more", start.elapsed(), found.alarms.len(), found.more);
    let first = graph.find("n1").ok_or("no first node")?;
    for (name, id) in [("near", 50), ("middle", count / 2), ("last", count - 1)] {
        let to = graph.find(&format!("n{id}")).ok_or("no such node")?;
        let start = Instant::now();
        let path = graph.path(first, to);
        println!("path to the {name}: {:?}, {:?} steps", start.elapsed(), path.map(|path| path.steps.len()));
    }
    let start = Instant::now();
    let picture = Picture::around(&graph, first, &found.alarms);
    println!(
        "picture around the first: {:?}, {} nodes, {} left out",
        start.elapsed(),
        picture.nodes.len(),
        picture.left_out
    );
    Ok(())
}

/// Nodes in layers, each made of a few before it; every tenth is a company.
fn write(dir: &Path, count: usize) -> Result<(), Box<dyn std::error::Error>> {
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |most: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random % (most as u64 + 1)).unwrap_or(0)
    };
    for number in 0..count {
        let path = dir.join(format!("n{number}.toml"));
        let kind = match (number, number % 10) {
            (..5, _) => NodeKind::Crawl,
            (_, 0) => NodeKind::Organisation,
            (_, 1..4) => NodeKind::Dataset,
            (_, 9) => NodeKind::App,
            _ => NodeKind::Model,
        };
        let id: NodeId = format!("n{number}").parse()?;
        let mut node = Node::new(id.clone(), kind, &format!("Node {number}"));
        node.sources.push(Source {
            key: "page".to_owned(),
            title: "A page".to_owned(),
            url: format!("https://example.org/{number}"),
            date: None,
            supports: None,
        });
        let mut edge = |kind: EdgeKind, to: usize| -> Result<(), Box<dyn std::error::Error>> {
            node.edges.push(Edge::new(kind, id.clone(), format!("n{to}").parse()?, vec!["page".to_owned()]));
            Ok(())
        };
        // A node of this remainder that came before.
        let mut before = |remainder: usize| (number > 20).then(|| next(number / 10 - 2) * 10 + remainder);
        match kind {
            NodeKind::Dataset => {
                if let (Some(from), true) = (before(2).filter(|from| *from >= 5), number % 4 == 0) {
                    edge(EdgeKind::DerivedFrom, from)?;
                } else {
                    edge(EdgeKind::CollectedFrom, number % 5)?;
                }
            }
            NodeKind::Model => {
                if let Some(to) = before(1).filter(|to| *to >= 5) {
                    edge(EdgeKind::TrainedOn, to)?;
                }
                if let (Some(to), true) = (before(5).filter(|to| *to >= 5), number % 3 == 0) {
                    edge(EdgeKind::FineTunedFrom, to)?;
                }
                if let Some(to) = before(0).filter(|to| *to >= 5) {
                    edge(EdgeKind::ReleasedBy, to)?;
                }
            }
            NodeKind::App => {
                if let Some(to) = before(6) {
                    edge(EdgeKind::DerivedFrom, to)?;
                }
                if let Some(to) = before(0).filter(|to| *to >= 5) {
                    edge(EdgeKind::OwnedBy, to)?;
                }
            }
            _ => {}
        }
        match kind {
            NodeKind::Organisation => {
                node.sector = Some(if number % 20 == 0 { Sector::Company } else { Sector::University });
            }
            NodeKind::Dataset if number % 50 == 1 => node.purpose = Some(StatedPurpose::Research),
            NodeKind::App => node.purpose = Some(StatedPurpose::Commercial),
            NodeKind::Model => node.licence = Some(Licence::new(["MIT", "CC-BY-NC-4.0", "apache-2.0"][number % 3])),
            _ => {}
        }
        std::fs::write(path, node_to_toml(&node))?;
    }
    Ok(())
}
