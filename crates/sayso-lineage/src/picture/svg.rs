use std::fmt::Write;

use super::Picture;
use super::layout::{self, BOX_HEIGHT, BOX_WIDTH, Line};
use crate::{EdgeKind, Graph, Link, Node, NodeIx, NodeKind};

/// Where a box leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hrefs {
    /// To the page of its node.
    Pages,
    /// To where it is at home on the web, or its first source.
    Web,
}

/// What the picture brings with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Colours of its own: for a file.
    Own,
    /// Classes alone: for a page, which has the colours, and a policy that lets no picture bring any.
    OfPage,
}

/// Columns of a box's text.
const NAME_CHARS: usize = 22;
const LINE_CHARS: usize = 27;

/// Links up to which each says of what kind it is.
const LABELLED: usize = 16;

const OWN: &str = "<style>
.lineage{font:13px system-ui,sans-serif;--ink:#1b1d22;--quiet:#5b5f69;--line:#8d9099;--sheet:#fff;--link:#2a3c9e;--alarm:#a3242b;--alarm-wash:#fbe9e8;--unknown:#7d5200;--allowed:#17663f;--paper:#fbfaf7}
@media (prefers-color-scheme:dark){.lineage{--ink:#e8e6e1;--quiet:#a3a7b0;--line:#8a8f99;--sheet:#1c1f25;--link:#a9b8ff;--alarm:#ff9a94;--alarm-wash:#3a1c1d;--unknown:#e9b955;--allowed:#6fcf9c;--paper:#15171b}}
.ln-paper{fill:var(--paper)}
.ln-box rect{fill:var(--sheet);stroke:var(--line)}.ln-box .ln-kind{stroke:none;fill:var(--link)}
.ln-box.dataset .ln-kind{fill:var(--unknown)}.ln-box.crawl .ln-kind{fill:var(--quiet)}.ln-box.organisation .ln-kind{fill:var(--ink)}.ln-box.app .ln-kind{fill:var(--allowed)}
.ln-box.focus rect{stroke:var(--ink);stroke-width:2}.ln-box.alarm rect{stroke:var(--alarm);stroke-width:1.8}.ln-box.alarm .ln-sheet{fill:var(--alarm-wash)}
.ln-box text{fill:var(--quiet);font-size:11.5px}.ln-box .ln-name{fill:var(--ink);font-size:13.5px;font-weight:600}.ln-box .ln-sign{fill:var(--alarm);font-weight:700}
.ln-edge path{fill:none;stroke:var(--line);stroke-width:1.6}.ln-edge .ln-wide{stroke:transparent;stroke-width:14}.ln-edge.money path:not(.ln-wide){stroke-dasharray:5 4}
.ln-edge.doubt path:not(.ln-wide){stroke-dasharray:1.5 3.5;stroke-linecap:round}.ln-edge.alarm path:not(.ln-wide){stroke:var(--alarm);stroke-width:2.2}.ln-edge text{font-size:11px;fill:var(--quiet)}.ln-edge.alarm text{fill:var(--alarm)}
.ln-halo{stroke:var(--paper);stroke-width:4;paint-order:stroke;stroke-linejoin:round}
.ln-tip{fill:var(--line)}.ln-edge.alarm .ln-tip{fill:var(--alarm)}
</style>";

pub(super) fn draw(graph: &Graph, picture: &Picture, hrefs: Hrefs, style: Style) -> String {
    let layout = layout::layout(graph, picture);
    let mut out = String::new();
    let title = picture.focus.or(picture.nodes.first().copied()).map_or("", |ix| graph.node(ix).name.as_str());
    let (width, height) = (layout.width, layout.height);
    // A page may make a picture smaller, but no smaller than it can be read.
    let class = match layout.width {
        ..700 => "small",
        700..1400 => "middle",
        _ => "wide",
    };
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"lineage {class}\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"group\" aria-label=\"The lineage of {}\">",
        escaped(title)
    );
    if style == Style::Own {
        out.push_str(OWN);
        let _ = write!(out, "<rect class=\"ln-paper\" width=\"{width}\" height=\"{height}\"/>");
    }
    let is_labelled = layout.lines.iter().filter(|line| !line.is_money).count() <= LABELLED;
    // What is alarming is drawn last, above the rest.
    let mut lines: Vec<&Line> = layout.lines.iter().collect();
    lines.sort_by_key(|line| (picture.alarmed.1.contains(&line.link), !line.is_money));
    for line in lines {
        edge(&mut out, graph, picture, line, is_labelled);
    }
    for (ix, x, y) in &layout.boxes {
        node(&mut out, graph, picture, *ix, (*x, *y), hrefs);
    }
    out.push_str("</svg>");
    out
}

fn edge(out: &mut String, graph: &Graph, picture: &Picture, line: &Line, is_labelled: bool) {
    let link = graph.link(line.link);
    let mut classes = String::from("ln-edge");
    if link.edge.kind.is_money() {
        classes.push_str(" money");
    }
    if link.edge.is_doubtful() {
        classes.push_str(" doubt");
    }
    if picture.alarmed.1.contains(&line.link) {
        classes.push_str(" alarm");
    }
    let path = if line.is_money { cornered(&line.points) } else { curved(&line.points) };
    let told = escaped(&sentence(graph, &link));
    let href = link.edge.sources.iter().find_map(|key| link.told_by.source(key)).map(|source| source.url.as_str());
    let _ = write!(out, "<a class=\"{classes}\" aria-label=\"{told}\"");
    if let Some(href) = href {
        let _ = write!(out, " href=\"{}\" rel=\"noreferrer nofollow noopener\"", escaped(href));
    }
    let _ = write!(out, "><title>{told}</title><path class=\"ln-wide\" d=\"{path}\"/><path d=\"{path}\"/>");
    if let Some((x, y)) = line.points.last() {
        let _ = write!(
            out,
            "<polygon class=\"ln-tip\" points=\"{},{} {},{} {},{}\"/>",
            x + 1,
            y,
            x - 7,
            y - 4,
            x - 7,
            y + 4
        );
    }
    if is_labelled && !line.is_money {
        let (from, to) = (line.points.first(), line.points.get(1));
        if let (Some(from), Some(to)) = (from, to) {
            let (x, y) = ((from.0 + to.0) / 2, (from.1 + to.1) / 2 + 16);
            let _ = write!(
                out,
                "<text class=\"ln-halo\" x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{}</text>",
                words(link.edge.kind, true)
            );
        }
    }
    out.push_str("</a>");
}

fn node(out: &mut String, graph: &Graph, picture: &Picture, ix: NodeIx, (x, y): (i32, i32), hrefs: Hrefs) {
    let node = graph.node(ix);
    let is_alarm = picture.alarmed.0.contains(&ix);
    let focus = if picture.focus == Some(ix) { " focus" } else { "" };
    let alarm = if is_alarm { " alarm" } else { "" };
    let href = match hrefs {
        Hrefs::Pages => format!("/lineage/{}", node.id),
        Hrefs::Web => {
            node.url.clone().or_else(|| node.sources.first().map(|source| source.url.clone())).unwrap_or_default()
        }
    };
    let kind = kind_line(node);
    let by = holder_line(graph, ix);
    let said = if is_alarm { ", with an alarm" } else { "" };
    let _ = write!(
        out,
        "<a class=\"ln-box {}{focus}{alarm}\" href=\"{}\" aria-label=\"{}, {}{said}\"><title>{}</title><rect class=\"ln-sheet\" x=\"{x}\" y=\"{y}\" width=\"{BOX_WIDTH}\" height=\"{BOX_HEIGHT}\" rx=\"5\"/><rect class=\"ln-kind\" x=\"{x}\" y=\"{}\" width=\"4\" height=\"{}\"/>",
        node.kind,
        escaped(&href),
        escaped(&node.name),
        escaped(&kind),
        escaped(&node.name),
        y + 5,
        BOX_HEIGHT - 10,
    );
    let text = x + 13;
    let name_y = if by.is_empty() { y + 28 } else { y + 22 };
    let room = if is_alarm { NAME_CHARS - 2 } else { NAME_CHARS };
    let _ = write!(
        out,
        "<text class=\"ln-name\" x=\"{text}\" y=\"{name_y}\">{}</text>",
        escaped(&shortened(&node.name, room))
    );
    let _ = write!(out, "<text x=\"{text}\" y=\"{}\">{}</text>", name_y + 17, escaped(&shortened(&kind, LINE_CHARS)));
    if !by.is_empty() {
        let _ = write!(out, "<text x=\"{text}\" y=\"{}\">{}</text>", name_y + 33, escaped(&shortened(&by, LINE_CHARS)));
    }
    if is_alarm {
        let _ = write!(out, "<text class=\"ln-sign\" x=\"{}\" y=\"{}\">!</text>", x + BOX_WIDTH - 14, y + 20);
    }
    out.push_str("</a>");
}

fn kind_line(node: &Node) -> String {
    let what = match (node.kind, node.sector) {
        (NodeKind::Organisation, Some(sector)) => sector.as_str(),
        (kind, _) => kind.as_str(),
    };
    let parts = [
        Some(what.to_owned()),
        node.date.map(|date| date.year().to_string()),
        node.licence.as_ref().map(|licence| licence.as_str().trim_start_matches("LicenseRef-").to_owned()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn holder_line(graph: &Graph, ix: NodeIx) -> String {
    const BY: &[EdgeKind] = &[EdgeKind::ReleasedBy, EdgeKind::OwnedBy];
    let names: Vec<&str> = graph.out_by(ix, BY).map(|(_, by)| graph.node(by).name.as_str()).collect();
    if names.is_empty() { String::new() } else { format!("by {}", names.join(", ")) }
}

/// A link as a sentence: who, how, whom, when, and how sure it is.
pub(crate) fn sentence(graph: &Graph, link: &Link<'_>) -> String {
    let mut text =
        format!("{} {} {}", graph.node(link.from).name, words(link.edge.kind, false), graph.node(link.to).name);
    if let Some(date) = link.edge.date {
        let _ = write!(text, ", {date}");
    }
    if let Some(note) = &link.edge.note {
        let _ = write!(text, ": {note}");
    }
    if let Some(by) = &link.edge.by {
        let _ = write!(text, " (says {by})");
    } else if link.edge.is_doubtful() {
        text.push_str(" (claimed)");
    }
    if let Some(disputed) = &link.edge.disputed {
        let _ = write!(text, " (disputed: {disputed})");
    }
    text
}

/// A kind of edge in words: alone, above a line from what came first to what came after it, or in a sentence.
fn words(kind: EdgeKind, is_label: bool) -> &'static str {
    match (kind, is_label) {
        (EdgeKind::CollectedFrom, true) => "collected",
        (EdgeKind::CollectedFrom, false) => "was collected from",
        (EdgeKind::DerivedFrom, true) => "reworked",
        (EdgeKind::DerivedFrom, false) => "is derived from",
        (EdgeKind::TrainedOn, true) => "trained",
        (EdgeKind::TrainedOn, false) => "was trained on",
        (EdgeKind::FineTunedFrom, true) => "fine-tuned",
        (EdgeKind::FineTunedFrom, false) => "was fine-tuned from",
        (EdgeKind::ReleasedBy, _) => "was released by",
        (EdgeKind::FundedBy, _) => "was funded by",
        (EdgeKind::OwnedBy, _) => "is owned by",
        (EdgeKind::UsedBy, true) => "used",
        (EdgeKind::UsedBy, false) => "is used by",
        (EdgeKind::Withdrawn, _) => "was withdrawn by",
        (EdgeKind::Decommissioned, _) => "was decommissioned by",
    }
}

/// A line through points, curved between columns and straight through them.
fn curved(points: &[(i32, i32)]) -> String {
    let mut path = String::new();
    for (number, (x, y)) in points.iter().enumerate() {
        let before = number.checked_sub(1).and_then(|before| points.get(before));
        let _ = match before {
            None => write!(path, "M{x} {y}"),
            Some((_, from)) if from == y => write!(path, "L{x} {y}"),
            Some((left, from)) => {
                let half = (x - left) / 2;
                write!(path, "C{} {from} {} {y} {x} {y}", left + half, x - half)
            }
        };
    }
    path
}

/// A line with corners.
fn cornered(points: &[(i32, i32)]) -> String {
    let mut path = String::new();
    for (number, (x, y)) in points.iter().enumerate() {
        let _ = write!(path, "{}{x} {y}", if number == 0 { 'M' } else { 'L' });
    }
    path
}

fn shortened(text: &str, chars: usize) -> String {
    if text.chars().count() <= chars {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(chars.saturating_sub(1)).collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

/// Text for XML; characters that it cannot hold are replaced.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}
