//! robots.txt: ours beside the `texting_robots` crate, on the files of real sites, in ratios and answer by answer.
//!
//! ```sh
//! cargo run --release --manifest-path benches/Cargo.toml --bin robots -- ARCHIVE [DIFFERENCES.tsv]
//! ```
//!
//! `ARCHIVE` is a gzipped tar of robots.txt files. Every file is asked about the same hundred addresses, made from the
//! paths that it names and a list of made-up ones, for each of four agents. Where the two do not answer alike, the cause
//! is found by taking it out of the file (`causes.rs`), and the table of causes is printed; the second argument names a
//! file for every single one.

mod addresses;
mod causes;
mod files;
mod speed;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sayso_consent::agents::AgentTable;
use sayso_consent::robots::RobotsTxt;
use texting_robots::Robot;

use causes::{Cause, Question, cause_of};
use files::{RobotsFile, files_of};

/// One that no file names, one that crawls for search, and two that crawl for AI.
pub const AGENTS: [&str; 4] = ["saysobot", "Googlebot", "GPTBot", "CCBot"];
const ROBOTS_BYTES: u64 = 500 << 10;
const SIGNAL_BYTES: u64 = 500;

/// Our reading of a file.
pub fn ours(file: &[u8]) -> RobotsTxt {
    RobotsTxt::parse(file, ROBOTS_BYTES, SIGNAL_BYTES, AgentTable::builtin())
}

/// Whether ours lets an agent fetch an address.
pub fn ours_allows(robots: &RobotsTxt, agent: &str, address: &str) -> bool {
    robots.access(agent, address).stance.as_str() == "allowed"
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let archive = arguments.next().expect("the gzipped tar of robots.txt files");
    let listing = arguments.next();
    let mut files = files_of(&archive);
    for file in &mut files {
        file.addresses = addresses::of(&file.bytes);
    }
    println!("{} files, {} addresses each, agents {}", files.len(), addresses::COUNT, AGENTS.join(", "));
    let listed = answers(&files);
    if let Some(path) = listing {
        std::fs::write(path, listed).expect("the list of differences can be written");
    }
    speed::measure(&files);
}

/// Prints the causes of differences, and returns all differences, one a line.
fn answers(files: &[RobotsFile]) -> String {
    let (mut asked, mut differing, mut unread) = (0_u64, 0_u64, Vec::new());
    let mut by_cause: BTreeMap<Cause, (u64, Vec<&str>)> = BTreeMap::new();
    let mut listed = String::from("site\tagent\taddress\tours\ttexting_robots\tcause\n");
    for file in files {
        let mine = ours(&file.bytes);
        for agent in AGENTS {
            let Ok(theirs) = Robot::new(agent, &file.bytes) else {
                unread.push(format!("{} ({agent})", file.site));
                continue;
            };
            for address in &file.addresses {
                asked += 1;
                let (my_answer, their_answer) = (ours_allows(&mine, agent, address), theirs.allowed(address));
                if my_answer == their_answer {
                    continue;
                }
                differing += 1;
                let cause = cause_of(&Question { file: &file.bytes, agent, address });
                let (count, sites) = by_cause.entry(cause).or_default();
                *count += 1;
                if sites.last() != Some(&file.site.as_str()) {
                    sites.push(&file.site);
                }
                let said = |allows| if allows { "allowed" } else { "disallowed" };
                writeln!(
                    listed,
                    "{}\t{agent}\t{}\t{}\t{}\t{cause}",
                    file.site,
                    address.escape_debug(),
                    said(my_answer),
                    said(their_answer)
                )
                .expect("memory can be written to");
            }
        }
    }
    println!("{asked} questions, {differing} answered differently");
    if !unread.is_empty() {
        println!("texting_robots gives an error for {}: {}", unread.len(), unread.join(", "));
    }
    println!("\n| cause | answers | sites | such as |\n|---|--:|--:|---|");
    for (cause, (count, mut sites)) in by_cause {
        sites.dedup();
        println!("| {cause} | {count} | {} | {} |", sites.len(), sites[..sites.len().min(3)].join(", "));
    }
    listed
}
