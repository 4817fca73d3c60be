use std::fmt;
use std::str::FromStr;

use sayso_consent::categories::{grants, reserves};
use sayso_core::UsageCategory;
use sayso_registry::claim::{ClaimId, Wish};

use super::terms::KeptTerms;
use crate::Error;
use crate::claims::Ground;

/// Somebody whose likeness or name is used, and by which right. Written `NAME=12`, by the claim's number, or `me`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonGrant {
    /// The name; `me` where the person is whoever trains.
    pub name: String,
    /// Who granted it.
    pub by: GrantedBy,
}

/// Who granted the use of a name or likeness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantedBy {
    /// A claim of theirs.
    Claim(ClaimId),
    /// Whoever trains says that they are the person.
    Themselves,
}

impl FromStr for PersonGrant {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.trim().eq_ignore_ascii_case("me") {
            return Ok(Self { name: "me".to_owned(), by: GrantedBy::Themselves });
        }
        let no = || "it is `NAME=NUMBER`, with the number of a claim of theirs, or `me`".to_owned();
        let (name, by) = text.rsplit_once('=').ok_or_else(no)?;
        let (name, by) = (name.trim(), by.trim());
        if name.is_empty() {
            return Err(no());
        }
        let by = match by {
            by if by.eq_ignore_ascii_case("me") => GrantedBy::Themselves,
            by => GrantedBy::Claim(by.parse().map_err(|_| no())?),
        };
        Ok(Self { name: name.to_owned(), by })
    }
}

impl fmt::Display for PersonGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.by {
            GrantedBy::Claim(claim) => write!(f, "{}=claim {claim}", self.name),
            GrantedBy::Themselves => write!(f, "{}=by their own word", self.name),
        }
    }
}

impl PersonGrant {
    /// Whether the claim that it names grants the use: verified by control, and allowing it, or under terms that are kept.
    pub fn check(&self, use_: UsageCategory, registry: Option<&Ground>, kept: &KeptTerms) -> Result<(), Error> {
        let GrantedBy::Claim(id) = self.by else { return Ok(()) };
        let refused = |why: &str, hint: &str| {
            let message = format!("claim {id} is no grant of {use_} by {}: {why}\nhint: {hint}", self.name);
            Err(Error::Input { input: self.to_string(), message })
        };
        let Some(registry) = registry else {
            return refused("no registry is named in which it stands", "name it with --registry");
        };
        let Some(claim) = registry.index().get(id) else {
            return refused("it is not there, or was taken back", "`sayso claim list` lists those that are there");
        };
        if !claim.is_by_control {
            return refused(
                "nobody has shown control of what it is about",
                "whoever made it can verify it: `sayso claim verify`",
            );
        }
        if claim.wishes().any(|(said, wish)| wish == Wish::Disallowed && reserves(said, use_)) {
            return refused("it reserves the use", "ask for another");
        }
        let is_granted = |(said, wish): (UsageCategory, Wish)| {
            grants(said, use_)
                && match wish {
                    Wish::Allowed => true,
                    Wish::UnderTerms => kept.is_kept(id),
                    Wish::Disallowed => false,
                }
        };
        if claim.wishes().any(is_granted) {
            return Ok(());
        }
        match kept.unmet(id) {
            Some(why) => refused(&format!("its terms are not kept, since {why}"), "keep them, or ask for others"),
            None => {
                refused("it does not speak of the use", "whoever made it can make one with --preference fine-tune=y")
            }
        }
    }
}
