//! The studio over HTTP: who may see what, how much one network may have, and what a server that stops does first.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::num::NonZeroU32;
use std::path::Path;
use std::time::Duration;

use sayso::claims::RegistryPlace;
use sayso_core::Timestamp;
use sayso_registry::deletion::{Content, ContentKind, Contents};
use sayso_registry::entry::{Deletion, DeletionCause};
use sayso_registry::office::Secret;
use sayso_registry::{Clerk, SystemRandomness};
use sayso_server::{Opened, Rate, RegistryLimits, addresses_of};
use support::keeping::{Visitor, between, generous};
use support::studio::{Guest, picture, serve, serve_within};
use support::{Running, limits};

fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Timestamp::from_micros(i64::try_from(since.as_secs()).unwrap() * 1_000_000)
}

/// What of sessions lies in the studio's folder.
fn left(dir: &Path) -> usize {
    std::fs::read_dir(dir.join("studio").join("sessions")).unwrap().count()
}

fn deletions(dir: &Path) -> Vec<(u64, Deletion)> {
    RegistryPlace::of(&dir.join("registry")).open().unwrap().deletions_since(0).unwrap().found
}

/// Every address of the studio, by whoever has no session: without a cookie, with one that is none, with one that nobody has, with one
/// whose session is over; and by somebody who has one of their own, and the first one's form.
#[test]
fn without_a_session_there_is_nothing_of_anybodys() {
    let dir = tempfile::tempdir().unwrap();
    let server = serve(dir.path(), 1_000);
    let mut owner = Guest::begin(&server, "192.0.2.1").unwrap();
    assert_eq!(owner.bring(&server, &[&picture(1, 64)]).status, 303);
    assert_eq!(owner.visitor.get(&server, "/studio/files/upload-1").status, 200);
    let mut over = Guest::begin(&server, "192.0.2.2").unwrap();
    let cookie_of_over = over.visitor.cookie.clone();
    assert_eq!(over.bring(&server, &[&picture(2, 64)]).status, 303);
    assert_eq!(over.post(&server, "/studio/delete", &[]).header("location"), "/studio/ended");
    assert_eq!(over.post(&server, "/studio/forget", &[]).header("location"), "/studio");
    let other = Guest::begin(&server, "192.0.2.3").unwrap();
    let long = "a".repeat(5_000);
    let unknown = Secret::new(&mut SystemRandomness).unwrap().to_string();
    let cookies = ["", "sayso-studio=", "sayso-studio=0", &format!("sayso-studio={long}"), "sayso-studio=%7f"];
    let cookies = cookies.map(str::to_owned).into_iter().chain([
        format!("sayso-studio={unknown}"),
        // Another cookie's name, and the first of two.
        format!("sayso={}", owner.visitor.cookie.trim_start_matches("sayso-studio=")),
        format!("sayso-studio={unknown}; {}", owner.visitor.cookie),
        cookie_of_over,
    ]);
    let opened = Opened { has_registry: true, studio_bytes: Some(1 << 20) };
    let addresses = addresses_of(&limits(), opened).into_iter().filter(|it| it.path.starts_with("/studio"));
    let addresses: Vec<_> = addresses.collect();
    assert!(addresses.len() > 15, "{addresses:?}");
    let mut wrong = Vec::new();
    for cookie in cookies {
        for address in &addresses {
            let path = address.path.replace("{name}", "upload-1");
            let mut guest = Guest { visitor: Visitor::with_cookie(&cookie), form: owner.form.clone() };
            let answer = match (address.method, path.as_str()) {
                ("GET", path) => guest.visitor.get(&server, path),
                (_, "/studio/pictures") => guest.bring(&server, &[&picture(3, 64)]),
                (_, path) => guest.post(&server, path, &[("number", "1"), ("prompt", "a boat")]),
            };
            let expected = match (address.method, path.as_str()) {
                ("GET", "/studio" | "/studio/deletions") => 200,
                ("POST", "/studio/session") => 303,
                _ => 403,
            };
            let told = answer.body.contains("upload-1") || answer.body.contains(&owner.form);
            if answer.status != expected || told {
                wrong.push(format!("{} {path} with `{cookie:.60}`: {}", address.method, answer.status));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    // Somebody else's session sees its own things, and cannot send the first one's forms.
    for address in &addresses {
        let path = address.path.replace("{name}", "upload-1");
        let mut guest = Guest { visitor: other.visitor.clone(), form: owner.form.clone() };
        let answer = match (address.method, path.as_str()) {
            ("GET", path) => guest.visitor.get(&server, path),
            (_, "/studio/pictures") => guest.bring(&server, &[&picture(3, 64)]),
            (_, path) => guest.post(&server, path, &[("number", "1")]),
        };
        if address.method == "POST" && path != "/studio/session" {
            assert_eq!(answer.status, 403, "{path}");
        }
        assert!(!answer.body.contains("/studio/files/upload-1"), "{path}");
        if path == "/studio/files/upload-1" {
            assert_eq!(answer.status, 404);
        }
    }
    let home = owner.visitor.get(&server, "/studio").body;
    assert!(home.contains("/studio/files/upload-1") && !home.contains("upload-2"), "nobody changed anything");
}

#[test]
fn a_network_has_its_share_and_is_told_when_there_is_more() {
    let dir = tempfile::tempdir().unwrap();
    let server = serve(dir.path(), 1);
    let mut guest = Guest::begin(&server, "2001:db8::1").unwrap();
    let refused = |answer: &support::Answer, words: &str| {
        assert_eq!(answer.status, 429, "{}", answer.body);
        assert!(answer.body.contains(words) && answer.body.contains("ry again in "), "{}", answer.body);
        answer.header("retry-after").parse::<u64>().unwrap()
    };
    // A second session of the same network: it is over when the first is.
    let seats = Guest::begin(&server, "2001:db8::ffff").err().unwrap();
    let wait = refused(&seats, "1 session is open from your network");
    assert!((3_000..=3_601).contains(&wait), "{wait}");
    assert!(Guest::begin(&server, "2001:db8:0:1::1").is_ok(), "another network");

    // Four pictures an hour: the fifth is refused, those before it are taken and judged.
    let pictures: Vec<Vec<u8>> = (0..3).map(|seed| picture(seed, 32)).collect();
    let three: Vec<&[u8]> = pictures.iter().map(Vec::as_slice).collect();
    assert_eq!(guest.bring(&server, &three).status, 303);
    for number in ["1", "2", "3"] {
        assert_eq!(guest.post(&server, "/studio/pictures/remove", &[("number", number)]).status, 303);
    }
    let too_many = guest.bring(&server, &three);
    let wait = refused(&too_many, "As many pictures were brought from your network in the last hour");
    assert!((800..=901).contains(&wait), "{wait}");
    assert!(too_many.body.contains("upload-4") && !too_many.body.contains("upload-5"));
    assert!(too_many.body.contains("Of 1 picture, none says yes"), "{}", too_many.body);

    // Bytes count as they are announced, whatever becomes of them.
    let large = picture(9, 500);
    assert_eq!(guest.bring(&server, &[&large]).status, 429);
    let wait = refused(&guest.bring(&server, &[&large]), "As many bytes were sent");
    assert!(wait > 60, "{wait}");

    // Trainings: six.
    let train = [("title", "A boat"), ("prompt", "a boat"), ("steps", "1")];
    for _ in 0..6 {
        assert_eq!(guest.post(&server, "/studio/train", &train).status, 422);
    }
    refused(&guest.post(&server, "/studio/train", &train), "As many trainings were asked for");
    // Pictures that are made: four.
    let make = [("prompt", "a boat"), ("count", "3"), ("steps", "1")];
    assert_eq!(guest.post(&server, "/studio/made", &make).status, 422);
    refused(&guest.post(&server, "/studio/made", &make), "As many pictures were asked for");
    // A session after the other: four.
    assert_eq!(guest.post(&server, "/studio/delete", &[]).status, 303);
    for _ in 0..2 {
        let mut next = Guest::begin(&server, "2001:db8::2").ok().unwrap();
        assert_eq!(next.post(&server, "/studio/delete", &[]).header("location"), "/studio");
    }
    refused(&Guest::begin(&server, "2001:db8::3").err().unwrap(), "As many sessions were begun");
    // The proxy says who asks, and the last one counts.
    assert_eq!(Guest::begin(&server, "192.0.2.1, 2001:db8::4").err().unwrap().status, 429);
    assert!(Guest::begin(&server, "2001:db8::4, 192.0.2.1").is_ok());
}

#[test]
fn a_file_is_handed_out_whole_in_pieces() {
    let dir = tempfile::tempdir().unwrap();
    let server = serve(dir.path(), 10);
    let guest = Guest::begin(&server, "192.0.2.1").unwrap();
    let large = picture(1, 500);
    assert!(large.len() > 700_000);
    assert_eq!(guest.bring(&server, &[&large]).status, 303);
    let url = format!("http://{}/studio/files/upload-1", server.address);
    let mut answer = ureq::get(&url).header("cookie", &guest.visitor.cookie).call().unwrap();
    assert_eq!(answer.headers()["content-length"].to_str().unwrap(), large.len().to_string());
    assert_eq!(answer.headers()["content-type"], "image/png");
    assert!(answer.body_mut().read_to_vec().unwrap() == large);
    // What came half is nowhere.
    let mut half = TcpStream::connect(server.address).unwrap();
    let body = guest.body(&[&picture(2, 300)]);
    write!(
        half,
        "POST /studio/pictures HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\ncontent-type: multipart/form-data; boundary=edge\r\n\
         content-length: {}\r\n\r\n",
        server.address,
        guest.visitor.cookie,
        body.len()
    )
    .unwrap();
    half.write_all(&body[..200_000]).unwrap();
    let coming = || {
        let session = std::fs::read_dir(dir.path().join("studio/sessions")).unwrap().next().unwrap().unwrap().path();
        std::fs::read_dir(session.join("coming")).unwrap().count()
    };
    wait_until(|| coming() == 1);
    // One form of a session at a time.
    assert_eq!(guest.bring(&server, &[&picture(3, 32)]).status, 409);
    drop(half);
    wait_until(|| coming() == 0);
    wait_until(|| guest.bring(&server, &[&picture(3, 32)]).status == 303);
}

fn wait_until(is_so: impl Fn() -> bool) {
    for _ in 0..1_000 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    unreachable!("it never came to that");
}

#[test]
fn a_server_that_stops_answers_first_and_deletes_then() {
    let dir = tempfile::tempdir().unwrap();
    let server = serve(dir.path(), 10);
    let guest = Guest::begin(&server, "192.0.2.1").unwrap();
    assert_eq!(guest.bring(&server, &[&picture(1, 64)]).status, 303);
    Guest::begin(&server, "192.0.2.2").ok().unwrap();
    // Somebody is in the middle of bringing another one.
    let address = server.address;
    let mut coming = TcpStream::connect(address).unwrap();
    coming.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let body = guest.body(&[&picture(2, 300)]);
    write!(
        coming,
        "POST /studio/pictures HTTP/1.1\r\nhost: {address}\r\ncookie: {}\r\ncontent-type: multipart/form-data; boundary=edge\r\n\
         content-length: {}\r\n\r\n",
        guest.visitor.cookie,
        body.len()
    )
    .unwrap();
    let (first, rest) = body.split_at(body.len() - 10_000);
    coming.write_all(first).unwrap();
    wait_until(|| {
        let sessions = std::fs::read_dir(dir.path().join("studio/sessions")).unwrap();
        sessions.filter_map(Result::ok).any(|it| std::fs::read_dir(it.path().join("coming")).unwrap().count() == 1)
    });
    let stopping = std::thread::spawn(move || drop(server));
    // Nobody new is let in, and nothing is deleted as long as that one is not answered.
    wait_until(|| TcpStream::connect(address).is_err());
    assert_eq!((left(dir.path()), deletions(dir.path()).len()), (2, 0));
    coming.write_all(rest).unwrap();
    let mut answer = String::new();
    coming.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 303") && answer.contains("location: /studio"), "{answer}");
    stopping.join().unwrap();
    let log = deletions(dir.path());
    assert_eq!((left(dir.path()), log.len()), (0, 1), "of the session with nothing in it the log says nothing");
    assert_eq!(log[0].1.cause, DeletionCause::Stopped);
    assert!(log[0].1.files >= 3, "both pictures: {log:?}");
}

#[test]
fn the_list_of_deletions_goes_back_to_the_first() {
    let dir = tempfile::tempdir().unwrap();
    let server = serve(dir.path(), 10);
    assert!(server.get("/studio/deletions").body.contains("Nothing was deleted yet"));
    let place = RegistryPlace::of(&dir.path().join("registry"));
    let (mut registry, key) = place.open_to_write(None, now()).unwrap();
    let commitment = |number: u8| {
        let content = Content { kind: ContentKind::Upload, sha256: sayso_core::Sha256([number; 32]), bytes: 1 };
        Contents::new(vec![content]).commitment(&[number; 32])
    };
    for number in 0..230 {
        let mut randomness = SystemRandomness;
        let now = now();
        let deletion = Deletion {
            files: u64::from(number),
            made_at: now,
            deleted_at: now,
            cause: DeletionCause::Asked,
            contents: commitment(number),
        };
        registry.write_deletion(deletion, &mut Clerk { key: &key, now, randomness: &mut randomness }).unwrap();
    }
    let (mut path, mut seen) = ("/studio/deletions".to_owned(), Vec::new());
    loop {
        let page = server.get(&path);
        assert_eq!(page.status, 200, "{path}");
        let entries = page.body.split("href=\"/api/v1/log/proof/").skip(1);
        seen.extend(entries.map(|rest| rest.split('"').next().unwrap().parse::<u64>().unwrap()));
        assert_eq!(page.body.contains(">Latest</a>"), path.contains("before="));
        if !page.body.contains("rel=\"next\"") {
            break;
        }
        path = between(&page.body, "rel=\"next\" href=\"", "\"").to_owned();
    }
    assert_eq!(seen, (0..230).rev().collect::<Vec<u64>>());
    // The first of them is found by its commitment, however many came after it.
    let found = server.get(&format!("/studio/deletions?commitment={}", commitment(0))).body;
    assert!(found.contains("/api/v1/log/proof/0\"") && found.matches("<tr>").count() == 2, "{found}");
    assert!(server.get("/studio/deletions?commitment=%3Cscript%3E").body.contains("No deletion with this commitment"));
    assert!(server.get("/studio/deletions?before=0").body.contains("Nothing was deleted before that entry"));
    for bad in ["before=x", "before=-1", "before=99999999999999999999999"] {
        assert_eq!(server.get(&format!("/studio/deletions?{bad}")).status, 400, "{bad}");
    }
}

#[test]
fn a_claim_counts_for_whoever_shows_its_token() {
    let dir = tempfile::tempdir().unwrap();
    let rate = Rate { burst: NonZeroU32::new(4).unwrap(), every: Duration::from_secs(10_000) };
    let server = serve_within(dir.path(), 10, RegistryLimits { log_ins: rate, ..generous() });
    let mut holder = Visitor::default();
    let made = holder.post(&server, "/claim", &[("other", "domain:quintero.example.org"), ("use-fine-tune", "y")]);
    assert_eq!(made.status, 201, "{}", made.body);
    let token = between(&made.body, "<pre class=\"cite\"><code>", "<").to_owned();
    let number: u64 = between(&made.body, "href=\"/claims/", "\"").parse().unwrap();
    verify(dir.path(), number);

    let mut guest = Guest::begin(&server, "192.0.2.1").unwrap();
    assert_eq!(guest.bring(&server, &[&picture(1, 64)]).status, 303);
    let line = format!("Marisol Quintero={number}");
    let say = |guest: &mut Guest, server: &Running, persons: &str| {
        guest.post(server, "/studio/shown", &[("shown", "somebody"), ("persons", persons), ("use", "any")])
    };
    let refused = say(&mut guest, &server, &line);
    assert!(refused.status == 422 && refused.body.contains("Nothing shows that claim"), "{}", refused.body);
    let wrong = say(&mut guest, &server, &format!("{line} {}", "0".repeat(32)));
    assert!(wrong.status == 403, "{}", wrong.body);
    assert_eq!(say(&mut guest, &server, &format!("{line} {token}")).status, 303);
    // The token is told to nobody, not even again to whoever wrote it.
    let home = guest.visitor.get(&server, "/studio").body;
    assert!(home.contains(&line) && !home.contains(&token), "{home}");
    // Another session knows nothing of it, unless its browser follows the claim.
    let mut other = Guest::begin(&server, "192.0.2.2").unwrap();
    assert_eq!(say(&mut other, &server, &line).status, 422);
    other.visitor.cookie = format!("{}; {}", other.visitor.cookie, holder.cookie);
    assert_eq!(say(&mut other, &server, &line).status, 303);
    // Who guesses tokens is stopped as anywhere else.
    let guesses: Vec<u16> =
        (0..4).map(|_| say(&mut guest, &server, &format!("{line} {}", "0".repeat(32))).status).collect();
    assert_eq!(guesses, [403, 403, 429, 429]);
}

/// Verifies a claim as if its site had been asked.
fn verify(dir: &Path, number: u64) {
    use sayso_registry::claim::{ClaimId, Method};
    let now = now();
    let (mut registry, key) = RegistryPlace::of(&dir.join("registry")).open_to_write(None, now).unwrap();
    let mut randomness = SystemRandomness;
    let mut clerk = Clerk { key: &key, now, randomness: &mut randomness };
    let token = registry.challenge(ClaimId(number), Method::WellKnown, &mut clerk).unwrap();
    let place = "https://quintero.example.org/.well-known/sayso.txt";
    registry.verify(ClaimId(number), Method::WellKnown, &token.to_string(), place, &mut clerk).unwrap();
}
