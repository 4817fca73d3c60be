use sayso::library::DatasetSummary;
use sayso::matching::{Copies, MatchClass};

use super::{HitView, words};

/// The copies of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MatchesView {
    pub(crate) total: String,
    /// How many of which class, in a sentence.
    pub(crate) words: String,
    pub(crate) hits: Vec<HitView>,
}

impl MatchesView {
    pub(crate) fn new(found: &Copies, names_dataset: bool) -> Self {
        let count = |class: MatchClass| found.copies.iter().filter(|copy| copy.class() == class).count() as u64;
        let kinds = [
            (MatchClass::SameFile, "is the same file", "are the same file"),
            (MatchClass::Copy, "is a copy", "are copies"),
            (MatchClass::NearCopy, "is a near copy", "are near copies"),
            (MatchClass::Part, "agrees in a part", "agree in a part"),
            (MatchClass::MerelyNear, "is merely near", "are merely near"),
        ];
        let kinds = kinds.into_iter().map(|(class, one, many)| (count(class), one, many));
        let kinds: Vec<String> =
            kinds.filter(|(count, ..)| *count > 0).map(|(count, one, many)| words::counted(count, one, many)).collect();
        let more = if found.has_more { " There are more, farther away." } else { "" };
        Self {
            total: words::counted(found.copies.len() as u64, "sample", "samples"),
            words: format!("{}.{more}", kinds.join(", ")),
            hits: found.copies.iter().map(|copy| HitView::of_copy(copy, names_dataset)).collect(),
        }
    }
}

/// No copy was found, which is an answer too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MatchNothing {
    /// How many pictures there are to be found.
    pub(crate) hashed: String,
    /// How many samples have none.
    pub(crate) unhashed: Option<String>,
}

impl MatchNothing {
    pub(crate) fn new(datasets: &[DatasetSummary]) -> Self {
        let hashed: u64 = datasets.iter().map(|dataset| dataset.hashed).sum();
        let samples: u64 = datasets.iter().map(|dataset| dataset.samples).sum();
        let unhashed = samples.saturating_sub(hashed);
        Self {
            hashed: words::counted(hashed, "picture that was hashed", "pictures that were hashed"),
            unhashed: (unhashed > 0).then(|| words::counted(unhashed, "sample has no", "samples have no")),
        }
    }
}
