//! Which label of which vocabulary speaks of which usage category: the one mapping table, dated data in a file.
//!
//! Most of these vocabularies are drafts or one company's word. When one changes, `data/labels.tsv` does, with a new date.

mod table;

use sayso_core::UsageCategory::{self, DataMining, Search};

pub use table::Labels;

/// One label of one vocabulary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The vocabulary.
    pub vocabulary: Vocabulary,
    /// The label as the vocabulary writes it.
    pub label: Box<str>,
    /// What it reserves where it says no.
    pub reserves: Box<[UsageCategory]>,
    /// What it grants where it says yes: on doubt less than what it reserves.
    pub grants: Box<[UsageCategory]>,
    /// Since when: a day, a month or a year; empty where nobody knows.
    pub since: Box<str>,
    /// Whether a text still has it.
    pub status: LabelStatus,
    /// Where it is defined.
    pub source: Box<str>,
}

/// The vocabularies of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Vocabulary {
    /// Sayso's own categories, each with what it implies.
    Category,
    /// Access rules of robots.txt, and the purposes of agents that they turn away.
    RobotsTxt,
    /// Directives in `X-Robots-Tag` and robots meta elements.
    RobotsDirective,
    /// TDMRep.
    Tdmrep,
    /// AIPREF's `Content-Usage`.
    ContentUsage,
    /// Cloudflare's `Content-Signal`.
    ContentSignal,
    /// Spawning's ai.txt.
    AiTxt,
    /// Really Simple Licensing.
    Rsl,
    /// The assertions of CAWG and C2PA.
    Cawg,
    /// `plus:DataMining`.
    Plus,
}

/// How much a label is still part of its vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelStatus {
    /// The newest text has it.
    Current,
    /// An earlier draft of the same text had it, and it is still sent.
    Earlier,
    /// It belongs to a text that another one has taken the place of.
    Legacy,
    /// No standards body has written it down, and it is sent.
    Wild,
}

impl Vocabulary {
    /// Every vocabulary, in the table's order.
    pub const ALL: &'static [Self] = &[
        Self::Category,
        Self::RobotsTxt,
        Self::RobotsDirective,
        Self::Tdmrep,
        Self::ContentUsage,
        Self::ContentSignal,
        Self::AiTxt,
        Self::Rsl,
        Self::Cawg,
        Self::Plus,
    ];

    /// Its name in the table.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::RobotsTxt => "robots-txt",
            Self::RobotsDirective => "robots-directive",
            Self::Tdmrep => "tdmrep",
            Self::ContentUsage => "content-usage",
            Self::ContentSignal => "content-signal",
            Self::AiTxt => "ai-txt",
            Self::Rsl => "rsl",
            Self::Cawg => "cawg",
            Self::Plus => "plus",
        }
    }
}

/// What a refused or unreadable statement may have been about, when nothing of it can be known.
pub(crate) const ANY_USE: &[UsageCategory] = &[DataMining, Search];

/// What robots.txt reserves when it keeps every crawler, or this builder's, out of a path.
pub(crate) const CRAWLING: &[UsageCategory] = &[DataMining];

/// Robots directives that take a value after a colon, so that their name is not mistaken for an agent's.
pub(crate) const VALUED_DIRECTIVES: &[&str] =
    &["max-snippet", "max-image-preview", "max-video-preview", "unavailable_after", "crawl-delay", "revisit-after"];
