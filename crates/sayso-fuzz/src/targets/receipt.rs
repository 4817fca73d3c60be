//! A receipt that is read is written as one that reads the same, what is written is read as it was, and no receipt but the one that
//! the keys signed verifies.

use std::sync::LazyLock;

use sayso_registry::log::NoteKey;
use sayso_registry::receipt::{Receipt, SnapshotStatement, Trusted, verify};

use super::Target;

pub(super) const TARGET: Target = Target {
    name: "receipt",
    assert,
    mutations: 20_000,
    words: &[
        "\"version\":2",
        "\"number\":18446744073709551615",
        "\"between\":[null,null]",
        "\"path\":\"\"",
        "sayso snapshot v1\\n",
        "\\n\\n\u{2014} builder.example/pictures ",
        "\\\"event\\\":\\\"revoked\\\"",
        "|NsC0|NsC0|NsC0|NsC0|NsC0|NsC0|NsC0|NsC0",
        "{\"format\":\"sayso-receipt\",",
        " ",
        "\\u0000",
    ],
};

/// Whose seeds are signed: the keys with the seeds of 32 bytes `08` and `07`.
static KEYS: LazyLock<[Option<NoteKey>; 2]> = LazyLock::new(|| {
    [
        "builder.example/pictures+275bae5a+AROY9ixtGkV8UbpqS189vS9p/KkyFiGNyJl+QWvRfZPK",
        "registry.example/claims+439f93e8+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs",
    ]
    .map(|key| key.parse().ok())
});

fn assert(input: &[u8]) {
    let [builder, registry] = KEYS.each_ref().map(Option::as_slice);
    assert!(!builder.is_empty() && !registry.is_empty());
    let trusted = Trusted { builder, registry };
    let verified = verify(input, &trusted, None);
    let Ok(receipt) = Receipt::read(input) else {
        assert!(verified.is_err());
        return;
    };
    let line = receipt.to_string();
    assert_eq!(Receipt::read(line.as_bytes()).as_ref(), Ok(&receipt));
    assert_eq!(verify(line.as_bytes(), &trusted, None).is_ok(), verified.is_ok());
    for statement in [&receipt.before.1, &receipt.after.1] {
        assert_eq!(statement.to_string().parse::<SnapshotStatement>().ok().as_ref(), Some(statement));
    }
    if let Ok(verified) = verified {
        // All that was signed: one dataset, the snapshots 3 and 4 or the ends of a tree, and the one claim.
        assert_eq!((verified.before.dataset.as_str(), verified.entry_number), ("pictures-1", 0));
        assert_eq!(verified.uid.to_string(), "2a19684fa97c475ac946c3fb2ffd0447");
        assert!(verified.before.snapshot == 3 && matches!(verified.after.snapshot, 4 | 5));
    }
}
