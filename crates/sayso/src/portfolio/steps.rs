use std::collections::{BTreeMap, BTreeSet};

use sayso_core::stable_names;
use sayso_registry::claim::{ClaimState, ClaimSubject};
use serde::Serialize;

use super::commands::{ShellCommand, can_be_copied};
use super::{Portfolio, PortfolioOptions};
use crate::matching::MatchInput;

/// What could be done next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NextStep {
    /// Of what kind.
    pub step: StepKind,
    /// What, and why, in plain words.
    pub sentence: String,
    /// Commands that do so, to be copied.
    pub commands: Vec<String>,
}

/// The kinds of steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// Claim pictures of which something was found.
    ClaimPictures,
    /// Claim the addresses of what is found and held by no claim on the picture.
    ClaimAddresses,
    /// Settle what is contested.
    Settle,
    /// Take out what claims speak against.
    TakeDown,
    /// Get receipts of what was taken out.
    GetReceipts,
    /// Get the builder's key.
    GetKey,
    /// Ask about receipts that do not hold.
    Complain,
    /// Keep receipts that hold.
    Keep,
}

stable_names!(StepKind, "kind of step", {
    ClaimPictures => "claim-pictures",
    ClaimAddresses => "claim-addresses",
    Settle => "settle",
    TakeDown => "take-down",
    GetReceipts => "get-receipts",
    GetKey => "get-key",
    Complain => "complain",
    Keep => "keep",
});

/// Arguments of one kind in a command.
pub(super) const MOST: usize = 20;

/// What is done where nothing else is said: a claim says of which use what is wanted, and only whoever claims can know.
const PREFERENCE: &str = "train-ai=n";

/// What could be done next, the most urgent first.
pub(super) fn next_steps(portfolio: &Portfolio, options: &PortfolioOptions<'_>) -> Vec<NextStep> {
    let steps = Steps { portfolio, options };
    let all = [
        steps.claim_pictures(),
        steps.claim_addresses(),
        steps.settle(),
        steps.take_down(),
        steps.get_receipts(),
        steps.receipts(),
    ];
    all.into_iter().flatten().collect()
}

pub(super) struct Steps<'a> {
    pub(super) portfolio: &'a Portfolio,
    pub(super) options: &'a PortfolioOptions<'a>,
}

impl Steps<'_> {
    /// The registry for commands that write: one that is served is written to on its pages.
    fn registry(&self) -> Option<&str> {
        match self.options.registry.as_deref() {
            None => Some("claims"),
            Some(served) if served.starts_with("http://") || served.starts_with("https://") => None,
            Some(path) => Some(path).filter(|path| can_be_copied(path)),
        }
    }

    fn command(&self, words: &[&str]) -> Option<ShellCommand> {
        Some(ShellCommand::new(words).with("--registry").with(self.registry()?))
    }

    fn claim(&self, words: &[&str]) -> Option<ShellCommand> {
        Some(self.command(words)?.with("--preference").with(PREFERENCE))
    }

    fn claim_pictures(&self) -> Option<NextStep> {
        let works = self.portfolio.pictures.iter().filter(|work| !work.copies.is_empty() && work.claims.is_empty());
        let works: Vec<_> = works.collect();
        let count = works.len();
        if count == 0 {
            return None;
        }
        let (mut commands, mut subjects) = (Vec::new(), BTreeSet::new());
        if works.iter().any(|work| work.size.is_some()) {
            let paths = self.options.inputs.iter().filter_map(|input| match input {
                MatchInput::Path(path) if path.to_str().is_some_and(can_be_copied) => Some(path),
                _ => None,
            });
            let of_path =
                |path: &std::path::PathBuf| Some(self.claim(&["claim", "import"])?.with_path(path).into_text());
            commands.extend(paths.take(MOST).filter_map(of_path));
        }
        for work in works.iter().filter(|work| work.size.is_none()) {
            let of_pdq = work.pdq.map(|pdq| format!("pdq:{pdq}@{}", work.quality.unwrap_or(100)));
            let of_file = work.sha256.as_ref().map(|digest| format!("sha256:{digest}"));
            subjects
                .extend([of_pdq, of_file].into_iter().flatten().filter(|text| text.parse::<ClaimSubject>().is_ok()));
        }
        commands.extend(self.of_subjects(&subjects));
        let why = match self.options.registry {
            Some(_) if count == 1 => "and no claim holds for it",
            Some(_) => "and no claim holds for them",
            None => "and no registry was named that could hold a claim",
        };
        let sentence = format!(
            "Claim your pictures: {}, {why}. A claim is made of hashes; no picture leaves your machine. Say with --preference which use you do not want.",
            if count == 1 {
                "something was found of 1 picture".to_owned()
            } else {
                format!("something was found of {count} pictures")
            },
        );
        Some(NextStep { step: StepKind::ClaimPictures, sentence, commands })
    }

    /// What is found and farther away than a claim on the picture reaches, such as parts.
    fn claim_addresses(&self) -> Option<NextStep> {
        let claimed = self.portfolio.pictures.iter().filter(|work| !work.claims.is_empty());
        let open = claimed.flat_map(|work| &work.copies).filter(|copy| copy.claims.is_empty());
        let urls: BTreeSet<&str> = open.map(|copy| copy.url.as_str()).collect();
        if urls.is_empty() {
            return None;
        }
        let subjects = urls.iter().filter(|url| can_be_copied(url)).map(|url| format!("url:{url}"));
        let subjects = subjects.filter(|text| text.parse::<ClaimSubject>().is_ok()).collect();
        let sentence = format!(
            "Look at {}: alike, but not by so much that your claim on the picture reaches it. Only where it is your work, claim its address.",
            if urls.len() == 1 {
                "1 picture that was found".to_owned()
            } else {
                format!("{} pictures that were found", urls.len())
            },
        );
        Some(NextStep {
            step: StepKind::ClaimAddresses,
            sentence,
            commands: self.of_subjects(&subjects).into_iter().collect(),
        })
    }

    fn of_subjects(&self, subjects: &BTreeSet<String>) -> Option<String> {
        if subjects.is_empty() {
            return None;
        }
        let command = self.claim(&["claim", "add"])?;
        let add = |command: ShellCommand, subject: &String| command.with("--subject").with(subject);
        Some(subjects.iter().take(MOST).fold(command, add).into_text())
    }

    fn settle(&self) -> Option<NextStep> {
        let contested = self.portfolio.claims.iter().filter(|(_, claim)| claim.state == Some(ClaimState::Contested));
        let numbers: Vec<&u64> = contested.map(|(number, _)| number).collect();
        if numbers.is_empty() {
            return None;
        }
        let show = |number: &&u64| Some(self.command(&["claim", "show"])?.with(&number.to_string()).into_text());
        let commands = numbers.iter().take(MOST).filter_map(show).collect();
        let sentence = match numbers.as_slice() {
            [one] => format!(
                "Claim {one} is contested, and takes nothing out until that is settled. If it is yours, verify it."
            ),
            many => format!(
                "{} claims are contested, and take nothing out until that is settled. Those that are yours, verify.",
                many.len()
            ),
        };
        Some(NextStep { step: StepKind::Settle, sentence, commands })
    }

    fn take_down(&self) -> Option<NextStep> {
        let mut of_dataset: BTreeMap<&str, (BTreeSet<sayso_core::Uid>, BTreeSet<u64>)> = BTreeMap::new();
        for copy in self.portfolio.pictures.iter().flat_map(|work| &work.copies) {
            if let Some(claim) = copy.goes_by {
                let (uids, claims) = of_dataset.entry(&copy.dataset).or_default();
                uids.insert(copy.uid);
                claims.insert(claim);
            }
        }
        let count: usize = of_dataset.values().map(|(uids, _)| uids.len()).sum();
        if count == 0 {
            return None;
        }
        let mut commands = Vec::new();
        for (name, (_, claims)) in &of_dataset {
            let Some(takedown) = self.of_dataset("takedown", name, claims) else { continue };
            commands.push(takedown().with("--dry-run").into_text());
            let next = self.portfolio.datasets.iter().find(|it| it.name == **name).map_or(0, |it| it.snapshot + 1);
            let receipts = format!("{name}-receipts-{next}.jsonl");
            commands.push(takedown().with("--receipt").with(&receipts).into_text());
        }
        let sentence = format!(
            "{} and {} still in. Whoever keeps the dataset takes {} out, with a receipt for you; --dry-run shows it before.",
            if count == 1 {
                "Claims speak against 1 sample".to_owned()
            } else {
                format!("Claims speak against {count} samples")
            },
            if count == 1 { "it is" } else { "they are" },
            if count == 1 { "it" } else { "them" },
        );
        Some(NextStep { step: StepKind::TakeDown, sentence, commands })
    }

    /// A command on a dataset and some claims; none where its folder or the registry cannot be named.
    pub(super) fn of_dataset<'a>(
        &'a self,
        verb: &'a str,
        name: &str,
        claims: &'a BTreeSet<u64>,
    ) -> Option<impl Fn() -> ShellCommand + 'a> {
        let shelf = self.options.library.shelves.iter().find(|shelf| shelf.name == *name)?;
        let dir = shelf.dataset.dir();
        let registry = self.registry()?;
        dir.to_str().filter(|dir| can_be_copied(dir))?;
        Some(move || {
            let command = ShellCommand::new(&[verb]).with_path(dir).with("--registry").with(registry);
            // Of so many, all.
            match claims.len() {
                0..=MOST => {
                    claims.iter().fold(command, |command, claim| command.with("--claim").with(&claim.to_string()))
                }
                _ if verb == "takedown" => command.with("--all"),
                _ => command,
            }
        })
    }
}
