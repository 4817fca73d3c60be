//! Reports as files: of a check, of copies, of a portfolio, of a whole dataset, the public summary of training content, and a training run. The report of a check is one HTML file that loads nothing and runs nothing: it can be mailed, kept and printed.

mod card;
mod copies;
mod numbers;
mod picture;
mod portfolio;
mod summary;
mod training;

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sayso::check::{CheckSummary, Checked, Origin, thumbnails};
use sayso_core::{Policy, Stance};
use sha2::{Digest, Sha256};

use crate::view::{Badge, Frame, words};
pub use card::{CardReport, Chart};
pub use copies::{CopiesNumbers, CopiesReport};
use numbers::{Bar, FaultView};
use picture::PictureView;
pub use portfolio::PortfolioReport;
pub use summary::SummaryReport;
pub(crate) use training::Curve;
pub use training::{LossPoint, OnTheWay, TrainingReport};

/// What a report shows.
#[derive(Debug, Clone)]
pub struct CheckReport<'a> {
    /// What was checked for.
    pub policy: Policy,
    /// What was found, in numbers.
    pub summary: &'a CheckSummary,
    /// What was refused, or the first of it.
    pub refused: &'a [Checked],
    /// What was admitted, or the first of it.
    pub admitted: &'a [Checked],
    /// How many threads make small pictures.
    pub threads: NonZeroUsize,
}

/// The style of the pages, and what only a report has.
static STYLE: LazyLock<String> =
    LazyLock::new(|| concat!(include_str!("../assets/sayso.css"), include_str!("../assets/report.css")).to_owned());

/// Pictures of which small ones are made at a time.
const AT_A_TIME: usize = 64;

#[derive(Template)]
#[template(path = "report_head.html")]
struct Head<'a> {
    /// Nothing but this very style and the pictures inside the file.
    policy: String,
    style: &'static str,
    title: String,
    purpose: &'static str,
    policy_name: String,
    policy_words: String,
    verdicts: Vec<Bar>,
    reasons: Vec<Bar>,
    faults: Vec<FaultView<'a>>,
    not_asked: Option<String>,
    others: Option<String>,
    refused: String,
    admitted: String,
}

#[derive(Template)]
#[template(path = "report_section.html")]
struct Section {
    id: &'static str,
    title: &'static str,
    count: String,
    more: Option<String>,
    is_empty: bool,
}

#[derive(Template)]
#[template(path = "report_picture.html")]
struct Picture<'a> {
    picture: PictureView<'a>,
    badge: Badge,
    frame: Frame,
}

#[derive(Template)]
#[template(path = "report_foot.html")]
struct Foot {
    version: &'static str,
}

impl CheckReport<'_> {
    /// Writes the report, a few pictures at a time. `progress` is told how many of how many are written; what is
    /// interrupted is an error, and what was written until then is no report.
    pub fn write(
        &self,
        out: &mut dyn Write,
        interrupt: &AtomicBool,
        progress: &dyn Fn(usize, usize),
    ) -> io::Result<()> {
        write(out, &self.head())?;
        let all = self.refused.len() + self.admitted.len();
        let mut done = 0;
        let CheckSummary { checked, refused, .. } = *self.summary;
        let sections = [
            ("refused", "Refused", self.refused, refused),
            ("admitted", "Admitted", self.admitted, checked.saturating_sub(refused)),
        ];
        for (id, title, shown, count) in sections {
            let left = count.saturating_sub(shown.len() as u64);
            let more = (left > 0).then(|| words::counted(left, "more is", "more are"));
            write(out, &Section { id, title, count: words::number(count), more, is_empty: shown.is_empty() })?;
            for some in shown.chunks(AT_A_TIME) {
                let origins: Vec<&Origin> = some.iter().map(|checked| &checked.origin).collect();
                let small = thumbnails(&origins, self.threads, interrupt);
                if interrupt.load(std::sync::atomic::Ordering::Relaxed) {
                    return Err(io::Error::new(io::ErrorKind::Interrupted, "the report was interrupted"));
                }
                for (checked, small) in some.iter().zip(&small) {
                    let badge = Badge::new(checked.verdict.stance);
                    let picture = PictureView::new(checked, small.as_ref(), &self.policy);
                    write(out, &Picture { picture, badge, frame: Frame::new(None, None, 120) })?;
                }
                done += some.len();
                progress(done, all);
            }
            out.write_all(if shown.is_empty() { b"</section>\n" } else { b"</ol>\n</section>\n" })?;
        }
        write(out, &Foot { version: env!("CARGO_PKG_VERSION") })
    }

    fn head(&self) -> Head<'_> {
        let summary = self.summary;
        let CheckSummary { checked, refused, allowed, unknown, disallowed, unasked, others, .. } = *summary;
        let title = match (refused, checked) {
            (_, 0) => "Nothing was checked".to_owned(),
            (0, 1) => "The one picture is not refused".to_owned(),
            (0, _) => format!("None of {} pictures is refused", words::number(checked)),
            (refused, checked) => {
                let verb = if refused == 1 { "is" } else { "are" };
                format!(
                    "{} of {} {verb} refused",
                    words::number(refused),
                    words::counted(checked, "picture", "pictures")
                )
            }
        };
        let stances = [(Stance::Disallowed, disallowed), (Stance::Unknown, unknown), (Stance::Allowed, allowed)];
        Head {
            policy: content_policy(),
            style: &STYLE,
            title,
            purpose: words::of_use(self.policy.purpose.0),
            policy_name: self.policy.to_string(),
            policy_words: words::of_policy(&self.policy),
            verdicts: stances.map(|(stance, count)| Bar::of_verdict(stance, count, checked)).into(),
            reasons: Bar::of_reasons(summary, self.policy.purpose),
            faults: summary.faults.iter().map(|(kind, count)| FaultView::new(kind, count)).collect(),
            not_asked: (unasked > 0)
                .then(|| words::counted(unasked, "picture has an address", "pictures have addresses")),
            others: (others > 0).then(|| words::counted(others, "other file lies", "other files lie")),
            refused: words::number(refused),
            admitted: words::number(checked.saturating_sub(refused)),
        }
    }
}

/// Nothing but this very style and the pictures inside the file.
fn content_policy() -> String {
    format!(
        "default-src 'none'; img-src data:; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        STANDARD.encode(Sha256::digest(STYLE.as_bytes()))
    )
}

fn write(out: &mut dyn Write, template: &impl Template) -> io::Result<()> {
    let html = template.render().map_err(io::Error::other)?;
    out.write_all(html.as_bytes())
}
