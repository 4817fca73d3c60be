use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use sayso_cluster::Cluster;
use sayso_dataset::write_atomically;

use super::beat::Beat;
use super::claim::DEATHS;
use super::folder::{HOSTS, LanesFolder, Step};
use super::lane::{Counts, Lane};
use super::lay::{Laid, PARTS, SITES as SITE_LIST, lay};
use super::settings::{SETTINGS, Settings};
use super::watch::Share;
use super::{PICTURES, SITES, gather, halt};
use crate::Error;
use crate::build::cluster::Drive;
use crate::build::cluster::destination::{job_in, job_name};
use crate::build::{Progress, Stage, digest_of};
use crate::fetch::options::FetchOptions;
use crate::fetch::plan::PartPlan;
use crate::fetch::report::FetchReport;
use crate::fetch::run::Opened;
use crate::online::Shared;

/// Fetches the pictures of a dataset on a cluster: the snapshot is that which [`fetch`](crate::fetch::fetch) makes on one machine, but
/// for times. The folder of the dataset has to be at the same path on every machine, and so has `cache`, in which answers of
/// sites are kept for a day; without one they go with the fetch.
pub fn fetch_on(
    cluster: &Cluster,
    options: &FetchOptions,
    cache: Option<&Path>,
    interrupt: &AtomicBool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<FetchReport, Error> {
    let absolute = |path: &Path| std::path::absolute(path).map_err(Error::file(path));
    let dir = absolute(&options.dir)?;
    if options.keep.is_some() {
        let message = "a cluster keeps no pictures\nhint: fetch without --keep on the cluster; then `sayso fetch --keep` on one machine asks for the pictures once more".to_owned();
        return Err(Error::Input { input: dir.to_string_lossy().into_owned(), message });
    }
    let mut opened = Opened::open(options)?;
    let beside = |name| absolute(&opened.journal.beside(name));
    let shared = Shared { cache: cache.map_or_else(|| beside("sites"), absolute)?, heard: beside("heard")? };
    // Who did not answer yesterday may answer today.
    if shared.heard.exists() {
        fs_err::remove_dir_all(&shared.heard).map_err(Error::file(&shared.heard))?;
    }
    let folder = LanesFolder::of(&dir);
    let prepared = prepare(cluster, options, &opened, &dir, &shared, interrupt, progress);
    // However it ended, nobody asks a host any more behind this.
    let halted = halt(&folder, options.online.now());
    let requests = prepared?;
    opened.rests = halted?;
    gather(&folder, &opened.journal)?;
    opened.finish(options, Some(&shared), requests, interrupt, progress)
}

/// Has workers ask for what they can; says how many requests they sent.
fn prepare(
    cluster: &Cluster,
    options: &FetchOptions,
    opened: &Opened,
    dir: &Path,
    shared: &Shared,
    interrupt: &AtomicBool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<u64, Error> {
    let (folder, manifest) = (LanesFolder::of(dir), opened.dataset.manifest());
    let laid = match Laid::open(&folder)? {
        Some(laid) => laid,
        None => lay(&folder, &opened.dataset, &opened.plans, options)?,
    };
    let lanes = laid.cuts.lanes();
    let rests = opened.rests.clone().split(lanes, |host| laid.cuts.of_host(host));
    for (lane, rests) in rests.iter().enumerate() {
        rests.leave(&folder.lane(lane).join(HOSTS), options.online.now())?;
        Lane::forget(&folder, lane)?;
        // A lane in which there is nothing to do need not be taken by anybody.
        let has_sites = fs_err::metadata(folder.lane(lane).join(SITE_LIST)).is_ok_and(|list| list.len() > 0);
        let parts: Option<Vec<PartPlan>> = folder.read(&format!("{lane:05}/{PARTS}"))?;
        for (step, is_empty) in
            [(Step::Sites, !has_sites), (Step::Pictures, parts.is_none_or(|parts| parts.is_empty()))]
        {
            if is_empty {
                write_atomically(&folder.lane(lane).join(step.done()), b"null")?;
            }
        }
    }
    let settings = Settings::of(options, dir.to_owned(), manifest.root.clone(), shared.clone());
    folder.write(SETTINGS, &settings)?;
    let job = job_name(&digest_of(&("fetch", &manifest.root))?);
    opened.workshop().keep_only(&opened.workshop().dir.join(&job))?;
    let driving = Driving {
        drive: Drive::new(cluster, job_in(opened.workshop(), &job)?, interrupt, &|| false, progress),
        beat: Beat::start(folder.clone())?,
        progress,
        samples: opened.plans.iter().map(|plan| plan.rows as u64).sum(),
        dir: dir.to_owned(),
        folder,
        laid,
    };
    // If no picture is left to be asked for, no site need be heard.
    if !driving.left(Step::Pictures).is_empty() {
        driving.step(Step::Sites, SITES)?;
        driving.step(Step::Pictures, PICTURES)?;
    }
    Ok(driving.counts()?.requests)
}

/// Whoever drives.
struct Driving<'a> {
    drive: Drive<'a>,
    beat: Beat,
    progress: &'a (dyn Fn(Progress) + Sync),
    samples: u64,
    dir: PathBuf,
    folder: LanesFolder,
    laid: Laid,
}

/// Between two looks how far it is.
const LOOK: Duration = Duration::from_secs(1);

impl Driving<'_> {
    /// The lanes that a step is not through with.
    fn left(&self, step: Step) -> Vec<usize> {
        (0..self.laid.cuts.lanes()).filter(|lane| !Lane::is_done(&self.folder, *lane, step)).collect()
    }

    /// Has all lanes worked on, until the step is through with each.
    fn step(&self, step: Step, function: &str) -> Result<(), Error> {
        self.beat.begin(step)?;
        let mut before = usize::MAX;
        loop {
            let left = self.left(step);
            if left.is_empty() {
                return Ok(());
            }
            for lane in &left {
                self.refuse_harm(*lane)?;
            }
            // Somebody whom the engine has given up may still have some: they are waited for.
            if left.len() == before {
                std::thread::sleep(LOOK);
            }
            before = left.len();
            let share = |number| Share {
                number,
                dir: self.dir.to_string_lossy().into_owned(),
                run: self.beat.run().to_owned(),
            };
            let shares = left.iter().map(|lane| crate::build::cluster::written(&share(*lane)));
            let shares = shares.collect::<Result<Vec<_>, _>>()?;
            let mut looked: Option<Instant> = None;
            let tell = || {
                if looked.is_none_or(|looked| looked.elapsed() >= LOOK) {
                    looked = Some(Instant::now());
                    self.tell(step);
                }
            };
            self.drive.each_told(function, &shares, tell, |_| Ok(()))?;
        }
    }

    /// Ends the command over a lane that ended too many workers. Whoever drives would be the next.
    fn refuse_harm(&self, lane: usize) -> Result<(), Error> {
        let deaths = Lane::tries(&self.folder, lane)?.len();
        if deaths < DEATHS {
            return Ok(());
        }
        let input = self.laid.cuts.in_words(lane);
        let message = format!(
            "to fetch the pictures of these ended {deaths} workers\nhint: the dataset stays as it is; what was fetched counts when the command is given again"
        );
        Err(Error::Input { input, message })
    }

    /// Progress is shown if it can be.
    fn tell(&self, step: Step) {
        let counts = self.counts().unwrap_or_default();
        let shown = match step {
            Step::Sites => {
                let total = Some(self.laid.sites);
                Progress {
                    stage: Stage::Ask,
                    done: counts.sites,
                    total,
                    found: counts.sites,
                    files: None,
                    requests: None,
                }
            }
            _ => {
                let total = Some(self.samples);
                Progress {
                    stage: Stage::Fetch,
                    done: counts.done,
                    total,
                    found: counts.had,
                    files: None,
                    requests: Some(counts.requests),
                }
            }
        };
        (self.progress)(shown);
    }

    /// How far all lanes are together.
    fn counts(&self) -> Result<Counts, Error> {
        let mut all = Counts::default();
        for lane in 0..self.laid.cuts.lanes() {
            let of = Lane::counts(&self.folder, lane)?.unwrap_or_default();
            all.sites += of.sites;
            all.done += of.done;
            all.had += of.had;
            all.requests += of.requests;
        }
        Ok(all)
    }
}
