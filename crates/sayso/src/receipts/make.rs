use std::collections::HashMap;
use std::io::{self, Write};

use sayso_core::Uid;
use sayso_registry::receipt::{MadeOf, Receipt, Standing, Trusted};
use sayso_registry::{Proof, Registry};

use super::statement::Stated;
use crate::Error;

/// Something that was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removal {
    /// What.
    pub uid: Uid,
    /// The number of the log's entry because of which: that of the claim.
    pub entry: u64,
}

/// The two snapshots, each with a walk along its uids: the trees do not keep them.
pub struct Sides<'a, B, A> {
    /// The one that it was in.
    pub before: (&'a Stated, B),
    /// The one that it is not in.
    pub after: (&'a Stated, A),
}

/// Writes a receipt for each removal, one a line, in their order; each is verified before it is written. Says how many.
pub fn write_receipts<B, A>(
    out: &mut dyn Write,
    sides: Sides<'_, B, A>,
    removed: &[Removal],
    registry: &mut Registry,
    trusted: &Trusted<'_>,
) -> Result<u64, Error>
where
    B: Iterator<Item = io::Result<Uid>>,
    A: Iterator<Item = io::Result<Uid>>,
{
    let Sides { before: (before, uids_before), after: (after, uids_after) } = sides;
    let uids: Vec<Uid> = removed.iter().map(|removal| removal.uid).collect();
    let was_in = before.tree.prove(uids_before, &uids)?;
    let is_out = after.tree.prove(uids_after, &uids)?;
    // Many removals come of one claim.
    let mut proofs: HashMap<u64, Proof> = HashMap::new();
    let mut written = 0;
    for ((removal, was_in), is_out) in removed.iter().zip(&was_in).zip(&is_out) {
        let (Standing::In(presence), Standing::Out(absence)) = (was_in, is_out) else {
            let message = "it is not removed between the two snapshots, so that there is nothing to give a receipt for";
            return Err(Error::Input { input: removal.uid.to_string(), message: message.to_owned() });
        };
        let proof = match proofs.entry(removal.entry) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(place) => place.insert(registry.prove(removal.entry)?),
        };
        let of = MadeOf { uid: removal.uid, before: (&before.note, presence), after: (&after.note, absence), proof };
        let receipt = Receipt::make(&of, trusted)?;
        writeln!(out, "{receipt}").map_err(Error::file("the receipts"))?;
        written += 1;
    }
    Ok(written)
}
