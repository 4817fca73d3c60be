use super::{Alarm, Found, Rule, Severity, Survey};
use crate::{Consent, Node, NodeKind, PersonNames};

pub(super) static RULE: Rule = Rule {
    code: "person-in-name",
    title: "a person’s name in a model’s name, without their leave",
    explains: "A model or adapter is called, or was called, by the name of a person whose works or likeness it imitates, and no claim \
               of theirs grants it. The name stands for somebody who was not asked, and whoever hears it takes the model for theirs.",
    clears: "the person’s leave (`consent = \"granted\"` with its source, or their claim in a registry), or a model without the name and \
             without the works",
    run,
};

fn run(survey: &Survey<'_>, found: &mut Found) {
    let graph = survey.graph;
    let mut listed = PersonNames::default();
    for name in survey.names {
        listed.add(name);
    }
    for (ix, facts) in survey.nodes() {
        let is_named = facts.has_persons || !listed.is_empty();
        if !is_named || !matches!(facts.kind, NodeKind::Model | NodeKind::Adapter) {
            continue;
        }
        let node = graph.node(ix);
        let told = node.persons.iter().filter(|person| person.consent != Consent::Granted);
        let told =
            told.filter_map(|person| Some((person.name.as_str(), person.consent, called_by(node, &person.name)?)));
        let granted = |name: &str| {
            node.persons.iter().any(|person| person.consent == Consent::Granted && bare(&person.name) == bare(name))
        };
        let is_told = |name: &str| node.persons.iter().any(|person| bare(&person.name) == bare(name));
        let by_list = called(node, &listed).into_iter().filter(|(name, _)| !granted(name) && !is_told(name));
        let by_list = by_list.map(|(name, called)| (name, Consent::Unknown, called));
        for (name, consent, called) in told.chain(by_list) {
            if !found.has_room(ix, ix) {
                continue;
            }
            let asked = match consent {
                Consent::Refused => "who said no",
                _ => "whose leave is not known",
            };
            let (verb, is_now) = match called {
                Called::Now => ("is called", true),
                Called::Otherwise => ("is or was also called", false),
            };
            let path = graph.upstream(ix).map(|(link, _)| link).take(1).collect();
            found.push(
                graph,
                Alarm {
                    rule: RULE.code,
                    severity: if is_now || consent == Consent::Refused { Severity::High } else { Severity::Medium },
                    node: ix,
                    cause: ix,
                    path,
                    beside: survey.holders(ix).map(|(link, _)| link).take(1).collect(),
                    says: format!("{} {verb} by the name of {name}, {asked}", node.name),
                    clears: RULE.clears.to_owned(),
                    is_doubtful: false,
                },
            );
        }
    }
}

#[derive(Clone, Copy)]
enum Called {
    Now,
    Otherwise,
}

/// The names that a node is called by.
fn called<'n>(node: &Node, names: &'n PersonNames) -> Vec<(&'n str, Called)> {
    let mut all: Vec<(&'n str, Called)> = Vec::new();
    let now = [node.id.as_str(), &node.name].into_iter().map(|text| (text, Called::Now));
    for (text, when) in now.chain(node.also.iter().map(|text| (text.as_str(), Called::Otherwise))) {
        for name in names.found_in(text) {
            if !all.iter().any(|(known, _)| *known == name) {
                all.push((name, when));
            }
        }
    }
    all
}

/// Whether a node is called by this name.
fn called_by(node: &Node, name: &str) -> Option<Called> {
    let mut one = PersonNames::default();
    one.add(name);
    called(node, &one).first().map(|(_, called)| *called)
}

/// Letters and digits alone, to tell whether two names are one.
fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
