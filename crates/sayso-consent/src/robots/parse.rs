use std::collections::HashMap;

use sayso_core::{Signal, SignalKind};

use super::line::{Key, Line, lines, whole_lines};
use super::pattern::Pattern;
use super::{Found, Group, Named, RobotsTxt, Rule, Usage};
use crate::agents::AgentTable;
use crate::read::{read_content_signal, read_content_usage};

impl RobotsTxt {
    /// Reads a robots.txt. Nothing is an error: what means nothing is passed over.
    ///
    /// `robots_bytes` of the file are read (RFC 9309, section 2.5 asks for 500 KiB at least), in whole lines;
    /// `signal_bytes` of a rule are kept as evidence. The agents of `agents` that the file names are noted, so that
    /// [`RobotsTxt::statements`] need not look for them at every path.
    #[must_use]
    pub fn parse(file: &[u8], robots_bytes: u64, signal_bytes: u64, agents: &AgentTable) -> Self {
        let limit = usize::try_from(robots_bytes).unwrap_or(usize::MAX);
        let read = whole_lines(file, limit);
        let mut parser = Parser { robots: RobotsTxt::empty(), names: HashMap::new(), in_heading: false, signal_bytes };
        for line in lines(read) {
            parser.add(&line, agents);
        }
        parser.robots.truncated = read.len() < file.len();
        parser.robots.sort_rules();
        parser.robots
    }

    fn empty() -> Self {
        Self {
            patterns: Vec::new(),
            raw: String::new(),
            rules: Vec::new(),
            sieves: Vec::new(),
            usages: Vec::new(),
            groups: Vec::new(),
            named: Vec::new(),
            origin_wide: 0..0,
            truncated: false,
        }
    }
}

struct Parser {
    robots: RobotsTxt,
    /// Where in `robots.named` a token stands, by its lower case.
    names: HashMap<Vec<u8>, usize>,
    /// Whether the last line that means something was a `User-agent`: the next one then belongs to the same group.
    in_heading: bool,
    signal_bytes: u64,
}

impl Parser {
    fn add(&mut self, line: &Line<'_>, agents: &AgentTable) {
        if line.key == Key::UserAgent {
            self.open_group();
            // RFC 9309 has one name a line. Whoever writes several can only mean the rules for all of them.
            for name in line.value.split(|&byte| byte == b',') {
                self.name_group(product_token(name.trim_ascii()), agents);
            }
            return;
        }
        self.in_heading = false;
        match line.key {
            Key::Allow => self.add_rule(line, true),
            Key::Disallow => self.add_rule(line, false),
            Key::ContentUsage => self.add_usage(line, SignalKind::ContentUsage),
            Key::ContentSignal => self.add_usage(line, SignalKind::ContentSignal),
            Key::UserAgent => {}
        }
    }

    fn open_group(&mut self) {
        if !self.in_heading {
            let (rules, usages) = (self.robots.rules.len(), self.robots.usages.len());
            self.robots.groups.push(Group { rules: rules..rules, usages: usages..usages });
            self.in_heading = true;
        }
    }

    fn name_group(&mut self, token: &[u8], agents: &AgentTable) {
        let group = self.robots.groups.len().saturating_sub(1);
        if token.is_empty() {
            return;
        }
        let at = *self.names.entry(token.to_ascii_lowercase()).or_insert_with(|| {
            let token = Signal::raw_of(token, self.signal_bytes);
            let agent = agents.find(&token).cloned();
            self.robots.named.push(Named { token, groups: Vec::new(), agent });
            self.robots.named.len() - 1
        });
        if let Some(named) = self.robots.named.get_mut(at)
            && named.groups.last() != Some(&group)
        {
            named.groups.push(group);
        }
    }

    fn add_rule(&mut self, line: &Line<'_>, allows: bool) {
        // A rule before the first group is nobody's; an empty one matches nothing (RFC 9309, section 2.2.2).
        if self.robots.groups.is_empty() || line.value.is_empty() {
            return;
        }
        let found = self.found(line);
        let push = |path: &[u8], robots: &mut RobotsTxt| {
            let pattern = Pattern::add(path, &mut robots.patterns);
            robots.rules.push(Rule { pattern, allows, found: found.clone() });
        };
        push(line.value, &mut self.robots);
        // Whoever opens a folder's index page opens the folder's own address with it, as Google reads it.
        if allows && let Some(folder) = folder_of_index(line.value) {
            push(&[folder, b"$"].concat(), &mut self.robots);
        }
        let end = self.robots.rules.len();
        if let Some(group) = self.robots.groups.last_mut() {
            group.rules.end = end;
        }
    }

    fn add_usage(&mut self, line: &Line<'_>, kind: SignalKind) {
        // draft-ietf-aipref-attach-05: a path is there if the value starts with a slash, and ends at the
        // first blank. Content-Signal takes a path in the same way.
        let (path, value) = match line.value {
            [b'/', ..] => {
                let blank = line.value.iter().position(|byte| matches!(byte, b' ' | b'\t')).unwrap_or(line.value.len());
                line.value.split_at(blank)
            }
            value => (&[][..], value),
        };
        let preferences = match kind {
            SignalKind::ContentSignal => read_content_signal(value),
            _ => read_content_usage(value.trim_ascii_start()),
        };
        let pattern = Pattern::add(path, &mut self.robots.patterns);
        let found = self.found(line);
        self.robots.usages.push(Usage { kind, pattern, preferences, found });
        let end = self.robots.usages.len();
        match self.robots.groups.last_mut() {
            Some(group) => group.usages.end = end,
            None => self.robots.origin_wide.end = end,
        }
    }

    fn found(&mut self, line: &Line<'_>) -> Found {
        let start = self.robots.raw.len();
        self.robots.raw.push_str(&Signal::raw_of(line.bytes, self.signal_bytes));
        let at_bytes = (line.at as u64, (line.at + line.bytes.len()) as u64);
        Found { line: line.number, at_bytes, raw: start..self.robots.raw.len() }
    }
}

/// The part of a `User-agent` value by which groups are chosen: up to the first blank or slash.
///
/// RFC 9309 allows letters, `_` and `-`. Digits and dots are let pass too, or `img2dataset` would be called `img`.
pub(crate) fn product_token(value: &[u8]) -> &[u8] {
    let end = value.iter().position(|byte| byte.is_ascii_whitespace() || *byte == b'/').unwrap_or(value.len());
    &value[..end]
}

/// The folder of a path whose last part is `index.htm` or `index.html`.
fn folder_of_index(path: &[u8]) -> Option<&[u8]> {
    path.strip_suffix(b"index.html").or_else(|| path.strip_suffix(b"index.htm")).filter(|folder| folder.ends_with(b"/"))
}
