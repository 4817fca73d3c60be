use sayso_core::{Place, Preference, Signal, SignalKind, Speaker, Stance, Statement};

use super::access::{Path, more_specific};
use super::pattern::normalised;
use super::{Found, Named, RobotsTxt, Rule, Usage};
use crate::agents::Agent;
use crate::codes;
use crate::labels::CRAWLING;
use crate::read::Preferences;

impl RobotsTxt {
    /// What the file says of the uses of `path_and_query`, in the order of its lines.
    ///
    /// * A rule that keeps the builder's agent out reserves data mining. An `Allow` grants nothing: to crawl is not
    ///   to train.
    /// * A rule that keeps out an AI agent which the file names reserves the uses which that agent works for. Agents
    ///   that meet the same rule make one statement.
    /// * `Content-Usage` and `Content-Signal` of the builder's group, and those that stand before all groups.
    #[must_use]
    pub fn statements(&self, speaker: Speaker, path_and_query: &str, builder_agent: &str) -> Vec<Statement> {
        let path = normalised(path_and_query);
        let path = Path::of(&path);
        let own = self.group_for(builder_agent);
        let mut best_of_group = vec![None; self.groups.len()];
        let mut best = |named: &Named| -> Option<&Rule> {
            let rules = named.groups.iter().filter_map(|&group| {
                let known = best_of_group.get_mut(group)?;
                *known.get_or_insert_with(|| self.best_rule_of_group(group, &path))
            });
            rules.reduce(more_specific)
        };
        let own_rule = own.and_then(&mut best).filter(|rule| !rule.allows);
        let mut found: Vec<(u32, Statement)> = Vec::new();

        if let (Some(named), Some(rule)) = (own, own_rule) {
            let mut preferences = Preferences::default();
            preferences.add_all(CRAWLING, Stance::Disallowed, codes::ROBOTS_DISALLOWED);
            let signal = self.signal(speaker, SignalKind::RobotsTxt, &rule.found, Some(named.token.clone()));
            found.push((rule.found.line, Statement::new(signal, preferences.into_vec())));
        }

        let mut turned_away: Vec<(&Rule, Vec<&Named>)> = Vec::new();
        for named in self.named.iter().filter(|named| named.agent.is_some() && !is_same(named, own)) {
            if let Some(rule) = best(named).filter(|rule| !rule.allows) {
                match turned_away.iter_mut().find(|(known, _)| std::ptr::eq(*known, rule)) {
                    Some((_, agents)) => agents.push(named),
                    None => turned_away.push((rule, vec![named])),
                }
            }
        }
        found.extend(
            turned_away.iter().map(|(rule, agents)| (rule.found.line, self.agents_statement(speaker, rule, agents))),
        );

        for usage in self.usages_for(own, path.bytes) {
            // A path that may not be crawled has no usage preference (draft-ietf-aipref-attach-05).
            if own_rule.is_some() && usage.kind == SignalKind::ContentUsage {
                continue;
            }
            let group = own.filter(|_| !self.is_origin_wide(usage)).map(|named| named.token.clone());
            let mut preferences = usage.preferences.clone();
            if group.is_none() && usage.kind == SignalKind::ContentUsage {
                preferences.iter_mut().for_each(withhold);
            }
            let signal = self.signal(speaker, usage.kind, &usage.found, group);
            found.push((usage.found.line, Statement::new(signal, preferences)));
        }
        found.sort_by_key(|(line, _)| *line);
        found.into_iter().map(|(_, statement)| statement).collect()
    }

    fn agents_statement(&self, speaker: Speaker, rule: &Rule, agents: &[&Named]) -> Statement {
        let mut preferences = Preferences::default();
        for category in agents.iter().filter_map(|named| named.agent.as_deref()).flat_map(Agent::reserved_uses) {
            preferences.add(category, Stance::Disallowed, codes::AI_AGENT_DISALLOWED);
        }
        let mut preferences = preferences.into_vec();
        if preferences.is_empty() {
            let mut unclear = Preferences::default();
            unclear.add(sayso_core::UsageCategory::TrainAi, Stance::Unknown, codes::AI_AGENT_UNCLEAR);
            preferences = unclear.into_vec();
        }
        let names: Vec<_> = agents.iter().map(|named| named.token.as_str()).collect();
        let signal = self.signal(speaker, SignalKind::RobotsTxt, &rule.found, Some(names.join(", ")));
        Statement::new(signal, preferences)
    }

    /// The usages that apply to a path: of each vocabulary those with the longest matching path, several if they are
    /// equally long; the judge takes the most restrictive of those.
    ///
    /// A `Content-Usage` rule is one of a group (draft-ietf-aipref-attach-05, section 3), and rules before the first
    /// group are nobody's. They are heard only where the builder's group has no such rule for the path.
    fn usages_for(&self, own: Option<&Named>, path: &[u8]) -> Vec<&Usage> {
        let groups = own.map(|named| named.groups.as_slice()).unwrap_or_default();
        let ranges = groups.iter().filter_map(|&group| self.groups.get(group)).map(|group| group.usages.clone());
        let candidates = std::iter::once(self.origin_wide.clone()).chain(ranges);
        let mut matching: Vec<_> = candidates
            .filter_map(|range| self.usages.get(range))
            .flatten()
            .filter(|usage| usage.pattern.matches(&self.patterns, path))
            .collect();
        let is_usage = |usage: &Usage| usage.kind == SignalKind::ContentUsage;
        if matching.iter().any(|usage| is_usage(usage) && !self.is_origin_wide(usage)) {
            matching.retain(|usage| !is_usage(usage) || !self.is_origin_wide(usage));
        }
        let longest = |kind| {
            let lengths = matching.iter().filter(|usage| usage.kind == kind).map(|usage| usage.pattern.length);
            lengths.max().unwrap_or(0)
        };
        let (usage, signal) = (longest(SignalKind::ContentUsage), longest(SignalKind::ContentSignal));
        matching.retain(|found| found.pattern.length == if is_usage(found) { usage } else { signal });
        matching
    }

    fn is_origin_wide(&self, usage: &Usage) -> bool {
        self.usages
            .get(self.origin_wide.clone())
            .is_some_and(|wide| wide.iter().any(|other| std::ptr::eq(other, usage)))
    }

    fn signal(&self, speaker: Speaker, kind: SignalKind, found: &Found, group: Option<String>) -> Signal {
        Signal {
            kind,
            speaker,
            place: Place::RobotsTxt { line: found.line, group },
            raw: self.raw(found).to_owned(),
            at_bytes: Some(found.at_bytes),
            record: None,
            captured_at: None,
        }
    }
}

/// What stands before the first group still reserves, since nobody writes it for nothing; but it is no grant.
fn withhold(preference: &mut Preference) {
    if preference.stance == Stance::Allowed {
        (preference.stance, preference.code) = (Stance::Unknown, codes::CONTENT_USAGE_OUTSIDE.clone());
    }
}

fn is_same(named: &Named, other: Option<&Named>) -> bool {
    other.is_some_and(|other| std::ptr::eq(named, other))
}
