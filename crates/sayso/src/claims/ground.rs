use std::fmt;
use std::path::Path;

use sayso_core::{Pdq, RegistryHead, Sha256, Statement};
use sayso_crawl::account_of;
use sayso_registry::lookup::{ClaimIndex, Holding, Sought};

use super::place::RegistryPlace;
use super::say::statements_of;
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
        let Grounded { url, page_url, creator, sha256, pdq } = *picture;
        // An account is told by the address of the picture or of its page; a name in a column has no slash.
        let named = creator.filter(|creator| creator.split_once('/').is_some_and(|(host, _)| host.contains('.')));
        let accounts: Vec<String> =
            [account_of(url), account_of(page_url), named.map(str::to_owned)].into_iter().flatten().collect();
        self.index.find(&Sought { url, page_url, accounts: &accounts, sha256, pdq })
    }

    /// What those claims say of its use.
    #[must_use]
    pub fn statements(&self, picture: &Grounded<'_>) -> Vec<Statement> {
        statements_of(&self.find(picture), self.origin())
    }
}
