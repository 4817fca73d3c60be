use sayso_core::Stance;

use super::super::found::Found;
use super::super::markup::{is_no_plain_text, is_page_type, may_be_text_type};
use super::target::Target;
use super::{AiTxt, Rule};
use crate::robots::line::{Key, Line, bare_lines, lines, whole_lines};
use crate::robots::product_token;

impl AiTxt {
    /// Reads an ai.txt. Nothing is an error: what is no text of rules makes a statement of doubt.
    ///
    /// `content_type` is that of the response, where it had one: sites that answer every address with a page have no
    /// ai.txt, and what was sent as any other kind of file than text reserves and does not grant. `limit_bytes` of the file are read, in whole lines; `signal_bytes` of a rule are kept as evidence.
    #[must_use]
    pub fn parse(file: &[u8], content_type: Option<&str>, limit_bytes: u64, signal_bytes: u64) -> Self {
        let read = whole_lines(file, usize::try_from(limit_bytes).unwrap_or(usize::MAX));
        let truncated = read.len() < file.len();
        let is_mistyped = !may_be_text_type(content_type);
        let ai_txt = Self { patterns: Vec::new(), rules: Vec::new(), unreadable: None, truncated, is_mistyped };
        let mut parser = Parser { ai_txt, audience: Audience::Unclear, in_heading: false, file, signal_bytes };
        let mut has_rules = false;
        if !is_page_type(content_type) && !is_no_plain_text(read) {
            for line in lines(read) {
                has_rules = true;
                parser.add(&line);
            }
        }
        // A file of comments says nothing. Other text is some other format: several call themselves ai.txt.
        if !has_rules && (truncated || !is_silent(read)) {
            parser.ai_txt.unreadable = Some(Found::whole(file, signal_bytes));
        }
        parser.ai_txt
    }
}

fn is_silent(file: &[u8]) -> bool {
    bare_lines(file).all(|(_, _, line)| matches!(line.trim_ascii_start(), [] | [b'#', ..]))
}

/// For whom the rules are that are being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Audience {
    Everybody,
    /// An agent by name; a file on datasets has no business with a builder who is not named.
    Others,
    /// Rules before any `User-agent`, or under an empty one.
    Unclear,
}

struct Parser<'a> {
    ai_txt: AiTxt,
    audience: Audience,
    /// Whether the last line that means something was a `User-agent`: the next one then belongs to the same group.
    in_heading: bool,
    file: &'a [u8],
    signal_bytes: u64,
}

impl Parser<'_> {
    fn add(&mut self, line: &Line<'_>) {
        match line.key {
            Key::UserAgent => self.add_heading(line.value),
            Key::Allow => self.add_rules(line, Stance::Allowed),
            Key::Disallow => self.add_rules(line, Stance::Disallowed),
            Key::ContentUsage | Key::ContentSignal => self.in_heading = false,
        }
    }

    fn add_heading(&mut self, value: &[u8]) {
        let mut named = if self.in_heading { Some(self.audience) } else { None };
        for name in value.split(|&byte| byte == b',') {
            let audience = match product_token(name.trim_ascii()) {
                b"*" => Audience::Everybody,
                b"" => Audience::Unclear,
                _ => Audience::Others,
            };
            named = match (named, audience) {
                (Some(Audience::Everybody), _) | (_, Audience::Everybody) => Some(Audience::Everybody),
                (Some(Audience::Others), _) | (_, Audience::Others) => Some(Audience::Others),
                _ => Some(Audience::Unclear),
            };
        }
        self.audience = named.unwrap_or(Audience::Unclear);
        self.in_heading = true;
    }

    /// A rule has one value. Whoever writes several can only mean a rule for each; but a grant is then not clear.
    fn add_rules(&mut self, line: &Line<'_>, stance: Stance) {
        self.in_heading = false;
        if self.audience == Audience::Others {
            return;
        }
        let at = line.at..line.at + line.bytes.len();
        let found = Found::new(self.file, at, "line", line.number, self.signal_bytes);
        let several = line.value.iter().any(u8::is_ascii_whitespace);
        for value in line.value.split(u8::is_ascii_whitespace) {
            let value = if several { value.strip_suffix(b",").unwrap_or(value) } else { value };
            // An empty value matches nothing, as in robots.txt.
            let Some(first) = value.first() else {
                continue;
            };
            let is_path = matches!(first, b'/' | b'*' | b'.');
            let is_clear = is_path && self.audience == Audience::Everybody && !(several && stance == Stance::Allowed);
            let target = if is_path {
                Target::new(value, &mut self.ai_txt.patterns)
            } else {
                Target::new(&[b"/", value].concat(), &mut self.ai_txt.patterns)
            };
            let stance = if is_clear { stance } else { Stance::Unknown };
            self.ai_txt.rules.push(Rule { target, stance, found: found.clone() });
        }
    }
}
