//! The tree against the vectors that everybody uses, its proofs at every size, and proofs that were tampered with.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::collections::HashMap;

use sayso_core::Sha256;
use sayso_registry::RegistryError;
use sayso_registry::log::{
    Checkpoint, Fork, Growth, TileSource, Tree, agree, consistency, empty_root, inclusion, leaf_hash, node_hash, root,
    verify_consistency, verify_inclusion,
};

#[derive(Default)]
struct Memory(HashMap<(u8, u64), Vec<u8>>);

impl TileSource for Memory {
    fn tile(&mut self, level: u8, index: u64) -> Result<Option<Vec<u8>>, RegistryError> {
        Ok(self.0.get(&(level, index)).cloned())
    }
}

/// A log of these entries, which came a few at a time.
fn grown(leaves: &[Sha256], step: usize) -> Memory {
    let mut tiles = Memory::default();
    let mut size = 0;
    for some in leaves.chunks(step) {
        let mut growth = Growth::load(&mut tiles, size).unwrap();
        some.iter().for_each(|leaf| growth.push(*leaf));
        size = growth.size();
        for (level, index, hashes) in growth.into_changed() {
            tiles.0.insert((level, index), hashes);
        }
    }
    tiles
}

fn leaves(count: usize) -> Vec<Sha256> {
    (0..count).map(|number| leaf_hash(format!("entry {number}").as_bytes())).collect()
}

/// The tree of the first entries.
fn tree(tiles: &mut Memory, size: u64) -> Tree {
    Tree { size, root: root(tiles, size).unwrap() }
}

/// The tree as RFC 6962, section 2.1 defines it, without tiles.
fn plain_root(leaves: &[Sha256]) -> Sha256 {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        leaves => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(&plain_root(left), &plain_root(right))
        }
    }
}

#[test]
fn roots_are_those_of_certificate_transparency() {
    // The test vectors of Certificate Transparency's reference implementation (merkletree: "TestVectors").
    let inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let bytes = |hex: &str| -> Vec<u8> {
        hex.as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    };
    let leaves: Vec<_> = inputs.iter().map(|input| leaf_hash(&bytes(input))).collect();
    let mut tiles = grown(&leaves, 3);
    assert_eq!(
        root(&mut tiles, 0).unwrap().to_string(),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
    for (size, expected) in (1..).zip(roots) {
        assert_eq!(root(&mut tiles, size).unwrap().to_string(), expected, "{size}");
    }
    // The proofs that the same file has: entry 5 of 8, and from 3 to 7.
    let path = |hashes: &[Sha256]| hashes.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        path(&inclusion(&mut tiles, 5, 8).unwrap().path),
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
    );
}

#[test]
fn every_proof_holds_at_every_size_and_no_other_does() {
    let leaves = leaves(70);
    let mut tiles = grown(&leaves, 9);
    for size in 1..=70_u64 {
        let all = &leaves[..usize::try_from(size).unwrap()];
        let top = tree(&mut tiles, size);
        assert_eq!(top.root, plain_root(all), "{size}");
        for number in 0..size {
            let proof = inclusion(&mut tiles, number, size).unwrap();
            let leaf = &all[usize::try_from(number).unwrap()];
            verify_inclusion(&proof, leaf, &top).unwrap();
            let other = &leaves[usize::try_from((number + 1) % 70).unwrap()];
            assert!(verify_inclusion(&proof, other, &top).is_err());
        }
        for old_size in 0..=size {
            let proof = consistency(&mut tiles, old_size, size).unwrap();
            let old = tree(&mut tiles, old_size);
            verify_consistency(&proof, &old, &top).unwrap();
            if old_size > 0 {
                assert!(
                    verify_consistency(&proof, &Tree { root: leaf_hash(b"x"), ..old }, &top).is_err(),
                    "{old_size} {size}"
                );
                assert!(
                    verify_consistency(&proof, &old, &Tree { root: leaf_hash(b"x"), ..top }).is_err(),
                    "{old_size} {size}"
                );
            }
        }
    }
}

#[test]
fn tiles_of_several_levels_hold_the_tree() {
    let leaves = leaves(66_000);
    // Whatever came at once, the same tiles are there at the end.
    let (mut tiles, other) = (grown(&leaves, 1009), grown(&leaves, 65_537));
    for size in [1, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 66_000_u64] {
        let top = tree(&mut tiles, size);
        assert_eq!(top.root, plain_root(&leaves[..usize::try_from(size).unwrap()]), "{size}");
        for number in [0, 1, 254, 255, 256, 300, 65_535, 65_999].into_iter().filter(|number| *number < size) {
            let proof = inclusion(&mut tiles, number, size).unwrap();
            verify_inclusion(&proof, &leaves[usize::try_from(number).unwrap()], &top).unwrap();
            let proof = consistency(&mut tiles, number + 1, size).unwrap();
            verify_consistency(&proof, &tree(&mut tiles, number + 1), &top).unwrap();
        }
    }
    assert_eq!(tiles.0.len(), 258 + 2 + 1);
    assert_eq!(tiles.0, other.0);
    assert!(matches!(inclusion(&mut tiles, 5, 5), Err(RegistryError::NoSuchEntry { .. })));
    assert!(matches!(consistency(&mut tiles, 6, 5), Err(RegistryError::NoSuchSize { .. })));
    tiles.0.remove(&(0, 0));
    assert!(matches!(root(&mut tiles, 100), Err(RegistryError::NoTile { level: 0, index: 0 })));
}

#[test]
fn a_proof_that_was_tampered_with_is_refused() {
    let leaves = leaves(300);
    let mut tiles = grown(&leaves, 300);
    let top = tree(&mut tiles, 300);
    let good = inclusion(&mut tiles, 137, 300).unwrap();
    let leaf = leaves[137];
    verify_inclusion(&good, &leaf, &top).unwrap();
    let mut forged = vec![good.clone(); 8];
    forged[0].number = 136;
    forged[1].size = 301;
    forged[2].size = 137;
    forged[3].path.pop();
    forged[4].path.push(top.root);
    forged[5].path.swap(0, 1);
    forged[6].path[3].0[31] ^= 1;
    forged[7].path.clear();
    for (number, proof) in forged.iter().enumerate() {
        assert!(verify_inclusion(proof, &leaf, &top).is_err(), "{number}");
    }
    // A node is no leaf: an entry that looks like two hashes does not stand for what is under them.
    let mut node = vec![];
    node.extend_from_slice(&leaves[0].0);
    node.extend_from_slice(&leaves[1].0);
    assert_ne!(leaf_hash(&node), node_hash(&leaves[0], &leaves[1]));

    let old = tree(&mut tiles, 137);
    let good = consistency(&mut tiles, 137, 300).unwrap();
    verify_consistency(&good, &old, &top).unwrap();
    let mut forged = vec![good; 6];
    forged[0].old_size = 136;
    forged[1].size = 299;
    forged[2].path.pop();
    forged[3].path.push(top.root);
    forged[4].path[0].0[0] ^= 1;
    forged[5].path.clear();
    for (number, proof) in forged.iter().enumerate() {
        assert!(verify_consistency(proof, &old, &top).is_err(), "{number}");
    }
}

#[test]
fn a_fork_is_told() {
    let (honest, other) = (leaves(40), {
        let mut other = leaves(40);
        other[11] = leaf_hash(b"another");
        other
    });
    let (mut honest, mut other) = (grown(&honest, 40), grown(&other, 40));
    let checkpoint = |tiles: &mut Memory, size| Checkpoint {
        origin: "log.example".to_owned(),
        size,
        root: root(tiles, size).unwrap(),
    };
    let (old, new) = (checkpoint(&mut honest, 20), checkpoint(&mut honest, 40));
    agree(&old, &new, &consistency(&mut honest, 20, 40).unwrap()).unwrap();
    let same = agree(&new, &checkpoint(&mut other, 40), &consistency(&mut other, 40, 40).unwrap());
    assert_eq!(same, Err(Fork::SameSize { size: 40 }));
    let not = agree(&old, &checkpoint(&mut other, 40), &consistency(&mut other, 20, 40).unwrap());
    assert_eq!(not, Err(Fork::NotContinued { old_size: 20, size: 40 }));
    // The proof of another pair shows nothing.
    let not = agree(&old, &new, &consistency(&mut honest, 19, 40).unwrap());
    assert!(matches!(not, Err(Fork::NotContinued { .. })));
    let elsewhere = Checkpoint { origin: "else.example".to_owned(), ..new.clone() };
    assert!(matches!(
        agree(&old, &elsewhere, &consistency(&mut honest, 20, 40).unwrap()),
        Err(Fork::OtherOrigin { .. })
    ));
}
