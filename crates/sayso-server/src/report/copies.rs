use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use askama::Template;
use sayso::check::Thumbnail;
use sayso::library::sentence;
use sayso::matching::{Matched, PictureCopy};

use super::picture::{CAPTION_CHARS, NAME_CHARS, Small, link};
use super::{STYLE, content_policy, write};
use crate::view::{Badge, Frame, OutsideLink, Piece, pieces_of_sentence, shortened, visible, words};

/// The report on a portfolio: which of one's own pictures are in datasets, where, and how near.
pub struct CopiesReport<'a> {
    /// The names of the datasets.
    pub datasets: Vec<String>,
    /// What was found, in numbers.
    pub numbers: CopiesNumbers,
    /// The pictures of which something was found, or the first of them.
    pub found: &'a [Matched],
    /// The names of those of which nothing was found, or the first of them.
    pub not_found: &'a [String],
    /// The names of those that cannot be matched, or the first of them.
    pub too_plain: &'a [String],
    /// What could not be read: places, and why.
    pub bad: Vec<(String, String)>,
    /// Fetches a picture that was found and makes it small; none where nobody asked for that.
    pub fetch: &'a dyn Fn(&str) -> Option<Result<Thumbnail, String>>,
}

/// What was found of a portfolio, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CopiesNumbers {
    /// Pictures that were looked for.
    pub pictures: u64,
    /// Those of which something was found.
    pub found: u64,
    /// Those that are too plain to be told from others.
    pub too_plain: u64,
    /// Samples that were found.
    pub copies: u64,
}

#[derive(Template)]
#[template(path = "copies_head.html")]
struct Head {
    policy: String,
    style: &'static str,
    title: String,
    datasets: Vec<String>,
    copies: String,
    /// How many pictures of which something was found are not shown.
    more: Option<String>,
    too_plain: Option<String>,
    is_empty: bool,
}

#[derive(Template)]
#[template(path = "copies_picture.html")]
struct Own {
    name: String,
    small: Option<Small>,
    frame: Frame,
    facts: String,
    count: String,
    has_more: bool,
    copies: Vec<CopyView>,
}

/// A sample that was found.
struct CopyView {
    class: &'static str,
    /// The numbers behind the class.
    how: String,
    turn: Option<&'static str>,
    badge: Badge,
    why: Vec<Piece>,
    caption: String,
    creator: Option<String>,
    licence: Option<String>,
    url: OutsideLink,
    page: OutsideLink,
    dataset: String,
    uid: String,
    small: Option<Small>,
    /// Why it is not seen.
    missing: String,
    frame: Frame,
}

#[derive(Template)]
#[template(path = "copies_foot.html")]
struct Foot {
    not_found: Vec<String>,
    too_plain: Vec<String>,
    bad: Vec<(String, String)>,
    version: &'static str,
}

impl CopiesReport<'_> {
    /// Writes the report, a picture at a time. `progress` is told how many of how many are written; what is interrupted
    /// is an error, and what was written until then is no report.
    pub fn write(
        &self,
        out: &mut dyn Write,
        interrupt: &AtomicBool,
        progress: &dyn Fn(usize, usize),
    ) -> io::Result<()> {
        write(out, &self.head())?;
        for (number, matched) in (1..).zip(self.found) {
            let copies = matched.copies.copies.iter().map(|copy| {
                if interrupt.load(Ordering::Relaxed) {
                    return Err(io::Error::new(io::ErrorKind::Interrupted, "the report was interrupted"));
                }
                Ok(CopyView::new(copy, (self.fetch)(&copy.sample.pair.url)))
            });
            let copies: Vec<CopyView> = copies.collect::<io::Result<_>>()?;
            write(out, &own(matched, copies))?;
            progress(number, self.found.len());
        }
        let names = |names: &[String]| names.iter().map(|name| visible(name)).collect();
        write(
            out,
            &Foot {
                not_found: names(self.not_found),
                too_plain: names(self.too_plain),
                bad: self.bad.iter().map(|(place, why)| (visible(place), visible(why))).collect(),
                version: env!("CARGO_PKG_VERSION"),
            },
        )
    }

    fn head(&self) -> Head {
        let CopiesNumbers { pictures, found, too_plain, copies } = self.numbers;
        let title = match (found, pictures) {
            (_, 0) => "No picture was looked for".to_owned(),
            (0, _) => format!("Nothing found of {}", words::counted(pictures, "picture", "pictures")),
            (found, pictures) => {
                format!("{} of {} found", words::number(found), words::counted(pictures, "picture", "pictures"))
            }
        };
        let left = found.saturating_sub(self.found.len() as u64);
        Head {
            policy: content_policy(),
            style: &STYLE,
            title,
            datasets: self.datasets.iter().map(|name| visible(name)).collect(),
            copies: words::counted(copies, "sample", "samples"),
            more: (left > 0).then(|| words::counted(left, "more picture is", "more pictures are")),
            too_plain: (too_plain > 0).then(|| words::counted(too_plain, "picture is", "pictures are")),
            is_empty: self.found.is_empty(),
        }
    }
}

fn own(matched: &Matched, copies: Vec<CopyView>) -> Own {
    let size = matched.own.size.map(|(width, height)| format!("{width} × {height} pixels, "));
    let pdq = matched.own.pdq.map(|pdq| format!("PDQ {pdq}"));
    Own {
        name: visible(&matched.name),
        small: matched.small.as_ref().map(Small::new),
        frame: frame(matched.own.size),
        facts: size.into_iter().chain(pdq).collect(),
        count: words::counted(copies.len() as u64, "sample", "samples"),
        has_more: matched.copies.has_more,
        copies,
    }
}

fn frame(size: Option<(u32, u32)>) -> Frame {
    Frame::new(size.map(|(width, _)| width), size.map(|(_, height)| height), 120)
}

impl CopyView {
    fn new(copy: &PictureCopy, fetched: Option<Result<Thumbnail, String>>) -> Self {
        let pair = &copy.sample.pair;
        let verdict = copy.sample.verdict();
        let name = |name: &Option<String>| name.as_deref().map(|name| visible(&shortened(name, NAME_CHARS)));
        let (small, missing) = match fetched {
            None => (None, "not fetched".to_owned()),
            Some(Ok(small)) => (Some(Small::new(&small)), String::new()),
            Some(Err(why)) => (None, visible(&shortened(&format!("not seen: {why}"), NAME_CHARS))),
        };
        Self {
            class: copy.class().in_words(),
            how: match copy.how.distance() {
                Some(distance) => format!("{distance} of 256 bits"),
                None => copy.how.in_words(),
            },
            turn: copy.how.turn_in_words(),
            badge: Badge::new(verdict.stance),
            why: verdict.reasons.first().map(|reason| pieces_of_sentence(&sentence(reason))).unwrap_or_default(),
            caption: visible(&shortened(&pair.caption, CAPTION_CHARS)),
            creator: name(&pair.creator),
            licence: name(&pair.licence),
            url: link(&pair.url),
            page: link(&pair.page_url),
            dataset: visible(&copy.dataset),
            uid: pair.uid.to_string(),
            small,
            missing,
            frame: frame(pair.width.zip(pair.height)),
        }
    }
}
