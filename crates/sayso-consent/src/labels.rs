//! Which label of which vocabulary speaks of which usage category: the one mapping table.
//!
//! Most of these vocabularies are drafts or one company's word. When one changes, this file does, with a new date.

use sayso_core::ReasonCode;
use sayso_core::UsageCategory::{self, AiInput, DataMining, Search, TrainAi, TrainGenai};

use crate::codes;

/// When the tables below were last changed.
pub const LABELS_DATED: &str = "2026-11-21";

/// A robots directive that reserves something (`X-Robots-Tag`, `<meta name="robots">`).
pub(crate) struct Directive {
    pub(crate) word: &'static str,
    pub(crate) category: UsageCategory,
    pub(crate) code: &'static ReasonCode,
}

/// `noai` and `noimageai` were first offered by DeviantArt in 2022; the others are those of the search engines.
///
/// What they reserve is training: neither speaks of data mining at large. `none` is `noindex, nofollow`.
/// `noarchive`, `nosnippet`, `nofollow` and the `max-…` limits say how a page is shown, not whether it is used.
pub(crate) const DIRECTIVES: &[Directive] = &[
    Directive { word: "noai", category: TrainAi, code: codes::NOAI },
    Directive { word: "noimageai", category: TrainAi, code: codes::NOIMAGEAI },
    Directive { word: "noindex", category: Search, code: codes::NOINDEX },
    Directive { word: "none", category: Search, code: codes::NOINDEX },
    Directive { word: "noimageindex", category: Search, code: codes::NOIMAGEINDEX },
];

/// Robots directives that take a value after a colon, so that their name is not mistaken for an agent's.
pub(crate) const VALUED_DIRECTIVES: &[&str] =
    &["max-snippet", "max-image-preview", "max-video-preview", "unavailable_after", "crawl-delay", "revisit-after"];

/// A label of AIPREF.
pub(crate) struct UsageLabel {
    pub(crate) label: &'static str,
    pub(crate) categories: &'static [UsageCategory],
    /// Whether the newest draft still knows it.
    pub(crate) current: bool,
}

/// draft-ietf-aipref-vocab-07 and -08 know two labels; the rest stood in earlier drafts and is still sent.
///
/// Since -07 `train-ai` speaks of training models that generate. It is mapped to all training: a reservation is then
/// as wide as the earlier drafts had it. A grant is wider than -07 has it, for the purposes `train-ai` alone.
pub(crate) const USAGE_LABELS: &[UsageLabel] = &[
    UsageLabel { label: "train-ai", categories: &[TrainAi], current: true },
    UsageLabel { label: "search", categories: &[Search], current: true },
    UsageLabel { label: "train-genai", categories: &[TrainGenai], current: false },
    UsageLabel { label: "tdm", categories: &[DataMining], current: false },
    UsageLabel { label: "ai", categories: &[TrainAi], current: false },
    UsageLabel { label: "genai", categories: &[TrainGenai], current: false },
    UsageLabel { label: "ai-use", categories: &[AiInput], current: false },
    UsageLabel { label: "ai-output", categories: &[AiInput], current: false },
    UsageLabel { label: "inference", categories: &[AiInput], current: false },
    UsageLabel { label: "bots", categories: &[DataMining, AiInput, Search], current: false },
    UsageLabel { label: "all", categories: &[DataMining, AiInput, Search], current: false },
];

/// Content-Signal as Cloudflare defined it in September 2025. `use` (2026, on trial) and unknown names are not judged.
pub(crate) const CONTENT_SIGNALS: &[(&str, UsageCategory)] =
    &[("search", Search), ("ai-input", AiInput), ("ai-train", TrainAi)];

/// What a refused or unreadable statement may have been about, when nothing of it can be known.
pub(crate) const ANY_USE: &[UsageCategory] = &[DataMining, Search];

/// What robots.txt reserves when it keeps every crawler, or this builder's, out of a path.
///
/// Search is left out: a page that is not to be fetched may still be pointed at.
pub(crate) const CRAWLING: &[UsageCategory] = &[DataMining];
