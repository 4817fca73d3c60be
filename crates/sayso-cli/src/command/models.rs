use std::io::Write;

use sayso::models::{Choices, Hub, Inspection, KNOWN, Known, SscdSize, Standing, Takes, inspect, standing};
use serde_json::{Value, json};

use crate::arguments::{ModelChoices, Models, ModelsCommand};
use crate::exit::Outcome;
use crate::output::harmless;

pub(crate) fn run(arguments: &Models) -> anyhow::Result<Outcome> {
    if let Some(ModelsCommand::Make(make)) = &arguments.command {
        return super::toy::run(make);
    }
    let hub = hub();
    if !arguments.model.is_empty() {
        return look_into(arguments, hub.as_ref());
    }
    let found = KNOWN.iter().map(|model| Ok((model, standing(model, hub.as_ref(), arguments.verify)?)));
    let found: Vec<(&Known, Standing)> = found.collect::<anyhow::Result<_>>()?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        let models: Vec<Value> = found.iter().map(|(model, standing)| json_of(model, standing)).collect();
        let cache = hub.as_ref().map(|hub| hub.root().to_string_lossy().into_owned());
        serde_json::to_writer_pretty(&mut out, &json!({ "cache": cache, "models": models }))?;
        writeln!(out)?;
    } else {
        for (model, standing) in &found {
            text(&mut out, model, standing)?;
        }
    }
    let differs = found.iter().any(|(_, standing)| matches!(standing, Standing::Differs(..)));
    Ok(if differs { Outcome::No } else { Outcome::Done })
}

/// The cache of Hugging Face's programs on this machine.
pub(super) fn hub() -> Option<Hub> {
    Hub::of_environment(|name| std::env::var_os(name))
}

/// What the arguments decide of a net.
pub(super) fn choices(arguments: &ModelChoices) -> Choices {
    let sscd_size = if arguments.keep_shape { SscdSize::Shorter288 } else { SscdSize::Square320 };
    Choices { activation: arguments.activation, sscd_size }
}

fn look_into(arguments: &Models, hub: Option<&Hub>) -> anyhow::Result<Outcome> {
    let mut inspections = Vec::new();
    for name in &arguments.model {
        inspections.push(inspect(name, hub, choices(&arguments.choices))?);
    }
    let mut out = std::io::stdout().lock();
    if arguments.json {
        let files: Vec<Value> = inspections.iter().map(json_of_file).collect();
        serde_json::to_writer_pretty(&mut out, &json!({ "files": files }))?;
        writeln!(out)?;
        return Ok(Outcome::Done);
    }
    for inspection in &inspections {
        writeln!(out, "{}", harmless(&inspection.path.to_string_lossy()))?;
        let known = inspection.known.map_or("no model that is listed here, byte for byte", |model| model.name);
        writeln!(out, "  weights   {known}")?;
        writeln!(out, "  sha256    {}", inspection.sha256)?;
        match &inspection.net {
            Some((identity, takes)) => {
                writeln!(out, "  net       {}", identity.architecture)?;
                writeln!(out, "  prepares  {}", identity.preparation)?;
                writeln!(out, "  vectors   {} numbers, of {}", identity.dimension, words(*takes))?;
            }
            None => writeln!(out, "  net       not looked into: this program was built without `--features models`")?,
        }
    }
    Ok(Outcome::Done)
}

const fn words(takes: Takes) -> &'static str {
    match takes {
        Takes::Pictures => "pictures",
        Takes::Texts => "texts",
        Takes::Both => "pictures and texts",
    }
}

fn text(out: &mut impl Write, model: &Known, standing: &Standing) -> anyhow::Result<()> {
    writeln!(out, "{}", model.name)?;
    writeln!(out, "  {}", model.what)?;
    writeln!(out, "  vectors   {} numbers, of {}", model.dimension, words(model.takes))?;
    writeln!(out, "  licence   {}", model.licence)?;
    for file in model.files {
        writeln!(out, "  from      {}", file.address)?;
        writeln!(out, "  sha256    {}", file.sha256.unwrap_or("not recorded here"))?;
    }
    let (word, located) = word_of(standing);
    match located {
        Some(located) => writeln!(out, "  {word:<9} {}", harmless(&located.path.to_string_lossy()))?,
        None => writeln!(out, "  {word}")?,
    }
    if let Standing::Differs(_, sha256) | Standing::Unrecorded(_, sha256) = standing {
        writeln!(out, "            has the sha256 {sha256}")?;
    }
    Ok(())
}

/// The stable word for where a model stands, and its file.
const fn word_of(standing: &Standing) -> (&'static str, Option<&sayso::models::Located>) {
    match standing {
        Standing::Absent => ("absent", None),
        Standing::Found(located) => ("found", Some(located)),
        Standing::Verified(located) => ("verified", Some(located)),
        Standing::Unrecorded(located, _) => ("unrecorded", Some(located)),
        Standing::Differs(located, _) => ("differs", Some(located)),
    }
}

fn json_of(model: &Known, standing: &Standing) -> Value {
    let files: Vec<Value> = model
        .files
        .iter()
        .map(|file| json!({ "name": file.name, "address": file.address, "sha256": file.sha256 }))
        .collect();
    let (word, located) = word_of(standing);
    let sha256 = match standing {
        Standing::Differs(_, sha256) | Standing::Unrecorded(_, sha256) => Some(sha256),
        Standing::Verified(located) => located.expected.as_ref(),
        Standing::Absent | Standing::Found(_) => None,
    };
    json!({
        "name": model.name,
        "what": model.what,
        "pictures": model.takes.pictures(),
        "texts": model.takes.texts(),
        "dimension": model.dimension,
        "licence": model.licence,
        "repository": model.repository,
        "files": files,
        "standing": word,
        "path": located.map(|located| located.path.to_string_lossy()),
        "expected_sha256": located.and_then(|located| located.expected.as_ref()),
        "sha256": sha256,
    })
}

fn json_of_file(inspection: &Inspection) -> Value {
    json!({
        "path": inspection.path.to_string_lossy(),
        "sha256": inspection.sha256,
        "known": inspection.known.map(|model| model.name),
        "net": inspection.net.as_ref().map(|(identity, takes)| json!({
            "architecture": identity.architecture,
            "dimension": identity.dimension,
            "preparation": identity.preparation,
            "pictures": takes.pictures(),
            "texts": takes.texts(),
        })),
    })
}
