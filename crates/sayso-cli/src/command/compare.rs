use std::io::Write;

use sayso::library::{Library, OneSide, sample_json};
use serde_json::{Value, json};

use crate::arguments::Compare;
use crate::exit::Outcome;
use crate::output::{counted, harmless};

pub(crate) fn run(arguments: &Compare) -> anyhow::Result<Outcome> {
    let library = Library::open(&[arguments.first.clone(), arguments.second.clone()])?;
    let names: Vec<String> = library.summaries().into_iter().map(|summary| summary.name).collect();
    let [first, second] = names.as_slice() else { anyhow::bail!("two datasets are compared") };
    let Some(comparison) = library.compare(first, second)? else { anyhow::bail!("two datasets are compared") };
    let mut out = std::io::stdout().lock();
    if arguments.json {
        let sides = [&comparison.first, &comparison.second].map(side_json);
        serde_json::to_writer_pretty(&mut out, &json!({"both": comparison.both, "alone": sides}))?;
        writeln!(out)?;
    } else {
        writeln!(out, "{} in both", counted(comparison.both, "pair"))?;
        for side in [&comparison.first, &comparison.second] {
            text(&mut out, side)?;
        }
    }
    let is_same = comparison.first.only == 0 && comparison.second.only == 0;
    Ok(if is_same { Outcome::Done } else { Outcome::No })
}

fn side_json(side: &OneSide) -> Value {
    let domains: Vec<Value> =
        side.domains.iter().map(|domain| json!({"value": domain.value, "count": domain.count})).collect();
    let examples: Vec<Value> = side.examples.iter().map(|sample| sample_json(&side.dataset, sample)).collect();
    json!({"dataset": side.dataset, "only": side.only, "domains": domains, "examples": examples})
}

fn text(out: &mut impl Write, side: &OneSide) -> std::io::Result<()> {
    writeln!(out, "{} in {} alone", counted(side.only, "pair"), harmless(&side.dataset))?;
    for domain in side.domains.iter().take(5) {
        writeln!(out, "  {} of {}", domain.count, harmless(&domain.value))?;
    }
    for sample in side.examples.iter().take(3) {
        writeln!(out, "  {}  {}", sample.pair.uid, harmless(&sample.pair.caption))?;
    }
    Ok(())
}
