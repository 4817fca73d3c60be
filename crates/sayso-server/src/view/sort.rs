use sayso::library::{Sort, SortBy};

/// An order that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SortChoice {
    pub(crate) name: String,
    pub(crate) words: &'static str,
    pub(crate) is_chosen: bool,
}

impl SortChoice {
    pub(crate) fn all(sorts: &[Sort], chosen: Sort) -> Vec<Self> {
        let choice = |sort: &Sort| Self { name: sort.to_string(), words: of_sort(*sort), is_chosen: *sort == chosen };
        sorts.iter().map(choice).collect()
    }
}

/// A score by which hits can be sorted, as it is called beside its number.
pub(crate) const fn of_score(by: SortBy) -> Option<&'static str> {
    match by {
        SortBy::Similarity => Some("Similarity"),
        SortBy::Punsafe => Some("Unsafe"),
        SortBy::Pwatermark => Some("Watermark"),
        SortBy::Aesthetic => Some("Aesthetic"),
        SortBy::Relevance | SortBy::Dataset | SortBy::Domain | SortBy::CapturedAt | SortBy::Side => None,
    }
}

/// An order, so that "20 samples, …" can be said.
pub(crate) const fn of_sort(sort: Sort) -> &'static str {
    match (sort.by, sort.descending) {
        (SortBy::Relevance, _) => "best first",
        (SortBy::Dataset, false) => "in the order of the dataset",
        (SortBy::Dataset, true) => "from the end of the dataset",
        (SortBy::Domain, false) => "sites from A to Z",
        (SortBy::Domain, true) => "sites from Z to A",
        (SortBy::CapturedAt, false) => "oldest captures first",
        (SortBy::CapturedAt, true) => "newest captures first",
        (SortBy::Side, false) => "smallest first",
        (SortBy::Side, true) => "largest first",
        (SortBy::Similarity, false) => "least like their captions first",
        (SortBy::Similarity, true) => "most like their captions first",
        (SortBy::Punsafe, false) => "least unsafe first",
        (SortBy::Punsafe, true) => "most unsafe first",
        (SortBy::Pwatermark, false) => "least probable watermarks first",
        (SortBy::Pwatermark, true) => "most probable watermarks first",
        (SortBy::Aesthetic, false) => "lowest aesthetic score first",
        (SortBy::Aesthetic, true) => "highest aesthetic score first",
    }
}
