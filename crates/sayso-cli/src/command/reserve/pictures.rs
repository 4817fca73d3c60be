use std::io::Write;
use std::path::PathBuf;

use anyhow::Context as _;
use sayso::reserve::{
    PictureOptions, PictureReserved, PicturesReserved, Signing, Target, Texts, Wishes, reserve_pictures,
};
use sayso_core::Stance;
use serde_json::json;

use super::{names, uses};
use crate::arguments::Reserve;
use crate::exit::Outcome;
use crate::output::{counted, harmless};
use crate::progress::Bar;

/// Writes into pictures.
pub(super) fn run(arguments: &Reserve, wishes: Wishes) -> anyhow::Result<Outcome> {
    let paths: Vec<PathBuf> = arguments.subjects.iter().map(PathBuf::from).collect();
    for path in &paths {
        path.symlink_metadata().with_context(|| {
            let name = path.display();
            format!("cannot use `{name}`: it is neither a file nor a site\nhint: a site is written https://example.org")
        })?;
    }
    let said = &arguments.pictures;
    let options = PictureOptions {
        wishes,
        texts: Texts {
            creator: said.creator.clone(),
            rights: said.rights.clone(),
            licensor_url: said.licensor_url.clone(),
            licence: said.licence.clone(),
            terms: said.terms.clone(),
        },
        target: arguments.out.clone().map_or(Target::InPlace, Target::Copies),
        force: said.force,
        signing: match &said.sign[..] {
            [certificates, key] => Some(Signing::from_files(certificates, key)?),
            _ if said.self_signed => Some(Signing::self_signed()?),
            _ => None,
        },
    };
    let bar = Bar::new();
    let report = reserve_pictures(&paths, &options, &|done, all| bar.count("writing", done, all));
    bar.done();
    let report = report?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &json_of(&report, &options))?;
        writeln!(out)?;
    } else {
        text(&mut out, &report, &options)?;
    }
    Ok(match () {
        () if !report.failed.is_empty() => Outcome::DoneWithDamage,
        () if report.pictures.iter().any(|picture| !picture.unsaid.is_empty()) => Outcome::No,
        () => Outcome::Done,
    })
}

fn text(out: &mut impl Write, report: &PicturesReserved, options: &PictureOptions) -> std::io::Result<()> {
    for picture in &report.pictures {
        let state = match (picture.is_changed, picture.unsaid.is_empty()) {
            (true, _) => "written",
            (false, true) => "said so already",
            (false, false) => "left as it is, since no property of a picture's metadata says it",
        };
        writeln!(out, "{}: {state}", harmless(&picture.path.display().to_string()))?;
        for (word, stance) in [("no to", Stance::Disallowed), ("yes to", Stance::Allowed)] {
            let uses = uses(&picture.statements, stance);
            if !uses.is_empty() {
                writeln!(out, "  read again: {word} {}", names(&uses))?;
            }
        }
        if !picture.unsaid.is_empty() {
            writeln!(out, "  not understood by programs: {}", names(&picture.unsaid))?;
        }
    }
    for failed in &report.failed {
        let (message, hint) = failed.message.split_once('\n').unwrap_or((&failed.message, ""));
        writeln!(out, "{}: left as it is, {}", harmless(&failed.path.display().to_string()), harmless(message))?;
        if !hint.is_empty() {
            writeln!(out, "  {}", harmless(hint))?;
        }
    }
    let written = counted(report.pictures.len(), "picture");
    let others = counted(report.others, "other file");
    writeln!(out, "{written} done; {} left as they are; {others}", report.failed.len())?;
    if options.signing.as_ref().is_some_and(Signing::is_self_signed) {
        writeln!(
            out,
            "the C2PA manifests are signed with a key made up for this run: they show whether the files were changed \
             since, and nobody will trust who signed them"
        )?;
    }
    Ok(())
}

fn json_of(report: &PicturesReserved, options: &PictureOptions) -> serde_json::Value {
    let picture = |picture: &PictureReserved| {
        let understood = picture.understood.iter().map(|(category, stance)| (category.to_string(), json!(stance)));
        json!({
            "from": picture.from.display().to_string(),
            "path": picture.path.display().to_string(),
            "changed": picture.is_changed,
            "reserves": uses(&picture.statements, Stance::Disallowed),
            "grants": uses(&picture.statements, Stance::Allowed),
            "understood": understood.collect::<serde_json::Map<_, _>>(),
            "unsaid": picture.unsaid,
        })
    };
    let failed = report
        .failed
        .iter()
        .map(|failed| {
            let (message, hint) = failed.message.split_once('\n').unwrap_or((&failed.message, ""));
            let hint = hint.strip_prefix("hint: ").unwrap_or(hint);
            json!({ "path": failed.path.display().to_string(), "error": message, "hint": hint })
        })
        .collect::<Vec<_>>();
    let manifest = match &options.signing {
        None => json!(null),
        Some(signing) if signing.is_self_signed() => json!("self-signed"),
        Some(_) => json!("signed"),
    };
    json!({
        "pictures": report.pictures.iter().map(picture).collect::<Vec<_>>(),
        "failed": failed,
        "other_files": report.others,
        "manifest": manifest,
    })
}
