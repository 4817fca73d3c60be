//! A dataset of which one sample was removed, and a registry that says why.

use std::io;

use sayso_core::{Sha256, Uid};
use sayso_registry::claim::ClaimId;
use sayso_registry::log::{KeyKind, NoteKey, SigningKey};
use sayso_registry::receipt::{Absence, MadeOf, Presence, Receipt, SnapshotStatement, Standing, Trusted, UidTree};
use sayso_registry::{Proof, Registry};

use crate::support::{self, Desk, by, claim, create};

pub(crate) fn builder() -> SigningKey {
    SigningKey::new("builder.example/pictures", KeyKind::Ed25519, &[8; 32]).unwrap()
}

pub(crate) fn uid(number: u64) -> Uid {
    Uid::of_pair(&format!("https://example.org/{number}.jpg"), &format!("picture {number}"))
}

/// As a walk along sorted uids hands them out.
pub(crate) fn walk(uids: &[Uid]) -> impl Iterator<Item = io::Result<Uid>> + '_ {
    uids.iter().map(|uid| Ok(*uid))
}

pub(crate) fn prove(uids: &[Uid], wanted: Uid) -> (UidTree, Standing) {
    let tree = UidTree::build(walk(uids)).unwrap();
    let standing = tree.prove(walk(uids), &[wanted]).unwrap().pop().unwrap();
    (tree, standing)
}

pub(crate) fn presence(uids: &[Uid], wanted: Uid) -> Presence {
    match prove(uids, wanted).1 {
        Standing::In(presence) => presence,
        Standing::Out(absence) => panic!("{absence:?}"),
    }
}

pub(crate) fn absence(uids: &[Uid], wanted: Uid) -> Absence {
    match prove(uids, wanted).1 {
        Standing::Out(absence) => absence,
        Standing::In(presence) => panic!("{presence:?}"),
    }
}

pub(crate) struct Scene {
    /// The uids of snapshot 3 and of snapshot 4, and what was removed between.
    pub(crate) before: Vec<Uid>,
    pub(crate) after: Vec<Uid>,
    pub(crate) removed: Uid,
    pub(crate) registry: Registry,
    pub(crate) builder_key: NoteKey,
    pub(crate) registry_key: NoteKey,
    _dir: tempfile::TempDir,
}

impl Scene {
    /// The log: 0 a claim, 1 one that allows, 2 the first contested, 3 upheld, 4 the second revoked.
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut desk = Desk::new(7);
        let mut registry = create(dir.path(), &mut desk);
        let claims = [
            by("mailto:ana@example.org", claim("domain:example.org", "train-ai=n")),
            claim("domain:example.net", "train-ai=y"),
        ];
        registry.assert(&claims, &mut desk.clerk()).unwrap();
        registry.contest(ClaimId(0), None, Some("not hers"), &mut desk.clerk()).unwrap();
        registry.uphold(ClaimId(0), None, &mut desk.clerk()).unwrap();
        registry.revoke(ClaimId(1), None, &mut desk.clerk()).unwrap();
        let mut before: Vec<Uid> = (0..20).map(uid).collect();
        before.sort_unstable();
        let removed = uid(7);
        let after = before.iter().copied().filter(|uid| *uid != removed).collect();
        let (builder_key, registry_key) = (builder().public(), support::key().public());
        Self { before, after, removed, registry, builder_key, registry_key, _dir: dir }
    }

    /// What the builder says of a snapshot.
    pub(crate) fn statement(&mut self, snapshot: u64, uids: &[Uid]) -> SnapshotStatement {
        let tree = UidTree::build(walk(uids)).unwrap();
        let registry = (snapshot > 3).then(|| self.registry.head().unwrap());
        let manifest = Sha256([snapshot as u8; 32]);
        let dataset = "pictures-1".to_owned();
        SnapshotStatement { dataset, snapshot, uids: tree.count(), root: tree.root(), manifest, registry }
    }

    pub(crate) fn proof(&mut self, entry: u64) -> Proof {
        self.registry.prove(entry).unwrap()
    }

    /// The receipt as it should be.
    pub(crate) fn receipt(&mut self) -> Receipt {
        let (before, after, removed) = (self.before.clone(), self.after.clone(), self.removed);
        let notes = [(3, &before), (4, &after)].map(|(number, uids)| self.statement(number, uids).sign(&builder()));
        let [Ok(before_note), Ok(after_note)] = notes else { panic!("it is not signed") };
        let (presence, absence, proof) = (presence(&before, removed), absence(&after, removed), self.proof(0));
        let of =
            MadeOf { uid: removed, before: (&before_note, &presence), after: (&after_note, &absence), proof: &proof };
        Receipt::make(&of, &self.trusted()).unwrap()
    }

    pub(crate) fn trusted(&self) -> Trusted<'_> {
        let (builder, registry) = (std::slice::from_ref(&self.builder_key), std::slice::from_ref(&self.registry_key));
        Trusted { builder, registry }
    }
}

/// Signs another statement in the place of the one before, or after.
pub(crate) fn sign_before(receipt: &mut Receipt, statement: SnapshotStatement, key: &SigningKey) {
    receipt.before.0 = statement.sign(key).unwrap();
    receipt.before.1 = statement;
}

pub(crate) fn sign_after(receipt: &mut Receipt, statement: SnapshotStatement, key: &SigningKey) {
    receipt.after.0 = statement.sign(key).unwrap();
    receipt.after.1 = statement;
}
