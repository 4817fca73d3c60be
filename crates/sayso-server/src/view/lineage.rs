use std::collections::HashSet;

use sayso_lineage::{
    Alarm, AlarmGroup, EdgeKind, Graph, Hrefs, Link, LinkIx, NodeIx, NodeKind, Picture, RULES, Severity, Style, rule,
    sentence_of,
};

use super::{OutsideLink, visible};
use crate::lineage::LineageDesk;

/// Alarms of a rule that are shown before the rest.
const SHOWN: usize = 6;

/// Alarms of a rule that a page shows at all.
const MOST: usize = 300;

/// Ways of an alarm beside the first that a page shows.
const WAYS: usize = 12;

/// Models that a sample's page names.
const MODELS: usize = 40;

/// A link to a node's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NodeLink {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) says: String,
}

impl NodeLink {
    pub(crate) fn new(graph: &Graph, ix: NodeIx) -> Self {
        let node = graph.node(ix);
        let kind = node.sector.map_or_else(|| node.kind.to_string(), |sector| sector.to_string());
        let date = node.date.map(|date| format!(", {}", date.year())).unwrap_or_default();
        Self {
            href: format!("/lineage/{}", node.id),
            name: visible(&node.name),
            id: node.id.to_string(),
            says: format!("{kind}{date}"),
        }
    }
}

/// An edge in a list, with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EdgeView {
    pub(crate) sentence: String,
    pub(crate) other: NodeLink,
    pub(crate) sources: Vec<SourceView>,
    pub(crate) is_money: bool,
}

/// Something to cite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SourceView {
    pub(crate) title: String,
    pub(crate) link: OutsideLink,
    pub(crate) says: Option<String>,
}

impl SourceView {
    pub(crate) fn new(source: &sayso_lineage::Source) -> Self {
        Self {
            title: visible(&source.title),
            link: OutsideLink::new(&source.url),
            says: source.supports.as_deref().map(visible),
        }
    }
}

impl EdgeView {
    /// The edge as seen from one of its ends.
    pub(crate) fn new(graph: &Graph, at: LinkIx, from: NodeIx) -> Self {
        let link: Link<'_> = graph.link(at);
        let other = if link.from == from { link.to } else { link.from };
        Self {
            sentence: visible(&sentence_of(graph, at)),
            other: NodeLink::new(graph, other),
            sources: link.edge.sources.iter().filter_map(|key| link.told_by.source(key)).map(SourceView::new).collect(),
            is_money: link.edge.kind.is_money(),
        }
    }
}

/// An alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AlarmView {
    pub(crate) severity: &'static str,
    pub(crate) title: &'static str,
    pub(crate) says: String,
    pub(crate) clears: String,
    pub(crate) is_doubtful: bool,
    pub(crate) node: NodeLink,
    pub(crate) steps: Vec<EdgeView>,
    /// The same from other versions of what it comes from.
    pub(crate) others: Vec<OtherWay>,
}

/// One more way of an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OtherWay {
    pub(crate) says: String,
    pub(crate) is_doubtful: bool,
    pub(crate) steps: Vec<EdgeView>,
}

impl AlarmView {
    /// An alarm with all its ways.
    pub(crate) fn of_group(graph: &Graph, group: &AlarmGroup<'_>) -> Self {
        let other = |alarm: &&Alarm| OtherWay {
            says: visible(&alarm.says),
            is_doubtful: alarm.is_doubtful,
            steps: steps(graph, alarm),
        };
        Self { others: group.others.iter().take(WAYS).map(other).collect(), ..Self::new(graph, group.lead) }
    }

    pub(crate) fn new(graph: &Graph, alarm: &Alarm) -> Self {
        Self {
            severity: alarm.severity.name(),
            title: rule(alarm.rule).map_or("", |rule| rule.title),
            says: visible(&alarm.says),
            clears: visible(&alarm.clears),
            is_doubtful: alarm.is_doubtful,
            node: NodeLink::new(graph, alarm.node),
            steps: steps(graph, alarm),
            others: Vec::new(),
        }
    }
}

fn steps(graph: &Graph, alarm: &Alarm) -> Vec<EdgeView> {
    let links = alarm.path.iter().chain(&alarm.beside);
    links.map(|link| EdgeView::new(graph, *link, alarm.cause)).collect()
}

/// A rule with its alarms.
pub(crate) struct RuleView {
    pub(crate) code: &'static str,
    pub(crate) title: &'static str,
    pub(crate) explains: &'static str,
    pub(crate) count: String,
    pub(crate) first: Vec<AlarmView>,
    pub(crate) rest: Vec<AlarmView>,
    pub(crate) left_out: usize,
}

impl RuleView {
    pub(crate) fn all(graph: &Graph, groups: &[AlarmGroup<'_>]) -> Vec<Self> {
        let of_rule = |rule: &&'static sayso_lineage::Rule| {
            let own: Vec<&AlarmGroup<'_>> = groups.iter().filter(|group| group.lead.rule == rule.code).collect();
            (!own.is_empty()).then(|| Self {
                code: rule.code,
                title: rule.title,
                explains: rule.explains,
                count: super::words::counted(own.len() as u64, "alarm", "alarms"),
                first: own.iter().take(SHOWN).map(|group| AlarmView::of_group(graph, group)).collect(),
                rest: own.iter().take(MOST).skip(SHOWN).map(|group| AlarmView::of_group(graph, group)).collect(),
                left_out: own.len().saturating_sub(MOST),
            })
        };
        RULES.iter().filter_map(of_rule).collect()
    }
}

/// How many alarms there are, by weight.
pub(crate) fn alarms_in_words(groups: &[AlarmGroup<'_>]) -> String {
    let count = |severity| groups.iter().filter(|group| group.lead.severity == severity).count();
    let (high, medium, low) = (count(Severity::High), count(Severity::Medium), count(Severity::Low));
    let counted = super::words::counted(groups.len() as u64, "alarm", "alarms");
    format!("{counted}: {high} high, {medium} medium, {low} low")
}

/// One alarm as a picture, with the list that says the same.
pub(crate) struct StripView {
    pub(crate) alarm: AlarmView,
    pub(crate) explains: &'static str,
    /// Our own SVG, in which all text is escaped.
    pub(crate) svg: String,
}

impl StripView {
    /// One for each rule that says the most: weighty, with the longest way, and with money in it.
    pub(crate) fn chosen(graph: &Graph, alarms: &[Alarm]) -> Vec<Self> {
        /// Rules whose alarms are best seen as a picture.
        const TOLD: [&str; 5] =
            ["used-by-funder", "non-commercial-upstream", "withdrawn-in-use", "person-in-name", "licence-laundered"];
        let mut seen: HashSet<NodeIx> = HashSet::new();
        let mut strips = Vec::new();
        for code in TOLD {
            let own = alarms
                .iter()
                .filter(|alarm| alarm.rule == code && !seen.contains(&alarm.cause) && !seen.contains(&alarm.node));
            let is_collected = |alarm: &Alarm| {
                graph.out_by(alarm.cause, &[EdgeKind::CollectedFrom, EdgeKind::DerivedFrom]).next().is_some()
            };
            let weight = |alarm: &&Alarm| {
                let is_payer = graph.out_by(alarm.cause, &[EdgeKind::FundedBy]).any(|(_, payer)| payer == alarm.node);
                let is_app = graph.node(alarm.node).kind == NodeKind::App;
                (
                    alarm.severity,
                    is_payer,
                    is_app,
                    is_collected(alarm),
                    alarm.path.len(),
                    alarm.beside.len(),
                    std::cmp::Reverse(alarm.node),
                )
            };
            let Some(alarm) = own.max_by_key(weight) else { continue };
            seen.extend([alarm.cause, alarm.node]);
            strips.push(Self {
                alarm: AlarmView::new(graph, alarm),
                explains: rule(code).map_or("", |rule| rule.explains),
                svg: Picture::of_alarm(graph, alarm).svg(graph, Hrefs::Pages, Style::OfPage),
            });
        }
        strips
    }
}

/// Which models are known to have learnt from a dataset.
pub(crate) struct LearntView {
    pub(crate) dataset: NodeLink,
    pub(crate) models: Vec<NodeLink>,
    pub(crate) more: usize,
}

impl LearntView {
    pub(crate) fn new(lineage: &LineageDesk, dataset: &str) -> Option<Self> {
        let graph = &lineage.graph;
        let ix = lineage.of_dataset(dataset)?;
        let below = graph.below(ix, usize::MAX);
        let learners = below
            .iter()
            .map(|step| step.to)
            .filter(|ix| matches!(graph.node(*ix).kind, NodeKind::Model | NodeKind::Adapter | NodeKind::App));
        let models: Vec<NodeLink> = learners.map(|ix| NodeLink::new(graph, ix)).collect();
        let more = models.len().saturating_sub(MODELS);
        let models = models.into_iter().take(MODELS).collect();
        Some(Self { dataset: NodeLink::new(graph, ix), models, more })
    }
}
