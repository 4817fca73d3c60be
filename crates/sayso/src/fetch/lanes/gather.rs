use std::collections::{BTreeMap, HashMap, HashSet};

use sayso_dataset::remove_if_there;
use serde::{Deserialize, Serialize};

use super::folder::{LINES, LanesFolder};
use crate::Error;
use crate::fetch::journal::{Journal, Line};
use crate::fetch::lines::each_line;

/// A line of a lane's journal: one of a part's, with the part.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::fetch) struct LaneLine {
    pub(in crate::fetch) part: u32,
    #[serde(flatten)]
    pub(in crate::fetch) line: Line,
}

/// Lines that are held until they are written.
const HELD: usize = 4096;

/// Puts what came of samples in the lanes into the journals of their parts. It can be killed anywhere and be done again:
/// what stands there already is left out, and a lane's journal goes when all of it stands there for good.
pub(in crate::fetch) fn gather(folder: &LanesFolder, journal: &Journal) -> Result<(), Error> {
    for lane in folder.lanes()? {
        let path = folder.lane(lane).join(LINES);
        if !path.exists() {
            continue;
        }
        let mut parts = Parts { journal, known: HashMap::new(), held: BTreeMap::new(), count: 0 };
        each_line(&path, |line: LaneLine, _| parts.take(line))?;
        parts.flush()?;
        remove_if_there(&path)?;
    }
    Ok(())
}

/// The journals of parts while lines are added.
struct Parts<'a> {
    journal: &'a Journal,
    /// Rows that stand in a part's journal, and how many lines it has.
    known: HashMap<u32, (HashSet<u32>, usize)>,
    held: BTreeMap<u32, Vec<Line>>,
    count: usize,
}

impl Parts<'_> {
    fn take(&mut self, LaneLine { part, line }: LaneLine) -> Result<(), Error> {
        if let std::collections::hash_map::Entry::Vacant(slot) = self.known.entry(part) {
            let lines = self.journal.lines(part)?;
            slot.insert((lines.iter().map(|line| line.row).collect(), lines.len()));
        }
        let Some((rows, _)) = self.known.get_mut(&part) else { return Ok(()) };
        if rows.insert(line.row) {
            self.held.entry(part).or_default().push(line);
            self.count += 1;
        }
        if self.count >= HELD { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Error> {
        for (part, lines) in std::mem::take(&mut self.held) {
            let Some((_, count)) = self.known.get_mut(&part) else { continue };
            let mut journal = self.journal.append(part, *count)?;
            journal.write(&lines)?;
            journal.sync()?;
            *count += lines.len();
        }
        self.count = 0;
        Ok(())
    }
}
