//! The registry's log read by another implementation, and notes that another one signed read by ours.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use support::{json, said, sayso, text};

/// The program that `scripts/interop_go.sh` builds.
fn other(arguments: &[&str], dir: &Path, program: &PathBuf) -> (bool, String) {
    let output = Command::new(program).args(arguments).current_dir(dir).output().unwrap();
    (output.status.success(), text(&output) + &said(&output))
}

#[test]
fn gos_checksum_database_reads_the_log_and_signs_for_it() {
    let Some(program) = std::env::var_os("SAYSO_INTEROP_GO").map(PathBuf::from) else {
        eprintln!("skipped: scripts/interop_go.sh builds what this compares with");
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let run = |arguments: &[&str]| {
        let output = sayso(&[arguments, &["--registry", "r"]].concat(), dir);
        assert!(output.status.success(), "{output:?}");
        output
    };
    let import = |count: u32| {
        let rows: String = (0..count).map(|n| format!("domain:a{n}.example.org\n")).collect();
        std::fs::write(dir.join("claims.csv"), format!("subject\n{rows}")).unwrap();
        run(&["claim", "import", "claims.csv", "--preference", "train-ai=n"]);
    };
    import(300);
    std::fs::write(dir.join("old"), run(&["registry", "head"]).stdout).unwrap();
    import(1000);
    std::fs::write(dir.join("new"), run(&["registry", "head"]).stdout).unwrap();
    run(&["registry", "tiles", "served"]);
    let head = json(&run(&["registry", "head", "--json"]));
    let key = head["key"].as_str().unwrap();
    assert_eq!(other(&["log", "served", key], dir, &program), (true, "1000\n".to_owned()));
    for number in ["0", "255", "256", "511", "999"] {
        std::fs::write(dir.join("proof"), run(&["registry", "proof", number]).stdout).unwrap();
        assert_eq!(other(&["proof", "proof", key], dir, &program), (true, String::new()), "{number}");
    }
    std::fs::write(dir.join("proof"), run(&["registry", "consistency", "300"]).stdout).unwrap();
    assert_eq!(other(&["consistency", "proof", "old", "new", key], dir, &program), (true, String::new()));
    // What it would refuse it refuses here, too: an entry that was changed.
    let bundle = dir.join("served/tile/entries/002");
    let mut bytes = std::fs::read(&bundle).unwrap();
    bytes[100] ^= 1;
    std::fs::write(&bundle, bytes).unwrap();
    assert!(!other(&["log", "served", key], dir, &program).0);

    // A claimant with a key of Go's signs by Go.
    let (_, keys) = other(&["key", "ana.example"], dir, &program);
    let (secret, public) = keys.trim().split_once('\n').unwrap();
    let hash = "ab".repeat(32);
    let subject = format!("sha256:{hash}");
    let claimant = format!("key:{public}");
    let added =
        run(&["claim", "add", "--subject", &subject, "--preference", "train-ai=n", "--claimant", &claimant, "--json"]);
    let number = json(&added)["claims"][0]["claim"].to_string();
    let told = json(&run(&["claim", "verify", &number, "--challenge", "--json"]));
    let words = told["instructions"].as_str().unwrap();
    std::fs::write(dir.join("text"), words.split_once('\n').unwrap().1).unwrap();
    let (_, signed) = other(&["sign", secret, "text"], dir, &program);
    std::fs::write(dir.join("signed"), signed).unwrap();
    let verified = json(&run(&["claim", "verify", &number, "--signature", "signed", "--json"]));
    assert_eq!((&verified["state"], &verified["method"]), (&"verified".into(), &"signature".into()));
}
