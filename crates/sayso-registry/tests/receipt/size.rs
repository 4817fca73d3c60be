//! How many bytes a receipt of a large dataset has: hashes that were drawn lead to the roots that are signed.

use sayso_core::{Sha256, Uid};
use sayso_registry::Randomness;
use sayso_registry::log::{Checkpoint, SignedNote, leaf_hash};
use sayso_registry::receipt::{
    MAX_RECEIPT_BYTES, PathFault, Receipt, SMALL_RECEIPT_BYTES, SnapshotStatement, range_root, uid_hash, verify,
};

use crate::scene::{Scene, builder, sign_after, sign_before};
use crate::support::{self, Dice};

/// A path of as many hashes as these leaves need, with the root that it leads to.
fn drawn(dice: &mut Dice, size: u64, number: u64, leaves: &[Sha256]) -> (Vec<Sha256>, Sha256) {
    let mut path = Vec::new();
    loop {
        match range_root(size, number, leaves, &path) {
            Ok(root) => return (path, root),
            Err(PathFault::Short) => {
                let mut hash = [0; 32];
                dice.fill(&mut hash).unwrap();
                path.push(Sha256(hash));
            }
            Err(fault) => panic!("{fault:?}"),
        }
    }
}

/// A receipt that holds: the sample was number `number` of `size`, and its claim one of `entries`.
fn deep(scene: &mut Scene, size: u64, number: u64, entries: u64) -> Receipt {
    let mut dice = Dice(size ^ number);
    let mut receipt = scene.receipt();
    let number_of = |uid: u128| Uid::from_bytes(uid.to_be_bytes());
    let middle = u128::from_be_bytes(*receipt.uid.as_bytes());
    let (left, right) = (number_of(middle - 1), number_of(middle + 1));

    let entry = entries - 3;
    let (path, root) = drawn(&mut dice, entries, entry, &[leaf_hash(receipt.entry.as_bytes())]);
    let head = Checkpoint { origin: support::key().public().name().to_owned(), size: entries, root };
    receipt.checkpoint = SignedNote::sign(head.to_string(), &support::key()).unwrap();
    (receipt.inclusion.number, receipt.inclusion.size, receipt.inclusion.path) = (entry, entries, path);

    let statement = |snapshot, uids, root| SnapshotStatement {
        dataset: "0123456789abcdef".to_owned(),
        snapshot,
        uids,
        root,
        manifest: Sha256([snapshot as u8; 32]),
        registry: Some(head.clone()),
    };
    let (path, root) = drawn(&mut dice, size, number, &[uid_hash(&receipt.uid)]);
    sign_before(&mut receipt, statement(12, size, root), &builder());
    (receipt.before.2.number, receipt.before.2.path) = (number, path);
    let (path, root) = drawn(&mut dice, size - 1, number - 1, &[uid_hash(&left), uid_hash(&right)]);
    sign_after(&mut receipt, statement(13, size - 1, root), &builder());
    let absence = &mut receipt.after.2;
    (absence.number, absence.left, absence.right, absence.path) = (number - 1, Some(left), Some(right), path);
    receipt
}

fn bytes(scene: &mut Scene, size: u64, number: u64, entries: u64) -> usize {
    let line = deep(scene, size, number, entries).to_string();
    verify(line.as_bytes(), &scene.trusted(), None).unwrap_or_else(|fault| panic!("{fault}"));
    line.len()
}

#[test]
fn a_receipt_of_two_million_samples_and_a_million_entries_has_less_than_four_kilobytes() {
    let mut scene = Scene::new();
    let sizes: Vec<usize> = (0..64).map(|step| bytes(&mut scene, 2_000_000, 2 + step * 31_003, 1_000_000)).collect();
    let small = sizes.iter().filter(|size| **size <= SMALL_RECEIPT_BYTES).count();
    assert_eq!(small, 64, "{sizes:?}");
    // Neighbours part as high up as where 64 places side by side have one in common: 1 sample of 64.
    assert!(bytes(&mut scene, 2_000_000, 64 * 9_999, 1_000_000) <= SMALL_RECEIPT_BYTES);
}

#[test]
fn the_worst_place_in_the_largest_trees_is_within_the_limit() {
    let mut scene = Scene::new();
    // Neighbours that part below the root have nothing in common.
    let worst = bytes(&mut scene, 1 << 21, 1 << 20, 1_000_000);
    assert!((SMALL_RECEIPT_BYTES..5000).contains(&worst), "{worst}");
    let largest = bytes(&mut scene, 1 << 40, 1 << 39, 1 << 40);
    assert!(largest <= MAX_RECEIPT_BYTES, "{largest}");
}
