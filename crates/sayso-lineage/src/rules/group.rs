use std::collections::HashMap;

use super::Alarm;
use crate::{EdgeKind, Graph, NodeIx, NodeKind};

/// Alarms that say the same of one node and differ only in which version or subset of a dataset they come from.
#[derive(Debug)]
pub struct AlarmGroup<'a> {
    /// The weightiest, with the longest way: it shows the most.
    pub lead: &'a Alarm,
    /// The others.
    pub others: Vec<&'a Alarm>,
}

/// Alarms in groups, in the order of their weightiest: people see one alarm with its several ways.
#[must_use]
pub fn grouped<'a>(graph: &Graph, alarms: impl IntoIterator<Item = &'a Alarm>) -> Vec<AlarmGroup<'a>> {
    let mut groups: Vec<AlarmGroup<'a>> = Vec::new();
    let mut places: HashMap<(&str, NodeIx, NodeIx), usize> = HashMap::new();
    let mut roots: HashMap<NodeIx, NodeIx> = HashMap::new();
    for alarm in alarms {
        let root = *roots.entry(alarm.cause).or_insert_with(|| root(graph, alarm.cause));
        let place = *places.entry((alarm.rule, alarm.node, root)).or_insert(groups.len());
        match groups.get_mut(place) {
            None => groups.push(AlarmGroup { lead: alarm, others: Vec::new() }),
            Some(group) => {
                let weight = |alarm: &Alarm| (alarm.severity, alarm.path.len());
                let other =
                    if weight(alarm) > weight(group.lead) { std::mem::replace(&mut group.lead, alarm) } else { alarm };
                group.others.push(other);
            }
        }
    }
    groups
}

/// The dataset that a dataset is a version or subset of, and so on to the first. Nothing is made of itself, so there is a first.
fn root(graph: &Graph, ix: NodeIx) -> NodeIx {
    let mut at = ix;
    while graph.node(at).kind == NodeKind::Dataset {
        let whole = graph.out_by(at, &[EdgeKind::DerivedFrom]).map(|(_, whole)| whole);
        let Some(whole) = whole.filter(|whole| graph.node(*whole).kind == NodeKind::Dataset).min() else { break };
        at = whole;
    }
    at
}
