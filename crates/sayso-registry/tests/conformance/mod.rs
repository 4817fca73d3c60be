//! What every store of a registry does, whichever it is.
#![allow(clippy::unwrap_used, clippy::panic, dead_code, unreachable_pub, reason = "tests")]

use std::sync::mpsc;

use sayso_core::{Sha256, Timestamp};
use sayso_registry::claim::{ClaimId, ClaimState, Method};
use sayso_registry::entry::{Opening, PrivateField};
use sayso_registry::log::{SignedNote, SigningKey, leaf_hash, verify_consistency, verify_inclusion};
use sayso_registry::lookup::{ClaimIndex, How, Sought};
use sayso_registry::store::{Challenge, RegistryStore};
use sayso_registry::{Made, Registry, RegistryError, signature_text};

use super::support::{Desk, NOW, by, claim};

/// Opens the same registry again and again; the first time it is empty.
pub type Opener<'a> = &'a dyn Fn() -> Box<dyn RegistryStore>;

/// Goes through everything that a store has to do.
pub fn conforms(open: Opener<'_>) {
    rows_come_back_as_they_were_put(open);
    a_change_that_fails_never_was(open);
    a_second_writer_waits(open);
    claims_take_their_steps(open);
    copied_and_replayed_tokens_count_for_nothing(open);
    keys_sign(open);
    what_is_erased_is_gone_and_proofs_hold(open);
    many_claims_are_found_again(open);
    the_whole_adds_up(open);
}

fn rows_come_back_as_they_were_put(open: Opener<'_>) {
    let mut store = open();
    store
        .write(&mut |write| {
            assert_eq!((write.size()?, write.entries(0, 10)?), (0, vec![]));
            assert!(write.tile(0, 0)?.is_none() && write.claim(ClaimId(0))?.is_none());
            write.put_tile(3, 70_000, &[1; 64])?;
            write.put_tile(3, 70_000, &[2; 96])?;
            write.add_checkpoint(99, "a note\n")?;
            write.put_cosignature(99, "b", "two")?;
            write.put_cosignature(99, "a", "one")?;
            write.put_cosignature(99, "b", "three")?;
            let opening = Opening { salt: [9; 32], value: "ünï \u{1f58c} 'quoted'; DROP TABLE entry".to_owned() };
            write.add_opening(5, PrivateField::Claimant, &opening)?;
            assert_eq!(write.opening(5, PrivateField::Claimant)?, Some(opening));
            assert_eq!(write.opening(5, PrivateField::Terms)?, None);
            assert!(
                write.remove_opening(5, PrivateField::Claimant)? && !write.remove_opening(5, PrivateField::Claimant)?
            );
            let challenge = |token, expires| Challenge {
                claim: ClaimId(7),
                method: Method::Profile,
                token: Sha256([token; 32]),
                expires_at: Timestamp::from_micros(expires),
                used_at: None,
            };
            write.add_challenge(&challenge(2, 20))?;
            write.add_challenge(&challenge(1, -10))?;
            write.use_challenge(&Sha256([2; 32]), Timestamp::from_micros(15))?;
            write.use_challenge(&Sha256([2; 32]), Timestamp::from_micros(16))?;
            let used = Challenge { used_at: Some(Timestamp::from_micros(15)), ..challenge(2, 20) };
            assert_eq!(write.challenges(ClaimId(7))?, [challenge(1, -10), used]);
            Ok(())
        })
        .unwrap();
    // Another one sees it, and what it may not have is not there.
    open()
        .read(&mut |read| {
            assert_eq!(read.tile(3, 70_000)?, Some(vec![2; 96]));
            assert_eq!(read.checkpoint(99)?.as_deref(), Some("a note\n"));
            assert_eq!(read.checkpoint(98)?, None);
            assert_eq!(read.cosignatures(99)?, ["one", "three"]);
            assert_eq!(read.opening(u64::MAX, PrivateField::Claimant)?, None);
            Ok(())
        })
        .unwrap();
}

fn a_change_that_fails_never_was(open: Opener<'_>) {
    let mut store = open();
    let failed = store.write(&mut |write| {
        write.add_entry(0, ClaimId(0), b"{}")?;
        assert_eq!(write.size()?, 1);
        Err(RegistryError::Note { why: "it was to fail" })
    });
    assert!(matches!(failed, Err(RegistryError::Note { .. })));
    store
        .read(&mut |read| {
            assert_eq!(read.size()?, 0);
            Ok(())
        })
        .unwrap();
    // Twice the same number is a defect, not another entry.
    let twice = store.write(&mut |write| {
        write.add_entry(0, ClaimId(0), b"{}")?;
        write.add_entry(0, ClaimId(0), b"{}")
    });
    assert!(matches!(twice, Err(RegistryError::Damaged { .. })), "{twice:?}");
    store
        .read(&mut |read| {
            assert_eq!(read.size()?, 0);
            Ok(())
        })
        .unwrap();
}

/// Two writers: the second one is told that somebody writes when it has waited long enough, and writes when nobody does.
fn a_second_writer_waits(open: Opener<'_>) {
    let (mut first, mut second) = (open(), open());
    let (started, is_started) = mpsc::channel();
    let (finish, may_finish) = mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            first
                .write(&mut |_| {
                    started.send(()).unwrap();
                    may_finish.recv().unwrap();
                    Ok(())
                })
                .unwrap();
        });
        is_started.recv().unwrap();
        let told = second.write(&mut |_| Ok(()));
        assert!(matches!(told, Err(RegistryError::Busy { .. })), "{told:?}");
        // Who reads does not wait.
        second.read(&mut |read| read.size().map(drop)).unwrap();
        finish.send(()).unwrap();
    });
    second.write(&mut |_| Ok(())).unwrap();
}

fn claims_take_their_steps(open: Opener<'_>) {
    let mut desk = Desk::new(1);
    let mut registry = Registry::create(open(), &mut desk.clerk()).unwrap();
    assert_eq!(registry.head().unwrap().size, 0);
    let claims = [
        by("mailto:ana@example.org", claim("domain:example.org", "train-ai=n")),
        by("mailto:eve@example.com", claim("domain:example.org", "train-ai=y")),
        by("mailto:ana@example.org", claim("url:https://example.org/a.jpg", "train-ai=n, search=y")),
        // Twice in one change, and once more below.
        by("mailto:ana@example.org", claim("url:https://example.org/a.jpg", "train-ai=n, search=y")),
    ];
    let [ana, eve, url] = [0, 1, 2].map(ClaimId);
    let made = registry.assert(&claims, &mut desk.clerk()).unwrap();
    assert_eq!(made, [Made::New(ana), Made::New(eve), Made::New(url), Made::Known(url)]);
    assert_eq!(registry.assert(&claims[..1], &mut desk.clerk()).unwrap(), [Made::Known(ana)]);
    let head = registry.head().unwrap();
    assert_eq!(head.size, 3);

    // Who only says so does not contest what is verified; who controls it does.
    registry.contest(ana, None, Some("it is mine"), &mut desk.clerk()).unwrap();
    let token = registry.challenge(ana, Method::WellKnown, &mut desk.clerk()).unwrap();
    let page = format!("# claims\nsayso-claim=00\n{token}\n");
    let place = "https://example.org/.well-known/sayso-claim";
    let verified = registry.verify(ana, Method::WellKnown, &page, place, &mut desk.clerk()).unwrap();
    assert!(verified.is_by_control());
    for by in [None, Some(eve), Some(url)] {
        let told = registry.contest(ana, by, None, &mut desk.clerk());
        assert!(matches!(told, Err(RegistryError::State { .. })), "{by:?}");
    }
    let contested = registry.contest(eve, Some(ana), None, &mut desk.clerk()).unwrap();
    assert_eq!((contested.state, contested.is_by_control()), (ClaimState::Contested, false));
    assert!(registry.contest(eve, None, None, &mut desk.clerk()).is_err());
    assert_eq!(registry.uphold(eve, None, &mut desk.clerk()).unwrap().state, ClaimState::Asserted);
    assert!(registry.uphold(eve, None, &mut desk.clerk()).is_err());
    assert_eq!(registry.revoke(eve, Some("a mistake"), &mut desk.clerk()).unwrap().state, ClaimState::Revoked);
    for told in [
        registry.revoke(eve, None, &mut desk.clerk()).map(drop),
        registry.contest(eve, None, None, &mut desk.clerk()).map(drop),
        registry.challenge(eve, Method::WellKnown, &mut desk.clerk()).map(drop),
    ] {
        assert!(matches!(told, Err(RegistryError::State { .. })));
    }
    assert!(matches!(registry.claim(ClaimId(99)), Err(RegistryError::NoSuchClaim { .. })));
    // What was taken back can be claimed again.
    let again = registry.assert(&claims[1..2], &mut desk.clerk()).unwrap();
    assert_eq!(again, [Made::New(ClaimId(8))]);

    let steps: Vec<_> = registry.history(ana).unwrap().iter().map(|step| step.number).collect();
    assert_eq!(steps, [0, 3, 4]);
    let changed: Vec<_> = registry.changed_since(head.size, 100).unwrap().iter().map(|claim| claim.id.0).collect();
    assert_eq!(changed, [0, 1, 8], "in the order of their last change: 4, 7, 8");
    // The log goes on from what it was.
    let new = registry.head().unwrap();
    let proof = registry.prove_consistency(head.size, new.size).unwrap();
    verify_consistency(&proof, &head.tree(), &new.tree()).unwrap();
    let other = SigningKey::new("registry.example/claims", sayso_registry::log::KeyKind::Ed25519, &[8; 32]).unwrap();
    let mut stranger = Desk { key: other, ..Desk::new(2) };
    assert!(matches!(registry.revoke(ana, None, &mut stranger.clerk()), Err(RegistryError::Key { .. })));
}

fn copied_and_replayed_tokens_count_for_nothing(open: Opener<'_>) {
    let mut desk = Desk::new(3);
    let mut registry = Registry::open(open()).unwrap();
    let claims = ["a", "b", "c"].map(|who| by(who, claim("prefix:https://example.net/art/", "train-ai=n")));
    let made = registry.assert(&claims, &mut desk.clerk()).unwrap();
    let [a, b, c] = [0, 1, 2].map(|number: usize| made[number].id());
    let token = |registry: &mut Registry, id, desk: &mut Desk| {
        registry.challenge(id, Method::WellKnown, &mut desk.clerk()).unwrap().to_string()
    };
    let (of_a, of_b) = (token(&mut registry, a, &mut desk), token(&mut registry, b, &mut desk));
    let by_dns = registry.challenge(c, Method::Dns, &mut desk.clerk()).unwrap().to_string();
    let mut tried = |registry: &mut Registry, id, method, shown: &str, later: i64| {
        desk.now = NOW + later;
        match registry.verify(id, method, shown, "somewhere", &mut desk.clerk()) {
            Ok(_) => "verified",
            Err(RegistryError::NotProven { code, .. }) => code,
            Err(error) => panic!("{error}"),
        }
    };
    let week = 7 * 24 * 3_600_000_000;
    let cut = &of_a[..of_a.len() - 1];
    for (id, method, shown, later, code) in [
        (a, Method::WellKnown, "", 0, "no-token"),
        (a, Method::WellKnown, cut, 0, "no-token"),
        (a, Method::WellKnown, "sayso-claim=zz345678901234567890123456789012", 0, "no-token"),
        (a, Method::WellKnown, "sayso-claim=éé345678901234567890123456789012", 0, "no-token"),
        (a, Method::WellKnown, of_b.as_str(), 0, "other-token"),
        (c, Method::WellKnown, of_a.as_str(), 0, "other-token"),
        (a, Method::WellKnown, of_a.as_str(), week + 1, "old-token"),
        (a, Method::Profile, of_a.as_str(), 0, "wrong-way"),
        (a, Method::Signature, of_a.as_str(), 0, "no-key"),
        (a, Method::WellKnown, &format!("{of_b} {of_a}"), week, "verified"),
        (a, Method::WellKnown, of_a.as_str(), 0, "used-token"),
        (b, Method::WellKnown, of_a.as_str(), 0, "other-token"),
        // A token counts by the method it was given out for.
        (b, Method::Dns, of_b.as_str(), 0, "other-token"),
        (c, Method::WellKnown, by_dns.as_str(), 0, "other-token"),
        (c, Method::Dns, &format!("v=spf1 -all\n\n{by_dns}"), 0, "verified"),
        (c, Method::Dns, by_dns.as_str(), 0, "used-token"),
    ] {
        assert_eq!(tried(&mut registry, id, method, shown, later), code, "{id} {method} {shown} {later}");
    }
    let mut desk = Desk::new(4);
    let kept = registry.claim(c).unwrap();
    assert_eq!((kept.method, kept.is_by_control()), (Some(Method::Dns), true), "it is read as it was written");
    assert!(registry.challenge(a, Method::Profile, &mut desk.clerk()).is_err());
}

fn keys_sign(open: Opener<'_>) {
    let mut desk = Desk::new(5);
    let mut registry = Registry::open(open()).unwrap();
    let own = SigningKey::new("ana.example", sayso_registry::log::KeyKind::Ed25519, &[5; 32]).unwrap();
    let hash = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";
    let new = by(&format!("key:{}", own.public()), claim(&format!("sha256:{hash}"), "train-ai=y"));
    let id = registry.assert(&[new], &mut desk.clerk()).unwrap()[0].id();
    let token = registry.challenge(id, Method::Signature, &mut desk.clerk()).unwrap();
    let origin = registry.identity().key.name().to_owned();
    let note = |text: String, key: &SigningKey| SignedNote::sign(text, key).unwrap().to_string();
    let other = SigningKey::new("ana.example", sayso_registry::log::KeyKind::Ed25519, &[6; 32]).unwrap();
    let right = signature_text(&origin, id, &token);
    for forged in [
        note(right.clone(), &other),
        note(right.replace("sayso claim", "sayso-claim"), &own),
        note(signature_text("elsewhere.example", id, &token), &own),
        note(signature_text(&origin, ClaimId(id.0 + 1), &token), &own),
    ] {
        assert!(registry.verify(id, Method::Signature, &forged, "", &mut desk.clerk()).is_err(), "{forged}");
    }
    let verified = registry.verify(id, Method::Signature, &note(right, &own), "", &mut desk.clerk()).unwrap();
    // A key shows who speaks, and not whose the picture is.
    assert_eq!((verified.state, verified.is_by_control()), (ClaimState::Verified, false));
}

fn what_is_erased_is_gone_and_proofs_hold(open: Opener<'_>) {
    let mut desk = Desk::new(6);
    let mut registry = Registry::open(open()).unwrap();
    let new = by("mailto:forget-me@example.org", claim("url:https://example.org/forget/me.jpg", "train-ai=n"));
    let id = registry.assert(&[new], &mut desk.clerk()).unwrap()[0].id();
    let before = registry.prove(id.0).unwrap();
    let head = registry.head().unwrap();
    let erased = registry.erase(&[id], false).unwrap();
    assert_eq!((erased.claims, erased.values), (1, 1));
    assert!(registry.claim(id).unwrap().subject.is_some());
    assert_eq!(registry.erase(&[id], true).unwrap().values, 1);
    assert_eq!(registry.erase(&[id], true).unwrap(), sayso_registry::Erased::default());
    assert_eq!(registry.claim(id).unwrap().subject, None);
    assert!(registry.history(id).unwrap().iter().all(|step| step.openings.is_empty()));
    // What the log says is what it said.
    assert_eq!((registry.head().unwrap(), registry.prove(id.0).unwrap()), (head.clone(), before.clone()));
    verify_inclusion(&before.inclusion, &leaf_hash(before.entry.as_bytes()), &head.tree()).unwrap();
    assert!(!before.entry.contains("forget"));
}

fn many_claims_are_found_again(open: Opener<'_>) {
    let mut desk = Desk::new(7);
    let mut registry = Registry::open(open()).unwrap();
    let claims: Vec<_> =
        (0..600).map(|n| claim(&format!("url:https://many.example/{n}/picture.jpg"), "train-genai=n")).collect();
    let first = registry.assert(&claims, &mut desk.clerk()).unwrap()[0].id();
    let mut index = ClaimIndex::load(&mut registry).unwrap();
    for number in [0_u64, 1, 299, 599] {
        let url = format!("http://MANY.example/{number}/picture.jpg#x");
        let found = index.find(&Sought { url: &url, ..Sought::default() });
        assert_eq!(
            found.iter().map(|it| (it.claim.id, it.how)).collect::<Vec<_>>(),
            [(ClaimId(first.0 + number), How::Address)]
        );
    }
    assert_eq!(*index.head(), registry.head().unwrap());
    assert!(!index.refresh(&mut registry).unwrap());
    registry.revoke(first, None, &mut desk.clerk()).unwrap();
    registry.assert(&[claim("domain:many.example", "search=n")], &mut desk.clerk()).unwrap();
    assert!(index.refresh(&mut registry).unwrap());
    let found = index.find(&Sought { url: "https://many.example/0/picture.jpg", ..Sought::default() });
    assert_eq!(found.iter().map(|it| it.claim.subject.to_string()).collect::<Vec<_>>(), ["domain:many.example"]);
}

fn the_whole_adds_up(open: Opener<'_>) {
    let mut registry = Registry::open(open()).unwrap();
    let audit = registry.audit().unwrap();
    assert_eq!(audit.faults, []);
    assert_eq!((audit.head.clone(), audit.erased), (registry.head().unwrap(), 2));
    assert!(audit.claims > 600 && audit.opened > 600, "{audit:?}");
    // Whoever changes what is kept beside the log is found out.
    open()
        .write(&mut |write| {
            let claim = write.claim(ClaimId(0))?.unwrap();
            write.put_claim(&sayso_registry::claim::Claim { state: ClaimState::Revoked, ..claim })?;
            write.remove_opening(2, PrivateField::Claimant)?;
            write.add_opening(2, PrivateField::Claimant, &Opening { salt: [0; 32], value: "eve".to_owned() })
        })
        .unwrap();
    let faults: Vec<_> = registry.audit().unwrap().faults.iter().map(|fault| fault.number).collect();
    assert_eq!(faults, [Some(2), Some(0)]);
    open()
        .write(&mut |write| {
            let mut tile = write.tile(0, 0)?.unwrap();
            tile[40] ^= 1;
            write.put_tile(0, 0, &tile)
        })
        .unwrap();
    assert!(registry.audit().unwrap().faults.iter().any(|fault| fault.what.contains("tile")));
    open()
        .write(&mut |write| {
            let mut tile = write.tile(1, 0)?.unwrap();
            tile[40] ^= 1;
            write.put_tile(1, 0, &tile)
        })
        .unwrap();
    let forked = Registry::open(open());
    assert!(matches!(forked, Err(RegistryError::Fork(_))), "{forked:?}");
}
