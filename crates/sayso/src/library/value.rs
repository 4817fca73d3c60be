use std::collections::BTreeMap;

use sayso_caption::creator_key;
use sayso_core::{Pair, Reason, Sample, Speaker};
use sayso_crawl::{host_of, registrable_domain};
use sayso_index::{FacetField, Query};

use super::facets::Tally;
use super::{Facet, Library, Shelf};
use crate::Error;

/// What the datasets hold of one site, creator or licence.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueSummary {
    /// Which of them it is.
    pub field: FacetField,
    /// Its name, as the dataset writes it that has most of it.
    pub name: String,
    /// How many samples.
    pub samples: u64,
    /// How many in which dataset, those left out that have none.
    pub datasets: Vec<(String, u64)>,
    /// What these samples have in common.
    pub facets: Vec<Facet>,
    /// The first of them, with their datasets.
    pub examples: Vec<(String, Sample)>,
    /// What a site itself stated, the commonest first; nothing of creators and licences.
    pub statements: Vec<SiteStatement>,
    /// Of how many samples the statements were looked at.
    pub looked_at: u64,
}

/// A statement that stands with samples of a site and was made by the site.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteStatement {
    /// The reason that it became, with its evidence.
    pub reason: Reason,
    /// One of the samples that it stands with.
    pub sample: Sample,
    /// Of how many that were looked at.
    pub count: u64,
}

/// Samples that are shown.
const EXAMPLES: usize = 12;

/// Samples of a dataset whose statements are looked at, from the first to the last of a site: at least so many where there
/// are, and fewer than twice as many. Each may lie in another page of its shard, which is what takes the time.
const LOOKED_AT: u64 = 60;

/// Statements that are kept of a site.
const STATEMENTS: usize = 12;

/// Statements that are told apart while they are counted.
const DISTINCT: usize = 1_000;

/// What a value is called in one dataset: the numbers of its names, of which an earlier program's index may have several.
struct Named<'a> {
    shelf: &'a Shelf,
    numbers: Vec<u32>,
    samples: u64,
}

impl Library {
    /// What is known of the samples that have this value in a field of names, with up to `limit` names of every facet; `None`
    /// where no sample has it. Sites are found by their domain, licences in any spelling of case, and creators by what is
    /// the same for all ways to write their name.
    pub fn value(
        &self,
        field: FacetField,
        name: &str,
        fields: &[FacetField],
        limit: usize,
    ) -> Result<Option<ValueSummary>, Error> {
        let mut named = Vec::new();
        for shelf in &self.shelves {
            let mut numbers = numbers_of(shelf, field, name)?;
            numbers.retain(|number| shelf.facets.samples_of(field, *number) > 0);
            let samples = numbers.iter().map(|number| shelf.facets.samples_of(field, *number)).sum();
            named.push(Named { shelf, numbers, samples });
        }
        let most = named.iter().filter(|named| named.samples > 0).max_by_key(|named| named.samples);
        let name = most.and_then(|most| most.shelf.facets.name_of(field, *most.numbers.first()?));
        let Some(name) = name else { return Ok(None) };
        let mut tally = Tally::new(fields);
        let mut looking =
            Looking { site: (field == FacetField::Domain).then_some(name.as_str()), ..Looking::default() };
        let mut datasets = Vec::new();
        for Named { shelf, numbers, samples } in named.iter().filter(|named| named.samples > 0) {
            let stride = (samples / LOOKED_AT).max(1);
            let (mut places, mut number_of_place) = (Vec::new(), 0);
            let left = EXAMPLES.saturating_sub(looking.examples.len()) as u64;
            tally.count(shelf, &mut |take| {
                for number in numbers {
                    shelf.facets.each_of(field, *number, &mut |place| {
                        let is_looked_at = looking.site.is_some() && number_of_place % stride == 0;
                        if number_of_place < left || is_looked_at {
                            places.push((place, number_of_place < left, is_looked_at));
                        }
                        number_of_place += 1;
                        take(place);
                    });
                }
                Ok(())
            })?;
            looking.look(shelf, &places)?;
            datasets.push((shelf.name.clone(), *samples));
        }
        let facets = tally.finish(None, limit);
        let Looking { examples, looked_at, statements, .. } = looking;
        let mut statements: Vec<SiteStatement> = statements.into_values().collect();
        statements.sort_by_key(|statement| std::cmp::Reverse(statement.count));
        statements.truncate(STATEMENTS);
        let samples = datasets.iter().map(|(_, samples)| samples).sum();
        Ok(Some(ValueSummary { field, name, samples, datasets, facets, examples, statements, looked_at }))
    }
}

/// What is read of the samples themselves.
#[derive(Default)]
struct Looking<'a> {
    site: Option<&'a str>,
    examples: Vec<(String, Sample)>,
    looked_at: u64,
    /// By who stated what, and what it was taken for.
    statements: BTreeMap<(Speaker, String, String), SiteStatement>,
}

impl Looking<'_> {
    /// Reads the samples at these places: whether each is shown, and whether its statements count.
    fn look(&mut self, shelf: &Shelf, places: &[(u64, bool, bool)]) -> Result<(), Error> {
        let rows: Vec<(u32, u32)> = places.iter().filter_map(|(place, ..)| shelf.dataset.row_at(*place)).collect();
        for ((_, is_shown, is_looked_at), sample) in places.iter().zip(shelf.dataset.samples_at(&rows)?) {
            if *is_looked_at && let Some(site) = self.site {
                self.looked_at += 1;
                self.add(site, &sample);
            }
            if *is_shown {
                self.examples.push((shelf.name.clone(), sample));
            }
        }
        Ok(())
    }

    /// Adds what the site states of a sample, each statement once.
    fn add(&mut self, site: &str, sample: &Sample) {
        let mut seen = Vec::new();
        for reason in &sample.verdict().reasons {
            let evidence = reason.evidence.as_ref();
            let Some(evidence) = evidence.filter(|evidence| is_of_site(evidence.speaker, site, &sample.pair)) else {
                continue;
            };
            let key = (evidence.speaker, evidence.raw.clone(), reason.code.to_string());
            // More different statements than these are of no use to anybody.
            let is_known = self.statements.contains_key(&key);
            if seen.contains(&key) || (self.statements.len() >= DISTINCT && !is_known) {
                continue;
            }
            let new = || SiteStatement { reason: reason.clone(), sample: sample.clone(), count: 0 };
            self.statements.entry(key.clone()).or_insert_with(new).count += 1;
            seen.push(key);
        }
    }
}

/// Whether a statement is one of the site from which the picture comes, and not of a page elsewhere that shows it.
fn is_of_site(speaker: Speaker, site: &str, pair: &Pair) -> bool {
    match speaker {
        Speaker::Picture | Speaker::PictureSite => true,
        // Whoever claims a picture says it in a registry, and not on the site.
        Speaker::Claimant => false,
        Speaker::Page | Speaker::PageSite => registrable_domain(&host_of(&pair.page_url)) == site,
    }
}

/// The numbers of the names in one dataset that mean this value.
fn numbers_of(shelf: &Shelf, field: FacetField, name: &str) -> Result<Vec<u32>, Error> {
    let name = name.trim();
    let plain = name.trim_end_matches('.').to_ascii_lowercase();
    match field {
        FacetField::Domain => Ok(shelf.facets.number_of(field, &plain).into_iter().collect()),
        FacetField::Creator => numbers_of_creator(shelf, name),
        _ => {
            let exact: Vec<u32> = shelf.facets.number_of(field, name).into_iter().collect();
            if !exact.is_empty() {
                return Ok(exact);
            }
            let mut numbers = Vec::new();
            shelf.facets.each_name(field, &mut |number, other| {
                if other.eq_ignore_ascii_case(&plain) {
                    numbers.push(number);
                }
            });
            Ok(numbers)
        }
    }
}

/// Creators are looked for by their words, and then compared by their keys: reading all names would take too long.
fn numbers_of_creator(shelf: &Shelf, name: &str) -> Result<Vec<u32>, Error> {
    let mut numbers: Vec<u32> = shelf.facets.number_of(FacetField::Creator, name).into_iter().collect();
    let key = creator_key(name);
    let words: Vec<String> = key.split_whitespace().map(|word| format!("creator:{word}")).collect();
    let (Ok(query), Some(keys)) = (Query::parse(&words.join(" ")), shelf.facets.sort_keys(FacetField::Creator)) else {
        return Ok(numbers);
    };
    let mut found = Vec::new();
    let mut last = 0;
    shelf.text.each(&query, &mut |place| {
        let number = keys.of(place);
        // A creator's samples often stand together.
        if number != last {
            last = number;
            found.push(number);
            if found.len() >= 1 << 16 {
                found.sort_unstable();
                found.dedup();
            }
        }
    })?;
    found.sort_unstable();
    found.dedup();
    let is_same = |number: &u32| {
        shelf.facets.name_of(FacetField::Creator, *number).is_some_and(|other| creator_key(&other) == key)
    };
    numbers.extend(found.into_iter().filter(is_same));
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}
