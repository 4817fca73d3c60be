use std::io::Write;

use sayso::library::{Library, NearHit, NearQuestion, sample_json};
use serde_json::json;

use crate::arguments::Near;
use crate::exit::Outcome;
use crate::output::{harmless, shortened};

pub(crate) fn run(arguments: &Near) -> anyhow::Result<Outcome> {
    let library = Library::open(&arguments.dirs)?;
    let fits = |name: &str| arguments.model.as_deref().is_none_or(|wanted| wanted == name);
    let indexes = library.vector_indexes();
    let index = indexes.iter().find(|index| index.modality == arguments.modality && fits(index.embedder.name()));
    let Some(index) = index else {
        anyhow::bail!(
            "no vectors of this kind are in these datasets (--modality {}{})\n\
             hint: `sayso vectors make` or `import` brings vectors in, and `sayso vectors list` shows those that are there",
            arguments.modality,
            arguments.model.as_deref().map(|name| format!(" --model {name}")).unwrap_or_default()
        );
    };
    let question = NearQuestion {
        dataset: None,
        embedder: &index.embedder,
        modality: arguments.modality,
        limit: arguments.limit,
        doubles_above: None,
    };
    let hits = library.near_sample(arguments.uid, &question, arguments.limit)?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        let hits = hits.as_ref().map(|hits| hits.iter().filter_map(hit_json).collect::<Vec<_>>());
        let answer = json!({
            "id": arguments.uid, "model": index.embedder.name(), "modality": arguments.modality, "hits": hits,
        });
        serde_json::to_writer_pretty(&mut out, &answer)?;
        writeln!(out)?;
    } else {
        match &hits {
            None => writeln!(out, "no vector of this sample is there")?,
            Some(hits) => table(&mut out, hits)?,
        }
    }
    Ok(if hits.is_none_or(|hits| hits.is_empty()) { Outcome::No } else { Outcome::Done })
}

pub(super) fn hit_json(hit: &NearHit) -> Option<serde_json::Value> {
    let mut value = sample_json(&hit.dataset, hit.sample.as_ref()?);
    value.as_object_mut()?.insert("similarity".to_owned(), json!(hit.similarity));
    Some(value)
}

/// Two lines a hit: how near and what it is, and where.
pub(super) fn table(out: &mut impl Write, hits: &[NearHit]) -> std::io::Result<()> {
    for (number, hit) in (1..).zip(hits) {
        let Some(sample) = &hit.sample else { continue };
        let (pair, verdict) = (&sample.pair, sample.verdict());
        writeln!(out, "{number:>3}. {:.3}  {}", hit.similarity, shortened(&pair.caption, 150))?;
        writeln!(out, "     {}", shortened(&pair.url, 120))?;
        writeln!(out, "     {} for {}  {}", verdict.stance, verdict.purpose, harmless(&pair.uid.to_string()))?;
    }
    match hits.len() {
        1 => writeln!(out, "1 sample, near in meaning; that is no copy"),
        count => writeln!(out, "{count} samples, near in meaning; that is no copy"),
    }
}
