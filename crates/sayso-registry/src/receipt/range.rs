use sayso_core::Sha256;

use crate::log::node_hash;

/// Why a path leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathFault {
    /// The leaves lie behind the tree's end.
    Outside,
    /// It ends below the root.
    Short,
    /// It goes on above the root.
    Long,
}

impl PathFault {
    pub(super) const fn why(self) -> &'static str {
        match self {
            Self::Outside => "its number lies behind the tree's end",
            Self::Short => "its path ends below the root",
            Self::Long => "its path is longer than the tree is high",
        }
    }
}

/// Where the hashes stand that lead from `count` leaves, the first being number `first`, to the root of a tree of `size`
/// leaves: level and number there, from the leaves upwards, the left one before the right one.
///
/// For one leaf this is the inclusion proof of RFC 6962. For two that stand side by side it has the nodes above both once.
pub(super) fn beside(size: u64, first: u64, count: u64) -> Vec<(usize, u64)> {
    let mut places = Vec::new();
    let (mut low, mut high, mut width, mut level) = (first, first.saturating_add(count.saturating_sub(1)), size, 0);
    while width > 1 {
        if low % 2 == 1 {
            places.push((level, low - 1));
        }
        if high.is_multiple_of(2) && high + 1 < width {
            places.push((level, high + 1));
        }
        (low, high, width, level) = (low / 2, high / 2, width.div_ceil(2), level + 1);
    }
    places
}

/// The root to which a path leads from leaves that stand side by side, the first of them being number `first`, in a tree of
/// `size` leaves.
pub fn range_root(size: u64, first: u64, leaves: &[Sha256], path: &[Sha256]) -> Result<Sha256, PathFault> {
    let last = u64::try_from(leaves.len()).ok().and_then(|count| first.checked_add(count.checked_sub(1)?));
    let (mut low, mut width) = (first, size);
    let mut high = last.filter(|last| *last < size).ok_or(PathFault::Outside)?;
    let mut path = path.iter();
    let mut row = leaves.to_vec();
    while width > 1 {
        if low % 2 == 1 {
            row.insert(0, *path.next().ok_or(PathFault::Short)?);
        }
        if high.is_multiple_of(2) && high + 1 < width {
            row.push(*path.next().ok_or(PathFault::Short)?);
        }
        row = above(&row);
        (low, high, width) = (low / 2, high / 2, width.div_ceil(2));
    }
    if path.next().is_some() {
        return Err(PathFault::Long);
    }
    row.first().copied().ok_or(PathFault::Short)
}

/// The level above a level: a hash that is left over at the end goes up as it is.
pub(super) fn above(row: &[Sha256]) -> Vec<Sha256> {
    let (pairs, rest) = row.as_chunks::<2>();
    pairs.iter().map(|[left, right]| node_hash(left, right)).chain(rest.iter().copied()).collect()
}
