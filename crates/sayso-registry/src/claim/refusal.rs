use std::fmt;

use sayso_core::stable_names;

/// Why a claim is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefusalCode {
    /// It cannot be read.
    Malformed,
    /// It is of no known kind.
    UnknownKind,
    /// It names many by a star.
    Wildcard,
    /// The domain is one under which everybody can have one.
    PublicSuffix,
    /// The host is a number, which belongs to whoever gets it next.
    IpAddress,
    /// The name is one of this machine or of a private network.
    LocalName,
    /// The host serves the works of many.
    SharedHost,
    /// The prefix is a whole site.
    PrefixWholeHost,
    /// The prefix is cut within a query or fragment.
    PrefixQuery,
    /// The prefix has more parts than are looked up.
    PrefixTooDeep,
    /// The address is longer than is kept.
    TooLong,
    /// The address is not one of http or https.
    NotWeb,
    /// The address has a name or a password in it.
    WithPassword,
    /// The perceptual hash is to match more than copies.
    PdqTooWide,
    /// The picture shows too little for its hash to mean anything.
    PdqLowQuality,
    /// No use is named.
    NoPreference,
    /// It is to hold since a time that has not come.
    SinceInFuture,
    /// Terms are named, and no use is allowed under them; or the other way round.
    TermsWithoutUse,
    /// Terms for programs that no program can read.
    TermsUnread,
}

stable_names!(RefusalCode, "reason of a refusal", {
    Malformed => "malformed",
    UnknownKind => "unknown-kind",
    Wildcard => "wildcard",
    PublicSuffix => "public-suffix",
    IpAddress => "ip-address",
    LocalName => "local-name",
    SharedHost => "shared-host",
    PrefixWholeHost => "prefix-whole-host",
    PrefixQuery => "prefix-query",
    PrefixTooDeep => "prefix-too-deep",
    TooLong => "too-long",
    NotWeb => "not-web",
    WithPassword => "with-password",
    PdqTooWide => "pdq-too-wide",
    PdqLowQuality => "pdq-low-quality",
    NoPreference => "no-preference",
    SinceInFuture => "since-in-future",
    TermsWithoutUse => "terms-without-use",
    TermsUnread => "terms-unread",
});

/// A claim that is not taken, with the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The reason's stable name.
    pub code: RefusalCode,
    /// What was given, its beginning.
    pub given: String,
}

/// Characters of what was given that are told.
const TOLD: usize = 80;

impl Refusal {
    pub(crate) fn new(code: RefusalCode, given: &str) -> Self {
        Self { code, given: given.chars().take(TOLD).collect() }
    }

    const fn words(&self) -> (&'static str, &'static str) {
        match self.code {
            RefusalCode::Malformed => {
                ("it cannot be read", "a subject looks like domain:example.org, a preference like train-ai=n")
            }
            RefusalCode::UnknownKind => {
                ("it is of no known kind", "one of domain:, prefix:, url:, account:, sha256:, pdq:")
            }
            RefusalCode::Wildcard => {
                ("a star names the works of many", "a claim on a domain holds for everything under it")
            }
            RefusalCode::PublicSuffix => {
                ("everybody can have a name under it", "claim the name under it that is yours, as example.co.uk")
            }
            RefusalCode::IpAddress => ("a network address belongs to whoever gets it next", "claim a name"),
            RefusalCode::LocalName => {
                ("it names a place in a private network", "claim a name that everybody can look up")
            }
            RefusalCode::SharedHost => {
                ("it serves the works of many", "claim your account there, as account:deviantart.com/someone")
            }
            RefusalCode::PrefixWholeHost => ("it is a whole site", "claim the domain, or a folder of it"),
            RefusalCode::PrefixQuery => {
                ("a prefix ends with a folder, and has no query", "claim the address itself, as url:")
            }
            RefusalCode::PrefixTooDeep => ("it has more than 32 folders", "claim one above it"),
            RefusalCode::TooLong => {
                ("it is longer than 2048 bytes", "claim a prefix of it, or the picture by its digest")
            }
            RefusalCode::NotWeb => {
                ("it is no address of http or https", "claim the address at which the picture is found")
            }
            RefusalCode::WithPassword => ("it has a name or a password in it", "leave them out"),
            RefusalCode::PdqTooWide => (
                "beyond 31 of 256 bits, pictures of others match",
                "leave the distance out, and 31 is taken, or name a smaller one",
            ),
            RefusalCode::PdqLowQuality => (
                "the picture shows too little, and the hash would match those of others",
                "claim the file by its digest, as sha256:",
            ),
            RefusalCode::NoPreference => ("it says of no use what is wanted", "add --preference train-ai=n"),
            RefusalCode::SinceInFuture => ("it is to hold since a time that has not come", "leave the time out"),
            RefusalCode::TermsUnread => (
                "terms that start with `terms 1:` are for programs, and none could keep these",
                "terms 1: use=non-commercial; from=2026-01-01; until=2027-06-30; to=NAME; credit=NAME, each once or not at all",
            ),
            RefusalCode::TermsWithoutUse => {
                ("terms and uses under terms go together", "add --preference train-ai=terms and --terms ADDRESS")
            }
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (why, hint) = self.words();
        write!(f, "`{}` cannot be claimed: {why} ({})\nhint: {hint}", self.given, self.code)
    }
}

impl std::error::Error for Refusal {}
