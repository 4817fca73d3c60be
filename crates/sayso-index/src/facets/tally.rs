use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::field::{FacetField, FacetKind, step_of};
use super::mark::Stretch;
use super::part::PartField;

/// What is the same for all spellings of a name.
pub(super) type KeyOf = fn(&str) -> String;

/// How a value of a column is shown to anybody.
pub(super) type ShownAs = fn(&str) -> Cow<'_, str>;

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

/// Numbers that are read at once.
const CHUNK: usize = 16 << 10;

/// One field, while samples pass by: its names in the order of their coming, and the number of each sample in a file.
pub(super) struct Tally {
    pub(super) field: FacetField,
    /// Of a column of an imported table: it turned out to hold names of samples or prose, which is nothing to count.
    pub(super) is_given_up: bool,
    /// Of the same: under which name its values are counted.
    pub(super) shown_as: Option<ShownAs>,
    /// What [`NAME_BYTES`] says, but for a part: what is too much is known of all parts together.
    most_bytes: usize,
    names: HashMap<Box<str>, u32>,
    name_bytes: usize,
    counts: Vec<u64>,
    /// The last name, which is that of the next sample as often as not.
    last: (String, u32),
    pub(super) path: PathBuf,
    numbers: BufWriter<File>,
}

impl Tally {
    pub(super) fn create(field: FacetField, number: usize, dir: &Path) -> io::Result<Self> {
        // A column may have any name, and a file may not.
        let path = dir.join(format!("{number}.tmp"));
        let file = File::options().create(true).truncate(true).read(true).write(true).open(&path)?;
        let counts = match field.kind() {
            FacetKind::Names => vec![0],
            FacetKind::Steps(edges) => vec![0; edges.len() + 2],
        };
        Ok(Self {
            field,
            is_given_up: false,
            shown_as: None,
            most_bytes: NAME_BYTES,
            names: HashMap::new(),
            name_bytes: 0,
            counts,
            last: (String::new(), 0),
            path,
            numbers: BufWriter::with_capacity(1 << 16, file),
        })
    }

    /// Tells all names apart, however many there are.
    pub(super) fn tell_all_apart(&mut self) {
        self.most_bytes = usize::MAX;
    }

    /// Adds a sample with this name, or without one.
    pub(super) fn add_name(&mut self, name: Option<&str>) -> io::Result<()> {
        let number = self.name(name);
        self.add(number)
    }

    /// Adds a sample with this number in steps, or without one.
    pub(super) fn add_step(&mut self, number: Option<f64>) -> io::Result<()> {
        let step = match (self.field.kind(), number.filter(|number| number.is_finite())) {
            (FacetKind::Steps(edges), Some(number)) => step_of(edges, number) + 1,
            _ => 0,
        };
        self.add(step)
    }

    /// Adds a sample with this value of a column.
    pub(super) fn add_value(&mut self, value: Option<&str>) -> io::Result<()> {
        if value.is_some_and(|value| value.len() > LONGEST) {
            self.give_up();
        }
        if self.is_given_up {
            return Ok(());
        }
        self.add_name(value)?;
        self.bound();
        Ok(())
    }

    fn add(&mut self, number: u32) -> io::Result<()> {
        if let Some(count) = self.counts.get_mut(number as usize) {
            *count += 1;
        }
        self.numbers.write_all(&number.to_le_bytes())
    }

    /// Adds the samples of a part, in which nothing is known of the field if it lacks it.
    pub(super) fn add_part(&mut self, part: Option<&PartField<'_>>, rows: u64) -> io::Result<()> {
        if part.is_some_and(|part| part.is_given_up) {
            self.give_up();
        }
        if self.is_given_up {
            return Ok(());
        }
        let Some(part) = part else {
            if let Some(count) = self.counts.first_mut() {
                *count += rows;
            }
            return io::copy(&mut io::repeat(0).take(4 * rows), &mut self.numbers).map(drop);
        };
        // From the part's numbers to those of all: names come here in the order in which they came there.
        let mut map = vec![0_u32];
        match self.field.kind() {
            FacetKind::Names => map.extend(part.names().map(|name| self.shown_name(name))),
            FacetKind::Steps(edges) => map.extend((1..=edges.len() + 1).map(|step| u32::try_from(step).unwrap_or(0))),
        }
        for (number, count) in map.iter().zip(part.counts()) {
            if let Some(sum) = self.counts.get_mut(*number as usize) {
                *sum += count;
            }
        }
        let mut numbers = part.numbers();
        renumbered(&mut numbers, part.width, &mut self.numbers, 4, &map)?;
        if matches!(self.field, FacetField::Column(_)) {
            self.bound();
        }
        Ok(())
    }

    /// Gives a column up in which too much would have to be told apart.
    fn bound(&mut self) {
        if self.names.len() > COLUMN_NAMES || self.name_bytes > COLUMN_BYTES {
            self.give_up();
        }
    }

    fn give_up(&mut self) {
        self.is_given_up = true;
        (self.names, self.counts) = (HashMap::new(), Vec::new());
    }

    /// Whether the samples have the values of a column in common: not where nearly each has its own.
    fn is_shared(&self) -> bool {
        let (distinct, known) = (self.names.len() as u64, self.known());
        !self.is_given_up && (distinct <= FEW || distinct.saturating_mul(2) <= known)
    }

    /// Samples that have a value.
    fn known(&self) -> u64 {
        self.counts.iter().skip(1).sum()
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
                let shown = self.shown_as.map_or(Cow::Borrowed(name), |shown_as| shown_as(name));
                self.shown_name(&shown)
            }
        };
        name.clone_into(&mut self.last.0);
        self.last.1 = number;
        number
    }

    /// The number of a name that is as it is shown: a name in a part is, and would be another if it were masked twice.
    fn shown_name(&mut self, name: &str) -> u32 {
        if let Some(number) = self.names.get(name) {
            return *number;
        }
        let name = if self.name_bytes > self.most_bytes { OTHERS } else { name };
        let next = u32::try_from(self.names.len() + 1).unwrap_or(u32::MAX);
        let number = *self.names.entry(name.into()).or_insert(next);
        if number == next {
            self.name_bytes += name.len() + 40;
            self.counts.push(0);
        }
        number
    }

    /// Writes the field, its names in their own order; `None` where no sample has a value.
    pub(super) fn write(
        mut self,
        offset: u64,
        key: Option<KeyOf>,
        out: &mut impl Write,
    ) -> io::Result<Option<Stretch>> {
        if self.known() == 0 || matches!(self.field, FacetField::Column(_)) && !self.is_shared() {
            return Ok(None);
        }
        let named = std::mem::take(&mut self.names);
        let names = ordered(&named, &self.counts, key);
        // From the number in the order of coming to the one in the order of names. Steps have theirs already.
        let mut order: Vec<u32> = (0..=u32::try_from(self.counts.len()).unwrap_or(u32::MAX)).collect();
        for (place, (_, spellings)) in (1..).zip(&names) {
            for number in spellings {
                if let Some(new) = order.get_mut(*number as usize) {
                    *new = place;
                }
            }
        }
        let names: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
        self.write_as(&names, &order, offset, out).map(Some)
    }

    /// Writes the field with its names in the order of their coming; `None` where no sample has a value.
    pub(super) fn write_as_it_came(mut self, offset: u64, out: &mut impl Write) -> io::Result<Option<Stretch>> {
        if self.is_given_up || self.known() == 0 {
            return Ok(None);
        }
        let named = std::mem::take(&mut self.names);
        let mut names: Vec<(u32, &str)> = named.iter().map(|(name, number)| (*number, &**name)).collect();
        names.sort_unstable();
        let names: Vec<&str> = names.into_iter().map(|(_, name)| name).collect();
        let order: Vec<u32> = (0..=u32::try_from(self.counts.len()).unwrap_or(u32::MAX)).collect();
        self.write_as(&names, &order, offset, out).map(Some)
    }

    fn write_as(self, names: &[&str], order: &[u32], offset: u64, out: &mut impl Write) -> io::Result<Stretch> {
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
        renumbered(&mut numbers, 4, out, width, order)?;
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
            end += names.get(place).map_or(0, |name| name.len() as u64);
            out.write_all(&end.to_le_bytes())?;
        }
        names.iter().try_for_each(|name| out.write_all(name.as_bytes()))?;
        Ok(Stretch { field: self.field, offset, width: width as u64, values: values as u64, name_bytes: end })
    }
}

/// Copies numbers of `from` bytes each to such of `to` bytes, each as what `map` has in its place.
fn renumbered(numbers: &mut impl Read, from: usize, out: &mut impl Write, to: usize, map: &[u32]) -> io::Result<()> {
    let (mut read, mut written) = (Vec::with_capacity(CHUNK * from), Vec::with_capacity(CHUNK * to));
    loop {
        read.clear();
        written.clear();
        numbers.by_ref().take((CHUNK * from) as u64).read_to_end(&mut read)?;
        if read.is_empty() {
            return Ok(());
        }
        for number in read.chunks_exact(from) {
            let mut four = [0; 4];
            four.iter_mut().zip(number).for_each(|(to, from)| *to = *from);
            let number = map.get(u32::from_le_bytes(four) as usize).copied().unwrap_or(0);
            written.extend_from_slice(number.to_le_bytes().get(..to).unwrap_or_default());
        }
        out.write_all(&written)?;
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
