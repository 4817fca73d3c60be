//! `/ai.txt`: Spawning's file on the use of a site's media for AI training.

mod parse;
mod target;

use sayso_core::{Preference, SignalKind, Speaker, Stance, Statement, UsageCategory};

use super::found::{FileKind, Found};
use crate::codes;
use crate::robots::pattern::normalised;
use target::{Address, Target};

const FILE: FileKind = FileKind { kind: SignalKind::AiTxt, name: "/ai.txt" };
const SPOKEN_OF: &[UsageCategory] = &[UsageCategory::TrainAi];

/// An ai.txt file, read: the rules that it has for everybody.
#[derive(Debug, Clone)]
pub struct AiTxt {
    /// The patterns of all paths, normalised, one after the other.
    patterns: Vec<u8>,
    rules: Vec<Rule>,
    /// The start of a file that is no text of rules.
    unreadable: Option<Found>,
    truncated: bool,
    /// Whether it was served as something other than text, which a grant may not be read from.
    is_mistyped: bool,
}

#[derive(Debug, Clone)]
struct Rule {
    target: Target,
    /// [`Stance::Unknown`] for a rule that breaks the form: what it forbids is not granted, and no more.
    stance: Stance,
    found: Found,
}

impl AiTxt {
    /// Whether the file was longer than the limit and its end was not read. It then grants nothing.
    #[must_use]
    pub fn truncated(&self) -> bool {
        self.truncated
    }

    /// What the file says of the use of `path_and_query` for training.
    ///
    /// A rule about a kind of file (`*.jpg`) or about a path beats the rule about the whole site (`/`), and among
    /// rules of the same sort the longer one wins. Nothing says which of a kind of file and a path is the more
    /// specific: if both match, and wherever two rules are as specific as each other, the more restrictive one
    /// decides. An address that no rule speaks of is not granted.
    #[must_use]
    pub fn statements(&self, speaker: Speaker, path_and_query: &str) -> Vec<Statement> {
        if let Some(found) = &self.unreadable {
            return vec![found.doubt(FILE, speaker, SPOKEN_OF, codes::AI_TXT_UNREADABLE)];
        }
        let path = normalised(path_and_query);
        self.deciding_rule(&Address::new(&path)).map(|rule| self.statement(speaker, rule)).into_iter().collect()
    }

    fn deciding_rule(&self, address: &Address<'_>) -> Option<&Rule> {
        let matching = |rule: &&Rule| rule.target.matches(rule.stance, address, &self.patterns);
        let (mut site, mut kind, mut path): (Option<&Rule>, _, _) = (None, None, None);
        for rule in self.rules.iter().filter(matching) {
            let best = match &rule.target {
                Target::Site => &mut site,
                Target::Extension(_) => &mut kind,
                Target::Path(_) => &mut path,
            };
            let key = |rule: &Rule| (rule.target.length(), rule.stance);
            if best.is_none_or(|best| key(rule) > key(best)) {
                *best = Some(rule);
            }
        }
        match (kind, path) {
            (Some(kind), Some(path)) => Some(if path.stance > kind.stance { path } else { kind }),
            (kind, path) => kind.or(path).or(site),
        }
    }

    fn statement(&self, speaker: Speaker, rule: &Rule) -> Statement {
        let (stance, code) = match rule.stance {
            Stance::Disallowed => (Stance::Disallowed, codes::AI_TXT_RESERVED),
            // What was cut off may have taken it back; and what was sent as something else was perhaps meant as that.
            Stance::Allowed if !self.truncated && !self.is_mistyped => (Stance::Allowed, codes::AI_TXT_GRANTED),
            Stance::Allowed | Stance::Unknown => (Stance::Unknown, codes::AI_TXT_UNREADABLE),
        };
        let preference = Preference { category: UsageCategory::TrainAi, stance, code: code.clone() };
        rule.found.statement(FILE, speaker, vec![preference])
    }
}
