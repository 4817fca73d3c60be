use std::io::Read;
use std::path::Path;

use sayso::receipts::{Conflict, ReceiptLines, Seen};
use sayso_registry::log::SignedNote;
use sayso_registry::receipt::{Receipt, SnapshotStatement, Trusted};

use super::say::Report;

/// Bytes of a file with one statement.
const NOTE_BYTES: u64 = 8192;

/// Takes the statements that somebody else got of the same builder. Says how many contradict each other already, or are not
/// the builder's.
pub(super) fn take(
    file: &Path,
    trusted: &Trusted<'_>,
    seen: &mut Seen,
    report: &mut Report<'_>,
) -> anyhow::Result<u64> {
    let mut faults = 0;
    let name = file.display().to_string();
    let mut note = String::new();
    let read = fs_err::File::open(file)?.take(NOTE_BYTES).read_to_string(&mut note);
    if read.is_ok()
        && let Ok(note) = note.parse::<SignedNote>()
        && let Ok(statement) = note.text.parse::<SnapshotStatement>()
    {
        return told(checked(&note, &statement, trusted, seen, &name), &name, report);
    }
    for line in ReceiptLines::new(fs_err::File::open(file)?)? {
        let (line, bytes) = line?;
        let place = format!("{name} line {line}");
        match Receipt::read(&bytes) {
            Ok(receipt) => {
                for (note, statement) in [(&receipt.before.0, &receipt.before.1), (&receipt.after.0, &receipt.after.1)]
                {
                    faults += told(checked(note, statement, trusted, seen, &place), &place, report)?;
                }
            }
            Err(fault) => faults += told(Err(Unfit::Text(fault.to_string())), &place, report)?,
        }
    }
    Ok(faults)
}

/// Why a statement says nothing, or too much.
enum Unfit {
    Text(String),
    Fork(Box<Conflict>),
}

fn checked(
    note: &SignedNote,
    statement: &SnapshotStatement,
    trusted: &Trusted<'_>,
    seen: &mut Seen,
    place: &str,
) -> Result<(), Unfit> {
    if !trusted.builder.iter().any(|key| note.verify(key).is_ok()) {
        let why = format!("the statement on snapshot {} is not signed by a key that was given", statement.snapshot);
        return Err(Unfit::Text(why));
    }
    seen.take(statement, place).map_err(Unfit::Fork)
}

fn told(checked: Result<(), Unfit>, place: &str, report: &mut Report<'_>) -> anyhow::Result<u64> {
    match checked {
        Ok(()) => return Ok(0),
        Err(Unfit::Text(why)) => report.unfit(place, &why)?,
        Err(Unfit::Fork(conflict)) => report.fork(&conflict)?,
    }
    Ok(1)
}
