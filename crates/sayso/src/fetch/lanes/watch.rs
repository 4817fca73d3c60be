use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::folder::{LanesFolder, Run, Step};
use crate::Error;
use crate::build::cluster::parsed;

/// A share of the work in the lanes: whoever has it takes lanes until none is left.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Share {
    pub(super) number: usize,
    /// The folder of the dataset.
    pub(super) dir: String,
    /// For which start of the command.
    pub(super) run: String,
}

/// Which share it is.
pub(super) fn label(what: &str) -> String {
    parsed::<Share>(what).map(|share| format!("share {}", share.number)).unwrap_or_default()
}

/// Looks now and then whether somebody still wants what is done.
#[derive(Debug)]
pub(super) struct Watch {
    folder: LanesFolder,
    run: String,
    step: Step,
    looked: Option<Instant>,
    /// The last beat, and since when it is that. Nobody's clock is compared with another's.
    beat: Option<(u64, Instant)>,
}

/// Between two looks.
const LOOK: Duration = Duration::from_secs(1);

/// How long whoever drives may say nothing until they count as gone.
const PATIENCE: Duration = Duration::from_secs(60);

impl Watch {
    pub(super) fn new(folder: LanesFolder, run: String, step: Step) -> Self {
        Self { folder, run, step, looked: None, beat: None }
    }

    /// Whether it is still wanted, which is looked up once in a while.
    pub(super) fn goes_on(&mut self) -> Result<(), Error> {
        if self.looked.is_some_and(|looked| looked.elapsed() < LOOK) {
            return Ok(());
        }
        self.look()
    }

    /// Looks at once.
    pub(super) fn look(&mut self) -> Result<(), Error> {
        self.looked = Some(Instant::now());
        let Some(Run { run, step, beat }) = self.folder.run()? else { return Err(Error::Interrupted) };
        if run != self.run || step != self.step {
            return Err(Error::Interrupted);
        }
        match self.beat {
            Some((last, since)) if last == beat && since.elapsed() > PATIENCE => Err(Error::Interrupted),
            Some((last, _)) if last == beat => Ok(()),
            _ => {
                self.beat = Some((beat, Instant::now()));
                Ok(())
            }
        }
    }
}
