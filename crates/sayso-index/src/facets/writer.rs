use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::column::ColumnName;
use super::field::{FacetField, FacetKind, step_of};
use super::mark::{FILE, FORMAT, FacetMark, ORDERS, Stretch, VERSION};
use super::order_writer::{OrderColumn, write_orders};
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

/// Builds a facet index while samples pass by in the order of their rows.
///
/// Memory is that of the distinct names; numbers go to a file for each field at once, because how wide they are and in
/// which order names stand is known at the end only.
pub struct FacetIndexWriter {
    dir: PathBuf,
    partial: Partial,
    fields: Vec<Column>,
    orders: Vec<OrderColumn>,
    creators: Option<KeyOf>,
    rows: u64,
}

/// What is the same for all spellings of a name.
type KeyOf = fn(&str) -> String;

/// How a value of a column is shown to anybody.
type ShownAs = fn(&str) -> Cow<'_, str>;

/// Bytes of names that are told apart in one field. What comes later counts as [`OTHERS`].
const NAME_BYTES: usize = 96 << 20;

/// Bytes of a name; what is longer is cut.
const LONGEST: usize = 200;

/// The name of what was too much to be told apart.
const OTHERS: &str = "…";

/// Bytes of names that are told apart in a column of an imported table, and how many.
const COLUMN_BYTES: usize = 4 << 20;
const COLUMN_NAMES: usize = 20_000;

/// Values up to which a column is counted in which nearly every sample has another.
const FEW: u64 = 100;

struct Column {
    field: FacetField,
    /// Of a column of an imported table: it turned out to hold names of samples or prose, which is nothing to count.
    is_given_up: bool,
    /// Of the same: under which name its values are counted.
    shown_as: Option<ShownAs>,
    names: HashMap<Box<str>, u32>,
    name_bytes: usize,
    counts: Vec<u64>,
    /// The last name, which is that of the next sample as often as not.
    last: (String, u32),
    path: PathBuf,
    numbers: BufWriter<File>,
}

impl FacetIndexWriter {
    /// Starts an index in `dir`, which is replaced when the new one is complete.
    pub fn create(dir: &Path) -> Result<Self, IndexError> {
        let partial = Partial::create(dir)?;
        let fields = (0..).zip(FacetField::ALL).map(|(number, field)| Column::create(*field, number, &partial.dir));
        let fields = fields.collect::<io::Result<_>>()?;
        let sorted = FacetField::ALL.iter().filter(|field| field.kind() != FacetKind::Names);
        let orders = sorted.map(|field| OrderColumn::create(&partial.dir, *field)).collect::<io::Result<_>>()?;
        Ok(Self { dir: dir.to_owned(), partial, fields, orders, creators: None, rows: 0 })
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
        for name in names {
            let column = Column::create(FacetField::Column(*name), self.fields.len(), &self.partial.dir)?;
            self.fields.push(Column { shown_as: Some(shown_as), ..column });
        }
        Ok(())
    }

    /// Adds the next sample.
    pub fn add(&mut self, row: &FacetRow<'_>) -> Result<(), IndexError> {
        self.rows += 1;
        let mut columns = row.columns.iter().copied();
        for column in &mut self.fields {
            let number = match column.field {
                FacetField::Column(_) => {
                    let value = columns.next().flatten();
                    if column.is_given_up || column.gives_up(value) {
                        continue;
                    }
                    column.name(value)
                }
                FacetField::Domain => column.name(Some(row.domain)),
                FacetField::Creator => column.name(row.creator),
                FacetField::Licence => column.name(row.licence),
                FacetField::Language => column.name(row.language),
                FacetField::Verdict => column.name(Some(row.verdict)),
                FacetField::Reason => column.name(row.reason),
                field => column.step(row.number(field)),
            };
            if let Some(count) = column.counts.get_mut(number as usize) {
                *count += 1;
            }
            column.numbers.write_all(&number.to_le_bytes())?;
        }
        for order in &mut self.orders {
            order.add(row.number(order.field))?;
        }
        Ok(())
    }

    /// Completes the index and moves it into place.
    pub fn finish(self, snapshot: SnapshotId) -> Result<(), IndexError> {
        let Self { dir, partial, fields, orders, creators, rows } = self;
        let path = partial.dir.join(FILE);
        let mut out = BufWriter::with_capacity(1 << 18, fs_err::File::create(&path)?);
        let (mut offset, mut stretches) = (0, Vec::new());
        for column in fields {
            let path = column.path.clone();
            let key = creators.filter(|_| column.field == FacetField::Creator);
            let stretch = column.write(offset, key, &mut out)?;
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

impl Column {
    fn create(field: FacetField, number: usize, dir: &Path) -> io::Result<Self> {
        // A column may have any name, and a file may not.
        let path = dir.join(format!("{number}.tmp"));
        let numbers = BufWriter::with_capacity(1 << 16, File::create(&path)?);
        let counts = match field.kind() {
            FacetKind::Names => vec![0],
            FacetKind::Steps(edges) => vec![0; edges.len() + 2],
        };
        let (names, last) = (HashMap::new(), (String::new(), 0));
        Ok(Self { field, is_given_up: false, shown_as: None, names, name_bytes: 0, counts, last, path, numbers })
    }

    /// Whether there is too much in a column to be told apart, now that this value comes.
    fn gives_up(&mut self, value: Option<&str>) -> bool {
        let is_prose = value.is_some_and(|value| value.len() > LONGEST);
        if is_prose || self.names.len() > COLUMN_NAMES || self.name_bytes > COLUMN_BYTES {
            self.is_given_up = true;
            (self.names, self.counts) = (HashMap::new(), Vec::new());
        }
        self.is_given_up
    }

    /// Whether the samples have the values of a column in common: not where nearly each has its own.
    fn is_shared(&self) -> bool {
        let (distinct, known) = (self.names.len() as u64, self.counts.iter().skip(1).sum::<u64>());
        !self.is_given_up && (distinct <= FEW || distinct.saturating_mul(2) <= known)
    }

    /// The number of a name, in the order of their coming; 0 of none.
    fn name(&mut self, name: Option<&str>) -> u32 {
        let Some(name) = name.map(str::trim).filter(|name| !name.is_empty()) else { return 0 };
        let end = (0..=LONGEST.min(name.len())).rev().find(|at| name.is_char_boundary(*at));
        let name = name.get(..end.unwrap_or(0)).unwrap_or(name);
        if self.last.1 != 0 && self.last.0 == name {
            return self.last.1;
        }
        let number = match self.names.get(name) {
            Some(number) => *number,
            None => {
                let name = self.shown_as.map_or(Cow::Borrowed(name), |shown_as| shown_as(name));
                let name = if self.name_bytes > NAME_BYTES { OTHERS } else { &*name };
                let next = u32::try_from(self.names.len() + 1).unwrap_or(u32::MAX);
                let number = *self.names.entry(name.into()).or_insert(next);
                if number == next {
                    self.name_bytes += name.len() + 40;
                    self.counts.push(0);
                }
                number
            }
        };
        name.clone_into(&mut self.last.0);
        self.last.1 = number;
        number
    }

    /// The number of the step that a number lies in; 0 of none.
    fn step(&self, number: Option<f64>) -> u32 {
        match (self.field.kind(), number.filter(|number| number.is_finite())) {
            (FacetKind::Steps(edges), Some(number)) => step_of(edges, number) + 1,
            _ => 0,
        }
    }

    /// Writes the field, its names in their own order; `None` where no sample has a value.
    fn write(mut self, offset: u64, key: Option<KeyOf>, out: &mut impl Write) -> io::Result<Option<Stretch>> {
        let known: u64 = self.counts.iter().skip(1).sum();
        if known == 0 || matches!(self.field, FacetField::Column(_)) && !self.is_shared() {
            return Ok(None);
        }
        self.numbers.flush()?;
        let names = ordered(&self.names, &self.counts, key);
        // From the number in the order of coming to the one in the order of names. Steps have theirs already.
        let mut order: Vec<u32> = (0..=u32::try_from(self.counts.len()).unwrap_or(u32::MAX)).collect();
        for (place, (_, spellings)) in (1..).zip(&names) {
            for number in spellings {
                if let Some(new) = order.get_mut(*number as usize) {
                    *new = place;
                }
            }
        }
        let values = match self.field.kind() {
            FacetKind::Names => names.len(),
            FacetKind::Steps(edges) => edges.len() + 1,
        };
        let width = match values {
            0..=0xff => 1,
            0x100..=0xffff => 2,
            _ => 4,
        };
        let mut numbers = self.numbers.into_inner().map_err(io::IntoInnerError::into_error)?;
        numbers.seek(SeekFrom::Start(0))?;
        let mut reader = BufReader::with_capacity(1 << 18, File::open(&self.path)?);
        let mut four = [0; 4];
        loop {
            match reader.read_exact(&mut four) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break,
                Err(error) => return Err(error),
            }
            let number = order.get(u32::from_le_bytes(four) as usize).copied().unwrap_or(0);
            out.write_all(number.to_le_bytes().get(..width).unwrap_or_default())?;
        }
        let mut counts = vec![0; values + 1];
        for (old, count) in self.counts.iter().enumerate() {
            let place = order.get(old).map_or(0, |new| *new as usize);
            if let Some(slot) = counts.get_mut(place) {
                *slot += *count;
            }
        }
        counts.iter().try_for_each(|count: &u64| out.write_all(&count.to_le_bytes()))?;
        let mut end = 0_u64;
        for place in 0..values {
            end += names.get(place).map_or(0, |(name, _)| name.len() as u64);
            out.write_all(&end.to_le_bytes())?;
        }
        names.iter().try_for_each(|(name, _)| out.write_all(name.as_bytes()))?;
        Ok(Some(Stretch { field: self.field, offset, width: width as u64, values: values as u64, name_bytes: end }))
    }
}

/// The names in the order of their bytes, each with the numbers of its spellings. Of several spellings with the same
/// key the commonest is the name.
fn ordered<'a>(names: &'a HashMap<Box<str>, u32>, counts: &[u64], key: Option<KeyOf>) -> Vec<(&'a str, Vec<u32>)> {
    let count = |number: u32| counts.get(number as usize).copied().unwrap_or(0);
    let mut spellings: Vec<([u8; 32], Reverse<u64>, &str, u32)> = names
        .iter()
        .map(|(name, number)| {
            let key = key.map(|key| key(name)).filter(|key| !key.is_empty());
            let digest = blake3::hash(key.as_deref().unwrap_or(name).as_bytes());
            (*digest.as_bytes(), Reverse(count(*number)), &**name, *number)
        })
        .collect();
    spellings.sort_unstable();
    let mut names: Vec<(&str, Vec<u32>)> = spellings
        .chunk_by(|a, b| a.0 == b.0)
        .filter_map(|same| Some((same.first()?.2, same.iter().map(|spelling| spelling.3).collect())))
        .collect();
    names.sort_unstable();
    names
}
