//! How long trees over uids, receipts and their verification take, and how many bytes a receipt has.
//!
//!     cargo run --release -p sayso-registry --example receipt_speed -- [UIDS] [REMOVED] [CLAIMS]
//!
//! Two million uids, a thousand of them removed, and a log of a million entries if not given. The uids are drawn; the log is a tree
//! alone, without a store, since only its proofs matter here.

use std::error::Error;
use std::time::Instant;

use sayso_core::{Sha256, Uid};
use sayso_registry::log::{
    Checkpoint, Growth, KeyKind, SignedNote, SigningKey, TileSource, inclusion, leaf_hash, root,
};
use sayso_registry::receipt::{
    MadeOf, Receipt, SMALL_RECEIPT_BYTES, SnapshotStatement, Standing, Trusted, UidTree, verify,
};
use sayso_registry::{Proof, RegistryError};

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

struct Tiles(std::collections::HashMap<(u8, u64), Vec<u8>>);

impl TileSource for Tiles {
    fn tile(&mut self, level: u8, index: u64) -> Result<Option<Vec<u8>>, RegistryError> {
        Ok(self.0.get(&(level, index)).cloned())
    }
}

fn walk(uids: &[Uid]) -> impl Iterator<Item = std::io::Result<Uid>> + '_ {
    uids.iter().map(|uid| Ok(*uid))
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |otherwise: u64| arguments.next().map_or(Ok(otherwise), |number| number.parse());
    let (count, removed, claims) = (number(2_000_000)?, number(1_000)?, number(1_000_000)?);
    let mut dice = Dice(42);
    let mut before: Vec<Uid> = (0..count)
        .map(|_| Uid::from_bytes(((u128::from(dice.roll()) << 64) | u128::from(dice.roll())).to_be_bytes()))
        .collect();
    before.sort_unstable();
    before.dedup();
    let step = before.len() / usize::try_from(removed)?.max(1);
    let gone: Vec<Uid> = before.iter().copied().skip(step / 2).step_by(step.max(1)).collect();
    let after: Vec<Uid> = before.iter().copied().filter(|uid| gone.binary_search(uid).is_err()).collect();

    let mut times = Vec::new();
    for _ in 0..5 {
        let started = Instant::now();
        UidTree::build(walk(&before))?;
        times.push(started.elapsed());
    }
    times.sort();
    println!("tree over {} uids: median {:.1?}, longest {:.1?}", before.len(), times[2], times[4]);
    let (tree_before, tree_after) = (UidTree::build(walk(&before))?, UidTree::build(walk(&after))?);

    let entry = r#"{"version":1,"at":"2027-01-15T08:00:00Z","event":"asserted","subject":{"kind":"prefix","commitment":"1f374696319ce11a2e0140147e06ceaf9f19b7a9e5502509b1cad9431a0ef889"},"preferences":{"train-ai":"disallowed"},"claimant":"1f374696319ce11a2e0140147e06ceaf9f19b7a9e5502509b1cad9431a0ef889"}"#;
    let mut growth = Growth::load(&mut Tiles(Default::default()), 0)?;
    for _ in 0..claims {
        growth.push(leaf_hash(entry.as_bytes()));
    }
    let tiles = growth.into_changed().into_iter().map(|(level, index, hashes)| ((level, index), hashes));
    let mut tiles = Tiles(tiles.collect());
    let log = SigningKey::new("registry.example/claims", KeyKind::Ed25519, &[7; 32])?;
    let head = Checkpoint { origin: log.public().name().to_owned(), size: claims, root: root(&mut tiles, claims)? };
    let proof = Proof {
        entry: entry.to_owned(),
        inclusion: inclusion(&mut tiles, claims / 3, claims)?,
        checkpoint: SignedNote::sign(head.to_string(), &log)?.to_string(),
    };

    let builder = SigningKey::new("builder.example/pictures", KeyKind::Ed25519, &[8; 32])?;
    let note = |snapshot, tree: &UidTree| {
        let statement = SnapshotStatement {
            dataset: "0123456789abcdef".to_owned(),
            snapshot,
            uids: tree.count(),
            root: tree.root(),
            manifest: Sha256([5; 32]),
            registry: Some(head.clone()),
        };
        statement.sign(&builder)
    };
    let (note_before, note_after) = (note(3, &tree_before)?, note(4, &tree_after)?);
    let keys = ([builder.public()], [log.public()]);
    let trusted = Trusted { builder: &keys.0, registry: &keys.1 };

    let started = Instant::now();
    let was_in = tree_before.prove(walk(&before), &gone)?;
    let is_out = tree_after.prove(walk(&after), &gone)?;
    println!("proofs for {} removed: {:.1?}", gone.len(), started.elapsed());
    let started = Instant::now();
    let mut lines = Vec::new();
    for ((uid, was_in), is_out) in gone.iter().zip(&was_in).zip(&is_out) {
        let (Standing::In(presence), Standing::Out(absence)) = (was_in, is_out) else {
            return Err("a proof of the wrong kind".into());
        };
        let of = MadeOf { uid: *uid, before: (&note_before, presence), after: (&note_after, absence), proof: &proof };
        lines.push(Receipt::make(&of, &trusted)?.to_string());
    }
    println!("{} receipts made, each verified: {:.1?}", lines.len(), started.elapsed());

    let mut times = Vec::new();
    for line in lines.iter().cycle().take(1_000) {
        let started = Instant::now();
        verify(line.as_bytes(), &trusted, None)?;
        times.push(started.elapsed());
    }
    times.sort();
    println!("one verified: median {:.0?}, 99 of 100 within {:.0?}", times[500], times[990]);
    let mut bytes: Vec<usize> = lines.iter().map(String::len).collect();
    bytes.sort_unstable();
    let small = bytes.iter().filter(|bytes| **bytes <= SMALL_RECEIPT_BYTES).count();
    let (middle, last) = (bytes[bytes.len() / 2], bytes[bytes.len() - 1]);
    println!("bytes: median {middle}, most {last}; {small} of {} have at most {SMALL_RECEIPT_BYTES}", bytes.len());
    Ok(())
}
