use std::fmt;
use std::path::Path;

use sayso_consent::judge;
use sayso_core::{Pdq, Policy, RegistryHead, Sha256, Statement, Subject, Verdict};
use sayso_crawl::account_of;
use sayso_registry::Registry;
use sayso_registry::claim::ClaimId;
use sayso_registry::lookup::{ClaimIndex, Holding, Sought};

use super::place::RegistryPlace;
use super::say::{statements_of, statements_under};
use crate::Error;

/// The claims of a registry as of one head, to judge against.
pub struct Ground {
    index: ClaimIndex,
    head: RegistryHead,
}

/// What is known of a picture, as whoever judges it has it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Grounded<'a> {
    /// Its address; empty where there is none.
    pub url: &'a str,
    /// The page on which it was found; empty where there is none.
    pub page_url: &'a str,
    /// Whoever made it, as a sample has it: an account as `host/name`, or a name, which claims do not speak of.
    pub creator: Option<&'a str>,
    /// The digest of its file.
    pub sha256: Option<Sha256>,
    /// Its perceptual hash, where that is worth comparing.
    pub pdq: Option<Pdq>,
}

impl fmt::Debug for Ground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ground").field(&self.head).finish()
    }
}

impl Ground {
    /// Takes up the claims of the registry at a path.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Self::of(ClaimIndex::load(&mut RegistryPlace::of(path).open()?)?)
    }

    /// The claims of an index.
    pub fn of(index: ClaimIndex) -> Result<Self, Error> {
        let head = index.head().head();
        Ok(Self { index, head })
    }

    /// Whether the registry may have changed since its claims were taken up.
    pub fn is_behind(&self, registry: &mut Registry) -> Result<bool, Error> {
        Ok(self.index.is_behind(registry)?)
    }

    /// Takes up what changed since.
    pub fn refresh(&mut self, registry: &mut Registry) -> Result<(), Error> {
        if self.index.refresh(registry)? {
            self.head = self.index.head().head();
        }
        Ok(())
    }

    /// The index of its claims.
    #[must_use]
    pub const fn index(&self) -> &ClaimIndex {
        &self.index
    }

    /// The head that a verdict names.
    #[must_use]
    pub const fn head(&self) -> &RegistryHead {
        &self.head
    }

    /// The log's origin.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.index.head().origin
    }

    /// How many claims hold for something.
    #[must_use]
    pub fn claims(&self) -> usize {
        self.index.claims()
    }

    /// The claims that hold for a picture.
    #[must_use]
    pub fn find(&self, picture: &Grounded<'_>) -> Vec<Holding<'_>> {
        find_in(&self.index, picture)
    }

    /// What those claims say of its use.
    #[must_use]
    pub fn statements(&self, picture: &Grounded<'_>) -> Vec<Statement> {
        statements_of(&self.find(picture), self.origin())
    }

    /// What those claims say of its use to somebody who says to keep the terms of some of them.
    pub(crate) fn statements_under(&self, picture: &Grounded<'_>, is_kept: &dyn Fn(ClaimId) -> bool) -> Vec<Statement> {
        statements_under(&self.find(picture), self.origin(), is_kept)
    }

    /// The verdict that follows from these claims alone.
    #[must_use]
    pub fn judge(&self, picture: &Grounded<'_>, policy: &Policy) -> Verdict {
        self.judge_by(picture, &self.statements(picture), policy)
    }

    /// The same where what they say is at hand: it is the same for every use.
    #[must_use]
    pub fn judge_by(&self, picture: &Grounded<'_>, statements: &[Statement], policy: &Policy) -> Verdict {
        let subject = Subject { url: picture.url, page_url: picture.page_url };
        judge(&subject, statements, Some(&self.head), policy)
    }
}

/// The claims of an index that hold for a picture.
pub(crate) fn find_in<'a>(index: &'a ClaimIndex, picture: &Grounded<'_>) -> Vec<Holding<'a>> {
    let Grounded { url, page_url, creator, sha256, pdq } = *picture;
    // An account is told by the address of the picture or of its page; a name in a column has no slash.
    let named = creator.filter(|creator| creator.split_once('/').is_some_and(|(host, _)| host.contains('.')));
    let accounts: Vec<String> =
        [account_of(url), account_of(page_url), named.map(str::to_owned)].into_iter().flatten().collect();
    index.find(&Sought { url, page_url, accounts: &accounts, sha256, pdq })
}
