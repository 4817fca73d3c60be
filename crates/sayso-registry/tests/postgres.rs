//! The store on PostgreSQL, against a server of this test's own: in a folder of its own, on a socket in it.
#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod conformance;
mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sayso_registry::RegistryError;
use sayso_registry::store::postgres::PostgresStore;
use sayso_registry::store::{Identity, RegistryStore};

use support::{WAIT, key};

/// Where Debian keeps the server's programs, or wherever the path leads.
fn programs() -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    folders.sort();
    folders.into_iter().rev().find(|folder| folder.join("initdb").exists() && folder.join("pg_ctl").exists())
}

/// A server that stops with the test.
struct Server {
    programs: PathBuf,
    dir: tempfile::TempDir,
    as_other: bool,
}

impl Server {
    fn start(programs: PathBuf) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        // The server refuses to be run by root; then it is the system's own user for it who does.
        let as_other = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
        let server = Self { programs, dir, as_other };
        if as_other {
            let owned = Command::new("chown").arg("postgres").arg(server.dir.path()).stderr(Stdio::null()).status();
            if !owned.is_ok_and(|status| status.success()) {
                return None;
            }
        }
        let data = server.dir.path().join("data");
        let data = data.to_str().unwrap();
        let made = server.run("initdb", &["-D", data, "-A", "trust", "-U", "sayso", "-E", "UTF8", "--no-sync"]);
        let socket = format!("-c listen_addresses='' -k {}", server.dir.path().display());
        let started =
            made && server.run("pg_ctl", &["-D", data, "-w", "-o", &socket, "-l", &format!("{data}/log"), "start"]);
        started.then_some(server)
    }

    fn run(&self, program: &str, arguments: &[&str]) -> bool {
        let program = self.programs.join(program);
        let mut command = if self.as_other {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.args(arguments).current_dir(self.dir.path()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }

    fn config(&self) -> String {
        format!("host={} user=sayso dbname=postgres", self.dir.path().display())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.dir.path().join("data");
        self.run("pg_ctl", &["-D", data.to_str().unwrap(), "-m", "immediate", "stop"]);
    }
}

#[test]
fn it_is_a_store() {
    let Some(server) = programs().and_then(Server::start) else {
        eprintln!("skipped: no PostgreSQL server can be started here");
        return;
    };
    let config = server.config();
    assert!(matches!(PostgresStore::open(&config, WAIT), Err(RegistryError::NotARegistry { .. })));
    let opener = || -> Box<dyn RegistryStore> {
        Box::new(PostgresStore::create(&config, &Identity { key: key().public() }, WAIT).unwrap())
    };
    conformance::conforms(&opener);
    drop(PostgresStore::open(&config, WAIT).unwrap());
    let nowhere = format!("host={} user=sayso", Path::new("/nonexistent").display());
    assert!(matches!(PostgresStore::open(&nowhere, WAIT), Err(RegistryError::Store { .. })));
}
