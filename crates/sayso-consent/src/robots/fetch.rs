use sayso_core::{Place, Preference, ReasonCode, Signal, SignalKind, Speaker, Stance, Statement, UsageCategory};

use super::RobotsTxt;
use crate::agents::AgentTable;
use crate::codes;
use crate::labels::{ANY_USE, CRAWLING};

/// What came of asking a site for its robots.txt.
#[derive(Debug, Clone)]
pub enum RobotsFetch {
    /// The file.
    Found(RobotsTxt),
    /// 404 or 410: the site has none, and so says nothing.
    Missing,
    /// Another 4xx, 429 apart. RFC 9309, section 2.3.1.3 lets crawlers take that for "no rules"; but whoever answers
    /// 403 to the question has not said yes to anything, and what that leads to is for the policy.
    Refused(u16),
    /// 429, 5xx, too many redirects or no answer at all. Crawlers must then assume that everything is disallowed (RFC
    /// 9309, section 2.3.1.4). 429 is a 4xx there; but it asks to come back later, and is no answer to the question.
    Unreachable,
}

impl RobotsFetch {
    /// Sorts an answer by its HTTP status; `body` is read only if there is a file in it.
    #[must_use]
    pub fn of_answer(status: u16, body: &[u8], robots_bytes: u64, signal_bytes: u64, agents: &AgentTable) -> Self {
        match status {
            200..=299 => Self::Found(RobotsTxt::parse(body, robots_bytes, signal_bytes, agents)),
            404 | 410 => Self::Missing,
            429 => Self::Unreachable,
            400..=499 => Self::Refused(status),
            _ => Self::Unreachable,
        }
    }

    /// What it says of the uses of `path_and_query`; see [`RobotsTxt::statements`].
    #[must_use]
    pub fn statements(&self, speaker: Speaker, path_and_query: &str, builder_agent: &str) -> Vec<Statement> {
        match self {
            Self::Found(robots) => robots.statements(speaker, path_and_query, builder_agent),
            Self::Missing => Vec::new(),
            Self::Refused(status) => {
                let unknown = |&category| because(category, Stance::Unknown, codes::ROBOTS_UNREACHABLE);
                vec![not_to_be_had(speaker, format!("status {status}"), ANY_USE.iter().map(unknown).collect())]
            }
            Self::Unreachable => {
                let assumed = |&category| {
                    if CRAWLING.contains(&category) {
                        because(category, Stance::Disallowed, codes::ROBOTS_ASSUMED_DISALLOWED)
                    } else {
                        because(category, Stance::Unknown, codes::ROBOTS_UNREACHABLE)
                    }
                };
                vec![not_to_be_had(speaker, "unreachable".to_owned(), ANY_USE.iter().map(assumed).collect())]
            }
        }
    }
}

fn because(category: UsageCategory, stance: Stance, code: &ReasonCode) -> Preference {
    Preference { category, stance, code: code.clone() }
}

fn not_to_be_had(speaker: Speaker, raw: String, preferences: Vec<Preference>) -> Statement {
    let place = Place::Element { path: "/robots.txt".to_owned() };
    let kind = SignalKind::RobotsTxt;
    let signal = Signal { kind, speaker, place, raw, at_bytes: None, record: None, captured_at: None };
    Statement::new(signal, preferences)
}
