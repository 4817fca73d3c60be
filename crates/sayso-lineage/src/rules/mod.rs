//! Alarms: each rule in a file of its own, with what it means and what would clear it.

mod facts;
mod funder;
mod group;
mod laundered;
mod licence_changed;
mod licence_missing;
mod non_commercial;
mod person;
mod removed;
mod survey;
mod withdrawn;

use std::collections::HashSet;

use serde::Serialize;

use crate::{Graph, LinkIx, NodeIx};

pub(crate) use facts::Facts;
pub use group::{AlarmGroup, grouped};
pub(crate) use survey::{Commerce, Survey};

/// How much an alarm weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Low,
    /// Worth asking about.
    Medium,
    /// Somebody should answer for it.
    High,
}

impl Severity {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// One step less, where it rests on something that is disputed or only claimed.
    const fn less(self) -> Self {
        match self {
            Self::High => Self::Medium,
            Self::Medium | Self::Low => Self::Low,
        }
    }
}

/// What a rule looks for.
pub struct Rule {
    /// The stable name.
    pub code: &'static str,
    /// What it looks for, in a few words.
    pub title: &'static str,
    /// Why that matters.
    pub explains: &'static str,
    /// What would clear its alarms.
    pub clears: &'static str,
    run: fn(&Survey<'_>, &mut Found),
}

/// All rules.
pub static RULES: [&Rule; 8] = [
    &non_commercial::RULE,
    &funder::RULE,
    &withdrawn::RULE,
    &laundered::RULE,
    &person::RULE,
    &removed::RULE,
    &licence_changed::RULE,
    &licence_missing::RULE,
];

/// A rule that found something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// The rule's stable name.
    pub rule: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// The node that it is about.
    pub node: NodeIx,
    /// Where it comes from.
    pub cause: NodeIx,
    /// The links from the cause to the node, in this order.
    pub path: Vec<LinkIx>,
    /// Links that show more of it: who paid, who took it back.
    pub beside: Vec<LinkIx>,
    /// What was found, in a sentence.
    pub says: String,
    /// What would clear it.
    pub clears: String,
    /// Whether a link of it is disputed, or only claimed by one side. It weighs less then.
    pub is_doubtful: bool,
}

/// Alarms, and how many there were beyond those that were kept.
#[derive(Debug, Default)]
pub struct Found {
    /// The alarms, the weightiest first.
    pub alarms: Vec<Alarm>,
    /// How many more there are.
    pub more: usize,
    /// Rules that did not look at all of the graph, because it has more links than they may go along.
    pub unfinished: Vec<&'static str>,
    most: usize,
    /// The nodes whose alarms are wanted; all where there are none.
    only: HashSet<NodeIx>,
}

/// How much is looked for. There is no default: more alarms than anybody reads cost time.
#[derive(Debug, Clone, Copy)]
pub struct RuleLimits {
    /// Alarms of each rule.
    pub alarms: usize,
    /// Links that a rule goes along, over all.
    pub steps: usize,
}

/// Limits for a graph that people made.
pub const RULE_LIMITS: RuleLimits = RuleLimits { alarms: 2_000, steps: 2_000_000 };

impl Found {
    /// Whether an alarm about a node is wanted, and there is room for it; counts it where there is none, so that nothing need be
    /// made for it.
    fn has_room(&mut self, node: NodeIx, cause: NodeIx) -> bool {
        if !self.only.is_empty() && !self.only.contains(&node) && !self.only.contains(&cause) {
            return false;
        }
        let has_room = self.alarms.len() < self.most;
        self.more += usize::from(!has_room);
        has_room
    }

    fn push(&mut self, graph: &Graph, mut alarm: Alarm) {
        let doubtful = |link: &LinkIx| graph.link(*link).edge.is_doubtful();
        alarm.is_doubtful = alarm.path.iter().chain(&alarm.beside).any(doubtful);
        if alarm.is_doubtful {
            alarm.severity = alarm.severity.less();
        }
        self.alarms.push(alarm);
    }
}

/// All alarms of a graph, the weightiest first. `names` are those of people whose names in a model's name need their leave.
#[must_use]
pub fn check(graph: &Graph, names: &[String], limits: &RuleLimits) -> Found {
    check_nodes(graph, names, limits, &[])
}

/// The alarms that are about some nodes, or come from them; of all nodes where none are named.
#[must_use]
pub fn check_nodes(graph: &Graph, names: &[String], limits: &RuleLimits, only: &[NodeIx]) -> Found {
    /// Nodes for which a thread a rule is worth while.
    const MANY: usize = 5_000;
    let facts = Facts::all(graph);
    let run = |rule: &'static Rule| {
        let survey = Survey::new(graph, &facts, names, limits.steps);
        let only = only.iter().copied().collect();
        let mut found = Found { most: limits.alarms, only, ..Found::default() };
        (rule.run)(&survey, &mut found);
        found.unfinished.extend(survey.is_out_of_steps().then_some(rule.code));
        found
    };
    let founds: Vec<Found> = if graph.len() < MANY {
        RULES.into_iter().map(run).collect()
    } else {
        std::thread::scope(|scope| {
            let run = &run;
            let works: Vec<_> = RULES.into_iter().map(|rule| scope.spawn(move || run(rule))).collect();
            let done = |work: std::thread::ScopedJoinHandle<'_, Found>| {
                work.join().unwrap_or_else(|payload| std::panic::resume_unwind(payload))
            };
            works.into_iter().map(done).collect()
        })
    };
    let mut all = Found::default();
    for mut found in founds {
        all.alarms.append(&mut found.alarms);
        all.unfinished.append(&mut found.unfinished);
        all.more += found.more;
    }
    let place = |alarm: &Alarm| RULES.iter().position(|rule| rule.code == alarm.rule);
    all.alarms.sort_by_key(|alarm| (std::cmp::Reverse(alarm.severity), place(alarm), alarm.node, alarm.cause));
    all
}

/// The rule of this name.
#[must_use]
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.into_iter().find(|rule| rule.code == code)
}
