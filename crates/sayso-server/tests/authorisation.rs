//! Every address by every role, over HTTP.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod support;

use std::num::NonZeroU32;
use std::path::Path;
use std::time::Duration;

use sayso::claims::RegistryPlace;
use sayso_core::Timestamp;
use sayso_registry::claim::ClaimId;
use sayso_registry::office::Session;
use sayso_registry::{Clerk, SystemRandomness};
use sayso_server::{Opened, Rate, RegistryLimits, RegistryService, addresses_of};
use support::keeping::{Visitor, between, generous, keep, service};
use support::studio::studio;
use support::{Running, demo_dataset, limits, start_as};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Somebody without a cookie.
    Nobody,
    /// Whoever made the claim.
    Holder,
    /// Whoever made another one.
    OtherHolder,
    /// Somebody who decides.
    Operator,
    /// Holder and operator, but yesterday.
    Expired,
    /// Whoever has a session in the studio.
    Guest,
    /// Holder, operator and guest, whose browser is led by another site's page.
    CrossSite,
}

use Role::{CrossSite, Expired, Guest, Holder, Nobody, Operator, OtherHolder};

const ROLES: [Role; 7] = [Nobody, Holder, OtherHolder, Operator, Expired, Guest, CrossSite];

/// What an address answers each role: the same to all, or the status that it has for those who may and 403 for the rest.
enum May {
    /// Everybody reads it, or asks it something that changes nothing.
    All(u16),
    /// Everybody, but from pages of this server only.
    Here(u16),
    /// These, from pages of this server only.
    Only(&'static [Role], u16),
}

use May::{All, Here, Only};

/// The table. An address that is added to the router and not here makes the test fail.
const TABLE: &[(&str, &str, May)] = &[
    ("GET", "/", All(200)),
    ("GET", "/search", All(200)),
    ("GET", "/compare", All(200)),
    ("GET", "/overview", All(200)),
    ("GET", "/sql", All(501)),
    ("GET", "/lineage", All(404)),
    ("GET", "/lineage/path", All(404)),
    ("GET", "/lineage/{id}", All(404)),
    ("GET", "/samples/{uid}", All(200)),
    ("GET", "/domain/{name}", All(404)),
    ("GET", "/creator/{name}", All(404)),
    ("GET", "/licence/{name}", All(404)),
    ("GET", "/column/{column}/{value}", All(404)),
    ("GET", "/match", All(200)),
    ("POST", "/match", All(422)),
    ("GET", "/verify", All(200)),
    ("GET", "/about", All(200)),
    ("GET", "/robots.txt", All(200)),
    ("GET", "/assets/{name}", All(404)),
    ("GET", "/healthz", All(200)),
    ("GET", "/api/v1/search", All(200)),
    ("GET", "/api/v1/compare", All(404)),
    ("GET", "/api/v1/export", All(200)),
    ("GET", "/api/v1/facets", All(200)),
    ("GET", "/api/v1/match", All(400)),
    ("GET", "/api/v1/lineage", All(404)),
    ("GET", "/api/v1/lineage/path", All(404)),
    ("GET", "/api/v1/lineage/{id}", All(404)),
    ("GET", "/api/v1/near", All(400)),
    ("GET", "/api/v1/sql", All(501)),
    ("GET", "/api/v1/samples/{uid}", All(200)),
    ("GET", "/api/v1/domain/{name}", All(404)),
    ("GET", "/api/v1/creator/{name}", All(404)),
    ("GET", "/api/v1/licence/{name}", All(404)),
    ("GET", "/api/v1/column/{column}/{value}", All(404)),
    ("GET", "/api/v1/datasets", All(200)),
    ("GET", "/api/v1/openapi.json", All(200)),
    ("POST", "/knn-service", All(404)),
    ("GET", "/indices-list", All(200)),
    ("POST", "/indices-list", All(200)),
    ("GET", "/claim", All(200)),
    ("POST", "/claim", Here(201)),
    ("GET", "/claims/{number}", All(200)),
    ("POST", "/claims/{number}/follow", Only(&[Holder], 303)),
    ("POST", "/claims/{number}/challenge", Only(&[Holder], 200)),
    // Who may is told that the note proves nothing.
    ("POST", "/claims/{number}/verify", Only(&[Holder], 422)),
    ("POST", "/claims/{number}/revoke", Only(&[Holder], 200)),
    ("POST", "/claims/{number}/erase", Only(&[Holder], 200)),
    ("GET", "/removals", All(200)),
    ("GET", "/report/{uid}", All(200)),
    ("POST", "/report/{uid}", Here(201)),
    // Those who are no operator are shown the way in.
    ("GET", "/operator", All(200)),
    ("GET", "/operator/trail", Only(&[Operator, CrossSite], 200)),
    ("POST", "/operator/login", Only(&[Operator], 303)),
    ("POST", "/operator/logout", Only(&[Operator], 303)),
    ("POST", "/operator/reports/{number}", Only(&[Operator], 303)),
    ("POST", "/operator/claims/{number}", Only(&[Operator], 303)),
    ("GET", "/log/checkpoint", All(200)),
    ("GET", "/log/tile/{*path}", All(404)),
    ("POST", "/log/cosignature", All(400)),
    ("GET", "/opt-outs", All(200)),
    ("GET", "/api/v1/claims/{number}", All(200)),
    ("POST", "/api/v1/claims/look-up", All(200)),
    ("GET", "/api/v1/log/proof/{entry}", All(200)),
    ("GET", "/api/v1/log/consistency", All(200)),
    ("GET", "/api/v1/removals", All(200)),
    ("POST", "/api/v2/query/urls/", All(200)),
    ("GET", "/studio", All(200)),
    ("POST", "/studio/session", Here(303)),
    // Who may is told what the form lacks.
    ("POST", "/studio/pictures", Only(&[Guest], 422)),
    ("POST", "/studio/pictures/remove", Only(&[Guest], 303)),
    ("POST", "/studio/own-word", Only(&[Guest], 422)),
    ("POST", "/studio/shown", Only(&[Guest], 422)),
    ("POST", "/studio/train", Only(&[Guest], 422)),
    ("POST", "/studio/stop", Only(&[Guest], 303)),
    ("GET", "/studio/training", Only(&[Guest, CrossSite], 303)),
    ("GET", "/studio/made", Only(&[Guest, CrossSite], 200)),
    ("POST", "/studio/made", Only(&[Guest], 422)),
    ("GET", "/studio/files/{name}", All(404)),
    // Nothing was brought yet.
    ("GET", "/studio/receipt", Only(&[Guest, CrossSite], 422)),
    ("POST", "/studio/delete", Only(&[Guest], 303)),
    // Nothing of anybody's is deleted yet.
    ("GET", "/studio/ended", All(403)),
    ("POST", "/studio/forget", Only(&[Guest], 303)),
    ("GET", "/studio/deletions", All(200)),
];

/// All that can be open.
const ALL: Opened = Opened { has_registry: true, studio_bytes: Some(1 << 20) };
const NONE: Opened = Opened { has_registry: false, studio_bytes: None };

/// A server, and what each check needs anew of it.
struct World {
    server: Running,
    place: RegistryPlace,
    operator_token: String,
    uid: String,
    claims: u32,
}

/// A claim of its own for one check, with those who come.
#[derive(Clone)]
struct Scene {
    claim: u64,
    token: String,
    other_token: String,
    report: String,
}

impl World {
    fn new(dir: &Path) -> Self {
        let registry = dir.join("registry");
        let server = start_as(&[demo_dataset().to_owned()], limits(), |server| {
            let server = server.keep_registry(service(&registry, generous())).unwrap();
            server.open_studio(studio(dir, 10_000))
        });
        let place = RegistryPlace::of(&registry);
        let token = place.open_office().unwrap().add_operator("Ben", now(), &mut SystemRandomness).unwrap();
        let uid = server.first_uid("red+evening");
        Self { server, place, operator_token: token.to_string(), uid, claims: 0 }
    }

    /// Somebody claims a site.
    fn claim(&mut self) -> (u64, String, Visitor) {
        self.claims += 1;
        let mut visitor = Visitor::default();
        let subject = format!("domain:a{}.example.org", self.claims);
        let made = visitor.post(&self.server, "/claim", &[("other", &subject), ("use-train-ai", "n")]);
        assert_eq!(made.status, 201, "{}", made.body);
        let token = between(&made.body, "<pre class=\"cite\"><code>", "<").to_owned();
        (between(&made.body, "href=\"/claims/", "\"").parse().unwrap(), token, visitor)
    }

    fn operator(&self) -> Visitor {
        let mut visitor = Visitor::default();
        let answer = visitor.post(&self.server, "/operator/login", &[("token", &self.operator_token)]);
        assert_eq!((answer.status, answer.header("location").as_str()), (303, "/operator"));
        visitor
    }

    /// A session that was there until a moment ago, or will be for a while.
    fn session(&self, claim: u64, seconds: i64) -> Visitor {
        let who = Session { operator: Some("Ben".to_owned()), claims: vec![ClaimId(claim)] };
        let expires_at = Timestamp::from_micros(now().as_micros() + seconds * 1_000_000);
        let mut office = self.place.open_office().unwrap();
        // Written as of a time when it was not over, or it would not be written.
        let made_at = Timestamp::from_micros(now().as_micros() - 1_000_000_000);
        let secret = office.open_session(None, &who, made_at, expires_at, &mut SystemRandomness).unwrap();
        Visitor::with_cookie(&format!("sayso={secret}"))
    }

    fn set(&mut self, role: Role) -> (Scene, Visitor) {
        let (claim, token, holder) = self.claim();
        let (_, other_token, other) = self.claim();
        // A contest, and a report that hides nothing any more: somebody has looked at the sample before.
        let (mut registry, key) = self.place.open_to_write(None, now()).unwrap();
        let mut randomness = SystemRandomness;
        let mut clerk = Clerk { key: &key, now: now(), randomness: &mut randomness };
        registry.contest(ClaimId(claim), None, None, &mut clerk).unwrap();
        let report = self.report();
        let visitor = match role {
            Nobody => Visitor::default(),
            Holder => holder,
            OtherHolder => other,
            Operator => self.operator(),
            Expired => self.session(claim, -1),
            Guest => self.guest(),
            CrossSite => {
                let mut visitor = self.session(claim, 3_600);
                visitor.cookie = format!("{}; {}", visitor.cookie, self.guest().cookie);
                visitor.headers.push(("sec-fetch-site", "cross-site".to_owned()));
                visitor.headers.push(("origin", "https://evil.example".to_owned()));
                visitor
            }
        };
        (Scene { claim, token, other_token, report }, visitor)
    }

    /// Somebody who begins in the studio.
    fn guest(&self) -> Visitor {
        let kind = ("content-type", "application/x-www-form-urlencoded".to_owned());
        let begun = self.server.ask("POST", "/studio/session", &[kind], b"");
        assert_eq!(begun.status, 303, "{}", begun.body);
        let cookie = begun.header("set-cookie");
        assert!(cookie.contains("HttpOnly; SameSite=Strict") && cookie.contains("Max-Age=3600"), "{cookie}");
        Visitor::with_cookie(cookie.split(';').next().unwrap())
    }

    /// The token of a studio's forms, for who has a session there.
    fn studio_form(&self, visitor: &Visitor) -> String {
        let page = self.server.ask("GET", "/studio", &[("cookie", visitor.cookie.clone())], b"").body;
        if page.contains("name=\"form\"") {
            between(&page, "name=\"form\" value=\"", "\"").to_owned()
        } else {
            String::new()
        }
    }

    fn report(&self) -> String {
        let path = format!("/report/{}", self.uid);
        let made = Visitor::default().post(&self.server, &path, &[("reason", "medical")]);
        assert_eq!(made.status, 201, "{}", made.body);
        between(&made.body, "Report ", "<").to_owned()
    }

    /// Shows the sample again, so that there is something to report.
    fn show_again(&self) {
        let report = self.report();
        let decided =
            self.operator().post(&self.server, &format!("/operator/reports/{report}"), &[("decision", "dismiss")]);
        assert_eq!(decided.status, 303, "{report} {}", decided.body);
    }

    fn check(&self, method: &str, path: &str, role: Role, (scene, mut visitor): (Scene, Visitor)) -> u16 {
        let (number, uid) = (scene.claim.to_string(), self.uid.clone());
        let of_report = path.starts_with("/operator/reports/");
        let at = path
            .replace("{number}", if of_report { &scene.report } else { &number })
            .replace("{uid}", &uid)
            .replace("{entry}", &number)
            .replace("{*path}", "0/999")
            .replace(['{', '}'], "");
        let query = match path {
            "/search" | "/api/v1/search" | "/api/v1/export" => "?q=red",
            "/api/v1/log/consistency" => "?old=1&new=2",
            _ => "",
        };
        let at = format!("{at}{query}");
        if method == "GET" {
            let answer = visitor.get(&self.server, &at);
            if path == "/operator" {
                let is_let_in = answer.body.contains("What waits for you");
                assert_eq!(is_let_in, matches!(role, Operator | CrossSite), "{role:?}");
            }
            return answer.status;
        }
        let body: Option<&[u8]> = match path {
            "/api/v1/claims/look-up" | "/api/v2/query/urls/" => Some(b"https://example.org/1.jpg"),
            "/log/cosignature" => Some(b"origin\n1\nroot\n\n\xe2\x80\x94 a AAAAAAAA\n"),
            "/knn-service" => Some(b"{}"),
            "/indices-list" | "/match" => Some(b""),
            _ => None,
        };
        if let Some(body) = body {
            let mut headers = visitor.headers.clone();
            headers.push(("cookie", visitor.cookie));
            return self.server.ask("POST", &at, &headers, body).status;
        }
        if path.starts_with("/studio") {
            let form = self.studio_form(&visitor);
            return visitor.post_as_it_is(&self.server, &at, &[("form", &form)]).status;
        }
        // Each brings the token that it has; another site's page has what it could steal, and it does not help.
        let token = match (path.starts_with("/operator"), role) {
            (true, Operator | CrossSite) => self.operator_token.clone(),
            (false, Holder | CrossSite) => scene.token,
            _ => scene.other_token,
        };
        let subject = format!("domain:b{}.example.org", self.claims);
        let fields = [
            ("token", token.as_str()),
            ("other", &subject),
            ("use-train-ai", "n"),
            ("reason", "private"),
            ("decision", "uphold"),
            ("note", "sayso\n\n— a AAAAAAAA"),
        ];
        let status = visitor.post(&self.server, &at, &fields).status;
        if of_report && status == 303 {
            let again = self.operator().post(&self.server, &at, &[("decision", "dismiss")]);
            assert_eq!(again.status, 303, "what was kept hidden can be shown again");
        }
        status
    }
}

fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Timestamp::from_micros(i64::try_from(since.as_secs()).unwrap() * 1_000_000)
}

#[test]
fn every_address_by_every_role() {
    let known: Vec<(&str, &str)> =
        addresses_of(&limits(), ALL).into_iter().map(|address| (address.method, address.path)).collect();
    let table: Vec<(&str, &str)> = TABLE.iter().map(|(method, path, _)| (*method, *path)).collect();
    for address in &known {
        assert!(table.contains(address), "{address:?} is not in the table: who may ask it?");
    }
    for address in &table {
        assert!(known.contains(address), "{address:?} is in the table, and nothing answers there");
    }
    let dir = tempfile::tempdir().unwrap();
    let mut world = World::new(dir.path());
    world.show_again();
    // What changes nothing needs nothing anew.
    let quiet = ROLES.map(|role| world.set(role));
    let mut wrong = Vec::new();
    for (method, path, may) in TABLE {
        for (number, role) in ROLES.into_iter().enumerate() {
            let expected = match may {
                Here(_) if role == CrossSite => 403,
                All(status) | Here(status) => *status,
                Only(roles, status) if roles.contains(&role) => *status,
                Only(..) => 403,
            };
            let scene = if matches!(may, All(_)) { quiet[number].clone() } else { world.set(role) };
            let found = world.check(method, path, role, scene);
            if found != expected {
                wrong.push(format!("{method} {path} by {role:?}: {found} and not {expected}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    // Whoever did something is told of by name, and nobody's token is.
    assert!(world.operator().get(&world.server, "/operator/trail").body.contains("Ben"));
    let trail = format!("{:?}", world.place.open_office().unwrap().trail(None, 100_000).unwrap());
    for words in ["Ben", "the holder of claim", "revoked", "upheld", "keeps hidden", "shows again", "logged in"] {
        assert!(trail.contains(words), "{words}");
    }
    assert!(!trail.contains(&world.operator_token));
}

#[test]
fn without_a_registry_there_is_none_of_it() {
    let server = start_as(&[demo_dataset().to_owned()], limits(), |server| server);
    let plain = addresses_of(&limits(), NONE);
    for address in addresses_of(&limits(), ALL).into_iter().filter(|address| !plain.contains(address)) {
        let path = address.path.replace(['{', '}', '*'], "");
        let answer = server.ask(address.method, &path, &[], b"");
        assert_eq!(answer.status, 404, "{address:?}");
    }
    assert!(!server.get("/").body.contains("/claim"));
}

#[test]
fn a_form_is_good_for_the_visitor_it_was_made_for() {
    let dir = tempfile::tempdir().unwrap();
    let mut world = World::new(dir.path());
    let (claim, _, mut holder) = world.claim();
    let path = format!("/claims/{claim}/revoke");
    let form = holder.form(&world.server);
    let others = Visitor::default().form(&world.server);
    let mut tried = |form: &str, headers: &[(&'static str, &str)]| {
        holder.headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        holder.post_as_it_is(&world.server, &path, &[("form", form)]).status
    };
    let host = world.server.address.to_string();
    let own = format!("http://{host}");
    for (form, headers) in [
        ("", &[][..]),
        (others.as_str(), &[]),
        (&form[1..], &[]),
        (&form, &[("sec-fetch-site", "same-site")]),
        (&form, &[("origin", "https://evil.example")]),
        (&form, &[("origin", "http://127.0.0.1:1")]),
        (&form, &[("sec-fetch-site", "cross-site"), ("origin", own.as_str())]),
    ] {
        assert_eq!(tried(form, headers), 403, "{headers:?}");
    }
    assert_eq!(tried(&form, &[("sec-fetch-site", "same-origin"), ("origin", "null")]), 200);
    // Without a cookie there is no session that a form could be of.
    assert_eq!(Visitor::default().post_as_it_is(&world.server, &path, &[("form", &form)]).status, 403);
    let long = "a".repeat(70_000);
    assert_eq!(Visitor::default().post(&world.server, "/claim", &[("other", &long)]).status, 413);
    let json = world.server.ask("POST", "/claim", &[("content-type", "application/json".to_owned())], b"{}");
    assert_eq!(json.status, 422);
}

#[test]
fn cookies_are_kept_to_what_they_are_for() {
    let dir = tempfile::tempdir().unwrap();
    let registry = dir.path().join("registry");
    let plain = keep(&registry, generous());
    let cookie = plain.get("/claim").header("set-cookie");
    assert!(cookie.starts_with("sayso=") && cookie.contains("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
    assert!(!cookie.contains("Secure") && !cookie.contains("Domain"), "{cookie}");
    for path in ["/", "/search?q=red", "/removals", "/api/v1/removals", "/opt-outs", "/log/checkpoint"] {
        assert_eq!(plain.get(path).header("set-cookie"), "", "{path}");
    }
    drop(plain);
    let service = RegistryService {
        public_url: Some("https://claims.example.org".parse().unwrap()),
        ..service(&registry, generous())
    };
    let server = start_as(&[demo_dataset().to_owned()], limits(), |server| server.keep_registry(service).unwrap());
    let cookie = server.get("/claim").header("set-cookie");
    assert!(cookie.starts_with("__Host-sayso=") && cookie.ends_with("; Secure"), "{cookie}");
    let mut visitor = Visitor::default();
    visitor.headers.push(("host", "claims.example.org".to_owned()));
    let fields = [("other", "domain:example.org"), ("use-train-ai", "n")];
    visitor.headers.push(("origin", "https://claims.example.org".to_owned()));
    assert_eq!(visitor.post(&server, "/claim", &fields).status, 201, "it answers to its public name");
    // The same name without encryption is another site.
    visitor.headers.last_mut().unwrap().1 = "http://claims.example.org".to_owned();
    assert_eq!(visitor.post(&server, "/claim", &fields).status, 403);
}

#[test]
fn who_asks_too_often_is_told_when_to_come_back() {
    let dir = tempfile::tempdir().unwrap();
    let rate = Rate { burst: NonZeroU32::new(2).unwrap(), every: Duration::from_secs(10_000) };
    let limits_of = RegistryLimits { claims: rate, look_ups: rate, log_ins: rate, ..generous() };
    let service = RegistryService { is_behind_proxy: true, ..service(&dir.path().join("registry"), limits_of) };
    let server = start_as(&[demo_dataset().to_owned()], limits(), |server| server.keep_registry(service).unwrap());
    let claim = |from: &str| {
        let mut visitor = Visitor::default();
        visitor.headers.push(("x-forwarded-for", from.to_owned()));
        visitor.post(&server, "/claim", &[("other", "domain:example.org"), ("use-train-ai", "n")])
    };
    assert_eq!((claim("192.0.2.1").status, claim("192.0.2.1").status), (201, 201));
    let refused = claim("192.0.2.1");
    assert_eq!(refused.status, 429);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 9_000, "{}", refused.header("retry-after"));
    // What a client claims to have come through before counts for nothing: the proxy in front names it last.
    assert_eq!(claim("203.0.113.9, 192.0.2.1").status, 429);
    assert_eq!(claim("192.0.2.1, 203.0.113.9").status, 201);
    for path in ["/api/v1/claims/look-up", "/api/v2/query/urls/"] {
        server.ask("POST", path, &[], b"https://example.org/");
    }
    let refused = server.ask("POST", "/api/v2/query/urls/", &[], b"https://example.org/");
    assert_eq!((refused.status, refused.json()["error"]["code"].as_str()), (429, Some("too-often")));
    assert_eq!(server.get("/opt-outs").status, 429);
    let mut guesser = Visitor::default();
    let guesses: Vec<u16> = (0..3)
        .map(|number| guesser.post(&server, "/operator/login", &[("token", &format!("{number:032x}"))]).status)
        .collect();
    assert_eq!(guesses, [403, 403, 429]);
}

#[test]
fn what_was_hidden_stays_so_and_is_nowhere() {
    let dir = tempfile::tempdir().unwrap();
    let registry = dir.path().join("registry");
    let server = keep(&registry, generous());
    let uid = server.first_uid("red+evening");
    let total = |server: &Running| server.get("/api/v1/search?q=red+evening").json()["total"].as_u64().unwrap();
    let before = total(&server);
    let made = Visitor::default().post(&server, &format!("/report/{uid}"), &[("reason", "private")]);
    assert_eq!(made.status, 201);
    let check = |server: &Running| {
        assert_eq!(total(server), before - 1);
        for path in ["/search?q=red+evening", "/api/v1/search?q=red+evening", "/api/v1/export?q=red+evening"] {
            assert!(!server.get(path).body.contains(&uid), "{path}");
        }
        let sample = server.get(&format!("/api/v1/samples/{uid}"));
        assert_eq!((sample.status, sample.json()["error"]["code"].as_str()), (404, Some("hidden")));
        assert_eq!(server.get(&format!("/claim?uid={uid}")).status, 404);
    };
    check(&server);
    drop(server);
    check(&keep(&registry, generous()));
}
