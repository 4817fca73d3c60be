//! Claims made and verified over HTTP by people who may be anybody, and looked up by programs that ask for much.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod support;

use std::net::UdpSocket;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sayso::claims::RegistryPlace;
use sayso::dns::Resolver;
use sayso_core::Timestamp;
use sayso_registry::claim::NewClaim;
use sayso_registry::log::{KeyKind, SigningKey};
use sayso_registry::{Clerk, SystemRandomness};
use serde_json::Value;
use support::keeping::{Visitor, between, generous, keep, service};
use support::{Answer, Running, demo_dataset, limits, start_as};

fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Timestamp::from_micros(i64::try_from(since.as_secs()).unwrap() * 1_000_000)
}

/// Makes a claim with the form, and says its number.
fn claim(server: &Running, visitor: &mut Visitor, subject: &str, contact: &str) -> (Answer, u64) {
    let made = visitor.post(server, "/claim", &[("other", subject), ("use-train-ai", "n"), ("contact", contact)]);
    let number = made.body.split("href=\"/claims/").nth(1).and_then(|rest| rest.split('"').next()?.parse().ok());
    (made, number.unwrap_or(u64::MAX))
}

#[test]
fn nobody_is_told_what_a_key_has_claimed_or_keeps_it_from_claiming() {
    let dir = tempfile::tempdir().unwrap();
    let server = keep(&dir.path().join("registry"), generous());
    let key = SigningKey::new("ana.example", KeyKind::Ed25519, &[7; 32]).unwrap();
    let contact = format!("key:{}", key.public());
    let subject = "domain:art.example.org";
    // Somebody else says that they are Ana; whoever can sign for her makes the same claim, and has a token of her own.
    let (squatted, first) = claim(&server, &mut Visitor::default(), subject, &contact);
    let mut ana = Visitor::default();
    let (made, second) = claim(&server, &mut ana, subject, &contact);
    assert_eq!((squatted.status, made.status), (201, 201));
    assert!(first != second && !made.body.contains("stood"), "{}", made.body);
    assert!(ana.get(&server, &format!("/claims/{second}")).body.contains("It is yours"));
    assert!(!ana.get(&server, &format!("/claims/{first}")).body.contains("It is yours"));
    let challenge = ana.post(&server, &format!("/claims/{second}/challenge"), &[("way", "signature")]);
    assert!(challenge.status == 200 && challenge.body.contains("sign these lines"), "{}", challenge.body);
    for contact in ["key:", "key:nonsense", "key:ana.example", "key:ana.example+00000000+AAAA"] {
        let (refused, _) = claim(&server, &mut Visitor::default(), subject, contact);
        assert_eq!(refused.status, 422, "{contact}: {}", refused.body);
        assert!(refused.body.contains("is no key"), "{}", refused.body);
    }
}

/// A resolver that knows one name, whose record is whatever was put there.
fn resolver(name: &'static str) -> (Resolver, Arc<Mutex<String>>) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let text = Arc::new(Mutex::new(String::new()));
    let told = Arc::clone(&text);
    std::thread::spawn(move || {
        let mut question = [0; 1500];
        while let Ok((length, from)) = socket.recv_from(&mut question) {
            // Labels up to the root, then type and class.
            let mut end = 12;
            let mut labels = Vec::new();
            while question[end] > 0 {
                let label = end + 1..end + 1 + usize::from(question[end]);
                labels.push(String::from_utf8(question[label.clone()].to_vec()).unwrap());
                end = label.end;
            }
            end += 5;
            assert!(end <= length);
            let text = told.lock().unwrap().clone();
            let is_there = labels.join(".").eq_ignore_ascii_case(name) && !text.is_empty();
            let mut answer = question[..2].to_vec();
            answer.extend([0x81, if is_there { 0x80 } else { 0x83 }, 0, 1, 0, u8::from(is_there), 0, 0, 0, 0]);
            answer.extend(&question[12..end]);
            if is_there {
                let length = u8::try_from(text.len()).unwrap();
                answer.extend([0xc0, 12, 0, 16, 0, 1, 0, 0, 1, 44, 0, length + 1, length]);
                answer.extend(text.as_bytes());
            }
            socket.send_to(&answer, from).unwrap();
        }
    });
    (Resolver::at(address, Duration::from_secs(30)), text)
}

fn keep_with(registry: &Path, resolver: Resolver) -> Running {
    start_as(&[demo_dataset().to_owned()], limits(), |server| {
        let mut service = service(registry, generous());
        service.resolver = Some(resolver);
        server.keep_registry(service).unwrap()
    })
}

#[test]
fn a_claim_is_verified_by_a_text_record_where_a_resolver_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let (resolver, record) = resolver("_sayso-claim.pictures.example.org");
    let server = keep_with(&dir.path().join("registry"), resolver);
    let mut ana = Visitor::default();
    let (_, number) = claim(&server, &mut ana, "prefix:https://pictures.example.org/art/", "");
    let at = |what: &str| format!("/claims/{number}/{what}");
    assert!(ana.get(&server, &format!("/claims/{number}")).body.contains("Look in the DNS now"));
    let told = ana.post(&server, &at("challenge"), &[("way", "dns")]);
    let line = "_sayso-claim.pictures.example.org. 300 IN TXT &#34;sayso-claim=";
    assert!(told.status == 200 && told.body.contains(line), "{}", told.body);
    let token = format!("sayso-claim={}", between(&told.body, line, "&#34;"));
    // Nothing is there, or something else.
    for there in ["", "v=spf1 -all", "sayso-claim=00000000000000000000000000000000"] {
        there.clone_into(&mut record.lock().unwrap());
        assert_eq!(ana.post(&server, &at("verify"), &[("way", "dns")]).status, 422, "{there}");
    }
    record.lock().unwrap().clone_from(&token);
    // The same record says nothing of somebody else's claim on the same, and a token counts by its own way alone.
    let mut eve = Visitor::default();
    let (_, other) = claim(&server, &mut eve, "prefix:https://pictures.example.org/art/", "");
    eve.post(&server, &format!("/claims/{other}/challenge"), &[("way", "dns")]);
    assert_eq!(eve.post(&server, &format!("/claims/{other}/verify"), &[("way", "dns")]).status, 422);
    assert_eq!(eve.post(&server, &at("verify"), &[("way", "dns")]).status, 403);
    let verified = ana.post(&server, &at("verify"), &[("way", "dns")]);
    assert!(verified.status == 200 && verified.body.contains("It is verified."), "{}", verified.body);
    let claim_of = |number: u64| {
        let answer = server.ask("GET", &format!("/api/v1/claims/{number}"), &[], b"");
        serde_json::from_str::<Value>(&answer.body).unwrap()
    };
    assert_eq!((&claim_of(number)["method"], &claim_of(number)["state"]), (&"dns".into(), &"verified".into()));
    assert_eq!(claim_of(other)["state"], "asserted");
    // What has no host is offered none of it.
    let (_, file) = claim(&server, &mut ana, &format!("sha256:{}", "ab".repeat(32)), "");
    assert!(!ana.get(&server, &format!("/claims/{file}")).body.contains("DNS"));
}

#[test]
fn without_a_resolver_nobody_is_sent_to_the_dns() {
    let dir = tempfile::tempdir().unwrap();
    let server = keep(&dir.path().join("registry"), generous());
    let mut ana = Visitor::default();
    let (_, number) = claim(&server, &mut ana, "domain:pictures.example.org", "");
    assert!(!ana.get(&server, &format!("/claims/{number}")).body.contains("DNS"));
    for what in ["challenge", "verify"] {
        let answer = ana.post(&server, &format!("/claims/{number}/{what}"), &[("way", "dns")]);
        assert!(answer.status == 422 && answer.body.contains("asks nobody for text records"), "{}", answer.body);
    }
}

#[test]
fn a_question_takes_no_more_than_its_share() {
    let dir = tempfile::tempdir().unwrap();
    let registry = dir.path().join("registry");
    let (mut written, key) = RegistryPlace::of(&registry).open_to_write(None, now()).unwrap();
    let claims: Vec<NewClaim> = (0..300)
        .map(|number| NewClaim {
            subject: "domain:many.example.org".parse().unwrap(),
            preferences: "train-ai=n".parse().unwrap(),
            claimant: Some(format!("somebody {number}")),
            terms: None,
            since: None,
        })
        .collect();
    let mut randomness = SystemRandomness;
    written.assert(&claims, &mut Clerk { key: &key, now: now(), randomness: &mut randomness }).unwrap();
    drop(written);
    let server = keep(&registry, generous());
    let ask = |path: &str, urls: &[String]| {
        let answer = server.ask("POST", path, &[("content-type", "text/plain".to_owned())], urls.join("\n").as_bytes());
        (answer.status, serde_json::from_str::<Value>(&answer.body).unwrap())
    };
    let (look_up, spawning) = ("/api/v1/claims/look-up", "/api/v2/query/urls/");
    let one = "https://many.example.org/1.jpg".to_owned();
    // All count, and some are told.
    let (status, answer) = ask(look_up, &[one.clone(), "https://none.example/".to_owned(), one.clone()]);
    assert_eq!(status, 200);
    let results = answer["results"].as_array().unwrap();
    assert_eq!((results[0]["claims"].as_array().unwrap().len(), &results[0]["more_claims"]), (100, &200.into()));
    assert_eq!(results[0]["says"]["train-ai"], "disallowed");
    assert_eq!((&results[0], results[1].get("more_claims")), (&results[2], None));
    // The same many times is looked up once; many that have many claims each are refused, whoever asks for them.
    let (status, answer) = ask(spawning, &vec![one.clone(); 10_000]);
    assert_eq!((status, answer["urls"][9_999]["optOut"].as_bool()), (200, Some(true)));
    assert_eq!(ask(look_up, &vec![one; 10_000]).0, 400);
    let different: Vec<String> = (0..1_000).map(|number| format!("https://many.example.org/{number}.jpg")).collect();
    for path in [look_up, spawning] {
        let (status, answer) = ask(path, &different);
        assert_eq!((status, &answer["error"]["code"]), (400, &"too-many-claims".into()), "{answer}");
        assert_eq!(ask(path, &different[..300]).0, 200);
    }
}
