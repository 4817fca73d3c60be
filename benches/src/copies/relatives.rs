//! Which originals have relatives among the others, and which are too plain: they are left out, for every method.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sayso_core::Pdq;
use sayso_index::FeatureIndex;

use crate::both::on_two_threads;
use crate::known::Known;
use crate::picture::looked;

/// From this score on, features that agree with a nearly unedited original are those of a relative.
const RELATIVE: f32 = 4.0;
/// Hits of an original that are looked at.
const HITS: usize = 20;
/// Up to so many bits Meta takes two pictures for the same, by PDQ. Buttons of one shape in many colours are.
const SAME_BITS: u32 = 31;

/// Writes `relatives.tsv`, the least sure first, `plain.txt`, and the numbers of the first `most` of the others to
/// `kept.txt`.
pub fn write(
    folder: &Path,
    originals: &[PathBuf],
    all: &[PathBuf],
    known: &[Known],
    index: &FeatureIndex,
    most: usize,
) {
    let numbers: Vec<usize> = (0..originals.len()).collect();
    let relatives_of = |number: &usize| -> Vec<(f32, u32)> {
        let path = folder.join("edits").join(format!("{number:05}-jpeg90.jpeg"));
        let Some(sought) = looked(&path) else { return Vec::new() };
        let hits = index.find(&sought.features, RELATIVE, HITS, &|_, _| false).hits;
        hits.iter().filter(|hit| hit.row as usize != *number).map(|hit| (hit.score, hit.row)).collect()
    };
    let relatives: HashMap<usize, Vec<(f32, u32)>> =
        numbers.iter().copied().zip(on_two_threads(&numbers, relatives_of)).collect();
    let mut pairs: Vec<(f32, usize, u32)> =
        relatives.iter().flat_map(|(a, of)| of.iter().map(|(score, b)| (*score, *a, *b))).collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let name = |number: usize| all.get(number).map(|path| path.display().to_string()).unwrap_or_default();
    let lines = pairs.iter().fold(String::new(), |mut lines, (score, a, b)| {
        let _ = writeln!(lines, "{score:.2}\t{}\t{}", name(*a), name(*b as usize));
        lines
    });
    let is_plain = |number: &usize| known.get(*number).is_none_or(|known| known.pdq.is_none());
    let is_near = |number: usize, pdq: &Pdq| {
        known.iter().enumerate().any(|(other, known)| {
            other != number && known.pdq.is_some_and(|known| known.distance(pdq) <= SAME_BITS)
        })
    };
    let has_same_hash =
        |number: usize| known.get(number).and_then(|known| known.pdq).is_some_and(|pdq| is_near(number, &pdq));
    let has_relative =
        |number: &usize| relatives.get(number).is_some_and(|of| !of.is_empty()) || has_same_hash(*number);
    let (plain, rest): (Vec<usize>, Vec<usize>) = numbers.into_iter().partition(is_plain);
    let (family, fit): (Vec<usize>, Vec<usize>) = rest.into_iter().partition(has_relative);
    let list = |numbers: &[usize]| numbers.iter().map(|number| format!("{number}\n")).collect::<String>();
    let write = |name: &str, text: String| std::fs::write(folder.join(name), text).expect("a list can be written");
    write("relatives.tsv", lines);
    write("plain.txt", list(&plain));
    write("kept.txt", list(fit.get(..most).unwrap_or(&fit)));
    println!(
        "{} candidates: {} left out as plain, {} as parts of families, {} kept of {} that are left",
        originals.len(),
        plain.len(),
        family.len(),
        fit.len().min(most),
        fit.len()
    );
}
