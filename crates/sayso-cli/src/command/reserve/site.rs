use std::io::Write;
use std::path::Path;

use sayso::reserve::{Reservation, Wishes, Written, reserve_site};
use sayso_core::Stance;
use serde_json::json;

use super::{names, uses};
use crate::arguments::Reserve;
use crate::exit::Outcome;
use crate::output::harmless;

/// Writes the files of a site.
pub(super) fn run(site: &str, folder: &Path, wishes: &Wishes, arguments: &Reserve) -> anyhow::Result<Outcome> {
    let reservation = reserve_site(site.trim_end_matches('/'), wishes, folder)?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &json_of(&reservation))?;
        writeln!(out)?;
    } else {
        text(&mut out, folder, &reservation)?;
    }
    Ok(if reservation.unsaid.is_empty() { Outcome::Done } else { Outcome::No })
}

fn text(out: &mut impl Write, folder: &Path, reservation: &Reservation) -> std::io::Result<()> {
    for file in &reservation.files {
        writeln!(out, "{}: {}", harmless(&folder.join(file.path).display().to_string()), file.what_to_do)?;
        for (word, stance) in [("no to", Stance::Disallowed), ("yes to", Stance::Allowed)] {
            let uses = uses(&file.statements, stance);
            if !uses.is_empty() {
                writeln!(out, "  read again: {word} {}", names(&uses))?;
            }
        }
    }
    writeln!(out, "\nwho reads all of them understands")?;
    for (category, stance) in &reservation.understood {
        writeln!(out, "  {category:<12} {stance}")?;
    }
    if !reservation.unsaid.is_empty() {
        writeln!(out, "\nno vocabulary has words for: {}", names(&reservation.unsaid))?;
    }
    Ok(())
}

fn json_of(reservation: &Reservation) -> serde_json::Value {
    let file = |file: &Written| {
        json!({
            "path": file.path, "what_to_do": file.what_to_do, "text": file.text,
            "reserves": uses(&file.statements, Stance::Disallowed), "grants": uses(&file.statements, Stance::Allowed),
        })
    };
    let understood = reservation.understood.iter().map(|(category, stance)| (category.to_string(), json!(stance)));
    json!({
        "files": reservation.files.iter().map(file).collect::<Vec<_>>(),
        "understood": understood.collect::<serde_json::Map<_, _>>(),
        "unsaid": reservation.unsaid,
    })
}
