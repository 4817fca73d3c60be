use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch, StringArray};
use sayso_core::{Pdq, Sha256};
use sayso_dataset::FileEntry;
use sayso_index::Query;
use sayso_registry::claim::SubjectKind;
use sayso_registry::lookup::ClaimIndex;

use super::hosts::{Hosts, LastHost};
use crate::Error;
use crate::claims::{Grounded, find_in};
use crate::library::Shelf;

/// Hosts that are asked one by one: with more of them, one walk along all samples is faster.
const HOSTS: usize = 5_000;

/// The share of all samples above which one walk along all is faster than reading some.
const SHARE: u64 = 4;

/// Rows that are read at once.
const ROWS: usize = 64 << 10;

/// A shard and a row of it.
type Place = (u32, u32);

/// Rows of a shard that are looked at together.
enum Piece {
    /// All from one on.
    All { shard: usize, first: usize },
    /// These.
    Some { shard: u32, rows: Vec<u32> },
}

/// The rows for which any of these claims may hold, in order. All for which one does are among them.
pub(super) fn find(shelf: &Shelf, claims: &ClaimIndex, threads: NonZeroUsize) -> Result<BTreeSet<Place>, Error> {
    let mut places = copies(shelf, claims)?;
    let columns = columns(claims);
    if !columns.is_empty() {
        let pieces = match at_hosts(shelf, claims)? {
            Some(some) => pieces(&some),
            None => all(shelf),
        };
        places.extend(look_at(shelf, claims, &pieces, &columns, threads)?);
    }
    Ok(places)
}

/// The rows at the hosts that claims speak of, by their pictures or pages; `None` where they speak of more than hosts, or of so many
/// rows that it is faster to look at all.
fn at_hosts(shelf: &Shelf, claims: &ClaimIndex) -> Result<Option<BTreeSet<Place>>, Error> {
    let mut hosts = BTreeSet::new();
    for claim in claims.iter().filter(|claim| claim.subject.pdq().is_none()) {
        match claim.subject.host() {
            Some(host) if hosts.len() <= HOSTS => hosts.insert(host),
            _ => return Ok(None),
        };
    }
    let most = shelf.dataset.samples() / SHARE;
    let mut places = BTreeSet::new();
    for host in hosts {
        // What is no host to a query is looked for in all samples.
        let Ok(query) = Query::parse(&format!("site:{host}")) else { return Ok(None) };
        shelf.text.each(&query, &mut |place| {
            if places.len() as u64 <= most {
                places.extend(shelf.dataset.row_at(place));
            }
        })?;
        if places.len() as u64 > most {
            return Ok(None);
        }
    }
    Ok(Some(places))
}

fn pieces(places: &BTreeSet<Place>) -> Vec<Piece> {
    let places: Vec<Place> = places.iter().copied().collect();
    let of_shard = places.chunk_by(|a, b| a.0 == b.0).flat_map(|rows| rows.chunks(ROWS));
    of_shard
        .filter_map(|places| {
            let shard = places.first()?.0;
            Some(Piece::Some { shard, rows: places.iter().map(|(_, row)| *row).collect() })
        })
        .collect()
}

fn all(shelf: &Shelf) -> Vec<Piece> {
    let shards = shelf.dataset.manifest().samples.iter().enumerate();
    let of_shard = |(shard, entry): (usize, &FileEntry)| {
        let rows = usize::try_from(entry.rows).unwrap_or(usize::MAX);
        (0..rows).step_by(ROWS).map(move |first| Piece::All { shard, first })
    };
    shards.flat_map(of_shard).collect()
}

/// The columns that tell whether a claim holds, copies apart.
fn columns(claims: &ClaimIndex) -> Vec<&'static str> {
    let kinds: BTreeSet<SubjectKind> = claims.iter().map(|claim| claim.subject.kind()).collect();
    let of_address = [SubjectKind::Domain, SubjectKind::Prefix, SubjectKind::Url, SubjectKind::Account];
    let mut columns = Vec::new();
    if kinds.iter().any(|kind| of_address.contains(kind)) {
        columns.extend(["url", "page_url"]);
    }
    if kinds.contains(&SubjectKind::Account) {
        columns.push("creator");
    }
    if kinds.contains(&SubjectKind::Sha256) {
        columns.push("sha256");
    }
    columns
}

/// The rows whose pictures look like one that is claimed.
fn copies(shelf: &Shelf, claims: &ClaimIndex) -> Result<BTreeSet<Place>, Error> {
    let wanted: Vec<(Pdq, u32)> = claims.iter().filter_map(|claim| claim.subject.pdq()).collect();
    let mut places = BTreeSet::new();
    shelf.hashes.join(&wanted, &shelf.is_gone(), &mut |_, hit| {
        places.insert((hit.shard, hit.row));
    })?;
    Ok(places)
}

/// Looks at pieces of the samples for what claims speak of, several threads at once.
fn look_at(
    shelf: &Shelf,
    claims: &ClaimIndex,
    pieces: &[Piece],
    columns: &[&str],
    threads: NonZeroUsize,
) -> Result<Vec<Place>, Error> {
    let hosts = Hosts::of(claims);
    let (next, found, fault) = (AtomicUsize::new(0), Mutex::new(Vec::new()), Mutex::new(None));
    std::thread::scope(|scope| {
        for _ in 0..threads.get().min(pieces.len()) {
            scope.spawn(|| {
                while let Some(piece) = pieces.get(next.fetch_add(1, Ordering::Relaxed)) {
                    match look(shelf, claims, &hosts, piece, columns) {
                        Ok(some) => found.lock().unwrap_or_else(PoisonError::into_inner).extend(some),
                        Err(error) => {
                            fault.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                            next.store(usize::MAX / 2, Ordering::Relaxed);
                        }
                    }
                }
            });
        }
    });
    match fault.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error),
        None => Ok(found.into_inner().unwrap_or_else(PoisonError::into_inner)),
    }
}

fn look(
    shelf: &Shelf,
    claims: &ClaimIndex,
    hosts: &Hosts<'_>,
    piece: &Piece,
    columns: &[&str],
) -> Result<Vec<Place>, Error> {
    let mut found = Vec::new();
    match piece {
        Piece::All { shard, first } => {
            let batch = shelf.dataset.range_all(*shard, *first, ROWS, columns)?;
            let (shard, first) = (u32::try_from(*shard).unwrap_or(u32::MAX), u32::try_from(*first).unwrap_or(u32::MAX));
            let rows = held(claims, hosts, &batch).map(|row| (shard, first.saturating_add(row)));
            found.extend(rows.filter(|(shard, row)| !shelf.dataset.is_removed(*shard, *row)));
        }
        Piece::Some { shard, rows } => {
            let mut first = 0;
            for batch in shelf.dataset.selected(*shard, rows, Some(columns))? {
                let batch = batch?;
                let of_batch = rows.get(first..).unwrap_or_default();
                found
                    .extend(held(claims, hosts, &batch).filter_map(|row| Some((*shard, *of_batch.get(row as usize)?))));
                first += batch.num_rows();
            }
        }
    }
    Ok(found)
}

/// The rows of a batch for which a claim holds.
fn held<'a>(claims: &'a ClaimIndex, hosts: &'a Hosts<'_>, batch: &'a RecordBatch) -> impl Iterator<Item = u32> + 'a {
    let text = |name: &str| batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
    let columns = [text("url"), text("page_url"), text("creator"), text("sha256")];
    let (mut last_of_url, mut last_of_page) = (LastHost::default(), LastHost::default());
    (0..u32::try_from(batch.num_rows()).unwrap_or(u32::MAX)).filter(move |row| {
        let cell = |column: Option<&'a StringArray>| {
            column.filter(|column| column.is_valid(*row as usize)).map(|column| column.value(*row as usize))
        };
        let [url, page_url, creator, sha256] = columns.map(cell);
        let (url, page_url) = (url.unwrap_or_default(), page_url.unwrap_or_default());
        // Few of many samples are anybody's who claims, and taking addresses apart is what takes the time.
        let may_hold = hosts.may_hold(url, &mut last_of_url) || hosts.may_hold(page_url, &mut last_of_page);
        let sha256 = sha256.and_then(digest);
        if !may_hold && sha256.is_none() {
            return false;
        }
        !find_in(claims, &Grounded { url, page_url, creator, sha256, pdq: None }).is_empty()
    })
}

/// A digest has as many digits as a hash.
fn digest(digits: &str) -> Option<Sha256> {
    digits.parse::<Pdq>().ok().map(|digest| Sha256(*digest.as_bytes()))
}
