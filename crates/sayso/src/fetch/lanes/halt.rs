use std::time::{Duration, Instant};

use sayso_core::Timestamp;

use super::folder::{HOSTS, LanesFolder, Run, Step};
use super::ledger::Known;
use crate::Error;

/// How long workers may take to put down what is on the way: that is bound by the time for a request.
const PATIENCE: Duration = Duration::from_secs(180);

/// Between two looks.
const LOOK: Duration = Duration::from_millis(100);

/// Takes all lanes from whoever works in them, and says until when hosts rest and which servers were given up. Behind this
/// nobody else asks a host of this dataset's fetch. The caller holds the dataset's lock.
pub(in crate::fetch) fn halt(folder: &LanesFolder, now: Timestamp) -> Result<Known, Error> {
    let mut known = Known::default();
    let Some(run) = folder.run()? else { return Ok(known) };
    if run.step != Step::Nothing {
        folder.set_run(&Run { step: Step::Nothing, beat: run.beat + 1, ..run })?;
    }
    let started = Instant::now();
    for lane in folder.lanes()? {
        // Whoever gets a lane looks who drives before they ask anybody: it is enough to have had each once.
        while folder.lock(lane)?.is_none() {
            if started.elapsed() > PATIENCE {
                let message = "a worker of a cluster still asks for its pictures, and does not end\nhint: end that worker, or wait for it".to_owned();
                return Err(Error::Output { dir: folder.path(""), message });
            }
            std::thread::sleep(LOOK);
        }
        let mut of_lane = Known::read(&folder.lane(lane).join(HOSTS))?;
        of_lane.keep_from(now);
        known.add(of_lane);
    }
    Ok(known)
}
