//! The card of a dataset: what it is, where it comes from, what is in it and what was refused, for its readers.

mod chart;
mod html;
mod markdown;
pub(super) mod text;
mod view;

use sayso::card::Card;

pub use chart::Chart;

/// A dataset's card with what only its builder can say.
#[derive(Debug, Clone)]
pub struct CardReport<'a> {
    /// What is known of the dataset.
    pub card: &'a Card,
    /// Its title; the folder's name if not given.
    pub title: Option<String>,
    /// What it is and what for, in the builder's own words, paragraphs apart.
    pub about: Option<String>,
    /// Where to write to, to have something taken out.
    pub contact: Option<String>,
    /// The licence of the table itself, an identifier such as `cc-by-4.0`.
    pub licence: Option<String>,
}

impl CardReport<'_> {
    /// The card as Markdown (CommonMark with tables), with the header in YAML that dataset hubs read. `charts` says where
    /// the pictures of its charts lie; none are shown if not given.
    pub fn markdown(&self, charts: Option<&str>) -> std::io::Result<String> {
        markdown::render(self, charts)
    }

    /// The card as one HTML file that loads nothing and runs nothing.
    pub fn html(&self) -> std::io::Result<String> {
        html::render(self)
    }

    /// The charts, in the order of the card.
    pub fn charts(&self) -> std::io::Result<Vec<Chart>> {
        self.card.facets.iter().map(Chart::of).collect()
    }

    fn title(&self) -> &str {
        self.title.as_deref().unwrap_or(&self.card.name)
    }
}
