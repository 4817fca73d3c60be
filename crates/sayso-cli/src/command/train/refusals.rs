use std::io::Write;
use std::path::Path;

use anyhow::Context as _;
use sayso::training::{Refused, Selection};
use serde_json::{Value, json};

use crate::output::{counted, harmless};

/// Refusals that are told in full; the rest are counted, and stand in the JSON and on the page.
const TOLD: usize = 20;

/// Says which pictures were refused, why, and how a yes can be had.
pub(super) fn tell(out: &mut impl Write, selection: &Selection, requests: Option<&Path>) -> std::io::Result<()> {
    if selection.refused.is_empty() {
        return Ok(());
    }
    writeln!(out, "{} refused:", counted(selection.refused.len() as u64, "picture"))?;
    for refused in selection.refused.iter().take(TOLD) {
        writeln!(out, "  {}: {}", harmless(&refused.origin.to_string()), harmless(&refused.why))?;
        for change in &refused.changes {
            writeln!(out, "    {}", harmless(change))?;
        }
        if let Some(ask) = &refused.ask {
            let whom = ask.whom.as_deref().unwrap_or("whoever made it");
            let ways =
                if ask.contacts.is_empty() { String::new() } else { format!(", at {}", ask.contacts.join(" or ")) };
            writeln!(out, "    ask {}{}", harmless(whom), harmless(&ways))?;
        }
    }
    if let Some(more) = selection.refused.len().checked_sub(TOLD).filter(|more| *more > 0) {
        writeln!(out, "  and {more} more")?;
    }
    if selection.refused.iter().any(|refused| refused.ask.is_some()) {
        let place = requests.map_or("--requests DIR writes one for each".into(), Path::to_string_lossy);
        writeln!(out, "requests that are ready to be sent: {}", harmless(&place))?;
    }
    Ok(())
}

pub(super) fn json_of(refused: &Refused) -> Value {
    json!({
        "picture": refused.origin.to_string(),
        "sha256": refused.sha256.map(|digest| digest.to_string()),
        "refused_for": refused.kind.as_str(),
        "verdict": refused.stance,
        "why": refused.why,
        "reasons": refused.reasons,
        "changes": refused.changes,
        "ask": refused.ask.as_ref().map(|ask| json!({
            "whom": ask.whom,
            "contacts": ask.contacts,
            "claims": ask.claims,
            "page": ask.page,
            "request": ask.request,
        })),
    })
}

/// Writes each request into a file of its own.
pub(super) fn write_requests(folder: &Path, selection: &Selection) -> anyhow::Result<usize> {
    let said = || "cannot write the requests\nhint: name a folder with --requests that can be written to";
    fs_err::create_dir_all(folder).with_context(said)?;
    let mut written = 0;
    for refused in &selection.refused {
        let (Some(ask), Some(sha256)) = (&refused.ask, refused.sha256) else { continue };
        let name: String = sha256.to_string().chars().take(16).collect();
        fs_err::write(folder.join(format!("{name}.txt")), &ask.request).with_context(said)?;
        written += 1;
    }
    Ok(written)
}
