//! Signed notes against published ones, and against tampering.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use sayso_registry::log::{KeyKind, NoteKey, SignedNote, SigningKey, cosign, cosigned_at};

// The example of Go's package golang.org/x/mod/sumdb/note.
const SKEY: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const VKEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const TEXT: &str =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const SIGNATURE: &str = "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";

#[test]
fn a_published_note_is_signed_and_verified_to_the_byte() {
    let (signer, verifier): (SigningKey, NoteKey) = (SKEY.parse().unwrap(), VKEY.parse().unwrap());
    assert_eq!((signer.secret_text().as_str(), signer.public().to_string().as_str()), (SKEY, VKEY));
    assert_eq!(signer.public(), verifier);
    let note = SignedNote::sign(TEXT.to_owned(), &signer).unwrap();
    assert_eq!(note.to_string(), format!("{TEXT}\n{SIGNATURE}\n"));
    let read: SignedNote = note.to_string().parse().unwrap();
    assert_eq!(read, note);
    read.verify(&verifier).unwrap();
    assert!(!format!("{signer:?}").contains("AYEKFALV"), "what is secret is shown to nobody");
}

#[test]
fn a_note_that_was_tampered_with_is_refused() {
    let verifier: NoteKey = VKEY.parse().unwrap();
    let good = format!("{TEXT}\n{SIGNATURE}\n");
    let tampered = [
        good.replace("cryptography", "Cryptography"),
        good.replace("x08go/ZJ", "x08go/ZK"),
        good.replace("PeterNeumann x08go", "PeterNeuman x08go"),
        good.replace("\n\n", "\n"),
        good.trim_end().to_owned(),
        format!("{good}\n"),
        good.replace("\u{2014} ", "- "),
        good.replace("problem", "prob\u{7}lem"),
        TEXT.to_owned(),
        String::new(),
        format!("{TEXT}\n{}", format!("{SIGNATURE}\n").repeat(101)),
        // Of the same name, and not the key.
        good.replace("x08go", "x08gp"),
    ];
    for (number, note) in tampered.iter().enumerate() {
        let holds = note.parse::<SignedNote>().and_then(|note| note.verify(&verifier));
        assert!(holds.is_err(), "{number}");
    }
    // Signatures of others do not matter, wherever they stand.
    let other = SigningKey::new("somebody.example", KeyKind::Ed25519, &[1; 32]).unwrap();
    let others = SignedNote::sign(TEXT.to_owned(), &other).unwrap().signatures[0].to_string();
    format!("{TEXT}\n{others}\n{SIGNATURE}\n").parse::<SignedNote>().unwrap().verify(&verifier).unwrap();
}

#[test]
fn keys_that_do_not_fit_are_refused() {
    for text in [
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+Axpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2Q==",
    ] {
        assert!(text.parse::<NoteKey>().is_err(), "{text}");
    }
    assert!(VKEY.parse::<SigningKey>().is_err());
    assert!(SigningKey::new("a+b", KeyKind::Ed25519, &[0; 32]).is_err());
    assert!(SigningKey::new("", KeyKind::Ed25519, &[0; 32]).is_err());
}

#[test]
fn a_witness_says_what_it_saw_and_when() {
    let log = SigningKey::new("log.example", KeyKind::Ed25519, &[2; 32]).unwrap();
    let witness = SigningKey::new("witness.example", KeyKind::Cosignature, &[3; 32]).unwrap();
    let text = "log.example\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    let mut note = SignedNote::sign(text.to_owned(), &log).unwrap();
    let cosignature = cosign(&note, &witness, 1_679_315_147).unwrap();
    assert_eq!(cosignature.bytes.len(), 72);
    note.signatures.push(cosignature);
    let note: SignedNote = note.to_string().parse().unwrap();
    note.verify(&log.public()).unwrap();
    assert_eq!(cosigned_at(&note, &witness.public()).unwrap(), 1_679_315_147);
    // Neither stands for the other, and another time was not signed.
    assert!(note.verify(&witness.public()).is_err());
    assert!(cosigned_at(&note, &log.public()).is_err());
    let mut later = note.clone();
    later.signatures[1].bytes[7] ^= 1;
    assert!(cosigned_at(&later, &witness.public()).is_err());
    let mut moved = note;
    moved.text = moved.text.replace("20852163", "20852164");
    assert!(cosigned_at(&moved, &witness.public()).is_err());
    assert!(SignedNote::sign(text.to_owned(), &witness).is_err());
}
