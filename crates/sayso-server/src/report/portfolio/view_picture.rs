use sayso::portfolio::{FoundCopy, Held, Portfolio, Work};
use sayso_registry::claim::ClaimState;
use sayso_registry::lookup::How;

use super::super::picture::{CAPTION_CHARS, NAME_CHARS};
use super::view::Shown;
use crate::view::words;
use crate::view::{Badge, OutsideLink, shortened};

/// One's own picture.
pub(super) struct PictureWords {
    pub(super) name: String,
    pub(super) facts: String,
    pub(super) pdq: Option<String>,
    pub(super) count: String,
    pub(super) has_more: bool,
    pub(super) has_registry: bool,
    pub(super) claims: Vec<ClaimWords>,
    pub(super) copies: Vec<CopyWords>,
}

/// A claim that holds for something.
pub(super) struct ClaimWords {
    pub(super) number: u64,
    pub(super) state: &'static str,
    pub(super) by: String,
    pub(super) wishes: String,
    /// What was removed because of it, where anything was.
    pub(super) removed: Option<String>,
}

/// A sample that was found.
pub(super) struct CopyWords {
    pub(super) class: &'static str,
    pub(super) nearness: String,
    pub(super) badge: Badge,
    pub(super) why: String,
    pub(super) left_out_if: Vec<String>,
    pub(super) caption: String,
    pub(super) creator: Option<String>,
    pub(super) licence: Option<String>,
    pub(super) uid: String,
    pub(super) dataset: String,
    pub(super) url: OutsideLink,
    pub(super) page: OutsideLink,
    pub(super) has_registry: bool,
    pub(super) claims: Vec<ClaimWords>,
    pub(super) goes_by: Option<u64>,
}

impl PictureWords {
    pub(super) fn of(work: &Work, portfolio: &Portfolio, shown: Shown<'_>) -> Self {
        let size = work.size.map(|(width, height)| format!("{width} × {height} pixels"));
        let has_registry = portfolio.registry_head.is_some();
        Self {
            name: shown(&work.picture),
            facts: size.unwrap_or_else(|| "known by its hash".to_owned()),
            pdq: work.pdq.map(|pdq| pdq.to_string()),
            count: match work.copies.len() as u64 {
                0 => "Not found in these datasets now.".to_owned(),
                count => format!("Found in {}.", words::counted(count, "sample", "samples")),
            },
            has_more: work.has_more,
            has_registry,
            claims: work.claims.iter().map(|held| claim(held, portfolio)).collect(),
            copies: work.copies.iter().map(|copy| CopyWords::of(copy, portfolio, shown)).collect(),
        }
    }
}

impl CopyWords {
    fn of(copy: &FoundCopy, portfolio: &Portfolio, shown: Shown<'_>) -> Self {
        let name = |name: &Option<String>| name.as_deref().map(|name| shown(&shortened(name, NAME_CHARS)));
        let link = |address: &str| {
            let link = OutsideLink::new(address);
            OutsideLink { text: shown(&link.text), ..link }
        };
        Self {
            class: copy.class.in_words(),
            nearness: copy.nearness.clone(),
            badge: Badge::new(copy.verdict.stance),
            why: shown(&copy.verdict.why),
            left_out_if: copy.verdict.left_out_if.iter().map(|change| shown(change)).collect(),
            caption: shown(&shortened(&copy.caption, CAPTION_CHARS)),
            creator: name(&copy.creator),
            licence: name(&copy.licence),
            uid: copy.uid.to_string(),
            dataset: shown(&copy.dataset),
            url: link(&copy.url),
            page: link(&copy.page_url),
            has_registry: portfolio.registry_head.is_some(),
            claims: copy.claims.iter().map(|held| claim(held, portfolio)).collect(),
            goes_by: copy.goes_by,
        }
    }
}

fn claim(held: &Held, portfolio: &Portfolio) -> ClaimWords {
    let told = portfolio.claims.get(&held.claim);
    let wishes = told.iter().flat_map(|told| &told.preferences).map(|(category, wish)| format!("{category}={wish}"));
    let removed = told.map_or(0, |told| told.removed);
    ClaimWords {
        number: held.claim,
        state: state_in_words(told.and_then(|told| told.state)),
        by: match held.how {
            How::Address => "by its address".to_owned(),
            How::Page => "by its page".to_owned(),
            How::Account => "by its creator’s account".to_owned(),
            How::Digest => "by its file".to_owned(),
            How::Copy { distance: 0 } => "by what it looks like".to_owned(),
            How::Copy { distance } => {
                format!("by what it looks like, {} away", words::counted(u64::from(distance), "bit", "bits"))
            }
        },
        wishes: wishes.collect::<Vec<_>>().join(", "),
        removed: (removed > 0).then(|| words::counted(removed, "sample was", "samples were")),
    }
}

pub(super) const fn state_in_words(state: Option<ClaimState>) -> &'static str {
    match state {
        Some(state) => state.as_str(),
        None => "no longer held",
    }
}
