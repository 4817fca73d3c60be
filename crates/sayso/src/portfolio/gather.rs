use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use sayso_core::Policy;
use sayso_registry::claim::ClaimId;
use sayso_registry::log::NoteKey;
use sayso_registry::receipt::Trusted;

use super::claimed::told;
use super::removed::{Stone, removed};
use super::speak::speak;
use super::steps::next_steps;
use super::{Bad, LookedThrough, Numbers, PORTFOLIO_VERSION, Portfolio, ReceiptsRead, Work};
use crate::Error;
use crate::claims::Ground;
use crate::library::Library;
use crate::matching::{MatchFaults, MatchInput, MatchOptions, MatchProgress, find_copies};

/// What a portfolio's report is made of.
pub struct PortfolioOptions<'a> {
    /// The datasets.
    pub library: &'a Library,
    /// One's own pictures.
    pub inputs: Vec<MatchInput>,
    /// How they are looked for.
    pub matching: MatchOptions,
    /// Threads that look.
    pub threads: NonZeroUsize,
    /// The claims of a registry; without, nothing is said of claims and removals.
    pub ground: Option<&'a Ground>,
    /// The registry as it was named, for commands.
    pub registry: Option<String>,
    /// More claims of one's own, such as on a site, whose removals are told, too.
    pub claims: Vec<ClaimId>,
    /// Files of receipts.
    pub receipts: Vec<PathBuf>,
    /// The builders' keys, from the builders.
    pub builder_keys: Vec<NoteKey>,
    /// The builders' keys as they were named, for commands.
    pub keys_named: Vec<String>,
    /// The registry's key; without, its signature on the log is not checked.
    pub registry_keys: Vec<NoteKey>,
}

/// Gathers all that is known of a portfolio. Nothing is written, and of the pictures nothing leaves the machine.
pub fn gather(
    options: &PortfolioOptions<'_>,
    interrupt: &AtomicBool,
    progress: &dyn Fn(MatchProgress),
) -> Result<Portfolio, Error> {
    let library = options.library;
    let (pictures, faults) = looked_for(options, interrupt, progress)?;
    let mut bad: Vec<Bad> = Vec::new();
    let mut bad_count = 0;
    for (kind, count, examples) in faults.iter() {
        bad_count += count;
        bad.extend(examples.iter().map(|fault| Bad {
            kind: kind.as_str(),
            place: fault.place.clone(),
            message: fault.message.clone(),
        }));
    }
    let spoken_of = claims_of(&pictures, &options.claims);
    let mut stones = match options.ground {
        Some(ground) => removed(library, &spoken_of, ground.origin(), interrupt)?,
        None => Vec::new(),
    };
    let trusted = Trusted { builder: &options.builder_keys, registry: &options.registry_keys };
    let (receipts, unreadable) = speak(&options.receipts, &trusted, &mut stones, &mut bad, interrupt)?;
    let mut portfolio = assembled(options, pictures, spoken_of, stones, receipts);
    portfolio.bad = bad;
    portfolio.numbers = Numbers::of(&portfolio, bad_count + unreadable);
    portfolio.next_steps = next_steps(&portfolio, options);
    Ok(portfolio)
}

/// Every picture with what was found, and what could not be read.
fn looked_for(
    options: &PortfolioOptions<'_>,
    interrupt: &AtomicBool,
    progress: &dyn Fn(MatchProgress),
) -> Result<(Vec<Work>, MatchFaults), Error> {
    let summaries = options.library.summaries().into_iter();
    let policies: BTreeMap<String, Policy> = summaries.map(|summary| (summary.name, summary.policy)).collect();
    let policy_of = |dataset: &str| policies.get(dataset).cloned();
    let (mut works, mut faults) = (Vec::new(), MatchFaults::default());
    let (inputs, threads) = (options.inputs.clone(), options.threads);
    find_copies(options.library, inputs, &options.matching, threads, interrupt, progress, &mut |found| {
        match found {
            Ok(mut matched) => {
                let small = matched.small.take();
                works.push(Work::of(matched, options.ground, &policy_of, small));
            }
            Err(fault) => faults.add(fault),
        }
        ControlFlow::Continue(())
    })?;
    Ok((works, faults))
}

/// The claims that hold for the pictures and for what was found of them, and those that somebody named.
fn claims_of(pictures: &[Work], named: &[ClaimId]) -> BTreeSet<u64> {
    let of_copies = pictures.iter().flat_map(|work| &work.copies).flat_map(|copy| &copy.claims);
    let held = pictures.iter().flat_map(|work| &work.claims).chain(of_copies);
    held.map(|held| held.claim).chain(named.iter().map(|claim| claim.0)).collect()
}

fn assembled(
    options: &PortfolioOptions<'_>,
    pictures: Vec<Work>,
    spoken_of: BTreeSet<u64>,
    stones: Vec<Stone>,
    receipts: ReceiptsRead,
) -> Portfolio {
    let mut claims = BTreeMap::new();
    if let Some(ground) = options.ground {
        claims.extend(spoken_of.into_iter().map(|claim| (claim, told(ground, claim))));
    }
    for stone in &stones {
        if let Some(claim) = claims.get_mut(&stone.removed.claim) {
            claim.removed += 1;
        }
    }
    let datasets = options.library.summaries().into_iter().map(|summary| LookedThrough {
        name: summary.name,
        snapshot: summary.snapshot,
        samples: summary.samples,
        hashed: summary.hashed,
    });
    Portfolio {
        format: "sayso-portfolio",
        version: PORTFOLIO_VERSION,
        datasets: datasets.collect(),
        registry_head: options.ground.map(|ground| ground.head().clone()),
        numbers: Numbers::default(),
        next_steps: Vec::new(),
        pictures,
        claims,
        removed: stones.into_iter().map(|stone| stone.removed).collect(),
        receipts,
        bad: Vec::new(),
    }
}
