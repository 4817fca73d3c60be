//! What must not cost anybody what they have in a studio, and must not be learned from after all.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod studio_world;

use sayso::studio::{Deleting, FileName, RunStage, Studio, StudioError, StudioLimits, StudioOptions};
use sayso_core::Sha256;
use sayso_registry::entry::DeletionCause;
use sha2::Digest;

use studio_world::{World, asked, begun, picture, until};

fn open(world: &World, sessions: usize, waiting: usize) -> Studio {
    let options = world.options();
    let limits = StudioLimits { sessions, from_network: sessions, waiting, ..options.limits };
    Studio::open(StudioOptions { limits, ..options }, Box::new(world.workshop.clone())).unwrap()
}

#[test]
fn whoever_says_no_while_a_training_waits_has_said_no() {
    let world = World::new();
    let studio = world.open();
    let (first, second) = (begun(&studio), begun(&studio));
    studio.train(&first, &asked(2)).unwrap();
    until(&studio, &first, |stage| matches!(stage, RunStage::Preparing { .. }));
    studio.train(&second, &asked(2)).unwrap();
    until(&studio, &second, |stage| matches!(stage, RunStage::Waiting { .. }));
    // A claim on the bytes of the picture, which both brought.
    let digest = Sha256(sha2::Sha256::digest(picture(1, Some(true), None)).into());
    world.claim(&format!("sha256:{digest}"));
    world.let_go(true);
    until(&studio, &first, |stage| *stage == RunStage::Trained);
    until(&studio, &second, |stage| matches!(stage, RunStage::Failed(_)));
    let RunStage::Failed(why) = studio.look(&second).unwrap().run.unwrap().stage else { panic!() };
    assert!(why.contains("says yes"), "{why}");
    // Nothing was learned from it.
    assert!(studio.file(&second, FileName::Bundle).unwrap().is_none());
    assert!(studio.file(&first, FileName::Bundle).unwrap().is_some());
}

#[test]
fn a_full_line_costs_nobody_what_was_trained() {
    let world = World::new();
    let studio = open(&world, 3, 1);
    world.let_go(true);
    let trained = begun(&studio);
    studio.train(&trained, &asked(1)).unwrap();
    until(&studio, &trained, |stage| *stage == RunStage::Trained);
    let bytes = || {
        let bundle = studio.file(&trained, FileName::Bundle).unwrap().unwrap();
        bundle.read_at(0, 1 << 20).unwrap()
    };
    let before = bytes();
    world.let_go(false);
    let (at_work, waits) = (begun(&studio), begun(&studio));
    studio.train(&at_work, &asked(1)).unwrap();
    until(&studio, &at_work, |stage| matches!(stage, RunStage::Preparing { .. }));
    studio.train(&waits, &asked(1)).unwrap();
    assert!(matches!(studio.train(&trained, &asked(1)), Err(StudioError::Line { waiting: 1 })));
    assert_eq!(studio.look(&trained).unwrap().run.unwrap().stage, RunStage::Trained);
    assert_eq!(bytes(), before);
}

#[test]
fn a_deletion_that_the_log_does_not_take_is_made_and_logged_later() {
    let world = World::new();
    let studio = world.open();
    let token = begun(&studio);
    let before = studio.receipt(&token).unwrap();
    let aside = world.dir.path().join("aside");
    fs_err::rename(world.registry(), &aside).unwrap();
    assert_eq!(studio.delete(&token).unwrap(), Deleting::Done);
    assert_eq!(studio.ended(&token).unwrap().receipt.proof, None);
    assert!(!world.is_anywhere(b"yes.png"));
    // What was deleted is known by its commitment alone, outside of memory too: whoever is killed now finishes it later.
    assert_eq!(fs_err::read_dir(world.folder().join("deleted")).unwrap().count(), 1);
    assert_eq!(fs_err::read_dir(world.folder().join("sessions")).unwrap().count(), 0);
    if world.registry().exists() {
        fs_err::remove_dir_all(world.registry()).unwrap();
    }
    fs_err::rename(&aside, world.registry()).unwrap();
    studio.sweep();
    let receipt = studio.ended(&token).unwrap().receipt;
    assert!(receipt.proof.is_some() && receipt.contents == before.contents);
    studio.sweep();
    let [deletion] = world.log()[..] else { panic!("{:?}", world.log()) };
    assert_eq!((deletion.cause, deletion.contents), (DeletionCause::Asked, before.commitment()));
    assert_eq!(world.left(), 0);
}

#[test]
fn a_folder_that_somebody_else_made_is_none_for_a_studio() {
    let world = World::new();
    let folder = world.folder();
    fs_err::create_dir(&folder).unwrap();
    fs_err::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    if std::os::unix::fs::chown(&folder, Some(12_345), None).is_err() {
        println!("skipped: only the superuser can give a folder to somebody else");
        return;
    }
    let error = Studio::open(world.options(), Box::new(world.workshop.clone())).unwrap_err().to_string();
    assert!(error.contains("somebody else's"), "{error}");
    // The folder itself may be one's own, and what is in it not.
    let own = owner(&world);
    std::os::unix::fs::chown(&folder, Some(own), None).unwrap();
    fs_err::create_dir_all(folder.join("sessions")).unwrap();
    std::os::unix::fs::chown(folder.join("sessions"), Some(12_345), None).unwrap();
    let error = Studio::open(world.options(), Box::new(world.workshop.clone())).unwrap_err().to_string();
    assert!(error.contains("somebody else's"), "{error}");
}

/// Whoever runs the tests, as the system sees it by what they make.
fn owner(world: &World) -> u32 {
    use std::os::unix::fs::MetadataExt as _;
    let path = world.dir.path().join("owned");
    fs_err::write(&path, "").unwrap();
    fs_err::metadata(path).unwrap().uid()
}
