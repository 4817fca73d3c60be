use std::fmt::Write;

use sayso_consent::agents::{Agent, AgentPurpose, AgentTable};
use sayso_core::UsageCategory::{self, AiInput, DataMining, Search, TrainAi, TrainGenai};

use super::{Wishes, Written};

/// The files that say what `wishes` say, in every vocabulary that has words for it.
pub(super) fn files(site: &str, wishes: &Wishes) -> Vec<Written> {
    let rsl = rsl(wishes);
    let file = |path, what_to_do, text: String| Written { path, what_to_do, text, statements: Vec::new() };
    let mut files = vec![file("robots.txt", "merge into the site's own", robots_txt(site, wishes, rsl.is_some()))];
    files.extend(tdmrep(wishes).map(|text| file(".well-known/tdmrep.json", "put at this path", text)));
    files.extend(ai_txt(wishes).map(|text| file("ai.txt", "put at this path", text)));
    files.extend(rsl.map(|text| file("license.xml", "serve as application/rsl+xml", text)));
    let headers = headers(wishes);
    if !headers.is_empty() {
        let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let text = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{lines}\r\n");
        files.push(file("answer.http", "let the server send these headers with every page and picture", text));
        let metas: String = metas(&headers);
        if !metas.is_empty() {
            let text = format!("<!doctype html>\n<html>\n<head>\n{metas}</head>\n</html>\n");
            files.push(file("head.html", "put these elements into the head of every page", text));
        }
    }
    files
}

/// `yes` and `no` in the words of a vocabulary, for the labels whose categories are spoken of.
fn labels(wishes: &Wishes, labels: &[(&str, UsageCategory)], yes: &str, no: &str) -> Vec<String> {
    let label = |(label, category): &(&str, UsageCategory)| match () {
        () if wishes.reserves(*category) => Some(format!("{label}={no}")),
        () if wishes.grants(*category) => Some(format!("{label}={yes}")),
        () => None,
    };
    labels.iter().filter_map(label).collect()
}

fn content_usage(wishes: &Wishes) -> String {
    let mut usages = labels(wishes, &[("train-ai", TrainAi), ("search", Search)], "y", "n");
    if wishes.reserves(TrainGenai) && !wishes.reserves(TrainAi) {
        // The current draft has no word for it, an earlier one had, and readers of both know it.
        usages.push("train-genai=n".to_owned());
    }
    usages.join(", ")
}

fn content_signal(wishes: &Wishes) -> String {
    labels(wishes, &[("search", Search), ("ai-input", AiInput), ("ai-train", TrainAi)], "yes", "no").join(", ")
}

fn robots_txt(site: &str, wishes: &Wishes, has_rsl: bool) -> String {
    let mut text = String::new();
    if has_rsl {
        let _ = writeln!(text, "License: {site}/license.xml\n");
    }
    let is_turned_away = |agent: &&Agent| {
        // Who also builds an index is turned away with search alone: nobody is to vanish from it unasked. What such an
        // agent may not do with what it finds, the other vocabularies say.
        if agent.purposes.contains(&AgentPurpose::Search) && !wishes.reserves(Search) {
            return false;
        }
        let mut uses = agent.reserved_uses().peekable();
        uses.peek().is_some() && uses.all(|category| wishes.reserves(category))
    };
    let agents: Vec<_> = AgentTable::builtin().iter().filter(is_turned_away).collect();
    for agent in &agents {
        let _ = writeln!(text, "User-agent: {}", agent.token);
    }
    if !agents.is_empty() {
        text.push_str("Disallow: /\n\n");
    }
    text.push_str("User-agent: *\n");
    for (name, value) in [("Content-Usage", content_usage(wishes)), ("Content-Signal", content_signal(wishes))] {
        if !value.is_empty() {
            let _ = writeln!(text, "{name}: {value}");
        }
    }
    text.push_str("Allow: /\n");
    text
}

fn tdmrep(wishes: &Wishes) -> Option<String> {
    let value = match () {
        () if wishes.reserves(DataMining) => 1,
        () if wishes.grants(DataMining) => 0,
        () => return None,
    };
    Some(format!("[\n  {{ \"location\": \"/*\", \"tdm-reservation\": {value} }}\n]\n"))
}

fn ai_txt(wishes: &Wishes) -> Option<String> {
    match () {
        () if wishes.reserves(TrainAi) => Some("User-agent: *\nDisallow: *\nDisallow: /\n".to_owned()),
        () if wishes.grants(TrainAi) => Some("User-agent: *\nAllow: /\n".to_owned()),
        () => None,
    }
}

fn rsl(wishes: &Wishes) -> Option<String> {
    let tokens = [("ai-train", TrainAi), ("ai-input", AiInput), ("search", Search)];
    let named = |is: &dyn Fn(UsageCategory) -> bool| -> Vec<&str> {
        tokens.iter().filter(|(_, category)| is(*category)).map(|(token, _)| *token).collect()
    };
    let no = named(&|category| wishes.reserves(category));
    // `permits` is a closed list: it would reserve every use of which nothing was said, so it is written only where
    // something was said of each.
    let yes = named(&|category| wishes.grants(category));
    let yes = if no.len() + yes.len() == tokens.len() { yes } else { Vec::new() };
    if no.is_empty() && yes.is_empty() {
        return None;
    }
    let element = |name: &str, tokens: &[&str]| match tokens {
        [] => String::new(),
        tokens => format!("      <{name} type=\"usage\">{}</{name}>\n", tokens.join(" ")),
    };
    let (permits, prohibits) = (element("permits", &yes), element("prohibits", &no));
    Some(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rsl xmlns=\"https://rslstandard.org/rsl\">\n  <content url=\"/\">\n    \
         <license>\n{permits}{prohibits}    </license>\n  </content>\n</rsl>\n"
    ))
}

/// The headers that say it with every answer.
fn headers(wishes: &Wishes) -> Vec<(&'static str, String)> {
    let mut tags = Vec::new();
    if wishes.reserves(TrainAi) {
        tags.extend(["noai", "noimageai"]);
    }
    if wishes.reserves(Search) {
        tags.extend(["noindex", "noimageindex"]);
    }
    let tdm = match () {
        () if wishes.reserves(DataMining) => "1",
        () if wishes.grants(DataMining) => "0",
        () => "",
    };
    let all = [
        ("X-Robots-Tag", tags.join(", ")),
        ("tdm-reservation", tdm.to_owned()),
        ("Content-Usage", content_usage(wishes)),
    ];
    all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

/// The meta elements that repeat headers, for who cannot set any.
fn metas(headers: &[(&str, String)]) -> String {
    let name = |header: &str| match header {
        "X-Robots-Tag" => Some("robots"),
        "tdm-reservation" => Some("tdm-reservation"),
        _ => None,
    };
    let element =
        |(header, value): &(&str, String)| Some(format!("<meta name=\"{}\" content=\"{value}\">\n", name(header)?));
    headers.iter().filter_map(element).collect()
}
