//! The table of AI agents: who they are is dated knowledge, so it lies in a file of its own.

mod table;

use sayso_core::UsageCategory;

pub use table::AgentTable;

/// One agent that robots.txt or a robots directive can name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// The product token, in the operator's spelling. Compared without regard to case (RFC 9309, section 2.2.1).
    pub token: String,
    /// What the operator says, or is known, to do with what the agent takes; at least one.
    pub purposes: Vec<AgentPurpose>,
    /// Whether it fetches anything at all.
    pub kind: AgentKind,
    /// Who runs it; empty where nobody knows.
    pub operator: String,
}

/// What an agent takes works for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgentPurpose {
    /// To train models, or to fill datasets that are used for it.
    Train,
    /// To feed a model while it answers or acts for somebody.
    AiInput,
    /// To build an index out of which a model answers.
    Search,
    /// Nobody but the operator knows.
    Unknown,
}

/// Whether an agent's name belongs to a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgentKind {
    /// It fetches pages.
    Crawler,
    /// It never fetches: its name exists so that a site can speak of a use (`Google-Extended`).
    Control,
}

impl Agent {
    /// The uses that a site reserves by turning this agent away; none if its purpose is unknown.
    pub fn reserved_uses(&self) -> impl Iterator<Item = UsageCategory> + '_ {
        self.purposes.iter().filter_map(|purpose| match purpose {
            AgentPurpose::Train => Some(UsageCategory::TrainAi),
            // An index for AI answers is not the search that sends readers to the page: turning its crawler away
            // says nothing about `search`.
            AgentPurpose::AiInput | AgentPurpose::Search => Some(UsageCategory::AiInput),
            AgentPurpose::Unknown => None,
        })
    }
}

impl std::str::FromStr for AgentPurpose {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "train" => Ok(Self::Train),
            "ai-input" => Ok(Self::AiInput),
            "search" => Ok(Self::Search),
            "unknown" => Ok(Self::Unknown),
            _ => Err(()),
        }
    }
}
