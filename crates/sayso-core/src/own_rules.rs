use serde::{Deserialize, Serialize};

use crate::{Reason, ReasonCode};

/// What somebody's own policy adds to a named one.
///
/// It may refuse more than the named policy and may name licences that count as a grant. It cannot make a reservation
/// disappear: who wants that has [`PolicyName::Record`](crate::PolicyName::Record), and says so by its name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct OwnRules {
    /// What it is called.
    pub name: String,
    /// Licences that count as a grant. Where none is named, those count that the named policy takes for grants.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grant_licences: Vec<LicencePattern>,
    /// Licences that are refused whatever else is granted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refuse_licences: Vec<LicencePattern>,
    /// Codes of reasons: what has one of them among the reasons of its verdict is refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refuse: Vec<ReasonCode>,
}

impl OwnRules {
    /// Whether a reason of this code is enough to refuse.
    #[must_use]
    pub fn refuses(&self, code: &ReasonCode) -> bool {
        *code == ReasonCode::LICENCE_REFUSED || self.refuse.contains(code)
    }

    /// Whether a reason is enough to refuse, of whatever use it speaks.
    #[must_use]
    pub fn refuses_reason(&self, reason: &Reason) -> bool {
        self.refuses(&reason.code) || reason.also.iter().any(|preference| self.refuses(&preference.code))
    }
}

/// A licence, or a family of them: `cc-by-4.0` is one licence, `cc-by` all its versions and ports, and
/// `https://unsplash.com/license` the licence at that address.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LicencePattern(String);

impl LicencePattern {
    /// A pattern as somebody wrote it.
    #[must_use]
    pub fn new(pattern: &str) -> Self {
        Self(pattern.trim().to_owned())
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the pattern speaks of the licence with this short name, if it has one, at this address, so that it can be
    /// refused: what stands behind a `?` makes no difference.
    #[must_use]
    pub fn matches(&self, short: Option<&str>, address: &str) -> bool {
        if is_address(&self.0) {
            return bare(&self.0).eq_ignore_ascii_case(bare(address));
        }
        self.matches_name(short)
    }

    /// Whether it speaks of it so closely that it can be a grant: `licence?id=free` is not `licence?id=other`.
    #[must_use]
    pub fn matches_closely(&self, short: Option<&str>, address: &str) -> bool {
        fn query(address: &str) -> Option<&str> {
            address.trim().split('#').next().and_then(|address| address.split_once('?')).map(|(_, query)| query)
        }
        if is_address(&self.0) {
            return self.matches(short, address) && query(&self.0) == query(address);
        }
        self.matches_name(short)
    }

    fn matches_name(&self, short: Option<&str>) -> bool {
        let Some(short) = short else { return false };
        let Some((head, rest)) = short.split_at_checked(self.0.len()) else { return false };
        // `cc-by` is not `cc-by-nc`: after a family comes its version, after a version the country it was ported to.
        let mut rest = rest.bytes();
        let goes_on = match (rest.next(), rest.next()) {
            (None, _) => true,
            (Some(b'-'), Some(next)) => next.is_ascii_digit() || self.0.ends_with(|end: char| end.is_ascii_digit()),
            _ => false,
        };
        head.eq_ignore_ascii_case(&self.0) && goes_on
    }
}

/// Whether a pattern is the address of a licence, and not a name.
fn is_address(pattern: &str) -> bool {
    pattern.contains(['/', ':'])
}

/// An address without what writers add and leave out as they like.
fn bare(address: &str) -> &str {
    let address = address.trim().split(['?', '#']).next().unwrap_or_default();
    let address = ["https://", "http://", "//"].iter().find_map(|scheme| strip(address, scheme)).unwrap_or(address);
    strip(address, "www.").unwrap_or(address).trim_end_matches('/')
}

fn strip<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(tail)
}

#[cfg(test)]
mod tests {
    use super::LicencePattern;

    #[test]
    fn a_family_is_its_versions_and_no_other_family() {
        let matches = |pattern: &str, short: &str| LicencePattern::new(pattern).matches(Some(short), "");
        assert!(matches("cc-by", "cc-by") && matches("cc-by", "cc-by-4.0") && matches("CC-BY", "cc-by-3.0-us"));
        assert!(matches("cc-by-3.0", "cc-by-3.0-us") && matches("cc0", "cc0-1.0"));
        assert!(!matches("cc-by", "cc-by-nc-4.0") && !matches("cc-by", "cc-by-sa-4.0"));
        assert!(!matches("cc-by-4.0", "cc-by-3.0") && !matches("cc-by-4.0", "cc-by") && !matches("", "cc-by"));
        assert!(!LicencePattern::new("cc-by").matches(None, "cc-by"));
    }

    #[test]
    fn an_address_is_one_licence_however_it_is_written() {
        let pattern = LicencePattern::new("https://unsplash.com/license");
        for address in ["http://unsplash.com/license/", "//www.unsplash.com/license?x=1", "Unsplash.com/License"] {
            assert!(pattern.matches(None, address), "{address}");
        }
        for address in ["https://unsplash.com/license/more", "https://example.org/unsplash.com/license", ""] {
            assert!(!pattern.matches(None, address), "{address}");
        }
    }

    #[test]
    fn what_grants_is_compared_to_the_end() {
        let pattern = LicencePattern::new("https://stock.example/licence?id=free");
        assert!(pattern.matches_closely(None, "http://stock.example/licence?id=free#top"));
        for address in ["https://stock.example/licence?id=all-rights-reserved", "https://stock.example/licence"] {
            assert!(pattern.matches(None, address) && !pattern.matches_closely(None, address), "{address}");
        }
    }
}
