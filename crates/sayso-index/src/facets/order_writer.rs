use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use super::field::FacetField;
use super::mark::Order;
use super::order::fraction;

/// How far into their steps the numbers of one field lie, as they come.
pub(super) struct OrderColumn {
    pub(super) field: FacetField,
    path: PathBuf,
    fractions: BufWriter<File>,
    is_known: bool,
}

impl OrderColumn {
    pub(super) fn create(dir: &Path, field: FacetField) -> io::Result<Self> {
        let path = dir.join(format!("{field}.order.tmp"));
        let fractions = BufWriter::with_capacity(1 << 16, File::create(&path)?);
        Ok(Self { field, path, fractions, is_known: false })
    }

    pub(super) fn add(&mut self, number: Option<f64>) -> io::Result<()> {
        let number = number.filter(|number| number.is_finite());
        self.is_known |= number.is_some();
        let fraction = number.map_or(0, |number| fraction(self.field, number));
        self.fractions.write_all(&fraction.to_le_bytes())
    }

    /// Adds the samples of a part, as it has them; none where nothing is known there.
    pub(super) fn add_part(&mut self, fractions: Option<&[u8]>, rows: u64) -> io::Result<()> {
        self.is_known |= fractions.is_some();
        match fractions {
            Some(fractions) => self.fractions.write_all(fractions),
            None => io::copy(&mut io::repeat(0).take(Order::WIDTH * rows), &mut self.fractions).map(drop),
        }
    }
}

/// Puts the fractions of all fields of which anything is known behind what was written before, which ends at `offset`.
pub(super) fn append_orders(
    columns: Vec<OrderColumn>,
    mut offset: u64,
    out: &mut impl Write,
) -> io::Result<Vec<Order>> {
    let mut orders = Vec::new();
    for mut column in columns {
        column.fractions.flush()?;
        if column.is_known {
            orders.push(Order { field: column.field, offset });
            offset += io::copy(&mut File::open(&column.path)?, out)?;
        }
    }
    Ok(orders)
}

/// Puts the fractions of all fields of which anything is known into one file; none where that is no field.
pub(super) fn write_orders(columns: Vec<OrderColumn>, path: &Path) -> io::Result<Vec<Order>> {
    let mut orders = Vec::new();
    let mut out: Option<File> = None;
    let mut offset = 0;
    for mut column in columns {
        column.fractions.flush()?;
        if column.is_known {
            let file = match &mut out {
                Some(file) => file,
                None => out.insert(fs_err::File::create(path)?.into_parts().0),
            };
            orders.push(Order { field: column.field, offset });
            offset += io::copy(&mut File::open(&column.path)?, file)?;
        }
        fs_err::remove_file(&column.path)?;
    }
    if let Some(file) = out {
        file.sync_all()?;
    }
    Ok(orders)
}
