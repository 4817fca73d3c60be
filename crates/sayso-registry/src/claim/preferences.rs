use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use sayso_core::{UsageCategory, stable_names};
use serde::{Deserialize, Serialize};

use super::refusal::{Refusal, RefusalCode};

/// What is wanted of one use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wish {
    /// It is allowed.
    Allowed,
    /// It is not.
    Disallowed,
    /// It is allowed to whoever keeps the terms.
    UnderTerms,
}

stable_names!(Wish, "wish", {
    Allowed => "allowed",
    Disallowed => "disallowed",
    UnderTerms => "under-terms",
});

/// What is wanted, use by use. Of a use that is not named nothing is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClaimPreferences(BTreeMap<UsageCategory, Wish>);

impl ClaimPreferences {
    /// The uses and what is wanted of each, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (UsageCategory, Wish)> + '_ {
        self.0.iter().map(|(category, wish)| (*category, *wish))
    }

    /// Whether some use is allowed under terms.
    #[must_use]
    pub fn has_terms(&self) -> bool {
        self.0.values().any(|wish| *wish == Wish::UnderTerms)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromStr for ClaimPreferences {
    type Err = Refusal;

    /// Reads `train-ai=n, search=y`: `n` for no, `y` for yes, `terms` for yes under terms. Of a use that is named twice the
    /// stricter wish is taken.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = || Refusal::new(RefusalCode::Malformed, text);
        let mut wishes = BTreeMap::new();
        for part in text.split([',', ' ', ';']).filter(|part| !part.is_empty()) {
            let (name, wish) = part.split_once('=').ok_or_else(malformed)?;
            let category = name.parse::<UsageCategory>().map_err(|_| malformed())?;
            let wish = match wish {
                "y" | "yes" | "allowed" => Wish::Allowed,
                "n" | "no" | "disallowed" => Wish::Disallowed,
                "terms" | "under-terms" => Wish::UnderTerms,
                _ => return Err(malformed()),
            };
            let stricter = |known: Wish| match (known, wish) {
                (Wish::Disallowed, _) | (_, Wish::Disallowed) => Wish::Disallowed,
                (Wish::UnderTerms, _) | (_, Wish::UnderTerms) => Wish::UnderTerms,
                (Wish::Allowed, Wish::Allowed) => Wish::Allowed,
            };
            wishes.entry(category).and_modify(|known| *known = stricter(*known)).or_insert(wish);
        }
        if wishes.is_empty() { Err(Refusal::new(RefusalCode::NoPreference, text)) } else { Ok(Self(wishes)) }
    }
}

impl fmt::Display for ClaimPreferences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (category, wish)) in self.0.iter().enumerate() {
            let wish = match wish {
                Wish::Allowed => "y",
                Wish::Disallowed => "n",
                Wish::UnderTerms => "terms",
            };
            write!(f, "{}{category}={wish}", if number == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{ClaimPreferences, RefusalCode};

    #[test]
    fn the_stricter_wish_is_taken() {
        let read = |text: &str| text.parse::<ClaimPreferences>().unwrap().to_string();
        assert_eq!(read("train-ai=n"), "train-ai=n");
        assert_eq!(read("train-ai=y,search=yes; train-ai=n"), "search=y, train-ai=n");
        assert_eq!(read("train-genai=y train-genai=terms"), "train-genai=terms");
        for (text, code) in [
            ("", RefusalCode::NoPreference),
            (" , ", RefusalCode::NoPreference),
            ("train-ai", RefusalCode::Malformed),
            ("train-ai=maybe", RefusalCode::Malformed),
            ("training=n", RefusalCode::Malformed),
        ] {
            assert_eq!(text.parse::<ClaimPreferences>().unwrap_err().code, code, "{text}");
        }
    }
}
