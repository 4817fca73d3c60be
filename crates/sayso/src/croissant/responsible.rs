//! The RAI properties: what is known of how the data came to be and what may be done with them, no more.

use serde_json::{Value, json};

use super::CroissantOptions;
use crate::card::{Card, CardOrigin};
use crate::library::{Facet, FacetField};

const LIMITATIONS: [&str; 5] = [
    "A verdict is of what machines could read when the crawl was made or the site was asked: no statement is no consent, and \
     what is said in prose was not read.",
    "The addresses are those of the crawl. What lies there may have changed or gone since; the pictures are not in the dataset.",
    "Languages are told by words and letters, creators by what captions and addresses say; both may be wrong.",
    "Personal data was looked for by patterns in captions, and not in pictures.",
    "Nobody looked for illegal content beyond what the tables that were imported say.",
];

/// What the dataset is.
pub(super) fn about(card: &Card, options: &CroissantOptions, left_out: &[String], removed: u64) -> String {
    let what = format!(
        "{} pairs of a picture's address and its caption, each with a verdict on its use for {} and the reasons. The \
         pictures themselves are not in it. Snapshot {}, Merkle root {}.",
        card.samples,
        card.purpose.0.as_str(),
        card.snapshot,
        card.root
    );
    let left_out =
        (!left_out.is_empty()).then(|| format!("Columns that are not described here: {}.", left_out.join(", ")));
    // Croissant has no words for rows that are to be passed over.
    let removed = (removed > 0).then(|| {
        format!(
            "Of the rows of the shards {removed} are no part of the dataset any more: the files of tombstones name them, and \
             whoever reads the shards has to leave them out. `sayso purge` writes shards without them."
        )
    });
    let parts: Vec<String> = options.about.iter().cloned().chain([what]).chain(removed).chain(left_out).collect();
    parts.join("\n\n")
}

/// What the verdicts say of the use.
pub(super) fn usage(card: &Card) -> Value {
    let verdicts = facet(card, FacetField::Verdict).map_or(&[][..], |facet| &facet.values);
    let verdicts: Vec<String> = verdicts.iter().map(|value| format!("{} {}", value.count, value.value)).collect();
    let verdicts = if verdicts.is_empty() { "none".to_owned() } else { verdicts.join(", ") };
    json!({
        "@type": "CreativeWork",
        "name": "Verdicts on the use",
        "text": format!(
            "Judged for {} under the policy {}: {verdicts}. Of the samples that are unknown nobody who could be read said \
             anything about the whole of that use, which is no consent. Other uses were not judged. The columns `verdict`, \
             `reason` and `reasons` have it for each sample.",
            card.purpose.0.as_str(), card.policy.as_str()
        ),
    })
}

/// The properties with their values; null where nothing is known.
pub(super) fn properties(
    card: &Card,
    options: &CroissantOptions,
    collected: Option<(String, String)>,
) -> Vec<(&'static str, Value)> {
    let refused: Vec<String> = card.refused.iter().map(|it| format!("{} ({})", it.count, it.code)).collect();
    let refused = if refused.is_empty() { "none".to_owned() } else { refused.join(", ") };
    let own = if card.has_own_rules { " with rules of the builder's own" } else { "" };
    let claims = match &card.registry_head {
        Some(head) => format!("Claims of the registry {} were honoured.", head.0.replace('\n', " ")),
        None => "No registry of claims was asked.".to_owned(),
    };
    let contact = match &options.contact {
        Some(contact) => {
            format!("Write to {contact}, with the address of the picture or page, or the picture's perceptual hash.")
        }
        None => "Nobody is named to write to; ask whoever gave you this dataset.".to_owned(),
    };
    vec![
        ("rai:dataCollection", json!(collection(card))),
        ("rai:dataCollectionType", json!(kind_of_collection(card))),
        ("rai:dataCollectionTimeFrame", collected.map_or(Value::Null, |(from, to)| json!([from, to]))),
        ("rai:dataCollectionMissingData", json!(missing(card))),
        (
            "rai:dataPreprocessingProtocol",
            json!([
                format!(
                    "Each pair was judged for {} as the agent `{}` under the policy {}{own}. Refused: {} pairs, by reason: {refused}. \
                     Of a refused pair nothing is kept but a digest and the reason.",
                    card.purpose.0.as_str(),
                    card.agent,
                    card.policy.as_str(),
                    card.exclusions
                ),
                claims,
            ]),
        ),
        (
            "rai:dataAnnotationProtocol",
            json!(
                "Verdicts, reasons, languages and, where nothing states them, creators are told by software, by fixed rules; nobody looked at single samples."
            ),
        ),
        ("rai:machineAnnotationTools", json!([format!("Sayso {}", env!("CARGO_PKG_VERSION"))])),
        ("rai:dataUseCases", json!([format!("Judged for {}, and for no other use.", card.purpose.0.as_str())])),
        ("rai:dataBiases", json!(biases(card))),
        ("rai:dataLimitations", json!(LIMITATIONS)),
        ("rai:personalSensitiveInformation", json!(personal(card))),
        ("rai:dataReleaseMaintenancePlan", json!(contact)),
    ]
}

fn facet(card: &Card, field: FacetField) -> Option<&Facet> {
    card.facets.iter().find(|facet| facet.field == field)
}

fn collection(card: &Card) -> String {
    match &card.origin {
        None => "How it came to be is not known: its report is gone.".to_owned(),
        Some(CardOrigin::Crawl { inputs, pages, pairs, duplicates, .. }) => format!(
            "Built from {inputs} crawl files: {pages} pages with {pairs} pairs of picture and caption, {duplicates} of them the same as an earlier one."
        ),
        Some(CardOrigin::Tables { inputs, rows, duplicates, .. }) => {
            let names: Vec<&str> = inputs.iter().map(|input| input.first.as_str()).collect();
            format!(
                "Imported from {} with {rows} rows, {duplicates} of them the same pair as an earlier one.",
                crate::captions::mask(&names.join(", "))
            )
        }
    }
}

fn kind_of_collection(card: &Card) -> Option<[&'static str; 1]> {
    match &card.origin {
        None => None,
        Some(CardOrigin::Crawl { .. }) => Some(["Web Scraping"]),
        Some(CardOrigin::Tables { .. }) => Some(["Secondary Data Analysis"]),
    }
}

fn missing(card: &Card) -> String {
    let unread = match &card.origin {
        None => "What could not be read is not known.".to_owned(),
        Some(CardOrigin::Crawl { damage, .. }) => {
            format!("{damage} places of the input could not be read, or not whole.")
        }
        Some(CardOrigin::Tables { aside, .. }) => {
            format!("{} rows that make no pair were kept aside.", aside.values().sum::<u64>())
        }
    };
    let without = [FacetField::Creator, FacetField::Licence, FacetField::Language].map(|field| {
        // Where no sample has a value, there is no facet.
        let without = facet(card, field).map_or(card.samples, |facet| facet.without);
        format!("No {field} is known of {without} samples.")
    });
    [unread].into_iter().chain(without).collect::<Vec<_>>().join(" ")
}

fn biases(card: &Card) -> Vec<String> {
    let mut biases = Vec::new();
    let share = |part: u64| 100.0 * part as f64 / card.samples.max(1) as f64;
    if let Some(languages) = facet(card, FacetField::Language) {
        let list: Vec<String> =
            languages.values.iter().take(5).map(|it| format!("{} {:.1} %", it.value, share(it.count))).collect();
        biases.push(format!(
            "Languages of captions: {}; not known {:.1} %.",
            list.join(", "),
            share(languages.without)
        ));
    }
    if let Some(domains) = facet(card, FacetField::Domain) {
        let ten: u64 = domains.values.iter().take(10).map(|it| it.count).sum();
        biases.push(format!(
            "The ten commonest of {} domains have {:.1} % of the samples.",
            domains.distinct,
            share(ten)
        ));
    }
    biases.push(
        "Only pictures with captions are in it, and of those only what the policy admits: who reserves the use is missing by design."
            .to_owned(),
    );
    biases
}

fn personal(card: &Card) -> Vec<String> {
    let found = card.personal.iter().map(|(kind, count)| format!("{}: {count} captions", kind.replace('-', " ")));
    let found: Vec<String> = found.collect();
    let found = match (&card.origin, found.is_empty()) {
        (None, true) => "Whether captions hold personal data is not known: the report is gone.".to_owned(),
        (_, true) => "No personal data was found in captions by the patterns that are looked for.".to_owned(),
        (_, false) => format!("Personal data found in captions by patterns: {}.", found.join(", ")),
    };
    vec![found, "Names of creators may be those of persons, and pictures may show persons.".to_owned()]
}
