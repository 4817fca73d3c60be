use sayso::summary::{EuSummary, ModalitySize};

use super::blocks::{Block, Column, Section, day, month, name_of};
use crate::view::words;

/// Languages that are shown one by one.
const LANGUAGES: usize = 60;

pub(super) fn sections(summary: &EuSummary) -> Vec<Section> {
    let general = &summary.general;
    let representative = general.provider.representative.as_ref();
    let representative = representative.map(|it| [it.name.clone(), it.contact.clone()]).into_iter().flatten().flatten();
    vec![
        Section { number: "1", title: "General information", is_part: true, blocks: Vec::new() },
        Section {
            number: "1.1",
            title: "Provider identification",
            is_part: false,
            blocks: vec![
                Block::field(
                    "Provider name and contact details",
                    general.provider.name.clone().into_iter().chain(general.provider.contact.clone()),
                ),
                Block::optional("Authorised representative name and contact details", representative),
            ],
        },
        Section {
            number: "1.2",
            title: "Model identification",
            is_part: false,
            blocks: vec![
                Block::field("Versioned model name(s)", general.model.names.clone()),
                Block::optional("Model dependencies", general.model.dependencies.clone()),
                Block::field(
                    "Date of placement of the model on the Union market",
                    general.model.placed_on_market.as_deref().map(day),
                ),
            ],
        },
        Section {
            number: "1.3",
            title: "Modalities, overall training data size and other characteristics",
            is_part: false,
            blocks: characteristics(summary),
        },
    ]
}

fn characteristics(summary: &EuSummary) -> Vec<Block> {
    let general = &summary.general;
    let languages = &general.languages;
    let shown = languages.list.iter().take(LANGUAGES).map(|one| {
        let union = if one.is_of_union { "yes" } else { "" };
        vec![one.language.clone(), words::number(one.samples), union.to_owned()]
    });
    let left = languages.list.len().saturating_sub(LANGUAGES) as u64;
    let more = if left > 0 { format!(" {} more.", words::number(left)) } else { String::new() };
    let mut blocks = vec![
        Block::Table {
            caption: "Modalities present in the training data".to_owned(),
            head: vec![
                Column::words("Modality"),
                Column::words("Training data size"),
                Column::words("Counted"),
                Column::words("Types of content"),
            ],
            rows: general.modalities.iter().map(modality).collect(),
            note: None,
        },
        Block::field(
            "Latest date of data acquisition/collection for model training",
            general.latest_acquisition.as_deref().map(month),
        ),
        Block::question("Is the model continuously trained on new data after this date?", general.continuously_trained),
        Block::field(
            "Description of the linguistic characteristics of the overall training data",
            languages.description.clone(),
        ),
    ];
    if !languages.list.is_empty() {
        blocks.push(Block::Table {
            caption: "Languages of captions".to_owned(),
            head: vec![Column::words("Language"), Column::number("Samples"), Column::words("Official in the Union")],
            rows: shown.collect(),
            note: Some(
                format!(
                    "{more} {} of the 24 official languages of the Union; of {} the language is not known.",
                    words::number(languages.union_languages),
                    words::counted(languages.unknown, "sample", "samples")
                )
                .trim()
                .to_owned(),
            ),
        });
    }
    blocks.extend([
        Block::optional(
            "Other relevant characteristics of the overall training data",
            general.other_characteristics.clone(),
        ),
        Block::optional("Additional comments", general.comments.clone()),
    ]);
    blocks
}

fn modality(size: &ModalitySize) -> Vec<String> {
    let name = match &size.name {
        Some(name) => format!("{}: {name}", name_of(size.modality)),
        None => name_of(size.modality).to_owned(),
    };
    let number = size.number.map(|number| format!("{} {}", words::number(number), size.unit));
    let at_most = size.at_most.map(|most| format!("at most {} {}", words::number(most), size.unit));
    let counted: Vec<String> = number.or(at_most).into_iter().chain(size.size.clone()).collect();
    vec![
        name,
        size.range.unwrap_or("Not given").to_owned(),
        counted.join("; "),
        size.types.clone().unwrap_or_else(|| "Not given".to_owned()),
    ]
}
