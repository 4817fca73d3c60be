use sayso::croissant::{CroissantOptions, croissant, croissant_of_measured};

use super::report::{counted_elsewhere, format_of, only_one, written_as_json};
use super::report_card::own_words;
use crate::arguments::{Report, ReportFormat};
use crate::exit::Outcome;

pub(super) fn run(mut arguments: Report) -> anyhow::Result<Outcome> {
    let dir = only_one(&arguments.dirs)?.to_owned();
    if format_of(&arguments, ReportFormat::Json) != ReportFormat::Json {
        anyhow::bail!(
            "a description in Croissant is JSON\nhint: name a file that ends with .json, best `{}`",
            dir.join("croissant.json").display()
        );
    }
    let options = CroissantOptions {
        title: arguments.title.take(),
        about: arguments.about.as_deref().map(own_words).transpose()?,
        contact: arguments.contact.take(),
        licence: arguments.licence.take(),
        url: arguments.url.take(),
        citation: arguments.citation.take(),
        published: arguments.published.take(),
    };
    let description = match counted_elsewhere(&arguments)? {
        Some(measured) => croissant_of_measured(&dir, &options, &measured)?,
        None => croissant(&dir, &options)?,
    };
    written_as_json(&description, &arguments, "the description")
}
