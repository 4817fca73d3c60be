//! A file as it is written, with the place of what can be wrong.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

/// A text, with where it stands.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(from = "Spanned<String>")]
pub(super) struct Text {
    at: Range<usize>,
    text: String,
}

impl Text {
    pub(super) const fn new(at: Range<usize>, text: String) -> Self {
        Self { at, text }
    }

    pub(super) fn span(&self) -> Range<usize> {
        self.at.clone()
    }

    pub(super) fn get_ref(&self) -> &str {
        &self.text
    }

    pub(super) fn into_inner(self) -> String {
        self.text
    }
}

impl From<Spanned<String>> for Text {
    fn from(text: Spanned<String>) -> Self {
        Self { at: text.span(), text: text.into_inner() }
    }
}

#[derive(Default, Deserialize)]
#[cfg_attr(test, derive(Debug, PartialEq))]
#[serde(deny_unknown_fields)]
pub(super) struct RawNode {
    pub(super) id: Text,
    pub(super) kind: Text,
    pub(super) name: Text,
    pub(super) about: Option<Text>,
    #[serde(default)]
    pub(super) also: Vec<Text>,
    pub(super) sector: Option<Text>,
    pub(super) country: Option<Text>,
    pub(super) date: Option<Text>,
    pub(super) until: Option<Text>,
    pub(super) licence: Option<Text>,
    #[serde(default)]
    pub(super) contents: Vec<Text>,
    pub(super) purpose: Option<Text>,
    pub(super) basis: Option<Text>,
    pub(super) size: Option<Text>,
    pub(super) url: Option<Text>,
    #[serde(default)]
    pub(super) source: Vec<RawSource>,
    #[serde(default)]
    pub(super) person: Vec<RawPerson>,
    #[serde(default)]
    pub(super) removal: Vec<RawRemoval>,
    #[serde(default)]
    pub(super) edge: Vec<RawEdge>,
}

#[derive(Default, Deserialize)]
#[cfg_attr(test, derive(Debug, PartialEq))]
#[serde(deny_unknown_fields)]
pub(super) struct RawSource {
    pub(super) key: Text,
    pub(super) title: Text,
    pub(super) url: Text,
    pub(super) date: Option<Text>,
    pub(super) supports: Option<Text>,
}

#[derive(Default, Deserialize)]
#[cfg_attr(test, derive(Debug, PartialEq))]
#[serde(deny_unknown_fields)]
pub(super) struct RawPerson {
    pub(super) name: Text,
    pub(super) consent: Text,
    #[serde(default)]
    pub(super) source: Vec<Text>,
}

#[derive(Default, Deserialize)]
#[cfg_attr(test, derive(Debug, PartialEq))]
#[serde(deny_unknown_fields)]
pub(super) struct RawRemoval {
    pub(super) date: Option<Text>,
    pub(super) samples: Option<u64>,
    pub(super) snapshot: Option<u64>,
    pub(super) receipt: Option<Text>,
    pub(super) note: Option<Text>,
    #[serde(default)]
    pub(super) source: Vec<Text>,
}

#[derive(Default, Deserialize)]
#[cfg_attr(test, derive(Debug, PartialEq))]
#[serde(deny_unknown_fields)]
pub(super) struct RawEdge {
    pub(super) kind: Text,
    pub(super) to: Option<Text>,
    pub(super) from: Option<Text>,
    pub(super) date: Option<Text>,
    pub(super) until: Option<Text>,
    pub(super) licence: Option<Text>,
    pub(super) purpose: Option<Text>,
    pub(super) snapshot: Option<u64>,
    pub(super) standing: Option<Text>,
    pub(super) by: Option<Text>,
    pub(super) disputed: Option<Text>,
    pub(super) note: Option<Text>,
    #[serde(default)]
    pub(super) source: Vec<Text>,
}
