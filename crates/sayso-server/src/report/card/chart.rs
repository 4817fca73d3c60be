use std::io;

use askama::Template;
use sayso::library::{Facet, FacetKind};

use crate::view::{FacetView, shortened};

/// A chart of one field, as a file of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// The file's name.
    pub file: String,
    /// An SVG picture that loads nothing and runs nothing.
    pub svg: String,
}

/// Bars of names lie below one another, with their names before them.
#[derive(Template)]
#[template(path = "chart_bars.svg")]
struct Bars {
    title: &'static str,
    height: usize,
    rows: Vec<BarRow>,
}

struct BarRow {
    y: usize,
    label: String,
    length: String,
    /// Where the number begins.
    end: String,
    count: String,
}

/// Steps of numbers stand beside one another, as a histogram does.
#[derive(Template)]
#[template(path = "chart_steps.svg")]
struct Steps {
    title: &'static str,
    columns: Vec<StepColumn>,
    most: String,
}

struct StepColumn {
    x: String,
    width: String,
    y: String,
    height: String,
    /// The middle of the column.
    middle: String,
    /// What stands below it; nothing where there is no room.
    label: String,
    /// What it says to who points at it.
    title: String,
}

/// Bars of a chart, at most: more are in the table.
const BARS: usize = 12;

/// Pixels from one bar to the next.
const STEP: usize = 24;

/// The longest bar, and where bars begin.
const LENGTH: f64 = 400.0;
const BEGIN: f64 = 220.0;

/// Characters of a label.
const LABEL: usize = 28;

/// The room of a histogram.
const WIDE: f64 = 700.0;
const HIGH: f64 = 160.0;

/// Labels of a histogram, at most.
const TICKS: usize = 12;

impl Chart {
    /// The chart of a field.
    pub(super) fn of(facet: &Facet) -> io::Result<Self> {
        let view = FacetView::new(facet, None);
        let svg = match facet.field.kind() {
            FacetKind::Names => bars(&view).render(),
            FacetKind::Steps(_) => steps(facet, &view).render(),
        };
        Ok(Self { file: format!("{}.svg", facet.field), svg: svg.map_err(io::Error::other)? })
    }
}

fn bars(view: &FacetView) -> Bars {
    let rows: Vec<BarRow> = (0..)
        .zip(view.rows.iter().take(BARS))
        .map(|(number, row)| {
            let length = row.length.parse::<f64>().unwrap_or(0.0) / 100.0 * LENGTH;
            BarRow {
                y: 34 + number * STEP,
                label: shortened(&row.label, LABEL),
                length: format!("{length:.1}"),
                end: format!("{:.1}", BEGIN + length + 6.0),
                count: row.count.clone(),
            }
        })
        .collect();
    Bars { title: view.title, height: 44 + rows.len() * STEP, rows }
}

fn steps(facet: &Facet, view: &FacetView) -> Steps {
    let most = facet.values.iter().map(|value| value.count).max().unwrap_or(1).max(1);
    let step = WIDE / view.rows.len().max(1) as f64;
    let every = view.rows.len().div_ceil(TICKS).max(1);
    let columns = facet.values.iter().zip(&view.rows).enumerate().map(|(number, (value, row))| {
        let height = value.count as f64 / most as f64 * HIGH;
        // What is there can be seen.
        let height = if value.count > 0 { height.max(1.0) } else { 0.0 };
        let x = 10.0 + number as f64 * step;
        let from = if value.value.is_empty() { row.label.clone() } else { value.value.clone() };
        StepColumn {
            x: format!("{x:.1}"),
            width: format!("{:.1}", (step - 2.0).max(1.0)),
            y: format!("{:.1}", 40.0 + HIGH - height),
            height: format!("{height:.1}"),
            middle: format!("{:.1}", x + step / 2.0),
            label: if number.is_multiple_of(every) { from } else { String::new() },
            title: format!("{}: {}", row.label, row.count),
        }
    });
    Steps { title: view.title, columns: columns.collect(), most: crate::view::words::number(most) }
}
