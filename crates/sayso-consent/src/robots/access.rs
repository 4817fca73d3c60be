use std::cmp::Reverse;

use sayso_core::Stance;

use super::pattern::normalised;
use super::sieve::Sifted;
use super::{Access, Named, RobotsTxt, Rule, RuleRef};

impl RobotsTxt {
    /// Whether `agent` may fetch `path_and_query`.
    ///
    /// `agent` is a product token. The agent's own groups count, all of them as one, or else those of `*`.
    #[must_use]
    pub fn access(&self, agent: &str, path_and_query: &str) -> Access<'_> {
        let path = normalised(path_and_query);
        let path = Path::of(&path);
        match self.group_for(agent).and_then(|named| Some((named, self.best_rule(named, &path)?))) {
            None => Access { stance: Stance::Allowed, rule: None },
            Some((named, rule)) => Access {
                stance: if rule.allows { Stance::Allowed } else { Stance::Disallowed },
                rule: Some(RuleRef {
                    line: rule.found.line,
                    group: &named.token,
                    raw: self.raw(&rule.found),
                    at_bytes: rule.found.at_bytes,
                }),
            },
        }
    }

    /// The name whose groups an agent obeys.
    pub(super) fn group_for(&self, agent: &str) -> Option<&Named> {
        self.named(agent).or_else(|| self.named("*"))
    }

    fn best_rule(&self, named: &Named, path: &Path<'_>) -> Option<&Rule> {
        named.groups.iter().filter_map(|&group| self.best_rule_of_group(group, path)).reduce(more_specific)
    }

    /// The rule of one group that decides on a path: the first that matches, as they are sorted.
    pub(super) fn best_rule_of_group(&self, group: usize, path: &Path<'_>) -> Option<&Rule> {
        if path.is_robots_txt() {
            return None;
        }
        let range = self.groups.get(group)?.rules.clone();
        let (rules, sieves) = (self.rules.get(range.clone())?, self.sieves.get(range)?);
        let may_match = sieves.iter().zip(rules).filter(|(sieve, _)| sieve.lets_pass(&path.sifted));
        may_match.map(|(_, rule)| rule).find(|rule| rule.pattern.matches(&self.patterns, path.bytes))
    }

    /// Puts the rules of each group into the order in which they win.
    pub(super) fn sort_rules(&mut self) {
        for group in &self.groups {
            if let Some(rules) = self.rules.get_mut(group.rules.clone()) {
                // Stable: of equal ones the first stays the first.
                rules.sort_by_key(|rule| Reverse(specificity(rule)));
            }
        }
        self.sieves = self.rules.iter().map(|rule| rule.pattern.sieve(&self.patterns)).collect();
    }
}

/// A path that is asked about.
pub(super) struct Path<'a> {
    pub(super) bytes: &'a [u8],
    sifted: Sifted,
}

impl<'a> Path<'a> {
    /// Of a path that [`normalised`] has prepared.
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, sifted: Sifted::of(bytes) }
    }

    /// The file itself may always be fetched (RFC 9309, section 2.2.2).
    fn is_robots_txt(&self) -> bool {
        self.bytes == b"/robots.txt"
    }
}

/// The longer pattern wins, and of two as long the `Allow` (RFC 9309, section 2.2.2); else the one that stands first.
pub(super) fn more_specific<'a>(first: &'a Rule, second: &'a Rule) -> &'a Rule {
    if specificity(second) > specificity(first) { second } else { first }
}

fn specificity(rule: &Rule) -> (usize, bool) {
    (rule.pattern.length, rule.allows)
}
