use sayso_core::Stance;

use super::pattern::normalised;
use super::{Access, Named, RobotsTxt, Rule, RuleRef};

impl RobotsTxt {
    /// Whether `agent` may fetch `path_and_query`.
    ///
    /// `agent` is a product token. The agent's own groups count, all of them as one, or else those of `*`.
    #[must_use]
    pub fn access(&self, agent: &str, path_and_query: &str) -> Access<'_> {
        let path = normalised(path_and_query);
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

    fn best_rule(&self, named: &Named, path: &[u8]) -> Option<&Rule> {
        named.groups.iter().filter_map(|&group| self.best_rule_of_group(group, path)).reduce(more_specific)
    }

    /// The rule of one group that decides on a path.
    pub(super) fn best_rule_of_group(&self, group: usize, path: &[u8]) -> Option<&Rule> {
        // The file itself may always be fetched, whatever it says (RFC 9309, section 2.2.2).
        if path == b"/robots.txt" {
            return None;
        }
        let rules = self.groups.get(group).and_then(|group| self.rules.get(group.rules.clone()))?;
        let mut best: Option<&Rule> = None;
        for rule in rules {
            // Most rules cannot win any more; comparing lengths is cheaper than matching.
            let could_win = best.is_none_or(|best| std::ptr::eq(more_specific(best, rule), rule));
            if could_win && rule.pattern.matches(&self.patterns, path) {
                best = Some(rule);
            }
        }
        best
    }
}

/// The longer pattern wins, and of two as long the `Allow` (RFC 9309, section 2.2.2); else the one that stands first.
pub(super) fn more_specific<'a>(first: &'a Rule, second: &'a Rule) -> &'a Rule {
    let key = |rule: &Rule| (rule.pattern.length, rule.allows);
    if key(second) > key(first) { second } else { first }
}
