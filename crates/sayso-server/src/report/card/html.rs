use std::io;

use askama::Template;

use super::CardReport;
use super::view::{CardWords, RefusedWords};
use crate::report::{STYLE, content_policy};
use crate::view::{FacetView, visible};

#[derive(Template)]
#[template(path = "card.html")]
struct Page {
    policy: String,
    style: &'static str,
    title: String,
    samples: String,
    about: Vec<String>,
    facts: Vec<(&'static str, String)>,
    origin: Vec<String>,
    policy_name: &'static str,
    policy_words: String,
    refused: Vec<RefusedWords>,
    facets: Vec<FacetView>,
    personal: Vec<(String, String)>,
    columns: Vec<(String, String, &'static str)>,
    contact: Option<String>,
    caveats: Vec<&'static str>,
    version: &'static str,
}

pub(super) fn render(report: &CardReport<'_>) -> io::Result<String> {
    let words = CardWords::of(report);
    let columns = report.card.columns.iter().map(|column| {
        (visible(&column.name), column.r#type.clone(), column.meaning.unwrap_or("as the imported table has it"))
    });
    let page = Page {
        policy: content_policy(),
        style: &STYLE,
        title: visible(report.title()),
        samples: words.samples,
        about: report.about.iter().flat_map(|about| about.split("\n\n")).map(visible).collect(),
        facts: words.facts.iter().map(|(name, value)| (*name, visible(value))).collect(),
        origin: words.origin.iter().map(|sentence| visible(sentence)).collect(),
        policy_name: report.card.policy.as_str(),
        policy_words: words.policy,
        refused: words.refused,
        facets: words.facets,
        personal: words.personal,
        columns: columns.collect(),
        contact: report.contact.as_deref().map(visible),
        caveats: words.caveats,
        version: env!("CARGO_PKG_VERSION"),
    };
    page.render().map_err(io::Error::other)
}
