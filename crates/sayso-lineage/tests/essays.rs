//! The alarms that two essays of 2022 describe are raised by the rules alone, on the lineage that comes with Sayso.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use sayso_lineage::{Alarm, FILE_LIMITS, Graph, NodeKind, RULE_LIMITS, Severity, check, load};

fn shipped() -> Graph {
    load(true, &[], &FILE_LIMITS).unwrap_or_else(|error| panic!("{error}"))
}

fn id(graph: &Graph, alarm: &Alarm) -> (String, String) {
    (graph.node(alarm.cause).id.to_string(), graph.node(alarm.node).id.to_string())
}

/// The severity of an alarm of a rule, with the ids along its path.
fn find(graph: &Graph, alarms: &[Alarm], rule: &str, cause: &str, node: &str) -> (Severity, Vec<String>) {
    let of = |alarm: &&Alarm| alarm.rule == rule && id(graph, alarm) == (cause.to_owned(), node.to_owned());
    let found = alarms.iter().find(of).unwrap_or_else(|| panic!("no {rule} from {cause} to {node}"));
    // Every alarm says what it found, what would clear it, and rests on links with sources.
    assert!(!found.says.is_empty() && !found.clears.is_empty());
    for link in found.path.iter().chain(&found.beside) {
        let link = graph.link(*link);
        assert!(
            link.edge.sources.iter().all(|key| link.told_by.source(key).is_some()) && !link.edge.sources.is_empty()
        );
    }
    let mut way = vec![cause.to_owned()];
    for link in &found.path {
        let link = graph.link(*link);
        let (from, to) = (graph.node(link.from).id.to_string(), graph.node(link.to).id.to_string());
        way.push(if way.last() == Some(&from) { to } else { from });
    }
    (found.severity, way)
}

#[test]
fn what_is_known_comes_with_it() {
    let graph = shipped();
    assert!(graph.len() >= 120, "{} nodes", graph.len());
    for id in
        ["common-crawl", "laion-5b", "webvid-10m", "make-a-video", "lensa", "hd-vila-100m", "megaface", "yfcc100m"]
    {
        assert!(graph.find(id).is_some(), "{id}");
    }
    for (_, node) in graph.nodes() {
        assert!(!node.sources.is_empty(), "{}", node.id);
    }
    let kinds = |kind| graph.nodes().filter(|(_, node)| node.kind == kind).count();
    assert!(kinds(NodeKind::Dataset) > 30 && kinds(NodeKind::Model) > 30 && kinds(NodeKind::App) >= 5);
}

#[test]
fn data_laundering_make_a_video_learnt_from_what_was_collected_for_research() {
    let graph = shipped();
    let alarms = check(&graph, &[], &RULE_LIMITS).alarms;
    let rule = "non-commercial-upstream";
    // 10.7 million clips of Shutterstock under an exception for research, and clips of YouTube for research, in Meta's model.
    assert_eq!(find(&graph, &alarms, rule, "webvid-10m", "make-a-video").1, ["webvid-10m", "make-a-video"]);
    assert_eq!(find(&graph, &alarms, rule, "hd-vila-100m", "make-a-video").1, ["hd-vila-100m", "make-a-video"]);
    assert_eq!(find(&graph, &alarms, rule, "laion-5b", "make-a-video").1, ["laion-5b", "laion-2b-en", "make-a-video"]);
}

#[test]
fn data_laundering_stability_paid_for_the_research_and_sells_the_result() {
    let graph = shipped();
    let alarms = check(&graph, &[], &RULE_LIMITS).alarms;
    let (severity, way) = find(&graph, &alarms, "used-by-funder", "laion-5b", "dreamstudio");
    assert_eq!((severity, way.last().map(String::as_str)), (Severity::High, Some("dreamstudio")));
    find(&graph, &alarms, "used-by-funder", "laion-5b", "stable-diffusion");
    // A photographer's non-commercial licence, upstream of what is sold.
    assert_eq!(find(&graph, &alarms, "non-commercial-upstream", "laion-5b", "dreamstudio").0, Severity::High);
}

#[test]
fn data_laundering_photographs_on_flickr_in_face_recognition() {
    let graph = shipped();
    let alarms = check(&graph, &[], &RULE_LIMITS).alarms;
    // CC BY-NC photographs by way of YFCC100M and MegaFace to companies.
    for company in ["google", "amazon", "sensetime", "ntechlab", "bytedance", "megvii", "northrop-grumman", "alibaba"] {
        assert_eq!(
            find(&graph, &alarms, "non-commercial-upstream", "yfcc100m", company).1,
            ["yfcc100m", "megaface", company]
        );
        // The dataset was ended; those who took it have it.
        assert_eq!(find(&graph, &alarms, "withdrawn-in-use", "megaface", company).0, Severity::High);
    }
    // Google sponsored the competition, and is among those who used the dataset.
    find(&graph, &alarms, "used-by-funder", "megaface", "google");
    // That Clearview's models rest on it is what one author says: it weighs less.
    let clearview = alarms.iter().find(|alarm| {
        id(&graph, alarm) == ("megaface".into(), "clearview-ai".into()) && alarm.rule == "withdrawn-in-use"
    });
    assert!(clearview.is_some_and(|alarm| alarm.is_doubtful && alarm.severity == Severity::Medium));
    // A subset of the same photographs under a licence that allows commerce.
    assert_eq!(find(&graph, &alarms, "licence-laundered", "yfcc100m", "fairface").0, Severity::High);
}

#[test]
fn invasive_diffusion_an_illustrators_name() {
    let graph = shipped();
    let alarms = check(&graph, &[], &RULE_LIMITS).alarms;
    let (severity, _) = find(&graph, &alarms, "person-in-name", "illustration-diffusion", "illustration-diffusion");
    assert_eq!(severity, Severity::High, "she said no");
    find(&graph, &alarms, "person-in-name", "james-daly-model", "james-daly-model");
}

#[test]
fn unstable_diffusion_from_a_crawl_to_an_app() {
    let graph = shipped();
    let alarms = check(&graph, &[], &RULE_LIMITS).alarms;
    let ix = |id: &str| graph.find(id).unwrap();
    // Of the other app it is only known that it is a company's.
    for (app, expected) in [("lensa", Severity::High), ("different-dimension-me", Severity::Medium)] {
        let (severity, way) = find(&graph, &alarms, "non-commercial-upstream", "laion-5b", app);
        assert_eq!((severity, way.last().map(String::as_str)), (expected, Some(app)));
        let path = graph.path(ix("common-crawl"), ix(app)).unwrap();
        assert!(path.is_flow);
        let ids: Vec<&str> = path.steps.iter().map(|step| graph.node(step.to).id.as_str()).collect();
        assert!(ids.first().is_some_and(|id| id.starts_with("laion-")) && ids.contains(&"stable-diffusion"), "{ids:?}");
        // The dataset was withdrawn; the models are there.
        find(&graph, &alarms, "withdrawn-in-use", "laion-5b", app);
    }
    find(&graph, &alarms, "withdrawn-in-use", "laion-5b", "stable-diffusion-2");
    find(&graph, &alarms, "removed-in-training", "laion-5b", "stable-diffusion-2");
    // Re-LAION is the makers' own correction, and no alarm.
    let again = |alarm: &&Alarm| id(&graph, alarm).1 == "re-laion-5b" && !alarm.rule.starts_with("licence-");
    assert_eq!(alarms.iter().find(again), None);
}
