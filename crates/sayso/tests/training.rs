//! Consent before training: what is taken, what is refused and how a yes is had, names, people, terms, and what the weights say.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use sayso::Error;
use sayso::claims::{Ground, RegistryPlace};
use sayso::reserve::{PictureOptions, Target, Texts, Wishes, reserve_pictures};
use sayso::training::{
    BaseFacts, Captions, Depicts, KeptTerms, KnownNames, LISTED_PICTURES, NameSource, PictureFacts, Refused,
    RefusedFor, RunFacts, SelectOptions, Selection, papers, read_adapter, select,
};
use sayso_consent::embedded::{EmbeddedLimits, Inscription, write_embedded};
use sayso_core::{Policy, PolicyName, Purpose, Sha256, Stance, Timestamp, UsageCategory};
use sayso_registry::claim::{ClaimId, Method, NewClaim, Undertaking, UseKind};
use sayso_registry::log::SigningKey;
use sayso_registry::{Clerk, Registry, SystemRandomness};
use sha2::Digest;

const NOW: &str = "2026-01-01T00:00:00Z";

/// A picture that no other is like.
fn picture(path: &Path, seed: u32) {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut blocks = [[0_u8; 16]; 16];
    for block in blocks.iter_mut().flatten() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *block = (state >> 24) as u8;
    }
    let picture = image::RgbImage::from_fn(128, 128, |x, y| image::Rgb([blocks[y as usize / 8][x as usize / 8]; 3]));
    picture.save(path).unwrap();
}

/// Lets the pictures say something themselves.
fn say(paths: &[PathBuf], yes: bool, creator: Option<&str>, licensor_url: Option<&str>) {
    let all = vec![UsageCategory::DataMining];
    let wishes = if yes { Wishes { no: vec![], yes: all } } else { Wishes { no: all, yes: vec![] } };
    let text = |text: Option<&str>| text.map(str::to_owned);
    let texts =
        Texts { creator: text(creator), rights: None, licensor_url: text(licensor_url), licence: None, terms: None };
    let options = PictureOptions { wishes, texts, target: Target::InPlace, force: false, signing: None };
    let report = reserve_pictures(paths, &options, &|_, _| {}).unwrap();
    assert_eq!(report.pictures.len(), paths.len(), "{:?}", report.failed);
}

fn options() -> SelectOptions {
    SelectOptions {
        policy: Policy::new(PolicyName::OptIn, Purpose(UsageCategory::FineTune)),
        registry: None,
        terms: KeptTerms::none(),
        depicts: Depicts::Nobody,
        captions: Captions::Same("a photo of sks boat".to_owned()),
        file_bytes: 64 << 20,
        kept_bytes: 0,
        pictures: 10_000,
        threads: NonZeroUsize::new(2).unwrap(),
    }
}

fn selected(folder: &Path, options: &SelectOptions) -> Selection {
    select(folder, options, &AtomicBool::new(false), &|_| {}).unwrap()
}

fn refused<'a>(selection: &'a Selection, name: &str) -> &'a Refused {
    selection
        .refused
        .iter()
        .find(|refused| refused.origin.file_name() == name)
        .unwrap_or_else(|| panic!("{name}: {selection:?}"))
}

struct Desk {
    dir: tempfile::TempDir,
    registry: Registry,
    key: SigningKey,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let place = RegistryPlace::of(dir.path());
        let (registry, key) = place.open_to_write(Some("test.example"), NOW.parse().unwrap()).unwrap();
        Self { dir, registry, key }
    }

    fn clerk<T>(&mut self, act: impl FnOnce(&mut Registry, &mut Clerk<'_>) -> T) -> T {
        let now: Timestamp = NOW.parse().unwrap();
        act(&mut self.registry, &mut Clerk { key: &self.key, now, randomness: &mut SystemRandomness })
    }

    fn claim(&mut self, subject: &str, preference: &str, terms: Option<&str>) -> ClaimId {
        let new = NewClaim {
            subject: subject.parse().unwrap(),
            preferences: preference.parse().unwrap(),
            claimant: Some("mailto:secret@ana.example".to_owned()),
            terms: terms.map(str::to_owned),
            since: None,
        };
        self.clerk(|registry, clerk| registry.assert(&[new], clerk)).unwrap()[0].id()
    }

    fn verify(&mut self, claim: ClaimId) {
        let token =
            self.clerk(|registry, clerk| registry.challenge(claim, Method::WellKnown, clerk)).unwrap().to_string();
        let place = "https://ana.example/.well-known/sayso-claim";
        self.clerk(|registry, clerk| registry.verify(claim, Method::WellKnown, &token, place, clerk)).unwrap();
    }

    fn ground(&self) -> Arc<Ground> {
        Arc::new(Ground::open(self.dir.path()).unwrap())
    }

    fn kept(&self, kind: UseKind, on: &str) -> KeptTerms {
        let asked = Undertaking { kind, on: on.parse().unwrap(), by: None };
        KeptTerms::read(self.dir.path(), &self.ground(), &asked).unwrap()
    }
}

#[test]
fn only_what_says_yes_is_taken_and_every_no_says_how_to_get_a_yes() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    for (seed, name) in (0..).zip(["yes.png", "no.png", "silent.png", "again.png"]) {
        picture(&at(name), seed);
    }
    say(&[at("yes.png")], true, Some("Ana Müller"), None);
    say(&[at("no.png")], false, Some("Ben Okri"), Some("https://ben.example/licence"));
    std::fs::copy(at("yes.png"), at("zz-again.png")).unwrap();
    std::fs::remove_file(at("again.png")).unwrap();
    std::fs::write(at("cut.png"), &std::fs::read(at("silent.png")).unwrap()[..200]).unwrap();
    std::fs::write(at("notes.md"), "nothing").unwrap();
    let selection = selected(dir.path(), &options());
    let taken: Vec<String> = selection.taken.iter().map(|taken| taken.origin().file_name()).collect();
    assert_eq!(taken, ["yes.png"]);
    assert_eq!(selection.taken[0].verdict().stance, Stance::Allowed);
    assert_eq!(selection.taken[0].caption(), "a photo of sks boat");
    let facts = selection.taken[0].facts();
    assert_eq!((facts.reason.as_str(), facts.creator.as_deref()), ("iptc-granted", Some("Ana Müller")));
    assert!(facts.pdq.is_some());

    let no = refused(&selection, "no.png");
    assert_eq!((no.kind, no.stance), (RefusedFor::Verdict, Stance::Disallowed));
    assert!(no.reasons[0].evidence.is_some() && !no.changes.is_empty(), "{no:?}");
    let ask = no.ask.as_ref().unwrap();
    assert_eq!(
        (ask.whom.as_deref(), &ask.contacts[..]),
        (Some("Ben Okri"), &["https://ben.example/licence".to_owned()][..])
    );
    let digest = no.sha256.unwrap().to_string();
    for words in
        ["Hello Ben Okri,", "no.png", &digest, "fine-tune", "sayso reserve PICTURE --yes data-mining", "terms 1:"]
    {
        assert!(ask.request.contains(words), "{words}: {}", ask.request);
    }
    assert!(!ask.request.contains(dir.path().to_str().unwrap()), "a path is nobody's business");
    assert_eq!(refused(&selection, "silent.png").stance, Stance::Unknown);
    assert!(refused(&selection, "silent.png").ask.is_some());
    assert_eq!(refused(&selection, "cut.png").kind, RefusedFor::Unreadable);
    let twice = refused(&selection, "zz-again.png");
    assert!(twice.kind == RefusedFor::Twice && twice.why.contains("yes.png") && twice.ask.is_none(), "{twice:?}");
    assert!(selection.others > 0);

    // Whatever a policy admits, only an allowing verdict is enough.
    let lax = SelectOptions { policy: Policy::new(PolicyName::Record, Purpose(UsageCategory::FineTune)), ..options() };
    assert_eq!(selected(dir.path(), &lax).taken.len(), 1);
    // Captions from beside, and one without is told.
    let beside = SelectOptions { captions: Captions::Beside, ..options() };
    assert_eq!(refused(&selected(dir.path(), &beside), "yes.png").kind, RefusedFor::Caption);
    std::fs::write(at("yes.txt"), "a boat at dusk\n").unwrap();
    assert_eq!(selected(dir.path(), &beside).taken[0].caption(), "a boat at dusk");

    let interrupted = select(dir.path(), &options(), &AtomicBool::new(true), &|_| {});
    assert!(matches!(interrupted, Err(Error::Cancelled)));
    let few = SelectOptions { pictures: 2, ..options() };
    assert!(
        select(dir.path(), &few, &AtomicBool::new(false), &|_| {}).unwrap_err().to_string().contains("more than 2")
    );
}

/// A tar with these members, as `tar` writes it.
fn tar(path: &Path, members: &[(&str, &[u8])]) {
    let mut out = Vec::new();
    for (name, bytes) in members {
        let mut header = [0_u8; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..135].copy_from_slice(format!("{:011o}", bytes.len()).as_bytes());
        header[148..156].fill(b' ');
        header[156] = b'0';
        header[257..265].copy_from_slice(b"ustar\x0000");
        let sum: u64 = header.iter().map(|byte| u64::from(*byte)).sum();
        header[148..154].copy_from_slice(format!("{sum:06o}").as_bytes());
        header[154] = 0;
        out.extend(header);
        out.extend(*bytes);
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out.resize(out.len() + 1024, 0);
    std::fs::write(path, out).unwrap();
}

#[test]
fn what_lies_beside_a_picture_is_found_however_it_is_called() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    picture(&at("a.png"), 40);
    say(&[at("a.png")], true, None, None);
    std::fs::rename(at("a.png"), at("DSC0001.PNG")).unwrap();
    picture(&at("b.png"), 41);
    std::fs::write(at("DSC0001.TXT"), "a boat at dusk").unwrap();
    std::fs::write(at("b.Json"), r#"{"license": "cc-by-4.0", "caption": "a tower"}"#).unwrap();
    std::fs::write(at("c.TXT"), "of no picture").unwrap();
    let beside = SelectOptions { captions: Captions::Beside, ..options() };
    let captions = |selection: &Selection| -> Vec<(String, String)> {
        let taken = selection.taken.iter();
        taken.map(|taken| (taken.origin().file_name(), taken.caption().to_owned())).collect()
    };
    let expected = [("DSC0001.PNG", "a boat at dusk"), ("b.png", "a tower")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    let selection = selected(dir.path(), &beside);
    assert_eq!(captions(&selection), expected, "{selection:?}");
    assert_eq!(selection.taken[1].facts().reason, "licence-free");
    assert_eq!(selection.others, 1);
    // One picture that is named alone, and the same in a tar that is.
    assert_eq!(captions(&selected(&at("DSC0001.PNG"), &beside)), expected[..1]);
    let read = |name: &str| std::fs::read(at(name)).unwrap();
    let (first, second) = (read("DSC0001.PNG"), read("b.png"));
    let shards = tempfile::tempdir().unwrap();
    let shard = shards.path().join("00000.tar");
    let json = read("b.Json");
    tar(&shard, &[("0001.PNG", &first), ("0001.TXT", b"a boat at dusk"), ("0002.png", &second), ("0002.JSON", &json)]);
    for place in [shard.as_path(), shards.path()] {
        let selection = selected(place, &beside);
        let captions: Vec<String> = captions(&selection).into_iter().map(|(_, caption)| caption).collect();
        assert_eq!(captions, ["a boat at dusk", "a tower"], "{selection:?}");
        assert_eq!(selection.taken[0].bytes().unwrap(), first);
    }
}

#[test]
fn a_sidecar_anywhere_in_the_tar_belongs_to_its_picture() {
    let dir = tempfile::tempdir().unwrap();
    for (name, seed) in [("a.png", 60), ("b.png", 61)] {
        picture(&dir.path().join(name), seed);
        say(&[dir.path().join(name)], true, None, None);
    }
    let read = |name: &str| std::fs::read(dir.path().join(name)).unwrap();
    let (first, second) = (read("a.png"), read("b.png"));
    let shards = tempfile::tempdir().unwrap();
    let shard = shards.path().join("0.tar");
    tar(&shard, &[("a.png", &first), ("b.png", &second), ("a.txt", b"a boat"), ("b.txt", b"a tower"), ("c.txt", b"x")]);
    let beside = SelectOptions { captions: Captions::Beside, ..options() };
    let selection = selected(&shard, &beside);
    let captions: Vec<&str> = selection.taken.iter().map(sayso::training::Taken::caption).collect();
    assert_eq!((captions, selection.others), (vec!["a boat", "a tower"], 1), "{selection:?}");
    // More than are read may be what refuses it.
    let names: Vec<String> = (0..70).map(|n| format!("a.{n}.json")).collect();
    let mut members: Vec<(&str, &[u8])> = vec![("a.png", &first), ("b.png", &second), ("b.txt", b"a tower")];
    members.extend(names.iter().map(|name| (name.as_str(), &b"{}"[..])));
    tar(&shard, &members);
    let selection = selected(&shard, &beside);
    let taken: Vec<String> = selection.taken.iter().map(|taken| taken.origin().file_name()).collect();
    assert_eq!(taken.len(), 1, "{taken:?}");
    assert!(selection.faults.iter().any(|fault| fault.message.contains("more than 64")), "{:?}", selection.faults);
}

#[test]
fn of_several_licences_beside_a_picture_none_is_lost() {
    const BY: &str = r#"{"license": "cc-by-4.0"}"#;
    const NC: &str = r#"{"license": "cc-by-nc-4.0"}"#;
    const BOTH: &str = r#"{"license": "cc-by-4.0", "licence": "cc-by-nc-4.0"}"#;
    const LIST: &str = r#"{"license": ["cc-by-4.0", "cc-by-nc-4.0"]}"#;
    for (sidecars, taken) in [
        (vec![("a.json", BY)], 1),
        (vec![("a.json", BY), ("a.Json", BY)], 1),
        (vec![("a.json", BY), ("a.JSON", NC)], 0),
        (vec![("a.json", NC), ("a.JSON", BY)], 0),
        (vec![("a.json", BOTH)], 0),
        (vec![("a.json", LIST)], 0),
    ] {
        let dir = tempfile::tempdir().unwrap();
        picture(&dir.path().join("a.png"), 62);
        for (name, text) in &sidecars {
            std::fs::write(dir.path().join(name), text).unwrap();
        }
        let bytes = std::fs::read(dir.path().join("a.png")).unwrap();
        let mut members: Vec<(&str, &[u8])> = vec![("a.png", &bytes), ("b.txt", b"x")];
        members.extend(sidecars.iter().map(|(name, text)| (*name, text.as_bytes())));
        let tars = tempfile::tempdir().unwrap();
        tar(&tars.path().join("0.tar"), &members);
        for place in [dir.path(), &dir.path().join("a.png"), &tars.path().join("0.tar")] {
            let selection = selected(place, &options());
            assert_eq!(selection.taken.len(), taken, "{} {sidecars:?}: {selection:?}", place.display());
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_text_have_sidecars_too() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let dir = tempfile::tempdir().unwrap();
    picture(&dir.path().join("a.png"), 42);
    say(&[dir.path().join("a.png")], true, None, None);
    // Latin-1, as old cameras and archives write it.
    let named = |ending: &str| dir.path().join(OsStr::from_bytes(&[b"caf\xe9.", ending.as_bytes()].concat()));
    std::fs::rename(dir.path().join("a.png"), named("jpg")).unwrap();
    std::fs::write(named("TXT"), "a terrace").unwrap();
    let beside = SelectOptions { captions: Captions::Beside, ..options() };
    for place in [dir.path().to_owned(), named("jpg")] {
        let selection = selected(&place, &beside);
        assert_eq!(selection.taken.len(), 1, "{selection:?}");
        assert_eq!((selection.taken[0].caption(), selection.others), ("a terrace", 0));
    }
}

#[test]
fn a_free_licence_in_the_pictures_own_metadata_is_a_grant_under_opt_in() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let licences = ["https://creativecommons.org/licenses/by/4.0/", "https://creativecommons.org/licenses/by-nc/4.0/"];
    for ((name, licence), seed) in ["free.png", "restricted.png"].into_iter().zip(licences).zip(50..) {
        picture(&at(name), seed);
        let inscription = Inscription { web_statement: Some(licence.to_owned()), ..Inscription::default() };
        let limits = EmbeddedLimits { packet_bytes: 1 << 20, packets: 16, depth: 64, signal_bytes: 1000 };
        let bytes = write_embedded(&std::fs::read(at(name)).unwrap(), &inscription, &limits).unwrap();
        std::fs::write(at(name), bytes).unwrap();
    }
    let selection = selected(dir.path(), &options());
    assert_eq!(selection.taken.len(), 1, "{selection:?}");
    let facts = selection.taken[0].facts();
    assert_eq!((facts.reason.as_str(), facts.licence.as_deref()), ("licence-free", Some(licences[0])));
    let reasons = &refused(&selection, "restricted.png").reasons;
    assert!(reasons.iter().any(|reason| reason.code.to_string() == "licence-restricted"), "{reasons:?}");
    let strict =
        SelectOptions { policy: Policy::new(PolicyName::Strict, Purpose(UsageCategory::FineTune)), ..options() };
    assert!(selected(dir.path(), &strict).taken.is_empty());
}

#[test]
fn a_byte_that_changed_after_the_check_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.png");
    picture(&path, 7);
    say(std::slice::from_ref(&path), true, None, None);
    let judged = std::fs::read(&path).unwrap();
    let read_again = selected(dir.path(), &options());
    let kept = selected(dir.path(), &SelectOptions { kept_bytes: 1 << 20, ..options() });
    assert_eq!(read_again.taken[0].bytes().unwrap(), judged);
    let mut changed = judged.clone();
    *changed.last_mut().unwrap() ^= 1;
    let mut longer = judged.clone();
    longer.push(0);
    for other in [changed, longer, b"".to_vec()] {
        std::fs::write(&path, &other).unwrap();
        let error = read_again.taken[0].bytes().unwrap_err();
        assert!(matches!(error, Error::Changed { .. }), "{error}");
        assert!(error.to_string().contains("has changed since it was judged"), "{error}");
        assert!(read_again.taken[0].check(&other).is_err());
        // What was judged is what is trained on, whatever lies there now.
        assert_eq!(kept.taken[0].bytes().unwrap(), judged);
    }
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(read_again.taken[0].bytes(), Err(Error::File { .. })));
}

#[test]
fn a_registry_says_no_and_a_grant_under_terms_holds_as_long_as_they_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    for (seed, name) in (20..).zip(["claimed.png", "copied.png", "granted.png"]) {
        picture(&at(name), seed);
    }
    say(&[at("claimed.png"), at("copied.png")], true, None, None);
    std::fs::write(at("granted.json"), r#"{"url": "https://ana.example/art/granted.png", "caption": "a tower"}"#)
        .unwrap();
    let mut desk = Desk::new();
    let digest = Sha256(sha2::Sha256::digest(std::fs::read(at("claimed.png")).unwrap()).into());
    let no = desk.claim(&format!("sha256:{digest}"), "fine-tune=n", None);
    let pdq = selected(dir.path(), &options())
        .taken
        .iter()
        .find(|taken| taken.origin().file_name() == "copied.png")
        .unwrap()
        .pdq();
    desk.claim(&format!("pdq:{}", pdq.unwrap()), "train-ai=n", None);
    let terms = "terms 1: use=non-commercial; until=2027-06-30; credit=Ana Müller";
    let under_terms = desk.claim("domain:ana.example", "fine-tune=terms", Some(terms));
    let with = |desk: &Desk, terms: KeptTerms| {
        selected(dir.path(), &SelectOptions { registry: Some(desk.ground()), terms, ..options() })
    };
    let selection = with(&desk, desk.kept(UseKind::Personal, "2026-05-01"));
    assert!(selection.taken.is_empty() && selection.registry_head.is_some(), "{:?}", selection.taken);
    for name in ["claimed.png", "copied.png"] {
        let refusal = refused(&selection, name);
        assert_eq!(
            (refusal.stance, refusal.reasons[0].code.to_string()),
            (Stance::Disallowed, "claim-reserved".to_owned())
        );
        let ask = refusal.ask.as_ref().unwrap();
        assert!(ask.claims[0].ends_with("of test.example"), "{ask:?}");
        assert!(!format!("{refusal:?}").contains("secret@"), "who claims is told by nobody: {refusal:?}");
    }
    assert!(
        refused(&selection, "claimed.png")
            .ask
            .as_ref()
            .unwrap()
            .claims
            .contains(&format!("claim {no} of test.example"))
    );
    // Nobody has shown control: terms that are kept change nothing.
    assert_eq!(refused(&selection, "granted.png").reasons[0].code.to_string(), "claim-terms");

    desk.verify(under_terms);
    let selection = with(&desk, desk.kept(UseKind::Personal, "2026-05-01"));
    let taken = &selection.taken[0];
    assert_eq!((selection.taken.len(), taken.origin().file_name().as_str()), (1, "granted.png"));
    let facts = taken.facts();
    assert_eq!(facts.reason, "claim-terms-kept");
    assert_eq!((facts.claims, facts.credit), (vec![under_terms.0], vec!["Ana Müller".to_owned()]));
    for (kind, on, why) in
        [(UseKind::Any, "2026-05-01", "any use is asked for"), (UseKind::Personal, "2027-07-01", "until 2027-06-30")]
    {
        let selection = with(&desk, desk.kept(kind, on));
        assert!(selection.taken.is_empty());
        let refusal = refused(&selection, "granted.png");
        assert!(refusal.why.contains("its terms are not kept here") && refusal.why.contains(why), "{}", refusal.why);
    }
    // Words are kept by no program, and terms that none could keep are not taken at all.
    let words = desk.claim("domain:ben.example", "fine-tune=terms", Some("ask me first"));
    desk.verify(words);
    assert!(desk.kept(UseKind::Personal, "2026-05-01").unmet(words).unwrap().contains("in words"));
    let slip = NewClaim {
        subject: "domain:eve.example".parse().unwrap(),
        preferences: "fine-tune=terms".parse().unwrap(),
        claimant: None,
        terms: Some("terms 1: royalties=5".to_owned()),
        since: None,
    };
    let slip = desk.clerk(|registry, clerk| registry.assert(&[slip], clerk)).unwrap_err();
    assert!(slip.to_string().contains("terms-unread"), "{slip}");
}

#[test]
fn names_of_persons_need_their_leave() {
    let dir = tempfile::tempdir().unwrap();
    picture(&dir.path().join("a.png"), 30);
    say(&[dir.path().join("a.png")], true, Some("Ana Müller; flickr.com/turnermoore"), None);
    std::fs::write(dir.path().join("names.txt"), "# artists\nHollie Mengert\nMaria\n").unwrap();
    let mut desk = Desk::new();
    let account = desk.claim("account:deviantart.com/samdoesarts", "train-genai=n", None);
    desk.claim("domain:loish-art.example", "fine-tune=y", None);
    let own = desk.claim("domain:lois-vanbaarle.example", "fine-tune=y", None);
    desk.verify(own);
    let (ground, kept) = (desk.ground(), KeptTerms::none());
    let mut names = KnownNames::none();
    names.add_path(&dir.path().join("names.txt")).unwrap();
    names.add_selection(&selected(dir.path(), &options()));
    names.add_registry(&ground, UsageCategory::FineTune, &kept);
    assert_eq!(names.ignored(), 1, "Maria alone is nobody");
    let check = |text: &str, granted: &[&str]| -> Vec<String> {
        let granted: Vec<_> = granted.iter().map(|grant| grant.parse().unwrap()).collect();
        names.check(&[("name", text)], &granted).into_iter().map(|refused| refused.name).collect()
    };
    for (text, name) in [
        ("hollie-mengert-artstyle", "Hollie Mengert"),
        ("a castle in the style of Ana Muller", "Ana Müller"),
        ("SamDoesArts v2", "samdoesarts"),
        ("turnermoore", "turnermoore"),
        ("loish-art", "loish-art"),
    ] {
        assert_eq!(check(text, &[]), [name], "{text}");
    }
    for text in ["a boat at dusk", "maria", "lois-vanbaarle", "sks person"] {
        assert!(check(text, &[]).is_empty(), "{text}");
    }
    assert!(check("hollie-mengert-artstyle", &["Hollie Mengert=7"]).is_empty());
    // Leave of somebody whose name only looks like it is none.
    assert_eq!(check("hollie-mengert-artstyle", &["Hollie Rnengert=7"]), ["Hollie Mengert"]);
    assert_eq!(check("hollie-mengert-artstyle", &["Hollie Mengert=me"]), ["Hollie Mengert"], "anybody can say so");
    let told = names.check(&[("token", "samdoesarts")], &[]);
    assert_eq!(told[0].known_from, NameSource::Claim(account));
    assert!(told[0].to_string().contains("no claim of theirs grants it"), "{}", told[0]);
    // A grant is one only if its claim is.
    let grant = |text: &str| text.parse::<sayso::training::PersonGrant>().unwrap();
    let holds = |text: &str| {
        grant(text).check(UsageCategory::FineTune, Some(&ground), &kept).map_err(|error| error.to_string())
    };
    assert_eq!(holds(&format!("Lois van Baarle={own}")), Ok(()));
    for (text, why) in
        [(format!("Sam={account}"), "nobody has shown control"), ("Sam=999".to_owned(), "it is not there")]
    {
        assert!(holds(&text).unwrap_err().contains(why), "{text}");
    }
    assert!(grant("Sam=1").check(UsageCategory::FineTune, None, &kept).unwrap_err().to_string().contains("--registry"));
    assert!("Sam".parse::<sayso::training::PersonGrant>().is_err());
}

/// XMP in a PNG that says yes, and whom the picture shows.
fn with_people(path: &Path, seed: u32, properties: &str) {
    picture(path, seed);
    let xmp = format!(
        r#"<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
        <rdf:Description xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
        xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/" xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/">
        <plus:DataMining>http://ns.useplus.org/ldf/vocab/DMI-ALLOWED</plus:DataMining>
        <Iptc4xmpCore:CreatorContactInfo Iptc4xmpCore:CiEmailWork="studio@ana.example" Iptc4xmpCore:CiAdrCity="Lisbon"/>
        {properties}</rdf:Description></rdf:RDF></x:xmpmeta>"#
    );
    let decoded = image::open(path).unwrap().into_rgb8();
    let file = std::fs::File::create(path).unwrap();
    let mut encoder = png::Encoder::new(file, decoded.width(), decoded.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.add_itxt_chunk("XML:com.adobe.xmp".to_owned(), xmp).unwrap();
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&decoded).unwrap();
    writer.finish().unwrap();
}

#[test]
fn whoever_is_shown_by_the_metadata_needs_to_have_agreed() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let named = "<Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li>Zoë Brandt</rdf:li></rdf:Bag></Iptc4xmpExt:PersonInImage>";
    with_people(&at("named.png"), 40, named);
    let regions = |kind: &str, name: &str| {
        format!(
            r#"<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:RegionList><rdf:Bag><rdf:li><rdf:Description mwg-rs:Type="{kind}" {name}>
            <mwg-rs:Area stArea:x="0.5" xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#"/></rdf:Description></rdf:li></rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>"#
        )
    };
    with_people(&at("face.png"), 41, &regions("Face", ""));
    with_people(&at("marked.png"), 42, &regions("Face", "mwg-rs:Name=\"Zoë Brandt\""));
    with_people(&at("pet.png"), 43, &regions("Pet", "mwg-rs:Name=\"Rex\""));
    let mut desk = Desk::new();
    let claim = desk.claim("domain:zoebrandt.example", "fine-tune=y", None);
    desk.verify(claim);
    let with = |depicts: Depicts| {
        let options = SelectOptions { depicts, registry: Some(desk.ground()), ..options() };
        select(dir.path(), &options, &AtomicBool::new(false), &|_| {})
    };
    let nobody = with(Depicts::Nobody).unwrap();
    assert_eq!(nobody.taken.iter().map(|taken| taken.origin().file_name()).collect::<Vec<_>>(), ["pet.png"]);
    for (name, words) in
        [("named.png", "it shows Zoë Brandt"), ("face.png", "a face is marked"), ("marked.png", "Zoë Brandt")]
    {
        let refusal = refused(&nobody, name);
        assert!(refusal.kind == RefusedFor::Person && refusal.why.contains(words), "{name}: {refusal:?}");
        assert_eq!(refusal.ask.as_ref().unwrap().contacts, ["studio@ana.example"]);
    }
    let persons = |of: &[&str]| Depicts::Persons(of.iter().map(|grant| grant.parse().unwrap()).collect());
    let agreed = with(persons(&[&format!("Zoe Brandt={claim}")])).unwrap();
    assert_eq!(agreed.taken.len(), 4, "{:?}", agreed.refused);
    assert_eq!(
        agreed.taken.iter().find(|taken| taken.origin().file_name() == "named.png").unwrap().people(),
        ["Zoë Brandt"]
    );
    assert_eq!(with(persons(&["me"])).unwrap().taken.len(), 4);
    let other = with(persons(&["Somebody Else=me"])).unwrap();
    assert_eq!(refused(&other, "named.png").kind, RefusedFor::Person);
    let lookalike = with(persons(&[&format!("Zoe Bran0t={claim}"), &format!("Z0e Br4ndt={claim}")])).unwrap();
    assert_eq!(refused(&lookalike, "named.png").kind, RefusedFor::Person);
    let unproven = with(persons(&["Zoë Brandt=77"])).unwrap_err().to_string();
    assert!(unproven.contains("claim 77 is no grant"), "{unproven}");
}

/// Pictures of others, with manifests and metadata as real programs write them.
#[test]
fn what_real_pictures_reserve_is_refused() {
    let shared = std::env::var_os("SAYSO_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), Into::into);
    let pictures = shared.join("anchors/pictures");
    if !pictures.is_dir() {
        eprintln!("skipped: no shared anchors");
        return;
    }
    let (c2pa, iptc) = (selected(&pictures.join("c2pa"), &options()), selected(&pictures.join("iptc"), &options()));
    assert!(c2pa.taken.is_empty() && iptc.taken.is_empty(), "{:?} {:?}", c2pa.taken, iptc.taken);
    for name in ["c2pa-not-allowed.png", "cawg-not-allowed.jpg"] {
        let refusal = refused(&c2pa, name);
        assert_eq!((refusal.kind, refusal.stance), (RefusedFor::Verdict, Stance::Disallowed), "{refusal:?}");
        assert!(refusal.reasons[0].evidence.is_some());
    }
    assert!(c2pa.refused.iter().all(|refusal| refusal.ask.is_some() || refusal.kind != RefusedFor::Verdict));
    let reference = refused(&iptc, "IPTC-PhotometadataRef-Std2024.1.jpg");
    assert_eq!((reference.kind, reference.stance), (RefusedFor::Verdict, Stance::Disallowed), "{reference:?}");
    let ask = reference.ask.as_ref().unwrap();
    assert!(
        ask.whom.is_some() && ask.contacts.iter().any(|contact| contact.contains('@') || contact.contains("://")),
        "{ask:?}"
    );
}

fn facts_of_run(pictures: Vec<PictureFacts>) -> RunFacts {
    let digest = |text: &str| Sha256(sha2::Sha256::digest(text).into());
    RunFacts {
        title: "Boats at dusk".to_owned(),
        description: Some("Boats | in <evening> light".to_owned()),
        architecture: "stable-diffusion-v1/lora".to_owned(),
        implementation: "https://github.com/huggingface/diffusers".to_owned(),
        licence: Some("cc-by-nc-4.0".to_owned()),
        author: None,
        date: None,
        base: BaseFacts {
            name: "stable-diffusion-v1-5".to_owned(),
            files: vec![("unet".to_owned(), digest("unet")), ("vae".to_owned(), digest("vae"))],
            licence: Some("creativeml-openrail-m".to_owned()),
        },
        pictures,
        refused: 2,
        purpose: "fine-tune".to_owned(),
        policy: "opt-in".to_owned(),
        registry_head: Some("test.example 5 abc".to_owned()),
        depicts: Vec::new(),
        trigger: Some("sks boat".to_owned()),
        resolution: Some((512, 512)),
        network: Some(("networks.lora".to_owned(), 8, 4.0)),
        settings: BTreeMap::from([("steps".to_owned(), 400.into()), ("learning_rate".to_owned(), "1e-4".into())]),
        program: "sayso 0.1.0".to_owned(),
    }
}

fn weights(path: &Path, metadata: &BTreeMap<String, String>) {
    let head = serde_json::json!({
        "__metadata__": metadata,
        "lora_unet_down.lora_down.weight": { "dtype": "F32", "shape": [1], "data_offsets": [0, 4] },
    });
    let head = head.to_string();
    let mut bytes = (head.len() as u64).to_le_bytes().to_vec();
    bytes.extend(head.as_bytes());
    bytes.extend([0; 4]);
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn weights_say_where_they_come_from_and_a_scan_reads_it() {
    let dir = tempfile::tempdir().unwrap();
    let picture = |number: usize| PictureFacts {
        sha256: Sha256(sha2::Sha256::digest(number.to_le_bytes()).into()),
        pdq: None,
        verdict: Stance::Allowed,
        reason: "claim-terms-kept".to_owned(),
        claims: vec![3],
        creator: Some("Ana | Müller".to_owned()),
        licence: None,
        url: None,
        credit: vec!["Ana Müller".to_owned()],
    };
    let few = facts_of_run((0..3).map(picture).collect());
    let of_few = papers(&few, "boats");
    assert_eq!(of_few, papers(&few, "boats"), "the same facts give the same bytes");
    assert!(of_few.list.is_none());
    let said = |key: &str| of_few.metadata.get(key).map(String::as_str);
    assert_eq!(said("modelspec.sai_model_spec"), Some("1.0.1"));
    assert_eq!(said("modelspec.architecture"), Some("stable-diffusion-v1/lora"));
    assert_eq!(said("modelspec.trigger_phrase"), Some("sks boat"));
    assert_eq!(
        (said("ss_network_dim"), said("ss_network_alpha"), said("ss_steps")),
        (Some("8"), Some("4"), Some("400"))
    );
    assert_eq!(said("modelspec.date"), None);
    let path = dir.path().join("boats.safetensors");
    weights(&path, &of_few.metadata);
    let read = read_adapter(&path).unwrap();
    assert_eq!(read.sha256.0, <[u8; 32]>::from(sha2::Sha256::digest(std::fs::read(&path).unwrap())));
    let lineage = read.lineage.unwrap();
    assert_eq!((lineage.digest, &lineage.base, lineage.count), (of_few.digest, &few.base, 3));
    assert_eq!((lineage.pictures, lineage.missing), (few.pictures.clone(), vec![]));
    for words in [
        "base_model: \"stable-diffusion-v1-5\"",
        "base_model_relation: adapter",
        "license: \"cc-by-nc-4.0\"",
        "- lora",
        "## Credit",
        "Ana Müller",
        "Ana \\| Müller",
        "Boats | in &lt;evening&gt; light",
    ] {
        assert!(of_few.card.contains(words), "{words}: {}", of_few.card);
    }
    let card = sayso_lineage::read_card(&of_few.card, &sayso_lineage::FORMAT_LIMITS).unwrap().unwrap();
    assert_eq!(
        (card.base_model, card.base_model_relation.as_deref()),
        (vec!["stable-diffusion-v1-5".to_owned()], Some("adapter"))
    );
    let graph = sayso_lineage::Graph::new(Vec::new()).unwrap();
    let scan = sayso::lineage::scan(dir.path(), &graph, false).unwrap();
    let node = scan.nodes.iter().find(|node| node.id.as_str() == "boats").unwrap();
    assert_eq!((node.kind, node.name.as_str()), (sayso_lineage::NodeKind::Adapter, "Boats at dusk"));
    let ends: Vec<_> = node.edges.iter().map(|edge| (edge.kind.as_str(), edge.to.as_str())).collect();
    assert!(
        ends.contains(&("fine-tuned-from", "stable-diffusion-v1-5"))
            && ends.contains(&("trained-on", "boats-pictures")),
        "{ends:?}"
    );
    let pictures = scan.nodes.iter().find(|node| node.id.as_str() == "boats-pictures").unwrap();
    assert_eq!(pictures.size.as_deref(), Some("3 pictures"));

    // Of many, a list lies beside the weights, and is taken only if it is theirs.
    let many = facts_of_run((0..=LISTED_PICTURES).map(picture).collect());
    let of_many = papers(&many, "many");
    let (name, list) = of_many.list.clone().unwrap();
    assert!(of_many.metadata["sayso.lineage"].len() < 4_000);
    let path = dir.path().join("many.safetensors");
    weights(&path, &of_many.metadata);
    let missing = |path: &Path| read_adapter(path).unwrap().lineage.unwrap().missing;
    assert!(missing(&path)[0].contains("is not beside it"));
    std::fs::write(dir.path().join(&name), &list).unwrap();
    assert_eq!(missing(&path), Vec::<String>::new());
    assert_eq!(read_adapter(&path).unwrap().lineage.unwrap().pictures, many.pictures);
    std::fs::write(dir.path().join(&name), list.replacen("allowed", "unknown", 1)).unwrap();
    assert!(missing(&path)[0].contains("not the list that it names"));
    let elsewhere =
        BTreeMap::from([("sayso.lineage".to_owned(), of_many.metadata["sayso.lineage"].replace(&name, "../../x"))]);
    weights(&path, &elsewhere);
    assert!(missing(&path)[0].contains("lies nowhere"));
    std::fs::write(&path, "no weights").unwrap();
    assert!(read_adapter(&path).is_err());
}
