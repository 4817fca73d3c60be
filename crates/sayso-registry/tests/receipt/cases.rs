//! Receipts that hold, and one for each way in which one does not: what the frozen cases are written from.

use sayso_core::{Sha256, Uid};
use sayso_registry::log::{KeyKind, SignedNote, SigningKey};
use sayso_registry::receipt::{MAX_RECEIPT_BYTES, Receipt, SMALL_RECEIPT_BYTES, compare, verify};

use crate::scene::{Scene, absence, builder, prove, sign_after, sign_before, uid};

/// A receipt, and what is wrong with it.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// The code of the fault; none where it holds.
    pub(crate) fault: Option<&'static str>,
    pub(crate) receipt: String,
    /// The uid that it should be about.
    pub(crate) uid: Uid,
}

/// Whoever signs with the name of somebody else.
fn impostor() -> SigningKey {
    SigningKey::new("builder.example/pictures", KeyKind::Ed25519, &[9; 32]).unwrap()
}

/// Puts a signature that says it is the builder's under a text that the builder did not sign.
fn forged(note: &SignedNote, text: &str) -> SignedNote {
    SignedNote { text: text.to_owned(), signatures: note.signatures.clone() }
}

pub(crate) fn cases() -> Vec<Case> {
    let mut scene = Scene::new();
    let good = scene.receipt();
    let removed = scene.removed;
    let mut cases = vec![Case { name: "it holds", fault: None, receipt: good.to_string(), uid: removed }];
    let mut add = |name, fault: &'static str, receipt: String| {
        let fault = (!fault.is_empty()).then_some(fault);
        cases.push(Case { name, fault, receipt, uid: removed });
    };
    ends(&good, &mut scene, &mut add);
    texts(&good, &mut add);
    statements(&good, &mut scene, &mut add);
    proofs(&good, &mut scene, &mut add);
    entries(&good, &mut scene, &mut add);
    cases.push(Case { name: "for another sample", fault: Some("other-uid"), receipt: good.to_string(), uid: uid(8) });
    let mut replayed = good;
    replayed.uid = uid(8);
    cases.push(Case {
        name: "replayed for another sample",
        fault: Some("inclusion"),
        receipt: replayed.to_string(),
        uid: uid(8),
    });
    cases
}

type Add<'a> = dyn FnMut(&'static str, &'static str, String) + 'a;

/// Receipts that hold at the ends of a snapshot, and those that leave a neighbour away.
fn ends(good: &Receipt, scene: &mut Scene, add: &mut Add<'_>) {
    let all = scene.before.clone();
    let at = all.iter().position(|uid| *uid == scene.removed).unwrap();
    let rests: [(&'static str, Vec<Uid>); 3] = [
        ("it would be the first", all[at + 1..].to_vec()),
        ("it would be the last", all[..at].to_vec()),
        ("nothing is left", Vec::new()),
    ];
    for (name, rest) in rests {
        let mut receipt = good.clone();
        sign_after(&mut receipt, scene.statement(5, &rest), &builder());
        receipt.after.2 = absence(&rest, scene.removed);
        add(name, "", receipt.to_string());
        if let Some(first) = rest.first() {
            // One neighbour, which is not at that end.
            let mut partial = receipt.clone();
            (partial.after.2.left, partial.after.2.right) = (receipt.after.2.right, receipt.after.2.left);
            add("a neighbour on the wrong side", "absence", partial.to_string());
            let mut partial = good.clone();
            (partial.after.2.left, partial.after.2.right) = (None, Some(*first));
            add("a neighbour is missing", "absence", partial.to_string());
        }
    }
}

fn texts(good: &Receipt, add: &mut Add<'_>) {
    let good = good.to_string();
    add("a line break behind it", "", format!("{good}\n"));
    add("truncated", "truncated", good[..good.len() - 1].to_owned());
    add("truncated in the middle", "truncated", good[..good.len() / 2].to_owned());
    add("empty", "truncated", String::new());
    add("a document behind it", "trailing-data", format!("{good} {{}}"));
    add("too long", "oversize", format!("{good}{}", " ".repeat(MAX_RECEIPT_BYTES)));
    add("another format", "not-a-receipt", good.replacen("sayso-receipt", "sayso-deceit", 1));
    add("no version", "not-a-receipt", good.replacen("\"version\":1,", "", 1));
    add("a later version", "from-the-future", good.replacen("\"version\":1", "\"version\":2", 1));
    add("a field that nobody knows", "malformed", good.replacen("\"version\":1", "\"version\":1,\"note\":\"\"", 1));
    add("a field twice", "malformed", good.replacen("\"version\":1", "\"version\":1,\"version\":1", 1));
    add("a list", "malformed", format!("[{good}]"));
    let uid = &good[good.find("\"uid\":\"").unwrap() + 7..][..32];
    add("a uid in capitals", "malformed", good.replacen(uid, &uid.to_uppercase(), 1));
    let path = good.find("\"path\":\"").unwrap() + 8;
    add("half a hash", "malformed", format!("{}{}", &good[..path], &good[path + 20..]));
    add("no base 85", "malformed", format!("{},{}", &good[..path], &good[path + 1..]));
}

fn statements(good: &Receipt, scene: &mut Scene, add: &mut Add<'_>) {
    let (before, after) = (&good.before.1, &good.after.1);
    let mut receipt = good.clone();
    let mut changed = after.clone();
    changed.uids -= 1;
    receipt.after.0 = forged(&good.after.0, &changed.to_string());
    add("forged: a statement that nobody signed", "forged", receipt.to_string());
    let mut receipt = good.clone();
    receipt.before.0.signatures[0].bytes[10] ^= 1;
    add("forged: a signature with one bit turned", "forged", receipt.to_string());
    let mut receipt = good.clone();
    receipt.before.0.signatures[0].bytes.pop();
    add("forged: a signature cut short", "forged", receipt.to_string());
    let mut receipt = good.clone();
    sign_after(&mut receipt, after.clone(), &impostor());
    add("another key of the same name", "wrong-key", receipt.to_string());
    receipt.after.0.signatures[0].key_id = good.after.0.signatures[0].key_id;
    add("forged: another key that gives itself out for the builder's", "forged", receipt.to_string());
    let mut receipt = good.clone();
    sign_before(&mut receipt, before.clone(), &crate::support::key());
    add("the registry signs for the builder", "wrong-key", receipt.to_string());

    for (name, of_before, of_after) in
        [("snapshots in the wrong order", 4, 3), ("one snapshot twice", 4, 4), ("before is much later", 9, 4)]
    {
        let mut receipt = good.clone();
        sign_before(&mut receipt, scene.statement(of_before, &scene.before.clone()), &builder());
        let mut later = after.clone();
        later.snapshot = of_after;
        sign_after(&mut receipt, later, &builder());
        add(name, "order", receipt.to_string());
    }
    let mut receipt = good.clone();
    let mut other = before.clone();
    other.dataset = "pictures-2".to_owned();
    sign_before(&mut receipt, other, &builder());
    add("two datasets", "other-dataset", receipt.to_string());

    let text = after.to_string();
    for (name, text) in [
        ("a statement of a later version", text.replace("snapshot v1", "snapshot v2")),
        ("a checkpoint in place of a statement", crate::scene::Scene::new().registry.head().unwrap().to_string()),
        ("a number with a zero before it", text.replacen("\n4\n", "\n04\n", 1)),
        ("a line too many", format!("{text}more\n")),
        ("a head with two spaces", text.replace("claims 5", "claims  5")),
        ("a line too few", text.lines().take(5).map(|line| format!("{line}\n")).collect()),
    ] {
        let mut receipt = good.clone();
        receipt.after.0 = SignedNote::sign(text, &builder()).unwrap();
        add(name, "statement", receipt.to_string());
    }
}

fn proofs(good: &Receipt, scene: &mut Scene, add: &mut Add<'_>) {
    let mut receipt = good.clone();
    receipt.before.2.path.push(Sha256([0; 32]));
    add("a path that goes on above the root", "inclusion", receipt.to_string());
    let mut receipt = good.clone();
    receipt.before.2.path.pop();
    add("a path that ends below the root", "inclusion", receipt.to_string());
    let mut receipt = good.clone();
    receipt.before.2.number = 20;
    add("a number behind the end", "inclusion", receipt.to_string());
    let mut receipt = good.clone();
    receipt.before.2.number = u64::MAX;
    add("a number that is as large as can be", "inclusion", receipt.to_string());
    let mut receipt = good.clone();
    receipt.before.2.path[0].0[0] ^= 1;
    add("another hash on the path", "inclusion", receipt.to_string());
    let mut receipt = good.clone();
    receipt.after.2.path.push(Sha256([0; 32]));
    add("a path of neighbours that goes on above the root", "absence", receipt.to_string());
    let mut receipt = good.clone();
    receipt.after.2.number += 1;
    add("neighbours at another place", "absence", receipt.to_string());
    let mut receipt = good.clone();
    receipt.after.2.left = receipt.after.2.right;
    add("not between its neighbours", "absence", receipt.to_string());

    // The sample is still there: its neighbours do not stand side by side, and it is no neighbour of itself.
    let still = scene.statement(4, &scene.before.clone());
    let mut receipt = good.clone();
    sign_after(&mut receipt, still.clone(), &builder());
    add("still there: neighbours that are none", "absence", receipt.to_string());
    let (_, other) = prove(&scene.before.clone(), uid(100));
    let sayso_registry::receipt::Standing::Out(absence) = other else { panic!("it is there") };
    receipt.after.2 = absence;
    add("still there: somebody else's neighbours", "absence", receipt.to_string());
    receipt.after.2 = good.after.2.clone();
    receipt.after.2.left = Some(scene.removed);
    add("still there: itself for a neighbour", "absence", receipt.to_string());
}

fn entries(good: &Receipt, scene: &mut Scene, add: &mut Add<'_>) {
    for (number, name, fault) in [
        (1, "a claim that allows", "allows"),
        (2, "an entry that contests", "no-claim"),
        (3, "an entry that upholds", "no-claim"),
        (4, "an entry that revokes", "revoked"),
    ] {
        let proof = scene.proof(number);
        let mut receipt = good.clone();
        (receipt.entry, receipt.inclusion) = (proof.entry, proof.inclusion);
        add(name, fault, receipt.to_string());
    }
    for (name, entry) in [
        ("an entry of a later version", good.entry.replace("\"version\":1", "\"version\":2")),
        ("an entry that is none", "{}".to_owned()),
    ] {
        let mut receipt = good.clone();
        receipt.entry = entry;
        add(name, "entry", receipt.to_string());
    }
    let mut receipt = good.clone();
    receipt.entry = good.entry.replace("example.org", "example.com");
    add("an entry that was changed", "log", receipt.to_string());
    let mut receipt = good.clone();
    receipt.inclusion.path.push(Sha256([0; 32]));
    add("a path of the log that goes on above the root", "log", receipt.to_string());
    let mut receipt = good.clone();
    receipt.checkpoint.signatures[0].bytes[10] ^= 1;
    add("a checkpoint that is forged", "checkpoint", receipt.to_string());
    let mut receipt = good.clone();
    let other = SigningKey::new("other.example/claims", KeyKind::Ed25519, &[6; 32]).unwrap();
    let text = receipt.checkpoint.text.replace("registry.example", "other.example");
    receipt.checkpoint = SignedNote::sign(text, &other).unwrap();
    add("a checkpoint of another log", "checkpoint", receipt.to_string());

    let mut receipt = good.clone();
    let mut after = good.after.1.clone();
    after.registry.as_mut().unwrap().root = Sha256([1; 32]);
    sign_after(&mut receipt, after, &builder());
    add("two logs of one size", "registry-fork", receipt.to_string());
    let mut receipt = good.clone();
    let mut after = good.after.1.clone();
    after.registry.as_mut().unwrap().size = 0;
    sign_after(&mut receipt, after, &builder());
    add("judged before the claim was made", "entry-too-late", receipt.to_string());
    let mut receipt = good.clone();
    let mut after = good.after.1.clone();
    after.registry = None;
    sign_after(&mut receipt, after, &builder());
    add("judged against no registry", "", receipt.to_string());
}

#[test]
fn each_way_in_which_a_receipt_does_not_hold_is_said() {
    let scene = Scene::new();
    for case in cases() {
        let verified = verify(case.receipt.as_bytes(), &scene.trusted(), Some(case.uid));
        let fault = verified.as_ref().err().map(sayso_registry::receipt::ReceiptFault::code);
        assert_eq!(fault, case.fault, "{}: {verified:?}", case.name);
        if let Err(fault) = &verified {
            let sentence = fault.to_string();
            assert!(sentence.len() > 20 && !sentence.ends_with('.'), "{}: {sentence}", case.name);
        }
    }
}

#[test]
fn what_holds_says_what_it_says() {
    let mut scene = Scene::new();
    let line = scene.receipt().to_string();
    let verified = verify(line.as_bytes(), &scene.trusted(), None).unwrap();
    assert_eq!((verified.before.snapshot, verified.after.snapshot, verified.entry_number), (3, 4, 0));
    assert_eq!((verified.before.uids, verified.after.uids, verified.uid), (20, 19, scene.removed));
    assert!(verified.is_registry_verified && verified.builder == scene.builder_key);
    assert!(line.contains("\"checkpoint\":\"\u{2014} "), "the head stands in the statement already: {line}");
    assert_eq!(Receipt::read(line.as_bytes()).unwrap().to_string(), line);

    // Without a key nothing is known of who signed, whatever else is right.
    let mut trusted = scene.trusted();
    trusted.builder = &[];
    let unsigned = verify(line.as_bytes(), &trusted, None).unwrap_err();
    assert_eq!(unsigned.code(), "no-key");
    assert!(unsigned.to_string().contains("builder.example/pictures+"), "{unsigned}");
    let broken = line.replacen("\"number\":0", "\"number\":1", 1);
    assert_ne!(broken, line);
    assert_eq!(verify(broken.as_bytes(), &trusted, None).unwrap_err().code(), "log");
    let mut trusted = scene.trusted();
    trusted.registry = &[];
    assert!(!verify(line.as_bytes(), &trusted, None).unwrap().is_registry_verified);
}

#[test]
fn cosignatures_come_along_where_there_is_room() {
    use sayso_registry::log::cosign;
    let mut scene = Scene::new();
    let mut receipt = scene.receipt();
    let bytes = receipt.to_string().len();
    let proof = scene.proof(0);
    let mut checkpoint: SignedNote = proof.checkpoint.parse().unwrap();
    for number in 0..40_u8 {
        let witness =
            SigningKey::new(&format!("witness{number}.example"), KeyKind::Cosignature, &[number; 32]).unwrap();
        let line = cosign(&checkpoint, &witness, 1_800_000_000).unwrap();
        checkpoint.signatures.push(line);
    }
    let proof = sayso_registry::Proof { checkpoint: checkpoint.to_string(), ..proof };
    let of = sayso_registry::receipt::MadeOf {
        uid: receipt.uid,
        before: (&receipt.before.0, &receipt.before.2),
        after: (&receipt.after.0, &receipt.after.2),
        proof: &proof,
    };
    receipt = Receipt::make(&of, &scene.trusted()).unwrap();
    let kept = receipt.checkpoint.signatures.len();
    assert!((2..40).contains(&kept), "{kept}");
    let line = receipt.to_string();
    assert!(line.len() <= SMALL_RECEIPT_BYTES && line.len() > bytes + 1000, "{} of {bytes}", line.len());
    verify(line.as_bytes(), &scene.trusted(), None).unwrap();
}

#[test]
fn two_statements_of_one_snapshot_are_a_fork() {
    let mut scene = Scene::new();
    let receipt = scene.receipt();
    let (before, after) = (&receipt.before.1, &receipt.after.1);
    compare(before, before).unwrap();
    compare(before, after).unwrap();
    let mut other = after.clone();
    other.root = Sha256([3; 32]);
    let fork = compare(after, &other).unwrap_err();
    assert!(fork.to_string().contains("snapshot 4 of `pictures-1`"), "{fork}");
    other.dataset = "pictures-2".to_owned();
    compare(after, &other).unwrap();
}
