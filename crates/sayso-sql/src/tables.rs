use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

use arrow_schema::{DataType, Field, SchemaRef};
use sayso_core::Uid;

use crate::SqlColumn;

/// What makes text fit for everybody's eyes.
pub type Mask = fn(&str) -> Cow<'_, str>;

/// The tables of one dataset.
#[derive(Debug, Clone)]
pub struct SqlDataset {
    /// The name before the dot, where a table is of another dataset than the first.
    pub name: String,
    /// Its folder.
    pub dir: PathBuf,
    /// Its tables.
    pub tables: Vec<SqlTable>,
}

/// A table: Parquet files with the same columns.
#[derive(Debug, Clone)]
pub struct SqlTable {
    /// Its name.
    pub name: &'static str,
    /// Paths inside the dataset's folder, with slashes.
    pub files: Vec<String>,
    /// Rows of all files.
    pub rows: u64,
    /// The columns of all files together, those that nobody asks for left out.
    pub schema: SchemaRef,
    /// Columns of text that are shown as they are though other text is masked: addresses, digests, codes.
    pub unmasked: &'static [&'static str],
    /// The values of the column `uid` whose rows are not there for anybody, sorted: the files still hold them.
    pub removed: Arc<[Uid]>,
}

impl SqlTable {
    /// The columns that are there where text is masked.
    #[must_use]
    pub fn columns_masked(&self) -> Vec<SqlColumn> {
        let shown = self.schema.fields().iter().filter(|field| self.is_shown_masked(field));
        shown.map(|field| SqlColumn::new(field)).collect()
    }

    /// Whether a column is there where text is masked. Of what holds text inside something else only the columns are that need
    /// no mask: the rest would have to be taken apart to be masked.
    pub(crate) fn is_shown_masked(&self, column: &Field) -> bool {
        let kind = column.data_type();
        self.needs_no_mask(column)
            || is_text(kind)
            || kind.is_numeric()
            || matches!(kind, DataType::Boolean | DataType::Timestamp(..) | DataType::Date32 | DataType::Date64)
    }

    /// Whether a column is shown as it is though text is masked.
    pub(crate) fn needs_no_mask(&self, column: &Field) -> bool {
        self.unmasked.contains(&column.name().as_str())
    }
}

/// Whether values are text, whatever they are laid out as.
pub(crate) fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Dictionary(_, values) => values.is_string(),
        kind => kind.is_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_schema::{DataType, Field, Schema};

    use super::SqlTable;

    #[test]
    fn text_inside_something_else_is_not_shown() {
        let list = DataType::List(Arc::new(Field::new("item", DataType::Utf8, true)));
        let coded = DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8));
        let columns = [
            ("caption", DataType::Utf8),
            ("tags", list.clone()),
            ("record", list),
            ("blob", DataType::Binary),
            ("score", DataType::Float32),
            ("kind", coded),
        ];
        let fields: Vec<Field> = columns.map(|(name, kind)| Field::new(name, kind, true)).to_vec();
        let schema = Arc::new(Schema::new(fields));
        let table = SqlTable {
            name: "samples",
            files: Vec::new(),
            rows: 0,
            schema: Arc::clone(&schema),
            unmasked: &["record"],
            removed: Arc::default(),
        };
        let shown = table.columns_masked();
        let names: Vec<&str> = shown.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["caption", "record", "score", "kind"]);
    }
}
