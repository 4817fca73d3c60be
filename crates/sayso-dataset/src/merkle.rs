use sayso_core::Sha256;
use sha2::Digest;

/// The root of the Merkle tree over file digests, built as RFC 9162, section 2.1.1, builds it.
pub(crate) fn root<'a>(digests: impl Iterator<Item = &'a str>) -> Sha256 {
    let leaves: Vec<[u8; 32]> = digests.map(|digest| hash(&[&[0], digest.as_bytes()])).collect();
    Sha256(root_of(&leaves))
}

fn root_of(leaves: &[[u8; 32]]) -> [u8; 32] {
    match leaves {
        [] => hash(&[]),
        [leaf] => *leaf,
        leaves => {
            // The largest power of two that is smaller than the number of leaves.
            let left = leaves.len().next_power_of_two() / 2;
            let (left, right) = leaves.split_at(left);
            hash(&[&[1], &root_of(left), &root_of(right)])
        }
    }
}

fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = sha2::Sha256::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::{hash, root};

    #[test]
    fn the_tree_is_that_of_the_rfc() {
        assert_eq!(
            root([].into_iter()).to_string(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        let leaf = |text: &str| hash(&[&[0], text.as_bytes()]);
        let node = |left: [u8; 32], right: [u8; 32]| hash(&[&[1], &left, &right]);
        let three = node(node(leaf("a"), leaf("b")), leaf("c"));
        assert_eq!(root(["a", "b", "c"].into_iter()).0, three);
        let five = node(node(node(leaf("a"), leaf("b")), node(leaf("c"), leaf("d"))), leaf("e"));
        assert_eq!(root(["a", "b", "c", "d", "e"].into_iter()).0, five);
    }
}
