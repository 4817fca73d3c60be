//! Finds edited pictures among others: by PDQ, by PDQ in eight ways, by features, and as `sayso match` does.
//!
//! ```sh
//! scripts/bench_copies.sh        # makes the pictures, runs this and the peers, prints the table
//! ```
//!
//! `FOLDER` holds `originals.txt` and `distractors.txt`, lists of files. Each step keeps what it makes in the folder, and
//! goes on where it was cut off.
//!
//! - `copies known FOLDER` looks at all pictures that can be found, and keeps their hashes and features;
//! - `copies relatives FOLDER MOST` says which originals are kept (`kept.txt`), at most so many;
//! - `copies look FOLDER` looks for each of `edits.txt`. `ours.tsv` gets a line for each hit: the edit's number, the method,
//!   the number of what was found (originals first), and a score that is higher the surer it is.

mod both;
mod known;
mod look;
mod nearest;
mod picture;
mod relatives;
mod timing;

use std::path::{Path, PathBuf};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [step, folder, rest @ ..] = arguments.as_slice() else {
        eprintln!("usage: copies known|relatives|look FOLDER [MOST]");
        std::process::exit(2)
    };
    let folder = Path::new(folder);
    let originals = list(folder, "originals.txt");
    let all: Vec<PathBuf> = originals.iter().cloned().chain(list(folder, "distractors.txt")).collect();
    known::complete(&all, &folder.join("known.bin"));
    if step == "known" {
        return;
    }
    let known = known::read(&folder.join("known.bin"));
    let index = known::index_of(&known, &folder.join("index"));
    if step == "relatives" {
        let most = rest.first().and_then(|most| most.parse().ok()).unwrap_or(usize::MAX);
        relatives::write(folder, &originals, &all, &known, &index, most);
    } else {
        look::all(folder, &list(folder, "edits.txt"), &known, &index);
    }
}

fn list(folder: &Path, name: &str) -> Vec<PathBuf> {
    let text = std::fs::read_to_string(folder.join(name)).expect("a list of files");
    text.lines().map(PathBuf::from).collect()
}
