use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

use arrow_array::cast::AsArray;
use arrow_schema::ArrowError;
use sayso_crawl::{SiteFact, origin_of};
use sayso_dataset::Dataset;

use crate::Error;
use crate::build::{Progress, Stage, TakeRow};
use crate::online::Online;

/// Sites that are asked at the same time: they take their time, and cost us none.
const ASKERS: usize = 64;

/// Asks every site of a dataset, those of its pages and those of its pictures, what its files say now.
///
/// Who is interrupted and comes again is answered from the cache for what was asked before.
pub(super) fn ask_sites(
    dataset: &Dataset,
    online: &Online,
    interrupt: &AtomicBool,
    progress: &(dyn Fn(Progress) + Sync),
    take: TakeRow<'_>,
) -> Result<u64, Error> {
    let origins: Vec<String> = origins(dataset)?.into_iter().collect();
    let total = origins.len() as u64;
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let (send, receive) = mpsc::sync_channel::<Vec<(String, SiteFact)>>(ASKERS);
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
        for facts in receive {
            for (key, fact) in facts {
                let value = serde_json::to_string(&fact).map_err(|error| ArrowError::JsonError(error.to_string()))?;
                take((key, value))?;
            }
            let done = done.fetch_add(1, Ordering::Relaxed) as u64 + 1;
            progress(Progress { stage: Stage::Ask, done, total: Some(total), found: done });
        }
        if interrupt.load(Ordering::Relaxed) { Err(Error::Interrupted) } else { Ok(total) }
    })
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
