use sayso::library::{DatasetSummary, SearchAnswer, Sort};

use super::{HitView, Pager, Piece, of_sort, pieces, pieces_of_sentence, words};
use crate::refusal::Refusal;

/// A page of hits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FoundView {
    pub(crate) total: String,
    pub(crate) hits: Vec<HitView>,
    pub(crate) first: String,
    pub(crate) last: String,
    /// How many hits can be paged to, where there are more.
    pub(crate) reach: Option<String>,
    pub(crate) pager: Pager,
    /// The order, in words.
    pub(crate) order: &'static str,
    /// The address of a page of hits, up to its number.
    pub(crate) page_href: String,
}

impl FoundView {
    pub(crate) fn new(query: &str, sort: Sort, answer: &SearchAnswer, pager: Pager, names_dataset: bool) -> Self {
        let encoded: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
        Self {
            total: words::counted(answer.total, "sample", "samples"),
            hits: answer.hits.iter().map(|hit| HitView::new(hit, sort, names_dataset)).collect(),
            first: words::number(pager.first),
            last: words::number(pager.last),
            reach: pager.reach.map(words::number),
            pager,
            order: of_sort(sort),
            page_href: match sort {
                Sort::RELEVANCE => format!("/search?q={encoded}&page="),
                sort => format!("/search?q={encoded}&sort={sort}&page="),
            },
        }
    }
}

/// Nothing was found, which is an answer too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NothingView {
    pub(crate) samples: String,
    pub(crate) datasets: Vec<String>,
    /// How many pairs were not admitted; `None` where there are none.
    pub(crate) exclusions: Option<String>,
}

impl NothingView {
    pub(crate) fn new(datasets: &[DatasetSummary]) -> Self {
        let exclusions: u64 = datasets.iter().map(|dataset| dataset.exclusions).sum();
        Self {
            samples: words::counted(datasets.iter().map(|dataset| dataset.samples).sum(), "sample", "samples"),
            datasets: datasets.iter().map(|dataset| dataset.name.clone()).collect(),
            exclusions: (exclusions > 0).then(|| words::counted(exclusions, "pair was", "pairs were")),
        }
    }
}

/// A query that cannot be read, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) message: Vec<Piece>,
    pub(crate) hint: Vec<Piece>,
    /// The query with the part at fault marked; empty where it is the whole.
    pub(crate) query: Vec<Piece>,
}

impl Problem {
    pub(crate) fn new(refusal: &Refusal, query: &str) -> Self {
        let (message, hint) = refusal.message_and_hint();
        Self {
            message: pieces_of_sentence(&message),
            hint: pieces_of_sentence(&hint.unwrap_or_default()),
            query: refusal.at().map(|at| pieces(query, &[at])).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::single_range_in_vec_init, reason = "one range that matched is meant")]

    use super::{FoundView, Pager, Problem, SearchAnswer, Sort};
    use crate::refusal::Refusal;

    #[test]
    fn a_query_survives_the_way_through_an_address() {
        let answer = SearchAnswer { total: 50, offset: 0, hits: Vec::new(), next: None };
        let pager = Pager::new(1, 20, 50, 10_000).unwrap_or_else(|| unreachable!("the first page is there"));
        let view = FoundView::new("site:a.example&page=9 \"<b>\" 猫+#", Sort::RELEVANCE, &answer, pager, false);
        assert_eq!(view.page_href, "/search?q=site%3Aa.example%26page%3D9+%22%3Cb%3E%22+%E7%8C%AB%2B%23&page=");
    }

    #[test]
    fn the_fault_is_marked() {
        let message = "`sit:` is no field\nhint: did you mean `site:`?".to_owned();
        let problem = Problem::new(&Refusal::Query { message, at: Some(4..8) }, "cat sit:x");
        let marked: Vec<&str> =
            problem.query.iter().filter(|piece| piece.is_marked).map(|piece| piece.text.as_str()).collect();
        assert_eq!(marked, ["sit:"]);
    }
}
