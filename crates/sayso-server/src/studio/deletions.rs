use std::sync::{Arc, PoisonError};

use sayso_registry::entry::Deletion;

use super::desk::StudioDesk;
use crate::refusal::Refusal;
use crate::registry::RegistryDesk;

/// The deletions that were read off the log, in its order. A few dozen bytes each: the log itself has several hundred of each.
#[derive(Default)]
pub(super) struct Listed {
    next: u64,
    all: Vec<(u64, Deletion)>,
}

/// Deletions of one page.
const PAGE: usize = 100;

/// A page of deletions, the last first.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DeletionsPart {
    pub(crate) found: Vec<(u64, Deletion)>,
    /// Before which entry the list goes on; `None` at its end.
    pub(crate) older: Option<u64>,
}

impl StudioDesk {
    /// The latest deletions on the log before an entry, or those with a commitment.
    pub(crate) async fn deletions(
        &self,
        registry: &RegistryDesk,
        before: Option<u64>,
        commitment: Option<String>,
    ) -> Result<DeletionsPart, Refusal> {
        let listed = Arc::clone(&self.listed);
        registry
            .work(move |room| {
                let mut listed = listed.lock().unwrap_or_else(PoisonError::into_inner);
                let found = room.reader().deletions_since(listed.next)?;
                listed.next = found.next;
                listed.all.extend(found.found);
                let is_sought = |deletion: &Deletion| {
                    commitment.as_ref().is_none_or(|sought| deletion.contents.to_string() == *sought)
                };
                Ok(part(&listed.all, before, is_sought))
            })
            .await
    }
}

fn part(all: &[(u64, Deletion)], before: Option<u64>, is_sought: impl Fn(&Deletion) -> bool) -> DeletionsPart {
    let end = before.map_or(all.len(), |before| all.partition_point(|(number, _)| *number < before));
    let until = all.get(..end).unwrap_or_default();
    let mut sought = until.iter().rev().filter(|(_, deletion)| is_sought(deletion)).copied();
    let found: Vec<(u64, Deletion)> = sought.by_ref().take(PAGE).collect();
    let older = found.last().map(|(number, _)| *number).filter(|_| sought.next().is_some());
    DeletionsPart { found, older }
}

#[cfg(test)]
mod tests {
    use sayso_core::Timestamp;
    use sayso_registry::deletion::Contents;
    use sayso_registry::entry::{Deletion, DeletionCause};

    use super::{PAGE, part};

    #[test]
    fn pages_follow_each_other_without_a_gap() {
        let deletion = |salt: u8| Deletion {
            files: 1,
            made_at: Timestamp::from_micros(0),
            deleted_at: Timestamp::from_micros(0),
            cause: DeletionCause::Asked,
            contents: Contents::default().commitment(&[salt; 32]),
        };
        let all: Vec<(u64, Deletion)> =
            (0..250).map(|at| (at * 3, deletion(u8::try_from(at % 2).unwrap_or(0)))).collect();
        let (mut seen, mut before, mut pages) = (Vec::new(), None, 0);
        loop {
            let page = part(&all, before, |_| true);
            assert!(page.found.len() <= PAGE);
            seen.extend(page.found.iter().map(|(number, _)| *number));
            (before, pages) = (page.older, pages + 1);
            if before.is_none() {
                break;
            }
        }
        let expected: Vec<u64> = (0..250).rev().map(|at| at * 3).collect();
        assert_eq!((seen, pages), (expected, 3));
        let sought = deletion(1).contents;
        let found = part(&all, None, |deletion| deletion.contents == sought);
        assert_eq!((found.found.len(), found.older), (PAGE, Some(51 * 3)));
        assert_eq!(part(&all[..PAGE], None, |_| true).older, None, "a full page may be the last");
        assert!(part(&[], Some(7), |_| true).found.is_empty());
    }
}
