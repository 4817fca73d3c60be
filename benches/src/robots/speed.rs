//! How long the two take, in turns, as medians of the ratios.

use std::hint::black_box;
use std::time::Instant;

use sayso_consent::robots::RobotsTxt;
use texting_robots::Robot;

use crate::files::RobotsFile;
use crate::{AGENTS, ours, ours_allows};

/// Every figure is taken once in each, so that a slow moment of the machine hits all of them.
const ROUNDS: usize = 7;

/// Something that both do: a name, our way and theirs.
type Contest<'a> = (&'static str, Box<dyn Fn() -> u64 + 'a>, Box<dyn Fn() -> u64 + 'a>);

/// Prints how many times as long as ours theirs takes.
pub fn measure(files: &[RobotsFile]) {
    // A file that they cannot read would count as read in no time.
    let is_read = |file: &&RobotsFile| AGENTS.iter().all(|agent| Robot::new(agent, &file.bytes).is_ok());
    let files: Vec<&RobotsFile> = files.iter().filter(is_read).collect();
    println!("\ntexting_robots to ours, {} files, one thread, medians of {ROUNDS} rounds:", files.len());
    for (what, ours, theirs) in contests(&files) {
        let (mut ratios, mut mine, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let (my_time, their_time) = (seconds(&ours), seconds(&theirs));
            ratios.push(their_time / my_time);
            mine.push(my_time * 1e3);
            others.push(their_time * 1e3);
        }
        println!("  {what}: {:.1}  (here {:.1} ms and {:.1} ms)", median(ratios), median(others), median(mine));
    }
}

fn contests<'a>(files: &'a [&'a RobotsFile]) -> Vec<Contest<'a>> {
    let their_all = || each(files, |file, agent| their_matched(&their_parse(file, agent), file));
    let our_read: Vec<RobotsTxt> = files.iter().map(|file| ours(&file.bytes)).collect();
    let their_read: Vec<Robot> = files.iter().flat_map(|file| AGENTS.map(|agent| their_parse(file, agent))).collect();
    vec![
        (
            "parse and match, each agent by itself",
            Box::new(|| each(files, |file, agent| matched(&ours(&file.bytes), file, agent))),
            Box::new(their_all),
        ),
        (
            "parse and match, four agents at once ",
            Box::new(|| files.iter().map(|file| matched_by_all(&ours(&file.bytes), file)).sum()),
            Box::new(their_all),
        ),
        (
            "parse alone, one agent               ",
            Box::new(|| files.iter().map(|file| u64::from(black_box(ours(&file.bytes)).truncated())).sum()),
            Box::new(|| files.iter().map(|file| their_parse(file, AGENTS[0]).sitemaps.len() as u64).sum()),
        ),
        (
            "match alone                          ",
            Box::new(move || our_read.iter().zip(files).map(|(read, file)| matched_by_all(read, file)).sum()),
            Box::new(move || {
                let files = files.iter().flat_map(|file| [file; AGENTS.len()]);
                their_read.iter().zip(files).map(|(read, file)| their_matched(read, file)).sum()
            }),
        ),
    ]
}

fn each(files: &[&RobotsFile], ask: impl Fn(&RobotsFile, &str) -> u64) -> u64 {
    files.iter().flat_map(|file| AGENTS.map(|agent| (file, agent))).map(|(f, a)| ask(f, a)).sum()
}

fn matched(robots: &RobotsTxt, file: &RobotsFile, agent: &str) -> u64 {
    file.addresses.iter().map(|address| u64::from(ours_allows(robots, agent, address))).sum()
}

fn matched_by_all(robots: &RobotsTxt, file: &RobotsFile) -> u64 {
    AGENTS.iter().map(|agent| matched(robots, file, agent)).sum()
}

fn their_parse(file: &RobotsFile, agent: &str) -> Robot {
    Robot::new(agent, &file.bytes).expect("only files that they can read are left")
}

fn their_matched(robot: &Robot, file: &RobotsFile) -> u64 {
    file.addresses.iter().map(|address| u64::from(robot.allowed(address))).sum()
}

fn seconds(work: impl Fn() -> u64) -> f64 {
    let start = Instant::now();
    black_box(work());
    start.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
