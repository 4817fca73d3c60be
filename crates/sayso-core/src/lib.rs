//! The words that every crate of Sayso shares: pair, signal, preference, verdict, sample.
//!
//! This crate does no I/O, reads no clock and knows no runtime. What it holds are types whose
//! constructors check, and conversions between them and the stable names under which they are stored
//! and shown. The words mean what the glossary in `ARCHITECTURE.md` says, here and everywhere.

mod calendar;
mod category;
mod crash_point;
mod digest;
mod embedder;
mod features;
mod limit;
mod own_rules;
mod pair;
mod pdq;
mod policy;
mod preference;
mod reason;
mod record;
mod row_mask;
mod sample;
mod signal;
mod signal_names;
mod signal_raw;
mod stance;
mod subject;
mod timestamp;
mod uid;
mod verdict;

pub use calendar::days_of_month;
pub use category::{Purpose, UsageCategory};
pub use crash_point::{crash_point, fail_on};
pub use digest::Sha256;
pub use embedder::{EmbedderId, EmbedderIdError, Modality};
pub use features::{FeatureQuery, Features, FeaturesError, Keypoint, Likeness};
pub use limit::{LimitExceeded, Limits};
pub use own_rules::{LicencePattern, OwnRules};
pub use pair::{CaptionOrigin, CreatorOrigin, Pair};
pub use pdq::{Pdq, PdqError};
pub use policy::{Decision, Policy, PolicyName};
pub use preference::{Preference, Statement};
pub use reason::{Reason, ReasonCode};
pub use record::RecordLocator;
pub use row_mask::RowMask;
pub use sample::{Admission, Exclusion, Sample};
pub use signal::{Place, Signal, SignalKind, Speaker};
pub use stance::Stance;
pub use subject::Subject;
pub use timestamp::{Timestamp, TimestampError};
pub use uid::{Uid, UidError};
pub use verdict::{RegistryHead, Verdict};

/// The error of a name that is none of the known ones; its message lists them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown {what} `{given}`\nhint: one of {known}")]
pub struct UnknownName {
    /// What was being named, in words.
    pub what: &'static str,
    /// The name as it was given.
    pub given: String,
    /// All names that would have been accepted, separated by commas.
    pub known: String,
}

/// Gives an enum of unit variants its stable names: `as_str`, `ALL`, `Display`, `FromStr` and serde by name.
///
/// One table per enum keeps the stored name, the shown name and the accepted name from drifting apart.
#[macro_export]
macro_rules! stable_names {
    ($type:ident, $what:literal, { $($variant:ident => $name:literal),+ $(,)? }) => {
        impl $type {
            /// Every value, in the order of their declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable name, as it is stored and shown.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::UnknownName;

            fn from_str(given: &str) -> Result<Self, Self::Err> {
                match given {
                    $($name => Ok(Self::$variant),)+
                    _ => Err($crate::UnknownName {
                        what: $what,
                        given: given.to_owned(),
                        known: [$($name),+].join(", "),
                    }),
                }
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let name = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                name.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
