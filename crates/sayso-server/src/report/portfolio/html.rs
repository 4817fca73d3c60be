use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use askama::Template;
use sayso::portfolio::Work;

use super::PortfolioReport;
use super::view::PortfolioWords;
use super::view_picture::PictureWords;
use crate::report::picture::Small;
use crate::report::{STYLE, content_policy, write};
use crate::view::{Frame, visible};

#[derive(Template)]
#[template(path = "portfolio_head.html")]
struct Head<'a> {
    policy: String,
    style: &'static str,
    title: &'a str,
    words: &'a PortfolioWords,
}

#[derive(Template)]
#[template(path = "portfolio_picture.html")]
struct Picture {
    picture: PictureWords,
    small: Option<Small>,
    frame: Frame,
}

#[derive(Template)]
#[template(path = "portfolio_foot.html")]
struct Foot<'a> {
    words: &'a PortfolioWords,
    version: &'static str,
}

impl PortfolioReport<'_> {
    /// Writes the report as one HTML file that loads nothing and runs nothing, a picture at a time. `progress` is told how
    /// many of how many are written; what is interrupted is an error, and what was written until then is no report.
    pub fn write_html(
        &self,
        out: &mut dyn Write,
        interrupt: &AtomicBool,
        progress: &dyn Fn(usize, usize),
    ) -> io::Result<()> {
        let words = PortfolioWords::of(self.portfolio, &visible);
        write(out, &Head { policy: content_policy(), style: &STYLE, title: &words.title, words: &words })?;
        let shown: Vec<&Work> = PortfolioWords::shown_pictures(self.portfolio).collect();
        for (number, work) in (1..).zip(&shown) {
            if interrupt.load(Ordering::Relaxed) {
                return Err(io::Error::new(io::ErrorKind::Interrupted, "the report was interrupted"));
            }
            let picture = Picture {
                picture: PictureWords::of(work, self.portfolio, &visible),
                small: work.small.as_ref().map(Small::new),
                frame: Frame::new(work.size.map(|it| it.0), work.size.map(|it| it.1), 120),
            };
            write(out, &picture)?;
            progress(number, shown.len());
        }
        write(out, &Foot { words: &words, version: env!("CARGO_PKG_VERSION") })
    }
}
