//! A studio's sessions: what is in them, who ends them, and what the log says of it. The net that learns is left out here.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sayso::Error;
use sayso::claims::RegistryPlace;
use sayso::online::Clock;
use sayso::reserve::{PictureOptions, Target, Texts, Wishes, reserve_pictures};
use sayso::studio::{
    CheckOutcome, Deleting, FileName, Keeping, LossAt, MadeFile, MakeAsked, MakeOrder, Progress, RunStage, Shown,
    Studio, StudioError, StudioLimits, StudioOptions, TrainAsked, TrainOrder, Trained, Workshop,
};
use sayso_core::{Policy, PolicyName, Purpose, Sha256, Timestamp, UsageCategory};
use sayso_registry::claim::{ClaimPreferences, NewClaim, UseKind};
use sayso_registry::deletion::verify_deletion;
use sayso_registry::entry::{Deletion, DeletionCause};
use sayso_registry::{Clerk, SystemRandomness};

/// A clock that is set by hand.
#[derive(Debug)]
struct Set(AtomicI64);

impl Clock for Set {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }

    fn wait(&self, _: Duration) {}
}

impl Set {
    fn later(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

/// Learns nothing, a step each time it is let.
#[derive(Clone, Default)]
struct Slow {
    let_go: Arc<Mutex<bool>>,
}

impl Workshop for Slow {
    fn base_name(&self) -> &str {
        "slow"
    }

    fn train(
        &self,
        order: &TrainOrder<'_>,
        stop: &AtomicBool,
        tell: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Trained, Error> {
        tell(Progress::Preparing { done: 1, all: order.selection.taken.len() });
        for step in 1..=order.steps {
            while !*self.let_go.lock().unwrap() && !stop.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(2));
            }
            if stop.load(Ordering::Relaxed) {
                return Err(Error::Cancelled);
            }
            tell(Progress::Step(LossAt { step, loss: 1.0 / step as f64 }));
        }
        fs_err::write(order.out, "weights").unwrap();
        fs_err::write(order.out.with_extension("md"), "# card").unwrap();
        Ok(Trained { out: order.out.to_owned() })
    }

    fn make(
        &self,
        order: &MakeOrder<'_>,
        _: &AtomicBool,
        tell: &mut dyn FnMut(usize, usize),
    ) -> Result<Vec<MadeFile>, Error> {
        tell(1, 1);
        assert!(order.adapter.is_file());
        let made = (0..order.count).map(|at| {
            let number = order.first + at;
            fs_err::write(order.folder.join(format!("{number:04}.png")), "a picture").unwrap();
            MadeFile { number, seed: order.seed, nearest: Some(120), is_kept: true }
        });
        Ok(made.collect())
    }
}

struct World {
    dir: tempfile::TempDir,
    clock: Arc<Set>,
    workshop: Slow,
}

impl World {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(Set(AtomicI64::new(1_800_000_000_000_000)));
        let place = RegistryPlace::of(&dir.path().join("registry"));
        place.open_to_write(Some("registry.example/log"), clock.now()).unwrap();
        Self { dir, clock, workshop: Slow::default() }
    }

    fn registry(&self) -> PathBuf {
        self.dir.path().join("registry")
    }

    fn folder(&self) -> PathBuf {
        self.dir.path().join("studio")
    }

    fn options(&self) -> StudioOptions {
        let clock: Arc<dyn Clock> = self.clock.clone();
        StudioOptions {
            folder: self.folder(),
            registry: self.registry(),
            policy: Policy::new(PolicyName::OptIn, Purpose(UsageCategory::FineTune)),
            names: Vec::new(),
            keeping: Keeping { most: Duration::from_secs(3_600), idle: Some(Duration::from_secs(600)) },
            limits: StudioLimits {
                pictures: 4,
                picture_bytes: 1 << 20,
                session_bytes: 3 << 20,
                sessions: 2,
                waiting: 2,
                steps: 10,
                made: 4,
            },
            clock,
        }
    }

    fn open(&self) -> Studio {
        Studio::open(self.options(), Box::new(self.workshop.clone())).unwrap()
    }

    fn let_go(&self, let_go: bool) {
        *self.workshop.let_go.lock().unwrap() = let_go;
    }

    /// All deletions of the log, and whether the registry holds together.
    fn log(&self) -> Vec<Deletion> {
        let mut registry = RegistryPlace::of(&self.registry()).open().unwrap();
        let audit = registry.audit().unwrap();
        assert!(audit.faults.is_empty(), "{audit:?}");
        registry.deletions_since(0).unwrap().found.into_iter().map(|(_, deletion)| deletion).collect()
    }

    fn claim(&self, subject: &str) {
        let (mut registry, key) = RegistryPlace::of(&self.registry()).open_to_write(None, self.clock.now()).unwrap();
        let mut randomness = SystemRandomness;
        let mut clerk = Clerk { key: &key, now: self.clock.now(), randomness: &mut randomness };
        let preferences: ClaimPreferences = "fine-tune=n".parse().unwrap();
        let claim =
            NewClaim { subject: subject.parse().unwrap(), preferences, since: None, claimant: None, terms: None };
        registry.assert(&[claim], &mut clerk).unwrap();
    }

    /// What of sessions lies in the studio's folder.
    fn left(&self) -> usize {
        fn count(folder: &Path) -> usize {
            let of = |entry: fs_err::DirEntry| match entry.file_type().unwrap().is_dir() {
                true => count(&entry.path()) + 1,
                false => 1,
            };
            fs_err::read_dir(folder).unwrap().map(|entry| of(entry.unwrap())).sum()
        }
        count(&self.folder().join("sessions")) + count(&self.folder().join("deleted"))
    }

    /// Whether the words stand in any file of the studio or the registry.
    fn is_anywhere(&self, word: &[u8]) -> bool {
        fn search(folder: &Path, word: &[u8]) -> bool {
            fs_err::read_dir(folder).unwrap().any(|entry| {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    return search(&path, word);
                }
                fs_err::read(&path).unwrap().windows(word.len()).any(|part| part == word)
            })
        }
        search(self.dir.path(), word)
    }
}

/// A picture that no other is like, and what it says of itself.
fn picture(seed: u32, says: Option<bool>, creator: Option<&str>) -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.png");
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut blocks = [[0_u8; 16]; 16];
    for block in blocks.iter_mut().flatten() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *block = (state >> 24) as u8;
    }
    let drawn = image::RgbImage::from_fn(64, 64, |x, y| image::Rgb([blocks[y as usize / 4][x as usize / 4]; 3]));
    drawn.save(&path).unwrap();
    if says.is_some() || creator.is_some() {
        // Whoever names a maker alone says something of another use.
        let (no, yes) = match says {
            Some(true) => (vec![], vec![UsageCategory::DataMining]),
            Some(false) => (vec![UsageCategory::DataMining], vec![]),
            None => (vec![], vec![UsageCategory::Search]),
        };
        let texts = Texts { creator: creator.map(str::to_owned), ..Texts::default() };
        let options =
            PictureOptions { wishes: Wishes { no, yes }, texts, target: Target::InPlace, force: false, signing: None };
        let report = reserve_pictures(std::slice::from_ref(&path), &options, &|_, _| {}).unwrap();
        assert!(report.failed.is_empty(), "{:?}", report.failed);
    }
    fs_err::read(path).unwrap()
}

fn asked(steps: usize) -> TrainAsked {
    TrainAsked { title: "A boat".to_owned(), prompt: "a photo of sks boat".to_owned(), class: String::new(), steps }
}

/// A session with a picture that says yes.
fn begun(studio: &Studio) -> Sha256 {
    let token = studio.begin().unwrap().hash();
    studio.bring(&token, vec![("yes.png".to_owned(), picture(1, Some(true), None))]).unwrap();
    studio.say_who_is_shown(&token, &Shown::Nobody, UseKind::Any).unwrap();
    token
}

/// Waits until a training is where it is to be.
fn until(studio: &Studio, token: &Sha256, is_there: impl Fn(&RunStage) -> bool) {
    for _ in 0..2_000 {
        if is_there(&studio.look(token).unwrap().run.unwrap().stage) {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("it never came: {:?}", studio.look(token).unwrap().run.unwrap().stage);
}

#[test]
fn what_a_session_leaves_is_an_entry_that_its_owner_can_open() {
    let world = World::new();
    world.let_go(true);
    let studio = world.open();
    let token = begun(&studio);
    studio.train(&token, &asked(3)).unwrap();
    until(&studio, &token, |stage| *stage == RunStage::Trained);
    let made = MakeAsked { prompt: "a sks boat".to_owned(), seed: 7, count: 2, steps: 1 };
    studio.make(&token, &made).unwrap();
    while studio.look(&token).unwrap().making.is_some() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let view = studio.look(&token).unwrap();
    assert_eq!((view.made.len(), view.run.unwrap().losses.len()), (2, 3));
    let bundle = studio.file(&token, FileName::Bundle).unwrap().unwrap();
    assert_eq!((bundle.name.as_str(), &bundle.bytes[..4]), ("a-boat.zip", &b"PK\x03\x04"[..]));
    assert_eq!(studio.file(&token, FileName::Picture(9)).unwrap(), None);

    let before = studio.receipt(&token).unwrap();
    assert_eq!(before.contents.all().len(), 5, "a picture, weights, a card, two pictures");
    world.clock.later(30);
    assert_eq!(studio.delete(&token).unwrap(), Deleting::Done);
    assert!(matches!(studio.look(&token), Err(StudioError::Over)));
    assert_eq!(world.left(), 0);
    let [deletion] = world.log()[..] else { panic!("{:?}", world.log()) };
    assert_eq!((deletion.cause, deletion.contents), (DeletionCause::Asked, before.commitment()));
    assert!(deletion.files >= 5 && deletion.deleted_at > deletion.made_at);
    let ended = studio.ended(&token).unwrap();
    assert_eq!(ended.receipt.contents, before.contents);
    let (_, key) = RegistryPlace::of(&world.registry()).open_to_write(None, world.clock.now()).unwrap();
    let verified = verify_deletion(ended.receipt.to_string().as_bytes(), &[key.public()]).unwrap();
    assert_eq!(verified.deletion, deletion);
    // Nothing of it is left: not what it was called, not its digest, not the salt.
    for word in ["yes.png", &before.contents.all()[0].sha256.to_string(), &Sha256(before.salt).to_string()] {
        assert!(!world.is_anywhere(word.as_bytes()), "{word}");
    }
    studio.forget(&token);
    assert!(studio.ended(&token).is_none());
}

#[test]
fn the_clock_ends_sessions_and_stops_what_is_at_work() {
    let world = World::new();
    let studio = world.open();
    let idle = begun(&studio);
    world.clock.later(601);
    studio.sweep();
    assert!(studio.look(&idle).is_err() && world.left() == 0);
    assert_eq!(world.log()[0].cause, DeletionCause::Idle);

    // What is at work is not idle, and is stopped before the time that was named.
    let busy = begun(&studio);
    studio.train(&busy, &asked(10)).unwrap();
    until(&studio, &busy, |stage| matches!(stage, RunStage::Preparing { .. }));
    world.clock.later(1_200);
    studio.sweep();
    assert!(studio.look(&busy).unwrap().run.unwrap().stage.is_going());
    world.clock.later(2_360);
    studio.sweep();
    until(&studio, &busy, |stage| *stage == RunStage::Stopped);
    world.clock.later(40);
    studio.sweep();
    assert!(studio.look(&busy).is_err() && world.left() == 0);
    assert_eq!(world.log()[1].cause, DeletionCause::Expired);
    assert!(world.log()[1].deleted_at.as_micros() - world.log()[1].made_at.as_micros() <= 3_600_000_000);
}

#[test]
fn one_trains_and_the_others_wait() {
    let world = World::new();
    let studio = world.open();
    let (first, second) = (begun(&studio), begun(&studio));
    assert!(matches!(studio.begin(), Err(StudioError::Full { sessions: 2 })));
    studio.train(&first, &asked(2)).unwrap();
    until(&studio, &first, |stage| matches!(stage, RunStage::Preparing { .. }));
    studio.train(&second, &asked(2)).unwrap();
    until(&studio, &second, |stage| *stage == RunStage::Waiting { before: 1 });
    // While it learns, nothing of it changes.
    assert!(matches!(studio.train(&first, &asked(2)), Err(StudioError::Busy)));
    assert!(matches!(studio.take_out(&first, 1), Err(StudioError::Busy)));
    // Deleted while it learns: after the step, and for the second the line goes on.
    studio.delete(&first).unwrap();
    until(&studio, &second, |stage| matches!(stage, RunStage::Preparing { .. }));
    assert!(matches!(studio.look(&first), Err(StudioError::Over)));
    studio.stop(&second).unwrap();
    until(&studio, &second, |stage| *stage == RunStage::Stopped);
    world.let_go(true);
    studio.train(&second, &asked(2)).unwrap();
    until(&studio, &second, |stage| *stage == RunStage::Trained);
    // A studio that closes deletes what is in it.
    studio.close();
    assert_eq!(world.left(), 0);
    assert_eq!(
        world.log().iter().map(|it| it.cause).collect::<Vec<_>>(),
        [DeletionCause::Asked, DeletionCause::Stopped]
    );
}

#[test]
fn what_a_killed_studio_left_is_deleted_and_logged_by_the_next() {
    let world = World::new();
    let studio = world.open();
    let token = begun(&studio);
    let before = studio.receipt(&token).unwrap();
    let lock = Studio::open(world.options(), Box::new(world.workshop.clone())).unwrap_err();
    assert!(lock.to_string().contains("another studio works in it"), "{lock}");
    // Killed: nobody closes it. A copy of its folder is what the next one finds.
    let found = world.dir.path().join("found");
    let copied = std::process::Command::new("cp").args(["-a"]).arg(world.folder()).arg(&found).status().unwrap();
    assert!(copied.success());
    // And one that was being made, and one whose deletion was begun.
    fs_err::create_dir(found.join("sessions").join("half")).unwrap();
    drop(studio);
    let options = StudioOptions { folder: found.clone(), ..world.options() };
    let logged = world.log().len();
    let studio = Studio::open(options.clone(), Box::new(world.workshop.clone())).unwrap();
    assert_eq!(fs_err::read_dir(found.join("sessions")).unwrap().count(), 0);
    let log = world.log();
    let left: Vec<_> = log[logged..].iter().filter(|it| it.cause == DeletionCause::Found).collect();
    assert_eq!(left.len(), 1, "the other was on the log already, when it was deleted: {log:?}");
    // Whoever kept a receipt finds their entry.
    assert!(log.iter().any(|it| it.contents == before.commitment()));
    drop(studio);
    // Killed between the deletion and the log: the intent says what was meant, and it is logged once.
    let intent = serde_json::json!({ "version": 1, "files": 3, "made_at": "2027-01-15T08:00:00Z", "cause": "asked",
        "contents": "11".repeat(32) });
    for _ in 0..2 {
        fs_err::write(found.join("deleted").join("x.json"), intent.to_string()).unwrap();
        drop(Studio::open(options.clone(), Box::new(world.workshop.clone())).unwrap());
    }
    assert_eq!(world.log().iter().filter(|it| it.files == 3).count(), 1);
    assert_eq!(fs_err::read_dir(found.join("deleted")).unwrap().count(), 0);
}

#[test]
fn only_silence_can_be_broken_by_whoever_brings_a_picture() {
    let world = World::new();
    let studio = world.open();
    let token = studio.begin().unwrap().hash();
    let silent = picture(3, None, None);
    let pictures = vec![
        ("yes.png".to_owned(), picture(1, Some(true), Some("Ottilie Vandenbroek"))),
        ("no.png".to_owned(), picture(2, Some(false), None)),
        ("../../etc/silent.png".to_owned(), silent.clone()),
        ("named.png".to_owned(), picture(4, None, Some("Marisol Quintero"))),
    ];
    studio.bring(&token, pictures).unwrap();
    let outcomes = |studio: &Studio| -> Vec<(String, bool)> {
        let view = studio.look(&token).unwrap();
        view.uploads.into_iter().map(|it| (it.name, matches!(it.outcome, CheckOutcome::Taken(_)))).collect()
    };
    let named = |takes: [bool; 4]| -> Vec<(String, bool)> {
        ["yes.png", "no.png", "silent.png", "named.png"].map(str::to_owned).into_iter().zip(takes).collect()
    };
    assert_eq!(outcomes(&studio), named([true, false, false, false]));
    let view = studio.look(&token).unwrap();
    let CheckOutcome::Refused(no) = &view.uploads[1].outcome else { panic!() };
    assert!(!no.can_be_stated && !no.reasons.is_empty());
    let CheckOutcome::Refused(silent_one) = &view.uploads[2].outcome else { panic!() };
    let letter = &silent_one.ask.as_ref().unwrap().request;
    assert!(silent_one.can_be_stated && letter.contains("silent.png") && !letter.contains("0003.png"), "{letter}");

    // Whoever says to have made all of them is believed of what says nothing, and names nobody else.
    studio.say_who_made(&token, &[1, 2, 3, 4], "Ana Müller").unwrap();
    assert_eq!(outcomes(&studio), named([true, false, true, false]));
    let CheckOutcome::Taken(own) = &studio.look(&token).unwrap().uploads[2].outcome.clone() else { panic!() };
    assert!(own.is_own_word);
    // A claim on the file as it was brought ends that, however the copy's digest differs.
    world.claim(&format!(
        "sha256:{}",
        Sha256(
            sha2::Digest::finalize(sha2::Digest::chain_update(<sha2::Sha256 as sha2::Digest>::new(), &silent)).into()
        )
    ));
    studio.say_who_is_shown(&token, &Shown::Nobody, UseKind::Any).unwrap();
    assert_eq!(outcomes(&studio), named([true, false, false, false]));
    // Names are refused, as in any training.
    let by = TrainAsked { title: "Ottilie Vandenbroek style".to_owned(), ..asked(1) };
    let why = studio.train(&token, &by).unwrap_err().to_string();
    assert!(why.contains("Ottilie Vandenbroek") && !why.contains("studio"), "{why}");
    let persons = Shown::Persons(vec!["Marisol Quintero=99".to_owned()]);
    let why = studio.say_who_is_shown(&token, &persons, UseKind::Any).unwrap_err().to_string();
    assert!(why.contains("claim 99"), "{why}");
}

#[test]
fn what_is_too_much_or_no_picture_is_told() {
    let world = World::new();
    let studio = world.open();
    let token = studio.begin().unwrap().hash();
    let bring = |name: &str, bytes: Vec<u8>| studio.bring(&token, vec![(name.to_owned(), bytes)]);
    assert!(matches!(bring("a.png", vec![0; 2 << 20]), Err(StudioError::TooLarge { .. })));
    assert!(matches!(
        bring("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec()),
        Err(StudioError::NotTaken { .. })
    ));
    // A header that promises more pixels than any memory holds.
    let mut bomb = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bomb.extend([0, 1, 0, 0, 0, 1, 0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0]);
    assert!(bring("bomb.png", bomb).unwrap_err().to_string().contains("too many pixels"));
    let cut = picture(1, None, None)[..200].to_vec();
    bring("cut.png", cut).unwrap();
    let view = studio.look(&token).unwrap();
    assert!(
        matches!(&view.uploads[0].outcome, CheckOutcome::Refused(it) if it.kind == "unreadable" || it.kind == "verdict")
    );
    for number in 2..=4 {
        bring("more.png", picture(number, None, None)).unwrap();
    }
    assert!(matches!(bring("more.png", picture(9, None, None)), Err(StudioError::Pictures { most: 4 })));
    studio.take_out(&token, 2).unwrap();
    assert_eq!(studio.look(&token).unwrap().uploads.len(), 3);
    let nothing = studio.train(&token, &asked(1)).unwrap_err().to_string();
    assert!(nothing.contains("who can be recognised"), "{nothing}");
    studio.say_who_is_shown(&token, &Shown::Nobody, UseKind::Any).unwrap();
    let nothing = studio.train(&token, &asked(1)).unwrap_err().to_string();
    assert!(nothing.contains("no picture says yes"), "{nothing}");
    assert!(studio.train(&token, &asked(11)).is_err());
    // Nobody else's token opens it.
    assert!(matches!(studio.look(&Sha256([0; 32])), Err(StudioError::Over)));
    // A folder that somebody else uses, or others can read, is none for a studio.
    let options = |folder: PathBuf| StudioOptions { folder, ..world.options() };
    let strange = world.dir.path().join("strange");
    fs_err::create_dir(&strange).unwrap();
    let open =
        |folder: &Path| Studio::open(options(folder.to_owned()), Box::new(Slow::default())).unwrap_err().to_string();
    assert!(open(&strange).contains("others may look into it"));
    fs_err::set_permissions(&strange, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    fs_err::write(strange.join("thesis.txt"), "years").unwrap();
    assert!(open(&strange).contains("something else in it"));
    assert!(strange.join("thesis.txt").exists());
}
