//! A studio with a registry, a clock that is set by hand, and a workshop that learns nothing.
#![allow(clippy::unwrap_used, clippy::panic, dead_code, reason = "tests, not each of which uses all of it")]

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sayso::Error;
use sayso::claims::RegistryPlace;
use sayso::online::Clock;
use sayso::reserve::{PictureOptions, Target, Texts, Wishes, reserve_pictures};
use sayso::studio::{
    Keeping, LossAt, MadeFile, MakeOrder, Progress, RunStage, Shown, Studio, StudioLimits, StudioOptions, TrainAsked,
    TrainOrder, Trained, Workshop,
};
use sayso_core::{Policy, PolicyName, Purpose, Sha256, Timestamp, UsageCategory};
use sayso_registry::claim::{ClaimId, ClaimPreferences, Method, NewClaim, UseKind};
use sayso_registry::entry::Deletion;
use sayso_registry::{Clerk, SystemRandomness};

/// A clock that is set by hand.
#[derive(Debug)]
pub(crate) struct Set(AtomicI64);

impl Clock for Set {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }

    fn wait(&self, _: Duration) {}
}

impl Set {
    pub(crate) fn later(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

/// Learns nothing, a step each time it is let.
#[derive(Clone, Default)]
pub(crate) struct Slow {
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

pub(crate) struct World {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) clock: Arc<Set>,
    pub(crate) workshop: Slow,
}

impl World {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(Set(AtomicI64::new(1_800_000_000_000_000)));
        let place = RegistryPlace::of(&dir.path().join("registry"));
        place.open_to_write(Some("registry.example/log"), clock.now()).unwrap();
        Self { dir, clock, workshop: Slow::default() }
    }

    pub(crate) fn registry(&self) -> PathBuf {
        self.dir.path().join("registry")
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.dir.path().join("studio")
    }

    pub(crate) fn options(&self) -> StudioOptions {
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
                from_network: 2,
                judged_at_once: NonZeroUsize::MIN,
                waiting: 2,
                steps: 10,
                made: 4,
            },
            clock,
        }
    }

    pub(crate) fn open(&self) -> Studio {
        Studio::open(self.options(), Box::new(self.workshop.clone())).unwrap()
    }

    pub(crate) fn let_go(&self, let_go: bool) {
        *self.workshop.let_go.lock().unwrap() = let_go;
    }

    /// All deletions of the log, and whether the registry holds together.
    pub(crate) fn log(&self) -> Vec<Deletion> {
        let mut registry = RegistryPlace::of(&self.registry()).open().unwrap();
        let audit = registry.audit().unwrap();
        assert!(audit.faults.is_empty(), "{audit:?}");
        registry.deletions_since(0).unwrap().found.into_iter().map(|(_, deletion)| deletion).collect()
    }

    pub(crate) fn claim(&self, subject: &str) {
        self.claim_as(subject, "fine-tune=n");
    }

    /// A claim that says what it says, and its number.
    pub(crate) fn claim_as(&self, subject: &str, preferences: &str) -> ClaimId {
        let (mut registry, key) = RegistryPlace::of(&self.registry()).open_to_write(None, self.clock.now()).unwrap();
        let mut randomness = SystemRandomness;
        let mut clerk = Clerk { key: &key, now: self.clock.now(), randomness: &mut randomness };
        let preferences: ClaimPreferences = preferences.parse().unwrap();
        let claim =
            NewClaim { subject: subject.parse().unwrap(), preferences, since: None, claimant: None, terms: None };
        registry.assert_anew(&[claim], &mut clerk).unwrap()[0]
    }

    /// The same by somebody who has shown that they control what it is about.
    pub(crate) fn verified(&self, subject: &str, preferences: &str) -> ClaimId {
        let id = self.claim_as(subject, preferences);
        let (mut registry, key) = RegistryPlace::of(&self.registry()).open_to_write(None, self.clock.now()).unwrap();
        let mut randomness = SystemRandomness;
        let mut clerk = Clerk { key: &key, now: self.clock.now(), randomness: &mut randomness };
        let method = if subject.starts_with("account:") { Method::Profile } else { Method::WellKnown };
        let token = registry.challenge(id, method, &mut clerk).unwrap();
        registry.verify(id, method, &token.to_string(), "https://example.org/", &mut clerk).unwrap();
        id
    }

    /// What of sessions lies in the studio's folder.
    pub(crate) fn left(&self) -> usize {
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
    pub(crate) fn is_anywhere(&self, word: &[u8]) -> bool {
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
pub(crate) fn picture(seed: u32, says: Option<bool>, creator: Option<&str>) -> Vec<u8> {
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

pub(crate) fn asked(steps: usize) -> TrainAsked {
    TrainAsked { title: "A boat".to_owned(), prompt: "a photo of sks boat".to_owned(), class: String::new(), steps }
}

/// A session with a picture that says yes.
pub(crate) fn begun(studio: &Studio) -> Sha256 {
    let token = studio.begin(None).unwrap().hash();
    studio.bring(&token, vec![("yes.png".to_owned(), picture(1, Some(true), None))]).unwrap();
    studio.say_who_is_shown(&token, &Shown::Nobody, &[], UseKind::Any).unwrap();
    token
}

/// Waits until a training is where it is to be.
pub(crate) fn until(studio: &Studio, token: &Sha256, is_there: impl Fn(&RunStage) -> bool) {
    for _ in 0..2_000 {
        if is_there(&studio.look(token).unwrap().run.unwrap().stage) {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("it never came: {:?}", studio.look(token).unwrap().run.unwrap().stage);
}
