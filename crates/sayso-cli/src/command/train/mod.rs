//! A model is tuned on pictures that said yes.

mod consent;
mod page;
mod plan;
mod refusals;
mod settings;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sayso::training::{RefusedFor, Selection};
use sayso::tuning::{BaseLicence, Class, Event, Finished, Paper, Places, Run, Samples, Told, Tuning, base_licence};
use sayso_diffusion::{Form, Model, train};
use serde_json::{Value, json};

use super::base::{Base, base};
use super::build::interrupt_on_signal;
use crate::arguments::{Method, Shown, Train};
use crate::exit::Outcome;
use crate::output::{counted, harmless};
use crate::progress::Bar;
use page::Page;
use plan::Estimate;

/// How often the page is written while steps are made.
const PAGE_EVERY: Duration = Duration::from_secs(5);

pub(crate) fn run(arguments: &Train) -> anyhow::Result<Outcome> {
    let interrupt = interrupt_on_signal()?;
    let bar = Bar::new();
    // Whether it can be is found out before the work.
    check_out(arguments)?;
    let selection = consent::selected(arguments, interrupt, &bar).inspect_err(|_| bar.done())?;
    if let Some(folder) = &arguments.consent.requests {
        refusals::write_requests(folder, &selection)?;
    }
    if selection.taken.is_empty() {
        tell(arguments, &selection, &Came::Nothing, None)?;
        return Ok(Outcome::No);
    }
    let tuning = tuning(arguments, base(&arguments.model)?)?;
    tuning.settings.check()?;
    let licence = base_licence(&tuning.base);
    let passed_on = licence.as_ref().and_then(|licence| licence.passed_on(arguments.consent.licence.as_deref()));
    if let Some(passed_on) = passed_on {
        tracing::warn!("{}", harmless(&passed_on));
    }
    if arguments.dry_run {
        tell(arguments, &selection, &Came::Estimate(Estimate::of(&tuning)?), licence.as_ref())?;
        return Ok(outcome(&selection));
    }
    plan::assert_room(&tuning)?;
    if !arguments.json {
        refusals::tell(&mut std::io::stderr().lock(), &selection, arguments.consent.requests.as_deref())?;
    }
    let places = Places::of(&tuning.folder);
    let mut page = Page::new(title(arguments), rows(&tuning), &selection);
    let mut notes = Notes::default();
    let run = if arguments.watch.resume {
        Run::resume(tuning, &selection)
    } else {
        Run::begin(tuning, &selection, interrupt, &mut |event| notes.preparing(&event, &bar))
    };
    let mut run = match run.inspect_err(|_| bar.done()) {
        Err(sayso::Error::Cancelled) => anyhow::bail!(
            "stopped before the first step\nhint: the same command begins anew; what was prepared lies in the folder of the run"
        ),
        run => run?,
    };
    notes.tell();
    let mut written = Instant::now();
    let went = run.go(interrupt, &mut |event| {
        let Event::Going(told) = event else { return };
        bar.step(told.done, told.steps, told.losses.last().map_or(0.0, |row| row.loss));
        if written.elapsed() >= PAGE_EVERY || told.done == told.steps {
            written = Instant::now();
            // A page that cannot be written is no reason to lose the run: its end says so.
            let _ = page.write(&places.page(), &told, None);
        }
    });
    bar.done();
    if let Err(error) = went {
        let stopped = error.to_string();
        let why = stopped.lines().next().unwrap_or_default();
        page.write(&places.page(), &run.told(), Some(why))?;
        if matches!(error, sayso::Error::Cancelled) {
            anyhow::bail!(
                "stopped after step {} of {}\nhint: the same command with --resume goes on from there, bit for bit",
                run.told().done,
                run.told().steps
            );
        }
        return Err(error.into());
    }
    page.write(&places.page(), &run.told(), None)?;
    let finished = run.finish(&paper(arguments), &selection)?;
    let ended = Ended { told: run.told(), finished, page: places.page(), trained: run.trained() };
    tell(arguments, &selection, &Came::Weights(ended), licence.as_ref())?;
    Ok(outcome(&selection))
}

/// What came of it.
enum Came<'a> {
    /// No picture said yes.
    Nothing,
    /// It was only asked what it would take.
    Estimate(Estimate),
    /// Weights.
    Weights(Ended<'a>),
}

/// A run that is over.
struct Ended<'a> {
    told: Told<'a>,
    finished: Finished,
    page: PathBuf,
    trained: u64,
}

/// Pictures that were refused are what was asked for; what could not be read is bad input.
fn outcome(selection: &Selection) -> Outcome {
    if bad_input(selection) == 0 { Outcome::Done } else { Outcome::DoneWithDamage }
}

/// What could not be read.
fn bad_input(selection: &Selection) -> usize {
    let unread = selection.refused.iter().filter(|refused| refused.kind == RefusedFor::Unreadable);
    selection.faults.len() + unread.count()
}

/// What it is called.
fn title(arguments: &Train) -> String {
    let file = || arguments.out.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    arguments.consent.title.clone().unwrap_or_else(file)
}

/// Refuses to write where it cannot be written, before hours are spent.
fn check_out(arguments: &Train) -> anyhow::Result<()> {
    let out = &arguments.out;
    let folder = match out.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => std::path::Path::new("."),
    };
    if arguments.method.method == Method::Lora && out.extension().is_none_or(|ending| ending != "safetensors") {
        anyhow::bail!("`{}` is no name for an adapter\nhint: let it end with .safetensors", out.display());
    }
    if !folder.is_dir() {
        anyhow::bail!("the folder of `{}` is not there\nhint: make it first", out.display());
    }
    if arguments.dry_run || arguments.watch.resume {
        return Ok(());
    }
    let is_empty = |folder: &Path| fs_err::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    let card = folder.join(format!("{}.md", out.file_stem().unwrap_or_default().to_string_lossy()));
    let there = match arguments.method.method {
        Method::Full => (out.exists() && !is_empty(out)).then_some(out),
        Method::Lora => [out, &card].into_iter().find(|path| path.exists()),
    };
    if let Some(there) = there {
        anyhow::bail!("`{}` is there already\nhint: move it away, or name another place with -o", there.display());
    }
    Ok(())
}

fn tuning(arguments: &Train, base: Base) -> anyhow::Result<Tuning> {
    let folder = arguments.watch.state.clone().unwrap_or_else(|| {
        let mut name = arguments.out.file_stem().unwrap_or_default().to_owned();
        name.push(".run");
        arguments.out.with_file_name(name)
    });
    let prompts = match &arguments.watch.sample_prompt {
        prompts if prompts.is_empty() => arguments.captions.instance_prompt.iter().cloned().collect(),
        prompts => prompts.clone(),
    };
    let base_name = super::base::name_of(&arguments.model.base);
    Ok(Tuning {
        settings: settings::settings(arguments, Model::side_of(&base.path, &base.loading)?),
        base: base.path,
        loading: base.loading,
        base_name,
        folder,
        class: arguments
            .captions
            .class_prompt
            .as_ref()
            .map(|prompt| Class { prompt: prompt.clone(), count: arguments.captions.class_pictures }),
        samples: arguments
            .watch
            .sample_every
            .map(|every| Samples { every: usize::try_from(every.get()).unwrap_or(usize::MAX), prompts }),
        save_every: usize::try_from(arguments.watch.save_every.get()).unwrap_or(usize::MAX),
    })
}

fn paper(arguments: &Train) -> Paper {
    Paper {
        out: arguments.out.clone(),
        form: Form::Diffusers,
        title: title(arguments),
        description: None,
        licence: arguments.consent.licence.clone(),
        author: arguments.consent.author.clone(),
        date: None,
        trigger: arguments.captions.instance_prompt.clone(),
        depicts: arguments
            .consent
            .depicts
            .iter()
            .filter(|shown| **shown != Shown::Nobody)
            .map(ToString::to_string)
            .collect(),
    }
}

/// The settings for people.
fn rows(tuning: &Tuning) -> Vec<(&'static str, String)> {
    let of = &tuning.settings;
    let mut rows = vec![
        ("Base", tuning.base_name.clone()),
        ("Licence of the base", licence_in_words(base_licence(&tuning.base).as_ref())),
        ("Method", method(of.method)),
        ("Pixels along a square", of.side.to_string()),
        ("Pictures of a step", format!("{} × {}", of.batch, of.accumulation)),
        ("Rate", of.rate.to_string()),
        ("Seed", of.seed.to_string()),
    ];
    if let Some(class) = &tuning.class {
        rows.push(("Class", format!("{} pictures of “{}”", class.count, class.prompt)));
    }
    rows
}

/// What is known of the licence of the base.
fn licence_in_words(licence: Option<&BaseLicence>) -> String {
    let Some(licence) = licence else { return "unknown".to_owned() };
    let names = licence.terms().map_or_else(Vec::new, |terms| terms.names());
    let terms = if names.is_empty() { String::new() } else { format!(", with {}", names.join(", ")) };
    format!("{} by {}{terms}", licence.name(), licence.said_in())
}

fn method(method: train::Method) -> String {
    let text = |text| if text { ", and what reads prompts" } else { "" };
    match method {
        train::Method::Lora { rank, alpha, targets, text: is_taught } => {
            let targets = match targets {
                train::Targets::Attention => "attention",
                train::Targets::Transformers => "attention and what follows it",
                train::Targets::Everything => "everything",
            };
            format!("adapter (LoRA) of rank {rank}, alpha {alpha}, beside {targets}{}", text(is_taught))
        }
        train::Method::Full { text: is_taught } => format!("all weights of the net that draws{}", text(is_taught)),
    }
}

/// What is said of pictures once all are encoded.
#[derive(Default)]
struct Notes {
    enlarged: u64,
    cropped: u64,
    cut: u64,
}

/// How much of a picture is cut off before it is told.
const CROPPED: f64 = 0.15;

impl Notes {
    fn preparing(&mut self, event: &Event<'_>, bar: &Bar) {
        match event {
            Event::Class { done, all } => bar.count("drawing the class", *done, *all),
            Event::Encoded { picture, done, all } => {
                bar.count("encoding", *done, *all);
                if let Some((_, prepared)) = picture {
                    self.enlarged += u64::from(prepared.enlarged);
                    self.cropped += u64::from(prepared.cropped > CROPPED);
                    self.cut += u64::from(prepared.cut > 0);
                }
            }
            Event::Going(_) => {}
        }
    }

    fn tell(&self) {
        let say = |count: u64, what: &str| {
            if count > 0 {
                tracing::warn!("{} {what}", counted(count, "picture"));
            }
        };
        say(self.enlarged, "had fewer pixels than are learned, and was made larger");
        say(self.cropped, "lost more than 15 % at the edges");
        say(self.cut, "had a caption with more tokens than the net has room for");
    }
}

fn tell(
    arguments: &Train,
    selection: &Selection,
    came: &Came<'_>,
    licence: Option<&BaseLicence>,
) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &document(selection, came, licence))?;
        writeln!(out)?;
        return Ok(());
    }
    match came {
        Came::Nothing | Came::Estimate(_) => {
            writeln!(out, "{} said yes to fine-tuning", counted(selection.taken.len() as u64, "picture"))?;
            refusals::tell(&mut out, selection, arguments.consent.requests.as_deref())?;
            if let Came::Estimate(estimate) = came {
                estimate.tell(&mut out)?;
            }
        }
        Came::Weights(ended) => {
            let loss = ended.told.losses.last().map_or(0.0, |row| row.loss);
            writeln!(
                out,
                "{}: {} numbers, {} of {}, last loss {loss:.4}",
                harmless(&ended.finished.out.to_string_lossy()),
                ended.trained,
                counted(ended.told.done as u64, "step"),
                counted(selection.taken.len() as u64, "picture"),
            )?;
            writeln!(out, "card: {}", harmless(&ended.finished.card.to_string_lossy()))?;
            writeln!(out, "page: {}", harmless(&ended.page.to_string_lossy()))?;
        }
    }
    Ok(())
}

fn document(selection: &Selection, came: &Came<'_>, licence: Option<&BaseLicence>) -> Value {
    let (estimate, ended) = match came {
        Came::Nothing => (None, None),
        Came::Estimate(estimate) => (Some(estimate.to_json()), None),
        Came::Weights(ended) => (None, Some(ended)),
    };
    let path = |path: &PathBuf| path.to_string_lossy().into_owned();
    json!({
        "taken": selection.taken.iter().map(|taken| {
            let mut facts = taken.facts().to_json();
            if let Value::Object(facts) = &mut facts {
                facts.insert("picture".to_owned(), json!(taken.origin().to_string()));
                facts.insert("caption".to_owned(), json!(taken.caption()));
            }
            facts
        }).collect::<Vec<_>>(),
        "refused": selection.refused.iter().map(refusals::json_of).collect::<Vec<_>>(),
        "others": selection.others,
        "bad_input": bad_input(selection),
        "registry_head": selection.registry_head.as_ref().map(|head| &head.0),
        "base_licence": licence.map(|licence| json!({
            "name": licence.name(),
            "said_in": licence.said_in(),
            "terms": licence.terms().map(|terms| terms.names()),
        })),
        "estimate": estimate,
        "trained": ended.map(|ended| json!({
            "out": path(&ended.finished.out),
            "card": path(&ended.finished.card),
            "list": ended.finished.list.as_ref().map(path),
            "page": path(&ended.page),
            "lineage_sha256": ended.finished.lineage.to_string(),
            "numbers": ended.trained,
            "steps": ended.told.done,
            "loss": ended.told.losses.last().map(|row| row.loss),
        })),
    })
}
