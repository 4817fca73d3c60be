//! How far a fetch came: a line for each sample that is done, so that nothing is fetched twice.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use sayso_dataset::{remove_if_there, write_atomically};
use serde::{Deserialize, Serialize};

use super::lines::{each_line, in_bytes, open_at};
use super::outcome::Outcome;
use crate::Error;

/// The folder in which a fetch keeps how far it came.
#[derive(Debug)]
pub(super) struct Journal {
    dir: PathBuf,
}

/// What one fetch is of. A journal of another is of no use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct JournalPlan {
    pub(super) version: u32,
    /// The snapshot that is fetched, by number and root.
    pub(super) snapshot: String,
    pub(super) part_rows: usize,
    pub(super) agent: String,
    /// What is kept, in words that stand for nothing else.
    pub(super) keep: String,
    /// Whether no features are taken; not written where they are, as before there was a choice.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) without_features: bool,
}

/// The version of the journal that this program writes.
pub(super) const JOURNAL_VERSION: u32 = 1;

/// One line.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Line {
    /// The sample's row in the part.
    pub(super) row: u32,
    pub(super) outcome: Outcome,
    /// What was kept of its picture, where something was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) kept: Option<Kept>,
}

/// What tells of a line that its sample is done.
#[cfg(feature = "cluster")]
#[derive(Debug, Deserialize)]
pub(super) struct KnownLine {
    pub(super) row: u32,
    pub(super) outcome: KnownOutcome,
}

/// What tells of an outcome whether the picture was had.
#[cfg(feature = "cluster")]
#[derive(Debug, Deserialize)]
pub(super) struct KnownOutcome {
    pub(super) kind: super::kind::FetchKind,
}

/// What was kept of a picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Where its part's tar ends with it, and the SHA-256 of what was added to it; nothing where it lies in files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) tar: Option<(u64, String)>,
}

const PLAN: &str = "plan.json";

impl Journal {
    /// Opens the journal of a dataset for `plan`; what another plan left is removed. Says whether one was there that
    /// goes on. The caller holds the dataset's lock.
    pub(super) fn open(dataset: &Path, plan: &JournalPlan) -> Result<(Self, bool), Error> {
        let dir = dataset.join(".fetch");
        fs_err::create_dir_all(&dir).map_err(Error::file(&dir))?;
        // What lies there is removed at the end: it must not be somebody's folder to which a link leads.
        if !fs_err::symlink_metadata(&dir).map_err(Error::file(&dir))?.is_dir() {
            let message = "its `.fetch` is a link to somewhere else\nhint: remove the link".to_owned();
            return Err(Error::Output { dir: dataset.to_owned(), message });
        }
        let path = dir.join(PLAN);
        let known = fs_err::read(&path).ok().and_then(|json| serde_json::from_slice::<JournalPlan>(&json).ok());
        let goes_on = known.as_ref() == Some(plan);
        if !goes_on {
            for entry in fs_err::read_dir(&dir).map_err(Error::file(&dir))? {
                let entry = entry.map_err(Error::file(&dir))?;
                if entry.file_type().map_err(Error::file(&dir))?.is_dir() {
                    fs_err::remove_dir_all(entry.path()).map_err(Error::file(&dir))?;
                } else {
                    remove_if_there(&entry.path())?;
                }
            }
            let json =
                serde_json::to_vec(plan).map_err(|error| arrow_schema::ArrowError::JsonError(error.to_string()))?;
            write_atomically(&path, &json)?;
        }
        Ok((Self { dir }, goes_on))
    }

    /// A file or folder of the fetch's own beside the journal.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Makes what was written of a part last.
    pub(super) fn sync(&self, part: u32) -> Result<(), Error> {
        let path = self.path(part);
        File::open(&path).and_then(|file| file.sync_data()).map_err(Error::file(path))
    }

    fn path(&self, part: u32) -> PathBuf {
        self.dir.join(format!("{part:05}.jsonl"))
    }

    /// The lines of a part, in the order in which they were written. What was cut off at the end does not count.
    pub(super) fn lines(&self, part: u32) -> Result<Vec<Line>, Error> {
        Ok(read(&self.path(part))?.0)
    }

    /// The rows of a part of which it is written down what came of them, and whether their pictures were had.
    #[cfg(feature = "cluster")]
    pub(super) fn known(&self, part: u32) -> Result<Vec<(u32, bool)>, Error> {
        let mut known = Vec::new();
        each_line(&self.path(part), |line: KnownLine, _| {
            known.push((line.row, line.outcome.kind.is_had()));
            Ok(())
        })?;
        Ok(known)
    }

    /// The journal that somebody else holds, to be read.
    #[cfg(feature = "cluster")]
    pub(super) fn of(dataset: &Path) -> Self {
        Self { dir: dataset.join(".fetch") }
    }

    /// Goes on with the journal of a part, of which the first `lines` count.
    pub(super) fn append(&self, part: u32, lines: usize) -> Result<PartJournal, Error> {
        let path = self.path(part);
        let (_, ends) = read(&path)?;
        let end = lines.checked_sub(1).and_then(|last| ends.get(last)).copied().unwrap_or(0);
        Ok(PartJournal { file: open_at(&path, end)?, path })
    }

    /// Removes it all: the snapshot is there.
    pub(super) fn clear(self) -> Result<(), Error> {
        fs_err::remove_dir_all(&self.dir).map_err(Error::file(&self.dir))
    }
}

/// The journal of a part that is worked on.
#[derive(Debug)]
pub(super) struct PartJournal {
    file: File,
    path: PathBuf,
}

impl PartJournal {
    /// Writes down what is done, in one piece: a process that is killed leaves whole lines and at most one that is cut.
    pub(super) fn write(&mut self, lines: &[Line]) -> Result<(), Error> {
        self.file.write_all(&in_bytes(lines)?).map_err(Error::file(&self.path))
    }

    /// Makes it last.
    pub(super) fn sync(&self) -> Result<(), Error> {
        self.file.sync_data().map_err(Error::file(&self.path))
    }
}

/// The whole lines of a file, and where each ends.
fn read(path: &Path) -> Result<(Vec<Line>, Vec<u64>), Error> {
    let (mut lines, mut ends) = (Vec::new(), Vec::new());
    each_line(path, |line, end| {
        lines.push(line);
        ends.push(end);
        Ok(())
    })?;
    Ok((lines, ends))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use sayso_core::Timestamp;

    use super::{JOURNAL_VERSION, Journal, JournalPlan, Line};
    use crate::fetch::kind::FetchKind;
    use crate::fetch::outcome::Outcome;

    fn plan(snapshot: &str) -> JournalPlan {
        let (agent, keep) = ("sayso".to_owned(), String::new());
        JournalPlan {
            version: JOURNAL_VERSION,
            snapshot: snapshot.to_owned(),
            part_rows: 10,
            agent,
            keep,
            without_features: false,
        }
    }

    fn line(row: u32) -> Line {
        let outcome = Outcome {
            kind: FetchKind::NotFound,
            message: "ä\n".to_owned(),
            at: Timestamp::from_micros(1),
            facts: None,
            etag: None,
            last_modified: None,
            ruling: None,
            refused: None,
        };
        Line { row, outcome, kept: None }
    }

    #[test]
    fn a_journal_that_was_cut_anywhere_goes_on_behind_its_last_whole_line() {
        let dir = tempfile::tempdir().unwrap();
        let (journal, goes_on) = Journal::open(dir.path(), &plan("1-a")).unwrap();
        assert!(!goes_on);
        journal.append(3, 0).unwrap().write(&[line(1), line(2)]).unwrap();
        let path = dir.path().join(".fetch/00003.jsonl");
        let whole = std::fs::read(&path).unwrap();
        let first = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        for end in 0..=whole.len() {
            std::fs::write(&path, &whole[..end]).unwrap();
            let lines = journal.lines(3).unwrap();
            assert_eq!(lines.len(), usize::from(end >= first) + usize::from(end == whole.len()), "cut at {end}");
            journal.append(3, lines.len()).unwrap().write(&[line(7)]).unwrap();
            assert_eq!(journal.lines(3).unwrap().last(), Some(&line(7)));
        }
        assert_eq!(journal.lines(4).unwrap(), []);
    }

    #[test]
    fn the_journal_of_another_snapshot_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        Journal::open(dir.path(), &plan("1-a")).unwrap().0.append(0, 0).unwrap().write(&[line(0)]).unwrap();
        let (same, goes_on) = Journal::open(dir.path(), &plan("1-a")).unwrap();
        assert_eq!((same.lines(0).unwrap().len(), goes_on), (1, true));
        let (other, goes_on) = Journal::open(dir.path(), &plan("2-b")).unwrap();
        assert!(!goes_on);
        assert_eq!(other.lines(0).unwrap(), []);
        other.clear().unwrap();
        assert!(!dir.path().join(".fetch").exists());
    }
}
