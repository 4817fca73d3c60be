use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use sayso::training::{Captions, Depicts, KeptTerms, KnownNames, PersonGrant, SelectOptions, Selection, Taken, select};
use sayso_core::{Purpose, UsageCategory};
use sayso_registry::claim::{Day, Undertaking};

use super::super::claim::now;
use super::super::{grounds, threads};
use crate::arguments::{Shown, Train};
use crate::progress::Bar;

/// Bytes of a picture's file that are read.
const FILE_BYTES: u64 = 256 << 20;
/// Bytes of pictures that stay in memory; the others are read again, and compared with what was judged.
const KEPT_BYTES: u64 = 1 << 30;
/// The most pictures of a run.
const PICTURES: usize = 1_000_000;

/// The use that is judged.
const USE: UsageCategory = UsageCategory::FineTune;

/// Judges the pictures, and refuses names of people who did not grant theirs.
pub(super) fn selected(arguments: &Train, interrupt: &AtomicBool, bar: &Bar) -> anyhow::Result<Selection> {
    let asked = &arguments.consent;
    let depicts = depicts(&asked.depicts)?;
    let registry = grounds(&asked.claims, None)?;
    let today: Day = now().to_string().chars().take(10).collect::<String>().parse()?;
    let undertaking = Undertaking { kind: asked.use_kind, on: today, by: asked.author.clone() };
    let is_here = |path: &&std::path::PathBuf| path.exists();
    let terms = match (asked.claims.registry.as_ref().filter(is_here), &registry) {
        (Some(path), Some(ground)) => KeptTerms::read(path, ground, &undertaking)?,
        _ => KeptTerms::none(),
    };
    let captions = match &arguments.captions.instance_prompt {
        Some(prompt) => Captions::Same(prompt.clone()),
        None => Captions::Beside,
    };
    let options = SelectOptions {
        policy: asked.policy.policy(Purpose(USE))?,
        registry: registry.clone(),
        terms,
        depicts,
        captions,
        file_bytes: FILE_BYTES,
        kept_bytes: KEPT_BYTES,
        pictures: PICTURES,
        threads: threads(None::<NonZeroUsize>),
    };
    let selection = select(&arguments.folder, &options, interrupt, &|done| bar.so_many("checking", done))?;
    bar.done();
    check_names(arguments, &options, registry.as_ref(), &selection)?;
    Ok(selection)
}

/// Who is shown, by the word of whoever trains.
fn depicts(shown: &[Shown]) -> anyhow::Result<Depicts> {
    let persons: Vec<PersonGrant> = shown
        .iter()
        .filter_map(|shown| match shown {
            Shown::Nobody => None,
            Shown::Person(person) => Some(person.clone()),
        })
        .collect();
    if persons.is_empty() {
        return Ok(Depicts::Nobody);
    }
    if shown.contains(&Shown::Nobody) {
        anyhow::bail!("--depicts says both nobody and somebody\nhint: name everybody who can be recognised, or nobody");
    }
    Ok(Depicts::Persons(persons))
}

/// Refuses what is called by somebody's name without a grant of theirs.
fn check_names(
    arguments: &Train,
    options: &SelectOptions,
    registry: Option<&Arc<sayso::claims::Ground>>,
    selection: &Selection,
) -> anyhow::Result<()> {
    let mut names = KnownNames::none();
    for path in &arguments.consent.names {
        names.add_path(path)?;
    }
    names.add_selection(selection);
    if let Some(registry) = registry {
        names.add_registry(registry, USE, &options.terms);
    }
    let title = super::title(arguments);
    let file = arguments.out.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut texts = vec![("title", title.as_str()), ("file's name", file.as_str())];
    texts.extend(arguments.watch.sample_prompt.iter().map(|prompt| ("sample prompt", prompt.as_str())));
    if arguments.captions.instance_prompt.is_none() {
        // What calls the adapter up are the captions then.
        let captions: BTreeSet<&str> = selection.taken.iter().map(Taken::caption).collect();
        texts.extend(captions.into_iter().map(|caption| ("caption", caption)));
    }
    if let Some(prompt) = &arguments.captions.instance_prompt {
        texts.push(("instance prompt", prompt));
    }
    if let Some(prompt) = &arguments.captions.class_prompt {
        texts.push(("class prompt", prompt));
    }
    let refused = names.check(&texts, options.depicts.grants());
    match refused.first() {
        None => Ok(()),
        Some(first) => {
            anyhow::bail!(
                "{first}\nhint: call it something else, or ask them for a claim with --preference fine-tune=y and name it with --depicts NAME=CLAIM"
            )
        }
    }
}
