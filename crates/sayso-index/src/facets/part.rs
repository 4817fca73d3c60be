//! What a facet index of many shards is put together from: one file for each shard, counted where the shard is written.
//!
//! A file has for each field what an index has, with two differences: names stand in the order of their coming, each in its
//! own spelling, and nothing is too much to be told apart. Both are decided of all parts together, so that the index which is
//! made of them is that of all samples in one go, byte for byte. Behind the fields stand what samples are sorted by, the contents
//! as JSON, the length of that JSON in eight bytes (the lowest first), and [`MAGIC`].

use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::column::ColumnName;
use super::field::FacetField;
use super::mark::{Order, Stretch};
use super::order_writer::append_orders;
use super::tally::{ShownAs, Tally};
use super::writer::{FacetRow, Fields};
use crate::build::Partial;
use crate::error::IndexError;
use crate::map::Map;

/// The last bytes of a part, with the version of the format.
const MAGIC: &[u8; 8] = b"SAYSOFP\x01";
/// The length of the JSON, and the magic.
const END_BYTES: usize = 16;

/// What a part holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Contents {
    rows: u64,
    fields: Vec<Stretch>,
    given_up: Vec<FacetField>,
    /// All columns that were counted, also those of which nothing is known.
    columns: Vec<FacetField>,
    orders: Vec<Order>,
}

/// Counts the samples of one shard, for a facet index of many.
pub struct FacetPartWriter {
    partial: Partial,
    fields: Fields,
}

impl FacetPartWriter {
    /// Starts a part. What does not fit memory goes to a folder beside `path`, where the part will lie.
    pub fn create(path: &Path) -> Result<Self, IndexError> {
        let partial = Partial::create(path)?;
        let mut fields = Fields::create(&partial.dir)?;
        fields.tallies.iter_mut().for_each(Tally::tell_all_apart);
        Ok(Self { partial, fields })
    }

    /// Counts the values of these columns, too: see [`FacetIndexWriter::with_columns`](super::FacetIndexWriter::with_columns).
    pub fn with_columns(&mut self, names: &[ColumnName], shown_as: ShownAs) -> Result<(), IndexError> {
        Ok(self.fields.with_columns(names, shown_as, &self.partial.dir)?)
    }

    /// Adds the next sample.
    pub fn add(&mut self, row: &FacetRow<'_>) -> Result<(), IndexError> {
        Ok(self.fields.add(row)?)
    }

    /// Completes the part.
    pub fn finish(self, path: &Path) -> Result<(), IndexError> {
        let Self { partial, fields: Fields { tallies, orders, rows } } = self;
        let mut out = BufWriter::with_capacity(1 << 18, fs_err::File::create(path)?);
        let mut contents =
            Contents { rows, fields: Vec::new(), given_up: Vec::new(), columns: Vec::new(), orders: Vec::new() };
        let mut offset = 0;
        for tally in tallies {
            if matches!(tally.field, FacetField::Column(_)) {
                contents.columns.push(tally.field);
            }
            if tally.is_given_up {
                contents.given_up.push(tally.field);
            }
            if let Some(stretch) = tally.write_as_it_came(offset, &mut out)? {
                offset = stretch.end(rows);
                contents.fields.push(stretch);
            }
        }
        contents.orders = append_orders(orders, offset, &mut out)?;
        let json = serde_json::to_vec(&contents).map_err(io::Error::from)?;
        out.write_all(&json)?;
        out.write_all(&(json.len() as u64).to_le_bytes())?;
        out.write_all(MAGIC)?;
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_data()?;
        drop(partial);
        Ok(())
    }
}

/// A part that is read.
pub(super) struct Part {
    map: Map,
    contents: Contents,
}

/// One field of it.
#[derive(Default)]
pub(super) struct PartField<'a> {
    pub(super) is_given_up: bool,
    /// Bytes of a number.
    pub(super) width: usize,
    numbers: &'a [u8],
    counts: &'a [u8],
    ends: &'a [u8],
    names: &'a [u8],
}

impl Part {
    pub(super) fn open(path: &Path) -> Result<Self, IndexError> {
        let damaged = |reason: &str| IndexError::Damaged { dir: path.to_owned(), reason: reason.to_owned() };
        let map = Map::open(path)?;
        let contents = contents(map.bytes()).ok_or_else(|| damaged("it does not end as a part does"))?;
        Ok(Self { map, contents })
    }

    pub(super) const fn rows(&self) -> u64 {
        self.contents.rows
    }

    /// Whether this field was counted.
    pub(super) fn counts(&self, field: FacetField) -> bool {
        !matches!(field, FacetField::Column(_)) || self.contents.columns.contains(&field)
    }

    /// What it has of a field; `None` where no sample has a value.
    pub(super) fn field(&self, field: FacetField) -> io::Result<Option<PartField<'_>>> {
        if self.contents.given_up.contains(&field) {
            return Ok(Some(PartField { is_given_up: true, ..PartField::default() }));
        }
        let Some(stretch) = self.contents.fields.iter().find(|stretch| stretch.field == field) else { return Ok(None) };
        let rows = self.contents.rows;
        let part = PartField {
            is_given_up: false,
            width: usize::try_from(stretch.width).unwrap_or_default(),
            numbers: self.bytes(stretch.offset, stretch.counts_at(rows))?,
            counts: self.bytes(stretch.counts_at(rows), stretch.ends_at(rows))?,
            ends: self.bytes(stretch.ends_at(rows), stretch.names_at(rows))?,
            names: self.bytes(stretch.names_at(rows), stretch.end(rows))?,
        };
        Ok(Some(part))
    }

    /// What samples are sorted by in a field; `None` where that is nothing.
    pub(super) fn order(&self, field: FacetField) -> io::Result<Option<&[u8]>> {
        let order = self.contents.orders.iter().find(|order| order.field == field);
        order.map(|order| self.bytes(order.offset, order.end(self.contents.rows))).transpose()
    }

    fn bytes(&self, from: u64, to: u64) -> io::Result<&[u8]> {
        let range = usize::try_from(from).unwrap_or(usize::MAX)..usize::try_from(to).unwrap_or(usize::MAX);
        let cut = || io::Error::new(io::ErrorKind::UnexpectedEof, "a part of a facet index is cut off");
        self.map.bytes().get(range).ok_or_else(cut)
    }
}

/// What the file of a part says that it holds.
fn contents(bytes: &[u8]) -> Option<Contents> {
    let (rest, end) = bytes.split_at_checked(bytes.len().checked_sub(END_BYTES)?)?;
    let (length, magic) = end.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let start = rest.len().checked_sub(length)?;
    let contents: Contents = serde_json::from_slice(rest.get(start..)?).ok()?;
    if magic != MAGIC || contents.rows >= 1 << 40 {
        return None;
    }
    let mut end = 0;
    for stretch in &contents.fields {
        let is_possible = stretch.offset == end
            && matches!(stretch.width, 1 | 2 | 4)
            && stretch.values < 1 << 32
            && stretch.name_bytes < 1 << 40;
        if !is_possible {
            return None;
        }
        end = stretch.end(contents.rows);
    }
    for order in &contents.orders {
        if order.offset != end {
            return None;
        }
        end = order.end(contents.rows);
    }
    (end == start as u64).then_some(contents)
}

impl<'a> PartField<'a> {
    /// The numbers of its samples.
    pub(super) const fn numbers(&self) -> &'a [u8] {
        self.numbers
    }

    /// How many samples have each number, the first of them those without.
    pub(super) fn counts(&self) -> impl Iterator<Item = u64> + use<'a> {
        self.counts.as_chunks::<8>().0.iter().map(|count| u64::from_le_bytes(*count))
    }

    /// Its names, in the order of their numbers.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let names = self.names;
        let ends = self.ends.as_chunks::<8>().0.iter().map(|end| usize::try_from(u64::from_le_bytes(*end)));
        ends.scan(0, move |start, end| {
            let end = end.unwrap_or(usize::MAX);
            let name = names.get(std::mem::replace(start, end)..end).unwrap_or_default();
            Some(std::str::from_utf8(name).unwrap_or_default())
        })
    }
}
