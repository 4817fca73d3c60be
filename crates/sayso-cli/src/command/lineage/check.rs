use std::io::Write;

use sayso_lineage::{
    Alarm, AlarmGroup, Found, Graph, RULE_LIMITS, RuleLimits, Severity, alarm_json, check_nodes, grouped, rule,
};
use serde_json::{Value, json};

use super::names::read_names;
use super::{open, told};
use crate::arguments::LineageCheck;
use crate::exit::Outcome;
use crate::output::{counted, harmless};

pub(crate) fn run(arguments: &LineageCheck) -> anyhow::Result<Outcome> {
    let graph = open(&arguments.lineage)?;
    let ids = arguments.ids.iter().map(|id| graph.named(id)).collect::<Result<Vec<_>, _>>()?;
    let names = match &arguments.names {
        Some(file) => read_names(file)?,
        None => Vec::new(),
    };
    // Of a few nodes all alarms are wanted, however many the rest of a large lineage has.
    let alarms = if ids.is_empty() { RULE_LIMITS.alarms } else { usize::MAX };
    let mut found = check_nodes(&graph, &names, &RuleLimits { alarms, ..RULE_LIMITS }, &ids);
    let is_wanted = |code: &str| arguments.rule.is_empty() || arguments.rule.contains(&code);
    found.alarms.retain(|alarm| is_wanted(alarm.rule));
    found.unfinished.retain(|code| is_wanted(code));
    let groups = grouped(&graph, &found.alarms);
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &as_json(&graph, &found, &groups))?;
        writeln!(out)?;
    } else {
        text(&graph, &found, &groups, !ids.is_empty(), &mut out)?;
    }
    Ok(match (found.alarms.is_empty(), found.unfinished.is_empty()) {
        (false, _) => Outcome::No,
        // That nothing was found says nothing where not all was looked at.
        (true, false) => Outcome::DoneWithDamage,
        (true, true) => Outcome::Done,
    })
}

/// All alarms one by one; those that say the same have the same number of a group.
fn as_json(graph: &Graph, found: &Found, groups: &[AlarmGroup<'_>]) -> Value {
    let mut alarms = Vec::new();
    for (number, group) in groups.iter().enumerate() {
        for alarm in [group.lead].into_iter().chain(group.others.iter().copied()) {
            let mut alarm = alarm_json(graph, alarm);
            alarm["group"] = json!(number);
            alarms.push(alarm);
        }
    }
    json!({
        "nodes": graph.len(), "edges": graph.links(), "alarms": alarms, "groups": groups.len(), "more": found.more,
        "unfinished": found.unfinished,
    })
}

fn text(
    graph: &Graph,
    found: &Found,
    groups: &[AlarmGroup<'_>],
    with_path: bool,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let mut last = None;
    for group in groups {
        let alarm = group.lead;
        if last != Some((alarm.severity, alarm.rule)) {
            if last.is_some() {
                writeln!(out)?;
            }
            let title = rule(alarm.rule).map_or("", |rule| rule.title);
            writeln!(out, "{}: {title} ({})", alarm.severity.name(), alarm.rule)?;
            last = Some((alarm.severity, alarm.rule));
        }
        writeln!(out, "  {}{}", harmless(&alarm.says), doubt(alarm))?;
        if with_path {
            way(graph, alarm, "    ", out)?;
            for other in &group.others {
                writeln!(out, "    also: {}{}", harmless(&other.says), doubt(other))?;
                way(graph, other, "      ", out)?;
            }
            writeln!(out, "    cleared by: {}", harmless(&alarm.clears))?;
        } else if !group.others.is_empty() {
            let causes: Vec<&str> = group.others.iter().map(|alarm| graph.node(alarm.cause).id.as_str()).collect();
            writeln!(out, "    and by way of {}", causes.join(", "))?;
        }
    }
    let count = |severity| groups.iter().filter(|group| group.lead.severity == severity).count();
    if !groups.is_empty() {
        writeln!(out)?;
    }
    let (high, medium, low) = (count(Severity::High), count(Severity::Medium), count(Severity::Low));
    let ways = match found.alarms.len() {
        all if all > groups.len() => format!(", by {all} ways"),
        _ => String::new(),
    };
    writeln!(out, "{}: {high} high, {medium} medium, {low} low{ways}", counted(groups.len(), "alarm"))?;
    if found.more > 0 {
        writeln!(out, "{} more were not looked into: name nodes to see theirs", found.more)?;
    }
    if !found.unfinished.is_empty() {
        let rules = found.unfinished.join(", ");
        writeln!(out, "not all was looked at by {rules}: the lineage has more links than a rule goes along")?;
    }
    if !with_path && !groups.is_empty() {
        writeln!(out, "the evidence of each: sayso lineage check ID")?;
    }
    Ok(())
}

fn doubt(alarm: &Alarm) -> &'static str {
    if alarm.is_doubtful { " (rests on what is claimed or disputed)" } else { "" }
}

fn way(graph: &Graph, alarm: &Alarm, before: &str, out: &mut impl Write) -> anyhow::Result<()> {
    for link in alarm.path.iter().chain(&alarm.beside) {
        writeln!(out, "{before}{}", told(graph, *link))?;
    }
    Ok(())
}
