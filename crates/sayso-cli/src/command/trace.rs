use std::io::{Read, Write};
use std::path::Path;

use anyhow::Context as _;
use sayso::pictures::PICTURE_LIMITS;
use sayso::trace::{
    AdapterTraced, CredentialState, Credentials, NEARNESS, Trace as Traced, TraceOptions, trace, trace_json,
};

use super::build::interrupt_on_signal;
use super::{grounds, threads};
use crate::arguments::Trace;
use crate::exit::Outcome;
use crate::output::{counted, harmless, shortened};

/// Pictures of an adapter that are shown to people.
const SHOWN: usize = 20;

pub(crate) fn run(arguments: &Trace) -> anyhow::Result<Outcome> {
    let bytes = read(&arguments.picture)?;
    let options = TraceOptions {
        adapters: arguments.adapter.clone(),
        within: arguments.within.clone(),
        near: arguments.near,
        registry: grounds(&arguments.claims, None)?,
        threads: threads(arguments.threads),
    };
    for path in arguments.adapter.iter().chain(&arguments.within) {
        fs_err::metadata(path).with_context(|| format!("cannot use `{}`\nhint: check the path", path.display()))?;
    }
    let traced = trace(&bytes, &options, interrupt_on_signal()?)?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &trace_json(&traced, &arguments.picture.to_string_lossy()))?;
        writeln!(out)?;
    } else {
        text(&mut out, &traced)?;
    }
    let holds = traced.credentials.as_ref().is_some_and(|read| read.state != CredentialState::Invalid);
    Ok(match () {
        () if !holds => Outcome::No,
        () if traced.faults.is_empty() => Outcome::Done,
        () => Outcome::DoneWithDamage,
    })
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let said = || format!("cannot read `{}`\nhint: name a picture, or - for standard input", path.display());
    let mut bytes = Vec::new();
    let most = PICTURE_LIMITS.file_bytes;
    if path.as_os_str() == "-" {
        std::io::stdin().lock().take(most + 1).read_to_end(&mut bytes).with_context(said)?;
    } else {
        fs_err::File::open(path).with_context(said)?.take(most + 1).read_to_end(&mut bytes).with_context(said)?;
    }
    if bytes.len() as u64 > most {
        return Err(anyhow::anyhow!("it has more than {most} bytes").context(said()));
    }
    Ok(bytes)
}

fn text(out: &mut impl Write, traced: &Traced) -> std::io::Result<()> {
    match &traced.credentials {
        None => writeln!(out, "no credentials")?,
        Some(read) => credentials(out, read)?,
    }
    for adapter in &traced.adapters {
        of_adapter(out, adapter)?;
    }
    if !traced.nearest.is_empty() {
        writeln!(out, "nearest of {}:", counted(traced.compared, "picture"))?;
        for near in &traced.nearest {
            let what = if near.is_copy() { "a copy" } else { "merely near" };
            writeln!(out, "  {:>3} of 256 bits, {what}: {}", near.distance, shortened(&near.place, 120))?;
        }
        writeln!(out, "  {NEARNESS}")?;
    } else if traced.compared > 0 {
        writeln!(out, "none of {} can be compared with it", counted(traced.compared, "picture"))?;
    }
    for (title, sentences) in
        [("proven:", &traced.proven), ("not proven:", &traced.not_proven), ("not read:", &traced.faults)]
    {
        if !sentences.is_empty() {
            writeln!(out, "{title}")?;
        }
        for sentence in sentences {
            writeln!(out, "  {}", harmless(sentence))?;
        }
    }
    Ok(())
}

fn credentials(out: &mut impl Write, read: &Credentials) -> std::io::Result<()> {
    let by = read.signed_by.as_deref().or(read.signer.as_deref()).unwrap_or("nobody who is named");
    writeln!(out, "credentials: {}, signed by {}", read.state.as_str(), harmless(by))?;
    if !read.problems.is_empty() {
        writeln!(out, "  what does not hold: {}", harmless(&read.problems.join(", ")))?;
    }
    for (action, source) in &read.actions {
        let source = source.as_deref().map(|source| source.rsplit('/').next().unwrap_or(source));
        let source = source.map(|source| format!(", {}", harmless(source))).unwrap_or_default();
        writeln!(out, "  {}{source}", harmless(action))?;
    }
    for of in &read.ingredients {
        let title = of.title.as_deref().unwrap_or("without a name");
        let own = if of.has_credentials { ", with credentials of its own" } else { "" };
        writeln!(out, "  {} {} ({}){own}", of.relationship, harmless(title), harmless(&of.id))?;
    }
    if let Some(mining) = &read.mining {
        writeln!(out, "  wishes of training and mining: {}", shortened(&mining.to_string(), 300))?;
    }
    Ok(())
}

fn of_adapter(out: &mut impl Write, adapter: &AdapterTraced) -> std::io::Result<()> {
    let found = match (&adapter.file, adapter.is_same) {
        (None, _) => "its weights are not at hand".to_owned(),
        (Some(file), Some(false)) => format!("{}, which the credentials do not name", file.display()),
        (Some(file), _) => file.display().to_string(),
    };
    writeln!(out, "adapter {}: {}", harmless(&adapter.name), harmless(&found))?;
    if let Some(base) = &adapter.base {
        writeln!(out, "  changes {}", harmless(&base.name))?;
    }
    let Some(count) = adapter.count else { return Ok(()) };
    writeln!(out, "  trained on {}, by its lineage:", counted(count, "picture"))?;
    for picture in adapter.pictures.iter().take(SHOWN) {
        let by = picture.facts.creator.as_deref().map(|by| format!(", by {}", harmless(by))).unwrap_or_default();
        let far = picture.distance.map(|bits| format!(", {bits} of 256 bits away")).unwrap_or_default();
        let reason = harmless(&picture.facts.reason);
        writeln!(out, "  {} {} ({reason}){by}{far}", picture.facts.sha256, picture.facts.verdict)?;
        for since in &picture.since {
            writeln!(out, "    {}", harmless(since))?;
        }
    }
    let rest = adapter.pictures.len().saturating_sub(SHOWN);
    if rest > 0 {
        writeln!(out, "  and {rest} more; --json lists them all")?;
    }
    Ok(())
}
