use sayso::card::{CardOrigin, Refused};
use sayso::library::Facet;

use super::CardReport;
use crate::view::{FacetView, words};

/// What both forms of a card say, in words.
pub(super) struct CardWords {
    pub(super) samples: String,
    /// Names and values, as a table of two columns.
    pub(super) facts: Vec<(&'static str, String)>,
    /// How it came to be, a sentence each.
    pub(super) origin: Vec<String>,
    pub(super) policy: String,
    pub(super) refused: Vec<RefusedWords>,
    pub(super) personal: Vec<(String, String)>,
    pub(super) facets: Vec<FacetView>,
    /// What a reader must not take it for.
    pub(super) caveats: Vec<&'static str>,
}

/// Why pairs were refused.
pub(super) struct RefusedWords {
    pub(super) code: String,
    pub(super) sentence: String,
    pub(super) count: String,
}

const CAVEATS: [&str; 5] = [
    "A verdict is of what machines could read when the crawl was made or the site was asked: no statement is no consent, \
     and what is said in prose was not read.",
    "The addresses are those of the crawl. What lies there may have changed or gone since.",
    "Languages are told by words and letters, creators by what captions and addresses say; both may be wrong.",
    "Personal data was looked for by patterns in captions, and not in pictures.",
    "Scores are those of the table they come from.",
];

impl CardWords {
    pub(super) fn of(report: &CardReport<'_>) -> Self {
        let card = report.card;
        let mut facts = vec![
            ("Samples", words::number(card.samples)),
            ("Pairs refused", words::number(card.exclusions)),
            ("Judged for", words::of_use(card.purpose.0).to_owned()),
            ("Policy", card.policy.as_str().to_owned()),
            ("Agent in robots.txt", card.agent.clone()),
            ("Size", format!("{} in {}", size(card.bytes), words::counted(card.shards, "shard", "shards"))),
            ("Snapshot", words::number(card.snapshot)),
            ("Merkle root", card.root.clone()),
        ];
        if let Some(head) = &card.registry_head {
            facts.push(("Registry of claims", head.0.clone()));
        }
        let policy = words::of_policy(&sayso_core::Policy { name: card.policy, purpose: card.purpose, own: None });
        let own = if card.has_own_rules { ", and has rules of the builder’s own" } else { "" };
        Self {
            samples: words::counted(card.samples, "sample", "samples"),
            facts,
            origin: origin(card.origin.as_ref()),
            policy: format!("{policy}{own}"),
            refused: card.refused.iter().map(RefusedWords::of).collect(),
            personal: card
                .personal
                .iter()
                .map(|(kind, count)| (kind.replace('-', " "), words::number(*count)))
                .collect(),
            facets: card.facets.iter().map(without_links).collect(),
            caveats: CAVEATS.to_vec(),
        }
    }
}

impl RefusedWords {
    fn of(refused: &Refused) -> Self {
        let mut chars = refused.sentence.chars();
        let sentence = chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect();
        Self { code: refused.code.clone(), sentence, count: words::number(refused.count) }
    }
}

/// A file has no search behind it.
fn without_links(facet: &Facet) -> FacetView {
    let mut view = FacetView::new(facet, None);
    for row in &mut view.rows {
        row.href = None;
    }
    view
}

fn origin(origin: Option<&CardOrigin>) -> Vec<String> {
    match origin {
        None => vec!["How it came to be is not known: its report is gone.".to_owned()],
        Some(CardOrigin::Crawl { inputs, bytes, pages, pairs, duplicates, damage }) => {
            let mut sentences = vec![
                format!(
                    "Built from {} ({}): {} with {}.",
                    words::counted(*inputs, "crawl file", "crawl files"),
                    size(*bytes),
                    words::counted(*pages, "page", "pages"),
                    words::counted(*pairs, "pair of picture and caption", "pairs of picture and caption"),
                ),
                format!("{} of them the same as an earlier one.", number(*duplicates)),
            ];
            if *damage > 0 {
                let places = words::counted(*damage, "place", "places");
                sentences.push(format!("{places} of the input could not be read, or not whole."));
            }
            sentences
        }
        Some(CardOrigin::Tables { inputs, bytes, rows, duplicates, aside }) => {
            let mut sentences: Vec<String> = inputs
                .iter()
                .map(|input| {
                    let more = input.files.saturating_sub(1);
                    let more =
                        if more > 0 { format!(" and {} more like it", words::number(more)) } else { String::new() };
                    let of = input.dataset.as_ref().map(|name| format!(", with the columns of {name}"));
                    format!("Imported from {}{more}{}.", input.first, of.unwrap_or_default())
                })
                .collect();
            sentences.push(format!(
                "{} ({}), {} of them the same as an earlier one.",
                words::counted(*rows, "row", "rows"),
                size(*bytes),
                number(*duplicates)
            ));
            for (reason, count) in aside {
                let rows = words::counted(*count, "row was", "rows were");
                sentences.push(format!("{rows} kept aside: {}.", reason.replace('-', " ")));
            }
            sentences
        }
    }
}

/// So many, or none.
fn number(count: u64) -> String {
    if count == 0 { "none".to_owned() } else { words::number(count) }
}

/// Bytes in decimal units, as disks are sold.
pub(super) fn size(bytes: u64) -> String {
    let units = [(1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    match units.into_iter().find(|(unit, _)| bytes >= *unit) {
        Some((unit, name)) => format!("{:.1} {name}", bytes as f64 / unit as f64),
        None => words::counted(bytes, "byte", "bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::{number, size};

    #[test]
    fn sizes_and_counts_read_well() {
        assert_eq!(size(2_340_000_000), "2.3 GB");
        assert_eq!((size(1).as_str(), size(1_500).as_str()), ("1 byte", "1.5 kB"));
        assert_eq!((number(0).as_str(), number(1_200).as_str()), ("none", "1,200"));
    }
}
