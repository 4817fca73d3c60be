use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use sayso_diffusion::train::Step;

use crate::Error;

/// What a step was, as the table of losses has it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loss {
    /// The step, from one on.
    pub step: usize,
    /// How wrong the net was.
    pub loss: f64,
    /// How far the step went.
    pub rate: f64,
    /// The length of the gradient.
    pub gradient: f64,
}

/// The table of losses: rows are added as steps are made.
pub(super) struct Journal {
    path: PathBuf,
    file: fs_err::File,
    rows: Vec<Loss>,
}

const HEAD: &str = "step,loss,rate,gradient\n";

impl Journal {
    /// A table with what was made up to a step. What was made after the state that is gone on from was saved is made again.
    pub(super) fn open(path: &Path, done: usize) -> Result<Self, Error> {
        let before = if done == 0 { String::new() } else { fs_err::read_to_string(path).map_err(Error::file(path))? };
        let rows: Vec<Loss> =
            before.lines().skip(1).filter_map(Loss::read).take_while(|row| row.step <= done).collect();
        let mut text = HEAD.to_owned();
        for row in &rows {
            row.write(&mut text);
        }
        fs_err::write(path, text).map_err(Error::file(path))?;
        let file = fs_err::OpenOptions::new().append(true).open(path).map_err(Error::file(path))?;
        Ok(Self { path: path.to_owned(), file, rows })
    }

    pub(super) fn add(&mut self, step: &Step) -> Result<(), Error> {
        let row = Loss { step: step.number, loss: step.loss, rate: step.rate, gradient: step.gradient };
        let mut text = String::new();
        row.write(&mut text);
        self.file.write_all(text.as_bytes()).map_err(Error::file(&self.path))?;
        self.rows.push(row);
        Ok(())
    }

    pub(super) fn rows(&self) -> &[Loss] {
        &self.rows
    }
}

impl Loss {
    fn write(&self, text: &mut String) {
        let Self { step, loss, rate, gradient } = self;
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{step},{loss},{rate},{gradient}");
    }

    fn read(line: &str) -> Option<Self> {
        let mut columns = line.split(',');
        let step = columns.next()?.parse().ok()?;
        let mut number = || columns.next()?.parse().ok();
        Some(Self { step, loss: number()?, rate: number()?, gradient: number()? })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use sayso_diffusion::train::Step;

    use super::Journal;

    #[test]
    fn a_run_that_goes_on_forgets_what_it_makes_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("losses.csv");
        let mut journal = Journal::open(&path, 0).unwrap();
        for number in 1..=5 {
            journal.add(&Step { number, loss: 1.0 / number as f64, rate: 1e-4, gradient: 0.1, seen: 1 }).unwrap();
        }
        drop(journal);
        // The power went while a row was written.
        let mut text = std::fs::read_to_string(&path).unwrap();
        text.push_str("6,0.1");
        std::fs::write(&path, text).unwrap();
        let journal = Journal::open(&path, 3).unwrap();
        assert_eq!(journal.rows().iter().map(|row| row.step).collect::<Vec<_>>(), [1, 2, 3]);
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().last(), Some("3,0.3333333333333333,0.0001,0.1"));
    }
}
