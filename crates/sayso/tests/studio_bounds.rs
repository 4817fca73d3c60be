//! What one visitor may have of a studio, whose claims count, and when a session is over whatever is at work in it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod studio_world;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use sayso::Error;
use sayso::studio::{
    Deleting, FileName, LossAt, MadeFile, MakeOrder, Network, Progress, RunStage, Shown, Studio, StudioError,
    StudioLimits, StudioOptions, TrainOrder, Trained, Workshop,
};
use sayso_core::Sha256;
use sayso_registry::claim::UseKind;
use sayso_registry::entry::DeletionCause;

use studio_world::{World, asked, begun, picture, until};

#[test]
fn one_network_takes_no_more_than_its_seats() {
    let world = World::new();
    let options = world.options();
    let limits = StudioLimits { sessions: 4, from_network: 2, ..options.limits };
    let studio = Studio::open(StudioOptions { limits, ..options }, Box::new(world.workshop.clone())).unwrap();
    let (one, other) = (Some(Network(1)), Some(Network(2)));
    let first = studio.begin(one).unwrap().hash();
    world.clock.later(100);
    studio.begin(one).unwrap();
    let full = studio.begin(one).unwrap_err();
    let StudioError::Network { sessions: 2, wait } = full else { panic!("{full}") };
    // The first of them is over ten minutes after somebody was there last.
    assert_eq!(wait, Duration::from_secs(500));
    assert!(full.to_string().contains("try again in 9 minutes"), "{full}");
    assert!(studio.begin(other).is_ok() && matches!(studio.begin(one), Err(StudioError::Network { .. })));
    studio.delete(&first).unwrap();
    studio.begin(one).unwrap();
    studio.begin(other).unwrap();
    assert!(matches!(studio.begin(Some(Network(3))), Err(StudioError::Full { sessions: 4 })));
}

#[test]
fn of_what_nobody_brought_anything_to_the_log_says_nothing() {
    let world = World::new();
    let studio = world.open();
    let token = studio.begin(None).unwrap().hash();
    assert!(studio.receipt(&token).is_err());
    assert_eq!(studio.delete(&token).unwrap(), Deleting::Done);
    assert!(studio.ended(&token).is_none() && matches!(studio.look(&token), Err(StudioError::Over)));
    let idle = studio.begin(None).unwrap().hash();
    world.clock.later(601);
    studio.sweep();
    assert!(matches!(studio.look(&idle), Err(StudioError::Over)));
    studio.begin(None).unwrap();
    // What is on its way is not there yet.
    let coming = studio.begin(None).unwrap().hash();
    let mut half = studio.receive(&coming).unwrap();
    half.write(&picture(1, None, None)[..100]).unwrap();
    drop(half);
    studio.close();
    assert!(world.log().is_empty() && world.left() == 0);
    assert!(matches!(studio.begin(None), Err(StudioError::Closing)));
    // What was brought and taken out again was there.
    drop(studio);
    let studio = world.open();
    let token = begun(&studio);
    studio.take_out(&token, 1).unwrap();
    studio.delete(&token).unwrap();
    assert_eq!(world.log().len(), 1);
}

#[test]
fn somebody_elses_claim_grants_nobodys_likeness() {
    let world = World::new();
    let studio = world.open();
    let token = begun(&studio);
    let site = world.verified("domain:gallery-of-many.org", "fine-tune=y");
    let account = world.verified("account:deviantart.com/marisol-quintero", "fine-tune=y");
    let unverified = world.claim_as("account:artstation.com/marisolquintero", "fine-tune=y");
    let say = |line: String, own: &[_]| {
        let said = studio.say_who_is_shown(&token, &Shown::Persons(vec![line]), own, UseKind::Any);
        said.map_err(|error| error.to_string())
    };
    // Anybody can write anybody's number behind a name.
    let why = say(format!("Marisol Quintero={site}"), &[]).unwrap_err();
    assert!(why.contains("nothing shows that claim") && why.contains("TOKEN"), "{why}");
    assert!(say(format!("me={site}"), &[]).is_err());
    assert_eq!(studio.look(&token).unwrap().shown, Some(Shown::Nobody));
    assert!(say(format!("Ana Müller={account}"), &[]).is_err());
    assert!(say(format!("Marisol Quintero={unverified}"), &[]).unwrap_err().contains("shown control"));
    // The account is called so, for everybody to see.
    say(format!("Marisol Quintero={account}"), &[]).unwrap();
    // Whoever holds the claim has shown it, once for the session, and for no other claim.
    say(format!("Marisol Quintero={site}"), &[site]).unwrap();
    say(format!("Marisol Quintero={site}"), &[]).unwrap();
    assert!(say(format!("Ana Müller={account}"), &[]).is_err());
    assert_eq!(
        studio.look(&token).unwrap().shown,
        Some(Shown::Persons(vec![format!("Marisol Quintero={site}")])),
        "what was refused changed nothing"
    );
}

/// Makes a step each time it is let, and cannot be stopped within one.
#[derive(Clone, Default)]
struct Stubborn {
    let_steps: Arc<AtomicUsize>,
}

impl Workshop for Stubborn {
    fn base_name(&self) -> &str {
        "stubborn"
    }

    fn train(
        &self,
        order: &TrainOrder<'_>,
        stop: &AtomicBool,
        tell: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Trained, Error> {
        tell(Progress::Preparing { done: 1, all: 1 });
        for step in 1..=order.steps {
            while self.let_steps.load(Ordering::SeqCst) < step {
                std::thread::sleep(Duration::from_millis(2));
            }
            tell(Progress::Step(LossAt { step, loss: 1.0 }));
            if stop.load(Ordering::Relaxed) {
                // As the real one: what was learned until then is written.
                fs_err::write(order.out, "weights").unwrap();
                return Ok(Trained { out: order.out.to_owned() });
            }
        }
        Err(Error::Cancelled)
    }

    fn make(&self, _: &MakeOrder<'_>, _: &AtomicBool, _: &mut dyn FnMut(usize, usize)) -> Result<Vec<MadeFile>, Error> {
        Err(Error::Cancelled)
    }
}

fn stubborn(world: &World) -> (Studio, Stubborn) {
    let workshop = Stubborn::default();
    (Studio::open(world.options(), Box::new(workshop.clone())).unwrap(), workshop)
}

fn gone(studio: &Studio, token: &Sha256) {
    for _ in 0..2_000 {
        if studio.ended(token).is_some() {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("it was never deleted");
}

#[test]
fn a_session_is_over_at_its_time_whatever_step_is_at_work() {
    let world = World::new();
    let (studio, workshop) = stubborn(&world);
    let token = begun(&studio);
    studio.train(&token, &asked(10)).unwrap();
    until(&studio, &token, |stage| matches!(stage, RunStage::Preparing { .. }));
    let picture = studio.file(&token, FileName::Upload(1)).unwrap().unwrap();
    world.clock.later(3_600);
    studio.sweep();
    // The step is at work still. Nobody gets anything any more, and what was brought is gone.
    assert!(matches!(studio.take_out(&token, 1), Err(StudioError::Over)));
    assert!(studio.file(&token, FileName::Upload(1)).is_err() && picture.read_at(0, 1).is_err());
    assert!(studio.is_deleting(&token) && studio.look(&token).unwrap().is_closing);
    let session = fs_err::read_dir(world.folder().join("sessions")).unwrap().next().unwrap().unwrap().path();
    assert!(!session.join("uploads").exists() && !session.join("learned").exists() && session.join("run").exists());
    assert!(world.log().is_empty(), "what is not gone is not said to be");
    world.clock.later(7);
    workshop.let_steps.store(1, Ordering::SeqCst);
    gone(&studio, &token);
    let [deletion] = world.log()[..] else { panic!("{:?}", world.log()) };
    assert_eq!((deletion.cause, world.left()), (DeletionCause::Expired, 0));
    assert!(deletion.files > 1, "the pictures are counted, though they went first");
    assert_eq!(studio.ended(&token).unwrap().receipt.contents.all().len(), 1);
}

#[test]
fn where_steps_take_long_the_last_one_is_earlier() {
    let world = World::new();
    let (studio, workshop) = stubborn(&world);
    let token = begun(&studio);
    studio.train(&token, &asked(10)).unwrap();
    // The clock goes on only when the workshop has said that it begins: the step is measured from there.
    until(&studio, &token, |stage| matches!(stage, RunStage::Preparing { done: 1, .. }));
    world.clock.later(150);
    workshop.let_steps.store(1, Ordering::SeqCst);
    until(&studio, &token, |stage| *stage == RunStage::Going);
    world.clock.later(3_600 - 150 - 310);
    studio.sweep();
    assert_eq!(studio.look(&token).unwrap().run.unwrap().stage, RunStage::Going);
    // A step took 150 seconds; one that begins now would not be over in time.
    world.clock.later(11);
    studio.sweep();
    assert_eq!(studio.look(&token).unwrap().run.unwrap().stage, RunStage::Stopping);
    workshop.let_steps.store(2, Ordering::SeqCst);
    until(&studio, &token, |stage| *stage == RunStage::Trained);
}

#[test]
fn whoever_is_there_when_a_studio_ends_keeps_what_is_theirs_until_it_closes() {
    let world = World::new();
    let studio = world.open();
    let (token, waits) = (begun(&studio), begun(&studio));
    studio.train(&token, &asked(10)).unwrap();
    until(&studio, &token, |stage| matches!(stage, RunStage::Preparing { .. }));
    studio.train(&waits, &asked(10)).unwrap();
    let picture = studio.file(&token, FileName::Upload(1)).unwrap().unwrap();
    studio.end_soon();
    until(&studio, &token, |stage| *stage == RunStage::Stopped);
    assert!(matches!(studio.begin(None), Err(StudioError::Closing)));
    assert!(matches!(studio.train(&token, &asked(1)), Err(StudioError::Closing)));
    // What was asked for before is handed out to its end.
    assert_eq!(picture.read_at(0, 1 << 20).unwrap().len() as u64, picture.length);
    assert!(studio.receipt(&token).is_ok() && world.log().is_empty());
    studio.close();
    let log = world.log();
    assert_eq!((log.len(), world.left()), (2, 0));
    assert!(log.iter().all(|deletion| deletion.cause == DeletionCause::Stopped));
}
