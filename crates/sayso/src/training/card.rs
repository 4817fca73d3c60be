use std::collections::BTreeMap;
use std::fmt::Write;

use sayso_core::Sha256;
use sayso_lineage::{Licence, Terms};

use super::lineage::RunFacts;
use super::papers::{LISTED_PICTURES, credits};

/// The model card: the head as the hub reads it, and a page that people read.
pub(super) fn card(facts: &RunFacts, stem: &str, digest: &Sha256) -> String {
    let mut page = String::from("---\n");
    // Writing to a string cannot fail.
    let _ = writeln!(page, "base_model: {}", quoted(&facts.base.name));
    page.push_str(if facts.network.is_some() {
        "base_model_relation: adapter\n"
    } else {
        "base_model_relation: finetune\n"
    });
    if let Some(licence) = &facts.licence {
        let _ = writeln!(page, "license: {}", quoted(licence));
    }
    let _ = writeln!(page, "model_name: {}", quoted(&facts.title));
    if let Some(trigger) = &facts.trigger {
        let _ = writeln!(page, "instance_prompt: {}", quoted(trigger));
    }
    page.push_str("library_name: diffusers\npipeline_tag: text-to-image\ntags:\n- text-to-image\n- stable-diffusion\n");
    page.push_str(if facts.network.is_some() { "- lora\n" } else { "" });
    page.push_str("- consent\n---\n\n");
    let _ = writeln!(page, "# {}\n", line(&facts.title));
    if let Some(description) = &facts.description {
        let _ = writeln!(page, "{}\n", line(description));
    }
    let _ = writeln!(
        page,
        "`{stem}.safetensors` changes {}. Made with {}.\n",
        line(&facts.base.name),
        line(&facts.program)
    );
    if let Some(trigger) = &facts.trigger {
        let _ = writeln!(page, "It is called up by `{}`.\n", line(trigger).replace('`', "'"));
    }
    trained_on(&mut page, facts);
    people(&mut page, facts);
    page.push_str("## Where it comes from\n\n");
    for (name, digest) in &facts.base.files {
        let _ = writeln!(page, "- `{}`: sha256 `{digest}`", line(name).replace('`', "'"));
    }
    let licence = facts.base.licence.as_deref().map(|licence| (line(licence), restrictions(licence)));
    let (licence, restrictions) =
        licence.unwrap_or_else(|| ("unknown: nothing that lies with it says".to_owned(), String::new()));
    let _ = writeln!(page, "- licence of the base: {licence}{restrictions}");
    let _ = writeln!(page, "- lineage in the weights (`sayso.lineage`): sha256 `{digest}`\n");
    if !facts.settings.is_empty() {
        page.push_str("## Settings\n\n| | |\n|---|---|\n");
        for (name, value) in &facts.settings {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let _ = writeln!(page, "| {} | {} |", cell(name), cell(&value));
        }
    }
    page
}

/// What a licence asks of whoever hands on what was made of the work, beside a name.
fn restrictions(licence: &str) -> String {
    let terms = Licence::new(licence).terms().map(|terms| Terms { attribution: false, ..terms });
    match terms.filter(|terms| !terms.is_open()) {
        Some(terms) => format!(" ({}: this holds for what is made of it, too)", terms.names().join(", ")),
        None => String::new(),
    }
}

fn trained_on(page: &mut String, facts: &RunFacts) {
    page.push_str("## What it was trained on\n\n");
    let (count, refused) = (facts.pictures.len(), facts.refused);
    let _ = writeln!(
        page,
        "{count} pictures, each with a verdict that allows {} under the policy {}; {refused} were refused.",
        facts.purpose, facts.policy
    );
    if let Some(head) = &facts.registry_head {
        let _ = writeln!(page, "Claims were read as of `{}`.", line(head).replace('`', "'"));
    }
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for picture in &facts.pictures {
        *reasons.entry(&picture.reason).or_default() += 1;
    }
    page.push_str("\n| why it was allowed | pictures |\n|---|---|\n");
    for (reason, count) in &reasons {
        let _ = writeln!(page, "| `{}` | {count} |", cell(reason));
    }
    page.push_str("\n| picture (sha256) | by | licence | claims |\n|---|---|---|---|\n");
    for picture in facts.pictures.iter().take(LISTED_PICTURES) {
        let claims = picture.claims.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let by = picture.creator.as_deref().unwrap_or("not stated");
        let licence = picture.licence.as_deref().unwrap_or("");
        let _ = writeln!(page, "| `{}` | {} | {} | {claims} |", picture.sha256, cell(by), cell(licence));
    }
    if count > LISTED_PICTURES {
        let _ = writeln!(page, "\nThe other {} are in the list beside the weights.", count - LISTED_PICTURES);
    }
    page.push('\n');
    let credits = credits(facts);
    if !credits.is_empty() {
        let _ = writeln!(page, "## Credit\n\nBy the terms of their grants: {}.\n", line(&credits.join(", ")));
    }
}

fn people(page: &mut String, facts: &RunFacts) {
    page.push_str("## People\n\n");
    if facts.depicts.is_empty() {
        page.push_str("Whoever trained it says that no picture shows anybody who could be recognised. Nobody looked for faces.\n\n");
    } else {
        let _ = writeln!(
            page,
            "The pictures show, as whoever trained it says: {}. Nobody looked for faces.\n",
            line(&facts.depicts.join("; "))
        );
    }
}

/// A text that YAML cannot take for anything else. JSON's quotes are YAML's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A foreign text on one line, which Markdown and HTML take for nothing else.
fn line(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().take(2_000) {
        match c {
            '\n' | '\r' | '\t' => out.push(' '),
            c if c.is_control() => {}
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '>' => out.push_str("&gt;"),
            '\\' | '[' | ']' | '(' | ')' | '*' | '_' | '~' | '#' | '!' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

fn cell(text: &str) -> String {
    line(text).replace('|', "\\|").replace('`', "'")
}
