use sayso::library::sentence;
use sayso_core::{Pair, Place, Preference, Reason, Signal, Verdict};
use serde::Serialize;
use utoipa::ToSchema;

use super::ApiRecord;
use crate::evidence::origin_of;

/// The answer to "may this pair be used for this purpose?", with everything that led to it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiVerdict {
    /// The use that was judged.
    #[schema(example = "train-genai")]
    pub(crate) purpose: String,
    /// `allowed`, `unknown` or `disallowed`.
    #[schema(example = "unknown")]
    pub(crate) stance: String,
    /// What decided, first, and every other statement that was seen, after it.
    pub(crate) reasons: Vec<ApiReason>,
    /// The registry's head at the time; `null` where no registry was consulted.
    pub(crate) registry_head: Option<String>,
}

/// One reason of a verdict.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiReason {
    /// The stable code. Codes are open: a newer dataset may hold others.
    #[schema(example = "no-statement")]
    pub(crate) code: String,
    /// What this reason speaks for.
    #[schema(example = "unknown")]
    pub(crate) stance: String,
    /// The usage category that the statement named.
    #[schema(example = "train-genai")]
    pub(crate) category: String,
    /// The reason in words.
    pub(crate) sentence: String,
    /// The signal it rests on; `null` where the reason is that there was none.
    pub(crate) evidence: Option<ApiEvidence>,
    /// What the same statement says of other uses.
    pub(crate) also: Vec<ApiPreference>,
}

/// What a statement says of one use.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiPreference {
    /// The usage category.
    #[schema(example = "data-mining")]
    pub(crate) category: String,
    /// `allowed`, `unknown` or `disallowed`.
    #[schema(example = "disallowed")]
    pub(crate) stance: String,
    /// The stable code of why it was read that way.
    #[schema(example = "tdm-reserved")]
    pub(crate) code: String,
}

/// A statement as it was found, with everything needed to find it again.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiEvidence {
    /// The vocabulary it is written in.
    #[schema(example = "tdmrep")]
    pub(crate) kind: String,
    /// Who states it: `page`, `page-site`, `picture` or `picture-site`.
    #[schema(example = "page")]
    pub(crate) speaker: String,
    /// Where it stands.
    pub(crate) place: ApiPlace,
    /// The bytes as found, decoded lossily.
    pub(crate) raw: String,
    /// Whether `raw` was cut to a limit.
    pub(crate) is_cut: bool,
    /// Where `raw` stands in its document or header block, in bytes, where that is known.
    pub(crate) at_bytes: Option<[u64; 2]>,
    /// When its record was captured (ISO 8601, UTC).
    pub(crate) captured_at: Option<String>,
    /// The record it came from.
    pub(crate) record: Option<ApiRecord>,
}

/// Where in its document a signal stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "in", rename_all = "kebab-case")]
pub(crate) enum ApiPlace {
    /// A response header.
    Header {
        /// The header's name.
        name: String,
    },
    /// A meta element.
    Meta {
        /// The element's name.
        name: String,
    },
    /// A line of robots.txt.
    RobotsTxt {
        /// Its number, from 1.
        line: u32,
        /// The `User-agent` of the group that holds it; `null` where it stands outside every group.
        group: Option<String>,
    },
    /// An element of the page.
    Element {
        /// The element in words.
        path: String,
    },
    /// A file of the site that speaks for many addresses.
    File {
        /// The file's name or address.
        name: String,
        /// Where in it.
        at: String,
    },
    /// Metadata inside the picture's own file.
    Embedded {
        /// What holds it.
        container: String,
        /// The property or assertion in it.
        path: String,
    },
    /// An entry of a registry's log.
    Registry {
        /// The log's origin.
        log: String,
        /// The entry's number, which is the claim's.
        entry: u64,
    },
}

impl ApiVerdict {
    /// The verdict on `pair`.
    pub(crate) fn new(verdict: &Verdict, pair: &Pair) -> Self {
        Self {
            purpose: verdict.purpose.to_string(),
            stance: verdict.stance.to_string(),
            reasons: verdict.reasons.iter().map(|reason| ApiReason::new(reason, pair)).collect(),
            registry_head: verdict.registry_head.as_ref().map(|head| head.0.clone()),
        }
    }
}

impl ApiReason {
    pub(crate) fn new(reason: &Reason, pair: &Pair) -> Self {
        Self {
            code: reason.code.to_string(),
            stance: reason.stance.to_string(),
            category: reason.category.to_string(),
            sentence: sentence(reason),
            evidence: reason.evidence.as_ref().map(|signal| ApiEvidence::new(signal, pair)),
            also: reason.also.iter().map(ApiPreference::from).collect(),
        }
    }
}

impl From<&Preference> for ApiPreference {
    fn from(Preference { category, stance, code }: &Preference) -> Self {
        Self { category: category.to_string(), stance: stance.to_string(), code: code.to_string() }
    }
}

impl ApiEvidence {
    fn new(signal: &Signal, pair: &Pair) -> Self {
        let (record, captured_at) = origin_of(signal, pair);
        Self {
            kind: signal.kind.to_string(),
            speaker: signal.speaker.to_string(),
            place: (&signal.place).into(),
            raw: signal.raw.clone(),
            is_cut: signal.is_cut(),
            at_bytes: signal.at_bytes.map(|(start, end)| [start, end]),
            captured_at: captured_at.map(|instant| instant.to_string()),
            record: record.map(ApiRecord::from),
        }
    }
}

impl From<&Place> for ApiPlace {
    fn from(place: &Place) -> Self {
        match place {
            Place::Header { name } => Self::Header { name: name.clone() },
            Place::Meta { name } => Self::Meta { name: name.clone() },
            Place::RobotsTxt { line, group } => Self::RobotsTxt { line: *line, group: group.clone() },
            Place::Element { path } => Self::Element { path: path.clone() },
            Place::File { name, at } => Self::File { name: name.clone(), at: at.clone() },
            Place::Embedded { container, path } => Self::Embedded { container: container.clone(), path: path.clone() },
            Place::Registry { log, entry } => Self::Registry { log: log.clone(), entry: *entry },
        }
    }
}
