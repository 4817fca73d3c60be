use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sayso::check::{Checked, Thumbnail};
use sayso_core::Policy;

use crate::view::{OutsideLink, Piece, ReasonView, pieces_of_sentence, shortened, visible};

/// Characters of a caption, and of a name.
pub(super) const CAPTION_CHARS: usize = 400;
pub(super) const NAME_CHARS: usize = 200;

/// One picture of a report.
pub(super) struct PictureView<'a> {
    /// The small picture, inside the page.
    pub(super) small: Option<Small>,
    /// Why there is none.
    pub(super) missing: &'static str,
    pub(super) place: String,
    pub(super) why: Vec<Piece>,
    pub(super) caption: Option<String>,
    pub(super) url: Option<OutsideLink>,
    pub(super) page: Option<OutsideLink>,
    pub(super) facts: Vec<(&'a str, String)>,
    pub(super) faults: Vec<String>,
    pub(super) reasons: Vec<ReasonView>,
    /// What would change it, each in one sentence.
    pub(super) changes: Vec<Vec<Piece>>,
}

/// A small picture inside a page.
pub(super) struct Small {
    pub(super) src: String,
    pub(super) width: u32,
    pub(super) height: u32,
}

impl PictureView<'_> {
    pub(super) fn new(checked: &Checked, small: Option<&Thumbnail>, policy: &Policy) -> Self {
        let small = small.map(Small::new);
        let facts = [("By", &checked.creator), ("Rights", &checked.rights), ("Licence", &checked.licence)];
        let fact = |(name, value): (&'static str, &Option<String>)| {
            value.as_deref().map(|value| (name, visible(&shortened(value, NAME_CHARS))))
        };
        let reasons = checked.verdict.reasons.iter().filter(|reason| reason.evidence.is_some());
        Self {
            small,
            missing: if checked.origin.is_picture() { "not shown" } else { "not fetched" },
            place: visible(&checked.origin.to_string()),
            why: pieces_of_sentence(&checked.why()),
            caption: checked.caption.as_deref().map(|caption| visible(&shortened(caption, CAPTION_CHARS))),
            url: checked.url.as_deref().map(link),
            page: checked.page_url.as_deref().map(link),
            facts: facts.into_iter().filter_map(fact).collect(),
            faults: checked.faults.iter().map(|fault| visible(&fault.message)).collect(),
            reasons: reasons.map(ReasonView::alone).collect(),
            changes: checked.changes(policy).iter().map(|change| pieces_of_sentence(change)).collect(),
        }
    }
}

impl Small {
    pub(super) fn new(small: &Thumbnail) -> Self {
        let src = format!("data:image/jpeg;base64,{}", STANDARD.encode(&small.jpeg));
        Self { src, width: small.width, height: small.height }
    }
}

pub(super) fn link(address: &str) -> OutsideLink {
    let link = OutsideLink::new(address);
    OutsideLink { text: visible(&link.text), ..link }
}
