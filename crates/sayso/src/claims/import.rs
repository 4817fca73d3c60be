use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use sayso_core::Timestamp;
use sayso_registry::claim::NewClaim;
use sayso_registry::log::SigningKey;
use sayso_registry::{Clerk, Made, Registry, SystemRandomness};
use serde::Serialize;

use super::portfolio::claims_of_pictures;
use super::rows::{Otherwise, claims_of_table};
use crate::Error;
use crate::pictures::{PICTURE_LIMITS, PictureOptions};

/// How many claims are made at once.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// What holds of claims that do not say otherwise.
    pub otherwise: Otherwise,
    /// Claims of one change: all of them are on the log, or none.
    pub batch: NonZeroUsize,
    /// Threads that look at pictures.
    pub threads: NonZeroUsize,
}

/// Something that was read to be claimed.
#[derive(Debug)]
pub enum Imported {
    /// A claim, and where it stands.
    Claim {
        /// The claim.
        claim: NewClaim,
        /// Where it stands: a file with the number of a row, a picture.
        place: String,
    },
    /// A picture that shows too little to be claimed by what it looks like.
    TooPlain,
    /// What cannot be claimed.
    Rejected(RejectedClaim),
}

/// Something that cannot be claimed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RejectedClaim {
    /// The stable name of the reason.
    pub code: &'static str,
    /// Where it stands.
    pub place: String,
    /// What is wrong, in words.
    pub message: String,
}

/// What came of making many claims.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// Claims that were made.
    pub made: u64,
    /// Claims that stood already.
    pub known: u64,
    /// Pictures that were claimed by their digest only, because they show too little.
    pub too_plain: u64,
    /// What could not be claimed, by the reason's code.
    pub rejected: BTreeMap<&'static str, u64>,
    /// The first of those.
    pub examples: Vec<RejectedClaim>,
}

/// Examples that are kept.
const EXAMPLES: usize = 10;

/// Claims what stands in a table, or every picture in a folder, a batch at a time. After each batch `acknowledged` is told how
/// far it is: what it was told of is durable.
pub fn import_claims(
    registry: &mut Registry,
    key: &SigningKey,
    input: &Path,
    options: &ImportOptions,
    now: &dyn Fn() -> Timestamp,
    interrupt: &AtomicBool,
    acknowledged: &mut dyn FnMut(&ImportReport),
) -> Result<ImportReport, Error> {
    let mut report = ImportReport::default();
    let mut batch = Vec::with_capacity(options.batch.get());
    let mut take = |imported: Imported| {
        if interrupt.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        match imported {
            Imported::TooPlain => report.too_plain += 1,
            Imported::Rejected(rejected) => report.reject(rejected),
            Imported::Claim { claim, place } => {
                if let Err(refusal) = claim.check(now()) {
                    let (code, message) = (refusal.code.as_str(), refusal.to_string());
                    report.reject(RejectedClaim { code, place, message });
                    return Ok(());
                }
                batch.push(claim);
                if batch.len() >= options.batch.get() {
                    write(registry, key, &mut batch, now(), &mut report)?;
                    acknowledged(&report);
                }
            }
        }
        Ok(())
    };
    let is_stdin = input == Path::new("-");
    let is_table = is_stdin || input.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    let read = if is_stdin {
        claims_of_table("-", std::io::stdin().lock(), &options.otherwise, &mut take)
    } else if is_table {
        let file = fs_err::File::open(input).map_err(Error::file(input))?;
        claims_of_table(&input.display().to_string(), file, &options.otherwise, &mut take)
    } else {
        let pictures = PictureOptions { threads: options.threads, limits: PICTURE_LIMITS };
        claims_of_pictures(input.to_owned(), &pictures, &options.otherwise, interrupt, &mut take)
    };
    // Whoever is interrupted keeps what was read before.
    write(registry, key, &mut batch, now(), &mut report)?;
    acknowledged(&report);
    read.map(|()| report)
}

impl ImportReport {
    fn reject(&mut self, rejected: RejectedClaim) {
        *self.rejected.entry(rejected.code).or_default() += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push(rejected);
        }
    }
}

fn write(
    registry: &mut Registry,
    key: &SigningKey,
    batch: &mut Vec<NewClaim>,
    now: Timestamp,
    report: &mut ImportReport,
) -> Result<(), Error> {
    let claims = std::mem::take(batch);
    let mut randomness = SystemRandomness;
    let made = registry.assert(&claims, &mut Clerk { key, now, randomness: &mut randomness })?;
    let new = made.iter().filter(|made| matches!(made, Made::New(_))).count() as u64;
    report.made += new;
    report.known += made.len() as u64 - new;
    Ok(())
}
