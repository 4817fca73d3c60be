//! What holds for all sets of uids, and for all changes of a receipt.

use sayso_core::{Sha256, Uid};
use sayso_registry::Randomness;
use sayso_registry::log::{
    Growth, InclusionProof, TileSource, Tree, empty_root, inclusion, node_hash, root, verify_inclusion,
};
use sayso_registry::receipt::{Standing, UidTree, UidTreeError, range_root, uid_hash, verify};

use crate::scene::{Scene, walk};
use crate::support::Dice;

/// The log's tree over the same leaves.
struct Tiles(Vec<(u8, u64, Vec<u8>)>);

impl TileSource for Tiles {
    fn tile(&mut self, level: u8, index: u64) -> Result<Option<Vec<u8>>, sayso_registry::RegistryError> {
        Ok(self.0.iter().rfind(|tile| (tile.0, tile.1) == (level, index)).map(|tile| tile.2.clone()))
    }
}

fn tiles(uids: &[Uid]) -> Tiles {
    let mut growth = Growth::load(&mut Tiles(Vec::new()), 0).unwrap();
    uids.iter().for_each(|uid| growth.push(uid_hash(uid)));
    Tiles(growth.into_changed())
}

fn random(dice: &mut Dice, count: usize) -> Vec<Uid> {
    let mut uids: Vec<Uid> = (0..count)
        .map(|_| {
            let mut bytes = [0; 16];
            dice.fill(&mut bytes).unwrap();
            Uid::from_bytes(bytes)
        })
        .collect();
    uids.sort_unstable();
    uids.dedup();
    uids
}

/// What a proof must be, as the verification has it.
fn holds(tree: &UidTree, uid: &Uid, standing: &Standing) -> bool {
    let root = match standing {
        Standing::In(presence) => range_root(tree.count(), presence.number, &[uid_hash(uid)], &presence.path),
        Standing::Out(absence) => {
            let leaves: Vec<Sha256> = [&absence.left, &absence.right].into_iter().flatten().map(uid_hash).collect();
            if leaves.is_empty() {
                return tree.count() == 0;
            }
            let is_between = absence.left.is_none_or(|it| it < *uid) && absence.right.is_none_or(|it| it > *uid);
            range_root(tree.count(), absence.number, &leaves, &absence.path)
                .and_then(|root| if is_between { Ok(root) } else { Err(sayso_registry::receipt::PathFault::Outside) })
        }
    };
    root == Ok(tree.root())
}

#[test]
fn every_member_and_every_absent_one_is_proven_in_trees_of_all_shapes() {
    let mut dice = Dice(11);
    for count in [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 100, 255, 256, 257, 258, 511, 512, 513, 767, 1000, 1025] {
        let uids = random(&mut dice, count);
        let tree = UidTree::build(walk(&uids)).unwrap();
        let mut tiles = tiles(&uids);
        assert_eq!(tree.root(), root(&mut tiles, uids.len() as u64).unwrap(), "the tree of {count} is the log's");
        // All members, all neighbours of members, both ends, in no order.
        let mut wanted = uids.clone();
        for uid in &uids {
            let number = u128::from_be_bytes(*uid.as_bytes());
            wanted.extend([number - 1, number + 1].map(|it| Uid::from_bytes(it.to_be_bytes())));
        }
        wanted.extend([Uid::from_bytes([0; 16]), Uid::from_bytes([0xff; 16])]);
        wanted.reverse();
        let standings = tree.prove(walk(&uids), &wanted).unwrap();
        assert_eq!(standings.len(), wanted.len());
        for (uid, standing) in wanted.iter().zip(&standings) {
            let number = uids.binary_search(uid);
            assert_eq!(matches!(standing, Standing::In(_)), number.is_ok(), "{uid} of {count}");
            assert!(holds(&tree, uid, standing), "{uid} of {count}: {standing:?}");
            let (Ok(number), Standing::In(presence)) = (number, standing) else { continue };
            // The proof is the log's own, and the log's verification takes it.
            let of_log = inclusion(&mut tiles, number as u64, tree.count()).unwrap();
            assert_eq!((presence.number, &presence.path), (number as u64, &of_log.path));
            let proof = InclusionProof { number: presence.number, size: tree.count(), path: presence.path.clone() };
            verify_inclusion(&proof, &uid_hash(uid), &Tree { size: tree.count(), root: tree.root() }).unwrap();
        }
    }
}

#[test]
fn no_proof_is_another_ones() {
    let mut dice = Dice(5);
    let uids = random(&mut dice, 300);
    let tree = UidTree::build(walk(&uids)).unwrap();
    let wanted: Vec<Uid> = uids.iter().copied().step_by(7).chain(random(&mut dice, 40)).collect();
    let standings = tree.prove(walk(&uids), &wanted).unwrap();
    for (uid, standing) in wanted.iter().zip(&standings) {
        for other in wanted.iter().filter(|other| *other != uid) {
            if let Standing::In(_) = standing {
                assert!(!holds(&tree, other, standing), "{other} by the proof of {uid}");
            } else if uids.binary_search(other).is_ok() {
                assert!(!holds(&tree, other, standing), "{other} is there, and is not by the proof of {uid}");
            }
        }
    }
}

#[test]
fn uids_out_of_order_or_changed_meanwhile_are_refused() {
    let mut uids = random(&mut Dice(3), 600);
    let tree = UidTree::build(walk(&uids)).unwrap();
    assert_eq!(UidTree::build(walk(&[])).unwrap().root(), empty_root());
    let changed = |uids: &[Uid], wanted: Uid| tree.prove(walk(uids), &[wanted]).unwrap_err();
    assert!(matches!(changed(&uids[1..], uids[3]), UidTreeError::Changed));
    let last = uids[599];
    let mut other = uids.clone();
    other[598] = Uid::from_bytes((u128::from_be_bytes(*last.as_bytes()) - 1).to_be_bytes());
    assert!(matches!(changed(&other, last), UidTreeError::Changed));
    uids.swap(300, 301);
    assert!(matches!(UidTree::build(walk(&uids)), Err(UidTreeError::NotSorted { .. })));
    uids[301] = uids[300];
    assert!(matches!(UidTree::build(walk(&uids)), Err(UidTreeError::NotSorted { .. })));
    let failing = [Ok(uids[0]), Err(std::io::Error::other("the disk is gone"))];
    assert!(UidTree::build(failing.into_iter()).unwrap_err().to_string().contains("the disk is gone"));
}

#[test]
fn no_bit_of_a_receipt_can_be_turned() {
    let mut scene = Scene::new();
    let line = scene.receipt().to_string().into_bytes();
    let removed = scene.removed;
    let trusted = scene.trusted();
    verify(&line, &trusted, Some(removed)).unwrap();
    let mut turned = line.clone();
    for at in 0..line.len() {
        for bit in 0..8 {
            turned[at] ^= 1 << bit;
            let verified = verify(&turned, &trusted, None);
            assert!(verified.is_err(), "bit {bit} of byte {at}: {}", turned.escape_ascii());
            turned[at] ^= 1 << bit;
        }
        assert!(verify(&line[..at], &trusted, None).is_err(), "cut at {at}");
    }
}

#[test]
fn leaves_and_nodes_are_not_taken_for_each_other() {
    let (a, b) = (Uid::from_bytes([1; 16]), Uid::from_bytes([2; 16]));
    let tree = UidTree::build(walk(&[a, b])).unwrap();
    assert_eq!(tree.root(), node_hash(&uid_hash(&a), &uid_hash(&b)));
    assert!(range_root(1, 0, &[tree.root()], &[uid_hash(&a)]).is_err());
    assert!(range_root(2, 0, &[], &[]).is_err() && range_root(0, 0, &[uid_hash(&a)], &[]).is_err());
    assert!(range_root(u64::MAX, u64::MAX - 1, &[uid_hash(&a); 2], &[]).is_err());
}
