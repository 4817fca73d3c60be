//! Verifying claims by asking sites: this test's own, on 127.0.0.1, under names of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, dead_code, reason = "tests")]

mod sites;

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sayso::build::default_limits;
use sayso::claims::{RegistryPlace, Ways, instructions, verify_online, way_of};
use sayso::online::{AllowPrivate, Names, Online, OnlineOptions, SystemClock};
use sayso_core::Timestamp;
use sayso_registry::claim::{Claim, ClaimId, ClaimState, Method, NewClaim};
use sayso_registry::log::SigningKey;
use sayso_registry::{Clerk, Registry, RegistryError, SystemRandomness};
use sites::{Site, leads_to, nothing, text};

#[derive(Debug)]
struct TestNames(HashMap<&'static str, SocketAddr>);

impl Names for TestNames {
    fn addresses(&self, host: &str, _: u16) -> io::Result<Vec<SocketAddr>> {
        self.0.get(host).map(|address| vec![*address]).ok_or_else(|| io::Error::other("no such name"))
    }
}

fn online(hosts: &[&'static str], allowed: &[&str], address: SocketAddr) -> Online {
    let options = OnlineOptions {
        agent: "sayso".to_owned(),
        limits: default_limits(),
        contact: None,
        allow_private: AllowPrivate::of(&allowed.iter().map(|host| (*host).to_owned()).collect::<Vec<_>>()),
        pause: Duration::ZERO,
        timeout: Duration::from_secs(10),
        cache: None,
    };
    let names = TestNames(hosts.iter().map(|host| (*host, address)).collect());
    Online::with(options, Arc::new(SystemClock), Arc::new(names)).unwrap()
}

struct Desk {
    _dir: tempfile::TempDir,
    registry: Registry,
    key: SigningKey,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        let (registry, key) = RegistryPlace::of(dir.path()).open_to_write(Some("test.example"), now).unwrap();
        Self { _dir: dir, registry, key }
    }

    fn clerk<T>(&mut self, act: impl FnOnce(&mut Registry, &mut Clerk<'_>) -> T) -> T {
        let now = Timestamp::from_micros(
            i64::try_from(std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_micros()).unwrap(),
        );
        let mut randomness = SystemRandomness;
        act(&mut self.registry, &mut Clerk { key: &self.key, now, randomness: &mut randomness })
    }

    fn claim(&mut self, subject: &str) -> Claim {
        let new = NewClaim {
            subject: subject.parse().unwrap(),
            preferences: "train-ai=n".parse().unwrap(),
            claimant: None,
            terms: None,
            since: None,
        };
        let id = self.clerk(|registry, clerk| registry.assert(&[new], clerk)).unwrap()[0].id();
        self.registry.claim(id).unwrap()
    }

    fn token(&mut self, claim: &Claim) -> String {
        let method = way_of(claim, Ways::default());
        self.clerk(|registry, clerk| registry.challenge(claim.id, method, clerk)).unwrap().to_string()
    }

    fn verify(&mut self, claim: &Claim, ways: Ways<'_>, online: &Online) -> Result<Claim, sayso::Error> {
        verify_online(&mut self.registry, &self.key, claim, ways, online)
    }
}

/// A site whose files can change.
fn site(files: &Arc<Mutex<HashMap<String, sites::Reply>>>) -> Site {
    let files = Arc::clone(files);
    Site::start(move |asked| files.lock().unwrap().get(&asked.path).cloned().unwrap_or_else(nothing))
}

const FILE: &str = "/.well-known/sayso-claim";

#[test]
fn a_domain_is_verified_by_its_own_file_alone() {
    let files = Arc::new(Mutex::new(HashMap::new()));
    let site = site(&files);
    let put = |path: &str, reply| drop(files.lock().unwrap().insert(path.to_owned(), reply));
    let hosts = ["ana.example", "www.ana.example", "eve.example", "notana.example"];
    let online = online(&hosts, &["ana.example", "www.ana.example", "eve.example"], site.address);
    let mut desk = Desk::new();
    let claim = desk.claim("domain:ana.example");
    let token = desk.token(&claim);
    let said = |result: Result<Claim, sayso::Error>| result.map(|claim| claim.state).map_err(|error| error.to_string());

    let missing = said(desk.verify(&claim, Ways::default(), &online)).unwrap_err();
    assert!(missing.contains("it is not there") && missing.contains("\nhint: put the token there"), "{missing}");
    put(FILE, text("nothing of interest\n"));
    assert!(said(desk.verify(&claim, Ways::default(), &online)).unwrap_err().contains("no token stands there"));
    // Somebody else's token, and a place that speaks for somebody else.
    let others = desk.claim("domain:eve.example");
    put(FILE, text(&format!("{}\n", desk.token(&others))));
    assert!(said(desk.verify(&claim, Ways::default(), &online)).unwrap_err().contains("not given out for this claim"));
    put("/elsewhere", text(&token));
    put(FILE, leads_to(&format!("http://eve.example:{}/elsewhere", site.address.port())));
    let led = said(desk.verify(&claim, Ways::default(), &online)).unwrap_err();
    assert!(led.contains("eve.example, which does not speak for it"), "{led}");
    put(FILE, leads_to(&format!("http://notana.example:{}/elsewhere", site.address.port())));
    assert!(said(desk.verify(&claim, Ways::default(), &online)).unwrap_err().contains("does not speak for it"));
    // robots.txt keeps crawlers out, and this is none: whose site it is has asked for it.
    put("/robots.txt", text("User-agent: *\nDisallow: /\n"));
    put(FILE, leads_to(&format!("http://www.ana.example:{}/elsewhere", site.address.port())));
    assert_eq!(said(desk.verify(&claim, Ways::default(), &online)), Ok(ClaimState::Verified));
    assert!(desk.registry.claim(claim.id).unwrap().is_by_control());
    // The token lies there for everybody to see, and is worth nothing to anybody any more.
    for again in [claim.id, others.id] {
        let again = desk.registry.claim(again).unwrap();
        let url = Ways::default();
        put(FILE, text(&token));
        let error = said(desk.verify(&again, url, &online)).unwrap_err();
        assert!(error.contains("used before") || error.contains("not given out"), "{error}");
    }
    let history = desk.registry.history(claim.id).unwrap();
    assert_eq!(history[1].openings[0].1.value, "http://ana.example/.well-known/sayso-claim");
}

#[test]
fn private_addresses_are_not_asked_and_plain_http_neither() {
    let files = Arc::new(Mutex::new(HashMap::new()));
    let site = site(&files);
    let mut desk = Desk::new();
    let claim = desk.claim("url:http://inside.example/a.jpg");
    let token = desk.token(&claim);
    files.lock().unwrap().insert(FILE.to_owned(), text(&token));
    let strict = online(&["inside.example"], &[], site.address);
    let error = desk.verify(&claim, Ways::default(), &strict).unwrap_err().to_string();
    assert!(error.starts_with("cannot use the input `https://inside.example/"), "{error}");
    assert!(error.contains("is not public (this machine)"), "{error}");
    assert_eq!(site.asked().len(), 0);
    let allowed = online(&["inside.example"], &["inside.example"], site.address);
    assert_eq!(desk.verify(&claim, Ways::default(), &allowed).unwrap().state, ClaimState::Verified);
    assert!(
        instructions(&desk.registry, &claim, Method::WellKnown, &token.parse().unwrap())
            .contains("https://inside.example")
    );
}

#[test]
fn an_account_is_verified_on_its_own_page() {
    let files = Arc::new(Mutex::new(HashMap::new()));
    let site = site(&files);
    let hosts = ["www.deviantart.com", "deviantart.com"];
    let online = online(&hosts, &hosts, site.address);
    let mut desk = Desk::new();
    let claim = desk.claim("account:deviantart.com/ana");
    let token = desk.token(&claim);
    files.lock().unwrap().insert("/eve".to_owned(), text(&token));
    let mut tried = |profile: &str| {
        let ways = Ways { profile: Some(profile), by_signature: false };
        desk.verify(&claim, ways, &online).map(|claim| claim.state).map_err(|error| error.to_string())
    };
    assert!(tried("https://www.deviantart.com/eve").unwrap_err().contains("not the account's own"));
    assert!(tried("https://eve.example/ana").unwrap_err().contains("not the account's own"));
    // A page of the account that sends on to somebody else's, on the same host, shows what they wrote.
    let put = |path: &str, reply| drop(files.lock().unwrap().insert(path.to_owned(), reply));
    put("/ana", leads_to("/eve"));
    let led = tried("http://www.deviantart.com/ana").unwrap_err();
    assert!(led.contains("does not speak for it"), "{led}");
    put("/ana", text(&format!("<p>About me</p> {token} <p>")));
    // Even a host that is allowed by name is looked up and asked as it is written.
    assert_eq!(tried("http://www.deviantart.com/ana"), Ok(ClaimState::Verified));
    let picture = desk.claim(&format!("sha256:{}", "ab".repeat(32)));
    let error = desk.verify(&picture, Ways::default(), &online).unwrap_err().to_string();
    assert!(error.contains("\nhint: show the signed note"), "{error}");
    let unknown = desk.claim("account:portfolio.example/ana");
    desk.token(&unknown);
    let error = desk.verify(&unknown, Ways::default(), &online).unwrap_err().to_string();
    assert!(error.contains("\nhint: name the page with --profile"), "{error}");
    assert!(matches!(desk.registry.claim(ClaimId(99)), Err(RegistryError::NoSuchClaim { .. })));
}
