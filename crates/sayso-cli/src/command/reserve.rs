use std::io::Write;

use sayso::reserve::{Reservation, Wishes, Written, reserve};
use sayso_core::{Stance, UsageCategory};
use serde_json::json;

use crate::arguments::Reserve;
use crate::exit::Outcome;

pub(crate) fn run(arguments: &Reserve) -> anyhow::Result<Outcome> {
    let wishes = Wishes {
        site: arguments.site.trim_end_matches('/').to_owned(),
        no: arguments.no.iter().map(|purpose| purpose.0).collect(),
        yes: arguments.yes.iter().map(|purpose| purpose.0).collect(),
    };
    let reservation = reserve(&wishes, &arguments.out)?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &json_of(&reservation))?;
        writeln!(out)?;
    } else {
        text(&mut out, arguments, &reservation)?;
    }
    Ok(if reservation.unsaid.is_empty() { Outcome::Done } else { Outcome::No })
}

/// The uses of which a file says this.
fn uses(file: &Written, stance: Stance) -> Vec<UsageCategory> {
    let preferences = file.statements.iter().flat_map(|statement| &statement.preferences);
    let mut uses: Vec<_> = preferences.filter(|p| p.stance == stance).map(|p| p.category).collect();
    uses.sort_unstable();
    uses.dedup();
    uses
}

fn names(uses: &[UsageCategory]) -> String {
    uses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn text(out: &mut impl Write, arguments: &Reserve, reservation: &Reservation) -> std::io::Result<()> {
    for file in &reservation.files {
        writeln!(out, "{}: {}", arguments.out.join(file.path).display(), file.what_to_do)?;
        for (word, stance) in [("no to", Stance::Disallowed), ("yes to", Stance::Allowed)] {
            let uses = uses(file, stance);
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
            "reserves": uses(file, Stance::Disallowed), "grants": uses(file, Stance::Allowed),
        })
    };
    let understood = reservation.understood.iter().map(|(category, stance)| (category.to_string(), json!(stance)));
    json!({
        "files": reservation.files.iter().map(file).collect::<Vec<_>>(),
        "understood": understood.collect::<serde_json::Map<_, _>>(),
        "unsaid": reservation.unsaid,
    })
}
