//! The licences that a page states.

use sayso_core::{Place, Signal, SignalKind, Speaker};

use super::page::Page;

/// A licence and the element that states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedLicence {
    /// How it is stated.
    pub how: LicenceElement,
    /// The address, absolute where it can be made so.
    pub address: String,
}

/// How a page states a licence, the stronger way first: what somebody wrote for machines, then what readers see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LicenceElement {
    /// `license` of an `ImageObject` in JSON-LD: of one picture.
    JsonLd,
    /// `<link rel="license">`.
    Link,
    /// `<a rel="license">`.
    Anchor,
    /// A link to a licence of Creative Commons without `rel`, as under its badges. It may also be one to read about it.
    BareAnchor,
    /// JSON-LD or an address that cannot be read, and may be that of any licence.
    Unread,
}

impl LicenceElement {
    /// The element in words, as evidence names it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::JsonLd => "JSON-LD ImageObject license",
            Self::Link => "link rel=license",
            Self::Anchor => "a rel=license",
            Self::BareAnchor => Signal::BARE_LICENCE_LINK,
            Self::Unread => "a licence that cannot be read",
        }
    }
}

/// Licences of one page, or of one picture, that are kept.
const MAX_LICENCES: usize = 8;

/// Adds a licence to a list. Where a list is full, its last entry says that there were more: a licence that nobody looked
/// at may be any.
pub(crate) fn add(list: &mut Vec<StatedLicence>, how: LicenceElement, address: String) {
    let licence = StatedLicence { how, address };
    if list.contains(&licence) {
        return;
    }
    match list.len() {
        ..MAX_LICENCES => list.push(licence),
        MAX_LICENCES => list.push(StatedLicence { how, address: Signal::CUT_MARK.to_string() }),
        _ => {}
    }
}

/// Adds that something stands there which cannot be read.
pub(crate) fn add_unread(list: &mut Vec<StatedLicence>) {
    add(list, LicenceElement::Unread, Signal::CUT_MARK.to_string());
}

impl StatedLicence {
    /// The licence as a signal: evidence that a policy may read.
    #[must_use]
    pub fn signal(&self, limit_bytes: u64) -> Signal {
        let place = Place::Element { path: self.how.as_str().to_owned() };
        Signal::found(SignalKind::Licence, Speaker::Page, place, self.address.as_bytes(), limit_bytes)
    }
}

/// The licence that is shown where there is room for one: the strongest way of stating it, of equals the first.
pub(crate) fn foremost(licences: &[StatedLicence]) -> Option<&str> {
    // A bare link may lead to anybody's licence: good enough to withhold, not to show.
    let stated = licences.iter().filter(|licence| licence.how < LicenceElement::BareAnchor);
    stated.min_by_key(|licence| licence.how).map(|licence| licence.address.as_str())
}

impl Page {
    /// The signals of its meta elements, and the licences that it states.
    pub fn signals(&self, limit_bytes: u64) -> impl Iterator<Item = Signal> {
        let metas = self.signals.iter();
        let metas = metas.filter_map(move |(name, content)| Signal::of_meta(Speaker::Page, name, content, limit_bytes));
        metas.chain(self.licences.iter().map(move |licence| licence.signal(limit_bytes)))
    }

    /// The licence of a picture with these licences of its own, where there is room for one: what a meta element says goes
    /// before JSON-LD, that before a `link`, that before an `a`.
    #[must_use]
    pub fn licence<'a>(&'a self, of_picture: &'a [StatedLicence]) -> Option<&'a str> {
        let is_licence =
            |(name, content): &&(String, String)| SignalKind::of_meta(name, content) == Some(SignalKind::Licence);
        let meta = self.signals.iter().find(is_licence).map(|(_, content)| content.as_str());
        meta.or_else(|| foremost(of_picture)).or_else(|| foremost(&self.licences))
    }
}

/// Whether an address as it is written leads to a licence of Creative Commons, and not to what else they publish.
pub(super) fn is_licence_of_creative_commons(href: &str) -> bool {
    let Some(at) = memchr::memmem::find(href.as_bytes(), b"creativecommons.org/") else { return false };
    let path = href.get(at + "creativecommons.org/".len()..).unwrap_or_default();
    path.starts_with("licenses/") || path.starts_with("publicdomain/")
}

#[cfg(test)]
mod tests {
    use super::{LicenceElement, add, foremost};

    #[test]
    fn the_strongest_goes_first_and_a_full_list_says_so() {
        let mut list = Vec::new();
        add(&mut list, LicenceElement::BareAnchor, "bare".to_owned());
        assert_eq!(foremost(&list), None);
        add(&mut list, LicenceElement::Anchor, "a".to_owned());
        add(&mut list, LicenceElement::Link, "b".to_owned());
        add(&mut list, LicenceElement::Link, "b".to_owned());
        assert_eq!((foremost(&list), list.len()), (Some("b"), 3));
        for number in 0..100 {
            add(&mut list, LicenceElement::Link, number.to_string());
        }
        assert_eq!(list.len(), 9);
        assert!(list.last().is_some_and(|last| last.signal(100).is_cut()));
    }
}
