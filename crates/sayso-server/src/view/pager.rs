/// The links from one page of hits to the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pager {
    /// The number of the first hit on this page, from 1.
    pub(crate) first: u64,
    /// The number of the last hit on this page.
    pub(crate) last: u64,
    /// The page before.
    pub(crate) previous: Option<u64>,
    /// The page after.
    pub(crate) next: Option<u64>,
    /// Some of the pages, in order.
    pub(crate) steps: Vec<Step>,
    /// How many hits can be reached, where there are more.
    pub(crate) reach: Option<u64>,
}

/// One place in the row of pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// A page to go to.
    Page(u64),
    /// The page that is shown.
    Here(u64),
    /// Pages that are left out.
    Gap,
}

impl Pager {
    /// The pager of page `page`, from 1, where `total` hits lie on pages of `size` and no more than `reach` of them
    /// can be paged to; `None` where that page does not exist.
    pub(crate) fn new(page: u64, size: u64, total: u64, reach: u64) -> Option<Self> {
        let pages = total.min(reach).div_ceil(size.max(1));
        if page == 0 || page > pages {
            return None;
        }
        let near = page.saturating_sub(2)..=page.saturating_add(2);
        let mut steps = Vec::new();
        let mut before = 0;
        for number in std::iter::once(1).chain(near).chain([pages]) {
            if number <= before || number > pages {
                continue;
            }
            // A gap of one page is as wide as the page itself.
            if number == before + 2 {
                steps.push(Step::Page(before + 1));
            } else if number > before + 2 {
                steps.push(Step::Gap);
            }
            steps.push(if number == page { Step::Here(number) } else { Step::Page(number) });
            before = number;
        }
        Some(Self {
            first: (page - 1) * size + 1,
            last: (page * size).min(total).min(reach),
            previous: (page > 1).then(|| page - 1),
            next: (page < pages).then(|| page + 1),
            steps,
            reach: (total > reach).then_some(reach),
        })
    }

    /// Whether there is anywhere to go.
    pub(crate) fn is_needed(&self) -> bool {
        self.steps.len() > 1
    }
}

#[cfg(test)]
mod tests {
    use super::{Pager, Step};

    fn row(page: u64, size: u64, total: u64) -> String {
        let pager = Pager::new(page, size, total, 10_000);
        let words = pager.map(|pager| {
            let step = |step: &Step| match step {
                Step::Page(number) => number.to_string(),
                Step::Here(number) => format!("[{number}]"),
                Step::Gap => "…".to_owned(),
            };
            pager.steps.iter().map(step).collect::<Vec<_>>().join(" ")
        });
        words.unwrap_or_else(|| "none".to_owned())
    }

    #[test]
    fn the_row_shows_the_ends_and_the_neighbours() {
        assert_eq!(row(1, 20, 5), "[1]");
        assert_eq!(row(1, 20, 20), "[1]");
        assert_eq!(row(1, 20, 21), "[1] 2");
        assert_eq!(row(1, 10, 1_000), "[1] 2 3 … 100");
        assert_eq!(row(5, 10, 1_000), "1 2 3 4 [5] 6 7 … 100");
        assert_eq!(row(50, 10, 1_000), "1 … 48 49 [50] 51 52 … 100");
        assert_eq!(row(100, 10, 1_000), "1 … 98 99 [100]");
        assert_eq!(row(97, 10, 1_000), "1 … 95 96 [97] 98 99 100");
    }

    #[test]
    fn pages_that_are_not_there_are_none() {
        assert_eq!(row(0, 20, 5), "none");
        assert_eq!(row(2, 20, 20), "none");
        assert_eq!(row(1, 20, 0), "none");
        assert_eq!(row(u64::MAX, 20, 1_000), "none");
    }

    #[test]
    fn no_page_lies_beyond_reach() {
        let pager = Pager::new(500, 20, 1_000_000, 10_000);
        assert_eq!(pager.as_ref().map(|pager| (pager.first, pager.last, pager.next)), Some((9_981, 10_000, None)));
        assert_eq!(pager.and_then(|pager| pager.reach), Some(10_000));
        assert_eq!(Pager::new(501, 20, 1_000_000, 10_000), None);
    }
}
