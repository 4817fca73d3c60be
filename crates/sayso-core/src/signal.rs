use serde::{Deserialize, Serialize};

use crate::{RecordLocator, Timestamp, stable_names};

/// The vocabulary in which a signal is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignalKind {
    /// Access rules of robots.txt (RFC 9309).
    RobotsTxt,
    /// `X-Robots-Tag` in a response header.
    XRobotsTag,
    /// `<meta name="robots">`, or a meta element named after an agent.
    MetaRobots,
    /// TDMRep in a header, a meta element or `/.well-known/tdmrep.json`.
    Tdmrep,
    /// AIPREF `Content-Usage` in a header or in robots.txt.
    ContentUsage,
    /// `Content-Signal` in robots.txt or in a header.
    ContentSignal,
    /// A licence that the page states, or the picture's own file.
    Licence,
    /// `/ai.txt`.
    AiTxt,
    /// Really Simple Licensing: an RSL document.
    Rsl,
    /// A training and data mining assertion in a C2PA manifest, by CAWG or by C2PA itself.
    Cawg,
    /// `plus:DataMining` and what is read with it, in XMP inside the picture.
    Iptc,
    /// A claim in a registry.
    Claim,
}

stable_names!(SignalKind, "kind of signal", {
    RobotsTxt => "robots-txt",
    XRobotsTag => "x-robots-tag",
    MetaRobots => "meta-robots",
    Tdmrep => "tdmrep",
    ContentUsage => "content-usage",
    ContentSignal => "content-signal",
    Licence => "licence",
    AiTxt => "ai-txt",
    Rsl => "rsl",
    Cawg => "cawg",
    Iptc => "iptc",
    Claim => "claim",
});

/// Who states a signal about a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Speaker {
    /// The page on which the pair was found.
    Page,
    /// The site of that page.
    PageSite,
    /// The picture's own response or file.
    Picture,
    /// The site that serves the picture.
    PictureSite,
    /// Whoever made a claim in a registry.
    Claimant,
}

stable_names!(Speaker, "speaker", {
    Page => "page",
    PageSite => "page-site",
    Picture => "picture",
    PictureSite => "picture-site",
    Claimant => "claimant",
});

/// Where in its document a signal stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "in", rename_all = "kebab-case")]
pub enum Place {
    /// A response header of this name.
    Header {
        /// The header's name as the server wrote it.
        name: String,
    },
    /// A meta element of this name.
    Meta {
        /// The element's `name` (or `property`, `http-equiv`) attribute.
        name: String,
    },
    /// A line of robots.txt.
    RobotsTxt {
        /// Line number, from 1.
        line: u32,
        /// The `User-agent` value of the group that holds the line; `None` where it stands outside every group.
        group: Option<String>,
    },
    /// An element of the page, such as `a rel=license`, or a path into its JSON-LD.
    Element {
        /// The element or path in words.
        path: String,
    },
    /// A file of the site that speaks for many addresses, such as `/.well-known/tdmrep.json`.
    File {
        /// The file's name or address.
        name: String,
        /// Where in it: `line 4`, `entry 2`, a path of elements.
        at: String,
    },
    /// Metadata inside the picture's own file.
    Embedded {
        /// What holds it: `XMP`, `EXIF`, `IPTC`, `C2PA`.
        container: String,
        /// The property or assertion in it.
        path: String,
    },
    /// An entry of a registry's log.
    Registry {
        /// The log's origin.
        log: String,
        /// The entry by which the claim was made, which is the claim's number.
        entry: u64,
    },
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Header { name } => write!(f, "header {name}"),
            Self::Meta { name } => write!(f, "meta {name}"),
            Self::RobotsTxt { line, group: Some(group) } => write!(f, "robots.txt line {line}, group {group}"),
            Self::RobotsTxt { line, group: None } => write!(f, "robots.txt line {line}"),
            Self::Element { path } => f.write_str(path),
            Self::File { name, at } => write!(f, "{name} {at}"),
            Self::Embedded { container, path } => write!(f, "{container} {path}"),
            Self::Registry { log, entry } => write!(f, "claim {entry} of {log}"),
        }
    }
}

/// A raw machine-readable statement as it was found, with everything needed to find it again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Signal {
    /// The vocabulary it is written in.
    pub kind: SignalKind,
    /// Who states it.
    pub speaker: Speaker,
    /// Where it stands.
    pub place: Place,
    /// The bytes as found, decoded lossily and cut to the limit that the reader was given.
    pub raw: String,
    /// Where `raw` stands in its document or header block, in bytes, where the reader knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_bytes: Option<(u64, u64)>,
    /// The record it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordLocator>,
    /// When that record was captured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captured_at: Option<Timestamp>,
}
