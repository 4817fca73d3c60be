use sayso::summary::{CrawledSources, DomainCount, Domains, LargeDataset, PublicSources};

use super::blocks::{Block, Column, Section, period};
use super::{SHOWN, SummaryReport};
use crate::view::words;

const WHICH: &str = "Modality(ies) of the content covered";

pub(super) fn sections(report: &SummaryReport<'_>) -> Vec<Section> {
    let sources = &report.summary.sources;
    let section = |number, title, blocks| Section { number, title, is_part: false, blocks };
    vec![
        Section { number: "2", title: "List of data sources", is_part: true, blocks: Vec::new() },
        section("2.1", "Publicly available datasets", public(&sources.public)),
        section("2.2", "Private non-publicly available datasets obtained from third parties", Vec::new()),
        section("2.2.1", "Datasets commercially licensed by rightsholders or their representatives", {
            let question = "Have you concluded transactional commercial licensing agreement(s) with rightsholder(s) or \
                            with their representatives?";
            let modalities = Block::modalities(WHICH, &sources.licensed.modalities);
            asked(Block::question(question, sources.licensed.used), sources.licensed.used, vec![modalities])
        }),
        section("2.2.2", "Private datasets obtained from other third parties", {
            let private = &sources.private;
            let question = "Have you obtained private datasets from third parties that are not licensed as described in \
                            Section 2.2.1?";
            let blocks = vec![
                Block::modalities(WHICH, &private.modalities),
                Block::optional("Publicly known private datasets", private.known.clone()),
                Block::optional("General description of the others", private.description.clone()),
                Block::optional("Additional comments", private.comments.clone()),
            ];
            asked(Block::question(question, private.used), private.used, blocks)
        }),
        section("2.3", "Data crawled and scraped from online sources", crawled(&sources.crawled, report)),
        section("2.4", "User data", {
            let user = &sources.user_data;
            let services = "Was data collected from user interactions with the provider’s other services or products used \
                            to train the model?";
            let mut blocks = vec![
                Block::question(
                    "Was data from user interactions with the AI model used to train the model?",
                    user.from_model,
                ),
                Block::question(services, user.from_services),
            ];
            if user.from_model == Some(true) || user.from_services == Some(true) {
                blocks.push(Block::field("General description of the services or products", user.description.clone()));
                blocks.push(Block::modalities(WHICH, &user.modalities));
                blocks.push(Block::optional("Additional comments", user.comments.clone()));
            }
            blocks
        }),
        section("2.5", "Synthetic data", {
            let synthetic = &sources.synthetic;
            let question =
                "Was synthetic AI-generated data created by the provider or on their behalf to train the model?";
            let blocks = vec![
                Block::modalities(WHICH, &synthetic.modalities),
                Block::optional("General-purpose AI model(s) that generated it", synthetic.models.clone()),
                Block::optional("Other AI models that did", synthetic.other_models.clone()),
                Block::optional("Additional comments", synthetic.comments.clone()),
            ];
            asked(Block::question(question, synthetic.used), synthetic.used, blocks)
        }),
        section("2.6", "Other sources of data", {
            let question =
                "Have data sources other than those described in Sections 2.1 to 2.5 been used to train the model?";
            let blocks = vec![
                Block::field("Description of these data sources and the data", sources.other.description.clone()),
                Block::optional("Additional comments", sources.other.comments.clone()),
            ];
            asked(Block::question(question, sources.other.used), sources.other.used, blocks)
        }),
    ]
}

/// The question, and what follows where its answer is yes.
fn asked(question: Block, answer: Option<bool>, rest: Vec<Block>) -> Vec<Block> {
    let mut blocks = vec![question];
    blocks.extend(rest.into_iter().filter(|_| answer == Some(true)));
    blocks
}

fn public(public: &PublicSources) -> Vec<Block> {
    let question = Block::question("Have you used publicly available datasets to train the model?", public.used);
    let mut blocks = vec![Block::modalities(WHICH, &public.modalities)];
    if !public.large.is_empty() {
        blocks.push(Block::Table {
            caption: "List of large publicly available datasets".to_owned(),
            head: vec![
                Column::words("Dataset"),
                Column::words("Link or description"),
                Column::number("Samples"),
                Column::number("Share"),
                Column::words("Collected"),
            ],
            rows: public.large.iter().map(large).collect(),
            note: Some("Share: of the samples of all publicly available datasets that were counted.".to_owned()),
        });
    }
    blocks.push(Block::optional(
        "General description of other publicly available datasets not listed above",
        public.others.clone(),
    ));
    blocks.push(Block::optional("Additional comments", public.comments.clone()));
    asked(question, public.used, blocks)
}

fn large(dataset: &LargeDataset) -> Vec<String> {
    let told: Vec<String> = dataset.link.clone().into_iter().chain(dataset.description.clone()).collect();
    vec![
        dataset.name.clone(),
        told.join("; "),
        dataset.samples.map(words::number).unwrap_or_default(),
        dataset.share.map(|share| format!("{:.1} %", share * 100.0)).unwrap_or_default(),
        period(dataset.from.as_ref(), dataset.to.as_ref()).unwrap_or_default(),
    ]
}

fn crawled(crawled: &CrawledSources, report: &SummaryReport<'_>) -> Vec<Block> {
    let question = Block::question("Were crawlers used by the provider or on behalf of?", crawled.used);
    let mut blocks = vec![
        Block::field("Crawler name(s)/identifier(s)", crawled.crawlers.clone()),
        Block::field("Purposes of the crawler(s)", crawled.purposes.clone()),
        Block::field("General description of crawler behaviour", crawled.behaviour.clone()),
        Block::field("Period of data collection", period(crawled.from.as_ref(), crawled.to.as_ref())),
        Block::field(
            "Comprehensive description of the type of content and online sources crawled",
            crawled.description.clone(),
        ),
        Block::modalities("Type of modality covered", &crawled.modalities),
    ];
    match &crawled.domains {
        Some(domains) => blocks.extend(relevant(domains, report)),
        None => blocks.push(Block::field("Summary of the most relevant domain names crawled", None)),
    }
    blocks.push(Block::optional("Additional comments", crawled.comments.clone()));
    asked(question, crawled.used, blocks)
}

fn relevant(domains: &Domains, report: &SummaryReport<'_>) -> Vec<Block> {
    let share = if domains.is_small_provider { "top 5 %, or 1,000 if fewer" } else { "top 10 %" };
    let whole = format!(
        "{} of {} domains ({share}), with {} in all. The size of the picture is known of {}: {} bytes.",
        words::number(domains.to_name),
        words::number(domains.total),
        words::counted(domains.samples, "sample", "samples"),
        words::number(domains.samples_with_bytes),
        words::number(domains.bytes),
    );
    let table = |caption: &str, list: &[DomainCount]| Block::Table {
        caption: caption.to_owned(),
        head: vec![
            Column::words("Domain"),
            Column::number("Samples"),
            Column::number("Bytes of pictures"),
            Column::number("Known of samples"),
        ],
        rows: list.iter().take(SHOWN).map(row).collect(),
        note: (list.len() > SHOWN).then(|| {
            let left = words::number((list.len() - SHOWN) as u64);
            match &report.domains_file {
                Some(file) => format!("{left} more stand in {file}."),
                None => format!("{left} more stand in the summary as JSON."),
            }
        }),
    };
    let mut blocks = vec![Block::field("Summary of the most relevant domain names crawled", Some(whole))];
    if !domains.by_bytes.is_empty() {
        blocks.push(table("Domains by size of the pictures", &domains.by_bytes));
    }
    blocks.push(table("Domains by number of samples", &domains.by_samples));
    blocks
}

fn row(count: &DomainCount) -> Vec<String> {
    let DomainCount { domain, samples, bytes, samples_with_bytes } = count;
    vec![domain.clone(), words::number(*samples), words::number(*bytes), words::number(*samples_with_bytes)]
}
