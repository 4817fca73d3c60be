use std::collections::HashMap;

use sayso_lineage::{Alarm, Found, Graph, NodeIx, RULE_LIMITS, RuleLimits, check, check_nodes};

use crate::refusal::Refusal;

/// Alarms of each rule about one node that are looked for anew.
const OF_NODE: usize = 10_000;

/// Who fed whom, with the alarms: neither changes while the server runs.
pub(crate) struct LineageDesk {
    pub(crate) graph: Graph,
    pub(crate) found: Found,
    /// Which node each dataset is that is open here.
    datasets: HashMap<String, NodeIx>,
}

impl LineageDesk {
    pub(crate) fn new(graph: Graph, datasets: HashMap<String, NodeIx>) -> Self {
        let found = check(&graph, &[], &RULE_LIMITS);
        Self { graph, found, datasets }
    }

    /// The node that a dataset is, where that is known.
    pub(crate) fn of_dataset(&self, dataset: &str) -> Option<NodeIx> {
        self.datasets.get(dataset).copied()
    }

    /// The node of this id.
    pub(crate) fn named(&self, id: &str) -> Result<NodeIx, Refusal> {
        self.graph.named(id).map_err(|error| Refusal::NoNode { message: error.to_string() })
    }

    /// The alarms that are about a node, or come from it. Of a lineage with more alarms than are kept they are looked for anew.
    pub(crate) fn alarms_of(&self, ix: NodeIx) -> Vec<Alarm> {
        if self.found.more > 0 {
            return check_nodes(&self.graph, &[], &RuleLimits { alarms: OF_NODE, ..RULE_LIMITS }, &[ix]).alarms;
        }
        self.found.alarms.iter().filter(|alarm| alarm.node == ix || alarm.cause == ix).cloned().collect()
    }
}
