use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crossbeam_channel::{RecvTimeoutError, unbounded};
use sayso_cluster::Failure;
use sayso_consent::robots::RobotsFetch;

use super::claim::Claims;
use super::folder::Step;
use super::lane::Lane;
use super::watch::Share;
use crate::Error;
use crate::build::cluster::{failure, parsed};
use crate::fetch::sites::read_site;
use crate::fetch::turns::{Asks, Turns};
use crate::fetch::work::guarded;
use crate::online::{Online, Target};

/// How often it is looked whether it is still wanted.
const PATIENCE: Duration = Duration::from_millis(100);

/// Sites that wait for their turn, beyond which no other lane is taken.
const WAITING: usize = 100_000;

/// A site of pages that is heard.
struct Site {
    lane: Arc<Lane>,
    at: Target,
}

impl Asks for Site {
    fn origin(&self) -> String {
        self.at.origin()
    }
}

pub(super) fn call(what: &str, _: &str) -> Result<String, Failure> {
    run(what).map(|()| String::new()).map_err(|error| failure(&error))
}

fn run(what: &str) -> Result<(), Error> {
    let share = parsed::<Share>(what)?;
    let Some(mut claims) = Claims::open(&share, Step::Sites)? else { return Ok(()) };
    let heard = hear(&mut claims);
    let closed = claims.close();
    heard.and(closed)
}

/// Hears the sites of lanes, as they are taken, into the cache that all machines share.
fn hear(claims: &mut Claims) -> Result<(), Error> {
    let options = claims.options.clone();
    let online = options.online.as_ref();
    // A site is heard a file a turn, however many requests its host is to get at the same time.
    let turns: Turns<Site> = Turns::new(1);
    let (heard_by, heard) = unbounded::<Result<usize, Error>>();
    std::thread::scope(|scope| {
        for _ in 0..claims.settings.hosts.get() {
            let (heard_by, turns) = (heard_by.clone(), &turns);
            scope.spawn(move || {
                while let Some(turn) = turns.next() {
                    let (host, site) = (turn.host, turn.job);
                    match guarded(|| Ok(next_file(online, &site.at))) {
                        Ok(Some(rest)) => turns.again(&host, site, rest),
                        Ok(None) => {
                            turns.done(&host, online.rest_at(&host));
                            let _ = heard_by.send(Ok(site.lane.number));
                        }
                        Err(error) => drop(heard_by.send(Err(error))),
                    }
                }
            });
        }
        drop(heard_by);
        let mut waiting = 0_usize;
        let mut next = claims.last();
        let result = (|| {
            loop {
                if let Some(lane) = next.take() {
                    waiting += begin(claims, online, &lane, &turns)?;
                }
                if let Some(error) = claims.hand.all().iter().find_map(|lane| lane.ledger.take_failure()) {
                    return Err(error);
                }
                claims.look()?;
                if turns.has_idle() && waiting < WAITING {
                    next = claims.more()?;
                }
                if waiting == 0 && next.is_none() && !claims.may_find() {
                    return Ok(());
                }
                match heard.recv_timeout(PATIENCE) {
                    Ok(lane) => {
                        waiting -= 1;
                        one_more(claims, lane?)?;
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return Err(Error::Stopped("fetch")),
                }
            }
        })();
        turns.end();
        result
    })
}

/// The sites of a lane that are to be heard, all of which take turns from now on.
fn begin(claims: &mut Claims, online: &Online, lane: &Arc<Lane>, turns: &Turns<Site>) -> Result<usize, Error> {
    let sites = lane.sites()?;
    let targets: Vec<Target> =
        sites.iter().filter_map(|site| Target::parse(site, &online.options.allow_private).ok()).collect();
    lane.left.store(targets.len(), Ordering::Relaxed);
    if targets.is_empty() {
        claims.done(lane.number)?;
    }
    let count = targets.len();
    for at in targets {
        let host = at.host().to_owned();
        let rest = online.rest_at(&host);
        turns.push(&host, Site { lane: Arc::clone(lane), at }, rest);
    }
    Ok(count)
}

/// Another site of a lane was heard.
fn one_more(claims: &mut Claims, lane: usize) -> Result<(), Error> {
    let Some(of) = claims.hand.get(lane) else { return Ok(()) };
    of.count(1, 0, 0);
    if of.left.fetch_sub(1, Ordering::Relaxed) == 1 { claims.done(lane) } else { Ok(()) }
}

/// Reads the next file of a site; says how long its host rests behind it, and nothing where there is none to read.
fn next_file(online: &Online, site: &Target) -> Option<Duration> {
    let is_over = online.knows_robots(site)
        && (online.robots_lie_elsewhere(site) || matches!(online.robots_of(site).fetch, RobotsFetch::Unreachable));
    if is_over { None } else { read_site(online, site) }
}
