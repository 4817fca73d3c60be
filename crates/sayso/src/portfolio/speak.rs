use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use sayso_core::Uid;
use sayso_registry::receipt::{Receipt, ReceiptFault, Trusted, verify_receipt};
use serde::Serialize;

use super::removed::Stone;
use super::{Bad, ReceiptsRead};
use crate::Error;
use crate::receipts::{ReceiptLines, Seen};

/// What the receipts say of a removal that were given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum ReceiptStanding {
    /// One holds.
    Holds {
        /// Where it stands: a file and a line.
        place: String,
        /// The snapshot that the sample was in.
        before: u64,
        /// The snapshot that it is not in.
        after: u64,
    },
    /// One is there, and nobody gave the builder's key.
    NoKey {
        /// Where it stands.
        place: String,
        /// The name and id of the key that it says it is signed by.
        signer: String,
    },
    /// None of those that are there holds.
    Fails {
        /// Where the first of them stands.
        place: String,
        /// The stable name of what is wrong with it.
        fault: &'static str,
        /// What, in words.
        why: String,
    },
    /// None was given.
    NoneGiven,
}

impl ReceiptStanding {
    /// Of several receipts the best one counts: a forged one beside a good one takes nothing away.
    const fn rank(&self) -> u8 {
        match self {
            Self::Holds { .. } => 3,
            Self::NoKey { .. } => 2,
            Self::Fails { .. } => 1,
            Self::NoneGiven => 0,
        }
    }
}

/// Examples of unreadable receipts that are kept; the count goes on.
const EXAMPLES: usize = 20;

/// Reads files of receipts, a line after the other, and verifies those that speak of what was removed.
pub(super) fn speak(
    files: &[std::path::PathBuf],
    trusted: &Trusted<'_>,
    stones: &mut [Stone],
    bad: &mut Vec<Bad>,
    interrupt: &AtomicBool,
) -> Result<(ReceiptsRead, u64), Error> {
    let mut of_uid: HashMap<Uid, Vec<usize>> = HashMap::new();
    for (at, stone) in stones.iter().enumerate() {
        of_uid.entry(stone.removed.uid).or_default().push(at);
    }
    let (mut read, mut unreadable) = (ReceiptsRead::default(), 0);
    let mut seen = Seen::default();
    for file in files {
        for line in lines_of(file)? {
            let (line, bytes) = line.map_err(Error::file(file))?;
            if interrupt.load(Ordering::Relaxed) {
                return Err(Error::Cancelled);
            }
            read.read += 1;
            let place = format!("{} line {line}", file.display());
            let receipt = match Receipt::read(&bytes) {
                Ok(receipt) => receipt,
                Err(fault) => {
                    unreadable += 1;
                    if unreadable <= EXAMPLES as u64 {
                        bad.push(Bad { kind: fault.code(), place, message: fault.to_string() });
                    }
                    continue;
                }
            };
            let dataset = &receipt.before.1.dataset;
            // One that was handed on was taken out of another dataset, and has its receipt from there.
            let speaks_of =
                |stone: &Stone| stone.removed.snapshot.is_none() || stone.signed_as.as_ref() == Some(dataset);
            let mut is_about_others = true;
            for at in of_uid.get(&receipt.uid).into_iter().flatten() {
                let Some(stone) = stones.get_mut(*at).filter(|stone| speaks_of(stone)) else { continue };
                is_about_others = false;
                let standing = standing_of(&receipt, stone, trusted, &place, &mut seen);
                if standing.rank() > stone.removed.receipt.rank() {
                    stone.removed.receipt = standing;
                }
            }
            read.about_others += u64::from(is_about_others);
        }
    }
    Ok((read, unreadable))
}

fn lines_of(file: &Path) -> Result<ReceiptLines<fs_err::File>, Error> {
    let source = fs_err::File::open(file).map_err(Error::file(file))?;
    ReceiptLines::new(source).map_err(Error::file(file))
}

fn standing_of(
    receipt: &Receipt,
    stone: &Stone,
    trusted: &Trusted<'_>,
    place: &str,
    seen: &mut Seen,
) -> ReceiptStanding {
    let fails = |fault: &'static str, why: String| ReceiptStanding::Fails { place: place.to_owned(), fault, why };
    let verified = match verify_receipt(receipt, trusted, Some(stone.removed.uid)) {
        Ok(verified) => verified,
        Err(ReceiptFault::NoKey { signer }) => {
            return ReceiptStanding::NoKey { place: place.to_owned(), signer };
        }
        Err(fault) => return fails(fault.code(), fault.to_string()),
    };
    if verified.entry_number != stone.removed.claim || verified.checkpoint.origin != stone.log {
        let (entry, log) = (verified.entry_number, &verified.checkpoint.origin);
        return fails(
            "other-claim",
            format!("it names entry {entry} of `{log}` as the reason, and the dataset another"),
        );
    }
    for statement in [&verified.before, &verified.after] {
        if let Err(conflict) = seen.take(statement, place) {
            return fails("fork", format!("{}: {}, and {}", conflict.fork, conflict.one, conflict.other));
        }
    }
    let (before, after) = (verified.before.snapshot, verified.after.snapshot);
    ReceiptStanding::Holds { place: place.to_owned(), before, after }
}
