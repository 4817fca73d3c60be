use std::io::{BufWriter, Write};

use anyhow::Context;
use sayso::models::{Vectors, embed_files, locate, open, write_npy};
use serde_json::json;

use super::models::{choices, hub};
use crate::arguments::Embed;
use crate::exit::Outcome;

pub(crate) fn run(arguments: &Embed) -> anyhow::Result<Outcome> {
    let located = locate(&arguments.model, hub().as_ref())?;
    let embedder = open(&located.path, choices(&arguments.choices))?;
    let pictures =
        if arguments.pictures.is_empty() { None } else { Some(embed_files(embedder.as_ref(), &arguments.pictures)?) };
    let texts: Vec<&str> = arguments.text.iter().map(String::as_str).collect();
    let sentences = if texts.is_empty() { None } else { Some(embedder.embed_texts(&texts)?) };

    let of_pictures = pictures.iter().flat_map(|pictures| &pictures.vectors);
    let of_texts = texts.iter().zip(sentences.iter().flat_map(Vectors::rows));
    let mut rows = Vec::new();
    let mut vectors: Vec<&[f32]> = Vec::new();
    for (path, vector) in of_pictures {
        rows.push(("picture", path.to_string_lossy().into_owned()));
        vectors.push(vector);
    }
    for (text, vector) in of_texts {
        rows.push(("text", (*text).to_owned()));
        vectors.push(vector);
    }
    if let Some(path) = &arguments.out {
        let cannot = || format!("cannot write `{}`\nhint: check the path and the room there", path.display());
        let mut file = BufWriter::new(fs_err::File::create(path).with_context(cannot)?);
        write_npy(&mut file, embedder.identity().dimension, &vectors)
            .and_then(|()| file.flush())
            .with_context(cannot)?;
    }
    let listed: Vec<_> = rows
        .iter()
        .zip(&vectors)
        .map(|((kind, what), vector)| match arguments.out {
            Some(_) => json!({ *kind: what }),
            None => json!({ *kind: what, "vector": vector }),
        })
        .collect();
    let damaged: Vec<_> = pictures
        .iter()
        .flat_map(|pictures| &pictures.damaged)
        .map(|(path, reason)| json!({ "picture": path.to_string_lossy(), "reason": reason }))
        .collect();
    let mut out = std::io::stdout().lock();
    let document = json!({ "identity": embedder.identity(), "vectors": listed, "damaged": damaged });
    serde_json::to_writer_pretty(&mut out, &document)?;
    writeln!(out)?;
    Ok(if damaged.is_empty() { Outcome::Done } else { Outcome::DoneWithDamage })
}
