//! What single rules look at, on small lineages that are made up.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use sayso_lineage::{
    Alarm, Edge, EdgeKind, Graph, Licence, Node, NodeId, NodeKind, RULE_LIMITS, Removal, RuleLimits, Sector, Source,
    StatedPurpose, check, check_nodes, grouped,
};

fn node(id: &str, kind: NodeKind, edges: &[(EdgeKind, &str)]) -> Node {
    let own: NodeId = id.parse().unwrap();
    let mut node = Node::new(own.clone(), kind, id);
    let (key, title, url) = ("s".to_owned(), "A page".to_owned(), "https://example.org/".to_owned());
    node.sources.push(Source { key, title, url, date: None, supports: None });
    let edge = |(kind, to): &(EdgeKind, &str)| Edge::new(*kind, own.clone(), to.parse().unwrap(), vec!["s".to_owned()]);
    node.edges = edges.iter().map(edge).collect();
    node
}

fn removal(snapshot: Option<u64>, date: &str, samples: u64, receipt: &str) -> Removal {
    Removal {
        date: Some(date.parse().unwrap()),
        samples: Some(samples),
        snapshot,
        receipt: Some(receipt.to_owned()),
        note: None,
        sources: vec!["s".to_owned()],
    }
}

fn of_rule(graph: &Graph, rule: &str) -> Vec<Alarm> {
    check(graph, &[], &RULE_LIMITS).alarms.into_iter().filter(|alarm| alarm.rule == rule).collect()
}

#[test]
fn any_removal_counts_in_whatever_order_they_stand() {
    let with = |removals: Vec<Removal>, used: u64| {
        let mut model = node("model", NodeKind::Model, &[(EdgeKind::TrainedOn, "data")]);
        model.edges[0].snapshot = Some(used);
        let mut data = node("data", NodeKind::Dataset, &[]);
        data.removals = removals;
        let says = |alarm: &Alarm| alarm.says.clone();
        of_rule(&Graph::new(vec![model, data]).unwrap(), "removed-in-training").iter().map(says).collect::<Vec<_>>()
    };
    let two = || [removal(Some(2), "2024-01-05", 3, "a.jsonl"), removal(Some(5), "2024-06-01", 4, "b.jsonl")];
    let reversed = || two().into_iter().rev().collect::<Vec<_>>();
    for removals in [two().to_vec(), reversed()] {
        // Between the two: the second alone came too late.
        let said = with(removals.clone(), 3);
        assert!(said.len() == 1 && said[0].contains("before 4 samples were (2024-06-01)"), "{said:?}");
        assert!(said[0].contains("b.jsonl") && !said[0].contains("a.jsonl"), "{said:?}");
        // Before both, and behind both.
        let said = with(removals.clone(), 1);
        assert!(said.len() == 1 && said[0].contains("7 samples were (2024-01-05 to 2024-06-01)"), "{said:?}");
        assert_eq!(with(removals, 5), Vec::<String>::new());
    }
}

#[test]
fn where_a_rule_does_not_get_through_it_says_so() {
    let chain: Vec<Node> = (0..50)
        .map(|number| {
            let before = format!("m{}", number - 1);
            let edges = if number > 0 { vec![(EdgeKind::FineTunedFrom, before.as_str())] } else { Vec::new() };
            let mut model = node(&format!("m{number}"), NodeKind::Model, &edges);
            model.licence = Some(Licence::new("MIT"));
            model
        })
        .collect();
    let graph = Graph::new(chain).unwrap();
    let found = check(&graph, &[], &RuleLimits { steps: 10, ..RULE_LIMITS });
    assert_eq!((found.alarms.len(), found.unfinished), (0, vec!["licence-laundered"]));
    assert_eq!(check(&graph, &[], &RULE_LIMITS).unfinished, Vec::<&str>::new());
}

#[test]
fn of_a_node_all_alarms_are_told_and_none_of_others() {
    let mut nodes = vec![node("data", NodeKind::Dataset, &[]), node("company", NodeKind::Organisation, &[])];
    nodes[0].purpose = Some(StatedPurpose::Research);
    nodes[1].sector = Some(Sector::Company);
    for number in 0..20 {
        let edges = [(EdgeKind::TrainedOn, "data"), (EdgeKind::ReleasedBy, "company")];
        nodes.push(node(&format!("m{number}"), NodeKind::Model, &edges));
    }
    let graph = Graph::new(nodes).unwrap();
    let few = RuleLimits { alarms: 5, ..RULE_LIMITS };
    let rule = |alarms: &[Alarm]| alarms.iter().filter(|alarm| alarm.rule == "non-commercial-upstream").count();
    let all = check(&graph, &[], &few);
    assert_eq!((rule(&all.alarms), all.more), (5, 15));
    // The limit counts what is asked for, not what came before it.
    let last = graph.find("m9").unwrap();
    let of_last = check_nodes(&graph, &[], &few, &[last]);
    assert_eq!((rule(&of_last.alarms), of_last.more), (1, 0));
    assert!(of_last.alarms.iter().all(|alarm| alarm.node == last || alarm.cause == last));
}

#[test]
fn versions_of_one_dataset_make_one_alarm_with_several_ways() {
    let mut nodes = vec![
        node("whole", NodeKind::Dataset, &[]),
        node("part", NodeKind::Dataset, &[(EdgeKind::DerivedFrom, "whole")]),
        node("other", NodeKind::Dataset, &[]),
        node("model", NodeKind::Model, &[(EdgeKind::TrainedOn, "part"), (EdgeKind::TrainedOn, "other")]),
    ];
    for data in &mut nodes[..3] {
        data.purpose = Some(StatedPurpose::Research);
    }
    nodes[3].purpose = Some(StatedPurpose::Commercial);
    let graph = Graph::new(nodes).unwrap();
    let alarms = of_rule(&graph, "non-commercial-upstream");
    assert_eq!(alarms.len(), 3);
    let id = |alarm: &Alarm| graph.node(alarm.cause).id.to_string();
    let mut told: Vec<(String, Vec<String>)> = grouped(&graph, &alarms)
        .iter()
        .map(|group| (id(group.lead), group.others.iter().map(|other| id(other)).collect()))
        .collect();
    told.sort();
    // The longest way leads: it has the other in it.
    assert_eq!(told, [("other".to_owned(), vec![]), ("whole".to_owned(), vec!["part".to_owned()])]);
}

#[test]
fn a_limit_is_lost_by_the_way_on_which_nobody_kept_it() {
    // By one way another licence lies between and has to answer for it; by the longer one none does.
    let mut nodes = vec![
        node("data", NodeKind::Dataset, &[]),
        node("kept", NodeKind::Model, &[(EdgeKind::TrainedOn, "data")]),
        node("bare-1", NodeKind::Model, &[(EdgeKind::TrainedOn, "data")]),
        node("bare-2", NodeKind::Model, &[(EdgeKind::FineTunedFrom, "bare-1")]),
        node("model", NodeKind::Model, &[(EdgeKind::FineTunedFrom, "kept"), (EdgeKind::FineTunedFrom, "bare-2")]),
    ];
    nodes[0].licence = Some(Licence::new("CC-BY-NC-4.0"));
    nodes[1].licence = Some(Licence::new("CC-BY-NC-4.0"));
    nodes[4].licence = Some(Licence::new("MIT"));
    let graph = Graph::new(nodes).unwrap();
    let mut ways: Vec<(String, usize)> = of_rule(&graph, "licence-laundered")
        .iter()
        .map(|alarm| (graph.node(alarm.cause).id.to_string(), alarm.path.len()))
        .collect();
    ways.sort();
    assert_eq!(ways, [("data".to_owned(), 3), ("kept".to_owned(), 1)]);
}

#[test]
fn many_names_are_looked_for_at_once() {
    let mut model = node("ana-example-style", NodeKind::Model, &[]);
    model.also.push("Bea Sample v2".to_owned());
    let graph = Graph::new(vec![model]).unwrap();
    let mut names: Vec<String> = (0..20_000).map(|number| format!("Nobody {number} Known")).collect();
    names.extend(["Ana Example", "Bea Sample", "Ana", "Carl Else"].map(str::to_owned));
    let said: Vec<String> = check(&graph, &names, &RULE_LIMITS).alarms.into_iter().map(|alarm| alarm.says).collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].contains("is called by the name of Ana Example") && said[1].contains("also called"), "{said:?}");
}
