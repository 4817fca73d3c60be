use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// The name of a column of an imported table.
///
/// Each name is kept once, for as long as the program runs, so that a field is a small value like all others. Names come from
/// indexes that somebody opened or builds, never from what a reader asks, and there are at most some thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ColumnName(&'static str);

/// With their prefix.
static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// Names that are kept.
const MOST: usize = 4096;

/// Bytes of a name.
const LONGEST: usize = 200;

impl ColumnName {
    /// What stands before the name where fields are named.
    pub const PREFIX: &'static str = "column:";

    /// The column of this name; `None` of a name that is too long or one too many.
    #[must_use]
    pub fn new(column: &str) -> Option<Self> {
        let name = format!("{}{column}", Self::PREFIX);
        let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = names.get(name.as_str()) {
            return Some(Self(known));
        }
        if column.is_empty() || column.len() > LONGEST || names.len() >= MOST {
            return None;
        }
        let kept: &'static str = Box::leak(name.into_boxed_str());
        names.insert(kept);
        Some(Self(kept))
    }

    /// The column that is named with its prefix, if there is any.
    pub(super) fn known(name: &str) -> Option<Self> {
        NAMES.lock().unwrap_or_else(PoisonError::into_inner).get(name).map(|known| Self(known))
    }

    /// With its prefix.
    pub(super) const fn as_str(self) -> &'static str {
        self.0
    }

    /// The column's own name.
    #[must_use]
    pub fn column(self) -> &'static str {
        self.0.strip_prefix(Self::PREFIX).unwrap_or(self.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::ColumnName;
    use crate::FacetField;

    #[test]
    fn columns_are_fields_once_an_index_has_them() {
        assert!("column:of nobody".parse::<FacetField>().is_err());
        let medium = FacetField::Column(ColumnName::new("medium").unwrap());
        assert_eq!("column:medium".parse::<FacetField>().unwrap(), medium);
        assert_eq!(medium.to_string(), "column:medium");
        assert_eq!(ColumnName::new("medium").unwrap().column(), "medium");
        assert_eq!(ColumnName::new(&"x".repeat(201)), None);
        assert_eq!(ColumnName::new(""), None);
    }
}
