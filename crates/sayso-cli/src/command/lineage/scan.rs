use std::io::Write;

use sayso::lineage::scan;
use sayso_lineage::{NodeId, node_to_toml};
use serde_json::json;

use super::{open_with, write_file};
use crate::arguments::LineageScan;
use crate::exit::Outcome;
use crate::output::{counted, harmless};

pub(crate) fn run(arguments: &LineageScan) -> anyhow::Result<Outcome> {
    let known = open_with(&arguments.lineage, arguments.out.as_deref())?;
    let scan = scan(&arguments.dir, &known, arguments.replace)?;
    let mut err = std::io::stderr().lock();
    for (file, why) in &scan.faults {
        writeln!(err, "{}", harmless(&format!("{file}: {why}")))?;
    }
    let mut out = std::io::stdout().lock();
    if let Some(dir) = &arguments.out {
        fs_err::create_dir_all(dir)?;
        for node in &scan.nodes {
            write_file(&dir.join(format!("{}.toml", node.id)), &node_to_toml(node))?;
        }
    }
    if arguments.json {
        let ids: Vec<&str> = scan.nodes.iter().map(|node| node.id.as_str()).collect();
        let faults: Vec<_> = scan.faults.iter().map(|(file, why)| json!({ "file": file, "message": why })).collect();
        let known: Vec<&str> = scan.known.iter().map(NodeId::as_str).collect();
        let all = json!({ "nodes": ids, "known": known, "files": scan.files, "read": scan.read, "faults": faults });
        serde_json::to_writer_pretty(&mut out, &all)?;
        writeln!(out)?;
    } else if arguments.out.is_none() {
        for node in &scan.nodes {
            writeln!(out, "# {}.toml\n{}", node.id, node_to_toml(node))?;
        }
    }
    writeln!(
        err,
        "{} in {} that tell of lineage, of {} looked at",
        counted(scan.nodes.len(), "node"),
        counted(scan.read, "file"),
        scan.files
    )?;
    if let Some(first) = scan.known.first() {
        let others = match scan.known.len() {
            1 => String::new(),
            count => format!(" and {} more", count - 1),
        };
        writeln!(err, "known already, and left as it is: {first}{others} (--replace writes what was found here)")?;
    }
    Ok(match (scan.faults.is_empty(), scan.nodes.is_empty() && scan.known.is_empty()) {
        (false, _) => Outcome::DoneWithDamage,
        (true, true) => Outcome::No,
        (true, false) => Outcome::Done,
    })
}
