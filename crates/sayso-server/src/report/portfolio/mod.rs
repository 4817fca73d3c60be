//! A portfolio: what of somebody's pictures is found, what is claimed, and what was removed, for whoever made them.

mod html;
mod view;
mod view_picture;

use std::io;

use askama::Template;
use sayso::portfolio::Portfolio;

use super::card::text::escaped;
use view::PortfolioWords;
use view_picture::PictureWords;

/// The report on a portfolio for people.
#[derive(Debug, Clone, Copy)]
pub struct PortfolioReport<'a> {
    /// What it says.
    pub portfolio: &'a Portfolio,
}

#[derive(Template)]
#[template(path = "portfolio.md")]
struct Markdown {
    words: PortfolioWords,
    pictures: Vec<PictureWords>,
    version: &'static str,
}

impl PortfolioReport<'_> {
    /// The report as Markdown (CommonMark with tables), without pictures.
    pub fn markdown(&self) -> io::Result<String> {
        let shown = PortfolioWords::shown_pictures(self.portfolio);
        let page = Markdown {
            words: PortfolioWords::of(self.portfolio, &escaped),
            pictures: shown.map(|work| PictureWords::of(work, self.portfolio, &escaped)).collect(),
            version: env!("CARGO_PKG_VERSION"),
        };
        page.render().map_err(io::Error::other)
    }
}
