use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

use crate::licence::Licence;
use crate::{Basis, Consent, Date, EdgeKind, NodeKind, Sector, Standing, StatedPurpose};

/// The plain name that a node has in files and addresses: `laion-5b`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(Box<str>);

/// Characters of an id.
const ID_CHARS: usize = 96;

/// The error of a text that cannot be an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` cannot be an id\nhint: ids are of a-z, 0-9, `-` and `.`, start with a letter or digit, and have at most 96 characters"
)]
pub struct IdError(String);

impl NodeId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An id out of a name, as `scan` makes them: `Stable Diffusion v1.5` becomes `stable-diffusion-v1.5`.
    #[must_use]
    pub fn of_text(text: &str) -> Option<Self> {
        let mut id = String::new();
        for c in text.chars().take(4 * ID_CHARS) {
            match c.to_ascii_lowercase() {
                c if c.is_ascii_alphanumeric() => id.push(c),
                '.' if !id.is_empty() && !id.ends_with(['-', '.']) => id.push('.'),
                _ if !id.is_empty() && !id.ends_with(['-', '.']) => id.push('-'),
                _ => {}
            }
            if id.len() == ID_CHARS {
                break;
            }
        }
        id.trim_end_matches(['-', '.']).parse().ok()
    }
}

impl FromStr for NodeId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let starts = text.bytes().next().is_some_and(is_plain);
        let is_id =
            starts && text.len() <= ID_CHARS && text.bytes().all(|byte| is_plain(byte) || b"-.".contains(&byte));
        if is_id { Ok(Self(text.into())) } else { Err(IdError(text.chars().take(60).collect())) }
    }
}

impl Borrow<str> for NodeId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Something in the chain from crawl to app, as one file tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its plain name.
    pub id: NodeId,
    /// What it is.
    pub kind: NodeKind,
    /// Its name as people write it.
    pub name: String,
    /// What it is, in a sentence or two.
    pub about: Option<String>,
    /// Other names, and those that it had.
    pub also: Vec<String>,
    /// What an organisation is.
    pub sector: Option<Sector>,
    /// Where it is at home.
    pub country: Option<String>,
    /// When it came to be, or out.
    pub date: Option<Date>,
    /// Until when it was there.
    pub until: Option<Date>,
    /// The licence under which it is given out.
    pub licence: Option<Licence>,
    /// The licences of the works in it, where they are known.
    pub contents: Vec<Licence>,
    /// What its makers say that it is for.
    pub purpose: Option<StatedPurpose>,
    /// The ground on which its makers say that they collected it.
    pub basis: Option<Basis>,
    /// How much is in it.
    pub size: Option<String>,
    /// Where it is at home on the web.
    pub url: Option<String>,
    /// What it all rests on.
    pub sources: Vec<Source>,
    /// People whom it is about.
    pub persons: Vec<Person>,
    /// What was taken out of it.
    pub removals: Vec<Removal>,
    /// The edges that its file tells of.
    pub edges: Vec<Edge>,
}

/// Something to cite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// By which name the edges of the same file call it.
    pub key: String,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub url: String,
    /// When it came out.
    pub date: Option<Date>,
    /// What it shows.
    pub supports: Option<String>,
}

/// Somebody whose works or likeness it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: String,
    /// Whether they agreed.
    pub consent: Consent,
    /// Where they said so, or that they said nothing.
    pub sources: Vec<String>,
}

/// What was taken out of a dataset, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// When.
    pub date: Option<Date>,
    /// How many samples.
    pub samples: Option<u64>,
    /// The first snapshot without them.
    pub snapshot: Option<u64>,
    /// The receipt that proves it.
    pub receipt: Option<String>,
    /// Why, in words.
    pub note: Option<String>,
    /// What it rests on.
    pub sources: Vec<String>,
}

/// How a node hangs together with another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// How.
    pub kind: EdgeKind,
    /// Where it starts.
    pub from: NodeId,
    /// Where it ends.
    pub to: NodeId,
    /// When it was so, or from when on.
    pub date: Option<Date>,
    /// Until when.
    pub until: Option<Date>,
    /// The licence that was agreed for it, where it is another than that of the node.
    pub licence: Option<Licence>,
    /// What it was for, as those who did it say.
    pub purpose: Option<StatedPurpose>,
    /// Which snapshot of a dataset.
    pub snapshot: Option<u64>,
    /// How sure it is.
    pub standing: Standing,
    /// Who claims it.
    pub by: Option<String>,
    /// Who disputes it, and with what.
    pub disputed: Option<String>,
    /// What else there is to say.
    pub note: Option<String>,
    /// What it rests on: keys of the file's sources.
    pub sources: Vec<String>,
    /// The line of the file where it stands, for errors; 0 where there is none.
    pub(crate) line: u32,
}

impl Node {
    /// A node of which nothing is known but what it is.
    #[must_use]
    pub fn new(id: NodeId, kind: NodeKind, name: &str) -> Self {
        Self {
            id,
            kind,
            name: name.to_owned(),
            about: None,
            also: Vec::new(),
            sector: None,
            country: None,
            date: None,
            until: None,
            licence: None,
            contents: Vec::new(),
            purpose: None,
            basis: None,
            size: None,
            url: None,
            sources: Vec::new(),
            persons: Vec::new(),
            removals: Vec::new(),
            edges: Vec::new(),
        }
    }

    /// The source of this key.
    #[must_use]
    pub fn source(&self, key: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.key == key)
    }
}

impl Edge {
    /// An edge that rests on these sources.
    #[must_use]
    pub fn new(kind: EdgeKind, from: NodeId, to: NodeId, sources: Vec<String>) -> Self {
        Self {
            kind,
            from,
            to,
            date: None,
            until: None,
            licence: None,
            purpose: None,
            snapshot: None,
            standing: Standing::Fact,
            by: None,
            disputed: None,
            note: None,
            sources,
            line: 0,
        }
    }

    /// Whether somebody says otherwise, or only one side says so.
    #[must_use]
    pub fn is_doubtful(&self) -> bool {
        self.disputed.is_some() || self.standing == Standing::Claim
    }
}
