use sayso::library::{DatasetSummary, FacetField};
use sayso_core::{CaptionOrigin, PolicyName, Sample, Stance, UsageCategory};

use super::words::{self, Moment};
use super::{Badge, Frame, OutsideLink, PictureSource, ReasonView, RecordView, shortened, value_href};

/// Characters of a caption that can be a heading.
const TITLE_CHARS: usize = 140;

/// Characters of a value of a further column.
const FURTHER_CHARS: usize = 400;

/// From this probability on that it is not safe for work, a picture is blurred until the reader wants it clear. One of which
/// nothing is known is shown as it is: most datasets have no such score, and blurring everything would say nothing.
const BLURRED_FROM: f64 = 0.5;

/// Everything that is known of a sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SampleView {
    pub(crate) uid: String,
    pub(crate) cc2dataset_uid: String,
    pub(crate) title: String,
    /// The caption, where it is too long for a heading.
    pub(crate) whole_caption: Option<String>,
    pub(crate) caption_origin: &'static str,
    pub(crate) dataset: String,
    pub(crate) domain: String,
    pub(crate) picture: OutsideLink,
    pub(crate) source: Option<PictureSource>,
    pub(crate) page: OutsideLink,
    /// The pages of its site, its creator and its licence.
    pub(crate) domain_page: Option<String>,
    pub(crate) creator_page: Option<String>,
    pub(crate) licence_page: Option<String>,
    /// Whether the picture is shown blurred at first, and why.
    pub(crate) is_blurred: bool,
    pub(crate) punsafe: String,
    pub(crate) creator: Option<String>,
    pub(crate) creator_origin: Option<&'static str>,
    pub(crate) licence: Option<String>,
    pub(crate) licence_href: Option<String>,
    pub(crate) frame: Frame,
    pub(crate) size: Option<String>,
    pub(crate) picture_bytes: Option<String>,
    pub(crate) sha256: Option<String>,
    pub(crate) captured: Option<Moment>,
    /// Whether it comes from a crawl, and not from a table or folder that was imported.
    pub(crate) is_of_crawl: bool,
    pub(crate) further: Vec<(String, String)>,
    pub(crate) captures: String,
    pub(crate) record: RecordView,
    pub(crate) badge: Badge,
    pub(crate) purpose: &'static str,
    pub(crate) purpose_words: &'static str,
    pub(crate) policy: String,
    pub(crate) policy_words: String,
    pub(crate) registry_head: Option<String>,
    pub(crate) decisive: Option<ReasonView>,
    pub(crate) others: Vec<ReasonView>,
    pub(crate) change: Change,
}

/// What would have led to another verdict, or to another outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) says: &'static str,
    /// Statements to copy: where each goes, and what it is.
    pub(crate) statements: &'static [(&'static str, &'static str)],
}

impl SampleView {
    pub(crate) fn new(dataset: &DatasetSummary, sample: &Sample) -> Self {
        let pair = &sample.pair;
        let verdict = sample.verdict();
        let mut reasons = verdict.reasons.iter().map(|reason| ReasonView::new(reason, pair));
        let title = shortened(&pair.caption, TITLE_CHARS);
        let sized = pair.width.zip(pair.height);
        let punsafe = pair.further.iter().find(|(name, _)| name == FacetField::Punsafe.as_str());
        let punsafe = punsafe.and_then(|(_, value)| value.parse::<f64>().ok()).filter(|punsafe| punsafe.is_finite());
        Self {
            uid: pair.uid.to_string(),
            cc2dataset_uid: pair.cc2dataset_uid.clone(),
            whole_caption: (title != pair.caption).then(|| pair.caption.clone()),
            title,
            caption_origin: words::of_caption_origin(pair.caption_origin),
            dataset: dataset.name.clone(),
            domain: pair.domain.clone(),
            picture: OutsideLink::new(&pair.url),
            source: PictureSource::new(&pair.url),
            page: OutsideLink::new(&pair.page_url),
            domain_page: value_href(FacetField::Domain, &pair.domain),
            creator_page: pair.creator.as_deref().and_then(|creator| value_href(FacetField::Creator, creator)),
            licence_page: pair.licence.as_deref().and_then(|licence| value_href(FacetField::Licence, licence)),
            is_blurred: punsafe.is_some_and(|punsafe| punsafe >= BLURRED_FROM),
            punsafe: punsafe.map(|punsafe| format!("punsafe {punsafe:.2}")).unwrap_or_default(),
            creator: pair.creator.clone(),
            creator_origin: pair.creator_origin.map(words::of_creator_origin),
            licence: pair.licence.clone(),
            licence_href: pair.licence.as_deref().and_then(|licence| OutsideLink::new(licence).href),
            frame: Frame::new(pair.width, pair.height, 320),
            size: sized.map(|(width, height)| format!("{width} × {height} pixels")),
            picture_bytes: pair.picture_bytes.map(|bytes| words::counted(bytes, "byte", "bytes")),
            sha256: pair.sha256.clone(),
            captured: pair.captured_at.map(Moment::new),
            is_of_crawl: !matches!(pair.caption_origin, CaptionOrigin::Table | CaptionOrigin::Sidecar),
            further: pair.further.iter().map(|(name, value)| (name.clone(), shortened(value, FURTHER_CHARS))).collect(),
            captures: words::times(u64::from(pair.captures)),
            record: RecordView::new(&pair.record),
            badge: Badge::new(verdict.stance),
            purpose: verdict.purpose.0.as_str(),
            purpose_words: words::of_use(verdict.purpose.0),
            policy: dataset.policy.to_string(),
            policy_words: words::of_policy(&dataset.policy),
            registry_head: verdict.registry_head.as_ref().map(|head| head.0.clone()),
            decisive: reasons.next(),
            others: reasons.collect(),
            change: Change::new(verdict.stance, dataset.policy.name, verdict.purpose.0),
        }
    }
}

impl Change {
    fn new(stance: Stance, policy: PolicyName, purpose: UsageCategory) -> Self {
        let says = match (policy, stance) {
            (PolicyName::Record, _) => {
                "This dataset’s policy refuses nothing, so no statement would have kept the pair out of it. Under any \
                 other policy a reservation does, and these are reservations of this use:"
            }
            (_, Stance::Allowed) => {
                "It was granted. Taking the grant back where it was given, or a reservation beside it, changes the \
                 verdict of the next build: the most restrictive statement counts. These reserve this use:"
            }
            (_, Stance::Unknown) => {
                "Nothing was read that reserves this use, and this policy lets that pass. Any of these statements \
                 would have kept the pair out, and will keep it out of the next build:"
            }
            (_, Stance::Disallowed) => "It was reserved, and other policies would have refused it. These say the same:",
        };
        let statements: &[(&str, &str)] = match purpose {
            UsageCategory::Search => &[
                ("in the page", "<meta name=\"robots\" content=\"noindex\">"),
                ("in robots.txt, below User-agent: *", "Content-Usage: search=n"),
            ],
            UsageCategory::DataMining => &[
                ("as a header of the page", "tdm-reservation: 1"),
                ("in the page", "<meta name=\"tdm-reservation\" content=\"1\">"),
            ],
            UsageCategory::AiInput => &[
                ("as a header of the page", "tdm-reservation: 1"),
                ("in robots.txt, below User-agent: *", "Content-Signal: ai-input=no"),
            ],
            UsageCategory::TrainAi | UsageCategory::TrainGenai | UsageCategory::FineTune => &[
                ("as a header of the page", "tdm-reservation: 1"),
                ("in the page", "<meta name=\"robots\" content=\"noai\">"),
                ("in robots.txt, below User-agent: *", "Content-Usage: train-ai=n"),
            ],
        };
        Self { says, statements }
    }
}
