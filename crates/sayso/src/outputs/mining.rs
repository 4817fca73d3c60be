use std::str::FromStr;

use sayso_core::UsageCategory;

use crate::reserve::Wishes;

/// What whoever makes a picture wishes of training and data mining with it, in the words of `cawg.training-mining`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mining {
    /// Nothing is said, and no assertion is written.
    Unsaid,
    /// It is allowed.
    Allowed,
    /// It is not.
    NotAllowed,
}

impl Mining {
    /// The same as `sayso reserve` writes it.
    #[must_use]
    pub fn wishes(self) -> Wishes {
        let all = vec![UsageCategory::DataMining];
        match self {
            Self::Unsaid => Wishes { no: Vec::new(), yes: Vec::new() },
            Self::Allowed => Wishes { no: Vec::new(), yes: all },
            Self::NotAllowed => Wishes { no: all, yes: Vec::new() },
        }
    }

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unsaid => "unsaid",
            Self::Allowed => "allowed",
            Self::NotAllowed => "notAllowed",
        }
    }
}

impl FromStr for Mining {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "unsaid" => Ok(Self::Unsaid),
            "allowed" => Ok(Self::Allowed),
            "notAllowed" | "not-allowed" => Ok(Self::NotAllowed),
            _ => Err("it is notAllowed, allowed or unsaid".to_owned()),
        }
    }
}
