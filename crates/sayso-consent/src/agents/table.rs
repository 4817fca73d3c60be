use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use super::{Agent, AgentKind};
use crate::ConsentError;

/// No product token is longer; longer names are not looked up.
const TOKEN_BYTES: usize = 64;

/// Agents by their product token.
#[derive(Debug, Clone)]
pub struct AgentTable {
    dated: String,
    agents: Vec<Arc<Agent>>,
    by_token: HashMap<Box<[u8]>, usize>,
}

static BUILTIN: LazyLock<AgentTable> = LazyLock::new(|| {
    let table = AgentTable::parse(include_str!("../../data/agents.tsv"));
    // A test reads the file strictly, so there is no release in which this is empty.
    table.unwrap_or_else(|_| AgentTable { dated: String::new(), agents: Vec::new(), by_token: HashMap::new() })
});

impl AgentTable {
    /// The table that comes with this version.
    #[must_use]
    pub fn builtin() -> &'static Self {
        &BUILTIN
    }

    /// Reads a table: a line `# dated YYYY-MM-DD`, comments, and a line an agent of four columns between tabs.
    pub fn parse(text: &str) -> Result<Self, ConsentError> {
        let mut table = Self { dated: String::new(), agents: Vec::new(), by_token: HashMap::new() };
        for (line, text) in (1..).zip(text.lines()) {
            if let Some(comment) = text.strip_prefix('#') {
                if let Some(date) = comment.trim().strip_prefix("dated ") {
                    date.clone_into(&mut table.dated);
                }
            } else if !text.trim().is_empty() {
                table.add(parse_line(text).map_err(|missing| ConsentError::AgentTable { line, missing })?);
            }
        }
        Ok(table)
    }

    /// The agent with this product token, whatever its case.
    #[must_use]
    pub fn find(&self, token: &str) -> Option<&Arc<Agent>> {
        let mut lower = [0; TOKEN_BYTES];
        let lower = lower.get_mut(..token.len())?;
        lower.copy_from_slice(token.as_bytes());
        lower.make_ascii_lowercase();
        self.by_token.get(&*lower).and_then(|&at| self.agents.get(at))
    }

    /// Every agent, in the table's order.
    pub fn iter(&self) -> impl Iterator<Item = &Agent> {
        self.agents.iter().map(Arc::as_ref)
    }

    /// The day of the knowledge in it, as the table states it.
    #[must_use]
    pub fn dated(&self) -> &str {
        &self.dated
    }

    fn add(&mut self, agent: Agent) {
        let key = agent.token.to_ascii_lowercase().into_bytes().into_boxed_slice();
        self.by_token.insert(key, self.agents.len());
        self.agents.push(Arc::new(agent));
    }
}

fn parse_line(line: &str) -> Result<Agent, &'static str> {
    let mut columns = line.split('\t');
    let token = columns.next().filter(|token| !token.is_empty() && token.len() <= TOKEN_BYTES).ok_or("token")?;
    let purposes = columns.next().ok_or("purposes")?;
    let purposes = purposes.split(',').map(str::parse).collect::<Result<_, _>>().map_err(|()| "known purpose")?;
    let kind = match columns.next() {
        Some("crawler") => AgentKind::Crawler,
        Some("control") => AgentKind::Control,
        _ => return Err("known kind"),
    };
    let operator = columns.next().ok_or("operator")?;
    Ok(Agent { token: token.to_owned(), purposes, kind, operator: operator.to_owned() })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use sayso_core::UsageCategory;

    use super::AgentTable;
    use crate::ConsentError;
    use crate::agents::{AgentKind, AgentPurpose};

    #[test]
    fn the_table_that_comes_along_is_sound() {
        let table = AgentTable::parse(include_str!("../../data/agents.tsv")).unwrap();
        assert!(table.iter().count() > 140);
        assert_eq!(table.iter().count(), table.by_token.len(), "a token stands twice");
        assert_eq!(table.dated().len(), "2026-11-21".len());
        for agent in table.iter() {
            // Names in robots.txt end at a blank or a slash, so a token with one would never be found.
            assert!(!agent.token.contains([' ', '/', ',']), "{}", agent.token);
            assert!(agent.purposes.len() == 1 || !agent.purposes.contains(&AgentPurpose::Unknown), "{}", agent.token);
        }
    }

    #[test]
    fn agents_are_found_whatever_their_case() {
        let table = AgentTable::builtin();
        assert_eq!(table.find("gptbot").unwrap().token, "GPTBot");
        assert_eq!(table.find("META-EXTERNALAGENT").unwrap().purposes, [AgentPurpose::Train]);
        assert!(table.find("Googlebot").is_none());
        assert!(table.find("").is_none());
        assert!(table.find(&"x".repeat(1000)).is_none());
        for token in ["Google-Extended", "Applebot-Extended"] {
            let agent = table.find(token).unwrap();
            assert_eq!(agent.kind, AgentKind::Control);
            let uses: Vec<_> = agent.reserved_uses().collect();
            assert_eq!(uses, [UsageCategory::TrainAi, UsageCategory::AiInput]);
        }
    }

    #[test]
    fn a_broken_line_is_named() {
        let error = AgentTable::parse("# dated 2026-01-01\nGPTBot\ttrain\tcrawler\tOpenAI\nX\tshop\tcrawler\t\n");
        assert_eq!(error.unwrap_err(), ConsentError::AgentTable { line: 3, missing: "known purpose" });
    }
}
