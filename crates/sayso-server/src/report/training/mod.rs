//! The page of a training run: its loss, the pictures it makes on the way, and what was refused. It is written anew while the
//! run goes on, loads nothing, and asks the browser to read it again until the run is over.

mod curve;

use std::io::{self, Write};

use askama::Template;
use sayso::check::Thumbnail;

use super::picture::{NAME_CHARS, Small};
use super::{STYLE, content_policy, write};
use crate::view::words::counted;
use crate::view::{shortened, visible};

pub(crate) use curve::Curve;
pub use curve::LossPoint;

/// Pictures on the way that a page shows: the newest. All of them lie in their folder.
const SHOWN: usize = 48;
/// Refused pictures that a page names; all of them stand in the JSON.
const REFUSED: usize = 200;

/// What the page of a run shows.
#[derive(Debug, Clone)]
pub struct TrainingReport<'a> {
    /// What is made: the adapter's name.
    pub title: &'a str,
    /// How it is made: pairs of a setting and its value.
    pub settings: &'a [(&'static str, String)],
    /// Steps that are made.
    pub step: u64,
    /// All of them.
    pub steps: u64,
    /// Losses so far.
    pub losses: &'a [LossPoint],
    /// Pictures on the way, the first first.
    pub pictures: &'a [OnTheWay],
    /// How many pictures are learned.
    pub taken: u64,
    /// Names of pictures that were refused, and why.
    pub refused: &'a [(String, String)],
    /// What stopped the run before its end, if anything did.
    pub stopped: Option<&'a str>,
}

/// A picture that was made on the way.
#[derive(Debug, Clone)]
pub struct OnTheWay {
    /// After how many steps.
    pub step: u64,
    /// Of which prompt.
    pub prompt: String,
    /// A small picture of it.
    pub small: Thumbnail,
}

#[derive(Template)]
#[template(path = "training.html")]
struct Page<'a> {
    policy: String,
    style: &'static str,
    title: String,
    /// Seconds until the page is read again; none when it does not change any more.
    again: Option<u32>,
    state: String,
    stopped: Option<String>,
    settings: &'a [(&'static str, String)],
    taken: String,
    curve: Option<Curve>,
    pictures: Vec<Shown>,
    hidden: Option<String>,
    refused: Vec<(String, String)>,
    refused_count: String,
    version: &'static str,
}

struct Shown {
    step: String,
    prompt: String,
    small: Small,
}

impl TrainingReport<'_> {
    /// Writes the page, a whole HTML file.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let is_over = self.step >= self.steps || self.stopped.is_some();
        let page = Page {
            policy: content_policy(),
            style: &STYLE,
            title: visible(&shortened(self.title, NAME_CHARS)),
            again: (!is_over).then_some(10),
            state: format!("{} of {}", self.step, counted(self.steps, "step", "steps")),
            stopped: self.stopped.map(visible),
            settings: self.settings,
            taken: counted(self.taken, "picture", "pictures"),
            curve: Curve::of(self.losses),
            pictures: self.pictures.iter().rev().take(SHOWN).map(Shown::of).collect(),
            hidden: hidden(self.pictures.len().saturating_sub(SHOWN)),
            refused: self.refused.iter().take(REFUSED).map(|(name, why)| (visible(name), visible(why))).collect(),
            refused_count: counted(self.refused.len() as u64, "picture", "pictures"),
            version: env!("CARGO_PKG_VERSION"),
        };
        write(out, &page)
    }
}

fn hidden(count: usize) -> Option<String> {
    (count > 0)
        .then(|| format!("{} lie in the folder beside this page.", counted(count as u64, "older one", "older ones")))
}

impl Shown {
    fn of(made: &OnTheWay) -> Self {
        Self {
            step: format!("after {}", counted(made.step, "step", "steps")),
            prompt: visible(&shortened(&made.prompt, NAME_CHARS)),
            small: Small::new(&made.small),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{LossPoint, TrainingReport};

    fn page(report: &TrainingReport<'_>) -> String {
        let mut out = Vec::new();
        report.write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn report<'a>(losses: &'a [LossPoint], refused: &'a [(String, String)]) -> TrainingReport<'a> {
        TrainingReport {
            title: "<owl>",
            settings: &[],
            step: 5,
            steps: 10,
            losses,
            pictures: &[],
            taken: 5,
            refused,
            stopped: None,
        }
    }

    #[test]
    fn foreign_words_are_escaped() {
        let refused = [("<script>.png".to_owned(), "it says \"no\" <b>".to_owned())];
        let html = page(&report(&[], &refused));
        assert!(!html.contains("<script>") && !html.contains("<owl>") && html.contains("&#60;script"), "{html}");
    }

    #[test]
    fn a_page_is_read_again_until_the_run_is_over() {
        let going = report(&[], &[]);
        assert!(page(&going).contains("http-equiv=\"refresh\""));
        let over = TrainingReport { step: 10, ..going.clone() };
        assert!(!page(&over).contains("http-equiv=\"refresh\""));
        let stopped = TrainingReport { stopped: Some("the loss is no number"), ..going };
        let stopped = page(&stopped);
        assert!(!stopped.contains("http-equiv=\"refresh\"") && stopped.contains("the loss is no number"));
    }
}
