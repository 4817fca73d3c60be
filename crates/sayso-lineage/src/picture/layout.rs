//! Where boxes and lines go: columns by what is made of what, rows with few crossings, payers in lanes above.

use std::collections::{BTreeMap, HashMap};

use super::Picture;
use crate::{EdgeKind, Graph, LinkIx, NodeIx, NodeKind};

pub(super) const BOX_WIDTH: i32 = 200;
pub(super) const BOX_HEIGHT: i32 = 64;
const COLUMN_GAP: i32 = 76;
const ROW_GAP: i32 = 20;
const LANE_GAP: i32 = 16;
const MARGIN: i32 = 10;
/// Height of a place that a long line goes through.
const PASS_HEIGHT: i32 = 14;

/// A laid-out picture.
pub(super) struct Layout {
    pub(super) boxes: Vec<(NodeIx, i32, i32)>,
    pub(super) lines: Vec<Line>,
    pub(super) width: i32,
    pub(super) height: i32,
}

/// A link as points: of a flow from left to right, of money from above.
pub(super) struct Line {
    pub(super) link: LinkIx,
    pub(super) points: Vec<(i32, i32)>,
    pub(super) is_money: bool,
}

/// Something in a column: a box, or where a long line passes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cell {
    Box(NodeIx),
    Pass(usize),
}

struct Flow {
    link: LinkIx,
    from: NodeIx,
    to: NodeIx,
    /// Cells that the line goes through, as column and number of the pass.
    passes: Vec<(usize, usize)>,
}

pub(super) fn layout(graph: &Graph, picture: &Picture) -> Layout {
    let mut flows: Vec<Flow> = picture.links.iter().filter_map(|link| flow(graph, *link)).collect();
    let in_flow = |ix: &NodeIx| flows.iter().any(|flow| flow.from == *ix || flow.to == *ix);
    let is_lane =
        |ix: &NodeIx| graph.node(*ix).kind == NodeKind::Organisation && !in_flow(ix) && picture.nodes.len() > 1;
    let (payers, chain): (Vec<NodeIx>, Vec<NodeIx>) = picture.nodes.iter().copied().partition(is_lane);
    // A picture of organisations alone has no chain to hang them above.
    let (payers, chain) = if chain.is_empty() { (Vec::new(), payers) } else { (payers, chain) };
    let column = columns(&chain, &flows);
    let mut cells = place(&chain, &column);
    let mut passes = 0;
    for flow in &mut flows {
        let (Some(start), Some(end)) = (column.get(&flow.from), column.get(&flow.to)) else { continue };
        for between in (start + 1)..*end {
            flow.passes.push((between, passes));
            if let Some(cells) = cells.get_mut(between) {
                cells.push(Cell::Pass(passes));
            }
            passes += 1;
        }
    }
    sweep(&mut cells, &flows, &column);
    let (lane_of, lanes) = lanes(graph, picture, &payers, &column);
    let top = MARGIN + lanes * (BOX_HEIGHT + LANE_GAP) + if lanes > 0 { 26 } else { 0 };
    draw(graph, picture, &flows, &cells, &lane_of, top)
}

fn flow(graph: &Graph, link: LinkIx) -> Option<Flow> {
    let ends = graph.link(link);
    let (from, to) = match ends.edge.kind {
        EdgeKind::UsedBy => (ends.from, ends.to),
        kind if kind.is_making() => (ends.to, ends.from),
        _ => return None,
    };
    Some(Flow { link, from, to, passes: Vec::new() })
}

/// The column of each node: one further right than what it is made of.
fn columns(chain: &[NodeIx], flows: &[Flow]) -> HashMap<NodeIx, usize> {
    let mut column: HashMap<NodeIx, usize> = chain.iter().map(|ix| (*ix, 0)).collect();
    // As many rounds as there are nodes reach the end of every chain; users that are sources again would go on for ever.
    for _ in 0..chain.len() {
        let mut changed = false;
        for flow in flows {
            let Some(from) = column.get(&flow.from).copied() else { continue };
            if let Some(to) = column.get_mut(&flow.to)
                && *to <= from
                && from + 1 < chain.len()
            {
                *to = from + 1;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    // What nothing leads to stands right before what it leads to, not at the far left.
    for ix in chain {
        let before =
            flows.iter().filter(|flow| flow.from == *ix).filter_map(|flow| column.get(&flow.to)).min().copied();
        if let Some(next) = before
            && !flows.iter().any(|flow| flow.to == *ix)
        {
            column.insert(*ix, next.saturating_sub(1));
        }
    }
    column
}

fn place(chain: &[NodeIx], column: &HashMap<NodeIx, usize>) -> Vec<Vec<Cell>> {
    let count = column.values().max().map_or(1, |last| last + 1);
    let mut cells: Vec<Vec<Cell>> = vec![Vec::new(); count];
    for ix in chain {
        if let Some(cells) = column.get(ix).and_then(|at| cells.get_mut(*at)) {
            cells.push(Cell::Box(*ix));
        }
    }
    cells
}

/// Orders each column by where its neighbours stand, from the left and from the right, a few times.
fn sweep(cells: &mut [Vec<Cell>], flows: &[Flow], column: &HashMap<NodeIx, usize>) {
    const ROUNDS: usize = 6;
    let mut chains: Vec<Vec<(usize, Cell)>> = Vec::new();
    for flow in flows {
        let (Some(start), Some(end)) = (column.get(&flow.from), column.get(&flow.to)) else { continue };
        let mut chain = vec![(*start, Cell::Box(flow.from))];
        chain.extend(flow.passes.iter().map(|(at, pass)| (*at, Cell::Pass(*pass))));
        chain.push((*end, Cell::Box(flow.to)));
        chains.push(chain);
    }
    for round in 0..ROUNDS {
        let from_left = round % 2 == 0;
        let order: Vec<usize> = if from_left { (0..cells.len()).collect() } else { (0..cells.len()).rev().collect() };
        for at in order {
            let neighbour = |cell: &Cell| -> Option<f64> {
                let mut sum = 0.0;
                let mut count = 0.0;
                for pair in chains.iter().flat_map(|chain| chain.windows(2)) {
                    let [left, right] = pair else { continue };
                    let (own, other) = if from_left { (right, left) } else { (left, right) };
                    if own.0 != at || own.1 != *cell {
                        continue;
                    }
                    let rows = cells.get(other.0)?;
                    let row = rows.iter().position(|cell| *cell == other.1)?;
                    sum += (row as f64 + 0.5) / rows.len() as f64;
                    count += 1.0;
                }
                (count > 0.0).then(|| sum / count)
            };
            let Some(rows) = cells.get(at) else { continue };
            let mut keyed: Vec<(f64, Cell)> = rows
                .iter()
                .enumerate()
                .map(|(row, cell)| (neighbour(cell).unwrap_or((row as f64 + 0.5) / rows.len() as f64), *cell))
                .collect();
            keyed.sort_by(|one, other| one.0.total_cmp(&other.0));
            let sorted = keyed.into_iter().map(|(_, cell)| cell).collect();
            if let Some(rows) = cells.get_mut(at) {
                *rows = sorted;
            }
        }
    }
}

/// The lane and column of each payer, above what it paid for, and how many lanes there are.
fn lanes(
    graph: &Graph,
    picture: &Picture,
    payers: &[NodeIx],
    column: &HashMap<NodeIx, usize>,
) -> (BTreeMap<NodeIx, (i32, i32)>, i32) {
    let mut taken: Vec<(i32, i32)> = Vec::new();
    let mut lane_of = BTreeMap::new();
    let last = column.values().max().map_or(0, |last| i32::try_from(*last).unwrap_or(0));
    for payer in payers {
        let at: Vec<usize> = picture
            .links
            .iter()
            .map(|link| graph.link(*link))
            .filter(|link| link.to == *payer)
            .filter_map(|link| column.get(&link.from).copied())
            .collect();
        let wish = i32::try_from(at.iter().sum::<usize>() / at.len().max(1)).unwrap_or(0);
        // The nearest column that is free in the lowest lane; above it where there is none.
        let mut lane = 0;
        let found = loop {
            let free = |column: i32| (0..=last).contains(&column) && !taken.contains(&(lane, column));
            let near = (0..=last).flat_map(|off| [wish + off, wish - off]).find(|column| free(*column));
            match near {
                Some(column) => break column,
                None => lane += 1,
            }
        };
        taken.push((lane, found));
        lane_of.insert(*payer, (lane, found));
    }
    let lanes = taken.iter().map(|(lane, _)| lane + 1).max().unwrap_or(0);
    (lane_of, lanes)
}

fn draw(
    graph: &Graph,
    picture: &Picture,
    flows: &[Flow],
    cells: &[Vec<Cell>],
    lane_of: &BTreeMap<NodeIx, (i32, i32)>,
    top: i32,
) -> Layout {
    let height_of = |cell: &Cell| if matches!(cell, Cell::Box(_)) { BOX_HEIGHT } else { PASS_HEIGHT };
    let tall = |rows: &Vec<Cell>| rows.iter().map(|cell| height_of(cell) + ROW_GAP).sum::<i32>() - ROW_GAP;
    let height = cells.iter().map(tall).max().unwrap_or(BOX_HEIGHT).max(BOX_HEIGHT);
    let x_of = |column: usize| MARGIN + i32::try_from(column).unwrap_or(0) * (BOX_WIDTH + COLUMN_GAP);
    let lanes = lane_of.values().map(|(lane, _)| lane + 1).max().unwrap_or(0);
    let mut boxes = Vec::new();
    let mut at: HashMap<NodeIx, (i32, i32)> = HashMap::new();
    let mut pass_at: HashMap<usize, (i32, i32)> = HashMap::new();
    for (column, rows) in cells.iter().enumerate() {
        let mut y = top + (height - tall(rows)) / 2;
        for cell in rows {
            match cell {
                Cell::Box(ix) => {
                    boxes.push((*ix, x_of(column), y));
                    at.insert(*ix, (x_of(column), y));
                }
                Cell::Pass(pass) => {
                    pass_at.insert(*pass, (x_of(column), y + PASS_HEIGHT / 2));
                }
            }
            y += height_of(cell) + ROW_GAP;
        }
    }
    for (ix, (lane, column)) in lane_of {
        // The lowest lane is the one nearest to the chain.
        let y = MARGIN + (lanes - 1 - lane) * (BOX_HEIGHT + LANE_GAP);
        let x = MARGIN + column * (BOX_WIDTH + COLUMN_GAP);
        boxes.push((*ix, x, y));
        at.insert(*ix, (x, y));
    }
    let mut lines: Vec<Line> = flows
        .iter()
        .filter_map(|flow| {
            let (from, to) = (at.get(&flow.from)?, at.get(&flow.to)?);
            let mut points = vec![(from.0 + BOX_WIDTH, from.1 + BOX_HEIGHT / 2)];
            for (_, pass) in &flow.passes {
                let (x, y) = pass_at.get(pass)?;
                points.extend([(*x, *y), (x + BOX_WIDTH, *y)]);
            }
            points.push((to.0 - 2, to.1 + BOX_HEIGHT / 2));
            Some(Line { link: flow.link, points, is_money: false })
        })
        .collect();
    lines.extend(money(graph, picture, &at, flows, top));
    let width = boxes.iter().map(|(_, x, _)| x + BOX_WIDTH).max().unwrap_or(0) + MARGIN;
    Layout { boxes, lines, width, height: top + height + MARGIN }
}

/// Lines of money go down beside the columns, each a little apart from the others.
fn money(graph: &Graph, picture: &Picture, at: &HashMap<NodeIx, (i32, i32)>, flows: &[Flow], top: i32) -> Vec<Line> {
    let is_flow = |link: LinkIx| flows.iter().any(|flow| flow.link == link);
    let mut lines = Vec::new();
    let mut used: HashMap<i32, i32> = HashMap::new();
    let mut left: HashMap<NodeIx, i32> = HashMap::new();
    for link in picture.links.iter().filter(|link| !is_flow(**link)) {
        let ends = graph.link(*link);
        let (Some(node), Some(payer)) = (at.get(&ends.from), at.get(&ends.to)) else { continue };
        let turn = used.entry(node.0).or_insert(0);
        let out = left.entry(ends.to).or_insert(0);
        let start = (payer.0 + 24 + *out * 9 % (BOX_WIDTH - 48), payer.1 + BOX_HEIGHT);
        let beside = node.0 - 12 - *turn % 6 * 6;
        let shelf = top - 10 - *turn % 3 * 6;
        *turn += 1;
        *out += 1;
        let end = node.1 + 14 + (*turn - 1) % 3 * 7;
        lines.push(Line {
            link: *link,
            points: vec![start, (start.0, shelf), (beside, shelf), (beside, end), (node.0 - 2, end)],
            is_money: true,
        });
    }
    lines
}
