//! The public summary of training content, in the sections of the AI Office's template.

mod blocks;
mod general;
mod processing;
mod sources;

use std::io::{self, Write};

use askama::Template;
use sayso::summary::EuSummary;

use super::card::text::escaped;
use super::{STYLE, content_policy};
use crate::view::visible;
use blocks::{Block, Section};

/// Domains of a list that a page shows; the rest stand in a file beside it.
const SHOWN: usize = 1_000;

/// A summary as people read it.
#[derive(Debug, Clone)]
pub struct SummaryReport<'a> {
    /// What it says.
    pub summary: &'a EuSummary,
    /// The name of the file beside it with all domains, where there is one.
    pub domains_file: Option<String>,
}

#[derive(Template)]
#[template(path = "eu_summary.html")]
struct Page {
    policy: String,
    style: &'static str,
    title: String,
    facts: Vec<Block>,
    sections: Vec<Section>,
    open: usize,
    template: &'static str,
    version: &'static str,
}

#[derive(Template)]
#[template(path = "eu_summary.md")]
struct Markdown {
    title: String,
    facts: Vec<Block>,
    sections: Vec<Section>,
    template: &'static str,
    version: &'static str,
}

impl SummaryReport<'_> {
    /// The summary as Markdown (CommonMark with tables).
    pub fn markdown(&self) -> io::Result<String> {
        let as_markup = |text: &str| escaped(text);
        let page = Markdown {
            title: escaped(&self.title()),
            facts: self.facts().into_iter().map(|block| block.mapped(&as_markup)).collect(),
            sections: self.sections().into_iter().map(|section| section.mapped(&as_markup)).collect(),
            template: self.summary.template,
            version: env!("CARGO_PKG_VERSION"),
        };
        page.render().map_err(io::Error::other)
    }

    /// The summary as one HTML file that loads nothing and runs nothing.
    pub fn html(&self) -> io::Result<String> {
        let sections: Vec<Section> = self.sections().into_iter().map(|section| section.mapped(&visible)).collect();
        let facts: Vec<Block> = self.facts().into_iter().map(|block| block.mapped(&visible)).collect();
        let blocks = sections.iter().flat_map(|section| &section.blocks).chain(&facts);
        let page = Page {
            policy: content_policy(),
            style: &STYLE,
            title: visible(&self.title()),
            open: blocks.filter(|block| block.is_open()).count(),
            facts,
            sections,
            template: self.summary.template,
            version: env!("CARGO_PKG_VERSION"),
        };
        page.render().map_err(io::Error::other)
    }

    /// Whether there are more domains than a page shows.
    #[must_use]
    pub fn has_more_domains(&self) -> bool {
        let domains = self.summary.sources.crawled.domains.as_ref();
        domains.is_some_and(|domains| domains.by_bytes.len().max(domains.by_samples.len()) > SHOWN)
    }

    /// Writes all domains that the summary names, as CSV.
    pub fn write_domains(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(b"list,rank,domain,samples,bytes,samples_with_bytes\r\n")?;
        let Some(domains) = &self.summary.sources.crawled.domains else { return Ok(()) };
        for (list, counts) in [("by-bytes", &domains.by_bytes), ("by-samples", &domains.by_samples)] {
            for (rank, count) in (1..).zip(counts) {
                // A host has neither commas nor quotation marks, but it may begin with what a spreadsheet calculates with.
                let guard = if count.domain.starts_with(['-', '=', '+', '@']) { "'" } else { "" };
                let domain = count.domain.replace(['"', ',', '\r', '\n'], "");
                let sayso::summary::DomainCount { samples, bytes, samples_with_bytes, .. } = count;
                write!(out, "{list},{rank},{guard}{domain},{samples},{bytes},{samples_with_bytes}\r\n")?;
            }
        }
        Ok(())
    }

    fn title(&self) -> String {
        let names = self.summary.general.model.names.join(", ");
        if names.is_empty() {
            "Public summary of training content".to_owned()
        } else {
            format!("Public summary of training content for {names}")
        }
    }

    fn facts(&self) -> Vec<Block> {
        vec![
            Block::field("Version of the Summary", self.summary.summary_version.clone()),
            Block::field("Last update", self.summary.last_update.as_deref().map(blocks::day)),
        ]
    }

    fn sections(&self) -> Vec<Section> {
        let mut sections = general::sections(self.summary);
        sections.extend(sources::sections(self));
        sections.extend(processing::sections(self.summary));
        sections
    }
}
