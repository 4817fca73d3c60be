//! Which header and meta names can carry a signal: the first question asked of every page, so it is cheap.

use crate::{Place, Signal, SignalKind, Speaker};

impl Signal {
    /// The signal that a response header carries, `None` where its name carries none.
    ///
    /// `value` is in bytes, as it came: what is no UTF-8 is replaced and what is too long is marked as cut.
    #[must_use]
    pub fn of_header(speaker: Speaker, name: &str, value: &[u8], limit_bytes: u64) -> Option<Self> {
        let kind = SignalKind::of_header(name)?;
        Some(Self::found(kind, speaker, Place::Header { name: name.to_owned() }, value.trim_ascii(), limit_bytes))
    }

    /// The signal that a meta element carries, `None` where it carries none.
    ///
    /// `name` is the element's `name`, or its `http-equiv` where it repeats a header.
    #[must_use]
    pub fn of_meta(speaker: Speaker, name: &str, content: &str, limit_bytes: u64) -> Option<Self> {
        let name = name.trim_ascii();
        let kind = SignalKind::of_meta(name, content)?;
        let content = content.trim_ascii().as_bytes();
        Some(Self::found(kind, speaker, Place::Meta { name: name.to_owned() }, content, limit_bytes))
    }

    /// A signal as it was found; the record is for those to add who know it.
    #[must_use]
    pub fn found(kind: SignalKind, speaker: Speaker, place: Place, raw: &[u8], limit_bytes: u64) -> Self {
        let raw = Self::raw_of(raw, limit_bytes);
        Self { kind, speaker, place, raw, at_bytes: None, record: None, captured_at: None }
    }
}

impl SignalKind {
    /// The vocabulary of a response header, `None` where the header carries no signal.
    #[must_use]
    pub fn of_header(name: &str) -> Option<Self> {
        // The length decides for nearly every header of a real response.
        let kind = match name.len() {
            10 => ("tdm-policy", Self::Tdmrep),
            12 => ("X-Robots-Tag", Self::XRobotsTag),
            13 => ("Content-Usage", Self::ContentUsage),
            14 => ("Content-Signal", Self::ContentSignal),
            15 => ("tdm-reservation", Self::Tdmrep),
            _ => return None,
        };
        name.eq_ignore_ascii_case(kind.0).then_some(kind.1)
    }

    /// The vocabulary of a meta element, `None` where the element carries no signal.
    ///
    /// Robots directives may stand under an agent's name instead of `robots`. No list of agents is complete, so any
    /// name counts whose content holds a directive that reserves something; the reader decides what it means.
    #[must_use]
    pub fn of_meta(name: &str, content: &str) -> Option<Self> {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        match name.len() {
            6 if is("robots") => return Some(Self::MetaRobots),
            12 if is("x-robots-tag") => return Some(Self::MetaRobots),
            10 if is("tdm-policy") => return Some(Self::Tdmrep),
            15 if is("tdm-reservation") => return Some(Self::Tdmrep),
            13 if is("content-usage") => return Some(Self::ContentUsage),
            7 | 9 | 10 | 14 | 15 | 17 if LICENCE_METAS.iter().any(|known| is(known)) => {
                // A sentence about rights is no licence that a program could know.
                return content.contains("://").then_some(Self::Licence);
            }
            // The names of nearly all other metas, before anything is looked for in their contents.
            8 if is("viewport") || is("keywords") => return None,
            9 if is("generator") => return None,
            11 if is("description") || is("theme-color") => return None,
            65.. => return None,
            _ => {}
        }
        // Every directive that reserves something starts with "no", and agents' names hold none of these.
        let may_reserve =
            content.len() <= 1024 && content.as_bytes().windows(2).any(|pair| pair.eq_ignore_ascii_case(b"no"));
        let reserves = |directive: &str| {
            let directive = directive.trim();
            ["noai", "noimageai", "noindex", "noimageindex", "none"]
                .iter()
                .any(|word| directive.eq_ignore_ascii_case(word))
        };
        let named_like_an_agent = || !name.bytes().any(|byte| matches!(byte, b':' | b'.' | b' '));
        (may_reserve && named_like_an_agent() && content.split(',').any(reserves)).then_some(Self::MetaRobots)
    }
}

/// Names of meta elements whose content is the address of a licence.
const LICENCE_METAS: [&str; 7] =
    ["license", "licence", "dc.rights", "dc.license", "dcterms.rights", "dcterms.license", "dc.rights.license"];

#[cfg(test)]
mod tests {
    use crate::SignalKind;

    #[test]
    fn a_meta_with_the_address_of_a_licence_states_it() {
        let licence = "https://creativecommons.org/licenses/by/4.0/";
        for name in ["license", "DC.rights", "dcterms.license", "dc.rights.license"] {
            assert_eq!(SignalKind::of_meta(name, licence), Some(SignalKind::Licence), "{name}");
        }
        assert_eq!(SignalKind::of_meta("dc.rights", "All rights reserved"), None);
        assert_eq!(SignalKind::of_meta("twitter", licence), None);
    }

    #[test]
    fn names_are_matched_whatever_their_case() {
        assert_eq!(SignalKind::of_header("x-ROBOTS-tag"), Some(SignalKind::XRobotsTag));
        assert_eq!(SignalKind::of_header("Content-Usage"), Some(SignalKind::ContentUsage));
        assert_eq!(SignalKind::of_header("Content-Types"), None);
        assert_eq!(SignalKind::of_header(""), None);
    }

    #[test]
    fn a_meta_named_after_an_agent_counts_when_it_reserves() {
        assert_eq!(SignalKind::of_meta("GPTBot", "noindex, NoAI"), Some(SignalKind::MetaRobots));
        assert_eq!(SignalKind::of_meta("GPTBot", "index, follow"), None);
        assert_eq!(SignalKind::of_meta("description", "A page about noai and none of it"), None);
        assert_eq!(SignalKind::of_meta("robots", "all"), Some(SignalKind::MetaRobots));
    }
}
