use sayso_core::Uid;

use super::document::{Absence, Presence, Receipt};
use super::fault::{ReceiptFault, Which};
use super::range::range_root;
use super::statement::SnapshotStatement;
use super::tree::uid_hash;
use crate::claim::Wish;
use crate::entry::{Entry, Event};
use crate::log::{Checkpoint, NoteKey, SignedNote, leaf_hash};

/// The keys that somebody has from those whose they are, and not from a receipt.
#[derive(Debug, Clone, Copy)]
pub struct Trusted<'a> {
    /// The builder's. Without any nothing verifies: a receipt that anybody signed proves nothing.
    pub builder: &'a [NoteKey],
    /// The registry's. Without any, that the entry is on the log rests on the checkpoint as it stands in the receipt.
    pub registry: &'a [NoteKey],
}

/// What a receipt that holds says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// What was removed.
    pub uid: Uid,
    /// The key that signed the later statement.
    pub builder: NoteKey,
    /// The snapshot that it was in.
    pub before: SnapshotStatement,
    /// The snapshot that it is not in.
    pub after: SnapshotStatement,
    /// The number of the entry because of which, which is that of the claim.
    pub entry_number: u64,
    /// The entry.
    pub entry: Entry,
    /// The state of the log that it is on.
    pub checkpoint: Checkpoint,
    /// Whether a key of the registry that was given signed that state.
    pub is_registry_verified: bool,
}

/// Verifies a receipt; that it is about this uid, too, where one is given.
pub fn verify(bytes: &[u8], trusted: &Trusted<'_>, wanted: Option<Uid>) -> Result<Verified, ReceiptFault> {
    verify_receipt(&Receipt::read(bytes)?, trusted, wanted)
}

/// Verifies a receipt that was read.
pub fn verify_receipt(receipt: &Receipt, trusted: &Trusted<'_>, wanted: Option<Uid>) -> Result<Verified, ReceiptFault> {
    let Receipt { uid, before: (before_note, before, presence), after: (after_note, after, absence), .. } = receipt;
    if let Some(wanted) = wanted.filter(|wanted| wanted != uid) {
        return Err(ReceiptFault::OtherUid { found: uid.to_string(), wanted: wanted.to_string() });
    }
    if !trusted.builder.is_empty() {
        signed(Which::Before, before_note, trusted.builder)?;
        signed(Which::After, after_note, trusted.builder)?;
    }
    if before.dataset != after.dataset {
        let (before, after) = (before.dataset.clone(), after.dataset.clone());
        return Err(ReceiptFault::OtherDataset { before, after });
    }
    if before.snapshot >= after.snapshot {
        return Err(ReceiptFault::Order { before: before.snapshot, after: after.snapshot });
    }
    is_in(uid, presence, before).map_err(|why| ReceiptFault::Inclusion { snapshot: before.snapshot, why })?;
    is_out(uid, absence, after).map_err(|why| ReceiptFault::Absence { snapshot: after.snapshot, why })?;
    let (entry, checkpoint, is_registry_verified) = claimed(receipt, after, trusted.registry)?;
    // Last, so that whoever has no key still learns what is wrong otherwise.
    let builder = signed(Which::After, after_note, trusted.builder).map_err(|fault| match fault {
        ReceiptFault::WrongKey { signer, .. } if trusted.builder.is_empty() => ReceiptFault::NoKey { signer },
        fault => fault,
    })?;
    Ok(Verified {
        uid: *uid,
        builder: builder.clone(),
        before: before.clone(),
        after: after.clone(),
        entry_number: receipt.inclusion.number,
        entry,
        checkpoint,
        is_registry_verified,
    })
}

/// The one of these keys that signed a statement.
fn signed<'a>(which: Which, note: &SignedNote, keys: &'a [NoteKey]) -> Result<&'a NoteKey, ReceiptFault> {
    if let Some(key) = keys.iter().find(|key| note.verify(key).is_ok()) {
        return Ok(key);
    }
    let is_of = |key: &NoteKey| note.signatures.iter().find(|it| it.name == key.name() && it.key_id == key.id());
    match keys.iter().find_map(is_of) {
        Some(signature) => Err(ReceiptFault::Forged { which, signer: signature.signer() }),
        None => {
            let signers: Vec<String> = note.signatures.iter().map(crate::log::NoteSignature::signer).collect();
            Err(ReceiptFault::WrongKey { which, signer: signers.join(", ") })
        }
    }
}

fn is_in(uid: &Uid, presence: &Presence, statement: &SnapshotStatement) -> Result<(), &'static str> {
    let root = range_root(statement.uids, presence.number, &[uid_hash(uid)], &presence.path);
    if root.map_err(super::PathFault::why)? == statement.root { Ok(()) } else { Err("it leads to another root") }
}

fn is_out(uid: &Uid, absence: &Absence, statement: &SnapshotStatement) -> Result<(), &'static str> {
    let Absence { number, left, right, path } = absence;
    let is_between = left.is_none_or(|left| left < *uid) && right.is_none_or(|right| *uid < right);
    if !is_between {
        return Err("it does not stand between its neighbours");
    }
    // Without a neighbour on one side, the other one stands at that end.
    let is_at_end = match (left, right) {
        (None, None) => statement.uids == 0 && path.is_empty() && statement.root == crate::log::empty_root(),
        (None, Some(_)) => *number == 0,
        (Some(_), None) => number.checked_add(1) == Some(statement.uids),
        (Some(_), Some(_)) => true,
    };
    if !is_at_end {
        return Err("a neighbour is missing");
    }
    let leaves: Vec<_> = [left, right].into_iter().flatten().map(uid_hash).collect();
    if leaves.is_empty() {
        return Ok(());
    }
    let root = range_root(statement.uids, *number, &leaves, path);
    if root.map_err(super::PathFault::why)? == statement.root { Ok(()) } else { Err("it leads to another root") }
}

/// Checks that the entry claims something, is on the log, and was there in time.
fn claimed(
    receipt: &Receipt,
    after: &SnapshotStatement,
    keys: &[NoteKey],
) -> Result<(Entry, Checkpoint, bool), ReceiptFault> {
    let unreadable = |error: crate::RegistryError| ReceiptFault::Entry { why: error.to_string() };
    let no = |error: crate::RegistryError| ReceiptFault::Checkpoint { why: error.to_string() };
    let entry = Entry::read(receipt.entry.as_bytes()).map_err(unreadable)?;
    match &entry.event {
        Event::Asserted { preferences, .. } if preferences.iter().all(|(_, wish)| wish == Wish::Allowed) => {
            return Err(ReceiptFault::Allows);
        }
        Event::Asserted { .. } => {}
        Event::Revoked { .. } => return Err(ReceiptFault::Revoked),
        Event::Verified { .. } => return Err(ReceiptFault::NoClaim { event: "verified" }),
        Event::Contested { .. } => return Err(ReceiptFault::NoClaim { event: "contested" }),
        Event::Upheld { .. } => return Err(ReceiptFault::NoClaim { event: "upheld" }),
        Event::Deleted(_) => return Err(ReceiptFault::NoClaim { event: "deleted" }),
    }
    let checkpoint: Checkpoint = receipt.checkpoint.text.parse().map_err(no)?;
    let number = receipt.inclusion.number;
    let root = range_root(checkpoint.size, number, &[leaf_hash(receipt.entry.as_bytes())], &receipt.inclusion.path);
    let root = root.map_err(|fault| ReceiptFault::Log { number, why: fault.why().to_owned() })?;
    if root != checkpoint.root {
        return Err(ReceiptFault::Log { number, why: "it leads to another root".to_owned() });
    }
    if let Some(head) = after.registry.as_ref().filter(|head| head.origin == checkpoint.origin) {
        if head.size == checkpoint.size && head.root != checkpoint.root {
            return Err(ReceiptFault::RegistryFork { size: head.size });
        }
        if number >= head.size {
            return Err(ReceiptFault::EntryTooLate { number, snapshot: after.snapshot, size: head.size });
        }
    }
    if keys.is_empty() {
        return Ok((entry, checkpoint, false));
    }
    let key = keys.iter().find(|key| key.name() == checkpoint.origin).ok_or_else(|| ReceiptFault::Checkpoint {
        why: format!("it is of the log `{}`, and the key that was given is not", checkpoint.origin),
    })?;
    receipt.checkpoint.verify(key).map_err(no)?;
    Ok((entry, checkpoint, true))
}
