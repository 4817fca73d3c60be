use std::sync::Arc;

use super::journal::{Journal, Line, PartJournal};
use super::keep::PartStore;
use super::options::FetchOptions;
use super::part::Part;
use super::plan::PartPlan;
use crate::Error;

/// Where it is written down what came of samples.
pub(super) trait Book {
    /// Begins with a part, and says what is known of it.
    fn begin(&self, part: &Arc<Part>) -> Result<Begun, Error>;

    /// All of a part is done of what is done here.
    fn complete(&self, part: &Arc<Part>, pages: Box<dyn Pages>, store: Option<PartStore>) -> Result<(), Error>;

    /// So many more samples of a part are done, and so many of them had.
    fn count(&self, _plan: &PartPlan, _done: u64, _had: u64) {}
}

/// What is written of one part.
pub(super) trait Pages {
    /// Writes down what is done, in one piece.
    fn write(&mut self, lines: Vec<Line>) -> Result<(), Error>;
}

/// A part that is begun with.
pub(super) struct Begun {
    pub(super) pages: Box<dyn Pages>,
    pub(super) store: Option<PartStore>,
    /// Rows of which it is written down what came of them, and whether their pictures were had.
    pub(super) known: Vec<(u32, bool)>,
}

/// The journals of parts.
pub(super) struct PartsBook<'a> {
    pub(super) options: &'a FetchOptions,
    pub(super) journal: &'a Journal,
}

impl Book for PartsBook<'_> {
    fn begin(&self, part: &Arc<Part>) -> Result<Begun, Error> {
        let mut lines = self.journal.lines(part.plan.number)?;
        let mut store = None;
        if let Some(keep) = &self.options.keep
            && !PartStore::is_complete(keep, part)
        {
            let (opened, whole) = PartStore::open(keep, part, self.options.part_rows.get(), &lines)?;
            lines.truncate(whole);
            store = Some(opened);
        }
        let pages = Box::new(self.journal.append(part.plan.number, lines.len())?);
        let known = lines.iter().map(|line| (line.row, line.outcome.kind.is_had())).collect();
        Ok(Begun { pages, store, known })
    }

    fn complete(&self, part: &Arc<Part>, pages: Box<dyn Pages>, store: Option<PartStore>) -> Result<(), Error> {
        drop(pages);
        let number = part.plan.number;
        self.journal.sync(number)?;
        match store {
            Some(store) => store.finish(part, &self.journal.lines(number)?),
            None => Ok(()),
        }
    }
}

impl Pages for PartJournal {
    fn write(&mut self, lines: Vec<Line>) -> Result<(), Error> {
        self.write(&lines)
    }
}
