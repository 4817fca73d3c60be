use std::io;

use askama::Template;
use sayso::card::Card;
use sayso::library::FacetField;

use super::CardReport;
use super::text::{code, escaped, yaml};
use super::view::CardWords;

#[derive(Template)]
#[template(path = "card.md")]
struct Page {
    yaml: Vec<String>,
    title: String,
    samples: String,
    /// The builder's own words, which are Markdown already.
    about: Option<String>,
    facts: Vec<(&'static str, String)>,
    origin: Vec<String>,
    policy_name: String,
    policy: String,
    refused: Vec<(String, String, String)>,
    facets: Vec<Section>,
    personal: Vec<(String, String)>,
    columns: Vec<(String, String, String)>,
    contact: Option<String>,
    caveats: Vec<&'static str>,
    version: &'static str,
}

struct Section {
    title: &'static str,
    heading: &'static str,
    chart: Option<String>,
    rows: Vec<(String, String)>,
    note: String,
}

pub(super) fn render(report: &CardReport<'_>, charts: Option<&str>) -> io::Result<String> {
    let card = report.card;
    let words = CardWords::of(report);
    let facets = words.facets.iter().map(|facet| Section {
        title: facet.title,
        heading: facet.heading,
        chart: charts.map(|folder| format!("{folder}/{}.svg", facet.field)),
        rows: facet.rows.iter().map(|row| (escaped(&row.label), row.count.clone())).collect(),
        note: facet.note.clone(),
    });
    let columns = card.columns.iter().map(|column| {
        let meaning = column.meaning.unwrap_or("as the imported table has it");
        (code(&column.name), code(&column.r#type), escaped(meaning))
    });
    let page = Page {
        yaml: header(report),
        title: escaped(report.title()),
        samples: words.samples,
        about: report.about.clone(),
        facts: words.facts.iter().map(|(name, value)| (*name, escaped(value))).collect(),
        origin: words.origin.iter().map(|sentence| escaped(sentence)).collect(),
        policy_name: code(card.policy.as_str()),
        policy: escaped(&words.policy),
        refused: words
            .refused
            .iter()
            .map(|refused| (code(&refused.code), escaped(&refused.sentence), refused.count.clone()))
            .collect(),
        facets: facets.collect(),
        personal: words.personal.iter().map(|(kind, count)| (escaped(kind), count.clone())).collect(),
        columns: columns.collect(),
        contact: report.contact.as_deref().map(escaped),
        caveats: words.caveats,
        version: env!("CARGO_PKG_VERSION"),
    };
    page.render().map_err(io::Error::other)
}

/// The lines between the dashes, as dataset hubs read them.
fn header(report: &CardReport<'_>) -> Vec<String> {
    let card = report.card;
    let mut lines = vec![format!("pretty_name: {}", yaml(report.title()))];
    match &report.licence {
        Some(licence) => lines.push(format!("license: {}", yaml(licence))),
        // Of the table nothing was stated, and its samples state theirs, each its own.
        None => lines.extend(["license: other".to_owned(), "license_name: per-sample".to_owned()]),
    }
    let languages = languages(card);
    if !languages.is_empty() {
        lines.push("language:".to_owned());
        lines.extend(languages.iter().map(|language| format!("- {}", yaml(language))));
    }
    lines.extend(["task_categories:", "- text-to-image", "- image-to-text"].map(str::to_owned));
    lines.extend(["size_categories:".to_owned(), format!("- {}", size_category(card.samples))]);
    lines.extend(["tags:", "- image-text", "- sayso", "configs:", "- config_name: default"].map(str::to_owned));
    lines.push("  data_files: samples/*.parquet".to_owned());
    lines
}

/// Codes of the languages of at least one sample in a hundred.
fn languages(card: &Card) -> Vec<&str> {
    let facet = card.facets.iter().find(|facet| facet.field == FacetField::Language);
    let values = facet.map_or(&[][..], |facet| &facet.values);
    let is_code = |code: &str| matches!(code.len(), 2 | 3) && code.bytes().all(|byte| byte.is_ascii_lowercase());
    let common = |count: u64| count.saturating_mul(100) >= card.samples;
    values.iter().filter(|it| common(it.count) && is_code(&it.value)).map(|it| it.value.as_str()).collect()
}

/// The hubs' names for how large a dataset is.
fn size_category(samples: u64) -> &'static str {
    match samples {
        0..1_000 => "n<1K",
        1_000..10_000 => "1K<n<10K",
        10_000..100_000 => "10K<n<100K",
        100_000..1_000_000 => "100K<n<1M",
        1_000_000..10_000_000 => "1M<n<10M",
        10_000_000..100_000_000 => "10M<n<100M",
        100_000_000..1_000_000_000 => "100M<n<1B",
        1_000_000_000..10_000_000_000 => "1B<n<10B",
        10_000_000_000..100_000_000_000 => "10B<n<100B",
        100_000_000_000..1_000_000_000_000 => "100B<n<1T",
        _ => "n>1T",
    }
}
