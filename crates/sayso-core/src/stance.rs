use crate::stable_names;

/// What a preference or a verdict says: three values, and no conversion to `bool`.
///
/// [`Stance::Unknown`] is a value of its own. What it leads to is for the policy to say, never for the
/// code that happens to hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stance {
    /// The use was granted.
    Allowed,
    /// Nothing was said, or what was said cannot be read.
    Unknown,
    /// The use was reserved.
    Disallowed,
}

stable_names!(Stance, "stance", {
    Allowed => "allowed",
    Unknown => "unknown",
    Disallowed => "disallowed",
});
