//! What can stand in a form beside plain lists and truth values.

use serde::{Deserialize, Deserializer};

use super::dates::{is_day, is_month};

/// Where a dataset comes from, as the template tells sources apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Section 2.1: a dataset that anybody can have.
    Public,
    /// Section 2.2.1: under a licence of those who hold the rights.
    Licensed,
    /// Section 2.2.2: from other third parties.
    Private,
    /// Section 2.3: crawled by or for the provider.
    Crawled,
    /// Section 2.4: from users.
    UserData,
    /// Section 2.5: made by models.
    Synthetic,
    /// Section 2.6: anything else.
    Other,
}

/// Words that may be left out: empty ones are none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words(pub Option<String>);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = String::deserialize(deserializer)?;
        let words = words.trim();
        Ok(Self((!words.is_empty()).then(|| words.to_owned())))
    }
}

/// A day, `2026-07-31`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day(pub String);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let day = String::deserialize(deserializer)?;
        if is_day(&day) { Ok(Self(day)) } else { Err(no_date(&day, "day such as 2026-07-31")) }
    }
}

/// A month, `2026-07`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Month(pub String);

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let month = String::deserialize(deserializer)?;
        if is_month(&month) { Ok(Self(month)) } else { Err(no_date(&month, "month such as 2026-07")) }
    }
}

fn no_date<E: serde::de::Error>(given: &str, what: &str) -> E {
    let given: String = given.chars().take(40).collect();
    E::custom(format!("`{}` is no {what}", given.escape_debug()))
}
