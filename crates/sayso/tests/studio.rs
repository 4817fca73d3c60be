//! A studio's sessions: what is in them, who ends them, and what the log says of it. The net that learns is left out here.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod studio_world;

use std::path::{Path, PathBuf};
use std::time::Duration;

use sayso::claims::RegistryPlace;
use sayso::online::Clock as _;
use sayso::studio::{
    CheckOutcome, Deleting, FileName, MakeAsked, RunStage, Shown, Studio, StudioError, StudioOptions, TrainAsked,
};
use sayso_core::Sha256;
use sayso_registry::claim::UseKind;
use sayso_registry::deletion::verify_deletion;
use sayso_registry::entry::DeletionCause;

use studio_world::{Slow, World, asked, begun, picture, until};

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
    assert_eq!((bundle.name.as_str(), &bundle.read_at(0, 4).unwrap()[..]), ("a-boat.zip", &b"PK\x03\x04"[..]));
    assert_eq!(bundle.read_at(4, 1 << 20).unwrap().len() as u64, bundle.length - 4);
    assert!(studio.file(&token, FileName::Picture(9)).unwrap().is_none());
    let picture = studio.file(&token, FileName::Upload(1)).unwrap().unwrap();
    assert_eq!(picture.read_at(0, 1 << 20).unwrap(), studio_world::picture(1, Some(true), None));

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
    // Whoever was fetching something is handed no more of it.
    assert!(bundle.read_at(0, 4).is_err() && picture.read_at(0, 4).is_err());
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
    assert!(matches!(studio.begin(None), Err(StudioError::Full { sessions: 2 })));
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
    // And one that was being made, in which nothing is yet, and one that does not say since when it is there.
    fs_err::create_dir_all(found.join("sessions").join("half").join("uploads")).unwrap();
    fs_err::create_dir_all(found.join("sessions").join("torn").join("uploads")).unwrap();
    fs_err::write(found.join("sessions").join("torn").join("uploads").join("0001.png"), "a picture").unwrap();
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
    let token = studio.begin(None).unwrap().hash();
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
    studio.say_who_is_shown(&token, &Shown::Nobody, &[], UseKind::Any).unwrap();
    assert_eq!(outcomes(&studio), named([true, false, false, false]));
    // Names are refused, as in any training.
    let by = TrainAsked { title: "Ottilie Vandenbroek style".to_owned(), ..asked(1) };
    let why = studio.train(&token, &by).unwrap_err().to_string();
    assert!(why.contains("Ottilie Vandenbroek") && !why.contains("studio"), "{why}");
    let persons = Shown::Persons(vec!["Marisol Quintero=99".to_owned()]);
    let why = studio.say_who_is_shown(&token, &persons, &[], UseKind::Any).unwrap_err().to_string();
    assert!(why.contains("claim 99"), "{why}");
}

#[test]
fn what_is_too_much_or_no_picture_is_told() {
    let world = World::new();
    let studio = world.open();
    let token = studio.begin(None).unwrap().hash();
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
    studio.say_who_is_shown(&token, &Shown::Nobody, &[], UseKind::Any).unwrap();
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
