use sayso::studio::{CheckOutcome, UploadView};

use crate::view::{Badge, Piece, ReasonView, pieces_of_sentence, shortened, visible};

/// Characters of a letter, and of a name.
const LETTER_CHARS: usize = 6_000;
const NAME_CHARS: usize = 120;

/// A picture that was brought, with what the check came to.
pub(super) struct PictureView {
    pub(super) number: u32,
    pub(super) name: String,
    pub(super) caption: String,
    pub(super) badge: Badge,
    pub(super) is_taken: bool,
    pub(super) is_own_word: bool,
    pub(super) why: Vec<Piece>,
    pub(super) reasons: Vec<ReasonView>,
    pub(super) changes: Vec<Vec<Piece>>,
    pub(super) letter: Option<Letter>,
    pub(super) can_be_stated: bool,
}

/// Whom to ask, and the words.
pub(super) struct Letter {
    pub(super) whom: Option<String>,
    pub(super) ways: Vec<String>,
    pub(super) text: String,
}

impl PictureView {
    pub(super) fn new(upload: &UploadView) -> Self {
        let (name, caption) = (visible(&shortened(&upload.name, NAME_CHARS)), upload.caption.clone());
        let number = upload.number;
        let with_evidence = |reasons: &[sayso_core::Reason]| {
            reasons.iter().filter(|reason| reason.evidence.is_some()).map(ReasonView::alone).collect()
        };
        match &upload.outcome {
            CheckOutcome::Taken(taken) => Self {
                number,
                name,
                caption,
                badge: Badge::new(sayso_core::Stance::Allowed),
                is_taken: true,
                is_own_word: taken.is_own_word,
                why: pieces_of_sentence(&visible(&taken.why)),
                reasons: with_evidence(&taken.reasons),
                changes: Vec::new(),
                letter: None,
                can_be_stated: false,
            },
            CheckOutcome::Refused(refused) => Self {
                number,
                name,
                caption,
                // What is refused for another reason than the verdict says no all the same.
                badge: Badge::new(if refused.kind == "verdict" {
                    refused.stance
                } else {
                    sayso_core::Stance::Disallowed
                }),
                is_taken: false,
                is_own_word: false,
                why: pieces_of_sentence(&visible(&refused.why)),
                reasons: with_evidence(&refused.reasons),
                changes: refused.changes.iter().map(|change| pieces_of_sentence(&visible(change))).collect(),
                letter: refused.ask.as_ref().map(|ask| Letter {
                    whom: ask.whom.as_deref().map(|whom| visible(&shortened(whom, NAME_CHARS))),
                    ways: ask.contacts.iter().chain(&ask.claims).map(|way| visible(&shortened(way, 300))).collect(),
                    text: visible(&shortened(&ask.request, LETTER_CHARS)),
                }),
                can_be_stated: refused.can_be_stated,
            },
        }
    }
}
