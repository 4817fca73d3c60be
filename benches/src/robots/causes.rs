//! Why two readers of robots.txt answer differently: a cause is what, taken out of the file or the address, makes them
//! agree.

use std::fmt;

use texting_robots::Robot;

use crate::{ours, ours_allows};

/// What was asked.
pub struct Question<'a> {
    pub file: &'a [u8],
    pub agent: &'a str,
    pub address: &'a str,
}

/// What one of the two reads otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    Blanks,
    RobotsTxtItself,
    EmptyDisallow,
    NoGroup,
    Version,
    SeveralNames,
    OtherLines,
    Slip,
    ForgottenColon,
    IndexPage,
    Encoding,
    Dollar,
    Limit,
    Several,
    Unexplained,
}

/// In which order they are tried: those that change little before those that change much.
const TRIED: [Cause; 13] = [
    Cause::Blanks,
    Cause::RobotsTxtItself,
    Cause::EmptyDisallow,
    Cause::NoGroup,
    Cause::Version,
    Cause::SeveralNames,
    Cause::OtherLines,
    Cause::Slip,
    Cause::ForgottenColon,
    Cause::IndexPage,
    Cause::Dollar,
    Cause::Encoding,
    Cause::Limit,
];

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Blanks => "blanks, comments or line endings",
            Self::RobotsTxtItself => "the address is `/robots.txt`",
            Self::EmptyDisallow => "an empty `Disallow:`",
            Self::NoGroup => "rules before any `User-agent`",
            Self::Version => "a `User-agent` with more than a product token",
            Self::SeveralNames => "several names in one `User-agent` line",
            Self::OtherLines => "`Crawl-delay` between the lines of a group's head",
            Self::Slip => "a misspelled key",
            Self::ForgottenColon => "a line without a colon",
            Self::IndexPage => "`Allow: …/index.html`",
            Self::Encoding => "percent-encoding",
            Self::Dollar => "`$` that is not at the end",
            Self::Limit => "what stands behind the first 500 KiB",
            Self::Several => "several of these together",
            Self::Unexplained => "UNEXPLAINED",
        })
    }
}

/// The first cause without which both answer alike.
pub fn cause_of(question: &Question<'_>) -> Cause {
    let file = String::from_utf8_lossy(question.file).into_owned();
    let agree = |file: &str, address: &str| {
        let theirs = Robot::new(question.agent, file.as_bytes()).map(|robot| robot.allowed(address));
        theirs.ok() == Some(ours_allows(&ours(file.as_bytes()), question.agent, address))
    };
    for cause in TRIED {
        let (file, address) = without(cause, &file, question.address);
        if agree(&file, &address) {
            return cause;
        }
    }
    let (mut all, mut address) = (file, question.address.to_owned());
    for cause in TRIED {
        (all, address) = without(cause, &all, &address);
    }
    if agree(&all, &address) { Cause::Several } else { Cause::Unexplained }
}

/// File and address without a cause.
fn without(cause: Cause, file: &str, address: &str) -> (String, String) {
    let same = || address.to_owned();
    let lines = |of_line: &dyn Fn(&str, &str) -> Vec<String>| (each_line(file, of_line), same());
    let as_is = |key: &str, value: &str| vec![format!("{key}:{value}")];
    match cause {
        Cause::RobotsTxtItself => {
            (file.to_owned(), if address == "/robots.txt" { "/robots.txu".into() } else { same() })
        }
        Cause::Blanks => lines(&as_is),
        Cause::EmptyDisallow => {
            lines(&|key, value| if is_rule(key) && value.is_empty() { Vec::new() } else { as_is(key, value) })
        }
        Cause::NoGroup => (after_first_agent(file), same()),
        Cause::Version => lines(&|key, value| {
            let token = value.split(|c: char| c == '/' || c.is_whitespace()).next().unwrap_or_default();
            as_is(key, if is_agent(key) { token } else { value })
        }),
        Cause::SeveralNames => lines(&|key, value| match is_agent(key) {
            true => value.split(',').map(|name| format!("{key}: {}", name.trim())).collect(),
            false => as_is(key, value),
        }),
        Cause::OtherLines => {
            lines(&|key, value| if is_rule(key) || is_agent(key) { as_is(key, value) } else { vec![] })
        }
        Cause::Slip => lines(&|key, value| {
            let known = ["allow", "disallow", "user-agent", "crawl-delay", "sitemap"];
            if known.contains(&key.to_ascii_lowercase().as_str()) { as_is(key, value) } else { vec![] }
        }),
        Cause::ForgottenColon => (
            file.split(['\n', '\r']).filter(|line| line.contains(':')).map(|line| format!("{line}\n")).collect(),
            same(),
        ),
        Cause::IndexPage => lines(&|key, value| {
            let is_index = value.ends_with("/index.html") || value.ends_with("/index.htm");
            if key.eq_ignore_ascii_case("allow") && is_index { Vec::new() } else { as_is(key, value) }
        }),
        Cause::Encoding => {
            let plain = |text: &str| -> String {
                let text = text.replace('%', "");
                text.chars().filter(|c| c.is_ascii_graphic() && !"\"<>`\\^{|}".contains(*c)).collect()
            };
            (each_line(file, &|key, value| as_is(key, &plain(value))), plain(address))
        }
        Cause::Dollar => {
            let inner = |value: &str| match value.strip_suffix('$') {
                Some(body) => format!("{}$", body.replace('$', "")),
                None => value.replace('$', ""),
            };
            (each_line(file, &|key, value| as_is(key, &inner(value))), address.replace('$', ""))
        }
        Cause::Limit => (file.chars().take(300_000).collect(), same()),
        Cause::Several | Cause::Unexplained => (file.to_owned(), same()),
    }
}

/// The file with its lines of a key and a value made anew; all other lines stay, without their comments.
fn each_line(file: &str, of_line: &dyn Fn(&str, &str) -> Vec<String>) -> String {
    let mut out = String::new();
    for line in file.split(['\n', '\r']) {
        let line = line.split('#').next().unwrap_or_default().trim();
        match line.split_once(':') {
            Some((key, value)) => of_line(key.trim(), value.trim()).iter().for_each(|line| {
                out.push_str(line);
                out.push('\n');
            }),
            None => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    out
}

fn after_first_agent(file: &str) -> String {
    let mut lines =
        file.split(['\n', '\r']).skip_while(|line| !is_agent(line.split(':').next().unwrap_or_default().trim()));
    let head = lines.next().unwrap_or("User-agent: nobody-at-all");
    std::iter::once(head).chain(lines).map(|line| format!("{line}\n")).collect()
}

fn is_rule(key: &str) -> bool {
    key.eq_ignore_ascii_case("allow") || key.eq_ignore_ascii_case("disallow")
}

fn is_agent(key: &str) -> bool {
    key.to_ascii_lowercase().replace([' ', '_'], "-").trim_start_matches('\u{feff}').starts_with("user-agent")
        || key.eq_ignore_ascii_case("useragent")
}
