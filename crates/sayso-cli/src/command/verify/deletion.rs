//! Receipts of deletion: what somebody had left with a studio is said to be gone.

use std::io::{Read, Write};
use std::path::Path;

use anyhow::Context as _;
use sayso_registry::Proof;
use sayso_registry::deletion::{
    DeletionFault, DeletionReceipt, MAX_DELETION_RECEIPT_BYTES, VerifiedDeletion, verify_deletion,
};
use sayso_registry::log::NoteKey;
use serde_json::{Value, json};

use crate::exit::Outcome;
use crate::output::counted;

/// Bytes of a proof.
const PROOF_BYTES: u64 = 1 << 20;

/// Verifies a receipt of deletion. One from before the deletion is completed with the proof of its entry.
pub(super) fn run(
    source: &mut dyn Read,
    proof: Option<&Path>,
    keys: &[NoteKey],
    in_json: bool,
) -> anyhow::Result<Outcome> {
    let mut bytes = Vec::new();
    source.take(MAX_DELETION_RECEIPT_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    if let Some(proof) = proof {
        bytes = completed(&bytes, proof)?;
    }
    let verdict = verify_deletion(&bytes, keys);
    let mut out = std::io::stdout().lock();
    if in_json {
        serde_json::to_writer_pretty(&mut out, &document(&verdict))?;
        writeln!(out)?;
    } else if let Ok(verified) = &verdict {
        tell(&mut out, verified)?;
    }
    match verdict {
        Ok(_) => Ok(Outcome::Done),
        Err(fault @ DeletionFault::NoKey { .. }) => Err(fault.into()),
        Err(fault) => {
            if !in_json {
                writeln!(out, "does not hold ({}): {fault}", fault.code())?;
            }
            Ok(Outcome::No)
        }
    }
}

fn completed(bytes: &[u8], proof: &Path) -> anyhow::Result<Vec<u8>> {
    let mut text = Vec::new();
    fs_err::File::open(proof)?.take(PROOF_BYTES).read_to_end(&mut text)?;
    let said = || format!("`{}` is no proof of an entry\nhint: fetch it from the page of deletions", proof.display());
    let proof: Proof = serde_json::from_slice(&text).with_context(said)?;
    let Ok(mut receipt) = DeletionReceipt::read(bytes) else { return Ok(bytes.to_vec()) };
    receipt.proof = Some(proof);
    Ok(receipt.to_string().into_bytes())
}

fn tell(out: &mut impl Write, verified: &VerifiedDeletion) -> std::io::Result<()> {
    let VerifiedDeletion { number, deletion, checkpoint, contents } = verified;
    writeln!(out, "holds: entry {number} of {} says that it was deleted", checkpoint.origin)?;
    let files = counted(deletion.files, "file");
    writeln!(out, "  {files}, from {} on, gone at {} ({})", deletion.made_at, deletion.deleted_at, deletion.cause)?;
    for content in contents.all() {
        writeln!(out, "  {content}")?;
    }
    writeln!(
        out,
        "the registry signed its log of {} entries; that no copy was made before, it cannot prove",
        checkpoint.size
    )
}

fn document(verdict: &Result<VerifiedDeletion, DeletionFault>) -> Value {
    match verdict {
        Ok(VerifiedDeletion { number, deletion, checkpoint, contents }) => json!({
            "holds": true,
            "entry": number,
            "deletion": deletion,
            "origin": checkpoint.origin,
            "size": checkpoint.size,
            "contents": contents.all().iter().map(ToString::to_string).collect::<Vec<_>>(),
        }),
        Err(fault) => json!({ "holds": false, "fault": fault.code(), "why": fault.to_string() }),
    }
}
