//! Verifying claims by text records, through the front door, with a resolver of this test's own on 127.0.0.1.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod resolver;
mod support;

use std::path::Path;
use std::process::Output;

use domain::base::iana::Rcode;
use resolver::{Answer, Asked, Sent, TestResolver, answer, cname, txt};
use support::{json, said, sayso, text};

const OWN: &str = "_sayso-claim.ana.example";

struct Desk {
    dir: tempfile::TempDir,
    resolver: TestResolver,
}

impl Desk {
    fn new(subjects: &[&str]) -> Self {
        let desk = Self { dir: tempfile::tempdir().unwrap(), resolver: TestResolver::start() };
        for subject in subjects {
            let added = desk.claim(&["add", "--subject", subject, "--preference", "train-ai=n"]);
            assert!(added.status.success(), "{added:?}");
        }
        desk
    }

    fn dir(&self) -> &Path {
        self.dir.path()
    }

    fn claim(&self, arguments: &[&str]) -> Output {
        sayso(&[&["claim"], arguments, &["--registry", "r"]].concat(), self.dir())
    }

    /// A token for a claim, to be shown by a text record.
    fn token(&self, claim: &str) -> String {
        let told = json(&self.claim(&["verify", claim, "--challenge", "--method", "dns", "--json"]));
        assert_eq!(told["method"], "dns");
        told["token"].as_str().unwrap().to_owned()
    }

    /// Asks the resolver, with all the time that a busy machine may take.
    fn verify(&self, claim: &str, more: &[&str]) -> Output {
        self.verify_in("30", claim, more)
    }

    fn verify_in(&self, seconds: &str, claim: &str, more: &[&str]) -> Output {
        let address = self.resolver.address.to_string();
        let arguments = ["verify", claim, "--method", "dns", "--resolver", &address, "--resolver-timeout", seconds];
        self.claim(&[&arguments[..], more].concat())
    }

    fn refused(&self, claim: &str) -> (Option<i32>, String) {
        let output = self.verify(claim, &[]);
        assert_eq!(text(&output), "");
        (output.status.code(), said(&output))
    }
}

fn own(bytes: Vec<u8>) -> Vec<Sent> {
    vec![Sent::Own(bytes)]
}

fn no_such_name(asked: &Asked) -> Vec<u8> {
    answer(asked, Rcode::NXDOMAIN, |_| ())
}

fn of_name(asked: &Asked, texts: &str) -> Vec<u8> {
    answer(asked, Rcode::NOERROR, |answer| txt(answer, &asked.name, &[texts]))
}

/// The bits of a header that are looked at.
fn with_bit(mut message: Vec<u8>, byte: usize, bit: u8) -> Vec<u8> {
    message[byte] |= bit;
    message
}

#[test]
fn a_domain_is_verified_by_its_record() {
    let desk = Desk::new(&["domain:ana.example", "domain:eve.example", "account:deviantart.com/ana"]);
    let told = text(&desk.claim(&["verify", "0", "--challenge", "--method", "dns"]));
    let (first, record) = told.trim_end().split_once('\n').unwrap();
    assert_eq!(first, "put this record into the zone of ana.example");
    let token = record.strip_prefix("_sayso-claim.ana.example. 300 IN TXT \"").unwrap().strip_suffix('"').unwrap();
    let (token, others) = (token.to_owned(), desk.token("1"));
    // What has no host has no record, and every method is for what it suits.
    let account = desk.claim(&["verify", "2", "--challenge", "--method", "dns"]);
    assert_eq!((account.status.code(), said(&account).contains("cannot be verified in this way")), (Some(2), true));
    assert!(said(&desk.verify("2", &[])).contains("has no host"), "{:?}", desk.verify("2", &[]));
    let other = desk.claim(&["verify", "0", "--method", "profile"]);
    assert!(said(&other).contains("claim 0 cannot be verified by the method profile\nhint: "), "{other:?}");
    let unread = desk.claim(&["verify", "0", "--method", "dns", "--resolver", "resolver.example"]);
    assert_eq!((unread.status.code(), said(&unread).contains("is no address")), (Some(2), true));

    desk.resolver.answers(|asked| own(no_such_name(asked)));
    let (code, words) = desk.refused("0");
    assert!(code == Some(2) && words.contains(OWN) && words.contains("there is no such record\nhint: "), "{words}");
    assert_eq!(desk.resolver.asked().len(), 1, "who says that nothing is there is believed");
    desk.resolver.answers(|asked| own(of_name(asked, "v=spf1 -all")));
    let (code, words) = desk.refused("0");
    assert!(code == Some(1) && words.contains("no token stands there"), "{words}");
    let wrong = others.clone();
    desk.resolver.answers(move |asked| own(of_name(asked, &wrong)));
    let (code, words) = desk.refused("0");
    assert!(code == Some(1) && words.contains("was not given out for this claim"), "{words}");

    // In pieces, among others, behind another name, under names written otherwise.
    let right = token.clone();
    desk.resolver.answers(move |asked| {
        let (start, end) = right.split_at(20);
        own(answer(asked, Rcode::NOERROR, |answer| {
            cname(answer, "_SAYSO-CLAIM.ana.EXAMPLE", "Claims.elsewhere.example");
            txt(answer, "claims.Elsewhere.example", &["something else"]);
            txt(answer, "claims.elsewhere.EXAMPLE", &["for sayso: ", start, end]);
        }))
    });
    let verified = json(&desk.verify("0", &["--json"]));
    assert_eq!((&verified["state"], &verified["method"]), (&"verified".into(), &"dns".into()));
    let address = desk.resolver.address.to_string();
    assert_eq!(verified["dns"], serde_json::json!({"name": OWN, "resolver": address, "authenticated": false}));
    let asked = desk.resolver.asked();
    assert_eq!((asked.len(), asked[0].name.as_str()), (1, OWN));
    let shown = json(&desk.claim(&["show", "0", "--json"]));
    assert_eq!(shown["steps"][1]["openings"]["proof"]["value"], "dns:_sayso-claim.ana.example?type=TXT");
    let (code, words) = desk.refused("0");
    assert!(code == Some(1) && words.contains("was used before"), "{words}");
    let proof = text(&sayso(&["registry", "proof", "3", "--registry", "r"], desk.dir()));
    assert!(proof.contains("\\\"method\\\":\\\"dns\\\""), "{proof}");

    // This machine's own resolver says that it checked signatures.
    let right = others;
    desk.resolver.answers(move |asked| own(with_bit(of_name(asked, &right), 3, 0x20)));
    let verified = text(&desk.verify("1", &[]));
    assert!(verified.contains("by _sayso-claim.eve.example, as 127.0.0.1:"), "{verified}");
    assert!(verified.contains("which says that DNSSEC bears it out"), "{verified}");
    assert!(sayso(&["registry", "audit", "--registry", "r"], desk.dir()).status.success());
}

#[test]
fn addresses_and_folders_are_verified_by_their_host_or_the_domain_above() {
    let subjects = ["url:https://www.ana.example/a.jpg", "prefix:https://münchen.ana.example/art/"];
    let desk = Desk::new(&subjects);
    let told = text(&desk.claim(&["verify", "1", "--challenge", "--method", "dns"]));
    assert!(told.contains("\n_sayso-claim.xn--mnchen-3ya.ana.example. 300 IN TXT \"sayso-claim="), "{told}");
    assert!(told.contains("or one of the name _sayso-claim.ana.example."), "{told}");
    let token = desk.token("0");
    // Neighbours do not speak for it.
    let right = token.clone();
    desk.resolver.answers(move |asked| {
        own(answer(asked, Rcode::NOERROR, |answer| {
            txt(answer, "ana.example", &[&right]);
            txt(answer, "www.ana.example", &[&right]);
            txt(answer, "_sayso-claim.example", &[&right]);
        }))
    });
    let (code, words) = desk.refused("0");
    assert!(code == Some(2) && words.contains("there is no such record"), "{words}");
    let names: Vec<String> = desk.resolver.asked().into_iter().map(|asked| asked.name).collect();
    assert_eq!(names, ["_sayso-claim.www.ana.example", OWN]);
    // Somebody's old record at the host does not hide the one above.
    desk.resolver.answers(move |asked| own(of_name(asked, if asked.name == OWN { &token } else { "sayso-claim=old" })));
    let verified = json(&desk.verify("0", &["--json"]));
    assert_eq!((&verified["state"], &verified["dns"]["name"]), (&"verified".into(), &OWN.into()));
    // What is known of one name does not outweigh that the other cannot be asked for.
    desk.resolver.answers(move |asked| {
        own(if asked.name == OWN { answer(asked, Rcode::SERVFAIL, |_| ()) } else { no_such_name(asked) })
    });
    let (code, words) = desk.refused("1");
    assert!(code == Some(2) && words.contains(OWN) && words.contains("says SERVFAIL"), "{words}");
}

#[test]
fn spoofed_answers_are_passed_over() {
    let desk = Desk::new(&["domain:ana.example"]);
    let token = desk.token("0");
    let strays = |asked: &Asked, text: &str| {
        let right = of_name(asked, text);
        let (mut other_id, mut other_type, mut other_name) = (right.clone(), right.clone(), right.clone());
        other_id[0] ^= 1;
        other_type[12 + OWN.len() + 3] = 1;
        other_name[14] = b'x';
        let mut question = right.clone();
        question[2] &= 0x7f;
        vec![
            Sent::Strange(right),
            Sent::Own(other_id),
            Sent::Own(other_type),
            Sent::Own(other_name),
            Sent::Own(question),
            Sent::Own(b"garbage".to_vec()),
            Sent::Own(Vec::new()),
        ]
    };
    // With the token in all that is false, and then in what is true alone.
    let right = token.clone();
    desk.resolver.answers(move |asked| {
        let mut sent = strays(asked, &right);
        sent.push(Sent::Own(no_such_name(asked)));
        sent
    });
    let (code, words) = desk.refused("0");
    assert!(code == Some(2) && words.contains("there is no such record"), "{words}");
    let right = token.clone();
    desk.resolver.answers(move |asked| {
        let mut sent = strays(asked, "sayso-claim=0123456789abcdef0123456789abcdef");
        let unrelated = |answer: &mut Answer| txt(answer, "_sayso-claim.eve.example", &[&right]);
        let bytes = answer(asked, Rcode::NOERROR, unrelated);
        sent.push(Sent::Own(bytes));
        sent
    });
    let (code, words) = desk.refused("0");
    assert!(code == Some(2) && words.contains("there is no such record"), "{words}");
    // Whoever guesses more often is asked in another way, in which nobody else can answer.
    let right = token;
    desk.resolver.answers(move |asked| {
        if asked.is_tcp {
            return own(of_name(asked, &right));
        }
        let mut other = of_name(asked, &right);
        other[0] ^= 0x80;
        (0..8).map(|_| Sent::Own(other.clone())).collect()
    });
    assert_eq!(json(&desk.verify("0", &["--json"]))["state"], "verified");
    assert_eq!(desk.resolver.asked().iter().map(|asked| asked.is_tcp).collect::<Vec<_>>(), [false, true]);
    let asked = desk.resolver.asked();
    assert_eq!(asked[0].bytes, asked[1].bytes, "the same question over TCP");
}

#[test]
fn long_answers_come_over_tcp_and_none_is_too_long() {
    let desk = Desk::new(&["domain:ana.example"]);
    let token = desk.token("0");
    let filler = "x".repeat(200);
    // A stream that ends early, one that answers something else, one that is cut as well, one that holds too much.
    let full = |asked: &Asked, texts: usize| {
        answer(asked, Rcode::NOERROR, |answer| (0..texts).for_each(|_| txt(answer, OWN, &["x"])))
    };
    type Script = Box<dyn Fn(&Asked) -> Vec<Sent> + Send + Sync>;
    let scripts: [(Script, &str); 4] = [
        (Box::new(|_| Vec::new()), "its answer broke off"),
        (
            Box::new(|asked| {
                let mut other = of_name(asked, "x");
                other[1] ^= 1;
                own(other)
            }),
            "it answers another question",
        ),
        (Box::new(|asked| own(with_bit(no_such_name(asked), 2, 0x02))), "it is cut off, over TCP, too"),
        (Box::new(move |asked| own(full(asked, 300))), "it has more than 256 records"),
    ];
    for (script, why) in scripts {
        desk.resolver.answers(
            move |asked| {
                if asked.is_tcp { script(asked) } else { own(with_bit(no_such_name(asked), 2, 0x02)) }
            },
        );
        let (code, words) = desk.refused("0");
        assert!(code == Some(2) && words.contains(why), "{why}: {words}");
        assert_eq!(desk.resolver.asked().len(), 6, "{why}: three times, each over UDP and then over TCP");
    }
    // Longer than what was asked for, without a word that it is cut; and right over TCP.
    let giant = move |asked: &Asked, last: &str| {
        answer(asked, Rcode::NOERROR, |answer| {
            (0..200).for_each(|_| txt(answer, OWN, &[&filler, &filler.clone()[..50]]));
            txt(answer, OWN, &[last]);
        })
    };
    desk.resolver.answers(move |asked| {
        own(if asked.is_tcp { giant(asked, &token) } else { giant(asked, "x")[..2000].to_vec() })
    });
    assert_eq!(json(&desk.verify("0", &["--json"]))["state"], "verified");
}

#[test]
fn who_cannot_say_is_asked_again() {
    let desk = Desk::new(&["domain:ana.example"]);
    let token = desk.token("0");
    let circle = |asked: &Asked| {
        answer(asked, Rcode::NOERROR, |answer| {
            cname(answer, OWN, "a.example");
            cname(answer, "a.example", OWN);
        })
    };
    let broken = |asked: &Asked| {
        let mut bytes = of_name(asked, "x");
        bytes.truncate(bytes.len() - 1);
        bytes
    };
    type Reply = fn(&Asked) -> Vec<u8>;
    let replies: [(Reply, &str); 4] = [
        (|asked| answer(asked, Rcode::SERVFAIL, |_| ()), "says SERVFAIL"),
        (|asked| answer(asked, Rcode::REFUSED, |_| ()), "says REFUSED"),
        (circle, "its names lead on more than 8 times, or in a circle"),
        (broken, "its records cannot be read"),
    ];
    for (reply, why) in replies {
        desk.resolver.answers(move |asked| own(reply(asked)));
        let (code, words) = desk.refused("0");
        assert!(code == Some(2) && words.contains(why) && words.contains("\nhint: try again"), "{why}: {words}");
        let asked = desk.resolver.asked();
        assert_eq!(asked.len(), 3, "{why}");
    }
    // Silence, and strays that never end in an answer.
    desk.resolver.answers(|_| Vec::new());
    let silent = desk.verify_in("0.1", "0", &[]);
    assert_eq!((silent.status.code(), said(&silent).contains("did not answer in time")), (Some(2), true), "{silent:?}");
    assert_eq!(desk.resolver.asked().len(), 3);
    desk.resolver.answers(|asked| if asked.is_tcp { Vec::new() } else { own(b"garbage".to_vec()) });
    let garbage = desk.verify_in("0.1", "0", &[]);
    assert_eq!((garbage.status.code(), said(&garbage).contains("did not answer in time")), (Some(2), true));
    // Nobody is there.
    let port = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let nobody = port.local_addr().unwrap().to_string();
    drop(port);
    let arguments = ["verify", "0", "--method", "dns", "--resolver", &nobody, "--resolver-timeout", "30"];
    let gone = desk.claim(&arguments);
    assert_eq!((gone.status.code(), said(&gone).contains("cannot be asked: ")), (Some(2), true), "{gone:?}");
    // The third time it knows.
    let times = std::sync::atomic::AtomicUsize::new(0);
    desk.resolver.answers(move |asked| {
        let is_third = times.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 2;
        own(if is_third { of_name(asked, &token) } else { answer(asked, Rcode::SERVFAIL, |_| ()) })
    });
    assert_eq!(json(&desk.verify("0", &["--json"]))["state"], "verified");
}
