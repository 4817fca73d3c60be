use std::collections::BTreeSet;
use std::io::Write;

use sayso::library::{Library, NearQuestion, VectorIndexSummary};
use sayso::models::NamedEmbedder;
use sayso::vectors::{EmbedError, EmbedQuery, mix};
use sayso_core::{EmbedderId, Modality};
use serde_json::json;

use super::models::{choices, hub};
use super::near::{hit_json, table};
use crate::arguments::{ByMeaning, Search};
use crate::exit::Outcome;
use crate::output::harmless;

/// Bytes of a picture that is looked for.
const PICTURE_BYTES: u64 = 64 << 20;

/// Searches by what a text means, what a picture looks like, or both.
pub(super) fn run(arguments: &Search) -> anyhow::Result<Outcome> {
    let asked = &arguments.by_meaning;
    let library = Library::open(&arguments.paths)?;
    let indexes = library.vector_indexes();
    let fitting: Vec<&VectorIndexSummary> =
        indexes.iter().filter(|index| asked.modality.is_none_or(|wanted| wanted == index.modality)).collect();
    let model = match &asked.model {
        Some(model) => model.clone(),
        None => only_model(&fitting)?,
    };
    let embedder = NamedEmbedder::open(&model, hub().as_ref(), choices(&asked.choices))?;
    let modality = modality(&embedder, &fitting)?;
    let question = NearQuestion {
        dataset: None,
        embedder: embedder.embedder(),
        modality,
        limit: arguments.limit,
        doubles_above: None,
    };
    let hits = library.near(&vector(&embedder, asked)?, &question, arguments.limit)?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        let answer = json!({
            "meaning": asked.meaning,
            "picture": asked.picture.as_ref().map(|path| path.to_string_lossy()),
            "model": embedder.embedder().name(),
            "modality": modality,
            "hits": hits.iter().filter_map(hit_json).collect::<Vec<_>>(),
        });
        serde_json::to_writer_pretty(&mut out, &answer)?;
        writeln!(out)?;
    } else {
        table(&mut out, &hits)?;
    }
    Ok(if hits.is_empty() { Outcome::No } else { Outcome::Done })
}

/// The name of the one embedder that made the vectors.
fn only_model(indexes: &[&VectorIndexSummary]) -> anyhow::Result<String> {
    let names: BTreeSet<&str> = indexes.iter().map(|index| index.embedder.name()).collect();
    match names.iter().copied().collect::<Vec<_>>().as_slice() {
        [] => anyhow::bail!("{NO_VECTORS}"),
        [name] if sayso::models::by_name(name).is_some() => Ok((*name).to_owned()),
        // The weights of a known model would not be those of such a name, which somebody chose.
        [name] => anyhow::bail!(
            "nothing says where the weights of `{name}` are, which made the vectors\n\
             hint: name them with --model {name}=FILE, or {name}= and a known model"
        ),
        names => anyhow::bail!(
            "the vectors are of several nets: {}\nhint: choose one with --model, or captions with --modality text",
            names.join(", ")
        ),
    }
}

const NO_VECTORS: &str = "no vectors of this kind are in these datasets\n\
                          hint: `sayso vectors make` makes some of captions, and `sayso vectors import` brings some in";

/// Of the vectors that this net made, those that are asked.
fn modality(embedder: &NamedEmbedder, indexes: &[&VectorIndexSummary]) -> anyhow::Result<Modality> {
    let own = indexes.iter().filter(|index| index.embedder.agrees_with(embedder.embedder()));
    // Pictures come before captions.
    if let Some(modality) = own.map(|index| index.modality).min() {
        return Ok(modality);
    }
    let (id, hint) = (embedder.embedder(), hint_for(embedder.embedder(), indexes.iter().copied()));
    anyhow::bail!(
        "no vectors of this kind in these datasets were made by `{}` with these weights\nhint: {hint}",
        id.name()
    )
}

/// What to try with a net that made none of the vectors.
pub(super) fn hint_for<'a>(id: &EmbedderId, indexes: impl Iterator<Item = &'a VectorIndexSummary>) -> String {
    let (mut names, mut perhaps) = (BTreeSet::new(), None);
    for index in indexes {
        names.insert(index.embedder.name());
        // Those that may be its own under another name.
        let renamed = EmbedderId::new(
            index.embedder.name(),
            u32::try_from(id.dimension()).unwrap_or(u32::MAX),
            id.weights_sha256(),
        );
        if renamed.is_ok_and(|renamed| renamed.agrees_with(&index.embedder)) {
            perhaps = perhaps.or(Some(index.embedder.name()));
        }
    }
    let names = names.into_iter().collect::<Vec<_>>().join(", ");
    match perhaps {
        Some(name) => format!("there are vectors of {names}; if `{name}` is this net, write --model {name}=FILE"),
        None if names.is_empty() => "`sayso vectors make` makes some of captions".to_owned(),
        None => format!(
            "there are vectors of {names}: open the weights that made them, or make others with `sayso vectors make`"
        ),
    }
}

/// The vector of what is looked for.
fn vector(embedder: &NamedEmbedder, asked: &ByMeaning) -> anyhow::Result<Vec<f32>> {
    let mut vectors = Vec::new();
    if let Some(text) = &asked.meaning {
        vectors.push(embedder.embed_text(text)?);
    }
    if let Some(path) = &asked.picture {
        let shown = harmless(&path.display().to_string());
        let cannot = |error| anyhow::anyhow!("cannot read `{shown}`: {error}\nhint: check the path");
        let mut file = Vec::new();
        let opened = fs_err::File::open(path).map_err(cannot)?;
        std::io::Read::read_to_end(&mut std::io::Read::take(opened, PICTURE_BYTES + 1), &mut file).map_err(cannot)?;
        let embedded = embedder.embed_picture(&file).map_err(|error| match error {
            EmbedError::Unreadable { message, .. } => {
                anyhow::anyhow!("cannot read the picture `{shown}`: {message}\nhint: try another one")
            }
            error => error.into(),
        });
        vectors.push(embedded?);
    }
    mix(&vectors)
        .ok_or_else(|| anyhow::anyhow!("the text and the picture have no vector together\nhint: ask for one of them"))
}
