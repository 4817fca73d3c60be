use sayso_core::Sha256;

use super::checkpoint::Tree;
use super::hash::{empty_root, node_hash};
use super::proof::{ConsistencyProof, InclusionProof};
use crate::RegistryError;

/// Checks that `leaf` is where the proof says it is in a tree (RFC 9162, section 2.1.3.2).
pub fn verify_inclusion(proof: &InclusionProof, leaf: &Sha256, tree: &Tree) -> Result<(), RegistryError> {
    let InclusionProof { number, size, path } = proof;
    let no = |why| RegistryError::Proof { what: "inclusion", why };
    // The path alone does not tell trees of all sizes apart.
    if *size != tree.size {
        return Err(no("it is of another size than the tree"));
    }
    if number >= size {
        return Err(no("the entry's number lies behind the log's end"));
    }
    let (mut at, mut last, mut hash) = (*number, *size - 1, *leaf);
    for beside in path {
        if last == 0 {
            return Err(no("its path is longer than the tree is high"));
        }
        if at % 2 == 1 || at == last {
            hash = node_hash(beside, &hash);
            while at % 2 == 0 && at != 0 {
                (at, last) = (at / 2, last / 2);
            }
        } else {
            hash = node_hash(&hash, beside);
        }
        (at, last) = (at / 2, last / 2);
    }
    if last != 0 {
        return Err(no("its path ends below the root"));
    }
    if hash == tree.root { Ok(()) } else { Err(no("it leads to another root")) }
}

/// Checks that a tree goes on from an earlier one (RFC 9162, section 2.1.4.2).
pub fn verify_consistency(proof: &ConsistencyProof, old: &Tree, new: &Tree) -> Result<(), RegistryError> {
    let ConsistencyProof { old_size, size, path } = proof;
    let no = |why| RegistryError::Proof { what: "consistency", why };
    if (*old_size, *size) != (old.size, new.size) {
        return Err(no("it is of other sizes than the trees"));
    }
    if old_size > size {
        return Err(no("the earlier log is the longer one"));
    }
    if *old_size == 0 || old_size == size {
        let is_right = if *old_size == 0 { old.root == empty_root() } else { old.root == new.root };
        return if !path.is_empty() {
            Err(no("there is nothing to prove, and it has a path"))
        } else if is_right {
            Ok(())
        } else {
            Err(no("it leads to another root"))
        };
    }
    let mut hashes = path.iter();
    let first = if old_size.is_power_of_two() { Some(&old.root) } else { hashes.next() };
    let first = *first.ok_or(no("its path ends below the root"))?;
    let (mut at, mut last) = (old_size - 1, size - 1);
    while at % 2 == 1 {
        (at, last) = (at / 2, last / 2);
    }
    let (mut old_hash, mut hash) = (first, first);
    for beside in hashes {
        if last == 0 {
            return Err(no("its path is longer than the tree is high"));
        }
        if at % 2 == 1 || at == last {
            old_hash = node_hash(beside, &old_hash);
            hash = node_hash(beside, &hash);
            while at % 2 == 0 && at != 0 {
                (at, last) = (at / 2, last / 2);
            }
        } else {
            hash = node_hash(&hash, beside);
        }
        (at, last) = (at / 2, last / 2);
    }
    if last != 0 {
        return Err(no("its path ends below the root"));
    }
    if old_hash == old.root && hash == new.root { Ok(()) } else { Err(no("it leads to another root")) }
}
