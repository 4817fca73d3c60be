use std::fmt;
use std::str::FromStr;

use sayso_core::{Pdq, Sha256, stable_names};

use super::refusal::{Refusal, RefusalCode};
use super::{address, domain, picture};

/// The kinds of what a claim can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectKind {
    /// A domain with everything under it.
    Domain,
    /// A folder of a site with everything in it.
    Prefix,
    /// One address.
    Url,
    /// A creator's account at a portfolio host.
    Account,
    /// A file, by its digest.
    Sha256,
    /// A picture and its copies, by perceptual hash.
    Pdq,
}

stable_names!(SubjectKind, "kind of subject", {
    Domain => "domain",
    Prefix => "prefix",
    Url => "url",
    Account => "account",
    Sha256 => "sha256",
    Pdq => "pdq",
});

impl SubjectKind {
    /// Whether it stands on the log as it is. Addresses and accounts name people, and the log forgets nothing: of them it has
    /// a commitment, and the registry tells the rest for as long as it may.
    #[must_use]
    pub const fn is_public(self) -> bool {
        match self {
            Self::Domain | Self::Sha256 | Self::Pdq => true,
            Self::Prefix | Self::Url | Self::Account => false,
        }
    }
}

/// What a claim is about, in its one form. Made by reading its text form, which checks it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClaimSubject(Form);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Form {
    Domain(String),
    Prefix(String),
    Url(String),
    Account(String),
    Sha256(Sha256),
    Pdq(Pdq, u32),
}

impl ClaimSubject {
    /// One that was taken before. It is not judged again: what counts as everybody's changes with the world.
    #[must_use]
    pub(crate) fn stored(kind: SubjectKind, value: &str) -> Option<Self> {
        let text = || value.to_owned();
        Some(Self(match kind {
            SubjectKind::Domain => Form::Domain(text()),
            SubjectKind::Prefix => Form::Prefix(text()),
            SubjectKind::Url => Form::Url(text()),
            SubjectKind::Account => Form::Account(text()),
            SubjectKind::Sha256 => Form::Sha256(picture::sha256(value, value).ok()?),
            SubjectKind::Pdq => {
                let (hash, distance) = value.split_once('/')?;
                let distance = distance.parse().ok().filter(|distance| *distance <= Pdq::NEAR)?;
                Form::Pdq(hash.parse().ok()?, distance)
            }
        }))
    }

    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> SubjectKind {
        match self.0 {
            Form::Domain(_) => SubjectKind::Domain,
            Form::Prefix(_) => SubjectKind::Prefix,
            Form::Url(_) => SubjectKind::Url,
            Form::Account(_) => SubjectKind::Account,
            Form::Sha256(_) => SubjectKind::Sha256,
            Form::Pdq(..) => SubjectKind::Pdq,
        }
    }

    /// What stands behind the kind in its text form.
    #[must_use]
    pub fn value(&self) -> String {
        match &self.0 {
            Form::Domain(text) | Form::Prefix(text) | Form::Url(text) | Form::Account(text) => text.clone(),
            Form::Sha256(digest) => digest.to_string(),
            Form::Pdq(hash, distance) => format!("{hash}/{distance}"),
        }
    }

    /// The hash and the distance up to which pictures are copies of it.
    #[must_use]
    pub const fn pdq(&self) -> Option<(Pdq, u32)> {
        match self.0 {
            Form::Pdq(hash, distance) => Some((hash, distance)),
            _ => None,
        }
    }

    /// The host whose owner can speak for it; `None` for pictures and accounts.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        match &self.0 {
            Form::Domain(name) => Some(name),
            Form::Prefix(url) | Form::Url(url) => {
                let rest = url.strip_prefix("https://")?;
                let authority = rest.split('/').next()?;
                Some(authority.split(':').next().unwrap_or(authority))
            }
            Form::Account(_) | Form::Sha256(_) | Form::Pdq(..) => None,
        }
    }

    /// Whether everything that `other` is about lies in it.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Form::Domain(name), _) => {
                other.host().is_some_and(|host| host.strip_suffix(name.as_str()).is_some_and(is_under))
            }
            (Form::Prefix(folder), Form::Prefix(url) | Form::Url(url)) => url.starts_with(folder.as_str()),
            (Form::Pdq(a, wide), Form::Pdq(b, narrow)) => a.distance(b).saturating_add(*narrow) <= *wide,
            _ => self == other,
        }
    }
}

/// What is left of a host before the domain that it is of.
fn is_under(rest: &str) -> bool {
    rest.is_empty() || rest.ends_with('.')
}

impl fmt::Display for ClaimSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind(), self.value())
    }
}

impl FromStr for ClaimSubject {
    type Err = Refusal;

    fn from_str(given: &str) -> Result<Self, Self::Err> {
        let given = given.trim();
        if given == "*" {
            return Err(Refusal::new(RefusalCode::Wildcard, given));
        }
        let (kind, value) = given.split_once(':').ok_or_else(|| Refusal::new(RefusalCode::UnknownKind, given))?;
        let kind: SubjectKind = kind.parse().map_err(|_| Refusal::new(RefusalCode::UnknownKind, given))?;
        let value = value.trim();
        if value == "*" {
            return Err(Refusal::new(RefusalCode::Wildcard, given));
        }
        let form = match kind {
            SubjectKind::Domain => Form::Domain(address::domain(value, given)?),
            SubjectKind::Prefix => Form::Prefix(address::prefix(value, given)?),
            SubjectKind::Url => Form::Url(address::url(value, given)?),
            SubjectKind::Account => Form::Account(account(value, given)?),
            SubjectKind::Sha256 => Form::Sha256(picture::sha256(value, given)?),
            SubjectKind::Pdq => {
                let (hash, distance) = picture::pdq(value, given)?;
                Form::Pdq(hash, distance)
            }
        };
        Ok(Self(form))
    }
}

/// Characters of a name at a host.
const MAX_HANDLE: usize = 64;

/// `host/name` in lower case: hosts that tell names apart by case are none of the large ones.
fn account(text: &str, given: &str) -> Result<String, Refusal> {
    let malformed = || Refusal::new(RefusalCode::Malformed, given);
    let (host, name) = text.split_once('/').ok_or_else(malformed)?;
    let host = domain::own(domain::readable_host(host, given)?, given)?;
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let name = name.strip_prefix(['@', '~']).unwrap_or(name).to_ascii_lowercase();
    if name.contains('*') {
        return Err(Refusal::new(RefusalCode::Wildcard, given));
    }
    let is_name = (1..=MAX_HANDLE).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.@".contains(&byte));
    if is_name { Ok(format!("{host}/{name}")) } else { Err(malformed()) }
}
