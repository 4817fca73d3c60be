use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use super::column::ColumnName;
use super::field::{FacetField, FacetKind};
use super::mark::{FILE, FORMAT, FacetMark, ORDERS, VERSION};
use super::order_writer::{OrderColumn, write_orders};
use super::part::Part;
use super::tally::{KeyOf, ShownAs, Tally};
use crate::build::Partial;
use crate::error::IndexError;
use crate::mark::{SnapshotId, write_mark};

/// What of a sample is counted.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct FacetRow<'a> {
    /// The picture's registrable domain.
    pub domain: &'a str,
    /// Who made the picture.
    pub creator: Option<&'a str>,
    /// The licence, under the name that is shown.
    pub licence: Option<&'a str>,
    /// The caption's language.
    pub language: Option<&'a str>,
    /// The verdict.
    pub verdict: &'a str,
    /// The longer side in pixels.
    pub side: Option<f64>,
    /// The scores, in the order of their fields.
    pub similarity: Option<f64>,
    /// As above.
    pub punsafe: Option<f64>,
    /// As above.
    pub pwatermark: Option<f64>,
    /// As above.
    pub aesthetic: Option<f64>,
    /// The code of the reason that decided.
    pub reason: Option<&'a str>,
    /// When it was captured: the year, with the part of it that had passed.
    pub year: Option<f64>,
    /// The values of the columns, in the order in which [`FacetIndexWriter::with_columns`] has them.
    pub columns: &'a [Option<&'a str>],
}

impl FacetRow<'_> {
    /// The number of a field of steps.
    const fn number(&self, field: FacetField) -> Option<f64> {
        match field {
            FacetField::Side => self.side,
            FacetField::Similarity => self.similarity,
            FacetField::Punsafe => self.punsafe,
            FacetField::Pwatermark => self.pwatermark,
            FacetField::Aesthetic => self.aesthetic,
            FacetField::Year => self.year,
            _ => None,
        }
    }
}

/// Builds a facet index while samples pass by in the order of their rows, one by one or as the parts of shards.
///
/// Memory is that of the distinct names; numbers go to a file for each field at once, because how wide they are and in
/// which order names stand is known at the end only.
pub struct FacetIndexWriter {
    dir: PathBuf,
    partial: Partial,
    fields: Fields,
    creators: Option<KeyOf>,
}

/// What is counted in each field.
pub(super) struct Fields {
    pub(super) tallies: Vec<Tally>,
    pub(super) orders: Vec<OrderColumn>,
    pub(super) rows: u64,
}

impl FacetIndexWriter {
    /// Starts an index in `dir`, which is replaced when the new one is complete.
    pub fn create(dir: &Path) -> Result<Self, IndexError> {
        let partial = Partial::create(dir)?;
        let fields = Fields::create(&partial.dir)?;
        Ok(Self { dir: dir.to_owned(), partial, fields, creators: None })
    }

    /// Counts creators as one whose names have the same key, under the commonest of their spellings.
    #[must_use]
    pub fn with_creators_by(mut self, key: KeyOf) -> Self {
        self.creators = Some(key);
        self
    }

    /// Counts the values of these columns, too, as far as they are such that samples have in common, and each as it is
    /// shown: an index is read by anybody, and what it does not hold nobody can read. To be said before the first sample
    /// comes.
    pub fn with_columns(&mut self, names: &[ColumnName], shown_as: ShownAs) -> Result<(), IndexError> {
        Ok(self.fields.with_columns(names, shown_as, &self.partial.dir)?)
    }

    /// Adds the next sample.
    pub fn add(&mut self, row: &FacetRow<'_>) -> Result<(), IndexError> {
        Ok(self.fields.add(row)?)
    }

    /// Adds the next samples, which were counted in a part, with the columns that are counted here.
    pub fn add_part(&mut self, path: &Path) -> Result<(), IndexError> {
        let part = Part::open(path)?;
        if let Some(tally) = self.fields.tallies.iter().find(|tally| !part.counts(tally.field)) {
            let reason = format!("`{}` was not counted", tally.field);
            return Err(IndexError::Damaged { dir: path.to_owned(), reason });
        }
        self.fields.rows += part.rows();
        for tally in &mut self.fields.tallies {
            tally.add_part(part.field(tally.field)?.as_ref(), part.rows())?;
        }
        for order in &mut self.fields.orders {
            order.add_part(part.order(order.field)?, part.rows())?;
        }
        Ok(())
    }

    /// Completes the index and moves it into place.
    pub fn finish(self, snapshot: SnapshotId) -> Result<(), IndexError> {
        let Self { dir, partial, fields: Fields { tallies, orders, rows }, creators } = self;
        let path = partial.dir.join(FILE);
        let mut out = BufWriter::with_capacity(1 << 18, fs_err::File::create(&path)?);
        let (mut offset, mut stretches) = (0, Vec::new());
        for tally in tallies {
            let path = tally.path.clone();
            let key = creators.filter(|_| tally.field == FacetField::Creator);
            let stretch = tally.write(offset, key, &mut out)?;
            fs_err::remove_file(path)?;
            // A field of which no sample knows anything takes no space.
            if let Some(stretch) = stretch {
                offset = stretch.end(rows);
                stretches.push(stretch);
            }
        }
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        let orders = write_orders(orders, &partial.dir.join(ORDERS))?;
        let mark = FacetMark { format: FORMAT.to_owned(), version: VERSION, snapshot, rows, fields: stretches, orders };
        write_mark(&mark, &partial.dir)?;
        Ok(partial.move_to(&dir)?)
    }
}

impl Fields {
    /// All fields that any dataset may have; what does not fit memory goes to files in `dir`.
    pub(super) fn create(dir: &Path) -> io::Result<Self> {
        let tallies = (0..).zip(FacetField::ALL).map(|(number, field)| Tally::create(*field, number, dir));
        let tallies = tallies.collect::<io::Result<_>>()?;
        let sorted = FacetField::ALL.iter().filter(|field| field.kind() != FacetKind::Names);
        let orders = sorted.map(|field| OrderColumn::create(dir, *field)).collect::<io::Result<_>>()?;
        Ok(Self { tallies, orders, rows: 0 })
    }

    pub(super) fn with_columns(&mut self, names: &[ColumnName], shown_as: ShownAs, dir: &Path) -> io::Result<()> {
        for name in names {
            let mut tally = Tally::create(FacetField::Column(*name), self.tallies.len(), dir)?;
            tally.shown_as = Some(shown_as);
            self.tallies.push(tally);
        }
        Ok(())
    }

    pub(super) fn add(&mut self, row: &FacetRow<'_>) -> io::Result<()> {
        self.rows += 1;
        let mut columns = row.columns.iter().copied();
        for tally in &mut self.tallies {
            match tally.field {
                FacetField::Column(_) => tally.add_value(columns.next().flatten()),
                FacetField::Domain => tally.add_name(Some(row.domain)),
                FacetField::Creator => tally.add_name(row.creator),
                FacetField::Licence => tally.add_name(row.licence),
                FacetField::Language => tally.add_name(row.language),
                FacetField::Verdict => tally.add_name(Some(row.verdict)),
                FacetField::Reason => tally.add_name(row.reason),
                field => tally.add_step(row.number(field)),
            }?;
        }
        self.orders.iter_mut().try_for_each(|order| order.add(row.number(order.field)))
    }
}
