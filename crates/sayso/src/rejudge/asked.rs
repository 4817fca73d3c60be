use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

use arrow_array::cast::AsArray;
use arrow_schema::ArrowError;
use sayso_core::PolicyName;
use sayso_crawl::origin_of;
use sayso_dataset::Dataset;

use crate::Error;
use crate::build::{Progress, Stage, TakeRow};
use crate::online::{Online, SiteAnswers};

/// Sites that are asked at the same time: they take their time, and cost us none.
const ASKERS: usize = 64;

/// Failures that are told one by one.
const EXAMPLES: usize = 10;

/// What came of asking.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Sites that were asked.
    pub(super) sites: u64,
    /// Of how many there was no answer about robots.txt.
    pub(super) silent: u64,
    /// Files of which it could not be learned what they say.
    pub(super) not_learned: u64,
    /// The first of those, and why.
    pub(super) examples: Vec<String>,
}

/// Asks every site of a dataset, those of its pages and those of its pictures, what its files say now.
///
/// Under a policy that wants to be sure, a site that does not answer at all counts as one whose robots.txt is not to be
/// had. Under the others what is stored of it goes on to count: a removal cannot be taken back, and a server that is down
/// today has said nothing.
///
/// Who is interrupted and comes again is answered from the cache for what was asked before.
pub(super) fn ask_sites(
    dataset: &Dataset,
    online: &Online,
    policy: PolicyName,
    interrupt: &AtomicBool,
    progress: &(dyn Fn(Progress) + Sync),
    take: TakeRow<'_>,
) -> Result<Asked, Error> {
    let origins: Vec<String> = origins(dataset)?.into_iter().collect();
    let total = origins.len() as u64;
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let (send, receive) = mpsc::sync_channel::<SiteAnswers>(ASKERS);
    let mut asked = Asked { sites: total, ..Asked::default() };
    std::thread::scope(|scope| {
        for _ in 0..ASKERS.min(origins.len()) {
            let send = send.clone();
            let (origins, next) = (&origins, &next);
            scope.spawn(move || {
                while let Some(origin) = origins.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if interrupt.load(Ordering::Relaxed) || send.send(online.site_facts(origin)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(send);
        for SiteAnswers { facts, failures, is_silent } in receive {
            asked.silent += u64::from(is_silent);
            asked.not_learned += failures.len() as u64;
            let room = EXAMPLES.saturating_sub(asked.examples.len());
            asked.examples.extend(failures.into_iter().take(room));
            let counts = !is_silent || matches!(policy, PolicyName::Strict | PolicyName::OptIn);
            for (key, fact) in facts.into_iter().filter(|_| counts) {
                let value = serde_json::to_string(&fact).map_err(|error| ArrowError::JsonError(error.to_string()))?;
                take((key, value))?;
            }
            let done = done.fetch_add(1, Ordering::Relaxed) as u64 + 1;
            progress(Progress {
                stage: Stage::Ask,
                done,
                total: Some(total),
                found: done,
                files: None,
                requests: None,
            });
        }
        if interrupt.load(Ordering::Relaxed) { Err(Error::Interrupted) } else { heard(dataset, asked) }
    })
}

/// Where most sites do not answer it is the line that is cut: nobody is refused for that.
fn heard(dataset: &Dataset, asked: Asked) -> Result<Asked, Error> {
    if asked.silent * 2 <= asked.sites {
        return Ok(asked);
    }
    let examples: String = asked.examples.iter().take(3).map(|example| format!("; {example}")).collect();
    let message = format!(
        "{} of its {} sites do not answer{examples}\nhint: check the network; nothing was judged",
        asked.silent, asked.sites
    );
    Err(Error::Input { input: dataset.dir().display().to_string(), message })
}

/// Each site once, in the order of their names.
fn origins(dataset: &Dataset) -> Result<BTreeSet<String>, Error> {
    let mut origins = BTreeSet::new();
    dataset.scan(&["url", "page_url"], |_, batch| {
        for name in ["url", "page_url"] {
            let column = batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
            let mut last = String::new();
            for url in column.into_iter().flat_map(|column| column.iter().flatten()) {
                let origin = origin_of(url);
                // Samples lie in the order of their sites.
                if origin != last {
                    origins.insert(origin.clone());
                    last = origin;
                }
            }
        }
        Ok(())
    })?;
    Ok(origins)
}
