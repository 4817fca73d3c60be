use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::field::FacetField;
use super::mark::Order;
use super::order::{key_of, key_of_seconds};
use super::writer::FacetRow;

/// What samples are sorted by in one field, as it comes.
pub(super) struct OrderColumn {
    field: FacetField,
    path: PathBuf,
    keys: BufWriter<File>,
    is_known: bool,
}

impl OrderColumn {
    pub(super) fn create(dir: &Path, field: FacetField) -> io::Result<Self> {
        let path = dir.join(format!("{field}.order.tmp"));
        let keys = BufWriter::with_capacity(1 << 16, File::create(&path)?);
        Ok(Self { field, path, keys, is_known: false })
    }

    pub(super) fn add(&mut self, row: &FacetRow<'_>) -> io::Result<()> {
        let number = match self.field {
            FacetField::Side => row.side,
            FacetField::Similarity => row.similarity,
            FacetField::Punsafe => row.punsafe,
            FacetField::Pwatermark => row.pwatermark,
            FacetField::Aesthetic => row.aesthetic,
            _ => None,
        };
        let key = match (self.field, row.captured_at) {
            (FacetField::Year, Some(seconds)) => key_of_seconds(seconds),
            _ => number.filter(|number| number.is_finite()).map_or(0, key_of),
        };
        self.is_known |= key != 0;
        self.keys.write_all(&key.to_le_bytes())
    }
}

/// Puts the keys of all fields of which anything is known into one file; none where that is no field.
pub(super) fn write_orders(columns: Vec<OrderColumn>, path: &Path) -> io::Result<Vec<Order>> {
    let mut orders = Vec::new();
    let mut out: Option<File> = None;
    let mut offset = 0;
    for mut column in columns {
        column.keys.flush()?;
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
