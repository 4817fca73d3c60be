use sayso::summary::{EuSummary, SummarisedDataset};

use super::blocks::{Block, Column, Section, period};
use crate::view::words;

pub(super) fn sections(summary: &EuSummary) -> Vec<Section> {
    let processing = &summary.processing;
    let section = |number, title, blocks| Section { number, title, is_part: false, blocks };
    vec![
        Section { number: "3", title: "Data processing aspects", is_part: true, blocks: Vec::new() },
        section(
            "3.1",
            "Respect of reservation of rights from text and data mining exception or limitation",
            reservations(summary),
        ),
        section(
            "3.2",
            "Removal of illegal content",
            vec![Block::field("General description of measures taken", processing.illegal_content.measures.clone())],
        ),
        section(
            "3.3",
            "Other information",
            vec![
                Block::optional("Other relevant information about data processing", processing.other.clone()),
                Block::Table {
                    caption: "Datasets that this was computed from".to_owned(),
                    head: vec![
                        Column::words("Dataset"),
                        Column::words("Snapshot and Merkle root"),
                        Column::number("Samples"),
                        Column::number("Pictures"),
                        Column::number("Refused"),
                        Column::words("Acquired"),
                    ],
                    rows: summary.datasets.iter().map(dataset).collect(),
                    note: None,
                },
            ],
        ),
    ]
}

fn reservations(summary: &EuSummary) -> Vec<Block> {
    let reservations = &summary.processing.reservations;
    let seen = reservations.protocols.iter().filter(|protocol| !protocol.codes.is_empty());
    let rows = seen.map(|protocol| {
        vec![
            protocol.name.clone(),
            words::number(protocol.honoured),
            words::number(protocol.refused_in_doubt),
            words::number(protocol.kept),
        ]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let others: Vec<String> =
        reservations.protocols.iter().filter(|it| it.codes.is_empty()).map(|it| it.name.clone()).collect();
    let note = (!others.is_empty()).then(|| format!("Decided on no pair: {}.", others.join("; ")));
    let otherwise = reservations.refused_otherwise.iter();
    let otherwise = otherwise.map(|it| vec![it.code.clone(), words::number(it.refused)]).collect::<Vec<_>>();
    let mut blocks = vec![
        Block::question(
            "Are you a Signatory to the Code of Practice for general-purpose AI models that includes commitments to respect \
             reservations of rights from the TDM exception or limitation?",
            reservations.code_of_practice,
        ),
        Block::field("Measures implemented to respect reservations of rights", reservations.measures.clone()),
        Block::Table {
            caption: "Opt-out protocols honoured".to_owned(),
            head: vec![
                Column::words("Protocol"),
                Column::number("Pairs refused"),
                Column::number("Refused in doubt"),
                Column::number("Kept though reserved"),
            ],
            rows,
            note,
        },
    ];
    if !otherwise.is_empty() {
        blocks.push(Block::Table {
            caption: "Pairs refused for what is no opt-out".to_owned(),
            head: vec![Column::words("Code"), Column::number("Pairs refused")],
            rows: otherwise,
            note: None,
        });
    }
    blocks.push(Block::optional("Additional comments", reservations.comments.clone()));
    blocks
}

fn dataset(dataset: &SummarisedDataset) -> Vec<String> {
    let name = dataset.name.as_ref().filter(|name| **name != dataset.folder);
    vec![
        name.map_or_else(|| dataset.folder.clone(), |name| format!("{} ({name})", dataset.folder)),
        format!("{}, {}", dataset.snapshot, dataset.root),
        words::number(dataset.samples),
        words::number(dataset.pictures),
        words::number(dataset.refused),
        period(dataset.from.as_ref(), dataset.to.as_ref()).unwrap_or_default(),
    ]
}
