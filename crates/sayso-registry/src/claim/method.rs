use sayso_core::stable_names;

/// How a claim was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// A file in the well-known place of the site.
    WellKnown,
    /// A text record beside the site's name.
    Dns,
    /// A code on the account's profile page.
    Profile,
    /// A signature by the key that makes the claim.
    Signature,
}

stable_names!(Method, "way to verify", {
    WellKnown => "well-known",
    Dns => "dns",
    Profile => "profile",
    Signature => "signature",
});

impl Method {
    /// Whether it shows that the claimant controls what the claim is about, and not only that it is the same claimant.
    #[must_use]
    pub const fn proves_control(self) -> bool {
        match self {
            Self::WellKnown | Self::Dns | Self::Profile => true,
            Self::Signature => false,
        }
    }
}
