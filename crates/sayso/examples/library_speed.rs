//! How fast a dataset answers: words, phrases, names, facets. Run by `scripts/bench_tables.sh`.
//!
//!     library_speed DATASET QUERIES.json ROUNDS
//!
//! Draws queries from the dataset's own captions if the file is not there yet, so that a peer can be asked the same; prints
//! a line for each kind with the median and the 99th percentile in milliseconds.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a benchmark may stop at the first surprise"
)]

use std::path::PathBuf;
use std::time::Instant;

use sayso::library::{FacetField, Library, SearchQuestion, Sort, Start, Window};
use sayso_index::{Query, TextIndex};
use serde_json::{Value, json};

/// Queries of each kind.
const QUERIES: usize = 300;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [dataset, queries, rounds] = arguments.as_slice() else { panic_usage() };
    let (dataset, queries) = (PathBuf::from(dataset), PathBuf::from(queries));
    let rounds: usize = rounds.parse().unwrap();
    let opened = Instant::now();
    let library = Library::open(std::slice::from_ref(&dataset)).unwrap();
    println!("open\t{:.3}", opened.elapsed().as_secs_f64() * 1e3);
    if !queries.exists() {
        std::fs::write(&queries, draw(&library).to_string()).unwrap();
    }
    let drawn: Value = serde_json::from_slice(&std::fs::read(&queries).unwrap()).unwrap();
    let index = TextIndex::open(&dataset.join("index/text")).unwrap();
    for kind in ["two words", "phrase", "rare name"] {
        let texts: Vec<&str> = drawn[kind].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
        measure(&format!("{kind}, index"), &texts, rounds, |text| {
            index.search(&Query::parse(text).unwrap(), 0, 50).unwrap().total
        });
        measure(&format!("{kind}, with samples"), &texts, rounds, |text| {
            library.search(text, Window { offset: 0, limit: 20 }).unwrap().total
        });
    }
    let words: Vec<&str> = drawn["one word"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
    measure("domains of the hits of a word", &words, rounds, |text| {
        library.facets_of(None, Some(text), &[FacetField::Domain], 20).unwrap().len() as u64
    });
    measure("all facets of the hits of a word", &words, rounds, |text| {
        library.facets_of(None, Some(text), FacetField::ALL, 20).unwrap().len() as u64
    });
    measure("domains of all samples", &[""; 20], rounds, |_| {
        library.facets_of(None, None, &[FacetField::Domain], 20).unwrap().len() as u64
    });
    for sort in ["-similarity", "-aesthetic", "-captured_at", "-side", "domain", "-domain", "-dataset"] {
        let sort: Sort = sort.parse().unwrap();
        let first = |text: &str| {
            let question = SearchQuestion { query: text, sort, start: Start::Offset(0), limit: 20 };
            library.find(&question).unwrap()
        };
        measure(&format!("hits of a word by {sort}"), &words, rounds, |text| first(text).hits.len() as u64);
        measure(&format!("all samples by {sort}"), &["-zzzzzzzz"; 5], rounds, |text| first(text).hits.len() as u64);
    }
    for (name, query) in [("of a word", words[0]), ("of all", "-zzzzzzzz")] {
        for sort in ["relevance", "-similarity", "domain"] {
            let sort: Sort = sort.parse().unwrap();
            let find = |start| library.find(&SearchQuestion { query, sort, start, limit: 20 }).unwrap();
            measure(&format!("first page {name} by {sort}"), &[""; 5], rounds, |_| find(Start::Offset(0)).total);
            // Page 500: the last that numbers reach.
            let deep = find(Start::Offset(9_960)).next;
            measure(&format!("page 500 {name} by {sort}, by offset"), &[""; 5], rounds, |_| {
                find(Start::Offset(9_980)).total
            });
            let Some(deep) = deep else { continue };
            measure(&format!("page 500 {name} by {sort}, by cursor"), &[""; 5], rounds, |_| {
                find(Start::Cursor(&deep)).total
            });
        }
    }
    for field in [FacetField::Domain, FacetField::Creator, FacetField::Licence] {
        let facets = library.facets_of(None, None, &[field], 20).unwrap();
        let names: Vec<&str> =
            facets.iter().flat_map(|facet| &facet.values).map(|value| value.value.as_str()).collect();
        let fields = [FacetField::Verdict, FacetField::Reason, FacetField::Language, FacetField::Creator];
        measure(&format!("page of one of the largest {field}s"), &names, rounds, |name| {
            library.value(field, name, &fields, 12).unwrap().map_or(0, |value| value.samples)
        });
        measure(&format!("near names of a {field}"), &["exampel.org"; 3], rounds, |name| {
            library.names_near(field, name, 6).len() as u64
        });
    }
    measure("domains of all samples, counted", &["-zzzzzzzz"; 5], rounds, |text| {
        library.facets_of(None, Some(text), &[FacetField::Domain], 20).unwrap().len() as u64
    });
}

fn panic_usage() -> ! {
    println!("library_speed DATASET QUERIES.json ROUNDS");
    std::process::exit(2)
}

fn measure(name: &str, texts: &[&str], rounds: usize, ask: impl Fn(&str) -> u64) {
    let mut times = Vec::new();
    let mut found = 0;
    for round in 0..=rounds {
        for text in texts {
            let started = Instant::now();
            found += ask(text);
            // The first round warms the caches, for every peer alike.
            if round > 0 {
                times.push(started.elapsed().as_secs_f64() * 1e3);
            }
        }
    }
    times.sort_by(f64::total_cmp);
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    println!("{name}\t{:.3}\t{:.3}\t{}", at(0.5), at(0.99), found / (rounds as u64 + 1));
}

/// Queries whose words stand together in some caption.
fn draw(library: &Library) -> Value {
    let (mut two, mut phrase, mut one, mut names) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut state = 7_u64;
    let mut dice = |bound: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound.max(1)
    };
    let creators = library.facets_of(None, None, &[FacetField::Creator], 100_000).unwrap();
    let creators: Vec<_> = creators.iter().flat_map(|facet| &facet.values).collect();
    while names.len() < QUERIES && !creators.is_empty() {
        // From the rarer half of the names.
        let name = &creators[creators.len() / 2 + dice(creators.len() / 2)].value;
        names.push(json!(format!("creator:\"{}\"", name.replace('"', " "))));
    }
    let domains = library.facets_of(None, None, &[FacetField::Domain], 5_000).unwrap();
    let domains: Vec<_> = domains.iter().flat_map(|facet| &facet.values).collect();
    while two.len() < QUERIES {
        let domain = &domains[dice(domains.len())];
        let offset = dice(usize::try_from(domain.count).unwrap().min(5_000));
        let window = Window { offset, limit: 1 };
        let answer = library.search(&format!("site:{}", domain.value), window).unwrap();
        let Some(hit) = answer.hits.first() else { continue };
        let is_word = |word: &&str| word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_lowercase());
        let words: Vec<&str> = hit.sample.pair.caption.split(' ').filter(is_word).collect();
        if words.len() < 3 {
            continue;
        }
        let at = dice(words.len() - 1);
        let Some(found) = hit.sample.pair.caption.find(&format!("{} {}", words[at], words[at + 1])) else { continue };
        phrase.push(json!(format!(
            "\"{}\"",
            &hit.sample.pair.caption[found..][..words[at].len() + words[at + 1].len() + 1]
        )));
        two.push(json!(format!("{} {}", words[dice(words.len())], words[dice(words.len())])));
        one.push(json!(words[dice(words.len())]));
    }
    json!({"two words": two, "phrase": phrase, "rare name": names, "one word": one})
}
