use std::collections::HashSet;

use sayso_core::RegistryHead;
use sayso_dataset::{Dataset, Manifest, Tombstone, remove_unlisted, url_uid, write_tombstones};
use sayso_registry::Registry;
use sayso_registry::claim::{Claim, ClaimId};
use sayso_registry::lookup::ClaimIndex;

use super::candidates;
use super::decide::Decider;
use super::options::{ClaimsTaken, TakedownOptions};
use super::report::{TakedownReport, Taken};
use crate::Error;
use crate::build::Workshop;
use crate::claims::Ground;
use crate::library::Library;

/// Claims that are read at once.
const BATCH: u64 = 10_000;

/// What is to be taken out of a dataset because of claims: it is decided, and nothing is changed yet. Nobody else makes a snapshot of the
/// dataset until this is carried out or dropped.
pub struct Takedown {
    options: TakedownOptions,
    manifest: Manifest,
    /// The size of the log up to which the dataset knew all claims.
    known: u64,
    origin: String,
    report: TakedownReport,
    /// None of a dry run, which leaves no trace.
    workshop: Option<Workshop>,
}

impl Takedown {
    /// Finds what goes.
    pub fn decide(options: TakedownOptions, registry: &mut Registry) -> Result<Self, Error> {
        // No workshop in a folder that is no dataset; and nobody else may make a snapshot of the one that is read here.
        drop(Dataset::open(&options.dir)?);
        let workshop = if options.dry_run { None } else { Some(Workshop::open(&options.dir)?) };
        match found(&options, registry) {
            Ok(Found { manifest, known, origin, report }) => {
                Ok(Self { options, manifest, known, origin, report, workshop })
            }
            Err(error) => {
                // Nothing was made that anybody could go on with; and what went wrong first is what is told.
                let _ = workshop.map(Workshop::clear);
                Err(error)
            }
        }
    }

    /// What goes, or went.
    #[must_use]
    pub fn report(&self) -> &TakedownReport {
        &self.report
    }

    /// Takes it out, unless the run is dry or there is nothing.
    ///
    /// When this returns, no answer that begins afterwards holds any of it, whoever gives it. Whoever is interrupted runs it again:
    /// a snapshot comes to be as the last step or not at all.
    pub fn carry_out(&mut self) -> Result<(), Error> {
        let Self { options, manifest, known, origin, report, .. } = self;
        if !options.dry_run && !report.taken.is_empty() {
            let stones: Vec<Tombstone> =
                report.taken.iter().map(|taken| tombstone(taken, manifest, origin, options)).collect();
            let snapshot = manifest.snapshot + 1;
            let file = write_tombstones(&options.dir, &format!("tombstones/{snapshot:06}-00000.parquet"), &stones)?;
            // Where some claims were passed over, the next one goes through them.
            let is_partial = !options.claims.is_empty() || options.taken == ClaimsTaken::Verified;
            let head = report.registry_head.clone();
            manifest.with_removed(file, head, is_partial.then_some(*known)).publish(&options.dir)?;
            report.snapshot = snapshot;
        }
        self.workshop.take().map_or(Ok(()), Workshop::clear)
    }
}

impl Drop for Takedown {
    fn drop(&mut self) {
        // Of one that was not carried out, or failed: who has made the folder can remove it.
        let _ = self.workshop.take().map(Workshop::clear);
    }
}

/// What was found to go, and in what.
struct Found {
    manifest: Manifest,
    known: u64,
    origin: String,
    report: TakedownReport,
}

fn found(options: &TakedownOptions, registry: &mut Registry) -> Result<Found, Error> {
    if !options.dry_run {
        remove_unlisted(&options.dir)?;
    }
    let library = Library::open(std::slice::from_ref(&options.dir))?;
    let shelf = library.shelves.first().ok_or_else(|| Error::Stopped("takedown"))?;
    let manifest = shelf.dataset.manifest().clone();
    let ground = Ground::of(ClaimIndex::load(registry)?)?;
    let known = known_to(&manifest, ground.origin());
    let claims = claims_of(options, registry, known)?;
    let numbers: HashSet<ClaimId> = claims.iter().map(|claim| claim.id).collect();
    let sought = ClaimIndex::of_subjects(ground.index().head().clone(), claims);
    let places = candidates::find(shelf, &sought, options.threads)?;
    // What is asked for by its number goes because of that claim or not at all. What is not: where one that allowed was taken back,
    // it is an older one that decides by now.
    let counted = (!options.claims.is_empty()).then_some(&numbers);
    let decider = Decider::new(&ground, counted, options.taken, manifest.purpose);
    let taken = decider.of_places(shelf, &places, options.threads)?;
    let report = TakedownReport {
        dir: options.dir.clone(),
        from_snapshot: manifest.snapshot,
        snapshot: manifest.snapshot,
        registry_head: ground.head().clone(),
        claims: numbers.len() as u64,
        samples: shelf.dataset.samples().saturating_sub(taken.len() as u64),
        taken,
    };
    Ok(Found { manifest, known, origin: ground.origin().to_owned(), report })
}

fn tombstone(taken: &Taken, manifest: &Manifest, log: &str, options: &TakedownOptions) -> Tombstone {
    let file = manifest.samples.get(taken.shard as usize).map(|entry| entry.file.clone());
    Tombstone {
        uid: taken.uid,
        url_uid: url_uid(&taken.url),
        file: file.unwrap_or_default(),
        row: taken.row,
        log: log.to_owned(),
        entry: taken.by.claim.0,
        reason: taken.by.reason.clone(),
        removed_at: options.now,
    }
}

/// The size of the log up to which the dataset knows all claims: 0 of another log than it was judged against.
fn known_to(manifest: &Manifest, origin: &str) -> u64 {
    let of_head = |head: &RegistryHead| {
        // Origin, size and root, with spaces between them.
        let rest = head.0.strip_prefix(origin)?.strip_prefix(' ')?;
        rest.split(' ').next()?.parse().ok()
    };
    let head: Option<u64> = manifest.registry_head.as_ref().and_then(of_head);
    head.map_or(0, |size| manifest.claims_to.unwrap_or(size))
}

/// The claims that are gone through.
fn claims_of(options: &TakedownOptions, registry: &mut Registry, known: u64) -> Result<Vec<Claim>, Error> {
    if !options.claims.is_empty() {
        return options.claims.iter().map(|id| Ok(registry.claim(*id)?)).collect();
    }
    let mut at = if options.all { 0 } else { known };
    let mut claims = Vec::new();
    loop {
        let some = registry.changed_since(at, BATCH)?;
        let Some(last) = some.last() else { return Ok(claims) };
        at = last.changed_by + 1;
        claims.extend(some);
    }
}
